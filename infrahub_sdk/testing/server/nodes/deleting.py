"""Taking nodes away, with those that go with them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import lookup, rules, special
from infrahub_sdk.testing.server.nodes.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["delete", "remove"]


def delete(session: Session, kind: Kind, data: Mapping[str, Any]) -> None:
    """Take away the node that a mutation names, and what goes with it.

    Raises:
        Refused: There is no such node, or one that stays needs it as a peer. Nothing is written then.
    """
    remove(session, lookup.find(session, kind, data))


def remove(session: Session, node: Node) -> None:
    """Take away a node, and what goes with it.

    Raises:
        Refused: One that stays needs it as a peer. Nothing is written then.
    """
    going = {node.id: node}
    waiting = [node]
    for above in waiting:
        for relationship in _of(above.kind, on_delete="cascade"):
            for edge in above.edges(relationship):
                if edge.node.id not in going:
                    going[edge.node.id] = edge.node
                    waiting.append(edge.node)
    _check(session, going)
    for gone in going.values():
        special.leaving(session, gone, going)
    records = Records(session)
    for gone in going.values():
        records.delete(gone)
    special.left(session, going)


def _of(kind: Kind, on_delete: str) -> Iterator[Relationship]:
    return (item for item in kind.relationships.values() if item.data.get("on_delete") == on_delete)


def _check(session: Session, going: Mapping[str, Node]) -> None:
    """No node that stays may lose a peer that it needs."""
    ids: dict[str, list[str]] = {}
    for node in going.values():
        ids.setdefault(node.kind.name, []).append(node.id)
    reasons = {}
    for name, gone in ids.items():
        for other, relationship in _needing(session, session.kinds[name]):
            for staying in session.find(other, {f"{relationship.name}__ids": gone}):
                if staying.id not in going:
                    lost = next(edge.node for edge in staying.edges(relationship) if edge.node.id in going)
                    needing = f"{other.name} {staying.id!r} needs it by its {relationship.name}"
                    reason = f"{name} {lost.id!r} cannot go while {needing}"
                    reasons[f"{other.name}.{relationship.name}"] = reason
    if reasons:
        raise rules.refusal(next(iter(going.values())).kind.name, reasons)


def _needing(session: Session, kind: Kind) -> Iterator[tuple[Kind, Relationship]]:
    """The mandatory relationships that lead to nodes of a kind."""
    for other in session.kinds.values():
        for relationship in _mandatory(other):
            if kind.name in session.kinds[relationship.peer].members:
                yield other, relationship


@lru_cache(maxsize=4096)
def _mandatory(kind: Kind) -> tuple[Relationship, ...]:
    return tuple(item for item in kind.relationships.values() if not item.data["optional"] and not kind.is_generic)
