"""The connections that are kept alive between requests."""

from __future__ import annotations

import os
import threading
import weakref
from time import monotonic
from typing import TYPE_CHECKING

from infrahub_sdk.exceptions import Error
from infrahub_sdk.transport.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.connector import Route
    from infrahub_sdk.transport.exchange import Exchange
    from infrahub_sdk.transport.stream import Stream

__all__ = ["Pool"]

_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


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
        _pools.add(self)

    def _forget(self) -> None:
        self._freed = threading.Condition(threading.Lock())
        self._waiting = 0
        self._active: set[Exchange] = set()
        self._idle: dict[Route, list[Connection]] = {}  # the most recently used one last
        self._idle_count = 0

    @property
    def counts(self) -> tuple[int, int]:
        """How many connections are in use, or being made, and how many are idle."""
        return len(self._active), self._idle_count

    def acquire(self, route: Route, exchange: Exchange, *, fresh: bool = False) -> Connection:
        """Lend a connection to an exchange.

        Args:
            route: Where it has to lead.
            exchange: Who needs it. It has to `release` it.
            fresh: Make a new one in any case.

        Raises:
            OSError, Malformed, Error: See `Exchange.failure`. Nothing is lent then.
        """
        connection = self._reserve(route, exchange, fresh=fresh)
        try:
            while connection is not None:
                if monotonic() - connection.idle_since < self._idle_limit and connection.stream.is_quiet():
                    exchange.attach(connection.stream.abort)
                    exchange.connection = connection
                    exchange.is_reused = True
                    return connection
                connection.stream.close()
                connection = self._pop_idle(route)
            self._make_room()
            connection = exchange.connection = Connection(self._connect(route, exchange), route)
            return connection
        except BaseException:
            self.release(exchange, connection, is_reusable=False)
            raise

    def _reserve(self, route: Route, exchange: Exchange, *, fresh: bool) -> Connection | None:
        """Take a place among the active, and the youngest idle connection of the route if there is one."""
        while True:
            with self._freed:
                if self._is_closed:
                    raise Error("The client is closed, so it sends no more requests. Make a new one.")
                if len(self._active) < self._max_connections:
                    self._active.add(exchange)
                    return None if fresh else self._pop_idle_locked(route)
            self._wait_for_place(exchange)

    def _wait_for_place(self, exchange: Exchange) -> None:
        exchange.start_queueing()
        exchange.attach(self._wake)  # never under the lock: who aborts holds the request's lock and takes this one
        with self._freed:
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
        with self._freed:
            self._freed.notify_all()

    def _pop_idle(self, route: Route) -> Connection | None:
        with self._freed:
            return self._pop_idle_locked(route)

    def _pop_idle_locked(self, route: Route) -> Connection | None:
        kept = self._idle.get(route)
        if not kept:
            return None
        self._idle_count -= 1
        return kept.pop()

    def _make_room(self) -> None:
        """Close the idle connection that was unused for longest if one more would be too many."""
        with self._freed:
            excess = len(self._active) + self._idle_count > self._max_connections
            oldest = self._pop_oldest_locked() if excess else None
        if oldest is not None:
            oldest.stream.close()

    def _pop_oldest_locked(self) -> Connection | None:
        first = min((kept[0] for kept in self._idle.values() if kept), key=lambda kept: kept.idle_since, default=None)
        if first is not None:
            self._idle[first.route].pop(0)
            self._idle_count -= 1
        return first

    def release(self, exchange: Exchange, connection: Connection | None, *, is_reusable: bool) -> None:
        """End the loan.

        Args:
            exchange: Who had it.
            connection: What it had, if it got so far.
            is_reusable: The connection is at the beginning of a next answer.
        """
        # From here on an abort of this request must not reach the connection.
        is_reusable = exchange.detach() and is_reusable
        surplus = connection
        with self._freed:
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
        self._idle_count += 1
        if len(kept) > self._max_idle_per_route:
            self._idle_count -= 1
            return kept.pop(0)
        return self._pop_oldest_locked() if self._idle_count > self._max_idle else None

    def close(self) -> None:
        """Close the idle connections, abort the requests in flight and refuse new ones."""
        with self._freed:
            self._is_closed = True
            idle = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
            self._idle_count = 0
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


def _start_over() -> None:
    for pool in list(_pools):
        pool.start_over_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over)
