"""What servers answer beside GraphQL: what they are, the schema, and what there is not."""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


@pytest.mark.parametrize("token", ["", None])
def test_the_version_and_the_deployment_are_told(suite: Suite, token: str | None) -> None:
    reply = suite.http("GET", "/api/info", token=token)
    assert (reply.status, sorted(reply.content)) == (200, ["deployment_id", "version"])
    assert suite.data("{ InfrahubInfo { version } }") == {"InfrahubInfo": {"version": reply.content["version"]}}


def test_the_settings_are_told_to_anybody(suite: Suite) -> None:
    settings = suite.http("GET", "/api/config", token=None).content
    assert {"main", "logging", "analytics", "experimental_features", "sso", "ldap", "policy"} <= set(settings)
    assert settings["main"]["allow_anonymous_access"] is True


def test_the_schema_has_nodes_generics_profiles_and_templates(suite: Suite) -> None:
    schema = suite.http("GET", "/api/schema").content
    assert sorted(schema) == ["generics", "main", "namespaces", "nodes", "profiles", "templates"]
    kinds = {name: {kind["kind"] for kind in schema[name]} for name in ("nodes", "generics", "profiles", "templates")}
    assert {"SuiteServer", "BuiltinTag"} <= kinds["nodes"]
    assert {"SuiteAsset", "CoreNode"} <= kinds["generics"]
    assert "ProfileSuiteServer" in kinds["profiles"]
    assert "TemplateSuiteServer" in kinds["templates"]


def test_the_schema_is_limited_to_namespaces(suite: Suite) -> None:
    schema = suite.http("GET", "/api/schema?namespaces=Suite").content
    assert {kind["namespace"] for kind in schema["nodes"]} == {"Suite"}


def test_a_kind_is_shown_as_it_was_loaded_with_what_follows(suite: Suite) -> None:
    kind = suite.http("GET", "/api/schema/SuiteServer").content
    attributes = {attribute["name"]: attribute for attribute in kind["attributes"]}
    assert (kind["kind"], kind["label"], kind["inherit_from"]) == ("SuiteServer", "Server", ["SuiteAsset"])
    assert attributes["name"]["inherited"] is True
    assert attributes["name"]["label"] == "Name"
    assert attributes["status"]["choices"][0]["name"] in {"on", "off"}
    assert attributes["height"]["parameters"]["excluded_values"] == "13,20-29"
    relationships = {relationship["name"]: relationship for relationship in kind["relationships"]}
    assert {"profiles", "member_of_groups", "subscriber_of_groups", "object_template"} <= set(relationships)
    assert relationships["friends"]["max_count"] == 2


def test_the_hashes_of_the_kinds_are_told(suite: Suite) -> None:
    summary = suite.http("GET", "/api/schema/summary").content
    schema = suite.http("GET", "/api/schema").content
    assert summary["main"] == schema["main"]
    assert summary["nodes"]["SuiteServer"] == suite.http("GET", "/api/schema/SuiteServer").content["hash"]


def test_a_kind_is_shown_as_json_schema(suite: Suite) -> None:
    schema = suite.http("GET", "/api/schema/json_schema/SuitePlain").content
    assert schema["properties"]["must"]["type"] == "number"
    assert schema["required"] == ["must"]


@pytest.mark.parametrize("path", ["/api/nope", "/api/graphql", "/api/schema/a/b/c"])
def test_an_endpoint_that_there_is_not_is_not_found(suite: Suite, path: str) -> None:
    reply = suite.http("GET", path)
    [error] = reply.content["errors"]
    assert (reply.status, error["extensions"]) == (404, {"code": 404})
    assert path in error["message"]


def test_a_kind_that_there_is_not_is_refused(suite: Suite) -> None:
    for path in ("/api/schema/SuiteNothing", "/api/schema/json_schema/SuiteNothing"):
        reply = suite.http("GET", path)
        assert 400 <= reply.status < 500
        assert "SuiteNothing" in reply.content["errors"][0]["message"]


def test_a_branch_that_there_is_not_is_refused(suite: Suite) -> None:
    reply = suite.http("GET", "/api/schema?branch=nope")
    [error] = reply.content["errors"]
    assert reply.status == error["extensions"]["code"] == 400
    assert "nope" in error["message"]


