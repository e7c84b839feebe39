"""Documents that are valid for a schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from infrahub_sdk.exceptions import nearest

if TYPE_CHECKING:
    from graphql import SelectionSetNode

    from infrahub_sdk.testing.server.graphql.schema import Schema

__all__ = ["Document", "Faulty", "checked"]

_REMEMBERED = 300  # documents of a schema, and shapes
_VALUE = re.compile(
    r'(?P<text>"""(?:\\"""|[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*")'
    r"|(?<!\w)(?:(?P<float>-?\d+(?:\.\d+)?[eE][+-]?\d+|-?\d+\.\d+)|(?P<int>-?\d+))|#.*"
)
_KINDS = {"text": '""', "float": "0.0", "int": "0"}
_OWN = re.compile(r'"+(?:\d{4}-|\d{8}|\\u)|-?\d{10}')  # a time perhaps, or too large for the type Int


class Faulty(Exception):
    """A document cannot be run.

    Attributes:
        errors: What is wrong with it, one thing at least.
    """

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


class Document:
    """A valid document.

    Attributes:
        operations: The syntax of its operations.
        fragments: The syntax of its fragments, by their names.
    """

    def __init__(self, definitions: tuple[Any, ...]) -> None:
        self.operations = [item for item in definitions if isinstance(item, OperationDefinitionNode)]
        self.fragments = {item.name.value: item for item in definitions if isinstance(item, FragmentDefinitionNode)}

    def operation(self, name: str | None = None) -> OperationDefinitionNode:
        """The operation of a name, or the only one.

        Raises:
            Faulty: There is none, or there are several and none was named, or it is a subscription.
        """
        found = [item for item in self.operations if name is None or (item.name and item.name.value == name)]
        if len(found) != 1:
            raise Faulty([GraphQLError(self._missing(name))])
        if found[0].operation == OperationType.SUBSCRIPTION:
            raise Faulty([GraphQLError("The local Infrahub does not serve subscriptions.", found[0])])
        return found[0]

    def _missing(self, name: str | None) -> str:
        names = [item.name.value for item in self.operations if item.name]
        if name is not None:
            return f"The document has no operation {name!r}.{nearest(name, names)}"
        if self.operations:
            return f"The document has several operations, name the one to run: {', '.join(names)}."
        return "The document has no operation."


def checked(schema: Schema, text: str) -> Document:
    """A document, found valid for a schema; the last ones are remembered.

    Raises:
        Faulty: It is not valid, or no document.
    """
    known = schema.documents
    if text not in known:
        found = _parsed(schema, text)
        if len(known) >= _REMEMBERED:
            del known[next(iter(known))]
        known[text] = found
    document: Document = known[text]
    return document


def _parsed(schema: Schema, text: str) -> Document:
    """A document, found valid, which takes most of the time of a document that is new.

    So documents that differ in nothing but the values in them are validated once.
    """
    try:
        document = parse(text)
    except GraphQLError as error:
        raise Faulty([error]) from None
    found = Document(tuple(document.definitions))
    shape = _shape(text)
    if shape not in schema.shapes:
        errors = validate(schema, document, _RULES)
        if errors:
            raise Faulty(errors)
        if all(_is_simple(operation.selection_set) for operation in found.operations):
            if len(schema.shapes) >= _REMEMBERED:
                schema.shapes.clear()
            schema.shapes.add(shape)
    return found


class _NoEmptySelections(ASTValidationRule):
    """Refuses `{ }`, which graphql-core 3.3 takes for a selection, other than the specification (2.8) and 3.2."""

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        if not node.selections:
            self.report_error(GraphQLError("Nothing is selected between these braces.", node))


_RULES = (*specified_rules, _NoEmptySelections)


def _shape(text: str) -> str:
    """A document with the same value in place of all that are valid where it is."""
    return _VALUE.sub(_without_value, text)


def _without_value(found: re.Match[str]) -> str:
    if found.lastgroup is None or _OWN.match(found[0]):
        return found[0]
    return _KINDS[found.lastgroup]


def _is_simple(selections: Any) -> bool:
    """Whether no field is selected twice, which is valid or not by the values of its arguments."""
    seen = set()
    for node in selections.selections if selections else ():
        if not isinstance(node, FieldNode) or not _is_simple(node.selection_set):
            return False
        name = (node.alias or node.name).value
        if name in seen:
            return False
        seen.add(name)
    return True
