"""Branches, in GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from infrahub_sdk.testing.server.database import clock
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.selected import is_selected
from infrahub_sdk.testing.server.history import branches, merging, proposed_changes
from infrahub_sdk.testing.server.tasks import recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.tasks import Task

GRAPH_VERSION = 79  # of release 1.11.9
_PAGE = 1000


# Queries


@resolves("Query.Branch")
def listed(_: Any, info: Any, ids: Sequence[str] | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """The branches of a name, or of some ids, or all."""
    found = _found(info.context, {"ids": ids, "name__value": name})
    return _shown(info.context.app, found[:_PAGE])


@resolves("Query.InfrahubBranch")
def page(
    _: Any,
    info: Any,
    limit: int | None = None,
    offset: int | None = None,
    order: Mapping[str, Any] | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """A page of the branches that pass filters."""
    if limit is not None and limit < 1:
        raise Refused(f"limit is {limit}, and 1 is the least")
    if offset is not None and offset < 0:
        raise Refused(f"offset is {offset}, and 0 is the least")
    session: Session = info.context
    found = _ordered(_found(session, filters), order or {})
    start = offset or 0
    wanted = found[start : start + (limit or _PAGE)] if is_selected(info, "edges") else []
    [main] = _shown(session.app, [session.app.branch()])
    return {"count": len(found), "edges": _edges(session, wanted), "default_branch": _as_values(main)}


def _found(session: Session, filters: Mapping[str, Any]) -> list[Branch]:
    return [branch for branch in branches.listed(session.storage) if _passes(branch, filters)]


def _passes(branch: Branch, filters: Mapping[str, Any]) -> bool:
    name, ids = filters.get("name__value"), filters.get("ids")
    if name and not (name.lower() in branch.name.lower() if filters.get("partial_match") else name == branch.name):
        return False
    if ids and branch.id not in ids:
        return False
    exact = {"status__value": branch.status, "node_metadata__created_by__id": branch.created_by}
    if any(filters.get(name) not in {None, value} for name, value in exact.items()):
        return False
    times = {
        "branched_from": branch.forked_at,
        "node_metadata__created_at": branch.created_at,
        "node_metadata__updated_at": branch.updated_at,
    }
    return all(
        _is_within(time, filters.get(f"{name}__after"), filters.get(f"{name}__before")) for name, time in times.items()
    )


def _is_within(time: int, after: str | None, before: str | None) -> bool:
    return (after is None or time > clock.microseconds(after)) and (before is None or time < clock.microseconds(before))


def _ordered(found: list[Branch], order: Mapping[str, Any]) -> list[Branch]:
    given = {name: way for name, way in (order.get("node_metadata") or {}).items() if way}
    if len(given) > 1:
        raise Refused("node_metadata sorts by created_at or by updated_at, not by both")
    for name, way in given.items():
        found = sorted(found, key=lambda branch: int(getattr(branch, name)), reverse=way == "DESC")
    return found


def _edges(session: Session, found: Sequence[Branch]) -> list[dict[str, Any]]:
    accounts = session.get({id for branch in found for id in (branch.created_by, branch.updated_by) if id})
    return [
        {
            "node": _as_values(shown),
            "node_metadata": {
                "created_at": clock.shown(branch.created_at),
                "created_by": accounts.get(branch.created_by or ""),
                "updated_at": clock.shown(branch.updated_at),
                "updated_by": accounts.get(branch.updated_by or ""),
            },
        }
        for branch, shown in zip(found, _shown(session.app, found))
    ]


def _shown(app: App, found: Sequence[Branch]) -> list[dict[str, Any]]:
    """What GraphQL shows of branches."""
    main = app.branch()
    kinds = app.kinds(main)
    return [_fields(branch, main.name, differs=app.kinds(branch).document != kinds.document) for branch in found]


def _fields(branch: Branch, origin: str, *, differs: bool) -> dict[str, Any]:
    return {
        "id": branch.id,
        "name": branch.name,
        "description": branch.description,
        "origin_branch": origin,
        "branched_from": _time(branch.forked_at),
        "status": branch.status,
        "graph_version": GRAPH_VERSION,
        "created_at": _time(branch.created_at),
        "sync_with_git": branch.sync_with_git,
        "is_default": branch.is_default,
        "is_isolated": True,
        "has_schema_changes": differs,
        "schema_differs_from_default_branch": differs,
    }


def _as_values(shown: Mapping[str, Any]) -> dict[str, Any]:
    plain = {"id", "created_at"}
    return {name: value if name in plain else {"value": value} for name, value in shown.items()}


def _time(microseconds: int) -> str:
    return clock.shown(microseconds).replace("+00:00", "Z")


# Mutations


@resolves("Mutation.BranchCreate")
def create(
    _: Any,
    info: Any,
    data: Mapping[str, Any],
    context: Any = None,
    background_execution: bool | None = None,
    wait_until_completion: bool | None = None,
) -> dict[str, Any]:
    """Make a branch of the default branch."""
    session: Session = info.context
    main = session.app.branch().name
    if data.get("origin_branch") not in {None, main}:
        raise Refused(f"All branches leave {main!r}: origin_branch cannot be {data['origin_branch']!r}")
    if data.get("branched_from") is not None:
        raise Refused("branched_from cannot be given: a branch leaves the default branch when it is made")
    name = data["name"]
    branches.check_free(session.storage, name)
    waits = wait_until_completion is not False and not background_execution
    title, sync = f"Create branch {name}", data.get("sync_with_git")
    with recorded(session.storage, "create-branch", title, name, waits=waits, model=dict(data)) as task:
        branches.add(session.storage, name, data.get("description") or "", sync is not False, session.account)
    return _answer(session, task, waits, name) if waits else {"ok": True, "task": {"id": task.id}}


@resolves("Mutation.BranchUpdate")
def update(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Change the description of a branch."""
    session: Session = info.context
    with session.storage.transaction():
        branch = branches.find(session.storage, data["name"])
        if data.get("description") is not None:
            branch.description = data["description"]
        branches.change(session.storage, branch, session.account)
    return {"ok": True}


