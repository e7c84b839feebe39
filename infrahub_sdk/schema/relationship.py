"""The relationships of a kind."""

from __future__ import annotations

from infrahub_sdk.model import Field, Model

from .enums import (
    AllowOverrideType,
    BranchSupportType,
    RelationshipCardinality,
    RelationshipDeleteBehavior,
    RelationshipDirection,
    RelationshipKind,
    SchemaAttributeDisplay,
    SchemaState,
)

__all__ = ["RelationshipFields", "RelationshipSchema", "RelationshipSchemaAPI"]


class RelationshipFields(Model, enum_values=True):
    """What all relationships have, whoever writes them down."""

    id: str | None = None
    name: str = Field(min_length=3, max_length=64, pattern=r"^[a-z0-9_]+\Z")
    peer: str = Field(pattern=r"^[A-Z][a-zA-Z0-9]+\Z")
    kind: RelationshipKind = RelationshipKind.GENERIC
    label: str | None = Field(default=None, max_length=64)
    description: str | None = Field(default=None, max_length=128)
    identifier: str | None = Field(default=None, max_length=128, pattern=r"^[a-z0-9_]+\Z")
    cardinality: RelationshipCardinality = RelationshipCardinality.MANY
    min_count: int = 0
    max_count: int = 0
    common_parent: str | None = None
    common_relatives: list[str] | None = None
    order_weight: int | None = None
    optional: bool = True
    branch: BranchSupportType | None = None
    direction: RelationshipDirection = RelationshipDirection.BIDIR
    state: SchemaState = SchemaState.PRESENT
    on_delete: RelationshipDeleteBehavior | None = None
    allow_override: AllowOverrideType = AllowOverrideType.ANY
    read_only: bool = False
    deprecation: str | None = Field(default=None, max_length=128)
    display: SchemaAttributeDisplay = SchemaAttributeDisplay.DEFAULT


class RelationshipSchema(RelationshipFields):
    """A relationship that a program declares.

    >>> RelationshipSchema(name="tags", peer="BuiltinTag").cardinality.value
    'many'
    """


class RelationshipSchemaAPI(RelationshipFields):
    """A relationship as the server describes it."""

    inherited: bool = False
    hierarchical: str | None = None

    @property
    def cardinality_is_one(self) -> bool:
        """Whether there is one peer at most."""
        return self.cardinality == RelationshipCardinality.ONE

    @property
    def cardinality_is_many(self) -> bool:
        """Whether there may be several peers."""
        return self.cardinality == RelationshipCardinality.MANY
