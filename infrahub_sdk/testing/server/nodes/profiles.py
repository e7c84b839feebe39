"""Profiles: values and peers that nodes take over where they have none of their own."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import computed, lookup, rules
from infrahub_sdk.testing.server.nodes.draft import Draft, NewPeer, NewValue
from infrahub_sdk.testing.server.nodes.labels import display_label
from infrahub_sdk.testing.server.nodes.records import Records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Edge, Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["apply", "are_used", "detach", "holders", "provided", "refresh"]

_RELATIONSHIP = "profiles"
_USERS = ("related_nodes", "related_templates")
_KINDS = ("Attribute", "Generic")  # of relationships whose peers a profile may give


def are_used(node: Node) -> bool:
    """A node has profiles."""
    return bool(_profiles(node))


def provided(session: Session, kind: Kind, data: Mapping[str, Any]) -> set[str]:
    """The names of the fields that the profiles of an input give, so that the input need not have them."""
    found = set()
    for profile in _named(session, kind, [item for item in data.get(_RELATIONSHIP) or () if item]):
        found |= {name for name, value in profile.values.items() if value.value is not None}
        found |= {name for name, relationship in profile.kind.relationships.items() if profile.edges(relationship)}
    return found


def _named(session: Session, kind: Kind, items: Collection[Mapping[str, Any]]) -> Iterator[Node]:
    """The profiles that are named, as far as they are there: the others are refused once they are to be peers."""
    found = session.get(item["id"] for item in items if item.get("id"))
    yield from (node for node in found.values() if node.kind.is_profile)
    own = session.kinds.get(f"Profile{kind.name}")
    for item in items:
        if own is not None and item.get("hfid") and not item.get("id"):
            with suppress(Refused):
                node = lookup.by_hfid(session, own, item["hfid"])
                if node is not None:
                    yield node


# What nodes take over


def apply(session: Session, id: str) -> None:
    """Let a node have what its profiles give, after it or they were changed.

    Raises:
        Refused: A profile that it has lost gave what it must have, or one is not for its kind.
    """
    node = session.get([id])[id]
    profiles = _profiles(node)
    _check_kinds(session, node.kind, profiles)
    draft = Draft(session, node.kind, id, node)
    for attribute in node.kind.attributes.values():
        _take_value(draft, node, attribute, profiles)
    for relationship in node.kind.relationships.values():
        if _may_be_given(relationship):
            _take_peers(draft, node, relationship, profiles)
    computed.fill(draft)
    changed = Records(session).change(node, draft)
    if changed:
        from infrahub_sdk.testing.server.nodes import saving  # which applies profiles itself

        saving.change_dependents(session, node.kind, id, changed)


def refresh(session: Session, profiles: Iterable[Node]) -> None:
    """Let the nodes that have, or had, some profiles have what these give now."""
    for profile in profiles:
        users = {edge.node.id for relationship in _of_users(profile) for edge in profile.edges(relationship)}
        for id in sorted(users | holders(session, profile.id)):
            apply(session, id)


def holders(session: Session, profile: str) -> set[str]:
    """The ids of the nodes that have something from a profile."""
    scope = session.scope
    found = session.storage.rows(
        f"select v.node from value v where v.profile = ? and {scope.visible('value', 'v')}"
        f" union select e.tail from edge e where e.source = ? and {scope.visible('edge', 'e')}"
        f" union select e.head from edge e where e.source = ? and {scope.visible('edge', 'e')}",
        [profile] * 3,
    )
    wanted = json.dumps([id for (id,) in found if id != profile])
    there = f"n.id in (select value from json_each(?)) and {scope.visible('node', 'n')}"
    return {id for (id,) in session.storage.rows(f"select n.id from node n where {there}", [wanted])}


def detach(session: Session, node: Node, relationship: Relationship) -> None:
    """Let peers that a profile gave be a node's own, after others were added or taken away."""
    given = [edge for edge in node.edges(relationship) if edge.is_from_profile] if _may_be_given(relationship) else []
    if given:
        draft = Draft(session, node.kind, node.id, node)
        draft.peers[relationship.name] = {edge.node.id: _kept(edge) for edge in node.edges(relationship)}
        for edge in given:
            draft.peers[relationship.name][edge.node.id].source = None
        Records(session).change(node, draft)


