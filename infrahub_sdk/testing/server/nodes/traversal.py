"""Ways through the graph of nodes, from one to another and from one to all of some kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from infrahub_sdk.testing.server.schema.kinds import Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Hop", "Limits", "Path", "ends_of", "paths", "reachable"]

DEEPEST = 30  # hops
_NAMESPACES = ("Core", "Internal", "Builtin", "Lineage", "Profile", "Template")  # no way leads through their kinds
_KINDS = ("BuiltinIPNamespace",)  # nor through these, unless they are asked for
_MOST = 10_000  # ways of one length, after which the search ends
_MOST_STEPS = 200_000

Hop = tuple[str, str, str]  # the identifier of a relationship, and the id and the kind of the node that it leads to
Path = tuple[Hop, ...]


@dataclass
class Limits:
    """Which ways are looked for; what is empty does not matter.

    Attributes:
        max_depth: How many hops a way has at most.
        kinds: The kinds that it may lead through.
        identifiers: The identifiers of the relationships that it may take.
        excluded_namespaces: Namespaces that it may not lead through, besides those that none does.
        excluded_kinds: Kinds that it may not lead through.
        included_kinds: Kinds that it may lead through, although others do not.
    """

    max_depth: int = 5
    kinds: Collection[str] = ()
    identifiers: Collection[str] = ()
    excluded_namespaces: Collection[str] = ()
    excluded_kinds: Collection[str] = ()
    included_kinds: Collection[str] = field(default=())

    def excluded(self, session: Session) -> set[str]:
        """The node kinds that are excluded by their names."""
        default = _members(session, _KINDS) - _members(session, self.included_kinds)
        return default | _members(session, self.excluded_kinds)


def _members(session: Session, names: Iterable[str]) -> set[str]:
    """The node kinds that some names stand for.

    Raises:
        Refused: There is no such kind.
    """
    for name in names:
        if name not in session.kinds:
            raise Refused(f"There is no kind {name!r} in the schema", status=500)
    return {member for name in names for member in session.kinds[name].members}


class _Graph:
    """The nodes and edges that ways may take; they are read when they are come to.

    Args:
        session: Whose view of the data.
        limits: Which ways are looked for.
        ends: Says of an id and a kind whether a way may end there; it may end where it could not go on.
    """

    def __init__(self, session: Session, limits: Limits, source: str, ends: Callable[[str, str], bool]) -> None:
        self._session = session
        self._limits = limits
        self._source = source
        self._ends = ends
        self._allowed = _members(session, limits.kinds)
        self._excluded = limits.excluded(session)
        self._namespaces = {*_NAMESPACES, *limits.excluded_namespaces}
        self._near: dict[str, list[Hop]] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Read what is next to some nodes."""
        wanted = [id for id in ids if id not in self._near]
        self._near.update({id: [] for id in wanted})
        scope = self._session.scope
        for own, peer in (("tail", "head"), ("head", "tail")):
            sql = (
                f"select e.{own}, e.identifier, n.id, n.kind from edge e cross join node n on n.id = e.{peer}"
                f" where e.{own} in (select value from json_each(?))"
                f" and {scope.visible('edge', 'e')} and {scope.visible('node', 'n')}"
            )
            for id, *hop in self._session.storage.rows(sql, [json.dumps(wanted)]):
                if self._may_take(*hop):
                    self._near[id].append((hop[0], hop[1], hop[2]))

    def near(self, id: str) -> list[Hop]:
        """What is next to a node."""
        if id not in self._near:
            self.load([id])
        return self._near[id]

    def _may_take(self, identifier: str, id: str, kind: str) -> bool:
        if id == self._source:
            return True  # to come back to, from where a way ends
        found = self._session.kinds.get(kind)
        if found is None or kind in self._excluded or found.data["namespace"] in self._namespaces:
            return False
        if self._limits.identifiers and identifier not in self._limits.identifiers:
            return False
        return self.may_go_on(kind) or self._ends(id, kind)

    def may_go_on(self, kind: str) -> bool:
        """A way may lead through nodes of a kind."""
        return not self._allowed or kind in self._allowed

    def distances(self, start: str, deepest: int, end: str | None = None) -> dict[str, int]:
        """How many hops it takes from a node to others, by their ids; no further than to an end."""
        found, layer = {start: 0}, [start]
        for depth in range(1, deepest + 1):
            self.load(layer)
            hops = [hop for id in layer for hop in self.near(id) if hop[1] not in found]
            found.update({id: depth for _, id, _ in hops})
            layer = list({id for _, id, kind in hops if self.may_go_on(kind) and id not in (self._source, end)})
            if not layer:
                break
        return found

    def ways(
        self, start: str, length: int, left: Callable[[str], int | None], end: str | None = None
    ) -> Iterator[Path]:
        """The ways of a length that come to no node twice.

        Args:
            start: The id of the node where they begin.
            length: How many hops they have.
            left: How many hops it takes at least from a node to the end; None when there is no way.
            end: The id of the node where all of them end, if it is one.
        """
        steps = 0
        waiting: list[tuple[Path, frozenset[str]]] = [((), frozenset([start]))]
        while waiting:
            way, seen = waiting.pop()
            if len(way) == length:
                yield way
                continue
            steps += 1
            if steps > _MOST_STEPS:
                raise Refused("There are too many ways: ask for shorter ones, or for fewer kinds", status=500)
            for hop in self.near(way[-1][1] if way else start):
                rest = left(hop[1])
                after = length - len(way) - 1
                if hop[1] in seen or rest is None or rest > after or (after and not self.may_go_on(hop[2])):
                    continue
                if after and hop[1] == end:
                    continue
                waiting.append(((*way, hop), seen | {hop[1]}))


