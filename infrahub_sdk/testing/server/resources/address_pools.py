"""Pools of prefixes and of addresses, which are taken from other prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.resources import ipam, reservations
from infrahub_sdk.testing.server.resources.networks import free_address, free_subnet, network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KINDS", "allocate", "resources"]

KINDS = ("CoreIPPrefixPool", "CoreIPAddressPool")


def allocate(session: Session, pool: Node, wanted: Mapping[str, Any]) -> Node:
    """A new prefix or address; that of before, where it is asked for in the name of the same identifier.

    Args:
        session: Whose view of the data.
        pool: The pool.
        wanted: `identifier`, `prefixlen` (or `size`), `prefix_type`, `member_type`, `address_type`, and `data` for
            other fields of the new node; none of them is needed.

    Raises:
        Refused: Nothing is left, or the new node would break a rule.
    """
    if pool.kind.name not in KINDS:
        raise Refused(f"{pool.values['name'].value} is a {pool.kind.name}, which hands out no nodes", status=500)
    identifier, data = wanted.get("identifier"), dict(wanted.get("data") or {})
    length = wanted.get("prefixlen") or wanted.get("size") or data.get("prefixlen")
    held = reservations.find(session.storage, pool.id, identifier) if identifier else None
    node = session.get([held]).get(held) if held else None
    if node is not None:
        _check_length(pool, node, length)
        return node
    make = _prefix if pool.kind.name == "CoreIPPrefixPool" else _address
    node = make(session, pool, {**data, **{name: item for name, item in wanted.items() if item}}, length, data)
    if identifier:
        reservations.keep(session.storage, pool.id, identifier, node.id)
    return node


def resources(pool: Node) -> list[Node]:
    """The prefixes that a pool takes from: the weightiest first."""
    nodes = [edge.node for edge in pool.edges(pool.kind.relationships["resources"])]
    nodes.sort(key=lambda node: (ipam.network_of(node).version, int(ipam.network_of(node).network_address)))
    if all("allocation_weight" in node.values for node in nodes):
        nodes.sort(key=lambda node: -(node.values["allocation_weight"].value or 0))
    return nodes


def _prefix(session: Session, pool: Node, wanted: Mapping[str, Any], length: Any, data: dict[str, Any]) -> Node:
    length = length or pool.values["default_prefix_length"].value
    if not length:
        raise _problem(pool, "it has no default_prefix_length: say how long the prefix shall be")
    namespace = _namespace(pool)
    for resource in resources(pool):
        within = ipam.network_of(resource)
        taken = [item for id, item in ipam.prefixes_taken(session, within, namespace) if id != resource.id]
        found = free_subnet(within, taken, length)
        if found is not None:
            break
    else:
        raise Refused(f"{_named(pool)} | no prefix of the length {length} is left", status=500)
    kind = _kind(session, pool, wanted.get("prefix_type") or pool.values["default_prefix_type"].value, "prefix_type")
    data["member_type"] = wanted.get("member_type") or pool.values["default_member_type"].value
    return _make(session, kind, {**data, "prefix": found.with_prefixlen, "ip_namespace": namespace})


def _address(session: Session, pool: Node, wanted: Mapping[str, Any], length: Any, data: dict[str, Any]) -> Node:
    kind_name = wanted.get("address_type") or pool.values["default_address_type"].value
    length = length or pool.values["default_prefix_length"].value
    namespace = _namespace(pool)
    for resource in resources(pool):
        within = ipam.network_of(resource)
        if not within.prefixlen <= (length or within.prefixlen) <= within.max_prefixlen:
            raise Refused("Invalid prefix length for current selected prefix")
        taken = ipam.addresses_taken(session, within, namespace)
        found = free_address(within, taken, is_pool=bool(resource.values["is_pool"].value))
        if found is not None:
            text = f"{found}/{length or within.prefixlen}"
            break
    else:
        raise Refused("There are no more addresses available in this pool.", status=409)
    kind = _kind(session, pool, kind_name, "address_type")
    return _make(session, kind, {**data, "address": text, "ip_namespace": namespace})


def _make(session: Session, kind: Kind, fields: Mapping[str, Any]) -> Node:
    from infrahub_sdk.testing.server.nodes import saving

    return saving.create(session, kind, dict(_inputs(kind, fields)))


def _inputs(kind: Kind, fields: Mapping[str, Any]) -> Any:
    """Plain values as a mutation has them; what the kind does not have is passed over."""
    for name, value in fields.items():
        if name in kind.attributes:
            yield name, value if isinstance(value, dict) else {"value": value}
        elif name in kind.relationships:
            items = value if isinstance(value, list) else [value]
            peers = [{"id": item} if isinstance(item, str) else item for item in items]
            yield name, peers if kind.relationships[name].is_many else peers[0]


def _kind(session: Session, pool: Node, name: str | None, what: str) -> Kind:
    if not name:
        raise _problem(pool, f"it has no default_{what}: say of which kind the new node shall be")
    return lookup.kind(session, name)


def _namespace(pool: Node) -> str:
    return next(edge.node.id for edge in pool.edges(pool.kind.relationships["ip_namespace"]))


def _check_length(pool: Node, node: Node, length: int | None) -> None:
    name = "prefix" if ipam.is_prefix(node.kind) else "address"
    value = str(node.values[name].value)
    if length is not None and length != network(value).prefixlen:
        raise Refused(f"{_named(pool)} | {value} is handed out already, and keeps the length of its prefix")


def _problem(pool: Node, words: str) -> Refused:
    return Refused(f"{_named(pool)} | {words}", status=500)


def _named(pool: Node) -> str:
    return f"{pool.kind.name[len('Core') :]}: {pool.values['name'].value}"
