"""The words that a schema may use."""

from __future__ import annotations

from enum import Enum

__all__ = [
    "AllowOverrideType",
    "AttributeKind",
    "BranchSupportType",
    "ComputedAttributeKind",
    "DropdownMutation",
    "EnumMutation",
    "RelationshipCardinality",
    "RelationshipDeleteBehavior",
    "RelationshipDirection",
    "RelationshipKind",
    "SchemaAttributeDisplay",
    "SchemaState",
    "SchemaWarningType",
]


class BranchSupportType(str, Enum):
    """Whether values differ by branch."""

    AWARE = "aware"
    AGNOSTIC = "agnostic"
    LOCAL = "local"


class RelationshipKind(str, Enum):
    """What a relationship is for."""

    GENERIC = "Generic"
    ATTRIBUTE = "Attribute"
    COMPONENT = "Component"
    PARENT = "Parent"
    GROUP = "Group"
    HIERARCHY = "Hierarchy"
    PROFILE = "Profile"
    TEMPLATE = "Template"


class RelationshipCardinality(str, Enum):
    """How many peers a relationship has."""

    ONE = "one"
    MANY = "many"


class RelationshipDirection(str, Enum):
    """Which way a relationship points."""

    BIDIR = "bidirectional"
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class RelationshipDeleteBehavior(str, Enum):
    """What becomes of the peers of a deleted node."""

    NO_ACTION = "no-action"
    CASCADE = "cascade"


class AllowOverrideType(str, Enum):
    """Whether a kind that inherits a field may declare it anew."""

    NONE = "none"
    ANY = "any"


class SchemaState(str, Enum):
    """Whether a part of a schema shall exist."""

    PRESENT = "present"
    ABSENT = "absent"


class SchemaAttributeDisplay(str, Enum):
    """Where the web interface shows a field."""

    DEFAULT = "default"
    EXTRA = "extra"


class ComputedAttributeKind(str, Enum):
    """Who computes the value of an attribute."""

    USER = "User"
    JINJA2 = "Jinja2"
    TRANSFORM_PYTHON = "TransformPython"


class AttributeKind(str, Enum):
    """The type of an attribute's value."""

    ID = "ID"
    DROPDOWN = "Dropdown"
    TEXT = "Text"
    TEXTAREA = "TextArea"
    DATETIME = "DateTime"
    EMAIL = "Email"
    PASSWORD = "Password"  # noqa: S105 - the name of a kind
    HASHEDPASSWORD = "HashedPassword"
    URL = "URL"
    FILE = "File"
    MAC_ADDRESS = "MacAddress"
    COLOR = "Color"
    NUMBER = "Number"
    NUMBERPOOL = "NumberPool"
    BANDWIDTH = "Bandwidth"
    IPHOST = "IPHost"
    IPNETWORK = "IPNetwork"
    IPADDRESS = "IPAddress"
    BOOLEAN = "Boolean"
    CHECKBOX = "Checkbox"
    LIST = "List"
    JSON = "JSON"
    ANY = "Any"


class DropdownMutation(str, Enum):
    """The mutations that change the options of a dropdown."""

    add = "SchemaDropdownAdd"
    remove = "SchemaDropdownRemove"


class EnumMutation(str, Enum):
    """The mutations that change the options of an enum."""

    add = "SchemaEnumAdd"
    remove = "SchemaEnumRemove"


class SchemaWarningType(Enum):
    """What the server warns of when it loads a schema."""

    DEPRECATION = "deprecation"
