"""Branches: made, shown, changed, validated, deleted; what is refused of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

FIELDS = """
    id name description status origin_branch branched_from created_at graph_version sync_with_git is_default
    is_isolated has_schema_changes schema_differs_from_default_branch
"""


def branch(world: World, name: str) -> dict[str, Any] | None:
    found = world.ask(f'{{ Branch(name: "{name}") {{ {FIELDS} }} }}')
    return found[0] if found else None


def create(world: World, data: str) -> Any:
    return world.ask(f"mutation {{ BranchCreate(data: {{{data}}}) {{ ok object {{ {FIELDS} }} task {{ id }} }} }}")


def test_the_default_branch_is_there(world: World) -> None:
    main = branch(world, "main")
    assert main is not None
    assert main["is_default"] is True
    assert main["status"] == "OPEN"
    assert main["origin_branch"] == "main"
    assert main["description"] == "Default Branch"


def test_a_new_branch_is_answered_as_it_is_shown(world: World) -> None:
    made = create(world, 'name: "work/one", description: "why", sync_with_git: false')
    assert made["ok"] is True
    assert made["task"] is None
    assert made["object"] == branch(world, "work/one")
    assert (made["object"]["description"], made["object"]["sync_with_git"]) == ("why", False)
    assert made["object"]["is_default"] is False


def test_a_new_branch_syncs_with_git_and_has_an_empty_description_unless_it_is_said(world: World) -> None:
    made = create(world, 'name: "work"')["object"]
    assert (made["description"], made["sync_with_git"]) == ("", True)


def test_times_of_branches_end_with_z(world: World) -> None:
    made = create(world, 'name: "work"')["object"]
    assert made["branched_from"].endswith("Z")
    assert made["created_at"] == made["branched_from"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no spaces", "space"),
        ("a/.b", "/."),
        ("a..b", r".."),
        ("/ab", "/ at its beginning"),
        ("a//b", "//"),
        ("a@{b", "@{"),
        ("a\\\\\\\\b", "backslash"),
        ("a~b", "~"),
        ("a[b", "["),
        ("ab.lock", ".lock"),
        ("abc/", "/ at its end"),
        ("abc.", ". at its end"),
        ("ab", "too short: it needs 3"),
        ("a" * 251, "too long: 250"),
    ],
)
def test_a_name_that_no_branch_can_have_is_refused(world: World, name: str, words: str) -> None:
    error = world.refusal(f'mutation {{ BranchCreate(data: {{name: "{name}"}}) {{ ok }} }}')
    assert words in error["message"]
    assert error["extensions"] == {"code": "UNDEFINED_ERROR", "http_status": 422, "data": {}}


@pytest.mark.parametrize("name", ["main", "work", "-global-"])
def test_a_name_that_is_taken_is_refused(world: World, name: str) -> None:
    world.fork("work")
    error = world.refusal(f'mutation {{ BranchCreate(data: {{name: "{name}"}}) {{ ok }} }}')
    assert "exists: choose another name" in error["message"]


@pytest.mark.parametrize("data", ['origin_branch: "other"', 'branched_from: "2024-01-01T00:00:00Z"'])
def test_a_branch_leaves_the_default_branch_and_leaves_it_now(world: World, data: str) -> None:
    error = world.refusal(f'mutation {{ BranchCreate(data: {{name: "work", {data}}}) {{ ok }} }}')
    assert data.partition(":")[0] in error["message"]


def test_a_branch_may_be_told_the_branch_that_it_leaves_anyway(world: World) -> None:
    assert create(world, 'name: "work", origin_branch: "main", is_isolated: false')["ok"] is True


@pytest.mark.parametrize("flag", ["wait_until_completion: false", "background_execution: true"])
def test_who_does_not_wait_for_a_branch_gets_a_task(world: World, flag: str) -> None:
    made = world.ask(
        f'mutation {{ BranchCreate({flag}, data: {{name: "work"}}) {{ ok object {{ id }} task {{ id }} }} }}'
    )
    assert (made["ok"], made["object"]) == (True, None)
    assert made["task"]["id"]
    assert branch(world, "work") is not None


def test_a_branch_is_found_by_its_id(world: World) -> None:
    world.fork("work")
    world.fork("other")
    id = create(world, 'name: "third"')["object"]["id"]
    assert [item["name"] for item in world.ask(f'{{ Branch(ids: ["{id}"]) {{ name }} }}')] == ["third"]


def test_an_update_changes_the_description(world: World) -> None:
    create(world, 'name: "work", description: "one"')
    assert world.ask('mutation { BranchUpdate(data: {name: "work", description: "two"}) { ok } }') == {"ok": True}
    found = branch(world, "work")
    assert found is not None
    assert found["description"] == "two"


def test_a_deleted_branch_is_gone_and_so_is_what_was_on_it(world: World) -> None:
    world.fork("work")
    id = world.create("TestingSite", "work", name="a")
    device = world.create("TestingDevice", "work", name="d", site=(id,), serial="s")
    assert world.ask('mutation { BranchDelete(data: {name: "work"}) { ok } }') == {"ok": True}
    assert branch(world, "work") is None
    for table, column in (("node", "id"), ("value", "node"), ("edge", "tail"), ("edge", "head")):
        sql = f"select * from {table} where {column} in (?, ?)"
        assert world.app.storage.rows(sql, [id, device]) == []


def test_a_branch_of_the_name_of_a_deleted_one_is_empty(world: World) -> None:
    world.fork("work")
    world.create("TestingSite", "work", name="a")
    world.ask('mutation { BranchDelete(data: {name: "work"}) { ok } }')
    world.fork("work")
    assert world.values("TestingSite", "work") == []


def test_the_default_branch_is_not_deleted(world: World) -> None:
    error = world.refusal('mutation { BranchDelete(data: {name: "main"}) { ok } }')
    assert "default branch" in error["message"]
    assert error["extensions"]["http_status"] == 422


@pytest.mark.parametrize("mutation", ["BranchDelete", "BranchMerge", "BranchRebase", "BranchValidate", "BranchUpdate"])
def test_a_branch_that_is_not_there_is_named(world: World, mutation: str) -> None:
    error = world.refusal(f'mutation {{ {mutation}(data: {{name: "nowhere"}}) {{ ok }} }}')
    assert error["message"] == "Branch: nowhere not found."
    extensions = {"code": "BRANCH_NOT_FOUND", "http_status": 400, "data": {"branch_name": "nowhere"}}
    assert error["extensions"] == extensions


def test_the_default_branch_is_not_merged(world: World) -> None:
    assert "what other branches are merged into" in world.merge_refusal("main")


def test_a_merged_branch_says_so_and_is_not_merged_or_rebased_again(world: World) -> None:
    world.fork("work")
    answer = world.ask('mutation { BranchMerge(data: {name: "work"}) { ok object { name status } } }')
    assert answer == {"ok": True, "object": {"name": "work", "status": "MERGED"}}
    assert "was merged before" in world.merge_refusal("work")
    assert "nothing left to rebase" in world.rebase_refusal("work")


def test_a_merged_branch_is_read_only(world: World) -> None:
    world.fork("work")
    world.create("TestingSite", "work", name="a")
    world.merge("work")
    error = world.refusal('mutation { TestingSiteCreate(data: {name: {value: "b"}}) { ok } }', "work")
    extensions = {"code": "BRANCH_ALREADY_MERGED", "http_status": 400, "data": {"branch_name": "work"}}
    assert error["extensions"] == extensions
    assert world.values("TestingSite", "work") == ["a"]
    assert world.ask('mutation { BranchDelete(data: {name: "work"}) { ok } }', "work") == {"ok": True}


def test_a_rebase_answers_the_branch_with_its_new_fork(world: World) -> None:
    made = create(world, 'name: "work"')["object"]
    answer = world.ask(f'mutation {{ BranchRebase(data: {{name: "work"}}) {{ ok object {{ {FIELDS} }} }} }}')
    assert answer["object"]["branched_from"] > made["branched_from"]
    assert answer["object"] == {**made, "branched_from": answer["object"]["branched_from"]}


def test_validating_says_whether_the_last_comparison_found_conflicts(world: World) -> None:
    id = world.create("TestingSite", name="a")
    world.fork("work")
    world.update(id, "work", name="b")
    world.update(id, name="c")
    validate = 'mutation { BranchValidate(data: {name: "work"}) { ok object { name } } }'
    assert world.ask(validate) == {"ok": True, "object": {"name": "work"}}
    world.ask('mutation { DiffUpdate(data: {branch: "work"}, wait_until_completion: true) { ok } }')
    error = world.refusal(validate)
    assert "conflicts" in error["message"]
    assert error["extensions"]["http_status"] == 500


# The newer query


PAGE = "count edges { node { id name { value } status { value } is_default { value } } }"


def names(world: World, arguments: str) -> list[str]:
    page = world.ask(f"{{ InfrahubBranch({arguments}) {{ {PAGE} }} }}")
    return [edge["node"]["name"]["value"] for edge in page["edges"]]


def test_a_page_of_branches_has_values_and_metadata(world: World) -> None:
    world.fork("work")
    fields = "edges { node { created_at branched_from { value } } node_metadata { created_at created_by { id } } }"
    page = world.ask(
        f'{{ InfrahubBranch(name__value: "work") {{ count {fields} default_branch {{ name {{ value }} }} }} }}'
    )
    assert page["count"] == 1
    assert page["default_branch"] == {"name": {"value": "main"}}
    (edge,) = page["edges"]
    assert edge["node"]["branched_from"] == {"value": edge["node"]["created_at"]}
    assert edge["node_metadata"]["created_by"] == {"id": world.account}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ('name__value: "wor"', []),
        ('name__value: "WOR", partial_match: true', ["work", "work2"]),
        ("status__value: MERGED", ["work2"]),
        ("offset: 1, limit: 1", ["work"]),
        ("order: {node_metadata: {created_at: DESC}}", ["work2", "work", "main"]),
        ("order: {node_metadata: {updated_at: DESC}}", ["work", "work2", "main"]),
        ('node_metadata__created_at__before: "2000-01-01T00:00:00Z"', []),
        ('branched_from__after: "2000-01-01T00:00:00Z", name__value: "work"', ["work"]),
        ('node_metadata__updated_at__after: "2000-01-01T00:00:00Z", status__value: MERGED', ["work2"]),
        ('node_metadata__created_by__id: "nobody"', []),
    ],
)
def test_branches_are_filtered_ordered_and_paged(world: World, arguments: str, wanted: list[str]) -> None:
    world.fork("work")
    world.fork("work2")
    world.merge("work2")
    world.ask('mutation { BranchUpdate(data: {name: "work", description: "two"}) { ok } }')
    assert names(world, arguments) == wanted


@pytest.mark.parametrize(
    "arguments", ["limit: 0", "offset: -1", "order: {node_metadata: {created_at: ASC, updated_at: ASC}}"]
)
def test_pages_that_cannot_be_are_refused(world: World, arguments: str) -> None:
    error = world.answer(f"{{ InfrahubBranch({arguments}) {{ count }} }}")["errors"][0]
    assert error["extensions"]["http_status"] == 422
