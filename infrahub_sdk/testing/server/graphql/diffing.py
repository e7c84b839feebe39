"""Differences between branches, in GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database import clock
from infrahub_sdk.testing.server.database.storage import MAIN
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.history import branches, comparisons
from infrahub_sdk.testing.server.history.conflicts import conflicts
from infrahub_sdk.testing.server.history.summary import counted, shown_nodes, unchanged
from infrahub_sdk.testing.server.tasks import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.history.comparisons import Comparison
    from infrahub_sdk.testing.server.session import Session


@resolves("Mutation.DiffUpdate")
def update(
    _: Any, info: Any, data: Mapping[str, Any], context: Any = None, wait_until_completion: bool | None = None
) -> dict[str, Any]:
    """Make or renew a difference of a branch."""
    session: Session = info.context
    waits = bool(wait_until_completion or data.get("wait_for_completion"))
    name = data.get("name") or ""
    start, finish = _microseconds(data.get("from_time")), _microseconds(data.get("to_time"))
    if (start or finish) and not name:
        raise Refused(
            "Only a difference with a name has times of its own: give a name, or neither from_time nor to_time"
        )
    view = session.app.session(data["branch"], account=session.account)
    _check_span(view, name, start, finish)
    title = f"Compare branch {view.branch.name} with the default branch"
    with recorded(session.storage, "diff-update", title, view.branch.name, waits=waits, model=dict(data)) as task:
        if view.branch.status == branches.MERGED and not name:
            raise Refused(f"There is no difference of branch {view.branch.name}, which was merged", status=404)
        comparisons.update(view, name, start, finish)
    return {"ok": True} if waits else {"ok": True, "task": {"id": task.id}}


def _check_span(view: Session, name: str, start: int | None, finish: int | None) -> None:
    """Refuse times that leave out what a difference has already."""
    old = next((item for item in comparisons.kept(view.storage, view.branch) if name and item.name == name), None)
    if old is None:
        return
    if start is not None and start > old.span.start:
        raise Refused(f"from_time is too late: {name!r} begins at {clock.shown(old.span.start)}, and gets no shorter")
    if start is not None and start < view.branch.forked_at:
        raise Refused(f"from_time is too early: the branch begins at {clock.shown(view.branch.forked_at)}")
    if finish is not None and finish < old.span.finish:
        raise Refused(f"to_time is too early: {name!r} ends at {clock.shown(old.span.finish)}, and gets no shorter")


@resolves("Mutation.ResolveDiffConflict")
def resolve(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Choose a side of a conflict."""
    storage = info.context.storage
    with storage.transaction():
        comparisons.choose(storage, data.get("conflict_id"), data.get("selected_branch"))
    return {"ok": True}


@resolves("Query.DiffTree")
def tree(
    _: Any,
    info: Any,
    root_node_uuids: Sequence[str] | None = None,
    include_parents: bool | None = True,
    filters: Mapping[str, Any] | None = None,
    limit: int | None = None,
    offset: int | None = None,
    **which: Any,
) -> dict[str, Any] | None:
    """A difference of a branch; None when nobody asked for it with DiffUpdate, or there are not so many nodes."""
    reading.check_page(offset, None)  # a limit below 0 has an answer
    found = _found(info.context, **which)
    if found is None:
        return None
    head, nodes = found
    filters = dict(filters or {})
    filters["ids"] = [*(filters.get("ids") or ()), *(root_node_uuids or ())]
    wanted = sorted((node for node in nodes if _passes(node, filters)), key=lambda node: str(node["uuid"]))
    if (limit or 0) < 0 or (offset or 0) >= max(len(wanted), 1):
        return None
    wanted = wanted[offset or 0 :][: limit or None]
    return {**head, "nodes": list(_shown(nodes, {node["uuid"] for node in wanted}, bool(include_parents)))}


def _shown(nodes: Sequence[Mapping[str, Any]], ids: set[str], with_parents: bool) -> Iterator[Mapping[str, Any]]:
    """Some nodes of a difference, and those above them."""
    above = _above(nodes, ids) if with_parents else set()
    for node in nodes:
        if node["uuid"] in ids:
            yield node if with_parents else {**node, "parent": None}
        elif node["uuid"] in above:
            yield unchanged(node["uuid"], node["kind"], node["label"], node["parent"])


