"""Batches: how much runs at once, within each other too, and that nothing is left of those that end early."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import infrahub_sdk.batch
from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.batch import BatchTask, BatchTaskSync, InfrahubBatch, InfrahubBatchSync, execute_batch_task_in_pool
from infrahub_sdk.transport.cancellation import AbortedError
from infrahub_sdk.transport.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = ["tasks", "threads"]
PATIENCE = 10.0  # seconds after which a wait gives up, so that a failing test ends


class Meter:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.now = self.most = self.total = 0
        self.expected = 0  # who is inside leaves when there were so many at once

    @property
    def is_full(self) -> bool:
        return self.most >= self.expected

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self._guard:
            self.now += 1
            self.total += 1
            self.most = max(self.most, self.now)
        try:
            yield
        finally:
            with self._guard:
                self.now -= 1


class Kit:
    """A client of one kind, and tasks for its batches."""

    def __init__(self, kind: str, most: int) -> None:
        self.meter = Meter()
        config = Config(
            max_concurrent_execution=most, requester=self._answer, sync_requester=self._answer_sync, address="http://x"
        )
        self.client: Any = InfrahubClientSync(config=config) if kind == "threads" else InfrahubClient(config=config)
        self.kind = kind

    def _answer_sync(self, url: str, **_: Any) -> Response:
        with self.meter.inside():
            give_up = time.monotonic() + PATIENCE
            while not self.meter.is_full and time.monotonic() < give_up:
                time.sleep(0.001)
        return Response(200, content=b'{"data": {}}', url=url)

    async def _answer(self, url: str, **_: Any) -> Response:
        with self.meter.inside():
            await asyncio.sleep(0)
            while not self.meter.is_full:  # noqa: ASYNC110 - threads are metered alike
                await asyncio.sleep(0)
        return Response(200, content=b'{"data": {}}', url=url)

    def asks(self) -> Any:
        """A task that makes a request."""

        def block() -> str:
            self.client.execute_graphql("query { x }")
            return "asked"

        async def suspend() -> str:
            await self.client.execute_graphql("query { x }")
            return "asked"

        return block if self.kind == "threads" else suspend

    def runs(self, *tasks: Any, batches: int = 1) -> Any:
        """A task that runs tasks of its own in batches, and makes a request between results."""

        def block() -> int:
            done = 0
            for _ in range(batches):
                for _ in self.batch(*tasks).execute():
                    self.client.execute_graphql("query { x }")
                    done += 1
            return done

        async def suspend() -> int:
            done = 0
            for _ in range(batches):
                batch = await self.batch_async(*tasks)
                async for _ in batch.execute():
                    await self.client.execute_graphql("query { x }")
                    done += 1
            return done

        return block if self.kind == "threads" else suspend

    def batch(self, *tasks: Any) -> Any:
        batch = self.client.create_batch()
        for task in tasks:
            batch.add(task=task)
        return batch

    async def batch_async(self, *tasks: Any) -> Any:
        batch = await self.client.create_batch()
        for task in tasks:
            batch.add(task=task)
        return batch

    def results(self, *tasks: Any) -> list[Any]:
        """The results of a batch."""
        if self.kind == "threads":
            return [result for _, result in self.batch(*tasks).execute()]

        async def main() -> list[Any]:
            before = asyncio.all_tasks()
            batch = await self.batch_async(*tasks)
            found = [result async for _, result in batch.execute()]
            assert asyncio.all_tasks() == before
            return found

        return asyncio.run(asyncio.wait_for(main(), PATIENCE))


@pytest.fixture(params=KINDS)
def kit(request: pytest.FixtureRequest) -> Iterator[Callable[[int], Kit]]:
    made: list[Kit] = []

    def make(most: int) -> Kit:
        made.append(Kit(request.param, most))
        return made[-1]

    before = threading.active_count()
    yield make
    assert threading.active_count() == before
    for each in made:
        assert repr(each.client._port.limiter).startswith("<Limiter 0 of")
        assert repr(each.client._port.limiter).endswith(" 0 waiting>")


def test_no_more_tasks_run_than_the_client_says(kit: Callable[[int], Kit]) -> None:
    here = kit(3)
    here.meter.expected = 3
    assert here.results(*[here.asks()] * 20) == ["asked"] * 20
    assert here.meter.most == 3


def test_a_change_of_the_setting_counts_from_the_next_batch_on(kit: Callable[[int], Kit]) -> None:
    here = kit(2)
    here.client.max_concurrent_execution = here.meter.expected = 7
    here.results(*[here.asks()] * 30)
    assert here.meter.most == 7
    here.client.max_concurrent_execution = 1
    here.meter.most = here.meter.expected = 0
    here.results(*[here.asks()] * 5)
    assert here.meter.most == 1


@pytest.mark.parametrize("most", [1, 2, 3])
def test_batches_within_batches_come_to_an_end_and_keep_the_limit(kit: Callable[[int], Kit], most: int) -> None:
    here = kit(most)
    inner = here.runs(*[here.asks()] * 3, batches=2)
    middle = here.runs(inner, inner, here.asks())
    assert here.results(middle, here.asks(), middle, inner) == [3, "asked", 3, 6] or here.kind == "tasks"
    assert here.meter.most <= most
    assert here.meter.total == 2 * (2 * 12 + 1 + 3) + 1 + 12


def test_parallel_work_within_a_task_keeps_the_limit(kit: Callable[[int], Kit]) -> None:
    here = kit(2)
    port = here.client._port

    async def ask() -> None:
        from infrahub_sdk.core.graphql import execute

        await execute(here.client, "query { x }")

    def block() -> None:
        here.client._run(port.gather([ask() for _ in range(5)], 5))

    async def suspend() -> None:
        await port.gather([ask() for _ in range(5)], 5)

    here.meter.expected = 2
    here.results(*[block if here.kind == "threads" else suspend] * 4)
    assert (here.meter.most, here.meter.total) == (2, 20)


def test_batches_of_one_client_share_its_limit_whoever_runs_them() -> None:
    here = Kit("threads", 3)
    here.meter.expected = 3
    threads = [threading.Thread(target=here.results, args=[here.asks()] * 10) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (here.meter.most, here.meter.total) == (3, 40)


def test_batches_of_one_client_share_its_limit_in_one_event_loop() -> None:
    here = Kit("tasks", 3)
    here.meter.expected = 3

    async def one() -> None:
        batch = await here.batch_async(*[here.asks()] * 10)
        async for _ in batch.execute():
            pass

    async def main() -> None:
        await asyncio.gather(*(one() for _ in range(4)))

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert (here.meter.most, here.meter.total) == (3, 40)


def test_a_task_that_runs_batches_side_by_side_does_not_hang() -> None:
    here = Kit("tasks", 1)

    async def both() -> list[int]:
        return list(await asyncio.gather(here.runs(here.asks(), here.asks())(), here.runs(here.asks())()))

    assert here.results(both, both) == [[2, 1]] * 2


def test_a_semaphore_limits_a_batch_without_a_client() -> None:
    meter = Meter()
    meter.expected = 4

    async def step() -> None:
        with meter.inside():
            while not meter.is_full:  # noqa: ASYNC110 - threads are metered alike
                await asyncio.sleep(0)

    async def main() -> int:
        batch = InfrahubBatch(semaphore=asyncio.Semaphore(4), max_concurrent_execution=1)
        for _ in range(20):
            batch.add(task=step)
        return len([item async for item in batch.execute()])

    assert asyncio.run(main()) == 20
    assert meter.most == 4


def test_results_come_as_they_are_there() -> None:
    async def main() -> list[int]:
        gate = asyncio.Event()

        async def late() -> int:
            await gate.wait()
            return 0

        async def early() -> int:
            return 1

        batch = InfrahubBatch()
        batch.add(task=late)
        batch.add(task=early)
        found = []
        async for _, result in batch.execute():
            found.append(result)
            gate.set()
        return found

    assert asyncio.run(asyncio.wait_for(main(), PATIENCE)) == [1, 0]


def test_results_of_threads_come_in_the_order_of_the_tasks_without_waiting_for_all() -> None:
    gate = threading.Event()

    def late() -> bool:
        return gate.wait(PATIENCE)

    batch = InfrahubBatchSync()
    for number in range(3):
        batch.add(number, task=abs, node=number)
    batch.add(task=late)
    batch.add(4, task=abs, node=4)
    results = batch.execute()
    assert [next(results) for _ in range(3)] == [(0, 0), (1, 1), (2, 2)]
    gate.set()
    assert list(results) == [(None, True), (4, 4)]


# Ending early


def test_a_loop_over_threads_that_is_left_leaves_nothing() -> None:
    here = Kit("threads", 2)
    before = set(threading.enumerate())
    begun = here.meter
    for _ in here.batch(*[here.runs(here.asks(), here.asks())] * 50).execute():
        break
    assert set(threading.enumerate()) == before
    assert begun.total < 200
    assert here.results(here.asks()) == ["asked"]


@pytest.mark.parametrize("closes", [True, False])
def test_a_loop_over_tasks_that_is_left_leaves_nothing(closes: bool) -> None:
    here = Kit("tasks", 2)

    async def main() -> None:
        before = asyncio.all_tasks()
        batch = await here.batch_async(*[here.runs(here.asks(), here.asks())] * 50)
        results = batch.execute()
        async for _ in results:
            break
        if closes:
            await results.aclose()
        del results  # the event loop closes it then, in a task of its own
        while not closes and asyncio.all_tasks() != before:  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == before
        assert repr(here.client._port.limiter) == "<Limiter 0 of 2 taken, 0 waiting>"

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert here.meter.total < 200


def test_a_cancelled_loop_leaves_nothing_and_the_next_batch_works() -> None:
    here = Kit("tasks", 2)

    async def consume() -> None:
        batch = await here.batch_async(*[here.runs(here.asks(), here.asks())] * 20)
        async for _ in batch.execute():
            pass

    async def main() -> None:
        before = asyncio.all_tasks()
        for steps in range(60):
            task = asyncio.ensure_future(consume())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert asyncio.all_tasks() == before
            assert repr(here.client._port.limiter) == "<Limiter 0 of 2 taken, 0 waiting>"
        batch = await here.batch_async(here.asks())
        assert [result async for _, result in batch.execute()] == ["asked"]

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


class Hanging:
    """A transport whose answers come when the request is aborted."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.aborted = threading.Semaphore(0)

    def send(self, request: Any) -> Response:
        ended = threading.Event()
        request.cancellation.attach(ended.set)
        self.arrived.release()
        assert ended.wait(PATIENCE), "nobody aborted it"
        self.aborted.release()
        raise AbortedError("aborted")

    def has_aborted(self, requests: int) -> bool:
        """Whether so many were aborted, and no more; their threads may tell a moment after the calls came back."""
        for _ in range(requests):
            if not self.aborted.acquire(timeout=PATIENCE):
                return False
        return not self.aborted.acquire(blocking=False)

    def close(self) -> None:
        pass


