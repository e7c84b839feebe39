"""The head of an answer: its status line and header fields, and what they say about the body.

One regular expression is the strict reader: it recognises the heads that servers really send and splits them in one
pass, 0.8 us for a usual one, where `http.client` hands each head to the e-mail parser and takes 40 us. What it does not
recognise goes to the standard library's reader, and what can be read in more than one way is refused (RFC 9112,
sections 2.2, 5 and 6).
"""

from __future__ import annotations

import re

__all__ = ["MAX_HEAD", "Head", "Malformed", "read_head"]

MAX_HEAD = 65536  # bytes; nginx, Apache and uvicorn stay far below with their own limits
MAX_FIELDS = 256
MAX_CODINGS = 5  # each unpacks what the one before it gives

_STATUS_LINE = rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: ([\t -~\x80-\xff]*))?"
_NAME = rb"[!#-'*+\-.0-9A-Z^_`a-z|~]+"
_VALUE = rb"[\t -~\x80-\xff]*"
_HEAD = re.compile(_STATUS_LINE + rb"\r\n((?:" + _NAME + rb":" + _VALUE + rb"\r\n)*)\r\n")
_FIELDS = re.compile(rb"(" + _NAME + rb"):(" + _VALUE + rb")\r\n")

_UNUSUAL_END = re.compile(rb"\n\r?\n")
_UNUSUAL_STATUS_LINE = re.compile(_STATUS_LINE)
_CONTROL = re.compile(rb"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"content-encoding"})
_TLS_ALERT = b"\x15\x03"  # RFC 8446, 5.1
_MAX_DIGITS = 18  # an exabyte, and no reader needs more than 64 bits for it


class Malformed(Exception):
    """What was received cannot be read, or not in one way only. The text says what of it."""


class Head:
    """An answer without its body.

    Attributes:
        status: The code, 100 to 599.
        reason: The words after the code, as received.
        fields: Names and values in their order, as received.
        length: What `Content-Length` says, or None.
        chunked: The body comes in chunks.
        encodings: The content codings in the order in which they were applied, in lower case.
        keep_alive: The connection may be used again.
        end: How many bytes the head took.
    """

    __slots__ = ("chunked", "encodings", "end", "fields", "keep_alive", "length", "reason", "status")

    def __init__(
        self, minor: bytes, status: bytes, reason: bytes | None, fields: list[tuple[bytes, bytes]], end: int
    ) -> None:
        self.status = int(status)
        self.reason = reason or b""
        self.fields = fields
        self.end = end
        self.length: int | None = None
        self.chunked = False
        self.encodings: list[bytes] = []
        self.keep_alive = minor == b"1"
        if len(fields) > MAX_FIELDS:
            raise Malformed(f"its head has {len(fields)} fields, more than {MAX_FIELDS}")
        coding = None
        for spelling, value in fields:
            name = spelling.lower()
            if name not in _FRAMING:
                continue
            if name == b"content-length":
                self._set_length(value.strip(b" \t"))
            elif name == b"connection":
                options = _listed(value)
                self.keep_alive = (self.keep_alive or b"keep-alive" in options) and b"close" not in options
            elif name == b"content-encoding":
                self.encodings += _listed(value)
            elif coding is not None:
                raise Malformed("it has two Transfer-Encoding fields")
            else:
                coding = value.lstrip(b" \t").lower()  # with a space after it, readers differ: then it is refused
        if len(self.encodings) > MAX_CODINGS:
            raise Malformed(f"it is packed {len(self.encodings)} times over, more than {MAX_CODINGS}")
        if coding is not None:
            self._set_chunked(coding, minor)

    def _set_length(self, value: bytes) -> None:
        if self.length is not None:
            raise Malformed("it has two Content-Length fields")
        if not value.isdigit() or len(value) > _MAX_DIGITS:
            raise Malformed(f"its Content-Length is {_shown(value)}, which is not a length")
        self.length = int(value)

    def _set_chunked(self, coding: bytes, minor: bytes) -> None:
        if self.length is not None:
            raise Malformed("it has both a Content-Length and a Transfer-Encoding")
        if coding != b"chunked":
            raise Malformed(f"its Transfer-Encoding is {_shown(coding)}, and only chunked was offered")
        if minor != b"1":
            raise Malformed("it is of HTTP/1.0 and has a Transfer-Encoding, which HTTP/1.0 does not know")
        self.chunked = True


def read_head(data: bytes) -> Head | None:
    """Read the head that the data begins with.

    Args:
        data: What was received so far.

    Returns:
        The head, or None if more of it is to come.

    Raises:
        Malformed: It is not the head of an HTTP/1.x answer, or an ambiguous one.
    """
    match = _HEAD.match(data)
    if match is None:
        return _read_unusual(data)
    minor, status, reason, block = match.groups()
    if match.end() > MAX_HEAD:
        raise Malformed(f"its head is longer than {MAX_HEAD} bytes")
    return Head(minor, status, reason, _FIELDS.findall(block), match.end())


def _read_unusual(data: bytes) -> Head | None:
    if not b"HTTP/1.".startswith(data[:7]):
        if data[:2] == _TLS_ALERT:
            raise Malformed("it speaks TLS on this port, so that its address has to begin with https://")
        raise Malformed(f"it begins with {_shown(data)}, which is not HTTP/1.x")
    end = _UNUSUAL_END.search(data, 0, MAX_HEAD)
    if end is None:
        if len(data) >= MAX_HEAD:
            raise Malformed(f"its head is longer than {MAX_HEAD} bytes")
        return None
    lines = data[: end.end()]
    control = _CONTROL.search(lines)
    if control is not None:
        raise Malformed(f"its head has the control character {control.group()!r} at byte {control.start()}")
    status_line, _, rest = lines.partition(b"\n")
    match = _UNUSUAL_STATUS_LINE.fullmatch(status_line.rstrip(b"\r"))
    if match is None:
        raise Malformed(f"its status line is {_shown(status_line)}")
    minor, status, reason = match.groups()
    head = Head(minor, status, reason, _standard_fields(rest), end.end())
    head.keep_alive = False  # whoever writes such heads gets a connection of its own for each
    return head


def _standard_fields(block: bytes) -> list[tuple[bytes, bytes]]:
    """Header fields as the standard library reads them, provided that it found no fault with them."""
    from http.client import HTTPException, parse_headers
    from io import BytesIO

    try:
        message = parse_headers(BytesIO(block))
    except HTTPException as exc:
        raise Malformed(f"its head cannot be read: {exc}") from exc
    if message.defects or message.get_payload() or message.get_unixfrom():
        fault = type(message.defects[0]).__name__ if message.defects else "a line without a name"
        raise Malformed(f"its head cannot be read: {fault}")
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in message.items()]
    for name, value in fields:
        if b"\n" in value and name.lower() in _FRAMING:
            raise Malformed(f"its field {_shown(name)} is folded over several lines")
    return [(name, _unfolded(value)) for name, value in fields]


def _unfolded(value: bytes) -> bytes:
    return value if b"\n" not in value else b" ".join(line.strip(b" \t\r") for line in value.split(b"\n"))


def _listed(value: bytes) -> list[bytes]:
    """The members of a comma-separated field, in lower case."""
    return [member for member in (part.strip(b" \t").lower() for part in value.split(b",")) if member]


def _shown(data: bytes) -> str:
    return repr(data[:40])[1:]
