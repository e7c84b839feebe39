"""Writing nodes: what each call of the user's plans, and raising what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.inputs import check_upsert, identity, input_data, node_input, promise_id
from infrahub_sdk.core.mutations import DeleteMutation, SaveMutation, document
from infrahub_sdk.core.peers import PeersMutation, peer_mutations
from infrahub_sdk.core.reading import node_class
from infrahub_sdk.core.relating import client_of
from infrahub_sdk.core.selecting import FIELDS_OF_EVERY_NODE
from infrahub_sdk.core.writing import Write, send_writes
from infrahub_sdk.exceptions import NodeNotSavedError, ValidationError
from infrahub_sdk.node.base import InfrahubNodeBase, check_fields
from infrahub_sdk.node.fields import AttributeField, ManyField

if TYPE_CHECKING:
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.core.mutations import Mutation

__all__ = [
    "Write",
    "change_relationship",
    "create",
    "create_mutation",
    "delete",
    "delete_by_id",
    "input_data",
    "new_node",
    "planned",
    "planned_creation",
    "planned_deletion",
    "planned_update",
    "promise_id",
    "save",
    "send_writes",
    "takes_id",
    "update",
]


async def new_node(
    client: BaseClient,
    kind: Any,
    data: dict[str, Any] | None,
    fields: dict[str, Any],
    *,
    branch: str | None = None,
    timeout: float | None = None,
) -> Any:
    """A node that is not saved yet.

    Raises:
        ValueError: Nothing says what it is to hold.
        ValidationError: A name is not one of the kind's fields.
    """
    if not data and not fields:
        raise ValueError("Give the new node's fields, as keywords or as data={...}.")
    twice = sorted(set(data or ()) & set(fields))
    if twice:
        raise ValidationError("data", f"{twice} are given both as keywords and in data.")
    cls = await node_class(client, kind, branch, timeout)
    values = {**(data or {}), **fields}
    if values.keys() - cls._field_map.keys() - FIELDS_OF_EVERY_NODE:
        check_fields(cls._schema.kind, values, {*cls._field_map, *FIELDS_OF_EVERY_NODE})
    node = cls(client=client, schema=cls._schema, branch=branch, data=values)
    for name in values:
        field = cls._field_map.get(name)
        if field is not None and not isinstance(field, AttributeField):
            value = field.__get__(node)  # what is no peer is refused here and not when the node is saved
            _ = value.peers if isinstance(field, ManyField) else None
    return node


# What is planned


def planned(
    node: InfrahubNodeBase,
    *,
    allow_upsert: bool = False,
    do_full_update: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> Write | None:
    """What `save` would send; None when there is nothing to send.

    Args:
        node: The node.
        allow_upsert: Let the server decide by the human-friendly id whether the node exists.
        do_full_update: Of a node that exists, say every field that is known here, changed or not.
        timeout: Seconds; the client's when None.
        request_context: The account to write for, and a priority; the client's when None.
        priority: How urgent it is.

    Raises:
        ValidationError: The node holds something that cannot be sent.
        NodeNotSavedError: It counts as one that exists, and nothing is known that the server finds it by.
    """
    options: Any = {"timeout": timeout, "request_context": request_context, "priority": priority}
    if node._existing and not allow_upsert:
        return planned_update(node, do_full_update=do_full_update, **options)
    return planned_creation(node, allow_upsert=allow_upsert, **options)


def takes_id(node: InfrahubNodeBase) -> bool:
    """Whether the server lets the id of a new node be chosen here."""
    return "id" not in node._field_map and node._schema.kind not in client_of(node)._kinds_without_id


def planned_creation(
    node: InfrahubNodeBase,
    *,
    allow_upsert: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> Write:
    """What `create` would send, see `planned`."""
    client = client_of(node)
    context = request_context or client.request_context
    if allow_upsert:
        check_upsert(node)
        mutation = SaveMutation(node, "Upsert", _create_input(node, upsert=True), context)
    else:
        said = _create_input(node)
        if takes_id(node):
            said["id"] = promise_id(node)
        mutation = SaveMutation(node, "Create", said, context)
    return _write(node, [mutation], context, timeout, priority)


def planned_update(
    node: InfrahubNodeBase,
    *,
    do_full_update: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> Write | None:
    """What `update` would send, see `planned`."""
    context = request_context or client_of(node).request_context
    data = node_input(node, changes_only=not do_full_update)
    if not data:
        return None
    known = identity(node)
    if not known:
        raise NodeNotSavedError(
            f"{node!r} has neither an id nor a human-friendly id, so it cannot be updated. Call save() to create it."
        )
    peers: list[Mutation] = []
    if "id" in known and not do_full_update:
        peers += peer_mutations(node, data, context)
    fields: list[Mutation] = [SaveMutation(node, "Update", {**data, **known}, context)] if data else []
    return _write(node, fields + peers, context, timeout, priority)


def _write(
    node: Any,
    mutations: list[Mutation],
    context: RequestContext | None,
    timeout: float | None,
    priority: Priority | None,
) -> Write:
    if priority is None and context is not None:
        priority = context.priority
    return Write(node, node._branch, mutations, timeout=timeout, priority=priority)


def planned_deletion(
    node: InfrahubNodeBase,
    *,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> Write:
    """What `delete` would send.

    Raises:
        NodeNotSavedError: The node has no id.
    """
    if not node.id:
        raise NodeNotSavedError
    context = request_context or client_of(node).request_context
    mutation = DeleteMutation(node._schema.kind, node.id, node._branch, context, node)
    return _write(node, [mutation], context, timeout, priority)


def create_mutation(
    node: InfrahubNodeBase, *, allow_upsert: bool = False, request_context: RequestContext | None = None
) -> tuple[str, dict[str, Any]]:
    """The document that creates a node under an id of the server's choice, or upserts it, and its variables."""
    action = "Upsert" if allow_upsert else "Create"
    return document([SaveMutation(node, action, _create_input(node, upsert=allow_upsert), request_context)])


