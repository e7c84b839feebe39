"""The slots of a client: who has them, who lends them, and that none is lost."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.crew import take_in_thread
from infrahub_sdk.transport.io import BlockingIO, ThreadedIO
from infrahub_sdk.transport.limiter import Limiter, Place
from infrahub_sdk.transport.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 10.0  # seconds after which a wait gives up, so that a failing test ends
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
quietly = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infrahub_sdk.transport.limiter.PATIENCE", 0.01)
    monkeypatch.setattr("infrahub_sdk.transport.crew.PATIENCE", 0.01)


class Sender:
    """Answers requests, and counts how many are under way."""

    def __init__(self) -> None:
        self.now = self.most = self.total = 0

    def sync(self, url: str, **_: Any) -> Response:
        self.now += 1
        self.total += 1
        self.most = max(self.most, self.now)
        self.now -= 1
        return Response(200, content=b'{"data": {}}', url=url)

    async def asynchronous(self, url: str, **_: Any) -> Response:
        self.now += 1
        self.total += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return Response(200, content=b'{"data": {}}', url=url)


def blocking_client(sender: Sender) -> InfrahubClientSync:
    config = Config(address="http://x", max_concurrent_execution=1, sync_requester=sender.sync)
    return InfrahubClientSync(config=config)


def asks_in_a_batch(client: InfrahubClientSync, times: int) -> int:
    batch = client.create_batch()
    for _ in range(times):
        batch.add(task=client.execute_graphql, query="query { x }")
    return len(list(batch.execute()))


def within_limit(work: Callable[[], Any]) -> Any:
    """The result of something that must not hang."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    thread.join(LIMIT)
    assert results, "it hangs"
    return results[0]


# Jobs that wait for others in ways that nobody sees


@pytest.mark.parametrize("way", ["a thread of its own", "a pool of the program"])
def test_a_job_lends_its_slot_to_who_it_waits_for(way: str) -> None:
    sender = Sender()
    client = blocking_client(sender)

    def task() -> int:
        if way == "a thread of its own":
            done: list[int] = []
            thread = threading.Thread(target=lambda: done.append(asks_in_a_batch(client, 5)), daemon=True)
            thread.start()
            thread.join()
        else:
            done = [pool.submit(asks_in_a_batch, client, 5).result()]
        client.execute_graphql("query { x }")  # with its slot back
        return done[0]

    def run() -> list[int]:
        batch = client.create_batch()
        for _ in range(2):
            batch.add(task=task)
        return [result for _, result in batch.execute()]

    with ThreadPoolExecutor(2) as pool:
        assert within_limit(run) == [5, 5]
    assert (sender.most, sender.total) == (1, 12)
    assert repr(client._port.limiter) == "<Limiter 0 of 1 taken, 0 waiting>"


def test_a_task_lends_its_slot_to_who_it_waits_for() -> None:
    sender = Sender()

    async def main() -> list[int]:
        config = Config(address="http://x", max_concurrent_execution=1, requester=sender.asynchronous)
        client = InfrahubClient(config=config)
        orders: asyncio.Queue[asyncio.Future[int]] = asyncio.Queue()

        async def works_off_orders() -> None:  # outside of any job
            while True:
                order = await orders.get()
                batch = await client.create_batch()
                for _ in range(5):
                    batch.add(task=client.execute_graphql, query="query { x }")
                order.set_result(len([result async for result in batch.execute()]))

        async def orders_one() -> int:
            order: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            orders.put_nowait(order)
            done = await order
            await client.execute_graphql("query { x }")
            return done

        worker = asyncio.ensure_future(works_off_orders())
        batch = await client.create_batch()
        for _ in range(2):
            batch.add(task=orders_one)
        found = [result async for _, result in batch.execute()]
        worker.cancel()
        assert repr(client._port.limiter) == "<Limiter 0 of 1 taken, 0 waiting>"
        return found

    assert asyncio.run(asyncio.wait_for(main(), LIMIT)) == [5, 5]
    assert (sender.most, sender.total) == (1, 12)


def test_a_job_that_asks_the_server_keeps_its_slot() -> None:
    limiter = Limiter(1)
    place = Place(limiter)
    assert take_in_thread(place, None)
    with place.asking():
        place._moved = 0.0
        limiter.free_idle()
        assert repr(limiter) == "<Limiter 1 of 1 taken, 0 waiting>"
    place._moved = 0.0
    limiter.free_idle()
    assert repr(limiter) == "<Limiter 0 of 1 taken, 0 waiting>"
    place.leave()
    assert repr(limiter) == "<Limiter 0 of 1 taken, 0 waiting>"


