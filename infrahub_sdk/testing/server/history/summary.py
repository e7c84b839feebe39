"""What a difference shows: its nodes with their labels, paths, parents and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database import clock
from infrahub_sdk.testing.server.history.change import ADDED, REMOVED, UNCHANGED, UPDATED, Place
from infrahub_sdk.testing.server.nodes import labels
from infrahub_sdk.testing.server.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.testing.server.history.change import (
        AttributeChange,
        Conflict,
        ElementChange,
        NodeChange,
        PropertyChange,
        RelationshipChange,
        Span,
    )
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Relationship

__all__ = ["counted", "shown_nodes", "unchanged"]

_WITH_LABELS = {"IS_RELATED", "HAS_OWNER", "HAS_SOURCE"}


def shown_nodes(session: Session, span: Span, diff: Mapping[str, NodeChange]) -> list[dict[str, Any]]:
    """The nodes of a difference, and those above them, as GraphQL shows them; by their labels.

    Args:
        session: A view of the branch.
        span: When the changes were made.
        diff: The changes, by the ids of the nodes.
    """
    return _Shower(session, span, diff).nodes()


def unchanged(id: str, kind: str, label: str, parent: dict[str, Any] | None) -> dict[str, Any]:
    """A node that is shown for nothing but what is below it.

    Args:
        id: Its id.
        kind: The name of its kind.
        label: Its display label.
        parent: The node above it, as it is shown.
    """
    return {
        "uuid": id,
        "kind": kind,
        "label": label,
        "status": UNCHANGED,
        "path_identifier": Place(id).shown,
        "contains_conflict": False,
        "parent": parent,
        "attributes": [],
        "relationships": [],
        **counted((), of_conflicts=0),
    }


def counted(items: Iterable[Any], *, of_conflicts: int) -> dict[str, int]:
    """How many of some changes added, updated and removed something."""
    actions = [item["status"] for item in items]
    counts = {name: actions.count(action) for name, action in _COUNTS.items()}
    return {**counts, "num_conflicts": of_conflicts}


_COUNTS = {"num_added": ADDED, "num_updated": UPDATED, "num_removed": REMOVED}


class _Shower:
    def __init__(self, session: Session, span: Span, diff: Mapping[str, NodeChange]) -> None:
        self._diff = diff
        self._parents: dict[str, tuple[str, str, str]] = {}  # id, kind and the name of the way back, by the child's id
        self._above: dict[str, Node] = {}
        app, branch = session.app, session.branch
        self._now = Session(app, branch, span.finish)
        main = Session(app, app.branch(), span.start - 1 if branch.is_default else span.finish)
        ids = list(_mentioned(diff))
        found = self._now.get(ids)
        self._find_parents([found[id] for id in diff if id in found])
        self._labels = {id: labels.display_label(node) for id, node in {**found, **self._above}.items()}
        self._old_labels = {id: labels.display_label(node) for id, node in main.get(ids).items()}

    def nodes(self) -> list[dict[str, Any]]:
        shown = [self._node(node) for node in self._diff.values()]
        above = [node for node in self._above.values() if node.id not in self._diff]
        shown += [unchanged(node.id, node.kind.name, self._labels[node.id], self._parent(node.id)) for node in above]
        self._count_below(shown)
        shown.sort(key=lambda node: (node["label"], node["uuid"]))
        return shown

    # Parents

    def _count_below(self, shown: list[dict[str, Any]]) -> None:
        """Count the conflicts of nodes at those above them too."""
        nodes = {node["uuid"]: node for node in shown}
        for id, number in [(node["uuid"], node["num_conflicts"]) for node in shown]:
            while id in self._parents:
                id = self._parents[id][0]
                nodes[id]["num_conflicts"] += number
                nodes[id]["contains_conflict"] = nodes[id]["num_conflicts"] > 0

    def _find_parents(self, nodes: list[Node]) -> None:
        """Find the nodes above some nodes, and above those, and so on."""
        while nodes:
            above: dict[str, Node] = {}
            for node in nodes:
                relationship = _to_parent(node)
                if relationship is None:
                    continue
                for edge in node.edges(relationship):
                    parent = edge.node
                    self._parents[node.id] = (parent.id, parent.kind.name, _way_back(parent, relationship))
                    if parent.id not in self._above:
                        above[parent.id] = parent
            self._above.update(above)
            nodes = list(above.values())

    def _parent(self, id: str) -> dict[str, Any] | None:
        if id not in self._parents:
            return None
        uuid, kind, name = self._parents[id]
        return {"uuid": uuid, "kind": kind, "relationship_name": name}

    # Changes

    def _node(self, node: NodeChange) -> dict[str, Any]:
        attributes = [self._attribute(node.id, item) for _, item in sorted(node.attributes.items())]
        relationships = [self._relationship(node.id, item) for _, item in sorted(node.relationships.items())]
        fields = [*attributes, *relationships]
        number = _conflicts_in(fields) + (node.conflict is not None)
        return {
            "uuid": node.id,
            "kind": node.kind.name,
            "label": self._label(node.id, is_old=node.action == REMOVED) or "",
            "status": node.action,
            "path_identifier": Place(node.id).shown,
            "conflict": self._conflict(node.conflict),
            "contains_conflict": number > 0,
            "last_changed_at": clock.shown(node.at),
            "parent": self._parent(node.id),
            "attributes": attributes,
            "relationships": relationships,
            **counted(fields, of_conflicts=number),
        }

    def _attribute(self, node: str, change: AttributeChange) -> dict[str, Any]:
        place = Place(node, change.name)
        properties = [self._property(place, item) for item in change.properties]
        found = [item for item in properties if item["conflict"]]
        conflict = None
        for item in properties:
            if item["property_type"] == "HAS_VALUE":  # its conflict is shown as that of the attribute
                conflict, item["conflict"] = item["conflict"], None
        return {
            "name": change.name,
            "last_changed_at": clock.shown(change.at),
            "status": change.action,
            "path_identifier": place.shown,
            "properties": properties,
            "contains_conflict": bool(found),
            "conflict": conflict,
            **counted(properties, of_conflicts=len(found)),
        }

    def _relationship(self, node: str, change: RelationshipChange) -> dict[str, Any]:
        relationship = change.relationship
        place = Place(node, relationship.name, relationship=relationship)
        elements = [self._element(place, item) for item in change.elements]
        return {
            "name": relationship.name,
            "label": relationship.data.get("label") or "",
            "last_changed_at": clock.shown(change.at),
            "cardinality": "MANY" if relationship.is_many else "ONE",
            "status": change.action,
            "path_identifier": place.shown,
            "elements": elements,
            "contains_conflict": any(item["contains_conflict"] for item in elements),
            **counted(elements, of_conflicts=_conflicts_in(elements)),
        }

    def _element(self, place: Place, change: ElementChange) -> dict[str, Any]:
        properties = [self._property(place, item) for item in change.properties]
        conflicts = sum(item["conflict"] is not None for item in properties) + (change.conflict is not None)
        return {
            "last_changed_at": clock.shown(change.at),
            "status": change.action,
            "peer_id": change.peer,
            "peer_label": self._label(change.peer, is_old=change.action == REMOVED),
            "path_identifier": place.shown,
            "contains_conflict": bool(conflicts),
            "conflict": self._conflict(change.conflict),
            "properties": properties,
            **counted(properties, of_conflicts=conflicts),
        }

    def _property(self, place: Place, change: PropertyChange) -> dict[str, Any]:
        has_labels = change.name in _WITH_LABELS
        return {
            "property_type": change.name,
            "last_changed_at": clock.shown(change.at),
            "previous_value": change.before,
            "new_value": change.after,
            "previous_label": self._label(change.before, is_old=True) if has_labels else None,
            "new_label": self._label(change.after) if has_labels else None,
            "status": change.action,
            "path_identifier": place._replace(of_property=change.name).shown,
            "conflict": self._conflict(change.conflict),
        }

    def _conflict(self, conflict: Conflict | None) -> dict[str, Any] | None:
        if conflict is None:
            return None
        shown: dict[str, Any] = {"uuid": conflict.id, "selected_branch": conflict.selected}
        for side, (action, value, at), is_old in (("base", conflict.base, True), ("diff", conflict.diff, False)):
            shown[f"{side}_branch_action"] = action
            shown[f"{side}_branch_value"] = value
            shown[f"{side}_branch_changed_at"] = clock.shown(at)
            shown[f"{side}_branch_label"] = self._label(value, is_old=is_old)
        return {**shown, "resolvable": conflict.is_resolvable}

    def _label(self, id: str | None, *, is_old: bool = False) -> str | None:
        """The label of a node on the branch, or before the change."""
        return None if id is None else (self._old_labels if is_old else self._labels).get(id)


def _conflicts_in(items: Iterable[Mapping[str, Any]]) -> int:
    return sum(item["num_conflicts"] for item in items)


def _mentioned(diff: Mapping[str, NodeChange]) -> dict[str, None]:
    """The ids of the nodes that a difference shows, and whatever else its values are."""
    ids = dict.fromkeys(diff)
    for node in diff.values():
        for attribute in node.attributes.values():
            ids.update(_values(attribute.properties))
        for relationship in node.relationships.values():
            for element in relationship.elements:
                ids[element.peer] = None
                ids.update(_values(element.properties))
                ids.update(_sides(element.conflict))
    return ids


def _values(properties: Iterable[PropertyChange]) -> dict[str, None]:
    ids: dict[str, None] = {}
    for change in properties:
        if change.name in _WITH_LABELS:
            ids.update((value, None) for value in (change.before, change.after) if value)
            ids.update(_sides(change.conflict))
    return ids


def _sides(conflict: Conflict | None) -> dict[str, None]:
    values = (conflict.base[1], conflict.diff[1]) if conflict else ()
    return {value: None for value in values if value}


def _to_parent(node: Node) -> Relationship | None:
    """The relationship that leads to what a node is a part of, or is below in a hierarchy."""
    for relationship in node.kind.relationships.values():
        if relationship.data["kind"] == "Parent":
            return relationship
    return node.kind.relationships.get("parent") if node.kind.data.get("hierarchy") else None


def _way_back(parent: Node, relationship: Relationship) -> str:
    """The name of the relationship that leads back from a parent."""
    found = [item for item in parent.kind.relationships.values() if item.identifier == relationship.identifier]
    if len(found) > 1:
        back = {"inbound": "outbound", "outbound": "inbound"}.get(relationship.direction)
        found = [item for item in found if item.direction == back]
    return found[0].name if found else "undefined"
