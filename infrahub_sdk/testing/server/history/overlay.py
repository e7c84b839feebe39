"""A branch's own rows: moved to the default branch by a merge, put on top of its latest state by a rebase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from infrahub_sdk.testing.server.history.choices import Choices
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Overlay"]


@dataclass(frozen=True)
class _Table:
    """The columns of a table: what a row is about, what belongs to it, and its properties.

    Those of one group change together.
    """

    name: str
    keys: tuple[str, ...]
    kept: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]

    @property
    def properties(self) -> list[str]:
        return [name for group in self.groups for name in group]


_NODE = _Table("node", ("id",), ("kind", "by"), (("is_present",),))
_VALUE = _Table(
    "value",
    ("node", "name"),
    ("kind", "by"),
    (("value", "is_default", "profile"), ("is_protected",), ("source",), ("owner",)),
)
_EDGE = _Table(
    "edge", ("identifier", "tail", "head"), ("by",), (("is_present",), ("is_protected",), ("source",), ("owner",))
)


class _Row:
    """A row of a branch, beside what the default branch had when the branch left it, and what it has now.

    Attributes:
        fields: What the row is about, and what belongs to it.
        own: The properties on the branch.
        fork: Those that the default branch had, or None.
        there: Those that it has, or None.
        numbers: The numbers of the row of the branch, and of that which the default branch has.
        kept: The properties that stay as the default branch has them.
    """

    def __init__(self, table: _Table, values: Sequence[Any]) -> None:
        own, there, fork, *rest = values
        names = table.properties
        size, start = len(names), len(table.keys) + len(table.kept)
        self.fields = dict(zip((*table.keys, *table.kept), rest))
        sides = (dict(zip(names, rest[start + side * size : start + (side + 1) * size])) for side in range(3))
        self.own, there_, fork_ = sides
        self.there = None if there is None else there_
        self.fork = None if fork is None else fork_
        self.numbers = (own, there)
        self.kept: set[str] = set()
        self._groups = table.groups

    @property
    def is_change(self) -> bool:
        """The branch has something else than it had when it left the default branch."""
        if self.fork is None:
            return bool(self.own.get("is_present", True))
        return self.own != self.fork

    @property
    def merged(self) -> dict[str, Any]:
        """The properties with both branches' changes; where both changed one, the branch's unless it is kept."""
        if self.there is None or (self.fork is None and not self.kept):
            return self.own
        merged: dict[str, Any] = {}
        for group in self._groups:
            is_own = self.kept.isdisjoint(group) and any(
                self.fork is None or self.own[name] != self.fork[name] for name in group
            )
            merged.update({name: (self.own if is_own else self.there)[name] for name in group})
        return merged


class Overlay:
    """The rows that a branch has of its own.

    A row holds several properties, and each branch may have changed others of them: a property that the branch did not
    change since it left the default branch is what it is there now.

    Args:
        session: A view of the branch.
    """

    def __init__(self, session: Session) -> None:
        self._kinds = session.kinds
        self._storage = session.storage
        self._branch = session.branch
        self._own = f"branch = {session.branch.number} and branch > {MAIN}"

    def move(self, now: int, choices: Choices) -> None:
        """Let the default branch have what the branch has, but for what never leaves its branch.

        Args:
            now: When, in microseconds since 1970.
            choices: What the default branch keeps.
        """
        nodes = [row for row in self._rows(_NODE) if row.is_change and not self._is_local(row.fields["kind"])]
        self._put(_NODE, nodes, now)
        self._end_all_of([row.fields["id"] for row in nodes if not row.own["is_present"]], now)
        values = [row for row in self._changes(_VALUE, choices) if self._may_have(row.fields)]
        self._put(_VALUE, values, now)
        self._fill([row.fields for row in nodes if row.own["is_present"] and row.there is None], now)
        local = self._local_identifiers()
        edges = [row for row in self._changes(_EDGE, choices) if row.fields["identifier"] not in local]
        self._put(_EDGE, [row for row in edges if not row.own["is_present"] or self._has_ends(row.fields)], now)
        choices.settle(self._storage, now)

    def lift(self, now: int) -> None:
        """Put the rows on top of what the default branch has now, as if they all were made now.

        Args:
            now: When, in microseconds since 1970.
        """
        for table in (_NODE, _VALUE, _EDGE):
            self._storage.rows(f"delete from {table.name} where {self._own} and until is not null")
            rows = list(self._rows(table))
            gone = [row.numbers[:1] for row in rows if not row.is_change]
            self._storage.run(f"delete from {table.name} where rowid = ?", gone)
            settings = ", ".join(f"{name} = ?" for name in table.properties)
            changed = [row for row in rows if row.is_change and row.merged != row.own]
            self._storage.run(
                f"update {table.name} set {settings} where rowid = ?",
                [(*row.merged.values(), row.numbers[0]) for row in changed],
            )
            self._storage.rows(f"update {table.name} set since = ? where {self._own}", [now])

    def _rows(self, table: _Table) -> Iterator[_Row]:
        sides = ("own", "there", "fork")
        names = [f"{side}.{name}" for side in sides for name in table.properties]
        names = [*(f"{side}.rowid" for side in sides), *(f"own.{name}" for name in (*table.keys, *table.kept)), *names]
        fork = self._branch.forked_at
        sql = (
            f"select {', '.join(names)} from {table.name} own"
            f" left join {table.name} there on {_same('there', table)} and there.until is null"
            f" left join {table.name} fork on {_same('fork', table)} and fork.since <= {fork}"
            f" and (fork.until is null or fork.until > {fork})"
            f" where own.branch = {self._branch.number} and own.branch > {MAIN} and own.until is null"
        )
        return (_Row(table, values) for values in self._storage.rows(sql))

    def _changes(self, table: _Table, choices: Choices) -> Iterator[_Row]:
        """What the branch changed, but for the values and edges that stay as the default branch has them."""
        for row in self._rows(table):
            row.kept = choices.kept(row.fields)
            is_kept = "is_present" in row.kept or ("value" in row.kept and row.there is None)
            if row.is_change and not is_kept:
                yield row

    # What may leave the branch

    def _is_local(self, kind: str) -> bool:
        return kind in self._kinds and self._kinds[kind].data["branch"] == "local"

    def _may_have(self, value: dict[str, Any]) -> bool:
        kind = self._kinds.get(value["kind"])
        attribute = kind.attributes.get(value["name"]) if kind else None
        if kind is None or attribute is None or "local" in {kind.data["branch"], attribute.data["branch"]}:
            return False
        return self._is_there(value["node"])

    def _local_identifiers(self) -> set[str]:
        relationships = (item for kind in self._kinds.values() for item in kind.relationships.values())
        return {item.identifier for item in relationships if item.data["branch"] == "local"}

    def _has_ends(self, edge: dict[str, Any]) -> bool:
        return self._is_there(edge["tail"]) and self._is_there(edge["head"])

    def _is_there(self, id: str) -> bool:
        sql = f"select 1 from node where id = ? and branch in ({GLOBAL}, {MAIN}) and until is null"
        return bool(self._storage.rows(sql, [id]))

    # Writing to the default branch

    def _put(self, table: _Table, rows: Iterable[_Row], now: int) -> None:
        """Replace the rows of the default branch; one that is not present is only ended."""
        rows = [row for row in rows if row.merged != row.there]
        ended = [(now, row.numbers[1]) for row in rows if row.there is not None]
        self._storage.run(f"update {table.name} set until = ? where rowid = ?", ended)
        made = [{**row.fields, **row.merged, "branch": MAIN, "since": now} for row in rows]
        self._storage.insert(table.name, [row for row in made if row.get("is_present", True)])

    def _fill(self, nodes: Iterable[dict[str, Any]], now: int) -> None:
        """Give new nodes of the default branch the defaults of what stayed on the branch."""
        rows = []
        for node in nodes:
            for attribute in self._kinds[node["kind"]].attributes.values():
                if attribute.data["branch"] == "local":
                    value = values.stored(attribute.kind, attribute.data.get("default_value"))
                    row = {
                        "node": node["id"],
                        "kind": node["kind"],
                        "name": attribute.name,
                        "branch": MAIN,
                        "since": now,
                    }
                    rows.append({**row, "value": value, "is_default": True, "by": node["by"]})
        self._storage.insert("value", rows)

    def _end_all_of(self, ids: Sequence[str], now: int) -> None:
        """End on the default branch what belongs to nodes that are gone."""
        for table, column in (("value", "node"), ("edge", "tail"), ("edge", "head")):
            sql = f"update {table} set until = ? where {column} = ? and branch = {MAIN} and until is null"
            self._storage.run(sql, [(now, id) for id in ids])


def _same(alias: str, table: _Table) -> str:
    """The condition that a row of the default branch is about the same as one of the branch."""
    return " and ".join([*(f"{alias}.{key} = own.{key}" for key in table.keys), f"{alias}.branch = {MAIN}"])
