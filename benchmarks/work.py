"""The work of each row, through the public API that both packages have. Runs in the environment of one of them.

python benchmarks/work.py ROW ADDRESS [CA FILE]    prints the figure
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from canned import ATTRIBUTES, KIND, NEW_NODE, NODES, TINY_QUERY
from rates import BLOCK, most_resident, per_second, per_second_async, resident

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync

if TYPE_CHECKING:
    from collections.abc import Callable

GATHERED, AT_ONCE = 300, 10


def config(address: str, ca: str | None = None, **fields: Any) -> Config:
    return Config(address=address, api_token="0123456789", **fields, **({"tls_ca_file": ca} if ca else {}))


# Requests


def graphql_sync(address: str, ca: str | None = None) -> float:
    client = InfrahubClientSync(config=config(address, ca))
    return per_second(lambda: client.execute_graphql(TINY_QUERY))


def graphql_async(address: str) -> float:
    async def calls() -> int:
        for _ in range(BLOCK):
            await client.execute_graphql(TINY_QUERY)
        return BLOCK

    client = InfrahubClient(config=config(address))
    return asyncio.run(per_second_async(calls))


def graphql_gathered(address: str) -> float:
    async def one(few: asyncio.Semaphore) -> None:
        async with few:
            await client.execute_graphql(TINY_QUERY)

    async def calls() -> int:
        few = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(one(few) for _ in range(GATHERED)))
        return GATHERED

    client = InfrahubClient(config=config(address, max_concurrent_execution=AT_ONCE))
    return asyncio.run(per_second_async(calls))


# Nodes


def with_schema(address: str, **fields: Any) -> InfrahubClientSync:
    """A client that has read the schema and a node."""
    client = InfrahubClientSync(config=config(address, **fields))
    client.all(KIND, limit=2)
    return client


def all_nodes(address: str, size: int, attributes: list[str], of: int) -> float:
    client = with_schema(address, pagination_size=size)
    start = time.perf_counter()
    nodes = client.all(KIND)
    for node in nodes[:of]:
        for name in attributes:
            getattr(node, name).value  # noqa: B018
        node.site.id  # noqa: B018
    elapsed = time.perf_counter() - start
    if len(nodes) != NODES:
        raise AssertionError(f"{len(nodes)} nodes came.")
    return NODES / elapsed


def all_in_parallel(address: str) -> float:
    client = with_schema(address, pagination_size=50)
    start = time.perf_counter()
    nodes = client.all(KIND, parallel=True)
    if len(nodes) != NODES:
        raise AssertionError(f"{len(nodes)} nodes came.")
    return NODES / (time.perf_counter() - start)


def iterate(address: str) -> float:
    """Bytes by which the process grows at most, over what it has after the first page."""
    client = with_schema(address)
    gc.collect()
    before, count = resident(), 0
    for _ in client.iterate(KIND, any__value="many"):
        count += 1
    if count != 1_000_000:
        raise AssertionError(f"{count} nodes came.")
    return float(most_resident() - before)


def memory_held(address: str) -> float:
    """Bytes a node, as Python's allocator counts them."""
    import tracemalloc

    client = with_schema(address, pagination_size=1000)
    gc.collect()
    tracemalloc.start()
    nodes = client.all(KIND)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / len(nodes)


def memory_resident(address: str) -> float:
    """Bytes a node by which the process has grown."""
    client = with_schema(address, pagination_size=1000)
    gc.collect()
    before = resident()
    nodes = client.all(KIND)
    gc.collect()
    return (resident() - before) / len(nodes)


def create_and_render(address: str) -> float:
    client = with_schema(address)
    try:
        from infrahub_sdk.core.saving import create_mutation as render
    except ImportError:
        render = render_as_in_1_23
    return per_second(lambda: render(client.create(KIND, data=dict(NEW_NODE))))


def render_as_in_1_23(node: Any) -> tuple[str, dict[str, Any]]:
    from infrahub_sdk.graphql import Mutation

    data = node._generate_input_data(exclude_hfid=True)
    mutation = Mutation(
        mutation=f"{KIND}Create",
        input_data=data["data"],
        query=node._generate_mutation_query(),
        variables=data["mutation_variables"],
    )
    return mutation.render(), data["variables"]


def create_and_save(address: str) -> float:
    client = with_schema(address)
    return per_second(lambda: client.create(KIND, data=dict(NEW_NODE)).save())


def batch(address: str) -> float:
    """Nodes a second that a batch saves, as programs write it."""

    async def write() -> float:
        client = InfrahubClient(config=config(address))
        nodes = [await client.create(KIND, data={**NEW_NODE, "name": f"device-{n}"}) for n in range(1000)]
        start = time.perf_counter()
        batch = await client.create_batch()
        for node in nodes:
            batch.add(task=node.save, node=node)
        done = [node async for node, _ in batch.execute()]
        if len(done) != len(nodes):
            raise AssertionError(f"{len(done)} nodes were saved.")
        return len(nodes) / (time.perf_counter() - start)

    return asyncio.run(write())


def schema_again(address: str) -> float:
    """The same in a process that has read schemas before, so that all modules are loaded; its classes are gone."""
    seconds = []
    for _ in range(9):
        seconds.append(schema(address))
        gc.collect()
    return statistics.median(seconds[1:])


def schema(address: str) -> float:
    """Seconds until a kind of a schema that nobody has read yet can be used."""
    client = InfrahubClientSync(config=config(address))
    client.execute_graphql(TINY_QUERY)
    start = time.perf_counter()
    client.create(KIND, name="x")
    return time.perf_counter() - start


EVERY = list(ATTRIBUTES)
ROWS: dict[str, Callable[..., float]] = {
    "graphql-sync": graphql_sync,
    "graphql-sync-tls": graphql_sync,
    "graphql-async": graphql_async,
    "graphql-gathered": graphql_gathered,
    "all-1000": lambda address: all_nodes(address, 1000, EVERY[:1], 1),
    "all-50": lambda address: all_nodes(address, 50, EVERY[:1], 1),
    "all-1000-every": lambda address: all_nodes(address, 1000, EVERY, NODES),
    "all-50-every": lambda address: all_nodes(address, 50, EVERY, NODES),
    "memory-held": memory_held,
    "memory-resident": memory_resident,
    "create-render": create_and_render,
    "create-save": create_and_save,
    "schema": schema,
    "schema-again": schema_again,
    "parallel": all_in_parallel,
    "batch": batch,
    "iterate": iterate,
}

if __name__ == "__main__":
    print(ROWS[sys.argv[1]](*sys.argv[2:]))
