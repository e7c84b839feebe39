"""Proposed changes: what asks to merge a branch, is reviewed, and merges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import branches, comparisons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KIND", "actions", "cancel", "check", "check_change", "check_state", "reviewed", "settle"]

KIND = "CoreProposedChange"
_OPEN, _MERGED, _CLOSED, _CANCELED = "open", "merged", "closed", "canceled"
_REVIEWS, _MERGES = "review_proposed_change", "merge_proposed_change"  # what an account has to be allowed
_NOT_ALLOWED = "This account may not do this with proposed changes"
# What a decision adds the reviewer to, and what it takes them from.
_DECISIONS = {
    "APPROVE": ("approved_by", "rejected_by"),
    "REJECT": ("rejected_by", "approved_by"),
    "CANCEL_APPROVE": (None, "approved_by"),
    "CANCEL_REJECT": (None, "rejected_by"),
}


def check(session: Session, data: Mapping[str, Any]) -> None:
    """Refuse an input for a proposed change that could not be merged.

    Raises:
        Refused: It could not.
    """
    source, target, state = (_value(data, name) for name in ("source_branch", "destination_branch", "state"))
    if state not in {None, "", _OPEN}:
        raise Refused(f"A new proposed change is {_OPEN}: it cannot begin as {state}")
    if source and session.find(session.kinds[KIND], {"source_branch__value": source, "state__value": _OPEN}, limit=1):
        raise Refused(f"Branch {source!r} has an open proposed change: merge or close that one first")
    branch = branches.found(session.storage, source) if source else None
    if branch is None:
        raise Refused(f"source_branch must be the name of a branch that is there, not {source!r}")
    if branch.status == branches.MERGED:
        raise Refused(f"Branch {source!r} is merged: it has nothing left to propose")
    if source == target:
        raise Refused(f"source_branch and destination_branch are both {source!r}: name two branches")
    main = session.app.branch().name
    if target not in {None, main}:  # where there is none, it is refused for that
        raise Refused(f"destination_branch must be {main!r}, since all branches are merged into that, not {target!r}")


def check_change(node: Node, data: Mapping[str, Any]) -> None:
    """Refuse a change of a proposed change that is not open any more, or a merge of a draft or by who may not.

    Raises:
        Refused: It is one.
    """
    check_state(node, "updated")
    if _value(data, "state") != _MERGED:
        return
    if not node.group.session.permissions.may(_MERGES):
        raise Refused(_NOT_ALLOWED)
    is_draft = _value(data, "is_draft")
    if node.values["is_draft"].value if is_draft is None else is_draft:
        raise Refused("This proposed change is a draft: set is_draft to false before merging it")


def check_state(node: Node, what: str) -> None:
    """Refuse to do something with a proposed change that is not open.

    Raises:
        Refused: It is not.
    """
    state = node.values["state"].value
    if state != _OPEN:
        raise Refused(f"This proposed change is {state}: only an open one can be {what}")


def settle(session: Session, data: Mapping[str, Any], node: Node) -> None:
    """Do what follows from what was written of a proposed change: compare its branch, or merge it.

    Args:
        session: A view of the default branch.
        data: The input: a new one names a branch, one that is to be merged has that as its state.
        node: The proposed change.

    Raises:
        Refused: The branch has conflicts, or the result of the merge breaks a rule.
    """
    if _value(data, "source_branch") is not None:
        comparisons.update(_source(session, node))
    if _value(data, "state") == _MERGED:
        _merge(_source(session, node))


def _source(session: Session, node: Node) -> Session:
    """A view of the branch that a proposed change asks to merge."""
    return session.app.session(str(node.values["source_branch"].value), account=session.account)


def _merge(source: Session) -> None:
    from infrahub_sdk.testing.server.history import merging  # which has to do with nodes of all kinds

    try:
        merging.merge(source, with_choices=True)
    except Refused as refused:
        raise Refused(refused.message, status=500) from refused


def cancel(session: Session, source: str) -> None:
    """Cancel what asks to merge a branch that was merged without it, or is gone.

    Args:
        session: A view of the default branch.
        source: The name of the branch.
    """
    from infrahub_sdk.testing.server.nodes import saving

    for node in session.find(session.kinds[KIND], {"source_branch__value": source, "state__value": _OPEN}):
        saving.change(session, node, {"state": {"value": _CANCELED}})


def reviewed(session: Session, node: Node, decision: str) -> dict[str, Any]:
    """The input that changes who approves and who rejects a proposed change.

    Args:
        session: Whose decision.
        node: The proposed change.
        decision: `APPROVE`, `REJECT`, `CANCEL_APPROVE` or `CANCEL_REJECT`.

    Raises:
        Refused: Who asks cannot decide so.
    """
    check_state(node, "reviewed")
    account = str(session.account)
    if node.created[1] == account:
        raise Refused("A proposed change is reviewed by others than its author")
    gains, loses = _DECISIONS[decision]
    held = {
        name: [edge.node.id for edge in node.edges(node.kind.relationships[name])]
        for name in ("approved_by", "rejected_by")
    }
    if gains is not None and account in held[gains]:
        raise Refused(f"There is nothing to change: it is {gains.partition('_')[0]} by you")
    if gains is None and account not in held[loses]:
        raise Refused(f"There is nothing to take back: it is not {loses.partition('_')[0]} by you")
    held[loses] = [id for id in held[loses] if id != account]
    if gains is not None:
        held[gains].append(account)
    return {name: [{"id": id} for id in ids] for name, ids in held.items()}


def actions(session: Session, node: Node) -> Iterator[tuple[str, str | None]]:
    """What can be done with a proposed change, each with why it cannot be done, or None."""
    author = None if node.created[1] == session.account else "Only its author can do this"
    state, is_draft = node.values["state"].value, bool(node.values["is_draft"].value)
    closed = None if state == _CLOSED else f"It is {state}, and only what is {_CLOSED} can be opened again"
    opened = None if state == _OPEN else f"It is {state}: this needs one that is {_OPEN}"
    ready = "It is a draft so far" if is_draft else None
    draft = None if is_draft else "It is no draft"
    may_review, may_merge = (
        None if session.permissions.may(action) else _NOT_ALLOWED for action in (_REVIEWS, _MERGES)
    )
    yield "open", closed
    yield "close", opened
    yield "set-draft", author or opened or ready
    yield "unset-draft", author or opened or draft
    for name in ("approve", "cancel-approve", "reject", "cancel-reject"):
        yield name, opened or may_review
    yield "merge", opened or ready or may_merge


def _value(data: Mapping[str, Any], name: str) -> Any:
    return (data.get(name) or {}).get("value")
