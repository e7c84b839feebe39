"""The pools of attributes that number themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["add_pools", "pool_id"]


def pool_id(kind: str, attribute: str) -> str:
    """The id of the pool of an attribute: the same whenever and wherever the attribute is loaded.

    Args:
        kind: The kind that brings the attribute: a generic, where nodes inherit it.
        attribute: Its name.
    """
    from uuid import NAMESPACE_OID, uuid5

    return str(uuid5(NAMESPACE_OID, f"{kind}.{attribute}"))


def add_pools(draft: Draft) -> None:
    """Name the pools of the attributes that number themselves."""
    for entry in draft.own():
        for item in entry["attributes"]:
            if item["kind"] == "NumberPool":
                id = pool_id(_origin(draft, entry, item["name"]), item["name"])
                item["parameters"] = {**item["parameters"], "number_pool_id": id}


def _origin(draft: Draft, entry: dict[str, Any], name: str) -> str:
    """The kind that brings an attribute."""
    for generic in entry.get("inherit_from", ()):
        if any(item["name"] == name for item in draft.generics[generic]["attributes"]):
            return str(generic)
    return str(entry["kind"])
