"""Nodes that share what only one of them may have, after a merge or a rebase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["check_duplicates"]


def check_duplicates(session: Session, ids: Iterable[str]) -> None:
    """Refuse nodes that break a uniqueness constraint of their kinds.

    Args:
        session: A view of where they are.
        ids: The ids of the nodes to look at.

    Raises:
        Refused: Some do.
    """
    listed = list(ids)
    found: list[str] = []
    for start in range(0, len(listed), 500):
        for node in session.get(listed[start : start + 500]).values():
            found += _duplicates(session, node)
    if found:
        raise Refused(",\n".join(found))


def _duplicates(session: Session, node: Node) -> Iterator[str]:
    for kind in (node.kind, *(session.kinds[name] for name in node.kind.data.get("inherit_from") or ())):
        for paths in _constraints(kind):
            filters = dict(_filter(node, path) for path in paths)
            if None not in filters.values() and session.count(kind, filters) > 1:
                shown = ", ".join(f"{name}={value!r}" for name, value in filters.items())
                yield (
                    f"A uniqueness constraint of {kind.name} is violated: "
                    f"node {labels.display_label(node)} ({node.kind.name}: {node.id}) is not the only one with {shown}"
                )


def _constraints(kind: Kind) -> list[tuple[str, ...]]:
    """The paths that each constraint of a kind is about."""
    unique = [(f"{name}__value",) for name, attribute in kind.attributes.items() if attribute.data["unique"]]
    groups = [tuple(paths) for paths in kind.data.get("uniqueness_constraints") or ()]
    return list(dict.fromkeys([*unique, *groups]))


def _filter(node: Node, path: str) -> tuple[str, Any]:
    """The filter that finds nodes with the same at a path; its value is None when there is nothing."""
    name = path.partition("__")[0]
    relationship = node.kind.relationships.get(name)
    if relationship is None:
        return path, labels.value_at(node, path)
    peers = [edge.node.id for edge in node.edges(relationship)]
    return f"{name}__ids", peers or None
