"""Ending a request from another thread, wherever it is."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from infrahub_sdk.exceptions import Error
from infrahub_sdk.transport import AbortedError, ProxySelector, Request
from infrahub_sdk.transport.connector import Connector
from tests.servers import ScriptedServer, answer, hold, then, unasked
from tests.unit.transport.support import get, open_transport

PROMPT = 1.0  # seconds; the time limits of the transport are five times that


class Sending:
    """A request on its way in a thread."""

    def __init__(self, transport: Any, request: Request, **arguments: Any) -> None:
        self.result: Any = None
        self._request = request
        self._thread = threading.Thread(target=self._send, args=(transport, arguments))
        self._thread.start()

    def _send(self, transport: Any, arguments: dict[str, Any]) -> None:
        try:
            self.result = transport.send(self._request, **arguments)
        except Error as exc:
            self.result = exc

    def abort(self) -> Any:
        """Abort it and return what came of it."""
        started = time.monotonic()
        self._request.abort()
        self._thread.join()
        assert time.monotonic() - started < PROMPT
        return self.result


def pool_of(transport: Any) -> Any:
    return transport._made["opener"][1]


def until(condition: Any) -> None:
    """Wait for a condition that no event tells of."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_request_aborted_before_it_is_sent_fails_at_once() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        request = Request(server.url)
        request.abort()
        with pytest.raises(AbortedError, match="the program aborted it") as caught:
            transport.send(request)
        assert not caught.value.sent
        assert len(server.requests) == 0
        assert repr(transport) == "<Transport 0 active, 0 idle>"


@pytest.mark.parametrize(
    ("step", "doing"),
    [(hold(), "waiting for the answer"), (then(answer(b"a", length=9), hold()), "reading the answer")],
)
def test_a_request_is_aborted_while_it_waits_for_bytes(step: Any, doing: str) -> None:
    with ScriptedServer([step]) as server, open_transport() as transport:
        sending = Sending(transport, Request(server.url))
        server.held.wait(5)
        result = sending.abort()
        assert isinstance(result, AbortedError)
        assert doing in str(result) or "waiting for the answer" in str(result)
        assert result.sent
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_a_request_is_aborted_while_it_is_sent() -> None:
    with ScriptedServer([unasked(hold())]) as server, open_transport() as transport:
        sending = Sending(transport, Request(server.url, method="POST", content=bytes(20_000_000)))
        server.held.wait(5)
        result = sending.abort()
        assert isinstance(result, AbortedError)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_a_request_is_aborted_while_it_waits_for_a_place() -> None:
    with ScriptedServer([hold()]) as server, open_transport(max_connections=1) as transport:
        busy = Sending(transport, Request(server.url))
        server.held.wait(5)
        waiting = Sending(transport, Request(server.url))
        until(lambda: pool_of(transport)._waiting)
        result = waiting.abort()
        assert isinstance(result, AbortedError)
        assert not result.sent
        assert repr(transport) == "<Transport 1 active, 0 idle>"
        busy.abort()


def test_a_request_is_aborted_while_a_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, release = threading.Event(), threading.Event()

    def resolve(*_: Any) -> list[Any]:
        asked.set()
        release.wait(5)
        return []

    monkeypatch.setattr(Connector.__init__, "__defaults__", (resolve,))
    with open_transport() as transport:
        sending = Sending(transport, Request("http://h.invalid/"))
        asked.wait(5)
        result = sending.abort()
        release.set()
    assert isinstance(result, AbortedError)
    assert "looking up the host name" in str(result)


def test_a_request_is_aborted_while_it_connects() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        with open_transport() as transport:
            assert transport.opener  # made before the thread begins
            sending = Sending(transport, Request(f"http://127.0.0.1:{full.getsockname()[1]}"))
            until(lambda: [exchange for exchange in pool_of(transport)._active if exchange.phase == "connect"])
            result = sending.abort()
        for filler in fillers:
            filler.close()
    assert isinstance(result, AbortedError)
    assert not result.sent


@pytest.mark.parametrize(
    ("arguments", "doing"),
    [({}, "agreeing on TLS"), ({"proxies": True}, "asking the proxy for a tunnel")],
)
def test_a_request_is_aborted_before_its_connection_stands(arguments: dict[str, Any], doing: str) -> None:
    with ScriptedServer([unasked(hold())]) as server:
        if arguments:
            arguments = {"proxies": ProxySelector(server.url, environ={})}
        with open_transport(**arguments) as transport:
            assert transport.opener
            sending = Sending(transport, Request(server.url.replace("http", "https")))
            server.held.wait(5)
            until(lambda: [exchange for exchange in pool_of(transport)._active if exchange.phase in {"tls", "proxy"}])
            result = sending.abort()
            assert isinstance(result, AbortedError)
            assert not result.sent
            assert doing in str(result)
            assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_a_streamed_answer_is_aborted_while_it_is_read() -> None:
    with ScriptedServer([then(answer(b"abc", length=9), hold())]) as server, open_transport() as transport:
        request = Request(server.url)
        response = transport.send(request, stream=True)
        blocks = response.iter_bytes()
        assert next(blocks) == b"abc"
        request.abort()
        with pytest.raises(AbortedError):
            next(blocks)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_aborting_what_is_over_does_not_touch_the_next_request() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        request = Request(server.url)
        transport.send(request)
        request.abort()
        assert get(transport, server.url).status_code == 200
        assert server.connections == 1


def test_an_abort_at_any_moment_ends_in_an_answer_or_an_abort() -> None:
    with ScriptedServer([answer(b"x")]) as server, open_transport(max_connections=2) as transport:
        results: list[Any] = []

        def work() -> None:
            for position in range(40):
                request = Request(server.url)
                timer = threading.Thread(
                    target=lambda request=request, n=position: (time.sleep(n * 1e-5), request.abort())
                )
                timer.start()
                try:
                    results.append(transport.send(request).content)
                except AbortedError:
                    results.append(b"x")
                timer.join()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [b"x"] * 120
        assert repr(transport).startswith("<Transport 0 active, ")
        assert get(transport, server.url).content == b"x"
