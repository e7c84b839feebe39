"""What a difference is made of: the changes of nodes, of their attributes and of their relationships, and conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship

__all__ = [
    "ADDED",
    "HAS_OWNER",
    "HAS_SOURCE",
    "HAS_VALUE",
    "IS_PROTECTED",
    "IS_RELATED",
    "NULL",
    "REMOVED",
    "UNCHANGED",
    "UPDATED",
    "AttributeChange",
    "Conflict",
    "ElementChange",
    "NodeChange",
    "Place",
    "PropertyChange",
    "RelationshipChange",
    "Span",
]

ADDED, REMOVED, UPDATED, UNCHANGED = "ADDED", "REMOVED", "UPDATED", "UNCHANGED"
NULL = "NULL"  # how a difference shows a value that is null
HAS_VALUE, IS_PROTECTED, IS_RELATED = "HAS_VALUE", "IS_PROTECTED", "IS_RELATED"
HAS_OWNER, HAS_SOURCE = "HAS_OWNER", "HAS_SOURCE"


class Place(NamedTuple):
    """What a change is about.

    Attributes:
        node: The id of the node.
        field: The attribute or relationship of it.
        of_property: The property of that.
        peer: The id of the peer.
        relationship: The relationship, where it is one.
    """

    node: str
    field: str = ""
    of_property: str = ""
    peer: str = ""
    relationship: Relationship | None = None

    @property
    def is_to_one(self) -> bool:
        """It is about a relationship to one peer."""
        return self.relationship is not None and not self.relationship.is_many

    @property
    def shown(self) -> str:
        """How a difference names it; relationships to several peers are not told apart by these.

        >>> Place("1", "name", "HAS_VALUE").shown
        'data/1/name/value'
        """
        path = "/".join(part for part in ("data", self.node, self.field) if part)
        if self.of_property:
            return f"{path}/value" if self.of_property == HAS_VALUE else f"{path}/property/{self.of_property}"
        return f"{path}/peer" if self.is_to_one else path

    @property
    def key(self) -> str:
        """What no other place of a difference has."""
        return self.shown if self.relationship is None or self.is_to_one else f"{self.shown}/{self.peer}"


@dataclass
class Conflict:
    """A change that the default branch made otherwise.

    Attributes:
        place: What it is about.
        base: What the default branch did: an action, a value and when.
        diff: What the branch did, likewise.
        is_resolvable: One side may be chosen.
        can_rebase: A rebase keeps the branch's side of it.
        id: Its id, once it is kept.
        selected: `BASE_BRANCH`, `DIFF_BRANCH` or None.
    """

    place: Place
    base: tuple[str, str | None, int]
    diff: tuple[str, str | None, int]
    is_resolvable: bool = True
    can_rebase: bool = False
    id: str = ""
    selected: str | None = None

    @property
    def is_resolved(self) -> bool:
        """A side was chosen, which does."""
        return self.is_resolvable and self.selected is not None


@dataclass
class PropertyChange:
    """A change of a property of an attribute or of an edge.

    Attributes:
        name: `HAS_VALUE`, `IS_PROTECTED`, `HAS_OWNER`, `HAS_SOURCE` or `IS_RELATED`.
        before: What it was, as text.
        after: What it is now.
        action: What happened.
        at: When, in microseconds since 1970.
        conflict: How the default branch changed it.
    """

    name: str
    before: str | None
    after: str | None
    action: str
    at: int
    conflict: Conflict | None = None


@dataclass
class AttributeChange:
    """A change of an attribute."""

    name: str
    action: str
    at: int
    properties: list[PropertyChange]


@dataclass
class ElementChange:
    """A change of the edge to a peer."""

    peer: str
    action: str
    at: int
    properties: list[PropertyChange]
    conflict: Conflict | None = None


@dataclass
class RelationshipChange:
    """A change of the edges of a relationship."""

    relationship: Relationship
    action: str
    at: int
    elements: list[ElementChange]


@dataclass
class NodeChange:
    """A change of a node."""

    id: str
    kind: Kind
    action: str
    at: int
    attributes: dict[str, AttributeChange] = field(default_factory=dict)
    relationships: dict[str, RelationshipChange] = field(default_factory=dict)
    conflict: Conflict | None = None


@dataclass
class Span:
    """A span of time, in microseconds since 1970; both ends belong to it."""

    start: int
    finish: int

    def holds(self, column: str) -> str:
        """The condition that a time is in it."""
        return f"{column} between {self.start} and {self.finish}"
