"""Rules of nodes: what breaks one is refused, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.testing.inventory import Inventory

VIOLATION, UNDEFINED = "ATTRIBUTE_CONSTRAINT_VIOLATION", "UNDEFINED_ERROR"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def refused(inventory: Inventory, call: Callable[..., Any], *arguments: Any, **fields: Any) -> Refusals:
    """The refusal of a call, which leaves no row behind."""
    tables = ("node", "value", "edge")

    def rows() -> list[Any]:
        return [inventory.app.storage.rows(f"select * from {table}") for table in tables]

    before = rows()
    with pytest.raises(Refusals) as caught:
        call(*arguments, **fields)
    assert rows() == before
    return caught.value


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"serial": "ab"}, r"'ab' is not of the form .* regex .* '\^\[A-Z\]\+\$' at serial"),
        ({"serial": "A"}, "'A' has the length 1, less than 2 at serial"),
        ({"serial": "ABCDE"}, "'ABCDE' has the length 5, more than 4 at serial"),
        ({"units": 0}, "0 is less than 1 at units"),
        ({"units": 49}, "49 is more than 48 at units"),
        ({"units": 13}, "13 is excluded by 13 at units"),
        ({"units": 25}, "25 is excluded by 20-29 at units"),
        ({"status": "idle"}, "'idle' is none of the choices off, on at status"),
        ({"name": {"value": None}}, "a value is needed at name"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_on_create_and_on_update(
    inventory: Inventory, fields: dict[str, Any], words: str
) -> None:
    error = refused(inventory, inventory.add, "Box", **{"name": "b1", **fields})
    with pytest.raises(Refusals, match=words):
        raise error
    id = inventory.add("Box", name="b2", serial="AB", units=2, size="small", status="on")
    error = refused(inventory, inventory.update, "Box", id, **fields)
    with pytest.raises(Refusals, match=words):
        raise error
    assert error.codes == [VIOLATION]


def test_a_text_that_is_too_long_to_be_searched_for_is_refused(inventory: Inventory) -> None:
    error = refused(inventory, inventory.add, "Box", name="x" * 4093)
    assert "bytes at most" in str(error)
    assert error.codes == [UNDEFINED]
    inventory.change("InvLonelyCreate", note={"value": "x" * 4092})
    inventory.change("InvSampleCreate", a_textarea={"value": "x" * 10_000})


def test_every_mandatory_field_that_is_missing_has_an_error_of_its_own(inventory: Inventory) -> None:
    error = refused(inventory, inventory.change, "InvFibreCreate")
    assert [item["message"] for item in error.errors] == [
        "InvFibre.name has to be given at name",
        "InvFibre.box has to be given at box",
    ]
    assert error.codes == ["ATTRIBUTE_REQUIRED"] * 2
    assert error.errors[0]["path"] == ["InvFibreCreate", "data", "name"]
    assert error.errors[0]["extensions"]["data"] == {"node_kind": "InvFibre", "field_name": "name"}
    assert error.errors[0]["extensions"]["http_status"] == 422


def test_several_broken_rules_are_named_at_once(inventory: Inventory) -> None:
    error = refused(inventory, inventory.add, "Box", name="b1", serial="x", units=99)
    assert sorted(item["path"][-1] for item in error.errors) == ["serial", "units"]
    assert error.codes == [VIOLATION] * 2


def test_a_value_out_of_an_enum_is_an_error_of_another_kind_in_a_change(inventory: Inventory) -> None:
    error = refused(inventory, inventory.add, "Box", name="b1", size="medium")
    assert (str(error), error.codes) == ("'medium' is none of the choices ['small', 'large'] at size", [VIOLATION])
    id = inventory.add("Box", name="b1")
    error = refused(inventory, inventory.update, "Box", id, size="medium")
    assert (str(error), error.codes) == ("'medium' is none of the choices ['small', 'large']", ["UNDEFINED_ERROR"])


def test_a_new_node_has_the_default_instead_of_a_null(inventory: Inventory) -> None:
    id = inventory.change("InvBoxCreate", name={"value": "b1"}, units={"value": None})
    assert inventory.node("InvBox", id, "units { value is_default }")["units"] == {"value": 1, "is_default": True}
    inventory.update("Box", id, units={"value": None})
    assert inventory.node("InvBox", id, "units { value is_default }")["units"] == {"value": 1, "is_default": True}
    assert inventory.labels("InvBox", "units__isnull: true") == ["b1"]


# Ids


def test_an_id_that_is_no_uuid_is_refused(inventory: Inventory) -> None:
    error = refused(inventory, inventory.change, "InvBoxCreate", id="b1", name={"value": "b1"})
    assert (str(error), error.codes) == ("'b1' cannot be read as UUID at id", ["ATTRIBUTE_INVALID_TYPE"])


def test_an_id_is_taken_for_good(inventory: Inventory) -> None:
    id = inventory.change("InvBoxCreate", id=UNKNOWN, name={"value": "b1"})
    error = refused(inventory, inventory.change, "InvBoxCreate", id=UNKNOWN, name={"value": "b2"})
    assert (str(error), error.codes) == (f"{id} is already in use at id", [VIOLATION])
    inventory.delete("Box", id)
    error = refused(inventory, inventory.change, "BuiltinTagCreate", id=UNKNOWN, name={"value": "red"})
    assert str(error) == f"{id} is already in use at id"


# Uniqueness


def test_a_unique_value_is_refused_to_a_second_node(inventory: Inventory) -> None:
    inventory.add("Box", name="b1")
    other = inventory.add("Box", name="b2")
    for call in (lambda: inventory.add("Box", name="b1"), lambda: inventory.update("Box", other, name="b1")):
        error = refused(inventory, call)
        assert (str(error), error.codes) == ("Another node has the same name, and no two may", [UNDEFINED])
        assert error.errors[0]["extensions"]["http_status"] == 422
    inventory.update("Box", other, name="b2")


def test_a_constraint_over_a_relationship_looks_at_the_peer(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    ports = [inventory.add("Fibre", name="eth0", box={"id": box}) for box in boxes]
    assert "the same box and name" in str(refused(inventory, inventory.add, "Fibre", name="eth0", box={"id": boxes[0]}))
    assert "the same box and name" in str(refused(inventory, inventory.update, "Fibre", ports[1], box={"id": boxes[0]}))


def test_a_constraint_of_a_generic_holds_over_all_its_kinds(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    inventory.add("Fibre", name="eth0", box={"id": box})
    assert "the same box and name" in str(refused(inventory, inventory.add, "Copper", name="eth0", box={"id": box}))


def test_branches_do_not_know_of_one_anothers_values(inventory: Inventory) -> None:
    for name in ("one", "two"):
        inventory.run(f'mutation {{ BranchCreate(data: {{name: "{name}"}}) {{ ok }} }}')
    inventory.add("Box", "one", name="b1")
    inventory.add("Box", "two", name="b1")
    inventory.add("Box", name="b1")
    assert "the same name" in str(refused(inventory, inventory.add, "Box", "one", name="b1"))


def test_a_name_is_free_again_when_its_node_is_gone(inventory: Inventory) -> None:
    inventory.delete("Box", inventory.add("Box", name="b1"))
    inventory.add("Box", name="b1")


# Relationships


def test_a_peer_that_is_not_there_is_refused(inventory: Inventory) -> None:
    error = refused(inventory, inventory.add, "Box", name="b1", rack={"id": UNKNOWN})
    assert str(error) == f"Unable to find the node '{UNKNOWN}': no InvRack has this id or name"
    assert error.codes == ["NODE_NOT_FOUND"]
    assert error.errors[0]["extensions"]["data"] == {"node_kind": "InvRack", "identifier": UNKNOWN}
    assert error.errors[0]["extensions"]["http_status"] == 404
    assert refused(inventory, inventory.add, "Box", name="b1", rack={"hfid": ["r1"]}).codes == ["NODE_NOT_FOUND"]


def test_a_peer_of_another_kind_is_refused(inventory: Inventory) -> None:
    tag = inventory.tag("red")
    error = refused(inventory, inventory.add, "Box", name="b1", rack={"id": tag})
    assert "BuiltinTag" in str(error)
    assert str(error).endswith("at rack")
    assert error.codes == [VIOLATION]


def test_more_peers_than_there_may_be_are_refused(inventory: Inventory) -> None:
    tags = [{"id": inventory.tag(name)} for name in ("red", "green", "blue")]
    error = refused(inventory, inventory.add, "Box", name="b1", tags=tags)
    assert (str(error), error.codes) == ("3 peers are too many, the most are 2 at tags", [VIOLATION])


def test_a_mandatory_peer_can_be_changed_and_not_be_taken(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    port = inventory.add("Fibre", name="eth0", box={"id": boxes[0]})
    assert refused(inventory, inventory.update, "Fibre", port, box=None).codes == [VIOLATION]
    assert "less than 1" in str(refused(inventory, inventory.update, "Box", boxes[0], ports=[]))
    inventory.update("Fibre", port, box={"id": boxes[1]})
    assert inventory.labels("InvPort") == ["b2:ETH0"]


def test_a_peer_that_has_one_already_is_not_shared(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    port = inventory.add("Fibre", name="eth0", box={"id": boxes[0]})
    assert "more than 1" in str(refused(inventory, inventory.update, "Box", boxes[1], ports=[{"id": port}]))


def test_peers_with_another_parent_are_refused_where_it_has_to_be_the_same(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    here, there = (inventory.add("Fibre", name="eth0", box={"id": box}) for box in boxes)
    twin = inventory.add("Copper", name="eth1", box={"id": boxes[0]})
    inventory.update("Fibre", here, twins=[{"id": twin}])
    assert "differ in their box" in str(refused(inventory, inventory.update, "Fibre", here, twins=[{"id": there}]))
    assert "differ in their box" in str(refused(inventory, inventory.relate, "Add", here, "twins", there))


def test_peers_with_other_peers_are_refused_where_these_have_to_be_the_same(inventory: Inventory) -> None:
    red, green = inventory.tag("red"), inventory.tag("green")
    friends = [
        {"id": inventory.add("Box", name=name, tags=[{"id": tag}])}
        for name, tag in (("b1", red), ("b2", red), ("b3", green))
    ]
    inventory.add("Box", name="b4", friends=friends[:2])
    assert "friends of InvBox" in str(refused(inventory, inventory.add, "Box", name="b5", friends=friends))


def test_a_hierarchy_has_its_levels(inventory: Inventory) -> None:
    region = inventory.add("Region", name="emea")
    error = refused(inventory, inventory.add, "Region", name="dach", parent={"id": region})
    assert "InvRegion has no parent at parent" in str(error)
    assert "a peer has to be of one of ['InvSite']" in str(
        refused(inventory, inventory.add, "Rack", name="r1", parent={"id": region})
    )


# Deleting


def test_a_node_that_others_need_is_not_deleted(inventory: Inventory) -> None:
    box = inventory.add("Box", name="b1")
    lease = inventory.add("Lease", box={"id": box})
    error = refused(inventory, inventory.delete, "Box", box)
    assert f"InvBox '{box}' cannot go while InvLease '{lease}' needs it" in str(error)
    assert str(error).endswith("at InvLease.box")
    assert error.codes == [VIOLATION]
    inventory.delete("Lease", lease)
    inventory.delete("Box", box)


def test_components_go_with_their_parent(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    for box in boxes:
        inventory.add("Fibre", name="eth0", box={"id": box})
    inventory.delete("Box", boxes[0])
    assert inventory.labels("InvPort") == ["b2:ETH0"]


@pytest.mark.parametrize("mutation", ["Update", "Delete"])
def test_a_node_that_is_not_there_is_neither_changed_nor_deleted(inventory: Inventory, mutation: str) -> None:
    tag = inventory.tag("red")
    for id, words in ((UNKNOWN, "Unable to find the node"), (tag, "of a BuiltinTag, and a InvBox is asked for")):
        document = f'mutation {{ InvBox{mutation}(data: {{id: "{id}"}}) {{ ok }} }}'
        error = refused(inventory, inventory.run, document)
        assert words in str(error)
        assert error.codes == ["NODE_NOT_FOUND"]
    error = refused(inventory, inventory.run, f"mutation {{ InvBox{mutation}(data: {{}}) {{ ok }} }}")
    assert error.errors[0]["extensions"]["http_status"] == 400
