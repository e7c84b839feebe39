"""The two drivers of the port: what is in flight at once, what is seen there, what an error leaves behind."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import Config
from infrahub_sdk.core.port import Call, run
from infrahub_sdk.transport import Response
from infrahub_sdk.transport.io import BlockingIO, ThreadedIO

if TYPE_CHECKING:
    from collections.abc import Callable

CALL = Call("GET", "http://infrahub.test/x", headers={}, timeout=1.0)
color: contextvars.ContextVar[str] = contextvars.ContextVar("color", default="none")


class Double:
    """A transport that does what the test says, in the thread that it is called in."""

    def __init__(self, send: Callable[[Any], Response]) -> None:
        self._send = send
        self.closed = 0

    def send(self, request: Any) -> Response:
        return self._send(request)

    def close(self) -> None:
        self.closed += 1


def threaded(send: Callable[[Any], Response], **fields: Any) -> ThreadedIO:
    port = ThreadedIO(Config(**fields))
    port._transport = Double(send)
    return port


def test_as_many_requests_are_in_flight_as_the_settings_say() -> None:
    together = threading.Barrier(40, timeout=10)

    def send(request: Any) -> Response:
        together.wait()  # breaks unless all forty are here at once, more than any default executor has threads for
        return Response(200, content=b"", url=request.url)

    async def main() -> None:
        port = threaded(send, max_concurrent_execution=40)
        await asyncio.gather(*(port.send(CALL) for _ in range(40)))
        port.close()

    asyncio.run(main())


def test_no_more_requests_are_in_flight_than_the_settings_say() -> None:
    running: list[int] = []
    most: list[int] = []
    guard = threading.Lock()

    def send(request: Any) -> Response:
        with guard:
            running.append(1)
            most.append(len(running))
        with guard:
            running.pop()
        return Response(200, content=b"", url=request.url)

    async def main() -> None:
        port = threaded(send, max_concurrent_execution=3)
        await asyncio.gather(*(port.send(CALL) for _ in range(50)))
        port.close()

    asyncio.run(main())
    assert max(most) <= 3


def test_context_variables_reach_the_transport() -> None:
    seen: list[str] = []

    def send(request: Any) -> Response:
        seen.append(color.get())
        return Response(200, content=b"", url=request.url)

    async def main() -> None:
        color.set("blue")
        port = threaded(send)
        await port.send(CALL)
        port.close()

    asyncio.run(main())
    assert seen == ["blue"]


def test_a_cancelled_request_returns_at_once_and_is_aborted() -> None:
    aborted, arrived = threading.Event(), threading.Event()

    def send(request: Any) -> Response:
        request.abort = aborted.set
        arrived.set()
        aborted.wait(10)
        raise AssertionError("aborted")

    async def main() -> None:
        port = threaded(send)
        task = asyncio.ensure_future(port.send(CALL))
        await asyncio.get_running_loop().run_in_executor(None, arrived.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        port.close()

    asyncio.run(main())
    assert aborted.is_set()


def test_one_client_serves_one_event_loop_after_the_other() -> None:
    port = threaded(lambda request: Response(200, content=b"x", url=request.url))

    async def main() -> bytes:
        async with port.exclusive("login"):
            return (await port.send(CALL)).content

    assert [asyncio.run(main()), asyncio.run(main())] == [b"x", b"x"]
    port.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_gets_threads_of_its_own() -> None:
    port = threaded(lambda request: Response(200, content=b"x", url=request.url))
    asyncio.run(port.send(CALL))
    child = os.fork()
    if child == 0:
        response = asyncio.run(asyncio.wait_for(port.send(CALL), 10))
        os._exit(0 if response.content == b"x" else 1)
    assert os.waitpid(child, 0)[1] == 0
    port.close()


def make(kind: str) -> Any:
    return BlockingIO(Config()) if kind == "blocking" else ThreadedIO(Config())


def drive(kind: str, coroutine: Any) -> Any:
    return run(coroutine) if kind == "blocking" else asyncio.run(coroutine)


@pytest.mark.parametrize("kind", ["blocking", "threaded"])
def test_gathered_results_keep_their_order(kind: str) -> None:
    async def number(value: int) -> int:
        return value

    async def main() -> list[int]:
        found: list[int] = await make(kind).gather([number(value) for value in range(20)], limit=4)
        return found

    assert drive(kind, main()) == list(range(20))


@pytest.mark.parametrize("kind", ["blocking", "threaded"])
def test_the_first_error_of_gathered_calls_ends_the_others(kind: str) -> None:
    begun: list[int] = []
    port = make(kind)

    async def step(value: int) -> None:
        begun.append(value)
        if value == 0:
            raise ValueError("the first")
        await port.sleep(0)

    async def main() -> None:
        await port.gather([step(value) for value in range(500)], limit=1)

    with pytest.raises(ValueError, match="the first"):
        drive(kind, main())
    assert len(begun) < 500


@pytest.mark.parametrize("kind", ["blocking", "threaded"])
def test_the_users_requester_gets_what_it_always_got(kind: str) -> None:
    seen: list[dict[str, Any]] = []

    def request(**arguments: Any) -> Response:
        seen.append(arguments)
        return Response(200, content=b"{}", url=arguments["url"])

    async def request_async(**arguments: Any) -> Response:
        return request(**arguments)

    config = Config(requester=request_async, sync_requester=request)
    port = BlockingIO(config) if kind == "blocking" else ThreadedIO(config)
    call = Call("POST", "http://infrahub.test/x", headers={"a": "b"}, timeout=7, payload={"query": "q"})
    drive(kind, port.send(call))
    (arguments,) = seen
    assert arguments["method"].value == "post"
    del arguments["method"]
    assert arguments == {"url": call.url, "headers": {"a": "b"}, "timeout": 7, "payload": {"query": "q"}}


def test_a_blocking_port_that_suspends_is_a_mistake_that_says_so() -> None:
    class Suspends:
        def __await__(self) -> Any:
            yield

    async def wrong() -> None:
        await Suspends()

    with pytest.raises(RuntimeError, match="synchronous client"):
        run(wrong())


@pytest.mark.parametrize("kind", ["blocking", "threaded"])
def test_closing_gives_back_the_transport(kind: str) -> None:
    port = make(kind)
    double = port._transport = Double(lambda request: Response(200, content=b"", url=request.url))
    drive(kind, port.send(CALL))
    port.close()
    port.close()
    assert double.closed == 1
    assert repr(port).endswith("unused>")
