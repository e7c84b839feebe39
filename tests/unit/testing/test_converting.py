"""Turning nodes into those of other kinds, on the local server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot

CONVERT = """mutation ($id: String!, $kind: String!, $mapping: GenericScalar!) {
    ConvertObjectType(data: {node_id: $id, target_kind: $kind, fields_mapping: $mapping}) { ok node }
}"""
OWNER = {"owner": {"data": {"attribute_value": "me", "peer_id": None, "peers_ids": None}}}


def convert(depot: Depot, id: str, kind: str, mapping: Any) -> dict[str, Any]:
    node: dict[str, Any] = depot.run(CONVERT, id=id, kind=kind, mapping=mapping)["ConvertObjectType"]["node"]
    return node


def device(depot: Depot, **more: Any) -> str:
    return depot.make("DepDevice", name="a", description="mine", **more)


def test_which_fields_fit_is_said_beforehand(depot: Depot) -> None:
    query = '{ FieldsMappingTypeConversion(source_kind: "DepDevice", target_kind: "DepAppliance") { mapping } }'
    mapping = depot.run(query)["FieldsMappingTypeConversion"]["mapping"]
    assert mapping["name"] == {"source_field_name": "name", "is_mandatory": True, "relationship_cardinality": None}
    assert mapping["owner"] == {"source_field_name": None, "is_mandatory": True, "relationship_cardinality": None}
    assert mapping["tags"] == {"source_field_name": "tags", "is_mandatory": False, "relationship_cardinality": "many"}


def test_a_node_becomes_one_of_another_kind_with_what_fits_and_what_is_given(depot: Depot) -> None:
    tag, group = depot.tag("red"), depot.make("CoreStandardGroup", name="all")
    id = device(depot, tags=[{"id": tag}], member_of_groups=[{"id": group}])
    new = convert(depot, id, "DepAppliance", {**OWNER, "description": {"use_default_value": True}})
    assert (new["__typename"], new["display_label"], new["owner"]["value"]) == ("DepAppliance", "a", "me")
    fields = "description { value } tags { edges { node { id } } } member_of_groups { edges { node { id } } }"
    assert depot.node("DepAppliance", new["id"], fields) == {
        "description": {"value": None},
        "tags": {"edges": [{"node": {"id": tag}}]},
        "member_of_groups": {"edges": [{"node": {"id": group}}]},
    }
    assert depot.nodes("DepDevice") == []


def test_peers_can_be_given_and_values_come_from_other_fields(depot: Depot) -> None:
    red, blue = depot.tag("red"), depot.tag("blue")
    id = device(depot, tags=[{"id": red}])
    mapping = {"owner": {"source_field": "description"}, "tags": {"data": {"peers_ids": [blue]}}}
    new = convert(depot, id, "DepAppliance", mapping)
    assert depot.node("DepAppliance", new["id"], "owner { value } tags { edges { node { id } } }") == {
        "owner": {"value": "mine"},
        "tags": {"edges": [{"node": {"id": blue}}]},
    }


def test_a_value_that_nobody_gave_stays_the_default(depot: Depot) -> None:
    new = convert(depot, depot.make("DepDevice", name="b"), "DepAppliance", OWNER)
    found = depot.node("DepAppliance", new["id"], "description { value is_default }")
    assert found == {"description": {"value": None, "is_default": True}}


def test_a_value_and_a_peer_can_be_given_with_all_that_an_input_says_of_them(depot: Depot) -> None:
    tag = depot.tag("red")
    owner = {"data": {"attribute_value": {"value": "me", "is_protected": True}}}
    tags = {"data": {"attribute_value": [{"hfid": ["red"]}]}}
    new = convert(depot, device(depot), "DepAppliance", {"owner": owner, "tags": tags})
    found = depot.node("DepAppliance", new["id"], "owner { value is_protected } tags { edges { node { id } } }")
    assert found == {"owner": {"value": "me", "is_protected": True}, "tags": {"edges": [{"node": {"id": tag}}]}}


def test_the_new_node_may_have_an_id_that_the_client_chose(depot: Depot) -> None:
    id = "0bd2e1a4-0000-4000-8000-000000000001"
    new = convert(depot, device(depot), "DepAppliance", {**OWNER, "id": {"data": {"attribute_value": id}}})
    assert new["id"] == id


def test_a_peer_that_is_not_there_is_said_to_be_missing(depot: Depot) -> None:
    tags = {"data": {"peers_ids": ["0bd2e1a4-0000-4000-8000-000000000000"]}}
    with pytest.raises(Refusals) as caught:
        convert(depot, device(depot), "DepAppliance", {**OWNER, "tags": tags})
    assert caught.value.codes == ["NODE_NOT_FOUND"]


def test_what_a_pool_handed_out_to_a_node_is_the_new_ones(depot: Depot) -> None:
    given = {"name": "heights", "node": "DepDevice", "node_attribute": "height", "start_range": 20, "end_range": 22}
    pool = {"from_pool": {"id": depot.make("CoreNumberPool", **given)}}
    appliance = convert(depot, device(depot, height=pool), "DepAppliance", OWNER)
    new = convert(depot, appliance["id"], "DepDevice", {})
    depot.edit("DepDevice", new["id"], height=pool)
    assert depot.value("DepDevice", new["id"], "height") == 20


@pytest.mark.parametrize(
    ("kind", "mapping", "reason"),
    [
        ("DepAppliance", {}, "DepAppliance.owner has to be given at owner"),
        ("DepAppliance", {"owner": {"data": {"attribute_value": 5}}}, "5 cannot be read as Text at owner"),
        ("DepAppliance", {"owner": {"source_field": "nope"}}, "has no field nope"),
        ("DepAppliance", {"owner": {}}, "owner: give one of source_field, data and use_default_value"),
        ("DepAppliance", {"owner": {"data": {}}}, "owner: give one of attribute_value, peer_id, peers_ids"),
        ("DepAppliance", {**OWNER, "tags": {"data": {"peers_ids": "x"}}}, "tags: give one of attribute_value"),
        ("DepAppliance", {**OWNER, "tags": {"data": {"peers_ids": [5]}}}, "tags: give one of attribute_value"),
        ("DepAppliance", {**OWNER, "tags": {"data": {"attribute_value": 5}}}, "tags: 5 names no peer"),
        ("DepAppliance", "nope", "has to be an object"),
        ("DepPort", {}, "DepPort is a generic"),
        ("Nope", {}, "There is no kind 'Nope'"),
    ],
)
def test_a_conversion_that_breaks_a_rule_leaves_the_node_as_it_was(
    depot: Depot, kind: str, mapping: Any, reason: str
) -> None:
    id = device(depot)
    with pytest.raises(Refusals, match=reason):
        convert(depot, id, kind, mapping)
    assert depot.value("DepDevice", id, "description") == "mine"


def test_a_node_that_others_need_stays(depot: Depot) -> None:
    id = device(depot)
    depot.make("DepCopper", name="eth", device={"id": id})
    with pytest.raises(Refusals, match="0 peers are too few, the least are 1 at device"):
        convert(depot, id, "DepAppliance", OWNER)


def test_a_node_with_values_of_a_profile_stays(depot: Depot) -> None:
    profile = depot.make("ProfileDepDevice", profile_name="described", role="spine")
    id = device(depot, profiles=[{"id": profile}])
    with pytest.raises(Refusals, match="role comes from a profile"):
        convert(depot, id, "DepAppliance", OWNER)


def test_a_node_that_is_not_there_cannot_be_converted(depot: Depot) -> None:
    with pytest.raises(Refusals) as caught:
        convert(depot, "0bd2e1a4-0000-4000-8000-000000000000", "DepAppliance", OWNER)
    assert caught.value.codes == ["NODE_NOT_FOUND"]
