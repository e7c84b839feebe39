"""The work of the rows on a real server, as programs write it with 1.23 and as this package lets them write it.

python benchmarks/real.py setup ADDRESS TOKEN        loads a schema and makes the nodes that the rows read
python benchmarks/real.py ROW SIDE ADDRESS TOKEN     prints the seconds, and how many requests they took
python benchmarks/real.py clean ADDRESS TOKEN        takes the nodes away again
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICES, INTERFACES_EACH = 70, 10
TAGS_READ, TAGS_WRITTEN = 1000, 200
NEW_DEVICES, NEW_INTERFACES_EACH = 5, 10


def _one(name: str, peer: str, identifier: str) -> dict[str, Any]:
    kind = {"kind": "Parent", "cardinality": "one", "optional": False}
    return {"name": name, "peer": peer, "identifier": identifier, **kind}


def _many(name: str, peer: str, identifier: str) -> dict[str, Any]:
    kind = {"kind": "Component", "cardinality": "many", "optional": True}
    return {"name": name, "peer": peer, "identifier": identifier, **kind}


TEXT = {"kind": "Text", "optional": True}
SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "nodes": [
        {
            "name": "Device",
            "namespace": "Lab",
            "default_filter": "name__value",
            "attributes": [
                {"name": "name", "kind": "Text", "unique": True},
                *({"name": name, **TEXT} for name in ("description", "serial", "site", "role")),
            ],
            "relationships": [_many("interfaces", "LabInterface", "device__interface")],
        },
        {
            "name": "Interface",
            "namespace": "Lab",
            "attributes": [
                {"name": "name", "kind": "Text"},
                {"name": "mtu", "kind": "Number", "default_value": 1500},
                {"name": "enabled", "kind": "Boolean", "default_value": True},
                {"name": "description", **TEXT},
            ],
            "relationships": [
                _one("device", "LabDevice", "device__interface"),
                _many("addresses", "LabAddress", "interface__address"),
            ],
            "uniqueness_constraints": [["device", "name__value"]],
        },
        {
            "name": "Address",
            "namespace": "Lab",
            "attributes": [{"name": "address", "kind": "IPHost", "unique": True}, {"name": "description", **TEXT}],
            "relationships": [_one("interface", "LabInterface", "interface__address")],
        },
    ],
}


class Requests:
    """Counts what a client sends, through the hook for recorders that both packages have."""

    def __init__(self) -> None:
        self.count = 0

    def record(self, response: Any) -> None:
        self.count += 1


class Timer:
    """Prints how long a block took and how many requests it made."""

    def __init__(self, requests: Requests) -> None:
        self.requests = requests

    def __enter__(self) -> None:
        self.before = self.requests.count
        self.start = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            print(time.perf_counter() - self.start, self.requests.count - self.before)


def config(address: str, token: str, requests: Requests) -> Config:
    return Config(address=address, api_token=token, custom_recorder=requests, timeout=600)


# Reading. The client is new in each row, so that the requests for the schema count.


def tree(address: str, token: str, **fields: list[str]) -> None:
    """Each device with its interfaces and their addresses, by one query a page."""
    requests = Requests()
    client = InfrahubClientSync(config=config(address, token, requests))
    with Timer(requests):
        devices = client.all("LabDevice", **fields or {"include": ["interfaces.addresses"]})
        seen = [
            (device.name.value, interface.name.value, str(address.address.value))
            for device in devices
            for interface in device.interfaces
            for address in interface.addresses
        ]
    _check(len(seen), DEVICES * INTERFACES_EACH)


def tree_of_names(address: str, token: str) -> None:
    """The same without what nobody looks at."""
    tree(address, token, only=["name", "interfaces.name", "interfaces.addresses.address"])


def tree_by_interface(address: str, token: str) -> None:
    """The same as people write it: a query for the interfaces of each device, and one for the addresses of each."""
    requests = Requests()
    client = InfrahubClientSync(config=config(address, token, requests))
    seen = []
    with Timer(requests):
        for device in client.all("LabDevice"):
            for interface in client.filters("LabInterface", device__ids=[device.id]):
                for item in client.filters("LabAddress", interface__ids=[interface.id]):
                    seen.append((device.name.value, interface.name.value, str(item.address.value)))
    _check(len(seen), DEVICES * INTERFACES_EACH)


def tree_prefetched(address: str, token: str) -> None:
    """The same at its best: two queries that prefetch, joined through the store."""
    requests = Requests()
    client = InfrahubClientSync(config=config(address, token, requests))
    with Timer(requests):
        client.filters("LabInterface", prefetch_relationships=True)
        addresses = client.filters("LabAddress", prefetch_relationships=True)
        seen = [
            (item.interface.peer.device.peer.name.value, item.interface.peer.name.value, str(item.address.value))
            for item in addresses
        ]
    _check(len(seen), DEVICES * INTERFACES_EACH)


def all_tags(address: str, token: str) -> None:
    """All tags, with the defaults."""
    requests = Requests()
    client = InfrahubClientSync(config=config(address, token, requests))
    client.count("BuiltinTag")
    with Timer(requests):
        tags = client.all("BuiltinTag")
    _check(len(tags), TAGS_READ)


# Writing


def batch_of_tags(address: str, token: str) -> None:
    """New tags through a batch."""

    async def write() -> None:
        requests = Requests()
        client = InfrahubClient(config=config(address, token, requests))
        run = uuid.uuid4().hex[:8]
        tags = [await client.create("BuiltinTag", name=f"bench-new-{run}-{n}") for n in range(TAGS_WRITTEN)]
        with Timer(requests):
            batch = await client.create_batch()
            for tag in tags:
                batch.add(task=tag.save, node=tag)
            done = [node async for node, _ in batch.execute()]
        _check(len(done), TAGS_WRITTEN)
        await _delete(client, tags)

    asyncio.run(write())


async def _new_devices(client: Any) -> tuple[list[Any], list[Any], list[Any]]:
    run = uuid.uuid4().hex[:8]
    first = int(run, 16) % 200 + 20
    devices, interfaces, addresses = [], [], []
    for d in range(NEW_DEVICES):
        device = await client.create("LabDevice", name=f"new-{run}-{d}")
        devices.append(device)
        for i in range(NEW_INTERFACES_EACH):
            interface = await client.create("LabInterface", name=f"eth{i}", device=device)
            interfaces.append(interface)
            host = f"10.{first}.{d}.{i + 1}/24"
            addresses.append(await client.create("LabAddress", address=host, interface=interface))
    return devices, interfaces, addresses


def save_all(address: str, token: str) -> None:
    """New devices with their interfaces and addresses in one call."""

    async def write() -> None:
        requests = Requests()
        client = InfrahubClient(config=config(address, token, requests))
        levels = await _new_devices(client)
        with Timer(requests):
            await client.save_all([node for level in levels for node in level])
        for level in reversed(levels):
            await _delete(client, level)

    asyncio.run(write())


def three_batches(address: str, token: str) -> None:
    """The same as programs write it: a batch for each level, one after the other."""

    async def write() -> None:
        requests = Requests()
        client = InfrahubClient(config=config(address, token, requests))
        levels = await _new_devices(client)
        with Timer(requests):
            for level in levels:
                batch = await client.create_batch()
                for node in level:
                    batch.add(task=node.save, node=node)
                async for _ in batch.execute():
                    pass
        for level in reversed(levels):
            await _delete(client, level)

    asyncio.run(write())


async def _delete(client: Any, nodes: list[Any]) -> None:
    batch = await client.create_batch()
    for node in nodes:
        batch.add(task=node.delete, node=node)
    async for _ in batch.execute():
        pass


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} instead of {expected}.")


# What the rows read


def setup(address: str, token: str) -> None:
    client = InfrahubClientSync(config=config(address, token, Requests()))
    loaded = client.schema.load([SCHEMA], wait_until_converged=True)
    if loaded.errors:
        raise AssertionError(loaded.errors)
    nodes: list[Any] = [
        client.create("BuiltinTag", name=f"bench-{n:04}") for n in range(TAGS_READ - client.count("BuiltinTag"))
    ]
    for d in range(DEVICES if not client.count("LabDevice") else 0):
        device = client.create("LabDevice", name=f"device-{d:03}", description="of the benchmark", role="leaf")
        nodes.append(device)
        for i in range(INTERFACES_EACH):
            interface = client.create("LabInterface", name=f"eth{i}", device=device)
            nodes += [interface, client.create("LabAddress", address=f"10.1.{d}.{i + 1}/24", interface=interface)]
    client.save_all(nodes)


def clean(address: str, token: str) -> None:
    async def delete() -> None:
        client = InfrahubClient(config=config(address, token, Requests()))
        for kind in ("LabAddress", "LabInterface", "LabDevice"):
            await _delete(client, await client.all(kind))
        await _delete(client, [tag for tag in await client.all("BuiltinTag") if tag.name.value.startswith("bench-")])

    asyncio.run(delete())


ROWS: dict[str, dict[str, Callable[..., None]]] = {
    "real-tree-interface": {"peer": tree_by_interface, "ours": tree},
    "real-tree-prefetch": {"peer": tree_prefetched, "ours": tree},
    "real-tree-only": {"peer": tree_prefetched, "ours": tree_of_names},
    "real-tags": {"peer": all_tags, "ours": all_tags},
    "real-batch": {"peer": batch_of_tags, "ours": batch_of_tags},
    "real-save-all": {"peer": three_batches, "ours": save_all},
}

if __name__ == "__main__":
    if sys.argv[1] in {"setup", "clean"}:
        {"setup": setup, "clean": clean}[sys.argv[1]](*sys.argv[2:])
    else:
        ROWS[sys.argv[1]][sys.argv[2]](*sys.argv[3:])
