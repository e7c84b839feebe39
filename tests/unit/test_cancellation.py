"""Calls that are cancelled at any moment leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Callable

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.transport import AbortedError, Request
from infrahub_sdk.transport.connector import Connector
from tests.dawdler import TAGS, Dawdler
from tests.servers import ScriptedServer, answer, hold, then, unasked
from tests.unit.kinds import schema
from tests.unit.transport.support import open_transport
from tests.unit.transport.test_tls import GOOD, trusting

Work = Callable[[InfrahubClient, int], Awaitable[None]]

WIDTH = 12  # calls at once
PROMPT = 0.05  # seconds


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for what no event tells of, such as the end of a thread."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.002)


def gone(things: Callable[[], list[str]]) -> None:
    """The same until there are none; the error names those that there are."""
    end = time.monotonic() + 10
    while left := things():
        assert time.monotonic() < end, left
        time.sleep(0.002)


async def eventually(condition: Callable[[], object]) -> None:
    """The same while the event loop goes on."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        await asyncio.sleep(0.001)


def client_of(url: str, **fields: Any) -> InfrahubClient:
    config = Config(address=url, **fields)
    config.set_ssl_context(trusting())
    return InfrahubClient(config=config)


def phases(client: InfrahubClient) -> list[str]:
    """What each request in flight is doing."""
    transport: Any = client._port
    made = transport._transport and transport._transport._made.get("opener")
    return [exchange.phase for exchange in list(made[1]._active)] if made else []


async def settled(client: InfrahubClient) -> None:
    """Wait until the threads have given back what cancelled calls had; raises if they do not."""
    await eventually(lambda: counts(client)[0] == 0)


class Possessions:
    """What the process has, to compare with what it had: descriptors, and threads by their names."""

    def __init__(self) -> None:
        self._descriptors = Counter(self.descriptors().values())
        self._threads = set(threading.enumerate())

    @staticmethod
    def descriptors() -> dict[str, str]:
        """What each descriptor is of; where there is no such thing as `/proc`, only threads are counted."""
        found = {}
        for path in Path("/proc/self/fd").glob("*"):
            with suppress(OSError):  # it was closed meanwhile, as is the one that reads the list
                found[path.name] = str(path.readlink())
        return found

    def new_descriptors(self) -> list[str]:
        """Those that were not there; of a socket with the two addresses, in the kernel's notation, and the state."""
        new = Counter(self.descriptors().values()) - self._descriptors
        if not new:
            return []
        table = Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()
        sockets = {f"socket:[{row[9]}]": " ".join(row[1:4]) for row in map(str.split, table)}
        return [f"{target} {sockets.get(target, '')}" for target in new]

    def new_threads(self, name: str = "") -> list[str]:
        return [
            thread.name
            for thread in threading.enumerate()
            if thread not in self._threads and thread.name.startswith(name)
        ]

    def check_nothing_is_left(self) -> None:
        gone(self.new_threads)
        gone(self.new_descriptors)


def counts(client: InfrahubClient) -> tuple[int, int]:
    """Active and idle connections, as the repr says."""
    words = repr(client._port).replace(">", "").split()
    if "unused" in words:
        return 0, 0
    return int(words[words.index("active,") - 1]), int(words[words.index("idle") - 1])


async def plain(client: InfrahubClient, number: int) -> None:
    assert await client.execute_graphql(f"query {{ n{number} }}") == {"n": number}


async def everything(client: InfrahubClient, number: int) -> None:
    assert len(await client.all("BuiltinTag")) == TAGS


async def pages_side_by_side(client: InfrahubClient, number: int) -> None:
    found = await client.all("BuiltinTag", parallel=True)
    assert sorted(int(tag.name.value[4:]) for tag in found) == list(range(TAGS))


async def gathered(client: InfrahubClient, number: int) -> None:
    await asyncio.gather(*(plain(client, number * 10 + position) for position in range(3)))


async def one_after_the_other(client: InfrahubClient, number: int) -> None:
    found = [tag.name.value async for tag in client.iterate("BuiltinTag")]
    assert found == [f"tag-{position}" for position in range(TAGS)]


async def left_half_way(client: InfrahubClient, number: int) -> None:
    async for _ in client.iterate("BuiltinTag"):
        break


async def batched(client: InfrahubClient, number: int) -> None:
    batch = await client.create_batch()
    for position in range(3):
        batch.add(task=plain, client=client, number=number * 10 + position)
    assert len([outcome async for outcome in batch.execute()]) == 3


