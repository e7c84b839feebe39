"""Proposed changes of the local server, and what it does not do with repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot


@pytest.fixture
def proposed(depot: Depot) -> str:
    """A proposed change of a branch that has a tag."""
    depot.run('mutation { BranchCreate(data: {name: "source"}) { ok } }')
    depot.change("BuiltinTagCreate", "source", name={"value": "red"})
    return propose(depot)


def propose(depot: Depot, **more: Any) -> str:
    given = {"name": "merge it", "source_branch": "source", "destination_branch": "main", **more}
    return depot.make("CoreProposedChange", **given)


def merge(depot: Depot, id: str, arguments: str = "") -> Any:
    answer = depot.run(
        f'mutation {{ CoreProposedChangeMerge(data: {{id: "{id}"}}{arguments}) {{ ok task {{ id }} }} }}'
    )
    return answer["CoreProposedChangeMerge"]


def test_a_proposed_change_merges_its_branch(depot: Depot, proposed: str) -> None:
    assert merge(depot, proposed) == {"ok": True, "task": None}
    assert depot.value("CoreProposedChange", proposed, "state") == "merged"
    assert depot.labels("BuiltinTag") == ["red"]
    with pytest.raises(Refusals, match="only an open one can be merged"):
        merge(depot, proposed)


def test_who_does_not_wait_for_a_merge_gets_its_task(depot: Depot, proposed: str) -> None:
    task = merge(depot, proposed, ", wait_until_completion: false")["task"]["id"]
    query = "query ($ids: [String]) { InfrahubTask(ids: $ids) { edges { node { state } } } }"
    assert depot.run(query, ids=[task])["InfrahubTask"]["edges"] == [{"node": {"state": "COMPLETED"}}]


def test_a_proposed_change_that_comes_to_be_merged_merges_its_branch(depot: Depot, proposed: str) -> None:
    depot.edit("CoreProposedChange", proposed, state="merged")
    assert depot.labels("BuiltinTag") == ["red"]
    assert "only an open one can be updated" in depot.refused("CoreProposedChangeUpdate", id=proposed, description="x")


def test_a_merge_with_conflicts_leaves_everything_as_it_was(depot: Depot) -> None:
    tag = depot.tag("red")
    depot.run('mutation { BranchCreate(data: {name: "source"}) { ok } }')
    depot.change("BuiltinTagUpdate", "source", id=tag, description={"value": "there"})
    depot.change("BuiltinTagUpdate", id=tag, description={"value": "here"})
    id = propose(depot)
    with pytest.raises(Refusals, match="conflicts"):
        merge(depot, id)
    assert depot.value("CoreProposedChange", id, "state") == "open"


def test_a_difference_is_found_by_its_proposed_change_and_by_no_other(depot: Depot, proposed: str) -> None:
    def found(**given: str) -> Any:
        arguments = ", ".join(f'{name}: "{value}"' for name, value in given.items())
        return depot.run(f"{{ DiffTree({arguments}) {{ diff_branch }} }}")["DiffTree"]

    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    for name in ("source", "other"):
        depot.run(f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{branch: "{name}"}}) {{ ok }} }}')
    assert found(proposed_change_id=proposed) == {"diff_branch": "source"}
    assert found(proposed_change_id=proposed, branch="source") == {"diff_branch": "source"}
    assert found(proposed_change_id=proposed, branch="other") is None
    assert found(proposed_change_id="nope", branch="source") is None
    assert found(proposed_change_id="nope", branch="nope") is None
    depot.run('mutation { BranchDelete(data: {name: "source"}) { ok } }')
    assert found(proposed_change_id=proposed) is None


@pytest.mark.parametrize("mutation", ["BranchMerge", "BranchDelete"])
def test_an_open_proposed_change_is_canceled_when_its_branch_is_merged_or_deleted(
    depot: Depot, proposed: str, mutation: str
) -> None:
    depot.run(f'mutation {{ {mutation}(data: {{name: "source"}}) {{ ok }} }}')
    assert depot.value("CoreProposedChange", proposed, "state") == "canceled"


def test_a_closed_proposed_change_stays_closed_without_its_branch(depot: Depot, proposed: str) -> None:
    depot.edit("CoreProposedChange", proposed, state="closed")
    depot.run('mutation { BranchDelete(data: {name: "source"}) { ok } }')
    assert depot.value("CoreProposedChange", proposed, "state") == "closed"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"source_branch": None}, "source_branch must be the name of a branch"),
        ({"source_branch": "nope"}, "source_branch must be the name of a branch that is there, not 'nope'"),
        ({"source_branch": "main"}, "are both 'main'"),
        ({"source_branch": "other", "destination_branch": "source"}, "destination_branch must be 'main'"),
        ({"source_branch": "other", "state": "closed"}, "it cannot begin as closed"),
        ({}, "'source' has an open proposed change"),
    ],
)
def test_a_proposed_change_that_makes_no_sense_is_refused(
    depot: Depot, proposed: str, more: dict[str, Any], reason: str
) -> None:
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    with pytest.raises(Refusals, match=reason):
        propose(depot, **more)


def test_a_draft_is_not_merged(depot: Depot) -> None:
    depot.run('mutation { BranchCreate(data: {name: "source"}) { ok } }')
    id = propose(depot, is_draft=True)
    with pytest.raises(Refusals, match="draft"):
        merge(depot, id)
    assert available(depot, id)["merge"] == "It is a draft so far"
    assert available(depot, id)["unset-draft"] is None


def available(depot: Depot, id: str) -> dict[str, str | None]:
    """Why what can be done with a proposed change cannot be done now."""
    fields = "count edges { node { action available unavailability_reason } }"
    answer = depot.run(f'{{ CoreProposedChangeAvailableActions(proposed_change_id: "{id}") {{ {fields} }} }}')
    found = [edge["node"] for edge in answer["CoreProposedChangeAvailableActions"]["edges"]]
    assert all(item["available"] is (item["unavailability_reason"] is None) for item in found)
    return {item["action"]: item["unavailability_reason"] for item in found}


def test_a_proposed_change_is_reviewed_by_others(depot: Depot, proposed: str) -> None:
    def review(decision: str) -> None:
        depot.run(f'mutation {{ CoreProposedChangeReview(data: {{id: "{proposed}", decision: {decision}}}) {{ ok }} }}')

    def reviewers() -> tuple[int, int]:
        node = depot.node("CoreProposedChange", proposed, "approved_by { count } rejected_by { count }")
        return node["approved_by"]["count"], node["rejected_by"]["count"]

    with pytest.raises(Refusals, match="others than its author"):
        review("APPROVE")
    [users] = depot.nodes("CoreAccountGroup", 'name__value: "Infrahub Users"', "id")
    reviewer = depot.make("CoreAccount", name="reviewer", password="secret", member_of_groups=[users])
    author, depot.account = depot.account, reviewer
    try:
        review("APPROVE")
        assert reviewers() == (1, 0)
        with pytest.raises(Refusals, match="it is approved by you"):
            review("APPROVE")
        review("REJECT")
        assert reviewers() == (0, 1)
        with pytest.raises(Refusals, match="it is not approved by you"):
            review("CANCEL_APPROVE")
        review("CANCEL_REJECT")
        assert reviewers() == (0, 0)
    finally:
        depot.account = author


def test_the_checks_of_a_proposed_change_are_none(depot: Depot, proposed: str) -> None:
    check = f'mutation {{ CoreProposedChangeRunCheck(data: {{id: "{proposed}", check_type: ALL}}) {{ ok }} }}'
    assert depot.run(check) == {"CoreProposedChangeRunCheck": {"ok": True}}
    revoke = "mutation { CoreProposedChangeCheckForApprovalRevoke(data: {}) { ok } }"
    with pytest.raises(Refusals, match="not taken back"):
        depot.run(revoke)
    merge(depot, proposed)
    with pytest.raises(Refusals, match="only an open one can be checked"):
        depot.run(check)


# What is in repositories


@pytest.mark.parametrize("mutation", ["InfrahubRepositoryProcess", "InfrahubReadOnlyRepositoryImportLastCommit"])
def test_repositories_are_not_read_and_the_task_says_so(depot: Depot, mutation: str) -> None:
    kind = "CoreReadOnlyRepository" if "ReadOnly" in mutation else "CoreRepository"
    id = depot.make(kind, name="code", location="https://example.com/code.git")
    answer = depot.run(f'mutation {{ {mutation}(data: {{id: "{id}"}}) {{ ok task {{ id }} }} }}')[mutation]
    query = "query ($ids: [String]) { InfrahubTask(ids: $ids) { edges { node { state related_nodes { id } } } } }"
    (edge,) = depot.run(query, ids=[answer["task"]["id"]])["InfrahubTask"]["edges"]
    assert edge["node"] == {"state": "FAILED", "related_nodes": [{"id": id}]}


def test_a_repository_is_not_reached(depot: Depot) -> None:
    id = depot.make("CoreRepository", name="code", location="https://example.com/code.git")
    answer = depot.run(f'mutation {{ InfrahubRepositoryConnectivity(data: {{id: "{id}"}}) {{ ok message }} }}')
    assert answer["InfrahubRepositoryConnectivity"]["ok"] is False
    with pytest.raises(Refusals) as caught:
        depot.run('mutation { InfrahubRepositoryConnectivity(data: {id: "nope"}) { ok message } }')
    assert caught.value.codes == ["NODE_NOT_FOUND"]
