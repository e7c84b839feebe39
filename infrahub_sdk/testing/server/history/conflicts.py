"""What two branches changed in ways that do not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.history.change import (
    NULL,
    REMOVED,
    UNCHANGED,
    Conflict,
    ElementChange,
    NodeChange,
    Place,
    PropertyChange,
    Span,
)
from infrahub_sdk.testing.server.history.differences import changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.session import Session

__all__ = ["add_conflicts", "conflicts"]


def conflicts(nodes: Mapping[str, NodeChange]) -> Iterator[Conflict]:
    """The conflicts of changes that `add_conflicts` has gone through."""
    for node in nodes.values():
        if node.conflict:
            yield node.conflict
        for attribute in node.attributes.values():
            yield from _of_properties(attribute.properties)
        for relationship in node.relationships.values():
            for element in relationship.elements:
                if element.conflict:
                    yield element.conflict
                yield from _of_properties(element.properties)


def _of_properties(properties: list[PropertyChange]) -> Iterator[Conflict]:
    return (change.conflict for change in properties if change.conflict)


def add_conflicts(session: Session, diff: Mapping[str, NodeChange], finish: int) -> None:
    """Say of a branch's changes where the default branch changed the same since the branch left it.

    Args:
        session: A view of the branch.
        diff: The changes of the branch.
        finish: Until when changes of the default branch count, in microseconds since 1970.
    """
    if session.branch.is_default:
        return
    main = session.app.session()
    found = changes(main, Span(session.branch.forked_at, finish), diff)
    for id in diff.keys() & found.keys():
        _add_to_node(found[id], diff[id])


def _add_to_node(base: NodeChange, diff: NodeChange) -> None:
    if base.action != diff.action:
        is_resolvable = REMOVED not in {base.action, diff.action}
        sides = (base.action, None, base.at), (diff.action, None, diff.at)
        diff.conflict = Conflict(Place(diff.id), *sides, is_resolvable)
        if not is_resolvable:
            return
    for name in base.attributes.keys() & diff.attributes.keys():
        attribute = diff.kind.attributes.get(name)
        is_ordered = attribute is None or attribute.data.get("ordered") is not False
        ours, theirs = base.attributes[name].properties, diff.attributes[name].properties
        _add_to_properties(Place(diff.id, name), ours, theirs, is_ordered=is_ordered)
    for name in base.relationships.keys() & diff.relationships.keys():
        relationship = diff.relationships[name].relationship
        peers = {element.peer: element for element in base.relationships[name].elements}
        for element in diff.relationships[name].elements:
            place = Place(diff.id, name, peer=element.peer, relationship=relationship)
            if not relationship.is_many:
                _add_to_peer(place, next(iter(peers.values())), element)
            elif element.peer in peers:
                _add_to_properties(place, peers[element.peer].properties, element.properties)


def _add_to_peer(place: Place, base: ElementChange, diff: ElementChange) -> None:
    """The two sides chose a peer of a relationship that has one."""
    ours, theirs = base.properties[0], diff.properties[0]
    if not _agree(ours, theirs):
        sides = (base.action, ours.after, ours.at), (diff.action, theirs.after, theirs.at)
        diff.conflict = Conflict(place, *sides)
    _add_to_properties(place, base.properties[1:], diff.properties[1:])


def _add_to_properties(
    place: Place, base: list[PropertyChange], diff: list[PropertyChange], *, is_ordered: bool = True
) -> None:
    ours = {change.name: change for change in base}
    for change in diff:
        other = ours.get(change.name)
        if other is None or _agree(other, change) or (not is_ordered and _same_items(other.after, change.after)):
            continue
        sides = (other.action, other.after, other.at), (change.action, change.after, change.at)
        can_rebase = place.relationship is None and other.action != REMOVED
        change.conflict = Conflict(place._replace(of_property=change.name), *sides, can_rebase=can_rebase)


def _agree(base: PropertyChange, diff: PropertyChange) -> bool:
    return (
        UNCHANGED in {base.action, diff.action} or base.after == diff.after or {base.after, diff.after} <= {None, NULL}
    )


def _same_items(one: str | None, other: str | None) -> bool:
    """Whether two lists, as text, hold the same in whatever order."""
    import json

    if one is None or other is None:
        return False
    try:
        lists = json.loads(one), json.loads(other)
    except ValueError:
        return False
    if not all(isinstance(items, list) for items in lists):
        return False
    first, second = (sorted(json.dumps(item, sort_keys=True) for item in items) for items in lists)
    return first == second
