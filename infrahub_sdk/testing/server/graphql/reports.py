"""What can be said of a GraphQL document without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import FieldNode, ListValueNode, NonNullTypeNode, OperationType, VariableNode

from infrahub_sdk.testing.server.graphql.checking import Faulty, checked
from infrahub_sdk.testing.server.graphql.resolvers import resolves

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds

__all__: list[str] = []


@resolves("Query.InfrahubGraphQLQueryReport")
def report(_: Any, info: Any, query: str) -> dict[str, Any]:
    """Whether each of its queries asks for one node at most.

    A query does when it names the node by `ids` or `hfid`, or by all values of a uniqueness constraint of its kind,
    and the values are certain to be there and to be single ones. Queries for other things than nodes do not count.
    """
    try:
        document = checked(info.schema, query)
    except Faulty as faulty:
        raise faulty.errors[0] from None
    queries = [
        (operation, node)
        for operation in document.operations
        for node in operation.selection_set.selections
        if isinstance(node, FieldNode)
    ]
    return {"targets_unique_nodes": all(_is_unique(info.context.kinds, *item) for item in queries)}


def _is_unique(kinds: Kinds, operation: Any, node: Any) -> bool:
    kind = kinds.get(node.name.value)
    if kind is None:
        return bool(operation.operation == OperationType.QUERY)
    given = {item.name.value: item.value for item in node.arguments or ()}
    if any(name in given and _is_single(operation, given[name], is_target=True) for name in ("ids", "hfid")):
        return True
    return any(
        all(name in given and _is_single(operation, given[name]) for name in names) for names in _constraints(kind)
    )


def _constraints(kind: Kind) -> list[list[str]]:
    """The arguments that a uniqueness constraint of a kind needs, for each of them."""
    unique = [[f"{attribute.name}__value"] for attribute in kind.attributes.values() if attribute.data.get("unique")]
    for paths in kind.data.get("uniqueness_constraints") or ():
        unique.append([f"{path}__ids" if path in kind.relationships else path for path in paths])
    return unique


def _is_single(operation: Any, value: Any, *, is_target: bool = False) -> bool:
    if isinstance(value, ListValueNode):
        return len(value.values) == 1 and _is_single(operation, value.values[0], is_target=True)
    if not isinstance(value, VariableNode):
        return True
    for definition in operation.variable_definitions or ():
        if definition.variable.name.value == value.name.value:
            return isinstance(definition.type, NonNullTypeNode) and (is_target or not _is_list(definition.type))
    return False


def _is_list(type_: Any) -> bool:
    return getattr(type_, "kind", "") == "list_type" or (hasattr(type_, "type") and _is_list(type_.type))
