"""One description of a test for both clients.

A test takes `client_class`, and says what it does once, in a coroutine that `play` runs. What either client is called
for is `settled`: `tag = await settled(client.get("BuiltinTag", id="..."))`.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.core.port import run

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["BOTH", "play", "settled"]

BOTH = pytest.mark.parametrize("client_class", [InfrahubClient, InfrahubClientSync], ids=["async", "sync"])


async def settled(value: Any) -> Any:
    """What a call gives, whether it has to be awaited or not."""
    return await value if inspect.isawaitable(value) else value


def play(client_class: type[Any], test: Coroutine[Any, Any, None]) -> None:
    """Run a test: on an event loop for the client that has one."""
    if client_class is InfrahubClient:
        asyncio.run(test)
    else:
        run(test)
