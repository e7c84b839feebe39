"""The nodes that a client has seen, by id, by human-friendly id and by the user's own names, for each branch."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import NodeInvalidError, NodeNotFoundError
from infrahub_sdk.node.parsers import parse_human_friendly_id

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NodeStoreBase", "NodeStoreBranch", "get_schema_name"]


def get_schema_name(schema: Any = None) -> str | None:
    """The name of a kind given as text or as a class, see `infrahub_sdk.core.schema.kind_name`."""
    if schema is None or isinstance(schema, str):
        return schema
    from infrahub_sdk.core.schema import kind_name

    return kind_name(schema, is_sync=schema.__name__.endswith("Sync"))


class NodeStoreBranch:
    """The nodes of one branch.

    Args:
        name: The branch.
    """

    def __init__(self, name: str) -> None:
        self.branch_name = name
        self._uuids: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._objs: dict[str, Any] = {}  # nodes that had no id when they were put here, by internal id
        self._hfids: dict[str, dict[tuple[str, ...], Any]] = {}
        # Human-friendly ids are worked out when somebody looks for one: most programs never do.
        self._not_indexed: list[Any] = []

    def count(self) -> int:
        """How many nodes there are."""
        self._name_saved_nodes()
        return len(self._uuids) + len(self._objs)

    def set(self, node: Any, key: str | None = None) -> None:
        """Keep a node, also under a name of the user's.

        Args:
            node: The node.
            key: The name.
        """
        if key:
            self._keys[key] = node
        if node.id:
            self.load([node])
        else:
            self._objs[node._internal_id] = node
            self._not_indexed.append(node)

    def load(self, nodes: Iterable[Any], *, keep: bool = False) -> None:
        """Keep nodes that were read.

        A node that is here already hands on the fields that it knows and the new one does not, so that a read of a
        few fields never costs what an earlier one brought.

        Args:
            nodes: The nodes.
            keep: Whether those that are here already stay, because the new ones are from the past.
        """
        known = self._uuids
        for node in nodes:
            identifier = node.id
            old = known.get(identifier)
            if old is not None and old is not node:
                if keep:
                    continue
                node._inherit(old)
            known[identifier] = node
            self._not_indexed.append(node)

    def discard(self, identifier: str) -> None:
        """Forget a node that is no more."""
        node = self._uuids.pop(identifier, None)
        indexes: list[dict[Any, Any]] = [self._keys, self._objs, *self._hfids.values()]
        for index in indexes:
            for key in [key for key, known in index.items() if known is node or known.id == identifier]:
                del index[key]
        self._not_indexed = [known for known in self._not_indexed if known.id != identifier]

    def get(self, key: str | list[str], kind: Any = None, raise_when_missing: bool = True) -> Any:
        """A node by its internal id, its id, the user's name for it, or its human-friendly id.

        Args:
            key: One of these; a human-friendly id as a list, or as text with its components joined by two
                underscores, the kind before them when `kind` is not given.
            kind: The kind that the node has, or inherits from.
            raise_when_missing: Whether a missing node is an error.

        Raises:
            NodeInvalidError: What the key stands for is of another kind.
            NodeNotFoundError: There is nothing of that name.
        """
        name = get_schema_name(kind)
        candidates = (self._by_id(key), self._keys.get(key)) if isinstance(key, str) else ()
        found = [node for node in candidates if node is not None]
        for node in found:
            if name is None or name in node.get_all_kinds():
                return node
        node = self._by_hfid(key, name)
        if node is not None:
            return node
        if not raise_when_missing:
            return None
        identifier = {"key": [key] if isinstance(key, str) else key}
        if found:
            message = f"The node in the store is of kind {found[0].get_kind()}, not {name}."
            raise NodeInvalidError(identifier, message, branch_name=self.branch_name, node_type=name)
        raise NodeNotFoundError(
            identifier, "There is no such node in the store.", branch_name=self.branch_name, node_type=name
        )

    def _by_id(self, key: str) -> Any:
        found = self._uuids.get(key) or self._objs.get(key)
        if found is None and len(key) == 22:
            found = next((node for node in self._uuids.values() if node._get_extra("_internal_id") == key), None)
        return found

    def _by_hfid(self, key: str | list[str], kind: str | None) -> Any:
        self._index()
        named, parts = parse_human_friendly_id(key)
        if kind is not None and named is not None and named != kind:
            # Text that merely looks as if it began with a kind: with a kind given, it is all components.
            named, parts = None, key.split("__") if isinstance(key, str) else key
        wanted = kind or named
        return self._hfids.get(wanted, {}).get(tuple(str(part) for part in parts)) if wanted else None

    def _index(self) -> None:
        """Enter new nodes under their human-friendly ids, for each of their kinds."""
        self._name_saved_nodes()
        waiting, self._not_indexed = self._not_indexed, []
        for node in waiting:
            hfid = node.get_human_friendly_id()
            if hfid:
                for kind in node.get_all_kinds():
                    self._hfids.setdefault(kind, {})[tuple(hfid)] = node
            elif not node.id:
                self._not_indexed.append(node)  # it may get what it lacks before it is saved

    def _name_saved_nodes(self) -> None:
        for internal_id in [key for key, node in self._objs.items() if node.id]:
            node = self._objs.pop(internal_id)
            self._uuids.setdefault(node.id, node)


class NodeStoreBase:
    """The nodes that a client has seen.

    Args:
        default_branch: The branch that is meant where none is named.
    """

    def __init__(self, default_branch: str | None = None) -> None:
        if default_branch is None:
            default_branch = "main"
            warnings.warn(
                "NodeStore() without default_branch is deprecated; 'main' is used.", DeprecationWarning, stacklevel=2
            )
        self._default_branch = default_branch
        self._branches: dict[str, NodeStoreBranch] = {}

    def count(self, branch: str | None = None) -> int:
        """How many nodes of a branch there are."""
        return self._branch(branch).count()

    def _branch(self, branch: str | None = None) -> NodeStoreBranch:
        name = branch or self._default_branch
        found = self._branches.get(name)
        if found is None:
            found = self._branches[name] = NodeStoreBranch(name)
        return found

    def _set(self, node: Any, key: str | None = None, branch: str | None = None) -> None:
        self._branch(branch or node.get_branch()).set(node, key)

    def _get(
        self, key: str | list[str], kind: Any = None, raise_when_missing: bool = True, branch: str | None = None
    ) -> Any:
        return self._branch(branch).get(key, kind, raise_when_missing)

    def _get_by_hfid(self, key: str | list[str], raise_when_missing: bool = True, branch: str | None = None) -> Any:
        warnings.warn("store.get_by_hfid() is deprecated; use store.get().", DeprecationWarning, stacklevel=3)
        return self._get(key, None, raise_when_missing, branch)
