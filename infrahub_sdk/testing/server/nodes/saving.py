"""Making and changing nodes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import (
    computed,
    labels,
    lookup,
    peers,
    profiles,
    rules,
    special,
    templates,
    uniqueness,
)
from infrahub_sdk.testing.server.nodes.draft import Draft
from infrahub_sdk.testing.server.nodes.node import Group
from infrahub_sdk.testing.server.nodes.records import Records
from infrahub_sdk.testing.server.nodes.uniqueness import HfidTaken
from infrahub_sdk.testing.server.resources import ipam
from infrahub_sdk.utils import is_valid_uuid
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["change", "change_dependents", "create", "update", "upsert"]


def create(session: Session, kind: Kind, data: Mapping[str, Any]) -> Node:
    """Make a node of what a mutation says.

    Args:
        session: Whose view of the data.
        kind: Its kind.
        data: The input: values such as `{"value": 1}`, peers such as `{"id": ...}`, by the names of the fields.

    Raises:
        Refused: It breaks a rule of its kind. Nothing is written then.
    """
    if data.get("id"):
        _check_id(session, kind, data["id"])
    id = data.get("id") or generate_uuid()
    data = given = special.prepared(session, kind, data)
    if data.get("object_template"):
        data = templates.filled(session, kind, data, id)
    provided = _check_mandatory(session, kind, data)
    draft = Draft(session, kind, id)
    draft.provided = provided
    draft.take(data)
    computed.fill(draft)
    uniqueness.check(draft, given)
    peers.check(draft)
    templates.check(draft)
    records = Records(session)
    records.add(draft)
    special.settled(session, kind, id, data)
    if data.get("object_template"):
        templates.add_components(session, kind, id, given)
    if data.get("profiles"):
        profiles.apply(session, id)
    return Group(session, [(id, kind.name)]).nodes[id]


def update(session: Session, kind: Kind, data: Mapping[str, Any]) -> Node:
    """Change the node that a mutation names.

    Raises:
        Refused: There is no such node, or the change breaks a rule of its kind. Nothing is written then.
    """
    return change(session, lookup.find(session, kind, data), data)


def upsert(session: Session, kind: Kind, data: Mapping[str, Any]) -> tuple[Node, bool]:
    """Change the node that a mutation names, or that has its human-friendly id, or make it.

    Returns:
        The node, and whether it is new.

    Raises:
        Refused: There is no node of the id that it names, or it breaks a rule of its kind. Nothing is written then.
    """
    data = special.completed(session, kind, data)
    if data.get("id") is not None:
        return change(session, lookup.by_id(session, kind, data["id"]), data), False
    node = _named(session, kind, data)
    if node is not None:
        return change(session, node, data), False
    try:
        return create(session, kind, {name: given for name, given in data.items() if name != "hfid"}), True
    except HfidTaken as taken:
        node = lookup.by_id(session, kind, taken.ids[0])
        return change(session, node, data, may_be_taken=True), False


def change(session: Session, node: Node, data: Mapping[str, Any], *, may_be_taken: bool = False) -> Node:
    """Change a node.

    Args:
        session: Whose view of the data.
        node: The node.
        data: The input, see `create`. What it does not name stays.
        may_be_taken: Do not look whether other nodes have the same values.

    Raises:
        Refused: The change breaks a rule of its kind. Nothing is written then.
    """
    data = special.prepared(session, node.kind, data, node)
    draft = Draft(session, node.kind, node.id, node)
    draft.take(data)
    computed.fill(draft)
    if not may_be_taken:
        uniqueness.check(draft, data)
    peers.check(draft)
    templates.check(draft)
    changed = Records(session).change(node, draft)
    special.settled(session, node.kind, node.id, data)
    if "profiles" in data or profiles.are_used(node):
        profiles.apply(session, node.id)
    change_dependents(session, node.kind, node.id, changed)
    return _answered(draft, data, () if may_be_taken else data)


def _answered(draft: Draft, data: Mapping[str, Any], checked: Collection[str]) -> Node:
    """A changed node as the answer shows it: of single peers with those only that the server had to look at."""
    kind, kinds = draft.kind, draft.session.kinds
    group = Group(draft.session, [(draft.id, kind.name)])
    if ipam.is_ipam(kind):  # their place is looked for anew, so all of them is read anew
        return group.nodes[draft.id]
    told = {*data, *(name for name, item in kind.relationships.items() if item.data["kind"] == "Parent")}
    for paths in [*(paths for _, paths in uniqueness.touched(kinds, kind, checked)), *labels.sources(kind)]:
        fields = {path.partition("__")[0] for path in paths}
        told |= fields if fields & {*data} else set()
    group.told = frozenset(told)
    group.nulls = frozenset(name for name, new in draft.values.items() if new.value is None)
    return group.nodes[draft.id]


def _check_id(session: Session, kind: Kind, id: str) -> None:
    if not is_valid_uuid(id):
        raise rules.refusal(kind.name, {"id": rules.WrongType(id, "UUID")})
    if session.storage.rows("select 1 from node where id = ? limit 1", [id]):  # a deleted node keeps its id
        raise rules.refusal(kind.name, {"id": f"{id} is already in use"})


def _check_mandatory(session: Session, kind: Kind, data: Mapping[str, Any]) -> set[str]:
    """Refuse an input without what a node must have; the names of what its profiles give instead."""
    missing = [name for name in _mandatory(kind) if name not in data]
    provided = profiles.provided(session, kind, data) if missing and data.get("profiles") else set()
    reasons = {name: rules.Missing(name, kind) for name in missing if name not in provided}
    if reasons:
        raise rules.refusal(kind.name, reasons)
    return provided & set(missing)


@lru_cache(maxsize=4096)
def _mandatory(kind: Kind) -> tuple[str, ...]:
    """The names of the fields that an input for a new node must have."""
    return tuple(_mandatory_fields(kind))


def _mandatory_fields(kind: Kind) -> Iterator[str]:
    for attribute in kind.attributes.values():
        is_made = attribute.kind == "NumberPool" or computed.template_of(attribute)
        if attribute.is_mandatory and attribute.data["default_value"] is None and not is_made:
            yield attribute.name
    for relationship in kind.relationships.values():
        if relationship.is_mandatory:
            yield relationship.name


def _named(session: Session, kind: Kind, data: Mapping[str, Any]) -> Node | None:
    """The node that an upsert names by its human-friendly id, or by what nodes of the kind are looked up by."""
    if data.get("hfid") is not None:
        return lookup.by_hfid(session, kind, data["hfid"])
    path = kind.data.get("default_filter")
    if not path or kind.data.get("human_friendly_id"):
        return None
    value = (data.get(path.partition("__")[0]) or {}).get("value")
    found = session.find(kind, {path: value}, limit=1) if value else []
    return found[0] if found else None


def change_dependents(
    session: Session, kind: Kind, id: str, changed: set[str], before: frozenset[tuple[str, str]] = frozenset()
) -> None:
    """Make anew what is made of the changed values of a peer.

    Args:
        session: Whose view of the data.
        kind: The kind of the peer.
        id: Its id.
        changed: The names of its changed attributes.
        before: What changed on the way here, as ids and names: a circle of values is gone round once.
    """
    so_far = before.union((id, name) for name in changed)
    if so_far == before:
        return
    for other, relationship in computed.dependents(session.kinds, kind, changed):
        for node in session.find(other, {f"{relationship.name}__ids": [id]}):
            draft = Draft(session, other, node.id, node)
            computed.refill(draft)
            change_dependents(session, other, node.id, Records(session).change(node, draft), so_far)
