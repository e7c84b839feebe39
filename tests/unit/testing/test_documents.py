"""Documents: what is run, what is refused, and how the answer says what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    OperationType,
    parse,
)
from graphql import execute as reference

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.graphql.execution import execute
from infrahub_sdk.testing.server.graphql.fixed import fixed_definitions
from infrahub_sdk.testing.server.graphql.resolvers import resolvers
from tests.unit.testing.people import admin

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

UNDEFINED = {"code": "UNDEFINED_ERROR", "http_status": 500, "data": {}}
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def answer(app: App) -> Run:
    """Answers a document on an empty server."""
    app.reset()

    account = admin(app)

    def answered(text: str, variables: Any = None, operation: str | None = None) -> dict[str, Any]:
        return run(app.session(account=account), text, variables, operation)

    return answered


def make(*names: str) -> str:
    """A document that makes tags."""
    fields = [
        f'm{number}: BuiltinTagCreate(data: {{name: {{value: "{name}"}}}}) {{ object {{ display_label }} }}'
        for number, name in enumerate(names)
    ]
    return f"mutation {{ {' '.join(fields)} }}"


NAMES = "{ BuiltinTag { edges { node { name { value } } } } }"


def names(data: Any) -> list[str]:
    return [edge["node"]["name"]["value"] for edge in data["data"]["BuiltinTag"]["edges"]]


# What is wrong with a document


def test_a_syntax_error_says_where_it_is(answer: Run) -> None:
    (error,) = answer("{ BuiltinTag { count }")["errors"]
    assert error["locations"] == [{"line": 1, "column": 23}]
    assert error["extensions"] == UNDEFINED
    assert "path" not in error


@pytest.mark.parametrize("text", ["{ }", "{ BuiltinTag { } }"])
def test_braces_without_a_field_are_a_mistake(answer: Run, text: str) -> None:
    (error,) = answer(text)["errors"]
    assert error["locations"][0]["line"] == 1
    assert "path" not in error


def test_an_operation_without_a_name_is_not_called_nothing(answer: Run) -> None:
    assert "has no operation ''" in answer("{ BuiltinTag { count } }", operation="")["errors"][0]["message"]


def test_a_field_that_is_not_there_refuses_the_document(answer: Run) -> None:
    found = answer("{ BuiltinTag { cuont } }")
    assert found["data"] is None
    (error,) = found["errors"]
    assert error["message"] == "Cannot query field 'cuont' on type 'PaginatedBuiltinTag'. Did you mean 'count'?"
    assert error["locations"] == [{"line": 1, "column": 16}]
    assert "path" not in error


def test_a_variable_of_another_type_refuses_the_document(answer: Run) -> None:
    found = answer("query ($n: Int) { BuiltinTag(limit: $n) { count } }", {"n": "many"})
    assert found["data"] is None
    assert "$n" in found["errors"][0]["message"]


def test_a_variable_that_must_be_given_refuses_the_document(answer: Run) -> None:
    found = answer("query ($q: String!) { InfrahubSearchAnywhere(q: $q) { count } }")
    assert "$q" in found["errors"][0]["message"]


def test_no_mutation_of_a_refused_document_is_run(answer: Run) -> None:
    answer(make("red").replace("display_label", "displaylabel"))
    assert names(answer(NAMES)) == []


def test_an_unknown_operation_is_named_with_the_nearest(answer: Run) -> None:
    (error,) = answer("query Tags { BuiltinTag { count } }", None, "Tag")["errors"]
    assert error["message"] == "The document has no operation 'Tag'. Did you mean 'Tags'?"


def test_one_of_several_operations_is_run(answer: Run) -> None:
    text = "query A { BuiltinTag { count } } query B { InfrahubInfo { version } }"
    assert list(answer(text, None, "B")["data"]) == ["InfrahubInfo"]


def test_several_operations_need_the_name_of_one(answer: Run) -> None:
    (error,) = answer("query A { BuiltinTag { count } } query B { BuiltinTag { count } }")["errors"]
    assert error["message"] == "The document has several operations, name the one to run: A, B."


def test_a_subscription_is_refused(answer: Run) -> None:
    found = answer('subscription { query(name: "x") }')
    assert found["data"] is None
    assert found["errors"][0]["message"] == "The local Infrahub does not serve subscriptions."


def test_every_field_that_does_not_depend_on_kinds_is_served() -> None:
    roots = [definition for definition in fixed_definitions() if definition.name in {"Query", "Mutation"}]
    fields = {f"{root.name}.{field.name.value}" for root in roots for field in root.fields}
    assert len(roots) == 2
    assert fields - set(resolvers()) == set()


def test_mutations_are_refused_to_those_who_may_not_write(app: App) -> None:
    app.reset()
    with pytest.raises(Refused) as caught:
        run(app.session(), make("red"))
    assert (caught.value.code, caught.value.status) == ("AUTHENTICATION_REQUIRED", 401)
    assert names(run(app.session(), NAMES)) == []


def test_a_document_like_one_that_was_valid_may_have_values_that_are_not(answer: Run) -> None:
    text = "{ BuiltinTag(limit: %s) { count } }"
    assert answer(text % 1)["data"] is not None
    for value in ("2147483648", '"1"', "1.0", "true", "-"):
        assert answer(text % value)["data"] is None, value
    text = "{ BuiltinTag(node_metadata__created_at: %s) { count } }"
    assert answer(text % '"2024-01-01T00:00:00Z"')["data"] is not None
    for value in ('"2024-13-01T00:00:00Z"', '"then"', '"20240101T"', "20240101"):
        assert answer(text % value)["data"] is None, value


def test_no_mutation_of_a_document_like_a_valid_one_is_run_when_a_value_is_not_valid(answer: Run) -> None:
    preferences = "b: InfrahubSetPreferences(scope: %s) { ok }"
    text = f'mutation {{ a: BuiltinTagCreate(data: {{name: {{value: "%s"}}}}) {{ ok }} {preferences} }}'
    answer(text % ("red", "GLOBAL"))
    assert answer(text % ("blue", "NONE"))["data"] is None
    assert names(answer(NAMES)) == ["red"]


def test_a_document_like_one_that_was_valid_may_contradict_itself(answer: Run) -> None:
    text = "{ BuiltinTag(limit: 1) { count } BuiltinTag(limit: %s) { count } }"
    assert "errors" not in answer(text % 1)
    assert answer(text % 2)["data"] is None


@pytest.mark.parametrize(
    ("literal", "value"), [(r"a \"b\" \\", 'a "b" \\'), ("# no comment", "# no comment"), ("{1} $2", "{1} $2")]
)
def test_values_are_taken_as_they_are_in_documents_that_are_alike(answer: Run, literal: str, value: str) -> None:
    answer(make("red"))
    assert answer(make(literal))["data"]["m0"]["object"]["display_label"] == value


# Mutations


def test_mutations_are_run_one_after_another(answer: Run) -> None:
    data = answer(make("red", "green", "blue"))["data"]
    assert [item["object"]["display_label"] for item in data.values()] == ["red", "green", "blue"]
    assert names(answer(NAMES)) == ["blue", "green", "red"]


def test_a_mutation_that_fails_leaves_the_others_standing(answer: Run) -> None:
    broken = 'mutation { m0: BuiltinTagDelete(data: {id: "x"}) { ok } '
    found = answer(broken + make("red", "blue").replace("mutation {", "").replace("m0:", "m2:"))
    assert found["data"]["m0"] is None
    assert found["data"]["m1"] == {"object": {"display_label": "blue"}}
    (error,) = found["errors"]
    assert error["path"] == ["m0"]
    assert error["locations"] == [{"line": 1, "column": 12}]
    assert error["extensions"]["code"] == "NODE_NOT_FOUND"
    assert names(answer(NAMES)) == ["blue", "red"]


def test_mutations_are_about_now_whatever_time_is_looked_at(app: App, answer: Run) -> None:
    before = app.storage.now()
    run(app.session(at=before, account=admin(app)), make("red"))
    assert names(run(app.session(at=before), NAMES)) == []
    assert names(answer(NAMES)) == ["red"]


# What documents are made of


def test_variables_go_into_arguments_and_into_inputs(answer: Run) -> None:
    text = "mutation ($name: String!) { BuiltinTagCreate(data: {name: {value: $name}}) { ok } }"
    for name in ("red", "blue"):
        answer(text, {"name": name})
    found = answer(
        NAMES.replace("{ BuiltinTag {", "query ($of: [String]) { BuiltinTag(name__values: $of) {"), {"of": ["red"]}
    )
    assert names(found) == ["red"]


def test_fragments_may_lie_in_fragments(answer: Run) -> None:
    answer(make("red"))
    text = """
        { CoreNode(limit: 1, ids: []) { count } BuiltinTag { edges { ...Edge } } }
        fragment Edge on EdgedBuiltinTag { node { ... on CoreNode { ...Named } } }
        fragment Named on BuiltinTag { __typename ... on BuiltinTag { name { ... { value } } } }
    """
    assert answer(text)["data"]["BuiltinTag"]["edges"] == [
        {"node": {"__typename": "BuiltinTag", "name": {"value": "red"}}}
    ]


def test_a_fragment_on_another_type_adds_nothing(answer: Run) -> None:
    answer(make("red"))
    fragments = "... on BuiltinTag { name { value } } ... on CoreAccount { label { value } }"
    found = answer(f"{{ CoreNode {{ edges {{ node {{ {fragments} }} }} }} }}")["data"]["CoreNode"]
    nodes = [edge["node"] for edge in found["edges"]]
    assert {"name": {"value": "red"}} in nodes
    assert all(len(item) <= 1 for item in nodes)


def test_one_field_may_be_asked_for_twice(answer: Run) -> None:
    answer(make("red"))
    nodes = "edges { node { name { %s } } }"
    found = answer(f"{{ BuiltinTag {{ {nodes % 'value'} }} BuiltinTag {{ count {nodes % 'is_default'} }} }}")
    assert found["data"]["BuiltinTag"] == {
        "edges": [{"node": {"name": {"value": "red", "is_default": False}}}],
        "count": 1,
    }


@pytest.mark.parametrize("wanted", [True, False])
def test_directives_leave_fields_out(answer: Run, wanted: bool) -> None:
    text = """
        query ($wanted: Boolean!) {
            a: BuiltinTag @include(if: $wanted) { count }
            b: BuiltinTag @skip(if: $wanted) { count }
            BuiltinTag { ... @include(if: $wanted) { count } __typename }
        }
    """
    data = answer(text, {"wanted": wanted})["data"]
    assert list(data) == ["a" if wanted else "b", "BuiltinTag"]
    assert ("count" in data["BuiltinTag"]) is wanted


def test_expand_adds_the_attributes_of_a_node(answer: Run) -> None:
    answer(make("red"))
    text = '{ BuiltinTag { edges { node @expand(exclude: ["description"]) { display_label } } } }'
    (edge,) = answer(text)["data"]["BuiltinTag"]["edges"]
    assert edge["node"].pop("id")
    assert edge["node"] == {
        "display_label": "red",
        "__typename": "BuiltinTag",
        "name": {"value": "red", "is_default": False, "is_from_profile": False},
    }


def test_introspection_of_one_type(answer: Run) -> None:
    data = answer('{ __typename __type(name: "BuiltinTag") { kind name interfaces { name } } }')["data"]
    tag = {"kind": "OBJECT", "name": "BuiltinTag", "interfaces": [{"name": "CoreNode"}]}
    assert data == {"__typename": "Query", "__type": tag}


# Scalars


@pytest.mark.parametrize(("given", "taken"), [(2**40, 2**40), ("12", 12), (3.0, 3)])
def test_a_big_int_is_a_whole_number(answer: Run, given: Any, taken: int) -> None:
    made = big_int(answer, given)["data"]["ProfileBuiltinTagCreate"]["object"]
    assert made == {"profile_priority": {"value": taken}}


@pytest.mark.parametrize("given", ["many", 1.5, [1], {}])
def test_what_is_no_whole_number_is_no_big_int(answer: Run, given: Any) -> None:
    assert "BigInt" in big_int(answer, given)["errors"][0]["message"]


def big_int(answer: Run, value: Any) -> dict[str, Any]:
    data = '{profile_name: {value: "priority"}, profile_priority: {value: $n}}'
    fields = "{ object { profile_priority { value } } }"
    return answer(f"mutation ($n: BigInt) {{ ProfileBuiltinTagCreate(data: {data}) {fields} }}", {"n": value})


@pytest.mark.parametrize("literal", ['"soon"', "5", "true"])
def test_a_time_is_written_as_iso_8601_has_it(answer: Run, literal: str) -> None:
    text = "{ BuiltinTag(node_metadata__created_at__after: %s) { count } }"
    assert answer(text % '"2024-01-31T10:00:00Z"')["data"]["BuiltinTag"]["count"] == 0
    assert "DateTime" in answer(text % literal)["errors"][0]["message"]


def test_a_generic_scalar_takes_any_value_with_variables_in_it(answer: Run) -> None:
    text = """
        mutation ($deep: GenericScalar) {
            CoreMenuItemCreate(data: {
                name: {value: "m"} namespace: {value: "Test"}
                required_permissions: {value: [{a: [1, 2.5, "x", true, null, $deep], big: 5000000000}]}
            }) { object { required_permissions { value } } }
        }
    """
    made = answer(text, {"deep": {"b": 1}})["data"]["CoreMenuItemCreate"]["object"]
    assert made["required_permissions"]["value"] == [{"a": [1, 2.5, "x", True, None, {"b": 1}], "big": 5000000000}]


# Execution, against that of graphql-core


def fail(*_: Any) -> None:
    raise ValueError("broken")


ITEM: Any = GraphQLObjectType(
    "Item",
    lambda: {
        "number": GraphQLField(GraphQLInt),
        "broken": GraphQLField(GraphQLString, resolve=fail),
        "needed": GraphQLField(GraphQLNonNull(GraphQLString)),
        "item": GraphQLField(ITEM),
        "items": GraphQLField(GraphQLList(ITEM)),
        "sure": GraphQLField(GraphQLList(GraphQLNonNull(ITEM))),
    },
)
LEAF = {"number": 1, "needed": "yes"}
ROOT = {
    "number": "no number",
    "item": {"items": [LEAF, None, {"number": 2}], "sure": [LEAF, {"number": 3}], "item": {}},
    "items": [{"items": [LEAF, {}]}, {}],
}
SCHEMA = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        {
            "root": GraphQLField(ITEM, resolve=lambda *_: ROOT),
            "must": GraphQLField(GraphQLNonNull(ITEM), resolve=lambda *_: ROOT),
        },
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "{ root { number broken } }",
        "{ root { item { items { number broken } } } }",
        "{ root { item { items { number needed } } } }",
        "{ root { item { sure { number needed } item { needed } } } }",
        "{ root { items { items { needed } broken } broken } }",
        "{ must { needed } root { number } }",
        "{ root { item { item { item { item { needed } } } } __typename } }",
    ],
)
def test_null_and_errors_are_where_graphql_core_has_them(text: str) -> None:
    document = parse(text)
    expected: Any = reference(SCHEMA, document)
    operation: Any = document.definitions[0]
    assert operation.operation == OperationType.QUERY
    data, errors = execute(SCHEMA, operation, {}, {}, None)
    assert data == expected.data
    assert [places(error) for error in errors] == [places(error) for error in expected.errors or ()]


def places(error: GraphQLError) -> tuple[Any, Any]:
    return error.path, error.locations
