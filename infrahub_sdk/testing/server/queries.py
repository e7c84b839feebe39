"""Stored GraphQL queries: what is known of them, how they are run, and which nodes they found for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup, saving
from infrahub_sdk.utils import dict_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KIND", "described", "keep_group", "run"]

KIND = "CoreGraphQLQuery"
_CHANGES = ("Create", "Update", "Upsert", "Delete")
_INTEGER = "Int"


# What is known of a query


def described(session: Session, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """An input for a stored query with what there is to know of its text.

    Raises:
        Refused: The text is no valid query.
    """
    text = (data.get("query") or {}).get("value")
    if not isinstance(text, str):
        return data
    from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse, validate

    schema = session.app.graphql(session.kinds)
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        raise Refused(error.message, status=500) from error
    problems = validate(schema, document)
    if problems:
        words = "; ".join(problem.message for problem in problems)
        raise Refused(f"The query does not fit the schema: {words}", status=500)
    operations = [item for item in document.definitions if isinstance(item, OperationDefinitionNode)]
    fields: dict[str, Any] = {}
    for operation in operations:
        fields.update(_fields(operation.selection_set) or {})
    found = {
        "depth": _depth(fields),
        "height": _height(fields),
        "operations": sorted(item.operation.value for item in operations for _ in item.selection_set.selections),
        "variables": [shown for item in operations for shown in _variables(item)],
        "models": sorted(_kinds(session, schema, document)),
    }
    return {**data, **{name: {"value": value} for name, value in found.items()}}


def _fields(selected: Any) -> dict[str, Any] | None:
    """The names of selected fields, each with those below it; those of fragments are among them."""
    if selected is None:
        return None
    found: dict[str, Any] = {}
    for node in selected.selections:
        name = getattr(node, "name", None)
        below = _fields(getattr(node, "selection_set", None))
        for key, value in {name.value: below}.items() if name else (below or {}).items():
            if isinstance(found.get(key), dict) and value:
                found[key].update(value)
            else:
                found.setdefault(key, value)
    return found


def _depth(fields: dict[str, Any] | None) -> int:
    return 1 + max(map(_depth, fields.values())) if fields else 1


def _height(fields: dict[str, Any] | None) -> int:
    return sum(1 + _height(below) for below in fields.values()) if fields else 0


def _variables(operation: Any) -> Iterator[dict[str, Any]]:
    from graphql import NonNullTypeNode

    for item in operation.variable_definitions or ():
        named = item.type
        while hasattr(named, "type"):
            named = named.type
        default = _default(item.default_value, named.name.value)
        yield {
            "name": item.variable.name.value,
            "type": named.name.value,
            "required": isinstance(item.type, NonNullTypeNode) and not default,
            "default_value": default,
        }


def _default(literal: Any, type: str) -> Any:
    """The default value of a variable: numbers are those of integers, all others are text."""
    from graphql import value_from_ast_untyped

    if literal is None or not hasattr(literal, "value"):  # there is none, or it is a list, an object or null
        return literal and value_from_ast_untyped(literal)
    return int(literal.value) if type == _INTEGER else literal.value


def _kinds(session: Session, schema: Any, document: Any) -> set[str]:
    """The kinds of the nodes that a document reads or changes."""
    from graphql import TypeInfo, TypeInfoVisitor, Visitor, visit

    info, found = TypeInfo(schema), set()

    class Seen(Visitor):
        def enter_field(self, node: Any, *_: Any) -> None:
            name = node.name.value
            parent = info.get_parent_type()
            names = {
                name,
                parent.name if parent else "",
                *(name[: -len(end)] for end in _CHANGES if name.endswith(end)),
            }
            found.update(names & session.kinds.keys())

    visit(document, TypeInfoVisitor(info, Seen()))
    return found


# Running one


def run(session: Session, named: str, variables: Mapping[str, Any]) -> tuple[Node, dict[str, Any]]:
    """The stored query that has an id or a name, and what it gives, which may be errors.

    Raises:
        Refused: There is no such query, or it may not be run.
    """
    from infrahub_sdk.testing.server.graphql.document import run as run_document

    query = lookup.find(session, session.kinds[KIND], {"id": named})
    answer = run_document(session, str(query.values["query"].value), variables)
    return query, answer


def keep_group(
    session: Session, query: Node, variables: Mapping[str, Any], members: Iterable[str], subscribers: Iterable[str]
) -> None:
    """Keep the group of the nodes that a query found, and who wants to know when they change.

    Args:
        session: Whose view of the data.
        query: The stored query.
        variables: What it was run with: each set of them has a group of its own.
        members: The ids of the nodes.
        subscribers: The ids of those who want to know; they come to those that the group has.
    """
    kind, name = session.kinds["CoreGraphQLQueryGroup"], query.values["name"].value
    fingerprint = dict_hash(dict(variables))
    values = {
        "name": f"{name}__{fingerprint}",
        "label": f"Query {name} Hash({fingerprint[:8]})",
        "group_type": "internal",
        "parameters": dict(variables),
    }
    found = session.find(kind, {"name__value": values["name"]}, limit=1)
    held = {edge.node.id for node in found for edge in node.edges(kind.relationships["subscribers"])}
    data = {
        **{field: {"value": value} for field, value in values.items()},
        "query": {"id": query.id},
        "members": [{"id": id} for id in sorted(members)],
        "subscribers": [{"id": id} for id in sorted({*held, *subscribers})],
    }
    if found:
        saving.change(session, found[0], data)
    else:
        saving.create(session, kind, data)
