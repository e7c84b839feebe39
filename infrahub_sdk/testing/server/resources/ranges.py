"""What is free between numbers that are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["free"]


def free(first: int, last: int, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges that are left of one without others, from the lowest.

    Args:
        first: The first number of the range.
        last: Its last number.
        taken: The first and the last number of each other range; they may overlap.

    >>> list(free(1, 9, [(9, 9), (3, 4), (4, 4)]))
    [(1, 2), (5, 8)]
    """
    for start, end in sorted(taken):
        if start > last:
            break
        if start > first:
            yield first, start - 1
        first = max(first, end + 1)
    if first <= last:
        yield first, last