def fails_after(transport: Hanging, requests: int) -> None:
    for _ in range(requests):
        assert transport.arrived.acquire(timeout=PATIENCE)
    raise ValueError("no")


def test_a_failing_thread_aborts_the_requests_of_its_siblings() -> None:
    before = set(threading.enumerate())
    client = InfrahubClientSync(config=Config(address="http://x", max_concurrent_execution=3))
    transport = client._port._transport = Hanging()  # type: ignore[attr-defined]
    batch = client.create_batch()
    for _ in range(5):
        batch.add("query { x }", task=client.execute_graphql)
    batch._tasks.insert(0, BatchTaskSync(fails_after, (transport, 2), {}))
    with pytest.raises(ValueError, match="no"):
        list(batch.execute())
    assert transport.has_aborted(2)
    assert set(threading.enumerate()) == before


def test_a_failing_task_aborts_the_requests_of_its_siblings() -> None:
    transport = Hanging()

    async def fail() -> None:
        await asyncio.get_running_loop().run_in_executor(None, fails_after, transport, 2)

    async def main() -> None:
        before = asyncio.all_tasks()
        client = InfrahubClient(config=Config(address="http://x", max_concurrent_execution=3))
        client._port._transport = transport  # type: ignore[attr-defined]
        batch = await client.create_batch()
        batch.add(task=fail)
        for _ in range(5):
            batch.add("query { x }", task=client.execute_graphql)
        with pytest.raises(ValueError, match="no"):
            _ = [item async for item in batch.execute()]
        assert asyncio.all_tasks() == before
        await client.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert transport.has_aborted(2)


