"""What nodes have to be like to be found, as conditions of SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.testing.server.database.clock import microseconds
from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from infrahub_sdk.testing.server.database.scope import Scope
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship

__all__ = ["Condition", "Search", "among", "created", "ends", "of_kinds", "quoted", "updated", "values_of"]

_DAY = 86_400_000_000  # microseconds
_GREATEST = 2**63 - 1  # number of the database
# Kinds of attributes whose values are what their label shows.
_TEXTS = frozenset(
    ("Text", "TextArea", "ID", "Email", "URL", "File", "Color", "Dropdown", "MacAddress", "IPHost", "IPNetwork")
)


class Condition(NamedTuple):
    """A condition on the row `n` of a node.

    Attributes:
        text: The condition.
        values: The values of its placeholders.
        ids: Where it asks whether the node is one of those that a statement gives: the statement.
        alone: The same condition, where it can be asked of a node without finding all others that pass.
    """

    text: str
    values: list[Any]
    ids: str | None = None
    alone: str | None = None

    @property
    def of_one(self) -> Condition:
        """What is best asked of one node after another."""
        return Condition(self.alone or self.text, self.values)


class Search:
    """Makes conditions of filters, such as `name__value`.

    Args:
        kinds: All kinds.
        scope: What is visible.
        labelled: Gives the ids of the nodes of a kind whose display label passes a test.
    """

    def __init__(
        self, kinds: Kinds, scope: Scope, labelled: Callable[[Kind, Callable[[str], bool]], list[str]]
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
            yield among(ids)
        elif field == "hfid":
            yield from self._of_hfid(kind, value)
        elif field == "node_metadata":
            yield from _of_metadata(self._scope, rest, value)
        elif field == "display_label":
            yield self._of_label(kind, rest, value, is_partial)
        elif field == "any":
            yield self._of_value(kind.members, self._names(kind), None, rest, value, is_partial)
        elif field in kind.attributes:
            kept = kind.attributes[field].kind
            yield self._of_value(kind.members, [field], kept, rest, value, is_partial)
        elif field in kind.relationships:
            yield self._of_peer(kind.relationships[field], rest, value, is_partial)
        else:
            raise Refused(f"{kind.name} has nothing that {name} could filter by")

    # Values

    def _names(self, kind: Kind) -> list[str]:
        """The names of all attributes of the nodes of a kind."""
        members = [self._kinds[name] for name in kind.members if name in self._kinds]
        return sorted({name for member in members for name in member.attributes})

    def _of_value(
        self, kinds: Sequence[str], names: list[str], kept: str | None, rest: str, value: Any, is_partial: bool
    ) -> Condition:
        """The condition that a node has a value.

        Args:
            kinds: The kinds of the nodes.
            names: The names of the attributes of which one has to have it.
            kept: The kind of the attribute; None for those of all kinds.
            rest: What of the attribute is asked about.
            value: What it has to be.
            is_partial: A part of it is enough.
        """
        test, found = _test(kept, rest, value, is_partial)
        which = f"v.name in ({_list(names)}) and {self._scope.visible('value', 'v')} and {test}"
        ids = f"select v.node from value v where v.kind in ({_list(kinds)}) and {which}"
        return _among(ids, found, f"exists (select 1 from value v where v.node = n.id and {which})")

    def _of_hfid(self, kind: Kind, hfid: list[str]) -> Iterator[Condition]:
        for path, part in zip(kind.data["human_friendly_id"], hfid):
            if part == "None":  # what stands for a part that is missing
                yield from self._conditions(kind, f"{path.partition('__')[0]}__isnull", True, is_partial=False)
                continue
            attribute = self._attribute_at(kind, path)
            value = _out_of_text(attribute.kind, part)
            if value is None:
                yield Condition("false", [])
            else:
                yield from self._conditions(kind, path, value, is_partial=False)

    def _attribute_at(self, kind: Kind, path: str) -> Attribute:
        """The attribute at the end of a path such as `name__value` or `site__name__value`."""
        field, _, rest = path.partition("__")
        if field in kind.attributes:
            return kind.attributes[field]
        return self._kinds[kind.relationships[field].peer].attributes[rest.partition("__")[0]]

    def _of_label(self, kind: Kind, rest: str, value: Any, is_partial: bool) -> Condition:
        """Labels that are a text of the node are found by it; others are made for all nodes of their kinds."""
        if rest == "isnull":
            return Condition("not ?", [bool(value)])
        wanted = [str(item) for item in (value if rest == "values" else [value])]
        is_part = is_partial and rest == "value"
        members: dict[tuple[str, str], list[str]] = {}
        made: list[str] = []
        for member in (self._kinds[name] for name in kind.members if name in self._kinds):
            attribute = member.attributes.get((member.data.get("display_label") or "").rpartition("__value")[0])
            if attribute is not None and attribute.kind in _TEXTS:
                members.setdefault((attribute.name, attribute.kind), []).append(member.name)
            else:
                made += self._labelled(member, lambda label: _matches(label, wanted, is_part))
        found = [among(made)]
        for (name, kept), kinds in members.items():
            condition = self._of_value(kinds, [name], kept, rest, value, is_partial)
            found.append(condition._replace(alone=f"n.kind in ({_list(kinds)}) and {condition.alone}"))
        return _one_of(found)

    # Peers

    def _of_peer(self, relationship: Relationship, rest: str, value: Any, is_partial: bool) -> Condition:
        if rest == "isnull":
            return self._without_peers(relationship, is_null=bool(value))
        if rest.endswith("__isnull"):
            raise Refused(f"{relationship.name}__{rest} is not there: ask for the value of a peer", status=500)
        hierarchy = relationship.data.get("hierarchical") if rest not in {"id", "ids"} else None
        peer = self._kinds[hierarchy or relationship.peer]
        name = "ids" if rest in {"id", "ids"} else rest
        wanted = {name: [value] if rest == "id" else value, "partial_match": is_partial}
        tests = self.conditions(peer, wanted)
        if hierarchy:  # a field of the parent is looked for in all nodes above, one of the children in all below
            return _among(self._along(relationship, peer, *ends(relationship)[0], tests), values_of(tests))
        return _one_of([self._from_edges(relationship, node, other, tests) for node, other in ends(relationship)])

    def _from_edges(self, relationship: Relationship, node: str, other: str, tests: list[Condition]) -> Condition:
        same = f"e.identifier = {quoted(relationship.identifier)} and {self._scope.visible('edge', 'e')}"
        peer = f"n.id = e.{other} and {self._scope.visible('node', 'n')}"
        peers = [
            f"e.{other} in ({test.ids})" if test.ids else f"exists (select 1 from node n where {peer} and {test.text})"
            for test in tests
        ]
        ids = f"select e.{node} from edge e where {' and '.join([same, *peers])}"
        # The plus keeps SQLite from going through all of the peers for each node.
        one = " and ".join([f"e.{node} = n.id", same, *(f"+{text}" for text in peers)])
        return _among(ids, values_of(tests), f"exists (select 1 from edge e where {one})")

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


def among(ids: Sequence[str]) -> Condition:
    """The condition that a node is one of some."""
    return _among("select value from json_each(?)", [json.dumps(list(ids))])


def _among(ids: str, found: list[Any], alone: str | None = None) -> Condition:
    return Condition(f"n.id in ({ids})", found, ids, alone)


def _one_of(conditions: list[Condition]) -> Condition:
    """The condition that one of some holds, each of which knows the ids of the nodes."""
    ids = " union all ".join(str(condition.ids) for condition in conditions)
    alone = " or ".join(condition.of_one.text for condition in conditions)
    return _among(ids, values_of(conditions), f"({alone})")


def values_of(conditions: Sequence[Condition]) -> list[Any]:
    """The values of the placeholders of some conditions."""
    return [value for condition in conditions for value in condition.values]


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
        return f"{'' if value else 'not '}v.is_protected", []
    if rest in {"source__id", "owner__id"}:
        return f"v.{rest.partition('__')[0]} = ?", [value]
    wanted = list(value) if rest == "values" else [value]
    for item in wanted:
        if not isinstance(item, (str, int, list)) or (isinstance(item, int) and abs(item) > _GREATEST):
            raise Refused(f"{item!r} is nothing to filter by: give texts, booleans or numbers of 64 bits", status=500)
    if is_partial and rest == "value" and kind not in {"Boolean", "Checkbox"}:
        part = str(value).lower()
        return _contains(part), [part]
    if kind == "List":
        same = "l.value in (select value from json_each(?))"
        return f"exists (select 1 from json_each(v.value) l where {same})", [json.dumps(wanted)]
    sought = [values.sought(kind or "Text", item) for item in wanted]
    if len(sought) == 1:
        return "v.value = ?", sought
    return "v.value in (select value from json_each(?))", [json.dumps(sought)]


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
