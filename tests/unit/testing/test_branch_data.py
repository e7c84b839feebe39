"""What a branch sees, what merges and rebases do to it, and what was there at other times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World


def test_a_branch_and_the_default_branch_do_not_see_what_the_other_makes(world: World) -> None:
    world.create("TestingSite", name="both")
    world.fork()
    world.create("TestingSite", "branch", name="there")
    world.create("TestingSite", name="here")
    assert world.values("TestingSite") == ["both", "here"]
    assert world.values("TestingSite", "branch") == ["both", "there"]


def test_a_change_on_one_side_is_not_seen_on_the_other(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    world.fork()
    world.update(one, "branch", name="changed there")
    world.update(two, name="changed here")
    assert world.values("TestingSite") == ["changed here", "one"]
    assert world.values("TestingSite", "branch") == ["changed there", "two"]


def test_what_a_branch_deletes_stays_on_the_default_branch(world: World) -> None:
    site = world.create("TestingSite", name="a")
    device = world.create("TestingDevice", name="d", site=(site,))
    world.fork()
    world.delete(site, "branch")
    assert world.read(site, "branch") is None
    there, here = world.read(device, "branch"), world.read(device)
    assert there is not None and here is not None
    assert (there["site"], here["site"]) == ([], [site])


def test_what_the_default_branch_deletes_stays_on_a_branch(world: World) -> None:
    site = world.create("TestingSite", name="a")
    device = world.create("TestingDevice", name="d", site=(site,))
    world.fork()
    world.delete(site)
    there = world.read(device, "branch")
    assert there is not None
    assert there["site"] == [site]
    assert world.values("TestingSite") == []


def test_what_was_deleted_on_a_branch_can_be_made_again_there(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.delete(site, "branch")
    again = world.create("TestingSite", "branch", name="a")
    assert world.values("TestingSite", "branch") == ["a"]
    world.merge()
    assert world.read(site) is None
    assert world.values("TestingSite") == ["a"]
    assert world.read(again) is not None


def test_two_branches_do_not_see_one_another(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork("one")
    world.fork("two")
    world.update(site, "one", name="of one")
    world.update(site, "two", name="of two")
    assert world.values("TestingSite", "one") == ["of one"]
    assert world.values("TestingSite", "two") == ["of two"]
    assert world.values("TestingSite") == ["a"]


def test_agnostic_values_are_the_same_everywhere(world: World) -> None:
    device = world.create("TestingDevice", name="d", serial="1")
    world.fork()
    world.update(device, "branch", serial="2")
    here = world.read(device)
    assert here is not None
    assert here["serial"] == "2"


def test_local_values_and_edges_stay_on_their_branch(world: World) -> None:
    tag = world.create("BuiltinTag", name="t")
    device = world.create("TestingDevice", name="d", note="here", height=1)
    world.fork()
    world.update(device, "branch", note="there", height=2, watchers={tag})
    made = world.create("TestingDevice", "branch", name="new", note="there")
    world.merge()
    old, new = world.read(device), world.read(made)
    assert old is not None and new is not None
    assert (old["note"], old["height"], old["watchers"]) == ("here", 2, [])
    assert new["note"] is None
    there = world.read(device, "branch")
    assert there is not None
    assert (there["note"], there["watchers"]) == ("there", [tag])


# Merging


def test_a_merge_brings_what_was_made_changed_and_deleted(world: World) -> None:
    tag = world.create("BuiltinTag", name="t")
    changed = world.create("TestingDevice", name="changed", tags={tag})
    gone = world.create("TestingDevice", name="gone", tags={tag})
    world.fork()
    site = world.create("TestingSite", "branch", name="new site")
    world.update(changed, "branch", height=3, site=(site,), tags=set())
    world.delete(gone, "branch")
    there = world.read(changed, "branch")
    world.merge()
    assert world.read(changed) == there
    assert world.read(gone) is None
    assert world.read(site) == world.read(site, "branch")


def test_a_merge_keeps_what_the_default_branch_changed_elsewhere(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    other = world.create("TestingDevice", name="e")
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, name="renamed")
    world.delete(other)
    world.merge()
    here = world.read(device)
    assert here is not None
    assert (here["name"], here["height"]) == ("renamed", 2)
    assert world.read(other) is None


def test_two_properties_of_a_value_may_change_on_two_branches(world: World) -> None:
    tag = world.create("BuiltinTag", name="owner")
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    set_height = 'mutation {{ TestingDeviceUpdate(data: {{id: "{}", height: {{{}}}}}) {{ ok }} }}'
    world.ask(set_height.format(device, "value: 2"), "branch")
    world.ask(set_height.format(device, "is_protected: true"))
    world.merge()
    query = "{ TestingDevice { edges { node { height { value is_protected } } } } }"
    (edge,) = world.ask(query)["edges"]
    assert edge["node"]["height"] == {"value": 2, "is_protected": True}
    assert tag


def test_the_same_change_on_both_branches_is_no_conflict(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    device = world.create("TestingDevice", name="d", site=(one,), height=1)
    world.fork()
    for branch in ("main", "branch"):
        world.update(device, branch, height=2, site=(two,))
    world.merge()
    here = world.read(device)
    assert here is not None
    assert (here["height"], here["site"]) == (2, [two])


def test_a_change_that_was_taken_back_is_no_change(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, "branch", height=1)
    world.update(device, height=3)
    world.merge()
    here = world.read(device)
    assert here is not None
    assert here["height"] == 3


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ({"height": 2}, {"height": 3}),
        ({"site": ("two",)}, {"site": ("three",)}),
        ({"site": ()}, {"site": ("three",)}),
    ],
)
def test_different_changes_of_the_same_are_a_conflict(world: World, there: dict, here: dict) -> None:  # type: ignore[type-arg]
    sites = {name: world.create("TestingSite", name=name) for name in ("one", "two", "three")}
    device = world.create("TestingDevice", name="d", height=1, site=(sites["one"],))
    world.fork()
    for branch, data in (("branch", there), ("main", here)):
        world.update(
            device,
            branch,
            **{
                name: tuple(sites[item] for item in value) if isinstance(value, tuple) else value
                for name, value in data.items()
            },
        )
    before = world.read(device)
    assert "conflicts with the default branch" in world.merge_refusal()
    assert world.read(device) == before


def test_deleting_what_the_other_branch_changed_is_a_conflict(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    world.fork()
    world.delete(one, "branch")
    world.update(one, name="changed")
    assert "conflicts" in world.merge_refusal()
    world.ask('mutation { BranchDelete(data: {name: "branch"}) { ok } }')
    world.fork()
    world.update(two, "branch", name="changed too")
    world.delete(two)
    assert "conflicts" in world.merge_refusal()


def test_an_edge_to_what_the_default_branch_deleted_is_a_conflict(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.create("TestingDevice", "branch", name="d", site=(site,))
    world.delete(site)
    assert "conflicts" in world.merge_refusal()


def test_an_edge_that_leads_one_way_to_what_the_default_branch_deleted_is_left_out(world: World) -> None:
    tag = world.create("BuiltinTag", name="t")
    world.fork()
    device = world.create("TestingDevice", "branch", name="d", tags={tag})
    world.delete(tag)
    world.merge()
    here = world.read(device)
    assert here is not None
    assert here["tags"] == []


def test_what_both_branches_deleted_is_gone(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.delete(site, "branch")
    world.delete(site)
    world.merge()
    assert world.read(site) is None


def test_a_merge_that_breaks_a_uniqueness_constraint_is_refused(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="same")
    world.create("TestingSite", name="same")
    message = world.merge_refusal()
    assert "TestingSite" in message
    assert "name__value='same'" in message
    assert world.values("TestingSite") == ["same"]
    assert world.ask('{ Branch(name: "branch") { status } }') == [{"status": "OPEN"}]


def test_a_second_branch_with_the_same_unique_value_is_refused_after_the_first(world: World) -> None:
    for name in ("one", "two"):
        world.fork(name)
        world.create("TestingSite", name, name="same")
    world.merge("one")
    assert "same" in world.merge_refusal("two")


# Rebasing


def test_a_rebased_branch_sees_the_default_branch_as_it_is_and_its_own_changes(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    gone = world.create("TestingDevice", name="gone")
    world.fork()
    world.update(device, "branch", height=2)
    made = world.create("TestingDevice", "branch", name="made there")
    world.update(device, name="renamed")
    world.delete(gone)
    world.create("TestingDevice", name="made here")
    world.rebase()
    there = world.read(device, "branch")
    assert there is not None
    assert (there["name"], there["height"]) == ("renamed", 2)
    assert world.values("TestingDevice", "branch") == ["made here", "made there", "renamed"]
    assert world.values("TestingDevice") == ["made here", "renamed"]
    assert world.read(made) is None


def test_a_rebased_branch_is_isolated_again(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.rebase()
    world.update(site, name="b")
    assert world.values("TestingSite", "branch") == ["a"]


def test_a_rebase_with_conflicts_is_refused_and_says_where(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, height=3)
    message = world.rebase_refusal()
    assert f"data/{device}/height/value" in message
    assert "ResolveDiffConflict" in message
    there = world.read(device, "branch")
    assert there is not None
    assert there["height"] == 2


def test_a_rebase_keeps_the_branchs_side_of_a_conflict_once_it_is_chosen(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, height=3)
    world.rebase_refusal()
    conflict = "nodes { attributes { conflict { uuid } } }"
    (node,) = world.ask(f'{{ DiffTree(branch: "branch") {{ {conflict} }} }}')["nodes"]
    id = node["attributes"][0]["conflict"]["uuid"]
    choose = f'mutation {{ ResolveDiffConflict(data: {{conflict_id: "{id}", selected_branch: DIFF_BRANCH}}) {{ ok }} }}'
    assert world.ask(choose) == {"ok": True}
    world.rebase()
    there, here = world.read(device, "branch"), world.read(device)
    assert there is not None and here is not None
    assert (there["height"], here["height"]) == (2, 3)
    world.merge()
    assert world.read(device) == there


def test_a_rebase_cannot_keep_changes_of_what_the_default_branch_deleted(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    world.update(device, "branch", height=2)
    world.delete(device)
    message = world.rebase_refusal()
    assert f"only the data be made the same: data/{device}" in message


def test_a_rebase_that_breaks_a_uniqueness_constraint_is_refused(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="same")
    world.create("TestingSite", name="same")
    assert "name__value='same'" in world.rebase_refusal()
    assert world.values("TestingSite", "branch") == ["same"]


def test_the_default_branch_is_not_rebased(world: World) -> None:
    assert "main" in world.rebase_refusal("main")


# History


def test_the_default_branch_shows_what_it_was_at_a_time(world: World) -> None:
    site = world.create("TestingSite", name="one")
    first = world.now()
    world.update(site, name="two")
    second = world.now()
    world.delete(site)
    assert world.values("TestingSite", at=first) == ["one"]
    assert world.values("TestingSite", at=second) == ["two"]
    assert world.values("TestingSite") == []


def test_a_branch_shows_what_it_was_at_a_time_also_before_it_was_made(world: World) -> None:
    site = world.create("TestingSite", name="one")
    before = world.now()
    world.update(site, name="two")
    world.fork()
    made = world.now()
    world.update(site, "branch", name="three")
    after = world.now()
    world.update(site, "branch", name="four")
    world.update(site, name="of main")
    assert world.values("TestingSite", "branch", before) == ["one"]
    assert world.values("TestingSite", "branch", made) == ["two"]
    assert world.values("TestingSite", "branch", after) == ["three"]
    assert world.values("TestingSite", "branch") == ["four"]


def test_edges_show_what_they_were_at_a_time(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    device = world.create("TestingDevice", name="d", site=(one,))
    before = world.now()
    world.update(device, site=(two,))
    then, now = world.read(device, at=before), world.read(device)
    assert then is not None and now is not None
    assert (then["site"], now["site"]) == ([one], [two])


def test_before_a_merge_the_default_branch_was_without_it(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="a")
    before = world.now()
    world.merge()
    assert world.values("TestingSite", at=before) == []
    assert world.values("TestingSite") == ["a"]


def test_a_time_before_the_default_branch_is_refused(world: World) -> None:
    with pytest.raises(Refused, match=r"nothing yet at 2001-09-09.*: 'main' begins"):
        world.app.session(at=1_000_000_000_000_000)
