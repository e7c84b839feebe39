# Made from test_saving.py by tools/twins.py; change that one.
"""Writes: several in one request, ids that the client chooses, and what becomes of a write whose answer is lost."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.core.saving import planned, planned_deletion, promise_id, send_writes
from infrahub_sdk.exceptions import (
    AuthenticationError,
    Error,
    GraphQLError,
    JsonDecodeError,
    OutcomeUnknownError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
)
from tests.unit.fake import ADDRESS, Fake, noting
from tests.unit.kinds import schema

ID = "18eaf486-4512-f31b-e39f-1f06118d339a"
OTHER_ID = "18eaf47d-2997-22ad-e302-1f067aef0437"
ID_SHAPE = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LOST = ServerNotReachableError(ADDRESS, "The connection was lost.", phase="receive", sent=True)


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


@pytest.fixture
def client(fake: Fake) -> InfrahubClientSync:
    return InfrahubClientSync(config=fake.config())


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the patient client would have waited."""
    return []


@pytest.fixture
def patient(fake: Fake, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> InfrahubClientSync:
    """A client that retries, and does not really wait."""
    client = InfrahubClientSync(config=fake.config(retry_on_failure=True, retry_delay=1))
    monkeypatch.setattr(client._port, "sleep", noting(waits))
    return client


def saved(identifier: str = ID, **fields: Any) -> dict[str, Any]:
    return {"ok": True, "object": {"id": identifier, **fields}}


def found(kind: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"edges": [{"node": node} for node in nodes]}}


def error(*path: str, message: str = "no", **extensions: Any) -> dict[str, Any]:
    return {"message": message, **({"path": list(path)} if path else {}), "extensions": extensions}


def in_use(identifier: str, *path: str) -> dict[str, Any]:
    data = {"node_kind": "BuiltinTag", "field_name": "id", "constraint": f"{identifier} is already in use"}
    words = f"{identifier} is already in use at id"
    return error(*path, message=words, code="ATTRIBUTE_CONSTRAINT_VIOLATION", http_status=422, data=data)


def tags(client: InfrahubClientSync, *names: str) -> list[Any]:
    return [client.create("BuiltinTag", name=name) for name in names]


def send(client: InfrahubClientSync, *nodes: Any) -> list[Any]:
    return list(client._run(send_writes(client, [planned(node) for node in nodes])))


# Several in one request


def test_several_writes_are_one_document(fake: Fake, client: InfrahubClientSync) -> None:
    red, blue = tags(client, "red", "blue")
    fake.answers_data({"m0": saved(ID), "m1": saved(OTHER_ID)})
    assert send(client, red, blue) == [None, None]
    assert fake.documents == [
        f'mutation {{ m0: BuiltinTagCreate(data: {{ name: {{ value: "red" }}, id: "{sent_ids(fake)[0]}" }}) '
        "{ ok object { id } } "
        f'm1: BuiltinTagCreate(data: {{ name: {{ value: "blue" }}, id: "{sent_ids(fake)[1]}" }}) '
        "{ ok object { id } } }"
    ]
    assert [(tag.id, tag._existing) for tag in (red, blue)] == [(ID, True), (OTHER_ID, True)]
    assert client.store.get(OTHER_ID) is blue


def sent_ids(fake: Fake, request: int = -1) -> list[str]:
    """The ids in a request."""
    return re.findall(f'"({ID_SHAPE})"', fake.documents[request])


def test_one_that_fails_leaves_the_others_standing(fake: Fake, client: InfrahubClientSync) -> None:
    red, blue = tags(client, "red", "blue")
    errors = [error("m1", "object", message="Violates uniqueness constraint 'name'", http_status=422)]
    fake.answers_json(200, {"data": {"m0": saved(), "m1": None}, "errors": errors})
    outcomes = send(client, red, blue)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], GraphQLError)
    assert outcomes[1].errors[0]["path"] == ["BuiltinTagCreate", "object"]
    assert '"red"' not in (outcomes[1].query or "")
    assert (red.id, blue.id) == (ID, None)


