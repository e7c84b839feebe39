"""Pools of prefixes and of addresses, which are taken from other prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.resources import ipam, reservations
from infrahub_sdk.testing.server.resources.networks import free_address, free_subnet, network, span

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
    identifier, data = wanted.get("identifier"), _fields(pool, wanted.get("data"))
    length = _length(pool, wanted, data)
    held = reservations.find(session.storage, pool.id, identifier) if identifier else None
    node = session.get([held]).get(held) if held else None
    if node is not None:
        _check_length(pool, node, length)
        return node
    make = _prefix if pool.kind.name == "CoreIPPrefixPool" else _address
    length = length or pool.values["default_prefix_length"].value
    node = make(session, pool, {**data, **{name: item for name, item in wanted.items() if item}}, length, data)
    if identifier:
        reservations.keep(session.storage, pool.id, identifier, node.id)
    return node


def _fields(pool: Node, given: Any) -> dict[str, Any]:
    """The other fields of a new node that an input names."""
    if not isinstance(given or {}, dict):
        raise _problem(pool, "data has to be an object")
    for name in (_value_of(pool), "ip_namespace"):
        if given and name in given:
            raise _problem(pool, f"{name} is not for data: the pool chooses it")
    return dict(given or {})


def _length(pool: Node, wanted: Mapping[str, Any], data: Mapping[str, Any]) -> int | None:
    """How long the prefix shall be, as far as an input says it."""
    named = (wanted.get("prefixlen"), wanted.get("size"), data.get("prefixlen"))
    length = next((item for item in named if item is not None), None)
    if length is not None and not isinstance(length, int):
        raise _problem(pool, f"{length!r} is not the length of a prefix")
    return length


def resources(pool: Node) -> list[Node]:
    """The prefixes that a pool takes from: the weightiest first."""
    nodes = [edge.node for edge in pool.edges(pool.kind.relationships["resources"])]
    nodes.sort(key=lambda node: span(str(ipam.network_of(node))))
    if all("allocation_weight" in node.values for node in nodes):
        nodes.sort(key=lambda node: -(node.values["allocation_weight"].value or 0))
    return nodes


def _prefix(session: Session, pool: Node, wanted: Mapping[str, Any], length: int | None, data: dict[str, Any]) -> Node:
    if not length:
        raise _problem(pool, "it has no default_prefix_length: say how long the prefix shall be")
    namespace = _namespace(pool)
    for resource in resources(pool):
        within = ipam.network_of(resource)
        taken = ipam.prefixes_in(session, within, namespace, everywhere=True)
        found = free_subnet(within, (place for id, place in taken if id != resource.id), length)
        if found is not None:
            break
    else:
        raise Refused(f"{_named(pool)} | no prefix of the length {length} is left", status=500)
    kind = _kind(session, pool, wanted.get("prefix_type") or pool.values["default_prefix_type"].value, "prefix_type")
    data["member_type"] = wanted.get("member_type") or pool.values["default_member_type"].value
    return _make(session, pool, kind, {**data, "prefix": found.with_prefixlen, "ip_namespace": namespace})


def _address(session: Session, pool: Node, wanted: Mapping[str, Any], length: int | None, data: dict[str, Any]) -> Node:
    kind_name = wanted.get("address_type") or pool.values["default_address_type"].value
    namespace = _namespace(pool)
    for resource in resources(pool):
        within = ipam.network_of(resource)
        if not within.prefixlen <= (length or within.prefixlen) <= within.max_prefixlen:
            raise Refused(
                f"Addresses of {within} have a length of {within.prefixlen} to {within.max_prefixlen}, not {length}"
            )
        taken = ipam.addresses_in(session, within, namespace, everywhere=True)
        found = free_address(within, taken, is_pool=bool(resource.values["is_pool"].value))
        if found is not None:
            text = f"{found}/{length or within.prefixlen}"
            break
    else:
        raise Refused(f"{_named(pool)} | no address is left", status=409)
    kind = _kind(session, pool, kind_name, "address_type")
    return _make(session, pool, kind, {**data, "address": text, "ip_namespace": namespace})


def _make(session: Session, pool: Node, kind: Kind, fields: Mapping[str, Any]) -> Node:
    from infrahub_sdk.testing.server.nodes import saving  # which makes nodes, and takes from pools for it

    try:
        node = saving.create(session, kind, dict(_inputs(kind, fields)))
    except Refused as refused:
        if refused.status != 422:
            raise
        raise _problem(pool, refused.message) from None  # to the server, no error of the fields of the mutation
    if not ipam.is_ipam(kind):
        raise lookup.not_found("BuiltinIPPrefix", node.id, f"A {kind.name} is neither a prefix nor an address")
    return node


def _inputs(kind: Kind, fields: Mapping[str, Any]) -> Any:
    """Plain values as a mutation has them; what the kind does not have is passed over."""
    for name, value in fields.items():
        if name in kind.attributes:
            yield name, value if isinstance(value, dict) else {"value": value}
        elif name == "id":
            yield name, value
        elif name in kind.relationships:
            items = value if isinstance(value, list) else [value]
            peers = [item if item is None or isinstance(item, dict) else {"id": str(item)} for item in items]
            yield name, peers if kind.relationships[name].is_many else (peers or [None])[0]


def _kind(session: Session, pool: Node, name: str | None, what: str) -> Kind:
    if not name:
        raise _problem(pool, f"it has no default_{what}: say of which kind the new node shall be")
    kind = lookup.kind(session, name)
    if kind.is_generic:
        raise _problem(pool, f"{name} is a generic: name a kind that is a node")
    return kind


def _namespace(pool: Node) -> str:
    return next(edge.node.id for edge in pool.edges(pool.kind.relationships["ip_namespace"]))


def _check_length(pool: Node, node: Node, length: int | None) -> None:
    value = str(node.values[_value_of(pool)].value)
    if length is not None and length != network(value).prefixlen:
        raise Refused(f"{_named(pool)} | {value} is handed out already, and keeps the length of its prefix")


def _value_of(pool: Node) -> str:
    """The name of the attribute that a pool gives a value."""
    return "prefix" if pool.kind.name == "CoreIPPrefixPool" else "address"


def _problem(pool: Node, words: str) -> Refused:
    return Refused(f"{_named(pool)} | {words}", status=500)


def _named(pool: Node) -> str:
    return f"{pool.kind.name[len('Core') :]}: {pool.values['name'].value}"
