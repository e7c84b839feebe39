"""What servers do with branches: isolation, times, merges, rebases, conflicts and differences.

A real server takes its time for some of them, so each test looks at more than one thing.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


@pytest.fixture
def name() -> str:
    """A name of a branch that nobody else uses."""
    return f"suite-{uuid.uuid4().hex[:8]}"


def branch_of(suite: Suite, name: str) -> dict[str, Any]:
    select = "name description is_default sync_with_git has_schema_changes status origin_branch branched_from"
    [found] = suite.data(f'{{ Branch(name: "{name}") {{ {select} }} }}')["Branch"]
    return dict(found)


def run(suite: Suite, mutation: str, name: str, more: str = "", select: str = "ok") -> Any:
    done = "wait_until_completion: true, " if mutation != "BranchUpdate" else ""
    document = f'mutation {{ {mutation}({done}data: {{ name: "{name}" {more} }}) {{ {select} }} }}'
    return suite.data(document)[mutation]


def test_the_default_branch_is_there(suite: Suite) -> None:
    main = branch_of(suite, "main")
    assert (main["is_default"], main["name"], main["origin_branch"]) == (True, "main", "main")


def test_a_branch_is_made_described_and_deleted(suite: Suite, name: str) -> None:
    suite.branch(name)
    made = branch_of(suite, name)
    assert (made["is_default"], made["sync_with_git"], made["origin_branch"]) == (False, False, "main")
    run(suite, "BranchUpdate", name, 'description: "for a test"')
    assert branch_of(suite, name)["description"] == "for a test"
    run(suite, "BranchDelete", name)
    assert suite.data(f'{{ Branch(name: "{name}") {{ name }} }}') == {"Branch": []}
    assert suite.ask("{ BuiltinTag { count } }", branch=name).status == 404


@pytest.mark.parametrize(
    ("mutation", "words"),
    [
        ('BranchCreate(data: { name: "main" })', "main"),
        ('BranchCreate(data: { name: "a b" })', "ranch name"),
        ('BranchDelete(data: { name: "main" })', "main"),
        ('BranchDelete(data: { name: "suite-none" })', "suite-none"),
        ('BranchMerge(data: { name: "suite-none" })', "suite-none"),
        ('BranchRebase(data: { name: "suite-none" })', "suite-none"),
    ],
)
def test_what_cannot_be_done_with_a_branch_is_refused(suite: Suite, mutation: str, words: str) -> None:
    refused = suite.refused(f"mutation {{ {mutation} {{ ok }} }}")
    assert words in refused.message


def test_a_branch_and_the_default_branch_do_not_see_each_other(suite: Suite, name: str) -> None:
    old = suite.create("SuitePerson", 'name: {value: "~old"} age: {value: 1}')
    gone = suite.create("SuitePerson", 'name: {value: "~gone"}')
    suite.branch(name)
    suite.create("SuitePerson", 'name: {value: "~new"}', branch=name)
    suite.update("SuitePerson", f'id: "{old}" age: {{value: 2}}', branch=name)
    suite.data(f'mutation {{ SuitePersonDelete(data: {{ id: "{gone}" }}) {{ ok }} }}', branch=name)
    suite.create("SuitePerson", 'name: {value: "~later"}')

    mine = 'name__value: "~", partial_match: true'
    select = "display_label age { value }"
    assert suite.labels("SuitePerson", mine) == ["gone", "later", "old"]
    assert suite.labels("SuitePerson", mine, branch=name) == ["new", "old"]
    by_name = 'name__value: "~old"'
    assert suite.nodes("SuitePerson", by_name, select) == [{"display_label": "~old", "age": {"value": 1}}]
    assert suite.nodes("SuitePerson", by_name, select, branch=name) == [{"display_label": "~old", "age": {"value": 2}}]


def test_a_rebase_brings_what_is_new_in_the_default_branch(suite: Suite, name: str) -> None:
    suite.branch(name)
    before = branch_of(suite, name)["branched_from"]
    suite.create("SuitePerson", 'name: {value: "~mine"}', branch=name)
    suite.create("SuitePerson", 'name: {value: "~later"}')
    mine = 'name__value: "~", partial_match: true'
    assert suite.labels("SuitePerson", mine, branch=name) == ["mine"]
    run(suite, "BranchRebase", name)
    assert suite.labels("SuitePerson", mine, branch=name) == ["later", "mine"]
    assert branch_of(suite, name)["branched_from"] > before


def test_a_merge_brings_what_is_new_in_a_branch(suite: Suite, name: str) -> None:
    old = suite.create("SuitePerson", 'name: {value: "~old"} age: {value: 1}')
    gone = suite.create("SuitePerson", 'name: {value: "~gone"}')
    server = suite.create("SuiteServer", f'name: {{value: "~s1"}} owner: {{id: "{gone}"}}')
    suite.branch(name)
    new = suite.create("SuitePerson", 'name: {value: "~new"}', branch=name)
    suite.ends_with(f'SuitePersonDelete(data: {{ id: "{new}" }}) {{ ok }}')
    suite.update("SuitePerson", f'id: "{old}" age: {{value: 2}}', branch=name)
    suite.update("SuiteServer", f'id: "{server}" owner: {{id: "{new}"}}', branch=name)
    suite.data(f'mutation {{ SuitePersonDelete(data: {{ id: "{gone}" }}) {{ ok }} }}', branch=name)
    assert suite.labels("SuitePerson", 'name__value: "~", partial_match: true') == ["gone", "old"]
    run(suite, "BranchMerge", name)
    assert suite.labels("SuitePerson", 'name__value: "~", partial_match: true') == ["new", "old"]
    assert suite.nodes("SuitePerson", f'ids: ["{old}"]', "age { value }") == [{"age": {"value": 2}}]
    owner = suite.nodes("SuiteServer", f'ids: ["{server}"]', "owner { node { display_label } }")
    assert owner == [{"owner": {"node": {"display_label": "~new"}}}]


def test_values_changed_on_both_sides_are_a_conflict(suite: Suite, name: str) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"} age: {value: 1}')
    suite.branch(name)
    suite.update("SuitePerson", f'id: "{person}" age: {{value: 2}}', branch=name)
    suite.update("SuitePerson", f'id: "{person}" age: {{value: 3}}')
    refused = suite.refused(
        f'mutation {{ BranchMerge(wait_until_completion: true, data: {{ name: "{name}" }}) {{ ok }} }}'
    )
    assert "conflict" in refused.message.lower()
    assert suite.nodes("SuitePerson", f'ids: ["{person}"]', "age { value }") == [{"age": {"value": 3}}]


def compared(suite: Suite, name: str, select: str, arguments: str = "") -> Any:
    """A new difference of a branch."""
    suite.data(f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{ branch: "{name}" }}) {{ ok }} }}')
    return suite.data(f'{{ DiffTree(branch: "{name}" {arguments}) {{ {select} }} }}')["DiffTree"]


def resolved(suite: Suite, name: str, sides: dict[str, str]) -> None:
    """Choose sides of the conflicts of a branch, by the fields of one node."""
    fields = "attributes { name conflict { uuid } } relationships { name elements { conflict { uuid } } }"
    for node in compared(suite, name, f"nodes {{ {fields} }}")["nodes"]:
        found = {attribute["name"]: attribute["conflict"] for attribute in node["attributes"]}
        found.update({item["name"]: item["elements"][0]["conflict"] for item in node["relationships"]})
        for field, conflict in found.items():
            if conflict:
                data = f'{{ conflict_id: "{conflict["uuid"]}", selected_branch: {sides[field]} }}'
                suite.data(f"mutation {{ ResolveDiffConflict(data: {data}) {{ ok }} }}")


def proposed(suite: Suite, name: str) -> str:
    fields = f'name: {{value: "~"}} source_branch: {{value: "{name}"}} destination_branch: {{value: "main"}}'
    return str(suite.create("CoreProposedChange", fields))


def state_of(suite: Suite, id: str) -> str:
    """The state of a proposed change."""
    [found] = suite.nodes("CoreProposedChange", f'ids: ["{id}"]', "state { value }")
    return str(found["state"]["value"])


def test_a_proposed_change_merges_the_sides_of_conflicts_that_were_chosen(suite: Suite, name: str) -> None:
    here, there = (suite.create("SuitePerson", f'name: {{value: "~{side}"}}') for side in ("here", "there"))
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    person = suite.create("SuitePerson", 'name: {value: "~p"} age: {value: 1}')
    suite.branch(name)
    for branch, age, owner in (("main", 2, here), (name, 3, there)):
        suite.update("SuitePerson", f'id: "{person}" age: {{value: {age}}}', branch=branch)
        suite.update("SuiteServer", f'id: "{server}" owner: {{id: "{owner}"}}', branch=branch)
    resolved(suite, name, {"age": "BASE_BRANCH", "owner": "DIFF_BRANCH"})
    refused = suite.refused(f'mutation {{ BranchMerge(data: {{ name: "{name}" }}) {{ ok }} }}')
    assert "conflict" in refused.message.lower()

    mutation = f'mutation {{ CoreProposedChangeMerge(data: {{ id: "{proposed(suite, name)}" }}) {{ ok }} }}'
    errors: list[Any] = []
    for _ in range(20):  # a real server refuses it until its checks of the conflicts have seen what was chosen
        errors = suite.ask(mutation).content.get("errors", [])
        if not errors:
            break
    assert errors == []
    assert branch_of(suite, name)["status"] == "MERGED"
    assert suite.nodes("SuitePerson", f'ids: ["{person}"]', "age { value }") == [{"age": {"value": 2}}]
    owner = suite.nodes("SuiteServer", f'ids: ["{server}"]', "owner { node { display_label } }")
    assert owner == [{"owner": {"node": {"display_label": "~there"}}}]


def test_a_proposed_change_with_an_open_conflict_is_refused_and_stays_open(suite: Suite, name: str) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"} age: {value: 1}')
    suite.branch(name)
    for branch, age in (("main", 2), (name, 3)):
        suite.update("SuitePerson", f'id: "{person}" age: {{value: {age}}}', branch=branch)
    id = proposed(suite, name)
    refused = suite.refused(f'mutation {{ CoreProposedChangeMerge(data: {{ id: "{id}" }}) {{ ok }} }}')
    assert (refused.http_status, refused.path) == (500, ["CoreProposedChangeMerge"])
    assert state_of(suite, id) == "open"


def test_a_proposed_change_compares_its_branch_with_the_default_branch(suite: Suite, name: str) -> None:
    suite.branch(name)
    suite.create("SuitePerson", 'name: {value: "~p"}', branch=name)
    proposed(suite, name)
    document, end = f'{{ DiffTree(branch: "{name}") {{ num_added }} }}', time.monotonic() + 60
    while (found := suite.data(document)["DiffTree"]) is None:  # a real server does it in the background
        assert time.monotonic() < end
    assert found == {"num_added": 1}


def test_an_open_proposed_change_is_canceled_when_its_branch_is_deleted(suite: Suite, name: str) -> None:
    suite.branch(name)
    id = proposed(suite, name)
    run(suite, "BranchDelete", name)
    end = time.monotonic() + 60
    while state_of(suite, id) == "open":  # a real server does it in the background
        assert time.monotonic() < end
    assert state_of(suite, id) == "canceled"


def test_a_difference_counts_each_conflict_and_has_nothing_behind_its_last_node(suite: Suite, name: str) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    suite.branch(name)
    for branch, height in (("main", 2), (name, 3)):
        fields = f'height: {{value: {height}}} size: {{value: "{"small" if height == 2 else "large"}"}}'
        suite.update("SuiteServer", f'id: "{server}" {fields}', branch=branch)
    tree = compared(suite, name, "num_conflicts nodes { num_conflicts }")
    summary = suite.data(f'{{ DiffTreeSummary(branch: "{name}") {{ num_conflicts }} }}')["DiffTreeSummary"]
    assert tree["nodes"] == [summary]
    assert tree["num_conflicts"] == summary["num_conflicts"] > 1
    assert suite.data(f'{{ DiffTree(branch: "{name}", offset: 1) {{ num_conflicts }} }}') == {"DiffTree": None}


def test_a_node_that_is_taken_away_takes_all_its_values_with_it(suite: Suite, name: str) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"} everywhere: {value: "a"}')
    suite.branch(name)
    suite.data(f'mutation {{ SuiteServerDelete(data: {{ id: "{server}" }}) {{ ok }} }}', branch=name)
    [node] = compared(suite, name, "nodes { attributes { name status } }")["nodes"]
    attributes = {item["name"]: item["status"] for item in node["attributes"]}
    assert attributes["everywhere"] == attributes["human_friendly_id"] == attributes["name"] == "REMOVED"


def test_a_difference_names_what_was_added_changed_and_removed(suite: Suite, name: str) -> None:
    old = suite.create("SuitePerson", 'name: {value: "~old"} age: {value: 1}')
    gone = suite.create("SuitePerson", 'name: {value: "~gone"}')
    suite.branch(name)
    new = suite.create("SuitePerson", 'name: {value: "~new"}', branch=name)
    suite.update("SuitePerson", f'id: "{old}" age: {{value: 2}}', branch=name)
    suite.data(f'mutation {{ SuitePersonDelete(data: {{ id: "{gone}" }}) {{ ok }} }}', branch=name)
    suite.data(f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{ branch: "{name}" }}) {{ ok }} }}')
    select = (
        "base_branch diff_branch num_added num_updated num_removed num_conflicts"
        " nodes { uuid label status attributes { name properties { property_type previous_value new_value } } }"
    )
    tree = suite.data(f'{{ DiffTree(branch: "{name}") {{ {select} }} }}')["DiffTree"]
    assert (tree["base_branch"], tree["diff_branch"], tree["num_conflicts"]) == ("main", name, 0)
    assert (tree["num_added"], tree["num_updated"], tree["num_removed"]) == (1, 1, 1)
    nodes = {node["uuid"]: node for node in tree["nodes"]}
    assert {uuid: (node["label"], node["status"]) for uuid, node in nodes.items()} == {
        new: ("~new", "ADDED"),
        old: ("~old", "UPDATED"),
        gone: ("~gone", "REMOVED"),
    }
    [attribute] = nodes[old]["attributes"]
    [change] = [item for item in attribute["properties"] if item["property_type"] == "HAS_VALUE"]
    assert (attribute["name"], change["previous_value"], change["new_value"]) == ("age", "1", "2")


def test_the_past_can_be_looked_at(suite: Suite) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"} age: {value: 1}')
    select = "age { value updated_at }"
    [before] = suite.nodes("SuitePerson", f'ids: ["{person}"]', select)
    moment = before["age"]["updated_at"].replace("+00:00", "Z")
    suite.update("SuitePerson", f'id: "{person}" age: {{value: 2}}')
    assert suite.nodes("SuitePerson", f'ids: ["{person}"]', "age { value }") == [{"age": {"value": 2}}]
    assert suite.nodes("SuitePerson", f'ids: ["{person}"]', "age { value }", at=moment) == [{"age": {"value": 1}}]


def test_a_node_that_is_gone_is_found_in_the_past(suite: Suite) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"}')
    [found] = suite.nodes("SuitePerson", f'ids: ["{person}"]', "name { updated_at }")
    moment = found["name"]["updated_at"].replace("+00:00", "Z")
    suite.data(f'mutation {{ SuitePersonDelete(data: {{ id: "{person}" }}) {{ ok }} }}')
    assert suite.labels("SuitePerson", f'ids: ["{person}"]') == []
    assert suite.labels("SuitePerson", f'ids: ["{person}"]', at=moment) == ["p"]


def test_what_is_the_same_everywhere_is_changed_on_all_branches(suite: Suite, name: str) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"} everywhere: {value: "a"}')
    suite.branch(name)
    suite.update("SuiteServer", f'id: "{server}" everywhere: {{value: "b"}}', branch=name)
    found = [{"everywhere": {"value": "b"}}]
    assert suite.nodes("SuiteServer", f'ids: ["{server}"]', "everywhere { value }") == found
    assert suite.nodes("SuiteServer", f'ids: ["{server}"]', "everywhere { value }", branch=name) == found
