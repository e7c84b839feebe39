"""One kept-alive connection: a request out, an answer in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.transport.body import TooLong, collected, exactly, framed, unpacked
from infrahub_sdk.transport.connector import receive_head

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from infrahub_sdk.transport.connector import Route
    from infrahub_sdk.transport.exchange import Exchange
    from infrahub_sdk.transport.head import Head
    from infrahub_sdk.transport.stream import Stream
    from infrahub_sdk.transport.upload import Upload

__all__ = ["Connection"]

_BODILESS = frozenset({204, 304})  # RFC 9112, 6.3; and every answer to HEAD


class Connection:
    """A connection that carries one exchange at a time.

    Attributes:
        stream: The bytes.
        route: Where it leads.
        idle_since: When its last exchange ended, on the monotonic clock.
        is_clean: The last answer was read to its end, and not a byte came after it.
    """

    __slots__ = ("idle_since", "is_clean", "route", "stream")

    def __init__(self, stream: Stream, route: Route) -> None:
        self.stream = stream
        self.route = route
        self.idle_since = 0.0
        self.is_clean = False

    def ask(self, exchange: Exchange, message: bytes) -> tuple[Head, bytes]:
        """Send a request and receive the head of its answer.

        Args:
            exchange: Whose request it is.
            message: Its head, with the body unless that is streamed.

        Returns:
            The head, and what was received after it.

        Raises:
            OSError, Malformed: See `Exchange.failure`.
        """
        self.is_clean = False
        broken = self._send(exchange, message)
        exchange.phase = "receive"
        try:
            head, rest = receive_head(self.stream, exchange.wait, exchange.start_answer)
        except OSError:
            if broken is None:
                raise
            exchange.phase = "send"
            raise broken from None
        if broken is not None:
            head.keep_alive = False
        return head, rest

    def _send(self, exchange: Exchange, message: bytes) -> ConnectionError | None:
        """Send the request. A server that closes in the middle may have answered first, so that error is returned."""
        exchange.phase = "send"
        stream = self.stream
        before = stream.bytes_out
        try:
            if exchange.request.upload is None:
                stream.send(message, exchange.wait)
            else:
                self._send_streamed(exchange, message, exchange.request.upload)
        except OSError as exc:
            is_begun = stream.bytes_out > before
            # A server carries out a request when it has all of it, and the end of this one never left. Of a streamed
            # one nobody knows how much of it is of use to the server.
            exchange.sent = is_begun and exchange.request.upload is not None
            if is_begun and isinstance(exc, ConnectionError):
                return exc
            raise
        exchange.sent = True
        return None

    def _send_streamed(self, exchange: Exchange, message: bytes, upload: Upload) -> None:
        for piece in upload.pieces(exchange.request.declared_length):
            self.stream.send(message + piece, exchange.wait)
            exchange.sent = True
            message = b""

    def blocks(self, exchange: Exchange, head: Head, rest: bytes) -> Iterator[bytes]:
        """The body of the answer, unpacked, as it comes. `is_clean` is right once it is over."""
        blocks: Iterator[bytes] = self._framed(exchange, head, rest)
        for coding in reversed(head.encodings):
            blocks = unpacked(blocks, coding, exchange.max_body)
        return blocks

    def _framed(self, exchange: Exchange, head: Head, rest: bytes) -> Generator[bytes, None, None]:
        if self._is_bodiless(exchange, head):
            self.is_clean = not rest
            return
        self.is_clean = yield from framed(head, rest, lambda size: self.stream.receive(size, exchange.wait))

    @staticmethod
    def _is_bodiless(exchange: Exchange, head: Head) -> bool:
        return exchange.request.method == "HEAD" or head.status in _BODILESS

    def content(self, exchange: Exchange, head: Head, rest: bytes) -> bytes:
        """The whole body of the answer, unpacked.

        Raises:
            TooLong: It is longer than the exchange allows.
        """
        length = head.length
        if length is None or length < len(rest) or head.encodings or self._is_bodiless(exchange, head):
            return collected(self.blocks(exchange, head, rest), exchange.max_body)
        if length > exchange.max_body:
            raise TooLong
        if length > len(rest):  # mostly it is not: the answer came in one packet
            rest = exactly(length, rest, lambda buffer: self.stream.receive_into(buffer, exchange.wait))
        self.is_clean = True
        return rest
