"""The reader of answers' heads, by itself and against the standard library's."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrahub_sdk.transport.head import MAX_HEAD, Head, Malformed, read_head
from infrahub_sdk.transport.headers import Headers


def head(*lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *lines, "", ""]).encode("latin-1")


def read(data: bytes) -> Head:
    found = read_head(data)
    assert found is not None
    return found


def test_a_usual_head_is_split_into_its_parts() -> None:
    found = read(head("Content-Type: application/json", "Content-Length: 12", "X-Empty:") + b"{}")
    assert (found.status, found.reason, found.length, found.chunked, found.keep_alive) == (200, b"OK", 12, False, True)
    assert list(Headers.from_wire(found.fields).items()) == [
        ("Content-Type", "application/json"),
        ("Content-Length", "12"),
        ("X-Empty", ""),
    ]


def test_a_head_ends_where_the_body_begins() -> None:
    data = head("Content-Length: 2")
    assert read(data + b"\r\n\r\n").end == len(data)


@pytest.mark.parametrize("size", range(len(head("Content-Length: 2"))))
def test_a_head_that_is_not_complete_is_waited_for(size: int) -> None:
    assert read_head(head("Content-Length: 2")[:size]) is None


@pytest.mark.parametrize(
    ("status", "lines", "keep_alive"),
    [
        ("HTTP/1.1 200 OK", [], True),
        ("HTTP/1.1 200 OK", ["Connection: close"], False),
        ("HTTP/1.1 200 OK", ["Connection: x, CLOSE"], False),
        ("HTTP/1.1 200 OK", ["Connection: keep-alive", "Connection: close"], False),
        ("HTTP/1.0 200 OK", [], False),
        ("HTTP/1.0 200 OK", ["Connection: Keep-Alive"], True),
        ("HTTP/1.0 200 OK", ["Connection: keep-alive, close"], False),
    ],
)
def test_whether_a_connection_lives_on_is_said_by_version_and_field(
    status: str, lines: list[str], keep_alive: bool
) -> None:
    assert read(head(*lines, status=status)).keep_alive is keep_alive


def test_a_body_that_is_packed_too_often_is_refused() -> None:
    assert read(head("Content-Encoding: gzip, gzip", "Content-Encoding: gzip, gzip, gzip")).encodings == [b"gzip"] * 5
    with pytest.raises(Malformed, match="packed 3000 times over"):  # each is a generator more on the stack
        read_head(head(f"Content-Encoding: {'gzip,' * 3000}"))


def test_codings_come_in_the_order_in_which_they_were_applied() -> None:
    assert read(head("Content-Encoding: a, GZIP", "content-encoding: b")).encodings == [b"a", b"gzip", b"b"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (head("Content-Length: 2", "Content-Length: 2"), "two Content-Length fields"),
        (head("Content-Length: 2", "content-length: 3"), "two Content-Length fields"),
        (head("Content-Length: 2, 2"), "'2, 2', which is not a length"),
        (head("Content-Length: +2"), "not a length"),
        (head("Content-Length: -2"), "not a length"),
        (head("Content-Length: 0x2"), "not a length"),
        (head("Content-Length: 1_0"), "not a length"),
        (head("Content-Length: \xb2"), "not a length"),
        (head("Content-Length:"), "not a length"),
        (head("Content-Length: " + "9" * 30), "not a length"),
        (head("Content-Length: 2", "Transfer-Encoding: chunked"), "both a Content-Length and a Transfer-Encoding"),
        (head("Transfer-Encoding: chunked", "Content-Length: 2"), "both a Content-Length and a Transfer-Encoding"),
        (head("Transfer-Encoding: gzip, chunked"), "only chunked was offered"),
        (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), "two Transfer-Encoding fields"),
        (head("Transfer-Encoding: chunked "), "only chunked was offered"),
        (head("Transfer-Encoding: identity"), "only chunked was offered"),
        (head("Transfer-Encoding: chunked", status="HTTP/1.0 200 OK"), "HTTP/1.0 does not know"),
        (head("Content-Length:\r\n 2"), "'Content-Length' is folded"),
        (head("Transfer-Encoding: chunked\r\n\t, x"), "'Transfer-Encoding' is folded"),
        (head("X: a\rb"), r"control character b'\\r'"),
        (head("X: a\r", "Content-Length: 2"), r"control character b'\\r'"),
        (head("X: a\x00b"), r"control character b'\\x00'"),
        (head("X: a\x0bb"), r"control character b'\\x0b'"),
        (head("Content-Length : 2"), "cannot be read"),
        (head(" Content-Length: 2"), "cannot be read"),
        (head("Content Length: 2"), "cannot be read"),
        (head("no colon"), "cannot be read"),
        (head(": no name"), "cannot be read"),
        (head("From me: 1", "X: 2"), "cannot be read"),
        (head(status="HTTP/2 200 OK"), "not HTTP/1.x"),
        (head(status="HTTP/1.1 2000 OK"), "status line"),
        (head(status="HTTP/1.1 99 OK"), "status line"),
        (head(status="HTTP/1.1 600 OK"), "status line"),
        (head(status="HTTP/1.1  200 OK"), "status line"),
        (head(status="http/1.1 200 OK"), "not HTTP/1.x"),
        (b"\r\n" + head(), "not HTTP/1.x"),
        (b"SSH-2.0-OpenSSH_9.6", "not HTTP/1.x"),
        (b"\x15\x03\x03", "speaks TLS"),
        (head(*["X: 1"] * 257), "has 257 fields"),
        (head("X: " + "x" * MAX_HEAD), "longer than 65536 bytes"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD, "longer than 65536 bytes"),
    ],
)
def test_a_head_with_more_than_one_reading_is_refused(data: bytes, fault: str) -> None:
    with pytest.raises(Malformed, match=fault):
        read_head(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.1 200 OK\nX: 1\n\n", [("X", "1")]),
        (b"HTTP/1.1 200 OK\r\nX: 1\n\r\n", [("X", "1")]),
        (b"HTTP/1.1 200\nX:1\n\n", [("X", "1")]),
        (head("X: 1\r\n  2", "Y: 3"), [("X", "1 2"), ("Y", "3")]),
        (head("X(old): 1"), [("X(old)", "1")]),
    ],
)
def test_an_unusual_head_is_read_by_the_standard_library_and_ends_the_connection(
    data: bytes, expected: list[tuple[str, str]]
) -> None:
    found = read(data)
    assert (found.status, list(Headers.from_wire(found.fields).items())) == (200, expected)
    assert not found.keep_alive
    assert found.end == len(data)


class _Socket:
    """As much of a socket as the standard library's reader needs."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def standard(data: bytes) -> tuple[Any, ...] | None:
    """What the standard library reads, or None if it refuses."""
    socket: Any = _Socket(data)
    response = http.client.HTTPResponse(socket, method="GET")
    try:
        response.begin()
    except (http.client.HTTPException, ValueError):
        return None
    fields = [(name.lower(), " ".join(value.split())) for name, value in response.headers.items()]
    length = None if response.chunked else response.length
    return response.status, response.reason.strip(), fields, response.chunked, length


