"""The schema of a branch in the form of schema files."""

from __future__ import annotations

import warnings

import pytest

from infrahub_sdk.schema import GenericSchemaAPI, NodeSchemaAPI, schema_to_export_dict, validate_schema
from infrahub_sdk.schema.cache import Kinds
from infrahub_sdk.schema.export import export_schemas

from .answers import answer, raw_kind


def test_what_is_inherited_or_assumed_is_left_out() -> None:
    exported = schema_to_export_dict(NodeSchemaAPI._wrap(raw_kind("DcimDevice")))
    assert [attribute["name"] for attribute in exported["attributes"]] == ["role", "status"]
    status = exported["attributes"][1]
    assert {key: status[key] for key in status if key != "choices"} == {
        "name": "status",
        "kind": "Dropdown",
        "label": "Status",
        "unique": False,
        "order_weight": 1100,
        "display": "default",
        "parameters": {},
    }
    assert "relationships" not in exported
    assert not {"id", "hash", "state", "hierarchy", "documentation"} & set(exported)


def test_a_relationship_keeps_what_differs_from_the_usual() -> None:
    exported = schema_to_export_dict(GenericSchemaAPI._wrap(raw_kind("DcimGenericDevice")))
    platform = next(relationship for relationship in exported["relationships"] if relationship["name"] == "platform")
    assert platform == {
        "name": "platform",
        "peer": "DcimPlatform",
        "kind": "Attribute",
        "label": "Platform",
        "identifier": "dcimgenericdevice__dcimplatform",
        "cardinality": "one",
        "max_count": 1,
        "order_weight": 1250,
        "display": "default",
    }
    assert "used_by" not in exported


@pytest.mark.parametrize(
    ("constraints", "exported"),
    [([["name__value"]], None), ([["name__value"], ["site", "name__value"]], [["site", "name__value"]]), (None, None)],
)
def test_a_constraint_that_follows_from_a_unique_attribute_is_left_out(
    constraints: list[list[str]] | None, exported: list[list[str]] | None
) -> None:
    schema = NodeSchemaAPI.model_validate(
        {
            "namespace": "Infra",
            "name": "Rack",
            "attributes": [{"name": "name", "kind": "Text", "unique": True}],
            "uniqueness_constraints": constraints,
        }
    )
    assert schema_to_export_dict(schema).get("uniqueness_constraints") == exported


def test_nodes_and_generics_are_exported_by_namespace_without_those_of_the_server() -> None:
    export = export_schemas(Kinds.from_answer(answer()))
    found = {
        name: ([node["name"] for node in part.nodes], [generic["name"] for generic in part.generics])
        for name, part in export.namespaces.items()
    }
    assert found == {
        "Location": (["Site"], ["Generic"]),
        "Dcim": (["Device"], ["GenericDevice"]),
        "Interface": (["Physical"], []),
    }


def test_empty_lists_are_left_out_of_plain_data() -> None:
    assert set(export_schemas(Kinds.from_answer(answer())).to_dict()["Interface"]) == {"nodes"}


def test_only_the_chosen_namespaces_are_exported() -> None:
    assert list(export_schemas(Kinds.from_answer(answer()), ["Dcim"]).namespaces) == ["Dcim"]


def test_a_namespace_of_the_server_is_refused_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="The server itself defines the kinds of Core"):
        export = export_schemas(Kinds.from_answer(answer()), ["Core", "Dcim"])
    assert list(export.namespaces) == ["Dcim"]


def test_what_is_exported_can_be_loaded() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for part in export_schemas(Kinds.from_answer(answer())).to_dict().values():
            assert validate_schema({"version": "1.0", **part}).valid
