"""What nodes have to be like to be found, as conditions of SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.testing.server.database.clock import microseconds
from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from infrahub_sdk.testing.server.database.scope import Scope
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship

__all__ = ["Condition", "Search", "created", "ends", "of_kinds", "quoted", "updated"]

_DAY = 86_400_000_000  # microseconds


class Condition(NamedTuple):
    """A condition on the row `n` of a node.

    Attributes:
        text: The condition.
        values: The values of its placeholders.
        ids: Where it asks whether the node is one of those that a statement gives: the statement.
    """

    text: str
    values: list[Any]
    ids: str | None = None


class Search:
    """Makes conditions of filters, such as `name__value`.

    Args:
        kinds: All kinds.
        scope: What is visible.
        labelled: The ids of the nodes of a kind whose display label passes a test; see `Session`.
    """

    def __init__(
        self, kinds: Kinds, scope: Scope, labelled: Callable[[Kind, Callable[[str], bool]], list[str]] | None = None
    ) -> None:
        self._kinds = kinds
        self._scope = scope
        self._labelled = labelled

    def conditions(self, kind: Kind, filters: Mapping[str, Any]) -> list[Condition]:
        """What nodes of a kind have to be like.

        Args:
            kind: The kind.
            filters: What they have, by the names of the filters; None where it does not matter.

        Raises:
            Refused: There is no such filter.
        """
        is_partial = bool(filters.get("partial_match"))
        return [
            condition
            for name, value in filters.items()
            if name != "partial_match" and (value is not None or name == "ids")
            for condition in self._conditions(kind, name, value, is_partial)
        ]

    def _conditions(self, kind: Kind, name: str, value: Any, is_partial: bool) -> Iterator[Condition]:
        field, _, rest = name.partition("__")
        if field in {"id", "ids"}:
            ids = [value] if field == "id" else list(value or ())
            yield _among("select value from json_each(?)", [json.dumps(ids)])
        elif field == "hfid":
            yield from self._of_hfid(kind, value)
        elif field == "node_metadata":
            yield from _of_metadata(self._scope, rest, value)
        elif field == "display_label":
            yield self._of_label(kind, rest, value, is_partial)
        elif field == "any":
            yield _among(*self._nodes_of_value(kind, None, rest, value, is_partial))
        elif field in kind.attributes:
            yield _among(*self._nodes_of_value(kind, kind.attributes[field], rest, value, is_partial))
        elif field in kind.relationships:
            yield self._of_peer(kind.relationships[field], rest, value, is_partial)
        else:
            raise Refused(f"{kind.name} has nothing that {name} could filter by")

    # Values

    def _nodes_of_value(
        self, kind: Kind, attribute: Attribute | None, rest: str, value: Any, is_partial: bool
    ) -> tuple[str, list[Any]]:
        """The statement that gives the nodes that have a value."""
        members = [self._kinds[name] for name in kind.members if name in self._kinds]
        names = [attribute.name] if attribute else sorted({name for item in members for name in item.attributes})
        which = f"{of_kinds('v', kind)} and v.name in ({_list(names)})"
        test, found = _test(attribute.kind if attribute else None, rest, value, is_partial)
        return f"select v.node from value v where {which} and {self._scope.visible('value', 'v')} and {test}", found

    def _of_hfid(self, kind: Kind, hfid: list[str]) -> Iterator[Condition]:
        for path, part in zip(kind.data["human_friendly_id"], hfid):
            if part == "None":  # what stands for a part that is missing
                yield from self._conditions(kind, f"{path.partition('__')[0]}__isnull", True, is_partial=False)
                continue
            attribute = self.attribute_at(kind, path)
            value = _out_of_text(attribute.kind, part)
            if value is None:
                yield Condition("false", [])
            yield from self._conditions(kind, path, value, is_partial=False)

    def attribute_at(self, kind: Kind, path: str) -> Attribute:
        """The attribute at the end of a path such as `name__value` or `site__name__value`."""
        field, _, rest = path.partition("__")
        if field in kind.attributes:
            return kind.attributes[field]
        return self._kinds[kind.relationships[field].peer].attributes[rest.partition("__")[0]]

    def _of_label(self, kind: Kind, rest: str, value: Any, is_partial: bool) -> Condition:
        """Labels that are an attribute's value are found by it; others are made for all nodes of the kind."""
        if rest == "isnull":
            return Condition("not ?", [bool(value)])
        template = kind.data.get("display_label") or ""
        if not kind.is_generic and template.endswith("__value"):
            return next(self._conditions(kind, template[: -len("value")] + rest, value, is_partial))
        wanted = [str(item) for item in (value if rest == "values" else [value])]
        is_part = is_partial and rest == "value"
        ids = self._labelled(kind, lambda label: _matches(label, wanted, is_part)) if self._labelled else []
        return _among("select value from json_each(?)", [json.dumps(ids)])

    # Peers

    def _of_peer(self, relationship: Relationship, rest: str, value: Any, is_partial: bool) -> Condition:
        if rest == "isnull":
            return self._without_peers(relationship, is_null=bool(value))
        hierarchy = relationship.data.get("hierarchical") if rest not in {"id", "ids"} else None
        peer = self._kinds[hierarchy or relationship.peer]
        name = "ids" if rest in {"id", "ids"} else rest
        wanted = {name: [value] if rest == "id" else value, "partial_match": is_partial}
        tests = self.conditions(peer, wanted)
        statements, found = [], []
        if hierarchy:  # a field of the parent is looked for in all nodes above, one of the children in all below
            (node, other), values = ends(relationship)[0], [item for test in tests for item in test.values]
            return _among(self._along(relationship, peer, node, other, tests), values)
        for node, other in ends(relationship):
            statements.append(self._from_edges(relationship, node, other, tests))
            found += [item for test in tests for item in test.values]
        return _among(" union all ".join(statements), found)

    def _from_edges(self, relationship: Relationship, node: str, other: str, tests: list[Condition]) -> str:
        conditions = [f"e.identifier = {quoted(relationship.identifier)}", self._scope.visible("edge", "e")]
        for test in tests:
            if test.ids:
                conditions.append(f"e.{other} in ({test.ids})")
            else:
                peer = f"n.id = e.{other} and {self._scope.visible('node', 'n')} and {test.text}"
                conditions.append(f"exists (select 1 from node n where {peer})")
        return f"select e.{node} from edge e where {' and '.join(conditions)}"

    def _along(self, relationship: Relationship, kind: Kind, node: str, other: str, tests: list[Condition]) -> str:
        start = " and ".join([of_kinds("n", kind), self._scope.visible("node", "n"), *(test.text for test in tests)])
        step = f"e.identifier = {quoted(relationship.identifier)} and {self._scope.visible('edge', 'e')}"
        first = f"select e.{node} from edge e where e.{other} in (select n.id from node n where {start}) and {step}"
        more = f"select e.{node} from found cross join edge e on e.{other} = found.id where {step}"
        return f"with recursive found(id) as ({first} union {more}) select id from found"

    def _without_peers(self, relationship: Relationship, *, is_null: bool) -> Condition:
        same = f"e.identifier = {quoted(relationship.identifier)} and {self._scope.visible('edge', 'e')}"
        there = " or ".join(
            f"exists (select 1 from edge e where e.{node} = n.id and {same})" for node, _ in ends(relationship)
        )
        return Condition(f"{'not ' if is_null else ''}({there})", [])


