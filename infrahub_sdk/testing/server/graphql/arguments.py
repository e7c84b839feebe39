"""The filters that queries take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLArgument, GraphQLList, GraphQLNonNull

from infrahub_sdk.testing.server.graphql.attributes import FORMS

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.graphql.fixed import Types
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds

__all__ = ["Arguments"]

_SCALARS = ("BigInt", "Boolean", "DateTime", "GenericScalar", "ID", "Int", "OrderInput", "String")
_WITH_AVAILABLE = ("BuiltinIPAddress", "BuiltinIPPrefix")  # queries for them also find what is not taken yet

_Arguments = dict[str, GraphQLArgument]


class Arguments:
    """Makes the arguments of queries; those of a kind are made once."""

    def __init__(self, kinds: Kinds, types: Types) -> None:
        self._kinds = kinds
        self._made = {name: GraphQLArgument(types[name]) for name in _SCALARS}
        self._made.update({f"[{name}]": GraphQLArgument(GraphQLList(types[name])) for name in _SCALARS})
        self._made["[String!]"] = GraphQLArgument(GraphQLList(GraphQLNonNull(types["String"])))
        self._paging = self._of({"offset": "Int", "limit": "Int", "order": "OrderInput"})
        self._metadata = self._of(_metadata())
        self._filters: dict[tuple[str, bool], _Arguments] = {}
        self._of_peers: dict[tuple[str, bool], _Arguments] = {}

    def of_query(self, kind: Kind) -> _Arguments:
        """The arguments of the query for a kind."""
        arguments = {**self._paging, **self._of({"ids": "[ID]"}), **self._of_label(kind)}
        if kind.data.get("human_friendly_id"):
            arguments["hfid"] = self._made["[String]"]
        for attribute in kind.attributes.values():
            arguments.update(self._of_attribute(attribute.name, FORMS[attribute.kind].scalar))
            arguments[f"{attribute.name}__isnull"] = self._made["Boolean"]
        arguments.update(self._of_attribute("any", "String"))
        arguments["partial_match"] = self._made["Boolean"]
        arguments.update(self._metadata)
        if kind.name in _WITH_AVAILABLE:
            arguments.update(self._of({"include_available": "Boolean", "kinds": "[String!]"}))
        for relationship in kind.relationships.values():
            with_properties = relationship.data["kind"] != "Group"
            filters = self._of_peer(self._kinds[relationship.peer], with_properties=with_properties)
            arguments.update({f"{relationship.name}__{name}": argument for name, argument in filters.items()})
        return arguments

    def of_peers(self, kind: Kind, *, with_descendants: bool = False) -> _Arguments:
        """The arguments of a relationship to many nodes of a kind."""
        key = (kind.name, with_descendants)
        if key not in self._of_peers:
            arguments = {**self._paging, **self._of_peer(kind)}
            if with_descendants:
                arguments["include_descendants"] = self._made["Boolean"]
            self._of_peers[key] = arguments
        return self._of_peers[key]

    def _of_peer(self, kind: Kind, *, with_properties: bool = True) -> _Arguments:
        """The filters by what the peers of a relationship have."""
        key = (kind.name, with_properties)
        if key not in self._filters:
            filters = {**self._of({"ids": "[ID]", "isnull": "Boolean"}), **self._of_label(kind)}
            for attribute in kind.attributes.values():
                scalar = FORMS[attribute.kind].scalar
                filters.update(self._of_attribute(attribute.name, scalar, with_properties=with_properties))
            self._filters[key] = filters
        return self._filters[key]

    def _of_label(self, kind: Kind) -> _Arguments:
        if not kind.data.get("display_label"):
            return {}
        name = "display_label"
        return self._of({f"{name}__value": "String", f"{name}__values": "[String]", f"{name}__isnull": "Boolean"})

    def _of_attribute(self, name: str, scalar: str, *, with_properties: bool = True) -> _Arguments:
        made = self._made
        values = {f"{name}__value": made[scalar], f"{name}__values": made[f"[{scalar}]"]}
        if not with_properties:
            return values
        return {
            **values,
            f"{name}__source__id": made["ID"],
            f"{name}__owner__id": made["ID"],
            f"{name}__is_protected": made["Boolean"],
        }

    def _of(self, names: dict[str, str]) -> _Arguments:
        return {name: self._made[type_] for name, type_ in names.items()}


def _metadata() -> dict[str, Any]:
    filters = {}
    for what in ("created", "updated"):
        filters[f"node_metadata__{what}_by__id"] = "ID"
        filters[f"node_metadata__{what}_by__ids"] = "[ID]"
        filters.update({f"node_metadata__{what}_at{when}": "DateTime" for when in ("", "__before", "__after")})
    return filters
