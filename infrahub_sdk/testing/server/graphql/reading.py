"""What resolves the fields of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database import ordering
from infrahub_sdk.testing.server.database.clock import shown
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.selected import asks_for_peers, is_selected
from infrahub_sdk.testing.server.nodes import hierarchy, labels, lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.testing.server.nodes.node import Edge, Group, Node, Value
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = [
    "ancestors",
    "attribute",
    "check_page",
    "descendants",
    "display_label",
    "hfid",
    "node_metadata",
    "page",
    "peer",
    "peers",
    "permissions",
    "properties",
    "relationship_metadata",
    "type_name",
]


def type_name(node: Node, *_: Any) -> str:
    """The name of the concrete type of a node."""
    return node.kind.name


def page(
    _: Any,
    info: Any,
    kind: Kind,
    offset: int | None = None,
    limit: int | None = None,
    order: Mapping[str, Any] | None = None,
    include_available: bool | None = None,
    kinds: list[str] | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """A page of the nodes of a kind."""
    check_page(offset, limit)
    ordering.check(order)
    session: Session = info.context
    found: dict[str, Any] = {"kind": kind}
    if filters.get("hfid") is not None:
        node = lookup.by_hfid(session, kind, filters["hfid"])
        nodes = [node] if node else []
        return {**found, "count": len(nodes), "edges": [{"node": node} for node in nodes]}
    if is_selected(info, "count"):
        found["count"] = session.count(kind, filters)
    if is_selected(info, "edges"):
        by = ordering.asked(kind, order)
        # As the server does, of one node without its order.
        nodes = session.find(kind, filters, [] if limit == 1 else by, offset or 0, limit or None)
        found["edges"] = [{"node": node} for node in nodes]
    return found


def check_page(offset: int | None, limit: int | None) -> None:
    """Refuse a page that begins or ends before the first node.

    Raises:
        Refused: It does.
    """
    for name, number in (("limit", limit), ("offset", offset)):
        if number is not None and number < 0:
            raise Refused(f"{name} is {number}, and may be 0 or more", status=500)


# Attributes


def attribute(node: Node, info: Any) -> _Attribute | None:
    """An attribute of a node."""
    value = node.values.get(info.field_name)
    return None if value is None else _Attribute(value)


class _Attribute:
    """What the GraphQL type of an attribute reads its fields from; those that it has not are made of the value."""

    __slots__ = ("_value", "is_default", "is_protected", "value")

    def __init__(self, value: Value) -> None:
        self._value = value
        self.value = value.value
        self.is_default = value.is_default
        self.is_protected = value.is_protected

    @property
    def id(self) -> str:
        return self._value.id

    @property
    def is_from_profile(self) -> bool:
        return self._value.profile is not None

    @property
    def updated_at(self) -> str:
        return shown(self._value.since)

    @property
    def source(self) -> Node | None:
        return _of_lineage(self._value.node.group, self._value.source, "LineageSource")

    @property
    def owner(self) -> Node | None:
        return _of_lineage(self._value.node.group, self._value.owner, "LineageOwner")

    @property
    def updated_by(self) -> Node | None:
        return self._value.node.group.linked(self._value.by)

    @property
    def permissions(self) -> dict[str, str]:
        node = self._value.node
        return {"update_value": node.group.session.permissions.told(node.kind, "update")}

    def __getattr__(self, name: str) -> Any:
        return self._value.field(name)


def _of_lineage(group: Group, id: str | None, kind: str) -> Node | None:
    node = group.linked(id)
    if node is not None and node.kind.name not in group.session.kinds[kind].members:
        raise Refused(f"{node.kind.name} {node.id!r} cannot be shown here, since it is no {kind}", status=500)
    return node


def hfid(node: Node, info: Any) -> list[str] | None:
    """The human-friendly id of a node."""
    return labels.hfid(node)


def display_label(node: Node, info: Any) -> str:
    """The label of a node."""
    return labels.display_label(node)


# Peers


def peer(node: Node, info: Any) -> dict[str, Any]:
    """The edge to the peer of a relationship to one node."""
    told = node.group.told
    if told is not None and info.field_name not in told and not _asks_for_edge(info):
        return {}
    for edge in node.edges(_relationship(node, info.field_name)):
        return {"node": edge.node, "edge": edge}
    return {}


def _asks_for_edge(info: Any) -> bool:
    return is_selected(info, "properties") or is_selected(info, "relationship_metadata")


def peers(
    node: Node,
    info: Any,
    offset: int | None = None,
    limit: int | None = None,
    order: Mapping[str, Any] | None = None,
    include_descendants: bool | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """The edges to the peers of a relationship to many nodes. Whoever only counts them may ask for any page."""
    are_listed = asks_for_peers(info)
    if are_listed:
        check_page(offset, limit)
    relationship = _relationship(node, info.field_name)
    edges = node.edges(relationship)
    if include_descendants:
        below = info.context.get(hierarchy.below(node)).values()
        edges = list({edge.node.id: edge for one in (node, *below) for edge in one.edges(relationship)}.values())
    kind = info.context.kinds[relationship.peer]
    by = ordering.asked(kind, order) if are_listed else []
    ranks = _ranks(node, relationship, kind, edges, _peer_filters(filters), by)
    edges = sorted((edge for edge in edges if edge.node.id in ranks), key=lambda edge: ranks[edge.node.id])
    part = edges[offset or 0 :][: limit or None] if are_listed else []
    return {"kind": kind, "count": len(edges), "edges": [{"node": edge.node, "edge": edge} for edge in part]}


def ancestors(node: Node, info: Any, **arguments: Any) -> dict[str, Any]:
    """The nodes above a node in its hierarchy."""
    return _relatives(info, hierarchy.top(node), hierarchy.above(node), **arguments)


def descendants(node: Node, info: Any, **arguments: Any) -> dict[str, Any]:
    """The nodes below a node in its hierarchy."""
    return _relatives(info, hierarchy.top(node), hierarchy.below(node), **arguments)


def _relatives(
    info: Any,
    kind: Kind,
    found: list[str],
    offset: int | None = None,
    limit: int | None = None,
    order: Mapping[str, Any] | None = None,
    **filters: Any,
) -> dict[str, Any]:
    are_listed = asks_for_peers(info)
    if are_listed:
        check_page(offset, limit)
    wanted = _peer_filters(filters)
    among = set(wanted.pop("ids", found))
    by = ordering.asked(kind, order) if are_listed else []
    nodes = info.context.find(kind, {**wanted, "ids": [id for id in found if id in among]}, by)
    part = nodes[offset or 0 :][: limit or None] if are_listed else []
    return {"kind": kind, "count": len(nodes), "edges": [{"node": node} for node in part]}


def _relationship(node: Node, name: str) -> Relationship:
    return node.kind.relationships.get(name) or hierarchy.top(node).relationships[name]


def _peer_filters(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Those that count: of the others, the server takes no notice."""
    found = {name: value for name, value in filters.items() if value and "__" in name}
    return {**found, "ids": filters["ids"] or []} if "ids" in filters else found