def test_a_failure_ends_batches_within_the_siblings_and_their_waits() -> None:
    client = InfrahubClientSync(config=Config(address="http://x", max_concurrent_execution=4))
    transport = client._port._transport = Hanging()  # type: ignore[attr-defined]
    before = set(threading.enumerate())
    waits = threading.Event()

    def nested() -> None:
        batch = client.create_batch()
        batch.add("query { x }", task=client.execute_graphql)
        list(batch.execute())

    def sleeps() -> None:
        waits.set()
        client._run(client._port.sleep(PATIENCE))

    def fail() -> None:
        assert waits.wait(PATIENCE)
        fails_after(transport, 1)

    batch = client.create_batch()
    for task in (nested, sleeps, fail):
        batch.add(task=task)
    began = time.monotonic()
    with pytest.raises(ValueError, match="no"):
        list(batch.execute())
    assert time.monotonic() - began < PATIENCE / 2
    assert transport.has_aborted(1)
    assert set(threading.enumerate()) == before


# Names of old


def test_the_names_of_both_kinds_are_in_one_module() -> None:
    assert infrahub_sdk.batch.InfrahubBatchSync is InfrahubBatchSync
    assert BatchTaskSync(abs, (-1,), {}, "node").execute() == ("node", 1)
    assert isinstance(BatchTaskSync(abs, ("x",), {}).execute(return_exceptions=True)[1], TypeError)


