"""The transport: what the rest of the package sends requests with."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from infrahub_sdk.transport.cancellation import closed
from infrahub_sdk.transport.proxies import ProxySelector
from infrahub_sdk.transport.timeouts import Timeouts

if TYPE_CHECKING:
    import ssl
    import urllib.request
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

    from infrahub_sdk.config import Config
    from infrahub_sdk.transport.pool import Pool
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.response import Response

__all__ = ["Transport"]


class Transport:
    """Sends requests, blocking, over connections that it keeps alive. Threads may share it, and it survives a fork.

    Making one costs nothing: sockets, TLS and `urllib.request` are loaded by the first request. What is left open is
    closed when the transport is dropped or the program ends.

    Args:
        tls_context: Gives the context for https; called when the first such connection is made.
        tls_source: Says what decides about trust, see `Config.tls_source`.
        proxies: Which proxy for which address; by default what the environment says.
        timeouts: The limits of requests that bring none.
        max_connections: How many connections there may be at once. Who needs one more waits for it.
        max_idle: How many idle connections are kept.
        max_idle_per_route: How many of them for the same server and proxy.
        idle_limit: Seconds after which an idle connection is not used again.
        max_body: How many bytes of an answer are held in memory, and how many a packed one may unpack to.
    """

    def __init__(
        self,
        *,
        tls_context: Callable[[], ssl.SSLContext] | None = None,
        tls_source: Callable[[], str] | None = None,
        proxies: ProxySelector | None = None,
        timeouts: Timeouts | None = None,
        max_connections: int = 100,
        max_idle: int = 64,
        max_idle_per_route: int = 32,
        idle_limit: float = 4.5,
        max_body: int = 1 << 30,
    ) -> None:
        self._tls_context = tls_context or _default_tls_context
        self._tls_source = tls_source or (lambda: "system" if tls_context is None else "set_ssl_context")
        self._proxies = ProxySelector() if proxies is None else proxies
        self._timeouts = timeouts or Timeouts()
        self._limits = {
            "max_connections": max_connections,
            "max_idle": max_idle,
            "max_idle_per_route": max_idle_per_route,
        }
        self._idle_limit = idle_limit
        self._max_body = max_body
        self._is_closed = False
        # What the first request makes: one item, so that threads which make it at once agree on the same.
        self._made: dict[str, tuple[urllib.request.OpenerDirector, Pool]] = {}

    @classmethod
    def from_config(cls, config: Config) -> Transport:
        """The transport that a configuration describes. Its TLS context is built for the first https connection."""
        limit = config.timeout or None
        return cls(
            tls_context=lambda: config.tls_context,
            tls_source=lambda: config.tls_source,
            proxies=ProxySelector.from_config(config),
            timeouts=Timeouts(connect=config.connect_timeout or limit, read=limit, total=config.total_timeout),
        )

    @property
    def opener(self) -> urllib.request.OpenerDirector:
        """The opener behind `send`, for handlers of one's own: `transport.opener.add_handler(...)`."""
        made = self._made.get("opener")
        return self._make() if made is None else made[0]

    def _make(self) -> urllib.request.OpenerDirector:
        from infrahub_sdk.transport.connector import Connector
        from infrahub_sdk.transport.opener import PooledHandler, make_opener
        from infrahub_sdk.transport.pool import Pool

        connector = Connector(self._tls_context, self._tls_source)
        pool = Pool(connector.connect, idle_limit=self._idle_limit, **self._limits)
        opener = make_opener(PooledHandler(pool, self._proxies, self._timeouts, self._max_body))
        made = self._made.setdefault("opener", (opener, pool))
        if made[1] is pool:
            weakref.finalize(self, pool.close)  # also at exit, and without keeping this object alive
        if self._is_closed:
            made[1].close()
        return made[0]

    def send(self, request: Request, *, stream: bool = False) -> Response:
        """Send a request and receive its answer, whatever its status.

        Args:
            request: What to ask.
            stream: Return as soon as the head of the answer is there; its body is read by `Response.iter_bytes()` or
                `Response.read()`, and holds a connection until it is read to the end or closed.

        Returns:
            The answer. That of another request if the server redirected a GET or HEAD.

        Raises:
            ServerNotReachableError: No connection, or it was lost. `phase` and `sent` say when.
            ServerNotResponsiveError: The time for reading, or for all of it, ran out.
            ResponseProtocolError: The answer is malformed, ambiguous or too long.
            AbortedError: `request.abort()` or `close()` was called meanwhile.
            ValidationError: The request cannot be sent as it is.
        """
        request.stream = stream
        if self._is_closed:
            raise closed()
        response: Response = self.opener.open(request, timeout=request.timeout)
        return response

    def close(self) -> None:
        """Close all connections and refuse further requests. Requests in flight end with an `AbortedError`."""
        self._is_closed = True
        for _, pool in self._made.values():
            pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._is_closed:
            return "<Transport closed>"
        made = self._made.get("opener")
        active, idle = (0, 0) if made is None else made[1].counts
        return f"<Transport {active} active, {idle} idle>"


def _default_tls_context() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()
