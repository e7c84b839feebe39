"""Batches, and nodes that are saved together, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.exceptions import GraphQLError, NodesNotSavedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.response import Response
    from tests.integration.conftest import Server


class Counter:
    """Counts the answers that a client gets."""

    def __init__(self) -> None:
        self.count = 0

    def record(self, response: Response) -> None:
        self.count += 1


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def client(server: Server, counter: Counter) -> InfrahubClient:
    return InfrahubClient(config=server.config(custom_recorder=counter, timeout=300))


async def delete(client: InfrahubClient, nodes: list[Any]) -> None:
    """Delete nodes in their order."""
    for node in nodes:
        await node.delete()


async def test_a_batch_of_saves_changes_and_deletes(
    client: InfrahubClient, counter: Counter, unique: Callable[[str], str]
) -> None:
    name = unique("batch")
    tags = [await client.create("BuiltinTag", name=f"{name}-{number}") for number in range(60)]
    counter.count = 0
    batch = await client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    done = [node async for node, _ in batch.execute()]
    assert sorted(map(id, done)) == sorted(map(id, tags))
    assert counter.count <= 6

    for tag in tags[:30]:
        tag.description = "changed"
    assert len([node async for node, _ in batch.execute()]) == 60
    found = await client.filters("BuiltinTag", any__value=name, partial_match=True, populate_store=False)
    assert {tag.id for tag in found} == {tag.id for tag in tags}
    assert sum(tag.description.value == "changed" for tag in found) == 30

    batch = await client.create_batch()
    for tag in tags:
        batch.add(task=tag.delete, node=tag)
    assert len([node async for node, _ in batch.execute()]) == 60
    assert await client.count("BuiltinTag", any__value=name, partial_match=True) == 0


async def test_each_node_keeps_its_own_outcome(client: InfrahubClient, unique: Callable[[str], str]) -> None:
    names = [unique(name) for name in ("red", "blue", "red", "green")]
    tags = [await client.create("BuiltinTag", name=name) for name in names]
    client.max_concurrent_execution = 1
    batch = await client.create_batch(return_exceptions=True)
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    outcomes = {id(node): result async for node, result in batch.execute()}
    assert [type(outcomes[id(tag)]) for tag in tags] == [type(None), type(None), GraphQLError, type(None)]
    await delete(client, [tags[0], tags[1], tags[3]])


async def test_a_task_may_run_a_batch_of_its_own(client: InfrahubClient, unique: Callable[[str], str]) -> None:
    name = unique("nested")
    client.max_concurrent_execution = 1

    async def save_three(part: int) -> list[Any]:
        tags = [await client.create("BuiltinTag", name=f"{name}-{part}-{number}") for number in range(3)]
        batch = await client.create_batch()
        for tag in tags:
            batch.add(task=tag.save, node=tag)
        return [node async for node, _ in batch.execute()]

    batch = await client.create_batch()
    for part in range(3):
        batch.add(part, task=save_three)
    saved = [tag async for _, tags in batch.execute() for tag in tags]
    assert await client.count("BuiltinTag", any__value=name, partial_match=True) == 9
    await delete(client, saved)


async def test_nodes_that_refer_to_one_another_are_saved_together(
    client: InfrahubClient, counter: Counter, unique: Callable[[str], str]
) -> None:
    shortname, color = unique("atl1"), unique("blue")
    site = await client.create("LocationSite", name="Atlanta", shortname=shortname)
    tag = await client.create("BuiltinTag", name=color)
    devices: list[Any] = []
    interfaces: list[Any] = []
    for number in range(4):
        device = await client.create(
            "DcimDevice",
            name=unique(f"edge{number}"),
            location=site if number % 2 else [shortname],
            tags=[tag, [color]],
        )
        devices.append(device)
        interfaces += [await client.create("DcimInterface", name=f"eth{i}", device=device) for i in range(10)]
    counter.count = 0
    await client.save_all([*interfaces, *devices, tag, site])
    assert counter.count <= 8
    found = await client.filters("DcimDevice", location__shortname__value=shortname, populate_store=False)
    assert {device.id for device in found} == {device.id for device in devices}
    assert all(device.tags.peer_ids == [tag.id] for device in found)
    assert await client.count("DcimInterface", device__ids=[device.id for device in devices]) == 40

    counter.count = 0
    await client.save_all([*interfaces, *devices, tag, site])
    assert counter.count == 0
    devices[0].description = "changed"
    await client.save_all([*interfaces, *devices, tag, site])
    assert counter.count == 1
    await delete(client, [*interfaces, *devices, tag, site])


async def test_nodes_that_refer_to_each_other_in_a_circle(client: InfrahubClient, unique: Callable[[str], str]) -> None:
    device: Any = await client.create("DcimDevice", name=unique("edge"))
    interfaces: list[Any] = []
    for number in range(3):
        interface = await client.create("DcimInterface", name=f"eth{number}", device=device)
        interfaces.append(interface)
        device.interfaces.add(interface)
    await client.save_all([device, *interfaces])
    found = await client.get("DcimDevice", id=device.id, include=["interfaces"], populate_store=False)
    assert sorted(found.interfaces.peer_ids) == sorted(interface.id for interface in interfaces)
    await delete(client, [*interfaces, device])


async def test_upserts_find_what_is_there(client: InfrahubClient, unique: Callable[[str], str]) -> None:
    shortname, name = unique("atl1"), unique("edge")

    async def write(description: str) -> list[Any]:
        site = await client.create("LocationSite", name="Atlanta", shortname=shortname, description=description)
        device = await client.create("DcimDevice", name=name, location=site, description=description)
        interface = await client.create("DcimInterface", name="eth0", device=device)
        await client.save_all([interface, device, site], allow_upsert=True)
        return [interface, device, site]

    first = await write("first")
    second = await write("second")
    assert [node.id for node in first] == [node.id for node in second]
    found = await client.get("DcimDevice", id=first[1].id, populate_store=False)
    assert (found.description.value, found.location.id) == ("second", first[2].id)
    await delete(client, second)


async def test_what_needs_a_node_that_failed_is_not_written(
    client: InfrahubClient, unique: Callable[[str], str]
) -> None:
    name = unique("edge")
    there = await client.create("DcimDevice", name=name)
    await there.save()
    device = await client.create("DcimDevice", name=name)
    interface = await client.create("DcimInterface", name="eth0", device=device)
    tag = await client.create("BuiltinTag", name=unique("red"))
    with pytest.raises(NodesNotSavedError) as caught:
        await client.save_all([tag, device, interface])
    assert [node for node, _ in caught.value.failures] == [device, interface]
    assert isinstance(caught.value.failures[0][1], GraphQLError)
    assert str(caught.value.failures[1][1]) == f"it was not written, because DcimDevice {name!r} was not"
    await delete(client, [tag, there])
