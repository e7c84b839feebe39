"""Checks of a schema before it is loaded."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk.schema import SchemaValidationResult, validate_schema
from infrahub_sdk.schema.generated.contract import READ_ONLY_FIELDS


def rack(**fields: Any) -> dict[str, Any]:
    return {"version": "1.0", "nodes": [{"namespace": "Infra", "name": "Rack", **fields}]}


def attribute(**fields: Any) -> dict[str, Any]:
    return rack(attributes=[{"name": "name", "kind": "Text", **fields}])


def test_a_good_schema_has_neither_errors_nor_warnings() -> None:
    result = validate_schema(
        {
            "version": "1.0",
            "nodes": [
                {
                    "namespace": "Infra",
                    "name": "Rack",
                    "attributes": [
                        {"name": "name", "kind": "Text", "unique": True, "parameters": {"min_length": 2}},
                        {"name": "height", "kind": "Number", "parameters": {"excluded_values": "1-3,7"}},
                        {"name": "role", "kind": "Dropdown", "choices": [{"name": "core", "color": "#ff00ff"}]},
                        {"name": "tag", "kind": "Text", "computed_attribute": {"kind": "User"}},
                    ],
                    "relationships": [{"name": "site", "peer": "InfraSite", "cardinality": "one", "optional": False}],
                }
            ],
            "generics": [{"namespace": "Infra", "name": "Place", "hierarchical": True}],
            "extensions": {"nodes": [{"kind": "BuiltinTag", "attributes": [{"name": "weight", "kind": "Number"}]}]},
        }
    )
    assert result == SchemaValidationResult(valid=True)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({}, "version"),
        ({"version": 1}, "version"),
        ({"version": "1.0", "nodes": {}}, "nodes"),
        ({"version": "1.0", "nodes": ["Rack"]}, "nodes[0]"),
        (rack(name="rack"), "nodes[0].name"),
        (rack(namespace=None), "nodes[0].namespace"),
        (attribute(kind="Txt"), "nodes[0].attributes[0].kind"),
        (attribute(label="x" * 65), "nodes[0].attributes[0].label"),
        (attribute(parameters={"min_length": "two"}), "nodes[0].attributes[0].parameters.min_length"),
        (
            attribute(kind="Number", parameters={"excluded_values": "a"}),
            "nodes[0].attributes[0].parameters.excluded_values",
        ),
        (
            attribute(kind="Dropdown", choices=[{"name": "a", "color": "red"}]),
            "nodes[0].attributes[0].choices[0].color",
        ),
        (attribute(computed_attribute={"kind": "Jinja2"}), "nodes[0].attributes[0].computed_attribute.jinja2_template"),
        (rack(attributes=[{"name": "name"}]), "nodes[0].attributes[0].kind"),
        (rack(relationships=[{"name": "site"}]), "nodes[0].relationships[0].peer"),
        ({"version": "1.0", "extensions": {"nodes": [{}]}}, "extensions.nodes[0].kind"),
    ],
)
def test_what_the_server_would_refuse_is_an_error_with_its_path(schema: dict[str, Any], path: str) -> None:
    result = validate_schema(schema)
    assert not result.valid
    assert [error.field for error in result.errors] == [path]
    assert result.messages[0].startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"version": "1.0", "nods": []}, "nods"),
        (rack(lable="x"), "nodes[0].lable"),
        (rack(used_by=[]), "nodes[0].used_by"),
        (attribute(uniqe=True), "nodes[0].attributes[0].uniqe"),
        (attribute(parameters={"regexp": "a"}), "nodes[0].attributes[0].parameters.regexp"),
        (attribute(kind="Boolean", parameters={"regex": "a"}), "nodes[0].attributes[0].parameters.regex"),
        (attribute(choices=[{"name": "a", "colour": "x"}]), "nodes[0].attributes[0].choices[0].colour"),
        ({"version": "1.0", "extensions": {"generics": []}}, "extensions.generics"),
        (
            {"version": "1.0", "extensions": {"nodes": [{"kind": "BuiltinTag", "inherit_from": []}]}},
            "extensions.nodes[0].inherit_from",
        ),
    ],
)
def test_a_field_that_no_schema_has_is_an_error_with_its_path(schema: dict[str, Any], path: str) -> None:
    assert [error.field for error in validate_schema(schema).errors] == [path]


def test_a_misspelt_field_is_answered_with_the_nearest() -> None:
    assert validate_schema(rack(lable="x")).messages == [
        "nodes[0].lable: is not part of a schema. Did you mean 'label'?"
    ]


def test_wrong_and_unknown_fields_are_reported_together() -> None:
    result = validate_schema(rack(name="rack", lable="x"))
    assert [error.field for error in result.errors] == ["nodes[0].name", "nodes[0].lable"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"version": "1.0", "namespaces": []}, ("namespaces", "namespaces", None, None)),
        (rack(hierarchy="InfraPlace"), ("nodes[0].hierarchy", "hierarchy", "InfraRack", None)),
        (rack(kind="InfraRack"), ("nodes[0].kind", "kind", "InfraRack", None)),
        (attribute(inherited=True), ("nodes[0].attributes[0].inherited", "inherited", "InfraRack", "name")),
        (
            attribute(choices=[{"name": "a"}, {"name": "b", "id": "1"}]),
            ("nodes[0].attributes[0].choices[1].id", "choices.id", "InfraRack", "name"),
        ),
        (
            attribute(computed_attribute={"kind": "User", "transform": None}),
            (
                "nodes[0].attributes[0].computed_attribute.transform",
                "computed_attribute.transform",
                "InfraRack",
                "name",
            ),
        ),
        (
            rack(relationships=[{"name": "site", "peer": "InfraSite", "hierarchical": None}]),
            ("nodes[0].relationships[0].hierarchical", "hierarchical", "InfraRack", "site"),
        ),
        (
            {"version": "1.0", "extensions": {"nodes": [{"kind": "BuiltinTag", "state": "present"}]}},
            ("extensions.nodes[0].state", "state", "BuiltinTag", None),
        ),
    ],
)
def test_a_field_that_only_the_server_sets_is_a_warning(
    schema: dict[str, Any], expected: tuple[str, str, str | None, str | None]
) -> None:
    result = validate_schema(schema)
    assert result.valid
    (warning,) = result.warnings
    assert (warning.field, warning.name, warning.kind, warning.element) == expected
    assert result.warning_messages == [f"{warning.field}: only the server sets this, so it is ignored"]


def test_a_warning_survives_a_schema_that_is_wrong_around_it() -> None:
    result = validate_schema({"version": "1.0", "nodes": [{"kind": 1, "attributes": [{"name": 2, "inherited": True}]}]})
    assert not result.valid
    assert [warning.kind for warning in result.warnings] == [None]


def test_something_that_is_no_schema_is_an_error() -> None:
    schema: Any = []
    result = validate_schema(schema)
    assert [(error.field, error.message) for error in result.errors] == [("", "a schema must be a dict, not list")]


def test_errors_are_raised_where_that_is_asked_for() -> None:
    with pytest.raises(ValueError, match=r"^version: is missing; nodes\[0\]\.name: is missing$"):
        validate_schema({"nodes": [{"namespace": "Infra"}]}, raise_on_error=True)


def test_a_valid_result_raises_nothing() -> None:
    validate_schema({"version": "1.0"}).raise_for_status()
    with pytest.raises(ValueError, match="version: is missing"):
        validate_schema({}).raise_for_status()


def test_the_table_of_what_only_the_server_sets_is_public() -> None:
    assert READ_ONLY_FIELDS["NodeSchemaWrite"] == {"hash", "hierarchy", "kind"}
    assert READ_ONLY_FIELDS["TextAttributeWrite"] == {"inherited"}
