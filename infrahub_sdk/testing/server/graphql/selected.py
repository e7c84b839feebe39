"""What an operation asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    get_directive_values,
    get_named_type,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLSchema

__all__ = ["Selections", "asks_for_peers", "is_selected"]


def is_selected(info: Any, name: str) -> bool:
    """Whether a field is selected directly below the field that is resolved."""
    return any(True for node in info.field_nodes for _ in _named(node.selection_set, name, info.fragments))


def asks_for_peers(info: Any) -> bool:
    """Whether fields of peers, or properties of edges, are selected; otherwise the server lists no edge at all."""
    edges = [node for found in info.field_nodes for node in _named(found.selection_set, "edges", info.fragments)]
    return any(
        next(_named(found.selection_set, name, info.fragments), None)
        for found in edges
        for name in ("node", "properties")
    )


def _named(selections: Any, name: str, fragments: Any) -> Iterator[Any]:
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            if node.name.value == name:
                yield node
        else:
            inner = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            yield from _named(inner.selection_set, name, fragments)


class Selections:
    """Finds out what is selected.

    Args:
        schema: The schema.
        fragments: The syntax of the fragments of the document, by their names.
        values: The values of the variables, as graphql-core keeps them.
    """

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, Any], values: Any) -> None:
        self._schema = schema
        self._fragments = fragments
        self._values = values

    def of(self, type_: GraphQLObjectType, nodes: list[Any], declared: Any) -> dict[str, list[Any]]:
        """The fields that are selected below some pieces of syntax, by what the answer calls them.

        Args:
            type_: The type of the objects whose fields they are.
            nodes: An operation, or what selects the same field.
            declared: The type that the objects have in the schema: their own, or an interface of it.
        """
        found: dict[str, list[Any]] = {}
        spread: set[str] = set()
        for node in nodes:
            self._collect(type_, node.selection_set, found, spread)
        for node in nodes:
            for excluded in self._expanded(node):
                self._collect(type_, _expansion(declared, excluded), found, spread)
        return found

    def _collect(self, type_: Any, selections: Any, found: dict[str, list[Any]], spread: set[str]) -> None:
        for node in selections.selections:
            if node.directives and not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                spread.add(node.name.value)
                node = self._fragments[node.name.value]
            if self._applies(type_, node.type_condition):
                self._collect(type_, node.selection_set, found, spread)

    def _applies(self, type_: GraphQLObjectType, condition: Any) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        wanted: Any = self._schema.get_type(condition.name.value)
        return not isinstance(wanted, GraphQLObjectType) and self._schema.is_sub_type(wanted, type_)

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._values)
        include = get_directive_values(GraphQLIncludeDirective, node, self._values)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _expanded(self, node: Any) -> list[tuple[str, ...]]:
        """For each directive `expand` of a field, the names of the attributes that it leaves out."""
        directive: Any = self._schema.get_directive("expand")
        given = get_directive_values(directive, node, self._values) if node.directives else None
        return [] if given is None else [tuple(given.get("exclude") or ())]


@lru_cache(maxsize=200)
def _expansion(type_: Any, excluded: tuple[str, ...]) -> Any:
    """What the directive `expand` adds to what is selected of an object: for a node, its attributes."""
    names = [name for name, field in type_.fields.items() if name not in excluded and _is_attribute(field.type)]
    attributes = "".join(f" {name} {{ value is_default is_from_profile }}" for name in names)
    node = " id" if "display_label" in type_.fields else ""
    document: Any = parse(f"{{ __typename{node}{attributes} }}", no_location=True)
    return document.definitions[0].selection_set


def _is_attribute(type_: Any) -> bool:
    interfaces = getattr(get_named_type(type_), "interfaces", ())
    return any(interface.name == "AttributeInterface" for interface in interfaces)
