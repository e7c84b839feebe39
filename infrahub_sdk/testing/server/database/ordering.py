"""Orders of nodes: what they are read from, and how they are written in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.testing.server.database.search import created, ends, quoted, updated
from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrahub_sdk.testing.server.database.scope import Scope
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds, Relationship

__all__ = ["Term", "asked", "by_default", "check", "terms_of"]

_DIRECTIONS = ("asc", "desc")
_NUMBERS = ("Number", "NumberPool", "Bandwidth", "Boolean", "Checkbox")
# What can be ordered by; see `functions` for those of addresses.
_VALUES = {
    "value": "coalesce(o.value, {empty})",
    "version": "ip_version(o.value)",
    "binary_address": "ip_binary(o.value)",
    "prefixlen": "ip_prefixlen(o.value)",
}


class Term(NamedTuple):
    """One thing to order by.

    Attributes:
        is_down: The greatest comes first.
        metadata: `created_at` or `updated_at`, or None.
        relationship: Whose peer has the attribute, or None.
        attribute: The name of the attribute.
        part: What of it counts, such as `value`.
        empty: What a value that is missing counts as: NULL is less than all numbers, 'NULL' is text among others.
    """

    is_down: bool
    metadata: str | None = None
    relationship: Relationship | None = None
    attribute: str = ""
    part: str = "value"
    empty: str = "'NULL'"

    @property
    def is_indexed(self) -> bool:
        """An index has the values in this order."""
        return not self.metadata and self.part == "value"

    def expression(self, scope: Scope) -> str:
        """The expression to order the row `n` of a node by."""
        if self.metadata:
            return created("since") if self.metadata == "created_at" else updated(scope, "since")
        which = f"o.name = {quoted(self.attribute)} and {scope.visible('value', 'o')}"
        value = _VALUES.get(self.part, "null").format(empty=self.empty)
        if self.relationship is None:
            return f"(select {value} from value o where o.node = n.id and {which})"
        same = f"e.identifier = {quoted(self.relationship.identifier)} and {scope.visible('edge', 'e')}"
        found = [
            f"(select {value} from edge e cross join value o on o.node = e.{peer} where e.{node} = n.id and {same}"
            f" and {which} limit 1)"
            for node, peer in ends(self.relationship)
        ]
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    @property
    def direction(self) -> str:
        """What follows the expression. Where there is nothing, not even a missing value, that is the greatest."""
        if self.empty == "null" and self.relationship is None and self.part == "value":
            return " desc" if self.is_down else ""
        return " desc nulls first" if self.is_down else " nulls last"


def check(order: Mapping[str, Any] | None) -> None:
    """Refuse an order that is none, whatever it is for.

    Raises:
        Refused: It asks for two orders at once, or for a direction that is null.
    """
    order = order or {}
    metadata, by = _metadata(order), order.get("by") or ()
    if len(metadata) > 1:
        raise Refused("Nodes are ordered either by created_at or by updated_at, not by both")
    if metadata and by:
        raise Refused("Give an order either as 'by' or as 'node_metadata'; 'by' takes node_metadata__created_at too")
    if any(item.get("direction", "ASC") is None for item in by):
        raise Refused("An order goes ASC or DESC, not in the direction null", status=500)


def _metadata(order: Mapping[str, Any]) -> dict[str, Any]:
    return {name: way for name, way in (order.get("node_metadata") or {}).items() if way}


def asked(kind: Kind, order: Mapping[str, Any] | None) -> list[tuple[str, bool]]:
    """The paths of an order that a query asks for, or of the one that its kind has.

    Raises:
        Refused: It is none, or not one of the kind.
    """
    check(order)
    order = order or {}
    metadata = _metadata(order)
    if order.get("disable"):
        return []
    if order.get("by"):
        found = [(item["field"], str(item.get("direction")) == "DESC") for item in order["by"]]
        for path, _ in found:
            _parsed(kind, path, False)
        return found
    if metadata:
        return [(f"node_metadata__{name}", str(way) == "DESC") for name, way in metadata.items()]
    return by_default(kind)


def by_default(kind: Kind) -> list[tuple[str, bool]]:
    """The paths that the nodes of a kind are ordered by when nothing else is said."""
    found = []
    for entry in kind.data.get("order_by") or ():
        path, _, way = entry.rpartition("__")
        found.append((path, way == "desc") if way in _DIRECTIONS else (entry, False))
    return found


def terms_of(kinds: Kinds, kind: Kind, order: Sequence[tuple[str, bool]]) -> list[Term]:
    """What an order is made of.

    Args:
        kinds: All kinds.
        kind: The kind of the nodes.
        order: Paths such as `name__value`, each with whether it goes down.

    Raises:
        Refused: There is no such path.
    """
    terms = []
    for path, is_down in order:
        term = _parsed(kind, path, is_down)
        if not term.metadata:
            peer = kinds[term.relationship.peer] if term.relationship else kind
            if term.attribute not in peer.attributes:
                raise _unordered(path, f"{peer.name} has no attribute {term.attribute!r}")
            if peer.attributes[term.attribute].kind in _NUMBERS:
                term = term._replace(empty="null")
        terms.append(term)
    return terms


def _parsed(kind: Kind, path: str, is_down: bool) -> Term:
    field, *rest = path.split("__")
    if not all([field, *rest]):
        raise _unordered(path, "one of its parts is empty")
    if field == "node_metadata":
        if rest not in (["created_at"], ["updated_at"]):
            raise _unordered(path, "of node_metadata, it may be created_at or updated_at")
        return Term(is_down, metadata=rest[0])
    if field in kind.relationships:
        if len(rest) != 2 or rest[1] in _DIRECTIONS:
            raise _unordered(path, f"write {field}__ATTRIBUTE__PROPERTY, such as {field}__name__value")
        return Term(is_down, relationship=kind.relationships[field], attribute=rest[0], part=rest[1])
    if field in kind.attributes:
        if len(rest) != 1 or rest[0] in _DIRECTIONS:
            raise _unordered(path, f"write {field}__PROPERTY, such as {field}__value")
        return Term(is_down, attribute=field, part=rest[0])
    raise _unordered(path, f"{kind.name} has no field {field!r}")


def _unordered(path: str, why: str) -> Refused:
    return Refused(f"Nodes cannot be ordered by {path!r}: {why}")