def ends(relationship: Relationship) -> list[tuple[str, str]]:
    """Which columns of an edge a relationship may have its node and its peer in."""
    outbound, inbound = ("tail", "head"), ("head", "tail")
    if relationship.direction == "bidirectional":
        return [outbound, inbound]
    return [outbound if relationship.direction == "outbound" else inbound]


def of_kinds(alias: str, kind: Kind) -> str:
    """The condition that a row is about a node of a kind."""
    return f"{alias}.kind in ({_list(kind.members)})"


def quoted(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def created(column: str) -> str:
    """The expression for when, or by whom, the node `n` was made."""
    return f"(select m.{column} from node m where m.id = n.id order by m.since limit 1)"


def updated(scope: Scope, column: str) -> str:
    """The expression for when, or by whom, the node `n` was last changed: itself, a value, or an edge of it."""
    changes = [
        f"select since, by from node where id = n.id and {_until(scope, 'since')}",
        f"select v.since, v.by from value v where v.node = n.id and {scope.visible('value', 'v')}",
    ]
    for end, other in (("tail", "head"), ("head", "tail")):
        # A new node that names this one as a peer does not change it; one that is taken away does.
        is_new = f"exists (select 1 from node m where m.id = edge.{other} and m.since = edge.since)"
        changes.append(f"select since, by from edge where {end} = n.id and {_until(scope, 'since')} and not {is_new}")
        changes.append(f"select until, by from edge where {end} = n.id and {_until(scope, 'until')}")
    return f"(select {column} from ({' union all '.join(changes)}) order by since desc limit 1)"


def _until(scope: Scope, column: str) -> str:
    """The condition that something happened where a branch sees it."""
    own = f"branch in ({GLOBAL}, {scope.branch})" + (f" and {column} <= {scope.at}" if scope.at is not None else "")
    if scope.branch == MAIN:
        return own
    return f"({own} or branch = {MAIN} and {column} <= {min(scope.forked_at, scope.at or scope.forked_at)})"


def _among(ids: str, found: list[Any]) -> Condition:
    return Condition(f"n.id in ({ids})", found, ids)


def _list(names: Any) -> str:
    return ", ".join(quoted(name) for name in names)


def _matches(text: str, wanted: list[str], is_part: bool) -> bool:
    return wanted[0].lower() in text.lower() if is_part else text in wanted


def _out_of_text(kind: str, text: str) -> Any:
    """The value of an attribute that a part of a human-friendly id stands for; None for none."""
    if kind in {"Number", "NumberPool", "Bandwidth"}:
        return int(text) if text.lstrip("-").isdigit() else None
    if kind in {"Boolean", "Checkbox"}:
        return {"True": True, "False": False}.get(text)
    return text


def _test(kind: str | None, rest: str, value: Any, is_partial: bool) -> tuple[str, list[Any]]:
    """The condition on a row `v` of a value."""
    if rest == "isnull":
        # The server looks for a part of what no value has.
        return "false" if is_partial else f"v.value is {'' if value else 'not '}null", []
    if rest == "is_protected":
        return "v.is_protected = ?", [int(value)]
    if rest in {"source__id", "owner__id"}:
        return f"v.{rest.partition('__')[0]} = ?", [value]
    wanted = list(value) if rest == "values" else [value]
    if is_partial and rest == "value" and kind not in {"Boolean", "Checkbox"}:
        part = str(value).lower()
        return _contains(part), [part]
    if kind == "List":
        same = "l.value in (select value from json_each(?))"
        return f"exists (select 1 from json_each(v.value) l where {same})", [json.dumps(wanted)]
    sought = [values.sought(kind or "Text", item) for item in wanted]
    return f"v.value in ({', '.join('?' * len(sought))})", sought


def _contains(part: str) -> str:
    # SQLite's own function knows the letters of ASCII only.
    return f"instr({'lower' if part.isascii() else 'lowered'}(v.value), ?)"


def _of_metadata(scope: Scope, rest: str, value: Any) -> Iterator[Condition]:
    what, _, how = rest.partition("__")
    column = "since" if what.endswith("_at") else "by"
    expression = created(column) if what.startswith("created") else updated(scope, column)
    if column == "by":
        ids = value if how == "ids" else [value]
        yield Condition(f"{expression} in (select value from json_each(?))", [json.dumps(list(ids))])
        return
    moment = microseconds(value if isinstance(value, str) else value.isoformat())
    if how:
        yield Condition(f"{expression} {'<' if how == 'before' else '>'} ?", [moment])
    elif moment % _DAY:
        yield Condition(f"{expression} = ?", [moment])
    else:  # midnight stands for the whole day
        yield Condition(f"{expression} >= ? and {expression} < ?", [moment, moment + _DAY])
