"""Resource pools: numbers, addresses and prefixes that are handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import lookup, rules
from infrahub_sdk.testing.server.nodes.rules import BrokenRule
from infrahub_sdk.testing.server.resources import address_pools, number_pools
from infrahub_sdk.utils import is_valid_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.draft import Draft
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["allocate_node", "allocate_number", "find"]

_SUFFIX = "_from_resource_pool"
_PART = ".from_pool"


def find(session: Session, kind: str, named: str) -> Node | None:
    """The pool that has an id or a name; None when there is none.

    Args:
        session: Whose view of the data.
        kind: The kind that it has to be of, such as `CoreNumberPool`.
        named: Its id or its name.
    """
    filters: dict[str, Any] = {"ids": [named]} if is_valid_uuid(named) else {"name__value": named}
    found = session.find(session.kinds[kind], filters, limit=1)
    return found[0] if found else None


def allocate_number(draft: Draft, attribute: Attribute, given: Mapping[str, Any]) -> tuple[int, str]:
    """A number for an attribute, and the id of the pool that it comes from.

    Args:
        draft: The node.
        attribute: Its attribute.
        given: What the input says of it: `from_pool`, or nothing for an attribute that has a pool of its own.

    Raises:
        BrokenRule: The pool cannot give one.
    """
    if draft.kind.data["namespace"] == "Template":
        raise BrokenRule(f"A template takes no value from a pool: set {attribute.name}{_SUFFIX} instead", _PART)
    wanted = given.get("from_pool") or {"id": attribute.data["parameters"].get("number_pool_id")}
    pool = find(draft.session, "CoreNumberPool", str(wanted.get("id")))
    if pool is None:
        raise BrokenRule(f"There is no pool {wanted.get('id')}", _PART)
    name = pool.values["name"].value
    if not number_pools.is_for(pool, draft.kind, attribute):
        raise BrokenRule(f"The numbers of the pool {name!r} are not for {draft.kind.name}.{attribute.name}", _PART)
    number = number_pools.allocate(draft.session, pool, attribute, draft.id)
    if number is None:
        raise BrokenRule(f"No number of the pool {name!r} is left", _PART)
    return number, pool.id


def allocate_node(draft: Draft, relationship: Relationship, given: Mapping[str, Any]) -> tuple[str, str]:
    """The id of a node for a relationship, and that of the pool that it comes from.

    Args:
        draft: The node that has the relationship.
        relationship: The relationship.
        given: What the input says: the pool's `id`, and `identifier`, `data`, `prefixlen` and so on.

    Raises:
        Refused: The pool cannot give one.
    """
    session, named = draft.session, str(given.get("id"))
    if draft.kind.data["namespace"] == "Template":
        reason = f"A template takes no peer from a pool: set {relationship.name}{_SUFFIX} instead"
        raise rules.refusal(draft.kind.name, {relationship.name: reason})
    if draft.kind.is_profile:
        reason = f"A profile takes no peer from a pool: name the node that {relationship.name} leads to"
        raise rules.refusal(draft.kind.name, {relationship.name: reason})
    pool = find(session, "CoreResourcePool", named)
    if pool is None:
        raise lookup.not_found(
            "CoreResourcePool", named, f"There is no pool {named} that {relationship.name} could be taken from"
        )
    identifier = given.get("identifier") or _identifier(draft, relationship)
    return address_pools.allocate(session, pool, {**given, "identifier": identifier}).id, pool.id


def _identifier(draft: Draft, relationship: Relationship) -> str | None:
    """What a node's peer is handed out for: the same whenever the node, by its human-friendly id, asks for one."""
    paths = draft.kind.data.get("human_friendly_id")
    if not paths:
        return None
    hfid = "__".join([draft.kind.name, *(str(draft.value_at(path)) for path in paths)])
    return f"hfid={hfid} rel={relationship.name}"
