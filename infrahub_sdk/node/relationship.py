"""The peers of a relationship of cardinality many, for the asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from infrahub_sdk._lazy import forwards  # Only here: see the end.
from infrahub_sdk.core.port import AsyncFacade
from infrahub_sdk.node.related_node import PeerT, RelatedNode
from infrahub_sdk.node.relationship_base import RelationshipManagerBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.client import InfrahubClient
    from infrahub_sdk.node.node import InfrahubNode
    from infrahub_sdk.schema.main import RelationshipSchemaAPI

__all__ = ["RelationshipManager"]


class RelationshipManager(AsyncFacade, RelationshipManagerBase, Generic[PeerT]):
    """The peers of a relationship of cardinality many: a list, to be changed and saved with the node.

    Args:
        name: The relationship's name.
        client: The client to fetch peers with.
        node: The node whose relationship it is.
        branch: The branch that the node is on.
        schema: The relationship's definition.
        data: None for not loaded; a list of peers, see `RelatedNodeBase`; or the server's `{"edges": [...]}`.
    """

    __slots__ = ()

    _related = RelatedNode

    def __init__(
        self,
        name: str,
        client: InfrahubClient,
        node: InfrahubNode,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
    ) -> None:
        super().__init__(name, branch, schema, data, client, node)

    async def fetch(self) -> None:
        """Read all peers from the server; each `peer` then has its data."""
        from infrahub_sdk.core import relating

        await self._run(relating.fetch_peers(self))

    if TYPE_CHECKING:

        @property
        def peers(self) -> list[RelatedNode[PeerT]]:
            """One related node per peer."""
            return super().peers

        def __getitem__(self, item: int) -> RelatedNode[PeerT]:
            """One peer."""
            return self.peers[item]

        def __iter__(self) -> Iterator[RelatedNode[PeerT]]:
            """The peers."""
            return iter(self.peers)

        def add(self, data: str | list[str] | dict[str, Any] | RelatedNode[Any] | InfrahubNode | PeerT) -> None:
            """Add a peer, unless it is there already."""

        def extend(
            self, data: Iterable[str | list[str] | dict[str, Any] | RelatedNode[Any] | InfrahubNode | PeerT]
        ) -> None:
            """Add several peers."""

        def remove(self, data: str | list[str] | dict[str, Any] | RelatedNode[Any] | InfrahubNode | PeerT) -> None:
            """Remove a peer if it is there."""


# Only here: names that programs import from this module.
if TYPE_CHECKING:
    from infrahub_sdk.node.relationship_sync import RelationshipManagerSync as RelationshipManagerSync

__getattr__ = forwards(__name__, {"RelationshipManagerSync": "infrahub_sdk.node.relationship_sync"})
# Until here.
