"""A GraphQL schema whose types make their fields when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLList,
    GraphQLSchema,
    GraphQLString,
    specified_directives,
)
from graphql.type.schema import InterfaceImplementations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Schema"]

_EXPAND = GraphQLDirective(
    "expand",
    [DirectiveLocation.FIELD, DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    {"exclude": GraphQLArgument(GraphQLList(GraphQLString))},
)


class Schema(GraphQLSchema):
    """A schema of types that are known by name.

    The base class visits the fields of all types to find out which there are and what implements what, which takes
    the better part of a second for the kinds of a real schema. Here both are given, and a type that no
    document names costs nothing.

    Args:
        types: All types by their names.
        implementations: The names of the object types that implement an interface, by the name of the interface.

    Attributes:
        documents: Documents that are valid for it, by their text.
        shapes: What is known of others that are valid; see `checking`.
    """

    def __init__(self, types: Mapping[str, Any], implementations: Mapping[str, Sequence[str]]) -> None:
        super().__init__(directives=[*specified_directives, _EXPAND], assume_valid=True)
        self.query_type = types["Query"]
        self.mutation_type = types["Mutation"]
        self.subscription_type = types["Subscription"]
        self.type_map = {**types, **self.type_map}
        self.documents: dict[str, Any] = {}
        self.shapes: set[str] = set()
        self._names = {name: frozenset(names) for name, names in implementations.items()}
        self._objects = {name: [types[item] for item in names] for name, names in implementations.items()}

    def get_implementations(self, interface_type: Any) -> InterfaceImplementations:
        """What implements an interface."""
        return InterfaceImplementations(objects=self._objects.get(interface_type.name, []), interfaces=[])

    def get_possible_types(self, abstract_type: Any) -> list[Any]:
        """The object types of an interface."""
        return self._objects.get(abstract_type.name, [])

    def is_sub_type(self, abstract_type: Any, maybe_sub_type: Any) -> bool:
        """Whether an object type implements an interface."""
        return maybe_sub_type.name in self._names.get(abstract_type.name, ())
