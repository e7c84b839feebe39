"""What the two clients do where a field is to be read when it is touched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.config import ConfigError
from infrahub_sdk.exceptions import NodeNotFoundError, UninitializedError
from tests.unit.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def graph() -> Graph:
    graph = Graph()
    graph.add("LocationSite", "atl1", name="Atlanta", shortname="atl1")
    graph.add("BuiltinTag", "red", name="red", description="hot")
    graph.add(
        "DcimDevice", "edge", name="edge1", description="core", location="atl1", tags=["red"], interfaces=["eth0"]
    )
    graph.add("DcimPhysical", "eth0", name="eth0", mtu=1500, device="edge")
    return graph


def loading(graph: Graph, **fields: Any) -> InfrahubClientSync:
    return InfrahubClientSync(config=graph.config(not_loaded="load", **fields))


def test_all_that_is_missing_is_read_at_the_first_touch(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["height"])
    assert device.description.value == "core"
    assert (device.name.value, device.location.id, device.location.display_label) == ("edge1", "atl1", "Atlanta")
    assert len(graph.sent) == 2
    assert [name for name in ("height", "tags", "interfaces") if name in graph.documents[1]] == []
    assert graph.documents[1].count("description { value }") == 1


TOUCHES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "iterating": (lambda device: [tag.id for tag in device.tags], ["red"]),
    "counting": (lambda device: len(device.tags), 1),
    "taking one": (lambda device: device.tags[0].id, "red"),
    "looking for one": (lambda device: "red" in device.tags, True),
    "asking whether there are any": (lambda device: bool(device.tags), True),
    "asking for ids": (lambda device: device.tags.peer_ids, ["red"]),
    "the id of a peer": (lambda device: device.location.id, "atl1"),
    "a label": (lambda device: device.display_label, "edge1"),
}


@pytest.mark.parametrize(("touch", "expected"), TOUCHES.values(), ids=TOUCHES)
@pytest.mark.parametrize("asked", [{"only": ["name"]}, {"exclude": ["tags"]}])
def test_what_is_touched_is_read_once(
    graph: Graph, touch: Callable[[Any], Any], expected: Any, asked: dict[str, Any]
) -> None:
    (device,) = loading(graph).all("DcimDevice", **asked)
    assert touch(device) == expected
    assert touch(device) == expected
    assert len(graph.sent) <= 2


def test_a_related_node_that_was_taken_before_is_filled_as_well(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"])
    location, tags, description = device.location, device.tags, device.description
    assert description.value == "core"
    assert (location.id, location.peer.shortname.value, [tag.id for tag in tags]) == ("atl1", "atl1", ["red"])


def test_a_peer_that_is_known_by_its_id_is_read_when_it_is_touched(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice")
    assert device.location.shortname.value == "atl1"
    assert device.tags[0].description.value == "hot"
    assert device.interfaces[0].peer.mtu.value == 1500


def test_the_moment_and_the_branch_of_the_node_are_read(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"], at="2026-01-01T00:00:00Z", branch="change-1")
    assert device.description.value == "core"
    first, second = graph.sent
    assert first.query == second.query
    assert first.path == second.path == "/graphql/change-1"


def test_what_is_read_is_no_change(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"])
    assert device.description.value == "core"
    device.save()
    assert len(graph.sent) == 2


def test_what_was_set_is_not_read(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"])
    device.description = "new"
    device.location = "nyc"
    device.tags = []
    assert (device.description.value, device.location.id, list(device.tags)) == ("new", "nyc", [])
    assert len(graph.sent) == 1


def test_metadata_is_kept_where_the_node_was_read_with_it(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"], property=True)
    assert device.description.value == "core"
    assert device.name.is_protected is True
    assert device.get_raw_graphql_data()["description"] == {"value": "core"}


def test_looking_for_a_human_friendly_id_reads_nothing(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["height"])
    assert (device.hfid, repr(device), device == device) == (None, "DcimDevice (edge)", True)  # noqa: PLR0124
    assert loading(graph).store.get(["edge1"], kind="DcimDevice", raise_when_missing=False) is None
    assert len(graph.sent) == 1


def test_a_node_that_is_gone_says_so(graph: Graph) -> None:
    (device,) = loading(graph).all("DcimDevice", only=["name"])
    del graph.nodes["edge"]
    with pytest.raises(NodeNotFoundError):
        _ = device.description.value


@pytest.mark.parametrize(
    ("touch", "call"),
    [
        (lambda device: device.description.value, r"await node\.get_flat_value\('description'\)"),
        (lambda device: device.location.id, r"await node\.location\.fetch\(\)"),
        (lambda device: len(device.tags), r"await node\.tags\.fetch\(\)"),
    ],
)
def test_the_asynchronous_client_says_what_to_await(graph: Graph, touch: Callable[[Any], Any], call: str) -> None:
    client = InfrahubClient(config=graph.config(not_loaded="load"))

    async def read() -> None:
        (device,) = await client.all("DcimDevice", only=["name"])
        with pytest.raises(UninitializedError, match=f"cannot read it when it is touched.*{call}"):
            touch(device)
        assert bool(device.tags)
        assert await device.get_flat_value("description") == "core"
        await device.location.fetch()
        await device.tags.fetch()
        assert (device.location.shortname.value, device.tags[0].name.value) == ("atl1", "red")

    asyncio.run(read())


def test_the_setting_comes_from_the_environment_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFRAHUB_NOT_LOADED", "Load")
    assert Config().not_loaded == "load"
    with pytest.raises(ConfigError, match=r"not_loaded: 'lod'.*Did you mean 'load'"):
        Config(not_loaded="lod")
