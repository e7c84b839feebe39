"""The content of requests, as it comes over the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from io import BufferedIOBase

__all__ = ["read"]

_LONGEST = 100_000_000  # bytes of a content
_LONGEST_LINE = 1_000  # bytes of a line between chunks
_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(;.*)?")


def read(headers: Message[str, str], stream: BufferedIOBase) -> bytes:
    """The content of a request.

    Args:
        headers: The header fields of the request.
        stream: What follows them.

    Raises:
        ValueError: It cannot be told where the content ends, or it is too long.
        ConnectionError: The client went away before the end.
    """
    lengths, coding = headers.get_all("Content-Length", []), headers.get("Transfer-Encoding")
    if coding is not None:
        if lengths or coding.strip().lower() != "chunked":
            raise ValueError("Of the ways to say how long a body is, this server knows a length and chunks")
        return b"".join(_chunks(stream))
    if not lengths:
        return b""
    if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        raise ValueError("The length of the body has to be one number")
    return _exactly(stream, _checked(int(lengths[0])))


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    """The pieces of a content of RFC 9112, section 7.1; extensions and trailers are passed over."""
    total = 0
    while size := _size(_line(stream)):
        total = _checked(total + size)
        yield _exactly(stream, size)
        if _line(stream):
            raise ValueError("A chunk of the body is longer than it says")
    while _line(stream):
        pass


def _size(line: bytes) -> int:
    size = _SIZE.fullmatch(line)
    if size is None:
        raise ValueError("A chunk of the body does not begin with its size")
    return int(size[1], 16)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line:
        raise ConnectionError("The client went away")
    if not line.endswith(b"\n"):
        raise ValueError("A line between chunks of the body is too long")
    return line.rstrip(b"\r\n")


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise ConnectionError("The client went away")
    return content


def _checked(size: int) -> int:
    if size > _LONGEST:
        raise ValueError(f"The body is longer than {_LONGEST} bytes")
    return size
