"""Bodies: where they end, what they unpack to, and what is not believed."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from infrahub_sdk.transport.body import BLOCK, TooLong, collected, exactly, framed, unpacked
from infrahub_sdk.transport.head import Head, Malformed, read_head

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNKED = b"Transfer-Encoding: chunked\r\n"


def head(fields: bytes = b"") -> Head:
    found = read_head(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n")
    assert found is not None
    return found


def body(fields: bytes, *packets: bytes) -> tuple[bytes, bool]:
    """The body in these packets, and whether the connection is clean after it."""
    rest = iter(packets)
    clean: list[bool] = []

    def all_of_it() -> Iterator[bytes]:
        clean.append((yield from framed(head(fields), next(rest, b""), lambda size: next(rest, b""))))

    return b"".join(all_of_it()), clean[0]


def split(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_body_ends_after_its_length(size: int) -> None:
    assert body(b"Content-Length: 5\r\n", *split(b"abcde", size)) == (b"abcde", True)


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("begun", [0, 1, 5000, 19_999])
def test_a_body_of_known_length_is_received_into_its_place(size: int, begun: int) -> None:
    data = bytes(range(250)) * 80
    position = begun

    def receive_into(view: memoryview) -> int:
        nonlocal position
        count = min(size, len(view))
        view[:count] = data[position : position + count]
        position += count
        return count

    assert exactly(len(data), data[:begun], receive_into) == data
    assert position == len(data)


def test_a_body_of_known_length_that_ends_early_is_an_error() -> None:
    with pytest.raises(ConnectionError, match="after 2 of 5 bytes"):
        exactly(5, b"ab", lambda view: 0)


def test_bytes_after_a_body_leave_the_connection_unusable() -> None:
    assert body(b"Content-Length: 2\r\n", b"abcde") == (b"ab", False)
    assert body(b"Content-Length: 0\r\n", b"x") == (b"", False)
    assert body(CHUNKED, b"0\r\n\r\nx") == (b"", False)


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert body(b"", b"", b"abc", b"de") == (b"abcde", False)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_are_put_together_however_they_come(size: int) -> None:
    data = b'3;x="y"\r\nabc\r\n' + b"0A\r\n0123456789\r\n" + b"1 \r\nz\r\n" + b"0\r\nTrailer: 1\r\n\r\n"
    assert body(CHUNKED, *split(data, size)) == (b"abc0123456789z", True)


@pytest.mark.parametrize(
    "data",
    [
        b"x\r\n", b"\r\n", b"-1\r\n", b"+1\r\na\r\n0\r\n\r\n", b"0x1\r\na\r\n0\r\n\r\n", b"1_0\r\n",
        b" 1\r\na\r\n0\r\n\r\n", b"1\r\nab\r\n0\r\n\r\n", b"1\r\na0\r\n\r\n", b"1;\rx\r\na\r\n0\r\n\r\n",
        b"f" * 16 + b"\r\n", b"1" * 5000, b"0\r\nno colon\r\n\r\n",
        b"0\r\n fold: 1\r\n\r\n", b"1\na\n0\n\n" + b"x" * 5000, b"0\r\n" + b"X: 1\r\n" * 20000 + b"\r\n",
    ],
)  # fmt: skip
def test_chunks_that_are_not_chunks_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        body(CHUNKED, data)


@pytest.mark.parametrize("cut", range(1, 13))
def test_chunks_that_are_cut_short_are_an_error(cut: int) -> None:
    with pytest.raises(ConnectionError, match="inside a chunked answer"):
        body(CHUNKED, b"3\r\nabc\r\n0\r\n\r\n"[:-cut])


def test_a_length_that_is_not_reached_is_an_error() -> None:
    with pytest.raises(ConnectionError, match="after 3 of 5 bytes"):
        body(b"Content-Length: 5\r\n", b"a", b"bc")


DATA = bytes(range(256)) * 1500  # unpacks to more than a block
PACKED = [
    (b"gzip", gzip.compress(DATA, mtime=0)),
    (b"x-gzip", gzip.compress(DATA, mtime=0)),
    (b"gzip", gzip.compress(DATA[:1000], mtime=0) + gzip.compress(DATA[1000:], mtime=0)),
    (b"deflate", zlib.compress(DATA)),
    (b"deflate", zlib.compress(DATA)[2:-4]),
    (b"identity", DATA),
]


@pytest.mark.parametrize(("coding", "data"), PACKED)
@pytest.mark.parametrize("size", [7, 4096, 10**6])
def test_a_packed_body_is_unpacked_however_it_comes(coding: bytes, data: bytes, size: int) -> None:
    assert b"".join(unpacked(split(data, size), coding, len(DATA))) == DATA


def test_nothing_unpacks_to_nothing() -> None:
    assert list(unpacked([], b"gzip", 10)) == []


@pytest.mark.parametrize(
    ("coding", "data"), [(b"gzip", gzip.compress(DATA, mtime=0)), (b"deflate", zlib.compress(DATA))]
)
@pytest.mark.parametrize("cut", [1, 9, 1000])
def test_a_packed_body_that_is_cut_short_is_refused(coding: bytes, data: bytes, cut: int) -> None:
    with pytest.raises(Malformed, match="cut short"):
        list(unpacked([data[:-cut]], coding, len(DATA)))


@pytest.mark.parametrize(
    ("coding", "data", "fault"),
    [
        (b"gzip", b"plain", "is not gzip"),
        (b"gzip", gzip.compress(b"a", mtime=0) + b"junk", "is not gzip"),
        (b"gzip", gzip.compress(DATA, mtime=0)[:-8] + b"12345678", "is not gzip"),
        (b"deflate", zlib.compress(b"a") + b"junk", "followed by more bytes"),
        (b"br", b"", "'br', and only gzip and deflate were offered"),
    ],
)
def test_a_body_that_is_not_packed_as_it_says_is_refused(coding: bytes, data: bytes, fault: str) -> None:
    with pytest.raises(Malformed, match=fault):
        list(unpacked([data], coding, 10**6))


def test_a_bomb_is_stopped_after_a_block_more_than_is_allowed() -> None:
    bomb = gzip.compress(bytes(50 * BLOCK), 1)
    got = 0
    with pytest.raises(TooLong):
        for piece in unpacked([bomb], b"gzip", BLOCK):
            got += len(piece)
    assert got <= BLOCK


def test_what_is_collected_has_a_limit() -> None:
    assert collected([b"ab", b"c"], 3) == b"abc"
    with pytest.raises(TooLong):
        collected([b"ab", b"cd"], 3)
