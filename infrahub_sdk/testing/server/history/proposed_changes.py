"""Proposed changes: what asks to merge a branch, is reviewed, and merges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import branches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__ = ["KIND", "actions", "cancel", "check", "check_change", "check_state", "merge", "reviewed"]

KIND = "CoreProposedChange"
_OPEN, _MERGED, _CLOSED, _CANCELED = "open", "merged", "closed", "canceled"
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
    source, target = (_value(data, name) for name in ("source_branch", "destination_branch"))
    if _value(data, "state") not in {None, "", _OPEN}:
        raise Refused("A proposed change has to be in the open state during creation")
    if source and session.find(session.kinds[KIND], {"source_branch__value": source, "state__value": _OPEN}, limit=1):
        raise Refused(f"An open proposed change already exists for branch '{source}'")
    branch = branches.found(session.storage, source) if source else None
    if branch is None:
        raise Refused("The specified source branch for this proposed change was not found")
    if branch.status == branches.MERGED:
        raise Refused(f"Cannot create proposed change: branch '{source}' has been merged")
    if source == target:
        raise Refused("The source and destination branch can't be the same")
    main = session.app.branch().name
    if target not in {None, main}:  # where there is none, it is refused for that
        raise Refused(f"Currently only the '{main}' branch is supported as a destination for a proposed change")


def check_change(node: Node, data: Mapping[str, Any]) -> None:
    """Refuse a change of a proposed change that is not open any more, or a merge of a draft.

    Raises:
        Refused: It is one.
    """
    check_state(node, "updated")
    is_draft = _value(data, "is_draft")
    if is_draft is None:
        is_draft = node.values["is_draft"].value
    if _value(data, "state") == _MERGED and is_draft:
        raise Refused("A draft proposed change is not allowed to be merged")


def check_state(node: Node, what: str) -> None:
    """Refuse to do something with a proposed change that is not open.

    Raises:
        Refused: It is not.
    """
    state = node.values["state"].value
    if state != _OPEN:
        raise Refused(f"A proposed change in the {state} state is not allowed to be {what}")


def merge(session: Session, data: Mapping[str, Any], node: Node) -> None:
    """Merge the branch of a proposed change that has come to the state `merged`.

    Raises:
        Refused: The branch has conflicts, or the result breaks a rule.
    """
    from infrahub_sdk.testing.server.history import merging

    if _value(data, "state") != _MERGED:
        return
    source = session.app.session(str(node.values["source_branch"].value), account=session.account)
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
        raise Refused("You cannot review your own proposed changes")
    gains, loses = _DECISIONS[decision]
    held = {
        name: [edge.node.id for edge in node.edges(node.kind.relationships[name])]
        for name in ("approved_by", "rejected_by")
    }
    if gains is not None and account in held[gains]:
        raise Refused(f"You have already {gains.partition('_')[0]} this proposed change")
    if gains is None and account not in held[loses]:
        raise Refused(f"You have not {loses.partition('_')[0]} this proposed change yet, so this cannot be taken back")
    held[loses] = [id for id in held[loses] if id != account]
    if gains is not None:
        held[gains].append(account)
    return {name: [{"id": id} for id in ids] for name, ids in held.items()}


def actions(session: Session, node: Node) -> Iterator[tuple[str, str | None]]:
    """What can be done with a proposed change, each with why it cannot be done, or None."""
    author = None if node.created[1] == session.account else "You are not the author of the proposed change"
    state, is_draft = node.values["state"].value, bool(node.values["is_draft"].value)
    closed = None if state == _CLOSED else f"The proposed change is not {_CLOSED}"
    opened = None if state == _OPEN else f"The proposed change is not {_OPEN}"
    ready = "The proposed change is a draft" if is_draft else None
    draft = None if is_draft else "The proposed change is not a draft"
    yield "open", closed
    yield "close", opened
    yield "set-draft", author or opened or ready
    yield "unset-draft", author or opened or draft
    for name in ("approve", "cancel-approve", "reject", "cancel-reject"):
        yield name, opened
    yield "merge", opened or ready


def _value(data: Mapping[str, Any], name: str) -> Any:
    return (data.get(name) or {}).get("value")
