"""Handlers for `urllib.request.OpenerDirector` that keep connections alive."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from infrahub_sdk._secrets import is_plain_header, said_back
from infrahub_sdk.exceptions import ResponseProtocolError, ServerNotReachableError, ValidationError
from infrahub_sdk.transport.body import TooLong
from infrahub_sdk.transport.composer import compose
from infrahub_sdk.transport.connector import Route
from infrahub_sdk.transport.download import Download
from infrahub_sdk.transport.exchange import Exchange
from infrahub_sdk.transport.head import Malformed
from infrahub_sdk.transport.request import Request
from infrahub_sdk.transport.response import Response

if TYPE_CHECKING:
    from infrahub_sdk.transport.connection import Connection
    from infrahub_sdk.transport.head import Head
    from infrahub_sdk.transport.pool import Pool
    from infrahub_sdk.transport.proxies import ProxySelector
    from infrahub_sdk.transport.timeouts import Timeouts
    from infrahub_sdk.transport.url import Origin

__all__ = ["PooledHandler", "RedirectHandler", "make_opener"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 10
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"  # what quote() has to leave alone in a URL that is one already


class PooledHandler(urllib.request.BaseHandler):
    """Sends http and https requests over the connections of a pool.

    Args:
        pool: Where the connections come from.
        proxies: Which proxy for which address.
        timeouts: The limits of requests that bring none.
        max_body: How many bytes of an answer are held at most, and how many a packed one unpacks to at most.
    """

    def __init__(self, pool: Pool, proxies: ProxySelector, timeouts: Timeouts, max_body: int) -> None:
        self._pool = pool
        self._proxies = proxies
        self._timeouts = timeouts
        self._max_body = max_body
        self._routes: dict[tuple[str, str, int], Route] = {}

    def http_open(self, request: urllib.request.Request) -> Response:
        """Send the request and receive its answer."""
        if not isinstance(request, Request):
            request = Request.adopt(request)
        timeouts = self._timeouts.narrowed(request.timeout)
        request.start(timeouts.total)
        if request.trace is not None:
            request.trace.note("chosen", self._proxies.choose(request.origin))
        route = self._route(request.origin)
        request.proxy = route.proxy
        message = compose(request, route)
        if isinstance(request.content, bytes):
            message += request.content  # one send, and mostly one packet
        exchange = Exchange(request, timeouts, self._max_body)
        try:
            return self._perform(exchange, route, message, fresh=request.trace is not None)
        except ServerNotReachableError:
            if not exchange.is_harmlessly_lost:
                raise
        request.resent = exchange.sent
        return self._perform(Exchange(request, timeouts, self._max_body), route, message, fresh=True)

    https_open = http_open

    def _route(self, origin: Origin) -> Route:
        route = self._routes.get(origin.key)
        if route is None:
            route = self._routes.setdefault(origin.key, Route(*origin.key, self._proxies.select(origin)))
        return route

    def _perform(self, exchange: Exchange, route: Route, message: bytes, *, fresh: bool = False) -> Response:
        """Send a message over one connection and read the answer."""
        pool = self._pool
        try:
            connection = pool.acquire(route, exchange, fresh=fresh)
            head, rest = connection.ask(exchange, message)
            if head.status == 407 and route.is_forwarding:
                raise exchange.refused_by_proxy(route, head)
            if exchange.request.stream:
                return self._streamed(exchange, connection, head, rest)
            content = connection.content(exchange, head, rest)
            pool.release(exchange, is_reusable=head.keep_alive and connection.is_clean)
        except (OSError, Malformed, TooLong) as exc:
            pool.release(exchange, is_reusable=False)
            raise exchange.failure(exc) from exc
        except BaseException:
            pool.release(exchange, is_reusable=False)
            raise
        return Response.received(exchange.request, head, content)

    def _streamed(self, exchange: Exchange, connection: Connection, head: Head, rest: bytes) -> Response:
        def finish(is_complete: bool) -> None:
            self._pool.release(exchange, is_reusable=is_complete and head.keep_alive and connection.is_clean)

        blocks = connection.blocks(exchange, head, rest)
        download = Download(blocks, finish, exchange.failure, self._max_body)
        return Response.received(exchange.request, head, None, download)


class RedirectHandler(urllib.request.BaseHandler):
    """Follows redirects of GET and HEAD, to another server without credentials, and never from https to http.

    What is not followed is handed to the caller as it is.
    """

    def http_response(self, request: urllib.request.Request, response: Response) -> Response:
        """The answer, or the one that it points to."""
        if response.status_code not in _REDIRECTS:
            return response
        asked, location = response.request, response.headers.get("location")
        if asked is None or not location or asked.method not in {"GET", "HEAD"} or asked.content is not None:
            return response
        if asked.trace is not None:  # who wants to know the way wants to know of this, too
            return response
        further = _redirected(asked, location)
        if asked.type == "https" and further.type == "http":
            return response
        response.close()
        followed: Response = self.parent.open(further, timeout=further.timeout)
        return followed

    https_response = http_response


def _redirected(asked: Request, location: str) -> Request:
    """The request to send next."""
    address = asked.origin.address
    if asked.redirects >= _MAX_REDIRECTS:
        raise ResponseProtocolError(
            address,
            f"{asked.url} is the {asked.redirects}th redirect in a row, so it goes no further.",
            phase="receive",
            sent=True,
        )
    try:
        # As bytes: what the server sent is what it wants to be asked for, in whatever charset.
        url = urljoin(asked.url, quote(location.encode("latin-1", "replace"), safe=_URL_CHARACTERS))
        further = Request(url, method=asked.method, headers=asked.headers, timeout=asked.timeout)
    except (ValidationError, ValueError) as exc:
        shown = said_back(location.rpartition("@")[2], asked)[:200]
        text = f"{asked.url} redirects to {shown!r}, which is not a URL to go to."
        raise ResponseProtocolError(address, text, phase="receive", sent=True) from exc
    if further.origin.key == asked.origin.key:
        further.unredirected_hdrs = asked.unredirected_hdrs
    else:
        further.headers = {name: value for name, value in further.headers.items() if _may_go_anywhere(name)}
    further.follow(asked)
    return further


def _may_go_anywhere(name: str) -> bool:
    return is_plain_header(name) and name.lower() != "host"


def make_opener(handler: PooledHandler) -> urllib.request.OpenerDirector:
    """An opener with what is needed here and nothing else: no files, no FTP, no proxies of its own."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(handler)
    opener.add_handler(RedirectHandler())
    return opener
