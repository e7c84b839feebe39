"""Stored queries of the local server, and what a real one would make of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.testing.server.web.exchange import Answer, Request
from infrahub_sdk.testing.server.web.rest import answer

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot

TOKEN = {"X-INFRAHUB-KEY": "06438eb2-8019-4776-878c-0941b1f1d1ec"}
TAGS = """query Tags($name: String!, $limit: Int = 5) {
    BuiltinTag(name__value: $name, limit: $limit) { edges { node { id ... on BuiltinTag { name { value } } } } }
}"""


@pytest.fixture
def tag(depot: Depot) -> str:
    """A tag, and a stored query that finds it."""
    depot.make("CoreGraphQLQuery", name="tags", query=TAGS)
    return depot.tag("red")


def ask(depot: Depot, method: str, path: str, body: Any = None, headers: dict[str, str] = TOKEN) -> Answer:
    path, _, query = path.partition("?")
    every: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        name, _, value = item.partition("=")
        every.setdefault(name, []).append(value)
    content = b"" if body is None else json.dumps(body).encode()
    latest = {name: values[-1] for name, values in every.items()}
    return answer(depot.app, Request(method, path, latest, headers, content, every))


def found(tag: str) -> dict[str, Any]:
    return {"data": {"BuiltinTag": {"edges": [{"node": {"id": tag, "name": {"value": "red"}}}]}}}


def test_a_stored_query_knows_what_it_asks_for(depot: Depot, tag: str) -> None:
    fields = "depth { value } height { value } operations { value } models { value } variables { value }"
    (node,) = depot.nodes("CoreGraphQLQuery", "", fields)
    variables = node.pop("variables")["value"]
    assert {name: field["value"] for name, field in node.items()} == {
        "depth": 6,
        "height": 6,
        "operations": ["query"],
        "models": ["BuiltinTag"],
    }
    assert variables == [
        {"name": "name", "type": "String", "required": True, "default_value": None},
        {"name": "limit", "type": "Int", "required": False, "default_value": 5},
    ]


@pytest.mark.parametrize(
    ("declared", "default"),
    [
        ("$x: [ID] = [1, 2]", [1, 2]),
        ("$x: [ID] = null", None),
        ("$x: [ID] = 7", "7"),
        ('$x: [ID] = "a"', "a"),
    ],
)
def test_a_stored_query_knows_any_default_of_its_variables(depot: Depot, declared: str, default: Any) -> None:
    id = depot.make("CoreGraphQLQuery", name="ids", query=f"query ({declared}) {{ BuiltinTag(ids: $x) {{ count }} }}")
    [variable] = depot.value("CoreGraphQLQuery", id, "variables")
    assert variable == {"name": "x", "type": "ID", "required": False, "default_value": default}


@pytest.mark.parametrize("query", ["query {", "query { Nope { count } }"])
def test_a_text_that_is_no_query_is_not_stored(depot: Depot, query: str) -> None:
    reason = depot.refused("CoreGraphQLQueryCreate", name="bad", query=query)
    assert "Syntax Error" in reason or "does not fit the schema: Cannot query field 'Nope'" in reason


def test_a_stored_query_runs_with_variables_of_the_url(depot: Depot, tag: str) -> None:
    assert ask(depot, "GET", "/api/query/tags?name=red").content == found(tag)


def test_a_stored_query_runs_with_variables_of_the_body(depot: Depot, tag: str) -> None:
    body = {"variables": {"name": "red", "limit": 1}}
    assert ask(depot, "POST", "/api/query/tags?name=blue&branch=main", body).content == found(tag)


def test_a_stored_query_can_change_something(depot: Depot) -> None:
    change = "mutation ($n: String!) { BuiltinTagCreate(data: {name: {value: $n}}) { ok } }"
    depot.make("CoreGraphQLQuery", name="add", query=change)
    assert ask(depot, "POST", "/api/query/add", {"variables": {"n": "blue"}}).status == 200
    assert depot.labels("BuiltinTag") == ["blue"]
    assert ask(depot, "GET", "/api/query/add?n=green", headers={}).status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/query/nope", 404),
        ("/api/query/tags", 502),
        ("/api/query/tags?name=red&limit=1", 502),
        ("/api/query/tags?name=red&update_group=maybe", 422),
        ("/api/query/tags?name=red&branch=nope", 400),
        ("/api/artifact/nope", 404),
        ("/api/transform/jinja2/nope", 404),
        ("/api/transform/python/nope", 404),
    ],
)
def test_what_cannot_be_run_says_so(depot: Depot, tag: str, path: str, status: int) -> None:
    assert ask(depot, "GET", path).status == status


def test_the_errors_of_a_stored_query_are_told_one_by_one(depot: Depot, tag: str) -> None:
    change = "mutation ($n: String!) { BuiltinTagCreate(data: {name: {value: $n}}) { ok } }"
    depot.make("CoreGraphQLQuery", name="add", query=change)
    answer = ask(depot, "POST", "/api/query/add", {"variables": {"n": "red"}})
    [error] = answer.content["errors"]
    assert (answer.status, answer.content["data"], error["extensions"]) == (502, None, {"code": 502})
    assert error["message"]["message"].startswith("GraphQLQuery add: ")
    assert (error["message"]["path"], error["message"]["locations"]) == (
        ["BuiltinTagCreate"],
        [{"line": 1, "column": 26}],
    )


@pytest.mark.parametrize(
    ("body", "type", "place"),
    [
        ({"variables": None}, "dict_type", ["body", "variables"]),
        ({"variables": []}, "dict_type", ["body", "variables"]),
        ([], "model_attributes_type", ["body"]),
    ],
)
def test_variables_have_to_be_an_object(depot: Depot, tag: str, body: Any, type: str, place: list[str]) -> None:
    answer = ask(depot, "POST", "/api/query/tags", body)
    [problem] = answer.content["detail"]
    assert (answer.status, problem["type"], problem["loc"]) == (422, type, place)


def test_the_nodes_that_a_query_finds_are_kept_as_a_group_for_who_subscribes(depot: Depot, tag: str) -> None:
    subscriber = depot.tag("blue")
    for path in (f"name=red&update_group=true&subscribers={subscriber}", "name=red&update_group=true"):
        ask(depot, "GET", f"/api/query/tags?{path}")
    fields = (
        "label { value } parameters { value } members { edges { node { id } } } subscribers { edges { node { id } } }"
    )
    (group,) = depot.nodes("CoreGraphQLQueryGroup", "", fields)
    assert group["label"]["value"].startswith("Query tags Hash(")
    assert group["parameters"]["value"] == {"name": "red"}
    assert group["members"]["edges"] == [{"node": {"id": tag}}]
    assert group["subscribers"]["edges"] == [{"node": {"id": subscriber}}]


@pytest.fixture
def definition(depot: Depot) -> str:
    """What says which artifacts are made."""
    repository = {"id": depot.make("CoreRepository", name="code", location="https://example.com/code.git")}
    query = {"id": depot.make("CoreGraphQLQuery", name="tags", query=TAGS)}
    transformation = depot.make(
        "CoreTransformJinja2", name="render", template_path="a.j2", query=query, repository=repository
    )
    return depot.make(
        "CoreArtifactDefinition",
        name="configs",
        artifact_name="config",
        parameters={"value": {}},
        content_type="application/json",
        targets={"id": depot.make("CoreStandardGroup", name="all")},
        transformation={"id": transformation},
    )


def test_an_artifact_has_its_content_in_the_store(depot: Depot, definition: str) -> None:
    kept = ask(depot, "POST", "/api/storage/upload/content", {"content": "{}"}).content["identifier"]
    id = depot.make(
        "CoreArtifact",
        name="config",
        status="Ready",
        content_type="application/json",
        storage_id=kept,
        definition={"id": definition},
        object={"id": depot.make("DepAppliance", name="a", owner="me")},
    )
    answer = ask(depot, "GET", f"/api/artifact/{id}")
    assert (answer.content, answer.type) == (b"{}", "application/json")
    depot.edit("CoreArtifact", id, storage_id="nope")
    assert ask(depot, "GET", f"/api/artifact/{id}").status == 404


def test_a_transformation_of_a_repository_is_not_run(depot: Depot, definition: str) -> None:
    found = ask(depot, "GET", "/api/transform/jinja2/render?name=red")
    assert (found.status, "reads no repositories" in found.content["errors"][0]["message"]) == (501, True)


def test_artifacts_are_not_made_and_the_task_says_why(depot: Depot, definition: str) -> None:
    assert ask(depot, "POST", f"/api/artifact/generate/{definition}", {"nodes": []}).content is None
    query = "{ InfrahubTask { edges { node { state related_nodes { kind } logs { edges { node { message } } } } } } }"
    (edge,) = depot.run(query)["InfrahubTask"]["edges"]
    assert edge["node"]["state"] == "FAILED"
    assert "reads no repositories" in edge["node"]["logs"]["edges"][0]["node"]["message"]


@pytest.mark.parametrize("nodes", ["x", [1], None])
def test_the_nodes_of_artifacts_are_a_list_of_ids(depot: Depot, definition: str, nodes: Any) -> None:
    assert ask(depot, "POST", f"/api/artifact/generate/{definition}", {"nodes": nodes}).status == 422


def test_the_menu_is_empty(depot: Depot) -> None:
    assert ask(depot, "GET", "/api/menu").content == {"sections": {"internal": [], "object": []}}
