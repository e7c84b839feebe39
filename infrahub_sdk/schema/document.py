"""A schema document to the last leaf: what may be written, and what the server sends back.

The models of `schema.kinds` leave the choices and parameters of attributes as dictionaries; these ones do not.
"""

from __future__ import annotations

from typing import Union

from infrahub_sdk.model import Field, Model

from .attribute import (
    AttributeFields,
    AttributeParameters,
    DropdownChoice,
    ListAttributeParameters,
    NumberAttributeParameters,
    NumberPoolParameters,
    TextAttributeParameters,
)
from .enums import AttributeKind
from .kinds import GenericFields, KindFields, NodeFields
from .relationship import RelationshipFields

__all__ = [
    "READ_ONLY_FIELDS",
    "AttributeSchemaBaseRead",
    "AttributeSchemaBaseWrite",
    "AttributeSchemaRead",
    "AttributeSchemaWrite",
    "BaseNodeSchemaRead",
    "BaseNodeSchemaWrite",
    "GenericAttributeRead",
    "GenericAttributeWrite",
    "GenericSchemaRead",
    "GenericSchemaWrite",
    "InfrahubSchemaRead",
    "InfrahubSchemaWrite",
    "ListAttributeRead",
    "ListAttributeWrite",
    "NodeExtensionWrite",
    "NodeSchemaRead",
    "NodeSchemaWrite",
    "NumberAttributeRead",
    "NumberAttributeWrite",
    "NumberPoolAttributeRead",
    "NumberPoolAttributeWrite",
    "ProfileSchemaRead",
    "RelationshipSchemaRead",
    "RelationshipSchemaWrite",
    "SchemaExtensionWrite",
    "TemplateSchemaRead",
    "TextAttributeRead",
    "TextAttributeWrite",
]

_TEXT = (AttributeKind.TEXT.value, AttributeKind.TEXTAREA.value)
_NUMBER = (AttributeKind.NUMBER.value,)
_LIST = (AttributeKind.LIST.value,)
_POOL = (AttributeKind.NUMBERPOOL.value,)
_OTHER = tuple(kind.value for kind in AttributeKind if kind.value not in _TEXT + _NUMBER + _LIST + _POOL)


# ---- The attributes by kind


class _Generic(AttributeFields):
    kind: AttributeKind = Field(one_of=_OTHER)
    parameters: AttributeParameters | None = None


class _Text(AttributeFields):
    kind: AttributeKind = Field(one_of=_TEXT)
    parameters: TextAttributeParameters | None = None


class _Number(AttributeFields):
    kind: AttributeKind = Field(one_of=_NUMBER)
    parameters: NumberAttributeParameters | None = None


class _List(AttributeFields):
    kind: AttributeKind = Field(one_of=_LIST)
    parameters: ListAttributeParameters | None = None


class _NumberPool(AttributeFields):
    kind: AttributeKind = Field(one_of=_POOL)
    parameters: NumberPoolParameters | None = None


# ---- What may be written


class AttributeSchemaBaseWrite(AttributeFields):
    """An attribute, apart from its parameters."""

    choices: list[DropdownChoice] | None = None


class GenericAttributeWrite(_Generic, AttributeSchemaBaseWrite):
    """An attribute without parameters."""


class TextAttributeWrite(_Text, AttributeSchemaBaseWrite):
    """A text."""


class NumberAttributeWrite(_Number, AttributeSchemaBaseWrite):
    """A number."""


class ListAttributeWrite(_List, AttributeSchemaBaseWrite):
    """A list."""


class NumberPoolAttributeWrite(_NumberPool, AttributeSchemaBaseWrite):
    """A number that a pool gives."""


AttributeSchemaWrite = Union[
    GenericAttributeWrite, TextAttributeWrite, NumberAttributeWrite, ListAttributeWrite, NumberPoolAttributeWrite
]


class RelationshipSchemaWrite(RelationshipFields):
    """A relationship."""


class BaseNodeSchemaWrite(KindFields):
    """A kind."""

    attributes: list[AttributeSchemaWrite] = Field(default_factory=list)
    relationships: list[RelationshipSchemaWrite] = Field(default_factory=list)


class NodeSchemaWrite(NodeFields, BaseNodeSchemaWrite):
    """A node."""


class GenericSchemaWrite(GenericFields, BaseNodeSchemaWrite):
    """A generic."""


