"""A schema while it is worked out: its kinds as dictionaries, by their names."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Draft", "element", "elements", "identifier_of"]


class Draft:
    """The kinds of a schema that is worked out.

    Args:
        document: What the server shows of a schema; it is changed in place.

    Attributes:
        nodes: The node kinds by name.
        generics: The generics by name; so are templates of generics.
        profiles: The profiles by name.
        templates: The templates of nodes by name.
        changed: The kinds that documents declared or extended.
        derived: The kinds that were derived of others, when `drop_derived` took them away.
    """

    def __init__(self, document: dict[str, Any] | None = None) -> None:
        document = document or {}
        self.nodes, self.generics, self.profiles, self.templates = (
            {entry["kind"]: entry for entry in document.get(part, ())}
            for part in ("nodes", "generics", "profiles", "templates")
        )
        self.changed: set[str] = set()
        self.derived: set[str] = set()
        self._ids: set[str] | None = None

    def get(self, kind: str) -> dict[str, Any] | None:
        """A kind of any sort, or None."""
        return self.nodes.get(kind) or self.generics.get(kind) or self.profiles.get(kind) or self.templates.get(kind)

    def all(self) -> Iterator[dict[str, Any]]:
        """All kinds, nodes first."""
        for part in (self.nodes, self.generics, self.profiles, self.templates):
            yield from part.values()

    def own(self) -> list[dict[str, Any]]:
        """What users and the core declare: nodes and generics, without what is derived of them."""
        generics = [entry for entry in self.generics.values() if entry["namespace"] != "Template"]
        return [*self.nodes.values(), *generics]

    def drop_absent(self) -> None:
        """Take away the nodes and generics that documents said are absent."""
        for entries in (self.nodes, self.generics):
            for kind in [kind for kind, entry in entries.items() if entry["state"] == "absent"]:
                del entries[kind]

    def drop_derived(self) -> None:
        """Take away what is derived of other kinds, to be derived again."""
        templates = [kind for kind, entry in self.generics.items() if entry["namespace"] == "Template"]
        self.derived = {*templates, *self.profiles, *self.templates}
        self.generics = {kind: entry for kind, entry in self.generics.items() if entry["namespace"] != "Template"}
        self.profiles, self.templates = {}, {}

    def affected(self) -> list[dict[str, Any]]:
        """What documents declared or extended, and what inherits from that."""
        return [
            entry for entry in self.own() if self.changed.intersection((entry["kind"], *entry.get("inherit_from", ())))
        ]

    def new_id(self, *place: str) -> str:
        """An id for a part of the schema: the same wherever the same schema is loaded.

        Args:
            place: The kind, and the attribute or relationship.
        """
        taken = self._taken()
        id = _hashed(".".join(place))
        while id in taken:  # a part that was renamed keeps its id
            id = _hashed(id)
        taken.add(id)
        return id

    def _taken(self) -> set[str]:
        if self._ids is None:
            self._ids = {entry["id"] for entry in self.own()}
            self._ids.update(item["id"] for entry in self.own() for item in elements(entry))
        return self._ids


def elements(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The attributes and relationships of a kind."""
    return [*entry["attributes"], *entry["relationships"]]


def element(entry: dict[str, Any], part: str, name: str) -> dict[str, Any] | None:
    """An attribute or relationship of a kind by its name, or None.

    Args:
        entry: The kind.
        part: `attributes` or `relationships`.
        name: Its name.
    """
    items: list[dict[str, Any]] = entry[part]
    return next((item for item in items if item["name"] == name), None)


def identifier_of(kind: str, peer: str) -> str:
    """The identifier of a relationship between two kinds that names none."""
    return "__".join(sorted([kind, peer])).lower()


def _hashed(text: str) -> str:
    digits = md5(text.encode(), usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
