"""What names a schema may use: those of fields, and the lengths of what is derived of kinds."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema.draft import elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["name_problems"]

_RESERVED = frozenset(
    {
        "any",
        "attr",
        "attribute",
        "attributes",
        "attrs",
        "hfid",
        "node_metadata",
        "process_pools",
        "rel",
        "relationship",
        "relationships",
        "rels",
        "save",
    }
)
_RESERVED_IN_GENERICS = frozenset({"type"})
_RESERVED_IN_HIERARCHIES = frozenset({"ancestors", "descendants"})
_LONGEST = {"name": 32, "label": 64}  # of a kind
_LONGEST_OF_FIELDS = {"name": 64, "label": 64, "identifier": 128}


def name_problems(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the names of a kind, of its fields, and of the profile and the template that come of it."""
    yield from _reserved(draft, entry)
    yield from _unfit(entry)
    for sort, entries in (("Profile", draft.profiles), ("Template", draft.templates), ("Template", draft.generics)):
        derived = entries.get(sort + entry["kind"])
        if derived is not None:
            yield from (f": of its {sort.lower()}{text}" for text in (*_twice(derived), *_too_long(derived)))


def _reserved(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    reserved = set(_RESERVED)
    if entry["kind"] in draft.generics:
        reserved |= _RESERVED_IN_GENERICS
    if entry.get("hierarchical") or entry.get("hierarchy"):
        reserved |= _RESERVED_IN_HIERARCHIES
    yield from (
        f": {item['name']!r} means something else to the server: choose another name"
        for item in elements(entry)
        if item["name"] in reserved
    )


def _unfit(entry: dict[str, Any]) -> Iterator[str]:
    yield from _twice(entry)
    for item in elements(entry):
        name = item["name"]
        if "__" in name:
            yield f": {name!r} has '__' in it, where paths are split: use one '_'"
        if keyword.iskeyword(name):
            yield f": {name!r} is a word of Python: choose another name"


def _twice(entry: dict[str, Any]) -> Iterator[str]:
    seen = set()
    for item in elements(entry):
        if item["name"] in seen:
            yield f": more than one field is called {item['name']!r}"
        seen.add(item["name"])


def _too_long(entry: dict[str, Any]) -> Iterator[str]:
    """Names of what is derived, which are longer than those that they are made of."""
    parts = [(_LONGEST, entry), *((_LONGEST_OF_FIELDS, item) for item in elements(entry))]
    for limits, part in parts:
        for name, most in limits.items():
            if len(part.get(name) or "") > most:
                yield f" the {name} {part[name]!r} has more than {most} characters"
