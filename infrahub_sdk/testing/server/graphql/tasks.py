"""Tasks, in GraphQL."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import tasks
from infrahub_sdk.testing.server.database import clock
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE, _LONGEST_PAGE, _LONGEST_LOG = 10, 200, 10_000  # tasks, tasks, lines
_CONCLUSIONS = {tasks.COMPLETED: "success", tasks.FAILED: "failure"}


@resolves("Query.InfrahubTask")
def listed(
    _: Any,
    info: Any,
    limit: int | None = None,
    offset: int | None = None,
    related_node__ids: Sequence[str] | None = None,
    branch: str | None = None,
    state: Sequence[str] | None = None,
    workflow: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    q: str | None = None,
    log_limit: int | None = None,
    log_offset: int | None = None,
) -> dict[str, Any]:
    """The tasks that are wanted, the latest first."""
    for id in ids or ():
        _check_id(id)
    _check_page("limit", limit, _LONGEST_PAGE)
    _check_page("offset", offset)
    _check_page("log_limit", log_limit, _LONGEST_LOG)
    _check_page("log_offset", log_offset)
    node = related_node__ids[0] if related_node__ids else None  # of several, a real server takes the first
    wanted = tasks.Wanted(ids or (), branch, state or (), workflow or (), node, q)
    storage = info.context.storage
    found = tasks.listed(storage, wanted, offset or 0, _PAGE if limit is None else limit)
    logs = slice(log_offset or 0, None if log_limit is None else (log_offset or 0) + log_limit)
    return {"count": tasks.count(storage, wanted), "edges": [{"node": _shown(task, logs)} for task in found]}


@resolves("Query.InfrahubTaskBranchStatus")
def of_branch(_: Any, info: Any, branch: str | None = None) -> dict[str, Any]:
    """The tasks that still change a branch: none, since what is asked for is done at once."""
    return {"count": 0, "edges": []}


@resolves("Mutation.InfrahubTaskRetry")
def retry(_: Any, info: Any, data: dict[str, Any]) -> None:
    """Refuse to repeat a task: a real server repeats deliveries of webhooks alone."""
    _refuse(info, data["id"], "Retry")


@resolves("Mutation.InfrahubTaskCancel")
def cancel(_: Any, info: Any, data: dict[str, Any]) -> None:
    """Refuse to end a task: a real server ends deliveries of webhooks alone."""
    _refuse(info, data["id"], "Cancel")


def _refuse(info: Any, id: str, action: str) -> None:
    if not tasks.count(info.context.storage, tasks.Wanted(ids=[id])):
        raise Refused(f"There is no task {id!r}")
    raise Refused(f"{action} is for deliveries of webhooks, and the task {id!r} is none")


def _check_id(id: str) -> None:
    try:
        uuid.UUID(id)
    except ValueError:
        raise Refused(f"{id!r} is no id of a task: those are UUIDs") from None


def _check_page(name: str, number: int | None, most: int | None = None) -> None:
    if number is not None and (number < 0 or (most is not None and number > most)):
        raise Refused(f"{name} must be from 0{f' to {most}' if most else ' on'}, not {number}", status=500)


def _shown(task: tasks.Task, logs: slice) -> dict[str, Any]:
    nodes = [{"id": id, "kind": kind} for id, kind in task.nodes]
    lines = [
        {"message": log.message, "severity": log.severity, "timestamp": clock.shown(log.at), "task_id": task.id}
        for log in task.logs[logs]
    ]
    return {
        "__typename": "TaskNode",
        "id": task.id,
        "title": task.title,
        "conclusion": _CONCLUSIONS.get(task.state, "unknown"),
        "state": task.state,
        "workflow": task.workflow,
        "branch": task.branch,
        "created_at": clock.shown(task.created_at),
        "updated_at": clock.shown(task.updated_at),
        "start_time": clock.shown(task.created_at),
        "parameters": task.parameters,
        "tags": task.tags,
        "related_node": nodes[0]["id"] if nodes else None,
        "related_node_kind": nodes[0]["kind"] if nodes else None,
        "related_nodes": nodes,
        "logs": {"count": len(lines), "edges": [{"node": line} for line in lines]},
        "available_actions": [],
    }
