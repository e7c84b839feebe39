"""Where requests go: GraphQL, and the endpoints below `/api`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.web import rest_files, rest_queries, rest_schema, uploads
from infrahub_sdk.testing.server.web.exchange import Answer, Request
from infrahub_sdk.testing.server.web.routing import ROUTES, route, session

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

__all__ = ["answer"]

_MODULES = (rest_files, rest_queries)  # which have further endpoints


def answer(app: App, request: Request) -> Answer:
    """Answer a request."""
    try:
        with app.lock:
            return _routed(app, request)
    except Refused as refused:
        return _refusal(request, refused)


def _routed(app: App, request: Request) -> Answer:
    for method, pattern, endpoint, is_open in ROUTES:
        found = pattern.fullmatch(request.path)
        if found and method == request.method:
            account = app.auth.account(request.headers) if not is_open else None
            if account is None and not is_open and method != "GET" and not request.path.startswith("/graphql"):
                raise Refused("Authentication is required", "AUTHENTICATION_REQUIRED", 401)
            parts = {name: unquote(part) for name, part in found.groupdict().items()}
            return endpoint(app, request, account, **parts)
    # As on a real server, also where there is something for other methods.
    error = {"message": f"The endpoint {request.path} does not exist", "extensions": {"code": 404}}
    return Answer({"data": None, "errors": [error]}, 404)


def _refusal(request: Request, refused: Refused) -> Answer:
    extensions: dict[str, Any] = {"code": refused.status}
    if request.path.startswith("/graphql"):
        extensions = {"code": refused.code, "http_status": refused.status, "data": refused.data}
    error = {"message": refused.message, "extensions": extensions}
    return Answer({"data": None, "errors": [error]}, refused.status)


# GraphQL


@route("POST", "/graphql")
@route("POST", "/graphql/{branch}")
def graphql(app: App, request: Request, account: str | None, branch: str = "main") -> Answer:
    """Run a GraphQL document."""
    try:
        given = uploads.document(request) if uploads.is_form(request) else request.json()
    except Refused as refused:
        return Answer({"errors": [refused.message]}, 400)
    if isinstance(given, list):
        return Answer({"errors": ["One document at a time: there are no batches"]}, 400)
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise Refused("The body has no query", "VALIDATION_ERROR", 400)
    try:
        view = session(app, request, account, branch)
    except Refused as refused:
        if refused.code != "BRANCH_NOT_FOUND":
            raise
        return Answer({"errors": [refused.message]}, 404)  # as on a real server, other than below /api
    variables, operation = given.get("variables"), given.get("operationName")
    return Answer(run(view, given["query"], variables, operation))


@route("GET", "/schema.graphql")
def schema_graphql(app: App, request: Request, account: str | None) -> Answer:
    """The GraphQL schema as text."""
    from graphql import print_schema

    text = print_schema(app.graphql(app.kinds(app.branch(request.query.get("branch") or "main"))))
    return Answer(text.encode(), type="text/plain; charset=utf-8")


# What the server is


@route("GET", "/api/config", is_open=True)
def config(app: App, request: Request, account: str | None) -> Answer:
    """The settings that a client may want to know."""
    return Answer(
        {
            "main": {
                "docs_index_path": "",
                "internal_address": None,
                "allow_anonymous_access": True,
                "anonymous_access_role": "Anonymous User",
                "telemetry_optout": True,
                "telemetry_endpoint": "",
                "permission_backends": [],
                "public_url": None,
                "schema_strict_mode": True,
                "diff_update_after_merge": True,
                "delete_branch_after_merge": False,
                "selective_execution_after_merge": False,
                "merge_failure_grace_period_seconds": 180,
            },
            "logging": {
                "remote": {"enable": False, "frontend_dsn": None, "api_server_dsn": None, "git_agent_dsn": None}
            },
            "analytics": {"enable": False, "address": None, "api_key": None},
            "experimental_features": {"graphql_enums": False, "value_db_index": False},
            "sso": {"providers": [], "enabled": False},
            "ldap": {"enabled": False, "display_label": "", "icon": ""},
            "installation_type": "local",
            "policy": {"required_proposed_change_approvals": 0, "revoke_proposed_change_approvals": False},
        }
    )


@route("GET", "/api/info")
def info(app: App, request: Request, account: str | None) -> Answer:
    """Which server this is."""
    return Answer({"deployment_id": app.deployment_id, "version": app.version})


# Who asks


@route("POST", "/api/auth/login", is_open=True)
def log_in(app: App, request: Request, account: str | None) -> Answer:
    """Tokens for a user and a password."""
    given = request.json()
    missing = [name for name in ("username", "password") if name not in given]
    if missing:
        return Answer({"detail": [_missing(name, given) for name in missing]}, 422)
    return Answer(app.auth.log_in(given["username"], given["password"]))


def _missing(name: str, given: Any) -> dict[str, Any]:
    return {"type": "missing", "loc": ["body", name], "msg": "This field is required", "input": given}


@route("POST", "/api/auth/refresh", is_open=True)
def refresh(app: App, request: Request, account: str | None) -> Answer:
    """A new access token for a refresh token."""
    return Answer(app.auth.refresh(request.headers))


@route("POST", "/api/auth/logout", is_open=True)
def log_out(app: App, request: Request, account: str | None) -> Answer:
    """End a session."""
    app.auth.log_out(request.headers)
    return Answer(None)


# The schema


def _answered(status: int, content: Any) -> Answer:
    return Answer(content, status)


@route("GET", "/api/schema")
def schema(app: App, request: Request, account: str | None) -> Answer:
    """The kinds of a branch."""
    return _answered(*rest_schema.show(session(app, request, account), request.every.get("namespaces", ())))


@route("GET", "/api/schema/summary")
def schema_summary(app: App, request: Request, account: str | None) -> Answer:
    """The hashes of the kinds of a branch."""
    return _answered(*rest_schema.summary(session(app, request, account)))


@route("GET", "/api/schema/json_schema/{kind}")
def json_schema(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """A kind as JSON schema."""
    return _answered(*rest_schema.json_schema(session(app, request, account), kind))


@route("GET", "/api/schema/{kind}")
def schema_kind(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """One kind of a branch."""
    return _answered(*rest_schema.show_kind(session(app, request, account), kind))


@route("POST", "/api/schema/load")
def schema_load(app: App, request: Request, account: str | None) -> Answer:
    """Load schemas into a branch."""
    view = session(app, request, account)
    view.permissions.require("manage_schema")
    if view.branch.is_default:
        view.permissions.require("edit_default_branch")
    return _answered(*rest_schema.load(view, request.json()))


@route("POST", "/api/schema/check")
def schema_check(app: App, request: Request, account: str | None) -> Answer:
    """Say what loading schemas into a branch would do."""
    return _answered(*rest_schema.check(session(app, request, account), request.json()))
