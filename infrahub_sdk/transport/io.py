"""The two drivers of the port: the transport called as it is, and the transport called in threads of an event loop."""

from __future__ import annotations

import contextvars
import os
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from infrahub_sdk.constants import HTTPMethod

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Coroutine, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from infrahub_sdk.config import Config
    from infrahub_sdk.core.port import Call
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.response import Response

__all__ = ["BlockingIO", "ThreadedIO"]

T = TypeVar("T")


class _Driver:
    """What both drivers hold: a transport that is made when first needed, and again after `close()`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._guard = threading.Lock()
        self._transport: Any = None

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
        return request

    def _limits(self, timeout: float) -> Any:
        from infrahub_sdk.transport import Timeouts

        config = self._config
        return Timeouts(connect=config.connect_timeout or timeout, read=timeout, total=config.total_timeout)

    def close(self) -> None:
        with self._guard:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()


def _requester_arguments(call: Call) -> dict[str, Any]:
    return {
        "url": call.url,
        "method": HTTPMethod(call.method.lower()),
        "headers": dict(call.headers),
        "timeout": call.timeout,
        "payload": call.payload,
    }


class BlockingIO(_Driver):
    """The port of the synchronous client: nothing in it suspends."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._locks: dict[str, threading.RLock] = {}

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer."""
        if self._config.sync_requester is not None:
            answer: Response = self._config.sync_requester(**_requester_arguments(call))
            return answer
        response: Response = self._opened().send(self._request(call))
        return response

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import time

        time.sleep(seconds)  # noqa: ASYNC251 - no event loop waits for this coroutine

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]], limit: int) -> list[T]:
        """Run coroutines in threads, `limit` at a time, in their order; the first error cancels what has not begun."""
        from concurrent.futures import ThreadPoolExecutor

        from infrahub_sdk.core.port import run

        failures: list[BaseException] = []

        def step(coroutine: Coroutine[Any, Any, T]) -> Any:
            if failures:
                coroutine.close()
                return None
            try:
                return run(coroutine)
            except BaseException as error:
                failures.append(error)
                raise

        with ThreadPoolExecutor(max_workers=max(1, min(limit, len(coroutines)))) as executor:
            futures = [executor.submit(contextvars.copy_context().run, step, coroutine) for coroutine in coroutines]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]

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
        self._executor: ThreadPoolExecutor | None = None
        self._executor_pid = 0
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer, in a thread that sees the caller's context variables."""
        import asyncio

        if self._config.requester is not None:
            answer: Response = await self._config.requester(**_requester_arguments(call))
            return answer
        request = self._request(call)
        transport = self._transport or self._opened()
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads(), partial(context.run, transport.send, request))
        try:
            response: Response = await future
        except asyncio.CancelledError:
            request.abort()  # frees the thread and its connection at once
            raise
        return response

    def _threads(self) -> ThreadPoolExecutor:
        executor = self._executor
        if executor is not None and self._executor_pid == os.getpid():
            return executor
        from concurrent.futures import ThreadPoolExecutor

        with self._guard:
            if self._executor is None or self._executor_pid != os.getpid():  # threads do not survive a fork
                self._executor = ThreadPoolExecutor(
                    max_workers=self._config.max_concurrent_execution, thread_name_prefix="infrahub-sdk"
                )
                self._executor_pid = os.getpid()
            return self._executor

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import asyncio

        await asyncio.sleep(seconds)

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]], limit: int) -> list[T]:
        """Run coroutines as tasks, `limit` at a time; results keep the order, the first error cancels the others."""
        import asyncio

        slots = asyncio.Semaphore(max(1, limit))

        async def in_a_slot(coroutine: Coroutine[Any, Any, T]) -> T:
            async with slots:
                return await coroutine

        tasks = [asyncio.ensure_future(in_a_slot(coroutine)) for coroutine in coroutines]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for coroutine in coroutines:
                coroutine.close()  # those whose turn never came
            raise

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
