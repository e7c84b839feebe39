"""The differences that were asked for: what of them is kept, and what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history.change import NodeChange, Span
from infrahub_sdk.testing.server.history.conflicts import add_conflicts, conflicts
from infrahub_sdk.testing.server.history.differences import changes
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.database.storage import Storage
    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Comparison", "choose", "freeze", "kept", "load", "refresh", "update"]

# History does not change, so that the span of a difference is all that is kept of it, and of its conflicts the ids and
# what was chosen. The difference of a branch's whole life has no name.


@dataclass
class Comparison:
    """A difference that was asked for.

    Attributes:
        name: Its name; empty for that of the branch's whole life.
        span: When the changes were made.
        is_merged: It was put away when the branch was merged.
    """

    name: str
    span: Span
    is_merged: bool = False


def kept(storage: Storage, branch: Branch) -> list[Comparison]:
    """The differences of a branch."""
    sql = "select name, start, finish, is_merged from difference where branch = ? order by name"
    return [
        Comparison(name, Span(start, finish), bool(is_merged))
        for name, start, finish, is_merged in storage.rows(sql, [branch.number])
    ]


def update(
    session: Session, name: str = "", start: int | None = None, finish: int | None = None
) -> dict[str, NodeChange]:
    """Make or renew a difference of a branch.

    Args:
        session: A view of the branch.
        name: The name of the difference.
        start: From when, in microseconds since 1970; since the branch left the default branch by default.
        finish: Until when, likewise; now by default.

    Returns:
        The changes, by the ids of the nodes, with their conflicts.

    Raises:
        Refused: It would end before it begins.
    """
    storage, branch = session.storage, session.branch
    with storage.transaction():
        now = storage.now()
        span = Span(branch.forked_at if start is None else start, now if finish is None else finish)
        if span.finish < span.start:
            raise Refused("A difference cannot end before it begins", status=500)
        diff = _compared(session, span)
        storage.rows(
            "insert into difference (branch, name, start, finish) values (?, ?, ?, ?) on conflict (branch, name)"
            " do update set start = excluded.start, finish = excluded.finish",
            [branch.number, name, span.start, span.finish],
        )
        _keep_conflicts(session, name, diff)
    return diff


def _compared(session: Session, span: Span) -> dict[str, NodeChange]:
    diff = changes(session, span)
    add_conflicts(session, diff, span.finish)
    return diff


def _keep_conflicts(session: Session, name: str, diff: dict[str, NodeChange]) -> None:
    """Give conflicts their ids; one that was there keeps its own, and what was chosen."""
    number, old = session.branch.number, _ids(session, name)
    rows = []
    for conflict in conflicts(diff):
        key = conflict.place.key
        conflict.id, conflict.selected = old.get(key, (generate_uuid(), None))
        row = {"id": conflict.id, "branch": number, "name": name, "path": key, "selected": conflict.selected}
        rows.append({**row, "is_resolvable": conflict.is_resolvable})
    session.storage.rows("delete from conflict where branch = ? and name = ?", [number, name])
    session.storage.insert("conflict", rows)


def _ids(session: Session, name: str) -> dict[str, tuple[str, str | None]]:
    sql = "select path, id, selected from conflict where branch = ? and name = ?"
    return {path: (id, selected) for path, id, selected in session.storage.rows(sql, [session.branch.number, name])}


def load(session: Session, comparison: Comparison) -> dict[str, NodeChange]:
    """The changes of a difference, by the ids of the nodes, with their conflicts.

    Args:
        session: A view of the branch.
        comparison: The difference.
    """
    diff = _compared(session, comparison.span)
    ids = _ids(session, comparison.name)
    for conflict in conflicts(diff):
        conflict.id, conflict.selected = ids.get(conflict.place.key, (conflict.id, None))
    return diff


def has_conflicts(session: Session) -> bool:
    """Whether the difference of a branch's whole life, as it was renewed last, has conflicts."""
    sql = "select 1 from conflict where branch = ? and name = '' limit 1"
    return bool(session.storage.rows(sql, [session.branch.number]))


def choose(storage: Storage, id: str | None, selected: str | None) -> None:
    """Choose a side of a conflict.

    Args:
        storage: Where it is kept.
        id: The id of the conflict.
        selected: `BASE_BRANCH`, `DIFF_BRANCH`, or None to choose neither.

    Raises:
        Refused: There is no such conflict, or it cannot be resolved so.
    """
    rows = storage.rows("select is_resolvable from conflict where id = ?", [id])
    if not rows:
        raise Refused(f"There is no conflict {id}", status=404)
    if not rows[0][0]:
        raise Refused(f"No side can be chosen of the conflict {id}: change the data on the branches", status=400)
    storage.rows("update conflict set selected = ? where id = ?", [selected, id])


def freeze(storage: Storage, branch: Branch) -> None:
    """Put away the difference of the whole life of a branch that was merged."""
    storage.rows("update difference set is_merged = 1 where branch = ? and name = ''", [branch.number])


def refresh(session: Session) -> None:
    """Renew the differences of a branch that was rebased."""
    for comparison in kept(session.storage, session.branch):
        finish = comparison.span.finish if comparison.name else None
        update(session, comparison.name, finish=finish)
