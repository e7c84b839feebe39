"""What resolves the mutations of proposed changes, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import tasks
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.history import proposed_changes
from infrahub_sdk.testing.server.nodes import lookup, saving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []


@resolves("Mutation.CoreProposedChangeMerge")
def merge(_: Any, info: Any, data: Mapping[str, Any], wait_until_completion: bool | None = None) -> dict[str, Any]:
    """Merge the branch of a proposed change."""
    session: Session = info.context
    session = session.app.session(account=session.account)
    node = lookup.by_id(session, session.kinds[proposed_changes.KIND], data["id"])
    proposed_changes.check_state(node, "merged")
    waits = wait_until_completion is not False
    title = f"Merge what {node.values['name'].value} proposes"
    with tasks.recorded(session.storage, "proposed-changed-merge", title, session.branch.name, waits=waits) as task:
        task.nodes.append((node.id, node.kind.name))
        with change(session):
            saving.change(session, node, {"state": {"value": "merged"}})
    return {"ok": True} if waits else {"ok": True, "task": {"id": task.id}}


@resolves("Mutation.CoreProposedChangeReview")
def review(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Approve or reject a proposed change, or take that back."""
    info.context.permissions.require("review_proposed_change")
    with change(info.context) as session:
        node = _find(session, data["id"])
        saving.change(session, node, proposed_changes.reviewed(session, node, data["decision"]))
    return {"ok": True}


@resolves("Mutation.CoreProposedChangeRunCheck")
def run_checks(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Run the checks of a proposed change: there are none, since they come from repositories."""
    session: Session = info.context
    node = _find(session, data["id"])
    proposed_changes.check_state(node, "checked")
    title = f"Run the checks of {node.values['name'].value}"
    with tasks.recorded(session.storage, "proposed-changed-pipeline", title, session.branch.name) as task:
        task.nodes.append((node.id, node.kind.name))
    return {"ok": True}


@resolves("Mutation.CoreProposedChangeCheckForApprovalRevoke")
def revoke_approvals(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse to take back approvals of what was changed since, which is not a part of the community edition."""
    raise Refused("Approvals are not taken back because of changes here: take them back one by one", status=500)


@resolves("Query.CoreProposedChangeAvailableActions")
def available_actions(_: Any, info: Any, proposed_change_id: str) -> dict[str, Any]:
    """What can be done with a proposed change."""
    session: Session = info.context
    node = lookup.by_id(session, session.kinds[proposed_changes.KIND], proposed_change_id)
    edges = [
        {"node": {"action": name, "available": reason is None, "unavailability_reason": reason}}
        for name, reason in proposed_changes.actions(session, node)
    ]
    return {"count": len(edges), "edges": edges}


def _find(session: Session, id: str) -> Node:
    return lookup.find(session, session.kinds[proposed_changes.KIND], {"id": id})
