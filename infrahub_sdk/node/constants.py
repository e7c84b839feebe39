"""Words and markers of the node layer."""

from __future__ import annotations

from typing import Any

__all__ = ["HFID_STR_SEPARATOR", "PROFILE_KIND_PREFIX", "PROMISED", "PROPERTIES_FLAG", "PROPERTIES_OBJECT", "UNSET"]

PROPERTIES_FLAG = ["is_protected", "updated_at"]
PROPERTIES_OBJECT = ["source", "owner"]
HFID_STR_SEPARATOR = "__"
PROFILE_KIND_PREFIX = "Profile"
PROMISED = "_promised_id"  # among a node's extras: the id that it will have


class _Unset:
    """A value that is not there yet, as opposed to one that is null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<not loaded>"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()
