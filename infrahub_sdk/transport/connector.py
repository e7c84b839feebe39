"""Making connections: names, addresses, proxies and TLS, within one time limit."""

from __future__ import annotations

import os
import select
import socket
from time import monotonic
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.head import MAX_HEAD, Malformed, read_head
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
        resolve: Looks up host names, as `socket.getaddrinfo` does.
    """

    def __init__(
        self, tls_context: Callable[[], ssl.SSLContext], resolve: Callable[..., list[Any]] = socket.getaddrinfo
    ) -> None:
        self._tls_context = tls_context
        self._resolve = resolve

    def connect(self, route: Route, exchange: Exchange) -> Stream:
        """A stream that the request can be written to.

        Raises:
            OSError, Malformed: See `Exchange.failure`.
            ServerNotReachableError: For what has a better explanation than its exception.
        """
        proxy = route.proxy
        exchange.start_connecting()
        stream: Stream = self._connect_tcp(proxy or route, exchange)
        try:
            if proxy is not None and proxy.scheme == "https":
                stream = self._secured(stream, proxy.host, exchange, f"{proxy} ")
            if proxy is not None and not route.is_forwarding:
                _open_tunnel(stream, route, proxy, exchange)
            if route.scheme == "https":
                stream = self._secured(stream, route.host, exchange, "")
        except BaseException:
            stream.close()
            raise
        return stream

    def _connect_tcp(self, target: Route | Proxy, exchange: Exchange) -> SocketStream:
        exchange.phase = "resolve"
        addresses = self._addresses(target.host, target.port, exchange)
        exchange.phase = "connect"
        reasons: list[str] = []
        last: OSError | None = None
        for position, address in enumerate(addresses):
            # The time is shared out, so that an address that swallows packets leaves some for the next one.
            left = exchange.connect_wait()
            try:
                return _connected(address, None if left is None else left / (len(addresses) - position), exchange)
            except OSError as exc:
                reasons.append(f"{exc.strerror or exc} ({address[4][0]} port {target.port})")
                last = exc
        exchange.connect_wait()  # raises if it was the time that ran out
        who = "" if isinstance(target, Route) else f"{target} does not answer: "
        raise exchange.unreachable(who + ", ".join(reasons)) from last

    def _addresses(self, host: str, port: int, exchange: Exchange) -> list[Any]:
        arguments = (host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        if ":" in host or host.replace(".", "").isdigit():
            found: Any = self._resolve(*arguments, 0, socket.AI_NUMERICHOST)
        else:
            found = self._look_up(arguments, exchange)
        if isinstance(found, OSError):
            raise exchange.unreachable(
                f"the host name {host!r} is not known here ({found.strerror or found})"
            ) from found
        return list(found)

    def _look_up(self, arguments: tuple[Any, ...], exchange: Exchange) -> Any:
        """Ask the resolver in a thread: it knows neither time limits nor an end from outside."""
        import threading

        answer: list[Any] = []
        done = threading.Event()

        def ask() -> None:
            try:
                answer.append(self._resolve(*arguments))
            except (OSError, UnicodeError) as exc:
                answer.append(exc if isinstance(exc, OSError) else OSError(str(exc)))
            done.set()

        exchange.attach(done.set)
        threading.Thread(target=ask, name="infrahub-sdk-resolver", daemon=True).start()
        if not done.wait(exchange.connect_wait()):
            raise socket.timeout("timed out")
        exchange.check_aborted()
        return answer[0]

    def _secured(self, stream: Stream, name: str, exchange: Exchange, who: str) -> Stream:
        import ssl

        from infrahub_sdk.transport.tls import TlsStream, explain

        exchange.phase = "tls"
        try:
            context = self._tls_context()
        except OSError as exc:  # a file that is not there, or has no certificate in it: nothing that the network did
            raise ValidationError("tls_context", f"it cannot be made: {exc}. Check tls_ca_file.") from exc
        secured = TlsStream(stream, context, name.partition("%")[0])
        try:
            secured.handshake(exchange.connect_wait)
        except ssl.SSLError as exc:
            raise exchange.unreachable(f"{who}{explain(exc)}") from exc
        return secured


def _connected(address: Any, seconds: float | None, exchange: Exchange) -> SocketStream:
    """A connection to one address, made within so many seconds."""
    family, kind, protocol, _, where = address
    connecting = socket.socket(family, kind, protocol)
    stream = SocketStream(connecting)
    try:
        exchange.attach(stream.abort)
        _connect(connecting, where, seconds, exchange)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange.check_aborted()
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
        raise OSError(code, os.strerror(code))


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
    stream.send("\r\n".join([*lines, "", ""]).encode("ascii"), exchange.connect_wait)
    try:
        head, rest = receive_head(stream, exchange.connect_wait)
    except (Malformed, ConnectionError) as exc:
        raise exchange.unreachable(f"{proxy} gave no answer that can be read: {exc}") from exc
    if not 200 <= head.status < 300:
        raise exchange.refused_by_proxy(route, head)
    if rest:
        raise exchange.unreachable(f"{proxy} sent bytes of its own into the tunnel")


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
