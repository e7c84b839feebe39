"""What a branch holds of some kinds, whatever its schema says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrahub_sdk.testing.server.schema.kinds import Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Contents", "as_found", "restored"]

_AS_TEXT = frozenset({"JSON", "List"})  # kinds whose values the server keeps as text


def as_found(old: str, new: str, stored: Any) -> Any:
    """A value as an attribute finds it whose kind was another one: no server makes values anew then.

    Args:
        old: The kind that the attribute had.
        new: The kind that it has.
        stored: The value in the database.
    """
    return stored if old in _AS_TEXT and new not in _AS_TEXT else values.loaded(old, stored)


def restored(old: str, new: str, stored: Any) -> Any:
    """What the database keeps of a value, likewise."""
    return stored if new in _AS_TEXT else values.stored(new, as_found(old, new, stored))


class Contents:
    """What a session sees.

    Args:
        session: A view of a branch.
    """

    def __init__(self, session: Session) -> None:
        self._storage = session.storage
        self._scope = session.scope

    def kinds(self) -> list[str]:
        """The kinds that there are nodes of."""
        sql = f"select distinct n.kind from node n where {self._scope.visible('node', 'n')}"
        return [kind for (kind,) in self._storage.rows(sql)]

    def nodes(self, kinds: Sequence[str]) -> list[str]:
        """The ids of the nodes of some kinds."""
        sql = f"select n.id from node n where n.kind in ({_marks(kinds)}) and {self._scope.visible('node', 'n')}"
        return [id for (id,) in self._storage.rows(sql, kinds)]

    def values(self, kinds: Sequence[str], name: str) -> dict[str, Any]:
        """The values of an attribute as they are stored, by the ids of the nodes."""
        sql = (
            f"select n.id, v.value from node n join value v on v.node = n.id and v.name = ?"
            f" where n.kind in ({_marks(kinds)})"
            f" and {self._scope.visible('node', 'n')} and {self._scope.visible('value', 'v')}"
        )
        return dict(self._storage.rows(sql, [name, *kinds]))

    def peers(self, kinds: Sequence[str], relationship: Relationship) -> dict[str, list[tuple[str, str]]]:
        """The ids and kinds of the peers of a relationship, by the ids of the nodes."""
        way = "" if relationship.direction == "bidirectional" else f" and link.direction = '{relationship.direction}'"
        sql = (
            f"select distinct n.id, link.peer, other.kind from node n join link on link.node = n.id"
            f" join node other on other.id = link.peer"
            f" where n.kind in ({_marks(kinds)}) and link.identifier = ?{way}"
            f" and {self._scope.visible('node', 'n')} and {self._scope.visible('node', 'other')}"
            f" and {self._scope.visible('edge', 'link')}"
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for id, peer, kind in self._storage.rows(sql, [*kinds, relationship.identifier]):
            found.setdefault(id, []).append((peer, kind))
        return found


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
