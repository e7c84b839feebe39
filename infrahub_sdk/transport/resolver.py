"""Host names to addresses, with a time limit and an end from outside."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.exchange import Exchange

__all__ = ["Resolver"]


class _Lookup:
    """A question to the system's resolver, and who waits for the answer."""

    __slots__ = ("answer", "waiting")

    def __init__(self) -> None:
        self.answer: Any = None
        self.waiting: list[threading.Event] = []

    def finish(self, answer: Any) -> None:
        self.answer = answer
        for waiting in self.waiting:
            waiting.set()


class Resolver:
    """Asks the system's resolver in threads, since it knows neither time limits nor an end from outside.

    A thread that nobody waits for any more is left to finish. Who asks for a name that is being looked up waits for
    that answer, so one that never comes holds one thread and not one for each request.

    Args:
        resolve: Looks up host names, as `socket.getaddrinfo` does.
    """

    def __init__(self, resolve: Callable[..., list[Any]]) -> None:
        self._resolve = resolve
        self._running: dict[tuple[Any, ...], _Lookup] = {}  # without a lock, which a fork could leave locked

    def addresses(self, host: str, port: int, exchange: Exchange) -> list[Any]:
        """The addresses of a host, as `socket.getaddrinfo` gives them.

        Raises:
            OSError: There are none, or the time ran out.
            AbortedError: The request was aborted.
        """
        arguments = (host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        if ":" in host or host.replace(".", "").isdigit():
            return list(self._resolve(*arguments, 0, socket.AI_NUMERICHOST))
        answer = self._look_up(arguments, exchange)
        if isinstance(answer, OSError):
            raise answer
        return list(answer)

    def _look_up(self, arguments: tuple[Any, ...], exchange: Exchange) -> Any:
        ready = threading.Event()
        exchange.attach(ready.set)
        key = (os.getpid(), *arguments)  # a forked process has no thread that would answer
        mine = _Lookup()
        lookup = self._running.setdefault(key, mine)
        lookup.waiting.append(ready)
        if lookup is mine:
            self._start(key, lookup)
        elif lookup.answer is not None:  # it came before this one waited
            ready.set()
        if not ready.wait(exchange.connect_wait()):
            raise socket.timeout("timed out")
        exchange.check_aborted()
        return lookup.answer

    def _start(self, key: tuple[Any, ...], lookup: _Lookup) -> None:
        def ask() -> None:
            answer: Any
            try:
                answer = self._resolve(*key[1:])
            except BaseException as exc:  # also of a name that cannot be encoded; who waits must hear of it
                answer = exc if isinstance(exc, OSError) else OSError(str(exc) or type(exc).__name__)
            self._running.pop(key, None)
            lookup.finish(answer)

        try:
            threading.Thread(target=ask, name="infrahub-sdk-resolver", daemon=True).start()
        except BaseException as exc:
            self._running.pop(key, None)
            lookup.finish(OSError("no thread can be started for it"))
            if not isinstance(exc, RuntimeError):  # which is what a system without threads to spare gives
                raise
