"""Rules of attributes: what a value has to be like."""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import FieldsRefused, Refused
from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind

__all__ = ["BrokenRule", "Missing", "NoMember", "WrongType", "checked", "refusal", "too_few"]

_LONGEST = 4092  # bytes of UTF-8 that the server can index


class BrokenRule(Exception):
    """A field breaks a rule.

    Args:
        reason: Which, and how.
        part: What of the field does, such as `.from_pool`; all of it by default.
    """

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason)
        self.part = part


class Missing(BrokenRule):
    """A new node lacks a field that nodes of its kind must have."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(f"{kind.name}.{name} has to be given")


class NoMember(BrokenRule):
    """A value is none of the attribute's enum."""


class WrongType(BrokenRule):
    """A value is nothing of the kind that it should be.

    Args:
        value: The value.
        expected: The kind, such as `IPHost`.
    """

    def __init__(self, value: Any, expected: str) -> None:
        super().__init__(f"{value!r} cannot be read as {expected}")
        self.received = str(value)
        self.expected = expected


def checked(attribute: Attribute, value: Any) -> Any:
    """A value for an attribute, in its normal form.

    Raises:
        BrokenRule: It cannot be the attribute's.
        Refused: It is too long to be searched for.
    """
    if value is None:
        if attribute.data["optional"]:
            return None
        raise BrokenRule("null cannot be kept, a value is needed")
    if value == "" and attribute.kind == "DateTime" and not attribute.data["optional"]:
        raise WrongType(value, attribute.kind)
    if isinstance(value, str) and attribute.kind not in values.LARGE and len(value.encode()) > _LONGEST:
        raise Refused(f"{attribute.name} takes texts of {_LONGEST} bytes at most; a TextArea takes longer ones")
    if attribute.kind == "Any" and not values.is_flat(value):
        raise Refused(f"{attribute.name} takes texts, numbers, booleans and lists of them", status=500)
    try:
        normal = values.normal(attribute.kind, value)
    except (JSONDecodeError, RecursionError):
        raise BrokenRule(f"{value} is text that is not JSON") from None
    except ValueError:
        raise WrongType(value, attribute.kind) from None
    for problem in _problems(attribute, value):
        raise BrokenRule(problem)
    return normal


def too_few(count: int, least: int) -> str:
    """Why a relationship to so few peers is refused."""
    return f"{count} peers are too few, the least are {least}"


def refusal(kind: str, reasons: Mapping[str, BrokenRule | str]) -> Refused:
    """The error for an input whose fields break rules; its code follows from the rules.

    Args:
        kind: The kind that the input is for.
        reasons: Which rule each field breaks, or in words why it is refused, by the names of the fields.
    """
    refused = {name: _of_field(kind, name, reason) for name, reason in reasons.items()}
    return FieldsRefused(refused) if len(refused) > 1 else next(iter(refused.values()))


def _of_field(kind: str, name: str, reason: BrokenRule | str) -> Refused:
    # The message ends with the field, by which clients find it that do not go by codes.
    message, data = f"{reason} at {name}", {"node_kind": kind, "field_name": name}
    if isinstance(reason, Missing):
        return Refused(message, "ATTRIBUTE_REQUIRED", data=data)
    if isinstance(reason, WrongType) and reason.received:  # for an empty text, the server says the other code
        types = {"expected_type": reason.expected, "received_type": reason.received}
        return Refused(message, "ATTRIBUTE_INVALID_TYPE", data={**data, **types})
    constraint = {"constraint": str(reason), "detail": None}
    return Refused(message, "ATTRIBUTE_CONSTRAINT_VIOLATION", data={**data, **constraint})


def _problems(attribute: Attribute, value: Any) -> Iterator[str]:
    data, parameters = attribute.data, attribute.data.get("parameters") or {}
    yield from _of_pattern(value if attribute.kind == "List" else [value], parameters.get("regex") or data.get("regex"))
    yield from _of_length(value, parameters, data)
    yield from _of_range(value, parameters)
    if data.get("enum") and value not in data["enum"]:
        raise NoMember(f"{value!r} is none of the choices {data['enum']!r}")
    if attribute.kind == "Dropdown":
        names = sorted(choice["name"] for choice in data.get("choices") or ())
        if value not in names:
            yield f"{value!r} is none of the choices {', '.join(names)}"


def _of_pattern(parts: Iterable[Any], regex: str | None) -> Iterator[str]:
    for item in parts:
        if regex and not re.match(regex, str(item)):
            yield f"{item!r} is not of the form that the regex asks for, {regex!r}"


def _of_length(value: Any, *sources: Mapping[str, Any]) -> Iterator[str]:
    shortest, longest = (
        next((source[name] for source in sources if source.get(name)), None) for name in ("min_length", "max_length")
    )
    if shortest and len(value) < shortest:
        yield f"{value!r} has the length {len(value)}, less than {shortest}"
    if longest and len(value) > longest:
        yield f"{value!r} has the length {len(value)}, more than {longest}"


def _of_range(value: Any, parameters: Mapping[str, Any]) -> Iterator[str]:
    least, most = parameters.get("min_value"), parameters.get("max_value")
    if least is not None and value < least:
        yield f"{value} is less than {least}"
    if most is not None and value > most:
        yield f"{value} is more than {most}"
    for part in (parameters.get("excluded_values") or "").split(","):
        first, _, last = part.partition("-")
        if part and int(first) <= value <= int(last or first):
            yield f"{value} is excluded by {part}"
