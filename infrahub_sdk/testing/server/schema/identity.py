"""Human-friendly ids, unique attributes and constraints: each follows from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.schema.paths import PathError, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["complete_constraints", "complete_hfids", "unique_names"]


def unique_names(entry: dict[str, Any]) -> list[str]:
    """The unique attributes of a kind."""
    return [item["name"] for item in entry["attributes"] if item["unique"]]


def complete_hfids(draft: Draft, entries: Iterable[dict[str, Any]]) -> None:
    """Give kinds a human-friendly id where they say what is unique, and let it be unique where they have one.

    Paths that lead nowhere are passed over; the rules find them later.
    """
    for entry in entries:
        if not entry["human_friendly_id"]:
            names = unique_names(entry) or _constrained(draft, entry)
            if names:
                entry["human_friendly_id"] = [f"{names[0]}__value"]
        constraint = _constraint(draft, entry)
        if constraint:
            known = entry["uniqueness_constraints"] or []
            if not any(set(other) == set(constraint) for other in known):
                entry["uniqueness_constraints"] = [*known, constraint]


def complete_constraints(draft: Draft, entries: Iterable[dict[str, Any]]) -> None:
    """Let attributes be unique that a constraint names alone, and let constraints name those that are unique.

    Raises:
        Refused: A constraint of one path leads nowhere.
    """
    for entry in entries:
        for constraint in entry["uniqueness_constraints"] or ():
            if not constraint:
                raise Refused(f"{entry['kind']}.uniqueness_constraints: a constraint names no path")
            try:
                parsed(draft, entry, constraint[0]) if len(constraint) == 1 else None
            except PathError as error:
                raise Refused(f"{entry['kind']}.uniqueness_constraints: {error}") from None
        constrained = set(_constrained(draft, entry))
        own = {item["name"] for item in entry["attributes"] if item["unique"] and not item["inherited"]}
        for item in entry["attributes"]:
            item["unique"] = item["unique"] or item["name"] in constrained
        missing = sorted(own - constrained)
        if missing:
            known = entry["uniqueness_constraints"] or []
            entry["uniqueness_constraints"] = [*known, *([f"{name}__value"] for name in missing)]


def _constrained(draft: Draft, entry: dict[str, Any]) -> list[str]:
    """The attributes whose values a constraint of their own makes unique."""
    names = []
    for constraint in entry["uniqueness_constraints"] or ():
        if len(constraint) != 1:
            continue
        try:
            path = parsed(draft, entry, constraint[0])
        except PathError:
            continue
        if path.relationship is None and path.attribute is not None and path.property == "value":
            names.append(str(path.attribute["name"]))
    return names


def _constraint(draft: Draft, entry: dict[str, Any]) -> list[str] | None:
    """The constraint that a human-friendly id amounts to."""
    constraint: list[str] = []
    for text in entry["human_friendly_id"] or ():
        try:
            path = parsed(draft, entry, text)
        except PathError:
            return None
        constraint.append(text if path.relationship is None else path.relationship["name"])
    return constraint
