"""Exchanges that go wrong on real sockets, each with the error that tells what happened."""

from __future__ import annotations

import gzip
import socket
from typing import Any

import pytest

from infrahub_sdk.exceptions import (
    JsonDecodeError,
    ResponseProtocolError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
)
from infrahub_sdk.transport import Request, Timeouts
from tests.servers import (
    ScriptedServer,
    answer,
    chunked,
    close,
    close_unasked,
    closing,
    hold,
    pieces,
    reset,
    reset_unasked,
    then,
    unasked,
)
from tests.unit.transport.support import get, open_transport, post

SHORT = 0.06  # seconds; the limit that has to run out in a test


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def test_an_answer_comes_back_whole() -> None:
    with ScriptedServer([answer(b'{"a": 1}', headers={"X": "1"})]) as server, open_transport() as transport:
        response = post(transport, f"{server.url}/graphql?x=1", b'{"b": 2}', headers={"Y": "2"})
        assert (response.status_code, response.json(), response.headers["x"]) == (200, {"a": 1}, "1")
        received = server.requests[0]
    assert (received.method, received.target, received.body) == ("POST", "/graphql?x=1", b'{"b": 2}')
    assert (received.headers["host"], received.headers["y"]) == (f"127.0.0.1:{server.port}", "2")


@pytest.mark.parametrize("size", [1, 7])
def test_an_answer_may_come_in_small_pieces(size: int) -> None:
    with ScriptedServer([pieces(answer(b"abc", headers={"X": "1"}), size)]) as server, open_transport() as transport:
        assert get(transport, server.url).content == b"abc"
        assert repr(transport) == "<Transport 0 active, 1 idle>"


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 3]
)
def test_interim_answers_are_passed_over(interim: bytes) -> None:
    with (
        ScriptedServer([interim + answer(b"abc"), pieces(interim + answer(b"d"))]) as server,
        open_transport() as transport,
    ):
        assert [get(transport, server.url).content for _ in range(2)] == [b"abc", b"d"]


@pytest.mark.parametrize(
    ("data", "method"),
    [
        (answer(b"", "204 No Content"), "GET"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nContent-Encoding: gzip\r\n\r\n", "HEAD"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"),
    ],
)
def test_an_answer_without_a_body_leaves_the_connection_in_use(data: bytes, method: str) -> None:
    with ScriptedServer([data]) as server, open_transport() as transport:
        assert [get(transport, server.url, method=method).content for _ in range(2)] == [b"", b""]
        assert server.connections == 1


@pytest.mark.parametrize("body", [b"", b"abc" * 100_000])
def test_an_answer_without_a_length_ends_with_the_connection(body: bytes) -> None:
    with ScriptedServer([closing(b"HTTP/1.0 200 OK\r\n\r\n" + body)]) as server, open_transport() as transport:
        assert get(transport, server.url).content == body
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_a_packed_answer_is_unpacked() -> None:
    packed = answer(gzip.compress(b"abc", mtime=0), headers={"Content-Encoding": "gzip"})
    twice = chunked(gzip.compress(gzip.compress(b"de", mtime=0), mtime=0), headers={"Content-Encoding": "gzip, gzip"})
    with ScriptedServer([packed, twice]) as server, open_transport() as transport:
        assert [get(transport, server.url).content for _ in range(2)] == [b"abc", b"de"]
        assert server.connections == 1


# -- the connection is lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [close, reset])
def test_a_connection_closed_instead_of_an_answer_is_an_error(step: Any) -> None:
    with ScriptedServer([step]) as server, open_transport() as transport:
        with pytest.raises(
            ServerNotReachableError, match=f"{server.url} was lost while waiting for the answer"
        ) as caught:
            post(transport, server.url)
        assert (caught.value.phase, caught.value.sent, caught.value.address) == ("receive", True, server.url)
        assert isinstance(caught.value.__cause__, ConnectionError)
        assert server.connections == 1
        assert repr(transport) == "<Transport 0 active, 0 idle>"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"HTTP/1.1 200", "inside the head"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "inside the head"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "before an answer"),
        (answer(b"abc", length=10), "after 3 of 10 bytes"),
        (chunked(b"abc", end=b""), "inside a chunked answer"),
        (chunked(b"abc", end=b"5\r\nab"), "inside a chunked answer"),
        (chunked(b"abc", end=b"0\r\n"), "inside a chunked answer"),
    ],
)
def test_an_answer_that_is_cut_short_is_an_error(data: bytes, where: str) -> None:
    with ScriptedServer([closing(data)]) as server, open_transport() as transport:
        with pytest.raises(ServerNotReachableError, match=f"lost while reading the answer: .*{where}") as caught:
            get(transport, server.url)
        assert (caught.value.phase, caught.value.sent) == ("receive", True)
        assert not isinstance(caught.value, ResponseProtocolError)
        assert server.connections == 1


