"""GraphQL literals and names.

Every value becomes a literal that parses back to the same value, and every name is checked to be one, so that no data
can become part of the document's structure. A text such as `"$name"` refers to a variable only where the caller says
that the variable is declared; anywhere else it is text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import Enum
from json.encoder import encode_basestring_ascii
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

__all__ = [
    "Rendered",
    "check_field",
    "check_name",
    "checked",
    "convert_to_graphql_as_string",
    "enter",
    "literal",
    "render_value",
]

Result = TypeVar("Result")


class Rendered(str):
    """GraphQL text that goes into the document as it is. Never make one from data.

    It tells a reference to a variable from a text that looks like one, where both may occur:

    >>> convert_to_graphql_as_string({"name__value": "$limit", "limit": Rendered("$limit")})
    '{ name__value: "$limit", limit: $limit }'
    """

    __slots__ = ()


# ---- Names ----------------------------------------------------------------------------------------------------------

_NAME = "[_A-Za-z][_0-9A-Za-z]*"
_FIELD = rf"(?:{_NAME} *: *)?{_NAME}|\.\.\. *on +{_NAME}"  # compiled by its first use: most programs have none
_NAME_RULE = "a name consists of the letters A-Z and a-z, digits and _, and does not begin with a digit"


def is_name(text: str) -> bool:
    """Whether a text is a GraphQL name (spec of October 2021, 2.1.9): a Python identifier of ASCII characters."""
    return text.isascii() and text.isidentifier()


def check_name(name: Any, what: str) -> str:
    """The name, when it is one.

    Args:
        name: The candidate.
        what: What it names, for the error.

    Raises:
        ValidationError: It is not a name, and would change the document's structure.
    """
    if isinstance(name, str):
        text = str.__str__(name)  # without the prefix of the class that str() puts before members of enums
        if is_name(text):
            return text
    raise ValidationError("", f"{name!r} cannot be the name of {what}: {_NAME_RULE}.")


def check_field(key: Any) -> str:
    """The key of a selection, when it is a name, `alias: name` or `...on Kind`."""
    if isinstance(key, str):
        text = str.__str__(key)
        if is_name(text) or re.fullmatch(_FIELD, text):
            return text
    raise ValidationError(
        "", f"{key!r} cannot stand in a selection; use 'name', 'alias: name' or '...on Kind', where {_NAME_RULE}."
    )


# ---- Literals -------------------------------------------------------------------------------------------------------


def _text(value: str, convert_enum: bool, variables: Container[str]) -> str:
    if value[:1] == "$" and value[1:] in variables and is_name(value[1:]):
        return value
    if not value.isascii():
        _check_characters(value)
    # Every escape of JSON is one of GraphQL (spec 2.9.4), pairs for characters beyond U+FFFF included.
    return encode_basestring_ascii(value)


def _check_characters(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(
            "", f"the text has half of a surrogate pair, which is no character, at position {error.start}."
        ) from None


def _null(value: Any, convert_enum: bool, variables: Container[str]) -> str:
    return "null"


def _boolean(value: Any, convert_enum: bool, variables: Container[str]) -> str:
    return "true" if value else "false"


def _integer(value: int, convert_enum: bool, variables: Container[str]) -> str:
    try:
        return int.__repr__(value)
    except ValueError:  # more digits than sys.set_int_max_str_digits() allows; decimal has no such limit
        from decimal import Decimal

        return str(Decimal(value))


def _float(value: float, convert_enum: bool, variables: Container[str]) -> str:
    if not isfinite(value):
        raise ValidationError("", f"GraphQL has no {float.__repr__(value)}; use a finite number or None.")
    return float.__repr__(value)


def _decimal(value: Any) -> str:
    if not value.is_finite():
        raise ValidationError("", f"GraphQL has no {value}; use a finite number or None.")
    return str(value)


def _enum(value: Enum, convert_enum: bool, variables: Container[str]) -> str:
    if convert_enum:
        return literal(value.value, convert_enum, variables)
    name: Any = value.name  # None for a combination of flags
    if not isinstance(name, str) or not is_name(name) or name in {"true", "false", "null"}:
        raise ValidationError(
            "", f"{name!r} of {type(value).__name__} cannot be the name of an enum value; use its value."
        )
    return name


def _object(value: Mapping[Any, Any], convert_enum: bool, variables: Container[str]) -> str:
    fields = []
    key: Any = None
    try:
        for key, item in value.items():
            if type(key) is not str or not (key.isascii() and key.isidentifier()):
                key = check_name(key, "a field")
            render = _BY_TYPE.get(type(item), _unusual)
            fields.append(f"{key}: {render(item, convert_enum, variables)}")
    except ValidationError as error:
        enter(error, key)
        raise
    return f"{{ {', '.join(fields)} }}"


def _items(value: Iterable[Any], convert_enum: bool, variables: Container[str]) -> list[str]:
    texts: list[str] = []
    try:
        for item in value:
            texts.append(literal(item, convert_enum, variables))
    except ValidationError as error:
        enter(error, len(texts))
        raise
    return texts


def _list(value: Iterable[Any], convert_enum: bool, variables: Container[str]) -> str:
    return f"[{', '.join(_items(value, convert_enum, variables))}]"


def _set(value: Iterable[Any], convert_enum: bool, variables: Container[str]) -> str:
    return f"[{', '.join(sorted(_items(value, convert_enum, variables)))}]"


def _rendered(value: Rendered, convert_enum: bool, variables: Container[str]) -> str:
    return str.__str__(value)


_BY_TYPE: dict[type, Callable[[Any, bool, Container[str]], str]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    type(None): _null,
    float: _float,
    dict: _object,
    list: _list,
    tuple: _list,
    set: _set,
    frozenset: _set,
    Rendered: _rendered,
}
# Looked at in this order: a member of `class Color(str, Enum)` is an enum first.
_BY_BASE: tuple[tuple[Any, Callable[[Any, bool, Container[str]], str]], ...] = (
    (Enum, _enum),
    (Rendered, _rendered),
    (str, lambda value, convert_enum, variables: _text(str.__str__(value), convert_enum, variables)),
    (int, _integer),
    (float, _float),
    (Mapping, _object),
    ((list, tuple), _list),
    ((set, frozenset), _set),
)


def _isoformat(value: Any) -> str:
    return encode_basestring_ascii(value.isoformat())


def _str(value: Any) -> str:
    return encode_basestring_ascii(str(value))


# By name, so that nobody pays for the import of a module whose values are not used.
_BY_CLASS_NAME: dict[str, Callable[[Any], str]] = {
    "datetime.date": _isoformat,  # and datetime.datetime, which derives from it
    "decimal.Decimal": _decimal,
    "infrahub_sdk.timestamp.Timestamp": lambda value: encode_basestring_ascii(value.to_string()),
    "ipaddress.IPv4Address": _str,  # and IPv4Interface, which derives from it
    "ipaddress.IPv4Network": _str,
    "ipaddress.IPv6Address": _str,
    "ipaddress.IPv6Network": _str,
    "uuid.UUID": _str,
}


def literal(value: Any, convert_enum: bool, variables: Container[str]) -> str:
    """The literal of a value; its errors name the path from the value on, for `checked` to complete."""
    return _BY_TYPE.get(type(value), _unusual)(value, convert_enum, variables)


def _unusual(value: Any, convert_enum: bool, variables: Container[str]) -> str:
    """The literal of a value of a less common type."""
    kind = type(value)
    for base, render in _BY_BASE:
        if isinstance(value, base):
            return render(value, convert_enum, variables)
    if hasattr(kind, "model_dump"):  # a Model, or one of pydantic
        return _object(value.model_dump(exclude_none=True), convert_enum, variables)
    for base in kind.__mro__:
        write = _BY_CLASS_NAME.get(f"{base.__module__}.{base.__qualname__}")
        if write:
            return write(value)
    if isinstance(value, os.PathLike):
        return literal(os.fspath(value), convert_enum, ())
    raise ValidationError("", _unfit(kind))


def _unfit(kind: type) -> str:
    hint = "convert it to text, a number, a boolean, a list or a dict"
    if issubclass(kind, (bytes, bytearray, memoryview)):
        hint = "decode it to text, or upload it as a file"
    return f"a value of type {kind.__name__} cannot stand in a GraphQL document; {hint}."


def enter(error: ValidationError, step: object) -> None:
    """Put one more step, a name or an index, before the path to what is wrong."""
    name = isinstance(step, str) and is_name(step.lstrip("@"))
    error.identifier = f".{step}{error.identifier}" if name else f"[{step!r}]{error.identifier}"


def checked(path: str, render: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function whose errors name a path, and begin the path."""
    try:
        return render(*arguments)
    except ValidationError as error:
        error.identifier = f"{path}{error.identifier}".lstrip(".") or "value"
        raise
    except RecursionError as error:
        raise ValidationError(path or "value", "it is nested too deeply, or contains itself.") from error


