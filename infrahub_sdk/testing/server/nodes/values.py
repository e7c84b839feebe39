"""Values of attributes: what each kind of attribute takes, keeps and shows."""

from __future__ import annotations

import json
from typing import Any, Callable

from infrahub_sdk.testing.server.accounts import passwords
from infrahub_sdk.testing.server.nodes import addresses

__all__ = ["LARGE", "is_flat", "loaded", "normal", "sought", "stored"]

_WORDS = (
    "ID",
    "Text",
    "TextArea",
    "DateTime",
    "Email",
    "Password",
    "HashedPassword",
    "URL",
    "File",
    "Color",
    "Dropdown",
)
_TEXTS = (*_WORDS, "MacAddress", "IPHost", "IPNetwork", "IPAddress")
_NUMBERS = ("Number", "NumberPool", "Bandwidth")
_FLAGS = ("Boolean", "Checkbox")
_DOCUMENTS = ("List", "JSON", "Any")
LARGE = frozenset({"TextArea", "List", "JSON"})  # kinds whose values may be of any length


def normal(kind: str, value: Any) -> Any:
    """A value in the form that the server gives it.

    Raises:
        ValueError: It is none of this kind.

    >>> normal("IPHost", "10.0.0.1"), normal("MacAddress", "aabb.ccdd.eeff"), normal("Number", 5)
    ('10.0.0.1/32', 'AA:BB:CC:DD:EE:FF', 5)
    """
    return _NORMAL[kind](value)


def is_flat(value: Any) -> bool:
    """Whether a value is a single one, or a list of single ones that are of one sort."""
    if not isinstance(value, list):
        return not isinstance(value, dict)
    sorts = {"number" if type(item) in {int, float} else type(item).__name__ for item in value}
    return len(sorts) <= 1 and not sorts & {"dict", "list", "NoneType"}


def stored(kind: str, value: Any) -> Any:
    """A value as the database keeps it; of a hashed password only what proves it."""
    if value is not None and kind == "HashedPassword":
        return passwords.hashed(value)
    return sought(kind, value)


def sought(kind: str, value: Any) -> Any:
    """A value as a search compares it with those in the database."""
    if value is None:
        return None
    if kind in _DOCUMENTS:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def loaded(kind: str, value: Any) -> Any:
    """A value out of the database."""
    if value is None or kind in _TEXTS:
        return value
    if kind in _DOCUMENTS:
        return json.loads(value)
    return bool(value) if kind in _FLAGS else value


def _of_type(*types: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) not in types:  # True is no number
            raise ValueError(value)
        return value

    return check


_text = _of_type(str)


def _of_text(convert: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: convert(_text(value))


def _moment(value: str) -> str:
    from infrahub_sdk.exceptions import TimestampFormatError
    from infrahub_sdk.timestamp import Timestamp

    try:
        Timestamp(value or None)
    except TimestampFormatError:
        raise ValueError(value) from None
    return value  # as it was written


def _url(value: str) -> str:
    from infrahub_sdk.utils import is_valid_url

    if not is_valid_url(value):
        raise ValueError(value)
    return value


def _document(*types: type) -> Callable[[Any], Any]:
    """Checks a document, or text that holds one or nothing; text stays text."""

    def check(value: Any) -> Any:
        found = json.loads(value) if isinstance(value, str) and value else value
        if value != "" and not isinstance(found, types):
            raise ValueError(value)
        return value

    return check


_NORMAL: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _of_type(int)),
    **dict.fromkeys(_FLAGS, _of_type(bool)),
    "DateTime": _of_text(_moment),
    "URL": _of_text(_url),
    "MacAddress": _of_text(addresses.mac),
    "IPHost": _of_text(addresses.host),
    "IPNetwork": _of_text(addresses.network),
    "IPAddress": _of_text(addresses.address),
    "List": _document(list),
    "JSON": _document(list, dict),
    "Any": lambda value: value,
}
