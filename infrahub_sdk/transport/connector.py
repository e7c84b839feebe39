"""Making connections: names, addresses, proxies and TLS, within one time limit."""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import Error, ServerNotReachableError, ValidationError
from infrahub_sdk.transport.head import MAX_HEAD, Malformed, read_head
from infrahub_sdk.transport.proxies import named
from infrahub_sdk.transport.resolver import Resolver
from infrahub_sdk.transport.stream import SocketStream

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from infrahub_sdk.transport.exchange import Exchange
    from infrahub_sdk.transport.head import Head
    from infrahub_sdk.transport.proxies import Proxy
    from infrahub_sdk.transport.stream import Stream, Wait

__all__ = ["Connector", "Route", "receive_head"]

_ABORT_LAG = 0.05  # seconds; only where shutdown() does not wake who waits for a connection (macOS, Windows)


class Route:
    """One way to a server; connections of the same route are interchangeable.

    Attributes:
        scheme: `http` or `https`.
        host: The server.
        port: Its port.
        proxy: The proxy on the way, or None.
        is_forwarding: The proxy reads and forwards the requests; otherwise it is asked for a tunnel.
        composed: The header fields that were composed last, and from what: mostly the next request has the same.
    """

    __slots__ = ("composed", "host", "is_forwarding", "port", "proxy", "scheme")

    def __init__(self, scheme: str, host: str, port: int, proxy: Proxy | None) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.proxy = proxy
        self.composed: Any = None
        self.is_forwarding = proxy is not None and scheme == "http"


