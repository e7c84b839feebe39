"""Nodes above and below one another, as those of locations are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.database.search import quoted

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind

__all__ = ["above", "below", "top"]


def top(node: Node) -> Kind:
    """The generic of the hierarchy that a node belongs to."""
    return node.group.session.kinds[node.kind.data["hierarchy"]]


def above(node: Node) -> list[str]:
    """The ids of the nodes that it is under."""
    return _along(node, "tail", "head")


def below(node: Node) -> list[str]:
    """The ids of the nodes that are under it."""
    return _along(node, "head", "tail")


def _along(node: Node, start: str, end: str) -> list[str]:
    session = node.group.session
    same = quoted(top(node).relationships["parent"].identifier)
    step = f"e.identifier = {same} and {session.scope.visible('edge', 'e')}"
    first = f"select e.{end} from edge e where e.{start} = ? and {step}"
    more = f"select e.{end} from found cross join edge e on e.{start} = found.id where {step}"
    sql = f"with recursive found(id) as ({first} union {more}) select id from found"
    return [id for (id,) in session.storage.rows(sql, [node.id])]