async def storm(client: InfrahubClient, work: Work, chance: random.Random, count: int, longest: float) -> None:
    """Start calls and cancel so many at random moments, by turns with a time limit and by cancelling their task.

    Those that come to their end before have the right result.
    """
    numbers = iter(range(1, 1000 * count))
    cancelled: list[int] = []

    async def one(number: int) -> None:
        seconds = chance.random() * longest
        task = asyncio.ensure_future(work(client, number))
        try:
            if chance.random() < 0.5:
                await asyncio.wait_for(task, seconds)
            else:
                await asyncio.sleep(seconds)
                task.cancel()
                await task
        except (asyncio.CancelledError, asyncio.TimeoutError):
            cancelled.append(number)

    async def go_on() -> None:
        while len(cancelled) < count:
            await one(next(numbers))

    await asyncio.gather(*(go_on() for _ in range(WIDTH)))


@pytest.mark.parametrize(
    ("work", "count", "longest", "is_secure"),
    [
        (plain, 4500, 0.004, False),
        (plain, 1000, 0.020, True),
        (everything, 1000, 0.010, False),
        (pages_side_by_side, 1000, 0.010, False),
        (gathered, 1000, 0.006, False),
        (batched, 500, 0.008, False),
        (one_after_the_other, 500, 0.010, False),
        (left_half_way, 500, 0.004, False),
    ],
    ids=[
        "requests",
        "over-tls",
        "reading-all",
        "reading-side-by-side",
        "gathered",
        "batched",
        "iterating",
        "iterating-half-way",
    ],
)
def test_nothing_is_left_of_calls_that_were_cancelled(work: Work, count: int, longest: float, is_secure: bool) -> None:
    before = Possessions()
    with Dawdler(schema(), seed=count, tls=GOOD if is_secure else None) as server:

        async def main() -> None:
            client = client_of(server.url, max_concurrent_execution=8, retry_on_failure=True, retry_delay=0.001)
            await work(client, 7)  # the schema is read before, so that a short time is enough to get somewhere
            await storm(client, work, random.Random(1), count, longest)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            await settled(client)
            assert len(before.new_threads("infrahub-sdk")) <= 8
            await plain(client, 7)
            await client.close()

        asyncio.run(main())
    before.check_nothing_is_left()


# -- at once, whatever it waits for ------------------------------------------------------------------------------------


@contextmanager
def black_hole() -> Iterator[str]:
    """The URL of a port that answers nothing to who wants to connect: its queue is full."""
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"


