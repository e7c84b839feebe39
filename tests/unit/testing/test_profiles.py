"""Profiles of the local server: what nodes have that have nothing of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot

PROPERTIES = "{ value is_default is_from_profile source { id } }"


def profile(depot: Depot, name: str, **more: Any) -> str:
    return depot.make("ProfileDepDevice", profile_name=f"profile {name}", **more)


def device(depot: Depot, *profiles: str, **more: Any) -> str:
    given = {"profiles": [{"id": id} for id in profiles]} if profiles else {}
    return depot.make("DepDevice", name="a", **given, **more)


def held(depot: Depot, id: str, name: str = "description") -> tuple[Any, bool, str | None]:
    """A value of a device, whether it is the default, and the profile that gives it."""
    found = depot.node("DepDevice", id, f"{name} {PROPERTIES}")[name]
    assert found["is_from_profile"] is bool(found["source"])
    return found["value"], found["is_default"], found["source"] and found["source"]["id"]


def tags(depot: Depot, id: str) -> list[tuple[str, str | None]]:
    """The tags of a device, and where they come from."""
    edges = depot.node("DepDevice", id, "tags { edges { node { display_label } properties { source { id } } } }")[
        "tags"
    ]["edges"]
    return [
        (edge["node"]["display_label"], edge["properties"]["source"] and edge["properties"]["source"]["id"])
        for edge in edges
    ]


def test_a_node_has_what_its_profiles_give_of_which_the_one_with_the_lowest_number_comes_first(depot: Depot) -> None:
    second = profile(depot, "second", description="from the second", role="spine")
    first = profile(depot, "first", description="from the first", profile_priority=100)
    id = device(depot, second, first)
    assert held(depot, id) == ("from the first", False, first)
    assert held(depot, id, "role") == ("spine", False, second)


def test_what_a_node_has_of_its_own_stays(depot: Depot) -> None:
    first = profile(depot, "first", description="from a profile", role="spine")
    id = device(depot, first, description="own", role="leaf")
    assert held(depot, id) == ("own", False, None)
    assert held(depot, id, "role") == ("leaf", False, None)


def test_a_value_of_its_own_takes_the_place_of_a_given_one_until_it_is_the_default_again(depot: Depot) -> None:
    first = profile(depot, "first", description="given")
    id = device(depot, first)
    depot.edit("DepDevice", id, description="own")
    assert held(depot, id) == ("own", False, None)
    depot.edit("DepDevice", id, description={"is_default": True})
    assert held(depot, id) == ("given", False, first)
    depot.edit("DepDevice", id, description="given")
    assert held(depot, id) == ("given", False, None)


def test_changes_of_a_profile_reach_its_nodes(depot: Depot) -> None:
    first = profile(depot, "first", description="old", role="spine")
    id = device(depot, first)
    depot.edit("ProfileDepDevice", first, description="new", role={"value": None})
    assert held(depot, id) == ("new", False, first)
    assert held(depot, id, "role") == ("leaf", True, None)


@pytest.mark.parametrize("way", ["update", "remove", "remove from the profile", "change the profile", "delete"])
def test_a_node_that_loses_a_profile_loses_what_it_gave(depot: Depot, way: str) -> None:
    tag = depot.tag("red")
    first = profile(depot, "first", description="given", tags=[{"id": tag}])
    id = device(depot, first)
    assert held(depot, id)[2] == first
    assert tags(depot, id) == [("red", first)]
    if way == "update":
        depot.edit("DepDevice", id, profiles=[])
    elif way == "remove":
        depot.relate("Remove", id, "profiles", first)
    elif way == "remove from the profile":
        depot.relate("Remove", first, "related_nodes", id)
    elif way == "change the profile":
        depot.edit("ProfileDepDevice", first, related_nodes=[])
    else:
        depot.drop("ProfileDepDevice", first)
    assert held(depot, id) == (None, True, None)
    assert tags(depot, id) == []


@pytest.mark.parametrize("way", ["add", "add to the profile", "change the profile"])
def test_a_node_that_gets_a_profile_gets_what_it_gives(depot: Depot, way: str) -> None:
    first = profile(depot, "first", description="given")
    id = device(depot)
    if way == "add":
        depot.relate("Add", id, "profiles", first)
    elif way == "add to the profile":
        depot.relate("Add", first, "related_nodes", id)
    else:
        depot.edit("ProfileDepDevice", first, related_nodes=[{"id": id}])
    assert held(depot, id) == ("given", False, first)


def test_peers_that_are_added_by_hand_make_the_given_ones_the_nodes_own(depot: Depot) -> None:
    red, blue = depot.tag("red"), depot.tag("blue")
    first = profile(depot, "first", tags=[{"id": red}])
    id = device(depot, first)
    depot.relate("Add", id, "tags", blue)
    assert sorted(tags(depot, id)) == [("blue", None), ("red", None)]
    depot.edit("ProfileDepDevice", first, tags=[])
    assert sorted(tags(depot, id)) == [("blue", None), ("red", None)]


def test_peers_that_a_node_names_are_its_own_also_where_a_profile_gives_them(depot: Depot) -> None:
    red, blue = depot.tag("red"), depot.tag("blue")
    id = device(depot, profile(depot, "first", tags=[{"id": red}, {"id": blue}]))
    assert len(tags(depot, id)) == 2
    depot.edit("DepDevice", id, tags=[{"id": red}])
    assert tags(depot, id) == [("red", None)]


def test_a_profile_may_give_what_a_node_must_have_and_then_stays(depot: Depot) -> None:
    given = depot.make("ProfileDepAppliance", profile_name="owned", owner="me")
    id = depot.make("DepAppliance", name="a", profiles=[{"hfid": ["owned"]}])
    assert depot.value("DepAppliance", id, "owner") == "me"
    assert "mandatory attribute 'owner'" in depot.refused("DepApplianceUpdate", id=id, profiles=[])
    with pytest.raises(Refusals, match="mandatory attribute 'owner'"):
        depot.drop("ProfileDepAppliance", given)
    assert depot.refused("DepApplianceCreate", name="b") == "DepAppliance.owner has to be given at owner"


def test_a_profile_of_a_generic_is_for_all_its_kinds_and_one_of_another_kind_is_refused(depot: Depot) -> None:
    ports = depot.make("ProfileDepPort", profile_name="ports", description="a port")
    id = depot.make("DepCopper", name="eth", device={"id": device(depot)}, profiles=[{"id": ports}])
    assert depot.value("DepCopper", id, "description") == "a port"
    wrong = depot.refused("DepApplianceCreate", name="a", owner="me", profiles=[{"id": ports}])
    assert "is a ProfileDepPort, and a DepAppliance takes ProfileDepAppliance at profiles" in wrong


def test_profiles_can_be_applied_again(depot: Depot) -> None:
    first = profile(depot, "first", description="given")
    id = device(depot, first)
    mutation = "mutation ($id: String!) { InfrahubProfilesRefresh(data: {id: $id}) { ok } }"
    assert depot.run(mutation, id=id) == {"InfrahubProfilesRefresh": {"ok": True}}
    assert held(depot, id) == ("given", False, first)
    with pytest.raises(Refusals) as caught:
        depot.run(mutation, id="0bd2e1a4-0000-4000-8000-000000000000")
    assert caught.value.codes == ["NODE_NOT_FOUND"]


def test_a_branch_applies_profiles_for_itself(depot: Depot) -> None:
    first = profile(depot, "first", description="old")
    id = device(depot, first)
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    depot.edit("ProfileDepDevice", first, "other", description="new")
    assert depot.value("DepDevice", id, "description", branch="other") == "new"
    assert depot.value("DepDevice", id, "description") == "old"