@pytest.mark.parametrize("step", [close_unasked, reset_unasked])
def test_a_connection_that_died_in_the_pool_is_not_used(step: Any) -> None:
    with ScriptedServer([answer(b"1"), step], [answer(b"2")]) as server, open_transport() as transport:
        assert post(transport, server.url).content == b"1"
        server.wait_for_closings(1)
        assert post(transport, server.url).content == b"2"
        assert server.connections == 2


@pytest.mark.parametrize("stale", [answer(b"late"), b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_a_connection_on_which_something_came_unasked_is_not_used(stale: bytes) -> None:
    with ScriptedServer([answer(b"1") + stale], [answer(b"2")]) as server, open_transport() as transport:
        assert [post(transport, server.url).content for _ in range(2)] == [b"1", b"2"]


def test_a_request_that_may_be_repeated_is_repeated_once_if_the_pool_lost_the_race() -> None:
    with ScriptedServer([answer(b"1"), close], [answer(b"2")]) as server, open_transport() as transport:
        get(transport, server.url)
        assert get(transport, server.url).content == b"2"
        assert (server.connections, len(server.requests)) == (2, 3)


def test_a_request_is_not_repeated_a_second_time() -> None:
    with ScriptedServer([answer(), close], [close]) as server, open_transport() as transport:
        get(transport, server.url)
        with pytest.raises(ServerNotReachableError):
            get(transport, server.url)
        assert len(server.requests) == 3


def test_a_write_is_not_repeated_unless_it_is_said_to_be_harmless() -> None:
    with (
        ScriptedServer([answer(b"1"), close], [answer(b"2"), close], [answer(b"3")]) as server,
        open_transport() as transport,
    ):
        post(transport, server.url)
        with pytest.raises(ServerNotReachableError) as caught:
            post(transport, server.url)
        assert caught.value.sent
        post(transport, server.url)
        request = Request(server.url, method="POST", content=b"{}")
        request.repeatable = True
        assert transport.send(request).content == b"3"


@pytest.mark.parametrize("data", [b"HTTP/1.1 200", b"x"])
def test_a_request_is_not_repeated_after_the_first_byte_of_an_answer(data: bytes) -> None:
    with ScriptedServer([answer(), closing(data)]) as server, open_transport() as transport:
        get(transport, server.url)
        with pytest.raises(ServerNotReachableError):
            get(transport, server.url)
        assert server.connections == 1


def test_an_answer_given_before_the_request_was_read_is_an_answer() -> None:
    def refuse(connection: Any) -> None:
        connection.socket.recv(1000)
        connection.send(answer(b"too large", "413 Content Too Large", {"Connection": "close"}))
        connection.close()

    with ScriptedServer([unasked(refuse)]) as server, open_transport() as transport:
        response = post(transport, server.url, bytes(20_000_000))
        assert (response.status_code, response.content) == (413, b"too large")


# -- the connection is not made ----------------------------------------------------------------------------------------


def test_a_refused_connection_names_the_address() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with (
        open_transport() as transport,
        pytest.raises(ServerNotReachableError, match=f"{url}: Connection refused") as caught,
    ):
        post(transport, url)
    assert (caught.value.phase, caught.value.sent, caught.value.address) == ("connect", False, url)
    assert isinstance(caught.value.__cause__, OSError)


def test_a_name_that_is_not_known_is_named() -> None:
    with (
        open_transport() as transport,
        pytest.raises(ServerNotReachableError, match=r"'h\.invalid' is not known") as caught,
    ):
        post(transport, "http://h.invalid/")
    assert (caught.value.phase, caught.value.sent) == ("resolve", False)
    assert isinstance(caught.value.__cause__, socket.gaierror)


def test_credentials_in_a_url_do_not_reach_an_error() -> None:
    with open_transport() as transport, pytest.raises(ServerNotReachableError) as caught:
        get(transport, f"http://me:s3cret@127.0.0.1:{free_port()}/")
    assert "s3cret" not in f"{caught.value!r} {caught.value} {caught.value.address}"


# -- the answer is not one ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "two Content-Length fields"),
        (b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "control character"),
        (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nab", "folded"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "changes the protocol unasked"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 5000, "interim answers have no end"),
        (b"220 mail.example ESMTP\r\n", "not HTTP/1.x"),
        (chunked(end=b"zz\r\n"), "instead of its size"),
        (answer(b"plain", headers={"Content-Encoding": "gzip"}), "is not gzip"),
        (answer(b"", headers={"Content-Encoding": "br"}), "only gzip and deflate were offered"),
        (answer(gzip.compress(b"abc", mtime=0)[:-3], headers={"Content-Encoding": "gzip"}), "cut short"),
    ],
)
def test_an_answer_that_can_be_read_in_more_than_one_way_is_refused(data: bytes, fault: str) -> None:
    with ScriptedServer([data]) as server, open_transport() as transport:
        with pytest.raises(ResponseProtocolError, match=f"The answer of {server.url}/ is refused: .*{fault}") as caught:
            get(transport, server.url)
        assert (caught.value.phase, caught.value.sent, caught.value.blame) == ("receive", True, "protocol")
        assert (server.connections, repr(transport)) == (1, "<Transport 0 active, 0 idle>")


@pytest.mark.parametrize(
    "data",
    [
        answer(bytes(1001)),
        chunked(bytes(600), bytes(600)),
        b"HTTP/1.0 200 OK\r\n\r\n" + bytes(1001),
        answer(gzip.compress(bytes(1001), mtime=0), headers={"Content-Encoding": "gzip"}),
        answer(b"", length=10**15),
    ],
)
def test_an_answer_that_is_too_long_is_refused_with_the_limit(data: bytes) -> None:
    with (
        ScriptedServer([closing(data)]) as server,
        open_transport(max_body=1000) as transport,
        pytest.raises(ResponseProtocolError, match=r"longer than 1000 bytes \(max_body\)"),
    ):
        get(transport, server.url)


@pytest.mark.parametrize("body", [b'{"data": {"x', b"<html>Bad Gateway</html>", b""])
def test_an_answer_that_is_not_json_says_so_when_it_is_read(body: bytes) -> None:
    with (
        ScriptedServer([answer(body)]) as server,
        open_transport() as transport,
        pytest.raises(JsonDecodeError, match=f"The answer of {server.url}/ is not JSON"),
    ):
        get(transport, server.url).json()


# -- time runs out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        hold(),
        then(b"HTTP/1.1 200 OK\r\n", hold()),
        then(answer(b"abc", length=10), hold()),
        then(chunked(b"abc", end=b""), hold()),
    ],
)
def test_silence_ends_with_the_read_limit(step: Any) -> None:
    with ScriptedServer([step]) as server, open_transport() as transport:
        says = r"The limit is timeout \(INFRAHUB_TIMEOUT\)[.] \(timeout: 0.06 s\)"
        with pytest.raises(ServerNotResponsiveError, match=says) as caught:
            post(transport, server.url, timeout=SHORT)
        assert (caught.value.phase, caught.value.sent, caught.value.timeout) == ("receive", True, SHORT)
        assert caught.value.url == f"{server.url}/"
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_an_answer_that_trickles_ends_with_the_total_limit() -> None:
    def trickle(connection: Any) -> None:
        while not connection.server.released.wait(0.02):
            connection.send(b"x")

    with ScriptedServer([then(b"HTTP/1.1 200 OK\r\n\r\n", trickle)]) as server, open_transport() as transport:
        with pytest.raises(ServerNotResponsiveError, match="took too long, it was reading the answer") as caught:
            get(transport, server.url, timeout=Timeouts(read=5, total=SHORT))
        assert (caught.value.timeout, caught.value.phase) == (SHORT, "receive")


def test_a_server_that_does_not_read_ends_with_the_read_limit() -> None:
    with ScriptedServer([unasked(hold())]) as server, open_transport() as transport:
        with pytest.raises(ServerNotResponsiveError, match="while sending the request") as caught:
            post(transport, server.url, bytes(20_000_000), timeout=SHORT)
        assert (caught.value.phase, caught.value.sent) == ("send", False)  # its end never left


def test_a_connection_that_is_not_made_in_time_is_an_error() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(3):  # from now on the system drops what comes, so that connecting takes for ever
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        with open_transport() as transport, pytest.raises(ServerNotReachableError, match="connect_timeout") as caught:
            get(transport, url, timeout=Timeouts(connect=SHORT))
        for filler in fillers:
            filler.close()
    assert (caught.value.phase, caught.value.sent) == ("connect", False)


def test_a_request_that_cannot_be_written_is_refused_before_connecting() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        with pytest.raises(ValidationError, match="X"):
            get(transport, server.url, headers={"X": "\n"})
        assert server.connections == 0
