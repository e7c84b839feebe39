"""Connections kept alive: reused, bounded, shared by threads, and not shared by processes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from infrahub_sdk.exceptions import Error, ServerNotReachableError, ServerNotResponsiveError
from infrahub_sdk.transport import AbortedError, Request, Timeouts
from tests.servers import ScriptedServer, answer, close, hold, then
from tests.unit.transport.support import get, open_transport, post


def in_thread(target: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments)
    thread.start()
    return thread


def outcomes(transport: Any, url: str, results: list[Any]) -> None:
    """Send a request and remember what came of it."""
    try:
        results.append(get(transport, url).content)
    except Error as exc:
        results.append(exc)


def test_a_connection_serves_one_request_after_the_other() -> None:
    with ScriptedServer([answer(b"1")]) as server, open_transport() as transport:
        assert repr(transport) == "<Transport 0 active, 0 idle>"
        assert [post(transport, server.url).content for _ in range(5)] == [b"1"] * 5
        assert (server.connections, repr(transport)) == (1, "<Transport 0 active, 1 idle>")


@pytest.mark.parametrize("header", ["close", "x, Close"])
def test_a_server_that_wants_to_close_is_left_alone(header: str) -> None:
    with ScriptedServer([answer(headers={"Connection": header})]) as server, open_transport() as transport:
        get(transport, server.url)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_an_idle_connection_is_not_used_after_its_time() -> None:
    with ScriptedServer() as server, open_transport(idle_limit=0.0) as transport:
        for _ in range(3):
            get(transport, server.url)
        assert server.connections == 3


def test_origins_do_not_share_connections() -> None:
    with ScriptedServer() as one, ScriptedServer() as other, open_transport() as transport:
        for _ in range(2):
            get(transport, one.url)
            get(transport, other.url)
        assert (one.connections, other.connections) == (1, 1)
        assert repr(transport) == "<Transport 0 active, 2 idle>"


def at_once(transport: Any, server: ScriptedServer, count: int) -> None:
    """Make so many connections at the same time."""
    threads = [in_thread(get, transport, server.url) for _ in range(count)]
    server.wait_for_requests(count)
    server.released.set()
    for thread in threads:
        thread.join()


def test_idle_connections_are_bounded_for_each_route() -> None:
    with ScriptedServer([then(hold(), answer())]) as server, open_transport(max_idle_per_route=2) as transport:
        at_once(transport, server, 4)
        assert repr(transport) == "<Transport 0 active, 2 idle>"


def test_idle_connections_are_bounded_in_all_and_the_oldest_goes() -> None:
    with ScriptedServer() as one, ScriptedServer() as two, open_transport(max_idle=1) as transport:
        get(transport, one.url)
        get(transport, two.url)
        get(transport, two.url)
        get(transport, one.url)
        assert (one.connections, two.connections) == (2, 1)
        assert repr(transport) == "<Transport 0 active, 1 idle>"


def test_an_idle_connection_makes_room_for_one_that_is_needed() -> None:
    with ScriptedServer() as one, ScriptedServer() as two, open_transport(max_connections=1) as transport:
        get(transport, one.url)
        get(transport, two.url)
        assert repr(transport) == "<Transport 0 active, 1 idle>"
        one.wait_for_closings(1)


def test_who_needs_one_connection_too_many_waits_for_it() -> None:
    with ScriptedServer([then(hold(), answer())]) as server, open_transport(max_connections=2) as transport:
        results: list[Any] = []
        threads = [in_thread(outcomes, transport, server.url, results) for _ in range(6)]
        server.wait_for_requests(2)
        assert repr(transport) == "<Transport 2 active, 0 idle>"
        server.released.set()
        for thread in threads:
            thread.join()
        assert results == [b""] * 6
        assert server.connections == 2


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Timeouts(connect=0.1), (ServerNotReachableError, r"0.1 s \(connect_timeout\), it was waiting for one of the")),
        (Timeouts(total=0.1), (ServerNotResponsiveError, "it was waiting for one of the max_connections to be free")),
    ],
)
def test_waiting_for_a_connection_has_a_limit(limits: Timeouts, expected: tuple[type[Error], str]) -> None:
    with ScriptedServer([then(hold(), answer())]) as server, open_transport(max_connections=1) as transport:
        results: list[Any] = []
        busy = in_thread(outcomes, transport, server.url, results)
        server.held.wait(5)
        with pytest.raises(expected[0], match=expected[1]) as caught:
            get(transport, server.url, timeout=limits)
        assert vars(caught.value)["phase"] == "connect"
        assert vars(caught.value)["sent"] is False
        server.released.set()
        busy.join()


def test_twenty_threads_share_a_bounded_pool() -> None:
    with ScriptedServer([answer(b"x")]) as server, open_transport(max_connections=8) as transport:
        results: list[bytes] = []

        def work() -> None:
            for _ in range(50):
                results.append(post(transport, server.url).content)

        threads = [in_thread(work) for _ in range(20)]
        for thread in threads:
            thread.join()
        assert results == [b"x"] * 1000
        assert server.connections <= 8
        assert repr(transport).startswith("<Transport 0 active, ")


def test_a_failed_exchange_frees_its_place() -> None:
    with ScriptedServer([close]) as server, open_transport(max_connections=1) as transport:
        for _ in range(3):
            with pytest.raises(ServerNotReachableError):
                get(transport, server.url)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_an_interrupt_frees_the_place_and_drops_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server, open_transport(max_connections=1) as transport:
        get(transport, server.url)

        def interrupted(*_: Any) -> bytes:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("infrahub_sdk.transport.stream.SocketStream.receive", interrupted)
            get(transport, server.url)
        assert repr(transport) == "<Transport 0 active, 0 idle>"
        get(transport, server.url)


def test_closing_closes_what_is_idle_and_refuses_the_rest() -> None:
    with ScriptedServer() as server:
        transport = open_transport()
        get(transport, server.url)
        transport.close()
        transport.close()
        server.wait_for_closings(1)
        assert repr(transport) == "<Transport closed>"
        with pytest.raises(Error, match="The client was closed"):
            get(transport, server.url)


def test_a_transport_that_was_closed_unused_is_closed_too() -> None:
    transport = open_transport()
    transport.close()
    with pytest.raises(Error, match="The client was closed"):
        get(transport, "http://127.0.0.1:1/")


def test_closing_ends_what_is_in_flight_and_what_waits() -> None:
    with ScriptedServer([hold()]) as server:
        transport = open_transport(max_connections=1)
        results: list[Any] = []
        busy = in_thread(outcomes, transport, server.url, results)
        server.held.wait(5)
        waiting = in_thread(outcomes, transport, server.url, results)
        transport.close()
        busy.join()
        waiting.join()
        assert [isinstance(result, Error) and "closed" in str(result) for result in results] == [True, True]
        assert AbortedError in map(type, results)


def test_a_transport_that_is_dropped_closes_its_connections() -> None:
    with ScriptedServer() as server:
        transport = open_transport()
        get(transport, server.url)
        del transport
        gc.collect()
        server.wait_for_closings(1)


def test_a_program_that_ends_leaves_nothing_open() -> None:
    code = (
        "import sys; from infrahub_sdk.transport import *;"
        "t = Transport(proxies=ProxySelector(environ={}));"
        "print(t.send(Request(sys.argv[1])).status_code, t)"
    )
    with ScriptedServer() as server:
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", code, server.url],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[3],
            timeout=30,
        )
        assert (done.stdout, done.stderr) == ("200 <Transport 0 active, 1 idle>\n", "")
        server.wait_for_closings(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system knows no fork")
def test_a_forked_process_has_connections_of_its_own() -> None:
    with ScriptedServer([answer(b"parent")], [answer(b"child")]) as server, open_transport() as transport:
        get(transport, server.url)
        assert in_child(lambda: (repr(transport), get(transport, server.url).content)) == (
            "<Transport 0 active, 0 idle>",
            b"child",
        )
        assert get(transport, server.url).content == b"parent"
        assert server.connections == 2


def in_child(function: Any) -> Any:
    """What a function returns in a forked process."""
    import pickle

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, pickle.dumps(function()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        result = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    return result


def test_a_plain_request_of_the_standard_library_goes_over_the_pool_too() -> None:
    import urllib.request

    with ScriptedServer([answer(b"1")]) as server, open_transport() as transport:
        plain = urllib.request.Request(f"{server.url}/x", data=b"abc", headers={"X": "1"})
        assert transport.opener.open(plain).content == b"1"
        assert get(transport, server.url).content == b"1"
        assert (server.connections, server.requests[0].body, server.requests[0].headers["x"]) == (1, b"abc", "1")


def test_a_request_can_be_sent_again() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        request = Request(server.url, method="POST", content=b"abc", timeout=Timeouts(total=5))
        assert [transport.send(request).status_code for _ in range(2)] == [200, 200]
        assert [received.body for received in server.requests] == [b"abc", b"abc"]
