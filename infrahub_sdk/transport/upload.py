"""A request body that is read while it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Upload"]

_BLOCK = 65536


class Upload:
    """A binary file or an iterable of bytes, as blocks to send.

    Args:
        source: The file, read from where it stands, or the iterable.

    Attributes:
        length: How many bytes there are, or None if that cannot be known.
        is_rewindable: Whether it can be sent a second time.

    Raises:
        ValidationError: It is neither, or a text file.
    """

    __slots__ = ("_is_file", "_source", "_start", "_started", "is_rewindable", "length")

    def __init__(self, source: Any) -> None:
        self._source = source
        self._started = False
        self._start = 0
        self._is_file = hasattr(source, "read")
        self.length: int | None = None
        if isinstance(source, (str, dict)) or not (self._is_file or hasattr(source, "__iter__")):
            raise ValidationError(
                "content", f"a body is bytes, a binary file or an iterable of bytes, not {_kind(source)}."
            )
        if self._is_file:
            self._measure()
            self.is_rewindable = self.length is not None
        else:
            self.is_rewindable = iter(source) is not source  # an iterator is used up, a list or the like is not

    def _measure(self) -> None:
        """Find out where a file stands and how much of it is left; a pipe cannot tell."""
        try:
            self._start = self._source.tell()
            end = self._source.seek(0, 2)
            self._source.seek(self._start)
        except (AttributeError, OSError):
            return
        self.length = max(0, end - self._start)

    def pieces(self, declared: int | None) -> Iterator[bytes]:
        """The body from its beginning, framed for the wire; there is at least one piece.

        Args:
            declared: What the request's Content-Length says; None to send chunks.

        Raises:
            ValidationError: It was sent before and cannot be read again, does not consist of bytes, or is not as long
                as declared.
        """
        return _chunks(self._blocks()) if declared is None else _counted(self._blocks(), declared)

    def _blocks(self) -> Iterator[bytes]:
        if self._started and not self.is_rewindable:
            raise ValidationError("content", "the body was read when it was sent, and cannot be read a second time.")
        if self._started and self._is_file:
            self._source.seek(self._start)
        self._started = True
        return self._file_blocks() if self._is_file else self._iterable_blocks()

    def _file_blocks(self) -> Iterator[bytes]:
        while True:
            block = self._source.read(_BLOCK)
            if not block:
                return
            yield _bytes(block)

    def _iterable_blocks(self) -> Iterator[bytes]:
        for block in self._source:
            if block:
                yield _bytes(block)


def _chunks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield b"%x\r\n%b\r\n" % (len(block), block)
    yield b"0\r\n\r\n"


def _counted(blocks: Iterator[bytes], declared: int) -> Iterator[bytes]:
    left = declared
    for block in blocks:
        left -= len(block)
        if left < 0:
            raise ValidationError("content", f"the body is longer than the {declared} bytes of its Content-Length.")
        yield block
    if left:
        raise ValidationError(
            "content", f"the body ends after {declared - left} of the {declared} bytes of its Content-Length."
        )
    if not declared:
        yield b""


def _bytes(block: Any) -> bytes:
    if isinstance(block, bytes):
        return block
    if isinstance(block, (bytearray, memoryview)):
        return bytes(block)
    raise ValidationError("content", f"a streamed body consists of bytes, not of {_kind(block)}.")


def _kind(value: Any) -> str:
    return f"a value of type {type(value).__name__}"
