"""Which function answers the requests to which path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable

from infrahub_sdk.testing.server.database.clock import microseconds
from infrahub_sdk.testing.server.web.exchange import Answer

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["ROUTES", "Endpoint", "route", "session"]

Endpoint = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Endpoint, bool]] = []


def route(method: str, pattern: str, *, is_open: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Let a function answer the requests to some paths.

    Args:
        method: Of HTTP.
        pattern: A path, with names in braces for parts that are given to the function.
        is_open: Also for those who have not said who they are, if the method would otherwise need it.
    """
    expression = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern))

    def remember(function: Endpoint) -> Endpoint:
        ROUTES.append((method, expression, function, is_open))
        return function

    return remember


def session(app: App, request: Request, account: str | None, branch: str | None = None) -> Session:
    """The view of the data that a request's URL asks for.

    Raises:
        Refused: There is no such branch, or there was nothing yet at the time.
    """
    at = request.query.get("at")
    name = branch or request.query.get("branch") or "main"
    view = app.session(name, None if at is None else microseconds(at), account)
    view.has_api_token = bool(request.headers.get("X-INFRAHUB-KEY"))
    return view
