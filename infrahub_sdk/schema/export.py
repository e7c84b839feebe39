"""The schema of a branch in the form of schema files, by namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.model import Field, Model

from .kinds import GenericSchemaAPI, NodeSchemaAPI

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .kinds import MainSchemaTypesAPI

__all__ = ["RESTRICTED_NAMESPACES", "NamespaceExport", "SchemaExport", "export_schemas", "schema_to_export_dict"]

RESTRICTED_NAMESPACES: list[str] = [
    "Account",
    "Branch",
    "Builtin",
    "Core",
    "Deprecated",
    "Diff",
    "Infrahub",
    "Internal",
    "Lineage",
    "Schema",
    "Profile",
    "Template",
]

# What the server decides, and what says nothing because the server assumes it anyway.
_SERVER_FIELDS = {"hierarchy", "id", "state", "hash", "used_by"}
_OWN_FORM = {"attributes", "relationships", "uniqueness_constraints"}
_SERVER_PART_FIELDS = {"branch", "allow_override", "hierarchical", "inherited", "id", "state"}
_SERVER_RELATIONSHIP_KINDS = {"Profile", "Group", "Hierarchy"}
_ATTRIBUTE_DEFAULTS = {"read_only": False, "optional": False, "ordered": True}
_RELATIONSHIP_DEFAULTS = {
    "direction": "bidirectional",
    "on_delete": "no-action",
    "cardinality": "many",
    "optional": True,
    "min_count": 0,
    "max_count": 0,
    "read_only": False,
}


class NamespaceExport(Model):
    """The kinds of one namespace, as a schema file writes them."""

    nodes: list[dict[str, Any]] = Field(default_factory=list)
    generics: list[dict[str, Any]] = Field(default_factory=list)


class SchemaExport(Model):
    """The kinds that users may change, by namespace."""

    namespaces: dict[str, NamespaceExport] = Field(default_factory=dict)

    def to_dict(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """The same as plain data, without empty lists."""
        return {name: {k: v for k, v in export.model_dump().items() if v} for name, export in self.namespaces.items()}


def schema_to_export_dict(schema: NodeSchemaAPI | GenericSchemaAPI) -> dict[str, Any]:
    """A kind as a schema file writes it: without what is inherited, what the server adds, and most defaults.

    Args:
        schema: The kind.

    Returns:
        Plain data.
    """
    data = _said(schema.model_dump(mode="json", exclude=_SERVER_FIELDS | _OWN_FORM), {})
    constraints = _own_constraints(schema)
    if constraints:
        data["uniqueness_constraints"] = constraints
    attributes = [_part(attribute, _ATTRIBUTE_DEFAULTS) for attribute in schema.local_attributes]
    relationships = [
        _part(relationship, _RELATIONSHIP_DEFAULTS)
        for relationship in schema.local_relationships
        if relationship.kind not in _SERVER_RELATIONSHIP_KINDS
    ]
    if attributes:
        data["attributes"] = attributes
    if relationships:
        data["relationships"] = relationships
    return data


def _own_constraints(schema: NodeSchemaAPI | GenericSchemaAPI) -> list[list[str]]:
    """The constraints that do not follow from an attribute being unique."""
    implied = [[f"{attribute.name}__value"] for attribute in schema.unique_attributes]
    return [constraint for constraint in schema.uniqueness_constraints or [] if constraint not in implied]


def _part(part: Model, defaults: dict[str, Any]) -> dict[str, Any]:
    return _said(part.model_dump(mode="json", exclude=_SERVER_PART_FIELDS), defaults)


def _said(data: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and defaults.get(key, _NO_DEFAULT) != value}


_NO_DEFAULT = object()


def export_schemas(kinds: Mapping[str, MainSchemaTypesAPI], namespaces: Collection[str] | None = None) -> SchemaExport:
    """The kinds that users may change, as schema files write them.

    Args:
        kinds: All kinds of a branch.
        namespaces: The ones to export; None for all. Restricted ones are left out, with a warning.

    Returns:
        The nodes and generics by namespace.
    """
    _warn_restricted(namespaces or ())
    export = SchemaExport()
    for schema in kinds.values():
        wanted = schema.namespace not in RESTRICTED_NAMESPACES and (not namespaces or schema.namespace in namespaces)
        if wanted and isinstance(schema, (NodeSchemaAPI, GenericSchemaAPI)):
            part = export.namespaces.setdefault(schema.namespace, NamespaceExport())
            target = part.nodes if isinstance(schema, NodeSchemaAPI) else part.generics
            target.append(schema_to_export_dict(schema))
    return export


def _warn_restricted(namespaces: Collection[str]) -> None:
    restricted = sorted(set(namespaces) & set(RESTRICTED_NAMESPACES))
    if restricted:
        import warnings

        names = ", ".join(restricted)
        warnings.warn(f"The server itself defines the kinds of {names}, so they are not exported.", stacklevel=3)
