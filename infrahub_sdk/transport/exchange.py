"""One request on its way: how far it is, how long it may take, and what a failure means."""

from __future__ import annotations

import socket
from time import monotonic
from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import said_back
from infrahub_sdk.exceptions import (
    Error,
    ResponseProtocolError,
    ServerNotReachableError,
    ServerNotResponsiveError,
)
from infrahub_sdk.transport.body import TooLong
from infrahub_sdk.transport.cancellation import AbortedError
from infrahub_sdk.transport.head import Malformed
from infrahub_sdk.transport.proxies import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.connection import Connection
    from infrahub_sdk.transport.connector import Route
    from infrahub_sdk.transport.head import Head
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.timeouts import Timeouts

__all__ = ["Exchange"]

_DOING = {
    "connect": "connecting",
    "pool": "waiting for one of the max_connections to be free",
    "proxy": "asking the proxy for a tunnel",
    "receive": "waiting for the answer",
    "resolve": "looking up the host name",
    "send": "sending the request",
    "tls": "agreeing on TLS",
}
_CONNECTING = frozenset({"connect", "pool", "proxy", "resolve", "tls"})


class Exchange:
    """A request and its answer, from the wait for a connection to the last byte.

    Attributes:
        request: What is sent.
        phase: What is going on, in the words of `ServerNotReachableError`; `pool` is the wait that precedes `connect`.
        sent: Whether the server may have carried out the request, because all of it has left.
        answered: Whether a byte of the answer has arrived.
        connection: The connection that it has for itself, once it has one.
        is_reused: That connection has served a request before.
        peer: The address that is being connected to, for messages.
        max_body: How many bytes of an answer may be held, and how many a packed one may unpack to.
    """

    __slots__ = (
        "_connect_by",
        "_expires",
        "_timeouts",
        "answered",
        "connection",
        "is_reused",
        "max_body",
        "peer",
        "phase",
        "request",
        "sent",
    )

    def __init__(self, request: Request, timeouts: Timeouts, max_body: int) -> None:
        self.request = request
        self.phase = "connect"
        self.sent = False
        self.answered = False
        self.connection: Connection | None = None
        self.is_reused = False
        self.peer = ""
        self.max_body = max_body
        self._timeouts = timeouts
        self._expires = request.expires
        self._connect_by: float | None = None

    def start_queueing(self) -> None:
        """The time for a place in the pool runs from now, unless it runs already."""
        if self.phase != "pool":
            self.start_connecting()
            self.phase = "pool"

    def start_connecting(self) -> None:
        """The time for a connection runs from now."""
        limit = self._timeouts.connect
        self._connect_by = None if limit is None else monotonic() + limit

    def connect_wait(self) -> float | None:
        """The seconds that are left to connect. Raises `socket.timeout` if there are none."""
        if self._connect_by is None:
            return None if self._expires is None else _left(self._expires)
        return _left(self._connect_by if self._expires is None else min(self._connect_by, self._expires))

    def wait(self) -> float | None:
        """The seconds that the next byte may take. Raises `socket.timeout` if there are none."""
        limit = self._timeouts.read
        if self._expires is None:
            return limit
        left = _left(self._expires)
        return left if limit is None else min(left, limit)

    def start_answer(self) -> None:
        """The first bytes of the answer are there."""
        self.answered = True

    def note(self, what: str, value: Any) -> None:
        """Leave a mark for who wants to know what the request met; see `Trace`."""
        trace = self.request.trace
        if trace is not None:
            trace.note(what, value)

    def attach(self, breaker: Callable[[], None]) -> None:
        """Name the way to break the wait that follows. Raises `AbortedError` if the request was aborted before."""
        if not self.request.cancellation.attach(breaker):
            raise self._aborted()

    def detach(self) -> bool:
        """Nothing is waited for any more. False if the request was aborted, and what it waited for is broken."""
        return self.request.cancellation.detach()

    def is_aborted(self) -> bool:
        """Whether somebody has aborted the request."""
        return self.request.cancellation.reason is not None

    def check_aborted(self) -> None:
        """Raises `AbortedError` if somebody has aborted the request."""
        if self.is_aborted():
            raise self._aborted()

    def failure(self, exc: Exception) -> Exception:
        """The error that tells the caller what went wrong, for an exception from below."""
        if self.is_aborted() and not isinstance(exc, AbortedError):
            return self._aborted()
        if isinstance(exc, Error):
            return exc
        if isinstance(exc, socket.timeout) and exc.errno is None:  # with an errno it is the kernel that gave up
            return self._expired()
        if isinstance(exc, TooLong):
            return self._refused(f"The answer of {self.request.url} is longer than {self.max_body} bytes (max_body).")
        if isinstance(exc, Malformed):
            return self._refused(f"The answer of {self.request.url} is refused: {self.words(exc)}.")
        if isinstance(exc, OSError):
            return self._lost(exc)
        return exc

    def _aborted(self) -> AbortedError:
        reason = self.request.cancellation.reason
        return AbortedError(
            f"The request to {self.request.url} was ended while {self._doing()}: {reason}.", sent=self.sent
        )

    def _expired(self) -> Error:
        url = self.request.url
        limit = self._timeouts.connect if self.phase in _CONNECTING else self._timeouts.read
        if limit is None or (self._expires is not None and monotonic() >= self._expires):
            text = (
                f"The exchange with {url} took too long, it was {self._doing()}. The limit is {named('total_timeout')}."
            )
            return ServerNotResponsiveError(url, self._timeouts.total, text, phase=self._reported_phase, sent=self.sent)
        if self.phase in _CONNECTING:
            return self._not_connected(limit)
        text = f"{url} was silent for too long while {self._doing()}. The limit is {named('timeout')}."
        return ServerNotResponsiveError(url, limit, text, phase=self._reported_phase, sent=self.sent)

    def _not_connected(self, limit: float) -> Error:
        remedy = f"Give it more with {named('connect_timeout')}"
        if self.phase == "tls":
            remedy = f"Check whether that port speaks TLS, or give it more with {named('connect_timeout')}"
        if self.phase in {"connect", "resolve"}:
            # An address that swallows packets is more often a firewall than a slow server.
            remedy = f"Check {named('address')}, the network between, and whether this host needs a {named('proxy')}"
        return self.unreachable(f"no connection within {limit:g} s (connect_timeout), it was {self._doing()}", remedy)

    def _refused(self, message: str) -> ResponseProtocolError:
        return ResponseProtocolError(self.address, message, phase=self._reported_phase, sent=self.sent)

    def words(self, exc: Malformed) -> str:
        """What is wrong with an answer, without what the request brought there and the other end said back."""
        exc.args = (said_back(str(exc), self.request),)  # it is shown as the cause, too
        return str(exc)

    def status(self, head: Head) -> str:
        """The status line of an answer, as a message may show it."""
        return f"{head.status} {said_back(head.reason.decode('latin-1'), self.request)[:80]}".rstrip()

    def refused_by_proxy(self, route: Route, head: Head) -> Error:
        """The error for a request that the proxy did not pass on."""
        self.phase = "proxy"
        proxy = route.proxy
        said = self.status(head)
        if proxy is None or head.status != 407:
            verb = "cannot reach the server" if head.status >= 500 else "refuses"
            return self.unreachable(
                f"{proxy} {verb}: {said}",
                f"Check {named('address')} and what the proxy allows, or go past it with NO_PROXY={route.host}",
            )
        given = "does not accept the user and password" if proxy.authorization else "asks for a user and password"
        shape = proxy.address.replace("://", "://user:password@")
        return self.unreachable(f"{proxy} {given} (407)", f"Set them in {proxy.setting}, as in {shape}")

    def _lost(self, exc: OSError) -> Error:
        reason = exc.strerror or str(exc) or type(exc).__name__
        if self.phase in _CONNECTING:
            return self.unreachable(f"{reason} while {self._doing()}")
        if self.request.type == "https" and hasattr(exc, "reason"):
            return self._ended_by_tls(exc)
        remedy = ""
        if self.phase == "receive" and not self.answered and not self.is_reused and self.request.type == "http":
            remedy = f"If the server speaks TLS on this port, let {named('address')} begin with https://"
        message = f"The connection to {self.address} was lost while {self._doing()}: {reason}."
        return ServerNotReachableError(self.address, message, phase=self._reported_phase, sent=self.sent, remedy=remedy)

    def _ended_by_tls(self, exc: OSError) -> Error:
        """The error for what TLS says after the handshake: in TLS 1.3 a server judges the client only then."""
        from infrahub_sdk.transport.tls import explain

        reason, remedy = explain(exc, self.request.origin.host_header, "address", "")
        message = f"The connection to {self.address} was lost while {self._doing()}: {reason}."
        phase = self._reported_phase if self.answered else "tls"
        return ServerNotReachableError(self.address, message, phase=phase, sent=self.sent, remedy=remedy)

    @property
    def is_harmlessly_lost(self) -> bool:
        """Whether it met a connection that had died in the pool, and sending it once more can do no harm."""
        request = self.request
        if not self.is_reused or self.answered or not request.is_rewindable:
            return False
        return request.repeatable or not self.sent

    def unreachable(self, reason: str, remedy: str = "") -> Error:
        """The error for a server to which there is no way.

        Args:
            reason: Why, as the end of a sentence without its dot.
            remedy: What to change, as a sentence without its dot.
        """
        if self.is_aborted():
            return self._aborted()
        message = f"Cannot reach the server at {self.address}: {reason}."
        return ServerNotReachableError(self.address, message, phase=self._reported_phase, sent=False, remedy=remedy)

    @property
    def address(self) -> str:
        """Where the request is meant to go, without credentials."""
        return self.request.origin.address

    @property
    def _reported_phase(self) -> str:
        return "connect" if self.phase == "pool" else self.phase

    def _doing(self) -> str:
        if self.phase == "connect" and self.peer:
            return f"connecting to {self.peer}"
        return "reading the answer" if self.answered else _DOING[self.phase]


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left
