"""Following relationships: the peers of a node, and values that lie behind them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.reading import Reading, by_ids, get
from infrahub_sdk.core.selecting import Selection
from infrahub_sdk.exceptions import Error, NodeNotSavedError
from infrahub_sdk.node.fields import AttributeField, ManyField

if TYPE_CHECKING:
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.related_base import RelatedNodeBase
    from infrahub_sdk.node.relationship_base import RelationshipManagerBase

__all__ = ["client_of", "extract", "fetch_peer", "fetch_peers", "flat_value", "read_missing"]


def client_of(holder: Any) -> Any:
    """The client that a node, or something of it, belongs to.

    Raises:
        Error: It was unpickled, and has none.
    """
    client = getattr(holder, "_client", None) or getattr(holder, "client", None)
    if client is None:
        raise Error(f"{holder!r} has no client, because it was unpickled. Read the node again with a client to use it.")
    return client


async def fetch_peer(
    related: RelatedNodeBase, *, timeout: float | None = None, priority: Priority | None = None
) -> None:
    """Read the peer of a related node."""
    client = client_of(related)
    await _read_which(related)
    identifier, hfid = related.id, related.hfid
    if not identifier and not hfid:
        raise Error(f"The relationship {related._label!r} has no peer to fetch.")
    related._peer = await get(
        client,
        related.kind or related.schema.peer,
        Reading(branch=related._branch, at=related._at, timeout=timeout, priority=priority),
        id=identifier,
        hfid=None if identifier else hfid,
    )


async def _read_which(related: RelatedNodeBase) -> None:
    """Find out which peer a relationship has, if it was not read with its node."""
    if related._unread_of is not None:
        found = await _read_alone(client_of(related), related._unread_of, related.schema.name)
        related._unread_of = None
        related._take_related(found)


async def fetch_peers(manager: RelationshipManagerBase) -> None:
    """Read all peers of a relationship, page by page, and which they are if that is not known."""
    client = client_of(manager)
    if not manager.initialized:
        manager._edges = (await _read_alone(client, manager.node, manager.name))._edges
        manager._peers = None
        manager.initialized = True
    by_kind: dict[str, list[str]] = {}
    peers = [related for related in manager.peers if related.id and not related._peer_has_been_mutated]
    for related in peers:
        by_kind.setdefault(related.kind or related.schema.peer, []).append(str(related.id))
    nodes = await by_ids(client, by_kind, Reading(branch=manager.branch, at=_moment(manager.node)))
    for related in peers:
        related._peer = nodes.get(str(related.id), related._peer)


async def _read_alone(client: Any, node: InfrahubNodeBase, name: str) -> Any:
    """A relationship of a node, read with nothing else of it."""
    return (await _read_only(client, node, [name]))[name]


async def _read_only(client: Any, node: InfrahubNodeBase, names: list[str]) -> Any:
    """The same node with a few fields, from the branch and the moment that it was read from."""
    if not node.id:
        raise NodeNotSavedError
    reading = Reading(node._branch, _moment(node), populate_store=False, selection=Selection(only=tuple(names)))
    return await get(client, type(node), reading, id=node.id)


def _moment(node: InfrahubNodeBase | None) -> str | None:
    """The moment that a node was read from, if it is not the present."""
    moment: str | None = node._get_extra("_at") if node is not None else None
    return moment


async def read_missing(node: InfrahubNodeBase, name: str) -> None:
    """Read a field that a node was not read with: peers of a relationship alone, with any other all that is missing."""
    names = [name]
    if not isinstance(node._field_map.get(name), ManyField):
        names += [
            other
            for other, field in node._field_map.items()
            if other != name and not isinstance(field, ManyField) and not node._has(other)
        ]
    found = await _read_only(client_of(node), node, names)
    for other in names:
        node._data[other] = found._data[other] if node._bare else found._wrapped(other)


# What every node has beside its fields.
IDENTITIES = frozenset({"id", "hfid", "hfid_str", "display_label", "typename"})


async def flat_value(node: InfrahubNodeBase, key: str, separator: str = "__") -> Any:
    """A value of a node or of a node that it refers to; peers that are not at hand are read."""
    if not key:
        raise ValueError("The key is empty; it should look like name__value or location__name__value.")
    name, _, rest = key.partition(separator)
    field = node._field_map.get(name)
    if isinstance(field, ManyField):
        raise ValueError(f"{node.get_kind()}.{name} has many peers, so {key!r} names no single value.")
    if isinstance(field, AttributeField):
        if node._existing and not node[name]._is_loaded:
            await read_missing(node, name)
        return reduce(getattr, (rest or "value").split(separator), node[name])
    if field is not None:
        return await _value_of_peer(node[name], rest, separator)
    if key not in IDENTITIES:
        raise ValueError(node._no_field(name))
    if key == "display_label" and node._existing and not node._has(key):
        await read_missing(node, key)
    return getattr(node, key)


async def _value_of_peer(related: RelatedNodeBase, key: str, separator: str) -> Any:
    """A value of a peer, the peer itself, or None where there is none."""
    await _read_which(related)
    if not related.initialized:
        return None
    if key == "id" and related.id:
        return related.id
    peer = related._at_hand()
    if peer is None:
        await fetch_peer(related)
        peer = related.peer
    return await flat_value(peer, key, separator) if key else peer


async def extract(node: InfrahubNodeBase, params: dict[str, str]) -> dict[str, Any]:
    """Several values at once."""
    return {name: await flat_value(node, key) for name, key in params.items()}
