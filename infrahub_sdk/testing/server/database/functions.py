"""Functions that statements of SQL call; each takes the value of an attribute."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

__all__ = ["FUNCTIONS"]

_MOST_REMEMBERED = 2**16  # addresses


class _Place(NamedTuple):
    """What addresses and networks are ordered by."""

    version: int | None = None
    binary: bytes | None = None
    length: int | None = None


@lru_cache(maxsize=_MOST_REMEMBERED)
def _place(value: Any) -> _Place:
    """The place of an address or a network; nothing of a value that is none."""
    from ipaddress import ip_interface

    try:
        found = ip_interface(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    return _Place() if found is None else _Place(int(found.version), found.packed, found.network.prefixlen)


def _lowered(value: Any) -> str | None:
    return None if value is None else str(value).lower()


def _version(value: Any) -> int | None:
    return _place(value).version


def _binary(value: Any) -> bytes | None:
    return _place(value).binary


def _length(value: Any) -> int | None:
    return _place(value).length


FUNCTIONS = {"lowered": _lowered, "ip_version": _version, "ip_binary": _binary, "ip_prefixlen": _length}
