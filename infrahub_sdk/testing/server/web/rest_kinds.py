"""The endpoints below `/api/schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.web import inputs, rest_schema
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()


def _view(app: App, request: Request, account: str | None) -> Session:
    """The branch that a request's URL names, as it is now: these endpoints know of no other time."""
    return app.session(request.query.get("branch") or "main", account=account)


def _answered(status: int, content: Any) -> Answer:
    return Answer(content, status)


@routes.add("GET", "/api/schema")
def schema(app: App, request: Request, account: str | None) -> Answer:
    """The kinds of a branch."""
    return _answered(*rest_schema.show(_view(app, request, account), request.every.get("namespaces", ())))


@routes.add("GET", "/api/schema/summary")
def schema_summary(app: App, request: Request, account: str | None) -> Answer:
    """The hashes of the kinds of a branch."""
    return _answered(*rest_schema.summary(_view(app, request, account)))


@routes.add("GET", "/api/schema/json_schema/{kind}")
def json_schema(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """A kind as JSON schema."""
    return _answered(*rest_schema.json_schema(_view(app, request, account), kind))


@routes.add("GET", "/api/schema/{kind}")
def schema_kind(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """One kind of a branch."""
    return _answered(*rest_schema.show_kind(_view(app, request, account), kind))


@routes.add("POST", "/api/schema/load")
def schema_load(app: App, request: Request, account: str | None) -> Answer:
    """Load schemas into a branch."""
    given, view = inputs.content(request), _view(app, request, account)
    view.permissions.require("manage_schema")
    if view.branch.is_default:
        view.permissions.require("edit_default_branch")
    return _answered(*rest_schema.load(view, given))


@routes.add("POST", "/api/schema/check")
def schema_check(app: App, request: Request, account: str | None) -> Answer:
    """Say what loading schemas into a branch would do."""
    return _answered(*rest_schema.check(_view(app, request, account), inputs.content(request)))
