"""The nodes that a client has seen, by id, by human-friendly id and by the user's own names, for each branch."""

from __future__ import annotations

import warnings
from threading import RLock
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
    """The nodes of one branch. Threads may share it: what one step relies on is one operation of a dictionary.

    Args:
        name: The branch.
    """

    def __init__(self, name: str) -> None:
        self.branch_name = name
        self._uuids: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._names: dict[Any, dict[str, None]] = {}  # the keys of each node, by its id or its internal id
        self._objs: dict[str, Any] = {}  # nodes that had no id when they were put here, by internal id
        self._by_hfid: dict[str, dict[tuple[str, ...], Any]] = {}
        self._entries: dict[Any, tuple[tuple[str, ...], Any]] = {}  # what is entered above, by the node's id
        # Nodes that were read are entered when somebody looks for a human-friendly id: most programs never do.
        self._waiting: dict[Any, Any] = {}
        self._entrance = RLock()
        self._is_entering = False

    @property
    def _hfids(self) -> dict[str, dict[tuple[str, ...], Any]]:
        """The nodes by kind and human-friendly id; programs reach for it."""
        self._enter_all()
        return self._by_hfid

    def count(self) -> int:
        """How many nodes there are."""
        return len(self._uuids) + len(self._objs)

    def set(self, node: Any, key: str | None = None) -> None:
        """Keep a node, also under a name of the user's.

        Args:
            node: The node.
            key: The name.
        """
        if key:
            self._keys[key] = node
            self._names.setdefault(node.id or node._internal_id, {})[key] = None
        if node.id:
            self._forget_internal_id(node)
            self._put(node)
            self._waiting.pop(node.id, None)
            self._enter(node.id, node, node.get_human_friendly_id())
        else:
            self._objs[node._internal_id] = node
            self._waiting[node._internal_id] = node

    def load(self, nodes: Iterable[Any]) -> None:
        """Keep nodes that were read. One from the past does not take the place of one from the present."""
        known = self._uuids
        for node in nodes:
            old = known.get(node.id)
            if old is None or node._get_extra("_at") is None or old._get_extra("_at") is not None:
                self._put(node)

    def _put(self, node: Any) -> None:
        """Keep a node that has an id.

        One that is here already hands on the fields that it knows and the new one does not, so that a read of a few
        fields never costs what an earlier one brought.
        """
        identifier = node.id
        old = self._uuids.get(identifier)
        if old is not None and old is not node:
            node._inherit(old)
        self._uuids[identifier] = node
        self._waiting[identifier] = node

    def discard(self, identifier: str) -> None:
        """Forget a node that is no more."""
        node = self._uuids.pop(identifier, None)
        if node is None:
            node = next((known for known in list(self._objs.values()) if known.id == identifier), None)
        if node is not None:
            self._forget_internal_id(node)
        self._waiting.pop(identifier, None)
        self._leave(identifier)
        for key in list(self._names.pop(identifier, ())):
            if getattr(self._keys.get(key), "id", None) == identifier:
                self._keys.pop(key, None)

    def _forget_internal_id(self, node: Any) -> None:
        """What was kept under the name that a node had before it was saved is kept under its id, or not at all."""
        name = node._get_extra("_internal_id")
        if self._objs.pop(name, None) is not None:
            self._waiting.pop(name, None)
            self._leave(name)
        keys = self._names.pop(name, None)
        if keys:
            self._names.setdefault(node.id, {}).update(keys)

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
        node = self._find_hfid(key, name)
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

    def _find_hfid(self, key: str | list[str], kind: str | None) -> Any:
        named, parts = parse_human_friendly_id(key)
        if kind is not None and named is not None and named != kind:
            # Text that merely looks as if it began with a kind: with a kind given, it is all components.
            named, parts = None, key.split("__") if isinstance(key, str) else key
        wanted = kind or named
        return self._hfids.get(wanted, {}).get(tuple(str(part) for part in parts)) if wanted else None

    def _enter_all(self) -> None:
        """Enter the nodes that wait for it under their human-friendly ids.

        To find out those that lead through peers, nodes look for their peers here.
        """
        with self._entrance:
            if self._waiting and not self._is_entering:
                self._is_entering = True
                try:
                    self._enter_waiting()
                finally:
                    self._is_entering = False

    def _enter_waiting(self) -> None:
        for identifier, node in list(self._waiting.items()):
            hfid = node._data.get("hfid") if node.id and not node._given else None
            hfid = hfid if isinstance(hfid, list) and hfid else node.get_human_friendly_id()
            if hfid or node.id or not getattr(node._schema, "human_friendly_id", None):
                # One that has neither, of a kind that has them, may get what it lacks before it is saved.
                self._waiting.pop(identifier, None)
            self._enter(identifier, node, hfid)

    def _enter(self, identifier: Any, node: Any, hfid: list[str] | None) -> None:
        self._leave(identifier)
        if not hfid:
            return
        entry = tuple(str(part) for part in hfid)
        self._entries[identifier] = entry, node
        for kind in node.get_all_kinds():
            self._by_hfid.setdefault(kind, {})[entry] = node

    def _leave(self, identifier: Any) -> None:
        entry, node = self._entries.pop(identifier, (None, None))
        if entry is not None:
            for index in list(self._by_hfid.values()):
                if index.get(entry) is node:
                    index.pop(entry, None)


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
