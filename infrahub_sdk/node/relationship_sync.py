# Made from relationship.py by tools/twins.py; change that one.
"""The peers of a relationship of cardinality many, for the synchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from infrahub_sdk.core.port import SyncFacade
from infrahub_sdk.node.related_node_sync import PeerTSync, RelatedNodeSync
from infrahub_sdk.node.relationship_base import RelationshipManagerBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.client_sync import InfrahubClientSync
    from infrahub_sdk.node.node_sync import InfrahubNodeSync
    from infrahub_sdk.schema.main import RelationshipSchemaAPI

__all__ = ["RelationshipManagerSync"]


class RelationshipManagerSync(SyncFacade, RelationshipManagerBase, Generic[PeerTSync]):
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

    _related = RelatedNodeSync

    def __init__(
        self,
        name: str,
        client: InfrahubClientSync,
        node: InfrahubNodeSync,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
    ) -> None:
        super().__init__(name, branch, schema, data, client, node)

    def fetch(self) -> None:
        """Read all peers from the server; each `peer` then has its data."""
        from infrahub_sdk.core import relating

        self._run(relating.fetch_peers(self))

    if TYPE_CHECKING:

        @property
        def peers(self) -> list[RelatedNodeSync[PeerTSync]]:
            """One related node per peer."""
            return super().peers

        def __getitem__(self, item: int) -> RelatedNodeSync[PeerTSync]:
            """One peer."""
            return self.peers[item]

        def __iter__(self) -> Iterator[RelatedNodeSync[PeerTSync]]:
            """The peers."""
            return iter(self.peers)

        def add(
            self, data: str | list[str] | dict[str, Any] | RelatedNodeSync[Any] | InfrahubNodeSync | PeerTSync
        ) -> None:
            """Add a peer, unless it is there already."""

        def extend(
            self, data: Iterable[str | list[str] | dict[str, Any] | RelatedNodeSync[Any] | InfrahubNodeSync | PeerTSync]
        ) -> None:
            """Add several peers."""

        def remove(
            self, data: str | list[str] | dict[str, Any] | RelatedNodeSync[Any] | InfrahubNodeSync | PeerTSync
        ) -> None:
            """Remove a peer if it is there."""
