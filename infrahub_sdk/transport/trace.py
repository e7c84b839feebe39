"""What a request met on its way to the server, for who wants to know."""

from __future__ import annotations

from time import monotonic
from typing import Any, NamedTuple

__all__ = ["Mark", "Trace"]


class Mark(NamedTuple):
    """One thing that happened."""

    what: str
    moment: float
    value: Any


class Trace:
    """The marks of one request, in their order.

    Whoever is on the way leaves them with `Exchange.note`: `chosen` with the proxy, or None, and why; `addresses`;
    `failed` with an address and the reason; `connected` with this end and the other one; `tunnelled`; `secured` with
    who it is, the version, the certificate and what decides about trust. After `rejected` comes another connection, to
    look at a certificate that did not pass: `shown`, with the same facts.
    """

    __slots__ = ("marks", "started")

    def __init__(self) -> None:
        self.started = monotonic()
        self.marks: list[Mark] = []

    def note(self, what: str, value: Any) -> None:
        """Leave a mark."""
        self.marks.append(Mark(what, monotonic(), value))

    def __repr__(self) -> str:
        return f"<Trace {' '.join(mark.what for mark in self.marks)}>"
