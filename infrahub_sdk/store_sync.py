# Made from store.py by tools/twins.py; change that one.
"""The nodes that the synchronous client has seen: `client.store`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from infrahub_sdk.store_base import NodeStoreBase

if TYPE_CHECKING:
    from infrahub_sdk.client_sync import SchemaTypeSync
    from infrahub_sdk.node.node_sync import InfrahubNodeSync
    from infrahub_sdk.protocols_base import CoreNodeSync

__all__ = ["NodeStoreSync"]


class NodeStoreSync(NodeStoreBase):
    """The nodes that the synchronous client has seen, for each branch."""

    @overload
    def get(
        self,
        key: str | list[str],
        kind: type[SchemaTypeSync],
        raise_when_missing: Literal[True] = ...,
        branch: str | None = ...,
    ) -> SchemaTypeSync: ...
    @overload
    def get(
        self, key: str | list[str], kind: type[SchemaTypeSync], raise_when_missing: bool, branch: str | None = ...
    ) -> SchemaTypeSync | None: ...
    @overload
    def get(
        self,
        key: str | list[str],
        kind: str | None = ...,
        raise_when_missing: Literal[True] = ...,
        branch: str | None = ...,
    ) -> InfrahubNodeSync: ...
    @overload
    def get(
        self, key: str | list[str], kind: str | None = ..., *, raise_when_missing: bool, branch: str | None = ...
    ) -> InfrahubNodeSync | None: ...
    def get(
        self,
        key: str | list[str],
        kind: str | type[SchemaTypeSync] | None = None,
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
    ) -> InfrahubNodeSync | None:
        """A node by its human-friendly id. Deprecated: `get` does the same."""
        found: InfrahubNodeSync | None = self._get_by_hfid(key, raise_when_missing, branch)
        return found

    def set(self, node: InfrahubNodeSync | CoreNodeSync, key: str | None = None, branch: str | None = None) -> None:
        """Keep a node.

        Args:
            node: The node.
            key: A name to find it by.
            branch: Another branch than its own.
        """
        self._set(node, key, branch)
