"""How the model of the server reads the documents of the clients, and what it answers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import parse
from graphql.language import ast
from graphql.utilities import value_from_ast_untyped

from tests.model_data import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.model import Model
    from tests.model_data import Branch, Edge, Kind, Stored

__all__ = ["answer_of"]

WHEN = "2026-01-01T00:00:00.000000+00:00"


@lru_cache(maxsize=256)
def _parsed(document: str) -> ast.OperationDefinitionNode:
    """The operation of a document; the clients send one."""
    (operation,) = parse(document, no_location=True).definitions
    assert isinstance(operation, ast.OperationDefinitionNode)
    return operation


def answer_of(model: Model, held: Branch, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    """What a document is answered.

    Raises:
        GraphQLSyntaxError: It is none.
    """
    try:
        return _Request(model, held, variables).run(_parsed(document))
    except Invalid as problem:
        extensions = {"code": "UNDEFINED_ERROR", "http_status": 500, "data": {}}
        return {"data": None, "errors": [{"message": str(problem), "extensions": extensions}]}


class _Request:
    """One document being answered."""

    def __init__(self, model: Model, held: Branch, variables: dict[str, Any]) -> None:
        self.model = model
        self.held = held
        self.variables = variables

    def run(self, operation: ast.OperationDefinitionNode) -> dict[str, Any]:
        """The answer. The fields of a mutation are run in order, and each is refused for itself."""
        one = self._mutation if operation.operation is ast.OperationType.MUTATION else self._query
        data: dict[str, Any] = {}
        errors: list[dict[str, Any]] = []
        if one == self._mutation:
            self._check(operation)
        for field in operation.selection_set.selections:
            assert isinstance(field, ast.FieldNode)
            key = (field.alias or field.name).value
            try:
                data[key] = one(field)
            except Refusal as refusal:
                data[key] = None
                extensions = {"code": refusal.code, "http_status": refusal.status, "data": refusal.data}
                errors.append({"message": str(refusal), "path": [key], "extensions": extensions})
        return {"data": data, "errors": errors} if errors else {"data": data}

    def _check(self, operation: ast.OperationDefinitionNode) -> None:
        """Refuse a document that does not fit the schema, before any of it is run."""
        for field in operation.selection_set.selections:
            assert isinstance(field, ast.FieldNode)
            self.model.check(field.name.value, self._arguments(field).get("data") or {})

    def _arguments(self, field: ast.FieldNode) -> dict[str, Any]:
        return {item.name.value: value_from_ast_untyped(item.value, self.variables) for item in field.arguments or ()}

    def _mutation(self, field: ast.FieldNode) -> dict[str, Any]:
        node = self.model.write(self.held, field.name.value, self._arguments(field).get("data") or {})
        with self.model._guard:
            data: dict[str, Any] = {}
            for key, wanted in _fields(field, ()):
                if wanted.name.value == "object":
                    data[key] = self._node(node, wanted) if node is not None else None
                else:
                    data[key] = True
            return data

    def _query(self, field: ast.FieldNode) -> Any:
        name = field.name.value
        if name == "__type":
            return self._type(self._arguments(field)["name"])
        kind = self.model.kinds.get(name) or self.model.generics.get(name)
        if kind is None:
            raise Invalid(f"Cannot query field '{name}' on type 'Query'.")
        with self.model._guard:
            nodes = [node for node in self.held.nodes if name in node.kind.names]
            return self._page(kind, [(node, None) for node in nodes], field)

    def _type(self, name: str) -> dict[str, Any] | None:
        match = re.fullmatch(r"(\w+?)(Create|Update|Upsert)Input", name)
        kind = self.model.kinds.get(match.group(1) if match else name)
        if kind is None:
            return None
        names = kind.inputs - {"id"} if kind.name in self.model.without_id else kind.inputs
        fields = [{"name": item} for item in sorted(names)]
        return {"inputFields": fields, "fields": None} if match else {"inputFields": None, "fields": fields}

    def _page(self, kind: Kind, found: Iterable[tuple[Stored, Edge | None]], field: ast.FieldNode) -> dict[str, Any]:
        """The part of the nodes that the arguments ask for."""
        asked = self._arguments(field)
        offset, limit = asked.pop("offset", None) or 0, asked.pop("limit", None)
        partial = asked.pop("partial_match", False)
        asked.pop("order", None)
        for name, value in asked.items():
            found = [item for item in found if self._meets(kind, item[0], name, value, partial=partial)]
        found = list(found)
        page = found[offset:] if limit is None else found[offset : offset + limit]
        answer: dict[str, Any] = {}
        for key, wanted in _fields(field, ()):
            if wanted.name.value == "count":
                answer[key] = len(found)
            elif wanted.name.value == "edges":
                answer[key] = [self._edge(node, edge, wanted) for node, edge in page]
        return answer

    def _meets(self, kind: Kind, node: Stored, name: str, value: Any, *, partial: bool) -> bool:
        field, _, rest = name.partition("__")
        if name == "ids":
            return node.id in value
        if name == "hfid":
            return self.model.hfid(self.held, node) == value
        if field in node.kind.attributes and rest in {"value", "values", "isnull"}:
            held = node.attributes[field]["value"]
            if rest == "isnull":
                return (held is None) is value
            if rest == "values":
                return held in value
            return value in str(held) if partial else held == value
        if field in node.kind.relationships and rest:
            peers = [self.held.find(identifier) for identifier in self.held.peers(node, field)]
            return any(self._meets(peer.kind, peer, rest, value, partial=partial) for peer in peers if peer)
        raise Invalid(f"Unknown argument '{name}' on field 'Query.{kind.name}'.")

    def _edge(self, node: Stored | None, edge: Edge | None, field: ast.FieldNode) -> dict[str, Any]:
        properties = edge.properties if edge is not None else {}
        answer: dict[str, Any] = {}
        for key, wanted in _fields(field, ()):
            name = wanted.name.value
            if name == "node":
                answer[key] = self._node(node, wanted) if node is not None else None
            elif name == "properties":
                answer[key] = self._properties(properties, wanted)
            else:
                answer[key] = self._properties({}, wanted)
        return answer

    def _node(self, node: Stored, field: ast.FieldNode) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for key, wanted in _fields(field, node.kind.names):
            answer[key] = self._field(node, wanted)
        return answer

    def _field(self, node: Stored, field: ast.FieldNode) -> Any:
        name = field.name.value
        if name in node.kind.attributes and field.selection_set is not None:
            return self._properties(node.attributes[name], field)
        if name in node.kind.relationships:
            found = [(self.held.find(identifier), edge) for edge, identifier in self.held.links(node, name)]
            if node.kind.relationships[name]["cardinality"] == "one":
                return self._edge(*(found[0] if found else (None, None)), field)
            peer = self.model.kinds.get(node.kind.relationships[name]["peer"]) or node.kind
            return self._page(peer, [(peer, edge) for peer, edge in found if peer is not None], field)
        if name in {"id", "__typename"}:
            return node.id if name == "id" else node.kind.name
        if name in {"hfid", "display_label"}:
            hfid = self.model.hfid(self.held, node)
            return hfid if name == "hfid" else " ".join(hfid or [node.id])
        raise Invalid(f"Cannot query field '{name}' on type '{node.kind.name}'.")

    def _properties(self, data: dict[str, Any], field: ast.FieldNode) -> dict[str, Any]:
        """The value of an attribute and what is known about it, or what is known about a relationship."""
        answer: dict[str, Any] = {}
        for key, wanted in _fields(field, ()):
            name = wanted.name.value
            if wanted.selection_set is not None:
                person = self.held.find(data.get(name))
                answer[key] = self._node(person, wanted) if person is not None else None
            elif name in {"updated_at", "created_at"}:
                answer[key] = WHEN
            else:
                answer[key] = data.get(name, False if name.startswith("is_") else None)
        return answer


def _fields(field: ast.FieldNode, kinds: Iterable[str]) -> Iterator[tuple[str, ast.FieldNode]]:
    """What is asked of a field, each with the name that the answer has for it; of fragments those that apply."""
    assert field.selection_set is not None, f"{field.name.value} needs a selection"
    stack = [iter(field.selection_set.selections)]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
        elif isinstance(item, ast.FieldNode):
            yield (item.alias or item.name).value, item
        elif isinstance(item, ast.InlineFragmentNode) and _applies(item, kinds):
            stack.append(iter(item.selection_set.selections))


def _applies(fragment: ast.InlineFragmentNode, kinds: Iterable[str]) -> bool:
    return fragment.type_condition is None or fragment.type_condition.name.value in kinds
