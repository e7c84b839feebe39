"""How many jobs run at a time, over all that one client does side by side."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.forking import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infrahub_sdk.transport.cancellation import Cancellation

__all__ = ["PATIENCE", "PLACE", "WORKER", "Limiter", "Place", "breakable"]

PATIENCE = 1.0  # seconds without a request after which a job is asked to lend its slot, if others wait for one


class Limiter:
    """Slots, given out in the order in which they are asked for.

    It waits for nothing itself: who has to wait leaves a function, which is called when a slot is there. So threads
    and event loops share one.

    Args:
        size: How many slots there are.
    """

    def __init__(self, size: int) -> None:
        self._size = max(1, size)
        self.start_over_in_child()
        watch(self)

    def start_over_in_child(self) -> None:
        """Forget who has slots and who waits for them: threads of the parent process."""
        self.guard = threading.RLock()  # entered again when the collector, which may run anywhere, ends a job
        self._taken = 0
        self._waiting: deque[Callable[[], object]] = deque()
        self.holders: set[Place] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._taken} of {self._size} taken, {len(self._waiting)} waiting>"

    @property
    def size(self) -> int:
        """How many slots there are. When it shrinks, those that are taken too many are given back in their time."""
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        if type(size) is not int or size < 1:
            raise ValidationError("max_concurrent_execution", f"{size!r} is not a number of jobs; give a positive int.")
        self._size = size
        self._hand_out()

    def take(self, granted: Callable[[], object], *, first: bool = False) -> bool:
        """Take a slot, or get into the queue.

        Args:
            granted: Called, from any thread, when there is a slot after a wait.
            first: Go before those who wait already.

        Returns:
            Whether there was a slot at once.
        """
        with self.guard:
            if self._taken < self._size:
                self._taken += 1
                return True
            (self._waiting.appendleft if first else self._waiting.append)(granted)
            return False

    def give_up(self, granted: Callable[[], object]) -> None:
        """Wait no longer; the slot is given back if it was granted meanwhile."""
        with self.guard:
            if granted in self._waiting:
                self._waiting.remove(granted)
                return
        self.give_back()

    def give_back(self) -> None:
        """Leave a slot to the next."""
        with self.guard:
            self._taken -= 1
        self._hand_out()

    def free_idle(self) -> None:
        """Have jobs that ask the server for nothing lend their slots: they may wait for who waits here."""
        before = monotonic() - PATIENCE
        for place in list(self.holders):
            if place.is_idle_since(before):
                place.drop()

    def _hand_out(self) -> None:
        while True:
            with self.guard:
                if not self._waiting or self._taken >= self._size:
                    return
                self._taken += 1
                granted = self._waiting.popleft()
            try:
                granted()
            except RuntimeError:  # its event loop was closed under it
                with self.guard:
                    self._taken -= 1


class Place:
    """The slot of one job.

    The job lends it while it waits for jobs of its own, which may be in need of it. Of a job that waits for others in a
    way that nobody sees, for threads of its own which run batches for example, it is lent after a while when others
    wait; the job takes it back before its next request.

    Attributes:
        limiter: Whose slot it is.
    """

    __slots__ = ("_is_asked_for", "_is_over", "_lent", "_moved", "_requests", "limiter")

    def __init__(self, limiter: Limiter) -> None:
        self.limiter = limiter
        self._is_asked_for = False
        self._is_over = False
        self._lent = 0  # how many branches of the job wait at this moment
        self._requests = 0  # how many are under way
        self._moved = 0.0  # when the last one ended, or the slot was taken

    def take(self, granted: Callable[[], object], *, first: bool = False) -> bool:
        """See `Limiter.take`. Either `taken` or `give_up` has to follow."""
        return self.limiter.take(granted, first=first)

    def taken(self) -> None:
        """The slot is this job's, unless the job has come to lend it meanwhile."""
        limiter = self.limiter
        with limiter.guard:
            self._is_asked_for = False
            self._moved = monotonic()
            is_kept = not (self._lent or self._is_over)
            if is_kept:
                limiter.holders.add(self)
        if not is_kept:
            limiter.give_back()

    def give_up(self, granted: Callable[[], object]) -> None:
        """Wait for the slot no longer."""
        self._is_asked_for = False
        self.limiter.give_up(granted)

    def lend(self) -> None:
        """Give the slot away for a while."""
        with self.limiter.guard:
            self._lent += 1
        self.drop()

    def ask_back(self) -> bool:
        """End a loan. Whether the slot must be taken again before the job goes on."""
        with self.limiter.guard:
            self._lent -= 1
        return self.needs_slot()

    def needs_slot(self) -> bool:
        """Whether the job is without its slot, and none of its branches lends it or waits for it already."""
        with self.limiter.guard:
            needed = not (self._lent or self._is_over or self._is_asked_for or self in self.limiter.holders)
            self._is_asked_for |= needed
            return needed

    @contextmanager
    def asking(self) -> Iterator[None]:
        """One request of the job, and the wait for the slot before it."""
        with self.limiter.guard:
            self._requests += 1
        try:
            yield
        finally:
            with self.limiter.guard:
                self._requests -= 1
                self._moved = monotonic()

    def is_idle_since(self, moment: float) -> bool:
        """Whether the job has asked the server for nothing since then."""
        return not self._requests and self._moved <= moment

    def leave(self) -> None:
        """Give the slot back for good."""
        self._is_over = True
        self.drop()

    def drop(self) -> None:
        """Give the slot back if it is here."""
        limiter = self.limiter
        with limiter.guard:
            if self not in limiter.holders:
                return
            limiter.holders.discard(self)
        limiter.give_back()


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
