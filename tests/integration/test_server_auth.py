"""Whom servers let in, with which tokens, and what they say to others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.suite import Refusal, Reply, Suite, refusal

WHO = {"query": "{ AccountProfile { name { value } } }"}
LOGIN = {"username": "admin", "password": "infrahub"}


def logged_in(suite: Suite, **more: str) -> dict[str, str]:
    reply = suite.http("POST", "/api/auth/login", {**LOGIN, **more}, token=None)
    assert reply.status == 200, reply.content
    return dict(reply.content)


def who(suite: Suite, **how: Any) -> Any:
    return suite.http("POST", "/graphql", WHO, **how).content["data"]["AccountProfile"]["name"]["value"]


def error_of(reply: Reply) -> Refusal:
    [error] = reply.content["errors"]
    return refusal(reply, error)


def test_an_api_token_stands_for_an_account(suite: Suite) -> None:
    assert who(suite) == "admin"


def test_a_user_logs_in_and_is_known_by_the_access_token(suite: Suite) -> None:
    tokens = logged_in(suite)
    assert sorted(tokens) == ["access_token", "refresh_token"]
    assert who(suite, account=tokens["access_token"]) == "admin"


def test_a_refresh_token_gives_a_new_access_token(suite: Suite) -> None:
    reply = suite.http("POST", "/api/auth/refresh", account=logged_in(suite)["refresh_token"])
    assert (reply.status, list(reply.content)) == (200, ["access_token"])
    assert who(suite, account=reply.content["access_token"]) == "admin"


def test_a_session_is_known_by_a_cookie_too(suite: Suite) -> None:
    tokens = logged_in(suite)
    cookie = {"Cookie": f"theme=dark; access_token={tokens['access_token']}"}
    assert who(suite, token=None, headers=cookie) == "admin"
    cookie = {"Cookie": f"refresh_token={tokens['refresh_token']}"}
    reply = suite.http("POST", "/api/auth/refresh", token=None, headers=cookie)
    assert (reply.status, list(reply.content)) == (200, ["access_token"])


def test_an_api_token_counts_more_than_a_session(suite: Suite) -> None:
    account = logged_in(suite)["access_token"]
    refused = error_of(suite.http("POST", "/graphql", WHO, account=account, headers={"X-INFRAHUB-KEY": "wrong"}))
    assert (refused.status, refused.code) == (401, "AUTHENTICATION_REQUIRED")
    assert who(suite, account=account, headers={"X-INFRAHUB-KEY": ""}) == "admin"


def test_an_account_that_is_no_longer_active_gets_no_new_token(suite: Suite) -> None:
    account = suite.create("CoreAccount", 'name: {value: "~user"} password: {value: "pw"}')
    token = logged_in(suite, username="~user", password="pw")["refresh_token"]
    suite.update("CoreAccount", f'id: "{account}" status: {{value: "inactive"}}')
    reply = suite.http("POST", "/api/auth/refresh", account=token)
    assert (reply.status, error_of(reply).code) == (401, 401)


def test_after_a_logout_there_is_nothing_to_refresh(suite: Suite) -> None:
    tokens = logged_in(suite)
    assert suite.http("POST", "/api/auth/logout", account=tokens["access_token"]).status == 200
    refused = error_of(suite.http("POST", "/api/auth/refresh", account=tokens["refresh_token"]))
    assert (refused.status, refused.code) == (401, 401)


@pytest.mark.parametrize(
    ("login", "status", "words"),
    [
        ({"username": "admin", "password": "wrong"}, 401, "password"),
        ({"username": "~nobody", "password": "x"}, 404, "user"),
    ],
)
def test_a_wrong_login_is_refused(suite: Suite, login: dict[str, str], status: int, words: str) -> None:
    refused = error_of(suite.http("POST", "/api/auth/login", login, token=None))
    assert (refused.status, refused.code) == (status, status)
    assert words in refused.message


def test_a_login_without_a_password_is_refused(suite: Suite) -> None:
    reply = suite.http("POST", "/api/auth/login", {"username": "admin"}, token=None)
    assert reply.status == 422
    assert [(item["type"], item["loc"]) for item in reply.content["detail"]] == [("missing", ["body", "password"])]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/main"])
@pytest.mark.parametrize("way", ["token", "account"])
def test_a_wrong_token_is_refused(suite: Suite, path: str, way: str) -> None:
    refused = error_of(suite.http("POST", path, WHO, **{way: "wrong"}))
    assert (refused.status, refused.code, refused.http_status) == (401, "AUTHENTICATION_REQUIRED", 401)
    assert "token" in refused.message


def test_a_refresh_token_is_no_access_token(suite: Suite) -> None:
    tokens = logged_in(suite)
    assert error_of(suite.http("POST", "/graphql", WHO, account=tokens["refresh_token"])).status == 401
    assert error_of(suite.http("POST", "/api/auth/refresh", account=tokens["access_token"])).status == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/schema", None),
        ("POST", "/api/schema/load", {"schemas": []}),
        ("POST", "/api/schema/check", {"schemas": []}),
    ],
)
def test_a_wrong_token_is_refused_by_every_endpoint(suite: Suite, method: str, path: str, body: Any) -> None:
    refused = error_of(suite.http(method, path, body, token="wrong"))
    assert (refused.status, refused.code) == (401, 401)


@pytest.mark.parametrize("path", ["/api/schema/load", "/api/schema/check", "/api/auth/logout", "/api/auth/refresh"])
def test_who_does_not_say_who_they_are_cannot_write(suite: Suite, path: str) -> None:
    refused = error_of(suite.http("POST", path, {"schemas": []}, token=None))
    assert (refused.status, refused.code) == (401, 401)


def test_nobody_may_read(suite: Suite) -> None:
    reply = suite.http("POST", "/graphql", {"query": "{ BuiltinTag(limit: 1) { __typename } }"}, token=None)
    assert reply.content == {"data": {"BuiltinTag": {"__typename": "PaginatedBuiltinTag"}}}


def test_nobody_may_not_write(suite: Suite) -> None:
    document = 'mutation { BuiltinTagCreate(data: { name: {value: "~t"} }) { ok } }'
    refused = error_of(suite.ask(document, token=None))
    assert (refused.status, refused.code, refused.http_status) == (401, "AUTHENTICATION_REQUIRED", 401)
    assert suite.labels("BuiltinTag", 'name__value: "~t"') == []


def test_nobody_has_no_profile(suite: Suite) -> None:
    refused = error_of(suite.http("POST", "/graphql", WHO, token=None))
    assert (refused.code, refused.path) == ("NODE_NOT_FOUND", ["AccountProfile"])


def test_what_nobody_may_do_is_said_in_the_permissions(suite: Suite) -> None:
    document = "{ BuiltinTag { permissions { edges { node { kind view create update delete } } } } }"
    for token, decision in (("", "ALLOW"), (None, "DENY")):
        [edge] = suite.data(document, token=token)["BuiltinTag"]["permissions"]["edges"]
        changes = dict.fromkeys(("create", "update", "delete"), decision)
        assert edge["node"] == {"kind": "BuiltinTag", "view": "ALLOW", **changes}


def test_a_new_account_logs_in(suite: Suite) -> None:
    suite.create("CoreAccount", 'name: {value: "~user"} password: {value: "pw"}')
    tokens = logged_in(suite, username="~user", password="pw")
    assert who(suite, account=tokens["access_token"]) == "~user"


def test_an_account_without_permissions_may_not_write(suite: Suite) -> None:
    suite.create("CoreAccount", 'name: {value: "~user"} password: {value: "pw"}')
    account = logged_in(suite, username="~user", password="pw")["access_token"]
    document = 'mutation { BuiltinTagCreate(data: { name: {value: "~t"} }) { ok } }'
    refused = error_of(suite.ask(document, account=account))
    assert (refused.status, refused.code, refused.http_status) == (403, "PERMISSION_DENIED", 403)


def test_a_user_changes_the_password(suite: Suite) -> None:
    suite.create("CoreAccount", 'name: {value: "~user"} password: {value: "pw"}')
    account = logged_in(suite, username="~user", password="pw")["access_token"]
    suite.data('mutation { InfrahubAccountSelfUpdate(data: { password: "new" }) { ok } }', account=account)
    logged_in(suite, username="~user", password="new")
    old = suite.http("POST", "/api/auth/login", {"username": "~user", "password": "pw"}, token=None)
    assert old.status == 401


def test_an_account_that_is_not_active_cannot_log_in(suite: Suite) -> None:
    suite.create("CoreAccount", 'name: {value: "~user"} password: {value: "pw"} status: {value: "inactive"}')
    reply = suite.http("POST", "/api/auth/login", {"username": "~user", "password": "pw"}, token=None)
    assert (reply.status, error_of(reply).code) == (401, 401)


def test_an_api_token_is_not_enough_to_make_another_one(suite: Suite) -> None:
    reply = suite.ask('mutation { InfrahubAccountTokenCreate(data: { name: "~t" }) { ok } }')
    refused = error_of(reply)
    assert (refused.status, refused.code, refused.http_status) == (200, "PERMISSION_DENIED", 403)


def test_a_user_makes_a_token_and_takes_it_away(suite: Suite) -> None:
    account = logged_in(suite)["access_token"]
    document = 'mutation { InfrahubAccountTokenCreate(data: { name: "~t" }) { object { id token { value } } } }'
    made = suite.data(document, account=account)["InfrahubAccountTokenCreate"]["object"]
    assert who(suite, token=made["token"]["value"]) == "admin"
    gone = f'mutation {{ InfrahubAccountTokenDelete(data: {{ id: "{made["id"]}" }}) {{ ok }} }}'
    assert suite.data(gone, account=account) == {"InfrahubAccountTokenDelete": {"ok": True}}
    assert suite.http("POST", "/graphql", WHO, token=made["token"]["value"]).status == 401
