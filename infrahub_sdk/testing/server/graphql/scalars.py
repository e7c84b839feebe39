"""The scalars of the GraphQL schema."""

from __future__ import annotations

import re
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    IntValueNode,
    Undefined,
    value_from_ast_untyped,
)

from infrahub_sdk.testing.server.database.clock import microseconds
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.web.multipart import Part

__all__ = ["SCALARS"]

_DATE = re.compile(r"\d{4}-?\d\d-?\d\d")


def _big_int(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or (isinstance(value, float) and number != value):
        raise GraphQLError(f"BigInt cannot represent {value!r}.")
    return number


def _big_int_literal(node: Any, _: Any = None) -> Any:
    return int(node.value) if isinstance(node, IntValueNode) else Undefined


def _date(value: Any) -> str:
    """A time of ISO 8601; a day stands for its beginning."""
    text = f"{value}T00:00:00" if isinstance(value, str) and _DATE.fullmatch(value) else value
    if not isinstance(text, str) or not _DATE.match(text):
        raise GraphQLError(f"DateTime cannot represent {value!r}.")
    try:
        microseconds(text)
    except Refused as refused:
        raise GraphQLError(f"DateTime cannot represent {value!r}.") from refused
    return text


def _any(value: Any) -> Any:
    return value


def _file(value: Any) -> Any:
    if not isinstance(value, Part):
        raise GraphQLError("A file comes as a part of a multipart request, and is named by a variable.")
    return value


def _no_file(*_: Any) -> Any:
    raise GraphQLError("A file comes as a part of a multipart request, and is named by a variable.")


SCALARS = {
    "Boolean": GraphQLBoolean,
    "Float": GraphQLFloat,
    "ID": GraphQLID,
    "Int": GraphQLInt,
    "String": GraphQLString,
    "BigInt": GraphQLScalarType("BigInt", parse_value=_big_int, parse_literal=_big_int_literal),
    "DateTime": GraphQLScalarType("DateTime", parse_value=_date),
    "GenericScalar": GraphQLScalarType("GenericScalar", parse_value=_any, parse_literal=value_from_ast_untyped),
    "FixedGenericScalar": GraphQLScalarType(
        "FixedGenericScalar", parse_value=_any, parse_literal=value_from_ast_untyped
    ),
    "Upload": GraphQLScalarType("Upload", serialize=_no_file, parse_value=_file, parse_literal=_no_file),
}