def convert_to_graphql_as_string(value: Any, convert_enum: bool = False, variables: Container[str] = ()) -> str:
    r"""Render a value as a GraphQL literal.

    Args:
        value: Text, number, boolean, None, enum member, date or time, UUID, IP address or network, path, model, or a
            list, tuple, set or dictionary of such.
        convert_enum: Render the value of enum members; their name (a GraphQL enum value) when False.
        variables: The names that the document declares. Only a text that is `$` and one of them refers to a variable.

    Returns:
        The literal, on one line.

    Raises:
        ValidationError: The value, or one inside it, has no GraphQL form; the error names the path to it.

    >>> convert_to_graphql_as_string({"name": 'say "hi"', "tags": ["a", None], "owner": "$me"})
    '{ name: "say \\"hi\\"", tags: ["a", null], owner: "$me" }'
    >>> convert_to_graphql_as_string("$me", variables=["me"])
    '$me'
    """
    return checked("", literal, value, convert_enum, variables)


def render_value(value: Any, path: str = "", *, convert_enum: bool = False) -> str:
    """Render a value as a literal that never refers to a variable.

    Args:
        value: As in `convert_to_graphql_as_string`.
        path: Where the value comes from, for the error.
        convert_enum: Render the value of enum members instead of their name.

    Raises:
        ValidationError: The value, or one inside it, has no GraphQL form; the error names the path to it.

    >>> render_value(["$offset", 1.5, True])
    '["$offset", 1.5, true]'
    """
    return checked(path, literal, value, convert_enum, ())
