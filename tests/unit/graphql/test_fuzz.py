"""Whatever goes into a document comes out of it again, and nothing else does."""

from __future__ import annotations

from typing import Any, Union

import pytest
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    parse,
    parse_value,
)
from graphql.utilities import value_from_ast_untyped
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql import Mutation, Query, render_value
from infrahub_sdk.graphql.literals import is_name

FUZZ = settings(max_examples=40, deadline=None, database=None)

texts = st.text() | st.sampled_from(["$limit", "$a", '"', "\\", '"""', "\u2028"])
names = st.from_regex("[_A-Za-z][_0-9A-Za-z]{0,7}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
objects = st.dictionaries(names, values, min_size=1, max_size=4)
# Half of them are built from the characters that a document's structure is made of.
not_names = st.one_of(st.text(st.sampled_from('ab{}():,.@#"$\n \ufeff1'), max_size=12), texts).filter(
    lambda text: not is_name(text)
)

Selected = Union[FieldNode, InlineFragmentNode]


def only_selection(document: DocumentNode) -> Selected:
    """The one thing that a document asks for; fails when there is more."""
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (selection,) = operation.selection_set.selections
    assert isinstance(selection, (FieldNode, InlineFragmentNode))
    return selection


def arguments_of(document: DocumentNode) -> dict[str, Any]:
    """The arguments of the field that a document asks for."""
    field = only_selection(document)
    assert isinstance(field, FieldNode)
    return {argument.name.value: argument_value(argument) for argument in field.arguments or ()}


def argument_value(argument: ArgumentNode) -> Any:
    return value_from_ast_untyped(argument.value)


@FUZZ
@given(values)
def test_a_value_reads_back(value: Any) -> None:
    assert value_from_ast_untyped(parse_value(render_value(value))) == value


@FUZZ
@given(objects)
def test_filters_read_back(filters: dict[str, Any]) -> None:
    query = Query({"Tag": {"@filters": filters, "id": None}})
    assert arguments_of(parse(query.render())) == filters


@FUZZ
@given(objects)
def test_the_input_of_a_mutation_reads_back(data: dict[str, Any]) -> None:
    mutation = Mutation(mutation="TagCreate", input_data=data, query={"ok": None})
    assert arguments_of(parse(mutation.render())) == data


@FUZZ
@given(not_names)
@example("a: 1}) { ok } evil: TagDelete(data: {id: 1")
@pytest.mark.parametrize("place", ["argument", "input", "inner input", "alias", "variable", "mutation"])
def test_what_is_no_name_is_refused_in_the_place_of_one(place: str, text: str) -> None:
    documents: dict[str, Query | Mutation] = {
        "argument": Query({"Tag": {"@filters": {text: 1}, "id": None}}),
        "input": Mutation(mutation="TagCreate", input_data={text: 1}, query={"ok": None}),
        "inner input": Mutation(mutation="TagCreate", input_data={"data": [[{text: 1}]]}, query={"ok": None}),
        "alias": Query({"Tag": {"@alias": text or "a b", "id": None}}),
        "variable": Query({"Tag": {"id": None}}, variables={text: str}),
        "mutation": Mutation(mutation=text, input_data={"a": 1}, query={"ok": None}),
    }
    with pytest.raises(ValidationError):
        documents[place].render()


@FUZZ
@given(not_names)
@example("a: b")
@example("...on Tag")
@example("id } evil {")
def test_the_key_of_a_selection_selects_one_thing_or_is_refused(key: str) -> None:
    try:
        text = Query({key: {"id": None}}).render()
    except ValidationError:
        return
    if key in {"@filters", "@alias"}:
        return
    selection = only_selection(parse(text))
    assert not selection.directives
    assert selection.selection_set is not None
    (inner,) = selection.selection_set.selections
    assert isinstance(inner, FieldNode)
    assert inner.name.value == "id"
