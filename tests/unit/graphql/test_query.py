from __future__ import annotations

import enum
from typing import Any

import pytest
from graphql import parse

import infrahub_sdk.graphql
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql import Mutation, Query


class Color(enum.Enum):
    RED = "red"


def test_a_query_without_a_name_or_variables() -> None:
    assert Query({"BuiltinTag": {"count": None}}).render() == "\nquery {\n    BuiltinTag {\n        count\n    }\n}\n"


def test_a_query_with_everything() -> None:
    query = Query(
        query={
            "BuiltinTag": {
                "@filters": {"name__value": "$name", "color__value": Color.RED, "note__value": "$5"},
                "edges": {"node": {"id": None, "...on BuiltinTag": {"n: name": {"value": None}}}},
            }
        },
        variables={"name": str},
        name="Tags",
    )
    assert (
        query.render()
        == """
query Tags ($name: String!) {
    BuiltinTag(name__value: $name, color__value: RED, note__value: "$5") {
        edges {
            node {
                id
                ...on BuiltinTag {
                    n: name {
                        value
                    }
                }
            }
        }
    }
}
"""
    )
    parse(query.render())


def test_a_query_renders_the_value_of_enum_members_where_that_is_asked_for() -> None:
    query = Query({"BuiltinTag": {"@filters": {"color__value": Color.RED}, "count": None}})
    assert 'color__value: "red"' in query.render(convert_enum=True)


def test_a_mutation_without_a_name_or_variables() -> None:
    mutation = Mutation(
        mutation="BuiltinTagCreate",
        input_data={"data": {"name": {"value": 'the "red" one'}}, "context": {"account": {"id": "a"}}},
        query={"ok": None, "object": {"id": None}},
    )
    assert (
        mutation.render()
        == """
mutation {
    BuiltinTagCreate(
        data: {
            name: {
                value: "the \\"red\\" one"
            }
        }
        context: {
            account: {
                id: "a"
            }
        }
    ){
        ok
        object {
            id
        }
    }
}
"""
    )
    parse(mutation.render())


def test_a_mutation_with_everything() -> None:
    mutation = Mutation(
        {"ok": None}, {"file": bytes}, "Upload", mutation="DocCreate", input_data={"file": "$file", "color": Color.RED}
    )
    assert (
        mutation.render(convert_enum=True)
        == """
mutation Upload ($file: Upload!) {
    DocCreate(
        file: $file
        color: "red"
    ){
        ok
    }
}
"""
    )


def test_a_mutation_has_no_variable_that_it_does_not_declare() -> None:
    mutation = Mutation(
        mutation="M", input_data={"data": {"a": "$a", "b": "$b"}}, query={"ok": None}, variables={"a": str}
    )
    assert mutation.render().splitlines()[4:6] == ["            a: $a", '            b: "$b"']


@pytest.mark.parametrize("variables", [None, {}])
def test_no_variables_make_no_brackets(variables: Any) -> None:
    assert Query({"a": None}, variables, "Name").render_first_line() == "query Name {"


def test_the_parts_of_a_query_can_be_read() -> None:
    query = Query({"a": None}, {"b": str})
    assert (query.query, query.variables, query.name, query.query_type) == ({"a": None}, {"b": str}, "", "query")


@pytest.mark.parametrize("name", ["a b", "Name { evil }", "1", "é"])
def test_an_operation_whose_name_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"name: .*the name of an operation"):
        Query({"a": None}, name=name).render()


@pytest.mark.parametrize("name", ["", "a b", "Create(data: {}) { ok } Other"])
def test_a_mutation_whose_name_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"mutation: .*the name of a mutation"):
        Mutation(mutation=name, input_data={}, query={"ok": None}).render()


def test_an_error_names_the_path_in_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        Mutation(mutation="M", input_data={"data": {"a": {"value": b""}}}, query={"ok": None}).render()
    assert caught.value.identifier == "data.a.value"


def test_a_repr_shows_no_values() -> None:
    query = Query({"BuiltinTag": {"@filters": {"password__value": "hunter2"}}}, name="Tags")
    mutation = Mutation(mutation="BuiltinTagCreate", input_data={"data": {"password": "hunter2"}}, query={"ok": None})
    assert repr(query) == "<Query Tags: BuiltinTag>"
    assert repr(mutation) == "<Mutation (no name): BuiltinTagCreate>"


def test_the_package_has_every_name_that_it_promises() -> None:
    assert [name for name in infrahub_sdk.graphql.__all__ if not hasattr(infrahub_sdk.graphql, name)] == []


def test_the_package_has_no_other_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Subscription'"):
        infrahub_sdk.graphql.Subscription  # noqa: B018
