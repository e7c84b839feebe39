"""What servers do with creations, changes, upserts and deletions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite

FIELDS = "name { value } height { value is_default } active { value } title { value } description { value }"


def test_a_new_node_has_what_was_given_and_the_defaults(suite: Suite) -> None:
    made = suite.create("SuiteServer", 'name: {value: "~s1"} description: {value: "d"}', FIELDS)
    assert made == {
        "id": made["id"],
        "name": {"value": "~s1"},
        "height": {"value": 1, "is_default": True},
        "active": {"value": True},
        "title": {"value": f"{suite.prefix.upper()}S1 #1"},
        "description": {"value": "d"},
    }


def test_a_new_node_may_have_an_id_that_the_client_chose(suite: Suite) -> None:
    id = str(uuid.uuid4())
    assert suite.create("SuitePerson", f'id: "{id}" name: {{value: "~p"}}') == id
    refused = suite.refused(f'mutation {{ SuitePersonCreate(data: {{ id: "{id}" name: {{value: "~q"}} }}) {{ ok }} }}')
    assert f"{id} is already in use" in refused.message


def test_an_update_changes_what_it_names_and_nothing_else(suite: Suite) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"} height: {value: 2} description: {value: "d"}')
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 3}}')
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', FIELDS)
    assert (node["name"]["value"], node["height"]["value"], node["description"]["value"]) == ("~s1", 3, "d")


@pytest.mark.parametrize("name", ['hfid: ["~s1"]', 'id: "ID"'])
def test_an_update_finds_its_node_by_id_or_hfid(suite: Suite, name: str) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"}')
    named = name.replace("ID", id)
    assert suite.update("SuiteServer", f"{named} height: {{value: 7}}", "id height { value }") == {
        "id": id,
        "height": {"value": 7},
    }


def test_a_value_can_be_set_to_null_and_back_to_its_default(suite: Suite) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"} serial: {value: "ABC"} height: {value: 5}')
    suite.update("SuiteServer", f'id: "{id}" serial: {{value: null}} height: {{is_default: true}}')
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', "serial { value } height { value is_default }")
    assert node == {"serial": {"value": None}, "height": {"value": 1, "is_default": True}}


def test_what_is_set_to_null_is_found_as_null_and_read_as_its_default(suite: Suite) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"} height: {value: 5}')
    answered = suite.update("SuiteServer", f'id: "{id}" height: {{value: null}}', "height { value is_default }")
    assert answered == {"height": {"value": None, "is_default": False}}
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"] height__isnull: true', "height { value is_default }")
    assert node == {"height": {"value": 1, "is_default": True}}


def test_the_answer_to_an_update_tells_of_one_peer_only_if_the_update_names_it(suite: Suite) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"}')
    id = suite.create("SuiteServer", f'name: {{value: "~s1"}} owner: {{id: "{person}"}}')
    select = "owner { node { display_label } }"
    assert suite.update("SuiteServer", f'id: "{id}" height: {{value: 2}}', select) == {"owner": {"node": None}}
    named = suite.update("SuiteServer", f'id: "{id}" owner: {{id: "{person}"}}', select)
    assert named == {"owner": {"node": {"display_label": "~p"}}}
    assert suite.nodes("SuiteServer", f'ids: ["{id}"]', select) == [named]


def test_the_answer_to_an_update_always_tells_of_the_parent(suite: Suite) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    disk = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{server}"}}')
    told = suite.update("SuiteDisk", f'id: "{disk}" gigabytes: {{value: 1}}', "server { node { display_label } }")
    assert told == {"server": {"node": {"display_label": "~s1"}}}


def test_what_is_null_and_set_to_the_default_is_answered_as_the_default(suite: Suite) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"} height: {value: 5}')
    suite.update("SuiteServer", f'id: "{id}" height: {{value: null}}')
    answered = suite.update("SuiteServer", f'id: "{id}" height: {{value: 1}}', "height { value is_default }")
    assert answered == {"height": {"value": 1, "is_default": True}}


@pytest.mark.parametrize(("given", "is_default"), [("null", True), ("{}", False), ("{value: null}", False)])
def test_an_attribute_that_is_named_is_somebodys_choice_even_without_a_value(
    suite: Suite, given: str, is_default: bool
) -> None:
    made = suite.create("SuiteServer", f'name: {{value: "~s1"}} description: {given}', "description { is_default }")
    assert made["description"] == {"is_default": is_default}


@pytest.mark.parametrize("kind", ["list", "json"])
def test_a_document_may_be_given_as_text_and_be_empty(suite: Suite, kind: str) -> None:
    select = f"found: a_{kind} {{ value }}"
    made = suite.create("SuiteSample", f'name: {{value: "~d"}} a_{kind}: {{value: ""}}', select)
    assert made["found"] == {"value": ""}
    assert suite.nodes("SuiteSample", f'ids: ["{made["id"]}"]', select) == [{"found": {"value": ""}}]
    changed = suite.update("SuiteSample", f'id: "{made["id"]}" a_{kind}: {{value: "[1]"}}', select)
    assert changed == {"found": {"value": "[1]"}}


@pytest.mark.parametrize("value", ['[1, "a"]', "[null]", "{a: 1}", "[[1]]"])
def test_a_value_of_any_kind_is_a_single_one_or_a_list_of_one_sort(suite: Suite, value: str) -> None:
    document = f'mutation {{ SuiteSampleCreate(data: {{ name: {{value: "~d"}} a_any: {{value: {value}}} }}) {{ ok }} }}'
    refused = suite.refused(document)
    assert (refused.code, refused.http_status, refused.path) == ("UNDEFINED_ERROR", 500, ["SuiteSampleCreate"])


def test_a_computed_value_follows_what_it_is_made_of(suite: Suite) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"}')
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 4}}')
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', "title { value }")
    assert node["title"]["value"].endswith("S1 #4")


def test_an_upsert_makes_a_node_and_then_changes_it(suite: Suite) -> None:
    def upserted(fields: str) -> dict[str, object]:
        document = f"mutation {{ SuiteServerUpsert(data: {{ {fields} }}) {{ object {{ id height {{ value }} }} }} }}"
        return suite.data(document)["SuiteServerUpsert"]["object"]

    first = upserted('name: {value: "~s1"}')
    suite.ends_with(f'SuiteServerDelete(data: {{ id: "{first["id"]}" }}) {{ ok }}')
    assert first["height"] == {"value": 1}
    assert upserted('name: {value: "~s1"} height: {value: 4}') == {"id": first["id"], "height": {"value": 4}}
    assert upserted('hfid: ["~s1"] height: {value: 5}') == {"id": first["id"], "height": {"value": 5}}
    assert upserted(f'id: "{first["id"]}" height: {{value: 6}}') == {"id": first["id"], "height": {"value": 6}}


def test_an_upsert_knows_a_node_by_its_parent_and_a_number(suite: Suite) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    disk = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{server}"}}')
    fields = 'slot: {value: 1} server: {hfid: ["~s1"]} gigabytes: {value: 9}'
    answer = suite.data(f"mutation {{ SuiteDiskUpsert(data: {{ {fields} }}) {{ object {{ id hfid }} }} }}")
    assert answer["SuiteDiskUpsert"]["object"] == {"id": disk, "hfid": ["~s1", "1"]}


@pytest.mark.parametrize("name", ['id: "ID"', 'hfid: ["~s1"]'])
def test_a_node_is_deleted_by_id_or_hfid(suite: Suite, name: str) -> None:
    id = suite.create("SuiteServer", 'name: {value: "~s1"}')
    named = name.replace("ID", id)
    document = f"mutation {{ SuiteServerDelete(data: {{ {named} }}) {{ ok }} }}"
    assert suite.data(document) == {"SuiteServerDelete": {"ok": True}}
    assert suite.nodes("SuiteServer", f'ids: ["{id}"]') == []
    assert suite.refused(document).code == "NODE_NOT_FOUND"


def test_the_update_of_a_generic_changes_nodes_of_its_kinds(suite: Suite) -> None:
    id = suite.create("SuiteSwitch", 'name: {value: "~sw"}')
    changed = suite.update("SuiteAsset", f'id: "{id}" description: {{value: "x"}}', "__typename description { value }")
    assert changed == {"__typename": "SuiteSwitch", "description": {"value": "x"}}


def test_mutations_of_one_document_are_done_one_after_the_other_each_for_itself(suite: Suite) -> None:
    one, two, three = (
        f'{alias}: BuiltinTagCreate(data: {{ name: {{value: "~{name}"}} }}) {{ ok }}'
        for alias, name in (("a", "t"), ("b", "t"), ("c", "u"))
    )
    for name in "tu":
        suite.ends_with(f'BuiltinTagDelete(data: {{ hfid: ["~{name}"] }}) {{ ok }}')
    reply = suite.ask(f"mutation {{ {one} {two} {three} }}")
    assert reply.content["data"] == {"a": {"ok": True}, "b": None, "c": {"ok": True}}
    assert [error["path"] for error in reply.content["errors"]] == [["b"]]
    assert suite.labels("BuiltinTag", 'name__values: ["~t", "~u"]') == ["t", "u"]


def test_values_may_come_in_variables(suite: Suite) -> None:
    document = "mutation($data: BuiltinTagCreateInput!) { BuiltinTagCreate(data: $data) { object { name { value } } } }"
    suite.ends_with('BuiltinTagDelete(data: { hfid: ["~v"] }) { ok }')
    answer = suite.data(document, data={"name": {"value": "~v"}})
    assert answer == {"BuiltinTagCreate": {"object": {"name": {"value": "~v"}}}}


def test_what_is_protected_says_so_and_can_have_a_source_and_an_owner(suite: Suite) -> None:
    [admin] = suite.nodes("CoreAccount", 'name__value: "admin"', "id")
    lineage = f'is_protected: true source: "{admin["id"]}" owner: "{admin["id"]}"'
    select = "description { value is_protected source { display_label } owner { __typename } updated_by { id } }"
    made = suite.create("SuiteServer", f'name: {{value: "~s1"}} description: {{value: "d" {lineage}}}', select)
    assert made["description"] == {
        "value": "d",
        "is_protected": True,
        "source": {"display_label": "Admin"},
        "owner": {"__typename": "CoreAccount"},
        "updated_by": {"id": admin["id"]},
    }


def test_a_source_has_to_be_of_a_kind_that_may_be_one(suite: Suite) -> None:
    person = suite.create("SuitePerson", 'name: {value: "~p"}')
    suite.create("SuiteServer", f'name: {{value: "~s1"}} description: {{value: "d" source: "{person}"}}')
    select = "{ edges { node { description { value source { id } } } } }"
    reply = suite.ask(f'{{ SuiteServer(name__value: "~s1") {select} }}')
    [error] = reply.content["errors"]
    assert "SuitePerson" in error["message"]
    assert "LineageSource" in error["message"]
    [edge] = reply.content["data"]["SuiteServer"]["edges"]
    assert edge["node"]["description"] == {"value": "d", "source": None}


def test_a_node_says_when_and_by_whom_it_was_made_and_changed(suite: Suite) -> None:
    suite.create("SuiteServer", 'name: {value: "~s1"}')
    document = (
        '{ SuiteServer(name__value: "~s1") { edges { node_metadata { created_at updated_at'
        " created_by { display_label } updated_by { display_label } } node { id } } } }"
    )
    [new] = suite.data(document)["SuiteServer"]["edges"]
    admin = {"display_label": "Admin"}
    metadata = new["node_metadata"]
    assert (metadata["created_by"], metadata["updated_by"]) == (admin, admin)
    assert metadata["created_at"] == metadata["updated_at"]
    suite.update("SuiteServer", f'id: "{new["node"]["id"]}" height: {{value: 2}}')
    [changed] = suite.data(document)["SuiteServer"]["edges"]
    assert changed["node_metadata"]["created_at"] == metadata["created_at"]
    assert changed["node_metadata"]["updated_at"] > metadata["updated_at"]
