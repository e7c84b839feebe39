"""What servers do with schemas: they check, load, change and refuse them, on branches, so that nothing stays."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Reply, Suite


@pytest.fixture(scope="module")
def branch(shared: Suite) -> str:
    """A branch for schemas."""
    return shared.branch(f"suite-{uuid.uuid4().hex[:8]}")


def documents(*nodes: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A request with one document of kinds of this suite."""
    kinds = {
        part: [{"namespace": "Suite", **kind} for kind in given] for part, given in {"nodes": nodes, **parts}.items()
    }
    return {"schemas": [{"version": "1.0", **kinds}]}


def schema(**kind: Any) -> dict[str, Any]:
    return documents(kind)


def load(suite: Suite, branch: str, document: dict[str, Any]) -> Reply:
    return suite.http("POST", f"/api/schema/load?branch={branch}", document)


NAME = {"name": "name", "kind": "Text", "unique": True}


def test_a_schema_is_loaded_extended_and_changed(shared: Suite, branch: str) -> None:
    loaded = load(shared, branch, schema(name="Fresh", attributes=[NAME]))
    assert (loaded.status, loaded.content["schema_updated"]) == (200, True)
    assert list(loaded.content["diff"]["added"]) == ["SuiteFresh"]
    assert loaded.content["hash"] != loaded.content["previous_hash"]
    shared.create("SuiteFresh", 'name: {value: "~f"}', branch=branch)

    again = load(shared, branch, schema(name="Fresh", attributes=[NAME]))
    assert (again.status, again.content["schema_updated"]) == (200, False)

    size = {"name": "size", "kind": "Number", "default_value": 3, "optional": True}
    extension = {"nodes": [{"kind": "SuiteFresh", "attributes": [size]}]}
    extended = load(shared, branch, {"schemas": [{"version": "1.0", "extensions": extension}]})
    assert extended.content["diff"]["changed"]["SuiteFresh"]["changed"]["attributes"]["added"] == {"size": None}
    assert shared.nodes("SuiteFresh", select="size { value }", branch=branch) == [{"size": {"value": 3}}]

    removed = load(shared, branch, schema(name="Fresh", attributes=[NAME, {**size, "state": "absent"}]))
    assert removed.status == 200, removed.content
    assert "size" in shared.refused("{ SuiteFresh { edges { node { size { value } } } } }", branch=branch).message
    assert shared.http("GET", "/api/schema/SuiteFresh").status == 422


def test_a_check_says_what_a_load_would_do_and_does_nothing(shared: Suite, branch: str) -> None:
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", schema(name="Checked", attributes=[NAME]))
    assert reply.status == 202
    assert list(reply.content["diff"]["added"]) == ["SuiteChecked"]
    assert shared.http("GET", f"/api/schema/SuiteChecked?branch={branch}").status == 422


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ({"name": "bad", "attributes": [NAME]}, "bad"),
        ({"name": "Bad", "attributes": [{"name": "x", "kind": "Nope"}]}, "Nope"),
        ({"name": "Bad", "attributes": [{"name": "x-y", "kind": "Text"}]}, "x-y"),
        ({"name": "Bad", "attributes": [NAME], "inherit_from": ["SuiteNothing"]}, "SuiteNothing"),
        ({"name": "Bad", "attributes": [NAME], "human_friendly_id": ["nope__value"]}, "nope"),
        ({"name": "Bad", "attributes": [NAME], "order_by": ["nope__value"]}, "nope"),
        ({"name": "Bad", "attributes": [NAME], "display_label": "nope__value"}, "nope"),
        ({"name": "Bad", "attributes": [NAME], "uniqueness_constraints": [["nope__value"]]}, "nope"),
        (
            {"name": "Bad", "relationships": [{"name": "other", "peer": "SuiteNothing", "cardinality": "one"}]},
            "SuiteNothing",
        ),
        ({"name": "Bad", "attributes": [NAME, {"name": "id", "kind": "Text"}]}, "id"),
        ({"name": "Bad", "attributes": [{"name": "number", "kind": "Number", "default_value": "six"}]}, "six"),
    ],
)
def test_a_schema_that_breaks_a_rule_is_refused(shared: Suite, branch: str, kind: dict[str, Any], words: str) -> None:
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", schema(**kind))
    assert reply.status == 422
    assert words in str(reply.content)


def test_of_a_schema_that_is_refused_nothing_is_loaded(shared: Suite, branch: str) -> None:
    good = {"namespace": "Suite", "name": "Good", "attributes": [NAME]}
    bad = {"namespace": "Suite", "name": "Bad", "attributes": [{"name": "wrong", "kind": "Nope"}]}
    assert load(shared, branch, {"schemas": [{"version": "1.0", "nodes": [good, bad]}]}).status == 422
    assert shared.http("GET", f"/api/schema/SuiteGood?branch={branch}").status == 422


