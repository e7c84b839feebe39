"""The peers of a relationship of cardinality many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import UninitializedError, ValidationError
from infrahub_sdk.node.known import KnownPeers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.schema.main import RelationshipSchemaAPI

__all__ = ["RelationshipManagerBase"]


class RelationshipManagerBase:
    """The peers of a relationship of cardinality many.

    What was not loaded is not empty: no peers are known, yet it counts as true, refuses to be changed, and is never
    sent.

    Args:
        name: The relationship's name.
        branch: The branch that the node is on.
        schema: The relationship's definition.
    """

    __slots__ = (
        "_before",
        "_edges",
        "_has_update",
        "_known_peers",
        "_peers",
        "branch",
        "client",
        "initialized",
        "name",
        "node",
        "schema",
    )

    _related: Any  # the class of one peer

    def __init__(
        self,
        name: str,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
        client: Any = None,
        node: Any = None,
    ) -> None:
        self.name = name
        self.branch = branch
        self.schema = schema
        self.client = client
        self.node = node
        self.initialized = data is not None
        self._edges: list[Any] = _edges(name, data)
        self._peers: list[Any] | None = None
        self._known_peers: KnownPeers | None = None  # kept while peers are but added: to make it takes long
        self._has_update = 0  # how often peers were changed since they were read or saved
        self._before: list[Any] | None = None  # what the server has, where peers were but added and removed since

    @property
    def peers(self) -> list[Any]:
        """One related node per peer."""
        if not self.initialized:
            self._read()
        if self._peers is None:
            self._peers = [self._wrap(edge) for edge in self._edges]
        return self._peers

    def _read(self, *, quietly: bool = False) -> None:
        """The peers, which were not loaded, are asked for: say so or read them, see `Config.not_loaded`."""
        node = self.node
        if node is not None and node._missing(self.name, quietly=quietly):
            self._edges = node._field_map[self.name].make(node, node._data[self.name])._edges
            self.initialized = True

    def _wrap(self, data: Any) -> Any:
        if isinstance(data, self._related):
            return data
        related = self._related(self.client, self.branch, self.schema, data, self.name)
        related._belong_to(self.node)
        return related

    @property
    def peer_ids(self) -> list[str]:
        """The ids of the peers that have one."""
        return [peer.id for peer in self.peers if peer.id]

    @property
    def peer_hfids(self) -> list[list[Any]]:
        """The human-friendly ids of the peers that have one."""
        return [peer.hfid for peer in self.peers if peer.hfid]

    @property
    def peer_hfids_str(self) -> list[str]:
        """The same as texts, `Kind__a__b`."""
        return [peer.hfid_str for peer in self.peers if peer.hfid_str]

    @property
    def has_update(self) -> bool:
        """Whether peers, or their metadata, were changed since the node was read or saved."""
        if self._has_update and (self._before is None or any(self._difference(self._before))):
            return True
        return any(peer._changes for peer in self._peers or ())

    def _difference(self, before: list[Any]) -> tuple[list[Any], list[Any]]:
        """The peers that were added to some others since, and those that were removed."""
        return _without(self.peers, before), _without(before, self.peers)

    @property
    def _steps(self) -> tuple[list[Any], list[Any]] | None:
        """The peers that were added and those that were removed; None where the list is to be replaced as a whole."""
        before = self._before
        if before is None:
            return None
        added, removed = self._difference(before)
        kept = _without(self.peers, added)
        return None if any(peer._changes for peer in kept) else (added, removed)

    @property
    def is_from_profile(self) -> bool:
        """Whether there are peers and all were set by a profile."""
        return bool(self.peers) and all(peer.is_from_profile for peer in self.peers)

    def add(self, data: Any) -> None:
        """Add a peer, unless it is there already.

        Args:
            data: A node, an id, a human-friendly id as a list, or a dictionary, see `RelatedNodeBase`.

        Raises:
            UninitializedError: The relationship of a node that exists was not loaded.
        """
        self.extend([data])

    def extend(self, data: Iterable[Any]) -> None:
        """Add several peers, see `add`."""
        self._check_loaded("add to")
        known = self._lookup()
        for item in data:
            peer = self._wrap(item)
            if peer not in known:
                self._change()
                self.peers.append(peer)
                known.add(peer)

    def _lookup(self) -> KnownPeers:
        """The peers, to look others up among them."""
        known = self._known_peers
        if known is None or known.peers is not self.peers or len(known) != len(self.peers):
            known = self._known_peers = KnownPeers(self.peers)
        return known

    def remove(self, data: Any) -> None:
        """Remove a peer if it is there, see `add`."""
        self._check_loaded("remove from")
        kept = _without(self.peers, [self._wrap(data)])
        if len(kept) != len(self.peers):
            self._change()
            self._peers = kept

    def _change(self) -> None:
        """Peers are about to be added or removed."""
        node = self.node
        if not self._has_update and node is not None and node._existing and not node._given:
            self._before = list(self.peers)
        self._has_update += 1

    def clear(self) -> None:
        """Remove all peers, also those that were never loaded."""
        self._replace([])

    def _replace(self, data: Any) -> None:
        """Let these be the peers, whatever they were."""
        self._edges, self._peers = _edges(self.name, data), []
        mutations = self._has_update
        self.initialized = True
        self._has_update = 1  # so that it counts as replaced
        self._before = None
        self.extend(self._edges)
        self._has_update = mutations + 1

    def _check_loaded(self, action: str) -> None:
        if not self.initialized:
            self._read(quietly=True)
        if self.initialized:
            return
        if self.node is None or not self.node._existing:
            self.initialized = True  # a new node has no peers that could be lost
            return
        raise UninitializedError(
            f"The relationship {self.name!r} was not loaded, so it is not known what to {action}. "
            f"Call fetch() on it first, or read the node with include=[{self.name!r}]."
        )

    def _input(self) -> list[dict[str, Any]]:
        """How a mutation names the peers."""
        return [said for peer in self.peers if (said := peer._input()) is not None]

    def _mark(self) -> Any:
        """What tells a state from later ones."""
        return self._has_update, [(peer, peer._mark()) for peer in self.peers]

    def _saved(self, mark: Any, said: Any = None) -> None:
        """The server has taken the peers; changes made since the mark are still to be said."""
        changes, peers = mark
        for peer, state in peers:
            peer._saved(state)
        if self._has_update == changes:
            self._has_update, self._before = 0, None
        elif self._before is not None:
            self._before = [peer for peer, _ in peers]

    def _took(self, peers: list[tuple[Any, Any]], *, added: bool) -> None:
        """The server has added some peers, or removed them, whatever its others are.

        Args:
            peers: Each with its state when it was said.
            added: Whether they were added.
        """
        changed = [peer for peer, _ in peers]
        if added:
            for peer, state in peers:
                peer._saved(state)
        if self._before is None:
            return  # the list was replaced since
        self._before = [*self._before, *_without(changed, self._before)] if added else _without(self._before, changed)
        if not any(self._difference(self._before)):
            self._has_update, self._before = 0, None

    def _follow(self, data: list[Any], *, added: bool) -> None:
        """Peers that the server has added, or removed, without having been changed here first."""
        if not self.initialized:
            return
        peers = [self._wrap(item) for item in data]
        for known in (self.peers, self._before):
            if known is not None:
                known[:] = [*known, *_without(peers, known)] if added else _without(known, peers)

    def _moved_to(self, node: Any) -> Any:
        """The same for a copy of the node."""
        twin = type(self).__new__(type(self))
        twin.__setstate__({**self.__getstate__(), "node": node}, node._client)
        moved = {id(peer): peer._moved_to(node) for peer in [*(self._peers or ()), *(self._before or ())]}
        if self._peers is not None:
            twin._peers = [moved[id(peer)] for peer in self._peers]
        if self._before is not None:
            twin._before = [moved[id(peer)] for peer in self._before]
        return twin

    def _answered(self, answer: Any) -> None:
        """Take the server's word for which nodes the peers are."""
        edges = (answer or {}).get("edges") or []
        peers = {peer._peer.id: peer for peer in self.peers if peer._peer is not None}
        self._edges = edges
        self._peers = [peers.get(edge["node"]["id"]) or self._wrap(edge) for edge in edges]

    def _known(self) -> Any:
        """What the server is known to hold; None where that is what the node was read with."""
        return None if self._has_update or not self.initialized else list(self.peers)

    def __getstate__(self) -> dict[str, Any]:
        passing = {"client", "_known_peers"}
        return {name: getattr(self, name) for name in RelationshipManagerBase.__slots__ if name not in passing}

    def __setstate__(self, state: dict[str, Any], client: Any = None) -> None:
        for name, value in {**state, "client": client, "_known_peers": None}.items():
            setattr(self, name, value)

    def __getitem__(self, item: int) -> Any:
        return self.peers[item]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.peers)

    def __len__(self) -> int:
        return len(self.peers)

    def __bool__(self) -> bool:
        if not self.initialized:
            self._read(quietly=True)
        return not self.initialized or bool(self.peers)

    def __contains__(self, item: Any) -> bool:
        return self._wrap(item) in self._lookup()

    def __repr__(self) -> str:
        if not self.initialized:
            return f"<{type(self).__name__} {self.name}: not loaded>"
        state = " (set)" if self.has_update else ""
        return f"<{type(self).__name__} {self.name}: {len(self.peers)} peers{state}>"


def _without(peers: list[Any], others: list[Any]) -> list[Any]:
    """The peers that are not among others."""
    known = KnownPeers(others)
    return [peer for peer in peers if peer not in known]


def _edges(name: str, data: Any) -> list[Any]:
    if data is None:
        return []
    if isinstance(data, dict) and "edges" in data:
        data = data["edges"]
    if isinstance(data, RelationshipManagerBase):
        data._check_loaded("take over")
        data = data.peers
    if isinstance(data, (str, dict)) or not hasattr(data, "__iter__"):
        raise ValidationError(
            name, f"a relationship of cardinality many takes a list of peers, not a {type(data).__name__}."
        )
    return list(data)
