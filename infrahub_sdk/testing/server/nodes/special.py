"""What nodes of some kinds do beside what all do, when they are made, changed and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import files
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import proposed_changes
from infrahub_sdk.testing.server.nodes import profiles
from infrahub_sdk.testing.server.resources import ipam, number_pools

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["completed", "joined", "leaving", "left", "prepared", "settled"]


def completed(session: Session, kind: Kind, data: Mapping[str, Any], *, is_new: bool = True) -> Mapping[str, Any]:
    """An input with what its kind adds to it where it is left out, so that a node can be found by it.

    Args:
        session: Whose view of the data.
        kind: The kind that it is for.
        data: The input.
        is_new: It may be for a new node.
    """
    return ipam.filled(session, kind, data, is_new=is_new)


def prepared(session: Session, kind: Kind, data: Mapping[str, Any], node: Node | None = None) -> Mapping[str, Any]:
    """An input with all that its kind adds to it.

    Args:
        session: Whose view of the data.
        kind: The kind that it is for.
        data: The input.
        node: The node that it is about; None for a new one.

    Raises:
        Refused: Its kind does not allow it.
    """
    if kind.name == number_pools.KIND:
        if node is None:
            number_pools.check(session, data)
        else:
            number_pools.check_change(node, data)
    if kind.name == proposed_changes.KIND:
        if node is None:
            proposed_changes.check(session, data)
        else:
            proposed_changes.check_change(node, data)
    if kind.name == "CoreGraphQLQuery":
        from infrahub_sdk.testing.server import queries  # which has to do with GraphQL, as few nodes have

        data = queries.described(session, data)
    if files.is_file(kind):
        data = files.filled(data, node)
    return completed(session, kind, data, is_new=node is None)


def settled(session: Session, kind: Kind, id: str, data: Mapping[str, Any]) -> None:
    """Do what follows from what was written of a node."""
    if ipam.is_ipam(kind):
        ipam.place(session, id, data)
    if files.is_file(kind):
        files.settle(session.storage, data)
    if kind.is_profile:
        profiles.refresh(session, session.get([id]).values())
    if kind.name == proposed_changes.KIND:
        proposed_changes.settle(session, data, session.get([id])[id])


def leaving(session: Session, node: Node, going: Mapping[str, Node]) -> None:
    """Do what has to be done before a node is taken away.

    Args:
        session: Whose view of the data.
        node: The node.
        going: All nodes that are taken away with it, by their ids.

    Raises:
        Refused: Its kind does not allow it.
    """
    if node.kind.name == "IpamNamespace" and node.values["default"].value:
        raise Refused(
            f"{node.values['name'].value!r} stays: it is the namespace of addresses that name none", status=500
        )
    if node.kind.name == number_pools.KIND:
        number_pools.check_removal(session, node)
    ipam.release(session, node, going)


def left(session: Session, going: Mapping[str, Node]) -> None:
    """Do what follows from nodes that were taken away."""
    profiles.refresh(session, [node for node in going.values() if node.kind.is_profile])


def joined(session: Session, kinds: Iterable[Kind]) -> None:
    """Do what follows from changes of two branches that came together.

    Args:
        session: A view of the branch that has both now.
        kinds: The kinds of the changed nodes.
    """
    from infrahub_sdk.testing.server.resources import schema_pools  # which makes nodes, and so needs what is here

    schema_pools.synchronize(session)
    if any(ipam.is_ipam(kind) for kind in kinds):
        ipam.arrange(session)