def _profiles(node: Node) -> list[Node]:
    """The profiles of a node, the most important first."""
    relationship = node.kind.relationships.get(_RELATIONSHIP)
    found = [edge.node for edge in node.edges(relationship)] if relationship else []
    return sorted(found, key=lambda profile: (_rank(profile), profile.id))


def _rank(profile: Node) -> float:
    rank = profile.values["profile_priority"].value
    return float("inf") if rank is None else float(rank)


def _of_users(profile: Node) -> list[Relationship]:
    return [profile.kind.relationships[name] for name in _USERS if name in profile.kind.relationships]


def _check_kinds(session: Session, kind: Kind, profiles: Iterable[Node]) -> None:
    name = kind.name[len("Template") :] if kind.data["namespace"] == "Template" else kind.name
    lineage = session.kinds[name].lineage
    allowed = sorted(f"Profile{item}" for item in lineage if f"Profile{item}" in session.kinds)
    for profile in profiles:
        if profile.kind.name not in allowed:
            reason = f"{profile.id!r} is a {profile.kind.name}, and a {kind.name} takes {' and '.join(allowed)}"
            raise rules.refusal(kind.name, {_RELATIONSHIP: reason})


def _take_value(draft: Draft, node: Node, attribute: Attribute, profiles: Collection[Node]) -> None:
    held = node.values.get(attribute.name)
    if held is None or (held.profile is None and not held.is_default):
        return
    giver = next((item for item in profiles if _gives(item, attribute.name)), None)
    if giver is not None:
        new = NewValue(giver.values[attribute.name].value, is_default=False)
        new.profile = new.source = giver.id
    elif held.profile is not None:
        new = NewValue(attribute.data["default_value"])
    else:
        return
    if held.profile and held.profile not in {item.id for item in profiles} and attribute.is_mandatory:
        raise _needed(node, held.profile, f"attribute '{attribute.name}'")
    new.is_protected, new.owner = held.is_protected, held.owner
    draft.values[attribute.name] = new


def _gives(profile: Node, name: str) -> bool:
    held = profile.values.get(name)
    return held is not None and held.value is not None


def _needed(node: Node, profile: str, what: str) -> Refused:
    who = f"{node.kind.name} {display_label(node)!r} ({node.id})"
    return Refused(f"{who} has nothing but the profile {profile!r} to take its mandatory {what} from: keep the profile")


def _may_be_given(relationship: Relationship) -> bool:
    return relationship.data["kind"] in _KINDS and not relationship.data["read_only"]


def _take_peers(draft: Draft, node: Node, relationship: Relationship, profiles: Collection[Node]) -> None:
    edges = node.edges(relationship)
    given = [edge for edge in edges if edge.is_from_profile]
    own = {edge.node.id: _kept(edge) for edge in edges if edge not in given}
    wanted = own or _peers_of(relationship, profiles)
    lost = {edge.source for edge in given} - {item.id for item in profiles}
    if lost and relationship.is_mandatory:
        raise _needed(node, str(lost.pop()), f"relationship '{relationship.name}'")
    if given or (wanted and not own):
        draft.peers[relationship.name] = wanted


def _peers_of(relationship: Relationship, profiles: Iterable[Node]) -> dict[str, NewPeer]:
    """The peers that the most important profile gives that has some."""
    for profile in profiles:
        found = profile.kind.relationships.get(relationship.name)
        if found and found.identifier == f"profile_{relationship.identifier}":
            peers = {edge.node.id: NewPeer() for edge in profile.edges(found)}
            for new in peers.values():
                new.source = profile.id
            if peers:
                return peers
    return {}


def _kept(edge: Edge) -> NewPeer:
    new = NewPeer()
    new.is_protected, new.source, new.owner = bool(edge.is_protected), edge.source, edge.owner
    return new
