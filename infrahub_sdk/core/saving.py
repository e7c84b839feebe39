"""Writing nodes: what a mutation says, and what its answer changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.graphql import execute
from infrahub_sdk.core.reading import node_class
from infrahub_sdk.core.relating import client_of
from infrahub_sdk.core.retry import Budget
from infrahub_sdk.core.selecting import FIELDS_OF_EVERY_NODE, REFERENCE
from infrahub_sdk.exceptions import Error, GraphQLError, NodeNotSavedError, ValidationError
from infrahub_sdk.graphql.renderers import Rendered, render_query_block, render_value
from infrahub_sdk.node.attribute import SECRET_KINDS
from infrahub_sdk.node.base import check_fields
from infrahub_sdk.node.fields import AttributeField, OneField

if TYPE_CHECKING:
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field

__all__ = [
    "change_relationship",
    "create",
    "create_mutation",
    "delete",
    "delete_by_id",
    "input_data",
    "new_node",
    "save",
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
    check_fields(cls._schema.kind, values, {*cls._field_map, *FIELDS_OF_EVERY_NODE})
    node = cls(client=client, schema=cls._schema, branch=branch, data=values)
    for name in values.keys() & set(node._relationships):
        _ = getattr(node[name], "peers", None)  # what is no peer is refused here and not when the node is saved
    return node


# What a mutation says


def _touched(node: InfrahubNodeBase, name: str) -> bool:
    """Whether there is anything to say about a field: it came with the node's data, or was touched since."""
    return name in node._data or (node._fields is not None and name in node._fields)


def node_input(node: InfrahubNodeBase, *, changes_only: bool) -> dict[str, Any]:
    """The fields of a node as a mutation's input: attributes, then relationships, in the schema's order.

    Args:
        node: The node.
        changes_only: Leave out what the server already has. Of a node whose data the user gave, it has nothing yet.
    """
    said: dict[str, Any] = {}
    changes_only = changes_only and not node._given
    changed = node._fields or {}
    for name, field in node._field_map.items():
        if field.schema.read_only or not (name in changed if changes_only else _touched(node, name)):
            continue
        value = field.__get__(node)
        # Of a field that this read did not bring, only what was set is known for sure.
        only = changes_only or (node._existing and name not in node._data)
        if isinstance(field, AttributeField):
            content = value._input(changes_only=only)
            if content is not None:
                said[name] = content
        elif isinstance(field, OneField):
            said.update(_one_input(node, name, value, changes_only=only))
        elif value.has_update if only else value.initialized:
            said[name] = value._input()
    return said


def _one_input(node: InfrahubNodeBase, name: str, related: Any, *, changes_only: bool) -> dict[str, Any]:
    if changes_only and not (related._peer_has_been_mutated or related._changes):
        return {}
    content = related._input()
    # No peer is said only where one was taken away: what was never set is not there to be removed.
    if content is None and not (node._existing and related._peer_has_been_mutated):
        return {}
    return {name: content}


def input_data(
    node: InfrahubNodeBase, *, changes_only: bool = False, with_hfid: bool = True, request_context: Any = None
) -> dict[str, Any]:
    """The same with the node's identity, in the shape that programs know."""
    data = node_input(node, changes_only=changes_only)
    data.update(_identity(node, with_hfid=with_hfid))
    return {"data": {"data": data, **_context(request_context)}, "variables": {}, "mutation_variables": {}}


def _identity(node: InfrahubNodeBase, *, with_hfid: bool) -> dict[str, Any]:
    if node.id is not None:
        return {"id": node.id}
    hfid = node.get_human_friendly_id() if with_hfid else None
    return {"hfid": hfid} if hfid else {}


def _context(request_context: RequestContext | None) -> dict[str, Any]:
    account = request_context.account if request_context is not None else None
    return {"context": {"account": {"id": account.id}}} if account is not None else {}


