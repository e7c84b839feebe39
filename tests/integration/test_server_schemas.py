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


def schema(**kind: Any) -> dict[str, Any]:
    return {"schemas": [{"version": "1.0", "nodes": [{"namespace": "Suite", **kind}]}]}


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
    assert shared.http("GET", "/api/schema/SuiteFresh").status >= 400


def test_a_check_says_what_a_load_would_do_and_does_nothing(shared: Suite, branch: str) -> None:
    reply = shared.http("POST", f"/api/schema/check?branch={branch}", schema(name="Checked", attributes=[NAME]))
    assert reply.status == 202
    assert list(reply.content["diff"]["added"]) == ["SuiteChecked"]
    assert shared.http("GET", f"/api/schema/SuiteChecked?branch={branch}").status >= 400


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
    assert shared.http("GET", f"/api/schema/SuiteGood?branch={branch}").status >= 400


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
