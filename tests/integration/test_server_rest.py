"""What servers answer beside GraphQL: what they are, the schema, and what there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    assert f"{path} does not exist" in error["message"]


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