class _Variables:
    """Values that a literal shall not stand for, gathered while a mutation is rendered.

    Lists and JSON objects go into variables: their keys need not be GraphQL names, and the server reads a literal
    number in them only up to 32 bits. Passwords do, because recordings keep documents and leave out variables.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._declared: list[str] = []

    def take(self, data: dict[str, Any], fields: dict[str, Field]) -> dict[str, Any]:
        """The same data with such values replaced by references."""
        taken = dict(data)
        for name, content in data.items():
            field = fields.get(name)
            if isinstance(field, AttributeField) and (kind := _variable_type(field, content.get("value"))):
                variable = f"v{len(self.values)}"
                self.values[variable] = content["value"]
                self._declared.append(f"${variable}: {kind}")
                taken[name] = {**content, "value": Rendered(f"${variable}")}
        return taken

    def signature(self) -> str:
        """The variables as the document declares them."""
        return f" ({', '.join(self._declared)})" if self._declared else ""


def _variable_type(field: AttributeField, value: Any) -> str | None:
    """The type of the variable that a value travels in; None for a literal."""
    if isinstance(value, (dict, list)):
        return "GenericScalar"
    return "String" if field.schema.kind in SECRET_KINDS and isinstance(value, str) else None


# What is asked back by every mutation.
NO_MORE = "        ok\n        object {\n            id\n        }"


def mutation(
    node: InfrahubNodeBase, action: str, data: dict[str, Any], request_context: RequestContext | None = None
) -> tuple[str, dict[str, Any]]:
    """A node's mutation.

    Args:
        node: The node.
        action: `Create`, `Upsert` or `Update`.
        data: The input.
        request_context: For which account.

    Returns:
        The document and its variables.
    """
    kind = node._schema.kind
    variables = _Variables()
    said = variables.take(data, node._field_map)
    context = "".join(f", {name}: {render_value(value)}" for name, value in _context(request_context).items())
    asked = _asked_back(node, data)
    answer = (
        "\n".join(render_query_block({"ok": None, "object": {"id": None, **asked}}, offset=8)) if asked else NO_MORE
    )
    name = f"{kind}{action}"
    call = f"{name}(data: {render_value(said, kind)}{context})"
    text = f"mutation{variables.signature()} {{\n    {call} {{\n{answer}\n    }}\n}}\n"
    return text, variables.values


def _asked_back(node: InfrahubNodeBase, data: dict[str, Any]) -> dict[str, Any]:
    """What to ask back: what pools choose, and the ids of peers that were named otherwise."""
    asked: dict[str, Any] = {}
    for name, content in data.items():
        field = node._field_map.get(name)
        if field is None:
            continue
        if isinstance(field, AttributeField):
            if "from_pool" in content:
                asked[name] = {"value": None}
        elif isinstance(content, dict) and not _names_by_id(content):
            asked[name] = {"node": REFERENCE}
        elif isinstance(content, list) and not all(map(_names_by_id, content)):
            asked[name] = {"edges": {"node": REFERENCE}}
    return asked


def _names_by_id(peer: dict[str, Any]) -> bool:
    """Whether a peer is named by an id of the server's, which are all UUIDs, and not by what a default filter finds."""
    identifier = peer.get("id", "")
    return len(identifier) == 36 and identifier[8::5][:4] == "----"


def create_mutation(
    node: InfrahubNodeBase, *, allow_upsert: bool = False, request_context: RequestContext | None = None
) -> tuple[str, dict[str, Any]]:
    """The document that creates a node, or upserts it, and its variables."""
    return mutation(node, "Upsert" if allow_upsert else "Create", _create_input(node), request_context)


def _create_input(node: InfrahubNodeBase) -> dict[str, Any]:
    data = node_input(node, changes_only=False)
    return data if node.id is None else {**data, "id": node.id}


# Sending it


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
    if not node._existing or allow_upsert:
        await create(
            node, allow_upsert=allow_upsert, timeout=timeout, request_context=request_context, priority=priority
        )
    else:
        await update(node, timeout=timeout, request_context=request_context, priority=priority)


