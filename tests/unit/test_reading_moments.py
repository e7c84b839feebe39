"""Reading the past and the present side by side, and what leads from a node to its peers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClientSync
from tests.both import BOTH, play, settled
from tests.unit.graph import Graph

if TYPE_CHECKING:
    from infrahub_sdk.transport.response import Response

PAST, EARLIER = "2026-01-02T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z"


def filled(graph: Graph) -> Graph:
    graph.add("LocationRegion", "emea", name="emea")
    graph.add("LocationSite", "atl1", name="Atlanta", parent="emea")
    graph.add("BuiltinTag", "red", name="red", description="hot")
    graph.add("DcimDevice", "edge", name="edge1", location="atl1", tags=["red"], interfaces=["eth0", "vlan1"])
    graph.add("DcimPhysical", "eth0", name="eth0", device="edge")
    graph.add("DcimVirtual", "vlan1", name="vlan1", device="edge")
    return graph


@pytest.fixture
def graph() -> Graph:
    return filled(Graph())


def moments(graph: Graph) -> list[str | None]:
    """The moments that were asked for."""
    return [sent.query.get("at", [None])[0] for sent in graph.sent]


@BOTH
@pytest.mark.parametrize(("first", "then"), [(PAST, None), (None, PAST), (PAST, EARLIER)])
def test_a_peer_that_the_store_holds_of_another_moment_is_not_the_peer(
    client_class: Any, graph: Graph, first: str | None, then: str | None
) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        await settled(client.all("LocationSite", at=first))
        await settled(client.all("BuiltinTag", at=first))
        (device,) = await settled(client.all("DcimDevice", at=then))
        for related in (device.location, device.tags[0]):
            with pytest.raises(ValueError, match="known by its id only"):
                _ = related.peer
        (device,) = await settled(client.all("DcimDevice", at=first))
        assert (device.location.peer.name.value, device.tags[0].peer.name.value) == ("Atlanta", "red")

    play(client_class, test())


@BOTH
def test_peers_are_fetched_of_the_moment_of_their_node(client_class: Any, graph: Graph) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        (device,) = await settled(client.all("DcimDevice", at=PAST))
        await settled(device.location.fetch())
        await settled(device.tags[0].fetch())
        await settled(device.tags.fetch())
        await settled(device.interfaces.fetch())
        assert await settled(device.get_flat_value("location__parent__name__value")) == "emea"
        assert set(moments(graph)) == {PAST}
        await settled(client.all("LocationSite"))
        assert device.location.peer._get_extra("_at") == PAST

    play(client_class, test())


@BOTH
def test_the_store_keeps_the_present_and_of_the_past_what_was_read_last(client_class: Any, graph: Graph) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        await settled(client.all("BuiltinTag", at=EARLIER))
        (past,) = await settled(client.all("BuiltinTag", at=PAST))
        assert client.store.get("red") is past
        (present,) = await settled(client.all("BuiltinTag"))
        (past,) = await settled(client.all("BuiltinTag", at=PAST, only=["description"]))
        assert client.store.get("red") is present
        client.store.set(past)
        assert client.store.get("red") is past
        assert not past._has("name")

    play(client_class, test())


class Meeting(Graph):
    """Answers requests for interfaces when one for each of their kinds is there."""

    def __init__(self) -> None:
        super().__init__()
        self._both = threading.Barrier(2, timeout=10)
        self._guard = threading.Lock()

    def _sync(self, url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
        if payload is not None and "ids" in payload["query"]:
            self._both.wait()
        with self._guard:
            return super()._sync(url, method, headers, timeout, payload)


def test_peers_of_several_kinds_are_fetched_side_by_side() -> None:
    client = InfrahubClientSync(config=filled(Meeting()).config())
    (device,) = client.all("DcimDevice", only=["interfaces"])
    device.interfaces.fetch()
    assert [interface.name.value for interface in device.interfaces] == ["eth0", "vlan1"]


# Earlier reads


@BOTH
def test_a_read_of_less_keeps_the_label_and_the_human_friendly_id(client_class: Any, graph: Graph) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        await settled(client.all("DcimPhysical"))
        (eth0,) = await settled(client.all("DcimPhysical", only=["mtu"]))
        assert (eth0.display_label, eth0.hfid) == ("eth0", ["eth0"])
        assert client.store.get(["eth0"], kind="DcimPhysical") is eth0
        assert len(graph.sent) == 2

    play(client_class, test())


@BOTH
def test_a_human_friendly_id_that_leads_through_a_peer_that_was_not_read_is_not_known(
    client_class: Any, graph: Graph
) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        (eth0,) = await settled(client.all("DcimPhysical", only=["name", "device"]))
        assert eth0.hfid is None
        assert client.store.get("DcimPhysical__edge1__eth0", raise_when_missing=False) is None
        await settled(client.all("DcimDevice"))
        assert eth0.hfid == ["edge1", "eth0"]

    play(client_class, test())


# Flat values


@BOTH
@pytest.mark.parametrize(
    ("key", "expected", "requests"),
    [
        ("id", "edge", 1),
        ("hfid", ["edge1"], 1),
        ("typename", "DcimDevice", 1),
        ("location__id", "atl1", 1),
        ("location__display_label", "Atlanta", 2),
        ("name__is_protected", True, 1),
        ("name__owner__id", "edge", 1),
    ],
)
def test_a_flat_value_may_be_what_tells_a_node_from_others(
    client_class: Any, graph: Graph, key: str, expected: Any, requests: int
) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        (device,) = await settled(client.all("DcimDevice", property=True))
        device.name.owner = "edge"
        assert await settled(device.get_flat_value(key)) == expected
        assert len(graph.sent) == requests

    play(client_class, test())


@BOTH
def test_a_label_that_was_not_read_is_read_for_a_flat_value(client_class: Any, graph: Graph) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        (device,) = await settled(client.all("DcimDevice", only=["name"]))
        assert await settled(device.get_flat_value("display_label")) == "edge1"

    play(client_class, test())


# Not loaded


@BOTH
def test_a_relationship_that_was_not_read_is_not_said_to_have_no_peer(client_class: Any, graph: Graph) -> None:
    async def test() -> None:
        client = client_class(config=graph.config())
        (device,) = await settled(client.all("DcimDevice", exclude=["location"]))
        with pytest.raises(ValueError, match=r"'location' of DcimDevice edge1 was not loaded"):
            _ = device.location.peer
        with pytest.raises(AttributeError, match=r"no 'shortname' here. .*was not loaded"):
            _ = device.location.shortname

    play(client_class, test())


def test_peers_that_are_added_to_are_read_where_what_is_touched_is_to_be_loaded(graph: Graph) -> None:
    client = InfrahubClientSync(config=graph.config(not_loaded="load"))
    (device,) = client.all("DcimDevice", only=["name"])
    device.tags.add("blue")
    assert [tag.id for tag in device.tags] == ["red", "blue"]
