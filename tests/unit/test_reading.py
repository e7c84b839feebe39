"""Trees of nodes: what paths ask the server for, and what the nodes know afterwards."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.exceptions import UninitializedError, ValidationError
from infrahub_sdk.types import Order, OrderByEntry
from tests.unit.graph import Graph


@pytest.fixture
def graph() -> Graph:
    graph = Graph()
    graph.add("LocationRegion", "emea", name="emea", children=["atl1"])
    graph.add("LocationSite", "atl1", name="Atlanta", shortname="atl1", parent="emea", children=["rack"])
    graph.add("LocationRack", "rack", name="rack1", height=42, parent="atl1", ancestors=["atl1", "emea"])
    graph.add("BuiltinTag", "red", name="red", description="hot")
    graph.add("DcimDevice", "edge", name="edge1", location="atl1", tags=["red"], interfaces=["eth0", "vlan1"])
    graph.add("DcimPhysical", "eth0", name="eth0", mtu=1500, device="edge", ip_addresses=["ip1", "ip2"])
    graph.add("DcimVirtual", "vlan1", name="vlan1", mtu="auto", role="mgmt", device="edge", below="eth0")
    graph.add("IpamAddress", "ip1", address="10.0.0.1/24", interface="eth0", tags=["red"])
    graph.add("IpamAddress", "ip2", address="10.0.0.2/24", interface="eth0")
    graph.add("CoreStandardGroup", "all", name="all", members=["red", "edge", "vlan1"])
    return graph


@pytest.fixture
def client(graph: Graph) -> InfrahubClient:
    return InfrahubClient(config=graph.config())


# Paths


async def test_a_tree_is_read_in_one_request(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.filters("DcimDevice", include=["interfaces.ip_addresses.tags", "location.parent"])
    addresses = {
        interface.name.value: [str(ip.address.value) for ip in interface.ip_addresses]
        for interface in device.interfaces
        if interface.kind == "DcimPhysical"
    }
    assert addresses == {"eth0": ["10.0.0.1/24", "10.0.0.2/24"]}
    assert device.interfaces[0].ip_addresses[0].tags[0].description.value == "hot"
    assert device.location.parent.name.value == "emea"
    assert len(graph.sent) == 1


async def test_peers_know_whose_they_are_without_asking(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.filters("DcimDevice", include=["interfaces"])
    assert "device {" not in graph.sent[0].document
    eth0 = device.interfaces[0].peer
    assert (eth0.device.id, eth0.device.display_label) == (device.id, device.display_label)
    (device,) = await client.filters("DcimDevice", include=["interfaces.device"], populate_store=False)
    assert device.interfaces[0].peer.device.peer.location.id == device.location.id
    assert len(graph.sent) == 2


async def test_peers_of_a_generic_kind_come_with_the_fields_of_their_own(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.filters("DcimDevice", include=["interfaces"])
    eth0, vlan1 = (interface.peer for interface in device.interfaces)
    assert (eth0.get_kind(), eth0.mtu.value, eth0.device.id) == ("DcimPhysical", 1500, "edge")
    assert (vlan1.get_kind(), vlan1.mtu.value, vlan1.role.value, vlan1.below.id) == (
        "DcimVirtual", "auto", "mgmt", "eth0"
    )  # fmt: skip
    assert len(graph.sent) == 1


async def test_peers_that_may_be_any_node_come_with_their_fields(graph: Graph, client: InfrahubClient) -> None:
    (group,) = await client.all("CoreStandardGroup", include=["members"])
    red, edge, vlan1 = group.members
    assert (red.description.value, edge.name.value, vlan1.role.value) == ("hot", "edge1", "mgmt")


async def test_a_path_leads_through_a_field_that_only_some_kinds_have(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimGenericDevice", include=["location", "interfaces.below.ip_addresses"])
    assert device.location.shortname.value == "atl1"
    vlan1 = device.interfaces[1]
    assert [ip.address.value.ip.compressed for ip in vlan1.below.ip_addresses] == ["10.0.0.1", "10.0.0.2"]
    assert len(graph.sent) == 1


async def test_what_is_excluded_inside_a_path_is_not_read(graph: Graph, client: InfrahubClient) -> None:
    await client.all("DcimDevice", include=["tags"], exclude=["tags.description", "interfaces.name"])
    tags = graph.documents[0].split(" tags {")[1]
    assert "name { value }" in tags
    assert "description" not in tags


async def test_metadata_is_read_at_every_step_of_a_path(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all(
        "DcimDevice", include=["interfaces.ip_addresses"], property=True, include_metadata=True
    )
    interface = device.interfaces[0]
    address = interface.ip_addresses[0]
    assert interface.is_protected is True
    assert interface.name.is_protected is True
    assert interface.peer.get_node_metadata().created_at == "2026-01-01T00:00:00Z"
    assert address.get_relationship_metadata().updated_at == "2026-01-03T00:00:00Z"
    assert address.address.updated_at == "2026-01-01T00:00:00Z"
    assert device.get_raw_graphql_data()["interfaces"]["edges"][0]["properties"]["is_protected"] is True


async def test_prefetching_goes_along_a_path_up_to_its_last_step(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["interfaces.ip_addresses"], prefetch_relationships=True)
    client.store._branches.clear()
    eth0 = device.interfaces[0].peer
    assert eth0.device.name.value == "edge1"
    assert eth0.ip_addresses[0].interface._at_hand() is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"include": ["interfaces.ip_adresses"]},
            "'ip_adresses' of the path 'interfaces.ip_adresses' .*'ip_addresses'",
        ),
        ({"include": ["interfcaes.ip_addresses"]}, "'interfcaes' .* no relationship of DcimDevice.*'interfaces'"),
        ({"exclude": ["location.shortnam"]}, "'shortnam' .* of LocationSite.*'shortname'"),
        ({"only": ["nmae"]}, "'nmae'.*'name'"),
        ({"only": ["name.value"]}, "'name.value' cannot go on behind 'name'"),
        ({"only": ["name", ""]}, "''"),
        ({"only": ["name"], "include": ["tags"], "prefetch_relationships": True}, "include and prefetch_relationships"),
        ({"only": "name"}, "not a list"),
    ],
)
async def test_a_mistake_in_a_path_names_the_step_and_the_nearest_field(
    graph: Graph, client: InfrahubClient, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        await client.all("DcimDevice", **fields)
    assert graph.sent == []


async def test_all_mistakes_are_said_at_once(client: InfrahubClient) -> None:
    with pytest.raises(ValidationError) as caught:
        await client.all("DcimDevice", include=["tagz", "interfaces.x.y"], exclude=["location.z"])
    assert len(caught.value.messages or []) == 3


async def test_a_path_that_is_included_cannot_be_excluded_on_the_way(client: InfrahubClient) -> None:
    with pytest.raises(ValueError, match="both name interfaces"):
        await client.all("DcimDevice", include=["interfaces.ip_addresses"], exclude=["interfaces"])


# Only


async def test_only_what_is_named_is_asked_for(graph: Graph, client: InfrahubClient) -> None:
    await client.all("DcimDevice", only=["name", "location", "interfaces.name", "interfaces.ip_addresses.address"])
    assert graph.documents[0].split("edges ", 1)[1] == (
        "{ node { id __typename name { value } location { node { id hfid display_label __typename } } "
        "interfaces { edges { node { id __typename name { value } ...on DcimPhysical { "
        "__alias__DcimPhysical__ip_addresses: ip_addresses { edges { node { id __typename address { value } } } } } "
        "} } } } } } }"
    )


async def test_identities_can_be_named_beside_the_rest(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", only=["id", "hfid", "display_label", "tags", "tags.name"])
    assert (device.display_label, device.hfid) == ("edge1", ["edge1"])
    assert "tags { edges { node { id hfid display_label __typename name { value } } } }" in graph.documents[0]


UNREAD = {
    "an attribute": lambda device: device.description.value,
    "a label": lambda device: device.display_label,
    "the id of a peer": lambda device: device.location.id,
    "a peer": lambda device: device.location.peer,
    "a field of a peer": lambda device: device.location.shortname,
    "the peers, one by one": lambda device: list(device.tags),
    "how many there are": lambda device: len(device.tags),
    "one of them": lambda device: device.tags[0],
    "whether one is among them": lambda device: "red" in device.tags,
    "a field further down": lambda device: device.interfaces[0].description.value,
}


@pytest.mark.parametrize("touch", UNREAD.values(), ids=UNREAD)
async def test_what_was_not_asked_for_says_so_when_it_is_touched(client: InfrahubClient, touch: Any) -> None:
    (device,) = await client.all("DcimDevice", only=["name", "interfaces.name"])
    with pytest.raises(UninitializedError, match=r"'\w+' of Dcim\w+ \w+ was not loaded\. .*only=\["):
        touch(device)


async def test_it_does_not_say_so_of_nodes_that_were_read_in_other_ways(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["interfaces"], exclude=["description", "tags"])
    assert device.description.value is None
    assert list(device.tags) == []
    assert bool(device.tags)


async def test_every_unread_field_can_be_made_an_error(graph: Graph) -> None:
    client = InfrahubClient(config=graph.config(not_loaded="raise"))
    (device,) = await client.all("DcimDevice", exclude=["description"])
    with pytest.raises(UninitializedError, match="'description' of DcimDevice edge1"):
        _ = device.description.value
    with pytest.raises(UninitializedError, match="'interfaces' of DcimDevice edge1"):
        list(device.interfaces)
    for identity in ({}, {"id": "edge2"}):
        new = await client.create("DcimDevice", name="edge2", **identity)
        assert (new.description.value, list(new.interfaces), new.location.id) == (None, [], None)


async def test_looking_at_a_node_as_a_whole_touches_nothing(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", only=["height"])
    assert repr(device) == "DcimDevice (edge)"
    assert repr(device.description) == "<Attribute description: not loaded>"
    assert repr(device.location).endswith("location: not loaded>")
    assert repr(device.tags).endswith("tags: not loaded>")
    assert (device.hfid, device.location.initialized, device.tags.initialized) == (None, False, False)
    assert device == copy.deepcopy(device) == copy.copy(device) == pickle.loads(pickle.dumps(device))
    assert device.get_raw_graphql_data() == {"id": "edge", "__typename": "DcimDevice", "height": {"value": None}}
    assert dir(device)
    assert len(graph.sent) == 1


async def test_a_copy_of_a_node_still_says_what_it_does_not_know(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", only=["name"])
    for twin in (copy.deepcopy(device), pickle.loads(pickle.dumps(device))):
        with pytest.raises(UninitializedError):
            _ = twin.description.value


async def test_an_earlier_read_is_remembered(client: InfrahubClient) -> None:
    await client.all("DcimDevice", include=["interfaces"])
    (device,) = await client.all("DcimDevice", only=["height"])
    assert (device.name.value, device.location.id, len(device.tags)) == ("edge1", "atl1", 1)
    assert device.interfaces[0].device.id == "edge"


async def test_a_flat_value_that_is_missing_is_read(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", only=["height"])
    assert await device.get_flat_value("name__value") == "edge1"
    assert await device.get_flat_value("location__shortname__value") == "atl1"
    assert device.description.value is None
    assert len(graph.sent) == 3


async def test_what_was_not_read_is_not_saved(graph: Graph, client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", only=["name", "interfaces.name"])
    device.height.value = 3
    device.interfaces[0].peer.description.value = "uplink"
    graph.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": "edge"}}})
    await device.save()
    assert 'data: { height: { value: 3 }, id: "edge" }' in graph.documents[-1]
    graph.answers_data({"DcimDeviceUpdate": {"ok": True, "object": {"id": "edge"}}})
    await device.update(do_full_update=True)
    said = graph.documents[-1]
    assert 'name: { value: "edge1" }' in said
    assert 'interfaces: [{ id: "eth0" }, { id: "vlan1" }]' in said
    assert not any(name in said for name in ("description", "location", "tags"))
    graph.answers_data({"DcimPhysicalUpdate": {"ok": True, "object": {"id": "eth0"}}})
    await device.interfaces[0].peer.save()
    assert 'data: { description: { value: "uplink" }, id: "eth0" }' in graph.documents[-1]


# Related nodes


async def test_the_name_of_a_related_node_is_its_peers_or_the_relationships(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["location"], populate_store=False)
    assert device.location.name.value == "Atlanta"
    assert device.tags[0].name == "tags"


async def test_a_field_that_neither_has_is_an_attribute_error(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["location"], populate_store=False)
    with pytest.raises(AttributeError, match="'shortname'"):
        _ = device.location.shortnam
    with pytest.raises(AttributeError, match=r"not at hand .* fetch\(\)"):
        _ = device.tags[0].description
    assert not hasattr(device.tags[0], "description")
    assert copy.copy(device.location).id == "atl1"


async def test_a_field_of_a_peer_is_set_on_the_peer(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["location"])
    with pytest.raises(AttributeError, match=r"use \.peer\.shortname"):
        device.location.shortname = "atl2"
    device.location.peer.shortname = "atl2"
    assert device.location.shortname.value == "atl2"


async def test_the_store_holds_every_level_and_what_was_asked_for_goes_before(client: InfrahubClient) -> None:
    (device,) = await client.all("DcimDevice", include=["interfaces.device", "interfaces.ip_addresses"])
    stored = client.store
    assert stored.get("edge") is device
    assert stored.get("eth0") is device.interfaces[0].peer
    assert stored.get("ip1").address.value.network.prefixlen == 24


async def test_a_peer_that_was_read_along_knows_what_an_earlier_read_brought(client: InfrahubClient) -> None:
    await client.all("DcimPhysical", include=["ip_addresses"])
    (device,) = await client.all("DcimDevice", include=["interfaces"])
    assert len(device.interfaces[0].ip_addresses) == 2


async def test_a_pool_among_peers_that_were_read_is_a_node_like_others(graph: Graph, client: InfrahubClient) -> None:
    graph.nodes["all"]["members"] = [graph.add("CoreNumberPool", "pool", name="numbers"), "red"]
    (group,) = await client.all("CoreStandardGroup", include=["members"])
    group.members.remove("red")
    graph.answers_data({"CoreStandardGroupUpdate": {"ok": True, "object": {"id": "all"}}})
    await group.save()
    assert 'members: [{ id: "pool" }]' in graph.documents[-1]


# Hierarchies and order


async def test_a_hierarchy_is_read_up_and_down(graph: Graph, client: InfrahubClient) -> None:
    (rack,) = await client.all("LocationRack", include=["ancestors", "parent.parent"])
    assert [(place.kind, place.name.value) for place in rack.ancestors] == [
        ("LocationSite", "Atlanta"), ("LocationRegion", "emea")
    ]  # fmt: skip
    assert rack.ancestors[0].shortname.value == "atl1"
    assert rack.parent.parent.name.value == "emea"
    (region,) = await client.all("LocationRegion", include=["children.children"], populate_store=False)
    assert [[child.height.value for child in site.children] for site in region.children] == [[42]]
    (place,) = await client.filters("LocationGeneric", include=["descendants"], name__value="rack1")
    assert list(place.descendants) == []


async def test_a_filter_that_no_server_has_names_another_way(graph: Graph, client: InfrahubClient) -> None:
    with pytest.raises(ValidationError, match=r"no filter 'ancestors__ids'.*include=\['descendants'\]"):
        await client.filters("LocationRack", ancestors__ids=["atl1"])
    assert graph.sent == []


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("nmae__value", "'nmae'.*'name'"),
        ("name", "'name__value'"),
        ("location__nmae__value", "LocationSite has no attribute 'nmae'.*'name'"),
        ("location", "LocationSite has no attribute ''"),
    ],
)
async def test_a_key_that_cannot_order_nodes_is_refused_at_once(
    graph: Graph, client: InfrahubClient, key: str, message: str
) -> None:
    with pytest.raises(ValidationError, match=f"cannot be ordered by '{key}'.*{message}"):
        await client.all("DcimDevice", order=Order(by=[OrderByEntry(field=key)]))
    assert graph.sent == []


@pytest.mark.parametrize("key", ["name__value", "location__name__value", "node_metadata__created_at"])
async def test_nodes_are_ordered_by_what_they_and_their_peers_have(
    graph: Graph, client: InfrahubClient, key: str
) -> None:
    assert await client.all("DcimDevice", order=Order(by=[OrderByEntry(field=key)]))
    assert f'order: {{ by: [{{ field: "{key}", direction: ASC }}] }}' in graph.documents[0]
