"""Reading human-friendly ids."""

from __future__ import annotations

from infrahub_sdk.node.constants import HFID_STR_SEPARATOR

__all__ = ["parse_human_friendly_id"]


def parse_human_friendly_id(hfid: str | list[str]) -> tuple[str | None, list[str]]:
    """Split a human-friendly id into the kind that it begins with, if any, and its components.

    Args:
        hfid: `Kind__a__b`, `a`, or the components as a list.

    Returns:
        The kind or None, and the components.

    >>> parse_human_friendly_id("BuiltinTag__red")
    ('BuiltinTag', ['red'])
    >>> parse_human_friendly_id(["atl1", "eth0"])
    (None, ['atl1', 'eth0'])
    """
    if isinstance(hfid, list):
        return None, hfid
    head, *rest = hfid.split(HFID_STR_SEPARATOR)
    if rest and head[:1].isupper() and head.isalnum():
        return head, rest
    return None, [head, *rest]
