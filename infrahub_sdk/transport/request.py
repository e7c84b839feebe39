"""What is asked of the server."""

from __future__ import annotations

import urllib.request
from time import monotonic
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.cancellation import Cancellation
from infrahub_sdk.transport.upload import Upload
from infrahub_sdk.transport.url import basic_authorization, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import BinaryIO

    from infrahub_sdk.transport.proxies import Proxy
    from infrahub_sdk.transport.timeouts import Timeouts
    from infrahub_sdk.transport.trace import Trace
    from infrahub_sdk.transport.url import Origin

__all__ = ["Request"]


class Request(urllib.request.Request):
    """One request, as `urllib.request` knows it and at a fraction of the cost.

    Args:
        url: An absolute http or https URL, percent-encoded. A `user:password` part becomes an Authorization header and
            is not kept in the URL.
        method: The HTTP method.
        headers: Header fields. `Host`, `Accept`, `Accept-Encoding`, `User-Agent` and what frames the body are added.
        content: The body: bytes, or a binary file or iterable of bytes, which is streamed.
        timeout: Seconds of silence to bear, or all the limits; None for those of the transport.

    Attributes:
        repeatable: Whether sending it twice does no harm. The transport repeats such a request once, and only if a
            connection from the pool turns out to be dead before any answer. True for GET and HEAD unless it is set.
        url: The URL without credentials and fragment.
        resent: It was repeated so, so that the server may have carried it out twice.
        proxy: The proxy that it is sent through, once that is known.
        trace: Gathers what the request meets on its way, over a connection of its own and to its first answer, be it a
            redirect. None if nobody wants to know.

    Raises:
        ValidationError: The URL, the method or the body cannot be right.

    >>> request = Request("http://localhost:8000/graphql/main", method="POST", content=b"{}")
    >>> request.type, request.host, request.selector, request.get_method()
    ('http', 'localhost:8000', '/graphql/main', 'POST')
    """

    origin: Origin
    timeout: Any
    method: Any  # the base class would have None too
    unredirected_hdrs: dict[str, str]

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | bytearray | memoryview | Iterable[bytes] | BinaryIO | None = None,
        timeout: Timeouts | float | None = None,
    ) -> None:
        # The base class takes 15 us for what follows, mostly to parse the URL with regular expressions.
        if not (method.isascii() and method.isalpha()):
            raise ValidationError("method", f"{method!r} is not an HTTP method.")
        self.method = method.upper()
        self.headers = dict(headers) if headers else {}
        self.unredirected_hdrs = {}
        self.unverifiable = False
        self.timeout = timeout
        self.repeatable = self.method in {"GET", "HEAD"}
        self.resent = False
        self.stream = False
        self.expires: float | None = None
        self.redirects = 0
        self.cancellation = Cancellation()
        self.trace: Trace | None = None
        self.proxy: Proxy | None = None
        self._tunnel_host = None
        self._set_url(url)
        self._set_content(content)

    def _set_url(self, url: str) -> None:
        self.origin, self.selector, userinfo = split(url)
        self.type = self.origin.scheme
        self.host = self.origin.host_header
        self.origin_req_host = self.origin.host
        self.fragment = None
        self._full_url = self.url = f"{self.origin.address}{self.selector}"
        if userinfo is not None and not self.has_header("Authorization"):
            self.unredirected_hdrs["Authorization"] = basic_authorization(userinfo)

    def _parse(self) -> None:
        # The base class calls this when somebody assigns full_url.
        self._set_url(self._full_url)

    def _set_content(self, content: Any) -> None:
        self.upload: Upload | None = None
        if content is not None and not isinstance(content, bytes):
            if isinstance(content, (bytearray, memoryview)):
                content = bytes(content)
            else:
                self.upload = Upload(content)
        self._data = content

    @property
    def content(self) -> bytes | Iterable[bytes] | BinaryIO | None:
        """The body, as bytes or as what it is read from."""
        content: bytes | Iterable[bytes] | BinaryIO | None = self._data
        return content

    @classmethod
    def adopt(cls, other: urllib.request.Request, timeout: Any = None) -> Request:
        """The same request as one of this class, for those that come from elsewhere through the opener."""
        headers = dict(other.header_items())
        content: Any = other.data
        return cls(other.full_url, method=other.get_method(), headers=headers, content=content, timeout=timeout)

    @property
    def declared_length(self) -> int | None:
        """How long the body is; None for a streamed one that does not know it, which goes in chunks."""
        if self.upload is None:
            return len(self._data) if self._data is not None else None
        declared = self.get_header("Content-Length")
        if declared is None:
            return self.upload.length
        return int(declared) if str(declared).isdigit() else None

    @property
    def is_rewindable(self) -> bool:
        """Whether the body can be sent a second time."""
        return self.upload is None or self.upload.is_rewindable

    def abort(self, reason: str = "the program aborted it") -> None:
        """End the exchange at once, from any thread: the sending thread gets an `AbortedError`.

        A request that was aborted before it is sent fails when it is sent; one that is over is not changed.
        """
        self.cancellation.abort(reason)

    def start(self, total: float | None) -> None:
        """The total time limit runs from now, unless this request continues another one."""
        if not self.redirects:
            self.expires = None if total is None else monotonic() + total

    def follow(self, other: Request) -> None:
        """Go on where another request was redirected: same limits, same switch to abort it."""
        self.redirects = other.redirects + 1
        self.expires = other.expires
        self.stream = other.stream
        self.cancellation = other.cancellation

    def has_header(self, header_name: str) -> bool:
        """Whether there is a header of that name, in whatever case."""
        return self.get_header(header_name) is not None

    def get_header(self, header_name: str, default: Any = None) -> Any:
        """The value of a header, by its name in whatever case."""
        wanted = header_name.lower()
        for headers in (self.headers, self.unredirected_hdrs):
            for name, value in headers.items():
                if name.lower() == wanted:
                    return value
        return default

    def remove_header(self, header_name: str) -> None:
        """Take a header out, by its name in whatever case."""
        wanted = header_name.lower()
        for headers in (self.headers, self.unredirected_hdrs):
            for name in [name for name in headers if name.lower() == wanted]:
                del headers[name]

    def get_method(self) -> str:
        """The HTTP method."""
        method: str = self.method
        return method

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"
