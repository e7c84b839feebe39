"""A TCP connection as the two things that the transport does with it."""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    Wait = Callable[[], "float | None"]

__all__ = ["SocketStream", "Stream"]


class Stream(Protocol):
    """Bytes both ways.

    What may take time is given a function that says how many seconds are left, or raises `socket.timeout`.
    """

    @property
    def bytes_out(self) -> int:
        """How many bytes the system took so far: what never left is provably not sent."""
        ...

    def send(self, data: bytes, wait: Wait) -> None:
        """Send all of it."""

    def receive(self, size: int, wait: Wait) -> bytes:
        """Receive some bytes, at most `size`; none at the end."""
        ...

    def receive_into(self, buffer: memoryview, wait: Wait) -> int:
        """Receive some bytes into their place; 0 at the end."""
        ...

    def is_quiet(self) -> bool:
        """Whether nothing has come, neither bytes nor the end: only then an idle connection may be used again."""
        ...

    def abort(self) -> None:
        """Break a wait in another thread, without blocking."""

    def close(self) -> None:
        """Let the connection go. A copy of it in another process lives on."""


class SocketStream:
    """A socket in the clear."""

    __slots__ = ("_limit", "_poll", "_socket", "bytes_out")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._limit: float | None = -1.0
        self._poll = _poller(connected)
        self.bytes_out = 0

    def send(self, data: bytes, wait: Wait) -> None:
        """See `Stream`."""
        self._set_limit(wait())
        done = self._socket.send(data)
        self.bytes_out += done
        if done < len(data):
            self._send_rest(memoryview(data)[done:], wait)

    def _send_rest(self, rest: memoryview, wait: Wait) -> None:
        while rest:
            self._set_limit(wait())
            done = self._socket.send(rest)
            self.bytes_out += done
            rest = rest[done:]

    def receive(self, size: int, wait: Wait) -> bytes:
        """See `Stream`."""
        self._set_limit(wait())
        return self._socket.recv(size)

    def receive_into(self, buffer: memoryview, wait: Wait) -> int:
        """See `Stream`."""
        self._set_limit(wait())
        return self._socket.recv_into(buffer)

    def _set_limit(self, limit: float | None) -> None:
        if limit != self._limit:  # a system call, and mostly the limit is the same as before
            self._socket.settimeout(limit)
            self._limit = limit

    def is_quiet(self) -> bool:
        """See `Stream`."""
        return not self._poll()

    def abort(self) -> None:
        """See `Stream`."""
        with suppress(OSError):  # not connected any more
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """See `Stream`."""
        self._socket.close()  # the descriptor only: after a fork the other process keeps its connection


def _poller(connected: socket.socket) -> Callable[[], object]:
    """A function that tells, by what it returns, whether something can be read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connected, select.POLLIN)
        return lambda: poll.poll(0)
    return lambda: select.select([connected], [], [], 0)[0]  # Windows, where the number of a descriptor has no limit
