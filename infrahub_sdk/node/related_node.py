"""The peer of a relationship, for the asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from infrahub_sdk._lazy import forwards  # Only here: see the end.
from infrahub_sdk.core.port import AsyncFacade
from infrahub_sdk.node.related_base import RelatedNodeBase

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    from infrahub_sdk.client import InfrahubClient
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.node.node import InfrahubNode
    from infrahub_sdk.schema.main import RelationshipSchemaAPI

    PeerT = TypeVarWithDefault("PeerT", default="InfrahubNode")
else:
    PeerT = TypeVar("PeerT")

__all__ = ["PeerT", "RelatedNode", "RelationshipAttribute"]


class RelatedNode(AsyncFacade, RelatedNodeBase, Generic[PeerT]):
    """The peer of a relationship of cardinality one, or one of the peers of a relationship of cardinality many.

    Args:
        client: The client to fetch the peer with.
        branch: The branch it is on.
        schema: The relationship's definition.
        data: The peer, see `RelatedNodeBase`.
        name: The relationship's name.
    """

    __slots__ = ()

    def __init__(
        self,
        client: InfrahubClient,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(branch, schema, data, name, client)

    async def fetch(self, timeout: int | None = None, priority: Priority | None = None) -> None:
        """Read the peer from the server; `peer` then has its data.

        Args:
            timeout: Seconds; the client's when None.
            priority: How urgent it is.

        Raises:
            Error: There is no peer to fetch.
        """
        from infrahub_sdk.core import relating

        await self._run(relating.fetch_peer(self, timeout=timeout, priority=priority))

    if TYPE_CHECKING:

        @property
        def peer(self) -> PeerT:
            """The peer as a node, see `get()`."""
            return self.get()

        def get(self) -> PeerT:
            """The peer as a node, if it was assigned, fetched or selected here, or is in the client's store."""
            peer: PeerT = super().get()
            return peer


class RelationshipAttribute(Generic[PeerT]):
    """The type of a relationship of cardinality one in a generated protocol class."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> RelationshipAttribute[PeerT]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> RelatedNode[PeerT]: ...
        def __get__(self, instance: object | None, owner: Any = None) -> Any:
            """The related node."""

        def __set__(self, instance: object, value: str | list[str] | PeerT | None) -> None:
            """Choose another peer."""


# Only here: names that programs import from this module.
if TYPE_CHECKING:
    from infrahub_sdk.node.related_node_sync import PeerTSync as PeerTSync
    from infrahub_sdk.node.related_node_sync import RelatedNodeSync as RelatedNodeSync
    from infrahub_sdk.node.related_node_sync import RelationshipAttributeSync as RelationshipAttributeSync

__getattr__ = forwards(
    __name__,
    {
        "PeerTSync": "infrahub_sdk.node.related_node_sync",
        "RelatedNodeSync": "infrahub_sdk.node.related_node_sync",
        "RelationshipAttributeSync": "infrahub_sdk.node.related_node_sync",
    },
)
# Until here.
