"""What a node holds through reads, changes and saves in every order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.core.saving import node_input
from infrahub_sdk.exceptions import UninitializedError, ValidationError
from tests.unit.fake import Fake
from tests.unit.kinds import schema

ID = "18eaf486-7f66-fbe4-e35c-1f06f796844d"
SITE_ID = "18eaf486-4512-f31b-e39f-1f06118d339a"
BLUE_ID = "18eaf47d-2997-22ad-e302-1f067aef0437"


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


@pytest.fixture
def client(fake: Fake) -> InfrahubClientSync:
    return InfrahubClientSync(config=fake.config())


def edge(**fields: Any) -> dict[str, Any]:
    return {"node": {"id": ID, "hfid": ["edge1"], "display_label": "edge1", "__typename": "DcimDevice", **fields}}


def read(fake: Fake, client: InfrahubClientSync, *, options: dict[str, Any] | None = None, **fields: Any) -> Any:
    fake.answers_data({"DcimDevice": {"count": 1, "edges": [edge(**fields)]}})
    return client.get("DcimDevice", id=ID, **(options or {}))


RICH: dict[str, Any] = {
    "name": {"value": "edge1"},
    "height": {"value": 1},
    "location": {"node": {"id": SITE_ID, "display_label": "atl1", "__typename": "LocationSite"}},
    "tags": {"edges": [{"node": {"id": BLUE_ID, "display_label": "blue", "__typename": "BuiltinTag"}}]},
}


def test_what_only_an_earlier_read_brought_is_for_reading(fake: Fake, client: InfrahubClientSync) -> None:
    read(fake, client, **RICH)
    poor = read(fake, client, name={"value": "edge1"})
    assert (poor.height.value, poor.location.id, poor.tags.peer_ids) == (1, SITE_ID, [BLUE_ID])
    assert node_input(poor, changes_only=False) == {"name": {"value": "edge1"}}
    assert node_input(poor, changes_only=True) == {}
    poor.height = 2
    assert node_input(poor, changes_only=True) == {"height": {"value": 2}}


def test_unsaved_changes_of_one_copy_are_not_handed_to_the_next(fake: Fake, client: InfrahubClientSync) -> None:
    first = read(fake, client, **RICH)
    first.height.value = 99
    first.tags.add("red")
    first.location = None
    second = read(fake, client, name={"value": "edge1"})
    assert (second.height.value, second.tags.peer_ids, second.location.id) == (1, [BLUE_ID], SITE_ID)


def test_saved_changes_are_handed_on(fake: Fake, client: InfrahubClientSync) -> None:
    first = read(fake, client, **RICH)
    first.height = 5
    fake.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": ID}}})
    first.save()
    assert read(fake, client, name={"value": "edge1"}).height.value == 5


@pytest.mark.parametrize("options", [{}, {"property": True}, {"prefetch_relationships": True}])
def test_reads_of_every_kind_follow_one_another(
    fake: Fake, client: InfrahubClientSync, options: dict[str, Any]
) -> None:
    read(fake, client, options={"property": True}, **RICH).tags.peers  # noqa: B018
    second = read(fake, client, options=options, **RICH)
    third = read(fake, client, name={"value": "edge1"})
    assert second.location.id == third.location.id == SITE_ID
    assert third.tags.peer_ids == [BLUE_ID]
    assert third.get_raw_graphql_data()["name"] == {"value": "edge1"}


def test_the_past_is_not_handed_to_the_present(fake: Fake, client: InfrahubClientSync) -> None:
    read(fake, client, options={"at": "1h"}, **RICH)
    assert read(fake, client, name={"value": "edge1"}).height.value is None


def test_a_node_of_the_users_own_does_not_disturb_a_read(fake: Fake, client: InfrahubClientSync) -> None:
    client.store.set(client.create("DcimDevice", id=ID, description="mine", tags=["x"]))
    found = read(fake, client, name={"value": "edge1"})
    assert (found.name.value, found.description.value) == ("edge1", None)


def test_unchanged_metadata_is_not_sent_back(fake: Fake, client: InfrahubClientSync) -> None:
    person = {"id": BLUE_ID, "display_label": "Admin", "__typename": "CoreAccount"}
    seen = {"is_protected": True, "updated_at": "2024", "source": person, "owner": None}
    device = read(
        fake,
        client,
        options={"property": True},
        name={"value": "edge1", "is_default": False, **seen},
        location={**RICH["location"], "properties": seen},
    )
    device.description = "new"
    assert node_input(device, changes_only=True) == {"description": {"value": "new"}}
    full = node_input(device, changes_only=False)
    assert full["name"] == {"value": "edge1", "is_protected": True, "source": BLUE_ID}
    assert full["location"] == {"id": SITE_ID}


def test_changes_made_while_a_save_is_on_its_way_are_kept(fake: Fake) -> None:
    async def main() -> None:
        client = InfrahubClient(config=fake.config())
        fake.answers_data({"DcimDevice": {"count": 1, "edges": [edge(**RICH)]}})
        device: Any = await client.get("DcimDevice", id=ID)
        device.height = 2

        def answer(sent: Any) -> Any:
            device.height = 3
            device.name = "renamed"
            answers = Fake()
            answers.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": ID}}})
            return answers.answers.pop()

        fake.answers.append(answer)
        await device.save()
        assert node_input(device, changes_only=True) == {"name": {"value": "renamed"}, "height": {"value": 3}}

    asyncio.run(main())


def test_a_relationship_that_was_not_read_is_not_null(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client, name={"value": "edge1"})
    assert repr(device.location) == "<RelatedNodeSync location: not loaded>"
    other = client.create("DcimDevice", name="edge2")
    for name in ("location", "tags"):
        with pytest.raises(UninitializedError, match=f"'{name}' .*was not"):
            other[name] = device[name]


def test_a_relationship_that_was_not_read_can_be_fetched(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client, name={"value": "edge1"})
    site = {"id": SITE_ID, "display_label": "atl1", "__typename": "LocationSite", "name": {"value": "Atlanta"}}
    fake.answers_data({"DcimDevice": {"count": 1, "edges": [edge(location={"node": site})]}})
    fake.answers_data({"LocationSite": {"count": 1, "edges": [{"node": site}]}})
    assert device.get_flat_value("location__name__value") == "Atlanta"
    assert device.location.peer.name.value == "Atlanta"


def test_a_value_behind_a_relationship_that_turns_out_to_be_null_is_none(
    fake: Fake, client: InfrahubClientSync
) -> None:
    device = read(fake, client, name={"value": "edge1"})
    fake.answers_data({"DcimDevice": {"count": 1, "edges": [edge(location={"node": None})]}})
    assert device.get_flat_value("location__name__value") is None
    assert repr(device.location) == "<RelatedNodeSync location: null>"


@pytest.mark.parametrize("peer", [{"shortname": "atl"}, {"_relation__source": "x"}, {}])
def test_a_dictionary_that_names_no_peer_is_refused(client: InfrahubClientSync, peer: dict[str, Any]) -> None:
    for fields in ({"location": peer}, {"tags": [peer]}):
        with pytest.raises(ValidationError, match="name no peer; give a dictionary with 'id', 'hfid'"):
            client.create("DcimDevice", name="edge1", **fields)


def test_a_pool_may_be_named_by_a_dictionary(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="x", primary_address={"from_pool": {"id": "p", "identifier": "i"}})
    assert node_input(device, changes_only=False)["primary_address"] == {"from_pool": {"id": "p", "identifier": "i"}}


def test_metadata_that_cannot_be_set_is_refused(fake: Fake, client: InfrahubClientSync) -> None:
    device = read(fake, client, **RICH)
    for change in (
        lambda: setattr(device.name, "updated_at", "2024"),
        lambda: setattr(device.name, "is_default", True),
        lambda: setattr(device.location, "owner", None),
    ):
        with pytest.raises(ValidationError, match="the server"):
            change()


def test_a_text_that_is_no_address_is_refused_at_once(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="x", address="10.0.0.1/24")
    assert device.address.value.network.prefixlen == 24
    with pytest.raises(ValidationError, match=r"DcimDevice\.address: '10\.0\.0\.300/24'"):
        device.address = "10.0.0.300/24"


def test_a_copy_is_a_node_of_its_own(fake: Fake, client: InfrahubClientSync) -> None:
    import copy

    device = read(fake, client, **RICH)
    device.height = 2
    for copier in (copy.copy, copy.deepcopy):
        twin = copier(device)
        assert (type(twin), twin._client) == (type(device), client)
        twin.height = 3
        twin.tags.add("red")
        assert (device.height.value, device.tags.peer_ids) == (2, [BLUE_ID])
        assert twin.tags.peer_ids == [BLUE_ID, "red"]


def test_passwords_travel_as_variables(fake: Fake, client: InfrahubClientSync) -> None:
    sample = client.create("TestingSample", name="x", a_password="hunter2", a_hashedpassword="hunter3")
    fake.answers_data({"TestingSampleCreate": {"ok": True, "object": {"id": ID}}})
    sample.save()
    assert "hunter" not in fake.documents[0]
    assert set(fake.sent[0].payload["variables"].values()) == {"hunter2", "hunter3"}
    fake.answers_data({"TestingSample": {"count": 0, "edges": []}})
    with pytest.raises(Exception, match=r"\*\*\*") as caught:
        client.get("TestingSample", a_password__value="hunter2")
    assert "hunter" not in str(caught.value)


def test_an_attribute_that_a_pool_is_to_choose_can_be_taken_over(client: InfrahubClientSync) -> None:
    pool = {"from_pool": {"id": "p"}}
    first = client.create("DcimDevice", name="x", height=pool)
    second = client.create("DcimDevice", name="y")
    second.height = first.height
    assert node_input(second, changes_only=False)["height"] == pool
