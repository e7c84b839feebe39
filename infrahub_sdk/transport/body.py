"""The body of an answer: where it ends, and what it unpacks to."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk.transport.head import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from infrahub_sdk.transport.head import Head

__all__ = ["BLOCK", "TooLong", "collected", "exactly", "framed", "unpacked"]

BLOCK = 262144  # bytes asked of the kernel at once: a fast link fills it, a slow one gives less
_MAX_LINE = 4096
_MAX_TRAILERS = 65536
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t -~\x80-\xff]*)?")
_TRAILER = re.compile(rb"[!#-'*+\-.0-9A-Z^_`a-z|~]+:[\t -~\x80-\xff]*")
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's names for its formats, with the largest window


class TooLong(Exception):
    """There is more than the caller wants to hold."""


class _Incoming:
    """Received bytes, of which the first `position` are used up, and the way to get more."""

    __slots__ = ("_data", "_position", "_receive")

    def __init__(self, data: bytes, receive: Callable[[int], bytes]) -> None:
        self._data = data
        self._position = 0
        self._receive = receive

    def _more(self) -> None:
        block = self._receive(BLOCK)
        if not block:
            raise ConnectionError("it was closed inside a chunked answer")
        self._data = self._data[self._position :] + block
        self._position = 0

    def line(self) -> bytes:
        """The next line, without its end."""
        while True:
            end = self._data.find(b"\r\n", self._position)
            if end - self._position > _MAX_LINE or (end < 0 and len(self._data) - self._position > _MAX_LINE):
                raise Malformed(f"a line between its chunks is longer than {_MAX_LINE} bytes")
            if end >= 0:
                line = self._data[self._position : end]
                self._position = end + 2
                return line
            self._more()

    def block(self, size: int) -> bytes:
        """The next bytes: at least one, at most `size`."""
        if self._position >= len(self._data):
            self._more()
        block = self._data[self._position : self._position + size]
        self._position += len(block)
        return block

    def rest(self) -> bytes:
        """What is left over."""
        return self._data[self._position :]


def framed(head: Head, data: bytes, receive: Callable[[int], bytes]) -> Generator[bytes, None, bool]:
    """The body as it was sent, block by block.

    Args:
        head: The head of the answer.
        data: What was received after it.
        receive: Gives more, at most as many bytes as asked for, and none at the end of the connection.

    Returns:
        Whether the connection is at the beginning of a next answer.

    Raises:
        Malformed: The chunks are no chunks.
        ConnectionError: The connection ended before the body.
    """
    if head.chunked:
        return _by_chunks(_Incoming(data, receive))
    if head.length is None:
        return _until_close(data, receive)
    return _by_length(head.length, data, receive)


def _by_length(length: int, data: bytes, receive: Callable[[int], bytes]) -> Generator[bytes, None, bool]:
    left = length - len(data)
    if data and length:
        yield data if left >= 0 else data[:length]
    while left > 0:
        block = receive(min(left, BLOCK))
        if not block:
            raise ConnectionError(f"it was closed after {length - left} of {length} bytes of the answer")
        left -= len(block)
        yield block
    return left == 0


def _until_close(data: bytes, receive: Callable[[int], bytes]) -> Generator[bytes, None, bool]:
    if data:
        yield data
    while True:
        data = receive(BLOCK)
        if not data:
            return False
        yield data


def _by_chunks(incoming: _Incoming) -> Generator[bytes, None, bool]:
    while True:
        line = incoming.line()
        match = _CHUNK_SIZE.fullmatch(line)
        if match is None:
            raise Malformed(f"a chunk begins with {line[:40]!r} instead of its size")
        size = int(match.group(1), 16)
        if not size:
            break
        while size:
            block = incoming.block(size)
            size -= len(block)
            yield block
        if incoming.line():
            raise Malformed("a chunk is longer than its size says")
    _skip_trailers(incoming)
    return not incoming.rest()


def _skip_trailers(incoming: _Incoming) -> None:
    # RFC 9110, 6.5.1: a trailer field is dropped unless the recipient knows it to be safe. None is needed here.
    size = 0
    while True:
        line = incoming.line()
        if not line:
            return
        size += len(line)
        if _TRAILER.fullmatch(line) is None or size > _MAX_TRAILERS:
            raise Malformed(f"its chunks are followed by {line[:40]!r} instead of a header field")


def unpacked(blocks: Iterable[bytes], coding: bytes, limit: int) -> Iterator[bytes]:
    """Undo one content coding, block by block, never holding more than a block.

    Args:
        blocks: The packed body.
        coding: Its content coding, in lower case.
        limit: How many bytes it may unpack to.

    Returns:
        The blocks of the unpacked body.

    Raises:
        Malformed: The coding is not known, or the body not of it, or cut short.
        TooLong: It unpacks to more.
    """
    if coding == b"identity":
        return iter(blocks)
    if coding not in {b"gzip", b"x-gzip", b"deflate"}:
        raise Malformed(
            f"its Content-Encoding is {coding[:40].decode('latin-1')!r}, and only gzip and deflate were offered"
        )
    return _inflated(blocks, coding, limit)


def _inflated(blocks: Iterable[bytes], coding: bytes, limit: int) -> Iterator[bytes]:
    import zlib

    unpacker: Any = None
    size = 0
    for block in blocks:
        packed = block
        while packed:
            if unpacker is None or unpacker.eof:
                unpacker = zlib.decompressobj(_format(packed, coding, first=unpacker is None))
            try:
                piece = unpacker.decompress(packed, BLOCK)
            except zlib.error as exc:
                raise Malformed(f"its body is not {coding.decode()}: {exc}") from exc
            size += len(piece)
            if size > limit:
                raise TooLong
            if piece:
                yield piece
            packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if unpacker is not None and not unpacker.eof:
        piece = unpacker.flush()
        if not unpacker.eof:
            raise Malformed(f"its {coding.decode()} body is cut short")
        yield piece


def _format(data: bytes, coding: bytes, *, first: bool) -> int:
    if coding != b"deflate":
        return _GZIP
    if not first:
        raise Malformed("its deflate body is followed by more bytes")
    # RFC 9110, 8.4.1.2: deflate means zlib's format, but some servers send the bare one. The first byte tells.
    return _ZLIB if data[0] & 0x0F == 8 and data[0] >> 4 <= 7 else _RAW


class _Body(io.RawIOBase):
    """A body of known length, for `io.BufferedReader`."""

    def __init__(self, length: int, data: bytes, receive_into: Callable[[memoryview], int]) -> None:
        self._left = length
        self._data = data
        self._receive_into = receive_into

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: self._left]
        if self._data:
            size = min(len(self._data), len(view))
            view[:size] = self._data[:size]
            self._data = self._data[size:]
        else:
            size = self._receive_into(view)
        self._left -= size
        return size


def exactly(length: int, data: bytes, receive_into: Callable[[memoryview], int]) -> bytes:
    """The whole of a body that is longer than what has come of it.

    The buffered reader receives straight into the bytes that it returns: 19 MB take 2 ms instead of 22 ms in blocks.

    Args:
        length: Its length.
        data: What was received of it.
        receive_into: Receives more to where it belongs, and returns how much; 0 at the end of the connection.

    Raises:
        ConnectionError: The connection ended before the body.
    """
    content = io.BufferedReader(_Body(length, data, receive_into)).read(length)
    if len(content) < length:
        raise ConnectionError(f"it was closed after {len(content)} of {length} bytes of the answer")
    return content


def collected(blocks: Iterable[bytes], limit: int) -> bytes:
    """The whole body.

    Raises:
        TooLong: There are more bytes than the limit.
    """
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > limit:
            raise TooLong
    return held[0] if len(held) == 1 else b"".join(held)