async def create(
    node: InfrahubNodeBase,
    *,
    allow_upsert: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Create a node, or upsert it."""
    context = request_context or client_of(node).request_context
    if allow_upsert:
        _check_upsert(node)
    # Without anything to find the node by, an upsert creates one each time.
    repeatable = allow_upsert and bool(_identity(node, with_hfid=True))
    await _write(
        node,
        "Upsert" if allow_upsert else "Create",
        _create_input(node),
        context,
        timeout=timeout,
        priority=priority,
        repeatable=repeatable,
    )


def _check_upsert(node: InfrahubNodeBase) -> None:
    """Refuse an upsert that cannot find its node, because a pool is to choose a part of the human-friendly id."""
    if node.id is not None:
        return
    for path in getattr(node._schema, "human_friendly_id", None) or []:
        name = path.partition("__")[0]
        if isinstance(node._field_map.get(name), AttributeField) and node[name].is_unresolved_pool_attribute():
            raise ValidationError(
                name,
                f"{node.get_kind()} is identified by this attribute, which a pool is to choose, so an upsert would "
                "create a new node each time. Create the node without allow_upsert, or give the attribute a value.",
            )


async def update(
    node: InfrahubNodeBase,
    *,
    do_full_update: bool = False,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Send what was changed on a node; nothing is sent when nothing was."""
    context = request_context or client_of(node).request_context
    data = node_input(node, changes_only=not do_full_update)
    if not data:
        return
    identity = _identity(node, with_hfid=True)
    if not identity:
        raise NodeNotSavedError(
            f"{node!r} has neither an id nor a human-friendly id, so it cannot be updated. Call save() to create it."
        )
    await _write(node, "Update", {**data, **identity}, context, timeout=timeout, priority=priority, repeatable=True)


def _priority(context: RequestContext | None) -> Priority | None:
    return context.priority if context is not None else None


async def _write(
    node: InfrahubNodeBase,
    action: str,
    data: dict[str, Any],
    context: RequestContext | None,
    *,
    timeout: float | None,
    priority: Priority | None,
    repeatable: bool,
) -> None:
    """Send a node's mutation, and take what its answer says."""
    client = client_of(node)
    kind = node._schema.kind
    text, variables = mutation(node, action, data, context)
    # The program may go on changing the node while the answer is on its way.
    marks = {name: (field, field._mark()) for name, field in (node._fields or {}).items() if name in data}
    answer = await execute(
        client,
        text,
        variables,
        branch_name=node._branch,
        timeout=timeout,
        tracker=f"mutation-{kind.lower()}-{action.lower()}",
        priority=priority or _priority(context),
        repeatable=repeatable,
    )
    saved = _checked(answer, f"{kind}{action}").get("object")
    if not isinstance(saved, dict) or not saved.get("id"):
        raise Error(f"The server accepted {kind}{action} but did not say which node it wrote.")
    _take_answer(node, saved, data, marks)
    client.store.set(node)


def _checked(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A mutation's part of the answer, when the server says that it was done."""
    found = data.get(name)
    if not isinstance(found, dict) or not found.get("ok"):
        raise Error(f"The server did not carry out {name}, and gave no reason.")
    return found


def _take_answer(
    node: InfrahubNodeBase, saved: dict[str, Any], said: dict[str, Any], marks: dict[str, tuple[Any, Any]]
) -> None:
    """The server has what was said: what was not changed since is unchanged now.

    Args:
        node: The node.
        saved: The server's answer.
        said: The input that was sent.
        marks: The objects of the fields that were said, and their states at that time.
    """
    node.id = saved["id"]
    node._existing = True
    node._given = False
    for name, (value, mark) in marks.items():
        field = node._field_map[name]
        if isinstance(field, AttributeField):
            value._saved(mark, said[name], saved.get(name))
            continue
        is_latest = (node._fields or {}).get(name) is value and value._mark() == mark
        value._saved(mark, said[name])
        if name in saved and is_latest:  # with the ids of peers that a pool chose, or that were named otherwise
            value._answered(saved[name])


async def delete(
    node: InfrahubNodeBase,
    *,
    timeout: float | None = None,
    request_context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    """Delete a node."""
    if not node.id:
        raise NodeNotSavedError
    client = client_of(node)
    context = request_context or client.request_context
    kind = node._schema.kind
    await _delete(client, kind, node.id, node._branch, timeout=timeout, context=context, priority=priority)


async def delete_by_id(client: BaseClient, kind: Any, identifier: str, branch: str | None = None) -> None:
    """Delete a node that was not read."""
    cls = await node_class(client, kind, branch)
    await _delete(client, cls._schema.kind, identifier, branch or client.default_branch, context=client.request_context)


async def _delete(
    client: BaseClient,
    kind: str,
    identifier: str,
    branch: str,
    *,
    timeout: float | None = None,
    context: RequestContext | None = None,
    priority: Priority | None = None,
) -> None:
    extra = "".join(f", {name}: {render_value(value)}" for name, value in _context(context).items())
    name = f"{kind}Delete"
    budget = Budget(client.config.max_retry_duration)
    try:
        data = await execute(
            client,
            f"mutation {{\n    {name}(data: {render_value({'id': identifier})}{extra}) {{\n        ok\n    }}\n}}\n",
            branch_name=branch,
            timeout=timeout,
            tracker=f"mutation-{kind.lower()}-delete",
            priority=priority or _priority(context),
            repeatable=True,
            budget=budget,
        )
        _checked(data, name)
    except GraphQLError as error:
        # An attempt before this one was lost on its way back: it had deleted the node.
        if not budget.attempts or not all(_says_missing(item) for item in error.errors):
            raise
    client.store._branch(branch).discard(identifier)


def _says_missing(error: Any) -> bool:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return isinstance(extensions, dict) and extensions.get("code") == "NODE_NOT_FOUND"


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
    said = {"id": node.id, "name": name, "nodes": [{"id": getattr(peer, "id", peer)} for peer in peers]}
    data = await execute(
        client_of(node),
        f"mutation {{\n    Relationship{action}(data: {render_value(said)}) {{\n        ok\n    }}\n}}\n",
        branch_name=node._branch,
        tracker=f"mutation-{node._schema.kind.lower()}-relationship{action.lower()}-{name}",
        repeatable=True,
    )
    _checked(data, f"Relationship{action}")
