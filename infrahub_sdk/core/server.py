"""What the server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.core.graphql import execute

if TYPE_CHECKING:
    from infrahub_sdk.core.base import BaseClient

__all__ = ["version"]


async def version(client: BaseClient) -> str:
    """The server's version."""
    data = await execute(client, "query { InfrahubInfo { version }}")
    return str((data.get("InfrahubInfo") or {}).get("version", ""))
