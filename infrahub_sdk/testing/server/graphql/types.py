"""The GraphQL schema of a branch: the fixed types, and those that its kinds bring."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType

from infrahub_sdk.testing.server.graphql import addresses, available, reading
from infrahub_sdk.testing.server.graphql.arguments import Arguments
from infrahub_sdk.testing.server.graphql.attributes import FORMS
from infrahub_sdk.testing.server.graphql.changes import Changes
from infrahub_sdk.testing.server.graphql.fixed import Types, fixed_definitions
from infrahub_sdk.testing.server.graphql.resolvers import resolvers
from infrahub_sdk.testing.server.graphql.schema import Schema

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds, Relationship

__all__ = ["graphql_schema"]

_REMEMBERED = 20  # schemas
_ANY = ("AnyAttributeCreate", "AnyAttributeUpdate")  # types that are there when something uses them


_lock = threading.Lock()
_made: dict[int, tuple[Kinds, Schema]] = {}  # the last ones, also of other servers of this process


def graphql_schema(kinds: Kinds) -> Schema:
    """The GraphQL schema of some kinds; it is made once."""
    with _lock:
        found = _made.pop(id(kinds), None) or (kinds, _schema(kinds))
        _made[id(kinds)] = found
        if len(_made) > _REMEMBERED:
            del _made[next(iter(_made))]
    return found[1]


def _schema(kinds: Kinds) -> Schema:
    types = Types(resolvers())
    implementations: dict[str, list[str]] = {}
    definitions = [item for item in fixed_definitions() if item.name not in _ANY or _has_any(kinds)]
    for definition in definitions:
        types.add(definition)
        for name in definition.interfaces:
            implementations.setdefault(name, []).append(definition.name)
    builder = _Builder(kinds, types)
    for kind in (*kinds.values(), *kinds.internal.values()):
        builder.add(kind)
        for name in _interfaces(kind):
            implementations.setdefault(name, []).append(kind.name)
    if not any(_is_file(kind) for kind in kinds.values()):
        del types["Upload"]
    return Schema(types, implementations)


def _has_any(kinds: Kinds) -> bool:
    return any(attribute.kind == "Any" for kind in kinds.values() for attribute in kind.attributes.values())


def _is_file(kind: Kind) -> bool:
    return "CoreFileObject" in kind.data.get("inherit_from", ())


def _interfaces(kind: Kind) -> list[str]:
    """The names of the interfaces that the type of a kind implements."""
    if kind.is_generic:
        return []
    names = list(kind.data.get("inherit_from", ()))
    return names if "CoreNode" in names or "CoreGroup" in names else ["CoreNode", *names]


class _Builder:
    """Makes the types of kinds."""

    def __init__(self, kinds: Kinds, types: Types) -> None:
        self._kinds = kinds
        self._types = types
        self._arguments = Arguments(kinds, types)
        self._changes = Changes(kinds, types)
        types.extra_fields["Query"] = self._queries

    def add(self, kind: Kind) -> None:
        """Add the types of a kind."""
        name, types = kind.name, self._types
        fields, described = partial(self._fields, kind), kind.data.get("description")
        if kind.is_generic:
            types[name] = GraphQLInterfaceType(name, fields, resolve_type=reading.type_name, description=described)
        else:
            types[name] = GraphQLObjectType(
                name, fields, lambda: [types[item] for item in _interfaces(kind)], description=described
            )
        for prefix in ("", "Nested"):
            edge, page = f"{prefix}Edged{name}", f"{prefix}Paginated{name}"
            types[edge] = GraphQLObjectType(edge, partial(self._edge, kind, prefix))
            types[page] = GraphQLObjectType(page, partial(self._page, kind, prefix))
        self._changes.add(kind)

    def _queries(self) -> dict[str, GraphQLField]:
        """The fields of the type `Query` that ask for nodes of a kind."""
        return {kind.name: self._query(kind) for kind in self._kinds.values()}

    def _query(self, kind: Kind) -> GraphQLField:
        page = GraphQLNonNull(self._types[f"Paginated{kind.name}"])
        resolve = available.page if kind.name in available.KINDS else reading.page
        return _field(page, partial(resolve, kind=kind), self._arguments.of_query(kind))

    # Nodes

    def _fields(self, kind: Kind) -> dict[str, GraphQLField]:
        string = self._types["String"]
        fields = {
            "id": _field(string if kind.is_generic else GraphQLNonNull(string)),
            "hfid": _field(GraphQLList(GraphQLNonNull(string)), reading.hfid),
            "display_label": _field(string, available.label(kind)),
        }
        for attribute in kind.attributes.values():
            type_ = self._types[FORMS[attribute.kind].type]
            described = attribute.data.get("description")
            resolve = addresses.attribute(kind, attribute.name)
            fields[attribute.name] = GraphQLField(type_, None, resolve, described)
        for relationship in kind.relationships.values():
            fields[relationship.name] = self._related(kind, relationship)
        fields.update(self._hierarchy(kind))
        if "CoreGenericAccount" in (kind.name, *_interfaces(kind)):
            fields["is_externally_managed"] = _field(GraphQLNonNull(self._types["Boolean"]), _false)
        return fields

    def _related(self, kind: Kind, relationship: Relationship) -> GraphQLField:
        if relationship.is_many:
            return self._to_many(relationship.peer, reading.peers, with_descendants=bool(_top(kind)))
        return self._to_one(relationship.peer)

    def _to_one(self, peer: str) -> GraphQLField:
        return _field(GraphQLNonNull(self._types[f"NestedEdged{peer}"]), reading.peer)

    def _to_many(self, peer: str, resolve: Any, *, with_descendants: bool = False) -> GraphQLField:
        arguments = self._arguments.of_peers(self._kinds[peer], with_descendants=with_descendants)
        return _field(GraphQLNonNull(self._types[f"NestedPaginated{peer}"]), resolve, arguments)

    def _hierarchy(self, kind: Kind) -> dict[str, GraphQLField]:
        """What leads up and down from a node of a kind that has its place in a hierarchy."""
        top = _top(kind)
        if not top:
            return {}
        return {
            "parent": self._to_one(top),
            "children": self._to_many(top, reading.peers),
            "ancestors": self._to_many(top, reading.ancestors),
            "descendants": self._to_many(top, reading.descendants),
        }

    # Pages

    def _edge(self, kind: Kind, prefix: str) -> dict[str, GraphQLField]:
        types = self._types
        fields = {
            "node": _field(types[kind.name]),
            "node_metadata": _field(types["InfrahubNodeMetadata"], reading.node_metadata),
        }
        if prefix:
            fields["properties"] = _field(types["RelationshipProperty"], reading.properties)
            metadata = types["InfrahubRelationshipMetadata"]
            fields["relationship_metadata"] = _field(metadata, reading.relationship_metadata)
        return fields

    def _page(self, kind: Kind, prefix: str) -> dict[str, GraphQLField]:
        types = self._types
        edges = GraphQLList(GraphQLNonNull(types[f"{prefix}Edged{kind.name}"]))
        fields = {"count": _field(GraphQLNonNull(types["Int"]))}
        if prefix and kind.is_generic:
            return {**fields, "edges": _field(edges)}
        permissions = GraphQLNonNull(types["PaginatedObjectPermission"])
        return {
            **fields,
            "edges": _field(GraphQLNonNull(edges)),
            "permissions": _field(permissions, reading.permissions),
        }


def _field(type_: Any, resolve: Any = None, arguments: Any = None) -> GraphQLField:
    field = GraphQLField(type_, None, resolve)
    if arguments:
        field.args = arguments  # not by the constructor, which looks at each of hundreds that are shared and known
    return field


def _top(kind: Kind) -> str | None:
    """The generic of the hierarchy that a kind belongs to."""
    top: str | None = kind.data.get("hierarchy") or (kind.name if kind.data.get("hierarchical") else None)
    return top


def _false(*_: Any) -> bool:
    return False
