"""The garbage collector, held back while a large answer is turned into objects."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not look for garbage meanwhile.

    JSON and nodes hold no cycles, so there is nothing to find; but every 700 new objects set off a search through the
    young ones, and growth one through all. Reading pages of 1,000 nodes spent half of its time so (CPython 3.11).
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
