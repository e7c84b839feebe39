"""Which kinds and fields of a changed schema are which of the old one, also where they have new names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship

__all__ = ["Match", "matches", "old_names"]

_DERIVED = ("Profile", "Template")


@dataclass
class Match:
    """A kind whose nodes there may be, before and after a change of the schema.

    Attributes:
        old: What it was, or None.
        new: What it is, or None.
        attributes: The attributes that it has, each with the one that it was, or None.
        relationships: Likewise.
    """

    old: Kind | None
    new: Kind | None
    attributes: list[tuple[Attribute, Attribute | None]]
    relationships: list[tuple[Relationship, Relationship | None]]

    @property
    def lost_attributes(self) -> list[Attribute]:
        """The attributes that it has no more."""
        kept = {was.name for _, was in self.attributes if was is not None}
        return [item for name, item in self.old.attributes.items() if name not in kept] if self.old else []

    @property
    def lost_relationships(self) -> list[Relationship]:
        """The relationships that it has no more."""
        kept = {was.name for _, was in self.relationships if was is not None}
        return [item for name, item in self.old.relationships.items() if name not in kept] if self.old else []


def matches(old: Kinds, new: Kinds) -> list[Match]:
    """The kinds whose nodes there may be and which a change is about, before and after it."""
    names = old_names(old, new)
    kinds = [(old.get(names[kind.name]), kind) for kind in new.values() if not kind.is_generic]
    found = [_match(old, new, was, kind) for was, kind in kinds if was is None or was.data["hash"] != kind.data["hash"]]
    kept = {names[kind.name] for _, kind in kinds}
    gone = [kind for kind in old.values() if not kind.is_generic and kind.name not in kept]
    return [*found, *(Match(kind, None, [], []) for kind in gone)]


def old_names(old: Kinds, new: Kinds) -> dict[str, str]:
    """What kinds were called, by what they are called."""
    by_id = {str(kind.data["id"]): name for name, kind in old.items() if kind.data["id"]}
    names = {name: by_id.get(str(kind.data["id"]), name) for name, kind in new.items()}
    for name, kind in new.items():
        if kind.data["namespace"] in _DERIVED:
            base = str(kind.data["name"])
            names[name] = kind.data["namespace"] + names.get(base, base)
    return names


def _match(old: Kinds, new: Kinds, before: Kind | None, after: Kind) -> Match:
    if before is None:
        return Match(None, after, [], [])
    origins = {_origin(old, before, name): name for name in (*before.attributes, *before.relationships)}

    def earlier(name: str, known: Mapping[str, Any]) -> Any:
        found = origins.get(_origin(new, after, name))
        return known.get(name if found is None or found not in known else found)

    return Match(
        before,
        after,
        [(item, earlier(name, before.attributes)) for name, item in after.attributes.items()],
        [(item, earlier(name, before.relationships)) for name, item in after.relationships.items()],
    )


def _origin(kinds: Kinds, kind: Kind, name: str) -> str | None:
    """The id of a field where it is declared: in the kind, in a generic, in the kind that it is a profile of."""
    if kind.data["namespace"] in _DERIVED:
        base = kinds.get(kind.data["name"])
        kind = kind if base is None else base
    sources = (kind, *(kinds[generic] for generic in kind.data.get("inherit_from", ()) if generic in kinds))
    for source in sources:
        field = source.attributes.get(name) or source.relationships.get(name)
        if field is not None and field.data["id"]:
            return str(field.data["id"])
    return None
