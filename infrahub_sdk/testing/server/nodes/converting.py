"""Turning a node into one of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup, rules, saving
from infrahub_sdk.testing.server.nodes.records import Records
from infrahub_sdk.testing.server.resources import reservations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["convert", "mapping", "node_kind"]

_WAYS = ("source_field", "data", "use_default_value")
_DATA = ("attribute_value", "peer_id", "peers_ids")


def node_kind(session: Session, name: str) -> Kind:
    """The node kind of a name.

    Raises:
        Refused: There is none.
    """
    kind = lookup.kind(session, name)
    if kind.is_generic:
        raise Refused(f"{name} is a generic: name one of its kinds, {', '.join(kind.members)}", status=500)
    return kind


def mapping(source: Kind, target: Kind) -> dict[str, dict[str, Any]]:
    """From which field of one kind each field of another kind is filled; None where none fits."""
    found: dict[str, dict[str, Any]] = {}
    for attribute in target.attributes.values():
        same = source.attributes.get(attribute.name)
        fits = same is not None and same.kind == attribute.kind and _are_alike(same, attribute)
        found[attribute.name] = _entry(attribute, attribute.name if fits else None, None)
    for relationship in target.relationships.values():
        other = source.relationships.get(relationship.name)
        fits = (
            other is not None
            and (other.peer, other.is_many) == (relationship.peer, relationship.is_many)
            and _are_alike(other, relationship)
        )
        cardinality = relationship.data["cardinality"]
        found[relationship.name] = _entry(relationship, relationship.name if fits else None, cardinality)
    return found


def _are_alike(one: Attribute | Relationship, other: Attribute | Relationship) -> bool:
    """Both are the same on all branches, or neither is."""
    return one.is_agnostic == other.is_agnostic


def _entry(field: Attribute | Relationship, source: str | None, cardinality: str | None) -> dict[str, Any]:
    optional = field.data["optional"]
    return {"source_field_name": source, "is_mandatory": not optional, "relationship_cardinality": cardinality}


def convert(session: Session, id: str, target: Kind, given: Any) -> Node:
    """Make a node of another kind out of one that is taken away.

    Args:
        session: Whose view of the data.
        id: The id of the node.
        target: The kind.
        given: How fields of the kind are filled, by their names: from a `source_field`, with `data`, or with the
            default; those of the same name and sort are filled without being named.

    Raises:
        Refused: There is no such node, the new one would break a rule, or others need the old one.
    """
    node = session.get([id]).get(id)
    if node is None:
        raise lookup.not_found("Node", id)
    if not isinstance(given, dict):
        raise Refused("fields_mapping has to be an object")
    for name, held in node.values.items():
        if held.profile is not None:
            raise Refused(f"{name} comes from a profile, and nodes that use profiles cannot be converted yet")
    same = {name: entry["source_field_name"] for name, entry in mapping(node.kind, target).items()}
    wanted = {**{name: {"source_field": source} for name, source in same.items() if source}, **given}
    data = dict(_inputs(node, target, wanted))
    neighbours = [
        edge.node.id for relationship in node.kind.relationships.values() for edge in node.edges(relationship)
    ]
    Records(session).delete(node)
    new = _made(session, target, data)
    reservations.pass_on(session.storage, node.id, new.id)
    _check(session, neighbours)
    return new


def _made(session: Session, target: Kind, data: Mapping[str, Any]) -> Node:
    try:
        return saving.create(session, target, data)
    except Refused as refused:
        if refused.code == "NODE_NOT_FOUND":
            raise
        raise Refused(refused.message, status=refused.status) from refused  # no field of an input is to blame


def _inputs(node: Node, target: Kind, wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a mutation would say to fill the fields of the new node."""
    for name, how in wanted.items():
        way = _way(name, how)
        if way == "use_default_value":
            continue
        given = _of_source(node, how["source_field"]) if way == "source_field" else _of_data(name, how["data"])
        attribute, relationship = target.attributes.get(name), target.relationships.get(name)
        if name == "id":
            yield name, given
        elif attribute is not None:
            yield name, _value(attribute, given)
        elif relationship is not None and given is not None:
            yield name, _peers(relationship, given)


def _value(attribute: Attribute, given: Any) -> Any:
    """The input for an attribute, which may be given as one with all that it has, or as the value alone."""
    is_input = isinstance(given, dict) and ("value" in given or attribute.kind != "JSON")
    return given if is_input or given is None else {"value": given}


def _peers(relationship: Relationship, given: Any) -> Any:
    """The input for a relationship."""
    items = given if isinstance(given, list) else [given]
    for item in items:
        if not isinstance(item, (str, dict)):
            raise Refused(f"{relationship.name}: {item} names no peer")
    return _one_or_all(relationship, [item if isinstance(item, dict) else {"id": item} for item in items])


def _one_or_all(relationship: Relationship, peers: list[dict[str, Any]]) -> Any:
    if relationship.is_many:
        return peers
    return peers[0] if peers else None


def _way(name: str, how: Any) -> str:
    ways = [way for way in _WAYS if isinstance(how, dict) and how.get(way) not in (None, False)]
    if len(ways) != 1:
        raise Refused(f"{name}: give one of source_field, data and use_default_value", status=500)
    return ways[0]


def _of_source(node: Node, name: str) -> Any:
    if name in node.values:
        return node.values[name].value
    relationship = node.kind.relationships.get(name)
    if relationship is None:
        raise Refused(f"{node.kind.name} has no field {name} to take a value from", status=500)
    return _one_or_all(relationship, [{"id": edge.node.id} for edge in node.edges(relationship)])


def _of_data(name: str, data: Any) -> Any:
    found = [data[part] for part in _DATA if isinstance(data, dict) and data.get(part) is not None]
    if len(found) != 1 or not _names_peers(data):
        raise Refused(f"{name}: give one of {', '.join(_DATA)} as its data", status=500)
    return found[0]


def _names_peers(data: Mapping[str, Any]) -> bool:
    """What is given as ids of peers are texts."""
    one, many = data.get("peer_id"), data.get("peers_ids")
    return isinstance(many or [], list) and all(isinstance(id, str) for id in [one or "", *(many or [])])


def _check(session: Session, neighbours: list[str]) -> None:
    """Nodes that had the old one as a peer must have as many peers as they need."""
    for node in session.get(neighbours).values():
        for relationship in node.kind.relationships.values():
            least = 0 if relationship.data["optional"] else relationship.data.get("min_count") or 1
            if len(node.edges(relationship)) < least:
                raise Refused(f"{rules.too_few(len(node.edges(relationship)), least)} at {relationship.name}")
