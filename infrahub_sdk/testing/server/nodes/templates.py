"""Object templates: what new nodes are filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup, rules
from infrahub_sdk.testing.server.resources import address_pools, number_pools
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.draft import Draft
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["add_components", "check", "filled"]

_RELATIONSHIP = "object_template"
_PREFIX = "Template"  # of the kinds of templates, before the kind that they are for
_FROM_POOL = "_from_resource_pool"
_FOR_INSTANCES = "_for_instances"
_COPIED = ("Attribute", "Generic", "Profile")  # kinds of relationships whose peers a node takes over from its template
_OF_COMPONENTS = ("Attribute", "Component", "Parent", "Profile")  # likewise for a component


def filled(session: Session, kind: Kind, data: Mapping[str, Any], id: str) -> dict[str, Any]:
    """An input with what its object template gives; what the input itself says stays.

    Args:
        session: Whose view of the data.
        kind: The kind of the new node.
        data: The input.
        id: The id of the new node.

    Raises:
        Refused: There is no such template, or a pool that it names has nothing left.
    """
    template = _template(session, kind, data)
    given: dict[str, Any] = {**dict(_values(template, kind)), **_from_pools(session, template, kind, id, data)}
    for name, relationship in template.kind.relationships.items():
        target = name[: -len(_FOR_INSTANCES)] if name.endswith(_FOR_INSTANCES) else name
        if name.endswith(_FROM_POOL) or target not in kind.relationships or name == _RELATIONSHIP:
            continue
        peers = [{"id": edge.node.id} for edge in template.edges(relationship)]
        if peers and relationship.data["kind"] in _COPIED:
            given[target] = peers if kind.relationships[target].is_many else peers[0]
    return {**given, **data}


def add_components(session: Session, kind: Kind, id: str, data: Mapping[str, Any]) -> None:
    """Make the components that the object template of a new node describes.

    Args:
        session: Whose view of the data.
        kind: The kind of the new node.
        id: Its id.
        data: The input; the components that it names itself are not made.
    """
    _add(session, kind, id, _template(session, kind, data), data)


def _template(session: Session, kind: Kind, data: Mapping[str, Any]) -> Node:
    named = data[_RELATIONSHIP]
    try:
        return lookup.find(session, session.kinds[kind.relationships[_RELATIONSHIP].peer], named)
    except Refused:
        words = f"There is no template {named.get('id') or named.get('hfid')!r} for a {kind.name}"
        raise rules.refusal(kind.name, {_RELATIONSHIP: words}) from None


def _values(template: Node, kind: Kind, *, with_defaults: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
    """The inputs for the attributes that a template has values for."""
    for name, held in template.values.items():
        attribute = kind.attributes.get(name)
        if attribute is None or held.value is None:
            continue
        if not with_defaults and held.is_default and held.value == attribute.data["default_value"]:
            continue
        given = {"value": held.value, "source": held.source or template.id}
        yield name, {**given, "is_from_profile": True} if held.profile else given


# Pools


def check(draft: Draft) -> None:
    """Refuse a template that has both something and a pool to take it from.

    Raises:
        Refused: It has.
    """
    if draft.kind.data["namespace"] != "Template":
        return
    for name, relationship in draft.kind.relationships.items():
        target = name[: -len(_FROM_POOL)]
        if name.endswith(_FROM_POOL) and draft.peer_ids(relationship) and _has(draft, target):
            late = target if target in draft.peers and name not in draft.peers else name
            reason = f"A template has either {target} or {name}, not both"
            raise rules.refusal(draft.kind.name, {late: reason})


def _has(draft: Draft, name: str) -> bool:
    if name in draft.kind.relationships:
        return bool(draft.peer_ids(draft.kind.relationships[name]))
    value = draft.values.get(name) or (draft.node.values.get(name) if draft.node else None)
    return value is not None and value.value is not None and not value.is_default


def _from_pools(
    session: Session, template: Node, kind: Kind, id: str, data: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The inputs for what a template takes from pools."""
    given: dict[str, dict[str, Any]] = {}
    for name, relationship in template.kind.relationships.items():
        target = name[: -len(_FROM_POOL)]
        if not name.endswith(_FROM_POOL) or target in data:
            continue
        for edge in template.edges(relationship):
            if target in kind.attributes:
                given[target] = {"value": _number(session, kind, target, edge.node, id), "source": edge.node.id}
            elif target in kind.relationships:
                peer = address_pools.allocate(session, edge.node, {"identifier": id})
                given[target] = {"id": peer.id, "_relation__source": edge.node.id}
    return given


def _number(session: Session, kind: Kind, name: str, pool: Node, id: str) -> int:
    number = number_pools.allocate(session, pool, kind.attributes[name], id)
    if number is None:
        raise Refused(f"The pool {pool.values['name'].value!r} has no number left for {kind.name}.{name}", status=409)
    return number


# Components


def _add(session: Session, kind: Kind, id: str, template: Node, data: Mapping[str, Any]) -> None:
    """Make the components of a node, and theirs."""
    from infrahub_sdk.testing.server.nodes import saving  # which makes nodes of templates

    for relationship in kind.relationships.values():
        if relationship.data["kind"] != "Component" or relationship.name in data:
            continue
        for part in _parts(template, relationship):
            part_kind = session.kinds[part.kind.name[len(_PREFIX) :]]
            part_id = generate_uuid()
            given = _component(session, part, part_kind, part_id, id, template)
            saving.create(session, part_kind, {**given, "id": part_id})
            _add(session, part_kind, part_id, part, data)


def _parts(template: Node, relationship: Relationship) -> list[Node]:
    found = template.kind.relationships.get(relationship.name)
    parts = [edge.node for edge in template.edges(found)] if found else []
    return sorted(parts, key=lambda part: (part.values["template_name"].value or "", part.id))


def _component(session: Session, part: Node, kind: Kind, id: str, parent: str, template: Node) -> dict[str, Any]:
    """The input for a component that is made of a template."""
    given: dict[str, Any] = dict(_values(part, kind, with_defaults=False))
    for name, relationship in part.kind.relationships.items():
        if relationship.data["kind"] not in _OF_COMPONENTS or name not in kind.relationships:
            continue
        nodes = [edge.node for edge in part.edges(relationship)]
        if [node.id for node in nodes] == [template.id]:
            peers = [{"id": parent}]
        else:  # other templates have components of their own
            peers = [{"id": node.id} for node in nodes if not node.kind.name.startswith(_PREFIX)]
        if peers:
            given[name] = peers if kind.relationships[name].is_many else peers[0]
    return {**given, **_from_pools(session, part, kind, id, {})}
