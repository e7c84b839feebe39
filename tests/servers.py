"""A server that does what a test tells it, byte by byte, on a real socket.

A test gives one script for each connection that it expects, and a script is a list of steps. A step that is bytes is
sent as it is after a request was received; a step that is a function is called after a request was received, with the
connection. A step that is `unasked(...)` does not wait for a request. The last step of a script is repeated for further
requests, and the last script for further connections.

    with ScriptedServer([answer(b"one"), close_unasked], [answer(b"two")]) as server:
        ...                          # talk to server.url
        server.wait_for_closings(1)  # the first connection is closed on this side
        assert server.connections == 2
        assert server.requests[0].target == "/x"
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, NamedTuple, Union

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

__all__ = [
    "Connection",
    "Received",
    "ScriptedServer",
    "answer",
    "chunked",
    "close",
    "close_unasked",
    "closing",
    "hold",
    "pieces",
    "reset",
    "reset_unasked",
    "then",
    "tunnel",
    "unasked",
]

_PATIENCE = 10.0  # seconds after which a wait of the server gives up, so that a failing test ends


class Received(NamedTuple):
    """A request as it came in. Header names are in lower case; chunks of a body are put together."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes


class Connection:
    """A connection of the server, as the functions of a script see it."""

    def __init__(self, server: ScriptedServer, sock: socket.socket, number: int) -> None:
        self.server = server
        self.socket = sock
        self.number = number
        self.request: Received | None = None
        self._buffer = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> Received | None:
        """The next request, or None when the client has closed."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = (
            self._chunks() if "transfer-encoding" in headers else self._exactly(int(headers.get("content-length", 0)))
        )
        return Received(self.number, method, target, headers, body, head)

    def _more(self) -> bool:
        data = self.socket.recv(65536)
        self._buffer += data
        return bool(data)

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._more():
                raise ConnectionError("the request was cut short")
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._buffer:
                if not self._more():
                    raise ConnectionError("the request was cut short")
            size, _, self._buffer = self._buffer.partition(b"\r\n")
            chunk = self._exactly(int(size, 16) + 2)
            if chunk == b"\r\n":
                return body
            body += chunk[:-2]

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Close in a way that the client sees as an error and not as an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Step = Union[bytes, Callable[[Connection], None]]


def answer(
    body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """A complete answer. `length` is what its Content-Length says, if not the truth."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(
    *chunks: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None, end: bytes = b"0\r\n\r\n"
) -> bytes:
    """An answer in chunks. `end` is what follows the last of them."""
    lines = [f"HTTP/1.1 {status}", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def close(connection: Connection) -> None:
    """Close instead of answering."""
    connection.close()


def reset(connection: Connection) -> None:
    """Reset the connection instead of answering."""
    connection.reset()


class unasked:  # noqa: N801 - reads like the other steps
    """A step that does not wait for a request."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def __call__(self, connection: Connection) -> None:
        _do(self._step, connection)


close_unasked = unasked(close)
reset_unasked = unasked(reset)


def _do(step: Step, connection: Connection) -> None:
    if isinstance(step, bytes):
        connection.send(step)
    else:
        step(connection)


def closing(data: bytes) -> Step:
    """Send these bytes and close."""
    return then(data, close)


def then(*steps: Step) -> Step:
    """Several steps for one request."""

    def run(connection: Connection) -> None:
        for step in steps:
            _do(step, connection)

    return run


def hold(event: threading.Event | None = None) -> Step:
    """Do nothing until the event is set, or until the server is shut down."""

    def run(connection: Connection) -> None:
        connection.server.held.set()
        (event or connection.server.released).wait(_PATIENCE)

    return run


def pieces(data: bytes, size: int = 1) -> Step:
    """Send the bytes in packets of this size."""

    def run(connection: Connection) -> None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), size):
            connection.send(data[start : start + size])

    return run


def tunnel(connection: Connection) -> None:
    """Do what CONNECT asks for, until one side closes."""
    assert connection.request is not None
    host, _, port = connection.request.target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE) as far:
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(far, connection.socket), daemon=True)
        back.start()
        _pump(connection.socket, far)
        back.join(_PATIENCE)
    connection.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class ScriptedServer:
    """A server on a free port of the loopback interface, for the time of a `with` block.

    Args:
        scripts: For each connection its steps.
        tls: Speak TLS with this context.
        host: `127.0.0.1` or `::1`.

    Attributes:
        url: `http://127.0.0.1:port`, or https.
        port: The port.
        connections: How many connections were accepted.
        requests: What was received, in order.
        held: Set when a `hold` begins.
        released: Set to end what holds without an event of its own.
    """

    def __init__(self, *scripts: Sequence[Step], tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._scripts = [list(script) for script in scripts] or [[answer()]]
        self._tls = tls
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, 0))
        self._listener.listen(64)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        self.connections = 0
        self.requests: list[Received] = []
        self.held = threading.Event()
        self.released = threading.Event()
        self._changed = threading.Condition()
        self._closings = 0
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> ScriptedServer:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.released.set()
        self._shut(self._listener)
        for sock in list(self._sockets):
            self._shut(sock)
        for thread in self._threads:
            thread.join(_PATIENCE)

    @staticmethod
    def _shut(sock: socket.socket) -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it
        sock.close()

    def wait_for_closings(self, count: int) -> None:
        """Wait until so many connections have been closed on this side."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._closings >= count, _PATIENCE), "the server closed too few"

    def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests have been received."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, _PATIENCE), "too few requests came"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            number = self.connections
            self.connections += 1
            self._sockets.add(sock)
            self._start(self._serve, sock, number, self._scripts[min(number, len(self._scripts) - 1)])

    def _serve(self, sock: socket.socket, number: int, script: list[Step]) -> None:
        with suppress(OSError, ValueError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                plain, sock = sock, self._tls.wrap_socket(sock, server_side=True)
                self._sockets.discard(plain)
                self._sockets.add(sock)
            self._follow(Connection(self, sock, number), script)
        self._shut(sock)
        self._sockets.discard(sock)
        with self._changed:
            self._closings += 1
            self._changed.notify_all()

    def _follow(self, connection: Connection, script: Iterable[Step]) -> None:
        steps = list(script)
        position = 0
        while connection.socket.fileno() >= 0:
            step = steps[min(position, len(steps) - 1)]
            position += 1
            if not isinstance(step, unasked):
                connection.request = connection.receive()
                if connection.request is None:
                    return
                with self._changed:
                    self.requests.append(connection.request)
                    self._changed.notify_all()
            _do(step, connection)
