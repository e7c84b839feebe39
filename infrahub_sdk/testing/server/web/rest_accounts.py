"""The endpoints of users who log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.web import inputs
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()


@routes.add("POST", "/api/auth/login", is_open=True)
def log_in(app: App, request: Request, account: str | None) -> Answer:
    """Tokens for a user and a password."""
    return Answer(app.auth.log_in(*inputs.texts(request, "username", "password")))


@routes.add("POST", "/api/auth/refresh", is_open=True)
def refresh(app: App, request: Request, account: str | None) -> Answer:
    """A new access token for a refresh token."""
    return Answer(app.auth.refresh(request.headers))


@routes.add("POST", "/api/auth/logout", is_open=True)
def log_out(app: App, request: Request, account: str | None) -> Answer:
    """End a session."""
    app.auth.log_out(request.headers)
    return Answer(None)
