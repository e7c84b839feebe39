"""Making data fit a changed schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.nodes import values
from infrahub_sdk.testing.server.schema.contents import Contents, restored
from infrahub_sdk.testing.server.schema.matching import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship
    from infrahub_sdk.testing.server.schema.matching import Match
    from infrahub_sdk.testing.server.session import Session

__all__ = ["complete", "migrate"]

_VALUE = "node, kind, name, branch, value, is_default, is_protected, source, owner, profile, by"


def migrate(session: Session, old: Kinds, new: Kinds) -> None:
    """Make the data of a branch fit its new schema: new attributes get their defaults, what is gone is closed.

    Args:
        session: A view of the branch.
        old: Its kinds before.
        new: Its kinds now.
    """
    migration = _Migration(session, old, new)
    for match in matches(old, new):
        migration.run(match)


def complete(session: Session) -> None:
    """Give nodes the attributes that they lack: those that were made before the schema came to their branch.

    Args:
        session: A view of the branch with its new kinds.
    """
    migration = _Migration(session, session.kinds, session.kinds)
    for name in Contents(session).kinds():
        for attribute in session.kinds[name].attributes.values() if name in session.kinds else ():
            migration.fill(session.kinds[name], attribute, are_kept=True)


class _Migration:
    """What one change of the schema writes; all of it has the same time."""

    def __init__(self, session: Session, old: Kinds, new: Kinds) -> None:
        self._storage = session.storage
        self._branch = session.branch.number
        self._account = session.account
        self._contents = Contents(session)
        self._scope = session.scope
        self._old = old
        self._new = new
        self._now = session.storage.now()

    def run(self, match: Match) -> None:
        if match.old is None:
            return
        if match.new is None:
            self._remove_nodes(match.old)
            return
        for relationship in match.lost_relationships:
            self._remove_edges(match.old, relationship)
        for attribute in match.lost_attributes:
            self._close_values(match.old, attribute.name)
        for attribute, was in match.attributes:
            if was is not None and (was.name, was.kind) != (attribute.name, attribute.kind):
                self._move_values(match.old, was, attribute)
        if match.old.name != match.new.name:
            self._rename(match.old, match.new)
        for attribute, was in match.attributes:
            if was is None:
                self.fill(match.new, attribute)

    # Attributes

    def fill(self, kind: Kind, attribute: Attribute, *, are_kept: bool = False) -> None:
        """Give all nodes of a kind the default of an attribute.

        Args:
            kind: The kind.
            attribute: Its attribute.
            are_kept: Only to those that have no value.
        """
        have = self._contents.values([kind.name], attribute.name) if are_kept else {}
        nodes = [id for id in self._contents.nodes([kind.name]) if id not in have]
        if not are_kept:
            self._close("value", "node = ? and name = ?", [(id, attribute.name) for id in nodes])
        row = {
            "kind": kind.name,
            "name": attribute.name,
            "branch": self._place(attribute.is_agnostic),
            "value": values.stored(attribute.kind, attribute.data["default_value"]),
            "is_default": True,
            "since": self._now,
            "by": self._account,
        }
        self._storage.insert("value", [{"node": id, **row} for id in nodes])

    def _close_values(self, kind: Kind, name: str) -> None:
        self._close("value", "node = ? and name = ?", [(id, name) for id in self._contents.nodes([kind.name])])

    def _move_values(self, kind: Kind, was: Attribute, attribute: Attribute) -> None:
        """Give the values of an attribute another name, or the form of another kind."""
        rows = []
        for row in self._values(kind, f"v.name = '{was.name}'"):
            if was.kind != attribute.kind:
                row["value"] = restored(was.kind, attribute.kind, row["value"])
            row["name"] = attribute.name
            rows.append(row)
        self._close_values(kind, was.name)
        self._insert_values(rows)

    def _values(self, kind: Kind, condition: str = "1") -> list[dict[str, Any]]:
        names = [name.strip() for name in _VALUE.split(",")]
        columns = ", ".join(f"v.{name}" for name in names)
        sql = (
            f"select {columns} from node n join value v on v.node = n.id where n.kind = ? and {condition}"
            f" and {self._scope.visible('node', 'n')} and {self._scope.visible('value', 'v')}"
        )
        return [dict(zip(names, row)) for row in self._storage.rows(sql, [kind.name])]

    def _insert_values(self, rows: Iterable[dict[str, Any]]) -> None:
        made = []
        for row in rows:
            branch = GLOBAL if row["branch"] == GLOBAL else self._branch
            made.append({**row, "branch": branch, "since": self._now})
        self._storage.insert("value", made)

    # Kinds

    def _rename(self, old: Kind, new: Kind) -> None:
        nodes = self._contents.nodes([old.name])
        rows = self._values(old)
        self._close("value", "node = ?", [(id,) for id in nodes])
        self._insert_values([{**row, "kind": new.name} for row in rows])
        self._close("node", "id = ?", [(id,) for id in nodes])
        self._put_nodes(nodes, new, is_present=True)

    def _remove_nodes(self, kind: Kind) -> None:
        nodes = self._contents.nodes([kind.name])
        for relationship in kind.relationships.values():
            self._close_edges(kind, relationship)
        self._close("value", "node = ?", [(id,) for id in nodes])
        self._close("node", "id = ?", [(id,) for id in nodes])
        if self._branch != MAIN and not kind.is_agnostic:
            self._put_nodes(nodes, kind, is_present=False)

    def _put_nodes(self, ids: Iterable[str], kind: Kind, *, is_present: bool) -> None:
        row = {"kind": kind.name, "branch": self._place(kind.is_agnostic), "is_present": is_present, "since": self._now}
        self._storage.insert("node", [{"id": id, **row, "by": self._account} for id in ids])

    # Relationships

    def _remove_edges(self, kind: Kind, relationship: Relationship) -> None:
        """Close the edges of a relationship, unless another one leads along them."""
        kinds = [self._new[name] for name in self._old[relationship.peer].members if name in self._new]
        for other in kinds:
            if any(item.identifier == relationship.identifier for item in other.relationships.values()):
                return
        self._close_edges(kind, relationship)

    def _close_edges(self, kind: Kind, relationship: Relationship) -> None:
        peers = self._contents.peers([kind.name], relationship)
        ends = {end for id, found in peers.items() for peer, _ in found for end in ((id, peer), (peer, id))}
        keys = [(relationship.identifier, *end) for end in sorted(ends)]
        if self._branch != MAIN and not relationship.is_agnostic:
            self._hide_edges(keys)
        else:
            self._close("edge", "identifier = ? and tail = ? and head = ?", keys)

    def _hide_edges(self, keys: Sequence[tuple[str, str, str]]) -> None:
        """Take edges away on a branch, which may see them on the default branch."""
        condition = f"identifier = ? and tail = ? and head = ? and {self._scope.visible('edge', 'edge')}"
        found = [key for key in keys if self._storage.rows(f"select 1 from edge where {condition}", key)]
        self._close("edge", "identifier = ? and tail = ? and head = ?", found)
        row = {"branch": self._branch, "is_present": False, "since": self._now, "by": self._account}
        self._storage.insert(
            "edge", [{"identifier": identifier, "tail": tail, "head": head, **row} for identifier, tail, head in found]
        )

    # Rows

    def _place(self, is_agnostic: bool) -> int:
        return GLOBAL if is_agnostic else self._branch

    def _close(self, table: str, condition: str, keys: Sequence[tuple[Any, ...]]) -> None:
        """End what holds now on the branch itself, and on all branches."""
        where = f"until is null and branch in ({GLOBAL}, {self._branch}) and {condition}"
        self._storage.run(f"update {table} set until = ? where {where}", [(self._now, *key) for key in keys])
