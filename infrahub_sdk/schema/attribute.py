"""The attributes of a kind."""

from __future__ import annotations

from typing import Any, Literal, Union

from infrahub_sdk.model import Field, Model

from .enums import (
    AllowOverrideType,
    AttributeKind,
    BranchSupportType,
    ComputedAttributeKind,
    SchemaAttributeDisplay,
    SchemaState,
)

__all__ = [
    "AttributeFields",
    "AttributeParameters",
    "AttributeSchema",
    "AttributeSchemaAPI",
    "ComputedAttribute",
    "ComputedAttributeJinja2",
    "ComputedAttributeTransformPython",
    "ComputedAttributeUser",
    "DropdownChoice",
    "ListAttributeParameters",
    "NumberAttributeParameters",
    "NumberPoolParameters",
    "TextAttributeParameters",
]


class ComputedAttributeUser(Model, enum_values=True):
    """Nothing computes the attribute: users set it."""

    kind: Literal[ComputedAttributeKind.USER]


class ComputedAttributeJinja2(Model, enum_values=True):
    """A Jinja2 template computes the attribute."""

    kind: Literal[ComputedAttributeKind.JINJA2]
    jinja2_template: str


class ComputedAttributeTransformPython(Model, enum_values=True):
    """A Python transformation computes the attribute."""

    kind: Literal[ComputedAttributeKind.TRANSFORM_PYTHON]
    transform: str


ComputedAttribute = Union[ComputedAttributeUser, ComputedAttributeJinja2, ComputedAttributeTransformPython]


class DropdownChoice(Model):
    """One option of a dropdown."""

    name: str
    description: str | None = None
    color: str | None = Field(default=None, pattern=r"#[0-9a-fA-F]{6}\b")
    label: str | None = None


class AttributeParameters(Model):
    """The parameters of an attribute whose kind has none."""


class TextAttributeParameters(AttributeParameters):
    """The limits of a text."""

    regex: str | None = None
    min_length: int | None = None
    max_length: int | None = None


class ListAttributeParameters(AttributeParameters):
    """The limits of the items of a list."""

    regex: str | None = None


class NumberAttributeParameters(AttributeParameters):
    """The limits of a number."""

    min_value: int | None = None
    max_value: int | None = None
    excluded_values: str | None = Field(default=None, pattern=r"^(\d+(?:-\d+)?)(?:,\d+(?:-\d+)?)*\Z")


class NumberPoolParameters(AttributeParameters):
    """The range that numbers are taken from."""

    end_range: int = 9223372036854775807
    start_range: int = 1
    number_pool_id: str | None = None


class AttributeFields(Model, enum_values=True):
    """What all attributes have, whoever writes them down."""

    id: str | None = None
    name: str = Field(min_length=3, max_length=64, pattern=r"^[a-z0-9_]+\Z")
    kind: AttributeKind
    enum: list[Any] | None = None
    computed_attribute: ComputedAttribute | None = None
    regex: str | None = None
    max_length: int | None = None
    min_length: int | None = None
    label: str | None = Field(default=None, max_length=64)
    description: str | None = Field(default=None, max_length=128)
    read_only: bool = False
    unique: bool = False
    optional: bool = False
    branch: BranchSupportType | None = None
    order_weight: int | None = None
    ordered: bool = True
    default_value: Any = None
    state: SchemaState = SchemaState.PRESENT
    allow_override: AllowOverrideType = AllowOverrideType.ANY
    deprecation: str | None = Field(default=None, max_length=128)
    display: SchemaAttributeDisplay = SchemaAttributeDisplay.DEFAULT


class _LooseAttribute(AttributeFields):
    choices: list[dict[str, Any]] | None = None
    parameters: dict[str, Any] | None = None


class AttributeSchema(_LooseAttribute):
    """An attribute that a program declares.

    >>> AttributeSchema(name="height", kind="Number").model_dump(exclude_unset=True)
    {'name': 'height', 'kind': 'Number'}
    """


class AttributeSchemaAPI(_LooseAttribute):
    """An attribute as the server describes it."""

    inherited: bool = False
