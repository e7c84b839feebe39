"""What `client.schema` asks the server for, and what it remembers."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.exceptions import (
    AuthenticationError,
    BranchNotFoundError,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    SchemaNotFoundError,
    ValidationError,
)
from infrahub_sdk.protocols import BuiltinTag
from infrahub_sdk.schema import NodeSchema, SchemaRoot
from tests.unit.fake import Fake, noting
from tests.unit.kinds import attribute, schema

MINIMAL: dict[str, Any] = {"version": "1.0", "nodes": [{"name": "Rack", "namespace": "Infra"}]}


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


@pytest.fixture
def client(fake: Fake) -> InfrahubClient:
    return InfrahubClient(config=fake.config())


# Reading


async def test_the_schema_is_read_when_it_is_first_needed_and_kept(fake: Fake, client: InfrahubClient) -> None:
    assert not fake.schema_requests
    for _ in range(3):
        assert (await client.schema.get("BuiltinTag")).kind == "BuiltinTag"
    await client.schema.all()
    assert [sent.query for sent in fake.schema_requests] == [{"branch": ["main"]}]


async def test_a_kind_may_be_named_by_text_protocol_or_class(client: InfrahubClient) -> None:
    by_text = await client.schema.get("BuiltinTag")
    assert await client.schema.get(BuiltinTag) is by_text
    assert await client.schema.get(client.schema.get_class("BuiltinTag")) is by_text
    with pytest.raises(ValidationError, match="kind: 3 is neither"):
        await client.schema.get(3)  # type: ignore[arg-type]


async def test_a_kind_that_came_later_is_found(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.all()
    assert fake.schema is not None
    fake.schema["main"] = "hash-2"
    fake.schema["nodes"].append({"namespace": "Infra", "name": "Rack", "attributes": [], "relationships": []})
    assert (await client.schema.get("InfraRack")).kind == "InfraRack"


async def test_a_missing_kind_names_the_nearest_and_the_branch(client: InfrahubClient) -> None:
    with pytest.raises(SchemaNotFoundError, match=r"branch 'b1' has no kind named 'BuiltinTga'\. Did you mean"):
        await client.schema.get("BuiltinTga", branch="b1")


async def test_another_branch_with_the_same_schema_shares_it(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.all()
    await client.schema.all(branch="b1")
    assert client.schema.cache["b1"] is client.schema.cache["main"]
    assert [sent.path for sent in fake.schema_requests] == ["/api/schema", "/api/schema/summary"]


async def test_another_branch_with_another_schema_reads_it(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.all()
    assert fake.schema is not None
    fake.schema["main"] = "hash-2"
    await client.schema.all(branch="b1")
    assert client.schema.cache["b1"].hash == "hash-2"
    assert [sent.path for sent in fake.schema_requests][1:] == ["/api/schema/summary", "/api/schema"]


async def test_refreshing_reads_only_what_has_changed(fake: Fake, client: InfrahubClient) -> None:
    first = await client.schema.all()
    assert await client.schema.all(refresh=True) is first
    assert await client.schema.all(refresh=True, schema_hash="hash-1") is first
    assert len(fake.schema_requests) == 2


async def test_a_part_of_the_schema_does_not_pass_for_the_whole(fake: Fake, client: InfrahubClient) -> None:
    whole = fake.schema
    fake.schema = {"main": "hash-1", "nodes": schema()["nodes"][:1]}
    await client.schema.all(namespaces=["Builtin"])
    fake.schema = whole
    assert (await client.schema.get("DcimDevice")).kind == "DcimDevice"
    assert (await client.schema.get("DcimDevice", branch="b1")).kind == "DcimDevice"
    client.schema.set_cache({"main": "hash-1", "nodes": schema()["nodes"][:1]}, branch="b2")
    assert (await client.schema.get("DcimDevice", branch="b2")).kind == "DcimDevice"


async def test_the_name_of_a_branch_is_encoded(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.all(branch="feat/x&y")
    assert fake.schema_requests[0].url.endswith("/api/schema?branch=feat%2Fx%26y")


async def test_schemas_have_to_be_a_list(client: InfrahubClient) -> None:
    with pytest.raises(ValidationError, match="schemas: a dict is not a list"):
        await client.schema.load(MINIMAL)  # type: ignore[arg-type]


async def test_namespaces_are_asked_for(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.fetch(branch="main", namespaces=["Infra", "Core"], populate_cache=False)
    assert fake.schema_requests[0].query == {"branch": ["main"], "namespaces": ["Infra", "Core"]}
    assert not client.schema.cache


async def test_a_schema_can_be_given(fake: Fake, client: InfrahubClient) -> None:
    client.schema.set_cache(schema())
    client.schema.set_cache(client.schema.cache["main"], branch="b1")
    assert (await client.schema.get("BuiltinTag", branch="b1")).kind == "BuiltinTag"
    assert not fake.schema_requests


async def test_what_is_no_schema_names_the_place(client: InfrahubClient) -> None:
    wrong = schema()
    wrong["nodes"][3]["attributes"][0] = attribute("name")
    del wrong["nodes"][3]["attributes"][0]["kind"]
    client.schema.set_cache(wrong)
    with pytest.raises(ValidationError, match=r"nodes\[3\]\.attributes\[0\]\.kind"):
        await client.create("DcimDevice", name="x")


async def test_a_branch_that_does_not_exist_is_named(fake: Fake, client: InfrahubClient) -> None:
    fake.schema = None
    fake.answers_json(400, {"data": None, "errors": [{"message": "Branch: nope not found."}]})
    with pytest.raises(BranchNotFoundError, match=r"'nope'.*not found"):
        await client.schema.all(branch="nope")


async def test_credentials_that_are_not_enough_are_an_authentication_error(fake: Fake, client: InfrahubClient) -> None:
    fake.schema = None
    fake.answers_errors("not allowed", status=403)
    with pytest.raises(AuthenticationError, match="not allowed"):
        await client.schema.all()


async def test_a_schema_that_is_not_json_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.schema = None
    fake.answers_bytes(200, b"<html>")
    with pytest.raises(JsonDecodeError):
        await client.schema.all()


# Loading


async def test_loading_says_what_the_server_says(fake: Fake, client: InfrahubClient) -> None:
    await client.schema.all()
    fake.answers_json(200, {"hash": "new", "previous_hash": "hash-1", "warnings": [], "diff": {}})
    answer = await client.schema.load([MINIMAL], branch="main")
    assert (answer.hash, answer.previous_hash, answer.errors, answer.schema_updated) == ("new", "hash-1", {}, True)
    assert fake.sent[0].payload == {"schemas": [MINIMAL]}
    assert (fake.sent[0].query, fake.sent[0].timeout) == ({"branch": ["main"]}, 120)
    assert "main" not in client.schema.cache


async def test_models_can_be_loaded(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_json(200, {"hash": "new", "previous_hash": "old"})
    root: Any = SchemaRoot(version="1.0", nodes=[NodeSchema(name="Rack", namespace="Infra")])
    await client.schema.load([root])
    assert fake.sent[0].payload == {"schemas": [MINIMAL]}


@pytest.mark.parametrize("status", [400, 422])
async def test_what_is_wrong_with_a_schema_is_in_the_answer(fake: Fake, client: InfrahubClient, status: int) -> None:
    fake.answers_json(status, {"detail": [{"msg": "too short", "loc": ["body"]}]})
    answer = await client.schema.load([MINIMAL])
    assert answer.errors == {"detail": [{"msg": "too short", "loc": ["body"]}]}
    assert not answer.schema_updated


async def test_a_server_that_fails_while_loading_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_json(500, {})
    with pytest.raises(HTTPStatusError):
        await client.schema.load([MINIMAL])
    fake.answers_json(204, {})
    with pytest.raises(InvalidResponseError, match="HTTP 204"):
        await client.schema.load([MINIMAL])


async def test_checking_tells_what_would_change_or_what_is_wrong(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_json(202, {"diff": {"added": {}}})
    assert await client.schema.check([MINIMAL]) == (True, {"diff": {"added": {}}})
    fake.answers_json(422, {"detail": "no"})
    assert await client.schema.check([MINIMAL]) == (False, {"detail": "no"})


def in_sync(value: bool) -> dict[str, Any]:
    return {"InfrahubStatus": {"summary": {"schema_hash_synced": value}}}


async def test_loading_waits_until_all_workers_have_the_schema(
    fake: Fake, client: InfrahubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(client._port, "sleep", noting(waits))
    fake.answers_json(200, {"hash": "new", "previous_hash": "old"})
    for value in (False, False, True):
        fake.answers_data(in_sync(value))
    await client.schema.load([MINIMAL], wait_until_converged=True)
    assert waits == [1.0, 1.0]


async def test_waiting_for_the_workers_ends_after_the_configured_time(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = InfrahubClient(config=fake.config(schema_converge_timeout=2))
    seconds = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))
    monkeypatch.setattr(client._port, "sleep", noting([]))
    for _ in range(3):
        fake.answers_data(in_sync(False))
    await client.schema.wait_until_converged()
    assert "has not converged within 2 s" in caplog.text


# Changing choices


async def test_options_are_added_and_removed(fake: Fake, client: InfrahubClient) -> None:
    assert fake.schema is not None
    fake.schema["nodes"][0]["attributes"].append(attribute("role", enum=["a"]))
    for name in ("SchemaEnumAdd", "SchemaEnumRemove", "SchemaDropdownAdd", "SchemaDropdownRemove"):
        fake.answers_data({name: {"ok": True}})
    await client.schema.add_enum_option("BuiltinTag", "role", "b")
    await client.schema.remove_enum_option("BuiltinTag", "role", "b")
    await client.schema.add_dropdown_option("DcimDevice", "status", 'pl"an', color="#ffffff")
    await client.schema.remove_dropdown_option("DcimDevice", "status", "planned")
    assert fake.documents == [
        'mutation { SchemaEnumAdd(data: { kind: "BuiltinTag", attribute: "role", enum: "b" }) { ok } }',
        'mutation { SchemaEnumRemove(data: { kind: "BuiltinTag", attribute: "role", enum: "b" }) { ok } }',
        'mutation { SchemaDropdownAdd(data: { kind: "DcimDevice", attribute: "status", dropdown: "pl\\"an", '
        'color: "#ffffff", description: "", label: "" }) { ok } }',
        'mutation { SchemaDropdownRemove(data: { kind: "DcimDevice", attribute: "status", dropdown: "planned" }) '
        "{ ok } }",
    ]


async def test_an_option_needs_an_attribute_that_has_options(client: InfrahubClient) -> None:
    with pytest.raises(ValueError, match=r"BuiltinTag\.name has no enum"):
        await client.schema.add_enum_option("BuiltinTag", "name", "b")
    with pytest.raises(ValueError, match=r"BuiltinTag\.name is of kind Text, not Dropdown"):
        await client.schema.add_dropdown_option("BuiltinTag", "name", "b")
    with pytest.raises(ValueError, match="Did you mean 'name'"):
        await client.schema.add_enum_option("BuiltinTag", "nmae", "b")


# Other forms


async def test_the_graphql_schema_is_text(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_bytes(200, b"type Query { x: Int }")
    assert await client.schema.get_graphql_schema(branch="b 1") == "type Query { x: Int }"
    assert fake.sent[0].url.endswith("/schema.graphql?branch=b+1")
    fake.answers_bytes(500, b"")
    with pytest.raises(ValueError, match="HTTP 500"):
        await client.schema.get_graphql_schema()


async def test_kinds_are_exported_by_namespace(client: InfrahubClient) -> None:
    exported = await client.schema.export(namespaces=["Dcim"])
    assert set(exported.namespaces) == {"Dcim"}
    assert {node["name"] for node in exported.namespaces["Dcim"].nodes} == {"Device", "Platform", "Interface"}


async def test_the_data_of_a_node_is_checked_without_the_server(client: InfrahubClient) -> None:
    tag = await client.schema.get("BuiltinTag")
    client.schema.validate_data_against_schema(tag, {"name": "red"})
    with pytest.raises(ValidationError, match="nmae"):
        client.schema.validate_data_against_schema(tag, {"nmae": "red"})
    payload = client.schema.generate_payload_create(tag, {"name": "red"}, source="s", is_protected=True)
    assert payload == {"name": {"value": "red", "source": "s", "is_protected": True}}
    assert client.schema.validate(MINIMAL).valid
