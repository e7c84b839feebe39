"""Faults on request: what goes wrong with the next requests, for tests of programs that must bear it."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Fault", "Faults"]


@dataclass
class Fault:
    """Something that goes wrong with requests.

    Attributes:
        status: The status of HTTP that is answered without looking at the request.
        retry_after: What the answer says in `Retry-After`, in seconds or as a date.
        delay: How long the answer takes, in seconds.
        close: The connection is closed `before` the request is carried out, or `after` it, with the answer lost.
        times: How many requests it meets; None for all that follow.
        pattern: A regular expression; it meets the requests in whose text (`POST /graphql/main`, and the body in the
            next line) this is found.
        met: How many requests have met it.

    Raises:
        ValueError: There can be no such fault.

    >>> Fault(status=503, times=2, pattern="BuiltinTagCreate")
    Fault(status=503, retry_after=None, delay=0, close=None, times=2, pattern='BuiltinTagCreate', met=0)
    """

    status: int | None = None
    retry_after: str | float | None = None
    delay: float = 0
    close: str | None = None
    times: int | None = 1
    pattern: str = ""
    met: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.close not in (None, "before", "after"):
            raise ValueError(f"close must be 'before', 'after' or None, not {self.close!r}.")
        if self.status is not None and self.status not in range(400, 600):
            raise ValueError(f"status must be from 400 to 599, not {self.status!r}.")
        if self.status is not None and self.close is not None:
            raise ValueError("A connection that is closed answers no status: give status or close, not both.")
        if self.retry_after is not None and self.status is None:
            raise ValueError("retry_after is said in an answer with a status: give the status too.")
        if not self.delay >= 0 or (self.times is not None and self.times < 1):
            raise ValueError("delay must not be negative, and times must be at least 1.")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern {self.pattern!r} is no regular expression: {error}.") from None

    def meets(self, text: str) -> bool:
        """Whether a request meets it."""
        is_over = self.times is not None and self.met >= self.times
        return not is_over and re.search(self.pattern, text) is not None


class Faults:
    """The faults that requests meet; each request meets the first that fits.

    Args:
        sleep: Waits for some seconds.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.sleep = sleep

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._faults}>"

    def add(self, fault: Fault) -> Fault:
        """Let requests meet a fault; the same object tells in `met` how many did."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let requests meet no fault any more."""
        with self._lock:
            self._faults.clear()

    def take(self, line: str, body: bytes = b"") -> Fault | None:
        """The fault that a request meets.

        Args:
            line: The method and the path of the request.
            body: Its content.
        """
        with self._lock:
            text = f"{line}\n{body.decode(errors='replace')}" if self._faults else ""
            for fault in self._faults:
                if fault.meets(text):
                    fault.met += 1
                    return fault
        return None
