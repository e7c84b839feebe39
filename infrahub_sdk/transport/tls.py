"""TLS over any stream, so over a TCP connection as well as through a proxy that is itself reached with TLS."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.transport.stream import Stream, Wait

__all__ = ["TlsStream", "explain"]

T = TypeVar("T")

_SIZE = 65536

# What OpenSSL's verification codes mean, and what to do. The name of what was verified stands before it.
_UNKNOWN_CA = "Set tls_ca_file to the file with its certificate authority"
_CAUSES = {
    9: ("its certificate is not valid yet", "Check the clocks of both hosts"),
    10: ("its certificate has expired", "Renew it on the server, and check the clock of this host"),
    18: ("its certificate is self-signed", "Set tls_ca_file to that certificate"),
    19: ("its certificate comes from a self-signed authority that is not trusted here", _UNKNOWN_CA),
    20: ("its certificate comes from an authority that is not trusted here", _UNKNOWN_CA),
    21: ("its certificate comes from an authority that is not trusted here", _UNKNOWN_CA),
    62: ("its certificate is for another name", "Set address to a name that the certificate has"),
    64: ("its certificate is for another address", "Set address to a name that the certificate has"),
}


class TlsStream:
    """TLS on top of another stream.

    Args:
        lower: What carries it.
        context: How to verify the other end.
        server_name: The name that its certificate must have.
    """

    __slots__ = ("_incoming", "_is_cut", "_lower", "_outgoing", "_tls")

    def __init__(self, lower: Stream, context: ssl.SSLContext, server_name: str) -> None:
        self._lower = lower
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._is_cut = False
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    @property
    def bytes_out(self) -> int:
        """See `Stream`."""
        return self._lower.bytes_out

    def handshake(self, wait: Wait) -> None:
        """Agree on keys and verify the certificate. Raises `ssl.SSLError`."""
        try:
            self._step(self._tls.do_handshake, wait)
        except ssl.SSLError:
            with suppress(OSError):
                self._flush(wait)  # the alert that tells the other end why
            raise

    def send(self, data: bytes, wait: Wait) -> None:
        """See `Stream`."""
        # A ragged write cannot happen: the memory takes it all.
        self._step(lambda: self._tls.write(data), wait)

    def receive(self, size: int, wait: Wait) -> bytes:
        """See `Stream`."""
        try:
            data = self._step(lambda: self._tls.read(size), wait)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            data = b""
        if not data:
            self._check_end()
        return data

    def receive_into(self, buffer: memoryview, wait: Wait) -> int:
        """See `Stream`."""
        read: Any = self._tls.read  # with a buffer it returns a number
        try:
            size: int = self._step(lambda: read(len(buffer), buffer), wait)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            size = 0
        if not size:
            self._check_end()
        return size

    def _check_end(self) -> None:
        # Anybody on the way can end a TCP connection, so that must not pass for the end of an answer. OpenSSL 3 would
        # tell, but Python before 3.11 asks it not to.
        if self._is_cut:
            raise ConnectionError("it was closed without TLS saying so")

    def _step(self, operation: Callable[[], T], wait: Wait) -> T:
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                self._flush(wait)
                self._feed(self._lower.receive(_SIZE, wait))
            else:
                self._flush(wait)
                return result

    def _flush(self, wait: Wait) -> None:
        if self._outgoing.pending:
            self._lower.send(self._outgoing.read(), wait)

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._is_cut = True
            self._incoming.write_eof()

    def is_quiet(self) -> bool:
        """See `Stream`."""
        if self._lower.is_quiet():
            return True
        # What came may be a session ticket, which says nothing about the connection.
        try:
            self._feed(self._lower.receive(_SIZE, lambda: 0.0))
            self._tls.read(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            pass
        return False

    def abort(self) -> None:
        """See `Stream`."""
        self._lower.abort()

    def close(self) -> None:
        """See `Stream`."""
        self._lower.close()


def explain(exc: ssl.SSLError) -> str:
    """What went wrong and what to do, in one sentence without its dot."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        code: Any = exc.verify_code
        cause, remedy = _CAUSES.get(code, (f"its certificate does not pass: {exc.verify_message}", ""))
        return f"{cause}. {remedy}{', or' if remedy else 'Set'} tls_insecure to skip the verification"
    if isinstance(exc, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return "it closed the connection instead of agreeing on TLS"
    if exc.reason in {"HTTP_REQUEST", "WRONG_VERSION_NUMBER"}:
        return "it does not speak TLS on this port. Does the address begin with http://?"
    return f"TLS failed: {exc.reason or exc}"