def test_a_change_that_the_data_does_not_bear_is_refused(shared: Suite, branch: str) -> None:
    pair = {"name": "word", "kind": "Text", "optional": True}
    assert load(shared, branch, schema(name="Kept", attributes=[NAME, pair])).status == 200
    for name in "ab":
        shared.create("SuiteKept", f'name: {{value: "~{name}"}} word: {{value: "same"}}', branch=branch)
    for change in ({"unique": True}, {"regex": "^[0-9]+$"}, {"kind": "Number"}):
        reply = load(shared, branch, schema(name="Kept", attributes=[NAME, {**pair, **change}]))
        assert reply.status == 422, change
        assert "word" in str(reply.content)


def test_a_schema_without_anything_changes_nothing(shared: Suite, branch: str) -> None:
    reply = load(shared, branch, {"schemas": [{"version": "1.0"}]})
    assert (reply.status, reply.content["schema_updated"]) == (200, False)


@pytest.mark.parametrize("document", [{}, {"schemas": 5}, {"schemas": [{"nodes": 5, "version": "1.0"}]}])
def test_what_is_no_schema_is_refused(shared: Suite, branch: str, document: dict[str, Any]) -> None:
    reply = load(shared, branch, document)
    assert reply.status == 422
    assert isinstance(reply.content["detail"], list)


def shown(suite: Suite, kind: str, branch: str) -> Any:
    return suite.http("GET", f"/api/schema/{kind}?branch={branch}").content


def field(suite: Suite, kind: str, branch: str, name: str) -> Any:
    kinds = shown(suite, kind, branch)
    return next(item for item in (*kinds["attributes"], *kinds["relationships"]) if item["name"] == name)


def test_a_schema_says_its_hash_everywhere(shared: Suite, branch: str) -> None:
    loaded = load(shared, branch, schema(name="Hashed", attributes=[NAME]))
    summary = shared.http("GET", f"/api/schema/summary?branch={branch}").content
    whole = shared.http("GET", f"/api/schema?branch={branch}&namespaces=Suite").content
    assert loaded.content["hash"] == summary["main"] == whole["main"]
    assert summary.keys() == {"main", "nodes", "generics"}
    assert shown(shared, "SuiteHashed", branch)["hash"] == summary["nodes"]["SuiteHashed"]
    assert {kind["namespace"] for kind in whole["nodes"]} == {"Suite"}


def test_a_kind_and_an_attribute_keep_their_data_under_another_name(shared: Suite, branch: str) -> None:
    load(shared, branch, schema(name="Early", attributes=[NAME], order_by=["name__value"]))
    shared.create("SuiteEarly", 'name: {value: "~kept"}', branch=branch)
    title = {**NAME, "name": "title", "id": field(shared, "SuiteEarly", branch, "name")["id"]}
    assert load(shared, branch, schema(name="Early", attributes=[title])).status == 200
    kind = shown(shared, "SuiteEarly", branch)["id"]  # not with the attribute: real servers lose the value then
    renamed = load(shared, branch, schema(name="Late", id=kind, attributes=[title]))
    assert (renamed.status, list(renamed.content["diff"]["changed"])) == (200, ["SuiteLate"])
    assert shared.nodes("SuiteLate", select="title { value }", branch=branch) == [{"title": {"value": "~kept"}}]
    assert shared.http("GET", f"/api/schema/SuiteEarly?branch={branch}").status == 422
    assert shown(shared, "SuiteLate", branch)["order_by"] == ["title__value"]


def test_nodes_get_what_their_generic_gets(shared: Suite, branch: str) -> None:
    thing, heir = {"name": "Thing", "attributes": [NAME]}, {"name": "Heir", "inherit_from": ["SuiteThing"]}
    assert load(shared, branch, documents(heir, generics=[thing])).status == 200
    shared.create("SuiteHeir", 'name: {value: "~heir"}', branch=branch)
    color = {"name": "color", "kind": "Text", "default_value": "grey"}
    changed = load(shared, branch, documents(generics=[{**thing, "attributes": [NAME, color]}]))
    assert sorted(changed.content["diff"]["changed"]) == ["SuiteHeir", "SuiteThing"]
    assert shared.nodes("SuiteThing", select="... on SuiteHeir { color { value } }", branch=branch) == [
        {"color": {"value": "grey"}}
    ]
    other = {**color, "kind": "Number", "default_value": 1}
    assert load(shared, branch, documents(generics=[{**thing, "attributes": [NAME, other]}])).status == 422
    assert load(shared, branch, documents({**heir, "inherit_from": []})).status == 422


