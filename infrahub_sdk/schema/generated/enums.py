"""The enums under their older path."""

from __future__ import annotations

from infrahub_sdk.schema.enums import (
    AllowOverrideType,
    AttributeKind,
    BranchSupportType,
    ComputedAttributeKind,
    RelationshipCardinality,
    RelationshipDeleteBehavior,
    RelationshipDirection,
    RelationshipKind,
    SchemaAttributeDisplay,
    SchemaState,
)

__all__ = [
    "AllowOverrideType",
    "AttributeKind",
    "BranchSupportType",
    "ComputedAttributeKind",
    "RelationshipCardinality",
    "RelationshipDeleteBehavior",
    "RelationshipDirection",
    "RelationshipKind",
    "SchemaAttributeDisplay",
    "SchemaState",
]
