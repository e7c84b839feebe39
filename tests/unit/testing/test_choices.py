"""The sides of conflicts that were chosen, and the proposed changes that merge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

OWNED = "edges { node { site { properties { is_protected owner { id } } } } }"


def choose(world: World, sides: dict[Any, str]) -> None:
    """Choose sides of conflicts: `base` or `diff`, by what the conflicts are about."""
    ids = {about[1:] if about[2:] else about[1]: id for about, id in world.conflicts().items()}
    assert sides.keys() == ids.keys()
    for about, side in sides.items():
        world.choose(ids[about], side)


def merge(world: World, sides: dict[Any, str]) -> None:
    choose(world, sides)
    world.ask(world.proposal())


@pytest.fixture
def device(world: World) -> str:
    return world.create("TestingDevice", name="d", height=1)


@pytest.mark.parametrize(("side", "height"), [("base", 2), ("diff", 3)])
def test_a_merge_takes_the_side_of_a_value_that_was_chosen(world: World, device: str, side: str, height: int) -> None:
    world.fork()
    world.update(device, height=2)
    world.update(device, "branch", height=3, ports=["a"])
    merge(world, {"height": side})
    after = world.read(device)
    assert after is not None
    assert (after["height"], after["ports"]) == (height, ["a"])


def test_a_name_has_its_label_with_it(world: World, device: str) -> None:
    world.fork()
    world.update(device, name="here")
    world.update(device, "branch", name="there")
    merge(world, {"name": "base", "display_label": "base", "human_friendly_id": "base"})
    assert world.values("TestingDevice") == ["here"]


@pytest.mark.parametrize(
    ("here", "there", "side", "wanted"),
    [
        ("b", "c", "base", ["b"]),
        ("b", "c", "diff", ["c"]),
        (None, "c", "base", []),
        (None, "c", "diff", ["c"]),
        ("b", None, "base", ["b"]),
        ("b", None, "diff", ["b"]),  # as on a real server, which ends no edge that the branch does not have
    ],
)
def test_a_merge_takes_the_peer_that_was_chosen(
    world: World, device: str, here: str | None, there: str | None, side: str, wanted: list[str]
) -> None:
    sites = {name: world.create("TestingSite", name=name) for name in "abc"}
    world.update(device, site=(sites["a"],))
    world.fork()
    world.update(device, site=(sites[here],) if here else ())
    world.update(device, "branch", site=(sites[there],) if there else ())
    merge(world, {"site": side})
    after = world.read(device)
    assert after is not None
    assert after["site"] == [sites[name] for name in wanted]


@pytest.mark.parametrize("side", ["base", "diff"])
@pytest.mark.parametrize("peer", ["base", "diff"])
def test_a_merge_takes_the_properties_of_the_edge_that_were_chosen(
    world: World, device: str, side: str, peer: str
) -> None:
    here, there = (world.create("TestingSite", name=name) for name in ("here", "there"))
    owners = {name: world.create("CoreAccount", name=name, password="x") for name in ("base", "diff")}
    world.fork()
    for branch, site, owner in (("main", here, owners["base"]), ("branch", there, owners["diff"])):
        world.ask(
            f'mutation {{ TestingDeviceUpdate(data: {{id: "{device}", site: {{id: "{site}", '
            f'_relation__owner: "{owner}"}}}}) {{ ok }} }}',
            branch,
        )
    merge(world, {"site": peer, ("site", there, "HAS_OWNER"): side})
    [edge] = world.ask(f"{{ TestingDevice {{ {OWNED} }} }}")["edges"]
    assert edge["node"]["site"]["properties"]["owner"] == {"id": owners[side]}


def test_each_edge_to_a_peer_among_several_has_conflicts_of_its_own(world: World, device: str) -> None:
    red, blue = (world.create("BuiltinTag", name=name) for name in ("red", "blue"))
    owners = [world.create("CoreAccount", name=name, password="x") for name in ("one", "two")]
    world.update(device, tags={red, blue})
    world.fork()
    for branch, owner in zip(("main", "branch"), owners):
        tags = ", ".join(f'{{id: "{tag}", _relation__owner: "{owner}"}}' for tag in (red, blue))
        world.ask(f'mutation {{ TestingDeviceUpdate(data: {{id: "{device}", tags: [{tags}]}}) {{ ok }} }}', branch)
    merge(world, {("tags", red, "HAS_OWNER"): "base", ("tags", blue, "HAS_OWNER"): "diff"})
    select = "edges { node { tags { edges { node { id } properties { owner { id } } } } } }"
    [edge] = world.ask(f"{{ TestingDevice {{ {select} }} }}")["edges"]
    found = {item["node"]["id"]: item["properties"]["owner"]["id"] for item in edge["node"]["tags"]["edges"]}
    assert found == {red: owners[0], blue: owners[1]}


def test_a_merge_of_the_branch_itself_refuses_conflicts_with_a_side_too(world: World, device: str) -> None:
    world.fork()
    world.update(device, height=2)
    world.update(device, "branch", height=3)
    choose(world, {"height": "diff"})
    assert "conflicts with the default branch" in world.merge_refusal()


def test_a_proposed_change_is_not_merged_while_a_side_is_missing(world: World, device: str) -> None:
    world.fork()
    for branch, height in (("main", 2), ("branch", 3)):
        world.update(device, branch, height=height, ports=[branch])
    world.choose(world.conflicts()[device, "height"], "diff")
    refused = world.refusal(world.proposal())
    assert f"data/{device}/ports/value" in refused["message"]
    assert f"data/{device}/height/value" not in refused["message"]
    assert refused["extensions"]["http_status"] == 500


def test_no_side_helps_when_a_branch_deleted_what_the_other_changed(world: World, device: str) -> None:
    world.fork()
    world.update(device, height=2)
    world.delete(device, "branch")
    assert "conflicts with the default branch" in world.refusal(world.proposal())["message"]


def test_before_a_merge_the_default_branch_had_the_side_that_lost(world: World, device: str) -> None:
    here, there = (world.create("TestingSite", name=name) for name in ("here", "there"))
    world.fork()
    world.update(device, site=(here,))
    world.update(device, "branch", site=(there,))
    choose(world, {"site": "diff"})
    mutation, before = world.proposal(), world.now()
    world.ask(mutation)
    then, now = world.read(device, at=before), world.read(device)
    assert then is not None and now is not None
    assert (then["site"], now["site"]) == ([here], [there])
