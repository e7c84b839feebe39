"""The one thing that the logic waits for: a port to the world, and the two ways to run what waits on it.

The logic is coroutines. The asynchronous client awaits them on its event loop; the synchronous client steps them
once, which runs them to their end because its port never suspends (`run`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager

    from infrahub_sdk.transport.response import Response

__all__ = ["AsyncFacade", "Call", "Port", "SyncFacade", "run"]

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
    """

    __slots__ = ("headers", "method", "payload", "repeatable", "timeout", "url")

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

    def __repr__(self) -> str:
        return f"<Call {self.method}>"  # the URL may hold a password


class Port(Protocol):
    """What the logic needs of the outside."""

    async def send(self, call: Call) -> Response:
        """Send one request and read its answer."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def gather(self, coroutines: Sequence[Coroutine[Any, Any, T]], limit: int) -> list[T]:
        """Run coroutines side by side, `limit` at a time; the first error cancels the rest."""
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


class AsyncFacade:
    """Base of the classes whose methods are awaited."""

    __slots__ = ()
    _is_sync = False

    @staticmethod
    def _run(coroutine: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        return coroutine


class SyncFacade:
    """Base of the classes whose methods are called."""

    __slots__ = ()
    _is_sync = True
    _run = staticmethod(run)
