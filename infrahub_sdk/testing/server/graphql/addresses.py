"""What resolves the fields of prefixes that are made when they are asked for, and the queries for what is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.resources import ipam
from infrahub_sdk.testing.server.resources.networks import free_address, free_blocks

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["attribute"]

_MADE: dict[str, Callable[[Node], Any]] = {
    "netmask": lambda node: str(ipam.network_of(node).netmask),
    "hostmask": lambda node: str(ipam.network_of(node).hostmask),
    "network_address": lambda node: str(ipam.network_of(node).network_address),
    "broadcast_address": lambda node: str(ipam.network_of(node).broadcast_address),
    "utilization": lambda node: int(ipam.utilization([node])),
}


def attribute(kind: Kind, name: str) -> Callable[..., Any]:
    """What resolves an attribute of a kind."""
    return _made if name in _MADE and ipam.is_prefix(kind) else reading.attribute


def _made(node: Node, info: Any) -> dict[str, Any]:
    return {"value": _MADE[info.field_name](node)}


@resolves("Query.InfrahubIPAddressGetNextAvailable")
def next_address(_: Any, info: Any, prefix_id: str, prefix_length: int | None = None) -> dict[str, str]:
    """The lowest address of a prefix that is free."""
    node = _prefix(info.context, prefix_id)
    within = ipam.network_of(node)
    length = prefix_length or within.prefixlen
    if not within.prefixlen <= length <= within.max_prefixlen:
        raise Refused(
            f"An address in {within} has a length of {within.prefixlen} to {within.max_prefixlen}, not {length}"
        )
    taken = ipam.addresses_in(info.context, within, ipam.namespace_of(node))
    found = free_address(within, taken, is_pool=bool(node.values["is_pool"].value))
    if found is None:
        raise Refused(f"No address of {within} is available", status=500)
    return {"address": f"{found}/{length}"}


@resolves("Query.InfrahubIPPrefixGetNextAvailable")
def next_prefix(_: Any, info: Any, prefix_id: str, prefix_length: int | None = None) -> dict[str, str]:
    """The lowest network within a prefix that is free: of a length, or as large as it can be."""
    node = _prefix(info.context, prefix_id)
    within = ipam.network_of(node)
    if prefix_length is not None and not within.prefixlen < prefix_length <= within.max_prefixlen:
        raise Refused(f"A network in {within} is longer, up to {within.max_prefixlen}: {prefix_length} does not fit")
    taken = ipam.prefixes_in(info.context, within, ipam.namespace_of(node))
    for block in free_blocks(within, (place for id, place in taken if id != node.id)):
        if prefix_length is None:
            return {"prefix": block.with_prefixlen}
        if block.prefixlen <= prefix_length:
            return {"prefix": f"{block.network_address}/{prefix_length}"}
    raise Refused(f"No network within {within} is available", status=500)


def _prefix(session: Session, id: str) -> Node:
    return lookup.by_id(session, session.kinds[ipam.PREFIX], id)
