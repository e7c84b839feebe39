"""Bodies that are read while they are sent, and read while they arrive."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.exceptions import Error, ResponseProtocolError, ServerNotReachableError, ValidationError
from infrahub_sdk.transport import Request, Response, Transport
from tests.servers import ScriptedServer, answer, chunked, close, closing, hold, then
from tests.unit.transport.support import get, open_transport, post

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = bytes(range(256)) * 2000


def download(transport: Transport, url: str) -> Response:
    return transport.send(Request(url), stream=True)


@pytest.mark.parametrize(
    "data",
    [answer(DATA), chunked(DATA[:100], DATA[100:]), answer(gzip.compress(DATA), headers={"Content-Encoding": "gzip"})],
)
def test_a_body_is_read_while_it_arrives(data: bytes) -> None:
    with ScriptedServer([data]) as server, open_transport() as transport:
        response = download(transport, server.url)
        assert repr(transport) == "<Transport 1 active, 0 idle>"
        assert b"".join(response.iter_bytes()) == DATA
        assert repr(transport) == "<Transport 0 active, 1 idle>"


def test_pieces_are_no_longer_than_asked_for() -> None:
    with ScriptedServer([answer(DATA)]) as server, open_transport() as transport:
        sizes = {len(piece) for piece in download(transport, server.url).iter_bytes(1000)}
        assert max(sizes) == 1000


def test_the_head_is_there_before_the_body() -> None:
    with ScriptedServer([then(answer(b"abc", length=4), hold(), b"d")]) as server, open_transport() as transport:
        response = download(transport, server.url)
        blocks = response.iter_bytes()
        assert (response.status_code, next(blocks)) == (200, b"abc")
        server.released.set()
        assert list(blocks) == [b"d"]


@pytest.mark.parametrize("read", [lambda response: response.read(), lambda response: response.content])
def test_a_streamed_body_can_be_read_at_once_and_is_kept(read: Any) -> None:
    with ScriptedServer([answer(b"abc")]) as server, open_transport() as transport:
        response = download(transport, server.url)
        assert read(response) == response.content == b"abc"
        assert list(response.iter_bytes()) == [b"abc"]
        assert repr(transport) == "<Transport 0 active, 1 idle>"


def test_a_body_that_was_read_in_pieces_is_gone() -> None:
    with ScriptedServer([answer(b"abc")]) as server, open_transport() as transport:
        response = download(transport, server.url)
        assert list(response.iter_bytes()) == [b"abc"]
        with pytest.raises(Error, match="there only once"):
            response.read()


def test_closing_early_drops_the_connection() -> None:
    with ScriptedServer([then(answer(b"abc", length=9), hold())]) as server, open_transport() as transport:
        with download(transport, server.url) as response:
            assert next(response.iter_bytes()) == b"abc"
        response.close()
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_an_answer_that_is_forgotten_frees_its_place() -> None:
    with ScriptedServer([answer(DATA)]) as server, open_transport(max_connections=1) as transport:
        download(transport, server.url)
        assert get(transport, server.url).content == DATA


def test_a_body_that_breaks_off_is_an_error_of_the_reader() -> None:
    with ScriptedServer([closing(answer(b"abc", length=9))]) as server, open_transport() as transport:
        blocks = download(transport, server.url).iter_bytes()
        assert next(blocks) == b"abc"
        with pytest.raises(ServerNotReachableError, match="after 3 of 9 bytes"):
            next(blocks)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_what_is_streamed_may_be_longer_than_what_may_be_held() -> None:
    with ScriptedServer([answer(bytes(5000))]) as server, open_transport(max_body=1000) as transport:
        assert sum(map(len, download(transport, server.url).iter_bytes())) == 5000
        with pytest.raises(ResponseProtocolError, match="longer than 1000 bytes"):
            download(transport, server.url).read()
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_what_is_streamed_and_packed_may_not() -> None:
    packed = answer(gzip.compress(bytes(5000)), headers={"Content-Encoding": "gzip"})
    with (
        ScriptedServer([packed]) as server,
        open_transport(max_body=1000) as transport,
        pytest.raises(ResponseProtocolError, match="longer than 1000 bytes"),
    ):
        list(download(transport, server.url).iter_bytes())


def test_a_file_is_sent_with_its_length() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        post(transport, server.url, io.BytesIO(DATA))
        assert (server.requests[0].headers["content-length"], server.requests[0].body) == (str(len(DATA)), DATA)


def test_an_iterable_is_sent_in_chunks() -> None:
    with ScriptedServer() as server, open_transport() as transport:
        post(transport, server.url, iter([b"ab", b"", bytearray(b"c"), DATA]))
        assert (server.requests[0].headers["transfer-encoding"], server.requests[0].body) == ("chunked", b"abc" + DATA)


@pytest.mark.parametrize("content", [io.BytesIO(), [], iter([b""])])
def test_an_empty_body_is_sent_too(content: Any) -> None:
    with ScriptedServer() as server, open_transport() as transport:
        assert post(transport, server.url, content).status_code == 200
        assert server.requests[0].body == b""


def test_an_error_while_the_body_is_made_reaches_the_caller_and_drops_the_connection() -> None:
    def body() -> Iterator[bytes]:
        yield b"abc"
        raise ZeroDivisionError

    with ScriptedServer() as server, open_transport() as transport:
        with pytest.raises(ZeroDivisionError):
            post(transport, server.url, body())
        assert repr(transport) == "<Transport 0 active, 0 idle>"


@pytest.mark.parametrize("content", [io.BytesIO(DATA), [DATA]])
def test_a_body_that_can_be_rewound_is_sent_again_over_a_fresh_connection(content: Any) -> None:
    with ScriptedServer([answer(), close], [answer(b"2")]) as server, open_transport() as transport:
        post(transport, server.url)
        request = Request(server.url, method="POST", content=content)
        request.repeatable = True
        assert transport.send(request).content == b"2"
        assert [received.body for received in server.requests[1:]] == [DATA, DATA]


def test_a_body_that_cannot_be_rewound_is_sent_once() -> None:
    with ScriptedServer([answer(), close], [answer(b"2")]) as server, open_transport() as transport:
        post(transport, server.url)
        request = Request(server.url, method="POST", content=iter([b"abc"]))
        request.repeatable = True
        with pytest.raises(ServerNotReachableError):
            transport.send(request)
        with pytest.raises(ValidationError, match="cannot be read a second time"):
            transport.send(request)
        assert len(server.requests) == 2
