"""What the endpoints below `/api/schema` answer, and with which status."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infrahub_sdk.testing.server.bootstrap import ADMIN_TOKEN
from infrahub_sdk.testing.server.web.exchange import Request
from infrahub_sdk.testing.server.web.rest import answer
from tests.unit.testing.workshop import NAME, Workshop, attribute, document, kind


@pytest.fixture(scope="module")
def workshop(one_workshop: Workshop) -> Workshop:
    return one_workshop


def request(
    workshop: Workshop, method: str, target: str, body: Any = None, token: str = ADMIN_TOKEN
) -> tuple[int, Any]:
    url = urlsplit(target)
    every = parse_qs(url.query)
    query = {name: values[-1] for name, values in every.items()}
    headers = {"X-INFRAHUB-KEY": token} if token else {}
    found = answer(workshop.app, Request(method, url.path, query, headers, json.dumps(body).encode(), every))
    return found.status, json.loads(found.encoded())


def refusal(message: str, status: int = 422) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": message, "extensions": {"code": status}}]}


def test_a_schema_is_shown_with_its_namespaces(workshop: Workshop) -> None:
    status, shown = request(workshop, "GET", "/api/schema")
    assert status == 200
    assert shown.keys() == {"main", "nodes", "generics", "profiles", "templates", "namespaces"}
    assert {"name": "Core", "user_editable": False} in shown["namespaces"]
    assert {"name": "Ipam", "user_editable": True} in shown["namespaces"]


def test_a_schema_is_shown_for_some_namespaces(workshop: Workshop) -> None:
    _, whole = request(workshop, "GET", "/api/schema")
    _, shown = request(workshop, "GET", "/api/schema?namespaces=Builtin&namespaces=Ipam")
    assert {entry["kind"] for entry in shown["nodes"]} == {"BuiltinTag", "IpamNamespace"}
    assert shown["profiles"] == []
    assert (shown["main"], shown["namespaces"]) == (whole["main"], whole["namespaces"])


def test_a_kind_is_shown_as_the_schema_shows_it(workshop: Workshop) -> None:
    _, whole = request(workshop, "GET", "/api/schema")
    status, shown = request(workshop, "GET", "/api/schema/BuiltinTag")
    assert (status, shown) == (200, next(entry for entry in whole["nodes"] if entry["kind"] == "BuiltinTag"))


def test_a_summary_has_the_hashes(workshop: Workshop) -> None:
    _, whole = request(workshop, "GET", "/api/schema")
    status, shown = request(workshop, "GET", "/api/schema/summary")
    assert (status, shown["main"]) == (200, whole["main"])
    for part in ("nodes", "generics"):
        assert shown[part] == {entry["kind"]: entry["hash"] for entry in whole[part]}


def test_a_kind_is_shown_as_json_schema(workshop: Workshop) -> None:
    status, shown = request(workshop, "GET", "/api/schema/json_schema/BuiltinTag")
    assert status == 200
    assert (shown["title"], shown["type"], shown["required"]) == ("Tag", "object", ["name"])
    assert shown["properties"]["description"] == {"title": "Description", "type": "string", "default": None}


@pytest.mark.parametrize("path", ["/api/schema/BuiltinTagg", "/api/schema/json_schema/BuiltinTagg"])
def test_an_unknown_kind_is_refused_with_the_nearest_one(workshop: Workshop, path: str) -> None:
    status, shown = request(workshop, "GET", path)
    assert status == 422
    assert shown["errors"][0]["message"].startswith("There is no kind 'BuiltinTagg' in the schema. Did you")


def test_an_unknown_branch_is_refused(workshop: Workshop) -> None:
    for method, path in (("GET", "/api/schema"), ("POST", "/api/schema/load"), ("POST", "/api/schema/check")):
        status, shown = request(workshop, method, f"{path}?branch=nowhere", {"schemas": []})
        assert (status, shown) == (400, refusal("Branch: nowhere not found.", 400))


def test_nobody_loads_a_schema_without_saying_who_it_is(workshop: Workshop) -> None:
    status, _ = request(workshop, "POST", "/api/schema/load", {"schemas": [document(kind("Box", NAME))]}, token="")
    assert status == 401


def test_a_check_is_accepted_and_says_what_would_change(workshop: Workshop) -> None:
    status, shown = request(workshop, "POST", "/api/schema/check", {"schemas": [document(kind("Box", NAME))]})
    nothing: dict[str, Any] = {"added": {}, "changed": {}, "removed": {}}
    assert (status, shown) == (202, {"diff": {**nothing, "added": {"ShopBox": nothing}}, "warnings": []})


def test_a_load_says_the_hashes_before_and_after(workshop: Workshop) -> None:
    _, before = request(workshop, "GET", "/api/schema/summary")
    status, shown = request(workshop, "POST", "/api/schema/load", {"schemas": [document(kind("Box", NAME))]})
    _, after = request(workshop, "GET", "/api/schema/summary")
    assert (status, shown["previous_hash"], shown["hash"]) == (200, before["main"], after["main"])
    assert shown.keys() == {"hash", "previous_hash", "diff", "warnings", "schema_updated"}


@pytest.mark.parametrize("path", ["/api/schema/load", "/api/schema/check"])
@pytest.mark.parametrize(
    ("body", "type_", "loc"),
    [
        (None, "missing", []),
        ([], "model_attributes_type", []),
        ({}, "missing", ["schemas"]),
        ({"schemas": {}}, "list_type", ["schemas"]),
        ({"schemas": ["x"]}, "model_attributes_type", ["schemas", 0]),
        ({"schemas": [{"nodes": []}]}, "value_error", ["schemas", 0, "version"]),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_the_place(
    workshop: Workshop, path: str, body: Any, type_: str, loc: list[Any]
) -> None:
    status, shown = request(workshop, "POST", path, body)
    assert status == 422
    assert [(mistake["type"], mistake["loc"]) for mistake in shown["detail"]] == [(type_, ["body", *loc])]


def test_a_mistake_shows_what_is_there(workshop: Workshop) -> None:
    body = {"schemas": [document(kind("Box", attribute("name", "Texto")))]}
    _, shown = request(workshop, "POST", "/api/schema/load", body)
    assert [(mistake["loc"][-2:], mistake["input"]) for mistake in shown["detail"]] == [(["attributes", 0], "Texto")]


@pytest.mark.parametrize("path", ["/api/schema/load", "/api/schema/check"])
def test_a_schema_that_breaks_a_rule_is_refused(workshop: Workshop, path: str) -> None:
    answers = [
        request(workshop, "POST", path, {"schemas": schemas})
        for schemas in ([], [document({**kind("Box"), "namespace": "Core"})])
    ]
    assert answers == [
        (422, refusal("There are no schemas to load")),
        (422, refusal("CoreBox: the namespace 'Core' is the server's own")),
    ]


def test_what_will_go_away_is_warned_of(workshop: Workshop) -> None:
    name = {**NAME, "max_length": 9, "min_length": 1}
    given = document(kind("Box", name, display_labels=["name__value"], default_filter="name__value"))
    _, shown = request(workshop, "POST", "/api/schema/check", {"schemas": [given]})
    warnings = [(warning["type"], warning["kinds"], warning["message"].split()[0]) for warning in shown["warnings"]]
    box, field = {"kind": "ShopBox", "field": None}, {"kind": "ShopBox", "field": "name"}
    assert warnings == [
        ("deprecation", [box], "'display_labels'"),
        ("deprecation", [box], "'default_filter'"),
        ("deprecation", [field], "'max_length'"),
        ("deprecation", [field], "'min_length'"),
    ]


def test_what_only_the_server_sets_is_warned_of_once_with_all_places(workshop: Workshop) -> None:
    code = attribute("code", inherited=False)
    given = document(kind("Box", {**NAME, "inherited": False}, code, hash="x"))
    _, shown = request(workshop, "POST", "/api/schema/check", {"schemas": [given]})
    assert [(warning["message"].split()[0], warning["kinds"]) for warning in shown["warnings"]] == [
        ("'hash'", [{"kind": "ShopBox", "field": None}]),
        ("'inherited'", [{"kind": "ShopBox", "field": name} for name in ("name", "code")]),
    ]


def test_what_was_read_from_the_server_can_be_loaded_again(workshop: Workshop) -> None:
    request(workshop, "POST", "/api/schema/load", {"schemas": [document(kind("Case", NAME), generics=[kind("Thing")])]})
    _, shown = request(workshop, "GET", "/api/schema?namespaces=Shop")
    again = {"version": "1.0", "nodes": shown["nodes"], "generics": shown["generics"]}
    _, loaded = request(workshop, "POST", "/api/schema/load", {"schemas": [again]})
    assert loaded["schema_updated"] is False


def test_inherited_fields_that_are_loaded_again_are_the_own_ones_of_their_kind(workshop: Workshop) -> None:
    generic = kind("Stuff", NAME)
    given = {"schemas": [document(kind("Crate", inherit_from=["ShopStuff"]), generics=[generic])]}
    request(workshop, "POST", "/api/schema/load", given)
    _, shown = request(workshop, "GET", "/api/schema/ShopCrate")
    _, loaded = request(workshop, "POST", "/api/schema/load", {"schemas": [{"version": "1.0", "nodes": [shown]}]})
    assert loaded["diff"]["changed"]["ShopCrate"]["changed"]["attributes"]["changed"]["name"]["changed"] == {
        "inherited": None
    }