class Resolver:
    """Stands for a name service that does not answer until it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.release = threading.Event()

    def __call__(self, *_: Any) -> list[Any]:
        self.asked.set()
        self.release.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "not known")


Waits = Callable[[], Any]


def resolving(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    resolver = Resolver()
    stack.enter_context(pytest.MonkeyPatch.context()).setattr(Connector.__init__, "__defaults__", (resolver,))
    stack.callback(resolver.release.set)
    return client_of("http://slow.example"), resolver.asked.is_set


def connecting(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    client = client_of(stack.enter_context(black_hole()))
    return client, lambda: phases(client) == ["connect"]


def agreeing_on_tls(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([unasked(hold())]))
    client = client_of(server.url.replace("http", "https"))
    return client, lambda: server.held.is_set() and phases(client) == ["tls"]


def asking_the_proxy(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    proxy = stack.enter_context(ScriptedServer([hold()]))
    return client_of("https://infrahub.example", proxy=proxy.url), proxy.held.is_set


def sending(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([unasked(hold())]))
    client = client_of(server.url)
    client.headers = {**client.headers, "X-Long": "x" * 10_000_000}
    return client, lambda: server.held.is_set() and phases(client) == ["send"]


def waiting_for_the_answer(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([hold()]))
    return client_of(server.url), server.held.is_set


def reading_the_answer(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([then(answer(b"{", length=99), hold())]))
    return client_of(server.url), server.held.is_set


def waiting_to_try_again(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([answer(b"", "503 Busy")]))
    client = client_of(server.url, retry_on_failure=True, retry_delay=60)
    return client, lambda: server.requests and counts(client) == (0, 1)


def refused_for_too_many_requests(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([answer(b"", "429 Slow", {"Retry-After": "60"})]))
    client = client_of(server.url)
    return client, lambda: server.requests and counts(client) == (0, 1)


def logging_in(stack: ExitStack) -> tuple[InfrahubClient, Waits]:
    server = stack.enter_context(ScriptedServer([hold()]))
    return client_of(server.url, username="admin", password="s3cret"), server.held.is_set


@pytest.mark.parametrize(
    "state",
    [
        resolving,
        connecting,
        agreeing_on_tls,
        asking_the_proxy,
        sending,
        waiting_for_the_answer,
        reading_the_answer,
        waiting_to_try_again,
        refused_for_too_many_requests,
        logging_in,
    ],
    ids=lambda state: state.__name__,
)
def test_a_cancelled_call_returns_at_once_whatever_it_waits_for(
    state: Callable[[ExitStack], tuple[InfrahubClient, Waits]],
) -> None:
    async def main() -> float:
        with ExitStack() as stack:
            client, waits = state(stack)
            task = asyncio.ensure_future(plain(client, 1))
            await eventually(waits)
            started = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            took = time.monotonic() - started
            assert asyncio.all_tasks() == {asyncio.current_task()}
            await settled(client)
            await client.close()
            return took

    before = Possessions()
    # The best of ten: other processes share the machine.
    assert any(asyncio.run(main()) < PROMPT for _ in range(10))
    before.check_nothing_is_left()


async def test_a_call_that_is_cancelled_in_the_queue_is_never_sent() -> None:
    release = threading.Event()
    with ScriptedServer([then(hold(release), answer(b'{"data": {"n": 1}}')), answer(b'{"data": {"n": 2}}')]) as server:
        client = client_of(server.url, max_concurrent_execution=1)
        first = asyncio.ensure_future(plain(client, 1))
        await eventually(server.held.is_set)
        queued = [asyncio.ensure_future(plain(client, number)) for number in (3, 4, 5)]
        await asyncio.sleep(0)
        for task in queued:
            task.cancel()
        assert await asyncio.gather(*queued, return_exceptions=True) != [None] * 3
        release.set()
        await first
        await plain(client, 2)
        assert len(server.requests) == 2
        await client.close()


async def test_lookups_that_never_end_hold_one_thread_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver()
    monkeypatch.setattr(Connector.__init__, "__defaults__", (resolver,))
    before = Possessions()
    client = client_of("http://slow.example")
    for _ in range(20):
        task = asyncio.ensure_future(plain(client, 1))
        await eventually(lambda: phases(client) == ["resolve"] and resolver.asked.is_set())
        task.cancel()
        await asyncio.wait([task])
        await settled(client)
    assert len(before.new_threads("infrahub-sdk-resolver")) == 1
    resolver.release.set()
    await client.close()
    before.check_nothing_is_left()


async def test_who_asks_for_a_name_that_is_being_looked_up_gets_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver = Resolver()
    monkeypatch.setattr(Connector.__init__, "__defaults__", (resolver,))
    client = client_of("http://slow.example")
    tasks = [asyncio.ensure_future(plain(client, number)) for number in range(3)]
    await eventually(lambda: phases(client) == ["resolve"] * 3)
    resolver.release.set()
    errors = await asyncio.gather(*tasks, return_exceptions=True)
    assert ["not known here" in str(error) for error in errors] == [True] * 3
    await client.close()


# -- the client or its event loop goes away ----------------------------------------------------------------------------


async def test_a_client_that_is_closed_ends_what_runs_and_what_waits() -> None:
    before = Possessions()
    with ScriptedServer([hold()]) as server:
        client = client_of(server.url, max_concurrent_execution=2)
        tasks = [asyncio.ensure_future(plain(client, number)) for number in range(6)]
        await eventually(lambda: len(server.requests) == 2)
        await client.close()
        errors = await asyncio.gather(*tasks, return_exceptions=True)
        assert ["closed" in str(error) for error in errors] == [True] * 6
        assert len(server.requests) == 2
    before.check_nothing_is_left()


def test_a_client_that_is_closed_by_another_thread_ends_what_runs() -> None:
    before = Possessions()
    with ScriptedServer([hold()]) as server:
        client = InfrahubClientSync(config=Config(address=server.url))
        closing = threading.Thread(target=lambda: (server.held.wait(10), client.close()))
        closing.start()
        with pytest.raises(AbortedError, match="the client was closed"):
            client.execute_graphql("query { n1 }")
        closing.join()
    before.check_nothing_is_left()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # asyncio's own, of the pending task
def test_an_event_loop_that_is_closed_meanwhile_costs_no_slot() -> None:
    before = Possessions()
    release = threading.Event()
    one = answer(b'{"data": {"n": 1}}')
    with ScriptedServer([then(hold(release), one)], [one]) as server:
        client = client_of(server.url, max_concurrent_execution=1)
        loop = asyncio.new_event_loop()
        task = loop.create_task(plain(client, 1))
        loop.run_until_complete(eventually(server.held.is_set))
        loop.close()
        release.set()
        asyncio.run(plain(client, 1))
        assert counts(client) == (0, 1)
        asyncio.run(client.close())
        assert not task.done()
        del task
        gc.collect()
    before.check_nothing_is_left()


def test_a_call_whose_coroutine_is_dropped_is_ended() -> None:
    with ScriptedServer([hold()]) as server:
        client = client_of(server.url)

        async def main() -> None:
            call: Any = plain(client, 1)
            waiting = call.send(None)
            await eventually(server.held.is_set)
            call.close()
            await settled(client)
            assert waiting is not None
            await client.close()

        asyncio.run(main())


def test_one_client_serves_two_event_loops_while_both_cancel() -> None:
    before = Possessions()
    with Dawdler(schema(), seed=2) as server:
        client = client_of(server.url, max_concurrent_execution=8)

        def run(seed: int) -> None:
            asyncio.run(storm(client, plain, random.Random(seed), 200, 0.006))

        with ThreadPoolExecutor(2) as executor:
            list(executor.map(run, (1, 2)))
        until(lambda: counts(client)[0] == 0, "slots are left")
        asyncio.run(plain(client, 7))
        asyncio.run(client.close())
    before.check_nothing_is_left()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_while_a_request_runs_leaves_it_to_the_parent() -> None:
    release = threading.Event()
    one = answer(b'{"data": {"n": 1}}')
    with ScriptedServer([then(hold(release), one)], [one]) as server:
        client = InfrahubClientSync(config=Config(address=server.url))
        with ThreadPoolExecutor(1) as executor:
            running = executor.submit(client.execute_graphql, "query { n1 }")
            server.held.wait(10)
            child = os.fork()
            if child == 0:
                good = client.execute_graphql("query { n1 }") == {"n": 1} and "0 active, 1 idle" in repr(client._port)
                os._exit(0 if good else 1)
            assert os.waitpid(child, 0)[1] == 0
            release.set()
            assert running.result() == {"n": 1}
        assert "0 active, 1 idle" in repr(client._port)
        client.close()


# -- Ctrl-C ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot signal a thread")
def test_ctrl_c_while_waiting_gives_the_slot_back() -> None:
    before = Possessions()
    with ScriptedServer([hold()], [answer(b'{"data": {"n": 1}}')]) as server:
        client = InfrahubClientSync(config=Config(address=server.url))
        main = threading.get_ident()
        presses = threading.Thread(target=lambda: (server.held.wait(10), signal.pthread_kill(main, signal.SIGINT)))
        presses.start()
        with pytest.raises(KeyboardInterrupt):
            client.execute_graphql("query { n1 }")
        presses.join()
        assert "0 active, 0 idle" in repr(client._port)
        assert client.execute_graphql("query { n1 }") == {"n": 1}
        client.close()
    before.check_nothing_is_left()


class Interrupting:
    """Raises KeyboardInterrupt at the n-th line that the transport runs in this thread."""

    def __init__(self, position: int) -> None:
        self._left = position
        self.has_struck = False

    def __enter__(self) -> Interrupting:
        sys.settrace(self._trace)
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        sys.settrace(None)

    def _trace(self, frame: Any, event: str, argument: Any) -> Any:
        if "transport" not in frame.f_code.co_filename or self.has_struck:
            return None
        if event == "line":
            self._left -= 1
            if self._left == 0:
                self.has_struck = True
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._trace


# Between two lines a socket may be nobody's for a moment, and is closed by being dropped.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("is_kept_alive", [False, True])
def test_ctrl_c_at_any_line_leaves_a_client_that_works(is_kept_alive: bool) -> None:
    good = answer(b'{"data": {"n": 1}}', headers={} if is_kept_alive else {"Connection": "close"})
    with ScriptedServer([good]) as server:
        client = InfrahubClientSync(config=Config(address=server.url))
        client.execute_graphql("query { n1 }")
        for position in range(1, 1000):
            interrupting = Interrupting(position)
            try:
                with interrupting:
                    client.execute_graphql("query { n1 }")
            except KeyboardInterrupt:
                pass
            gc.collect(0)
            assert "0 active" in repr(client._port), position
            assert client.execute_graphql("query { n1 }") == {"n": 1}
            if not interrupting.has_struck:
                break
        assert position > 50
        client.close()


# -- answers that nobody reads to the end ------------------------------------------------------------------------------


def test_an_answer_that_is_dropped_while_the_pool_is_busy_does_not_hang() -> None:
    with ScriptedServer([answer(bytes(100_000))]) as server, open_transport() as transport:
        response = transport.send(Request(server.url), stream=True)
        held = [response]
        del response
        with transport._made["opener"][1]._lock:  # as if the collector ran in there
            held.clear()
        assert repr(transport) == "<Transport 0 active, 0 idle>"
