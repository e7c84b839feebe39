"""The fixed choices of settings and requests."""

from __future__ import annotations

from enum import Enum

__all__ = ["HTTPMethod", "InfrahubClientMode", "NotLoaded", "Priority", "RequesterTransport"]


class InfrahubClientMode(str, Enum):
    """Whether a client remembers which nodes it made, so that it can delete those that are no longer wanted."""

    DEFAULT = "default"
    TRACKING = "tracking"


class NotLoaded(str, Enum):
    """What touching a field does that a node was not read with."""

    RAISE = "raise"
    LOAD = "load"


class Priority(str, Enum):
    """How urgent a request is, for the server's queue.

    >>> Priority("HIGH")
    <Priority.HIGH: 'high'>
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @classmethod
    def _missing_(cls, value: object) -> Priority | None:
        name = value.lower() if isinstance(value, str) else None
        return next((member for member in cls if member.value == name), None)


class HTTPMethod(str, Enum):
    """The method of a request, as functions get it that send requests in the client's place."""

    GET = "get"
    POST = "post"


class RequesterTransport(str, Enum):
    """What answers requests: the server, or recordings of its answers."""

    HTTPX = "httpx"  # the name that settings have always had for "over HTTP"
    JSON = "json"
