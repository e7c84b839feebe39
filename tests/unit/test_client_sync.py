# Made from test_client.py by tools/twins.py; change that one.
"""What the clients send, and what they make of the answers."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.constants import Priority
from infrahub_sdk.context import ContextAccount, RequestContext
from infrahub_sdk.exceptions import (
    AuthenticationError,
    BranchNotFoundError,
    Error,
    GraphQLError,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    NodeNotFoundError,
    NodeNotSavedError,
    RateLimitError,
    SchemaNotFoundError,
    ServerNotReachableError,
    UninitializedError,
    URLNotFoundError,
    ValidationError,
)
from infrahub_sdk.graphql import Query
from infrahub_sdk.node import InfrahubNodeSync
from infrahub_sdk.types import Order, OrderByEntry
from tests.unit.fake import ADDRESS, Fake, noting
from tests.unit.kinds import schema

SITE_ID = "18eaf486-4512-f31b-e39f-1f06118d339a"
DEVICE_ID = "18eaf486-7f66-fbe4-e35c-1f06f796844d"
BLUE_ID = "18eaf47d-2997-22ad-e302-1f067aef0437"
RED_ID = "18eaf47d-5fa5-bc1c-e3d0-1f0650656735"


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


@pytest.fixture
def client(fake: Fake) -> InfrahubClientSync:
    return InfrahubClientSync(config=fake.config())


def reference(kind: str, identifier: str, label: str) -> dict[str, Any]:
    return {"id": identifier, "hfid": [label], "display_label": label, "__typename": kind}


def device_data(name: str = "atl1-edge1", **fields: Any) -> dict[str, Any]:
    data = {
        **reference("DcimDevice", DEVICE_ID, name),
        "name": {"value": name},
        "description": {"value": None},
        "status": {"value": "active"},
        "height": {"value": 1},
        "label": {"value": f"label of {name}"},
        "address": {"value": "10.0.0.1/24"},
        "location": {"node": reference("LocationSite", SITE_ID, "atl1")},
        "platform": {"node": None},
        "primary_address": {"node": None},
        "tags": {"edges": [{"node": reference("BuiltinTag", BLUE_ID, "blue")}]},
    }
    return {"node": {**data, **fields}}


def page(kind: str, *edges: dict[str, Any], count: int | None = None) -> dict[str, Any]:
    return {kind: {"count": len(edges) if count is None else count, "edges": list(edges)}}


def saved(name: str, identifier: str = DEVICE_ID, **fields: Any) -> dict[str, Any]:
    return {name: {"ok": True, "object": {"id": identifier, **fields}}}


def read_device(fake: Fake, client: InfrahubClientSync, **fields: Any) -> Any:
    fake.answers_data(page("DcimDevice", device_data(**fields)))
    return client.get("DcimDevice", id=DEVICE_ID)


# Creating


def chosen_id(fake: Fake) -> str:
    """The id that the client chose for the node that it created last."""
    return str(re.findall(r'id: "([^"]+)" }\)', fake.documents[-1])[-1])


def test_a_new_node_is_sent_with_the_fields_that_were_given(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(saved("DcimDeviceCreate"))
    device = client.create("DcimDevice", name='atl1 "edge" 1', height=3, location=SITE_ID, tags=["blue", ["red"]])
    device.save()
    assert fake.documents == [
        'mutation { DcimDeviceCreate(data: { name: { value: "atl1 \\"edge\\" 1" }, height: { value: 3 }, '
        f'location: {{ id: "{SITE_ID}" }}, tags: [{{ id: "blue" }}, {{ hfid: ["red"] }}], id: "{chosen_id(fake)}" }}) '
        "{ ok object { id tags { edges { node { id hfid display_label __typename } } } } } }"
    ]
    assert (device.id, device._existing) == (DEVICE_ID, True)


def test_peers_that_were_named_by_text_are_known_by_their_ids_afterwards(
    fake: Fake, client: InfrahubClientSync
) -> None:
    edges = [{"node": reference("BuiltinTag", RED_ID, "red")}, {"node": reference("BuiltinTag", BLUE_ID, "blue")}]
    site = {"node": reference("LocationSite", SITE_ID, "atl1")}
    fake.answers_data(saved("DcimDeviceCreate", tags={"edges": edges}, location=site))
    device = client.create("DcimDevice", name="edge1", location=["atl1"], tags=["red", ["blue"]])
    device.save()
    assert (device.tags.peer_ids, device.location.id) == ([RED_ID, BLUE_ID], SITE_ID)
    red = client.create("BuiltinTag", id=RED_ID, name="red")
    assert red in device.tags
    device.tags.remove(red)
    fake.answers_data({"RelationshipRemove": {"ok": True}})
    device.save()
    assert f'data: {{ id: "{DEVICE_ID}", name: "tags", nodes: [{{ id: "{RED_ID}" }}] }}' in fake.documents[1]


def test_a_peer_named_by_text_is_removed_by_its_node(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1", tags=["red", "blue"])
    device.tags.remove(client.create("BuiltinTag", id=RED_ID, name="red"))
    assert device.tags.peer_ids == ["blue"]


def test_a_peer_that_is_a_node_is_named_by_its_id(fake: Fake, client: InfrahubClientSync) -> None:
    site = client.create("LocationSite", id=SITE_ID, name="atl1", shortname="atl1")
    device = client.create("DcimDevice", name="edge1", location=site)
    fake.answers_data(saved("DcimDeviceCreate"))
    device.save()
    assert f'location: {{ id: "{SITE_ID}" }}' in fake.documents[0]
    assert device.location.peer is site


def test_a_peer_that_is_not_saved_is_named_by_its_human_friendly_id(fake: Fake, client: InfrahubClientSync) -> None:
    site = client.create("LocationSite", name="Atlanta", shortname="atl1")
    device = client.create("DcimDevice", name="edge1", location=site)
    fake.answers_data(saved("DcimDeviceCreate"))
    device.save()
    assert 'location: { hfid: ["atl1"], kind: "LocationSite" }' in fake.documents[0]


def test_a_peer_without_any_identity_is_refused(client: InfrahubClientSync) -> None:
    platform = client.create("DcimPlatform", name="ios")
    device = client.create("DcimDevice", name="edge1", platform=platform)
    with pytest.raises(ValidationError, match=r"platform: .* save it first"):
        device.save()


def test_an_upsert_asks_the_server_to_decide(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(saved("DcimDeviceUpsert"))
    device = client.create("DcimDevice", data={"name": {"value": "edge1", "is_protected": True, "source": SITE_ID}})
    device.save(allow_upsert=True)
    assert fake.documents == [
        "mutation { DcimDeviceUpsert(data: { name: { value: "
        f'"edge1", is_protected: true, source: "{SITE_ID}" }} }}) {{ ok object {{ id }} }} }}'
    ]


def test_json_and_lists_travel_as_variables(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(saved("TestingSampleCreate"))
    value = {"not-a-name": 2**40, "nested": [{"a b": None}]}
    sample = client.create("TestingSample", name="x", a_json=value, a_list=["$v0", 2**40])
    sample.save()
    assert "mutation ($v0: GenericScalar, $v1: GenericScalar)" in fake.documents[0]
    assert fake.sent[0].payload["variables"] == {"v0": ["$v0", 2**40], "v1": value}


def test_text_that_looks_like_a_variable_is_text(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(saved("BuiltinTagCreate"))
    tag = client.create("BuiltinTag", name="$offset")
    tag.save()
    assert 'value: "$offset"' in fake.documents[0]


def test_a_number_from_a_pool_is_asked_for_and_read_back(fake: Fake, client: InfrahubClientSync) -> None:
    pool = client.create("CoreNumberPool", id=RED_ID, name="heights")
    device = client.create("DcimDevice", name="edge1", height=pool)
    assert device.height.is_unresolved_pool_attribute()
    fake.answers_data(saved("DcimDeviceCreate", height={"value": 42}))
    device.save()
    assert f'height: {{ from_pool: {{ id: "{RED_ID}" }} }}' in fake.documents[0]
    assert "object { id height { value } }" in fake.documents[0]
    assert device.height.value == 42


def test_a_peer_from_a_pool_is_asked_for_and_read_back(fake: Fake, client: InfrahubClientSync) -> None:
    pool = client.create("CoreIPAddressPool", id=RED_ID, name="loopbacks")
    device = client.create("DcimDevice", name="edge1", primary_address=pool)
    fake.answers_data(
        saved("DcimDeviceCreate", primary_address={"node": reference("IpamIPAddress", BLUE_ID, "10.0.0.1")})
    )
    device.save()
    assert f'primary_address: {{ from_pool: {{ id: "{RED_ID}" }} }}' in fake.documents[0]
    assert (device.primary_address.id, device.primary_address.display_label) == (BLUE_ID, "10.0.0.1")


def test_an_upsert_whose_identity_a_pool_chooses_is_refused(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name={"from_pool": RED_ID})
    with pytest.raises(ValidationError, match="name: DcimDevice is identified by this attribute"):
        device.save(allow_upsert=True)


def test_creating_without_any_field_is_refused(client: InfrahubClientSync) -> None:
    with pytest.raises(ValueError, match="Give the new node's fields"):
        client.create("BuiltinTag")


def test_a_misspelt_field_names_the_nearest(client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match=r"DcimDevice: .* 'nmae'\. Did you mean 'name'\?"):
        client.create("DcimDevice", nmae="edge1")


def test_a_misspelt_kind_names_the_nearest(fake: Fake, client: InfrahubClientSync) -> None:
    with pytest.raises(SchemaNotFoundError, match=r"no kind named 'DcimDevise'\. Did you mean 'DcimDevice'"):
        client.create("DcimDevise", name="edge1")


def test_the_kind_may_be_a_class_made_from_the_schema(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    other = client.create(type(device), name="edge2")
    assert type(other) is type(device)


def test_the_server_must_say_that_it_wrote(fake: Fake, client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red")
    fake.answers_data({"BuiltinTagCreate": {"ok": False, "object": None}})
    with pytest.raises(Error, match="did not carry out BuiltinTagCreate"):
        tag.save()
    assert tag.id is None


# Changing


def test_saving_sends_what_was_changed_and_no_more(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.description.value = "core"
    device.location = None
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert fake.documents[1:] == [
        'mutation { DcimDeviceUpdate(data: { description: { value: "core" }, '
        f'location: null, id: "{DEVICE_ID}" }}) {{ ok object {{ id }} }} }}'
    ]


def test_saving_without_a_change_sends_nothing(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    assert device.name.value == "atl1-edge1"
    assert device.location.id == SITE_ID
    device.save()
    assert len(fake.sent) == 1


def test_what_was_saved_is_not_sent_again(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.height = 7
    device.location = ["nyc"]
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    device.save()
    assert len(fake.sent) == 2
    assert device.height.value == 7


def test_a_save_that_failed_is_sent_again(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.height = 7
    fake.answers_errors("no")
    with pytest.raises(GraphQLError):
        device.save()
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert fake.documents[1] == fake.documents[2]


def test_null_is_sent_for_what_was_set_to_none(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.height = None
    device.location = None
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert f'data: {{ height: {{ value: null }}, location: null, id: "{DEVICE_ID}" }}' in fake.documents[1]


def test_a_mandatory_attribute_cannot_be_set_to_null(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.name = None
    with pytest.raises(ValidationError, match="name: this attribute is mandatory"):
        device.save()


def test_a_read_only_attribute_cannot_be_set(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    with pytest.raises(ValidationError, match="label: this attribute is computed by the server"):
        device.label = "mine"


def test_no_peers_at_all_are_sent_as_an_empty_list(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.tags.clear()
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert "tags: []" in fake.documents[1]


def test_a_list_replaces_the_peers(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.tags = [["red"], ["red"], ["green"]]
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert 'tags: [{ hfid: ["red"] }, { hfid: ["green"] }]' in fake.documents[1]


def test_peers_that_were_not_loaded_cannot_be_added_to(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    with pytest.raises(UninitializedError, match=r"'interfaces' was not loaded.*fetch\(\)"):
        device.interfaces.add(RED_ID)


def test_a_change_inside_a_list_is_sent(fake: Fake, client: InfrahubClientSync) -> None:
    node = {**reference("TestingSample", DEVICE_ID, "x"), "a_list": {"value": []}, "a_json": {"value": {"a": [1]}}}
    fake.answers_data(page("TestingSample", {"node": node}))
    sample = client.get("TestingSample", id=DEVICE_ID)
    sample.a_list.value.append("new")
    sample.a_json.value["a"].append(2)
    fake.answers_data(saved("TestingSampleUpdate"))
    sample.save()
    assert fake.sent[1].payload["variables"] == {"v0": ["new"], "v1": {"a": [1, 2]}}


def test_metadata_is_sent_when_it_was_changed(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    device.name.is_protected = True
    device.name.owner = SITE_ID
    device.location.source = RED_ID
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert f'name: {{ is_protected: true, owner: "{SITE_ID}" }}' in fake.documents[1]
    assert f'location: {{ id: "{SITE_ID}", _relation__source: "{RED_ID}" }}' in fake.documents[1]


def test_a_full_update_sends_every_field_that_is_known(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.update(do_full_update=True)
    assert 'name: { value: "atl1-edge1" }, status: { value: "active" }, height: { value: 1 }' in fake.documents[1]
    assert "label" not in fake.documents[1]


def test_an_update_without_an_id_goes_by_the_human_friendly_id(fake: Fake, client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red", description="x")
    tag.description = "y"
    fake.answers_data(saved("BuiltinTagUpdate", RED_ID))
    tag.update()
    assert 'data: { name: { value: "red" }, description: { value: "y" }, hfid: ["red"] }' in fake.documents[0]


def test_what_was_given_with_an_id_is_sent_by_the_first_save(fake: Fake, client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", id=RED_ID, description="x")
    for _ in range(2):
        fake.answers_data(saved("BuiltinTagUpdate", RED_ID))
    tag.save()
    tag.description = "y"
    tag.save()
    assert f'data: {{ description: {{ value: "x" }}, id: "{RED_ID}" }}' in fake.documents[0]
    assert f'data: {{ description: {{ value: "y" }}, id: "{RED_ID}" }}' in fake.documents[1]


def test_peers_are_added_and_removed_whatever_the_others_are(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    for action in ("Add", "Remove"):
        fake.answers_data({f"Relationship{action}": {"ok": True}})
    device.add_relationships("tags", ['"injected'])
    device.remove_relationships("tags", [RED_ID])
    said = f'data: {{ id: "{DEVICE_ID}", name: "tags", nodes: [{{ id:'
    assert fake.documents[1:] == [
        f'mutation {{ RelationshipAdd({said} "\\"injected" }}] }}) {{ ok }} }}',
        f'mutation {{ RelationshipRemove({said} "{RED_ID}" }}] }}) {{ ok }} }}',
    ]


def test_deleting_names_the_node_by_its_id(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    fake.answers_data({"DcimDeviceDelete": {"ok": True}})
    device.delete()
    assert fake.documents[1] == f'mutation {{ DcimDeviceDelete(data: {{ id: "{DEVICE_ID}" }}) {{ ok }} }}'
    assert client.store.get(DEVICE_ID, raise_when_missing=False) is None


def test_a_node_can_be_deleted_without_reading_it(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data({"BuiltinTagDelete": {"ok": True}})
    client.delete("BuiltinTag", RED_ID, branch="b1")
    assert fake.sent[0].path == "/graphql/b1"


def test_a_node_that_was_never_saved_cannot_be_deleted(client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red")
    with pytest.raises(NodeNotSavedError, match=r"Call save\(\) first"):
        tag.delete()


# Reading


def test_a_query_asks_for_attributes_and_references(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("DcimDevice", device_data()))
    client.all("DcimDevice")
    peer = "{ id hfid display_label __typename }"
    assert fake.documents == [
        "query All_DcimDevice ($offset: Int!, $limit: Int!) "
        "{ DcimDevice(offset: $offset, limit: $limit) { count edges { node "
        "{ id display_label __typename name { value } description { value } status { value } height { value } "
        f"label {{ value }} address {{ value }} location {{ node {peer} }} platform {{ node {peer} }} "
        f"primary_address {{ node {peer} }} tags {{ edges {{ node {peer} }} }} }} }} }} }}"
    ]
    assert fake.sent[0].payload["variables"] == {"offset": 0, "limit": 50}
    assert fake.sent[0].payload["operationName"] == "All_DcimDevice"


def test_filters_are_written_as_literals(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("DcimDevice"))
    order = Order(by=[OrderByEntry(field="name__value")])
    client.filters(
        "DcimDevice",
        order=order,
        partial_match=True,
        name__value='$x "y"',
        any__value=None,
        tags__ids=[RED_ID],
        height__value=3,
    )
    assert (
        'DcimDevice(name__value: "$x \\"y\\"", any__value: null, '
        f'tags__ids: ["{RED_ID}"], height__value: 3, order: {{ by: [{{ field: "name__value", direction: ASC }}] }}, '
        "offset: $offset, limit: $limit, partial_match: true)"
    ) in fake.documents[0]


def test_a_misspelt_filter_names_the_nearest_before_anything_is_sent(fake: Fake, client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match=r"no filter 'nmae__value'\. Did you mean 'name__value'\?"):
        client.filters("DcimDevice", nmae__value="x")
    with pytest.raises(ValidationError, match=r"no filter 'loction__ids'\. Did you mean 'location__ids'\?"):
        client.count("DcimDevice", loction__ids=["x"])
    with pytest.raises(ValidationError, match=r"no filter 'name'\. Did you mean 'name__value'"):
        client.filters("DcimDevice", name="x")
    assert not fake.sent


@pytest.mark.parametrize("arguments", [{"name__value) { x": 1}, {"query_name": "Q { x } #"}])
def test_nothing_of_a_call_can_become_structure_of_the_document(
    fake: Fake, client: InfrahubClientSync, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="cannot be the name of"):
        client.filters("DcimDevice", **arguments)
    assert not fake.sent


def test_a_misspelt_relationship_names_the_nearest(fake: Fake, client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match=r"'interfces'\. Did you mean 'interfaces'"):
        client.all("DcimDevice", include=["interfces"])
    assert not fake.sent


def test_pages_are_read_until_all_nodes_are_there(fake: Fake, client: InfrahubClientSync) -> None:
    client.pagination_size = 2
    for start in (0, 2):
        edges = [{"node": reference("BuiltinTag", f"{RED_ID}{i}", f"t{i}")} for i in (start, start + 1)]
        fake.answers_data(page("BuiltinTag", *edges, count=4))
    tags = client.all("BuiltinTag")
    assert [tag.display_label for tag in tags] == ["t0", "t1", "t2", "t3"]
    assert [sent.payload["variables"]["offset"] for sent in fake.sent] == [0, 2]


def test_parallel_pages_keep_their_order_and_the_point_in_time(fake: Fake, client: InfrahubClientSync) -> None:
    client.pagination_size = 1

    def answer(sent: Any) -> Any:
        number = sent.payload["variables"]["offset"]
        answers = Fake()
        answers.answers_data(
            page("BuiltinTag", {"node": reference("BuiltinTag", f"{RED_ID}{number}", f"t{number}")}, count=3)
        )
        return answers.answers.pop()

    fake.answers += [answer] * 3
    tags = client.all("BuiltinTag", parallel=True, at="2024-01-02T03:04:05Z")
    assert [tag.display_label for tag in tags] == ["t0", "t1", "t2"]
    assert {sent.query["at"][0] for sent in fake.sent} == {"2024-01-02T03:04:05.000000Z"}


def test_parallel_with_a_limit_reads_that_page_once(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("BuiltinTag", {"node": reference("BuiltinTag", RED_ID, "red")}, count=100))
    assert len(client.all("BuiltinTag", parallel=True, offset=10, limit=1)) == 1
    assert len(fake.sent) == 1


def test_a_moment_is_the_same_for_all_pages(fake: Fake, client: InfrahubClientSync) -> None:
    client.pagination_size = 1
    for number in range(3):
        node = reference("BuiltinTag", f"{RED_ID}{number}", f"t{number}")
        fake.answers_data(page("BuiltinTag", {"node": node}, count=3))
    client.all("BuiltinTag", at="1h")
    assert len({sent.url for sent in fake.sent}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": "5"}, "limit: '5' is not a number of nodes"),
        ({"offset": -1}, "offset: -1 is not a number of nodes"),
        ({"include": "tags"}, "include: 'tags' is not a list"),
        ({"exclude": [["tags"]]}, r"exclude: \[\['tags'\]\] is not a list"),
        ({"timeout": "x"}, "timeout: 'x' is not a number of seconds"),
        ({"timeout": -1}, "timeout: -1 is not a number of seconds"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    fake: Fake, client: InfrahubClientSync, arguments: dict[str, Any], message: str
) -> None:
    client.schema.set_cache(schema())
    with pytest.raises(ValidationError, match=message):
        client.all("DcimDevice", **arguments)
    assert not fake.sent


def test_members_of_enums_are_sent_as_their_values(fake: Fake, client: InfrahubClientSync) -> None:
    class Status(Enum):
        ACTIVE = "active"

    fake.answers_data(page("DcimDevice"))
    client.filters("DcimDevice", status__value=Status.ACTIVE)
    assert 'DcimDevice(status__value: "active", ' in fake.documents[0]
    device = client.create("DcimDevice", name="x", status=Status.ACTIVE)
    fake.answers_data(saved("DcimDeviceCreate"))
    device.save()
    assert 'status: { value: "active" }' in fake.documents[1]


def test_a_limit_reads_one_page(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("BuiltinTag", {"node": reference("BuiltinTag", RED_ID, "red")}, count=100))
    tags = client.all("BuiltinTag", offset=10, limit=1)
    assert len(tags) == 1
    assert fake.sent[0].payload["variables"] == {"offset": 10, "limit": 1}


def test_a_human_friendly_id_that_follows_from_attributes_is_not_asked_for(
    fake: Fake, client: InfrahubClientSync
) -> None:
    tag = {"id": RED_ID, "display_label": "red", "__typename": "BuiltinTag", "name": {"value": "red"}}
    fake.answers_data(page("BuiltinTag", {"node": tag}))
    (red,) = client.all("BuiltinTag")
    assert "hfid" not in fake.documents[0]
    assert red.hfid == ["red"]
    assert client.store.get(["red"], kind="BuiltinTag") is red
    fake.answers_data(page("BuiltinTag"))
    client.all("BuiltinTag", exclude=["name"])
    assert "hfid" in fake.documents[1]


def test_included_peers_are_read_with_their_attributes(fake: Fake, client: InfrahubClientSync) -> None:
    site = {**reference("LocationSite", SITE_ID, "atl1"), "name": {"value": "Atlanta"}, "shortname": {"value": "atl1"}}
    fake.answers_data(page("DcimDevice", device_data(location={"node": site})))
    (device,) = client.filters("DcimDevice", include=["location"], exclude=["tags"], name__value="x")
    assert "location { node { id display_label __typename name { value } shortname { value } } }" in fake.documents[0]
    assert "tags" not in fake.documents[0]
    assert device.location.peer.name.value == "Atlanta"
    assert client.store.get(SITE_ID) is device.location.peer


def test_properties_and_metadata_are_read_on_request(fake: Fake, client: InfrahubClientSync) -> None:
    person = {"id": RED_ID, "display_label": "Admin", "__typename": "CoreAccount"}
    tag = {
        **reference("BuiltinTag", BLUE_ID, "blue"),
        "name": {"value": "blue", "is_protected": True, "source": person},
    }
    metadata = {"created_at": "2024-01-01T00:00:00Z", "created_by": person, "updated_at": None, "updated_by": None}
    fake.answers_data(page("BuiltinTag", {"node": tag, "node_metadata": metadata}))
    found = client.get("BuiltinTag", name__value="blue", property=True, include_metadata=True)
    assert (
        "is_default is_from_profile is_protected updated_at source { id display_label __typename }" in fake.documents[0]
    )
    assert "node_metadata { created_at created_by { id display_label __typename }" in fake.documents[0]
    assert found.name.is_protected is True
    assert found.name.source.display_label == "Admin"
    assert found.get_node_metadata().created_by.id == RED_ID


def test_the_fields_of_inheriting_kinds_are_read_as_fragments(fake: Fake, client: InfrahubClientSync) -> None:
    node = {**reference("DcimDevice", DEVICE_ID, "edge1"), "name": {"value": "edge1"}}
    node["__alias__DcimDevice__height"] = {"value": 4}
    fake.answers_data(page("DcimGenericDevice", {"node": node}))
    (device,) = client.all("DcimGenericDevice", fragment=True)
    assert "...on DcimDevice { __alias__DcimDevice__status: status { value }" in fake.documents[0]
    assert device.height.value == 4
    assert type(device).__name__ == "DcimDevice"
    assert isinstance(device, client.schema.get_class("DcimGenericDevice"))


def test_a_parent_is_selected_as_its_own_kind(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("LocationRack"))
    client.all("LocationRack", include=["ancestors"])
    reference_fields = "id hfid display_label __typename"
    assert f"parent {{ node {{ ...on LocationSite {{ {reference_fields} }} }} }}" in fake.documents[0]
    ancestor = f"...on LocationGeneric {{ {reference_fields} name {{ value }} }} ...on LocationRack {{"
    assert f"ancestors {{ edges {{ node {{ {ancestor}" in fake.documents[0]


def test_one_node_is_found_by_id_default_filter_hfid_or_filter(fake: Fake, client: InfrahubClientSync) -> None:
    for _ in range(4):
        fake.answers_data(page("BuiltinTag", {"node": reference("BuiltinTag", RED_ID, "red")}))
    client.get("BuiltinTag", id=RED_ID)
    client.get("BuiltinTag", id="red")
    client.get("BuiltinTag", hfid=["red"])
    client.get("BuiltinTag", name__value="red")
    arguments = [document.split("BuiltinTag(", 1)[1].split(", offset")[0] for document in fake.documents]
    assert arguments == [f'ids: ["{RED_ID}"]', 'name__value: "red"', 'hfid: ["red"]', 'name__value: "red"']


def test_a_missing_node_is_an_error_unless_it_may_be_missing(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("BuiltinTag"))
    assert client.get("BuiltinTag", raise_when_missing=False, name__value="red") is None
    fake.answers_data(page("BuiltinTag"))
    with pytest.raises(NodeNotFoundError, match=r"BuiltinTag on branch 'b1': \{'name__value': 'red'\}"):
        client.get("BuiltinTag", branch="b1", name__value="red")


def test_more_than_one_node_is_an_error(fake: Fake, client: InfrahubClientSync) -> None:
    edges = [{"node": reference("BuiltinTag", identifier, "x")} for identifier in (RED_ID, BLUE_ID)]
    fake.answers_data(page("BuiltinTag", *edges))
    with pytest.raises(IndexError, match="More than 1 node returned"):
        client.get("BuiltinTag", name__value="x")


def test_get_needs_to_know_which_node(client: InfrahubClientSync) -> None:
    with pytest.raises(ValueError, match="Which BuiltinTag"):
        client.get("BuiltinTag")
    with pytest.raises(ValueError, match="no human-friendly id"):
        client.get("DcimPlatform", hfid=["x"])


def test_count_asks_for_nothing_else(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data({"BuiltinTag": {"count": 7}})
    assert client.count("BuiltinTag", partial_match=True, name__value="r") == 7
    assert fake.documents == ['query Count_BuiltinTag { BuiltinTag(name__value: "r", partial_match: true) { count } }']


def test_values_of_ip_kinds_are_addresses_and_networks(fake: Fake, client: InfrahubClientSync) -> None:
    import ipaddress

    device = read_device(fake, client)
    assert device.address.value == ipaddress.ip_interface("10.0.0.1/24")
    device.address = ipaddress.ip_interface("2001:db8::1/64")
    fake.answers_data(saved("DcimDeviceUpdate"))
    device.save()
    assert 'address: { value: "2001:db8::1/64" }' in fake.documents[1]


def test_an_edge_without_a_kind_is_an_invalid_answer(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data(page("BuiltinTag", {"node": {"id": RED_ID}}))
    with pytest.raises(InvalidResponseError, match="__typename"):
        client.all("BuiltinTag")


def test_the_past_does_not_replace_the_present_in_the_store(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    fake.answers_data(page("DcimDevice", device_data(name="older-name")))
    old = client.get("DcimDevice", id=DEVICE_ID, at="1h")
    assert old.name.value == "older-name"
    assert client.store.get(DEVICE_ID) is device


def test_a_poorer_read_keeps_what_an_earlier_one_brought(fake: Fake, client: InfrahubClientSync) -> None:
    read_device(fake, client)
    fake.answers_data(
        page("DcimDevice", {"node": {**reference("DcimDevice", DEVICE_ID, "new"), "name": {"value": "new"}}})
    )
    device = client.get("DcimDevice", id=DEVICE_ID, exclude=["height"])
    assert client.store.get(DEVICE_ID) is device
    assert (device.name.value, device.height.value, device.location.id) == ("new", 1, SITE_ID)


def test_data_of_a_query_of_ones_own_becomes_a_node(fake: Fake, client: InfrahubClientSync) -> None:
    device = InfrahubNodeSync.from_graphql(client=client, branch="b1", data=device_data())
    assert (type(device).__name__, device.get_branch(), device.name.value) == ("DcimDevice", "b1", "atl1-edge1")
    device.save()  # nothing was changed
    tag_schema = client.schema.get("BuiltinTag", branch="b1")
    tag = InfrahubNodeSync.from_graphql(client=client, branch="b1", data={"id": RED_ID}, schema=tag_schema)
    assert tag.id == RED_ID
    with pytest.raises(ValueError, match="has no __typename"):
        InfrahubNodeSync.from_graphql(client=client, branch="b1", data={"id": RED_ID})
    assert not fake.sent


def test_the_query_for_a_kind_can_be_had_as_data(client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red")
    data = tag.generate_query_data(filters={"name__value": "red"}, limit=2, exclude=["description"])
    assert Query(query=data).render().split() == [
        "query",
        "{",
        "BuiltinTag(name__value:",
        '"red",',
        "limit:",
        "2)",
        "{",
        "count",
        "edges",
        "{",
        "node",
        "{",
        "id",
        "hfid",
        "display_label",
        "__typename",
        "name",
        "{",
        "value",
        "}",
        "}",
        "}",
        "}",
        "}",
    ]
    assert tag.generate_query_data_node(insert_alias=True) == {
        "__alias__BuiltinTag__name: name": {"value": None},
        "__alias__BuiltinTag__description: description": {"value": None},
    }


# Following relationships


def test_fetching_a_peer_reads_it_by_its_id(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    with pytest.raises(ValueError, match=r"is known by its id only. Call fetch\(\) first"):
        _ = device.location.peer
    site = {**reference("LocationSite", SITE_ID, "atl1"), "shortname": {"value": "atl1"}}
    fake.answers_data(page("LocationSite", {"node": site}))
    device.location.fetch()
    assert f'LocationSite(ids: ["{SITE_ID}"]' in fake.documents[1]
    assert device.location.peer.shortname.value == "atl1"


def test_fetching_peers_finds_out_which_they_are(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    interface = reference("DcimInterface", RED_ID, "eth0")
    fake.answers_data(page("DcimDevice", device_data(interfaces={"edges": [{"node": interface}]})))
    fake.answers_data(page("DcimInterface", {"node": {**interface, "name": {"value": "eth0"}}}))
    device.interfaces.fetch()
    assert [peer.peer.name.value for peer in device.interfaces] == ["eth0"]
    assert len(device.interfaces) == 1
    assert "name" not in fake.documents[1].split("interfaces")[0].replace("__typename", "")


def test_a_value_behind_a_relationship_is_read_when_it_is_needed(fake: Fake, client: InfrahubClientSync) -> None:
    device = read_device(fake, client)
    fake.answers_data(
        page("LocationSite", {"node": {**reference("LocationSite", SITE_ID, "x"), "shortname": {"value": "atl1"}}})
    )
    values = device.extract({"name": "name__value", "site": "location__shortname__value"})
    assert values == {"name": "atl1-edge1", "site": "atl1"}
    with pytest.raises(ValueError, match=r"'nmae'\. Did you mean 'name'"):
        device.get_flat_value("nmae__value")


# GraphQL


def test_a_document_is_sent_with_its_variables(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_data({"DcimDevice": {"count": 1}})
    query = "query Q ($n: String!) { DcimDevice(name__value: $n) { count } }"
    data = client.execute_graphql(
        query, variables={"n": 'a"b'}, branch_name="feat/x", operation_name="Q", at="2024-01-01"
    )
    assert data == {"DcimDevice": {"count": 1}}
    assert fake.sent[0].payload == {"query": query, "variables": {"n": 'a"b'}, "operationName": "Q"}
    assert fake.sent[0].url == f"{ADDRESS}/graphql/feat%2Fx?at=2024-01-01T12%3A00%3A00.000000Z"


def test_trackers_and_priorities_are_headers(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(insert_tracker=True, api_token="secret", priority="low"))
    fake.answers_data({})
    client.execute_graphql("query { x }", tracker="mine", priority=Priority.HIGH, timeout=7)
    sent = fake.sent[0]
    assert sent.headers["X-Infrahub-Tracker"] == "mine"
    assert sent.headers["X-Priority"] == "high"
    assert sent.headers["X-INFRAHUB-KEY"] == "secret"
    assert sent.timeout == 7


def test_errors_carry_the_servers_words_and_not_the_variables(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_errors("Unable to find it", code="NODE_NOT_FOUND")
    with pytest.raises(GraphQLError, match=r"Unable to find it \(at x\)") as caught:
        client.execute_graphql("query { x }", variables={"password": "hunter2"})
    assert caught.value.variables == {"password": "hunter2"}
    assert "hunter2" not in f"{caught.value} {caught.value!r}"
    assert caught.value.blame == "server"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_gives_the_servers_words(fake: Fake, client: InfrahubClientSync, status: int) -> None:
    fake.answers_errors("Invalid token", status=status)
    with pytest.raises(AuthenticationError, match="Invalid token"):
        client.execute_graphql("query { x }")


def test_a_missing_branch_is_named(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_json(404, {"errors": ["Branch: nope not found."]})
    with pytest.raises(BranchNotFoundError, match="'nope'") as caught:
        client.execute_graphql("query { x }", branch_name="nope")
    assert isinstance(caught.value, URLNotFoundError)


def test_an_address_that_is_no_infrahub_is_not_found(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_bytes(404, b"<html>")
    with pytest.raises(URLNotFoundError, match="HTTP 404"):
        client.execute_graphql("query { x }")


def test_an_answer_that_is_not_json_is_shown(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_bytes(500, b"Internal Server Error")
    with pytest.raises(JsonDecodeError, match=r"HTTP 500 .*'Internal Server Error'"):
        client.execute_graphql("query { x }")


def test_an_answer_without_data_is_an_error(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_json(503, {"detail": "starting"})
    with pytest.raises(HTTPStatusError, match=r"HTTP 503 .*starting"):
        client.execute_graphql("query { x }")
    fake.answers_json(200, {})
    with pytest.raises(InvalidResponseError, match="neither data nor errors"):
        client.execute_graphql("query { x }")


def test_an_empty_document_is_refused(client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match="query: a GraphQL document"):
        client.execute_graphql("  ")


def test_an_empty_list_of_errors_is_no_error(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_json(200, {"data": {"x": 1}, "errors": []})
    assert client.execute_graphql("query { x }") == {"x": 1}


def test_queries_are_echoed_on_request(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    client = InfrahubClientSync(config=fake.config(echo_graphql_queries=True))
    fake.answers_data({})
    client.execute_graphql("query { x }", variables={"a": 1})
    assert capsys.readouterr().out.startswith(f"URL: {ADDRESS}/graphql/main\nQUERY:\nquery {{ x }}\nVARIABLES:\n")


# Credentials


def test_a_password_is_exchanged_for_a_token_once(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(username="admin", password="infrahub"))
    fake.answers_json(200, {"access_token": "A1", "refresh_token": "R1"})
    fake.answers_data({})
    fake.answers_data({})
    client.execute_graphql("query { x }")
    client.execute_graphql("query { x }")
    assert [sent.path for sent in fake.sent] == ["/api/auth/login", "/graphql/main", "/graphql/main"]
    assert fake.sent[0].payload == {"username": "admin", "password": "infrahub"}
    assert fake.sent[1].headers["Authorization"] == "Bearer A1"


def test_an_expired_token_is_refreshed_and_the_request_repeated(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(username="admin", password="infrahub"))
    fake.answers_json(200, {"access_token": "A1", "refresh_token": "R1"})
    fake.answers_errors("Expired Signature", status=401)
    fake.answers_json(200, {"access_token": "A2"})
    fake.answers_data({"x": 1})
    assert client.execute_graphql("query { x }") == {"x": 1}
    assert [sent.path for sent in fake.sent[2:]] == ["/api/auth/refresh", "/graphql/main"]
    assert fake.sent[2].headers["Authorization"] == "Bearer R1"
    assert fake.sent[3].headers["Authorization"] == "Bearer A2"


def test_a_refused_refresh_falls_back_to_the_password(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(username="admin", password="infrahub"))
    fake.answers_json(200, {"access_token": "A1", "refresh_token": "R1"})
    fake.answers_errors("Expired Signature", status=401)
    fake.answers_errors("Expired Signature", status=401)
    fake.answers_json(200, {"access_token": "A3", "refresh_token": "R3"})
    fake.answers_data({})
    client.execute_graphql("query { x }")
    assert [sent.path for sent in fake.sent[2:]] == ["/api/auth/refresh", "/api/auth/login", "/graphql/main"]


def test_a_refusal_that_is_not_json_is_an_authentication_error(fake: Fake, client: InfrahubClientSync) -> None:
    fake.answers_bytes(401, b"<html>")
    with pytest.raises(AuthenticationError, match="Check api_token"):
        client.execute_graphql("query { x }")


def test_the_context_of_a_request_names_account_and_priority(fake: Fake, client: InfrahubClientSync) -> None:
    context = RequestContext(account=ContextAccount(id="acc-1"), priority=Priority.LOW)
    tag = client.create("BuiltinTag", id=RED_ID, name="red")
    fake.answers_data(saved("BuiltinTagUpdate", RED_ID))
    fake.answers_data({"BuiltinTagDelete": {"ok": True}})
    tag.save(request_context=context)
    client.request_context = context
    tag.delete()
    for sent in fake.sent:
        assert 'context: { account: { id: "acc-1" } }' in sent.document
        assert sent.headers["X-Priority"] == "low"


def test_a_wrong_password_gives_the_servers_words(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(username="admin", password="hunter2"))
    fake.answers_json(401, {"data": None, "errors": [{"message": "Incorrect password", "extensions": {"code": 401}}]})
    with pytest.raises(AuthenticationError, match="Incorrect password") as caught:
        client.execute_graphql("query { x }")
    assert "hunter2" not in f"{caught.value!r}"


def test_an_expired_token_of_the_users_own_is_not_repeated(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(api_token="secret"))
    fake.answers_errors("Expired Signature", status=401)
    with pytest.raises(AuthenticationError, match="Expired Signature"):
        client.execute_graphql("query { x }")
    assert len(fake.sent) == 1


# Trying again


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the patient client would have waited."""
    return []


