"""Filters on attributes that hold passwords: in a variable for the server, and masked in errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import MASK
from infrahub_sdk.exceptions import Error
from infrahub_sdk.graphql.literals import Rendered
from infrahub_sdk.node.attribute import SECRET_KINDS
from infrahub_sdk.node.fields import AttributeField

if TYPE_CHECKING:
    from infrahub_sdk.core.paths import Classes
    from infrahub_sdk.node.base import InfrahubNodeBase

__all__ = ["HiddenFilters", "is_secret_filter", "shown_filters"]

_TYPES = {"value": "String", "values": "[String]"}


def is_secret_filter(cls: type[InfrahubNodeBase], name: str, class_of: Classes) -> bool:
    """Whether a filter such as `password__value` or `account__password__values` holds a password."""
    step, _, rest = name.partition("__")
    field = cls._field_map.get(step)
    if field is None or not rest:
        return False
    if isinstance(field, AttributeField):
        return rest in _TYPES and field.schema.kind in SECRET_KINDS
    try:
        return is_secret_filter(class_of(field.schema.peer), rest, class_of)
    except Error:  # a schema that was given in part need not have the peer's kind
        return False


def shown_filters(cls: type[InfrahubNodeBase], filters: dict[str, Any], class_of: Classes) -> dict[str, Any]:
    """Filters as an error may show them."""
    return {name: MASK if is_secret_filter(cls, name, class_of) else value for name, value in filters.items()}


class HiddenFilters:
    """The filters of a query that are passwords. Recordings keep documents and leave out variables.

    Attributes:
        arguments: The filters, with references to variables in the place of passwords.
        declared: The variables as the document declares them.
        values: Their values.
    """

    def __init__(self, cls: type[InfrahubNodeBase], filters: dict[str, Any], class_of: Classes) -> None:
        self.arguments = dict(filters)
        self.declared: list[str] = []
        self.values: dict[str, Any] = {}
        for name, value in filters.items():
            if value is not None and is_secret_filter(cls, name, class_of):
                variable = f"secret{len(self.values)}"
                self.values[variable] = value
                self.declared.append(f"${variable}: {_TYPES[name.rpartition('__')[2]]}")
                self.arguments[name] = Rendered(f"${variable}")
