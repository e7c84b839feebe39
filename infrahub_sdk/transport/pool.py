"""The connections that are kept alive between requests."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

from infrahub_sdk.transport.cancellation import closed
from infrahub_sdk.transport.connection import Connection
from infrahub_sdk.transport.forking import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.connector import Route
    from infrahub_sdk.transport.exchange import Exchange
    from infrahub_sdk.transport.stream import Stream

__all__ = ["Pool"]


class Pool:
    """Lends connections. What to do is decided under the lock; bytes move outside of it.

    Args:
        connect: Makes a connection.
        max_connections: How many there may be at once, idle ones included. Who needs one more waits.
        max_idle: How many idle ones are kept.
        max_idle_per_route: How many of them for the same server and proxy.
        idle_limit: Seconds after which an idle one is not used again. uvicorn, which Infrahub runs on, closes after 5.
    """

    def __init__(
        self,
        connect: Callable[[Route, Exchange], Stream],
        *,
        max_connections: int,
        max_idle: int,
        max_idle_per_route: int,
        idle_limit: float,
    ) -> None:
        self._connect = connect
        self._max_connections = max_connections
        self._max_idle = max_idle
        self._max_idle_per_route = max_idle_per_route
        self._idle_limit = idle_limit
        self._is_closed = False
        self._forget()
        watch(self)

    def _forget(self) -> None:
        # Entered again by the same thread when the collector, which may run anywhere, drops an unread answer. And taken
        # as it is: a Ctrl-C inside of `Condition.__enter__` would leave it locked.
        self._lock = threading.RLock()
        self._freed = threading.Condition(self._lock)
        self._waiting = 0
        self._active: set[Exchange] = set()
        self._idle: dict[Route, list[Connection]] = {}  # the most recently used one last

    @property
    def counts(self) -> tuple[int, int]:
        """How many connections are in use, or being made, and how many are idle."""
        return len(self._active), self._count_idle()

    def acquire(self, route: Route, exchange: Exchange, *, fresh: bool = False) -> Connection:
        """Lend a connection to an exchange.

        Args:
            route: Where it has to lead.
            exchange: Who needs it. It has to `release` it, also when this fails.
            fresh: Make a new one in any case.

        Raises:
            OSError, Malformed, Error: See `Exchange.failure`.
        """
        connection = exchange.connection = self._reserve(route, exchange, fresh=fresh)
        while connection is not None:
            if monotonic() - connection.idle_since < self._idle_limit and connection.stream.is_quiet():
                exchange.attach(connection.stream.abort)
                exchange.is_reused = True
                return connection
            connection.stream.close()
            connection = exchange.connection = self._pop_idle(route)
        self._make_room()
        connection = exchange.connection = Connection(self._connect(route, exchange), route)
        return connection

    def _reserve(self, route: Route, exchange: Exchange, *, fresh: bool) -> Connection | None:
        """Take a place among the active, and the youngest idle connection of the route if there is one."""
        while True:
            with self._lock:
                if self._is_closed:
                    raise closed()
                if len(self._active) < self._max_connections:
                    self._active.add(exchange)
                    return None if fresh else self._pop_idle_locked(route)
            self._wait_for_place(exchange)

    def _wait_for_place(self, exchange: Exchange) -> None:
        exchange.start_queueing()
        exchange.attach(self._wake)  # never under the lock: who aborts holds the request's lock and takes this one
        with self._lock:
            self._waiting += 1
            try:
                while len(self._active) >= self._max_connections and not self._is_closed:
                    exchange.check_aborted()
                    self._freed.wait(exchange.connect_wait())
            except BaseException:
                self._freed.notify()  # the call that woke this thread may have been meant for a place
                raise
            finally:
                self._waiting -= 1

    def _wake(self) -> None:
        with self._lock:
            self._freed.notify_all()

    def _pop_idle(self, route: Route) -> Connection | None:
        with self._lock:
            return self._pop_idle_locked(route)

    def _pop_idle_locked(self, route: Route) -> Connection | None:
        kept = self._idle.get(route)
        if not kept:
            return None
        return kept.pop()

    def _make_room(self) -> None:
        """Close the idle connection that was unused for longest if one more would be too many."""
        with self._lock:
            excess = len(self._active) + self._count_idle() > self._max_connections
            oldest = self._pop_oldest_locked() if excess else None
        if oldest is not None:
            oldest.stream.close()

    def _count_idle(self) -> int:
        return sum(map(len, list(self._idle.values())))

    def _pop_oldest_locked(self) -> Connection | None:
        kept = min(filter(None, list(self._idle.values())), key=lambda kept: kept[0].idle_since, default=None)
        if not kept:
            return None
        return kept.pop(0)

    def release(self, exchange: Exchange, *, is_reusable: bool) -> None:
        """End the loan. A second time does nothing, so that who was interrupted in it may do it again.

        Args:
            exchange: Who had it.
            is_reusable: Its connection is at the beginning of a next answer.
        """
        # From here on an abort of this request must not reach the connection.
        is_reusable = exchange.detach() and is_reusable
        with self._lock:
            surplus = connection = exchange.connection if exchange in self._active else None
            self._active.discard(exchange)
            if connection is not None and is_reusable and not self._is_closed:
                connection.idle_since = monotonic()
                surplus = self._keep_locked(connection)
            if self._waiting:
                self._freed.notify()
        if surplus is not None:
            surplus.stream.close()

    def _keep_locked(self, connection: Connection) -> Connection | None:
        """Keep a connection, and return the one that is too many for it."""
        kept = self._idle.setdefault(connection.route, [])
        kept.append(connection)
        if len(kept) > self._max_idle_per_route:
            return kept.pop(0)
        return self._pop_oldest_locked() if self._count_idle() > self._max_idle else None

    def close(self) -> None:
        """Close the idle connections, abort the requests in flight and refuse new ones."""
        with self._lock:
            self._is_closed = True
            idle = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
            active = list(self._active)
            self._freed.notify_all()
        for connection in idle:
            connection.stream.close()
        for exchange in active:
            exchange.request.abort("the client was closed")

    def start_over_in_child(self) -> None:
        """Let go of the connections, which belong to the parent process: two processes must not write into one."""
        connections = [connection for kept in self._idle.values() for connection in kept]
        connections += [exchange.connection for exchange in self._active if exchange.connection is not None]
        for connection in connections:
            connection.stream.close()  # this process's copy of the descriptor; nothing is sent
        self._forget()
