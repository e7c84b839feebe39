"""Prefixes and addresses: the namespace that they are in, and the tree that they form in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.search import of_kinds
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes.draft import Draft, NewPeer, NewValue
from infrahub_sdk.testing.server.nodes.node import Group
from infrahub_sdk.testing.server.nodes.records import Records
from infrahub_sdk.testing.server.resources.networks import around, beginning, network, span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.resources.networks import Network, Span
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = [
    "ADDRESS",
    "PREFIX",
    "addresses_in",
    "arrange",
    "children",
    "default_namespace",
    "filled",
    "is_ipam",
    "is_prefix",
    "length",
    "namespace_of",
    "network_of",
    "place",
    "prefixes_in",
    "release",
    "utilization",
]

PREFIX, ADDRESS, NAMESPACE = "BuiltinIPPrefix", "BuiltinIPAddress", "BuiltinIPNamespace"
_ENDS = (("tail", "head"), ("head", "tail"))
_FIELDS = ("prefix", "address", "ip_namespace")  # a change of one of them may change the place


def is_prefix(kind: Kind) -> bool:
    """Nodes of the kind are prefixes."""
    return PREFIX in kind.data.get("inherit_from", ())


def is_ipam(kind: Kind) -> bool:
    """Nodes of the kind are prefixes or addresses."""
    return is_prefix(kind) or ADDRESS in kind.data.get("inherit_from", ())


# The namespace


def filled(session: Session, kind: Kind, data: Mapping[str, Any], *, is_new: bool = True) -> Mapping[str, Any]:
    """An input with the default namespace where it names none.

    Args:
        session: Whose view of the data.
        kind: What the input is for.
        data: The input.
        is_new: The node may be new; one that is there stays in its namespace.
    """
    if not is_ipam(kind) or data.get("ip_namespace"):
        return data
    if not is_new:
        return {name: given for name, given in data.items() if name != "ip_namespace"}
    return {**data, "ip_namespace": {"id": default_namespace(session)}}


def default_namespace(session: Session) -> str:
    """The id of the namespace of prefixes and addresses for which none is named.

    Raises:
        Refused: There is none.
    """
    found = session.find(session.kinds["IpamNamespace"], {"default__value": True}, limit=1)
    if not found:
        raise Refused("There is no default IPAM namespace: name the namespace")
    return found[0].id


def namespace_of(node: Node) -> str | None:
    """The id of the namespace of a prefix or an address."""
    return _peer(node, "ip_namespace")


def _peer(node: Node, name: str) -> str | None:
    return next((edge.node.id for edge in node.edges(node.kind.relationships[name])), None)


# The tree


def place(session: Session, id: str, changed: Collection[str] = _FIELDS) -> None:
    """Let a prefix or an address be below the smallest prefix that holds it, and let a prefix have what it holds.

    Args:
        session: Whose view of the data.
        id: Its id.
        changed: The names of the fields that were changed.
    """
    node = session.get([id])[id]
    if not is_ipam(node.kind) or not any(name in changed for name in _FIELDS):
        return
    _hang(session, node, _parent(session, node))
    if not is_prefix(node.kind):
        return
    within = network_of(node)
    inside = [item for item in _inside(session, within, namespace_of(node)) if _may_be_below(item, node)]
    held = {item.id for item in inside} | {node.id}
    for item in children(node):
        if item.id not in held:
            _hang(session, item, _parent(session, item))
    for item in inside:
        if _peer(item, _upward(item.kind)) not in held:
            _hang(session, item, node.id)


def release(session: Session, node: Node, going: Collection[str]) -> None:
    """Give what is below a prefix that is taken away to the one above it.

    Args:
        session: Whose view of the data.
        node: The prefix; nothing is done for other nodes.
        going: The ids of the nodes that are taken away with it.
    """
    if not is_prefix(node.kind):
        return
    above = _peer(node, "parent")
    for item in children(node):
        if item.id not in going:
            _hang(session, item, None if above in going else above)


def arrange(session: Session) -> None:
    """Put all prefixes and addresses of a branch where they belong, after changes of two branches came together."""
    nodes = [node for name in (PREFIX, ADDRESS) for node in session.find(session.kinds[name], {})]
    known = {(namespace_of(node), network_of(node)): node.id for node in nodes if is_prefix(node.kind)}
    for node in nodes:
        within, namespace = network_of(node), namespace_of(node)
        above = (known.get((namespace, network(text))) for text in around(within, _longest(node, within)))
        _hang(session, node, next((id for id in above if id), None))


def children(node: Node) -> list[Node]:
    """The prefixes and addresses right below a prefix."""
    return [edge.node for name in ("children", "ip_addresses") for edge in node.edges(node.kind.relationships[name])]


def network_of(node: Node) -> Network:
    """The network of a prefix, or the address of an address as a network."""
    if is_prefix(node.kind):
        return network(str(node.values["prefix"].value))
    return network(str(node.values["address"].value).partition("/")[0])


def length(node: Node) -> int:
    """How long the prefix of a prefix or an address is."""
    return network(str(node.values["prefix" if is_prefix(node.kind) else "address"].value)).prefixlen


def _longest(node: Node, within: Network) -> int:
    """How long the prefix may be that it is below: one of a single address has no addresses but those of its length."""
    if is_prefix(node.kind):
        return within.prefixlen - 1
    return max(length(node), within.max_prefixlen - 1)


def _upward(kind: Kind) -> str:
    return "parent" if is_prefix(kind) else "ip_prefix"


def _parent(session: Session, node: Node) -> str | None:
    """The id of the smallest prefix that holds a node."""
    within, namespace = network_of(node), namespace_of(node)
    texts = around(within, _longest(node, within))
    found = session.find(session.kinds[PREFIX], {"prefix__values": texts}) if texts else []
    among = [item for item in found if item.id != node.id and namespace_of(item) == namespace]
    return max(among, key=length).id if among else None


def _inside(session: Session, within: Network, namespace: str | None) -> list[Node]:
    """The prefixes and addresses of a namespace that lie in a network."""
    rows = [(id, kind) for name in (PREFIX, ADDRESS) for id, kind, _ in _rows(session, name, within, namespace)]
    return list(Group(session, rows).nodes.values())


def prefixes_in(
    session: Session, within: Network, namespace: str | None, *, everywhere: bool = False
) -> list[tuple[str, Span]]:
    """The ids of the prefixes of a namespace that lie in a network, that of the network itself too, and where they lie.

    Args:
        session: Whose view of the data.
        within: The network.
        namespace: The id of the namespace.
        everywhere: On whichever branch; on that of the session by default.
    """
    rows = _rows(session, PREFIX, within, namespace, everywhere=everywhere)
    return [(id, place) for id, _, place in rows]


def addresses_in(session: Session, within: Network, namespace: str | None, *, everywhere: bool = False) -> list[int]:
    """The addresses of a namespace that lie in a network, see `prefixes_in`."""
    return [place.first for _, _, place in _rows(session, ADDRESS, within, namespace, everywhere=everywhere)]


def _rows(
    session: Session, generic: str, within: Network, namespace: str | None, *, everywhere: bool = False
) -> Iterator[tuple[str, str, Span]]:
    """The ids and the kinds of the prefixes or addresses of a namespace that lie in a network, and where they lie."""
    kind, start, scope = session.kinds[generic], beginning(within), session.scope
    edge, value = (
        ("e.until is null and e.is_present", "v.until is null")
        if everywhere
        else (scope.visible("edge", "e"), scope.visible("value", "v"))
    )
    edges = f"select 1 from edge e where e.identifier = ? and {edge}"
    ends = " or ".join(f"exists ({edges} and e.{own} = v.node and e.{peer} = ?)" for own, peer in _ENDS)
    sql = (
        f"select v.node, v.kind, v.value from value v where {of_kinds('v', kind)} and v.name = ?"
        f" and v.value >= ? and v.value < ? and {value} and ({ends})"
    )
    name = "prefix" if generic == PREFIX else "address"
    bound = [kind.relationships["ip_namespace"].identifier, namespace] * len(_ENDS)
    whole = span(str(within))
    for id, kind_name, text in session.storage.rows(sql, [name, start, f"{start}g", *bound]):
        place = span(text if name == "prefix" else text.partition("/")[0])
        if whole.holds(place):
            yield id, kind_name, place


def _may_be_below(node: Node, prefix: Node) -> bool:
    within = network_of(prefix)
    if node.id == prefix.id or not span(str(within)).holds(span(str(network_of(node)))):
        return False
    return within.prefixlen <= _longest(node, network_of(node))


def _hang(session: Session, node: Node, parent: str | None) -> None:
    """Let a node be below a prefix."""
    name = _upward(node.kind)
    draft = Draft(session, node.kind, node.id, node)
    if _peer(node, name) != parent:
        draft.peers[name] = {parent: NewPeer()} if parent else {}
    if is_prefix(node.kind):
        draft.values["is_top_level"] = NewValue(parent is None, is_default=False)
    Records(session).change(node, draft)


# How much of it is taken


def utilization(prefixes: Iterable[Node], there: Mapping[str, Node] | None = None) -> float:
    """How much of some prefixes is taken by what is right below them, in percent.

    Args:
        prefixes: The prefixes.
        there: The prefixes of another branch by their ids, if what is below them there shall count.
    """
    taken = space = 0
    for node in prefixes:
        holder = node if there is None else there.get(node.id)
        taken += _taken(node, holder) if holder is not None else 0
        space += space_of(node)
    return min(taken / space * 100, 100.0) if space else 0.0


def space_of(node: Node) -> int:
    """How many addresses a prefix has that can be taken."""
    within = network_of(node)
    has_ends = within.version == 4 and within.prefixlen < 31 and not node.values["is_pool"].value
    return within.num_addresses - 2 if has_ends and _has_addresses(node) else within.num_addresses


def _has_addresses(node: Node) -> bool:
    return bool(node.values["member_type"].value == "address")


def _taken(node: Node, holder: Node) -> int:
    """How many addresses of a prefix are taken by what is right below the node that stands for it."""
    if _has_addresses(node):
        return len(holder.edges(holder.kind.relationships["ip_addresses"]))
    below = holder.edges(holder.kind.relationships["children"])
    return sum(network_of(edge.node).num_addresses for edge in below)
