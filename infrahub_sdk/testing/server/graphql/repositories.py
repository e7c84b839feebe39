"""What resolves the mutations that have to do with repositories: this server reads none, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import tasks
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.nodes import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_NO_GIT = "The local Infrahub reads no repositories"


@resolves("Mutation.InfrahubRepositoryProcess")
def process(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Start a task that would import what is in a repository."""
    node = _repository(info.context, "CoreGenericRepository", data["id"])
    return _failed(info.context, "git-repository-import-object", "Import the objects of", node)


@resolves("Mutation.InfrahubReadOnlyRepositoryImportLastCommit")
def import_last_commit(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Start a task that would import the last commit of a repository."""
    node = _repository(info.context, "CoreReadOnlyRepository", data["id"])
    return _failed(info.context, "git-repository-import-last-commit", "Import the last commit of", node)


@resolves("Mutation.InfrahubRepositoryConnectivity")
def connectivity(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a repository can be reached: not by this server."""
    _repository(info.context, "CoreGenericRepository", data["id"])
    return {"ok": False, "message": f"{_NO_GIT}, so it has not tried to reach this one"}


@resolves("Mutation.CoreGeneratorDefinitionRun")
def run_generator(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Refuse to run a generator, whose code is in a repository."""
    session: Session = info.context
    node = lookup.by_id(session, session.kinds["CoreGeneratorDefinition"], str(data.get("id")))
    waits = wait_until_completion is not False
    return _failed(session, "request-generator-definition-run", "Run the generator", node, waits=waits)


def _repository(session: Session, kind: str, id: str) -> Node:
    return lookup.find(session, session.kinds[kind], {"id": id})


def _failed(session: Session, workflow: str, what: str, node: Node, *, waits: bool = False) -> dict[str, Any]:
    """Record a task that fails, and say so to who waits for it."""
    title = f"{what} {node.values['name'].value}"
    with tasks.recorded(session.storage, workflow, title, session.branch.name, waits=waits, id=node.id) as task:
        task.nodes.append((node.id, node.kind.name))
        raise Refused(f"{_NO_GIT}, so it cannot do this: {title}", status=501)
    return {"ok": True, "task": {"id": task.id}}
