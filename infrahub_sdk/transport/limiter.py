"""How many jobs run at a time, over all that one client does side by side."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrahub_sdk.transport.cancellation import Cancellation

__all__ = ["PLACE", "WORKER", "Limiter", "Place", "breakable"]


class Limiter:
    """Slots, given out in the order in which they are asked for.

    It waits for nothing itself: who has to wait leaves a function, which is called when a slot is there. So threads
    and event loops share one.

    Args:
        size: How many slots there are.
    """

    def __init__(self, size: int) -> None:
        self._guard = threading.Lock()
        self._size = max(1, size)
        self._taken = 0
        self._waiting: deque[Callable[[], object]] = deque()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._taken} of {self._size} taken, {len(self._waiting)} waiting>"

    @property
    def size(self) -> int:
        """How many slots there are. When it shrinks, those that are taken too many are given back in their time."""
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        self._size = max(1, size)
        self._hand_out()

    def take(self, granted: Callable[[], object], *, first: bool = False) -> bool:
        """Take a slot, or get into the queue.

        Args:
            granted: Called, from any thread, when there is a slot after a wait.
            first: Go before those who wait already.

        Returns:
            Whether there was a slot at once.
        """
        with self._guard:
            if self._taken < self._size:
                self._taken += 1
                return True
            (self._waiting.appendleft if first else self._waiting.append)(granted)
            return False

    def give_up(self, granted: Callable[[], object]) -> None:
        """Wait no longer; the slot is given back if it was granted meanwhile."""
        with self._guard:
            if granted in self._waiting:
                self._waiting.remove(granted)
                return
        self.give_back()

    def give_back(self) -> None:
        """Leave a slot to the next."""
        with self._guard:
            self._taken -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while True:
            with self._guard:
                if not self._waiting or self._taken >= self._size:
                    return
                self._taken += 1
                granted = self._waiting.popleft()
            try:
                granted()
            except RuntimeError:  # its event loop was closed under it
                with self._guard:
                    self._taken -= 1


class Place:
    """The slot of one job. The job lends it while it waits for jobs of its own, which may be in need of it."""

    __slots__ = ("_held", "_lent", "_over", "limiter")

    def __init__(self, limiter: Limiter) -> None:
        self.limiter = limiter
        self._held = False
        self._lent = 0  # how many branches of the job wait at this moment
        self._over = False

    def taken(self) -> None:
        """The slot is this job's."""
        self._held = True

    def lend(self) -> None:
        """Give the slot away for a while."""
        self._lent += 1
        self._drop()

    def ask_back(self) -> bool:
        """End a loan. Whether the slot must be taken again before the job goes on."""
        self._lent -= 1
        return not self._lent and not self._over

    def leave(self) -> None:
        """Give the slot back for good."""
        self._over = True
        self._drop()

    def _drop(self) -> None:
        if self._held:
            self._held = False
            self.limiter.give_back()


# Of the job that runs here; None outside of jobs.
PLACE: ContextVar[Place | None] = ContextVar("infrahub_sdk.place", default=None)
# The switch of the thread that runs the job here; None where jobs are tasks of an event loop.
WORKER: ContextVar[Cancellation | None] = ContextVar("infrahub_sdk.worker", default=None)


@contextmanager
def breakable(breaker: Callable[[], None]) -> Iterator[None]:
    """A wait that ends when the jobs of this thread are ended.

    Args:
        breaker: Ends the wait; must not block itself.

    Raises:
        AbortedError: They were ended before.
    """
    worker = WORKER.get()
    if worker is None:
        yield
        return
    from infrahub_sdk.transport.cancellation import AbortedError

    if not worker.attach(breaker):
        raise AbortedError(worker.reason)
    try:
        yield
    finally:
        worker.detach()
