"""What the server answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import said_back, without_credentials
from infrahub_sdk.exceptions import Error, HTTPStatusError, JsonDecodeError
from infrahub_sdk.transport.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from infrahub_sdk.transport.download import Download
    from infrahub_sdk.transport.head import Head
    from infrahub_sdk.transport.request import Request

__all__ = ["Response"]

_UNSET: Any = object()
_BOM = b"\xef\xbb\xbf"
_SHOWN = 300  # characters of an answer that a message shows


class Response:
    """An answer: status, header fields and body.

    The transport makes them; recorders, playback and tests may do so too.

    Args:
        status_code: The HTTP status.
        headers: The header fields.
        content: The body, unpacked.
        request: What it answers.
        url: Where it comes from; by default the URL of the request.
        json: A value to encode as the body, instead of `content`.
        reason: The words of the status line; by default the usual ones.

    Attributes:
        status_code: The HTTP status.
        url: Where it comes from, without credentials.
        request: What it answers. None only if it was made by hand without one.

    >>> response = Response(200, json={"data": None}, url="http://localhost:8000/graphql")
    >>> response.json(), response.is_success, response
    ({'data': None}, True, <Response 200 OK>)
    """

    __slots__ = (
        "__weakref__",
        "_content",
        "_download",
        "_fields",
        "_headers",
        "_reason",
        "request",
        "status_code",
        "url",
    )

    def __init__(
        self,
        status_code: int = 200,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        content: bytes | str = b"",
        request: Request | None = None,
        url: str = "",
        *,
        json: Any = _UNSET,
        reason: str | None = None,
    ) -> None:
        self.status_code = int(status_code)
        self.url = url or (request.url if request is not None else "")
        self.request = request
        self._reason = reason
        self._fields: list[tuple[bytes, bytes]] = []
        self._headers: Headers | None = Headers(headers or ())
        self._content: bytes | None = content.encode() if isinstance(content, str) else content
        self._download: Download | None = None
        if json is not _UNSET:
            self._content = _encode(json)
            if "content-type" not in self._headers:
                self._headers = Headers([*self._headers.items(), ("Content-Type", "application/json")])

    @classmethod
    def received(
        cls, request: Request, head: Head, content: bytes | None, download: Download | None = None
    ) -> Response:
        """The answer to a request, with its body or with what reads it."""
        self = cls.__new__(cls)
        self.status_code = head.status
        self.url = request.url
        self.request = request
        self._reason = head.reason.decode("latin-1")
        self._fields = head.fields
        self._headers = None  # most programs never look
        self._content = content
        self._download = download
        return self

    def to(self, request: Request) -> Response:
        """The same answer, to this request; for one that was made by hand without it."""
        twin = Response.__new__(Response)
        for name in ("_content", "_download", "_fields", "_headers", "_reason", "status_code"):
            setattr(twin, name, getattr(self, name))
        twin.request = request
        twin.url = self.url or request.url
        return twin

    @property
    def headers(self) -> Headers:
        """The header fields, whatever the case of their names."""
        if self._headers is None:
            self._headers = Headers.from_wire(self._fields)
        return self._headers

    @property
    def reason(self) -> str:
        """The words after the status code."""
        if self._reason:
            return self._reason
        from http import HTTPStatus

        return HTTPStatus(self.status_code).phrase if self.status_code in set(HTTPStatus) else ""

    @property
    def is_success(self) -> bool:
        """Whether the status is of the 2xx kind."""
        return 200 <= self.status_code < 300

    @property
    def encoding(self) -> str:
        """The charset that the Content-Type names, else utf-8."""
        from codecs import lookup

        for parameter in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                try:
                    return lookup(value.strip(" \"'")).name
                except LookupError:
                    break
        return "utf-8"

    @property
    def content(self) -> bytes:
        """The body, unpacked. A streamed one is read to its end."""
        return self.read() if self._content is None else self._content

    @property
    def text(self) -> str:
        """The body as text; what is not text in its charset shows as U+FFFD."""
        return self.content.decode(self.encoding, "replace")

    def json(self) -> Any:
        """The value that the body is the JSON of. Raises `JsonDecodeError` if it is not JSON."""
        content = self.content
        try:
            # json.loads(bytes) would look for UTF-16 first; RFC 8259 has UTF-8 only, a mark in front may be ignored.
            return json.loads(str(content[3:] if content[:3] == _BOM else content, "utf-8"))
        except UnicodeDecodeError as exc:
            cause: Exception = ValueError(str(exc))  # the other one shows all of the content
        except (ValueError, RecursionError) as exc:
            cause = exc
        raise self._not_json() from cause

    def _not_json(self) -> JsonDecodeError:
        where = without_credentials(str(self.url)) or "the server"
        message = f"The answer of {where} is not JSON."
        text = self.content.decode("utf-8", "replace")
        if text:
            message += f" It begins: {self.shown(text)!r}"
        return JsonDecodeError(message, content=text, url=where)

    def shown(self, text: str | None = None) -> str:
        """The beginning of the answer's text as a message may show it.

        Args:
            text: Another text that the server sent, instead of the body.
        """
        return said_back(self.text if text is None else text, self.request)[:_SHOWN]

    def raise_for_status(self) -> Self:
        """Return the response if its status is of the 2xx kind.

        Raises:
            HTTPStatusError: It is not.
        """
        if self.is_success:
            return self
        asked = f" to {self.request.method} {without_credentials(str(self.url))}" if self.request is not None else ""
        reason = self.shown(self.reason)
        raise HTTPStatusError(f"The server answered {self.status_code} {reason}".rstrip() + f"{asked}.", response=self)

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Read the body piece by piece.

        Args:
            chunk_size: The most bytes of a piece; by default as many as come at once.

        Raises:
            Error: A streamed body was read before; it is there only once.
        """
        for block in self._blocks():
            if chunk_size is None or len(block) <= chunk_size:
                yield block
            else:
                for start in range(0, len(block), chunk_size):
                    yield block[start : start + chunk_size]

    def _blocks(self) -> Iterable[bytes]:
        if self._content is not None:
            return [self._content] if self._content else []
        return self._unread()

    def _unread(self) -> Download:
        if self._download is None or self._download.is_begun:
            raise Error(f"The body of {self!r} was streamed, and it is there only once.")
        return self._download

    def read(self) -> bytes:
        """Read the body to its end and keep it as `content`."""
        if self._content is None:
            self._content = self._unread().read()
        return self._content

    def close(self) -> None:
        """Drop what was not read of a streamed body, and its connection."""
        if self._download is not None:
            self._download.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Response {self.status_code} {self.shown(self.reason)}".rstrip() + ">"


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
