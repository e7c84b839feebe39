"""Searches among nodes, as statements of SQL that read as little as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.testing.server.database.search import among, ends, of_kinds, quoted, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrahub_sdk.testing.server.database.ordering import Term
    from infrahub_sdk.testing.server.database.scope import Scope
    from infrahub_sdk.testing.server.database.search import Condition
    from infrahub_sdk.testing.server.database.storage import Storage
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds

__all__ = ["Finder"]

_FEW = 1_000  # nodes that are sorted at once without a second thought
_MOST_PARTS = 60  # statements that are merged into one
_DEEP = 2_000  # nodes passed over after which a whole list is remembered


class Finder:
    """A search among the nodes of a kind.

    Where a filter leaves few nodes, they are found by it and then sorted. Otherwise they are read in their order from
    an index, until the page is full: from that of the values, or for an order by a peer, from that of its values.

    Args:
        storage: The database.
        kinds: All kinds.
        scope: What is visible.
        kind: The kind to look for.
        conditions: What the nodes have to be like.
    """

    def __init__(
        self, storage: Storage, kinds: Kinds, scope: Scope, kind: Kind, conditions: Sequence[Condition]
    ) -> None:
        self._storage = storage
        self._kinds = kinds
        self._scope = scope
        self._kind = kind
        self._conditions = conditions

    def count(self) -> int:
        """How many there are."""
        is_driven = any(condition.ids for condition in self._conditions)
        conditions = self._among_few() or self._conditions
        sql = f"select count(*) from node n where {self._where(conditions, is_driven=is_driven)}"
        return int(self._storage.remembered(sql, values_of(conditions))[0][0])

    def page(self, terms: Sequence[Term], offset: int, limit: int | None) -> list[tuple[str, str]]:
        """Their ids and kinds.

        Args:
            terms: What to order them by.
            offset: How many to pass over.
            limit: How many at most.
        """
        few = self._among_few()
        sql, found = self._sorted(terms, few) if few else self._ordered(terms)
        if offset > _DEEP:  # the pages that follow are likely to be asked for as well
            end = None if limit is None else offset + limit
            return [row[:2] for row in self._storage.remembered(sql, found)[offset:end]]
        if limit is not None or offset:
            sql, found = f"{sql} limit ? offset ?", [*found, -1 if limit is None else limit, offset]
        return [row[:2] for row in self._storage.rows(sql, found)]

    def _among_few(self) -> list[Condition]:
        """The conditions, with the nodes themselves in place of one that few pass; nothing where many pass each."""
        for number, condition in enumerate(self._conditions):
            if condition.ids:
                rows = self._storage.rows(f"{condition.ids} limit {_FEW}", condition.values)
                if len(rows) < _FEW:
                    others = [other.of_one for other in self._conditions]
                    return [*others[:number], among([id for (id,) in rows]), *others[number + 1 :]]
        return []

    def _where(self, conditions: Sequence[Condition], *, is_driven: bool) -> str:
        # The plus keeps SQLite from going through all nodes of the kind.
        kinds = of_kinds("+n" if is_driven else "n", self._kind)
        return " and ".join([kinds, self._scope.visible("node", "n"), *(item.text for item in conditions)])

    def _sorted(self, terms: Sequence[Term], few: Sequence[Condition]) -> tuple[str, list[Any]]:
        by = [*(f"{term.expression(self._scope)}{term.direction}" for term in terms), "n.id"]
        where = self._where(few, is_driven=True)
        return f"select n.id, n.kind from node n where {where} order by {', '.join(by)}", values_of(few)

    def _ordered(self, terms: Sequence[Term]) -> tuple[str, list[Any]]:
        first = terms[0] if terms else None
        sources = self._sources(first)
        if not sources or len(sources) > _MOST_PARTS:
            first, sources = None, [_Source("n.id", "n.kind", [], f"node n where {of_kinds('n', self._kind)}")]
        rest = terms[1:] if first else terms
        columns = [f"{term.expression(self._scope)} as k{number}" for number, term in enumerate(rest, 1)]
        tests = " and ".join([self._scope.visible("node", "n"), *(item.of_one.text for item in self._conditions)])
        parts = []
        for source in sources:
            shown = ", ".join([f"{source.id} as id", source.kind, *source.key, *columns])
            parts.append(f"select {shown} from {source.rows} and {tests}")
        by = [f"k0{first.direction}"] if first else []
        by += [f"k{number}{term.direction}" for number, term in enumerate(rest, 1)]
        found = values_of(self._conditions) * len(parts)
        return f"{' union all '.join(parts)} order by {', '.join([*by, 'id'])}", found

    def _sources(self, term: Term | None) -> list[_Source]:
        """What gives the nodes in the order of a term, in as many parts as it takes; none where nothing does."""
        if term is None:
            return [
                _Source("n.id", "n.kind", [], f"node n where n.kind = {quoted(name)}") for name in self._kind.members
            ]
        if not term.is_indexed:
            return []
        relationship = term.relationship
        kind = self._kinds[relationship.peer] if relationship else self._kind
        values = [
            (key, f"v.kind = {quoted(name)} and v.name = {quoted(term.attribute)} and {test}")
            for name in kind.members
            for key, test in self._keys(term)
        ]
        if relationship is None:
            joined = "value v cross join node n on n.id = v.node"
            return [_Source("v.node", "v.kind", [key], f"{joined} where {value}") for key, value in values]
        if relationship.is_many or relationship.data["optional"]:
            return []  # who has no peer would be missing
        edge = f"e.identifier = {quoted(relationship.identifier)} and {self._scope.visible('edge', 'e')}"
        return [
            _Source(
                f"e.{own}",
                "n.kind",
                [key],
                f"value v cross join edge e on e.{peer} = v.node cross join node n on n.id = e.{own}"
                f" where {value} and {edge} and {of_kinds('+n', self._kind)}",
            )
            for key, value in values
            for own, peer in ends(relationship)
        ]

    def _keys(self, term: Term) -> list[tuple[str, str]]:
        """What to order the row `v` of a value by, with the condition under which it is that."""
        visible = self._scope.visible("value", "v")
        if term.empty == "null":
            return [("v.value as k0", visible)]
        return [
            ("v.value as k0", f"v.value is not null and {visible}"),
            (f"{term.empty} as k0", f"v.value is null and {visible}"),
        ]


class _Source(NamedTuple):
    """Rows that are read in order: their id, their kind, what they are ordered by, and where they are."""

    id: str
    kind: str
    key: list[str]
    rows: str