def test_the_variables_of_several_writes_do_not_collide(fake: Fake, client: InfrahubClientSync) -> None:
    one = client.create("TestingSample", name="one", a_json={"a": 1}, a_list=[1])
    two = client.create("TestingSample", name="two", a_json={"b": 2}, a_password="hunter2")
    fake.answers_data({"m0": saved(ID), "m1": saved(OTHER_ID)})
    send(client, one, two)
    variables = fake.sent[0].payload["variables"]
    assert list(variables.values()) == [[1], {"a": 1}, {"b": 2}, "hunter2"]
    assert all(f"value: ${name} " in fake.documents[0] for name in variables)
    assert "hunter2" not in fake.documents[0]


@pytest.mark.parametrize("refusal", ["errors without a path", "a bare HTTP 500"])
def test_a_document_that_is_refused_as_a_whole_is_sent_write_by_write(
    fake: Fake, client: InfrahubClientSync, refusal: str
) -> None:
    red, blue = tags(client, "red", "blue")
    if refusal == "a bare HTTP 500":
        fake.answers_bytes(500, b"Internal Server Error")
    else:
        fake.answers_json(200, {"data": None, "errors": [error(message="Field 'nme' is not defined")]})
    fake.answers_json(200, {"data": None, "errors": [error(message="Field 'nme' is not defined")]})
    fake.answers_data({"BuiltinTagCreate": saved()})
    outcomes = send(client, red, blue)
    assert isinstance(outcomes[0], GraphQLError)
    assert outcomes[1] is None
    assert ["m1:" in document for document in fake.documents] == [True, False, False]