@resolves("Mutation.BranchDelete")
def delete(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Take away a branch."""

    def remove(session: Session) -> None:
        with session.storage.transaction():
            branches.remove(session.storage, session.branch)
            proposed_changes.cancel(session.app.session(account=session.account), session.branch.name)

    session, waits = info.context, wait_until_completion is not False
    if _of(session, data).created_by != session.account:
        session.permissions.require("delete_branch")
    task = _run(session, data, "branch-delete", "Delete branch {}", waits, remove)
    return {"ok": True} if waits else {"ok": True, "task": {"id": task.id}}


@resolves("Mutation.BranchRebase")
def rebase(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Let a branch leave the default branch anew."""
    session, waits = info.context, wait_until_completion is not False
    branch = _of(session, data)
    if branch.status == branches.MERGED:
        raise Refused(f"Branch {branch.name!r} is merged: there is nothing left to rebase")
    task = _run(session, data, "branch-rebase", "Rebase branch {}", waits, merging.rebase)
    return _answer(session, task, waits, branch.name)


@resolves("Mutation.BranchValidate")
def validate(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Look whether a branch has conflicts."""
    session, waits = info.context, wait_until_completion is not False
    task = _run(session, data, "branch-validate", "Look for conflicts of branch {}", waits, merging.validate)
    return _answer(session, task, waits, _of(session, data).name)


@resolves("Mutation.BranchMerge")
def merge(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Merge a branch into the default branch."""
    session, waits = info.context, wait_until_completion is not False
    branch = _of(session, data)
    if branch.status == branches.MERGED:
        raise Refused(f"Branch {branch.name!r} was merged before: make a new branch for new changes")
    task = _run(session, data, "merge-branch-mutation", "Merge branch {}", waits, merging.merge)
    return _answer(session, task, waits, branch.name)


def _of(session: Session, data: Mapping[str, Any]) -> Branch:
    return branches.find(session.storage, str(data.get("name")))


def _run(
    session: Session, data: Mapping[str, Any], workflow: str, title: str, waits: bool, action: Callable[[Session], None]
) -> Task:
    name = _of(session, data).name
    view = session.app.session(name, account=session.account)
    with recorded(session.storage, workflow, title.format(name), name, waits=waits, branch_name=name) as task:
        action(view)
    return task


def _answer(session: Session, task: Task, waits: bool, name: str) -> dict[str, Any]:
    """What a mutation answers: the branch, or the task of a caller that does not wait."""
    answer: dict[str, Any] = {"ok": True} if waits else {"ok": True, "task": {"id": task.id}}
    [answer["object"]] = _shown(session.app, [branches.find(session.storage, name)])
    return answer