@pytest.mark.parametrize("body", [b"nope", b"[]"])
def test_a_body_that_is_no_document_is_refused(suite: Suite, body: bytes) -> None:
    reply = suite.http("POST", "/graphql", body)
    assert reply.status == 400
    assert isinstance(reply.content["errors"][0], str)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", "/api/info", 405),
        ("HEAD", "/api/info", 405),
        ("DELETE", "/api/info", 404),
        ("OPTIONS", "/api/info", 404),
        ("PATCH", "/api/nope", 405),
        ("PUT", "/api/nope", 404),
        ("POST", "/schema.graphql", 405),
        ("POST", "/nowhere", 405),
        ("PUT", "/graphql/main", 405),
        ("OPTIONS", "/graphql/main", 200),
        ("OPTIONS", "/graphql/~nope", 404),
    ],
)
def test_a_method_that_there_is_not_is_refused(suite: Suite, method: str, path: str, status: int) -> None:
    reply = suite.http(method, path)
    assert reply.status == status
    assert (reply.headers["Allow"] is not None) == (status in {200, 405})


def test_a_path_is_the_same_however_it_is_written(suite: Suite) -> None:
    assert suite.http("GET", "/api/%69nfo").content == suite.http("GET", "/api/info").content
    assert suite.http("GET", "/api/schema/Builtin%54ag").content["kind"] == "BuiltinTag"
    [error] = suite.http("GET", "/api/query/a%20b%2Fc").content["errors"]
    assert "/api/query/a b/c" in error["message"]


def test_no_other_origin_may_send_requests(suite: Suite) -> None:
    headers = {"Origin": "http://other.example", "Access-Control-Request-Method": "POST"}
    assert suite.http("OPTIONS", "/graphql/main", headers=headers).status == 400
    reply = suite.http("GET", "/api/info", headers={"Origin": "http://other.example"})
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (200, None)


VERSION = json.dumps({"query": "{ InfrahubInfo { version } }"}).encode()


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("application/graphql", 400),
        ("text/plain", 400),
        ("multipart/form-data", 400),
    ],
)
def test_a_document_is_sent_as_json(suite: Suite, type: str, status: int) -> None:
    reply = suite.http("POST", "/graphql", VERSION, {"Content-Type": type})
    assert reply.status == status
    assert status == 200 or isinstance(reply.content["errors"][0], str)


@pytest.mark.parametrize("branch", ["~nope", "~a/b", "~a%2Fb", "main/"])
def test_an_unknown_branch_is_told_before_the_document_is_read(suite: Suite, branch: str) -> None:
    for body in (VERSION, b"nope"):
        reply = suite.http("POST", f"/graphql/{branch}", body)
        [words] = reply.content["errors"]
        assert (reply.status, "not found" in words) == (404, True)


def test_no_name_of_a_branch_is_that_of_the_default_branch(suite: Suite) -> None:
    assert "data" in suite.http("POST", "/graphql/", VERSION).content


def test_a_body_in_chunks_is_read_and_the_connection_kept(suite: Suite) -> None:
    connection = http.client.HTTPConnection(urlsplit(suite.address).netloc, timeout=60)
    for _ in range(2):
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        connection.request("POST", "/graphql", iter([VERSION[:7], VERSION[7:]]), headers, encode_chunked=True)
        reply = connection.getresponse()
        assert (reply.status, "InfrahubInfo" in json.loads(reply.read())["data"]) == (200, True)
    connection.close()


def test_the_graphql_schema_is_text_and_in_the_order_of_the_names_if_that_is_wanted(suite: Suite) -> None:
    plain, ordered = (suite.http("GET", f"/schema.graphql?sorted={flag}").content for flag in ("no", "yes"))
    kinds = re.compile(r"^(?:type|input|interface|enum|scalar) (\w+)", re.M)
    assert kinds.findall(ordered) == sorted(kinds.findall(plain))
    [fields] = re.findall(r"^type BuiltinTag implements .*?{\n(.*?)^}", ordered, re.M | re.S)
    found = re.findall(r"^  (\w+)", fields, re.M)
    assert found == sorted(found)
    assert suite.http("GET", "/schema.graphql?sorted=perhaps").content["detail"][0]["loc"] == ["query", "sorted"]


@pytest.mark.parametrize("path", ["/schema.graphql", "/api/menu", "/api/schema", "/api/query/x", "/api/artifact/x"])
def test_a_branch_that_there_is_not_is_refused_everywhere(suite: Suite, path: str) -> None:
    assert suite.http("GET", f"{path}?branch=~nope").status == 400