def test_a_list_becomes_the_text_that_it_is_kept_as(shared: Suite, branch: str) -> None:
    words = {"name": "words", "kind": "List"}
    load(shared, branch, schema(name="Worded", attributes=[NAME, words]))
    shared.create("SuiteWorded", 'name: {value: "~w"} words: {value: ["a", "b"]}', branch=branch)
    changed = load(shared, branch, schema(name="Worded", attributes=[NAME, {**words, "kind": "Text"}]))
    attributes = changed.content["diff"]["changed"]["SuiteWorded"]["changed"]["attributes"]["changed"]
    assert attributes == {"words": {"added": {}, "changed": {"kind": None}, "removed": {}}}
    assert shared.nodes("SuiteWorded", select="words { value }", branch=branch) == [{"words": {"value": '["a","b"]'}}]


def test_documents_of_a_request_are_taken_together(shared: Suite, branch: str) -> None:
    extension = {"nodes": [{"kind": "SuiteSpread", "attributes": [{"name": "code", "kind": "Text"}]}]}
    nodes = documents({"name": "Spread", "attributes": [NAME]}, {"name": "Spread", "state": "absent"})["schemas"]
    schemas = [{"version": "1.0", "extensions": extension}, *nodes, *schema(name="Spread")["schemas"]]
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", {"schemas": schemas})
    assert (reply.status, list(reply.content["diff"]["added"])) == (202, ["SuiteSpread"])


def test_what_only_servers_set_is_not_taken(shared: Suite, branch: str) -> None:
    size = {"name": "size", "kind": "Dropdown", "choices": [{"name": "small"}, {"name": "large"}]}
    load(shared, branch, schema(name="Sized", attributes=[NAME, size]))
    absent = {**size, "choices": [{"name": "small", "state": "absent"}]}
    reply = load(shared, branch, schema(name="Sized", attributes=[NAME, absent], hash="x"))
    assert (reply.status, reply.content["schema_updated"]) == (200, False)
    size_, kind = {"kind": "SuiteSized", "field": "size"}, {"kind": "SuiteSized", "field": None}
    assert [warning["kinds"] for warning in reply.content["warnings"]] == [[kind], [size_]]


@pytest.mark.parametrize(
    ("attribute", "place"),
    [
        ({"name": "ab", "kind": "Text"}, ["Text", "name"]),
        ({"name": "abc", "kind": "Nope", "label": 5}, []),
        ({"name": "abc"}, []),
        ({"name": "abc", "kind": "Dropdown"}, []),
        ({"name": "abc", "kind": "Text", "choices": [{"name": "x"}]}, []),
        (
            {"name": "abc", "kind": "Dropdown", "choices": [{"name": "x", "color": "red"}]},
            ["Dropdown", "choices", 0, "color"],
        ),
        ({"name": "abc", "kind": "Number", "parameters": {"min_value": 5, "max_value": 1}}, ["parameters"]),
        ({"name": "abc", "kind": "Text", "bogus": 1}, ["bogus"]),
        (
            {"name": "abc", "kind": "Text", "read_only": True, "computed_attribute": {"kind": "Jinja2"}},
            ["Text", "computed_attribute", "Jinja2", "jinja2_template"],
        ),
    ],
)
def test_a_mistake_says_where_it_is(shared: Suite, branch: str, attribute: dict[str, Any], place: list[Any]) -> None:
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", schema(name="Bad", attributes=[attribute]))
    assert reply.status == 422
    [mistake] = reply.content["detail"]
    assert (mistake["type"], mistake["loc"]) == (
        "value_error",
        ["body", "schemas", 0, "nodes", 0, "attributes", 0, *place],
    )


COMPUTED = {"name": "abc", "kind": "Text", "read_only": True, "optional": True}


@pytest.mark.parametrize(
    "kind",
    [
        {"name": "B" + "a" * 27},
        {"name": "Bad", "label": "x" * 60},
        {"name": "Bad", "attributes": [{"name": "profile_name", "kind": "Text"}]},
        {"name": "Bad", "relationships": [{"name": "tag", "peer": "BuiltinTag", "identifier": "a" * 128}]},
        {"name": "Bad", "relationships": [{"name": "tag", "peer": "TemplateBuiltinTag"}]},
        {"name": "Bad", "attributes": [{"name": "abc", "kind": "Text", "min_length": 3, "max_length": 1}]},
        {
            "name": "Bad",
            "attributes": [NAME, {**COMPUTED, "computed_attribute": {"kind": "Jinja2", "jinja2_template": ""}}],
        },
        {
            "name": "Bad",
            "attributes": [
                NAME,
                {**COMPUTED, "computed_attribute": {"kind": "Jinja2", "jinja2_template": "{{ name__value | safe }}"}},
            ],
        },
        {"name": "Bad", "attributes": [NAME], "display_label": "{% include 'x' %}{{ name__value }}"},
    ],
)
def test_a_schema_whose_parts_do_not_go_together_is_refused(shared: Suite, branch: str, kind: dict[str, Any]) -> None:
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", schema(**kind))
    assert (reply.status, [error["extensions"] for error in reply.content["errors"]]) == (422, [{"code": 422}])
