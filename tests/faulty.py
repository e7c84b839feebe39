"""A relay between a client and a server that breaks at the byte that a test names.

It passes on what the client sends and what the server answers, byte for byte. For each request a test may name a fault;
requests without one go through. Nothing in it depends on time: what has to happen after something else is done by the
relay itself, in that order.

    with Injector(ModelFar(model)) as injector:                    # or SocketFar(host, port), for a real server
        injector.fail(cut_answer(17), None, gateway(504))          # the next request, the one after it, the third
        ...                                                        # talk to injector.url
        injector.wait_until_closed()                               # no connection is left
"""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, Protocol

from tests.model import http_answer

if TYPE_CHECKING:
    from types import TracebackType

    from tests.model import Model

__all__ = [
    "Fault",
    "Injector",
    "ModelFar",
    "Passage",
    "SocketFar",
    "cut_answer",
    "cut_request",
    "drip",
    "gateway",
    "stall",
]

_PATIENCE = 20.0  # seconds after which a wait gives up, so that a failing test ends
_RESET = struct.pack("ii", 1, 0)


def message_length(data: bytes) -> int | None:
    """How long the HTTP message at the beginning of these bytes is; None while that cannot be said."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end].lower()
    if b"\r\ntransfer-encoding: chunked" in head:
        return _end_of_chunks(data, end + 4)
    _, found, rest = head.partition(b"\r\ncontent-length:")
    return end + 4 + (int(rest.partition(b"\r\n")[0]) if found else 0)


def _end_of_chunks(data: bytes, start: int) -> int | None:
    while True:
        end = data.find(b"\r\n", start)
        if end < 0:
            return None
        size = int(data[start:end].partition(b";")[0], 16)
        start = end + 2 + size + 2
        if not size:
            return start


def read_message(sock: socket.socket) -> bytes:
    """The next HTTP message; what there is of it where the other side closes before its end."""
    data = b""
    while True:
        length = message_length(data)
        if length is not None and len(data) >= length:
            assert len(data) == length, "the client does not pipeline"
            return data
        more = sock.recv(65536 if length is None else max(65536, length - len(data)))
        if not more:
            return data
        data += more


class Link(Protocol):
    """A connection to the server."""

    def ask(self, request: bytes) -> bytes:
        """Send a request and give the answer."""
        ...

    def begin(self, part: bytes) -> None:
        """Send the beginning of a request and break the connection."""

    def close(self) -> None:
        """End it."""


class ModelFar:
    """The model as the server, called directly: a socket less on the way."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def connect(self) -> ModelFar:
        return self

    def ask(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        method, target, _ = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
        return http_answer(self._model, method, target, body)

    def begin(self, part: bytes) -> None:
        """A server runs a request when it is complete."""
        if message_length(part) == len(part):
            self.ask(part)

    def close(self) -> None:
        """There is nothing to close."""


class SocketFar:
    """A server on a socket."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port

    def connect(self) -> SocketLink:
        return SocketLink(socket.create_connection(self._address, timeout=_PATIENCE))


class SocketLink:
    """A connection to it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def ask(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        return read_message(self._socket)

    def begin(self, part: bytes) -> None:
        self._socket.sendall(part)
        self._socket.close()

    def close(self) -> None:
        self._socket.close()


class Passage:
    """One request on its way through the relay, as the faults see it.

    Attributes:
        request: All bytes of it.
    """

    def __init__(self, injector: Injector, near: socket.socket, link: Link, request: bytes) -> None:
        self.injector = injector
        self.request = request
        self._near = near
        self._link = link

    def ask(self) -> bytes:
        """Let the server do it, and give its answer."""
        answer = self._link.ask(self.request)
        self.injector._answered()
        return answer

    def begin(self, count: int) -> None:
        """Let the server see this many bytes of it."""
        if count:
            self._link.begin(self.request[:count])

    def send(self, data: bytes) -> None:
        """Send to the client."""
        self._near.sendall(data)

    def end(self, *, reset: bool = False) -> None:
        """Break the connection to the client: with an end, or with a reset."""
        if reset:
            self._near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._near.close()


Fault = Callable[[Passage], None]


def pass_on(passage: Passage) -> None:
    """Nothing is wrong."""
    passage.send(passage.ask())


def cut_request(after: int, *, reset: bool = False) -> Fault:
    """The server sees this many bytes of the request, then both connections break."""

    def fault(passage: Passage) -> None:
        passage.begin(after)
        passage.end(reset=reset)

    return fault


def cut_answer(after: int, *, reset: bool = False) -> Fault:
    """The server does its work, and the client sees this many bytes of the answer."""

    def fault(passage: Passage) -> None:
        passage.send(passage.ask()[:after])
        passage.end(reset=reset)

    return fault


def drip(passage: Passage) -> None:
    """The answer comes in single bytes."""
    passage._near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in passage.ask():
        passage.send(bytes((byte,)))


def stall(until: threading.Event) -> Fault:
    """The server does its work, and the answer stays away until the event."""

    def fault(passage: Passage) -> None:
        answer = passage.ask()
        until.wait(_PATIENCE)
        passage.send(answer)

    return fault


def gateway(status: int, *, late: bool = False, keep_alive: bool = True) -> Fault:
    """A gateway gives up with this status, while the server does the work all the same.

    Args:
        status: 502 or 504.
        late: The work is done right after the next request was answered, which is the one with which the client looks
            whether it was done; before otherwise. `Injector.let_go` does it too.
        keep_alive: Whether the connection stays.
    """
    body = b"<html><h1>The gateway gave up</h1></html>"
    ending = "" if keep_alive else "Connection: close\r\n"
    head = f"HTTP/1.1 {status} Gave up\r\nContent-Type: text/html\r\n{ending}Content-Length: {len(body)}\r\n\r\n"

    def fault(passage: Passage) -> None:
        if late:
            passage.injector._hold(passage.request)
        else:
            passage.ask()
        passage.send(head.encode() + body)
        if not keep_alive:
            passage.end()

    return fault


class Injector:
    """The relay, on a free port of the loopback interface for the time of a `with` block.

    Args:
        far: The server.
        width: How many connections it serves at once.

    Attributes:
        url: Where clients find it.
        requests: How many requests came.
        connections: How many connections came.
    """

    def __init__(self, far: ModelFar | SocketFar, width: int = 8) -> None:
        self._far = far
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests = 0
        self.connections = 0
        self._faults: deque[Fault | None] = deque()
        self._held: list[bytes] = []
        self._read_at_most = 0
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        # Each waits for connections itself: a thread for each of them would cost more than what it does.
        self._threads = [threading.Thread(target=self._accept, daemon=True) for _ in range(width)]

    def __enter__(self) -> Injector:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the threads that wait in it
        self.hang_up()
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._listener.close()

    def fail(self, *faults: Fault | None) -> None:
        """What is to go wrong with the next requests, in order; None for nothing."""
        self._faults = deque(faults)

    def cut_next_after(self, size: int) -> None:
        """Read so much of the next new connection and reset it: a long request never leaves the client wholly."""
        self._read_at_most = size

    def hang_up(self) -> None:
        """Close the connections, as a server does with those that have been idle for long."""
        for sock in list(self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @property
    def faults_left(self) -> int:
        """How many of the faults have not come to pass."""
        return len(self._faults)

    def let_go(self) -> None:
        """Do the work that was held back."""
        self._answered()

    def wait_until_closed(self) -> None:
        """Wait until no connection is open."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, _PATIENCE), f"{len(self._open)} connections are open"

    def _hold(self, request: bytes) -> None:
        self._held.append(request)

    def _answered(self) -> None:
        """Something was answered: now is the time for what was held back."""
        held, self._held = self._held, []
        for request in held:
            link = self._far.connect()
            link.ask(request)
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections += 1
                self._open.add(near)
            self._serve(near)

    def _serve(self, near: socket.socket) -> None:
        link = self._far.connect()
        try:
            with suppress(OSError):
                self._relay(near, link)
        finally:
            link.close()
            near.close()
            with self._changed:
                self._open.discard(near)
                self._changed.notify_all()

    def _relay(self, near: socket.socket, link: Link) -> None:
        while near.fileno() >= 0:
            if self._read_at_most:
                near.recv(self._read_at_most)
                self._read_at_most = 0
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return
            request = read_message(near)
            if message_length(request) != len(request):
                return  # the client has closed
            self.requests += 1
            fault = self._faults.popleft() if self._faults else None
            (fault or pass_on)(Passage(self, near, link, request))
