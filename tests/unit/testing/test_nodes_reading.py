"""What is read of nodes: labels, properties, metadata, peers, hierarchies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.inventory import Inventory


@pytest.fixture
def places(inventory: Inventory) -> dict[str, str]:
    """A region with two sites, each with two racks."""
    ids = {"emea": inventory.add("Region", name="emea")}
    for site in ("atl", "par"):
        ids[site] = inventory.add("Site", name=site, parent={"id": ids["emea"]})
        for rack in (f"{site}-1", f"{site}-2"):
            ids[rack] = inventory.add("Rack", name=rack, parent={"id": ids[site]})
    return ids


def names(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["display_label"] for edge in page["edges"]]


# Labels


def test_labels_and_human_friendly_ids_reach_peers(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    port = inventory.add("Fibre", name="eth0", box={"id": box})
    assert inventory.node("InvPort", port, "hfid display_label") == {"hfid": ["b1", "eth0"], "display_label": "b1:ETH0"}
    inventory.update("Box", box, name="b2")
    assert inventory.node("InvPort", port, "hfid display_label") == {"hfid": ["b2", "eth0"], "display_label": "b2:ETH0"}


def test_what_has_no_label_shows_its_kind_and_id(inventory: Inventory) -> None:
    id = inventory.change("InvSampleCreate", a_text={"value": "x"})
    assert inventory.node("InvSample", id, "hfid display_label") == {
        "hfid": None,
        "display_label": f"InvSample(ID: {id})",
    }


def test_a_human_friendly_id_has_a_word_for_a_part_that_is_missing(inventory: Inventory) -> None:
    id = inventory.change("CoreGlobalPermissionCreate", action={"value": "edit_default_branch"}, decision={"value": 1})
    assert inventory.node("CoreGlobalPermission", id, "hfid") == {"hfid": ["edit_default_branch", "1"]}
    box = inventory.add("Lonely", note="x")
    assert inventory.node("InvLonely", box, "hfid display_label") == {"hfid": ["x", "None"], "display_label": ""}
    assert len(inventory.nodes("InvLonely", 'hfid: ["x", "None"]')) == 1


# Pages


def test_a_page_has_its_part_and_the_count_of_all(inventory: Inventory) -> None:
    for number in range(5):
        inventory.add("Box", name=f"b{number}")
    page = inventory.run("{ InvBox(offset: 1, limit: 2) { count edges { node { display_label } } } }")["InvBox"]
    assert (page["count"], names(page)) == (5, ["b1", "b2"])
    assert inventory.labels("InvBox", "offset: 4, limit: 10") == ["b4"]
    assert inventory.labels("InvBox", "offset: 9") == []
    assert inventory.labels("InvBox", "limit: 0") == [f"b{number}" for number in range(5)]


@pytest.mark.parametrize("argument", ["limit", "offset"])
def test_a_negative_number_of_nodes_is_refused(inventory: Inventory, argument: str) -> None:
    with pytest.raises(Refusals, match=f"{argument} is -1, and may be 0 or more"):
        inventory.labels("InvBox", f"{argument}: -1")


def test_a_generic_shows_what_each_kind_has(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    inventory.add("Fibre", name="eth0", box={"id": box}, colour="red")
    inventory.add("Copper", name="eth1", box={"id": box})
    fields = "__typename name { value } ... on InvFibre { colour { value } }"
    assert inventory.nodes("InvPort", fields=fields) == [
        {"__typename": "InvFibre", "name": {"value": "eth0"}, "colour": {"value": "red"}},
        {"__typename": "InvCopper", "name": {"value": "eth1"}},
    ]


# Peers


def test_the_peers_of_a_relationship_are_filtered_ordered_and_paged(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    for number, speed in enumerate((10, 40, 10)):
        inventory.add("Fibre", name=f"eth{number}", box={"id": box}, speed=speed)

    def ports(arguments: str) -> tuple[int, list[str]]:
        found = inventory.node("InvBox", box, f"ports({arguments}) {{ count edges {{ node {{ display_label }} }} }}")[
            "ports"
        ]
        return found["count"], names(found)

    assert ports("limit: 2") == (3, ["b1:ETH0", "b1:ETH1"])
    assert ports("speed__value: 10, offset: 1") == (2, ["b1:ETH2"])
    assert ports('order: {by: [{field: "name__value", direction: DESC}]}') == (3, ["b1:ETH2", "b1:ETH1", "b1:ETH0"])
    assert ports('name__values: ["eth0", "eth1"]') == (2, ["b1:ETH0", "b1:ETH1"])


def test_a_peer_that_is_not_there_is_null(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1")
    more = "properties { is_protected } node_metadata { created_at } relationship_metadata { created_at }"
    fields = f"rack {{ node {{ id }} {more} }}"
    assert inventory.node("InvBox", id, fields)["rack"]["node"] is None


def test_the_peers_of_many_nodes_take_no_more_statements_than_those_of_one(inventory: Inventory) -> None:
    document = "{ InvBox { edges { node { ports { edges { node { display_label } } } rack { node { id } } } } } }"

    def statements() -> int:
        ran: list[str] = []
        inventory.app.storage._connection.set_trace_callback(ran.append)
        inventory.run(document)
        inventory.app.storage._connection.set_trace_callback(None)
        return len(ran)

    inventory.add("Fibre", name="eth0", box={"id": inventory.add("Box", name="b0")})
    few = statements()
    for number in range(1, 20):
        inventory.add("Fibre", name="eth0", box={"id": inventory.add("Box", name=f"b{number}")})
    assert statements() == few


# Hierarchies


def test_a_hierarchy_is_read_up_and_down(inventory: Inventory, places: dict[str, str]) -> None:
    fields = (
        "parent { node { display_label } } children { count edges { node { display_label } } }"
        " ancestors { count edges { node { display_label } } } descendants { count edges { node { display_label } } }"
    )
    found = inventory.node("InvPlace", places["atl"], fields)
    assert found["parent"]["node"]["display_label"] == "emea"
    assert names(found["children"]) == ["atl-1", "atl-2"]
    found = inventory.node("InvRegion", places["emea"], fields)
    assert found["parent"]["node"] is None
    assert (found["descendants"]["count"], names(found["descendants"])) == (
        6,
        ["atl", "atl-1", "atl-2", "par", "par-1", "par-2"],
    )
    assert names(inventory.node("InvRack", places["par-1"], fields)["ancestors"]) == ["emea", "par"]


def test_what_is_above_and_below_is_filtered_ordered_and_paged(inventory: Inventory, places: dict[str, str]) -> None:
    by = 'order: {by: [{field: "name__value", direction: DESC}]}'
    some = 'name__values: ["atl", "par", "par-1"]'
    fields = f"descendants({some}, {by}, limit: 2) {{ count edges {{ node {{ display_label }} }} }}"
    found = inventory.node("InvRegion", places["emea"], fields)["descendants"]
    assert (found["count"], names(found)) == (3, ["par-1", "par"])


# Properties and metadata


def test_a_node_says_when_and_by_whom_it_was_made_and_changed(inventory: Inventory) -> None:
    id, red = inventory.add("Box", name="b1"), inventory.tag("red")

    def metadata(kind: str) -> dict[str, Any]:
        some = "created_at created_by { id } updated_at updated_by { id }"
        found: dict[str, Any] = inventory.run(f"{{ {kind} {{ edges {{ node_metadata {{ {some} }} }} }} }}")[kind][
            "edges"
        ][0]
        return dict(found["node_metadata"])

    new = metadata("InvBox")
    assert new["created_at"] == new["updated_at"]
    assert new["created_by"] == new["updated_by"] == {"id": inventory.account}
    inventory.update("Box", id, serial="AB")
    changed = metadata("InvBox")
    assert changed["created_at"] == new["created_at"] < changed["updated_at"]
    tag = metadata("BuiltinTag")
    inventory.update("Box", id, tags=[{"id": red}])
    assert metadata("BuiltinTag")["updated_at"] > tag["updated_at"]


def test_an_edge_says_when_and_by_whom_it_was_made(inventory: Inventory) -> None:
    red = inventory.tag("red")
    id = inventory.add("Box", name="b1", tags=[{"id": red}])
    some = "relationship_metadata { created_at updated_at created_by { id } } properties { updated_at is_protected }"
    (edge,) = inventory.node("InvBox", id, f"tags {{ edges {{ {some} node_metadata {{ created_at }} }} }}")["tags"][
        "edges"
    ]
    made = edge["relationship_metadata"]
    assert (
        made["created_at"]
        == made["updated_at"]
        == edge["properties"]["updated_at"]
        > edge["node_metadata"]["created_at"]
    )
    assert edge["properties"]["is_protected"] is None
    assert made["created_by"] == {"id": inventory.account}


def test_an_attribute_says_what_it_is(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1")
    flags = "__typename is_default is_protected is_from_profile"
    fields = f"name {{ id {flags} source {{ id }} updated_by {{ id }} permissions {{ update_value }} }}"
    found = inventory.node("InvBox", id, fields)["name"]
    assert found.pop("id") == inventory.node("InvBox", id, "name { id }")["name"]["id"]
    assert found == {
        "__typename": "TextAttribute",
        "is_default": False,
        "is_protected": False,
        "is_from_profile": False,
        "source": None,
        "updated_by": {"id": inventory.account},
        "permissions": {"update_value": "ALLOW"},
    }


def test_a_page_says_what_the_account_may_do(inventory: Inventory) -> None:
    document = "{ InvPort { permissions { count edges { node { kind view update } } } } }"
    found = inventory.run(document)["InvPort"]["permissions"]
    assert found["count"] == len(found["edges"]) > 1
    assert found["edges"][0] == {"node": {"kind": "InvPort", "view": "ALLOW", "update": "ALLOW"}}
