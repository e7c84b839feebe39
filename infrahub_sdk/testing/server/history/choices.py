"""The sides of conflicts that were chosen, and what follows from them for a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.search import ends
from infrahub_sdk.testing.server.database.storage import MAIN
from infrahub_sdk.testing.server.history.change import HAS_OWNER, HAS_SOURCE, HAS_VALUE, IS_PROTECTED, IS_RELATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.testing.server.database.storage import Storage
    from infrahub_sdk.testing.server.history.change import Conflict, Place

__all__ = ["BASE", "DIFF", "Choices"]

BASE, DIFF = "BASE_BRANCH", "DIFF_BRANCH"

# The columns of rows that hold properties.
_COLUMNS = {
    HAS_VALUE: "value",
    IS_PROTECTED: "is_protected",
    HAS_OWNER: "owner",
    HAS_SOURCE: "source",
    IS_RELATED: "is_present",
}
_EDGE = ("identifier", "tail", "head", "branch", "is_present", "is_protected", "source", "owner", "by")


class Choices:
    """What the default branch keeps in a merge, since that side was chosen, and what it loses.

    Args:
        conflicts: The conflicts, each with the side that was chosen.
    """

    def __init__(self, conflicts: Iterable[Conflict] = ()) -> None:
        self._kept: dict[tuple[Any, ...], set[str]] = {}
        self._of_peers: dict[tuple[str, str], Conflict] = {}  # by the node and its relationship to one peer
        self._of_edges: list[Conflict] = []
        for conflict in conflicts:
            place = conflict.place
            if place.is_to_one and place.of_property:
                self._of_edges.append(conflict)
            elif place.is_to_one:
                self._of_peers[place.node, place.field] = conflict
            if conflict.selected == BASE:
                self._kept.setdefault(_row_of(place), set()).add(_COLUMNS[place.of_property or IS_RELATED])

    def kept(self, row: Mapping[str, Any]) -> set[str]:
        """The columns of a row of a value or an edge that stay as the default branch has them."""
        return self._kept.get(_key(row), set())

    def settle(self, storage: Storage, now: int) -> None:
        """Let nodes have the peer that was chosen and no other, with the properties that were chosen.

        Args:
            storage: Where; the default branch has the changes of the branch already.
            now: When, in microseconds since 1970.
        """
        for conflict in self._of_peers.values():
            if conflict.selected == DIFF:
                _end_others(storage, conflict.place, now)
        for conflict in self._of_edges:
            place = conflict.place
            # Where the sides have the same peer, they have the same edge, and the merge has kept what was chosen.
            if (place.node, place.field) in self._of_peers:
                _change(storage, place, conflict.base[1] if conflict.selected == BASE else conflict.diff[1], now)


def _row_of(place: Place) -> tuple[Any, ...]:
    if place.relationship is None:
        return place.node, place.field
    return place.relationship.identifier, frozenset((place.node, place.peer))


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["node"], row["name"]) if "node" in row else (row["identifier"], frozenset((row["tail"], row["head"])))


def _end_others(storage: Storage, place: Place, now: int) -> None:
    """End the edges to other peers than the one that a branch chose, unless that is not there."""
    edges = _edges(storage, place)
    if place.peer in edges.values():
        others = [(now, number) for number, peer in edges.items() if peer != place.peer]
        storage.run("update edge set until = ? where rowid = ?", others)


def _change(storage: Storage, place: Place, value: str | None, now: int) -> None:
    """Change a property of the edge of a node to its one peer."""
    column = _COLUMNS[place.of_property]
    new = int(value == "True") if column == "is_protected" else value
    for number in _edges(storage, place):
        row = storage.rows(f"select {', '.join(_EDGE)} from edge where rowid = ?", [number])[0]
        storage.rows("update edge set until = ? where rowid = ?", [now, number])
        storage.rows("delete from edge where rowid = ? and since = until", [number])  # it is as new as this
        storage.insert("edge", [{**dict(zip(_EDGE, row)), column: new, "since": now}])


def _edges(storage: Storage, place: Place) -> dict[int, str]:
    """The edges that the default branch has in a place: the ids of the peers by the numbers of the rows."""
    found: dict[int, str] = {}
    relationship = place.relationship
    if relationship is None:
        return found
    for node, peer in ends(relationship):
        where = f"identifier = ? and {node} = ? and branch = {MAIN} and until is null and is_present"
        sql = f"select rowid, {peer} from edge where {where}"
        found.update(storage.rows(sql, [relationship.identifier, place.node]))
    return found
