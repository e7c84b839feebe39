"""What resolves the mutations that add peers to a relationship, and take them from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.nodes import lookup, peers, profiles
from infrahub_sdk.testing.server.nodes.draft import Draft
from infrahub_sdk.testing.server.nodes.records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Relationship
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []


@resolves("Mutation.RelationshipAdd")
def add(_: Any, info: Any, data: dict[str, Any], context: Any = None) -> dict[str, Any]:
    """Add peers to a relationship."""
    with change(info.context, context) as session:
        node, relationship = _source(session, data)
        there = _peers(session, data)
        session.permissions.require_peers({node.kind, *(peer.kind for peer in there.values())})
        held = {edge.node.id for edge in node.edges(relationship)}
        _check_peers(session, node, relationship, there)
        if not relationship.is_many and (held or len(_given(data)) > 1):
            raise Refused(f"'{relationship.name}' leads to one peer at most")
        draft = Draft(session, node.kind, node.id, node)
        draft.name_peers(relationship, [*({"id": id} for id in held), *_given(data)])
        peers.check_parent(draft, relationship)
        new = {id: peer for id, peer in draft.peers[relationship.name].items() if id not in held}
        Records(session).add_peers(node, relationship, new)
        _apply_profiles(session, node, relationship, there, is_changed=bool(new))
    return {"ok": True}


@resolves("Mutation.RelationshipRemove")
def remove(_: Any, info: Any, data: dict[str, Any], context: Any = None) -> dict[str, Any]:
    """Take peers from a relationship."""
    with change(info.context, context) as session:
        node, relationship = _source(session, data)
        there = _peers(session, data)
        session.permissions.require_peers({node.kind, *(peer.kind for peer in there.values())})
        _check_peers(session, node, relationship, there)
        held = {edge.node.id for edge in node.edges(relationship)}
        gone = [item["id"] for item in _given(data) if item.get("id") in held]
        if not relationship.data["optional"] and held <= set(gone):
            raise _refused_name(f"{node.kind.name}.{relationship.name} needs a peer, so the last one stays")
        Records(session).remove_peers(node, relationship, gone)
        _apply_profiles(session, node, relationship, there, is_changed=bool(gone))
    return {"ok": True}


def _source(session: Session, data: Mapping[str, Any]) -> tuple[Node, Relationship]:
    """The node and the relationship that an input names."""
    node = session.get([data["id"]]).get(data["id"])
    if node is None:
        raise lookup.not_found("node", data["id"])
    relationship = node.kind.relationships.get(data["name"])
    if relationship is None:
        raise _refused_name(f"{node.kind.name} has no relationship {data['name']!r}")
    if relationship.data["read_only"]:
        raise Refused(f"{node.kind.name}.{relationship.name} can only be read")
    return node, relationship


def _given(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What an input says of each peer."""
    given: list[Mapping[str, Any]] | None = data.get("nodes")
    if given is None or None in given:
        raise Refused("Name the peers: nodes has to be a list of them", status=500)
    return given


def _refused_name(reason: str) -> Refused:
    return Refused(f"{reason} at name")


def _peers(session: Session, data: Mapping[str, Any]) -> dict[str, Node]:
    """The peers that an input names by their ids."""
    ids = [item["id"] for item in _given(data) if item.get("id")]
    there = session.get(ids)
    for id in ids:
        if id not in there:
            raise Refused(f"Unable to find the node {id!r} that {data['name']} would lead to")  # see `lookup.not_found`
    return there


def _check_peers(session: Session, node: Node, relationship: Relationship, there: Mapping[str, Node]) -> None:
    if relationship.peer == "CoreNode":
        return
    allowed = session.kinds[relationship.peer].members
    for id, peer in there.items():
        if peer.kind.name not in allowed:
            raise Refused(f"{id!r} is a {peer.kind.name}, and {relationship.name} leads to {relationship.peer}")
        back = [item for item in peer.kind.relationships.values() if item.identifier == relationship.identifier]
        if len(back) == 1 and not back[0].is_many:
            for edge in peer.edges(back[0]):
                if edge.node.id != node.id:
                    raise Refused(f"{peer.kind.name} {id!r} has {edge.node.id!r} for its {back[0].name} already")


def _apply_profiles(
    session: Session, node: Node, relationship: Relationship, there: Mapping[str, Node], *, is_changed: bool
) -> None:
    if relationship.name == "profiles":
        profiles.apply(session, node.id)
    elif node.kind.is_profile and relationship.name in {"related_nodes", "related_templates"}:
        for id in there:
            profiles.apply(session, id)
    elif is_changed:
        profiles.detach(session, session.get([node.id])[node.id], relationship)
