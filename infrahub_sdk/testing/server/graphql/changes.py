"""The mutations that change nodes, and their inputs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)

from infrahub_sdk.testing.server.graphql import writing
from infrahub_sdk.testing.server.graphql.attributes import FORMS

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.graphql.fixed import Types
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds, Relationship

__all__ = ["Changes"]

_ACTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "Create": writing.create,
    "Update": writing.update,
    "Upsert": writing.upsert,
    "Delete": writing.delete,
}
_INPUTS = {"BuiltinIPPrefix": "RelatedIPPrefixNodeInput", "BuiltinIPAddress": "RelatedIPAddressNodeInput"}


class Changes:
    """Makes the types of mutations of kinds."""

    def __init__(self, kinds: Kinds, types: Types) -> None:
        self._kinds = kinds
        self._types = types
        types.extra_fields["Mutation"] = self._mutations

    def add(self, kind: Kind) -> None:
        """Add what the mutations of a kind take and answer."""
        for action in _actions(kind):
            name = f"{kind.name}{action}"
            self._types[name] = GraphQLObjectType(name, partial(self._answer, kind, action))
            if action != "Delete":
                self._types[f"{name}Input"] = GraphQLInputObjectType(
                    f"{name}Input", partial(self._inputs, kind, action)
                )

    def _mutations(self) -> dict[str, GraphQLField]:
        """The fields of the type `Mutation` that change nodes of a kind."""
        return {
            f"{kind.name}{action}": self._mutation(kind, action)
            for kind in self._kinds.values()
            for action in _actions(kind)
        }

    def _mutation(self, kind: Kind, action: str) -> GraphQLField:
        types, name = self._types, f"{kind.name}{action}"
        data = types["DeleteInput" if action == "Delete" else f"{name}Input"]
        arguments = {
            "context": GraphQLArgument(types["ContextInput"]),
            "data": GraphQLArgument(GraphQLNonNull(data)),
        }
        if "CoreFileObject" in kind.data.get("inherit_from", ()) and action != "Delete":
            upload = types["Upload"]
            arguments["file"] = GraphQLArgument(upload if action == "Update" else GraphQLNonNull(upload))
        return GraphQLField(types[name], arguments, partial(_ACTIONS[action], kind=kind))

    def _answer(self, kind: Kind, action: str) -> dict[str, GraphQLField]:
        fields = {"ok": GraphQLField(self._types["Boolean"])}
        if action != "Delete":
            fields["object"] = GraphQLField(self._types[kind.name])
        return fields

    def _inputs(self, kind: Kind, action: str) -> dict[str, GraphQLInputField]:
        string = self._types["String"]
        fields = {"id": GraphQLInputField(string)}
        if action != "Create":
            fields["hfid"] = GraphQLInputField(GraphQLList(string))
        for attribute in kind.attributes.values():
            if not attribute.data["read_only"]:
                name = f"{FORMS[attribute.kind].input}{'Create' if action == 'Create' else 'Update'}"
                fields[attribute.name] = GraphQLInputField(
                    self._types[name], description=attribute.data.get("description")
                )
        for relationship in kind.relationships.values():
            if not relationship.data["read_only"]:
                fields[relationship.name] = GraphQLInputField(self._related(relationship))
        return fields

    def _related(self, relationship: Relationship) -> Any:
        peer = self._kinds[relationship.peer]
        lineage = peer.lineage if _is_node(peer) else ()
        type_ = self._types[next((_INPUTS[name] for name in lineage if name in _INPUTS), "RelatedNodeInput")]
        return GraphQLList(type_) if relationship.is_many else type_


def _actions(kind: Kind) -> tuple[str, ...]:
    if kind.data["namespace"] == "Internal":
        return ()
    if kind.is_generic:
        return ("Update",) if kind.attributes or kind.relationships else ()
    return tuple(_ACTIONS)


def _is_node(kind: Kind) -> bool:
    return kind.data["namespace"] not in {"Profile", "Template"}
