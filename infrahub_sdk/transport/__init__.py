"""Bytes to the server and back: requests, answers, connections, proxies and time limits.

The names are resolved on first use. `urllib.request`, which takes 45 ms to import, is loaded by the first `Request`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk._lazy import exports

if TYPE_CHECKING:
    from infrahub_sdk.transport.cancellation import AbortedError as AbortedError
    from infrahub_sdk.transport.headers import Headers as Headers
    from infrahub_sdk.transport.proxies import Proxy as Proxy
    from infrahub_sdk.transport.proxies import ProxySelector as ProxySelector
    from infrahub_sdk.transport.request import Request as Request
    from infrahub_sdk.transport.response import Response as Response
    from infrahub_sdk.transport.timeouts import Timeouts as Timeouts
    from infrahub_sdk.transport.transport import Transport as Transport

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "AbortedError": "cancellation",
        "Headers": "headers",
        "Proxy": "proxies",
        "ProxySelector": "proxies",
        "Request": "request",
        "Response": "response",
        "Timeouts": "timeouts",
        "Transport": "transport",
    },
)
