# Made from test_batch.py by tools/twins.py; change that one.
"""Batches: what is sent, what comes back, and what an error says."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.batch_sync import InfrahubBatchSync
from infrahub_sdk.core import batching
from infrahub_sdk.exceptions import GraphQLError, NodeNotSavedError, ValidationError
from infrahub_sdk.node import InfrahubNodeSync
from tests.model import Model
from tests.unit.kinds import schema


@pytest.fixture
def model() -> Model:
    return Model(schema())


@pytest.fixture
def client(model: Model) -> InfrahubClientSync:
    return InfrahubClientSync(config=model.config())


def new_tags(client: InfrahubClientSync, *names: str) -> list[Any]:
    return [client.create("BuiltinTag", name=name) for name in names]


def names(count: int) -> list[str]:
    return [f"tag-{number:03}" for number in range(count)]


def held(model: Model) -> list[str]:
    return sorted(node["name"] for node in model.state("BuiltinTag"))


def outcomes(batch: Any) -> list[tuple[Any, Any]]:
    """All that a batch gives."""
    found = []
    for node, result in batch.execute():
        found.append((node, result))
    return found


# What comes back


def test_a_batch_gives_each_node_with_the_result_of_its_task(client: InfrahubClientSync) -> None:
    def double(number: int, plus: int = 0) -> int:
        return 2 * number + plus

    batch = client.create_batch()
    batch.add(1, task=double, node="one")
    batch.add(2, plus=1, task=double, node="two")
    batch.add(3, task=double)
    assert batch.num_tasks == 3
    assert sorted(outcomes(batch), key=str) == [("one", 2), ("two", 5), (None, 6)]


def test_an_empty_batch_gives_nothing(client: InfrahubClientSync) -> None:
    batch = client.create_batch()
    assert outcomes(batch) == []


def test_a_batch_can_be_run_again(model: Model, client: InfrahubClientSync) -> None:
    (tag,) = new_tags(client, "red")
    batch = client.create_batch()
    batch.add(task=tag.save, node=tag)
    assert [node for node, _ in batch.execute()] == [tag]
    tag.description = "changed"
    assert [node for node, _ in batch.execute()] == [tag]
    assert [run.name for run in model.runs] == ["BuiltinTagCreate", "BuiltinTagUpdate"]


def test_a_batch_without_a_client_runs_tasks_as_well(model: Model, client: InfrahubClientSync) -> None:
    tags = new_tags(client, *names(7))
    batch = InfrahubBatchSync(max_concurrent_execution=2)
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    assert len([node for node, _ in batch.execute()]) == 7
    assert held(model) == names(7)


def test_progress_is_told_after_each_task(client: InfrahubClientSync) -> None:
    told: list[tuple[int, int]] = []
    batch = client.create_batch(progress=lambda done, total: told.append((done, total)))
    for tag in new_tags(client, *names(12)):
        batch.add(task=tag.save, node=tag)
    batch.add("BuiltinTag", task=client.count)
    for _ in batch.execute():
        pass
    assert told == [(number, 13) for number in range(1, 14)]


def test_a_progress_function_that_fails_ends_the_batch(client: InfrahubClientSync) -> None:
    def fail(done: int, total: int) -> None:
        raise ValueError(f"{done} of {total}")

    batch = client.create_batch(progress=fail)
    for tag in new_tags(client, *names(3)):
        batch.add(task=tag.save, node=tag)
    with pytest.raises(ValueError, match="1 of 3"):
        _ = [node for node, _ in batch.execute()]


# What is sent


def test_saves_travel_together(model: Model, client: InfrahubClientSync) -> None:
    tags = new_tags(client, *names(100))
    batch = client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    done = [node for node, _ in batch.execute()]
    assert sorted(map(id, done)) == sorted(map(id, tags))
    assert held(model) == names(100)
    assert len(model.asked) == client.max_concurrent_execution
    assert all(tag.id == client.store.get(tag.id).id for tag in tags)


def test_a_few_saves_use_all_slots(model: Model, client: InfrahubClientSync) -> None:
    batch = client.create_batch()
    for tag in new_tags(client, *names(3)):
        batch.add(task=tag.save, node=tag)
    _ = [node for node, _ in batch.execute()]
    assert len(model.asked) == 3


def test_a_document_holds_only_so_much(
    model: Model, client: InfrahubClientSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "CHARACTERS", 1000)
    client.max_concurrent_execution = 1
    batch = client.create_batch()
    for name in names(6):
        batch.add(task=(client.create("BuiltinTag", name=name, description="x" * 600)).save)
    _ = [node for node, _ in batch.execute()]
    assert held(model) == names(6)
    assert len(model.asked) == 6


def test_options_of_a_save_count(model: Model, client: InfrahubClientSync) -> None:
    model.add("BuiltinTag", name={"value": "red"})
    red, blue, green = new_tags(client, "red", "blue", "green")
    batch = client.create_batch()
    batch.add(task=red.save, node=red, allow_upsert=True, timeout=7)
    batch.add(True, task=blue.save, node=blue, update_group_context=False)
    batch.add(task=green.save, node=green)
    _ = [node for node, _ in batch.execute()]
    assert sorted(run.name for run in model.runs) == ["BuiltinTagCreate", "BuiltinTagUpsert", "BuiltinTagUpsert"]
    assert held(model) == ["blue", "green", "red"]


def test_a_misspelt_option_is_an_error_of_the_call(client: InfrahubClientSync) -> None:
    (tag,) = new_tags(client, "red")
    batch = client.create_batch()
    batch.add(task=tag.save, node=tag, allow_upserts=True)
    with pytest.raises(TypeError, match="allow_upserts"):
        _ = [node for node, _ in batch.execute()]


def test_create_update_and_delete_travel_too(model: Model, client: InfrahubClientSync) -> None:
    client.max_concurrent_execution = 1
    red, blue, green = new_tags(client, "red", "blue", "green")
    red.save()
    blue.save()
    red.description = "changed"
    model.asked.clear()
    batch = client.create_batch()
    batch.add(task=red.update, node=red)
    batch.add(task=blue.delete, node=blue)
    batch.add(task=green.create, node=green)
    _ = [node for node, _ in batch.execute()]
    assert len(model.asked) == 1
    assert {node["name"]: node["description"] for node in model.state()} == {"red": "changed", "green": None}


def test_nodes_are_written_as_they_are_when_the_batch_runs(model: Model, client: InfrahubClientSync) -> None:
    (tag,) = new_tags(client, "red")
    batch = client.create_batch()
    batch.add(task=tag.save, node=tag)
    tag.name = "blue"
    _ = [node for node, _ in batch.execute()]
    assert held(model) == ["blue"]


def test_a_node_that_is_added_twice_is_written_one_time_after_the_other(
    model: Model, client: InfrahubClientSync
) -> None:
    red, blue = new_tags(client, "red", "blue")
    batch = client.create_batch()
    for tag in (red, red, blue, red):
        batch.add(task=tag.save, node=tag)
    assert len([node for node, _ in batch.execute()]) == 4
    assert [run.name for run in model.runs] == ["BuiltinTagCreate", "BuiltinTagCreate"]


def test_nodes_of_different_branches_travel_apart(model: Model, client: InfrahubClientSync) -> None:
    client.max_concurrent_execution = 1
    model.branches["other"] = type(model.branches["main"])()
    red = client.create("BuiltinTag", name="red")
    blue = client.create("BuiltinTag", name="blue", branch="other")
    batch = client.create_batch()
    for tag in (red, blue):
        batch.add(task=tag.save, node=tag)
    _ = [node for node, _ in batch.execute()]
    assert [node["name"] for node in model.state(branch="main")] == ["red"]
    assert [node["name"] for node in model.state(branch="other")] == ["blue"]


def test_a_save_that_a_program_overrides_is_called(
    model: Model, client: InfrahubClientSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tag,) = new_tags(client, "red")

    def save(self: Any) -> str:
        return f"saved {self.name.value}"

    monkeypatch.setattr(InfrahubNodeSync, "save", save)
    batch = client.create_batch()
    batch.add(task=tag.save, node=tag)
    assert outcomes(batch) == [(tag, "saved red")]
    assert model.runs == []


# What fails


def test_each_node_keeps_its_own_outcome(model: Model, client: InfrahubClientSync) -> None:
    client.max_concurrent_execution = 1
    red, again, blue = new_tags(client, "red", "red", "blue")
    unsaved, *_ = new_tags(client, "green")
    batch = client.create_batch(return_exceptions=True)
    for tag in (red, again, blue):
        batch.add(task=tag.save, node=tag)
    batch.add(task=unsaved.delete, node=unsaved)
    found = {id(node): result for node, result in batch.execute()}
    assert found[id(red)] is found[id(blue)] is None
    assert isinstance(found[id(again)], GraphQLError)
    assert isinstance(found[id(unsaved)], NodeNotSavedError)
    assert held(model) == ["blue", "red"]


def test_an_error_says_which_node_failed(model: Model, client: InfrahubClientSync) -> None:
    model.add("BuiltinTag", name={"value": "red"})
    (red,) = new_tags(client, "red")
    batch = client.create_batch()
    batch.add(task=red.save, node=red)
    with pytest.raises(GraphQLError, match=r"^BuiltinTag 'red': The server refused") as caught:
        _ = [node for node, _ in batch.execute()]
    assert caught.value.batch_node is red  # type: ignore[attr-defined]


def test_an_error_that_is_not_ours_says_it_in_its_traceback(client: InfrahubClientSync) -> None:
    def fail() -> None:
        raise ValueError("no")

    (red,) = new_tags(client, "red")
    batch = client.create_batch()
    batch.add(task=fail, node=red)
    with pytest.raises(ValueError, match=r"^no") as caught:
        _ = [node for node, _ in batch.execute()]
    assert "the task of BuiltinTag 'red'" in "".join(traceback.format_exception(None, caught.value, None))


def test_nodes_that_travelled_with_one_that_failed_are_given_before_the_error(
    model: Model, client: InfrahubClientSync
) -> None:
    client.max_concurrent_execution = 1
    tags = new_tags(client, "blue", "red", "red", "green")
    batch = client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    given = []
    with pytest.raises(GraphQLError):
        for node, _ in batch.execute():
            given.append(node.name.value)
    assert given == ["blue", "red", "green"]
    assert held(model) == ["blue", "green", "red"]
    assert [bool(tag.id) for tag in tags] == [True, True, False, True]


def test_tasks_that_have_not_begun_when_one_fails_never_begin(client: InfrahubClientSync) -> None:
    begun: list[int] = []

    def step(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise ValueError("no")

    client.max_concurrent_execution = 1
    batch = client.create_batch()
    for number in range(100):
        batch.add(number, task=step)
    with pytest.raises(ValueError, match="no"):
        outcomes(batch)
    assert begun == [0, 1]


def test_errors_are_results_where_the_user_wants_it(client: InfrahubClientSync) -> None:
    def step(number: int) -> int:
        if number % 2:
            raise ValueError(str(number))
        return number

    batch = client.create_batch(return_exceptions=True)
    for number in range(10):
        batch.add(number, task=step, node=number)
    found = dict(outcomes(batch))
    assert [str(found[number]) for number in range(10)] == [str(number) for number in range(10)]
    assert [isinstance(found[number], ValueError) for number in range(10)] == [False, True] * 5


def test_a_failed_node_can_be_saved_by_running_the_batch_again(model: Model, client: InfrahubClientSync) -> None:
    red, again = new_tags(client, "red", "red")
    batch = client.create_batch(return_exceptions=True)
    for tag in (red, again):
        batch.add(task=tag.save, node=tag)
    _ = [node for node, _ in batch.execute()]
    failed = again if red.id else red
    failed.name = "blue"
    assert [result for _, result in batch.execute()] == [None, None]
    assert held(model) == ["blue", "red"]


def test_what_was_called_already_is_no_task(client: InfrahubClientSync) -> None:
    batch = client.create_batch()
    with pytest.raises(ValidationError, match="without brackets"):
        batch.add(task=client.default_branch)
    assert batch.num_tasks == 0
