"""Nodes as they are read: in groups, so that what one of them needs is read for all at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.search import created, ends, of_kinds, updated
from infrahub_sdk.testing.server.nodes import addresses, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Edge", "Group", "Node", "Value"]

_VALUE = "node, name, value, is_default, is_protected, source, owner, profile, since, by"
_IDS = "(select value from json_each(?))"


class Value:
    """What a node has for an attribute.

    Attributes:
        attribute: The attribute.
        node: The node.
        value: The value.
        is_default: It is the one that the schema gives.
        is_protected: Only its owner may change it.
        source: The id of the node that it comes from, or None.
        owner: The id of the node that it belongs to, or None.
        profile: The id of the profile that gives it, or None.
        since: When it came to be so, in microseconds since 1970.
        by: The id of the account that made it so, or None.
    """

    __slots__ = (
        "attribute",
        "by",
        "is_default",
        "is_protected",
        "node",
        "owner",
        "profile",
        "since",
        "source",
        "value",
    )

    def __init__(self, node: Node, attribute: Attribute, row: Sequence[Any]) -> None:
        self.node = node
        self.attribute = attribute
        value, is_default, is_protected, self.source, self.owner, self.profile, self.since, self.by = row
        self.value = values.loaded(attribute.kind, value)
        self.is_default = bool(is_default)
        self.is_protected = bool(is_protected)
        default = attribute.data["default_value"]
        # What is set to null has its default when it is read again, though not in the answer to who set it.
        if self.value is None and default is not None and attribute.name not in node.group.nulls:
            self.value, self.is_default = default, True

    @property
    def id(self) -> str:
        """Its id, which the database does not keep."""
        from uuid import UUID, uuid5

        return str(uuid5(UUID(self.node.id), self.attribute.name))

    def field(self, name: str) -> Any:
        """What there is of it besides the value: a part of an address, or what a dropdown's choice is called."""
        if self.attribute.kind == "Dropdown":
            for choice in self.attribute.data.get("choices") or ():
                if choice["name"] == self.value:
                    return choice.get(name) or ""
            return ""
        if not self.value:
            return None
        read, fields = addresses.FIELDS[self.attribute.kind]
        return fields[name](read(self.value))


class Edge:
    """The way from a node to a peer.

    Attributes:
        node: The peer.
        is_protected: Only its owner may change it.
        source: The id of the node that it comes from, or None.
        owner: The id of the node that it belongs to, or None.
        since: When it came to be so, in microseconds since 1970.
        by: The id of the account that made it so, or None.
    """

    __slots__ = ("by", "is_protected", "node", "owner", "since", "source")

    def __init__(self, node: Node, properties: Iterable[Any]) -> None:
        self.node = node
        self.is_protected, self.source, self.owner, self.since, self.by = properties

    @property
    def is_from_profile(self) -> bool:
        """A profile gives the peer; it may be gone by now."""
        if self.source is None:
            return False
        session = self.node.group.session
        rows = session.storage.rows("select kind from node where id = ? limit 1", [self.source])
        return any(session.kinds[kind].is_profile for (kind,) in rows if kind in session.kinds)


class Node:
    """A node.

    Attributes:
        id: Its id.
        kind: Its kind.
        group: The nodes that were read together with it.
    """

    __slots__ = ("group", "id", "kind")

    def __init__(self, id: str, kind: Kind, group: Group) -> None:
        self.id = id
        self.kind = kind
        self.group = group

    @property
    def type_name(self) -> str:
        """The name of its GraphQL type."""
        return self.kind.name

    @property
    def values(self) -> dict[str, Value]:
        """What it has for its attributes, by their names."""
        return self.group.values[self.id]

    @property
    def created(self) -> tuple[int, str | None]:
        """When it was made, in microseconds since 1970, and by which account."""
        return self.group.history[self.id][0]

    @property
    def updated(self) -> tuple[int, str | None]:
        """When it was last changed, and by which account; what comes to it or leaves it changes it too."""
        return self.group.history[self.id][1]

    def edges(self, relationship: Relationship) -> list[Edge]:
        """The ways to its peers of a relationship, in no order."""
        return self.group.edges(relationship).get(self.id, [])