def test_a_task_runs_in_a_pool() -> None:
    async def step(number: int) -> int:
        return 10 // number

    async def main() -> list[Any]:
        pool = asyncio.Semaphore(1)
        tasks = [BatchTask(step, (number,), {}, node=number) for number in (5, 0)]
        return [await execute_batch_task_in_pool(task, pool, return_exceptions=True) for task in tasks]

    (first, second) = asyncio.run(main())
    assert first == (5, 2)
    assert isinstance(second[1], ZeroDivisionError)


def test_both_batches_are_made_as_programs_make_them() -> None:
    for made in (InfrahubBatch(None, 3, True), InfrahubBatchSync(3, True)):
        assert (made.max_concurrent_execution, made.return_exceptions, made.num_tasks) == (3, True, 0)


def test_another_limit_makes_as_many_threads() -> None:
    together = threading.Barrier(9, timeout=PATIENCE)

    class Meeting(Hanging):
        def send(self, request: Any) -> Response:
            together.wait()  # breaks unless all nine are here at once
            return Response(200, content=b'{"data": {}}', url=request.url)

    async def main() -> None:
        client = InfrahubClient(config=Config(address="http://x", max_concurrent_execution=1))
        client._port._transport = Meeting()  # type: ignore[attr-defined]
        client.max_concurrent_execution = 9
        batch = await client.create_batch()
        for _ in range(9):
            batch.add("query { x }", task=client.execute_graphql)
        assert len([item async for item in batch.execute()]) == 9
        await client.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))
