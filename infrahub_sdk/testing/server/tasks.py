"""Tasks: what a real server does in the background is done at once here, and recorded."""

from __future__ import annotations

import json
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infrahub_sdk.testing.server.database.storage import Storage

__all__ = ["COMPLETED", "FAILED", "Log", "Task", "Wanted", "count", "listed", "recorded"]

COMPLETED, FAILED = "COMPLETED", "FAILED"

_TAG = "infrahub.app"
# The workflows that a real server says of that they change data.
_CHANGING = {"create-branch", "branch-rebase", "merge-branch-mutation"}
_COLUMNS = "id, title, workflow, state, branch, parameters, tags, logs, nodes, created_at, updated_at"


@dataclass
class Log:
    """A line of the log of a task.

    Attributes:
        message: What it says.
        severity: `info`, `error` and so on.
        at: When, in microseconds since 1970.
    """

    message: str
    severity: str
    at: int


@dataclass
class Task:
    """A task.

    Attributes:
        id: Its id.
        title: What it is to do.
        workflow: Which workflow it is a run of.
        state: `COMPLETED` or `FAILED`.
        branch: The name of the branch that it is about.
        parameters: What the workflow was told.
        tags: How the task is found.
        logs: What it logged.
        nodes: The ids and kinds of the nodes that it is about.
        created_at: When it began, in microseconds since 1970.
        updated_at: When it ended, likewise.
    """

    id: str
    title: str
    workflow: str
    state: str
    branch: str | None
    parameters: dict[str, Any]
    tags: list[str] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    nodes: list[tuple[str, str]] = field(default_factory=list)
    created_at: int = 0
    updated_at: int = 0


@dataclass
class Wanted:
    """Which tasks to list; what is empty or None does not matter.

    Attributes:
        ids: Their ids.
        branch: The branch that they are about.
        states: Their states.
        workflows: Their workflows.
        node: The id of a node that they are about.
        title: A part of their titles.
    """

    ids: Sequence[str] = ()
    branch: str | None = None
    states: Sequence[str] = ()
    workflows: Sequence[str] = ()
    node: str | None = None
    title: str | None = None


@contextmanager
def recorded(
    storage: Storage, workflow: str, title: str, branch: str | None = None, *, waits: bool = True, **parameters: Any
) -> Iterator[Task]:
    """Record what a block does as a task.

    Args:
        storage: Where.
        workflow: Which workflow it is.
        title: What it is to do.
        branch: The name of the branch that it is about.
        waits: The caller waits for the end: what is refused is raised, once it is recorded.
        parameters: What the workflow is told.

    Raises:
        Refused: The block did, and the caller waits.
    """
    now = storage.now()
    tags = [_TAG, f"{_TAG}/workflow-type/core"]
    tags += [f"{_TAG}/branch/{branch}"] if branch else []
    tags += [f"{_TAG}/database-change"] if workflow in _CHANGING else []
    task = Task(str(uuid.uuid4()), title, workflow, COMPLETED, branch, parameters, tags, created_at=now)
    try:
        yield task
    except Refused as refused:
        task.state = FAILED
        task.logs.append(Log(refused.message, "error", storage.now()))
        if waits:
            raise
    finally:
        _keep(storage, task)


def _keep(storage: Storage, task: Task) -> None:
    task.updated_at = storage.now()
    words = "Finished in state Completed()" if task.state == COMPLETED else "Finished in state Failed()"
    task.logs.append(Log(words, "info" if task.state == COMPLETED else "error", task.updated_at))
    values = {name: getattr(task, name) for name in _COLUMNS.split(", ")}
    values["logs"] = [[log.message, log.severity, log.at] for log in task.logs]
    texts = {name: json.dumps(values[name]) for name in ("parameters", "tags", "logs", "nodes")}
    with storage.transaction():
        storage.insert("task", [{**values, **texts}])


def count(storage: Storage, wanted: Wanted) -> int:
    """How many tasks there are of those that are wanted."""
    where, values = _where(wanted)
    return int(storage.rows(f"select count(*) from task where {where}", values)[0][0])


def listed(storage: Storage, wanted: Wanted, offset: int = 0, limit: int | None = None) -> list[Task]:
    """The tasks that are wanted, the latest first."""
    where, values = _where(wanted)
    sql = f"select {_COLUMNS} from task where {where} order by created_at desc limit ? offset ?"
    return [_task(row) for row in storage.rows(sql, [*values, -1 if limit is None else limit, offset])]


def _task(row: Sequence[Any]) -> Task:
    task = Task(*row)
    parameters, tags, logs, nodes = (json.loads(text) for text in row[5:9])
    task.parameters, task.tags = parameters, tags
    task.logs = [Log(*log) for log in logs]
    task.nodes = [(id, kind) for id, kind in nodes]
    return task


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    terms = ["1"]
    values: list[Any] = []
    for column, found in (("id", wanted.ids), ("state", wanted.states), ("workflow", wanted.workflows)):
        if found:
            terms.append(f"{column} in ({', '.join('?' * len(found))})")
            values += found
    if wanted.branch:
        terms.append("branch = ?")
        values.append(wanted.branch)
    if wanted.node:
        terms.append("exists (select 1 from json_each(nodes) where json_extract(value, '$[0]') = ?)")
        values.append(wanted.node)
    if wanted.title:
        terms.append("instr(lower(title), lower(?)) > 0")
        values.append(wanted.title)
    return " and ".join(terms), values
