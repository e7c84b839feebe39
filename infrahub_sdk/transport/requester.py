"""Requests that a function of the user's own sends: what it is called with, and what its answers come to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infrahub_sdk.constants import HTTPMethod
from infrahub_sdk.exceptions import ServerNotReachableError, ServerNotResponsiveError, ValidationError
from infrahub_sdk.transport.request import Request
from infrahub_sdk.transport.response import Response
from infrahub_sdk.utils import encode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.core.port import Call
    from infrahub_sdk.types import AsyncRequester, SyncRequester

__all__ = ["ask", "ask_async"]


def ask(requester: SyncRequester, call: Call) -> Response:
    """Have a function send a request.

    Raises:
        ValidationError: The function is a coroutine function, or what it returned is no answer.
    """
    with _marking_errors():
        answer: Any = requester(**_arguments(call))
    if hasattr(answer, "__await__"):
        _discard(answer)
        raise ValidationError(
            "sync_requester", "it returned a coroutine. The synchronous client needs a function that is not async."
        )
    return _adopted("sync_requester", answer, call)


async def ask_async(requester: AsyncRequester, call: Call) -> Response:
    """The same with a coroutine function."""
    with _marking_errors():
        answer: Any = requester(**_arguments(call))
        if hasattr(answer, "__await__"):
            return _adopted("requester", await answer, call)
    raise ValidationError(
        "requester",
        f"it returned a {type(answer).__name__}, which cannot be awaited. The asynchronous client needs an async"
        " function; one that blocks is for sync_requester. The request may have been carried out.",
    )


def _arguments(call: Call) -> dict[str, Any]:
    return {
        "url": call.url,
        "method": HTTPMethod(call.method.lower()),
        "headers": dict(call.headers),
        "timeout": call.timeout,
        "payload": call.payload,
    }


@contextmanager
def _marking_errors() -> Iterator[None]:
    """Take for sent what failed in a function that does not say how far it came, so that no write is repeated."""
    try:
        yield
    except (ServerNotReachableError, ServerNotResponsiveError) as error:
        if error.phase is None:
            error.sent = True
        raise


def _discard(awaitable: Any) -> None:
    """Let a coroutine go that nobody will await."""
    if hasattr(awaitable, "close"):
        awaitable.close()


def _adopted(name: str, answer: Any, call: Call) -> Response:
    """An answer as the client reads it, with what it answers."""
    if isinstance(answer, Response) and answer.request is not None:
        return answer
    content = encode_json(call.payload) if call.payload else None
    request = Request(call.url, method=call.method, headers=call.headers, content=content)
    if isinstance(answer, Response):
        return answer.to(request)
    status = getattr(answer, "status_code", None)
    if not isinstance(status, int):
        raise ValidationError(
            name,
            f"it returned a {type(answer).__name__}, which has no status_code. An answer has status_code, headers, and"
            " content, text or json().",
        )
    return Response(status, headers=_fields(name, answer), content=_content(name, answer), request=request)


def _fields(name: str, answer: Any) -> list[tuple[str, str]]:
    """The headers of an answer of another library: a mapping, or pairs."""
    headers: Any = getattr(answer, "headers", None) or ()
    try:
        pairs = [*(headers.items() if hasattr(headers, "items") else headers)]
        return [(_text(key), _text(value)) for key, value in pairs]
    except (TypeError, ValueError) as exc:
        what = type(answer).__name__
        raise ValidationError(name, f"the headers of the {what} that it returned are no mapping.") from exc


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _content(name: str, answer: Any) -> bytes:
    """The body of an answer of another library: its bytes, its text, or the value that it is the JSON of."""
    for held in (getattr(answer, "content", None), getattr(answer, "text", None)):
        if isinstance(held, (bytes, bytearray, memoryview)) and len(held):
            return bytes(held)
        if isinstance(held, str) and held:
            return held.encode()
    read = getattr(answer, "json", None)
    if not callable(read):
        return b""
    try:
        value = read()
    except ValueError:  # how every library says that a body, here an empty one, is not JSON
        return b""
    if hasattr(value, "__await__"):
        _discard(value)
        raise ValidationError(name, f"json() of the {type(answer).__name__} that it returned has to be awaited.")
    return encode_json(value)
