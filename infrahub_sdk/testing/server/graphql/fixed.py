"""GraphQL types out of their definitions as text: the part of the schema that does not depend on the kinds."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    DEFAULT_DEPRECATION_REASON,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    ListTypeNode,
    NonNullTypeNode,
    Undefined,
    parse,
    value_from_ast_untyped,
)

from infrahub_sdk.testing.server.graphql.scalars import SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Types", "fixed_definitions"]

_HEAD = re.compile(r"(type|interface|enum|input|scalar) (\w+)(?: implements ([\w& ]+))?")


class Definition:
    """The definition of a type; it is parsed when something asks for its fields.

    Attributes:
        keyword: What begins it, such as `type`.
        name: The name of the type.
        interfaces: The names of the interfaces that it implements.
        text: All of it.
    """

    __slots__ = ("_fields", "interfaces", "keyword", "name", "text")

    def __init__(self, head: re.Match[str], text: str) -> None:
        self.keyword, self.name, interfaces = head.groups()
        self.interfaces = tuple((interfaces or "").replace("&", " ").split())
        self.text = text
        self._fields: tuple[Any, ...] | None = None

    @property
    def fields(self) -> tuple[Any, ...]:
        """The syntax of its fields."""
        if self._fields is None:
            self._fields = tuple(getattr(parse(self.text, no_location=True).definitions[0], "fields", ()))
        return self._fields


@lru_cache(maxsize=1)
def fixed_definitions() -> tuple[Definition, ...]:
    """The definitions in `fixed.graphql`, taken from what a server of release 1.11 shows."""
    text = (Path(__file__).parent / "fixed.graphql").read_text(encoding="utf-8")
    parts = ((_HEAD.match(part), part) for part in text.split("\n\n"))
    return tuple(Definition(head, part) for head, part in parts if head)


class Types(dict[str, Any]):
    """GraphQL types by name. Their fields are made when they are asked for, so they may refer to types added later.

    Args:
        resolvers: What resolves fields, by `Type.field`; other fields are read from the object that they belong to.

    Attributes:
        extra_fields: Fields besides those of the definitions, by the name of the type: called once for each field map.
    """

    def __init__(self, resolvers: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(SCALARS)
        self._resolvers = resolvers
        self.extra_fields: dict[str, Callable[[], dict[str, GraphQLField]]] = {}

    def add(self, definition: Definition) -> None:
        """Add the type of a definition."""
        maker: Callable[[Definition], Any] = getattr(self, f"_{definition.keyword}")
        self[definition.name] = maker(definition)

    def of(self, node: Any) -> Any:
        """The type that a piece of syntax names."""
        if isinstance(node, NonNullTypeNode):
            return GraphQLNonNull(self.of(node.type))
        if isinstance(node, ListTypeNode):
            return GraphQLList(self.of(node.type))
        return self[node.name.value]

    def _fields(self, definition: Definition) -> dict[str, GraphQLField]:
        owner = definition.name
        fields = {node.name.value: self._field(owner, node) for node in definition.fields}
        extra = self.extra_fields.get(owner)
        return {**fields, **extra()} if extra else fields

    def _field(self, owner: str, node: Any) -> GraphQLField:
        resolver = self._resolvers.get(f"{owner}.{node.name.value}")
        arguments = {
            item.name.value: GraphQLArgument(self.of(item.type), _default(item), deprecation_reason=_deprecated(item))
            for item in node.arguments or ()
        }
        return GraphQLField(self.of(node.type), arguments, resolver, deprecation_reason=_deprecated(node))

    def _interfaces(self, definition: Definition) -> list[Any]:
        return [self[name] for name in definition.interfaces]

    def _type(self, definition: Definition) -> Any:
        return GraphQLObjectType(
            definition.name, partial(self._fields, definition), partial(self._interfaces, definition)
        )

    def _interface(self, definition: Definition) -> Any:
        return GraphQLInterfaceType(definition.name, partial(self._fields, definition), resolve_type=_type_name)

    def _enum(self, definition: Definition) -> Any:
        names = definition.text[definition.text.index("{") + 1 : -1].strip(" \n}").split()
        return GraphQLEnumType(definition.name, {name: name for name in names})

    def _input(self, definition: Definition) -> Any:
        return GraphQLInputObjectType(definition.name, partial(self._inputs, definition))

    def _inputs(self, definition: Definition) -> dict[str, GraphQLInputField]:
        return {
            node.name.value: GraphQLInputField(self.of(node.type), _default(node), deprecation_reason=_deprecated(node))
            for node in definition.fields
        }

    def _scalar(self, definition: Definition) -> Any:
        return SCALARS[definition.name]


def _default(node: Any) -> Any:
    return Undefined if node.default_value is None else value_from_ast_untyped(node.default_value)


def _deprecated(node: Any) -> str | None:
    return DEFAULT_DEPRECATION_REASON if node.directives else None


def _type_name(value: Any, *_: Any) -> str:
    """The name of the concrete type; every object of an interface knows it."""
    name: str = value["__typename"] if isinstance(value, dict) else value.type_name
    return name
