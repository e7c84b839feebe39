"""What resolves the mutation that applies profiles again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.nodes import lookup, profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__: list[str] = []


@resolves("Mutation.InfrahubProfilesRefresh")
def refresh(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Let a node have what its profiles give."""
    with change(info.context, context) as session:
        id = str(data.get("id"))
        if id not in session.get([id]):
            raise lookup.not_found("Node", id)
        profiles.apply(session, id)
    return {"ok": True}
