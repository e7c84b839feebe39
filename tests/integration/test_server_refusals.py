"""What servers refuse: with which words, codes and places, and that nothing is written then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite

CONSTRAINT, UNDEFINED = "ATTRIBUTE_CONSTRAINT_VIOLATION", "UNDEFINED_ERROR"


@pytest.fixture(scope="module")
def server_id(shared: Suite) -> str:
    """A server, beside which there is another one, `~taken`, and a person, `~p`."""
    shared.create("SuiteServer", 'name: {value: "~taken"}')
    shared.create("SuitePerson", 'name: {value: "~p"}')
    return str(shared.create("SuiteServer", 'name: {value: "~s1"} serial: {value: "ABC"}'))


@pytest.mark.parametrize(
    ("fields", "words", "code", "status"),
    [
        ("height: {value: 0}", ("0 is", "1 at height"), CONSTRAINT, 422),
        ("height: {value: 49}", ("49 is", "48 at height"), CONSTRAINT, 422),
        ("height: {value: 13}", ("13 is", "excluded", "at height"), CONSTRAINT, 422),
        ("height: {value: 25}", ("25 is", "excluded", "20-29 at height"), CONSTRAINT, 422),
        ('serial: {value: "abc"}', ("abc", "regex", "'^[A-Z0-9]+$' at serial"), CONSTRAINT, 422),
        ('serial: {value: "AB"}', ("AB", "length", "3 at serial"), CONSTRAINT, 422),
        ('serial: {value: "ABCDEFGHI"}', ("ABCDEFGHI", "length", "8 at serial"), CONSTRAINT, 422),
        ('size: {value: "medium"}', ("medium",), UNDEFINED, 500),
        ('status: {value: "nope"}', ("nope", "off, on", "at status"), CONSTRAINT, 422),
        ('name: {value: "~taken"}', ("name",), UNDEFINED, 422),
        ("name: {value: null}", ("name",), CONSTRAINT, 422),
        ('owner: {id: "nope"}', ("Unable to find the node", "nope", "SuitePerson"), "NODE_NOT_FOUND", 404),
        ('owner: {hfid: ["~none"]}', ("Unable to find the node", "~none", "SuitePerson"), "NODE_NOT_FOUND", 404),
        ('member_of_groups: [{hfid: ["~g"], kind: "Nope"}]', ("Nope",), "SCHEMA_NOT_FOUND", 422),
        ('tags: [{hfid: ["~none"]}]', ("Unable to find the node", "~none", "BuiltinTag"), "NODE_NOT_FOUND", 404),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused(
    shared: Suite, server_id: str, fields: str, words: tuple[str, ...], code: str, status: int
) -> None:
    refused = shared.refused(f'mutation {{ SuiteServerUpdate(data: {{ id: "{server_id}" {fields} }}) {{ ok }} }}')
    for word in words:
        assert word in refused.message
    assert (refused.path, refused.code, refused.http_status) == (["SuiteServerUpdate"], code, status)
    assert refused.status == 200
    [node] = shared.nodes("SuiteServer", f'ids: ["{server_id}"]', "name { value } height { value } serial { value }")
    assert node == {"name": {"value": "~s1"}, "height": {"value": 1}, "serial": {"value": "ABC"}}


@pytest.mark.parametrize(
    ("kind", "fields", "words", "code"),
    [
        ("SuiteServer", "", ("SuiteServer", "at name"), "ATTRIBUTE_REQUIRED"),
        ("SuiteServer", 'name: {value: "~taken"}', ("name",), UNDEFINED),
        ("SuiteServer", 'name: {value: "~x"} height: {value: 0}', ("0 is", "1 at height"), CONSTRAINT),
        ("SuiteServer", 'name: {value: "~x"} size: {value: "medium"}', ("medium", "at size"), CONSTRAINT),
        ("SuiteServer", 'name: {value: "~x"} tags: [null]', ("at tags",), CONSTRAINT),
        ("SuiteServer", 'id: "x" name: {value: "~x"}', ("UUID at id",), "ATTRIBUTE_INVALID_TYPE"),
        ("SuiteDisk", "slot: {value: 1}", ("SuiteDisk", "at server"), "ATTRIBUTE_REQUIRED"),
        ("SuitePlain", 'word: {value: "x"}', ("SuitePlain", "at must"), "ATTRIBUTE_REQUIRED"),
        ("SuiteRoom", 'name: {value: "~x"}', ("SuiteRoom", "at parent"), "ATTRIBUTE_REQUIRED"),
    ],
)
def test_a_new_node_that_breaks_a_rule_is_refused(
    shared: Suite, server_id: str, kind: str, fields: str, words: tuple[str, ...], code: str
) -> None:
    refused = shared.refused(f"mutation {{ {kind}Create(data: {{ {fields} }}) {{ ok }} }}")
    for word in words:
        assert word in refused.message
    assert (refused.path, refused.code, refused.http_status) == ([f"{kind}Create"], code, 422)


def test_every_mandatory_field_that_a_new_node_lacks_has_its_error(shared: Suite) -> None:
    refusals = shared.refusals("mutation { SuiteDiskCreate(data: { gigabytes: {value: 1} }) { ok } }")
    assert sorted(refused.path or [] for refused in refusals) == [
        ["SuiteDiskCreate", "data", "server"],
        ["SuiteDiskCreate", "data", "slot"],
    ]
    assert {refused.code for refused in refusals} == {"ATTRIBUTE_REQUIRED"}


def test_of_a_change_one_of_the_fields_that_break_a_rule_has_an_error(shared: Suite, server_id: str) -> None:
    fields = f'id: "{server_id}" height: {{value: 0}} serial: {{value: "a"}}'
    refused = shared.refused(f"mutation {{ SuiteServerUpdate(data: {{ {fields} }}) {{ ok }} }}")
    # Which of them comes first is a matter of the real server's database.
    assert ("at serial" in refused.message) is not ("at height" in refused.message)
    assert refused.path == ["SuiteServerUpdate"]


@pytest.mark.parametrize(
    ("mutation", "words", "code", "status"),
    [
        ('Update(data: { id: "nope" })', ("Unable to find the node", "nope", "SuiteServer"), "NODE_NOT_FOUND", 404),
        ('Update(data: { hfid: ["~no"] })', ("Unable to find the node", "~no", "SuiteServer"), "NODE_NOT_FOUND", 404),
        ("Update(data: { height: {value: 1} })", ("hfid",), UNDEFINED, 400),
        ('Delete(data: { id: "nope" })', ("Unable to find the node", "nope", "SuiteServer"), "NODE_NOT_FOUND", 404),
        ("Delete(data: { })", ("hfid",), UNDEFINED, 400),
        ('Upsert(data: { id: "nope" name: {value: "~n"} })', ("nope", "SuiteServer"), "NODE_NOT_FOUND", 404),
        ('Upsert(data: { id: "" name: {value: "~n"} })', ("Unable to find the node",), "NODE_NOT_FOUND", 404),
        ('Upsert(data: { hfid: [] name: {value: "~n"} })', ("HFID",), "NODE_NOT_FOUND", 404),
    ],
)
def test_a_mutation_of_a_node_that_is_not_there_is_refused(
    shared: Suite, mutation: str, words: tuple[str, ...], code: str, status: int
) -> None:
    refused = shared.refused(f"mutation {{ SuiteServer{mutation} {{ ok }} }}")
    for word in words:
        assert word in refused.message
    assert (refused.code, refused.http_status, refused.status) == (code, status, 200)


def test_a_node_of_another_kind_is_refused(shared: Suite, server_id: str) -> None:
    refused = shared.refused(f'mutation {{ SuitePersonUpdate(data: {{ id: "{server_id}" }}) {{ ok }} }}')
    for word in (server_id, "SuiteServer", "SuitePerson"):
        assert word in refused.message
    assert (refused.code, refused.http_status) == ("NODE_NOT_FOUND", 404)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('fixed: {value: "x"}', "fixed"),
        ('title: {value: "x"}', "title"),
        ("nope: {value: 1}", "nope"),
        ("height: {valu: 3}", "valu"),
        ('height: {value: "x"}', "BigInt"),
        ("height: 3", "NumberAttribute"),
        ("name: {value: 1}", "String"),
    ],
)
def test_an_input_that_its_type_has_not_is_refused_before_anything_is_done(
    shared: Suite, server_id: str, field: str, name: str
) -> None:
    refused = shared.refusals(f'mutation {{ SuiteServerUpdate(data: {{ id: "{server_id}" {field} }}) {{ ok }} }}')[0]
    assert name in refused.message
    assert (refused.path, refused.code, refused.http_status, refused.status) == (None, UNDEFINED, 500, 200)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{ BuiltinTag }", "must have a selection of subfields"),
        ("{ SuiteNothing { count } }", "Cannot query field 'SuiteNothing'"),
        ("{ BuiltinTag { count { x } } }", "must not have a selection"),
        ("{ BuiltinTag { nope } }", "Cannot query field 'nope'"),
        ("query($x: Nope) { BuiltinTag(limit: $x) { count } }", "Unknown type 'Nope'"),
        ("mutation { SuiteAssetCreate(data: {}) { ok } }", "Cannot query field 'SuiteAssetCreate'"),
    ],
)
def test_a_document_that_does_not_fit_the_schema_is_refused(shared: Suite, document: str, words: str) -> None:
    refused = shared.refusals(document)[0]
    assert words in refused.message
    assert (refused.path, refused.code, refused.http_status, refused.status) == (None, UNDEFINED, 500, 200)


@pytest.mark.parametrize("document", ["{", "{ ...F }", "query($x: Int!) { BuiltinTag(limit: $x) { count } }"])
def test_a_document_that_cannot_be_run_is_refused(shared: Suite, document: str) -> None:
    reply = shared.ask(document)
    if shared.is_local:  # the real server fails, and does not say why
        assert reply.status == 200
        assert reply.content["errors"][0]["message"]
    else:
        assert (reply.status, reply.content) == (500, "Internal Server Error")


def test_a_branch_that_is_not_there_is_refused(shared: Suite) -> None:
    reply = shared.ask("{ BuiltinTag { count } }", branch="nope")
    assert (reply.status, reply.content) == (404, {"errors": ["Branch: nope not found."]})


@pytest.mark.parametrize(("at", "words"), [("nope", "nope"), ("2001-01-01T00:00:00Z", "'main'")])
def test_a_time_that_cannot_be_looked_at_is_refused(shared: Suite, at: str, words: str) -> None:
    reply = shared.ask("{ BuiltinTag { count } }", at=at)
    [error] = reply.content["errors"]
    assert words in error["message"]
    assert 400 <= reply.status < 500
