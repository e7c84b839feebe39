"""A whole schema: what a program declares, and what the server answers with."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.model import Field, Model

from .document import SchemaExtensionWrite
from .kinds import GenericSchema, GenericSchemaAPI, NodeSchema, NodeSchemaAPI, ProfileSchemaAPI, TemplateSchemaAPI

__all__ = ["SchemaRoot", "SchemaRootAPI"]


class SchemaRoot(Model):
    """A schema that a program declares.

    >>> SchemaRoot(version="1.0", nodes=[NodeSchema(namespace="Infra", name="Rack")]).to_schema_dict()
    {'version': '1.0', 'nodes': [{'name': 'Rack', 'namespace': 'Infra'}]}
    """

    version: str
    generics: list[GenericSchema] = Field(default_factory=list)
    nodes: list[NodeSchema] = Field(default_factory=list)
    extensions: SchemaExtensionWrite | None = None

    def to_schema_dict(self) -> dict[str, Any]:
        """The schema as `client.schema.load()` takes it: what was given, without what is the default anyway."""
        return self.model_dump(exclude_unset=True, exclude_defaults=True)


class SchemaRootAPI(Model):
    """The schema of a branch as the server describes it.

    Attributes:
        main: The hash of the schema.
    """

    main: str | None = None
    generics: list[GenericSchemaAPI] = Field(default_factory=list)
    nodes: list[NodeSchemaAPI] = Field(default_factory=list)
    profiles: list[ProfileSchemaAPI] = Field(default_factory=list)
    templates: list[TemplateSchemaAPI] = Field(default_factory=list)

    @property
    def namespaces(self) -> list[dict[str, Any]]:
        """The namespaces of the branch, and whether users may add kinds to them."""
        found: list[dict[str, Any]] = self.model_raw().get("namespaces", [])
        return found
