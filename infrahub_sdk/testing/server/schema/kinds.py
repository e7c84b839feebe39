"""The kinds of a schema as the server works with them, over the JSON that `/api/schema` shows."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

__all__ = ["Attribute", "Kind", "Kinds", "Relationship", "kinds_of"]

_PARTS = ("nodes", "generics", "profiles", "templates")
_INTERNAL = "Internal"


class _Field:
    """What attributes and relationships have in common."""

    __slots__ = ("data", "name")

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.name: str = data["name"]

    @property
    def is_mandatory(self) -> bool:
        """A node needs a value or a peer for it."""
        return not (self.data["optional"] or self.data["read_only"])

    @property
    def is_agnostic(self) -> bool:
        """It is the same on all branches."""
        return bool(self.data["branch"] == "agnostic")


class Attribute(_Field):
    """An attribute of a kind.

    Attributes:
        name: Its name.
        kind: What values it takes, such as `Text`.
        data: Its JSON.
    """

    __slots__ = ("kind",)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.kind: str = data["kind"]


class Relationship(_Field):
    """A relationship of a kind.

    Attributes:
        name: Its name.
        peer: The kind at the other end.
        identifier: What it shares with the relationship of the peer that leads back.
        direction: `bidirectional`, `outbound` or `inbound`.
        is_many: It leads to any number of peers.
        data: Its JSON.
    """

    __slots__ = ("direction", "identifier", "is_many", "peer")

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.peer: str = data["peer"]
        self.identifier: str = data["identifier"]
        self.direction: str = data["direction"]
        self.is_many: bool = data["cardinality"] == "many"

    def ends(self, node: str, peer: str) -> tuple[str, str]:
        """The tail and the head of the edge from a node to a peer."""
        if self.direction == "bidirectional":
            return (node, peer) if node < peer else (peer, node)
        return (node, peer) if self.direction == "outbound" else (peer, node)


class Kind:
    """A node kind or a generic.

    Attributes:
        name: Its kind, such as `BuiltinTag`.
        is_generic: Its nodes are of the kinds that inherit from it.
        attributes: By their names.
        relationships: By their names.
        members: The node kinds that a query for it finds.
        data: Its JSON.
    """

    __slots__ = ("attributes", "data", "is_generic", "members", "name", "relationships")

    def __init__(self, data: dict[str, Any], *, is_generic: bool) -> None:
        self.data = data
        self.name: str = data["kind"]
        self.is_generic = is_generic
        self.attributes = {item["name"]: Attribute(item) for item in data["attributes"]}
        self.relationships = {item["name"]: Relationship(item) for item in data["relationships"]}
        self.members: tuple[str, ...] = tuple(data.get("used_by") or ()) if is_generic else (self.name,)

    @property
    def lineage(self) -> tuple[str, ...]:
        """Its name, and those of the generics that it inherits from."""
        return (self.name, *(self.data.get("inherit_from") or ()))

    @property
    def is_profile(self) -> bool:
        """Its nodes are profiles."""
        return bool(self.data["namespace"] == "Profile")

    @property
    def is_agnostic(self) -> bool:
        """Its nodes are the same on all branches."""
        return bool(self.data["branch"] == "agnostic")


class Kinds(dict[str, Kind]):
    """The kinds of a schema by their names, without those that the server keeps to itself.

    Args:
        document: What comes of loaded schemas, see `processed`.

    Attributes:
        document: The JSON of `/api/schema`.
        internal: The kinds that the server keeps to itself, by their names.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__()
        self.document = {part: _shown(value) if part in _PARTS else value for part, value in document.items()}
        self.internal = {
            data["kind"]: Kind(data, is_generic=False) for data in document["nodes"] if data["namespace"] == _INTERNAL
        }
        for part in _PARTS:
            for data in self.document[part]:
                self[data["kind"]] = Kind(data, is_generic=part == "generics")
        self._find_members()

    def with_members(self, name: str) -> list[Kind]:
        """A kind, and after a generic those whose nodes it has."""
        kind = self[name]
        return [kind, *(self[member] for member in kind.members)] if kind.is_generic else [kind]

    def _find_members(self) -> None:
        members: dict[str, list[str]] = {kind.name: [] for kind in self.values() if kind.is_generic}
        for kind in self.values():
            for generic in () if kind.is_generic else _generics(kind):
                members[generic].append(kind.name)
        for name, found in members.items():
            self[name].members = tuple(sorted(found))


@lru_cache(maxsize=32)
def kinds_of(text: str) -> Kinds:
    """The kinds that come of loaded schemas; they are worked out once, for all servers of the process.

    Args:
        text: JSON of what was loaded, in its order: a list of the lists of documents of each time.

    Raises:
        Refused: A document breaks a rule.
    """
    from infrahub_sdk.testing.server.schema.processing import processed

    return Kinds(processed(json.loads(text)))


def _shown(kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The kinds that the server shows, without the relationships to those that it does not show."""
    shown = []
    for data in kinds:
        if data["namespace"] != _INTERNAL:
            relationships = [item for item in data["relationships"] if not item["peer"].startswith(_INTERNAL)]
            shown.append({**data, "relationships": relationships})
    return shown


def _generics(kind: Kind) -> list[str]:
    """The generics among whose nodes those of a kind are."""
    generics = list(kind.data["inherit_from"])
    if "CoreGroup" not in generics and "CoreNode" not in generics:
        generics.append("CoreNode")
    return generics
