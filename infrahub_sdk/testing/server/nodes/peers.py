"""Rules of relationships: who may be whose peer, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.draft import Draft
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship

__all__ = ["check", "check_parent"]


def check(draft: Draft) -> None:
    """Refuse a draft whose new peers break a rule.

    Raises:
        Refused: They do.
    """
    for name in draft.peers:
        relationship = draft.kind.relationships[name]
        ids = {*draft.peer_ids(relationship), *draft.old_peer_ids(relationship)}
        nodes = draft.session.get(ids) if ids else {}
        _check_kinds(draft, relationship, nodes)
        _check_counts(draft, relationship, nodes)
        check_parent(draft, relationship)
        _check_relatives(draft, relationship, nodes)


def _check_kinds(draft: Draft, relationship: Relationship, nodes: Mapping[str, Node]) -> None:
    allowed = draft.session.kinds[relationship.peer].members
    if relationship.peer == "CoreNode":
        return
    for id in draft.peer_ids(relationship):
        kind = nodes[id].kind.name
        if kind not in allowed:
            reason = f"{id!r} is a {kind}, and a peer has to be of one of {list(allowed)}"
            raise rules.refusal(draft.kind.name, {relationship.name: reason})


def _check_counts(draft: Draft, relationship: Relationship, nodes: Mapping[str, Node]) -> None:
    """A peer may not get more peers by its relationship back, or have fewer left, than that allows."""
    old, new = set(draft.old_peer_ids(relationship)), set(draft.peer_ids(relationship))
    for id in sorted(old ^ new):
        for back in _back(draft, relationship, nodes[id].kind):
            most, least = (
                back.data.get("max_count") or 0,
                0 if back.data["optional"] else back.data.get("min_count") or 0,
            )
            if not most and not least:
                continue  # there may be any number of them, and reading them all takes long
            count = len(nodes[id].edges(back)) + (1 if id in new else -1)
            who = f"{nodes[id].kind.name} {id!r} would have {count} peers by {back.name!r} ({relationship.identifier})"
            if id in new and most and count > most:
                raise Refused(f"{who}, more than {most}")
            if id in old and count < least:
                raise Refused(f"{who}, less than {least}")


def _back(draft: Draft, relationship: Relationship, kind: Kind) -> Iterator[Relationship]:
    """The relationships of a peer that lead back."""
    generic = draft.session.kinds[relationship.peer]
    found = [item for item in generic.relationships.values() if item.identifier == relationship.identifier]
    for back in found or kind.relationships.values():
        is_same_way = back.direction == relationship.direction and back.direction != "bidirectional"
        if back.identifier == relationship.identifier and not is_same_way and back.name in kind.relationships:
            yield kind.relationships[back.name]


def check_parent(draft: Draft, relationship: Relationship) -> None:
    """Refuse a draft whose peers have another parent than itself, where the relationship asks for a common one.

    Raises:
        Refused: They have.
    """
    name = relationship.data.get("common_parent")
    ids = draft.peer_ids(relationship)
    if not name or not ids:
        return
    nodes = draft.session.get(ids)
    parents = {tuple(draft.peer_ids(draft.kind.relationships[name]))}
    parents |= {tuple(edge.node.id for edge in nodes[id].edges(nodes[id].kind.relationships[name])) for id in ids}
    if () in parents:
        raise Refused(f"Node {draft.id} ({draft.kind.name}) or a peer of its {relationship.name} has no {name}")
    if len(parents) > 1:
        raise Refused(f"{draft.kind.name} {draft.id!r} and its {relationship.name} differ in their {name}")


def _check_relatives(draft: Draft, relationship: Relationship, nodes: Mapping[str, Node]) -> None:
    if not relationship.is_many:
        return
    for name in relationship.data.get("common_relatives") or ():
        found = {
            frozenset(edge.node.id for edge in nodes[id].edges(nodes[id].kind.relationships[name]))
            for id in draft.peer_ids(relationship)
        }
        if len(found) > 1:
            raise Refused(f"The {relationship.name} of {draft.kind.name} {draft.id!r} differ in their {name}")
