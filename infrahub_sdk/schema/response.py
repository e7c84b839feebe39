"""What the server answers when a schema is loaded."""

from __future__ import annotations

from typing import Any, TypedDict

from infrahub_sdk.model import Field, Model

from .enums import SchemaWarningType

__all__ = ["DropdownMutationOptionalArgs", "SchemaLoadResponse", "SchemaWarning", "SchemaWarningKind"]


class DropdownMutationOptionalArgs(TypedDict):
    """What may be said about a new option of a dropdown."""

    color: str | None
    description: str | None
    label: str | None


class SchemaWarningKind(Model):
    """A place that a warning is about.

    >>> SchemaWarningKind(kind="InfraRack", field="height").display
    'InfraRack.height'
    """

    kind: str
    field: str | None = None

    @property
    def display(self) -> str:
        """The kind, and the field where there is one."""
        return f"{self.kind}.{self.field}" if self.field else self.kind


class SchemaWarning(Model):
    """A warning that the server gives about a schema that it accepts."""

    type: SchemaWarningType
    kinds: list[SchemaWarningKind] = Field(default_factory=list)
    message: str


class SchemaLoadResponse(Model):
    """The outcome of loading a schema.

    Attributes:
        hash: The hash of the schema afterwards.
        previous_hash: The hash of the schema before.
        errors: The server's whole answer when it refused the schema.
        warnings: What it warns of.
    """

    hash: str = ""
    previous_hash: str = ""
    errors: dict[str, Any] = Field(default_factory=dict)
    warnings: list[SchemaWarning] = Field(default_factory=list)

    @property
    def schema_updated(self) -> bool:
        """Whether the schema changed."""
        return bool(self.hash and self.previous_hash and self.hash != self.previous_hash)
