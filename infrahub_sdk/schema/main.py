"""The models of a schema under their older path."""

from __future__ import annotations

from infrahub_sdk.schema.attribute import AttributeSchema, AttributeSchemaAPI
from infrahub_sdk.schema.attribute import ComputedAttribute as ComputedAttributeRead
from infrahub_sdk.schema.attribute import ComputedAttribute as ComputedAttributeWrite
from infrahub_sdk.schema.cache import BranchSchema
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
from infrahub_sdk.schema.kinds import (
    GenericSchema,
    GenericSchemaAPI,
    NodeSchema,
    NodeSchemaAPI,
    ProfileSchemaAPI,
    TemplateSchemaAPI,
)
from infrahub_sdk.schema.relationship import RelationshipSchema, RelationshipSchemaAPI
from infrahub_sdk.schema.root import SchemaRoot, SchemaRootAPI

__all__ = [
    "AllowOverrideType",
    "AttributeKind",
    "AttributeSchema",
    "AttributeSchemaAPI",
    "BranchSchema",
    "BranchSupportType",
    "ComputedAttributeKind",
    "ComputedAttributeRead",
    "ComputedAttributeWrite",
    "GenericSchema",
    "GenericSchemaAPI",
    "NodeSchema",
    "NodeSchemaAPI",
    "ProfileSchemaAPI",
    "RelationshipCardinality",
    "RelationshipDeleteBehavior",
    "RelationshipDirection",
    "RelationshipKind",
    "RelationshipSchema",
    "RelationshipSchemaAPI",
    "SchemaAttributeDisplay",
    "SchemaRoot",
    "SchemaRootAPI",
    "SchemaState",
    "TemplateSchemaAPI",
]
