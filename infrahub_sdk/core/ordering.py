"""The order in which nodes that refer to one another are written. Nodes are numbers here."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["CycleError", "packed", "postponed", "waves"]


class CycleError(Exception):
    """Nodes each of which must be written before the next.

    Attributes:
        cycle: The nodes, in the order in which they refer to one another.
    """

    def __init__(self, cycle: list[int]) -> None:
        self.cycle = cycle
        super().__init__(f"{cycle}")


def postponed(needs: Sequence[dict[int, bool]]) -> set[tuple[int, int]]:
    """The references to leave for later, so that no cycle is left.

    Args:
        needs: For each node the nodes that it refers to, and whether that can wait.

    Returns:
        Pairs of nodes, of which the first refers to the second.

    Raises:
        CycleError: There is a cycle of references of which none can wait.
    """
    left = _in_cycles(needs)
    firm = {node: {peer for peer, can_wait in needs[node].items() if peer in left and not can_wait} for node in left}
    loose = {node: {peer for peer, can_wait in needs[node].items() if peer in left and can_wait} for node in left}
    users = _users(left, needs)
    # First those that wait for nothing, then those that leave the fewest references for later.
    queue = [(len(loose[node]), node) for node in left if not firm[node]]
    heapify(queue)
    late: set[tuple[int, int]] = set()
    while queue:
        count, node = heappop(queue)
        if node not in left or count != len(loose[node]):
            continue
        left.discard(node)
        late |= {(node, peer) for peer in loose[node]}
        for user in users[node]:
            firm[user].discard(node)
            loose[user].discard(node)
            if user in left and not firm[user]:
                heappush(queue, (len(loose[user]), user))
    if left:
        raise CycleError(_cycle(firm, min(left)))
    return late


def _in_cycles(needs: Sequence[dict[int, bool]]) -> set[int]:
    """The nodes in cycles, and those between two cycles."""
    left = set(range(len(needs)))
    _take_away(left, [set(peers) for peers in needs])
    users = _users(left, needs)
    _take_away(left, [users.get(node, set()) for node in range(len(needs))])
    return left


def _take_away(left: set[int], waits_for: list[set[int]]) -> None:
    """Take nodes out of a set as long as there are some that wait for no node in it."""
    users: dict[int, list[int]] = {}
    for node in left:
        for peer in waits_for[node] & left:
            users.setdefault(peer, []).append(node)
    count = {node: len(waits_for[node] & left) for node in left}
    free = [node for node in left if not count[node]]
    while free:
        node = free.pop()
        left.discard(node)
        for user in users.get(node, ()):
            count[user] -= 1
            if not count[user]:
                free.append(user)


def _users(nodes: Collection[int], needs: Sequence[Iterable[int]]) -> dict[int, set[int]]:
    """For each of some nodes those among them that refer to it."""
    users: dict[int, set[int]] = {node: set() for node in nodes}
    for node in nodes:
        for peer in needs[node]:
            if peer in users:
                users[peer].add(node)
    return users


def _cycle(firm: dict[int, set[int]], start: int) -> list[int]:
    """A cycle that is reached from a node, all of whose peers lead on."""
    path: list[int] = []
    node = start
    while node not in path:
        path.append(node)
        node = min(firm[node])
    return path[path.index(node) :]


def waves(needs: Sequence[set[int]], size: int, apart: Collection[int] = ()) -> list[list[list[int]]]:
    """What is written at once, wave after wave: units of nodes that belong into one document, in their order.

    Nodes that hang together stay in one unit where they fit. Of what does not fit goes first what refers to nothing
    else of it; when that is little, a unit full of what comes first.

    Args:
        needs: For each node those that must be written before it; there are no cycles.
        size: How many nodes fit into a unit.
        apart: Nodes that must have been written before those that need them are sent.
    """
    order = _in_order(needs)
    found: list[list[list[int]]] = []
    while order:
        left = set(order)
        units: list[list[int]] = []
        for part in _parts(order, needs, left):
            divided = any(not left.isdisjoint(needs[node].intersection(apart)) for node in part)
            first = [node for node in part if left.isdisjoint(needs[node])]
            if len(part) <= size and not divided:
                units.append(part)
            elif len(first) < size and not divided:
                units.append(part[:size])
            else:
                units += [[node] for node in first]
        found.append(units)
        left.difference_update(*units)
        order = [node for node in order if node in left]
    return found


def _in_order(needs: Sequence[set[int]]) -> list[int]:
    """All nodes, those that refer to nothing first, then those that refer to these, and so on."""
    users = _users(range(len(needs)), needs)
    count = [len(peers) for peers in needs]
    order = [node for node, number in enumerate(count) if not number]
    for node in order:  # grows while it is walked
        for user in sorted(users[node]):
            count[user] -= 1
            if not count[user]:
                order.append(user)
    return order


def _parts(nodes: Sequence[int], needs: Sequence[set[int]], members: set[int]) -> list[list[int]]:
    """Nodes by what hangs together, in the order in which they are given."""
    parts: dict[int, list[int]] = {}
    head: dict[int, int] = {node: node for node in nodes}

    def find(node: int) -> int:
        while head[node] != node:
            head[node] = head[head[node]]
            node = head[node]
        return node

    for node in nodes:
        for peer in needs[node] & members:
            head[find(node)] = find(peer)
    for node in nodes:
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())


def packed(units: Iterable[list[int]], size: int) -> list[list[int]]:
    """Documents that hold units whole, and as many as fit."""
    documents: list[list[int]] = []
    for unit in units:
        if documents and len(documents[-1]) + len(unit) <= size:
            documents[-1] += unit
        else:
            documents.append(list(unit))
    return documents
