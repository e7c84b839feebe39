"""Mutations of nodes: what they change, and what they leave as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.inventory import Inventory

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def upsert(inventory: Inventory, **data: Any) -> str:
    return inventory.change("InvBoxUpsert", **data)


def rows(inventory: Inventory, table: str) -> int:
    return int(inventory.app.storage.rows(f"select count(*) from {table}")[0][0])


def test_an_update_writes_only_what_it_changes(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1", serial="AB")
    fields = "name { updated_at } serial { updated_at }"
    before, values, edges = inventory.node("InvBox", id, fields), rows(inventory, "value"), rows(inventory, "edge")
    inventory.update("Box", id, name="b1", serial="AB")
    assert inventory.node("InvBox", id, fields) == before
    inventory.update("Box", id, name="b1", serial="CD")
    after = inventory.node("InvBox", id, fields)
    assert after["name"] == before["name"]
    assert after["serial"]["updated_at"] > before["serial"]["updated_at"]
    assert (rows(inventory, "value"), rows(inventory, "edge")) == (values + 1, edges)


def test_what_an_update_does_not_name_stays(inventory: Inventory) -> None:
    tag = inventory.tag("red")
    id = inventory.add("Box", name="b1", serial="AB", tags=[{"id": tag}])
    inventory.update("Box", id, name="b2")
    found = inventory.node("InvBox", id, "serial { value } tags { count }")
    assert found == {"serial": {"value": "AB"}, "tags": {"count": 1}}
    inventory.update("Box", id, serial=None, tags=[])
    assert inventory.node("InvBox", id, "serial { value } tags { count }")["tags"] == {"count": 0}


def test_a_null_value_is_written_and_a_null_attribute_is_not(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1", serial="AB")
    inventory.change("InvBoxUpdate", id=id, serial=None)
    assert inventory.node("InvBox", id, "serial { value }") == {"serial": {"value": "AB"}}
    inventory.change("InvBoxUpdate", id=id, serial={"value": None})
    assert inventory.node("InvBox", id, "serial { value }") == {"serial": {"value": None}}


def test_a_value_is_reset_to_its_default(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1", units=5)
    fields = "units { value is_default }"
    assert inventory.node("InvBox", id, fields)["units"] == {"value": 5, "is_default": False}
    inventory.change("InvBoxUpdate", id=id, units={"is_default": True})
    assert inventory.node("InvBox", id, fields)["units"] == {"value": 1, "is_default": True}


def test_the_value_that_is_the_default_may_be_somebodys_choice(inventory: Inventory) -> None:
    id = inventory.add("Box", name="b1", units=1)
    assert inventory.node("InvBox", id, "units { is_default }") == {"units": {"is_default": False}}
    other = inventory.add("Box", name="b2")
    assert inventory.node("InvBox", other, "units { is_default }") == {"units": {"is_default": True}}


def test_values_and_edges_have_properties(inventory: Inventory) -> None:
    tag, account = inventory.tag("red"), inventory.account
    edge = {"id": tag, "_relation__is_protected": True, "_relation__source": account, "_relation__owner": account}
    name = {"value": "b1", "is_protected": True, "source": account, "owner": account}
    id = inventory.change("InvBoxCreate", name=name, tags=[edge])
    some = "is_protected source { id } owner { id }"
    fields = f"name {{ {some} }} tags {{ edges {{ properties {{ {some} }} }} }}"
    expected = {"is_protected": True, "source": {"id": account}, "owner": {"id": account}}
    found = inventory.node("InvBox", id, fields)
    assert found["name"] == expected
    assert found["tags"]["edges"] == [{"properties": expected}]
    inventory.change("InvBoxUpdate", id=id, name={"owner": None}, tags=[{"id": tag, "_relation__is_protected": False}])
    found = inventory.node("InvBox", id, fields)
    assert found["name"] == {**expected, "owner": None}
    assert found["tags"]["edges"] == [{"properties": {**expected, "is_protected": None}}]


def test_a_source_that_is_not_there_is_none(inventory: Inventory) -> None:
    id = inventory.change("InvBoxCreate", name={"value": "b1", "source": UNKNOWN})
    assert inventory.node("InvBox", id, "name { source { id } }") == {"name": {"source": None}}


def test_a_new_node_without_a_label_is_labelled_by_its_name(inventory: Inventory) -> None:
    id = inventory.change("CoreStandardGroupCreate", name={"value": "my_first_group"})
    assert inventory.node("CoreStandardGroup", id, "label { value }") == {"label": {"value": "My First Group"}}


# Naming nodes


@pytest.mark.parametrize("name", [{"hfid": ["b1"]}, {"id": "b1"}])
def test_a_node_is_named_by_its_human_friendly_id_or_its_default_filter(
    inventory: Inventory, name: dict[str, Any]
) -> None:
    id = inventory.add("Box", name="b1")
    assert inventory.change("InvBoxUpdate", **name, serial={"value": "AB"}) == id
    inventory.run('mutation { InvBoxDelete(data: {hfid: ["b1"]}) { ok } }')
    assert inventory.labels("InvBox") == []


def test_a_peer_is_named_in_any_way(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    for number, name in enumerate(({"id": box}, {"id": "b1"}, {"hfid": ["b1"]})):
        inventory.add("Fibre", name=f"eth{number}", box=name)
    other = inventory.add("Copper", name="mgmt", box={"id": box}, twins=[{"hfid": ["b1", "eth0"], "kind": "InvFibre"}])
    assert inventory.node("InvPort", other, "twins { edges { node { hfid } } }") == {
        "twins": {"edges": [{"node": {"hfid": ["b1", "eth0"]}}]}
    }
    assert inventory.node("InvBox", box, "ports { count }") == {"ports": {"count": 4}}


def test_a_human_friendly_id_with_too_few_parts_names_nothing(inventory: Inventory) -> None:
    with pytest.raises(Refusals, match="has 2 parts") as refused:
        inventory.run('mutation { InvFibreDelete(data: {hfid: ["b1"]}) { ok } }')
    assert refused.value.codes == ["NODE_NOT_FOUND"]


def test_nodes_are_changed_by_a_generic_of_theirs(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    port = inventory.add("Fibre", name="eth0", box={"id": box}, colour="red")
    assert inventory.change("InvPortUpdate", id=port, speed={"value": 10}) == port
    assert inventory.node("InvFibre", port, "speed { value } colour { value }") == {
        "speed": {"value": 10},
        "colour": {"value": "red"},
    }


# Upserts


def test_an_upsert_makes_a_node_and_then_changes_it(inventory: Inventory) -> None:
    id = upsert(inventory, name={"value": "b1"}, serial={"value": "AB"})
    assert upsert(inventory, name={"value": "b1"}, units={"value": 3}) == id
    assert upsert(inventory, hfid=["b1"], name={"value": "b2"}) == id
    assert upsert(inventory, id=id, units={"value": 4}) == id
    assert inventory.node("InvBox", id, "display_label serial { value } units { value }") == {
        "display_label": "b2",
        "serial": {"value": "AB"},
        "units": {"value": 4},
    }


def test_an_upsert_finds_its_node_by_a_peer_too(inventory: Inventory) -> None:
    inventory.add("Box", name="b1")
    data = {"name": {"value": "eth0"}, "box": {"hfid": ["b1"]}}
    id = inventory.change("InvFibreUpsert", **data)
    assert inventory.change("InvFibreUpsert", **data, colour={"value": "red"}) == id


def test_an_upsert_under_an_unknown_id_makes_nothing(inventory: Inventory) -> None:
    with pytest.raises(Refusals, match="Unable to find the node") as refused:
        upsert(inventory, id=UNKNOWN, name={"value": "b1"})
    assert refused.value.codes == ["NODE_NOT_FOUND"]
    assert inventory.labels("InvBox") == []


def test_an_upsert_under_an_unknown_human_friendly_id_makes_a_node(inventory: Inventory) -> None:
    upsert(inventory, hfid=["b9"], name={"value": "b1"})
    assert inventory.labels("InvBox") == ["b1"]


# Relationships


def test_peers_are_added_and_removed_one_by_one(inventory: Inventory) -> None:
    red, green = inventory.tag("red"), inventory.tag("green")
    id = inventory.add("Box", name="b1", tags=[{"id": red}])
    inventory.relate("Add", id, "tags", red, green)
    assert inventory.node("InvBox", id, "tags { edges { node { display_label } } }")["tags"]["edges"] == [
        {"node": {"display_label": "green"}},
        {"node": {"display_label": "red"}},
    ]
    inventory.relate("Remove", id, "tags", red)
    assert inventory.node("InvBox", id, "tags { edges { node { id } } }")["tags"]["edges"] == [{"node": {"id": green}}]


def test_peers_are_added_from_the_other_side(inventory: Inventory) -> None:
    red = inventory.tag("red")
    group = inventory.change("CoreStandardGroupCreate", name={"value": "g"})
    inventory.relate("Add", red, "member_of_groups", group)
    assert inventory.node("CoreStandardGroup", group, "members { edges { node { id __typename } } }")["members"] == {
        "edges": [{"node": {"id": red, "__typename": "BuiltinTag"}}]
    }


@pytest.mark.parametrize(
    ("mutation", "name", "peer", "words"),
    [
        ("Add", "nope", "tag", "InvBox has no relationship 'nope' at name"),
        ("Add", "tags", UNKNOWN, f"Unable to find the node '{UNKNOWN}' that tags"),
        ("Add", "tags", "box", "is a InvBox, and tags leads to BuiltinTag"),
        ("Add", "rack", "rack", "leads to one peer at most"),
        ("Add", "ports", "port", "for its box already"),
    ],
)
def test_what_cannot_be_added_to_a_relationship_is_refused(
    inventory: Inventory, mutation: str, name: str, peer: str, words: str
) -> None:
    region = inventory.add("Region", name="emea")
    site = inventory.add("Site", name="atl", parent={"id": region})
    ids = {"tag": inventory.tag("red"), "rack": inventory.add("Rack", name="r1", parent={"id": site})}
    ids["box"] = inventory.add("Box", name="b1", rack={"id": ids["rack"]})
    ids["port"] = inventory.add("Fibre", name="eth0", box={"id": inventory.add("Box", name="b2")})
    before = rows(inventory, "edge")
    with pytest.raises(Refusals, match=words):
        inventory.relate(mutation, ids["box"], name, ids.get(peer, peer))
    assert rows(inventory, "edge") == before


def test_the_last_peer_of_a_mandatory_relationship_is_not_removed(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    port = inventory.add("Fibre", name="eth0", box={"id": box})
    with pytest.raises(Refusals, match="box needs a peer, so the last one stays"):
        inventory.relate("Remove", port, "box", box)


# Values that are made of others


def test_a_value_that_is_made_of_others_follows_them(inventory: Inventory) -> None:
    region = inventory.add("Region", name="emea")
    site = inventory.add("Site", name="atl", parent={"id": region})
    rack = inventory.add("Rack", name="r1", parent={"id": site})
    id = inventory.add("Box", name="b1", rack={"id": rack})
    title = "title { value }"
    assert inventory.node("InvBox", id, title)["title"] == {"value": "b1 in r1"}
    inventory.update("Box", id, name="b2")
    inventory.update("Rack", rack, name="r2")
    assert inventory.node("InvBox", id, title)["title"] == {"value": "b2 in r2"}
    inventory.update("Box", id, rack=None)
    assert inventory.node("InvBox", id, title)["title"] == {"value": "b2 in None"}


# In whose name


def test_a_change_is_made_in_the_name_of_the_account_that_the_context_names(inventory: Inventory) -> None:
    fields = {"name": {"value": "bot"}, "password": {"value": "secret"}}
    bot = inventory.change("CoreAccountCreate", **fields)
    document = (
        'mutation {{ InvBoxCreate(data: {{name: {{value: "b1"}}}}, context: {{account: {{id: "{}"}}}}) {{ ok }} }}'
    )
    inventory.run(document.format(bot))
    inventory.add("Box", name="b2")
    page = inventory.run("{ InvBox { edges { node_metadata { created_by { id } } } } }")["InvBox"]["edges"]
    assert [edge["node_metadata"]["created_by"]["id"] for edge in page] == [bot, inventory.account]
    with pytest.raises(Refusals, match="no account"):
        inventory.run(document.format(UNKNOWN))


# Branches and times


def test_a_change_on_a_branch_is_seen_there_alone(inventory: Inventory) -> None:
    red, green = inventory.tag("red"), inventory.tag("green")
    id, gone = inventory.add("Box", name="b1", tags=[{"id": red}]), inventory.add("Box", name="b2")
    inventory.run('mutation { BranchCreate(data: {name: "work"}) { ok } }')
    inventory.update("Box", id, "work", serial="AB", tags=[{"id": green}])
    inventory.delete("Box", gone, "work")
    inventory.add("Box", "work", name="b3")
    fields = "display_label serial { value } tags { edges { node { display_label } } }"
    assert inventory.nodes("InvBox", fields=fields, branch="work")[0] == {
        "display_label": "b1",
        "serial": {"value": "AB"},
        "tags": {"edges": [{"node": {"display_label": "green"}}]},
    }
    assert inventory.labels("InvBox", branch="work") == ["b1", "b3"]
    assert inventory.labels("InvBox") == ["b1", "b2"]
    assert inventory.node("InvBox", id, fields)["tags"] == {"edges": [{"node": {"display_label": "red"}}]}


def test_the_past_is_seen_as_it_was(inventory: Inventory) -> None:
    red = inventory.tag("red")
    id, gone = inventory.add("Box", name="b1", tags=[{"id": red}]), inventory.add("Box", name="b2")
    then = inventory.app.storage.now()
    inventory.update("Box", id, name="b9", tags=[])
    inventory.delete("Box", gone)
    assert inventory.labels("InvBox") == ["b9"]
    assert inventory.labels("InvBox", at=then) == ["b1", "b2"]
    assert inventory.node("InvBox", id, "tags { count }", at=then) == {"tags": {"count": 1}}
    assert inventory.labels("InvBox", 'name__value: "b1"', at=then) == ["b1"]
