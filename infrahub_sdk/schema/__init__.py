"""The schema of a branch: its kinds, their attributes and relationships; how to read, check, load and export it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk._lazy import exports

if TYPE_CHECKING:
    from infrahub_sdk.schema.attribute import AttributeSchema as AttributeSchema
    from infrahub_sdk.schema.attribute import AttributeSchemaAPI as AttributeSchemaAPI
    from infrahub_sdk.schema.cache import BranchSchema as BranchSchema
    from infrahub_sdk.schema.document import InfrahubSchemaRead as InfrahubSchemaRead
    from infrahub_sdk.schema.document import InfrahubSchemaWrite as InfrahubSchemaWrite
    from infrahub_sdk.schema.enums import AllowOverrideType as AllowOverrideType
    from infrahub_sdk.schema.enums import AttributeKind as AttributeKind
    from infrahub_sdk.schema.enums import BranchSupportType as BranchSupportType
    from infrahub_sdk.schema.enums import ComputedAttributeKind as ComputedAttributeKind
    from infrahub_sdk.schema.enums import DropdownMutation as DropdownMutation
    from infrahub_sdk.schema.enums import EnumMutation as EnumMutation
    from infrahub_sdk.schema.enums import RelationshipCardinality as RelationshipCardinality
    from infrahub_sdk.schema.enums import RelationshipDeleteBehavior as RelationshipDeleteBehavior
    from infrahub_sdk.schema.enums import RelationshipDirection as RelationshipDirection
    from infrahub_sdk.schema.enums import RelationshipKind as RelationshipKind
    from infrahub_sdk.schema.enums import SchemaAttributeDisplay as SchemaAttributeDisplay
    from infrahub_sdk.schema.enums import SchemaState as SchemaState
    from infrahub_sdk.schema.enums import SchemaWarningType as SchemaWarningType
    from infrahub_sdk.schema.export import RESTRICTED_NAMESPACES as RESTRICTED_NAMESPACES
    from infrahub_sdk.schema.export import NamespaceExport as NamespaceExport
    from infrahub_sdk.schema.export import SchemaExport as SchemaExport
    from infrahub_sdk.schema.export import schema_to_export_dict as schema_to_export_dict
    from infrahub_sdk.schema.kinds import GenericSchema as GenericSchema
    from infrahub_sdk.schema.kinds import GenericSchemaAPI as GenericSchemaAPI
    from infrahub_sdk.schema.kinds import MainSchemaTypes as MainSchemaTypes
    from infrahub_sdk.schema.kinds import MainSchemaTypesAll as MainSchemaTypesAll
    from infrahub_sdk.schema.kinds import MainSchemaTypesAPI as MainSchemaTypesAPI
    from infrahub_sdk.schema.kinds import NodeSchema as NodeSchema
    from infrahub_sdk.schema.kinds import NodeSchemaAPI as NodeSchemaAPI
    from infrahub_sdk.schema.kinds import ProfileSchemaAPI as ProfileSchemaAPI
    from infrahub_sdk.schema.kinds import TemplateSchemaAPI as TemplateSchemaAPI
    from infrahub_sdk.schema.manager import InfrahubSchema as InfrahubSchema
    from infrahub_sdk.schema.manager_base import InfrahubSchemaBase as InfrahubSchemaBase
    from infrahub_sdk.schema.manager_sync import InfrahubSchemaSync as InfrahubSchemaSync
    from infrahub_sdk.schema.relationship import RelationshipSchema as RelationshipSchema
    from infrahub_sdk.schema.relationship import RelationshipSchemaAPI as RelationshipSchemaAPI
    from infrahub_sdk.schema.response import DropdownMutationOptionalArgs as DropdownMutationOptionalArgs
    from infrahub_sdk.schema.response import SchemaLoadResponse as SchemaLoadResponse
    from infrahub_sdk.schema.response import SchemaWarning as SchemaWarning
    from infrahub_sdk.schema.response import SchemaWarningKind as SchemaWarningKind
    from infrahub_sdk.schema.root import SchemaRoot as SchemaRoot
    from infrahub_sdk.schema.root import SchemaRootAPI as SchemaRootAPI
    from infrahub_sdk.schema.validate import SchemaValidationErrorDetail as SchemaValidationErrorDetail
    from infrahub_sdk.schema.validate import SchemaValidationResult as SchemaValidationResult
    from infrahub_sdk.schema.validate import SchemaValidationWarningDetail as SchemaValidationWarningDetail
    from infrahub_sdk.schema.validate import validate_schema as validate_schema

_MODULE_OF = {
    "AllowOverrideType": "enums",
    "AttributeKind": "enums",
    "AttributeSchema": "attribute",
    "AttributeSchemaAPI": "attribute",
    "BranchSchema": "cache",
    "BranchSupportType": "enums",
    "ComputedAttributeKind": "enums",
    "DropdownMutation": "enums",
    "DropdownMutationOptionalArgs": "response",
    "EnumMutation": "enums",
    "GenericSchema": "kinds",
    "GenericSchemaAPI": "kinds",
    "InfrahubSchema": "manager",
    "InfrahubSchemaBase": "manager_base",
    "InfrahubSchemaRead": "document",
    "InfrahubSchemaSync": "manager_sync",
    "InfrahubSchemaWrite": "document",
    "MainSchemaTypes": "kinds",
    "MainSchemaTypesAPI": "kinds",
    "MainSchemaTypesAll": "kinds",
    "NamespaceExport": "export",
    "NodeSchema": "kinds",
    "NodeSchemaAPI": "kinds",
    "ProfileSchemaAPI": "kinds",
    "RESTRICTED_NAMESPACES": "export",
    "RelationshipCardinality": "enums",
    "RelationshipDeleteBehavior": "enums",
    "RelationshipDirection": "enums",
    "RelationshipKind": "enums",
    "RelationshipSchema": "relationship",
    "RelationshipSchemaAPI": "relationship",
    "SchemaAttributeDisplay": "enums",
    "SchemaExport": "export",
    "SchemaLoadResponse": "response",
    "SchemaRoot": "root",
    "SchemaRootAPI": "root",
    "SchemaState": "enums",
    "SchemaValidationErrorDetail": "validate",
    "SchemaValidationResult": "validate",
    "SchemaValidationWarningDetail": "validate",
    "SchemaWarning": "response",
    "SchemaWarningKind": "response",
    "SchemaWarningType": "enums",
    "TemplateSchemaAPI": "kinds",
    "schema_to_export_dict": "export",
    "validate_schema": "validate",
}

__getattr__, __dir__, __all__ = exports(__name__, _MODULE_OF)
