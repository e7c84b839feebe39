"""The nodes that the asynchronous client has seen: `client.store`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from infrahub_sdk._lazy import forwards  # Only here: see the end.
from infrahub_sdk.store_base import NodeStoreBase

if TYPE_CHECKING:
    from infrahub_sdk.client import SchemaType
    from infrahub_sdk.node.node import InfrahubNode
    from infrahub_sdk.protocols_base import CoreNode

__all__ = ["NodeStore"]


class NodeStore(NodeStoreBase):
    """The nodes that the asynchronous client has seen, for each branch."""

    @overload
    def get(
        self,
        key: str | list[str],
        kind: type[SchemaType],
        raise_when_missing: Literal[True] = ...,
        branch: str | None = ...,
    ) -> SchemaType: ...
    @overload
    def get(
        self, key: str | list[str], kind: type[SchemaType], raise_when_missing: bool, branch: str | None = ...
    ) -> SchemaType | None: ...
    @overload
    def get(
        self,
        key: str | list[str],
        kind: str | None = ...,
        raise_when_missing: Literal[True] = ...,
        branch: str | None = ...,
    ) -> InfrahubNode: ...
    @overload
    def get(
        self, key: str | list[str], kind: str | None = ..., *, raise_when_missing: bool, branch: str | None = ...
    ) -> InfrahubNode | None: ...
    def get(
        self,
        key: str | list[str],
        kind: str | type[SchemaType] | None = None,
        raise_when_missing: bool = True,
        branch: str | None = None,
    ) -> Any:
        """A node by its internal id, its id, the name that it was given, or its human-friendly id.

        Args:
            key: One of these; a human-friendly id as a list, or as text with its components joined by two
                underscores, the kind before them when `kind` is not given.
            kind: The kind that the node has, or inherits from.
            raise_when_missing: Whether a missing node is an error; None is returned otherwise.
            branch: The branch; the client's default when None.

        Raises:
            NodeInvalidError: What the key stands for is of another kind.
            NodeNotFoundError: There is nothing of that name.
        """
        return self._get(key, kind, raise_when_missing, branch)

    def get_by_hfid(
        self, key: str | list[str], raise_when_missing: bool = True, branch: str | None = None
    ) -> InfrahubNode | None:
        """A node by its human-friendly id. Deprecated: `get` does the same."""
        found: InfrahubNode | None = self._get_by_hfid(key, raise_when_missing, branch)
        return found

    def set(self, node: InfrahubNode | CoreNode, key: str | None = None, branch: str | None = None) -> None:
        """Keep a node.

        Args:
            node: The node.
            key: A name to find it by.
            branch: Another branch than its own.
        """
        self._set(node, key, branch)


# Only here: names that programs import from this module.
if TYPE_CHECKING:
    from infrahub_sdk.store_base import NodeStoreBranch as NodeStoreBranch
    from infrahub_sdk.store_base import get_schema_name as get_schema_name
    from infrahub_sdk.store_sync import NodeStoreSync as NodeStoreSync

__getattr__ = forwards(
    __name__,
    {
        "NodeStoreBranch": "infrahub_sdk.store_base",
        "NodeStoreSync": "infrahub_sdk.store_sync",
        "get_schema_name": "infrahub_sdk.store_base",
    },
)
# Until here.
