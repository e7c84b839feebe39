"""What resolves the mutations that take from pools, and the queries for what is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.nodes import labels, lookup
from infrahub_sdk.testing.server.resources import address_pools, ipam, number_pools, reservations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_PAGE = 10
_MEMBER_TYPES = ("prefix", "address")


@resolves("Mutation.InfrahubIPPrefixPoolGetResource")
def take_prefix(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take a prefix from a pool."""
    if data.get("member_type") and data["member_type"] not in _MEMBER_TYPES:
        raise Refused(
            f"member_type is {' or '.join(map(repr, _MEMBER_TYPES))}, not {data['member_type']!r}", status=400
        )
    return _taken(info.context, "CoreIPPrefixPool", data)


@resolves("Mutation.InfrahubIPAddressPoolGetResource")
def take_address(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Take an address from a pool."""
    return _taken(info.context, "CoreIPAddressPool", data)


def _taken(session: Session, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    with change(session):
        pool = lookup.find(session, session.kinds[kind], data)
        node = address_pools.allocate(session, pool, {**data, "prefixlen": data.get("prefix_length")})
        return {"ok": True, "node": {**_shown(session, node), "identifier": data.get("identifier")}}


def _shown(session: Session, node: Node) -> dict[str, Any]:
    label = labels.display_label(node)
    return {"id": node.id, "kind": node.kind.name, "display_label": label, "branch": session.branch.name}


# What is taken


@resolves("Query.InfrahubResourcePoolAllocated")
def allocated(
    _: Any, info: Any, pool_id: str, resource_id: str, limit: int | None = _PAGE, offset: int | None = None
) -> dict[str, Any]:
    """What a pool has handed out."""
    reading.check_page(offset, limit)
    session: Session = info.context
    pool = _pool(session, pool_id)
    found = _numbers(session, pool) if pool.kind.name == number_pools.KIND else _nodes(session, pool, resource_id)
    start = offset or 0
    stop = start + limit if limit else None  # 0 and null mean all, as everywhere
    return {"count": len(found), "edges": [{"node": node} for node in found[start:stop]]}


def _numbers(session: Session, pool: Node) -> list[dict[str, Any]]:
    held = number_pools.held(session, pool)
    holders = reservations.holders(session.storage, pool.id, [str(number) for number, _, _ in held])
    return [
        {
            "id": node,
            "kind": pool.values["node"].value,
            "branch": branch,
            "display_label": str(number),
            "identifier": holders.get(str(number)),
        }
        for number, node, branch in held
    ]


def _nodes(session: Session, pool: Node, resource_id: str) -> list[dict[str, Any]]:
    resource = {node.id: node for node in address_pools.resources(pool)}.get(resource_id)
    if resource is None:
        raise Refused(f"The pool {pool.id} takes nothing from {resource_id}: name one of its resources as resource_id")
    is_for_prefixes = pool.kind.name == "CoreIPPrefixPool"
    nodes = [node for node in ipam.children(resource) if ipam.is_prefix(node.kind) == is_for_prefixes]
    nodes.sort(key=lambda node: (int(ipam.network_of(node).network_address), ipam.length(node), node.id))
    holders = reservations.holders(session.storage, pool.id, [node.id for node in nodes])
    value = "prefix" if is_for_prefixes else "address"
    return [
        {
            **_shown(session, node),
            "display_label": node.values[value].value,
            "identifier": holders.get(node.id),
        }
        for node in nodes
    ]


@resolves("Query.InfrahubResourcePoolUtilization")
def utilization(_: Any, info: Any, pool_id: str) -> dict[str, Any]:
    """How much of a pool is handed out, in percent."""
    session: Session = info.context
    pool = _pool(session, pool_id)
    if pool.kind.name == number_pools.KIND:
        return _of_numbers(session, pool)
    nodes = address_pools.resources(pool)
    main = session.app.session().get(node.id for node in nodes)
    edges = [{"node": {**_shown(session, node), **_weighted(node), **_shares([node], main)}} for node in nodes]
    return {"count": len(nodes), **_shares(nodes, main), "edges": edges}


def _weighted(node: Node) -> dict[str, int]:
    return {"weight": ipam.space_of(node)}


def _shares(nodes: Collection[Node], main: Mapping[str, Node]) -> dict[str, float]:
    """How much of some prefixes is taken: altogether, and what of it on the default branch."""
    total, default = ipam.utilization(nodes), ipam.utilization(nodes, main)
    return _utilization(total, max(0.0, total - default), default)


def _of_numbers(session: Session, pool: Node) -> dict[str, Any]:
    held = number_pools.held(session, pool)
    main = session.app.branch().name
    default = {number for number, _, branch in held if branch == main}
    others = {number for number, _, branch in held} - default
    size = number_pools.size(session, pool)
    counts = (len(default) + len(others), len(others), len(default))
    shares = _utilization(*(count / size * 100 if size > 0 else 0.0 for count in counts))
    edge = {"node": {**_shown(session, pool), "weight": 1, **shares}}
    return {"count": 1, **shares, "edges": [edge]}


def _utilization(total: float, branches: float, default: float) -> dict[str, float]:
    return {"utilization": total, "utilization_branches": branches, "utilization_default_branch": default}


def _pool(session: Session, id: str) -> Node:
    node = session.get([id]).get(id)
    if node is None or node.kind.name not in {number_pools.KIND, *address_pools.KINDS}:
        raise lookup.not_found("ResourcePool", id)
    return node
