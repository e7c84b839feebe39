"""Trees, hierarchies and pages on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.enums import OrderDirection
from infrahub_sdk.exceptions import GraphQLError, UninitializedError, ValidationError
from infrahub_sdk.timestamp import Timestamp
from infrahub_sdk.types import Order, OrderByEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server


class Tree:
    """A region with a site with two racks; a device with two physical interfaces and a virtual one, and addresses."""

    def __init__(self, server: Server, unique: Callable[[str], str]) -> None:
        self.client = InfrahubClient(config=server.config())
        self.unique = unique
        self.made: list[Any] = []

    async def __aenter__(self) -> Tree:
        try:
            await self.grow()
        except BaseException:
            await self.cut()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def add(self, kind: str, **fields: Any) -> Any:
        node = await self.client.create(kind, **fields)
        await node.save()
        self.made.append(node)
        return node

    async def grow(self) -> None:
        self.tag = await self.add("BuiltinTag", name=self.unique("deep"), description="hot")
        self.region = await self.add("DeepRegion", name=self.unique("emea"))
        self.site = await self.add("DeepSite", name=self.unique("atl"), shortname="atl", parent=self.region)
        self.racks = [await self.add("DeepRack", name=self.unique(f"r{n}"), height=n, parent=self.site) for n in (1, 2)]
        self.name = self.unique("edge")
        self.device = await self.add("DeepDevice", name=self.name, location=self.site, tags=[self.tag])
        self.physical = [
            await self.add("DeepPhysical", name=f"eth{n}", speed=n, description="x", device=self.device) for n in (0, 1)
        ]
        self.virtual = await self.add(
            "DeepVirtual", name="vlan1", speed="auto", device=self.device, below=self.physical[0]
        )
        self.addresses = [
            await self.add("DeepAddress", address=f"10.9.{n}.1/24", interface=self.physical[0], tags=[self.tag])
            for n in (0, 1)
        ]

    async def cut(self) -> None:
        for node in reversed(self.made):
            try:
                await node.delete()
            except GraphQLError:  # it went with its parent
                continue
        await self.client.close()


def count_requests(client: InfrahubClient) -> list[str]:
    """The requests that a client makes from now on."""
    sent: list[str] = []
    send = client._port.send

    async def counting(call: Any) -> Any:
        sent.append(call.url)
        return await send(call)

    client._port.send = counting
    return sent


async def test_a_tree_comes_in_a_page_and_two_requests(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        requests = count_requests(client)
        (device,) = await client.filters(
            "DeepDevice",
            name__value=tree.name,
            include=["interfaces.ip_addresses.tags", "location.parent", "interfaces.below"],
        )
        found = {interface.name.value: interface for interface in device.interfaces}
        assert sorted(found) == ["eth0", "eth1", "vlan1"]
        assert (found["eth1"].speed.value, found["vlan1"].speed.value) == (1, "auto")
        assert sorted(str(ip.address.value) for ip in found["eth0"].ip_addresses) == ["10.9.0.1/24", "10.9.1.1/24"]
        assert found["eth0"].ip_addresses[0].tags[0].description.value == "hot"
        assert found["vlan1"].below.speed.value == 0
        assert (device.location.shortname.value, device.location.parent.name.value) == ("atl", tree.region.name.value)
        assert len(requests) <= 3


async def test_only_reads_nothing_else(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        (device,) = await client.filters(
            "DeepDevice",
            name__value=tree.name,
            only=["name", "interfaces.name", "interfaces.ip_addresses.address", "tags"],
        )
        assert device.name.value == tree.name
        assert sorted(interface.name.value for interface in device.interfaces) == ["eth0", "eth1", "vlan1"]
        assert device.tags[0].display_label == tree.tag.name.value
        with pytest.raises(UninitializedError, match="description"):
            _ = device.description.value
        with pytest.raises(UninitializedError, match="speed"):
            _ = device.interfaces[0].speed.value


async def test_a_node_read_in_part_is_saved_in_part(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        (device,) = await client.filters("DeepDevice", name__value=tree.name, only=["name", "interfaces.name"])
        device.description.value = "new"
        await device.save()
        interface = next(peer.peer for peer in device.interfaces if peer.name.value == "eth0")
        interface.name.value = "xe0"
        await interface.save()
        again = await client.get("DeepDevice", id=device.id, include=["interfaces"], populate_store=False)
        assert (again.description.value, again.location.id, len(again.tags)) == ("new", tree.site.id, 1)
        xe0 = next(peer.peer for peer in again.interfaces if peer.name.value == "xe0")
        assert (xe0.description.value, xe0.speed.value) == ("x", 0)


async def test_peers_that_may_be_any_node_come_with_their_fields(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        group = await tree.add("CoreStandardGroup", name=unique("group"), members=[tree.tag, tree.device, tree.virtual])
        read = await client.get("CoreStandardGroup", id=group.id, include=["members"])
        by_kind = {member.kind: member.peer for member in read.members}
        assert by_kind["BuiltinTag"].description.value == "hot"
        assert by_kind["DeepDevice"].location.id == tree.site.id
        assert by_kind["DeepVirtual"].speed.value == "auto"
        names = await client.get("CoreStandardGroup", id=group.id, only=["members.name"], populate_store=False)
        assert {member.name.value for member in names.members} == {tree.tag.name.value, tree.name, "vlan1"}


async def test_metadata_is_read_at_every_step(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        asked: Any = {"include": ["interfaces.ip_addresses"], "property": True, "include_metadata": True}
        with server.since("1.9"):
            (device,) = await client.filters("DeepDevice", name__value=tree.name, **asked)
            eth0 = next(peer for peer in device.interfaces if peer.name.value == "eth0")
            address = eth0.ip_addresses[0]
            assert eth0.name.updated_at
            assert address.peer.get_node_metadata().created_at
            assert address.get_relationship_metadata().updated_at
            assert address.address.is_protected is False


async def test_a_hierarchy_is_read_up_and_down(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        rack = await client.get("DeepRack", id=tree.racks[0].id, include=["ancestors", "parent.parent"])
        assert sorted(place.kind for place in rack.ancestors) == ["DeepRegion", "DeepSite"]
        assert next(place for place in rack.ancestors if place.kind == "DeepSite").shortname.value == "atl"
        assert (rack.parent.shortname.value, rack.parent.parent.name.value) == ("atl", tree.region.name.value)
        region = await client.get("DeepRegion", id=tree.region.id, include=["children.children", "descendants"])
        assert sorted(rack.height.value for site in region.children for rack in site.children) == [1, 2]
        assert len(region.descendants) == 3
        place = await client.get("DeepPlace", id=tree.site.id, include=["children", "ancestors"], populate_store=False)
        assert sorted(rack.height.value for rack in place.children) == [1, 2]
        assert [up.id for up in place.ancestors] == [tree.region.id]
        names = await client.get("DeepRegion", id=tree.region.id, only=["descendants.name"], populate_store=False)
        assert len({place.name.value for place in names.descendants}) == 3


async def test_places_are_filtered_by_where_they_are(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        racks = await client.filters("DeepRack", parent__ids=[tree.site.id], include=["parent"])
        assert {rack.id for rack in racks} == {rack.id for rack in tree.racks}
        assert await client.count("DeepRack", parent__name__value=tree.site.name.value) == 2


async def test_nodes_are_ordered_by_themselves_and_by_their_peers(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        ids = [rack.id for rack in tree.racks]
        with server.since("1.10"):
            for direction, heights in ((OrderDirection.ASC, [1, 2]), (OrderDirection.DESC, [2, 1])):
                for field in ("height__value", "node_metadata__created_at"):
                    order = Order(by=[OrderByEntry(field=field, direction=direction)])
                    racks = await client.filters("DeepRack", ids=ids, order=order)
                    assert [rack.height.value for rack in racks] == heights
            by_peer = Order(by=[OrderByEntry(field="device__name__value"), OrderByEntry(field="speed__value")])
            found = await client.filters("DeepPhysical", ids=[node.id for node in tree.physical], order=by_peer)
            assert [node.speed.value for node in found] == [0, 1]
        with pytest.raises(ValidationError, match="nmae"):
            await client.all("DeepRack", order=Order(by=[OrderByEntry(field="nmae__value")]))


async def test_a_tree_is_read_as_it_was(server: Server, unique: Callable[[str], str]) -> None:
    async with Tree(server, unique) as tree, InfrahubClient(config=server.config()) as client:
        moment = Timestamp()
        tree.physical[0].description.value = "later"
        await tree.physical[0].save()
        arguments: Any = {"name__value": tree.name, "include": ["interfaces"], "populate_store": False}
        (then,) = await client.filters("DeepDevice", at=moment, **arguments)
        (now,) = await client.filters("DeepDevice", **arguments)
        for device, expected in ((then, "x"), (now, "later")):
            eth0 = next(peer for peer in device.interfaces if peer.name.value == "eth0")
            assert eth0.description.value == expected
        (then,) = await client.filters(
            "DeepDevice", name__value=tree.name, only=["name"], at=moment, populate_store=False
        )
        await then.interfaces.fetch()
        assert {peer.description.value for peer in then.interfaces} == {"x", None}


async def test_pages_of_every_way_hold_the_same(server: Server, two_thousand_tags: str) -> None:
    async with InfrahubClient(config=server.config()) as client:
        arguments: Any = {"name__value": two_thousand_tags, "partial_match": True, "populate_store": False}
        requests = count_requests(client)
        grown = await client.filters("BuiltinTag", **arguments)
        assert len({tag.id for tag in grown}) == len(grown) == 2000
        assert len(requests) <= 2000 / 50 + 2  # and far fewer where the server has nothing else to do
        parallel = await client.filters("BuiltinTag", parallel=True, **arguments)
        assert [tag.id for tag in parallel] == [tag.id for tag in grown]
        middle = await client.filters("BuiltinTag", parallel=True, offset=100, limit=1000, **arguments)
        assert [tag.id for tag in middle] == [tag.id for tag in grown[100:1100]]
        one_by_one = [tag.id async for tag in client.iterate("BuiltinTag", only=["name"], **arguments)]
        assert one_by_one == [tag.id for tag in grown]


async def test_a_loop_that_is_left_gives_everything_back(server: Server, two_thousand_tags: str) -> None:
    async with InfrahubClient(config=server.config()) as client:
        nodes = client.iterate("BuiltinTag", name__value=two_thousand_tags, partial_match=True)
        async for tag in nodes:
            assert tag.name.value
            break
        del nodes, tag
        assert "0 active" in repr(client._port)
        assert await client.count("BuiltinTag", name__value=two_thousand_tags, partial_match=True) == 2000


async def test_a_relationship_of_hundreds_is_read_whole(
    server: Server, two_thousand_tags: str, unique: Callable[[str], str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tags = await client.filters(
            "BuiltinTag", name__value=two_thousand_tags, partial_match=True, only=["name"], limit=600
        )
        group = await client.create("CoreStandardGroup", name=unique("many"))
        await group.save()
        try:
            await group.add_relationships("members", [tag.id for tag in tags])
            read = await client.get("CoreStandardGroup", id=group.id, only=["members.name"], populate_store=False)
            assert {member.name.value for member in read.members} == {tag.name.value for tag in tags}
            other = await client.get("CoreStandardGroup", id=group.id, populate_store=False)
            await other.members.fetch()
            assert {member.name.value for member in other.members} == {tag.name.value for tag in tags}
        finally:
            await group.delete()
