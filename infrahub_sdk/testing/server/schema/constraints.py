"""What is in the database and does not fit a changed schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import labels
from infrahub_sdk.testing.server.nodes.rules import BrokenRule, checked
from infrahub_sdk.testing.server.schema.comparing import of_kinds
from infrahub_sdk.testing.server.schema.contents import Contents, as_found
from infrahub_sdk.testing.server.schema.matching import matches, old_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Kinds, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["problems"]

_SHOWN = 20  # nodes that a message names for each rule
_FIXED = {"attributes": ("branch",), "relationships": ("branch", "direction", "identifier")}
_OF_VALUES = ("kind", "enum", "choices", "regex", "min_length", "max_length", "parameters")
_COUNTS = ("cardinality", "min_count", "max_count")


def problems(session: Session, old: Kinds, new: Kinds) -> list[str]:
    """What keeps the schema of a branch from changing: fields that are fixed, and data that does not fit.

    Args:
        session: A view of the branch.
        old: Its kinds.
        new: What they would be.
    """
    found = list(_fixed(old, new))
    if not found:
        found = list(_Checks(session, old, new).problems())
    return found


def _fixed(old: Kinds, new: Kinds) -> Iterator[str]:
    """Changes that no data would fit."""
    before, after = of_kinds(old.document), of_kinds(new.document)
    ids = {entry["id"]: entry for entry in before.values()}
    for kind, entry in after.items():
        was = ids.get(entry["id"]) or before.get(kind)
        if was is None or was["hash"] == entry["hash"]:
            continue
        if was["branch"] != entry["branch"] and kind not in new.internal:
            yield _unsupported(kind, "branch", was["branch"], entry["branch"])
        yield from _lost_generics(before, after, was, entry)
        for part, names in _FIXED.items():
            known = {item["id"]: item for item in was[part] if item["id"]}
            for item in entry[part]:
                earlier = known.get(item["id"])
                for name in names if earlier else ():
                    if earlier is not None and earlier[name] != item[name]:
                        yield _unsupported(f"{kind}.{item['name']}", name, earlier[name], item[name])


def _lost_generics(
    before: dict[str, Any], after: dict[str, Any], was: dict[str, Any], entry: dict[str, Any]
) -> Iterator[str]:
    """A node cannot be taken out of its generics."""
    kept = {after[name]["id"] for name in entry.get("inherit_from", ()) if name in after}
    for name in was.get("inherit_from", ()):
        if before[name]["id"] not in kept:
            yield f"{entry['kind']} breaks the node rule 'inherit_from': it inherits from {name}, and has to go on so"


def _unsupported(place: str, name: str, old: Any, new: Any) -> str:
    return f"'not_supported': {place}: {name!r} is {old!r} and cannot become {new!r}; add a new one instead"


class _Checks:
    """Compares the data of a branch with a new schema."""

    def __init__(self, session: Session, old: Kinds, new: Kinds) -> None:
        self._session = session
        self._contents = Contents(session)
        self._old = old
        self._new = new
        self._old_names = old_names(old, new)

    def problems(self) -> Iterator[str]:
        for match in matches(self._old, self._new):
            if match.old is None or match.new is None:
                continue
            for attribute, was in match.attributes:
                yield from self._of_attribute(match.old, attribute, was)
            for relationship, before in match.relationships:
                yield from self._of_relationship(match.old, relationship, before)
                yield from self._of_common_parent(match.old, match.new, relationship, before)
        yield from self._duplicates()
        yield from self._of_profiles()

    # Attributes

    def _of_attribute(self, kind: Kind, attribute: Attribute, was: Attribute | None) -> Iterator[str]:
        if was is None:
            if not attribute.data["optional"] and attribute.kind != "NumberPool":
                bad = dict.fromkeys(self._contents.nodes([kind.name]), f"{attribute.name} is mandatory")
                yield from self._violations("node", "attribute", kind, bad)
            return
        has_new_rules = any(was.data[name] != attribute.data[name] for name in _OF_VALUES)
        is_needed = was.data["optional"] and not attribute.data["optional"]
        if has_new_rules or is_needed:
            rule = "optional" if is_needed else _changed(was.data, attribute.data)
            yield from self._violations("attribute", rule, kind, self._bad_values(kind, attribute, was))

    def _bad_values(self, kind: Kind, attribute: Attribute, was: Attribute) -> dict[str, str]:
        bad = {}
        for id, stored in self._contents.values([kind.name], was.name).items():
            value = as_found(was.kind, attribute.kind, stored)
            try:
                normal = checked(attribute, value)
            except BrokenRule as broken:
                bad[id] = f"{was.name}: {broken}"
                continue
            if attribute.kind == "NumberPool" and not _is_in_pool(value, attribute.data["parameters"]):
                bad[id] = f"{was.name}: {value} is not between the numbers of the pool"
            elif was.kind != attribute.kind and normal != value:
                bad[id] = f"{was.name}: {value!r} is not how a {attribute.kind} is kept, {normal!r}"
        return bad

    # Relationships

    def _of_relationship(self, kind: Kind, relationship: Relationship, was: Relationship | None) -> Iterator[str]:
        data = relationship.data
        if was is None:
            if not data["optional"]:
                peers = self._contents.peers([kind.name], relationship)
                bad = {
                    id: f"{relationship.name} needs a peer"
                    for id in self._contents.nodes([kind.name])
                    if id not in peers
                }
                yield from self._violations("node", "relationship", kind, bad)
            return
        is_needed = was.data["optional"] and not data["optional"]
        has_new_counts = any(was.data[name] != data[name] for name in _COUNTS)
        has_new_peer = was.peer != relationship.peer
        if not (is_needed or has_new_counts or has_new_peer):
            return
        peers = self._contents.peers([kind.name], was)
        if is_needed or has_new_counts:
            rule = "optional" if is_needed else "count"  # a count is not asked of nodes without peers
            nodes = self._contents.nodes([kind.name]) if is_needed else list(peers)
            bad = self._bad_counts(relationship, {id: len(peers.get(id, ())) for id in nodes})
            yield from self._violations("relationship", rule, kind, bad)
        if has_new_peer and relationship.peer in self._new:
            members = {*self._new[relationship.peer].members, *self._renamed(relationship.peer)}
            bad = {
                id: f"{was.name} has the peer {peer} of the kind {name}"
                for id, found in peers.items()
                for peer, name in found
                if name not in members
            }
            yield from self._violations("relationship", "peer", kind, bad)

    def _renamed(self, peer: str) -> set[str]:
        """What the kinds that a peer may be of were called."""
        return {self._old_names[name] for name in self._new[peer].members}

    def _bad_counts(self, relationship: Relationship, counts: dict[str, int]) -> dict[str, str]:
        least = max(relationship.data["min_count"], int(not relationship.data["optional"]))
        most = relationship.data["max_count"] or (0 if relationship.is_many else 1)
        bad = {}
        for id, count in counts.items():
            if count < least or (most and count > most):
                bounds = f"at least {least}" if count < least else f"at most {most}"
                bad[id] = f"{relationship.name} has {count} peers and must have {bounds}"
        return bad

    def _of_common_parent(
        self, old: Kind, new: Kind, relationship: Relationship, was: Relationship | None
    ) -> Iterator[str]:
        name = relationship.data["common_parent"]
        if was is None or not name or was.data["common_parent"] == name:
            return
        parent = next(item for item in new.relationships.values() if item.data["kind"] == "Parent")
        peer = self._new[relationship.peer]
        kinds = sorted({*peer.members, *self._renamed(peer.name)})
        parents = {
            **self._contents.peers([old.name], parent),
            **self._contents.peers(kinds, peer.relationships[name]),
        }
        bad = {
            id: f"{relationship.name} has the peer {other}, which has another parent"
            for id, peers in self._contents.peers([old.name], was).items()
            for other, _ in peers
            if parents.get(id) != parents.get(other)
        }
        yield from self._violations("relationship", "common_parent", old, bad)

    # Kinds

    def _duplicates(self) -> Iterator[str]:
        """Nodes that share what a new constraint lets one of them have."""
        for kind in self._new.values():
            before = self._old.get(self._old_names[kind.name]) if kind.data["id"] else None
            if before is None or before.data["hash"] == kind.data["hash"]:
                continue
            known = [set(paths) for paths in before.data["uniqueness_constraints"] or ()]
            for paths in kind.data["uniqueness_constraints"] or ():
                if set(paths) not in known:
                    yield from self._violations("node", "uniqueness_constraints", before, self._equal(before, paths))

    def _equal(self, kind: Kind, paths: list[str]) -> dict[str, str]:
        columns = [self._column(kind, path) for path in paths]
        if None in columns:
            return {}  # a field that is new
        first: dict[tuple[Any, ...], str] = {}
        bad: dict[str, str] = {}
        for id in self._contents.nodes(kind.members):
            key = tuple(column.get(id) for column in columns if column is not None)
            if None not in key and first.setdefault(key, id) != id:
                bad[id] = bad[first[key]] = f"{', '.join(paths)} of several nodes is the same"
        return bad

    def _column(self, kind: Kind, path: str) -> dict[str, Any] | None:
        """What nodes have at a path of a constraint, by their ids."""
        name = path.partition("__")[0]
        if name in kind.attributes:
            return self._contents.values(kind.members, name)
        relationship = kind.relationships.get(name)
        if relationship is None:
            return None
        return {id: peers[0][0] for id, peers in self._contents.peers(kind.members, relationship).items()}

    def _of_profiles(self) -> Iterator[str]:
        for kind in self._old.values():
            base = self._new.get(kind.data["name"])
            if kind.is_profile and kind.name not in self._new and base is not None:
                bad = dict.fromkeys(self._contents.nodes([kind.name]), "it is a profile of the kind")
                yield from self._violations("node", "generate_profile", kind, bad)

    # What is said

    def _violations(self, level: str, rule: str, kind: Kind, bad: dict[str, str]) -> Iterator[str]:
        """What a message says of the nodes of a kind that break a rule, by their ids."""
        what = f"the {level} rule {rule!r}"
        nodes = self._session.get(list(bad)[:_SHOWN])
        for id, reason in list(bad.items())[:_SHOWN]:
            label = labels.display_label(nodes[id]) if id in nodes else kind.name
            shown = label if id in label else f"{label} ({id})"
            yield f"{kind.name}: {shown} breaks {what}: {reason}"
        if len(bad) > _SHOWN:
            yield f"{kind.name}: {len(bad) - _SHOWN} more nodes break {what}"


def _is_in_pool(number: Any, limits: dict[str, Any]) -> bool:
    return number is None or bool(limits["start_range"] <= number <= limits["end_range"])


def _changed(was: dict[str, Any], now: dict[str, Any]) -> str:
    """The rule of an attribute that is another one now."""
    for name in ("kind", "enum", "choices"):
        if was[name] != now[name]:
            return name
    limits = [name for name, value in now["parameters"].items() if was["parameters"].get(name) != value]
    return "length" if "length" in limits[0] else "regex" if "regex" in limits[0] else "number"
