"""The pools of attributes that number themselves, kept in step with the schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.history import branches
from infrahub_sdk.testing.server.nodes import deleting, rules, saving
from infrahub_sdk.testing.server.nodes.draft import Draft
from infrahub_sdk.testing.server.nodes.records import Records
from infrahub_sdk.testing.server.nodes.rules import BrokenRule
from infrahub_sdk.testing.server.resources import number_pools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds
    from infrahub_sdk.testing.server.session import Session

__all__ = ["synchronize"]


def synchronize(session: Session) -> None:
    """Make the pools that a branch's schema needs, take away those that no schema needs, and number what has no number.

    Args:
        session: A view of the branch, after its schema was changed.
    """
    needed = dict(_needed(session.kinds))
    pool_kind = session.kinds[number_pools.KIND]
    there = {node.id: node for node in session.find(pool_kind, {"pool_type__value": "Schema"})}
    for id, (kind, attribute) in needed.items():
        if id not in there:
            saving.create(session, pool_kind, _pool(id, kind, attribute))
        elif session.branch.is_default:
            _change_range(session, id, attribute)
    for id in there.keys() - needed.keys():
        if not any(id in dict(_needed(session.app.kinds(branch))) for branch in branches.listed(session.storage)):
            deleting.remove(session, there[id])
    for kind, attribute in _numbered(session.kinds):
        for node in session.find(kind, {f"{attribute.name}__isnull": True}):
            draft = Draft(session, kind, node.id, node)
            try:
                draft.take_number(attribute)
            except BrokenRule as broken:
                raise rules.refusal(kind.name, {f"{attribute.name}{broken.part}": str(broken)}) from None
            Records(session).change(node, draft)


def _needed(kinds: Kinds) -> Iterator[tuple[str, tuple[Kind, Attribute]]]:
    """The ids of the pools of a schema, each with the kind and the attribute that it is for."""
    found: dict[str, tuple[Kind, Attribute]] = {}
    for kind in kinds.values():
        for attribute in kind.attributes.values():
            if attribute.kind == "NumberPool" and kind.data["namespace"] not in {"Profile", "Template"}:
                id = str(attribute.data["parameters"]["number_pool_id"])
                if id not in found or not attribute.data["inherited"]:
                    found[id] = (kind, attribute)
    yield from found.items()


def _numbered(kinds: Kinds) -> Iterator[tuple[Kind, Attribute]]:
    for kind in kinds.values():
        if not kind.is_generic and kind.data["namespace"] not in {"Profile", "Template"}:
            for attribute in kind.attributes.values():
                if attribute.kind == "NumberPool":
                    yield kind, attribute


def _pool(id: str, kind: Kind, attribute: Attribute) -> dict[str, object]:
    fields = {
        "name": f"{kind.name}.{attribute.name} [{id}]",
        "node": kind.name,
        "node_attribute": attribute.name,
        "start_range": attribute.data["parameters"]["start_range"],
        "end_range": attribute.data["parameters"]["end_range"],
        "pool_type": "Schema",
    }
    return {"id": id, **{name: {"value": value} for name, value in fields.items()}}


def _change_range(session: Session, id: str, attribute: Attribute) -> None:
    node = session.get([id])[id]
    names = ("start_range", "end_range")
    given = {name: {"value": attribute.data["parameters"][name]} for name in names}
    draft = Draft(session, node.kind, id, node)
    draft.take(given)
    Records(session).change(node, draft)