class Group:
    """Nodes that were read together.

    Args:
        session: Whose they are.
        found: The ids of the nodes and their kinds.

    Attributes:
        session: Whose they are.
        nodes: The nodes by their ids.
        ranks: Where the peers of a relationship come in an order, for what resolves it.
        told: The relationships to one peer that can be read; all when it is None.
        nulls: The attributes that are null though they have defaults, as a mutation has just made them so.
    """

    def __init__(self, session: Session, found: Iterable[tuple[str, str]]) -> None:
        self.session = session
        kinds = session.kinds
        self.nodes = {id: Node(id, kinds[kind], self) for id, kind in found if kind in kinds}
        if session.seen is not None:
            session.seen.update(self.nodes)
        self._values: dict[str, dict[str, Value]] | None = None
        self._history: dict[str, tuple[tuple[int, str | None], tuple[int, str | None]]] | None = None
        self._edges: dict[tuple[str, str, str], dict[str, list[Edge]]] = {}
        self._linked: dict[str, Node | None] = {}
        self.ranks: dict[Any, dict[str, int]] = {}
        self.told: frozenset[str] | None = None
        self.nulls: frozenset[str] = frozenset()

    @property
    def values(self) -> dict[str, dict[str, Value]]:
        """By the ids of the nodes and the names of the attributes."""
        if self._values is None:
            self._values = {id: {} for id in self.nodes}
            visible = self.session.scope.visible("value", "value")
            for id, name, *row in self._rows(f"select {_VALUE} from value where node in {_IDS} and {visible}"):
                node = self.nodes[id]
                attribute = node.kind.attributes.get(name)
                if attribute is not None:
                    self._values[id][name] = Value(node, attribute, row)
        return self._values

    @property
    def history(self) -> dict[str, tuple[tuple[int, str | None], tuple[int, str | None]]]:
        """When the nodes were made and last changed, and by whom, by their ids."""
        if self._history is None:
            scope = self.session.scope
            columns = [created("since"), created("by"), updated(scope, "since"), updated(scope, "by")]
            visible = scope.visible("node", "n")
            rows = self._rows(f"select n.id, {', '.join(columns)} from node n where n.id in {_IDS} and {visible}")
            self._history = {id: ((since, by), (last, changer)) for id, since, by, last, changer in rows}
        return self._history

    def linked(self, id: str | None) -> Node | None:
        """A node that is the source or the owner of something, or an account that changed it."""
        if id is None:
            return None
        if id not in self._linked:
            self._linked[id] = self.session.get([id]).get(id)
        return self._linked[id]

    def edges(self, relationship: Relationship) -> dict[str, list[Edge]]:
        """The ways to the peers of a relationship, by the ids of the nodes."""
        key = (relationship.identifier, relationship.direction, relationship.peer)
        if key not in self._edges:
            rows = self._edge_rows(relationship)
            peers = Group(self.session, self._peers(relationship, {row[1] for row in rows}))
            edges: dict[str, dict[str, Edge]] = {}
            for node, peer, *properties in rows:
                if peer in peers.nodes and peer != node:  # a node does not see itself
                    edges.setdefault(node, {})[peer] = Edge(peers.nodes[peer], properties)
            self._edges[key] = {node: list(found.values()) for node, found in edges.items()}
        return self._edges[key]

    def _edge_rows(self, relationship: Relationship) -> list[Any]:
        visible = self.session.scope.visible("edge", "e")
        rows = []
        for node, peer in ends(relationship):
            columns = f"e.{node}, e.{peer}, e.is_protected, e.source, e.owner, e.since, e.by"
            sql = f"select {columns} from edge e where e.{node} in {_IDS} and e.identifier = ? and {visible}"
            rows += self._rows(sql, relationship.identifier)
        return rows

    def _peers(self, relationship: Relationship, ids: set[str]) -> list[Any]:
        """The peers that are there, and of the kinds that the relationship leads to."""
        kind, visible = self.session.kinds[relationship.peer], self.session.scope.visible("node", "n")
        which = "" if kind.name == "CoreNode" else f" and {of_kinds('+n', kind)}"
        sql = f"select n.id, n.kind from node n where n.id in {_IDS}{which} and {visible}"
        return self.session.storage.rows(sql, [json.dumps(list(ids))]) if ids else []

    def _rows(self, sql: str, *more: Any) -> list[Any]:
        """The rows of a statement for the ids of the group."""
        return self.session.storage.rows(sql, [json.dumps(list(self.nodes)), *more])
