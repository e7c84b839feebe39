"""Tasks: what a real server does in the background is recorded."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

FIELDS = """
    id title state workflow branch conclusion progress parameters tags start_time created_at updated_at
    related_nodes { id kind } related_node available_actions { action } error { message }
    logs { count edges { node { message severity timestamp task_id } } }
"""


def tasks(world: World, arguments: str = "") -> list[dict[str, Any]]:
    text = f"({arguments})" if arguments else ""
    page = world.ask(f"{{ InfrahubTask{text} {{ count edges {{ node {{ __typename {FIELDS} }} }} }} }}")
    return [edge["node"] for edge in page["edges"]]


def test_what_was_waited_for_is_recorded_too(world: World) -> None:
    world.fork("work")
    (task,) = tasks(world)
    assert (task["title"], task["workflow"], task["branch"]) == ("Create branch work", "create-branch", "work")
    assert (task["state"], task["conclusion"], task["__typename"]) == ("COMPLETED", "success", "TaskNode")
    assert {"infrahub.app", "infrahub.app/branch/work", "infrahub.app/database-change"} < set(task["tags"])
    assert task["parameters"] == {"model": {"name": "work"}}
    assert task["created_at"] <= task["updated_at"]
    assert (task["related_nodes"], task["available_actions"], task["error"]) == ([], [], None)


def test_a_task_that_nobody_waits_for_is_found_by_its_id(world: World) -> None:
    answer = world.ask('mutation { BranchCreate(wait_until_completion: false, data: {name: "work"}) { task { id } } }')
    id = answer["task"]["id"]
    world.fork("other")
    (task,) = tasks(world, f'ids: ["{id}"]')
    assert (task["id"], task["state"]) == (id, "COMPLETED")


def test_a_task_that_fails_while_nobody_waits_says_why_in_its_log(world: World) -> None:
    text = 'mutation { BranchMerge(wait_until_completion: false, data: {name: "main"}) { ok task { id } } }'
    answer = world.ask(text)
    (task,) = tasks(world, f'ids: ["{answer["task"]["id"]}"]')
    assert (task["state"], task["conclusion"]) == ("FAILED", "failure")
    first = task["logs"]["edges"][0]["node"]
    assert (first["severity"], first["task_id"]) == ("error", task["id"])
    assert "what other branches are merged into" in first["message"]


def test_what_was_refused_is_recorded_though_nothing_else_is_kept(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="same")
    world.create("TestingSite", name="same")
    world.merge_refusal()
    assert [task["workflow"] for task in tasks(world, "state: [FAILED]")] == ["merge-branch-mutation"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", ["Delete branch two", "Create branch two", "Create branch one"]),
        ('branch: "one"', ["Create branch one"]),
        ("state: [FAILED]", []),
        ("state: [COMPLETED, RUNNING], limit: 1", ["Delete branch two"]),
        ("limit: 1, offset: 1", ["Create branch two"]),
        ('workflow: ["branch-delete"]', ["Delete branch two"]),
        ('q: "CREATE"', ["Create branch two", "Create branch one"]),
        ('related_node__ids: ["nothing"]', []),
    ],
)
def test_tasks_are_listed_from_the_latest_and_filtered(world: World, arguments: str, wanted: list[str]) -> None:
    world.fork("one")
    world.fork("two")
    world.ask('mutation { BranchDelete(data: {name: "two"}) { ok } }')
    assert [task["title"] for task in tasks(world, arguments)] == wanted


def test_ten_tasks_are_a_page_and_all_are_counted(world: World) -> None:
    for number in range(12):
        world.fork(f"branch-{number}")
    page = world.ask("{ InfrahubTask { count edges { node { id } } } }")
    assert (page["count"], len(page["edges"])) == (12, 10)


def test_lines_of_the_log_are_paged(world: World) -> None:
    world.answer('mutation { BranchMerge(data: {name: "main"}) { ok } }')
    whole = tasks(world)[0]["logs"]["edges"]
    assert len(whole) == 2
    assert tasks(world, "log_limit: 1")[0]["logs"]["edges"] == whole[:1]
    assert tasks(world, "log_offset: 1")[0]["logs"]["edges"] == whole[1:]


def test_an_id_that_is_none_is_refused(world: World) -> None:
    error = world.answer('{ InfrahubTask(ids: ["x"]) { count } }')["errors"][0]
    assert (error["message"], error["extensions"]["http_status"]) == ("'x' is no id of a task: those are UUIDs", 422)


@pytest.mark.parametrize("arguments", ["limit: -1", "limit: 201", "offset: -1", "log_limit: 10001", "log_offset: -1"])
def test_a_page_that_a_real_server_does_not_give_is_refused(world: World, arguments: str) -> None:
    error = world.answer(f"{{ InfrahubTask({arguments}) {{ count }} }}")["errors"][0]
    assert (arguments.partition(":")[0] in error["message"], error["extensions"]["code"]) == (True, "UNDEFINED_ERROR")


def test_no_task_changes_a_branch_still(world: World) -> None:
    world.fork("work")
    assert world.ask('{ InfrahubTaskBranchStatus(branch: "work") { count edges { node { id } } } }') == {
        "count": 0,
        "edges": [],
    }


@pytest.mark.parametrize("action", ["Retry", "Cancel"])
def test_tasks_that_deliver_nothing_are_neither_repeated_nor_ended(world: World, action: str) -> None:
    world.fork("work")
    for id, words in (
        (tasks(world)[0]["id"], f"{action} is for deliveries of webhooks"),
        (str(uuid.uuid4()), "There is no task"),
    ):
        error = world.refusal(f'mutation {{ InfrahubTask{action}(data: {{id: "{id}"}}) {{ ok task {{ id }} }} }}')
        assert words in error["message"]
