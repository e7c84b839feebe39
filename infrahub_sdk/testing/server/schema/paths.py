"""Paths such as `name__value` and `location__name__value`, as a schema uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.exceptions import nearest
from infrahub_sdk.testing.server.schema.draft import element

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["Path", "PathError", "parsed", "properties"]

_IP = ["binary_address", "hostmask", "netmask", "prefixlen", "value", "version", "with_hostmask", "with_netmask"]
_PROPERTIES: dict[str, list[str]] = {
    "Dropdown": ["color", "description", "label", "value"],
    "IPNetwork": sorted([*_IP, "broadcast_address", "num_addresses"]),
    "IPHost": sorted([*_IP, "ip"]),
    "IPAddress": ["binary_address", "value", "version"],
    "MacAddress": [
        "bare",
        "binary",
        "dot_notation",
        "ei",
        "eui48",
        "eui64",
        "oui",
        "semicolon_notation",
        "split_notation",
        "value",
        "version",
    ],
}


class PathError(Exception):
    """A path that leads nowhere."""


class Path(NamedTuple):
    """Where a path leads.

    Attributes:
        relationship: The relationship that it goes through.
        peer: The kind that the relationship leads to.
        attribute: The attribute that it ends at.
        property: What of the attribute, such as `value`.
    """

    relationship: dict[str, Any] | None
    peer: dict[str, Any] | None
    attribute: dict[str, Any] | None
    property: str | None


def parsed(draft: Draft, entry: dict[str, Any], path: str) -> Path:
    """Follow a path.

    Args:
        draft: The schema.
        entry: The kind that the path starts at.
        path: The path, such as `name__value`.

    Raises:
        PathError: It leads nowhere.
    """
    first, *rest = path.split("__")
    relationship = element(entry, "relationships", first)
    if relationship is None and element(entry, "attributes", first) is None and first == "parent":
        relationship = {"name": "parent", "peer": entry.get("parent"), "cardinality": "one", "optional": True}
        relationship["identifier"] = "parent__child"
    if relationship is None:
        attribute, property_ = _attribute(entry, path, first, rest)
        return Path(None, None, attribute, property_)
    peer = draft.get(relationship["peer"] or "")
    if peer is None:
        raise PathError(f"{path} goes through {first!r}, whose peer {relationship['peer']!r} is no kind")
    if not rest:
        return Path(relationship, peer, None, None)
    attribute, property_ = _attribute(peer, path, rest[0], rest[1:])
    return Path(relationship, peer, attribute, property_)


def properties(attribute: dict[str, Any]) -> list[str]:
    """What a path may end with after an attribute."""
    return _PROPERTIES.get(attribute["kind"], ["value"])


def _attribute(entry: dict[str, Any], path: str, name: str, rest: list[str]) -> tuple[dict[str, Any], str | None]:
    attribute = element(entry, "attributes", name)
    if attribute is None:
        known = nearest(name, [item["name"] for item in (*entry["attributes"], *entry["relationships"])])
        raise PathError(f"{path} leads nowhere: {entry['kind']} has no {name!r}.{known}")
    property_ = "__".join(rest)
    if rest and property_ not in properties(attribute):
        known = ", ".join(properties(attribute))
        raise PathError(f"{path} leads nowhere: {property_!r} is no property of {entry['kind']}.{name} ({known})")
    return attribute, rest[0] if rest else None