def ours(data: bytes) -> tuple[Any, ...] | None:
    try:
        found = read(data)
    except Malformed:
        return None
    fields = [(name.lower().decode(), " ".join(value.decode("latin-1").split())) for name, value in found.fields]
    return found.status, found.reason.decode("latin-1").strip(), fields, found.chunked, found.length


TOKEN = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
names = st.text(TOKEN, min_size=1, max_size=12).filter(
    lambda name: name.lower() not in {"content-length", "transfer-encoding"}
)
values = st.text(f'{TOKEN} ()/:;<=>?@[]{{}},"\\\xa1\xe4\xff', max_size=20)
others = st.lists(st.tuples(names, values).map(lambda pair: f"{pair[0]}: {pair[1]}"), max_size=6)
framing = st.one_of(
    st.just(""),
    st.integers(0, 10**15).map(lambda size: f"Content-Length: {size}"),
    st.just("transfer-encoding: CHUNKED"),
)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    lines = draw(others)
    frame = draw(framing)
    if frame:
        lines.insert(draw(st.integers(0, len(lines))), frame)
    # 204, 304 and 1xx have no body whatever their fields say; the standard library sets their length to 0.
    status = draw(st.integers(200, 599).filter(lambda code: code not in {204, 304}))
    return head(*lines, status=f"HTTP/1.1 {status} {draw(values).strip()}")


@given(heads())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_well_formed_head_reads_as_in_the_standard_library(data: bytes) -> None:
    assert ours(data) == standard(data)


@given(
    heads(),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from([b"", b"\r", b"\n", b"\r\n", b" ", b":", b"\0", b"\t", b"\x80", b",", b"1"]),
        ),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_damaged_head_reads_as_in_the_standard_library_or_is_refused(
    data: bytes, damages: list[tuple[float, bytes]]
) -> None:
    for place, piece in damages:
        position = int(place * (len(data) - 4))
        data = data[:position] + piece + data[position + (not piece) :]
    found = ours(data)
    assert found is None or found == standard(data)
