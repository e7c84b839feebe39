"""Where requests go: GraphQL, and the endpoints below `/api`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.web import (
    rest_accounts,
    rest_files,
    rest_graphql,
    rest_kinds,
    rest_queries,
    rest_server,
)
from infrahub_sdk.testing.server.web.exchange import Answer, Request
from infrahub_sdk.testing.server.web.inputs import Faulty
from infrahub_sdk.testing.server.web.routing import Routes

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.web.routing import Route

__all__ = ["answer"]

_ROUTES = Routes(
    rest_graphql.routes,
    rest_server.routes,
    rest_accounts.routes,
    rest_kinds.routes,
    rest_files.routes,
    rest_queries.routes,
)
_UNKNOWN = {"GET", "POST", "PUT", "DELETE", "OPTIONS"}  # methods for which any path below /api is merely unknown


def answer(app: App, request: Request) -> Answer:
    """Answer a request."""
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return Answer(b"No other origin may send requests", 400, "text/plain; charset=utf-8")
    try:
        with app.lock:
            return _routed(app, request)
    except Faulty as faulty:
        return Answer({"detail": faulty.detail}, faulty.status)
    except Refused as refused:
        return _refusal(request, refused)


def _routed(app: App, request: Request) -> Answer:
    found = list(_ROUTES.to(request.path))
    for route, parts in found:
        if route.method == request.method:
            return route.endpoint(app, request, _account(app, request, route), **parts)
    is_api = request.path.startswith("/api/")
    # Methods differ, as on a real server, which has endpoints for all that it does not know.
    if request.method in _UNKNOWN if is_api else request.method == "GET":
        error = {"message": f"Nothing answers {request.method} at {request.path}", "extensions": {"code": 404}}
        return Answer({"data": None, "errors": [error]}, 404)
    allowed = sorted({route.method for route, _ in found} or (_UNKNOWN if is_api else {"GET"}))
    return Answer({"detail": "Method Not Allowed"}, 405, headers={"Allow": ", ".join(allowed)})


def _account(app: App, request: Request, route: Route) -> str | None:
    """The id of the account that asks.

    Raises:
        Refused: Somebody has to, and nobody does.
    """
    if route.is_open:
        return None
    account = app.auth.account(request.headers)
    if account is None and request.method != "GET" and not request.path.startswith("/graphql"):
        raise Refused(
            f"{request.method} {request.path} is for accounts: log in, or send a token", "AUTHENTICATION_REQUIRED", 401
        )
    return account


def _refusal(request: Request, refused: Refused) -> Answer:
    extensions: dict[str, Any] = {"code": refused.status}
    if request.path.startswith("/graphql"):
        extensions = {"code": refused.code, "http_status": refused.status, "data": refused.data}
    error = {"message": refused.message, "extensions": extensions}
    return Answer({"data": None, "errors": [error]}, refused.status)