@resolves("Query.DiffTreeSummary")
def summary(_: Any, info: Any, filters: Mapping[str, Any] | None = None, **which: Any) -> dict[str, Any] | None:
    """How many fields of the nodes of a difference changed; None when nobody asked for it with DiffUpdate."""
    found = _found(info.context, **which)
    if found is None:
        return None
    head, nodes = found
    wanted = [node for node in nodes if _passes(node, filters or {})]
    counts = {name: sum(node[name] for node in wanted) for name in counted((), of_conflicts=0)}
    return {**head, **counts, "num_unchanged": 0}


def _found(
    session: Session,
    name: str | None = None,
    branch: str | None = None,
    from_time: str | None = None,
    to_time: str | None = None,
    proposed_change_id: str | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """A difference that was asked for with DiffUpdate: what it says of itself, with its counts, and its nodes."""
    view = _view(session, branch, proposed_change_id)
    if view is None:
        return None
    found = _longest(session, view.branch, name, _microseconds(from_time), _microseconds(to_time))
    if found is None:
        return None
    diff = comparisons.load(view, found)
    nodes = shown_nodes(view, found.span, diff)
    counts = counted(nodes, of_conflicts=len(list(conflicts(diff))))
    return {**_head(session, view.branch, found), **counts}, nodes


def _view(session: Session, branch: str | None, proposed_change_id: str | None) -> Session | None:
    """A view of the branch of a difference; None when a proposed change is named that is about none or another."""
    if proposed_change_id:
        proposed = session.get([proposed_change_id]).get(proposed_change_id)
        source = proposed.values.get("source_branch") if proposed else None
        if source is None or branch not in {None, source.value} or not branches.found(session.storage, source.value):
            return None
        branch = source.value
    return session.app.session(branch or session.app.branch().name, account=session.account)


def _longest(
    session: Session, branch: Branch, name: str | None, start: int | None, finish: int | None
) -> Comparison | None:
    """The longest difference of a branch that is within some times."""
    if branch.status == branches.MERGED and start is None and finish is None:
        return None
    start = branch.forked_at if start is None else start
    finish = (session.scope.at or session.storage.now()) if finish is None else finish
    found = [
        item
        for item in comparisons.kept(session.storage, branch)
        if item.span.start >= start
        and item.span.finish <= finish
        and name in {None, "", item.name}
        and not item.is_merged
    ]
    return max(found, key=lambda item: item.span.finish - item.span.start, default=None)


def _head(session: Session, branch: Branch, found: Comparison) -> dict[str, Any]:
    return {
        "base_branch": session.app.branch().name,
        "diff_branch": branch.name,
        "name": found.name or None,
        "from_time": clock.shown(found.span.start),
        "to_time": clock.shown(found.span.finish),
        "num_untracked_base_changes": _later(session, MAIN, found.span.finish),
        "num_untracked_diff_changes": _later(session, branch.number, found.span.finish),
    }


def _later(session: Session, branch: int, time: int) -> int:
    """How many rows of a branch changed after a time."""
    where = f"branch = ? and (since > {time} or until > {time})"
    sql = " union all ".join(f"select count(*) from {table} where {where}" for table in ("node", "value", "edge"))
    return sum(row[0] for row in session.storage.rows(sql, [branch] * 3))


def _passes(node: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    """Whether a node passes filters; ids go before all others."""
    if filters.get("ids"):
        return node["uuid"] in filters["ids"]
    return (
        _is_chosen(filters.get("kind"), lambda wanted: node["kind"] == wanted)
        and _is_chosen(filters.get("namespace"), lambda wanted: str(node["kind"]).startswith(wanted))
        and _is_chosen(filters.get("status"), lambda wanted: node["status"] == wanted)
    )


def _is_chosen(given: Mapping[str, Any] | None, matches: Any) -> bool:
    includes, excludes = (given or {}).get("includes"), (given or {}).get("excludes")
    return (not includes or any(map(matches, includes))) and not any(map(matches, excludes or ()))


def _above(nodes: Sequence[Mapping[str, Any]], ids: set[str]) -> set[str]:
    """The ids of the nodes that are above some nodes."""
    parents = {node["uuid"]: node["parent"]["uuid"] for node in nodes if node["parent"]}
    above: set[str] = set()
    for id in ids:
        while id in parents and parents[id] not in above:
            id = parents[id]
            above.add(id)
    return above


def _microseconds(text: str | None) -> int | None:
    return None if text is None else clock.microseconds(text)
