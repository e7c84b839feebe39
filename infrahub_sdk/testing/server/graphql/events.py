"""What happened on the server: nothing is recorded, as on a server whose record of events is empty."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.testing.server.graphql.resolvers import resolves

__all__: list[str] = []


@resolves("Query.InfrahubEvent")
def events(_: Any, info: Any, **filters: Any) -> dict[str, Any]:
    """The recorded events."""
    return {"count": 0, "edges": []}
