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

# What OpenSSL's verification codes mean, after the name of what was verified, and what to do. Where the setting depends
# on how the certificates are verified, `_REMEDIES` has it.
_CAUSES = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed, and not trusted here",
    19: "is signed by an authority that is not trusted here",
    20: "is signed by an authority that is not trusted here",
    21: "is signed by an authority that is not trusted here",
    62: "is for another name",
    64: "is for another address",
}
_UNTIMELY, _MISNAMED = frozenset({9, 10}), frozenset({62, 64})
_CLOCKS = "Check the clocks of both hosts, or have the certificate renewed"
_STRICT = frozenset(range(80, 95))  # found by VERIFY_X509_STRICT only, which Python 3.13 made the default
_STRICT_REMEDY = (
    "Have it issued anew, or give set_ssl_context() a context without that check:"
    " context.verify_flags &= ~ssl.VERIFY_X509_STRICT"
)
_REMEDIES = {  # by what decides about trust, see `Config.tls_source`
    "system": "Set tls_ca_file (INFRAHUB_TLS_CA_FILE) to the file with the authority's certificate",
    "tls_ca_file": "Add the authority's certificate to the file that tls_ca_file (INFRAHUB_TLS_CA_FILE) names",
    "set_ssl_context": "Load the authority's certificate into the context that was given to set_ssl_context()",
}
_CLIENT_CERTIFICATE = "Load one with context.load_cert_chain() and give the context to set_ssl_context()"
_ALERTS = {  # what the other end says of this one, by OpenSSL's words
    "CERTIFICATE_REQUIRED": "asks for a client certificate, and there is none",
    "HANDSHAKE_FAILURE": "refuses to agree: it asks for a client certificate, or for ciphers that are not here",
    "UNKNOWN_CA": "does not know the authority that signed the client certificate",
    "BAD_CERTIFICATE": "does not accept the client certificate",
    "CERTIFICATE_EXPIRED": "does not accept the client certificate, which has expired",
    "CERTIFICATE_REVOKED": "does not accept the client certificate, which was revoked",
    "CERTIFICATE_UNKNOWN": "does not accept the client certificate",
    "UNSUPPORTED_CERTIFICATE": "does not accept the client certificate",
    "ACCESS_DENIED": "does not let the client certificate in",
}
_VERSIONS = "Have it updated, or give set_ssl_context() a context with another minimum_version"


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

    @property
    def facts(self) -> tuple[str, bytes]:
        """The version, and the certificate of the other end as DER."""
        return self._tls.version() or "", self._tls.getpeercert(binary_form=True) or b""

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
        try:
            self._step(lambda: self._tls.write(data), wait)
        except ConnectionError:
            self._hear_why()
            raise

    def _hear_why(self) -> None:
        """Raise what the other end said before it closed: in TLS 1.3 it may refuse the client after the handshake."""
        try:
            self._feed(self._lower.receive(_SIZE, lambda: 0.0))
            self._tls.read(1)
        except ssl.SSLError as exc:
            if "_ALERT_" in (exc.reason or ""):
                raise
        except OSError:
            pass

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


def explain(exc: Any, who: str, setting: str, source: str) -> tuple[str, str]:
    """What went wrong and what to do, as sentences without their dots.

    Args:
        exc: What TLS raised.
        who: The other end: `host:port`, or the proxy.
        setting: What names the other end, with its variable.
        source: What decides about trust, as `Config.tls_source` says it.
    """
    if isinstance(exc, ssl.SSLCertVerificationError):
        return _explain_certificate(exc, who, setting, source)
    if isinstance(exc, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return f"{who} closed the connection instead of agreeing on TLS", f"Check the port in {setting}"
    reason: str = exc.reason or ""
    if reason in {"HTTP_REQUEST", "WRONG_VERSION_NUMBER"}:
        return f"{who} does not speak TLS on this port", f"Let {setting} begin with http://, or name the port for TLS"
    if "_ALERT_" in reason:
        cause = _ALERTS.get(reason.partition("_ALERT_")[2])
        if cause is not None:
            return f"{who} {cause}", _CLIENT_CERTIFICATE
    if reason in {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}:
        return f"{who} speaks only versions of TLS that this host does not", _VERSIONS
    return f"TLS with {who} failed: {reason or exc}", ""


def _explain_certificate(exc: ssl.SSLCertVerificationError, who: str, setting: str, source: str) -> tuple[str, str]:
    code: Any = exc.verify_code
    subject = f"the certificate of {who}"
    if code in _STRICT:
        return f"{subject}, or that of its authority, breaks a rule of RFC 5280: {exc.verify_message}", _STRICT_REMEDY
    cause = _CAUSES.get(code, f"does not pass: {exc.verify_message}")
    if code in _UNTIMELY:
        return f"{subject} {cause}", _CLOCKS
    remedy = ""
    if code in _MISNAMED:
        remedy = f"Let {setting} have a name that is in the certificate"
    elif code in _CAUSES:
        remedy = _REMEDIES.get(source, _REMEDIES["system"])
    if source != "set_ssl_context":  # which goes before the setting
        skip = "set tls_insecure (INFRAHUB_TLS_INSECURE) to skip the verification"
        remedy = f"{remedy}, or {skip}" if remedy else f"S{skip[1:]}"
    return f"{subject} {cause}", remedy
