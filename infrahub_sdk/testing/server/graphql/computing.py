"""What resolves the mutations by which a real server's workers write what is made of other values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.nodes import computed, converting, lookup, saving
from infrahub_sdk.testing.server.nodes.draft import Draft, NewValue
from infrahub_sdk.testing.server.nodes.records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []


@resolves("Mutation.InfrahubUpdateComputedAttribute")
def update_attribute(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Write the value of a computed attribute."""
    with change(info.context, context) as session:
        kind = converting.node_kind(session, data["kind"])
        attribute = _attribute(kind, data["attribute"])
        if (attribute.data["computed_attribute"] or {}).get("kind") in {None, "User"}:
            raise _uncomputed(kind, attribute, 422)
        session.permissions.require_all([("update", kind)])
        node = _node(session, kind, data["id"], "target_node")
        if node.values[attribute.name].value != data["value"]:
            draft = Draft(session, kind, node.id, node)
            draft.values[attribute.name] = NewValue(data["value"], is_default=False)
            _write(session, node, draft)
    return {"ok": True}


@resolves("Mutation.InfrahubRecomputeComputedAttribute")
def recompute(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Make a computed attribute anew."""
    with change(info.context, context) as session:
        kind = converting.node_kind(session, data["kind"])
        session.permissions.require_all([("update", kind)])
        attribute = _attribute(kind, data["attribute"])
        how = (attribute.data["computed_attribute"] or {}).get("kind")
        if how is None:
            raise _uncomputed(kind, attribute, 400)
        if how != "Jinja2":
            raise Refused(
                f"The local Infrahub runs no transformations, which {kind.name}.{attribute.name} is made by", status=501
            )
        ids = data.get("node_ids")
        for node in session.find(kind, {"ids": ids} if ids else {}):
            draft = Draft(session, kind, node.id, node)
            computed.refill(draft)
            _write(session, node, draft)
    return {"ok": True}


@resolves("Mutation.InfrahubUpdateDisplayLabel")
def update_display_label(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Do nothing to the label of a node: it is made of the node's values whenever it is asked for."""
    session: Session = info.context
    kind = converting.node_kind(session, data["kind"])
    if not kind.data.get("display_label"):
        raise Refused(f"The schema gives {kind.name} no display_label")
    session.permissions.require("update_object_hfid_display_label")
    session.permissions.require_all([("update", kind)])
    _node(session, kind, data["id"], kind.name)
    return {"ok": True}


@resolves("Mutation.InfrahubUpdateHFID")
def update_hfid(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Do nothing to the human-friendly id of a node: it is made of the node's values whenever it is asked for."""
    session: Session = info.context
    kind = converting.node_kind(session, data["kind"])
    paths = kind.data.get("human_friendly_id")
    if paths is None:
        raise Refused(f"The schema gives {kind.name} no human_friendly_id")
    if len(paths) != len(data["value"]):
        raise Refused(f"{kind.name}.human_friendly_id is made of {len(paths)} parts, not of {len(data['value'])}")
    session.permissions.require("update_object_hfid_display_label")
    session.permissions.require_all([("update", kind)])
    _node(session, kind, data["id"], kind.name)
    return {"ok": True}


def _uncomputed(kind: Kind, attribute: Attribute, status: int) -> Refused:
    return Refused(f"Users set {kind.name}.{attribute.name}, nothing computes it", status=status)


def _attribute(kind: Kind, name: str) -> Attribute:
    if name not in kind.attributes:
        raise Refused(f"{kind.name} has no attribute {name}", status=500)
    return kind.attributes[name]


def _node(session: Session, kind: Kind, id: str, what: str) -> Node:
    node = session.get([id]).get(id)
    if node is None or node.kind.name != kind.name:
        raise lookup.not_found(what, id, f"No {kind.name} has the id {id!r}")
    return node


def _write(session: Session, node: Node, draft: Draft) -> None:
    changed = Records(session).change(node, draft)
    saving.change_dependents(session, node.kind, node.id, changed)
