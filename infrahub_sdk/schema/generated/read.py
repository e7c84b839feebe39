"""The models of what the server sends, under their older path."""

from __future__ import annotations

from infrahub_sdk.schema.attribute import (
    AttributeParameters as AttributeParametersRead,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttribute as ComputedAttributeRead,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeJinja2 as ComputedAttributeJinja2Read,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeTransformPython as ComputedAttributeTransformPythonRead,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeUser as ComputedAttributeUserRead,
)
from infrahub_sdk.schema.attribute import (
    DropdownChoice as DropdownChoiceRead,
)
from infrahub_sdk.schema.attribute import (
    ListAttributeParameters as ListAttributeParametersRead,
)
from infrahub_sdk.schema.attribute import (
    NumberAttributeParameters as NumberAttributeParametersRead,
)
from infrahub_sdk.schema.attribute import (
    NumberPoolParameters as NumberPoolParametersRead,
)
from infrahub_sdk.schema.attribute import (
    TextAttributeParameters as TextAttributeParametersRead,
)
from infrahub_sdk.schema.document import (
    AttributeSchemaBaseRead,
    AttributeSchemaRead,
    BaseNodeSchemaRead,
    GenericAttributeRead,
    GenericSchemaRead,
    InfrahubSchemaRead,
    ListAttributeRead,
    NodeSchemaRead,
    NumberAttributeRead,
    NumberPoolAttributeRead,
    ProfileSchemaRead,
    RelationshipSchemaRead,
    TemplateSchemaRead,
    TextAttributeRead,
)
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
    "AttributeParametersRead",
    "AttributeSchemaBaseRead",
    "AttributeSchemaRead",
    "BaseNodeSchemaRead",
    "BranchSupportType",
    "ComputedAttributeJinja2Read",
    "ComputedAttributeKind",
    "ComputedAttributeRead",
    "ComputedAttributeTransformPythonRead",
    "ComputedAttributeUserRead",
    "DropdownChoiceRead",
    "GenericAttributeRead",
    "GenericSchemaRead",
    "InfrahubSchemaRead",
    "ListAttributeParametersRead",
    "ListAttributeRead",
    "NodeSchemaRead",
    "NumberAttributeParametersRead",
    "NumberAttributeRead",
    "NumberPoolAttributeRead",
    "NumberPoolParametersRead",
    "ProfileSchemaRead",
    "RelationshipCardinality",
    "RelationshipDeleteBehavior",
    "RelationshipDirection",
    "RelationshipKind",
    "RelationshipSchemaRead",
    "SchemaAttributeDisplay",
    "SchemaState",
    "TemplateSchemaRead",
    "TextAttributeParametersRead",
    "TextAttributeRead",
]
