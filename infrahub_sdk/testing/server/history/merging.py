"""Merging branches into the default branch, and rebasing them onto it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import branches, comparisons, proposed_changes
from infrahub_sdk.testing.server.history.change import REMOVED
from infrahub_sdk.testing.server.history.choices import DIFF, Choices
from infrahub_sdk.testing.server.history.conflicts import conflicts
from infrahub_sdk.testing.server.history.duplicates import check_duplicates
from infrahub_sdk.testing.server.history.overlay import Overlay
from infrahub_sdk.testing.server.nodes import special
from infrahub_sdk.testing.server.schema import merging as schemas

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.history.change import Conflict, NodeChange
    from infrahub_sdk.testing.server.session import Session

__all__ = ["merge", "rebase", "validate"]


def merge(session: Session, *, with_choices: bool = False) -> None:
    """Merge a branch into the default branch; then it can only be read.

    Args:
        session: A view of the branch.
        with_choices: Where a side of a conflict was chosen, merge that; by default every conflict is refused.

    Raises:
        Refused: It is the default branch, it has conflicts with it, or the result breaks a rule.
    """
    branch, storage = session.branch, session.storage
    if branch.is_default:
        raise Refused(f"{branch.name!r} is what other branches are merged into: name one of those")
    diff = comparisons.update(session)
    found = list(conflicts(diff))
    _check_merge(branch.name, [conflict for conflict in found if not (with_choices and conflict.is_resolved)])
    with storage.transaction():
        schemas.merge(session)
        Overlay(session).move(storage.now(), Choices(found))
        main = session.app.session(account=session.account)
        if main.kinds is not session.kinds:  # the default branch had other changes
            schemas.complete(main)
        _check(main, diff)
        special.joined(main, [node.kind for node in diff.values()])
        branch.status = branches.MERGED
        branches.change(storage, branch, session.account)
        comparisons.freeze(storage, branch)
        proposed_changes.cancel(main, branch.name)


def rebase(session: Session) -> None:
    """Let a branch leave the default branch anew, from how that is now, and keep its changes.

    Args:
        session: A view of the branch.

    Raises:
        Refused: It has conflicts with the default branch, or the result breaks a rule.
    """
    branch, storage = session.branch, session.storage
    if branch.is_default:
        raise Refused(f"The default branch {branch.name} cannot be rebased")
    diff = comparisons.update(session)
    _check_rebase(branch.name, diff)
    with storage.transaction():
        schemas.rebase(session)
        now = storage.now()
        Overlay(session).lift(now)
        branch.forked_at = now
        branches.change(storage, branch, session.account)
        rebased = session.app.session(branch.name, account=session.account)
        if not (rebased.kinds is session.kinds is session.app.kinds(session.app.branch())):
            schemas.complete(rebased)
        _check(rebased, diff)
        special.joined(rebased, [node.kind for node in diff.values()])
        comparisons.refresh(rebased)


def validate(session: Session) -> None:
    """Refuse a branch whose changes, as they were compared last, have conflicts with the default branch.

    Raises:
        Refused: They have.
    """
    if comparisons.has_conflicts(session):
        raise Refused(
            f"Branch {session.branch.name!r} conflicts with the default branch: see the conflicts in DiffTree",
            status=500,
        )


def _check_merge(name: str, open_: list[Conflict]) -> None:
    """Refuse conflicts that a merge cannot settle."""
    if open_:
        paths = ", ".join(sorted(conflict.place.shown for conflict in open_))
        raise Refused(
            f"Branch {name!r} cannot be merged as long as it conflicts with the default branch. Let the data of both be"
            f" the same, or choose sides with ResolveDiffConflict and merge a proposed change: {paths}."
        )


def _check_rebase(name: str, diff: dict[str, NodeChange]) -> None:
    """Refuse conflicts in which a rebase, which keeps the branch's side, is not told to do so."""
    found = list(conflicts(diff))
    to_change = sorted(conflict.place.shown for conflict in found if not conflict.can_rebase)
    to_choose = sorted(conflict.place.shown for conflict in found if conflict.can_rebase and conflict.selected != DIFF)
    if not to_change and not to_choose:
        return
    words = f"Branch {name!r} cannot be rebased as long as it conflicts with the default branch."
    if to_choose:
        words += f" Choose DIFF_BRANCH with ResolveDiffConflict, or let the data be the same: {', '.join(to_choose)}."
    if to_change:
        words += f" No side can be chosen here, only the data be made the same: {', '.join(to_change)}."
    raise Refused(words)


def _check(session: Session, diff: dict[str, NodeChange]) -> None:
    """Refuse changes after which nodes share what only one of them may have."""
    changed = [id for id, node in diff.items() if node.action != REMOVED]
    check_duplicates(session, changed)
