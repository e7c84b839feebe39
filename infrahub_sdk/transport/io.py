"""The two drivers of the port: the transport called as it is, and the transport called in threads of an event loop."""

from __future__ import annotations

import contextvars
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from infrahub_sdk.transport.forking import watch
from infrahub_sdk.transport.limiter import PLACE, WORKER, Limiter, breakable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

    from infrahub_sdk.config import Config
    from infrahub_sdk.core.port import Call
    from infrahub_sdk.transport.crew import Crew
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.response import Response

__all__ = ["BlockingIO", "ThreadedIO"]

T = TypeVar("T")


class _Driver:
    """What both drivers hold: a transport that is made when first needed, and again after `close()`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._transport: Any = None
        self.limiter = Limiter(config.max_concurrent_execution)
        self.start_over_in_child()
        watch(self)

    def start_over_in_child(self) -> None:
        """Forget what threads of the parent process hold."""
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._transport or 'unused'}>"

    def _opened(self) -> Any:
        transport = self._transport
        if transport is None:
            with self._guard:
                if self._transport is None:
                    from infrahub_sdk.transport import Transport

                    self._transport = Transport.from_config(self._config)
                transport = self._transport
        return transport

    def _request(self, call: Call) -> Request:
        from infrahub_sdk.transport import Request
        from infrahub_sdk.utils import encode_json

        content = encode_json(call.payload) if call.payload else None
        request = Request(
            call.url, method=call.method, headers=call.headers, content=content, timeout=self._limits(call.timeout)
        )
        request.repeatable = call.repeatable
        request.trace = call.trace
        return request

    def _limits(self, timeout: float) -> Any:
        from infrahub_sdk.transport import Timeouts

        config = self._config
        connect = config.connect_timeout or timeout
        if timeout < config.timeout:  # who wants to wait less than usual for an answer does not wait longer to connect
            connect = min(connect, timeout)
        return Timeouts(connect=connect, read=timeout, total=config.total_timeout)

    def crew(self, jobs: list[Any], width: int) -> Crew:
        """Set workers to jobs, see `Crew`."""
        raise NotImplementedError

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]], limit: int) -> list[T]:
        """Run coroutines side by side, `limit` at a time; results keep the order, the first error ends the others."""
        if len(coroutines) < 2:
            return [await coroutine for coroutine in coroutines]
        results: dict[int, T] = {}
        try:
            crew = self.crew([partial(_numbered, *item) for item in enumerate(coroutines)], limit)
            try:
                for _ in coroutines:
                    number, result = await crew.next()
                    results[number] = result
            finally:
                await crew.close()
        finally:
            for coroutine in coroutines:
                coroutine.close()  # those whose turn never came
        return [results[number] for number in range(len(coroutines))]

    def close(self) -> None:
        with self._guard:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()


async def _numbered(number: int, coroutine: Coroutine[Any, Any, T]) -> tuple[int, T]:
    return number, await coroutine


class BlockingIO(_Driver):
    """The port of the synchronous client: nothing in it suspends."""

    def start_over_in_child(self) -> None:
        """Forget what threads of the parent process hold."""
        super().start_over_in_child()
        self._locks: dict[str, threading.RLock] = {}

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer."""
        place = PLACE.get()
        if place is None:
            return await self._send(call)
        from infrahub_sdk.transport.cancellation import AbortedError
        from infrahub_sdk.transport.crew import ENDED, take_in_thread

        with place.asking():
            if place.needs_slot() and not take_in_thread(place, WORKER.get(), first=True):
                raise AbortedError(ENDED)
            return await self._send(call)

    async def _send(self, call: Call) -> Response:
        if self._config.sync_requester is not None:
            from infrahub_sdk.transport.requester import ask

            return ask(self._config.sync_requester, call)
        request = self._request(call)
        response: Response
        if WORKER.get() is None:
            response = self._opened().send(request)
        else:
            with breakable(request.abort):
                response = self._opened().send(request)
        call.resent = request.resent
        return response

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ended = threading.Event()
        with breakable(ended.set):
            ended.wait(seconds)

    def crew(self, jobs: list[Any], width: int) -> Crew:
        """Set threads to jobs, see `Crew`."""
        from infrahub_sdk.transport.crew import ThreadCrew

        return ThreadCrew(jobs, self.limiter, width)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """Let one thread at a time through."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.RLock())
        with lock:
            yield


class ThreadedIO(_Driver):
    """The port of the asynchronous client: `asyncio.to_thread` around the transport, in threads of its own.

    `asyncio.to_thread` shares the loop's default executor, which has as few as five threads on a small machine, and
    which the program may fill with work of its own. Here there are as many threads as requests may be in flight.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._executor_size = 0

    def start_over_in_child(self) -> None:
        """Forget what threads of the parent process hold, and those threads."""
        super().start_over_in_child()
        self._executor: ThreadPoolExecutor | None = None
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer, in a thread that sees the caller's context variables."""
        place = PLACE.get()
        if place is None:
            return await self._send(call)
        from infrahub_sdk.transport.crew import take_in_task

        with place.asking():
            if place.needs_slot():
                await take_in_task(place, first=True)
            return await self._send(call)

    async def _send(self, call: Call) -> Response:
        import asyncio

        if self._config.requester is not None:
            from infrahub_sdk.transport.requester import ask_async

            return await ask_async(self._config.requester, call)
        request = self._request(call)
        transport = self._transport or self._opened()
        context = contextvars.copy_context()
        future = asyncio.wrap_future(self._submit(partial(context.run, transport.send, request)))
        try:
            response: Response = await future
        except BaseException:  # cancelled, or dropped with its event loop
            request.abort()  # frees the thread and its connection at once
            raise
        call.resent = request.resent
        return response

    def _submit(self, work: Callable[[], Response]) -> Future[Response]:
        """Have a thread do something. Under the lock, since another caller may end the threads at any moment."""
        with self._guard:
            if self._executor is not None and self._executor_size != self.limiter.size:
                self._executor.shutdown(wait=False)  # what it is doing it finishes
                self._executor = None
            if self._executor is None:
                from concurrent.futures import ThreadPoolExecutor

                self._executor_size = self.limiter.size
                self._executor = ThreadPoolExecutor(self._executor_size, thread_name_prefix="infrahub-sdk")
            return self._executor.submit(work)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import asyncio

        await asyncio.sleep(seconds)

    def crew(self, jobs: list[Any], width: int) -> Crew:
        """Set tasks to jobs, see `Crew`."""
        from infrahub_sdk.transport.crew import TaskCrew

        return TaskCrew(jobs, self.limiter, width)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """Let one task at a time through; a lock belongs to one event loop, so another loop gets its own."""
        import asyncio

        locks = self._locks.setdefault(asyncio.get_running_loop(), {})
        async with locks.setdefault(name, asyncio.Lock()):
            yield

    def close(self) -> None:
        """Give back connections and threads; the next call opens new ones."""
        super().close()
        with self._guard:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)
