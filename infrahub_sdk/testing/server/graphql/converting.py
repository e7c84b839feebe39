"""What resolves the mutation that turns a node into one of another kind, and the query that prepares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.nodes import converting, labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node, Value

__all__: list[str] = []


@resolves("Query.FieldsMappingTypeConversion")
def mapping(_: Any, info: Any, source_kind: str | None = None, target_kind: str | None = None) -> dict[str, Any]:
    """Which field of a kind fills which field of another kind."""
    source, target = (converting.node_kind(info.context, str(name)) for name in (source_kind, target_kind))
    return {"mapping": converting.mapping(source, target)}


@resolves("Mutation.ConvertObjectType")
def convert(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a node into one of another kind."""
    with change(info.context) as session:
        target = converting.node_kind(session, data["target_kind"])
        node = converting.convert(session, data["node_id"], target, data["fields_mapping"])
        return {"ok": True, "node": _shown(node)}


def _shown(node: Node) -> dict[str, Any]:
    return {**_named(node), **{name: _value(value) for name, value in node.values.items()}}


def _named(node: Node) -> dict[str, Any]:
    names = dict.fromkeys(("__typename", "__kind__"), node.kind.name)
    return {"id": node.id, "display_label": labels.display_label(node), **names}


def _value(value: Value) -> dict[str, Any]:
    source, owner = (value.node.group.linked(id) for id in (value.source, value.owner))
    shown = {
        "id": value.id,
        "__typename": value.attribute.kind,
        "is_protected": value.is_protected,
        "source": _named(source) if source else None,
        "owner": _named(owner) if owner else None,
    }
    return shown if value.value is None else {**shown, "value": value.value}
