# Made from test_saving_peers.py by tools/twins.py; change that one.
"""Peers that are added and removed one by one, so that those which others add meanwhile stay."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.context import ContextAccount, RequestContext
from infrahub_sdk.core.saving import planned, promise_id
from infrahub_sdk.exceptions import GraphQLError, ServerNotReachableError, UninitializedError, ValidationError
from infrahub_sdk.node.related_base import RelatedNodeBase
from tests.unit.fake import ADDRESS, Fake
from tests.unit.kinds import schema

DEVICE_ID = "18eaf486-7f66-fbe4-e35c-1f06f796844d"
RED = "18eaf47d-5fa5-bc1c-e3d0-1f0650656735"
GREEN = "18eaf47d-2997-22ad-e302-1f067aef0437"
BLUE = "18eaf486-4512-f31b-e39f-1f06118d339a"
LABELS = {RED: "red", GREEN: "green", BLUE: "blue"}
OK = {"ok": True}


@pytest.fixture
def kinds() -> dict[str, Any]:
    return schema()


@pytest.fixture
def fake(kinds: dict[str, Any]) -> Fake:
    return Fake(kinds)


@pytest.fixture
def client(fake: Fake) -> InfrahubClientSync:
    return InfrahubClientSync(config=fake.config())


def peer(identifier: str, **edge: Any) -> dict[str, Any]:
    return {"node": {"id": identifier, "hfid": [LABELS[identifier]], "__typename": "BuiltinTag"}, **edge}


def read(fake: Fake, client: InfrahubClientSync, name: str = "tags", kind: str = "DcimDevice", *ids: str) -> Any:
    """A node with some peers, red and green unless others are named."""
    edges = [peer(identifier) for identifier in ids or (RED, GREEN)]
    node = {"id": DEVICE_ID, "__typename": kind, "description": {"value": None}, name: {"edges": edges}}
    fake.answers_data({kind: {"count": 1, "edges": [{"node": node}]}})
    found = client.get(kind, id=DEVICE_ID, include=[name], property=True)
    fake.sent.clear()
    return found


def names(node: Any) -> list[str]:
    """The mutations that saving a node would send."""
    write = planned(node)
    return [] if write is None else [mutation.name for mutation in write.mutations]


def ids_said(node: Any) -> list[list[str]]:
    write = planned(node)
    assert write is not None
    return [[item["id"] for item in mutation.said["nodes"]] for mutation in write.mutations]


def test_added_and_removed_peers_are_said_behind_the_update(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.description = "core"
    device.tags.add(BLUE)
    device.tags.remove(RED)
    fake.answers_data({"m0": {"ok": True, "object": {"id": DEVICE_ID}}, "m1": OK, "m2": OK})
    device.save()
    said = f'data: {{ id: "{DEVICE_ID}", name: "tags", nodes: [{{ id:'
    assert fake.documents == [
        f'mutation {{ m0: DcimDeviceUpdate(data: {{ description: {{ value: "core" }}, id: "{DEVICE_ID}" }}) '
        "{ ok object { id } } "
        f'm1: RelationshipAdd({said} "{BLUE}" }}] }}) {{ ok }} '
        f'm2: RelationshipRemove({said} "{RED}" }}] }}) {{ ok }} }}'
    ]
    assert (device.tags.peer_ids, device.tags.has_update, planned(device)) == ([GREEN, BLUE], False, None)


def test_the_shape_that_programs_know_holds_the_whole_list(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    assert device._generate_input_data(exclude_unmodified=True)["data"]["data"] == {
        "tags": [{"id": RED}, {"id": GREEN}, {"id": BLUE}],
        "id": DEVICE_ID,
    }


def test_adding_and_removing_the_same_peer_is_nothing(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    device.tags.remove(BLUE)
    device.tags.remove(RED)
    device.tags.add({"id": RED})
    assert (names(device), device.tags.has_update) == ([], False)
    assert "(set)" not in repr(device.tags)


def test_several_changes_are_said_once(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.extend([BLUE, RED, BLUE])
    device.tags.remove(GREEN)
    device.tags.remove(GREEN)
    assert ids_said(device) == [[BLUE], [GREEN]]


@pytest.mark.parametrize("change", ["assigned", "cleared", "assigned and added"])
def test_a_list_replaces_whatever_is_there(fake: Fake, client: InfrahubClientSync, change: str) -> None:
    device = read(fake, client)
    if change == "cleared":
        device.tags.clear()
    else:
        device.tags = [BLUE]
    if change == "assigned and added":
        device.tags.add(RED)
    assert names(device) == ["DcimDeviceUpdate"]


def test_the_peers_of_a_new_node_are_said_with_it(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    device.tags.add(RED)
    given = client.create("DcimDevice", id=DEVICE_ID, tags=[RED])
    given.tags.add(GREEN)
    assert (names(device), names(given)) == (["DcimDeviceCreate"], ["DcimDeviceUpdate"])


@pytest.mark.parametrize("data", [["blue"], "blue", {"from_pool": {"id": BLUE}}], ids=["hfid", "text", "pool"])
def test_a_peer_that_is_not_named_by_an_id_is_said_in_a_list(fake: Fake, client: InfrahubClientSync, data: Any) -> None:
    device = read(fake, client)
    device.tags.add(data)
    device.tags.remove(RED)
    assert names(device) == ["DcimDeviceUpdate"]


def test_a_peer_that_is_removed_by_its_human_friendly_id_is_named_by_its_id(
    fake: Fake, client: InfrahubClientSync
) -> None:
    device = read(fake, client)
    device.tags.remove(["red"])
    device.tags.remove(["green"])
    assert ids_said(device) == [[RED, GREEN]]


def test_a_promised_peer_is_added_by_its_id(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    tag = client.create("BuiltinTag", name="new")
    device.tags.add(tag)
    assert names(device) == ["DcimDeviceUpdate"]
    promised = promise_id(tag)
    assert ids_said(device) == [[promised]]


@pytest.mark.parametrize(
    ("ours", "theirs", "added", "removed"),
    [
        ({}, {"cardinality": "many"}, True, True),
        ({}, {"cardinality": "one", "optional": True}, True, True),
        ({}, {"cardinality": "one", "optional": False}, True, False),
        ({}, {"cardinality": "many", "max_count": 3}, False, False),
        ({}, {"cardinality": "many", "min_count": 1}, True, False),
        ({"max_count": 3}, {}, False, False),
        ({"min_count": 1}, {}, False, False),
        ({"kind": "Hierarchy"}, {}, False, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_generic", [False, True], ids=["kind", "generic"])
def test_what_the_server_counts_is_said_in_a_list(
    fake: Fake,
    client: InfrahubClientSync,
    kinds: dict[str, Any],
    ours: dict[str, Any],
    theirs: dict[str, Any],
    added: bool,
    removed: bool,
    is_generic: bool,
) -> None:
    device = next(kind for kind in kinds["nodes"] if kind["kind"] == "DcimDevice")
    tags = next(relationship for relationship in device["relationships"] if relationship["name"] == "tags")
    tags.update(identifier="device__tags", **ours)
    if is_generic:
        tags["peer"] = "CoreTagLike"
        named = {"name": "TagLike", "namespace": "Core", "kind": "CoreTagLike"}
        kinds["generics"].append({**kinds["generics"][0], **named, "relationships": [], "used_by": ["BuiltinTag"]})
    tag = next(kind for kind in kinds["nodes"] if kind["kind"] == "BuiltinTag")
    back = {"name": "devices", "peer": "DcimDevice", "identifier": "device__tags", "cardinality": "many", **theirs}
    tag["relationships"].append({"kind": "Generic", "optional": True, **back})
    for change, one_by_one in (("add", added), ("remove", removed)):
        node = read(fake, client)
        getattr(node.tags, change)(BLUE if change == "add" else RED)
        assert names(node) == [f"Relationship{change.title()}" if one_by_one else "DcimDeviceUpdate"]


def test_metadata_of_a_peer_is_a_change_of_the_list(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags[0].is_protected = True
    device.tags.add(BLUE)
    fake.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": DEVICE_ID}}})
    device.save()
    assert f'tags: [{{ id: "{RED}", _relation__is_protected: true }}, {{ id: "{GREEN}" }}' in fake.documents[0]
    assert (names(device), device.tags[0].is_protected) == ([], True)


def test_metadata_of_an_added_peer_goes_with_it(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add({"id": BLUE, "_relation__is_protected": True})
    fake.answers_data({"RelationshipAdd": OK})
    device.save()
    assert f'nodes: [{{ id: "{BLUE}", _relation__is_protected: true }}]' in fake.documents[0]
    assert (names(device), device.tags[2].is_protected) == ([], True)


def test_changes_during_a_save_are_said_by_the_next(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    device.tags.remove(RED)

    def meanwhile(sent: Any) -> Any:
        device.tags.remove(BLUE)
        device.tags.add(RED)
        device.tags.remove(GREEN)
        fake.answers_data({"m0": OK, "m1": OK})
        return fake.answers.pop()

    fake.answers.append(meanwhile)
    device.save()
    assert device.tags.peer_ids == [RED]
    assert ids_said(device) == [[RED], [GREEN, BLUE]]


def test_a_list_that_is_assigned_during_a_save_is_said_by_the_next(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)

    def meanwhile(sent: Any) -> Any:
        device.tags = [RED]
        fake.answers_data({"RelationshipAdd": OK})
        return fake.answers.pop()

    fake.answers.append(meanwhile)
    device.save()
    write = planned(device)
    assert write is not None
    assert write.mutations[0].said["tags"] == [{"id": RED}]


def test_a_list_that_was_sent_counts_from_then_on(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(["blue"])

    def meanwhile(sent: Any) -> Any:
        device.tags.remove(RED)
        edges = [peer(RED), peer(GREEN), peer(BLUE)]
        fake.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": DEVICE_ID, "tags": {"edges": edges}}}})
        return fake.answers.pop()

    fake.answers.append(meanwhile)
    device.save()
    assert ids_said(device) == [[RED]]


def test_an_add_that_fails_stays_to_be_said_while_the_update_is_saved(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.description = "core"
    device.tags.add(BLUE)
    update = {"ok": True, "object": {"id": DEVICE_ID}}
    refusal = {"message": "is not a valid peer", "path": ["m1"], "extensions": {"http_status": 422}}
    fake.answers_json(200, {"data": {"m0": update, "m1": None}, "errors": [refusal]})
    with pytest.raises(GraphQLError, match=r"not a valid peer \(at RelationshipAdd\)"):
        device.save()
    assert ids_said(device) == [[BLUE]]


def test_every_refusal_of_one_node_is_said(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    device.tags.remove(RED)
    refusals = [{"message": f"no {n}", "path": [f"m{n}"], "extensions": {"http_status": 422}} for n in range(2)]
    fake.answers_json(200, {"data": {"m0": None, "m1": None}, "errors": refusals})
    with pytest.raises(GraphQLError, match=r"no 0 \(at RelationshipAdd\); no 1 \(at RelationshipRemove\)"):
        device.save()


def test_changes_survive_a_lost_connection(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    fake.fails(ServerNotReachableError(ADDRESS, phase="receive", sent=True))
    with pytest.raises(ServerNotReachableError):
        device.save()
    assert ids_said(device) == [[BLUE]]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy], ids=["copied", "copied deeply"])
def test_changes_are_copied_with_their_node(fake: Fake, client: InfrahubClientSync, duplicate: Any) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    device.tags.remove(RED)
    twin = duplicate(device)
    device.tags.remove(BLUE)
    device.tags.add(RED)
    assert (names(device), ids_said(twin)) == ([], [[BLUE], [RED]])


def test_changes_are_pickled_with_their_node(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    twin = pickle.loads(pickle.dumps(device))
    assert twin.tags.has_update
    twin.tags.remove(BLUE)
    assert not twin.tags.has_update


def test_an_account_that_may_not_change_the_peers_sends_the_list(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    forbidden = {"message": "You do not have permission", "path": ["RelationshipAdd"]}
    forbidden["extensions"] = {"code": "PERMISSION_DENIED", "http_status": 403}  # type: ignore[assignment]
    fake.answers_json(200, {"data": {"RelationshipAdd": None}, "errors": [forbidden]})
    fake.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": DEVICE_ID}}})
    device.save()
    assert f'tags: [{{ id: "{RED}" }}, {{ id: "{GREEN}" }}, {{ id: "{BLUE}" }}]' in fake.documents[1]
    assert names(device) == []


def test_peers_added_past_the_node_are_among_those_that_were_read(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    fake.answers_data({"RelationshipAdd": OK})
    device.add_relationships("tags", [BLUE])
    fake.answers_data({"RelationshipRemove": OK})
    device.remove_relationships("tags", [RED])
    assert (device.tags.peer_ids, names(device)) == ([GREEN, BLUE], [])


def test_peers_added_past_the_node_do_not_mix_with_its_changes(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.remove(GREEN)
    fake.answers_data({"RelationshipAdd": OK})
    device.add_relationships("tags", [BLUE])
    assert (device.tags.peer_ids, ids_said(device)) == ([RED, BLUE], [[GREEN]])


def test_a_full_update_says_the_list(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device.tags.add(BLUE)
    fake.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": DEVICE_ID}}})
    device.update(do_full_update=True)
    assert "RelationshipAdd" not in fake.documents[0]
    assert names(device) == []


def test_nodes_of_two_kinds_with_one_human_friendly_id_are_two_peers(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    tag = client.create("BuiltinTag", data={"id": RED, "name": "red"})
    other = client.create("DcimDevice", data={"id": GREEN, "name": "red"})
    device.tags.extend([tag, other])
    assert device.tags.peer_ids == [RED, GREEN]
    device.tags.remove(other)
    assert device.tags.peer_ids == [RED]
    assert other not in device.tags


def test_new_nodes_of_two_kinds_with_one_human_friendly_id_are_two_peers(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    peers = [client.create(kind, name="red") for kind in ("BuiltinTag", "DcimDevice", "BuiltinTag")]
    device.tags.extend(peers)
    assert [related.peer for related in device.tags] == peers[:2]


def test_a_peer_that_is_named_without_its_kind_is_found_among_all(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    assert ["red"] in device.tags
    device.tags.add(["red"])
    device.tags.add("green")
    assert device.tags.peer_ids == [RED, GREEN]
    device.tags.remove({"hfid": ["red"], "kind": "BuiltinTag"})
    assert device.tags.peer_ids == [GREEN]


def test_a_peer_that_was_saved_since_it_was_added_is_known_by_its_id(fake: Fake, client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    tag = client.create("BuiltinTag", name="red")
    device.tags.add(tag)
    fake.answers_data({"BuiltinTagCreate": {"ok": True, "object": {"id": RED}}})
    tag.save()
    device.tags.add(RED)
    assert len(device.tags) == 1


def test_each_request_to_a_pool_brings_a_peer(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    pool = client.create("CoreIPAddressPool", data={"id": BLUE, "name": "loopbacks"})
    device.tags.extend([pool, pool])
    device.tags.add({"from_pool": {"id": BLUE}})
    write = planned(device)
    assert write is not None
    assert write.mutations[0].said["tags"] == [{"from_pool": {"id": BLUE}}] * 3


def test_peers_are_not_all_looked_at_for_each_that_is_added(
    client: InfrahubClientSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Any] = []
    names_of = RelatedNodeBase._names

    def counted(related: Any) -> set[Any]:
        looks.append(related)
        return names_of(related)

    monkeypatch.setattr(RelatedNodeBase, "_names", counted)
    device = client.create("DcimDevice", name="edge1")
    tags = [client.create("BuiltinTag", name=f"tag{number}") for number in range(50)]
    for tag in tags:
        device.tags.add(tag)
    assert all(tag in device.tags for tag in tags)
    assert len(looks) <= 4 * len(tags)


def test_metadata_of_a_relationship_that_was_not_read_is_refused(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    with pytest.raises(UninitializedError, match=r"relationship 'location' of .* was not read.*fetch"):
        device.location.is_protected = True
    device.location = BLUE
    device.location.is_protected = True
    write = planned(device)
    assert write is not None
    assert write.mutations[0].said["location"] == {"id": BLUE, "_relation__is_protected": True}


def test_metadata_of_no_peer_is_refused(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    with pytest.raises(ValidationError, match="location: there is no peer whose metadata could be set"):
        device.location.owner = RED
    assert planned(device).mutations[0].said.keys() == {"name", "id"}


def test_a_single_peer_can_be_added_and_removed_past_the_node(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    device = client.create("DcimDevice", data={"id": DEVICE_ID, "location": GREEN})
    fake.answers_data({"RelationshipRemove": OK})
    device.remove_relationships("location", [GREEN])
    assert not device.location.initialized
    fake.answers_data({"RelationshipAdd": OK})
    device.add_relationships("location", [BLUE])
    assert device.location.id == BLUE
    assert "location" not in names(device)


def test_peers_are_added_past_the_node_for_the_account_of_the_client(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client)
    client.request_context = RequestContext(account=ContextAccount(id=BLUE))
    fake.answers_data({"RelationshipAdd": OK})
    device.add_relationships("tags", [BLUE])
    assert f'context: {{ account: {{ id: "{BLUE}" }} }}' in fake.documents[0]


@pytest.mark.parametrize(("peers", "words"), [(BLUE, "tags: give a list of ids"), ([None], "tags: a peer that is not")])
def test_what_is_no_list_of_ids_is_not_added_past_the_node(
    fake: Fake, client: InfrahubClientSync, peers: Any, words: str
) -> None:
    device = read(fake, client)
    with pytest.raises(ValidationError, match=words):
        device.add_relationships("tags", peers)
    device.add_relationships("tags", [])
    assert fake.sent == []
