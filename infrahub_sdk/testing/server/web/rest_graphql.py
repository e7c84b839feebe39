"""The endpoints of GraphQL: documents, and the schema as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.web import inputs, multipart, uploads
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes, session

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()


@routes.add("POST", "/graphql")
@routes.add("POST", "/graphql/{branch:path}")
@routes.add("OPTIONS", "/graphql")
@routes.add("OPTIONS", "/graphql/{branch:path}")
def graphql(app: App, request: Request, account: str | None, branch: str = "") -> Answer:
    """Run a GraphQL document, or say which methods there are."""
    try:
        view = session(app, request, account, branch or "main")
    except Refused as refused:
        if refused.code != "BRANCH_NOT_FOUND":
            raise
        return Answer({"errors": [refused.message]}, 404)  # as on a real server, other than below /api
    if request.method == "OPTIONS":
        return Answer(b"", type="", headers={"Allow": "GET, POST, OPTIONS"})
    try:
        given = _document(request)
    except Refused as refused:
        return Answer({"errors": [refused.message]}, 400)
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise Refused("The body has no query", "VALIDATION_ERROR", 400)
    variables, operation = given.get("variables"), given.get("operationName")
    return Answer(run(view, given["query"], variables, operation))


def _document(request: Request) -> Any:
    """The content of a request for GraphQL.

    Raises:
        Refused: It is no JSON, no form, or a list.
    """
    if request.type == multipart.TYPE:
        return uploads.document(request)
    if request.type != "application/json":
        raise Refused(f"A document comes as application/json or as {multipart.TYPE}, and this is {request.type!r}")
    try:
        given = json.loads(request.body)
        if b"\\u" in request.body:
            json.dumps(given, ensure_ascii=False).encode()  # which half a character, as "\\ud800", does not survive
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON") from None
    if isinstance(given, list):
        raise Refused("One document at a time: there are no batches")
    return given


@routes.add("GET", "/schema.graphql")
def schema_graphql(app: App, request: Request, account: str | None) -> Answer:
    """The GraphQL schema as text, with everything in the order of the names if that is wanted."""
    from graphql import print_schema

    kinds, is_sorted = session(app, request, account).kinds, inputs.flag(request, "sorted")
    text = print_schema(app.graphql(kinds))
    if is_sorted:
        text = _sorted(text)
    return Answer(text.encode(), type="text/plain; charset=utf-8")


def _sorted(text: str) -> str:
    """The text of a schema with its definitions, and what is in them, in the order of their names."""
    from graphql import parse, print_ast

    return print_ast(_ordered(parse(text, no_location=True)))


def _ordered(node: Any) -> Any:
    given = {key: getattr(node, key) for key in node.keys}
    for key in ("definitions", "interfaces", "fields", "values", "arguments"):
        if given.get(key):
            given[key] = tuple(sorted(map(_ordered, given[key]), key=lambda item: item.name.value))
    return type(node)(**given)  # since nodes cannot be changed
