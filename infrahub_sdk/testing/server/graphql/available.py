"""What resolves the queries for all prefixes and all addresses, which also find what is not taken yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from infrahub_sdk.testing.server.database import ordering
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.nodes.node import Edge, Group, Node, Value
from infrahub_sdk.testing.server.resources import ipam, ranges
from infrahub_sdk.testing.server.resources.networks import free_blocks, span, usable
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KINDS", "label", "page"]

KINDS = (ipam.PREFIX, ipam.ADDRESS)
_RANGE, _BLOCK = "InternalIPRangeAvailable", "InternalIPPrefixAvailable"
_MOST = 2**16  # addresses that the label of a range counts


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
    """A page of prefixes or addresses; with what is free between them, where one prefix is asked about."""
    reading.check_page(offset, limit)
    session: Session = info.context
    for name in kinds or ():
        if name not in kind.members:
            raise Refused(f"kinds: {name!r} is no kind of node that a query for {kind.name} finds")
    parent = _parent(session, kind, filters) if include_available else None
    if parent is None and not kinds:
        return reading.page(_, info, kind, offset, limit, order, **filters)
    everything = session.find(kind, filters, ordering.asked(kind, order))
    wanted = [node for node in everything if not kinds or node.kind.name in kinds]
    start = offset or 0
    stop = start + limit if limit else len(wanted)
    shown = wanted[start:stop]
    if parent is not None:
        first = _place(wanted[start - 1]) if 0 < start <= len(wanted) else None
        last = _place(wanted[stop]) if stop < len(wanted) else None
        free = [node for node in _free(parent, kind, everything) if _is_within(_place(node), first, last)]
        shown = sorted([*shown, *free], key=_place)
    return {"kind": kind, "count": session.count(kind, filters), "edges": [{"node": node} for node in shown]}


def label(kind: Kind) -> Callable[..., str]:
    """What resolves the label of nodes of a kind."""
    return _range_label if kind.name == _RANGE else reading.display_label


def _range_label(node: Node, info: Any) -> str:
    """The label of a range of free addresses."""
    first, last = (_start(str(node.values[name].value)) for name in ("address", "last_address"))
    count = last - first + 1
    if count > _MOST:
        return f"Over {_MOST} free addresses"
    return f"{count} free address{'es' if count > 1 else ''}"


def _parent(session: Session, kind: Kind, filters: Mapping[str, Any]) -> Node | None:
    """The prefix that a query is about."""
    ids = filters.get("ip_prefix__ids" if kind.name == ipam.ADDRESS else "parent__ids") or []
    node = session.get(ids[:1]).get(ids[0]) if ids else None
    if node is not None and not ipam.is_prefix(node.kind):
        raise lookup.not_found(ipam.PREFIX, node.id)
    return node


def _place(node: Node) -> tuple[int, int]:
    within = ipam.network_of(node)
    return int(within.network_address), within.prefixlen


def _start(text: str) -> int:
    from ipaddress import ip_interface

    return int(ip_interface(text).ip)


def _is_within(place: tuple[int, int], first: tuple[int, int] | None, last: tuple[int, int] | None) -> bool:
    return (first is None or place > first) and (last is None or place < last)


# What is free


def _free(parent: Node, kind: Kind, taken: Sequence[Node]) -> Iterator[Node]:
    """The nodes that stand for what is free in a prefix; the database has none of them."""
    session, within = parent.group.session, ipam.network_of(parent)
    namespaces = [edge.node for edge in parent.edges(parent.kind.relationships["ip_namespace"])]
    if kind.name == ipam.PREFIX:
        blocks = list(free_blocks(within, (span(str(ipam.network_of(node))) for node in taken)))
        if blocks == [within]:
            blocks = list(within.subnets())
        for block in blocks:
            yield _Free(session, _BLOCK, {"prefix": block.with_prefixlen}, [parent, *namespaces]).node
        return
    first, last = _ends(parent)
    for start, end in ranges.free(first, last, ((at, at) for at, _ in map(_place, taken))):
        base = int(within.network_address)
        one, other = (f"{within[address - base]}/{within.prefixlen}" for address in (start, end))
        values = {"address": one, "last_address": other, "description": f"Free from {one} to {other}"}
        yield _Free(session, _RANGE, values, [parent, *namespaces]).node


def _ends(parent: Node) -> tuple[int, int]:
    """The first and the last address of a prefix that can be taken."""
    within = ipam.network_of(parent)
    are_ends_free = within.version == 6 or within.prefixlen == 31
    return usable(within, is_pool=are_ends_free or bool(parent.values["is_pool"].value))


class _Free(Group):
    """A node that is in no database.

    Args:
        session: Whose it is.
        kind: Its kind.
        given: Its values; others are the defaults.
        peers: The prefix that it is in, and the namespace.

    Attributes:
        node: It.
    """

    def __init__(self, session: Session, kind: str, given: Mapping[str, Any], peers: Sequence[Node]) -> None:
        super().__init__(session, [])
        self.node = node = Node(generate_uuid(), session.kinds.internal[kind], self)
        self.nodes = {node.id: node}
        now = session.storage.now()
        self._values = {node.id: {}}
        for name, attribute in node.kind.attributes.items():
            value = given.get(name, attribute.data["default_value"])
            self._values[node.id][name] = Value(
                node, attribute, (value, name not in given, False, None, None, None, now, None)
            )
        self._history = {node.id: ((now, None), (now, None))}
        self._above: dict[str, Node] = dict(
            zip(("parent", "ip_prefix", "ip_namespace"), (peers[0], peers[0], *peers[1:]))
        )
        self._now = now

    def edges(self, relationship: Relationship) -> dict[str, list[Edge]]:
        """The ways to the prefix and to the namespace."""
        peer = self._above.get(relationship.name)
        return {self.node.id: [Edge(peer, (False, None, None, self._now, None))] if peer else []}
