"""Nodes and functions of one client that are given to the other."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.exceptions import NodesNotSavedError, ValidationError
from tests.both import BOTH, play, settled
from tests.model import Model
from tests.unit.kinds import schema

WORDS = {InfrahubClient: ("synchronous", "asynchronous"), InfrahubClientSync: ("asynchronous", "synchronous")}


def stranger(model: Model, client_class: type[Any]) -> Any:
    """A new node of the client of the other kind."""
    if client_class is InfrahubClient:
        return InfrahubClientSync(config=model.config()).create("BuiltinTag", name="red")
    return asyncio.run(InfrahubClient(config=model.config()).create("BuiltinTag", name="red"))


async def results(batch: Any) -> list[Any]:
    found = batch.execute()
    if hasattr(found, "__aiter__"):
        return [result async for _, result in found]
    return [result for _, result in found]


@BOTH
def test_a_list_with_a_node_of_the_other_client_is_refused(client_class: type[Any]) -> None:
    model = Model(schema())
    other = stranger(model, client_class)

    async def test() -> None:
        client = client_class(config=model.config())
        own = await settled(client.create("BuiltinTag", name="blue"))
        words = "a BuiltinTag of the {} client cannot be written by the {} one".format(*WORDS[client_class])
        with pytest.raises(ValidationError, match=words):
            await settled(client.save_all([own, other]))

    play(client_class, test())
    assert model.runs == []


@BOTH
def test_a_save_of_a_node_of_the_other_client_fails_alone(client_class: type[Any]) -> None:
    model = Model(schema())
    other = stranger(model, client_class)

    async def test() -> None:
        client = client_class(config=model.config())
        batch = await settled(client.create_batch(return_exceptions=True))
        for node in (await settled(client.create("BuiltinTag", name="blue")), other):
            batch.add(task=node.save, node=node)
        outcomes = await results(batch)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ValidationError"]

    play(client_class, test())
    assert [run.data["name"] for run in model.runs] == [{"value": "blue"}]


@BOTH
def test_a_function_of_the_other_kind_is_said_to_be_one(client_class: type[Any]) -> None:
    async def awaited() -> None:
        raise AssertionError("nobody runs this")

    def called() -> int:
        return 1

    async def test() -> None:
        client = client_class(config=Model(schema()).config())
        batch = await settled(client.create_batch())
        batch.add(task=called if client_class is InfrahubClient else awaited)
        words = "called gave a int, which cannot be awaited"
        with pytest.raises(ValidationError, match=words if client_class is InfrahubClient else "has to be awaited"):
            await results(batch)

    play(client_class, test())


@BOTH
def test_a_node_that_was_unpickled_is_not_saved_with_others(client_class: type[Any]) -> None:
    model = Model(schema())

    async def test() -> None:
        client = client_class(config=model.config())
        tag = pickle.loads(pickle.dumps(await settled(client.create("BuiltinTag", name="red"))))
        with pytest.raises(Exception, match=r"BuiltinTag .* has no client, because it was unpickled") as caught:
            await settled(client.save_all([tag]))
        assert not isinstance(caught.value, NodesNotSavedError)

    play(client_class, test())
