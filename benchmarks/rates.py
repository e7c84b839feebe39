"""How the benchmarks count and weigh."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["BLOCK", "most_resident", "per_second", "per_second_async", "resident"]

SECONDS = 1.0  # of each measurement
BLOCK = 20  # calls between two looks at the clock, and calls to warm up


def per_second(call: Callable[[], object]) -> float:
    """How often a call can be made in a second."""
    for _ in range(BLOCK):
        call()
    done, start = 0, time.perf_counter()
    while True:
        for _ in range(BLOCK):
            call()
        done += BLOCK
        elapsed = time.perf_counter() - start
        if elapsed >= SECONDS:
            return done / elapsed


async def per_second_async(calls: Callable[[], Awaitable[int]]) -> float:
    """The same for a coroutine function that makes several calls and tells how many."""
    await calls()
    done, start = 0, time.perf_counter()
    while True:
        done += await calls()
        elapsed = time.perf_counter() - start
        if elapsed >= SECONDS:
            return done / elapsed


def resident() -> int:
    """The memory of this process that is in RAM, in bytes (Linux)."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - pathlib would be loaded, and weighed
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def most_resident() -> int:
    """The most memory of this process that has been in RAM so far, in bytes (Linux)."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
