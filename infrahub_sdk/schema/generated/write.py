"""The models of what may be written, under their older path."""

from __future__ import annotations

from infrahub_sdk.schema.attribute import (
    AttributeParameters as AttributeParametersWrite,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttribute as ComputedAttributeWrite,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeJinja2 as ComputedAttributeJinja2Write,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeTransformPython as ComputedAttributeTransformPythonWrite,
)
from infrahub_sdk.schema.attribute import (
    ComputedAttributeUser as ComputedAttributeUserWrite,
)
from infrahub_sdk.schema.attribute import (
    DropdownChoice as DropdownChoiceWrite,
)
from infrahub_sdk.schema.attribute import (
    ListAttributeParameters as ListAttributeParametersWrite,
)
from infrahub_sdk.schema.attribute import (
    NumberAttributeParameters as NumberAttributeParametersWrite,
)
from infrahub_sdk.schema.attribute import (
    NumberPoolParameters as NumberPoolParametersWrite,
)
from infrahub_sdk.schema.attribute import (
    TextAttributeParameters as TextAttributeParametersWrite,
)
from infrahub_sdk.schema.document import (
    AttributeSchemaBaseWrite,
    AttributeSchemaWrite,
    BaseNodeSchemaWrite,
    GenericAttributeWrite,
    GenericSchemaWrite,
    InfrahubSchemaWrite,
    ListAttributeWrite,
    NodeExtensionWrite,
    NodeSchemaWrite,
    NumberAttributeWrite,
    NumberPoolAttributeWrite,
    RelationshipSchemaWrite,
    SchemaExtensionWrite,
    TextAttributeWrite,
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
    "AttributeParametersWrite",
    "AttributeSchemaBaseWrite",
    "AttributeSchemaWrite",
    "BaseNodeSchemaWrite",
    "BranchSupportType",
    "ComputedAttributeJinja2Write",
    "ComputedAttributeKind",
    "ComputedAttributeTransformPythonWrite",
    "ComputedAttributeUserWrite",
    "ComputedAttributeWrite",
    "DropdownChoiceWrite",
    "GenericAttributeWrite",
    "GenericSchemaWrite",
    "InfrahubSchemaWrite",
    "ListAttributeParametersWrite",
    "ListAttributeWrite",
    "NodeExtensionWrite",
    "NodeSchemaWrite",
    "NumberAttributeParametersWrite",
    "NumberAttributeWrite",
    "NumberPoolAttributeWrite",
    "NumberPoolParametersWrite",
    "RelationshipCardinality",
    "RelationshipDeleteBehavior",
    "RelationshipDirection",
    "RelationshipKind",
    "RelationshipSchemaWrite",
    "SchemaAttributeDisplay",
    "SchemaExtensionWrite",
    "SchemaState",
    "TextAttributeParametersWrite",
    "TextAttributeWrite",
]