class Connector:
    """Makes connections.

    Args:
        tls_context: Gives the context for https; called when the first such connection is made.
        tls_source: Says what decides about trust, see `Config.tls_source`.
        resolve: Looks up host names, as `socket.getaddrinfo` does.
    """

    def __init__(
        self,
        tls_context: Callable[[], ssl.SSLContext],
        tls_source: Callable[[], str],
        resolve: Callable[..., list[Any]] = socket.getaddrinfo,
    ) -> None:
        self._tls_context = tls_context
        self._tls_source = tls_source
        self._resolver = Resolver(resolve)

    def connect(self, route: Route, exchange: Exchange) -> Stream:
        """A stream that the request can be written to.

        Raises:
            OSError, Malformed: See `Exchange.failure`.
            ServerNotReachableError: For what has a better explanation than its exception.
        """
        exchange.start_connecting()
        try:
            return self._connect(route, exchange, self._tls_context)
        except ServerNotReachableError as exc:
            # Of the errors of `ssl`, which need not be loaded here, only a certificate's is a ValueError.
            if exchange.request.trace is not None and exc.phase == "tls" and isinstance(exc.__cause__, ValueError):
                self._look_at_certificate(route, exchange)
            raise

    def _connect(self, route: Route, exchange: Exchange, tls_context: Callable[[], ssl.SSLContext]) -> Stream:
        proxy = route.proxy
        stream: Stream = self._connect_tcp(proxy or route, exchange)
        try:
            if proxy is not None and proxy.scheme == "https":
                stream = self._secured(stream, proxy, exchange, tls_context)
            if proxy is not None and not route.is_forwarding:
                _open_tunnel(stream, route, proxy, exchange)
            if route.scheme == "https":
                stream = self._secured(stream, route, exchange, tls_context)
        except BaseException:
            stream.close()
            raise
        return stream

    def _look_at_certificate(self, route: Route, exchange: Exchange) -> None:
        """Note what certificate is shown that does not pass. Nothing is sent over the connection that tells it."""
        exchange.note("rejected", None)
        with suppress(OSError, Malformed, Error):
            self._connect(route, exchange, _unverifying_context).close()

    def _connect_tcp(self, target: Route | Proxy, exchange: Exchange) -> SocketStream:
        addresses = self._addresses(target, exchange)
        exchange.phase = "connect"
        reasons: list[str] = []
        last: OSError | None = None
        for position, address in enumerate(addresses):
            # The time is shared out, so that an address that swallows packets leaves some for the next one.
            exchange.peer = f"{address[4][0]} port {target.port}"
            left = exchange.connect_wait()
            try:
                return _connected(address, None if left is None else left / (len(addresses) - position), exchange)
            except OSError as exc:
                reason = exc.strerror or str(exc)
                exchange.note("failed", (exchange.peer, reason))
                reasons.append(f"{reason} ({exchange.peer})")
                last = exc
        exchange.connect_wait()  # raises if it was the time that ran out
        if isinstance(target, Route):
            remedy = f"Check {named('address')}, and whether the server runs"
            raise exchange.unreachable(", ".join(reasons), remedy) from last
        remedy = f"Check {target.setting}, or go past the proxy with NO_PROXY"
        raise exchange.unreachable(f"{target} does not answer: {', '.join(reasons)}", remedy) from last

    def _addresses(self, target: Route | Proxy, exchange: Exchange) -> list[Any]:
        exchange.phase = "resolve"
        try:
            found = self._resolver.addresses(target.host, target.port, exchange)
        except OSError as exc:
            if isinstance(exc, socket.timeout) and exc.errno is None:
                raise
            raise exchange.unreachable(*_unresolved(target, exc)) from exc
        exchange.note("addresses", [address[4][0] for address in found])
        return found

    def _secured(
        self, stream: Stream, target: Route | Proxy, exchange: Exchange, tls_context: Callable[[], ssl.SSLContext]
    ) -> Stream:
        import ssl

        from infrahub_sdk.transport.tls import TlsStream, explain

        exchange.phase = "tls"
        try:
            context = tls_context()
        except OSError as exc:  # a file that is not there, or has no certificate in it: nothing that the network did
            raise ValidationError("tls_context", f"it cannot be made: {exc}. Check tls_ca_file.") from exc
        secured = TlsStream(stream, context, _certified_name(target.host))
        who, setting = _names(target, exchange)
        try:
            secured.handshake(exchange.connect_wait)
        except (ssl.SSLError, ConnectionError) as exc:
            raise exchange.unreachable(*explain(exc, who, setting, self._tls_source())) from exc
        what = "shown" if tls_context is _unverifying_context else "secured"
        exchange.note(what, (who, *secured.facts, self._tls_source()))
        return secured


def _certified_name(host: str) -> str:
    """A host as certificates name it: an address without its zone, a name without a dot at its end (RFC 6066, 3)."""
    return host.partition("%")[0].rstrip(".")


def _names(target: Route | Proxy, exchange: Exchange) -> tuple[str, str]:
    """The other end as messages name it, and the setting that it comes from."""
    if isinstance(target, Route):
        name = f"[{target.host}]" if ":" in target.host else target.host
        return f"{name}:{target.port}", named("address")
    return str(target), target.setting


def _unresolved(target: Route | Proxy, exc: OSError) -> tuple[str, str]:
    """What is said of a host name that has no address, and what to do."""
    reason = exc.strerror or str(exc)
    if exc.errno == getattr(socket, "EAI_AGAIN", None):
        cause, remedy = f"the name service gives no answer for {target.host!r}", "Check the DNS servers of this host"
    else:
        cause, remedy = f"the host name {target.host!r} is not known here", "Check the name"
    if isinstance(target, Route):
        return f"{cause} ({reason})", f"{remedy} in {named('address')}, or set {named('proxy')} if this host needs one"
    return f"{target}: {cause} ({reason})", f"{remedy} in {target.setting}"


