"""Schemas of branches: inherited, changed on their own, merged and rebased."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk.testing.server.schema import merging
from tests.unit.testing.people import admin
from tests.unit.testing.workshop import NAME, Workshop, attribute, document, kind, relationship

CODE = attribute("code", default_value="c")


@pytest.fixture
def workshop(one_workshop: Workshop) -> Workshop:
    """A server with a kind, a node of it, and a branch."""
    one_workshop.app.reset()
    one_workshop.load(document(kind("Box", NAME, display_label="name__value")))
    one_workshop.make("ShopBox", name="a")
    one_workshop.ask('mutation { BranchCreate(data: {name: "work"}) { ok } }')
    return one_workshop


def box(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return document(kind("Box", NAME, *items, **more))


def names(workshop: Workshop, branch: str) -> list[str]:
    return [item["name"] for item in workshop.shown("ShopBox", branch)["attributes"]]


def merge(workshop: Workshop) -> None:
    workshop.ask('mutation { BranchMerge(data: {name: "work"}) { ok } }')


def rebase(workshop: Workshop) -> None:
    workshop.ask('mutation { BranchRebase(data: {name: "work"}) { ok } }')


def test_a_branch_has_the_schema_that_the_default_branch_had(workshop: Workshop) -> None:
    workshop.load(box(CODE))
    assert (names(workshop, "main"), names(workshop, "work")) == (["name", "code"], ["name"])


def test_a_schema_that_is_loaded_into_a_branch_is_on_it_alone(workshop: Workshop) -> None:
    workshop.load(box(CODE), branch="work")
    assert (names(workshop, "main"), names(workshop, "work")) == (["name"], ["name", "code"])
    assert workshop.nodes("ShopBox", "code { value }", "work") == [{"code": {"value": "c"}}]
    assert workshop.nodes("ShopBox", "name { value }") == [{"name": {"value": "a"}}]


def test_a_branch_says_how_its_schema_differs(workshop: Workshop) -> None:
    assert merging.changes(workshop.app.session("work")) == {"added": {}, "changed": {}, "removed": {}}
    loaded = workshop.load(box(CODE), branch="work")
    workshop.load(document(kind("Bag", NAME)))
    assert merging.changes(workshop.app.session("work")) == loaded["diff"]


def test_data_that_is_on_the_branch_alone_is_checked_too(workshop: Workshop) -> None:
    workshop.make("ShopBox", "work", name="b")
    refusal = workshop.refusal(box(attribute("code")), branch="work")
    assert refusal.count(" breaks the node rule ") == 2
    assert workshop.refusal(box(attribute("code"))).count(" breaks the node rule ") == 1


def test_a_merge_brings_the_schema_and_the_data(workshop: Workshop) -> None:
    workshop.load(box(CODE), document(kind("Bag", NAME)), branch="work")
    workshop.make("ShopBag", "work", name="b")
    workshop.make("ShopBox", "work", name="b", code="2")
    merge(workshop)
    assert names(workshop, "main") == ["name", "code"]
    assert workshop.nodes("ShopBag", "name { value }") == [{"name": {"value": "b"}}]
    assert workshop.nodes("ShopBox", "name { value } code { value }") == [
        {"name": {"value": "a"}, "code": {"value": "c"}},
        {"name": {"value": "b"}, "code": {"value": "2"}},
    ]


def test_a_merge_brings_attributes_to_nodes_that_the_branch_does_not_know(workshop: Workshop) -> None:
    workshop.load(box(CODE), branch="work")
    workshop.make("ShopBox", name="late")
    merge(workshop)
    assert [node["code"]["value"] for node in workshop.nodes("ShopBox", "code { value }")] == ["c", "c"]


def test_a_merge_keeps_what_the_default_branch_loaded_meanwhile(workshop: Workshop) -> None:
    workshop.load(box(CODE), branch="work")
    workshop.load(box(attribute("size", "Number", default_value=1)))
    workshop.make("ShopBox", "work", name="b")
    merge(workshop)
    assert names(workshop, "main") == ["name", "size", "code"]
    values = [
        (node["size"]["value"], node["code"]["value"])
        for node in workshop.nodes("ShopBox", "size { value } code { value }")
    ]
    assert values == [(1, "c"), (1, "c")]


def test_a_merge_is_refused_when_the_schemas_do_not_go_together(workshop: Workshop) -> None:
    workshop.load(document(kind("Bag", NAME, relationship("boxes", "ShopBox"))), branch="work")
    workshop.load(document(kind("Box", state="absent")))
    answer = _errors(workshop, 'mutation { BranchMerge(data: {name: "work"}) { ok } }')
    assert "ShopBag.boxes: there is no kind 'ShopBox'" in answer
    assert "ShopBag" not in workshop.app.session().kinds


def test_a_merge_is_refused_when_the_data_does_not_fit(workshop: Workshop) -> None:
    workshop.load(_limited(), branch="work")
    workshop.make("ShopBox", name="b")
    answer = _errors(workshop, 'mutation { BranchMerge(data: {name: "work"}) { ok } }')
    assert "ShopBox: b (" in answer
    assert "breaks the attribute rule 'regex'" in answer


def test_a_merge_brings_another_name_of_a_kind_and_of_an_attribute(workshop: Workshop) -> None:
    title = attribute("title", id=workshop.field("ShopBox", "name")["id"])
    case = kind("Case", title, id=workshop.shown("ShopBox")["id"], display_label="title__value")
    workshop.load(document(case), branch="work")
    assert workshop.nodes("ShopCase", "title { value }", "work") == [{"title": {"value": "a"}}]
    merge(workshop)
    assert workshop.nodes("ShopCase", "title { value }") == [{"title": {"value": "a"}}]
    assert "ShopBox" not in workshop.app.session().kinds


def test_a_merge_takes_away_the_nodes_of_a_removed_kind(workshop: Workshop) -> None:
    workshop.load(document(kind("Box", state="absent")), branch="work")
    merge(workshop)
    workshop.load(box())
    assert workshop.nodes("ShopBox", "id") == []


def test_a_rebase_brings_the_schema_of_the_default_branch(workshop: Workshop) -> None:
    workshop.make("ShopBox", "work", name="b")
    workshop.load(box(CODE))
    rebase(workshop)
    assert names(workshop, "work") == ["name", "code"]
    assert [node["code"]["value"] for node in workshop.nodes("ShopBox", "code { value }", "work")] == ["c", "c"]


def test_a_rebase_keeps_what_was_loaded_into_the_branch(workshop: Workshop) -> None:
    workshop.load(box(CODE), branch="work")
    workshop.make("ShopBox", "work", name="b", code="2")
    workshop.load(box(attribute("size", "Number", default_value=1)))
    workshop.make("ShopBox", name="late")
    rebase(workshop)
    assert names(workshop, "work") == ["name", "size", "code"]
    fields = "name { value } size { value } code { value }"
    values = [
        {name: value["value"] for name, value in node.items()} for node in workshop.nodes("ShopBox", fields, "work")
    ]
    assert values == [
        {"name": "a", "size": 1, "code": "c"},
        {"name": "b", "size": 1, "code": "2"},
        {"name": "late", "size": 1, "code": "c"},
    ]
    assert list(merging.changes(workshop.app.session("work"))["changed"]) == ["ShopBox"]
    merge(workshop)
    assert names(workshop, "main") == ["name", "size", "code"]


def _limited() -> dict[str, Any]:
    return document(kind("Box", {**NAME, "parameters": {"regex": "^a$"}}))


def _errors(workshop: Workshop, text: str) -> str:
    from infrahub_sdk.testing.server.graphql.document import run

    return "; ".join(
        error["message"] for error in run(workshop.app.session(account=admin(workshop.app)), text)["errors"]
    )