@pytest.fixture
def patient(fake: Fake, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> InfrahubClientSync:
    """A client that retries, and does not really wait."""
    client = InfrahubClientSync(config=fake.config(retry_on_failure=True, retry_delay=1, rate_limit_max_retries=2))
    monkeypatch.setattr(client._port, "sleep", noting(waits))
    return client


def test_too_many_requests_waits_as_the_server_asks(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    fake.answers_json(429, {}, {"Retry-After": "7"})
    fake.answers_data({"x": 1})
    assert patient.execute_graphql("mutation { x }") == {"x": 1}
    assert waits == [7.0]


def test_too_many_requests_for_too_long_is_an_error(fake: Fake, patient: InfrahubClientSync) -> None:
    for _ in range(3):
        fake.answers_json(429, {}, {"Retry-After": "1"})
    with pytest.raises(RateLimitError, match="3 attempt") as caught:
        patient.execute_graphql("query { x }")
    assert (caught.value.attempts, caught.value.retry_after) == (3, 1.0)


def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    for asked in ("7", "0", "9999"):
        fake.answers_json(503, {}, {"Retry-After": asked})
    fake.answers_data({"x": 1})
    assert patient.execute_graphql("mutation { x }") == {"x": 1}
    assert waits[0] == 7
    assert 1 <= waits[1] <= 2  # the second pause of its own
    assert waits[2] == patient.config.retry_max_delay


def test_a_read_is_repeated_after_a_lost_connection(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    fake.fails(ServerNotReachableError(ADDRESS, sent=True))
    fake.answers_json(502, {})
    fake.answers_errors("busy", http_status=504)
    fake.answers_data({"x": 1})
    assert patient.execute_graphql("query { x }") == {"x": 1}
    assert len(waits) == 3


def test_a_write_that_did_not_arrive_is_repeated(fake: Fake, patient: InfrahubClientSync) -> None:
    fake.fails(ServerNotReachableError(ADDRESS, phase="connect", sent=False))
    fake.answers_json(503, {})
    fake.answers_data(saved("BuiltinTagCreate", RED_ID))
    tag = patient.create("BuiltinTag", name="red")
    tag.save()
    assert len(fake.sent) == 3


def test_a_write_that_gives_the_same_result_is_repeated(fake: Fake, patient: InfrahubClientSync) -> None:
    fake.fails(ServerNotReachableError(ADDRESS, sent=True))
    fake.answers_data(saved("BuiltinTagUpsert", RED_ID))
    tag = patient.create("BuiltinTag", name="red")
    tag.save(allow_upsert=True)
    assert len(fake.sent) == 2


def test_a_document_that_the_server_refuses_beforehand_is_not_repeated(
    fake: Fake, patient: InfrahubClientSync, waits: list[float]
) -> None:
    error = {"message": "Cannot query field 'x'", "extensions": {"code": "UNDEFINED_ERROR", "http_status": 500}}
    fake.answers_json(200, {"data": None, "errors": [error]})
    with pytest.raises(GraphQLError, match="Cannot query field"):
        patient.execute_graphql("query { x }")
    assert not waits


def test_retrying_ends_with_the_budget(
    fake: Fake, patient: InfrahubClientSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 10_000, 200))
    monkeypatch.setattr("infrahub_sdk.core.retry.time.monotonic", lambda: next(seconds))
    for _ in range(20):
        fake.fails(ServerNotReachableError(ADDRESS))
    with pytest.raises(ServerNotReachableError):
        patient.execute_graphql("query { x }")
    assert 1 <= len(fake.sent) < 20


def test_failures_are_not_repeated_unless_asked_for(fake: Fake, client: InfrahubClientSync) -> None:
    fake.fails(ServerNotReachableError(ADDRESS))
    with pytest.raises(ServerNotReachableError):
        client.execute_graphql("query { x }")


def test_an_upsert_that_finds_nothing_to_go_by_is_not_repeated(fake: Fake, patient: InfrahubClientSync) -> None:
    fake.fails(ServerNotReachableError(ADDRESS, sent=True))
    platform = patient.create("DcimPlatform", name="ios")
    with pytest.raises(ServerNotReachableError):
        platform.save(allow_upsert=True)


def test_a_delete_whose_first_answer_was_lost_is_done(fake: Fake, patient: InfrahubClientSync) -> None:
    device = read_device(fake, patient)
    fake.fails(ServerNotReachableError(ADDRESS, sent=True))
    fake.answers_errors("Unable to find the node", code="NODE_NOT_FOUND", http_status=404)
    device.delete()
    fake.answers_errors("Unable to find the node", code="NODE_NOT_FOUND", http_status=404)
    with pytest.raises(GraphQLError, match="Unable to find"):
        device.delete()


# The client itself


def test_any_address_of_the_server_can_be_asked_with_the_credentials(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(api_token="secret"))
    fake.answers_json(200, {"a": 1})
    fake.answers_json(404, {})
    assert (client._get(f"{ADDRESS}/api/x", headers={"h": "1"})).json() == {"a": 1}
    assert (client._post(f"{ADDRESS}/api/y", payload={"p": 1}, timeout=3)).status_code == 404
    assert [(sent.method, sent.payload, sent.timeout) for sent in fake.sent] == [
        ("GET", None, 60),
        ("POST", {"p": 1}, 3),
    ]
    assert (fake.sent[0].headers["X-INFRAHUB-KEY"], fake.sent[0].headers["h"]) == ("secret", "1")


def test_the_client_is_made_in_four_ways(fake: Fake) -> None:
    made = [
        InfrahubClientSync(address="http://a.test"),
        InfrahubClientSync(config=fake.config(address="http://a.test")),
        InfrahubClientSync(config={"address": "http://a.test"}),
        InfrahubClientSync.init(address="http://a.test", config=fake.config()),
    ]
    with InfrahubClientSync("http://a.test") as client:
        made.append(client)
    assert {client.address for client in made} == {"http://a.test"}


def test_a_closed_client_opens_again_when_it_is_used(fake: Fake, client: InfrahubClientSync) -> None:
    client.close()
    fake.answers_data({"x": 1})
    assert client.execute_graphql("query { x }") == {"x": 1}


def test_a_clone_has_a_branch_and_a_store_of_its_own(client: InfrahubClientSync) -> None:
    clone = client.clone(branch="b1")
    assert (clone.default_branch, client.default_branch) == ("b1", "main")
    assert clone.store is not client.store
    assert clone.config.requester is client.config.requester


def test_answers_are_recorded(fake: Fake) -> None:
    recorded: list[Any] = []

    class Recorder:
        def record(self, response: Any) -> None:
            recorded.append(response.status_code)

    client = InfrahubClientSync(config=fake.config(custom_recorder=Recorder()))
    fake.answers_data({})
    client.execute_graphql("query { x }")
    assert recorded == [200]


def test_neither_repr_shows_a_secret(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(api_token="hunter2"))
    assert "hunter2" not in f"{client!r} {client.config!r} {client._port!r}"


def test_no_error_shows_the_credentials_of_the_address(fake: Fake) -> None:
    client = InfrahubClientSync(config=fake.config(address="http://me:hunter2@infrahub.test"))
    answers: list[tuple[int, Any]] = [(404, {}), (500, "x"), (200, {}), (400, {}), (403, {})]
    for status, body in answers:
        fake.answers_json(status, body)
        with pytest.raises(Error) as caught:
            client.execute_graphql("query { x }")
        assert "hunter2" not in f"{caught.value} {caught.value!r} {client!r}"
