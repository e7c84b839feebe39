"""The endpoints that run stored queries, and those for what a real server makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import files, queries, tasks
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.web import inputs
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes, session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()
_OWN = ("branch", "at", "update_group", "subscribers")  # parameters of the endpoint, all others are variables
_NO_GIT = "The local Infrahub reads no repositories, so it has nothing to make {} of"


@routes.add("GET", "/api/query/{name}")
def run_query(app: App, request: Request, account: str | None, name: str) -> Answer:
    """Run a stored query with variables of the URL."""
    return _run(app, request, account, name, {key: value for key, value in request.query.items() if key not in _OWN})


@routes.add("POST", "/api/query/{name}")
def run_query_with(app: App, request: Request, account: str | None, name: str) -> Answer:
    """Run a stored query with variables of the body."""
    variables = inputs.fields(request, is_needed=False).get("variables", {})
    return _run(app, request, account, name, inputs.typed(variables, dict, "body", "variables"))


def _run(app: App, request: Request, account: str | None, name: str, variables: Mapping[str, Any]) -> Answer:
    view = session(app, request, account)
    is_grouped = inputs.flag(request, "update_group")
    view.seen = set()
    query, answer = queries.run(view, name, variables)
    if answer.get("errors"):
        return _failure(str(query.values["name"].value), answer["errors"])
    if is_grouped:
        _keep_group(app, request, account, query.id, variables, view.seen - {query.id})
    return Answer(answer)


def _failure(name: str, errors: list[dict[str, Any]]) -> Answer:
    """What is said of the errors of a stored query, in the shape that a real server says it in."""
    words = [
        {
            "message": f"GraphQLQuery {name}: {error['message']}",
            "path": error.get("path"),
            "locations": error.get("locations", []),
        }
        for error in errors
    ]
    return Answer({"data": None, "errors": [{"message": word, "extensions": {"code": 502}} for word in words]}, 502)


def _keep_group(
    app: App, request: Request, account: str | None, id: str, variables: Mapping[str, Any], members: set[str]
) -> None:
    """What a real server does afterwards: what is refused is not the answer's."""
    view = app.session(request.query.get("branch") or "main", account=account)
    title = f"Keep what was found by the query {request.path.rpartition('/')[2]!r}"
    recorded = tasks.recorded(app.storage, "graphql-query-group-update", title, view.branch.name, waits=False)
    with recorded, app.storage.transaction():
        query = lookup.by_id(view, view.kinds[queries.KIND], id)
        queries.keep_group(view, query, variables, view.get(members), request.every.get("subscribers", ()))


# Artifacts and transformations


@routes.add("GET", "/api/artifact/{id}")
def artifact(app: App, request: Request, account: str | None, id: str) -> Answer:
    """The content of an artifact."""
    view = session(app, request, account)
    node = lookup.by_id(view, view.kinds["CoreArtifact"], id)
    stored = str(node.values["storage_id"].value)
    content = files.load(app.storage, stored)
    if content is None:
        raise lookup.not_found("StorageObject", stored)
    return Answer(content, type=str(node.values["content_type"].value))


@routes.add("POST", "/api/artifact/generate/{id}")
def generate_artifacts(app: App, request: Request, account: str | None, id: str) -> Answer:
    """Start a task that would make artifacts."""
    nodes = inputs.typed(inputs.fields(request, is_needed=False).get("nodes", []), list, "body", "nodes")
    for position, node in enumerate(nodes):
        inputs.typed(node, str, "body", "nodes", position)
    view = session(app, request, account)
    artifact = view.kinds["CoreArtifact"]
    view.permissions.require_all([("create", artifact), ("update", artifact)])
    definition = lookup.find(view, view.kinds["CoreArtifactDefinition"], {"id": id})
    title = f"Make the artifacts of {definition.values['name'].value}"
    with tasks.recorded(
        app.storage, "artifact-definition-generate", title, view.branch.name, waits=False, id=definition.id
    ) as task:
        task.nodes.append((definition.id, definition.kind.name))
        raise Refused(_NO_GIT.format("artifacts"))
    return Answer(None)


@routes.add("GET", "/api/transform/jinja2/{id}")
def transform_jinja2(app: App, request: Request, account: str | None, id: str) -> Answer:
    """Refuse to render a template of a repository."""
    return _transform(session(app, request, account), "CoreTransformJinja2", id)


@routes.add("GET", "/api/transform/python/{id}")
def transform_python(app: App, request: Request, account: str | None, id: str) -> Answer:
    """Refuse to run code of a repository."""
    return _transform(session(app, request, account), "CoreTransformPython", id)


def _transform(view: Session, kind: str, id: str) -> Answer:
    lookup.find(view, view.kinds[kind], {"id": id})
    raise Refused(_NO_GIT.format("a transformation"), status=501)
