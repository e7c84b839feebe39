"""What changed on a branch in a span of time: nodes, their attributes, and the peers of their relationships."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.storage import MAIN
from infrahub_sdk.testing.server.history.change import (
    ADDED,
    HAS_OWNER,
    HAS_SOURCE,
    HAS_VALUE,
    IS_PROTECTED,
    IS_RELATED,
    NULL,
    REMOVED,
    UNCHANGED,
    UPDATED,
    AttributeChange,
    ElementChange,
    NodeChange,
    PropertyChange,
    RelationshipChange,
)
from infrahub_sdk.testing.server.nodes import labels
from infrahub_sdk.testing.server.session import Session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from infrahub_sdk.testing.server.history.change import Span
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship

__all__ = ["changes"]

_LABEL, _HFID = "display_label", "human_friendly_id"


def changes(session: Session, span: Span, ids: Collection[str] | None = None) -> dict[str, NodeChange]:
    """What a branch changed in a span, by the ids of the nodes.

    What is the same on all branches is left out, and so is what never leaves its branch.

    Args:
        session: A view of the branch.
        span: When.
        ids: The nodes to look at; all by default.
    """
    return _Comparison(session, span, ids).changes()


class _State:
    """What a branch showed at a time of the nodes that changed."""

    def __init__(self, session: Session, at: int, ids: list[str], edges: Iterable[tuple[str, str, str]]) -> None:
        visible = session.branch.scope(at).visible
        self.nodes: dict[str, tuple[str, int]] = {}
        self.values: dict[str, dict[str, tuple[Any, ...]]] = {}
        self.edges: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        sql = f"select id, kind, since from node where id in ({{ids}}) and {visible('node', 'node')}"
        for id, kind, since in _rows(session, sql, ids):
            self.nodes[id] = kind, since
        sql = (
            "select node, name, value, is_protected, owner, source from value"
            f" where node in ({{ids}}) and {visible('value', 'value')}"
        )
        for node, name, *properties in _rows(session, sql, ids):
            if node in self.nodes:
                self.values.setdefault(node, {})[name] = tuple(properties)
        wanted = set(edges)
        sql = (
            "select identifier, tail, head, is_protected, owner, source from edge"
            f" where tail in ({{ids}}) and {visible('edge', 'edge')}"
        )
        for identifier, tail, head, *properties in _rows(session, sql, {edge[1] for edge in wanted}):
            if (identifier, tail, head) in wanted:
                self.edges[identifier, tail, head] = tuple(properties)


class _Comparison:
    def __init__(self, session: Session, span: Span, ids: Collection[str] | None) -> None:
        self._session = session
        self._span = span
        self._ids = ids
        branch = session.branch.number
        # That a branch above the default one is asked for has to be said, to find it by its index.
        self._own = f"branch = {branch}" if branch == MAIN else f"branch = {branch} and branch > {MAIN}"
        self._node_times = {row[0]: row[1] for row in self._touched("node", "id", ["id"])}
        self._value_times = {row[:2]: row[2] for row in self._touched("value", "node, name", ["node"])}
        self._edge_times = {
            row[:3]: row[3] for row in self._touched("edge", "identifier, tail, head", ["tail", "head"])
        }

    def _touched(self, table: str, keys: str, ends: list[str]) -> list[tuple[Any, ...]]:
        """The keys of the rows that the branch changed in the span, each with when it did so last."""
        holds = self._span.holds
        last = f"max(case when {holds('until')} then until else since end)"
        sql = f"select {keys}, {last} from {table} where {self._own} and ({holds('since')} or {holds('until')})"
        if self._ids is None:
            return self._session.storage.rows(f"{sql} group by {keys}")
        rows: dict[tuple[Any, ...], None] = {}
        for end in ends:
            rows.update(dict.fromkeys(_rows(self._session, f"{sql} and {end} in ({{ids}}) group by {keys}", self._ids)))
        return list(rows)

    def changes(self) -> dict[str, NodeChange]:
        """The changes, by the ids of the nodes."""
        ids = {*self._node_times, *(key[0] for key in self._value_times)}
        for _, tail, head in self._edge_times:
            ids |= {tail, head}
        if self._ids is not None:
            ids &= set(self._ids)
        listed = sorted(ids)
        self._before = _State(self._session, self._span.start - 1, listed, self._edge_times)
        self._after = _State(self._session, self._span.finish, listed, self._edge_times)
        found = {id: node for id in listed for node in [self._node(id)] if node is not None}
        for key in self._edge_times:
            self._add_edge(found, key)
        self._add_labels(found)
        return {
            id: _with_relationships(node)
            for id, node in found.items()
            if node.action != UPDATED or node.attributes or any(map(_is_changed, node.relationships.values()))
        }

    def _node(self, id: str) -> NodeChange | None:
        """A node and its attributes; None for one that is not there at either end of the span."""
        before, after = self._before.nodes.get(id), self._after.nodes.get(id)
        row = after or before
        kind = self._kind(row[0]) if row else None
        if row is None or kind is None or kind.data["branch"] == "local":
            return None
        action = UPDATED if before and after else ADDED if after else REMOVED
        at = row[1] if action == UPDATED else self._node_times.get(id, row[1])
        node = NodeChange(id, kind, action, at)
        # What is the same on all branches goes with its node all the same.
        shown = {"aware", "agnostic"} if action == REMOVED else {"aware"}
        for name, attribute in kind.attributes.items():
            if attribute.data["branch"] in shown:
                self._add_attribute(node, name)
        return node

    def _kind(self, name: str) -> Kind | None:
        """A kind as the branch has it, or the default branch when it is gone from there."""
        app = self._session.app
        return self._session.kinds.get(name) or app.kinds(app.branch()).get(name)

    def _add_labels(self, nodes: Mapping[str, NodeChange]) -> None:
        """The labels of nodes and their human-friendly ids, which a real server keeps as attributes."""
        before, after = (
            _labels(Session(self._session.app, self._session.branch, at), nodes)
            for at in (self._span.start - 1, self._span.finish)
        )
        for id, node in nodes.items():
            for name in (_LABEL, _HFID):
                self._add(node, name, before.get((id, name)), after.get((id, name)))

    def _add_attribute(self, node: NodeChange, name: str) -> None:
        before = self._before.values.get(node.id, {}).get(name)
        self._add(node, name, before, self._after.values.get(node.id, {}).get(name))

    def _add(self, node: NodeChange, name: str, before: tuple[Any, ...] | None, after: tuple[Any, ...] | None) -> None:
        if before == after:
            return
        at = self._value_times.get((node.id, name), node.at)
        properties = list(_properties(before, after, (HAS_VALUE, IS_PROTECTED, HAS_OWNER, HAS_SOURCE), at))
        action = ADDED if before is None else REMOVED if after is None else UPDATED
        node.attributes[name] = AttributeChange(name, action, at, properties)

    def _add_edge(self, nodes: Mapping[str, NodeChange], key: tuple[str, str, str]) -> None:
        identifier, tail, head = key
        before, after = self._before.edges.get(key), self._after.edges.get(key)
        if before == after:
            return
        at = self._edge_times[key]
        for id, peer, ways in ((tail, head, "outbound"), (head, tail, "inbound")):
            node = nodes.get(id)
            relationship = _relationship(node.kind, identifier, ways) if node else None
            if node is None or relationship is None or relationship.data["branch"] != "aware":
                continue
            element = _element(peer, before, after, at)
            found = node.relationships.get(relationship.name)
            if found is None:
                found = node.relationships[relationship.name] = RelationshipChange(relationship, UPDATED, at, [])
            found.elements.append(element)
            found.at = max(found.at, at)


def _labels(session: Session, ids: Iterable[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The labels and human-friendly ids of nodes, as if they were attributes; null where the kind has none."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for id, node in session.get(ids).items():
        label = labels.display_label(node) if node.kind.data.get(_LABEL) else None
        hfid = labels.hfid(node) if node.kind.data.get(_HFID) else None
        text = None if hfid is None else json.dumps(hfid, separators=(",", ":"), ensure_ascii=False)
        found.update({(id, _LABEL): (label, False, None, None), (id, _HFID): (text, False, None, None)})
    return found


def _relationship(kind: Kind, identifier: str, way: str) -> Relationship | None:
    """The relationship of a kind that an edge belongs to."""
    found = [item for item in kind.relationships.values() if item.identifier == identifier]
    if len(found) == 1:
        return found[0]
    return next((item for item in found if item.direction in {way, "bidirectional"}), None)


def _element(peer: str, before: tuple[Any, ...] | None, after: tuple[Any, ...] | None, at: int) -> ElementChange:
    names = (IS_PROTECTED, HAS_OWNER, HAS_SOURCE)
    action = ADDED if before is None else REMOVED if after is None else UPDATED
    change = PropertyChange(IS_RELATED, peer if before else None, peer if after else None, action, at)
    if action == UPDATED:
        change.action = UNCHANGED
    return ElementChange(peer, action, at, [change, *_properties(before, after, names, at)])


def _properties(
    before: tuple[Any, ...] | None, after: tuple[Any, ...] | None, names: tuple[str, ...], at: int
) -> Iterator[PropertyChange]:
    for index, name in enumerate(names):
        old = None if before is None else _shown(name, before[index])
        new = None if after is None else _shown(name, after[index])
        if old == new:
            continue
        if before is not None and after is not None:
            action = ADDED if old in {None, NULL} else REMOVED if new in {None, NULL} else UPDATED
        else:
            action = ADDED if before is None else REMOVED
        # Of a null that is gone with its attribute a real server says that it is null still.
        yield PropertyChange(name, old, NULL if (action, old) == (REMOVED, NULL) else new, action, at)


def _shown(name: str, value: Any) -> str | None:
    if name == HAS_VALUE:
        return NULL if value is None else str(value)
    if name == IS_PROTECTED:
        return str(bool(value))
    return None if value is None else str(value)


def _is_changed(change: RelationshipChange) -> bool:
    return any(element.action != UNCHANGED for element in change.elements)


def _with_relationships(node: NodeChange) -> NodeChange:
    """The node, its relationships to one peer as the change from one to the next."""
    for change in node.relationships.values():
        change.elements.sort(key=lambda element: element.peer)
        if change.relationship.is_many:
            continue
        actions = {element.action for element in change.elements}
        change.action = actions.pop() if len(actions) == 1 else UPDATED
        if len(change.elements) > 1:
            change.elements = [_as_one(change.elements)]
    return node


def _as_one(elements: list[ElementChange]) -> ElementChange:
    """The change from the first peer to the last one."""
    ordered = sorted(elements, key=lambda element: (element.at, element.action == ADDED))
    latest = next((element for element in ordered if element.action == ADDED), ordered[-1])
    properties: dict[str, PropertyChange] = {}
    for element in ordered:
        for change in element.properties:
            first = properties.get(change.name)
            if first is None:
                properties[change.name] = change
                continue
            properties[change.name] = PropertyChange(
                change.name, first.before, change.after, _action(first.before, change.after), change.at
            )
    actions = {element.action for element in elements}
    action = UPDATED if {ADDED, REMOVED} <= actions else latest.action
    return ElementChange(latest.peer, action, latest.at, list(properties.values()))


def _action(before: str | None, after: str | None) -> str:
    if before == after:
        return UNCHANGED
    return ADDED if before in {None, NULL} else REMOVED if after in {None, NULL} else UPDATED


def _rows(session: Session, sql: str, ids: Iterable[str]) -> list[tuple[Any, ...]]:
    """The rows of a statement for ids."""
    return session.storage.rows(sql.format(ids="select value from json_each(?)"), [json.dumps(list(ids))])
