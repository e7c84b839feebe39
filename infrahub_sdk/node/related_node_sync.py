# Made from related_node.py by tools/twins.py; change that one.
"""The peer of a relationship, for the synchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from infrahub_sdk.core.port import SyncFacade
from infrahub_sdk.node.related_base import RelatedNodeBase

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    from infrahub_sdk.client_sync import InfrahubClientSync
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.node.node_sync import InfrahubNodeSync
    from infrahub_sdk.schema.main import RelationshipSchemaAPI

    PeerTSync = TypeVarWithDefault("PeerTSync", default="InfrahubNodeSync")
else:
    PeerTSync = TypeVar("PeerTSync")

__all__ = ["PeerTSync", "RelatedNodeSync", "RelationshipAttributeSync"]


class RelatedNodeSync(SyncFacade, RelatedNodeBase, Generic[PeerTSync]):
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
        client: InfrahubClientSync,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(branch, schema, data, name, client)

    def fetch(self, timeout: int | None = None, priority: Priority | None = None) -> None:
        """Read the peer from the server; `peer` then has its data.

        Args:
            timeout: Seconds; the client's when None.
            priority: How urgent it is.

        Raises:
            Error: There is no peer to fetch.
        """
        from infrahub_sdk.core import relating

        self._run(relating.fetch_peer(self, timeout=timeout, priority=priority))

    if TYPE_CHECKING:

        @property
        def peer(self) -> PeerTSync:
            """The peer as a node, see `get()`."""
            return self.get()

        def get(self) -> PeerTSync:
            """The peer as a node, if it was assigned, fetched or selected here, or is in the client's store."""
            peer: PeerTSync = super().get()
            return peer


class RelationshipAttributeSync(Generic[PeerTSync]):
    """The type of a relationship of cardinality one in a generated protocol class."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> RelationshipAttributeSync[PeerTSync]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> RelatedNodeSync[PeerTSync]: ...
        def __get__(self, instance: object | None, owner: Any = None) -> Any:
            """The related node."""

        def __set__(self, instance: object, value: str | list[str] | PeerTSync | None) -> None:
            """Choose another peer."""
