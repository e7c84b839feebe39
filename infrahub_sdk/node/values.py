"""Attribute values: from the server's JSON to Python, and back.

The kinds not listed here (text, number, boolean, dropdown, date-time, MAC address, URL, password, file, ...) arrive
as the Python value that they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MUTABLE_KINDS", "PLAIN_TYPES", "decoder", "encode"]


def _ip_interface(value: Any) -> Any:
    import ipaddress

    return ipaddress.ip_interface(value)


def _ip_network(value: Any) -> Any:
    import ipaddress

    return ipaddress.ip_network(value)


def _ip_address(value: Any) -> Any:
    import ipaddress

    return ipaddress.ip_address(value)


def _own_copy(value: Any) -> Any:
    """A copy that may be changed in place, so that the change shows against what the server sent."""
    if type(value) is dict:
        return {key: _own_copy(item) for key, item in value.items()}
    if type(value) is list:
        return [_own_copy(item) for item in value]
    return value


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "IPHost": _ip_interface,
    "IPNetwork": _ip_network,
    "IPAddress": _ip_address,
    "JSON": _own_copy,
    "List": _own_copy,
    "Any": _own_copy,
}
MUTABLE_KINDS = frozenset({"JSON", "List", "Any"})


def decoder(kind: str) -> Callable[[Any], Any] | None:
    """What turns the server's value of this attribute kind into a Python value; None where it already is one."""
    return _DECODERS.get(kind)


PLAIN_TYPES = frozenset({str, int, float, bool, type(None)})


def encode(value: Any, where: str = "value") -> Any:
    """The JSON value that stands for a Python value on the wire.

    Args:
        value: Text, number, boolean, None, an address or network, a point in time, an enum member, a UUID, a path,
            or lists and dictionaries of these.
        where: The name to use in the error.

    Raises:
        ValidationError: The value has no such form.

    >>> import ipaddress
    >>> encode([ipaddress.ip_interface("10.0.0.1/24"), {"a": (1, 2)}])
    ['10.0.0.1/24', {'a': [1, 2]}]
    """
    if type(value) in PLAIN_TYPES:
        return value
    if isinstance(value, dict):
        return {_key(key, where): encode(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item, f"{where}[{index}]") for index, item in enumerate(value)]
    return _encode_object(value, where)


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise ValidationError(where, f"the key {key!r} is a {type(key).__name__}; keys of JSON objects are text.")
    return key


def _encode_object(value: Any, where: str) -> Any:
    import enum

    if isinstance(value, enum.Enum):
        return encode(value.value, where)
    if isinstance(value, (str, int, float)):  # subclasses of the plain types
        return value
    text = _as_text(value)
    if text is None:
        what = f"a value of type {type(value).__name__} cannot be sent to the server"
        raise ValidationError(where, f"{what}; convert it to text, a number, a list or a dict.")
    return text


def _as_text(value: Any) -> str | None:
    import ipaddress

    if isinstance(value, (ipaddress.IPv4Interface, ipaddress.IPv6Interface)):
        return value.with_prefixlen

    import datetime
    import pathlib
    import uuid

    from infrahub_sdk.timestamp import Timestamp

    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, Timestamp):
        return value.to_string()
    if isinstance(
        value,
        (
            ipaddress.IPv4Address,
            ipaddress.IPv6Address,
            ipaddress.IPv4Network,
            ipaddress.IPv6Network,
            uuid.UUID,
            pathlib.PurePath,
        ),
    ):
        return str(value)
    return None
