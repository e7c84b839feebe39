"""Writes that the server refuses for a while: while a branch is merged, or while it is busy."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk.exceptions import GraphQLError
from tests.both import BOTH, play, settled
from tests.unit.fake import Fake, noting
from tests.unit.kinds import schema

MERGING = {"code": "MERGE_IN_PROGRESS", "http_status": 423}
WORDS = "A merge is currently in progress"


def refusal(*names: str, **extensions: Any) -> dict[str, Any]:
    """An answer in which some fields are refused."""
    errors = [{"message": WORDS, "path": [name], "extensions": extensions} for name in names]
    return {"data": dict.fromkeys(names), "errors": errors}


@BOTH
def test_nodes_wait_until_a_branch_is_merged(client_class: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(schema())
    waits: list[float] = []

    async def test() -> None:
        client = client_class(config=fake.config(retry_on_failure=True))
        monkeypatch.setattr(client._port, "sleep", noting(waits))
        tags = [await settled(client.create("BuiltinTag", name=name)) for name in ("red", "blue")]
        fake.answers_json(200, refusal("m0", "m1", **MERGING))
        second = refusal("m0", **MERGING)
        second["data"]["m1"] = {"ok": True, "object": {"id": "b"}}
        fake.answers_json(200, second)
        fake.answers_data({"BuiltinTagCreate": {"ok": True, "object": {"id": "r"}}})
        client.max_concurrent_execution = 1
        await settled(client.save_all(tags))
        assert [tag.id for tag in tags] == ["r", "b"]

    play(client_class, test())
    assert len(waits) == 2


@BOTH
def test_a_client_that_does_not_retry_says_that_a_branch_is_merged(client_class: type[Any]) -> None:
    fake = Fake(schema())

    async def test() -> None:
        client = client_class(config=fake.config())
        tag = await settled(client.create("BuiltinTag", name="red"))
        fake.answers_json(200, refusal("BuiltinTagCreate", **MERGING))
        with pytest.raises(GraphQLError, match=WORDS):
            await settled(tag.save())

    play(client_class, test())


@BOTH
@pytest.mark.parametrize("extensions", [MERGING, {"http_status": 503}], ids=["merging", "busy"])
def test_a_document_of_the_users_is_sent_again_as_long_as_nothing_of_it_was_carried_out(
    client_class: type[Any], extensions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake(schema())

    async def test() -> None:
        client = client_class(config=fake.config(retry_on_failure=True))
        monkeypatch.setattr(client._port, "sleep", noting([]))
        fake.answers_json(200, refusal("a", "b", **extensions))
        second = refusal("b", **extensions)
        second["data"]["a"] = {"ok": True}
        fake.answers_json(200, second)
        with pytest.raises(GraphQLError, match=WORDS):
            await settled(client.execute_graphql("mutation { a: TagPaint { ok } b: TagPaint { ok } }"))

    play(client_class, test())
    assert len(fake.sent) == 2