def test_a_slot_that_comes_when_the_job_lends_it_again_goes_to_the_next() -> None:
    limiter = Limiter(1)
    job, other, next_one = Place(limiter), Place(limiter), Place(limiter)
    assert take_in_thread(job, None)
    job.lend()
    assert take_in_thread(other, None)
    assert job.ask_back()
    granted: list[str] = []
    assert not job.take(lambda: granted.append("job"), first=True)
    job.lend()  # another branch of the job waits for jobs of its own
    assert not next_one.take(lambda: granted.append("next"))
    other.leave()
    job.taken()
    assert granted == ["job", "next"]


def test_one_branch_of_a_job_takes_its_slot_back() -> None:
    limiter = Limiter(1)
    job, other = Place(limiter), Place(limiter)
    assert take_in_thread(job, None)
    job.drop()
    assert take_in_thread(other, None)
    assert [job.needs_slot(), job.needs_slot()] == [True, False]


def test_a_wait_that_is_given_up_leaves_the_slot_to_be_asked_for() -> None:
    async def main() -> None:
        from infrahub_sdk.transport.crew import take_in_task

        limiter = Limiter(1)
        job, other = Place(limiter), Place(limiter)
        assert take_in_thread(other, None)
        with other.asking():
            assert job.needs_slot()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(take_in_task(job, first=True), 0.02)
        assert repr(limiter) == "<Limiter 1 of 1 taken, 0 waiting>"
        assert job.needs_slot()

    asyncio.run(main())


# The number of slots


@pytest.mark.parametrize("size", [0, -1, 2.5, "5", None, True])
def test_a_number_of_slots_that_is_none_is_refused(size: Any) -> None:
    client = blocking_client(Sender())
    with pytest.raises(ValidationError, match="max_concurrent_execution"):
        client.max_concurrent_execution = size
    assert client.max_concurrent_execution == 1


# Forked processes


def exit_code_of_child(work: Callable[[], Any]) -> int:
    child = os.fork()
    if child == 0:
        done = threading.Event()
        threading.Thread(target=lambda: done.wait(LIMIT) or os._exit(2), daemon=True).start()
        os._exit(0 if work() else 1)
    return os.waitpid(child, 0)[1]


@forks
@quietly
def test_a_forked_process_has_all_slots() -> None:
    client = blocking_client(Sender())
    inside, go_on = threading.Event(), threading.Event()

    def task() -> None:
        inside.set()
        go_on.wait(LIMIT)

    def run() -> None:
        batch = client.create_batch()
        for _ in range(2):
            batch.add(task=task)
        list(batch.execute())

    thread = threading.Thread(target=run)
    thread.start()
    inside.wait(LIMIT)
    with Place(client._port.limiter).asking():  # so that nobody takes the slot for an idle one
        code = exit_code_of_child(lambda: asks_in_a_batch(client, 3) == 3)
    go_on.set()
    thread.join(LIMIT)
    assert code == 0
    assert repr(client._port.limiter) == "<Limiter 0 of 1 taken, 0 waiting>"


@forks
@quietly
def test_a_forked_process_does_not_wait_for_locks_of_its_parent() -> None:
    from infrahub_sdk.core.port import run

    port = BlockingIO(Config())
    inside, go_on = threading.Event(), threading.Event()

    async def holds() -> None:
        async with port.exclusive("login"):
            inside.set()
            go_on.wait(LIMIT)

    async def passes() -> bool:
        async with port.exclusive("login"):
            return True

    thread = threading.Thread(target=lambda: run(holds()))
    thread.start()
    inside.wait(LIMIT)
    code = exit_code_of_child(lambda: run(passes()))
    go_on.set()
    thread.join(LIMIT)
    assert code == 0


# Closing


def test_a_request_that_waits_for_a_thread_ends_when_the_client_is_closed() -> None:
    from infrahub_sdk.core.port import Call
    from infrahub_sdk.transport.cancellation import AbortedError
    from tests.servers import ScriptedServer, hold

    with ScriptedServer([hold()]) as server:

        async def main() -> list[Any]:
            port = ThreadedIO(Config(max_concurrent_execution=1))
            calls = [Call("GET", server.url, headers={}, timeout=LIMIT) for _ in range(3)]
            tasks = [asyncio.ensure_future(port.send(call)) for call in calls]
            await asyncio.get_running_loop().run_in_executor(None, server.held.wait, LIMIT)
            port.close()
            return await asyncio.gather(*tasks, return_exceptions=True)

        found = asyncio.run(asyncio.wait_for(main(), LIMIT))
    assert [type(error) for error in found] == [AbortedError] * 3
    assert len(server.requests) == 1
