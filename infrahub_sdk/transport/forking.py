"""What a forked process must not share with its parent.

Of the parent's threads only the one that forked lives on in the child. What the others held there, nobody gives back:
locks, slots, connections.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["ForkAware", "watch"]


class ForkAware(Protocol):
    """What has to know that it is in another process now."""

    def start_over_in_child(self) -> None:
        """Called in the child, before anything else."""
        ...


_watched: weakref.WeakSet[ForkAware] = weakref.WeakSet()


def watch(aware: ForkAware) -> None:
    """See to it that an object starts over in forked processes, as long as it is there."""
    _watched.add(aware)


def _start_over() -> None:
    for aware in list(_watched):
        aware.start_over_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over)
