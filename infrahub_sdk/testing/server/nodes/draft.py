"""A node as a mutation would have it, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup, rules
from infrahub_sdk.testing.server.nodes.labels import value_at
from infrahub_sdk.testing.server.nodes.rules import BrokenRule, NoMember
from infrahub_sdk.utils import is_valid_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Draft", "NewPeer", "NewValue"]

_PREFIX = "_relation__"  # of the properties of an edge among those of the peer that it leads to


class NewValue:
    """What an attribute would have."""

    __slots__ = ("is_default", "is_protected", "owner", "profile", "source", "value")

    def __init__(self, value: Any, *, is_default: bool = True) -> None:
        self.value = value
        self.is_default = is_default
        self.is_protected = False
        self.source: str | None = None
        self.owner: str | None = None
        self.profile: str | None = None


class NewPeer:
    """The edge that would lead to a peer."""

    __slots__ = ("is_protected", "owner", "source")

    def __init__(self) -> None:
        self.is_protected = False
        self.source: str | None = None
        self.owner: str | None = None


class Draft:
    """A node as a mutation would have it.

    Args:
        session: Whose view of the data.
        kind: Its kind.
        id: Its id.
        node: The node as it is; None for a new one.

    Attributes:
        values: What would be new, by the names of the attributes.
        peers: To which nodes the relationships would lead that the mutation names, by their names and the nodes' ids.
        provided: The names of the attributes that profiles will give, so that they need no value yet.
    """

    def __init__(self, session: Session, kind: Kind, id: str, node: Node | None = None) -> None:
        self.session = session
        self.kind = kind
        self.id = id
        self.node = node
        self.values: dict[str, NewValue] = {}
        self.peers: dict[str, dict[str, NewPeer]] = {}
        self.provided: set[str] = set()

    # Reading it

    def value(self, name: str) -> Any:
        """What it would have for an attribute."""
        if name in self.values:
            return self.values[name].value
        held = self.node.values.get(name) if self.node else None
        return held.value if held else None

    def peer_ids(self, relationship: Relationship) -> list[str]:
        """To whom a relationship would lead."""
        if relationship.name in self.peers:
            return list(self.peers[relationship.name])
        return self.old_peer_ids(relationship)

    def old_peer_ids(self, relationship: Relationship) -> list[str]:
        """To whom a relationship leads now."""
        return [edge.node.id for edge in self.node.edges(relationship)] if self.node else []

    def value_at(self, path: str) -> Any:
        """What a path such as `name__value` or `site__name__value` leads to."""
        field, _, rest = path.partition("__")
        if field in self.kind.attributes:
            if rest in {"", "value"}:
                return self.value(field)
            held = self.node.values.get(field) if self.node and field not in self.values else None
            return held.field(rest) if held else None
        relationship = self.kind.relationships.get(field)
        for node in self.session.get(self.peer_ids(relationship)).values() if relationship else ():
            return value_at(node, rest)
        return None

    # Filling it

    def take(self, data: Mapping[str, Any]) -> None:
        """Take what an input says.

        Raises:
            Refused: A value breaks a rule of its attribute, or a peer is not there.
        """
        reasons: dict[str, BrokenRule | str] = {}
        given_peers = [item for item in self.kind.relationships.values() if item.name in data]
        from_pools = [item for item in given_peers if _is_from_pool(data[item.name])]
        for relationship in given_peers:
            if relationship not in from_pools:
                self._take_peers(relationship, data[relationship.name], reasons)
        for attribute in self.kind.attributes.values():
            given = data.get(attribute.name)
            if (self.node is not None and given is None) or self._is_made(attribute):
                continue
            try:
                self._take_value(attribute, given)
            except BrokenRule as broken:
                if self.node is not None and isinstance(broken, NoMember):
                    raise Refused(str(broken), status=500) from None  # of a change, the server has no reason for it
                reasons[f"{attribute.name}{broken.part}"] = broken
        self._take_label(reasons)
        for relationship in from_pools if not reasons else ():  # they are handed out in the name of the rest
            self._take_peers(relationship, data[relationship.name], reasons)
        if reasons and self.node is not None:  # of a change, the server looks at one field after the other
            first = next(name for name in (*self.kind.attributes, *reasons) if name in reasons)
            reasons = {first: reasons[first]}
        if reasons:
            raise rules.refusal(self.kind.name, reasons)
        self._forget_strangers()

    def _is_made(self, attribute: Attribute) -> bool:
        """Its value is made of others."""
        return self.node is None and (attribute.data.get("computed_attribute") or {}).get("kind") == "Jinja2"

    def _take_value(self, attribute: Attribute, said: Mapping[str, Any] | None) -> None:
        new = self._as_it_is(attribute)
        given = said or {}
        if said is not None:
            self._set(new, attribute.data["default_value"], given)
        if given.get("from_pool") or (self.node is None and attribute.kind == "NumberPool" and new.value is None):
            self._number(new, attribute, given)
        if new.value is not None or attribute.name not in self.provided:
            new.value = rules.checked(attribute, new.value)
        if new.profile and "value" in given:  # what is said is the node's own, also when a profile says the same
            new.profile = new.source = None
        new.is_protected = bool(given.get("is_protected", new.is_protected))
        new.source = given.get("source", new.source)
        new.owner = given.get("owner", new.owner)
        if given.get("is_from_profile"):
            new.profile = new.source
        self.values[attribute.name] = new

    def take_number(self, attribute: Attribute) -> None:
        """Take a number for an attribute that numbers itself."""
        new = self.values[attribute.name] = self._as_it_is(attribute)
        self._number(new, attribute, {})

    def _number(self, new: NewValue, attribute: Attribute, given: Mapping[str, Any]) -> None:
        from infrahub_sdk.testing.server.resources import pools  # which work with drafts themselves

        new.value, new.source = pools.allocate_number(self, attribute, given)
        new.is_default = False

    def _set(self, new: NewValue, default: Any, given: Mapping[str, Any]) -> None:
        """The value that an input says, or the default; the default is somebody's choice where the input says it."""
        is_new = self.node is None
        if given.get("is_default"):
            new.value = given.get("value", default)
            new.is_default = new.value == default
        elif is_new and (given.get("value") is not None or default is None):
            new.value, new.is_default = given.get("value"), False
        elif not is_new and "value" in given:
            new.value = given["value"]
            new.is_default = new.is_default and new.value == default

    def _as_it_is(self, attribute: Attribute) -> NewValue:
        held = self.node.values.get(attribute.name) if self.node else None
        if held is None:
            return NewValue(attribute.data["default_value"])
        new = NewValue(held.value, is_default=held.is_default)
        new.is_protected, new.source, new.owner, new.profile = held.is_protected, held.source, held.owner, held.profile
        return new

    def _take_label(self, reasons: Mapping[str, BrokenRule | str]) -> None:
        """Let a new node without a label be labelled by its name."""
        label, name = self.values.get("label"), self.value("name")
        if self.node is None and label is not None and label.value is None and name and "label" not in reasons:
            label.value = " ".join(word.title() for word in str(name).split("_"))
            label.is_default = False

    def _take_peers(self, relationship: Relationship, given: Any, reasons: dict[str, BrokenRule | str]) -> None:
        is_said = given is not None or self.node is not None
        given = given if isinstance(given, list) else [] if given is None else [given]
        items = [item for item in given if item is not None]
        name, most = relationship.name, relationship.data.get("max_count") or 0
        if is_said and self._is_at_the_end(relationship):
            reasons[name] = f"A {self.kind.name} has no {name}"
        elif self.node is None and items != given:
            reasons[name] = "null is not a peer"
        elif most and len(items) > most:
            reasons[name] = f"{len(items)} peers are too many, the most are {most}"
        else:
            self.name_peers(relationship, items)
            least = 0 if relationship.data["optional"] else relationship.data.get("min_count") or 0
            needed = least if self.node else int(relationship.is_mandatory and not relationship.is_many)
            if len(self.peers[name]) < needed:
                reasons[name] = rules.too_few(len(self.peers[name]), needed)

    def _is_at_the_end(self, relationship: Relationship) -> bool:
        """It leads out of a hierarchy, in which nothing is above the kind, or below it."""
        in_hierarchy = self.kind.data.get("hierarchy") and relationship.name in {"parent", "children"}
        return bool(in_hierarchy) and not self.kind.data.get(relationship.name)

    def name_peers(self, relationship: Relationship, items: Iterable[Mapping[str, Any]]) -> None:
        """Let a relationship lead to the peers that an input names, however many.

        Raises:
            Refused: One of them is not there.
        """
        held = {edge.node.id: edge for edge in self.node.edges(relationship)} if self.node else {}
        peers: dict[str, NewPeer] = {}
        for item in items:
            id, pool = self._peer(relationship, item)
            new, old = NewPeer(), held.get(id)
            own = old.source if old and not old.is_from_profile else None
            new.is_protected = bool(item.get(f"{_PREFIX}is_protected", old.is_protected if old else False))
            new.source = item.get(f"{_PREFIX}source", pool or own)
            new.owner = item.get(f"{_PREFIX}owner", old.owner if old else None)
            peers[id] = new
        wanted = [id for id in peers if id not in held]
        there = self.session.get(wanted) if wanted else {}
        for id in wanted:
            if id not in there:
                raise lookup.not_found(relationship.peer, id)
        self.peers[relationship.name] = peers

    def _peer(self, relationship: Relationship, item: Mapping[str, Any]) -> tuple[str, str | None]:
        """The id of the peer that an input names, and of the pool that it comes from."""
        peer = self.session.kinds[relationship.peer]
        id, hfid, pool = item.get("id"), item.get("hfid"), item.get("from_pool")
        if id and is_valid_uuid(id):
            return str(id), None
        if not id and not hfid and pool:
            from infrahub_sdk.testing.server.resources import pools

            return pools.allocate_node(self, relationship, pool)
        if hfid and peer.is_generic and item.get("kind"):
            peer = lookup.kind(self.session, item["kind"])
        if not id and not hfid:
            raise Refused(f"Name the peer of {self.kind.name}.{relationship.name}: give its id or its hfid", status=500)
        return lookup.find(self.session, peer, item).id, None

    def _forget_strangers(self) -> None:
        """Sources and owners that are not there are none."""
        new: list[NewValue | NewPeer] = list(self.values.values())
        for peers in self.peers.values():
            new += peers.values()
        named = {item.source for item in new} | {item.owner for item in new} - {None}
        there = self.session.get(id for id in named if id) if named else {}
        for item in new:
            item.source = item.source if item.source in there else None
            item.owner = item.owner if item.owner in there else None


def _is_from_pool(given: Any) -> bool:
    """An input for a relationship names a peer that is yet to be handed out."""
    return any(item and item.get("from_pool") for item in (given if isinstance(given, list) else [given]))
