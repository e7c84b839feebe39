"""What a mutation says about a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.selecting import REFERENCE
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql.renderers import Rendered
from infrahub_sdk.node.attribute import SECRET_KINDS
from infrahub_sdk.node.constants import PROMISED
from infrahub_sdk.node.fields import AttributeField, OneField
from infrahub_sdk.node.known import is_server_id
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field

__all__ = [
    "Variables",
    "asked_back",
    "check_upsert",
    "context_argument",
    "finds_its_node",
    "identity",
    "input_data",
    "node_input",
    "promise_id",
]


def promise_id(node: InfrahubNodeBase) -> str:
    """The id that a node has, or will have: chosen here once, and sent when the node is created.

    `node.id` stays None until then. Nodes that refer to it name it by this id, and every try to create it is made with
    the same one, so that the server takes it once.
    """
    found = node.id or node._get_extra(PROMISED)
    if found is None:
        found = generate_uuid()
        node._set_extra(PROMISED, found)
    identifier: str = found
    return identifier


def node_input(node: InfrahubNodeBase, *, changes_only: bool, upsert: bool = False) -> dict[str, Any]:
    """The fields of a node as a mutation's input: attributes, then relationships, in the schema's order.

    Args:
        node: The node.
        changes_only: Leave out what the server already has. Of a node whose data the user gave, it has nothing yet.
        upsert: The server may have the node, so that a peer which was set to none is to be taken away.
    """
    said: dict[str, Any] = {}
    changes_only = changes_only and not node._given
    # What came with the node's data, or was touched since: of all else there is nothing to say.
    touched = (node._fields or {}).keys() | (() if changes_only else node._data.keys())
    for name, field in node._field_map.items():
        if name not in touched or field.schema.read_only:
            continue
        value = field.__get__(node)
        # Of a field that this read did not bring, only what was set is known for sure.
        only = changes_only or (node._existing and name not in node._data)
        if isinstance(field, AttributeField):
            content = value._input(changes_only=only)
            if content is not None:
                said[name] = content
        elif isinstance(field, OneField):
            said.update(_one_input(name, value, changes_only=only, may_exist=upsert or node._existing))
        elif value.has_update if only else value.initialized:
            said[name] = value._input()
    return said


def _one_input(name: str, related: Any, *, changes_only: bool, may_exist: bool) -> dict[str, Any]:
    if changes_only and not (related._peer_has_been_mutated or related._changes):
        return {}
    content = related._input()
    # No peer is said only where one was taken away: what was never set is not there to be removed.
    if content is None and not (may_exist and related._peer_has_been_mutated):
        return {}
    return {name: content}


def input_data(
    node: InfrahubNodeBase, *, changes_only: bool = False, with_hfid: bool = True, request_context: Any = None
) -> dict[str, Any]:
    """The same with the node's identity, in the shape that programs know."""
    data = node_input(node, changes_only=changes_only)
    data.update(identity(node, with_hfid=with_hfid))
    return {"data": {"data": data, **context_argument(request_context)}, "variables": {}, "mutation_variables": {}}


def identity(node: InfrahubNodeBase, *, with_hfid: bool = True) -> dict[str, Any]:
    """What the server finds a node by; empty when nothing of it is known."""
    if node.id is not None:
        return {"id": node.id}
    hfid = node.get_human_friendly_id() if with_hfid else None
    return {"hfid": hfid} if hfid else {}


def finds_its_node(node: InfrahubNodeBase, said: dict[str, Any]) -> bool:
    """Whether an upsert finds the node that an earlier one made, instead of making one each time.

    The server goes by the id, by the human-friendly id, which it puts together itself where only a peer of it is known
    here, and for kinds without one by the default filter.
    """
    if identity(node):
        return True
    schema: Any = node._schema
    paths = getattr(schema, "human_friendly_id", None) or list(filter(None, [getattr(schema, "default_filter", None)]))
    names = [path.partition("__")[0] for path in paths]
    return bool(names) and all(said.get(name) and "from_pool" not in said[name] for name in names)


def check_upsert(node: InfrahubNodeBase) -> None:
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


def context_argument(request_context: RequestContext | None) -> dict[str, Any]:
    """The argument that names the account for which something is written; empty when it is the client's own."""
    account = request_context.account if request_context is not None else None
    return {"context": {"account": {"id": account.id}}} if account is not None else {}


class Variables:
    """Values that a literal shall not stand for, gathered while a document is rendered.

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
                secret = field.schema.kind in SECRET_KINDS  # which shows by its name, where documents are echoed
                variable = f"{'secret' if secret else 'v'}{len(self.values)}"
                plain = secret and isinstance(content["value"], (int, float))
                self.values[variable] = str(content["value"]) if plain else content["value"]
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
    return "String" if field.schema.kind in SECRET_KINDS and isinstance(value, (str, int, float)) else None


def asked_back(node: InfrahubNodeBase, data: dict[str, Any]) -> dict[str, Any]:
    """What to ask back: what pools choose, and the ids of peers that were named otherwise."""
    asked: dict[str, Any] = {}
    for name, content in data.items():
        field = node._field_map.get(name)
        if field is None:
            continue
        if isinstance(field, AttributeField):
            if "from_pool" in content:
                asked[name] = {"value": None}
        elif isinstance(content, dict) and not names_by_id(content):
            asked[name] = {"node": REFERENCE}
        elif isinstance(content, list) and not all(map(names_by_id, content)):
            asked[name] = {"edges": {"node": REFERENCE}}
    return asked


def names_by_id(peer: dict[str, Any]) -> bool:
    """Whether a peer is named by an id of the server's."""
    return is_server_id(peer.get("id", ""))