def paths(
    session: Session, source: str, target: str, limits: Limits, most: int, *, only_shortest: bool
) -> tuple[list[Path], int | None]:
    """The ways from a node to another, the shortest first.

    Args:
        session: Whose view of the data.
        source: The id of the one.
        target: The id of the other.
        limits: Which ways are looked for.
        most: How many at most.
        only_shortest: Of the ways through a node, only the shortest.

    Returns:
        The ways, and the length at which there were too many to go on, or None.

    Raises:
        Refused: The limits make no sense.
    """
    check_limit("max_depth", limits.max_depth, DEEPEST)
    graph = _Graph(session, limits, source, lambda node, _: node == target)
    there, back = graph.distances(source, limits.max_depth, target), graph.distances(target, limits.max_depth)
    found: list[Path] = []
    for length in range(1, limits.max_depth + 1):
        ways = []
        for way in graph.ways(source, length, back.get, target):
            middle = way[length // 2 - 1][1] if length > 1 else source
            if only_shortest and (there[middle], back[middle]) != (length // 2, length - length // 2):
                continue
            ways.append(way)
            if len(ways) > _MOST:
                return found, length
        found += sorted(ways, key=_key)
        if len(found) >= most:
            break
    return found[:most], None


def _key(way: Path) -> str:
    return "".join(f"{identifier}>{id}" for identifier, id, _ in way)


def reachable(
    session: Session,
    source: str,
    kinds: Collection[str],
    limits: Limits,
    targets: int,
    most: int,
    *,
    only_shortest: bool,
) -> list[Path]:
    """The ways from a node to all nodes of some kinds, the shortest first.

    Args:
        session: Whose view of the data.
        source: The id of the node.
        kinds: The kinds.
        limits: Which ways are looked for.
        targets: To how many nodes at most.
        most: How many ways at most.
        only_shortest: To each node, only the shortest.

    Raises:
        Refused: There is no such kind, the limits make no sense, or there are too many ways.
    """
    check_limit("max_depth", limits.max_depth, DEEPEST)
    wanted = _members(session, kinds)
    graph = _Graph(session, limits, source, lambda _, kind: kind in wanted)
    distances = graph.distances(source, limits.max_depth)
    nodes = [(node.kind.name, node.id) for node in session.get(distances).values() if node.id != source]
    ends = {id for _, id in sorted(item for item in nodes if item[0] in wanted)[:targets]}
    found: list[Path] = []
    for length in range(1, limits.max_depth + 1):
        last = {id for id in ends if not only_shortest or distances[id] == length}
        ways = [way for way in graph.ways(source, length, lambda _: 0) if way[-1][1] in last] if last else []
        found += sorted(ways, key=lambda way: (way[-1][2], way[-1][1], _key(way)))
        if len(found) >= most:
            break
    return found[:most]


def check_limit(name: str, given: int, most: int) -> None:
    """Refuse a limit that is none, or too high.

    Raises:
        Refused: It is.
    """
    if not 1 <= given <= most:
        raise Refused(f"{name} is {given}, and may be from 1 to {most}", status=500)


# The relationships that a hop takes


def ends_of(session: Session, identifier: str, start: str, end: str) -> tuple[Relationship | None, Relationship | None]:
    """The relationships by which nodes of two kinds know each other; None for one that does not know the other.

    Args:
        session: Whose view of the data.
        identifier: What the relationships have in common.
        start: The kind of one node.
        end: The kind of the other node.
    """
    one, other = lookup.kind(session, start), lookup.kind(session, end)
    forth, back = _leading(session, one, identifier, other), _leading(session, other, identifier, one)
    pairs = [(out, home) for out in forth for home in back if _are_mirrored(out, home)]
    if pairs:
        return max(pairs, key=lambda pair: (pair[0].peer == end) + (pair[1].peer == start))
    return next(iter(forth), None), next(iter(back), None)


def _leading(session: Session, kind: Kind, identifier: str, to: Kind) -> list[Relationship]:
    found = [item for item in kind.relationships.values() if item.identifier == identifier]
    return [item for item in found if to.name in session.kinds[item.peer].members] or found


def _are_mirrored(one: Relationship, other: Relationship) -> bool:
    mirrored = {"outbound": "inbound", "inbound": "outbound"}
    return bool(other.direction == mirrored.get(one.direction, one.direction))