def _unverifying_context() -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _connected(address: Any, seconds: float | None, exchange: Exchange) -> SocketStream:
    """A connection to one address, made within so many seconds."""
    family, kind, protocol, _, where = address
    connecting = socket.socket(family, kind, protocol)
    stream = SocketStream(connecting)
    try:
        exchange.attach(stream.abort)
        _connect(connecting, where, seconds, exchange)
        with suppress(OSError):  # macOS refuses when the other end is gone; sending tells better
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange.check_aborted()
        if exchange.request.trace is not None:
            exchange.note("connected", (connecting.getsockname()[0], exchange.peer))
    except BaseException:
        stream.close()
        raise
    return stream


def _connect(connecting: socket.socket, where: Any, seconds: float | None, exchange: Exchange) -> None:
    """Connect a socket within so many seconds, unless the request is aborted."""
    connecting.setblocking(False)
    try:
        connecting.connect(where)
        return
    except BlockingIOError:
        pass
    end = None if seconds is None else monotonic() + seconds
    while not _is_writable(connecting, _ABORT_LAG if end is None else min(_ABORT_LAG, end - monotonic())):
        exchange.check_aborted()
        if end is not None and monotonic() >= end:
            raise socket.timeout("timed out")
    code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        known: dict[int, str] = getattr(socket, "errorTab", {})  # Windows, where strerror() knows nothing of sockets
        raise OSError(code, known.get(code) or os.strerror(code))


def _is_writable(connecting: socket.socket, seconds: float) -> bool:
    seconds = max(0.0, seconds)
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connecting, select.POLLOUT)
        return bool(poll.poll(seconds * 1000))
    # On Windows a failed connection shows among the exceptional ones only.
    return any(select.select([], [connecting], [connecting], seconds))


def _open_tunnel(stream: Stream, route: Route, proxy: Proxy, exchange: Exchange) -> None:
    """Have the proxy connect the stream to the server (RFC 9110, 9.3.6)."""
    exchange.phase = "proxy"
    name = f"[{route.host}]" if ":" in route.host else route.host
    lines = [f"CONNECT {name}:{route.port} HTTP/1.1", f"Host: {name}:{route.port}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    try:
        stream.send("\r\n".join([*lines, "", ""]).encode("ascii"), exchange.connect_wait)
        head, rest = receive_head(stream, exchange.connect_wait)
    except (Malformed, ConnectionError) as exc:
        words = exchange.words(exc) if isinstance(exc, Malformed) else str(exc)
        remedy = f"Check {proxy.setting}: its host and port, and whether it has to begin with https://"
        raise exchange.unreachable(f"{proxy} gave no answer that can be read: {words}", remedy) from exc
    if not 200 <= head.status < 300:
        raise exchange.refused_by_proxy(route, head)
    if rest:
        raise exchange.unreachable(f"{proxy} sent bytes of its own into the tunnel", f"Check {proxy.setting}")
    exchange.note("tunnelled", exchange.status(head))


def receive_head(stream: Stream, wait: Wait, started: Callable[[], None] | None = None) -> tuple[Head, bytes]:
    """Receive the head of the final answer; interim answers are passed over.

    Args:
        stream: Where to receive it.
        wait: See `Stream`.
        started: Called when the first bytes have come.

    Returns:
        The head, and what was received after it.

    Raises:
        Malformed: It cannot be read.
        ConnectionError: The connection ended before or inside it.
    """
    data = _received(stream, wait, b"")
    if started is not None:
        started()
    passed = 0
    while True:
        head = read_head(data)
        if head is None:
            data += _received(stream, wait, data)
            continue
        if head.status >= 200:
            return head, data[head.end :]
        passed += head.end
        if head.status == 101 or passed > MAX_HEAD:
            raise Malformed(
                "it changes the protocol unasked" if head.status == 101 else "its interim answers have no end"
            )
        data = data[head.end :] or _received(stream, wait, b"")


def _received(stream: Stream, wait: Wait, before: bytes) -> bytes:
    data = stream.receive(MAX_HEAD, wait)
    if not data:
        raise ConnectionError(
            "it was closed inside the head of the answer" if before else "it was closed before an answer"
        )
    return data
