"""Pages: how large they are, and which one comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.recorder import is_recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrahub_sdk.core.base import BaseClient

__all__ = ["Page", "Place", "Sizes", "Walk", "borders"]

FIRST = 50  # nodes of the first page, and of none less: who reads deep trees has 30 ms a node to wait for
MOST = 1000  # nodes
GROWTH = 4  # times the page before
TARGET = 1.0  # seconds a page


class Page(NamedTuple):
    """What one request brought.

    Attributes:
        nodes: The nodes.
        total: How many nodes there were in all at that moment.
        seconds: How long it took.
    """

    nodes: list[Any]
    total: int
    seconds: float = 0.0


class Place(NamedTuple):
    """Which nodes a page holds: `limit` of them after `offset`; the how manieth page it is."""

    offset: int
    limit: int
    number: int


def borders(places: Sequence[Place], pages: Sequence[Page]) -> list[Place]:
    """What to read again of pages that were read side by side while the number of nodes changed.

    Nodes may have moved over the borders of pages, also that behind the last one, as far as there were more or fewer of
    them.
    """
    totals = [page.total for page in pages]
    moved, first = max(totals) - min(totals), places[0].offset
    if not moved:
        return []
    middles = [place.offset for place in places[1:]] + [places[-1].offset + places[-1].limit]
    return [
        Place(max(first, middle - moved), middle + moved - max(first, middle - moved), number)
        for number, middle in enumerate(middles, start=len(places) + 1)
    ]


class Sizes:
    """How many nodes to ask for at a time.

    A size that the user has set is obeyed, and where answers are recorded or played back it does not change. Otherwise
    pages grow while the server answers quickly: the next one has as many nodes as would take a second, judging by the
    last, but at most four times as many as that, at most 1,000, and never fewer than the first. A request costs the
    server 40 ms and half a millisecond a node (1.11), so that pages of 50 spend more than half of their time on being
    requests; nodes with others in them take up to a hundred times as long.

    Args:
        client: Whose setting.
        most: The largest page.
    """

    def __init__(self, client: BaseClient, most: int = MOST) -> None:
        self.size = client.pagination_size
        self._is_fixed = client._page_size is not None or is_recorded(client.config)
        self._most = most

    def measured(self, page: Page, growth: int = GROWTH) -> None:
        """Learn from a page."""
        if self._is_fixed or not page.nodes:
            return
        in_time = int(len(page.nodes) * TARGET / max(page.seconds, 0.001))
        self.size = max(FIRST, min(in_time, growth * self.size, self._most))

    def shared(self, page: Page, rest: int, lanes: int) -> int:
        """The size of pages that are read side by side, after the first.

        Args:
            page: The first page.
            rest: How many nodes are left.
            lanes: How many pages are read at a time.
        """
        self.measured(page, growth=self._most)
        return self.size if self._is_fixed else max(FIRST, min(self.size, -(-rest // lanes)))


class Walk:
    """The way through all pages, one after the other.

    The server counts nodes off for each page anew. While somebody writes, nodes may move over the border between two
    pages: one that was there already is left out, and when there are fewer nodes than before, as many may have slipped
    past the page's beginning, so that the end of the page before is read again. What cannot be seen is a node that goes
    and another that comes between two pages.

    Args:
        sizes: How large pages are.
        start: How many nodes to pass over.
        end: Where to stop; None for the last node.
        keep: How many nodes to look back for those that came before; all when None.
    """

    def __init__(self, sizes: Sizes, start: int = 0, end: int | None = None, keep: int | None = None) -> None:
        self._sizes = sizes
        self._start = self._offset = start
        self._end = end
        self._room = None if end is None else end - start  # for how many nodes; more may turn up when pages move
        self._keep = keep
        self._total: int | None = None
        self._number = 0
        self._again: list[tuple[int, int]] = []  # from where to where nodes may have been missed
        self._seen: list[set[Any]] = []

    def first(self) -> Place:
        """Where the first page is."""
        return self._onwards()

    def _onwards(self) -> Place:
        limit = self._sizes.size if self._end is None else min(self._sizes.size, self._end - self._offset)
        place = self._numbered(self._offset, limit)
        self._offset += limit
        return place

    def _numbered(self, offset: int, limit: int) -> Place:
        self._number += 1
        return Place(offset, limit, self._number)

    def took(self, place: Place, page: Page) -> tuple[list[Any], Place | None]:
        """Note a page.

        Returns:
            Its nodes that no page before had, and where the next page is; None after the last one.
        """
        if place.limit == self._sizes.size:  # of a small one, the request itself takes most of the time
            self._sizes.measured(page)
        lost = 0 if self._total is None else max(0, self._total - page.total)
        self._total = page.total
        if lost:
            # What is still to be read again has moved as well. Over the beginning of this place, and over the place to
            # go on from, as many nodes may have come as are missing.
            again = [*self._again, (place.offset, place.offset)]
            if place.offset + place.limit != self._offset:
                again.append((self._offset, self._offset))
            moved = {(max(self._start, begin - lost), min(end, page.total)) for begin, end in again}
            self._again = sorted((begin, end) for begin, end in moved if begin < end)
        fresh = self._fresh(page.nodes)
        if self._room is not None:
            fresh = fresh[: self._room]
            self._room -= len(fresh)
        return fresh, None if self._room == 0 else self._next(is_dry=not page.nodes)

    def _next(self, *, is_dry: bool) -> Place | None:
        if self._again:
            begin, end = self._again.pop()
            limit = min(self._sizes.size, end - begin)
            if begin + limit < end:
                self._again.append((begin + limit, end))
            return self._numbered(begin, limit)
        total = self._total or 0
        end = total if self._end is None else min(total, self._end)
        return None if is_dry or self._offset >= end else self._onwards()

    def _fresh(self, nodes: list[Any]) -> list[Any]:
        """The nodes that did not come before."""
        seen, identifiers = self._seen, {node.id for node in nodes}
        fresh = nodes
        if len(identifiers) < len(nodes) or not all(map(identifiers.isdisjoint, seen)):
            known = set().union(*seen)
            by_id = {node.id: node for node in reversed(nodes) if node.id not in known}
            fresh = list(reversed(by_id.values()))
        if self._keep is None and seen:
            seen[0] |= identifiers
        else:
            seen.append(identifiers)
            while sum(map(len, seen[1:])) > (self._keep or 0):
                del seen[0]
        return fresh
