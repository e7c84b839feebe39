"""What a certificate says of itself.

The `ssl` module tells only of certificates that have passed. Of one that has not, these are the facts that help: who
it is for, who made it, and how long it is good for (RFC 5280, 4.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["describe"]

_COMMON_NAME, _ORGANIZATION, _UNIT = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b"
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"
_VERSION, _EXTENSIONS, _DNS_NAME, _ADDRESS, _UTC_TIME = 0xA0, 0xA3, 0x82, 0x87, 0x17
_NAMES_SHOWN = 4


def describe(der: bytes) -> str:
    """A certificate in a few words.

    Args:
        der: The certificate, as DER.

    Returns:
        Its names, who issued it, and its last day; an empty text if it cannot be read.
    """
    try:
        parts = [part for part in _parts(_content(_content(der))) if part[0] != _VERSION]
        issuer, validity, subject = (parts[position][1] for position in (2, 3, 4))
        names = list(_alternative_names(parts)) or [_name(subject)]
        until = list(_parts(validity))[1]
    except (IndexError, ValueError):
        return ""
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"for {', '.join(names[:_NAMES_SHOWN])}{more}; issued by {_name(issuer)}; good until {_day(*until)}"


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values that stand one after the other, each with its tag."""
    position = 0
    while position < len(data):
        tag, size = data[position], data[position + 1]
        position += 2
        if size & 0x80:
            digits = size & 0x7F
            size = int.from_bytes(data[position : position + digits], "big")
            position += digits
        yield tag, data[position : position + size]
        position += size


def _content(data: bytes) -> bytes:
    return next(_parts(data))[1]


def _name(name: bytes) -> str:
    """The part of a distinguished name that people know it by."""
    found: dict[bytes, str] = {}
    for _, group in _parts(name):
        for _, pair in _parts(group):
            (_, kind), (_, value) = _parts(pair)
            found[kind] = value.decode("utf-8", "replace")
    return repr(next((found[kind] for kind in (_COMMON_NAME, _ORGANIZATION, _UNIT) if kind in found), "nobody"))


def _alternative_names(parts: list[tuple[int, bytes]]) -> Iterator[str]:
    for _, extension in _parts(_content(next((value for tag, value in parts if tag == _EXTENSIONS), b"\x30\x00"))):
        fields = list(_parts(extension))
        if fields[0][1] == _ALTERNATIVE_NAMES:
            for tag, value in _parts(_content(fields[-1][1])):
                if tag == _DNS_NAME:
                    yield value.decode("ascii", "replace")
                elif tag == _ADDRESS:
                    yield _address(value)


def _address(packed: bytes) -> str:
    from ipaddress import ip_address

    return str(ip_address(packed))


def _day(tag: int, value: bytes) -> str:
    """The day of a time, as ISO 8601 has it."""
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        text = f"{'19' if text[:2] >= '50' else '20'}{text}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
