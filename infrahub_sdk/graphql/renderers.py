"""Selections, arguments and variables of a GraphQL document, from Python data to lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql.literals import (
    Rendered,
    check_field,
    check_name,
    checked,
    convert_to_graphql_as_string,
    enter,
    literal,
    render_value,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = [
    "Rendered",
    "convert_to_graphql_as_string",
    "render_arguments",
    "render_input_block",
    "render_query_block",
    "render_value",
    "render_variables_to_string",
]

# ---- Variables ------------------------------------------------------------------------------------------------------

_COMMON_TYPES: dict[Any, str] = {str: "String!", int: "Int!", float: "Float!", bool: "Boolean!"}


def render_variables_to_string(data: Mapping[str, Any]) -> str:
    """Render the declaration of variables, as it stands between the brackets after an operation's name.

    Args:
        data: The Python type of each variable: one of `VARIABLE_TYPE_MAPPING`. `Optional[str]`, or `str | None` since
            Python 3.10, makes a variable that may be null.

    Raises:
        ValidationError: A name is not one, or a type has no GraphQL type.

    >>> render_variables_to_string({"name": str, "limit": int})
    '$name: String!, $limit: Int!'
    """
    return checked("variables", _declarations, data)


def _declarations(data: Mapping[Any, Any]) -> str:
    return ", ".join(
        [f"${check_name(name, 'a variable')}: {_variable_type(name, kind)}" for name, kind in data.items()]
    )


def _variable_type(name: str, kind: Any) -> str:
    common = _COMMON_TYPES.get(kind) if isinstance(kind, type) else None
    if common:
        return common
    from infrahub_sdk.graphql.constants import VARIABLE_TYPE_MAPPING

    for known, text in VARIABLE_TYPE_MAPPING:
        if known == kind:
            return text
    given = str(kind) if hasattr(kind, "__args__") else kind.__name__ if isinstance(kind, type) else "no type"
    allowed = ", ".join(known.__name__ for known, _ in VARIABLE_TYPE_MAPPING if isinstance(known, type))
    raise ValidationError(
        f".{name}",
        f"is declared with {given}; the types of variables are {allowed}, and all but the last three may be Optional.",
    )


def __getattr__(name: str) -> Any:
    # Names that programs import from here; their module costs the import of datetime and pathlib.
    if name in {"GRAPHQL_VARIABLE_TYPES", "VARIABLE_TYPE_MAPPING"}:
        from infrahub_sdk.graphql import constants

        return getattr(constants, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# ---- Arguments on one line ------------------------------------------------------------------------------------------


def render_arguments(
    data: Mapping[str, Any], path: str = "", convert_enum: bool = False, variables: Container[str] = ()
) -> str:
    """Render arguments, as they stand between the brackets after a field.

    Args:
        data: Names and values.
        path: Where the values come from, for the error.
        convert_enum: Render the value of enum members instead of their name.
        variables: The names that the document declares.

    Raises:
        ValidationError: A name is not one, or a value has no GraphQL form; the error names the path to it.

    >>> render_arguments({"name__value": "$limit", "limit": Rendered("$limit")})
    'name__value: "$limit", limit: $limit'
    """
    return checked(path, _arguments, data, convert_enum, variables)


def _arguments(data: Mapping[Any, Any], convert_enum: bool, variables: Container[str]) -> str:
    texts = []
    name: Any = None
    try:
        for name, value in data.items():
            texts.append(f"{check_name(name, 'an argument')}: {literal(value, convert_enum, variables)}")
    except ValidationError as error:
        enter(error, name)
        raise
    return ", ".join(texts)


# ---- Blocks ---------------------------------------------------------------------------------------------------------


def render_query_block(
    data: Mapping[str, Any],
    offset: int = 4,
    indentation: int = 4,
    convert_enum: bool = False,
    variables: Container[str] = (),
) -> list[str]:
    """Render a selection.

    Args:
        data: The fields. None selects a field, a dictionary its fields in turn; a value of another type is skipped.
            In a field's dictionary `@filters` holds its arguments and `@alias` the name it gets in the answer. A key
            may also be `alias: name` or `...on Kind`.
        offset: Spaces before the outermost lines.
        indentation: Spaces more at each level.
        convert_enum: Render the value of enum members instead of their name.
        variables: The names that the document declares.

    Returns:
        The lines.

    Raises:
        ValidationError: A name is not one, or an argument has no GraphQL form; the error names the path to it.

    >>> render_query_block({"BuiltinTag": {"@filters": {"limit": 1}, "count": None}})
    ['    BuiltinTag(limit: 1) {', '        count', '    }']
    """
    lines: list[str] = []
    checked("", _query_lines, lines, data, " " * offset, " " * indentation, convert_enum, variables)
    return lines


_SPECIAL = frozenset({"@filters", "@alias"})


def _query_lines(
    lines: list[str], data: Mapping[Any, Any], margin: str, step: str, convert_enum: bool, variables: Container[str]
) -> None:
    key: Any = None
    try:
        for key, value in data.items():
            if type(key) is not str or not (key.isascii() and key.isidentifier()):
                if key in _SPECIAL:
                    continue
                key = check_field(key)
            if value is None:
                lines.append(margin + key)
            elif type(value) is dict or isinstance(value, Mapping):
                head = key
                if "@filters" in value or "@alias" in value:
                    head = _field(key, value, convert_enum, variables)
                    if len(value) == 1 and "@alias" in value:
                        lines.append(margin + head)
                        continue
                lines.append(f"{margin}{head} {{")
                _query_lines(lines, value, margin + step, step, convert_enum, variables)
                lines.append(margin + "}")
    except ValidationError as error:
        enter(error, key)
        raise


def _field(key: str, value: Mapping[Any, Any], convert_enum: bool, variables: Container[str]) -> str:
    """A field with its alias and its arguments, as it stands in a selection."""
    alias, filters = value.get("@alias"), value.get("@filters")
    if alias:
        key = f"{check_name(alias, 'an alias')}: {check_name(key, 'a field that has an alias')}"
    if not filters:
        return key
    try:
        return f"{key}({_arguments(filters, convert_enum, variables)})"
    except ValidationError as error:
        enter(error, "@filters")
        raise


def render_input_block(
    data: Mapping[str, Any],
    offset: int = 4,
    indentation: int = 4,
    convert_enum: bool = False,
    variables: Container[str] = (),
) -> list[str]:
    """Render the arguments of a mutation, a dictionary's fields and a list's items on lines of their own.

    Args:
        data: Arguments and their values.
        offset: Spaces before the outermost lines.
        indentation: Spaces more at each level.
        convert_enum: Render the value of enum members instead of their name.
        variables: The names that the document declares.

    Returns:
        The lines.

    Raises:
        ValidationError: A name is not one, or a value has no GraphQL form; the error names the path to it.

    >>> render_input_block({"data": {"name": {"value": "red"}}}, offset=0, indentation=1)
    ['data: {', ' name: {', '  value: "red"', ' }', '}']
    """
    lines: list[str] = []
    checked("", _input_lines, lines, data, " " * offset, " " * indentation, convert_enum, variables)
    return lines


def _input_lines(
    lines: list[str], data: Mapping[Any, Any], margin: str, step: str, convert_enum: bool, variables: Container[str]
) -> None:
    key: Any = None
    try:
        for key, value in data.items():
            if type(key) is not str or not (key.isascii() and key.isidentifier()):
                key = check_name(key, "a field")
            if type(value) is str:
                lines.append(f"{margin}{key}: {literal(value, convert_enum, variables)}")
            elif isinstance(value, dict):
                lines.append(f"{margin}{key}: {{")
                _input_lines(lines, value, margin + step, step, convert_enum, variables)
                lines.append(margin + "}")
            elif isinstance(value, (list, tuple)):
                lines.append(f"{margin}{key}: [")
                _item_lines(lines, value, margin + step, step, convert_enum, variables)
                lines.append(margin + "]")
            else:
                lines.append(f"{margin}{key}: {literal(value, convert_enum, variables)}")
    except ValidationError as error:
        enter(error, key)
        raise


def _item_lines(
    lines: list[str], items: Iterable[Any], margin: str, step: str, convert_enum: bool, variables: Container[str]
) -> None:
    index = -1
    try:
        for item in items:
            index += 1
            if isinstance(item, dict):
                lines.append(margin + "{")
                _input_lines(lines, item, margin + step, step, convert_enum, variables)
                lines.append(margin + "},")
            else:
                lines.append(f"{margin}{literal(item, convert_enum, variables)},")
    except ValidationError as error:
        enter(error, index)
        raise
