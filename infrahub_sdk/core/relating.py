"""Following relationships: the peers of a node, and values that lie behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.reading import Reading, filters, get
from infrahub_sdk.core.selecting import Selection
from infrahub_sdk.exceptions import Error, NodeNotSavedError
from infrahub_sdk.node.fields import AttributeField, ManyField

if TYPE_CHECKING:
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.related_base import RelatedNodeBase
    from infrahub_sdk.node.relationship_base import RelationshipManagerBase

__all__ = ["client_of", "extract", "fetch_peer", "fetch_peers", "flat_value"]


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
        Reading(branch=related._branch, timeout=timeout, priority=priority),
        Selection(),
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
    """Read all peers of a relationship, and which they are if that is not known."""
    client = client_of(manager)
    if not manager.initialized:
        manager._edges = (await _read_alone(client, manager.node, manager.name))._edges
        manager._peers = None
        manager.initialized = True
    by_kind: dict[str, list[RelatedNodeBase]] = {}
    for related in manager.peers:
        if related.id and not related._peer_has_been_mutated:
            by_kind.setdefault(related.kind or related.schema.peer, []).append(related)
    for kind, peers in by_kind.items():
        reading = Reading(branch=manager.branch)
        identifiers = [related.id for related in peers]
        nodes = {
            node.id: node
            for node in await filters(client, kind, reading, Selection(), {"ids": identifiers}, parallel=True)
        }
        for related in peers:
            related._peer = nodes.get(related.id, related._peer)


async def _read_alone(client: Any, node: InfrahubNodeBase, name: str) -> Any:
    """A relationship of a node, read with nothing else of it."""
    if not node.id:
        raise NodeNotSavedError
    others = [field for field in node._field_map if field != name]
    selection = Selection.of(include=[name], exclude=others)
    reading = Reading(branch=node._branch, populate_store=False)
    return (await get(client, type(node), reading, selection, id=node.id))[name]


async def flat_value(node: InfrahubNodeBase, key: str, separator: str = "__") -> Any:
    """A value of a node or of a node that it refers to; peers that are not at hand are read."""
    if not key:
        raise ValueError("The key is empty; it should look like name__value or location__name__value.")
    name, _, rest = key.partition(separator)
    field = node._field_map.get(name)
    if field is None:
        raise ValueError(node._no_field(name))
    value = node[name]
    if isinstance(field, AttributeField):
        return getattr(value, rest or "value")
    if isinstance(field, ManyField):
        raise ValueError(f"{node.get_kind()}.{name} has many peers, so {key!r} names no single value.")
    await _read_which(value)
    if not value.initialized:
        return None
    try:
        peer = value.peer
    except ValueError:
        await fetch_peer(value)
        peer = value.peer
    return await flat_value(peer, rest, separator) if rest else peer


async def extract(node: InfrahubNodeBase, params: dict[str, str]) -> dict[str, Any]:
    """Several values at once."""
    return {name: await flat_value(node, key) for name, key in params.items()}
