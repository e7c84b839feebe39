"""The models of kinds, attributes and relationships."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.schema import (
    AttributeKind,
    AttributeSchema,
    AttributeSchemaAPI,
    GenericSchema,
    GenericSchemaAPI,
    NodeSchema,
    NodeSchemaAPI,
    ProfileSchemaAPI,
    RelationshipCardinality,
    RelationshipDirection,
    RelationshipSchema,
    RelationshipSchemaAPI,
    SchemaRoot,
    SchemaRootAPI,
)

from .answers import answer, raw_kind

API_MODELS: dict[str, type[NodeSchemaAPI | GenericSchemaAPI | ProfileSchemaAPI]] = {
    "nodes": NodeSchemaAPI,
    "generics": GenericSchemaAPI,
    "profiles": ProfileSchemaAPI,
}


def node(**fields: Any) -> NodeSchemaAPI:
    return NodeSchemaAPI.model_validate({"namespace": "Infra", "name": "Rack", **fields})


@pytest.mark.parametrize("section", API_MODELS)
def test_a_dump_of_what_the_server_sent_is_what_the_server_sent(section: str) -> None:
    for raw in answer()[section]:
        dumped = API_MODELS[section]._wrap(raw).model_dump()
        assert dumped == raw


def test_the_server_s_answer_passes_the_check_of_user_data_without_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        root = SchemaRootAPI.model_validate(answer())
    assert len(root.nodes) == 8
    assert root.namespaces[0]["name"] == "Core"


def test_only_what_is_touched_is_built() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("DcimDevice"))
    assert schema.kind == "DcimDevice"
    assert not any(isinstance(value, list) for value in schema.__dict__.values())


def test_an_attribute_can_be_declared_with_text_or_enum() -> None:
    for kind in ("Text", AttributeKind.TEXT):
        attribute = AttributeSchema.model_validate({"name": "name", "kind": kind})
        assert attribute.kind == AttributeKind.TEXT
        assert type(attribute.kind) is str


def test_unset_enum_fields_keep_the_member() -> None:
    relationship = RelationshipSchema(name="tags", peer="BuiltinTag")
    assert relationship.cardinality is RelationshipCardinality.MANY
    assert relationship.direction.value == "bidirectional"


@pytest.mark.parametrize(
    ("model", "fields", "path"),
    [
        (AttributeSchema, {"name": "Name", "kind": "Text"}, "name"),
        (AttributeSchema, {"name": "name", "kind": "Txt"}, "kind"),
        (AttributeSchema, {"name": "name"}, "kind"),
        (RelationshipSchema, {"name": "tags", "peer": "tag"}, "peer"),
        (RelationshipSchema, {"name": "tags", "peer": "BuiltinTag", "cardinality": "two"}, "cardinality"),
        (NodeSchema, {"namespace": "infra", "name": "Rack"}, "namespace"),
        (NodeSchema, {"namespace": "Infra", "name": "rack\n"}, "name"),
        (GenericSchema, {"namespace": "Infra", "name": "Rack", "description": "x" * 129}, "description"),
    ],
)
def test_a_wrong_declaration_names_the_field(model: Any, fields: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError, match=f"{model.__name__}: {path}: "):
        model.model_validate(fields)


def test_names_that_break_the_rules_are_read_when_the_server_sends_them() -> None:
    raw = {"namespace": "infra", "name": "r", "attributes": [{"name": "A", "kind": "Newest"}]}
    schema = NodeSchemaAPI._wrap(raw)
    assert (schema.kind, schema.attributes[0].name, schema.attributes[0].kind) == ("infrar", "A", "Newest")


def test_the_names_of_fields_are_listed() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("BuiltinTag"))
    assert schema.attribute_names == ["name", "description"]
    assert schema.relationship_names == ["member_of_groups", "subscriber_of_groups", "profiles"]


def test_what_a_new_node_must_be_given_is_listed() -> None:
    schema = node(
        attributes=[
            {"name": "name", "kind": "Text"},
            {"name": "height", "kind": "Number", "default_value": 0},
            {"name": "serial", "kind": "Text", "read_only": True},
            {"name": "note", "kind": "Text", "optional": True},
        ],
        relationships=[
            {"name": "site", "peer": "InfraSite", "optional": False},
            {"name": "tags", "peer": "BuiltinTag"},
        ],
    )
    assert schema.mandatory_attribute_names == ["name"]
    assert schema.mandatory_relationship_names == ["site"]
    assert schema.mandatory_input_names == ["name", "site"]


def test_inherited_fields_are_told_from_own_ones() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("DcimDevice"))
    assert [attribute.name for attribute in schema.local_attributes] == ["role", "status"]
    assert [relationship.name for relationship in schema.local_relationships] == ["profiles"]
    assert [attribute.name for attribute in schema.unique_attributes] == ["name"]


def test_a_field_is_found_by_name() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("BuiltinTag"))
    assert isinstance(schema.get_field("name"), AttributeSchemaAPI)
    assert isinstance(schema.get_field("profiles"), RelationshipSchemaAPI)
    assert schema.get_attribute("name") is schema.attributes[0]
    assert schema.get_relationship("profiles").peer == "CoreProfile"


def test_a_missing_field_is_none_where_that_is_asked_for() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("BuiltinTag"))
    assert schema.get_field("nmae", raise_on_error=False) is None
    assert schema.get_attribute_or_none("profiles") is None
    assert schema.get_relationship_or_none("name") is None
    assert schema.get_relationship_by_identifier("nothing", raise_on_error=False) is None


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("get_field", r"BuiltinTag has no attribute or relationship 'nmae'\. Did you mean 'name'\?"),
        ("get_attribute", r"BuiltinTag has no attribute 'nmae'\. Did you mean 'name'\?"),
        ("get_relationship", r"BuiltinTag has no relationship 'nmae'\."),
        ("get_relationship_by_identifier", r"BuiltinTag has no relationship with the identifier 'nmae'\."),
        ("get_matching_relationship", r"BuiltinTag has no bidirectional relationship with the identifier 'nmae'\."),
    ],
)
def test_a_missing_field_is_an_error_with_the_nearest_name(method: str, message: str) -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("BuiltinTag"))
    with pytest.raises(ValueError, match=message):
        getattr(schema, method)("nmae")


@pytest.mark.parametrize(
    ("direction", "found"),
    [("inbound", "outgoing"), ("outbound", "incoming"), ("bidirectional", "both_ways")],
)
def test_the_other_end_of_a_relationship_points_the_other_way(direction: str, found: str) -> None:
    relationships = [
        {"name": name, "peer": "InfraSite", "identifier": "site__rack", "direction": way}
        for name, way in (("both_ways", "bidirectional"), ("incoming", "inbound"), ("outgoing", "outbound"))
    ]
    schema = node(relationships=relationships)
    assert schema.get_matching_relationship("site__rack", RelationshipDirection(direction)).name == found
    assert schema.get_relationship_by_identifier("site__rack").name == "both_ways"


def test_cardinality_is_a_question_with_two_answers() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("DcimDevice"))
    platform, tags = schema.get_relationship("platform"), schema.get_relationship("tags")
    assert (platform.cardinality_is_one, platform.cardinality_is_many) == (True, False)
    assert (tags.cardinality_is_one, tags.cardinality_is_many) == (False, True)


@pytest.mark.parametrize(
    ("fields", "feature"),
    [
        ({"inherit_from": ["CoreArtifactTarget"]}, "supports_artifacts"),
        ({"inherit_from": ["CoreFileObject"]}, "supports_file_object"),
        ({"hierarchy": "InfraPlace"}, "supports_hierarchy"),
        ({"namespace": "Core", "name": "ArtifactDefinition"}, "supports_artifact_definition"),
    ],
)
def test_features_follow_from_the_schema(fields: dict[str, Any], feature: str) -> None:
    features = ("supports_artifacts", "supports_file_object", "supports_hierarchy", "supports_artifact_definition")
    assert [name for name in features if getattr(node(**fields), name)] == [feature]
    assert not any(getattr(node(), name) for name in features)


def test_a_generic_has_no_feature_of_nodes() -> None:
    schema = GenericSchemaAPI._wrap(raw_kind("LocationGeneric"))
    assert schema.hierarchical
    assert not schema.supports_hierarchy
    assert not schema.supports_artifacts
    assert not schema.supports_file_object
    assert schema.hierarchical_relationship_schemas == []


def test_a_hierarchy_adds_four_relationships() -> None:
    schema = NodeSchemaAPI._wrap(raw_kind("LocationSite"))
    added = {relationship.name: relationship for relationship in schema.hierarchical_relationship_schemas}
    assert list(added) == ["parent", "children", "ancestors", "descendants"]
    assert {relationship.peer for relationship in added.values()} == {"LocationGeneric"}
    assert added["parent"].cardinality_is_one
    assert added["descendants"].read_only
    assert NodeSchemaAPI._wrap(raw_kind("BuiltinTag")).hierarchical_relationship_schemas == []


def test_a_declared_kind_can_be_turned_into_one_from_the_server() -> None:
    declared = NodeSchema(
        namespace="Infra",
        name="Rack",
        attributes=[AttributeSchema.model_validate({"name": "name", "kind": "Text", "unique": True})],
        relationships=[RelationshipSchema(name="tags", peer="BuiltinTag")],
    )
    schema = declared.convert_api()
    assert isinstance(schema, NodeSchemaAPI)
    assert (schema.kind, schema.attributes[0].inherited, schema.hash) == ("InfraRack", False, None)
    assert isinstance(GenericSchema(namespace="Infra", name="Place").convert_api(), GenericSchemaAPI)


def test_a_declared_schema_is_written_without_what_is_assumed_anyway() -> None:
    root = SchemaRoot(
        version="1.0",
        nodes=[NodeSchema(namespace="Infra", name="Rack", icon=None, generate_profile=False)],
        generics=[GenericSchema(namespace="Infra", name="Place", hierarchical=True)],
    )
    assert root.to_schema_dict() == {
        "version": "1.0",
        "generics": [{"name": "Place", "namespace": "Infra", "hierarchical": True}],
        "nodes": [{"name": "Rack", "namespace": "Infra", "generate_profile": False}],
    }


def test_a_schema_file_can_extend_kinds() -> None:
    data = {
        "version": "1.0",
        "extensions": {"nodes": [{"kind": "BuiltinTag", "attributes": [{"name": "color", "kind": "Text"}]}]},
    }
    assert SchemaRoot.model_validate(data).to_schema_dict() == data


def test_a_computed_attribute_is_of_one_of_three_kinds() -> None:
    attribute = AttributeSchema.model_validate(
        {"name": "label", "kind": "Text", "computed_attribute": {"kind": "Jinja2", "jinja2_template": "{{ name }}"}}
    )
    computed = attribute.computed_attribute
    assert computed is not None
    assert computed.model_dump() == {"kind": "Jinja2", "jinja2_template": "{{ name }}"}
