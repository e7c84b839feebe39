"""The head of a request: from names and values to bytes that mean what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk._version import __version__
from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.transport.connector import Route
    from infrahub_sdk.transport.request import Request

__all__ = ["compose"]

_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^_`a-z|~]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_WITH_BODY = frozenset({"PATCH", "POST", "PUT"})
_RESERVED = {
    "proxy-authorization": "write user:password@ into the URL of the proxy, and only the proxy gets to see it",
    "transfer-encoding": "a streamed body of unknown length goes in chunks by itself",
}


def compose(request: Request, route: Route) -> bytes:
    """The head of a request, with its empty line.

    Raises:
        ValidationError: A name or value cannot be sent as it is, or would not do what it says. No value is shown.
    """
    target = f"{request.origin.address}{request.selector}" if route.is_forwarding else request.selector
    fields, has_length = _fields(request, route)
    framing = _framing(request, is_given=has_length)
    return f"{request.method} {target} HTTP/1.1\r\n{fields}{framing}\r\n".encode("latin-1")


def _fields(request: Request, route: Route) -> tuple[str, bool]:
    """The fields of the head, checked, and whether the length of the body is one of them."""
    given = request.headers if not request.unredirected_hdrs else {**request.headers, **request.unredirected_hdrs}
    key = (request.origin.host_header, given)
    known = route.composed  # read once: other threads replace it
    if known is not None and known[0] == key:
        text, has_length = known[1]
        return text, has_length
    names = {str(name).lower() for name in given}
    lines = _written(given)
    if lines is None or len(names) != len(given) or not names.isdisjoint(_RESERVED):
        raise _culprit(given)
    text = lines + "".join([line for name, line in _defaults(request, route) if name not in names])
    has_length = "content-length" in names
    route.composed = ((key[0], dict(given)), (text, has_length))
    return text, has_length


def _written(headers: Mapping[str, str]) -> str | None:
    """Header fields as lines, or None if they cannot be sent as they are."""
    try:
        if not all(map(_TOKEN.fullmatch, headers)) or not all(map(_VALUE.fullmatch, headers.values())):
            return None
    except TypeError:  # not text
        return None
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def _defaults(request: Request, route: Route) -> Iterable[tuple[str, str]]:
    yield "host", f"Host: {request.origin.host_header}\r\n"
    yield "accept", "Accept: */*\r\n"
    yield "accept-encoding", "Accept-Encoding: gzip, deflate\r\n"
    yield "user-agent", f"User-Agent: infrahub-sdk/{__version__}\r\n"
    if route.is_forwarding and route.proxy is not None and route.proxy.authorization:
        yield "proxy-authorization", f"Proxy-Authorization: {route.proxy.authorization}\r\n"


def _framing(request: Request, *, is_given: bool) -> str:
    """The field that says how long the body is, if one is needed and the caller did not give it."""
    length = request.declared_length
    if is_given:
        given = request.get_header("Content-Length")
        if not (given.isascii() and given.isdigit()) or int(given) != (length or 0):
            raise ValidationError(
                "Content-Length", f"{given!r} is not the length of the body, which has {length or 0} bytes."
            )
        return ""
    if length is not None:
        return f"Content-Length: {length}\r\n"
    if request.upload is not None:
        return "Transfer-Encoding: chunked\r\n"
    return "Content-Length: 0\r\n" if request.method in _WITH_BODY else ""


def _culprit(headers: Mapping[Any, Any]) -> ValidationError:
    """The error for the header that is wrong."""
    names: set[str] = set()
    for name, value in headers.items():
        if not isinstance(name, str) or _TOKEN.fullmatch(name) is None:
            return ValidationError("headers", f"{name!r} is not the name of a header.")
        if name.lower() in names:
            return ValidationError("headers", f"{name} is given more than once, in different cases.")
        if name.lower() in _RESERVED:
            return ValidationError("headers", f"{name} is not for the caller to set: {_RESERVED[name.lower()]}.")
        if not isinstance(value, str):
            return ValidationError("headers", f"the value of {name} is of type {type(value).__name__}, not text.")
        names.add(name.lower())
        if _VALUE.fullmatch(value) is None:
            return ValidationError("headers", f"the value of {name} {_fault(value)}")
    return ValidationError("headers", "they cannot be written into a request.")


def _fault(value: str) -> str:
    position, character = next((i, c) for i, c in enumerate(value) if _VALUE.fullmatch(c) is None)
    return f"has the character {character!r} at position {position}, which a header cannot carry."
