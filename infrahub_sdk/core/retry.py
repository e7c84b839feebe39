"""When a request is sent again, how long to wait before, and when to stop."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Budget", "backoff", "graphql_errors_are_transient", "is_refusal", "retry_after_seconds"]

# The server itself says that it did not do the work, so that even a write may be sent again.
REFUSALS = frozenset({429, 503})
# So it refuses what would be written to branches while they are merged (1.11).
MERGING = "MERGE_IN_PROGRESS"
_LONGEST_EXPONENT = 63  # 2 ** 63 is past every ceiling; a larger power only costs time


class Budget:
    """The time that one operation may spend on transient failures, however many requests it makes.

    Args:
        seconds: How long to go on; 0 for as long as it takes.
    """

    __slots__ = ("attempts", "lost", "seconds", "started")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = time.monotonic()
        self.attempts = 0
        self.lost = False  # whether a try was sent whose answer never came: it may have been carried out

    @property
    def elapsed(self) -> float:
        """Seconds since the operation began."""
        return time.monotonic() - self.started

    def next_delay(self, base: float, ceiling: float, asked: float | None = None) -> float | None:
        """Seconds to wait before the next attempt, or None when the budget is used up.

        Equal jitter: half of the wait is certain, half is drawn, so that clients which failed together do not come
        back together. A server that asks for a longer wait gets it, up to the ceiling.
        """
        longest = min(ceiling, base * 2 ** min(self.attempts, _LONGEST_EXPONENT))
        drawn = random.uniform(longest / 2, longest)  # noqa: S311 - not a secret
        delay = self.within(max(drawn, min(asked or 0, ceiling)))
        if delay is not None:
            self.attempts += 1
        return delay

    def within(self, delay: float) -> float | None:
        """A wait, cut off where the time ends; None when it is over."""
        if not self.seconds:
            return delay
        left = self.seconds - self.elapsed
        return min(delay, left) if left > 0 else None


def backoff(attempt: int, base: float, ceiling: float) -> float:
    """Seconds to wait after a refusal for too many requests: full jitter, between nothing and the doubled ceiling."""
    return random.uniform(0, min(ceiling, base * 2 ** min(attempt, _LONGEST_EXPONENT)))  # noqa: S311 - not a secret


def retry_after_seconds(header: str | None) -> float | None:
    """What a `Retry-After` header asks for (RFC 9110, 10.2.3): seconds or a date.

    Returns:
        Seconds from now, not below 0; None for a header that is missing or says neither.

    >>> retry_after_seconds(" 7 ")
    7.0
    >>> retry_after_seconds("soon") is None
    True
    """
    text = (header or "").strip()
    if not text:
        return None
    if text[text[0] == "-" :].isdecimal():
        return max(0.0, float(text)) if len(text) < 12 else None
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())


def is_refusal(status: int) -> bool:
    """Whether the server says with this status that it has not done the work."""
    return status in REFUSALS


def graphql_errors_are_transient(errors: Any, statuses: Collection[int], *, repeatable: bool) -> bool:
    """Whether a GraphQL answer says that trying again may help.

    Every error has to carry a status that is retried, or to say that a branch is being merged. A 500 counts only where
    the document was being executed (the error has a `path`): 1.11 answers 500 to a document that it refuses beforehand,
    and would do so for ever.
    """
    if not isinstance(errors, list) or not errors:
        return False
    return all(_is_transient(error, statuses, repeatable=repeatable) for error in errors)


def _is_transient(error: Any, statuses: Collection[int], *, repeatable: bool) -> bool:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    if not isinstance(extensions, dict):
        return False
    if extensions.get("code") == MERGING:
        return True
    status = next((code for name in ("http_status", "code") if type(code := extensions.get(name)) is int), None)
    if status is None or status not in statuses:
        return False
    return is_refusal(status) if not repeatable else status != 500 or bool(error.get("path"))