def test_only_those_that_failed_for_a_while_are_sent_again(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    red, blue, green = tags(patient, "red", "blue", "green")
    busy = error("m1", message="busy", http_status=503)
    fake.answers_json(200, {"data": {"m0": saved(), "m1": None, "m2": saved(OTHER_ID)}, "errors": [busy]})
    fake.answers_data({"BuiltinTagCreate": saved("18eaf47d-5fa5-bc1c-e3d0-1f0650656735")})
    assert send(patient, red, blue, green) == [None, None, None]
    assert '"blue"' in fake.documents[1]
    assert '"red"' not in fake.documents[1]
    assert len(waits) == 1


def test_what_went_wrong_before_anything_was_sent_is_the_outcome_of_every_write(
    fake: Fake, client: InfrahubClientSync
) -> None:
    failures: list[Exception] = [ServerNotReachableError(ADDRESS, phase="connect"), ValueError("the requester's own")]
    for failure in failures:
        fake.fails(failure)
        assert send(client, *tags(client, "red", "blue")) == [failure, failure]
    fake.answers_json(401, {"errors": [{"message": "Invalid token"}]})
    outcomes = send(client, *tags(client, "red", "blue"))
    assert [type(outcome) for outcome in outcomes] == [AuthenticationError] * 2
    assert len(fake.sent) == 3


def test_deletions_travel_together(fake: Fake, client: InfrahubClientSync) -> None:
    nodes = [client.create("BuiltinTag", id=identifier, name="x") for identifier in (ID, OTHER_ID)]
    fake.answers_data({"m0": {"ok": True}, "m1": {"ok": True}})
    assert client._run(send_writes(client, [planned_deletion(node) for node in nodes])) == [None, None]
    assert f'm1: BuiltinTagDelete(data: {{ id: "{OTHER_ID}" }}) {{ ok }}' in fake.documents[0]
    assert repr(nodes[0]).endswith("[DELETED]")


def test_nothing_is_planned_where_nothing_was_changed(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data({"BuiltinTag": {"count": 1, "edges": [{"node": {"id": ID, "__typename": "BuiltinTag"}}]}})
    assert planned(client.get("BuiltinTag", id=ID)) is None


# Ids that the client chooses


def test_a_create_is_sent_with_an_id_that_the_node_gets_when_it_is_saved(
    fake: Fake, client: InfrahubClientSync
) -> None:
    (tag,) = tags(client, "red")
    write = planned(tag)
    assert write is not None
    chosen = write.mutations[0].said["id"]
    assert re.fullmatch(ID_SHAPE, chosen)
    assert (tag.id, tag._generate_input_data()["data"]) == (None, {"data": {"name": {"value": "red"}, "hfid": ["red"]}})
    fake.answers_data({"BuiltinTagCreate": saved(chosen)})
    tag.save()
    assert (sent_ids(fake), tag.id) == ([chosen], chosen)


def test_a_later_id_sorts_behind_an_earlier_one(client: InfrahubClientSync) -> None:
    ids = [promise_id(tag) for tag in tags(client, *"abcdefgh")]
    assert sorted(ids) == ids


def test_a_save_that_failed_is_repeated_with_the_same_id(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    fake.fails(ServerNotReachableError(ADDRESS, phase="connect"))
    with pytest.raises(ServerNotReachableError):
        tag.save()
    fake.answers_data({"BuiltinTagCreate": saved()})
    tag.save()
    assert sent_ids(fake, 0) == sent_ids(fake, 1)


def test_a_node_that_was_refused_gets_another_id_the_next_time(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    for _ in range(2):
        fake.answers_errors("Unable to clone the repository", http_status=422)
        with pytest.raises(GraphQLError):
            tag.save()
    assert sent_ids(fake, 0) != sent_ids(fake, 1)


def test_a_copy_of_a_node_that_is_not_saved_becomes_another_node(client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    chosen = promise_id(tag)
    assert chosen not in {promise_id(copy.copy(tag)), promise_id(copy.deepcopy(tag))}
    assert promise_id(tag) == chosen


def test_a_peer_that_is_not_saved_is_named_by_the_id_that_it_was_promised(client: InfrahubClientSync) -> None:
    platform = client.create("DcimPlatform", name="ios")
    (tag,) = tags(client, "red")
    device = client.create("DcimDevice", name="edge1", platform=platform, tags=[tag])
    with pytest.raises(ValidationError, match="save it first"):
        planned(device)
    ids = promise_id(platform), promise_id(tag)
    write = planned(device)
    assert write is not None
    said = write.mutations[0].said
    assert (said["platform"], said["tags"]) == ({"id": ids[0]}, [{"id": ids[1]}])


def test_an_upsert_is_left_to_the_server(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    fake.answers_data({"BuiltinTagUpsert": saved()})
    tag.save(allow_upsert=True)
    assert not sent_ids(fake)


def test_a_kind_that_takes_no_id_is_created_without_one(fake: Fake, client: InfrahubClientSync) -> None:
    words = "Field 'id' is not defined by type 'BuiltinTagCreateInput'. Did you mean 'hfid'?"
    red, blue, green = tags(client, "red", "blue", "green")
    fake.answers_json(200, {"data": None, "errors": [error(message=words, http_status=500)]})
    fake.answers_data({"m0": saved(ID), "m1": saved(OTHER_ID)})
    assert send(client, red, blue) == [None, None]
    fake.answers_data({"BuiltinTagCreate": saved()})
    green.save()
    assert [len(sent_ids(fake, request)) for request in range(3)] == [2, 0, 0]


def test_a_field_that_is_called_id_is_left_alone(fake: Fake, client: InfrahubClientSync) -> None:
    node = client.create("TestingAwkward", data={"name": "x", "save": "y"})
    fake.answers_data({"TestingAwkwardCreate": saved()})
    node.save()
    assert not sent_ids(fake)


# When the answer is lost


def failures() -> list[Any]:
    return [
        lambda fake: fake.fails(LOST),
        lambda fake: fake.fails(ServerNotResponsiveError(ADDRESS, 5, phase="receive", sent=True)),
        lambda fake: fake.answers_bytes(502, b"<html>Bad Gateway"),
        lambda fake: fake.answers_json(504, {"message": "Gateway Timeout"}),
        lambda fake: fake.answers_json(504, {"errors": [{"message": "Gateway Timeout"}]}),
        lambda fake: fake.answers_bytes(200, b'{"data": {"Buil'),
        lambda fake: fake.answers_json(200, {}),
        lambda fake: fake.answers_bytes(500, b"Internal Server Error"),
    ]


@pytest.mark.parametrize("fail", failures())
def test_a_node_that_was_created_all_the_same_is_found_by_its_id(
    fake: Fake, client: InfrahubClientSync, fail: Any
) -> None:
    (tag,) = tags(client, "red")
    fail(fake)
    chosen = promise_id(tag)
    fake.answers_data(found("BuiltinTag", {"id": chosen}))
    tag.save()
    assert fake.documents[1] == f'query {{ BuiltinTag(ids: ["{chosen}"], limit: 1) {{ edges {{ node {{ id }} }} }} }}'
    assert (tag.id, tag._existing, planned(tag)) == (chosen, True, None)
    assert client.store.get(chosen) is tag


def test_what_the_server_chose_is_looked_up_too(fake: Fake, client: InfrahubClientSync) -> None:
    pool = client.create("CoreNumberPool", id=OTHER_ID, name="heights")
    device = client.create("DcimDevice", name="edge1", height=pool, tags=[["red"]])
    fake.fails(LOST)
    red = {"node": {"id": ID, "hfid": ["red"], "display_label": "red", "__typename": "BuiltinTag"}}
    fake.answers_data(
        found("DcimDevice", {"id": promise_id(device), "height": {"value": 42}, "tags": {"edges": [red]}})
    )
    device.save()
    assert (device.height.value, device.tags.peer_ids) == (42, [ID])


def test_the_ids_of_one_kind_are_one_query(fake: Fake, client: InfrahubClientSync) -> None:
    red, blue = tags(client, "red", "blue")
    platform = client.create("DcimPlatform", name="ios")
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag", {"id": promise_id(red)}, {"id": promise_id(blue)}))
    fake.answers_data(found("DcimPlatform", {"id": promise_id(platform)}))
    assert send(client, red, platform, blue) == [None, None, None]
    assert len(fake.sent) == 3


def test_a_node_that_is_not_there_is_sent_again_where_the_server_takes_one_at_a_time(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    (tag,) = tags(patient, "red")
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag"))
    fake.answers_data({"BuiltinTagCreate": saved(promise_id(tag))})
    tag.save()
    assert fake.documents[0] == fake.documents[2]
    assert len(waits) == 1


def test_the_refusal_of_the_second_says_that_the_first_went_through(fake: Fake, patient: InfrahubClientSync) -> None:
    (tag,) = tags(patient, "red")
    chosen = promise_id(tag)
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag"))
    fake.answers_json(200, {"data": {"BuiltinTagCreate": None}, "errors": [in_use(chosen, "BuiltinTagCreate")]})
    fake.answers_data(found("BuiltinTag", {"id": chosen}))
    tag.save()
    assert (tag.id, planned(tag)) == (chosen, None)


def test_a_node_that_the_server_may_double_is_looked_for_and_not_sent_again(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    interface = patient.create("DcimInterface", name="eth0", device=ID)
    fake.fails(LOST)
    for _ in range(2):
        fake.answers_data(found("DcimInterface"))
    fake.answers_data(found("DcimInterface", {"id": promise_id(interface)}))
    interface.save()
    assert [document.split()[0] for document in fake.documents] == ["mutation", "query", "query", "query"]
    assert len(waits) == 2


def test_a_node_that_is_never_found_has_an_outcome_that_nobody_knows(fake: Fake, patient: InfrahubClientSync) -> None:
    interface = patient.create("DcimInterface", name="eth0", device=ID)
    chosen = promise_id(interface)
    fake.fails(LOST)
    fake.answers += [lambda sent: answer_none(fake)] * 10
    with pytest.raises(OutcomeUnknownError, match=f"connection was lost.*{chosen}") as caught:
        interface.save()
    assert (caught.value.identifier, caught.value.kind) == (chosen, "DcimInterface")
    assert caught.value.__cause__ is LOST
    assert isinstance(caught.value, (ServerNotReachableError, ServerNotResponsiveError))
    assert "mutation" not in " ".join(fake.documents[1:])


def answer_none(fake: Fake) -> Any:
    fake.answers_data(found("DcimInterface"))
    return fake.answers.pop()


def test_a_client_that_does_not_retry_looks_and_sends_a_create_once_more(
    fake: Fake, client: InfrahubClientSync
) -> None:
    (tag,) = tags(client, "red")
    for _ in range(2):
        fake.fails(LOST)
        fake.answers_data(found("BuiltinTag"))
    with pytest.raises(OutcomeUnknownError):
        tag.save()
    first, _, second, _ = fake.sent
    assert first.document == second.document


def test_a_client_that_does_not_retry_asks_a_slow_server_but_once(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    fake.fails(ServerNotResponsiveError(ADDRESS, 1, phase="receive", sent=True))
    fake.answers_data(found("BuiltinTag"))
    with pytest.raises(OutcomeUnknownError):
        tag.save()
    assert len(fake.sent) == 2


def test_a_server_that_cannot_be_asked_leaves_it_unknown(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    fake.fails(LOST)
    fake.fails(ServerNotReachableError(ADDRESS))
    with pytest.raises(OutcomeUnknownError, match=promise_id(tag)):
        tag.save()


def test_what_follows_a_lost_answer_does_not_make_it_known(fake: Fake, patient: InfrahubClientSync) -> None:
    (tag,) = tags(patient, "red")
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag"))
    fake.answers_json(403, {"errors": [{"message": "Forbidden"}]})
    with pytest.raises(OutcomeUnknownError) as caught:
        tag.save()
    assert caught.value.__cause__ is LOST


def test_a_document_that_the_server_cannot_read_is_an_error_of_its_own(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    fake.answers_bytes(500, b"Internal Server Error")
    fake.answers_data(found("BuiltinTag"))
    with pytest.raises(JsonDecodeError, match="HTTP 500"):
        tag.save()


def test_a_refusal_with_http_500_is_the_servers_word_where_nothing_came_of_it(
    fake: Fake, client: InfrahubClientSync
) -> None:
    (tag,) = tags(client, "red")
    fake.answers_json(500, {"data": None, "errors": [error(message="The database is gone", http_status=500)]})
    fake.answers_data(found("BuiltinTag"))
    with pytest.raises(GraphQLError, match="The database is gone"):
        tag.save()


def test_a_node_of_an_earlier_save_is_brought_up_to_date(fake: Fake, client: InfrahubClientSync) -> None:
    (tag,) = tags(client, "red")
    chosen = promise_id(tag)
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag"))
    with pytest.raises(OutcomeUnknownError):
        tag.save()
    tag.description = "changed since"
    fake.answers_json(200, {"data": {"BuiltinTagCreate": None}, "errors": [in_use(chosen, "BuiltinTagCreate")]})
    fake.answers_data(found("BuiltinTag", {"id": chosen}))
    fake.answers_data({"BuiltinTagUpdate": saved(chosen)})
    tag.save()
    assert 'description: { value: "changed since" }' in fake.documents[-1]
    assert (tag.id, planned(tag)) == (chosen, None)


def test_an_id_of_the_users_that_is_in_use_is_an_error(fake: Fake, client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", id=ID, name="red")
    fake.answers_json(200, {"data": {"BuiltinTagCreate": None}, "errors": [in_use(ID, "BuiltinTagCreate")]})
    fake.answers_data(found("BuiltinTag", {"id": ID}))
    with pytest.raises(GraphQLError, match="already in use"):
        tag.create()


def test_writes_that_may_be_repeated_travel_again_with_those_that_are_not_there(
    fake: Fake, patient: InfrahubClientSync
) -> None:
    known = patient.create("BuiltinTag", id=OTHER_ID, name="known")
    (fresh,) = tags(patient, "fresh")
    fake.fails(LOST)
    fake.answers_data(found("BuiltinTag"))
    fake.answers_data({"m0": saved(OTHER_ID), "m1": saved(promise_id(fresh))})
    assert send(patient, known, fresh) == [None, None]
    assert fake.documents[0] == fake.documents[2]


def test_an_upsert_that_finds_its_node_is_repeated(fake: Fake, patient: InfrahubClientSync) -> None:
    interface = patient.create("DcimInterface", name="eth0", device=ID)  # whose device's name is not known here
    fake.fails(LOST)
    fake.answers_data({"DcimInterfaceUpsert": saved()})
    interface.save(allow_upsert=True)
    assert fake.documents[0] == fake.documents[1]


def test_an_upsert_that_finds_nothing_to_go_by_is_unknown(fake: Fake, patient: InfrahubClientSync) -> None:
    platform = patient.create("DcimPlatform", name="ios")
    fake.fails(LOST)
    with pytest.raises(OutcomeUnknownError, match="DcimPlatformUpsert") as caught:
        platform.save(allow_upsert=True)
    assert caught.value.identifier is None
    assert len(fake.sent) == 1


def test_a_pool_is_not_asked_twice_for_a_peer(fake: Fake, patient: InfrahubClientSync) -> None:
    device = patient.create("DcimDevice", id=ID, name="edge1", primary_address={"from_pool": {"id": OTHER_ID}})
    fake.fails(LOST)
    with pytest.raises(OutcomeUnknownError, match=f"DcimDeviceUpdate.*Read the node {ID} again"):
        device.save()
    assert len(fake.sent) == 1


def test_null_data_with_the_path_of_another_write_says_nothing_about_this_one(
    fake: Fake, client: InfrahubClientSync
) -> None:
    red, blue = tags(client, "red", "blue")
    fake.answers_json(200, {"data": None, "errors": [error("m1", message="not null", http_status=500)]})
    fake.answers_data(found("BuiltinTag", {"id": promise_id(red)}))
    outcomes = send(client, red, blue)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], GraphQLError)


def test_what_cannot_be_read_back_is_written_all_the_same(fake: Fake, client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1", tags=[["red"]])
    forbidden = error("DcimDeviceCreate", "object", "tags", message="forbidden", code="PERMISSION_DENIED")
    fake.answers_json(200, {"data": {"DcimDeviceCreate": saved(tags=None)}, "errors": [forbidden]})
    with pytest.raises(GraphQLError, match="forbidden"):
        device.save()
    assert (device.id, device._existing) == (ID, True)


def test_a_server_that_says_nothing_about_a_write_has_not_carried_it_out(
    fake: Fake, client: InfrahubClientSync
) -> None:
    red, blue = tags(client, "red", "blue")
    fake.answers_data({"m0": saved(), "m1": {"ok": False}})
    outcomes = send(client, red, blue)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Error)
    assert "did not carry out BuiltinTagCreate" in str(outcomes[1])


def test_a_peer_set_to_none_is_taken_away_by_an_upsert(fake: Fake, client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    device.location = None
    fake.answers_data({"DcimDeviceUpsert": saved()})
    device.save(allow_upsert=True)
    assert "location: null" in fake.documents[0]
    assert "primary_address" not in fake.documents[0]


def test_a_document_that_is_too_long_for_a_proxy_is_divided(fake: Fake, client: InfrahubClientSync) -> None:
    red, blue = tags(client, "red", "blue")
    fake.answers_bytes(413, b"<html>413 Request Entity Too Large</html>")
    fake.answers_data({"BuiltinTagCreate": saved(ID)})
    fake.answers_data({"BuiltinTagCreate": saved(OTHER_ID)})
    assert send(client, red, blue) == [None, None]
    assert [tag.id for tag in (red, blue)] == [ID, OTHER_ID]


def test_an_error_about_nothing_in_particular_is_that_of_all_that_were_not_carried_out(
    fake: Fake, client: InfrahubClientSync
) -> None:
    red, blue = tags(client, "red", "blue")
    errors = [error(message="the disk is full", http_status=500)]
    fake.answers_json(200, {"data": {"m0": saved(), "m1": None}, "errors": errors})
    outcomes = send(client, red, blue)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], GraphQLError)
    assert "the disk is full" in str(outcomes[1])


def test_a_node_that_is_saved_twice_at_once_holds_what_was_said_last(fake: Fake, client: InfrahubClientSync) -> None:
    (red,) = tags(client, "red")
    first = planned(red)
    red.description = "warm"
    second = planned(red)
    assert first is not None
    assert second is not None
    identifier = promise_id(red)
    fake.answers_data({"BuiltinTagCreate": saved(identifier)})
    assert client._run(send_writes(client, [first])) == [None]
    fake.answers_json(200, {"data": {"BuiltinTagCreate": None}, "errors": [in_use(identifier, "BuiltinTagCreate")]})
    fake.answers_data(found("BuiltinTag", {"id": identifier}))
    fake.answers_data({"BuiltinTagUpdate": saved(identifier)})
    assert client._run(send_writes(client, [second])) == [None]
    assert 'description: { value: "warm" }' in fake.documents[-1]
    assert planned(red) is None


def test_the_refusal_of_the_second_is_enough_where_the_first_cannot_be_looked_up(
    fake: Fake, client: InfrahubClientSync
) -> None:
    (red,) = tags(client, "red")
    identifier = promise_id(red)
    fake.fails(LOST)
    fake.fails(LOST)
    fake.answers_json(200, {"data": {"BuiltinTagCreate": None}, "errors": [in_use(identifier, "BuiltinTagCreate")]})
    fake.fails(LOST)
    red.save()
    assert (red.id, planned(red)) == (identifier, None)
