# Made from test_batches.py by tools/twins.py; change that one.
"""Batches, and nodes that are saved together, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClientSync
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
def client(server: Server, counter: Counter) -> InfrahubClientSync:
    return InfrahubClientSync(config=server.config(custom_recorder=counter, timeout=300))


def delete(client: InfrahubClientSync, nodes: list[Any]) -> None:
    """Delete nodes in their order."""
    for node in nodes:
        node.delete()


def test_a_batch_of_saves_changes_and_deletes(
    client: InfrahubClientSync, counter: Counter, unique: Callable[[str], str]
) -> None:
    name = unique("batch")
    tags = [client.create("BuiltinTag", name=f"{name}-{number}") for number in range(60)]
    counter.count = 0
    batch = client.create_batch()
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    done = [node for node, _ in batch.execute()]
    assert sorted(map(id, done)) == sorted(map(id, tags))
    assert counter.count <= 6

    for tag in tags[:30]:
        tag.description = "changed"
    assert len([node for node, _ in batch.execute()]) == 60
    found = client.filters("BuiltinTag", any__value=name, partial_match=True, populate_store=False)
    assert {tag.id for tag in found} == {tag.id for tag in tags}
    assert sum(tag.description.value == "changed" for tag in found) == 30

    batch = client.create_batch()
    for tag in tags:
        batch.add(task=tag.delete, node=tag)
    assert len([node for node, _ in batch.execute()]) == 60
    assert client.count("BuiltinTag", any__value=name, partial_match=True) == 0


def test_each_node_keeps_its_own_outcome(client: InfrahubClientSync, unique: Callable[[str], str]) -> None:
    names = [unique(name) for name in ("red", "blue", "red", "green")]
    tags = [client.create("BuiltinTag", name=name) for name in names]
    client.max_concurrent_execution = 1
    batch = client.create_batch(return_exceptions=True)
    for tag in tags:
        batch.add(task=tag.save, node=tag)
    outcomes = {id(node): result for node, result in batch.execute()}
    assert [type(outcomes[id(tag)]) for tag in tags] == [type(None), type(None), GraphQLError, type(None)]
    delete(client, [tags[0], tags[1], tags[3]])


def test_a_task_may_run_a_batch_of_its_own(client: InfrahubClientSync, unique: Callable[[str], str]) -> None:
    name = unique("nested")
    client.max_concurrent_execution = 1

    def save_three(part: int) -> list[Any]:
        tags = [client.create("BuiltinTag", name=f"{name}-{part}-{number}") for number in range(3)]
        batch = client.create_batch()
        for tag in tags:
            batch.add(task=tag.save, node=tag)
        return [node for node, _ in batch.execute()]

    batch = client.create_batch()
    for part in range(3):
        batch.add(part, task=save_three)
    saved = [tag for _, tags in batch.execute() for tag in tags]
    assert client.count("BuiltinTag", any__value=name, partial_match=True) == 9
    delete(client, saved)


def test_nodes_that_refer_to_one_another_are_saved_together(
    client: InfrahubClientSync, counter: Counter, unique: Callable[[str], str]
) -> None:
    shortname, color = unique("atl1"), unique("blue")
    site = client.create("LocationSite", name="Atlanta", shortname=shortname)
    tag = client.create("BuiltinTag", name=color)
    devices: list[Any] = []
    interfaces: list[Any] = []
    for number in range(4):
        device = client.create(
            "DcimDevice",
            name=unique(f"edge{number}"),
            location=site if number % 2 else [shortname],
            tags=[tag, [color]],
        )
        devices.append(device)
        interfaces += [client.create("DcimInterface", name=f"eth{i}", device=device) for i in range(10)]
    counter.count = 0
    client.save_all([*interfaces, *devices, tag, site])
    assert counter.count <= 8
    found = client.filters("DcimDevice", location__shortname__value=shortname, populate_store=False)
    assert {device.id for device in found} == {device.id for device in devices}
    assert all(device.tags.peer_ids == [tag.id] for device in found)
    assert client.count("DcimInterface", device__ids=[device.id for device in devices]) == 40

    counter.count = 0
    client.save_all([*interfaces, *devices, tag, site])
    assert counter.count == 0
    devices[0].description = "changed"
    client.save_all([*interfaces, *devices, tag, site])
    assert counter.count == 1
    delete(client, [*interfaces, *devices, tag, site])


def test_nodes_that_refer_to_each_other_in_a_circle(client: InfrahubClientSync, unique: Callable[[str], str]) -> None:
    device: Any = client.create("DcimDevice", name=unique("edge"))
    interfaces: list[Any] = []
    for number in range(3):
        interface = client.create("DcimInterface", name=f"eth{number}", device=device)
        interfaces.append(interface)
        device.interfaces.add(interface)
    client.save_all([device, *interfaces])
    found = client.get("DcimDevice", id=device.id, include=["interfaces"], populate_store=False)
    assert sorted(found.interfaces.peer_ids) == sorted(interface.id for interface in interfaces)
    delete(client, [*interfaces, device])


def test_upserts_find_what_is_there(client: InfrahubClientSync, unique: Callable[[str], str]) -> None:
    shortname, name = unique("atl1"), unique("edge")

    def write(description: str) -> list[Any]:
        site = client.create("LocationSite", name="Atlanta", shortname=shortname, description=description)
        device = client.create("DcimDevice", name=name, location=site, description=description)
        interface = client.create("DcimInterface", name="eth0", device=device)
        client.save_all([interface, device, site], allow_upsert=True)
        return [interface, device, site]

    first = write("first")
    second = write("second")
    assert [node.id for node in first] == [node.id for node in second]
    found = client.get("DcimDevice", id=first[1].id, populate_store=False)
    assert (found.description.value, found.location.id) == ("second", first[2].id)
    delete(client, second)


def test_what_needs_a_node_that_failed_is_not_written(client: InfrahubClientSync, unique: Callable[[str], str]) -> None:
    name = unique("edge")
    there = client.create("DcimDevice", name=name)
    there.save()
    device = client.create("DcimDevice", name=name)
    interface = client.create("DcimInterface", name="eth0", device=device)
    tag = client.create("BuiltinTag", name=unique("red"))
    with pytest.raises(NodesNotSavedError) as caught:
        client.save_all([tag, device, interface])
    assert [node for node, _ in caught.value.failures] == [device, interface]
    assert isinstance(caught.value.failures[0][1], GraphQLError)
    assert str(caught.value.failures[1][1]) == f"it was not written, because DcimDevice {name!r} was not"
    delete(client, [tag, there])