class NodeExtensionWrite(Model):
    """What is added to a kind that exists already."""

    kind: str
    attributes: list[AttributeSchemaWrite] = Field(default_factory=list)
    relationships: list[RelationshipSchemaWrite] = Field(default_factory=list)


class SchemaExtensionWrite(Model):
    """What is added to kinds that exist already."""

    nodes: list[NodeExtensionWrite] = Field(default_factory=list)


class InfrahubSchemaWrite(Model):
    """A whole document, as a schema file holds it."""

    version: str
    nodes: list[NodeSchemaWrite] = Field(default_factory=list)
    generics: list[GenericSchemaWrite] = Field(default_factory=list)
    extensions: SchemaExtensionWrite | None = None


# ---- What the server sends


class _Inherited(Model):
    inherited: bool = False


class AttributeSchemaBaseRead(_Inherited, AttributeFields):
    """An attribute, apart from its parameters."""

    choices: list[DropdownChoice] | None = None


class GenericAttributeRead(_Generic, AttributeSchemaBaseRead):
    """An attribute without parameters."""


class TextAttributeRead(_Text, AttributeSchemaBaseRead):
    """A text."""


class NumberAttributeRead(_Number, AttributeSchemaBaseRead):
    """A number."""


class ListAttributeRead(_List, AttributeSchemaBaseRead):
    """A list."""


class NumberPoolAttributeRead(_NumberPool, AttributeSchemaBaseRead):
    """A number that a pool gives."""


AttributeSchemaRead = Union[
    GenericAttributeRead, TextAttributeRead, NumberAttributeRead, ListAttributeRead, NumberPoolAttributeRead
]


class RelationshipSchemaRead(_Inherited, RelationshipFields):
    """A relationship."""

    hierarchical: str | None = None


class BaseNodeSchemaRead(KindFields, computed=("kind",)):
    """A kind."""

    attributes: list[AttributeSchemaRead] = Field(default_factory=list)
    relationships: list[RelationshipSchemaRead] = Field(default_factory=list)
    hash: str | None = None


class NodeSchemaRead(NodeFields, BaseNodeSchemaRead):
    """A node."""

    hierarchy: str | None = None


class GenericSchemaRead(GenericFields, BaseNodeSchemaRead):
    """A generic."""

    used_by: list[str] = Field(default_factory=list)


class ProfileSchemaRead(BaseNodeSchemaRead):
    """A profile."""

    inherit_from: list[str] = Field(default_factory=list)


class TemplateSchemaRead(BaseNodeSchemaRead):
    """A template."""

    inherit_from: list[str] = Field(default_factory=list)


class InfrahubSchemaRead(Model):
    """The kinds of a whole schema."""

    nodes: list[NodeSchemaRead] = Field(default_factory=list)
    generics: list[GenericSchemaRead] = Field(default_factory=list)


# ---- What the server decides, and ignores where it is written

_ID = frozenset({"id", "state"})
_INHERITED = frozenset({"inherited"})

READ_ONLY_FIELDS: dict[str, frozenset[str]] = {
    **{
        f"{name}Write": _ID
        for name in (
            "AttributeParameters",
            "DropdownChoice",
            "ListAttributeParameters",
            "NodeExtension",
            "NumberAttributeParameters",
            "NumberPoolParameters",
            "SchemaExtension",
            "TextAttributeParameters",
        )
    },
    **{
        f"{name}Write": _INHERITED
        for name in (
            "AttributeSchemaBase",
            "GenericAttribute",
            "ListAttribute",
            "NumberAttribute",
            "NumberPoolAttribute",
            "TextAttribute",
        )
    },
    "BaseNodeSchemaWrite": frozenset({"hash", "kind"}),
    "ComputedAttributeJinja2Write": _ID | {"transform"},
    "ComputedAttributeTransformPythonWrite": _ID | {"jinja2_template"},
    "ComputedAttributeUserWrite": _ID | {"jinja2_template", "transform"},
    "GenericSchemaWrite": frozenset({"hash", "kind", "used_by"}),
    "InfrahubSchemaWrite": frozenset({"main", "namespaces", "profiles", "templates"}),
    "NodeSchemaWrite": frozenset({"hash", "hierarchy", "kind"}),
    "RelationshipSchemaWrite": frozenset({"hierarchical", "inherited"}),
}
