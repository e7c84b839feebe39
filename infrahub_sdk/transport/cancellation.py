"""Ending an exchange from another thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infrahub_sdk.exceptions import Error

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AbortedError", "Cancellation", "closed"]


class AbortedError(Error):
    """The program itself ended the request, by `Request.abort()` or by closing the client.

    Attributes:
        sent: Whether the server may have seen the request.
    """

    def __init__(self, message: str | None = None, *, sent: bool = False) -> None:
        self.sent = sent
        super().__init__(message)


def closed() -> AbortedError:
    """The error for a request that comes too late, or that waited when the client was closed."""
    return AbortedError("The client was closed before the request was sent.")


class Cancellation:
    """The switch of one request, thrown at most once.

    Whatever the working thread is about to wait for, it attaches a way to break that wait. Attaching, detaching and
    throwing the switch exclude one another, so that a connection that has moved on to the next request is never hit.
    """

    __slots__ = ("_break", "_lock", "reason")

    def __init__(self) -> None:
        self._lock = threading.RLock()  # the collector may drop who waits for the request while its thread is in here
        self._break: Callable[[], None] | None = None
        self.reason: str | None = None

    def abort(self, reason: str) -> None:
        """Throw the switch. The way that is attached must not block."""
        with self._lock:
            if self.reason is None:
                self.reason = reason
                if self._break is not None:
                    self._break()

    def attach(self, breaker: Callable[[], None]) -> bool:
        """Name the way to break the wait that follows. False if the switch was thrown before."""
        with self._lock:
            self._break = breaker
            return self.reason is None

    def detach(self) -> bool:
        """Nothing is waited for any more. False if the switch was thrown meanwhile."""
        with self._lock:
            self._break = None
            return self.reason is None
