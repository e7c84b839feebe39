"""When a node or a relationship was made and changed, and by whom."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.node.property import NodeProperty

__all__ = ["NodeMetadata", "RelationshipMetadata"]


class RelationshipMetadata:
    """When a relationship was changed last, and by whom.

    Args:
        data: The server's `relationship_metadata`.
    """

    _times: tuple[str, ...] = ("updated_at",)
    _people: tuple[str, ...] = ("updated_by",)

    updated_at: str | None
    updated_by: NodeProperty | None

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        known = data or {}
        for name in self._times:
            setattr(self, name, known.get(name))
        for name in self._people:
            setattr(self, name, NodeProperty(known[name]) if known.get(name) else None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"


class NodeMetadata(RelationshipMetadata):
    """When a node was made and changed last, and by whom.

    Args:
        data: The server's `node_metadata`.
    """

    _times = ("created_at", "updated_at")
    _people = ("created_by", "updated_by")

    created_at: str | None
    created_by: NodeProperty | None
