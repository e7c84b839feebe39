"""What the tests of this folder share."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.transport import ProxySelector, Request, Response, Timeouts, Transport

__all__ = ["get", "open_transport", "post"]

LIMITS = Timeouts(connect=5.0, read=5.0)


def open_transport(**arguments: Any) -> Transport:
    """A transport that knows nothing of the environment's proxies and does not wait for ever."""
    return Transport(**{"proxies": ProxySelector(environ={}), "timeouts": LIMITS, **arguments})


def get(transport: Transport, url: str, **arguments: Any) -> Response:
    return transport.send(Request(url, **arguments))


def post(transport: Transport, url: str, content: Any = b"{}", **arguments: Any) -> Response:
    return transport.send(Request(url, method="POST", content=content, **arguments))
