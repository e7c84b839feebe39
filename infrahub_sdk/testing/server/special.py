"""What nodes of some kinds do beside what all do, when they are made, changed and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import ipam, number_pools, profiles
from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.kinds import Kind
    from infrahub_sdk.testing.server.nodes import Node
    from infrahub_sdk.testing.server.session import Session

__all__ = ["left", "leaving", "prepared", "settled"]


def prepared(session: Session, kind: Kind, data: Mapping[str, Any], node: Node | None = None) -> Mapping[str, Any]:
    """An input with what its kind adds to it.

    Args:
        session: Whose view of the data.
        kind: The kind that it is for.
        data: The input.
        node: The node that it is about; None for one that may be new.

    Raises:
        Refused: Its kind does not allow it.
    """
    if kind.name == number_pools.KIND:
        if node is None:
            number_pools.check(session, data)
        else:
            number_pools.check_change(node, data)
    return ipam.filled(session, kind, data, is_new=node is None)


def settled(session: Session, kind: Kind, id: str, data: Mapping[str, Any]) -> None:
    """Do what follows from what was written of a node."""
    if ipam.is_ipam(kind):
        ipam.place(session, id, data)
    if profiles.is_profile(kind):
        profiles.refresh(session, session.get([id]).values())


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
        raise Refused("The default IPAM namespace cannot be deleted", status=500)
    if node.kind.name == number_pools.KIND:
        number_pools.check_removal(session, node)
    ipam.release(session, node, going)


def left(session: Session, going: Mapping[str, Node]) -> None:
    """Do what follows from nodes that were taken away."""
    profiles.refresh(session, [node for node in going.values() if profiles.is_profile(node.kind)])
