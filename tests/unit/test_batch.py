"""Batches: what is sent, what comes back, and what an error says."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.batch import InfrahubBatch
from infrahub_sdk.core import batching
from infrahub_sdk.exceptions import GraphQLError, NodeNotSavedError, ValidationError
from infrahub_sdk.node import InfrahubNode
from tests.model import Model
from tests.unit.kinds import schema


@pytest.fixture
def model() -> Model:
    return Model(schema())


@pytest.fixture
def client(model: Model) -> InfrahubClient:
    return InfrahubClient(config=model.config())


async def new_tags(client: InfrahubClient, *names: str) -> list[Any]:
    return [await client.create("BuiltinTag", name=name) for name in names]


def names(count: int) -> list[str]:
    return [f"tag-{number:03}" for number in range(count)]


def held(model: Model) -> list[str]:
    return sorted(node["name"] for node in model.state("BuiltinTag"))


async def outcomes(batch: Any) -> list[tuple[Any, Any]]:
    """All that a batch gives."""
    found = []
    async for node, result in batch.execute():
        found.append((node, result))
    return found


# What comes back


async def test_a_batch_gives_each_node_with_the_result_of_its_task(client: InfrahubClient) -> None:
    async def double(number: int, plus: int = 0) -> int:
        return 2 * number + plus

    batch = await client.create_batch()
    batch.add(1, task=double, node="one")
    batch.add(2, plus=1, task=double, node="two")
    batch.add(3, task=double)
    assert batch.num_tasks == 3
    assert sorted(await outcomes(batch), key=str) == [("one", 2), ("two", 5), (None, 6)]


async def test_an_empty_batch_gives_nothing(client: InfrahubClient) -> None:
    batch = await client.create_batch()
    assert await outcomes(batch) == []


async def test_a_batch_can_be_run_again(model: Model, client: InfrahubClient) -> None:
    (tag,) = await new_tags(client, "red")
    batch = await client.create_batch()
    batch.add(task=tag.save, node=tag)
    assert [node async for node, _ in batch.execute()] == [tag]
    tag.description = "changed"
    assert [node async for node, _ in batch.execute()] == [tag]
    assert [run.name for run in model.runs] == ["BuiltinTagCreate", "BuiltinTagUpdate"]


async def test_a_batch_without_a_client_runs_tasks_as_well(model: Model, client: InfrahubClient) -> None:
    tags = await new_tags(client, *names(7))
    batch = InfrahubBatch(max_concurrent_execution=2)
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    assert len([node async for node, _ in batch.execute()]) == 7
    assert held(model) == names(7)


async def test_progress_is_told_after_each_task(client: InfrahubClient) -> None:
    told: list[tuple[int, int]] = []
    batch = await client.create_batch(progress=lambda done, total: told.append((done, total)))
    for tag in await new_tags(client, *names(12)):
        batch.add(task=tag.save, node=tag)
    batch.add("BuiltinTag", task=client.count)
    async for _ in batch.execute():
        pass
    assert told == [(number, 13) for number in range(1, 14)]


async def test_a_progress_function_that_fails_ends_the_batch(client: InfrahubClient) -> None:
    def fail(done: int, total: int) -> None:
        raise ValueError(f"{done} of {total}")

    batch = await client.create_batch(progress=fail)
    for tag in await new_tags(client, *names(3)):
        batch.add(task=tag.save, node=tag)
    with pytest.raises(ValueError, match="1 of 3"):
        _ = [node async for node, _ in batch.execute()]


# What is sent


async def test_saves_travel_together(model: Model, client: InfrahubClient) -> None:
    tags = await new_tags(client, *names(100))
    batch = await client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    done = [node async for node, _ in batch.execute()]
    assert sorted(map(id, done)) == sorted(map(id, tags))
    assert held(model) == names(100)
    assert len(model.asked) == client.max_concurrent_execution
    assert all(tag.id == client.store.get(tag.id).id for tag in tags)


async def test_a_few_saves_use_all_slots(model: Model, client: InfrahubClient) -> None:
    batch = await client.create_batch()
    for tag in await new_tags(client, *names(3)):
        batch.add(task=tag.save, node=tag)
    _ = [node async for node, _ in batch.execute()]
    assert len(model.asked) == 3


async def test_a_document_holds_only_so_much(
    model: Model, client: InfrahubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "CHARACTERS", 1000)
    client.max_concurrent_execution = 1
    batch = await client.create_batch()
    for name in names(6):
        batch.add(task=(await client.create("BuiltinTag", name=name, description="x" * 600)).save)
    _ = [node async for node, _ in batch.execute()]
    assert held(model) == names(6)
    assert len(model.asked) == 6


async def test_options_of_a_save_count(model: Model, client: InfrahubClient) -> None:
    model.add("BuiltinTag", name={"value": "red"})
    red, blue, green = await new_tags(client, "red", "blue", "green")
    batch = await client.create_batch()
    batch.add(task=red.save, node=red, allow_upsert=True, timeout=7)
    batch.add(True, task=blue.save, node=blue, update_group_context=False)
    batch.add(task=green.save, node=green)
    _ = [node async for node, _ in batch.execute()]
    assert sorted(run.name for run in model.runs) == ["BuiltinTagCreate", "BuiltinTagUpsert", "BuiltinTagUpsert"]
    assert held(model) == ["blue", "green", "red"]


async def test_a_misspelt_option_is_an_error_of_the_call(client: InfrahubClient) -> None:
    (tag,) = await new_tags(client, "red")
    batch = await client.create_batch()
    batch.add(task=tag.save, node=tag, allow_upserts=True)
    with pytest.raises(TypeError, match="allow_upserts"):
        _ = [node async for node, _ in batch.execute()]


async def test_create_update_and_delete_travel_too(model: Model, client: InfrahubClient) -> None:
    client.max_concurrent_execution = 1
    red, blue, green = await new_tags(client, "red", "blue", "green")
    await red.save()
    await blue.save()
    red.description = "changed"
    model.asked.clear()
    batch = await client.create_batch()
    batch.add(task=red.update, node=red)
    batch.add(task=blue.delete, node=blue)
    batch.add(task=green.create, node=green)
    _ = [node async for node, _ in batch.execute()]
    assert len(model.asked) == 1
    assert {node["name"]: node["description"] for node in model.state()} == {"red": "changed", "green": None}


async def test_nodes_are_written_as_they_are_when_the_batch_runs(model: Model, client: InfrahubClient) -> None:
    (tag,) = await new_tags(client, "red")
    batch = await client.create_batch()
    batch.add(task=tag.save, node=tag)
    tag.name = "blue"
    _ = [node async for node, _ in batch.execute()]
    assert held(model) == ["blue"]


async def test_a_node_that_is_added_twice_is_written_one_time_after_the_other(
    model: Model, client: InfrahubClient
) -> None:
    red, blue = await new_tags(client, "red", "blue")
    batch = await client.create_batch()
    for tag in (red, red, blue, red):
        batch.add(task=tag.save, node=tag)
    assert len([node async for node, _ in batch.execute()]) == 4
    assert [run.name for run in model.runs] == ["BuiltinTagCreate", "BuiltinTagCreate"]


async def test_nodes_of_different_branches_travel_apart(model: Model, client: InfrahubClient) -> None:
    client.max_concurrent_execution = 1
    model.branches["other"] = type(model.branches["main"])()
    red = await client.create("BuiltinTag", name="red")
    blue = await client.create("BuiltinTag", name="blue", branch="other")
    batch = await client.create_batch()
    for tag in (red, blue):
        batch.add(task=tag.save, node=tag)
    _ = [node async for node, _ in batch.execute()]
    assert [node["name"] for node in model.state(branch="main")] == ["red"]
    assert [node["name"] for node in model.state(branch="other")] == ["blue"]


async def test_a_save_that_a_program_overrides_is_called(
    model: Model, client: InfrahubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tag,) = await new_tags(client, "red")

    async def save(self: Any) -> str:
        return f"saved {self.name.value}"

    monkeypatch.setattr(InfrahubNode, "save", save)
    batch = await client.create_batch()
    batch.add(task=tag.save, node=tag)
    assert await outcomes(batch) == [(tag, "saved red")]
    assert model.runs == []


# What fails


async def test_each_node_keeps_its_own_outcome(model: Model, client: InfrahubClient) -> None:
    client.max_concurrent_execution = 1
    red, again, blue = await new_tags(client, "red", "red", "blue")
    unsaved, *_ = await new_tags(client, "green")
    batch = await client.create_batch(return_exceptions=True)
    for tag in (red, again, blue):
        batch.add(task=tag.save, node=tag)
    batch.add(task=unsaved.delete, node=unsaved)
    found = {id(node): result async for node, result in batch.execute()}
    assert found[id(red)] is found[id(blue)] is None
    assert isinstance(found[id(again)], GraphQLError)
    assert isinstance(found[id(unsaved)], NodeNotSavedError)
    assert held(model) == ["blue", "red"]


async def test_an_error_says_which_node_failed(model: Model, client: InfrahubClient) -> None:
    model.add("BuiltinTag", name={"value": "red"})
    (red,) = await new_tags(client, "red")
    batch = await client.create_batch()
    batch.add(task=red.save, node=red)
    with pytest.raises(GraphQLError, match=r"^BuiltinTag 'red': The server refused") as caught:
        _ = [node async for node, _ in batch.execute()]
    assert caught.value.batch_node is red  # type: ignore[attr-defined]


async def test_an_error_that_is_not_ours_says_it_in_its_traceback(client: InfrahubClient) -> None:
    async def fail() -> None:
        raise ValueError("no")

    (red,) = await new_tags(client, "red")
    batch = await client.create_batch()
    batch.add(task=fail, node=red)
    with pytest.raises(ValueError, match=r"^no") as caught:
        _ = [node async for node, _ in batch.execute()]
    assert "the task of BuiltinTag 'red'" in "".join(traceback.format_exception(None, caught.value, None))


async def test_nodes_that_travelled_with_one_that_failed_are_given_before_the_error(
    model: Model, client: InfrahubClient
) -> None:
    client.max_concurrent_execution = 1
    tags = await new_tags(client, "blue", "red", "red", "green")
    batch = await client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    given = []
    with pytest.raises(GraphQLError):
        async for node, _ in batch.execute():
            given.append(node.name.value)
    assert given == ["blue", "red", "green"]
    assert held(model) == ["blue", "green", "red"]
    assert [bool(tag.id) for tag in tags] == [True, True, False, True]


async def test_tasks_that_have_not_begun_when_one_fails_never_begin(client: InfrahubClient) -> None:
    begun: list[int] = []

    async def step(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise ValueError("no")

    client.max_concurrent_execution = 1
    batch = await client.create_batch()
    for number in range(100):
        batch.add(number, task=step)
    with pytest.raises(ValueError, match="no"):
        await outcomes(batch)
    assert begun == [0, 1]


async def test_errors_are_results_where_the_user_wants_it(client: InfrahubClient) -> None:
    async def step(number: int) -> int:
        if number % 2:
            raise ValueError(str(number))
        return number

    batch = await client.create_batch(return_exceptions=True)
    for number in range(10):
        batch.add(number, task=step, node=number)
    found = dict(await outcomes(batch))
    assert [str(found[number]) for number in range(10)] == [str(number) for number in range(10)]
    assert [isinstance(found[number], ValueError) for number in range(10)] == [False, True] * 5


async def test_a_failed_node_can_be_saved_by_running_the_batch_again(model: Model, client: InfrahubClient) -> None:
    red, again = await new_tags(client, "red", "red")
    batch = await client.create_batch(return_exceptions=True)
    for tag in (red, again):
        batch.add(task=tag.save, node=tag)
    _ = [node async for node, _ in batch.execute()]
    failed = again if red.id else red
    failed.name = "blue"
    assert [result async for _, result in batch.execute()] == [None, None]
    assert held(model) == ["blue", "red"]


async def test_what_was_called_already_is_no_task(client: InfrahubClient) -> None:
    batch = await client.create_batch()
    with pytest.raises(ValidationError, match="without brackets"):
        batch.add(task=client.default_branch)
    assert batch.num_tasks == 0