def _create_input(node: InfrahubNodeBase, *, upsert: bool = False) -> dict[str, Any]:
    data = node_input(node, changes_only=False, upsert=upsert)
    return data if node.id is None else {**data, "id": node.id}


# Sending it


async def _carry_out(client: BaseClient, write: Write | None) -> None:
    """Send one write and raise its outcome."""
    if write is not None:
        (outcome,) = await send_writes(client, [write])
        if outcome is not None:
            raise outcome


async def save(
    node: InfrahubNodeBase,
    *,
    allow_upsert: bool = False,
    update_group_context: bool | None = None,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Create or update a node, whichever it needs."""
    write = planned(
        node, allow_upsert=allow_upsert, timeout=timeout, request_context=request_context, priority=priority
    )
    await _carry_out(client_of(node), write)


async def create(
    node: InfrahubNodeBase,
    *,
    allow_upsert: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Create a node, or upsert it."""
    write = planned_creation(
        node, allow_upsert=allow_upsert, timeout=timeout, request_context=request_context, priority=priority
    )
    await _carry_out(client_of(node), write)


async def update(
    node: InfrahubNodeBase,
    *,
    do_full_update: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Send what was changed on a node; nothing is sent when nothing was."""
    write = planned_update(
        node, do_full_update=do_full_update, timeout=timeout, request_context=request_context, priority=priority
    )
    await _carry_out(client_of(node), write)


async def delete(
    node: InfrahubNodeBase,
    *,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Delete a node."""
    write = planned_deletion(node, timeout=timeout, request_context=request_context, priority=priority)
    await _carry_out(client_of(node), write)


async def delete_by_id(client: BaseClient, kind: Any, identifier: str, branch: str | None = None) -> None:
    """Delete a node that was not read."""
    cls = await node_class(client, kind, branch)
    branch = branch or client.default_branch
    context = client.request_context
    mutation = DeleteMutation(cls._schema.kind, identifier, branch, context)
    await _carry_out(client, Write(None, branch, [mutation], priority=context.priority if context else None))


async def change_relationship(node: InfrahubNodeBase, action: str, name: str, peers: list[str]) -> None:
    """Add peers to a relationship or remove them from it, whatever its other peers are.

    Args:
        node: The node.
        action: `Add` or `Remove`.
        name: The relationship's name.
        peers: Ids, or nodes.
    """
    if not node.id:
        raise NodeNotSavedError
    check_fields(node.get_kind(), [name], node._relationships, "relationship")
    if isinstance(peers, (str, InfrahubNodeBase)):
        raise ValidationError(name, "give a list of ids, also where it is one.")
    said = [{"id": getattr(peer, "id", peer)} for peer in peers]
    if not said:
        return
    if not all(peer["id"] for peer in said):
        raise ValidationError(name, "a peer that is not saved has no id yet; save it first.")
    context = client_of(node).request_context
    mutation = PeersMutation(node, action, name, said, context)
    await _carry_out(client_of(node), _write(node, [mutation], context, None, None))
