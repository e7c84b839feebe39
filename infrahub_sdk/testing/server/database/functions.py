"""Functions that statements of SQL call; each takes the value of an attribute."""

from __future__ import annotations

from typing import Any

__all__ = ["FUNCTIONS"]


def _lowered(value: Any) -> str | None:
    return None if value is None else str(value).lower()


def _interface(value: str) -> Any:
    from ipaddress import ip_interface

    return ip_interface(value)


def _version(value: str | None) -> int | None:
    return None if value is None else int(_interface(value).version)


def _binary(value: str | None) -> bytes | None:
    return None if value is None else bytes(_interface(value).packed)


def _length(value: str | None) -> int | None:
    return None if value is None else int(_interface(value).network.prefixlen)


FUNCTIONS = {"lowered": _lowered, "ip_version": _version, "ip_binary": _binary, "ip_prefixlen": _length}