def _ranks(
    node: Node,
    relationship: Relationship,
    kind: Kind,
    edges: Iterable[Edge],
    filters: dict[str, Any],
    order: list[tuple[str, bool]],
) -> dict[str, int]:
    """Where the peers that pass the filters come in the order, of all nodes of the group at once."""
    group = node.group
    key = (relationship.name, relationship.peer, repr(filters), tuple(order))
    if key not in group.ranks:
        all_edges = [edge for found in group.edges(relationship).values() for edge in found]
        ids = sorted({edge.node.id for edge in (*all_edges, *edges)})
        if filters or order:
            wanted = set(filters.get("ids", ids))
            found = {**filters, "ids": [id for id in ids if id in wanted]}
            ids = [item.id for item in group.session.find(kind, found, order)]
        group.ranks[key] = {id: rank for rank, id in enumerate(ids)}
    return group.ranks[key]


# Edges


def properties(edge: dict[str, Any], info: Any) -> dict[str, Any] | _Properties:
    """The properties of an edge."""
    found: Edge | None = edge.get("edge")
    if found is None:
        return {}
    return _Properties(found)


class _Properties:
    """What the GraphQL type of an edge's properties reads its fields from."""

    __slots__ = ("_edge", "is_protected")

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self.is_protected = bool(edge.is_protected) or None  # the server shows no more of one that is not

    @property
    def updated_at(self) -> str:
        return shown(self._edge.since)

    @property
    def source(self) -> Node | None:
        return _of_lineage(self._edge.node.group, self._edge.source, "LineageSource")

    @property
    def owner(self) -> Node | None:
        return _of_lineage(self._edge.node.group, self._edge.owner, "LineageOwner")


def node_metadata(edge: dict[str, Any], info: Any) -> dict[str, Any] | None:
    """When and by whom a node was made and changed."""
    node: Node | None = edge.get("node")
    if node is None:
        return None
    (made, maker), (changed, changer) = node.created, node.updated
    return {
        "created_at": shown(made),
        "created_by": node.group.linked(maker),
        "updated_at": shown(changed),
        "updated_by": node.group.linked(changer),
    }


def relationship_metadata(edge: dict[str, Any], info: Any) -> dict[str, Any] | None:
    """When and by whom an edge was made and changed."""
    found: Edge | None = edge.get("edge")
    if found is None:
        return None
    when, by = shown(found.since), found.node.group.linked(found.by)
    return {"created_at": when, "created_by": by, "updated_at": when, "updated_by": by}


# What the account may do


def permissions(page: dict[str, Any], info: Any) -> dict[str, Any]:
    """What the account may do with the nodes of a page."""
    session: Session = info.context
    kind: Kind = page["kind"]
    edges = []
    for item in session.kinds.with_members(kind.name):
        told = {action: session.permissions.told(item, action) for action in ("view", "create", "update", "delete")}
        edges.append({"node": {"kind": item.name, **told}})
    return {"count": len(edges), "edges": edges}
