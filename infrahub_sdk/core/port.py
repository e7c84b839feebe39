"""The one thing that the logic waits for: a port to the world, and the two ways to run what waits on it.

The logic is coroutines. The asynchronous client awaits them on its event loop; the synchronous client steps them
once, which runs them to their end because its port never suspends (`run`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Generator, Sequence
    from contextlib import AbstractAsyncContextManager

    from infrahub_sdk.transport.crew import Crew
    from infrahub_sdk.transport.limiter import Limiter
    from infrahub_sdk.transport.response import Response
    from infrahub_sdk.transport.trace import Trace

__all__ = ["AsyncFacade", "Call", "Port", "SyncFacade", "run", "run_each"]

T = TypeVar("T")


class Call:
    """One request as the logic sees it; a driver turns it into bytes or hands it to the user's requester.

    Attributes:
        method: `GET` or `POST`.
        url: Absolute, with its query, every part encoded.
        headers: All headers that this client sets.
        payload: What the body says as JSON; None for no body.
        timeout: Seconds for connecting, and for each wait for bytes.
        repeatable: Whether sending it twice does no harm.
        resent: Whether it was, because a kept-alive connection died with the first.
        trace: Gathers what the request meets on its way; None if nobody wants to know.
    """

    __slots__ = ("headers", "method", "payload", "repeatable", "resent", "timeout", "trace", "url")

    def __init__(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        timeout: float,
        payload: dict[str, Any] | None = None,
        repeatable: bool = False,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.payload = payload
        self.timeout = timeout
        self.repeatable = repeatable
        self.resent = False
        self.trace: Trace | None = None

    def __repr__(self) -> str:
        return f"<Call {self.method}>"  # the URL may hold a password


class Port(Protocol):
    """What the logic needs of the outside.

    Attributes:
        limiter: How many jobs run at a time, over all that one client does side by side.
    """

    limiter: Limiter

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]], limit: int) -> list[T]:
        """Run coroutines side by side, `limit` at a time; the first error cancels the rest."""
        ...

    def crew(self, jobs: list[Any], width: int) -> Crew:
        """Set workers to jobs, functions that give coroutines; their results are asked for one by one."""
        ...

    def exclusive(self, name: str) -> AbstractAsyncContextManager[None]:
        """Let one caller at a time through, among all that use this client."""
        ...

    def close(self) -> None:
        """Give back connections and threads; the next call opens new ones."""
        ...


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine whose port never suspends.

    >>> async def answer() -> int:
    ...     return 42
    >>> run(answer())
    42
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("A blocking port suspended: something awaited an event loop from the synchronous client.")


def run_each(items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """The items of an asynchronous generator whose port never suspends; closing the one closes the other."""
    try:
        while True:
            try:
                item = run(items.__anext__())
            except StopAsyncIteration:
                return
            yield item
    finally:
        run(items.aclose())


class AsyncFacade:
    """Base of the classes whose methods are awaited."""

    __slots__ = ()
    _is_sync = False

    @staticmethod
    def _run(coroutine: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        return coroutine

    @staticmethod
    def _run_each(items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        return items


class SyncFacade:
    """Base of the classes whose methods are called."""

    __slots__ = ()
    _is_sync = True
    _run = staticmethod(run)
    _run_each = staticmethod(run_each)
