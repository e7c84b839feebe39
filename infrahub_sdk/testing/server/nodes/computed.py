"""Attributes whose values are made of others by a template."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import rules, templating
from infrahub_sdk.testing.server.nodes.draft import NewValue
from infrahub_sdk.testing.server.nodes.rules import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from infrahub_sdk.testing.server.nodes.draft import Draft
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship

__all__ = ["dependents", "fields_of", "fill", "template_of"]


def template_of(attribute: Attribute) -> str | None:
    """The template that an attribute's value is made by, or None."""
    computed = attribute.data.get("computed_attribute") or {}
    return computed.get("jinja2_template") if computed.get("kind") == "Jinja2" else None


def fields_of(attribute: Attribute) -> list[str]:
    """The paths that an attribute's value is made of."""
    template = template_of(attribute)
    return list(templating.variables(template)) if template else []


def fill(draft: Draft) -> None:
    """Give a draft the values that are made of others, where these are new.

    Raises:
        Refused: A value breaks a rule of its attribute, or cannot be made.
    """
    reasons: dict[str, BrokenRule | str] = {}
    for attribute in _in_order(draft.kind):
        fields = {path.partition("__")[0] for path in fields_of(attribute)}
        if draft.node is not None and not fields & {*draft.values, *draft.peers}:
            continue
        try:
            value = rules.checked(attribute, _made(draft, attribute))
        except BrokenRule as broken:
            reasons[attribute.name] = broken
        else:
            draft.values[attribute.name] = NewValue(value, is_default=False)
    if reasons:
        raise rules.refusal(draft.kind.name, reasons)


def refill(draft: Draft) -> None:
    """Give a draft anew all values that are made of others; what cannot be made stays."""
    for attribute in _in_order(draft.kind):
        try:
            value = rules.checked(attribute, _made(draft, attribute))
        except (BrokenRule, Refused):
            continue
        if value != draft.value(attribute.name):
            draft.values[attribute.name] = NewValue(value, is_default=False)


def dependents(kinds: Kinds, kind: Kind, changed: Collection[str]) -> Iterator[tuple[Kind, Relationship]]:
    """Which kinds have values that are made of what changed at their peers, and by which relationship they are peers.

    Args:
        kinds: All kinds.
        kind: The kind of a changed node.
        changed: The names of its changed attributes.
    """
    for other in kinds.values():
        for relationship, name in _of_peers(other):
            if name in changed and kind.name in kinds[relationship.peer].members:
                yield other, relationship


@lru_cache(maxsize=4096)
def _of_peers(kind: Kind) -> tuple[tuple[Relationship, str], ...]:
    """The attributes of peers that values of a kind are made of, each with the relationship that leads to it."""
    paths = [path.split("__") for item in kind.attributes.values() for path in fields_of(item) if not kind.is_generic]
    return tuple((kind.relationships[path[0]], path[1]) for path in paths if path[0] in kind.relationships)


@lru_cache(maxsize=4096)
def _in_order(kind: Kind) -> tuple[Attribute, ...]:
    """The attributes that are made of others, each after those that it is made of."""
    waiting = {name: item for name, item in kind.attributes.items() if template_of(item)}
    found: list[Attribute] = []
    while waiting:
        ready = [
            item for item in waiting.values() if not any(path.partition("__")[0] in waiting for path in fields_of(item))
        ] or list(waiting.values())
        for item in ready:
            found.append(waiting.pop(item.name))
    return tuple(found)


def _made(draft: Draft, attribute: Attribute) -> Any:
    from jinja2 import TemplateError

    template = template_of(attribute) or ""
    try:
        return templating.render(template, {path: draft.value_at(path) for path in fields_of(attribute)})
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise Refused(f"{draft.kind.name}.{attribute.name} cannot be made: {error}") from error
