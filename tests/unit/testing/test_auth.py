"""Who may do what with a local Infrahub."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

import pytest

from infrahub_sdk.exceptions import AuthenticationError
from infrahub_sdk.testing.server.errors import Refused
from tests.both import BOTH, play, settled

if TYPE_CHECKING:
    from infrahub_sdk.testing import LocalInfrahub

ClientOf = Callable[..., Any]
CREATE = 'mutation { BuiltinTagCreate(data: {name: {value: "red"}}) { ok } }'


@BOTH
def test_a_user_logs_in_and_writes(client_of: ClientOf, client_class: type[Any]) -> None:
    async def test() -> None:
        client = client_of(client_class, username="admin", password="infrahub")
        await settled(client.execute_graphql(CREATE))
        answer = await settled(client.execute_graphql("{ AccountProfile { display_label } }"))
        assert answer == {"AccountProfile": {"display_label": "Admin"}}

    play(client_class, test())


@BOTH
def test_a_wrong_password_an_unknown_user_and_a_wrong_token_get_in_nowhere(
    client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        for fields in ({"username": "admin", "password": "wrong"}, {"api_token": "wrong"}):
            with pytest.raises(AuthenticationError):
                await settled(client_of(client_class, **fields).count("BuiltinTag"))

    play(client_class, test())


@BOTH
def test_who_does_not_say_who_he_is_reads_and_does_not_write(client_of: ClientOf, client_class: type[Any]) -> None:
    async def test() -> None:
        client = client_of(client_class, api_token=None)
        assert await settled(client.count("BuiltinTag")) == 0
        with pytest.raises(AuthenticationError, match="who you are"):
            await settled(client.execute_graphql(CREATE))
        assert await settled(client.count("BuiltinTag")) == 0

    play(client_class, test())


@BOTH
def test_an_access_token_that_has_run_out_is_refreshed(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        auth = infrahub._app.auth
        auth.access_token_seconds = -1
        client = client_of(client_class, username="admin", password="infrahub")
        login = auth.log_in("admin", "infrahub")
        with pytest.raises(Refused, match="Expired Signature"):
            auth.account({"Authorization": f"Bearer {login['access_token']}"})
        refreshes: list[float] = []
        refresh = auth.refresh
        with pytest.MonkeyPatch.context() as patch:

            def watched(headers: Any) -> dict[str, str]:
                auth.access_token_seconds = 60
                refreshes.append(time.monotonic())
                return refresh(headers)

            patch.setattr(auth, "refresh", watched)
            assert await settled(client.count("BuiltinTag")) == 0
        assert len(refreshes) == 1

    play(client_class, test())


def test_a_user_who_has_logged_out_cannot_refresh(infrahub: LocalInfrahub) -> None:
    auth = infrahub._app.auth
    tokens = auth.log_in("admin", "infrahub")
    auth.log_out({"Authorization": f"Bearer {tokens['access_token']}"})
    with pytest.raises(Refused, match="logged out"):
        auth.refresh({"Authorization": f"Bearer {tokens['refresh_token']}"})


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é.é.é"])
def test_what_is_no_token_is_refused_with_401(infrahub: LocalInfrahub, token: str) -> None:
    with pytest.raises(Refused) as caught:
        infrahub._app.auth.refresh({"Authorization": f"Bearer {token}"})
    assert caught.value.status == 401


def test_a_token_of_the_wrong_purpose_is_refused(infrahub: LocalInfrahub) -> None:
    auth = infrahub._app.auth
    tokens = auth.log_in("admin", "infrahub")
    with pytest.raises(Refused):
        auth.refresh({"Authorization": f"Bearer {tokens['access_token']}"})
    with pytest.raises(Refused):
        auth.account({"Authorization": f"Bearer {tokens['refresh_token']}"})


def test_a_token_that_an_account_makes_works_until_it_is_taken_away(infrahub: LocalInfrahub) -> None:
    client = infrahub.client_sync(username="admin", password="infrahub")
    create = 'mutation { InfrahubAccountTokenCreate(data: {name: "ci"}) { ok object { token { value } } } }'
    token = client.execute_graphql(create)["InfrahubAccountTokenCreate"]["object"]["token"]["value"]
    other = infrahub.client_sync(api_token=token)
    assert other.count("BuiltinTag") == 0
    listed = client.execute_graphql("{ InfrahubAccountToken { edges { node { id name } } } }")
    tokens = {edge["node"]["name"]: edge["node"]["id"] for edge in listed["InfrahubAccountToken"]["edges"]}
    client.execute_graphql(f'mutation {{ InfrahubAccountTokenDelete(data: {{id: "{tokens["ci"]}"}}) {{ ok }} }}')
    with pytest.raises(AuthenticationError):
        other.count("BuiltinTag")
