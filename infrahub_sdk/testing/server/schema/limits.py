"""The limits that parameters set to the values of an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["contradictions"]

_PAIRS = (("min_length", "max_length"), ("min_value", "max_value"), ("start_range", "end_range"))


def contradictions(parameters: Mapping[str, Any]) -> Iterator[str]:
    """What no value could keep to: limits that cross, ranges that go down or overlap.

    Args:
        parameters: The parameters of an attribute; others than limits do not matter.
    """
    for least, most in _PAIRS:
        low, high = parameters.get(least), parameters.get(most)
        if low is not None and high is not None and low > high:
            yield f"{least} {low} is above {most} {high}"
    ranges: list[tuple[int, int]] = []
    for part in (parameters.get("excluded_values") or "").split(","):
        start, separator, end = part.partition("-")
        if separator:
            yield from _of_range(int(start), int(end), ranges)
            ranges.append((int(start), int(end)))


def _of_range(start: int, end: int, others: list[tuple[int, int]]) -> Iterator[str]:
    if start > end:
        yield f"the excluded range {start}-{end} goes down"
    if any(start <= last and first <= end for first, last in others):
        yield f"the excluded range {start}-{end} overlaps another one"
