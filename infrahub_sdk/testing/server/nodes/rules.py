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

__all__ = ["BrokenRule", "NoMember", "checked", "missing", "refusal"]

_LONGEST = 4092  # bytes of UTF-8 that the server can index
_WRONG_TYPE = re.compile(r"(?P<received>.+?) is not a valid (?P<expected>\S+)", re.DOTALL)


class BrokenRule(Exception):
    """A field breaks a rule.

    Args:
        reason: Which, and how.
        part: What of the field does, such as `.from_pool`; all of it by default.
    """

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason)
        self.part = part


class NoMember(BrokenRule):
    """A value is none of the attribute's enum."""


def checked(attribute: Attribute, value: Any) -> Any:
    """A value for an attribute, in its normal form.

    Raises:
        BrokenRule: It cannot be the attribute's.
        Refused: It is too long to be searched for.
    """
    if value is None:
        if attribute.data["optional"]:
            return None
        raise BrokenRule(f"A value must be provided for {attribute.name}")
    if value == "" and attribute.kind == "DateTime" and not attribute.data["optional"]:
        raise BrokenRule(f"{value} is not a valid {attribute.kind}")
    if isinstance(value, str) and attribute.kind not in values.LARGE and len(value.encode()) > _LONGEST:
        raise Refused(f"{attribute.name} takes texts of {_LONGEST} bytes at most; a TextArea takes longer ones")
    if attribute.kind == "Any" and not values.is_flat(value):
        raise Refused(f"{attribute.name} takes texts, numbers, booleans and lists of them", status=500)
    try:
        normal = values.normal(attribute.kind, value)
    except (JSONDecodeError, RecursionError):
        raise BrokenRule(f"{value} is text that is not JSON") from None
    except ValueError:
        raise BrokenRule(f"{value} is not a valid {attribute.kind}") from None
    for problem in _problems(attribute, value):
        raise BrokenRule(problem)
    return normal


def missing(name: str, kind: Kind) -> str:
    """Why a node without a mandatory field is refused."""
    return f"{name} is mandatory for {kind.name}"


def refusal(kind: str, reasons: Mapping[str, str]) -> Refused:
    """The error for an input whose fields break rules; its code follows from the reasons.

    Args:
        kind: The kind that the input is for.
        reasons: Why, by the names of the fields.
    """
    refused = {name: _of_field(kind, name, reason) for name, reason in reasons.items()}
    return FieldsRefused(refused) if len(refused) > 1 else next(iter(refused.values()))


def _of_field(kind: str, name: str, reason: str) -> Refused:
    message, data = f"{reason} at {name}", {"node_kind": kind, "field_name": name}
    if " is mandatory for " in reason:
        return Refused(message, "ATTRIBUTE_REQUIRED", data=data)
    match = _WRONG_TYPE.fullmatch(reason)
    if match:
        more = {"expected_type": match["expected"], "received_type": match["received"]}
        return Refused(message, "ATTRIBUTE_INVALID_TYPE", data={**data, **more})
    more = {"constraint": reason, "detail": None}
    return Refused(message, "ATTRIBUTE_CONSTRAINT_VIOLATION", data={**data, **more})


def _problems(attribute: Attribute, value: Any) -> Iterator[str]:
    data, parameters = attribute.data, attribute.data.get("parameters") or {}
    yield from _of_pattern(value if attribute.kind == "List" else [value], parameters.get("regex") or data.get("regex"))
    yield from _of_length(value, parameters, data)
    yield from _of_range(value, parameters)
    if data.get("enum") and value not in data["enum"]:
        raise NoMember(f"{value} must be one of {data['enum']!r}")
    if attribute.kind == "Dropdown":
        names = sorted(choice["name"] for choice in data.get("choices") or ())
        if value not in names:
            yield f"{value} must be one of {', '.join(names)!r}"


def _of_pattern(parts: Iterable[Any], regex: str | None) -> Iterator[str]:
    for item in parts:
        if regex and not re.match(regex, str(item)):
            yield f"{item} does not match the regex {regex!r}"


def _of_length(value: Any, *sources: Mapping[str, Any]) -> Iterator[str]:
    shortest, longest = (
        next((source[name] for source in sources if source.get(name)), None) for name in ("min_length", "max_length")
    )
    if shortest and len(value) < shortest:
        yield f"{value} is shorter than the minimum length of {shortest}"
    if longest and len(value) > longest:
        yield f"{value} is longer than the maximum length of {longest}"


def _of_range(value: Any, parameters: Mapping[str, Any]) -> Iterator[str]:
    least, most = parameters.get("min_value"), parameters.get("max_value")
    if least is not None and value < least:
        yield f"{value} is below the minimum value of {least}"
    if most is not None and value > most:
        yield f"{value} is above the maximum value of {most}"
    for part in (parameters.get("excluded_values") or "").split(","):
        first, _, last = part.partition("-")
        if part and int(first) <= value <= int(last or first):
            yield f"{value} is one of the excluded values {part}"
