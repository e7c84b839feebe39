"""The other end of a relationship, as it is known here: by id, by human-friendly id, or as a whole node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import UninitializedError, ValidationError
from infrahub_sdk.node.attribute import PoolRequest
from infrahub_sdk.node.constants import HFID_STR_SEPARATOR, PROFILE_KIND_PREFIX
from infrahub_sdk.node.metadata import RelationshipMetadata
from infrahub_sdk.node.property import MetadataField, as_id, metadata_input

if TYPE_CHECKING:
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.schema.main import RelationshipSchemaAPI

__all__ = ["RelatedNodeBase"]

_PROFILE_KIND = re.compile(rf"{PROFILE_KIND_PREFIX}[A-Z]")
# A peer of which nothing but these was selected is a reference, not a node with data.
REFERENCE_KEYS = frozenset({"id", "hfid", "display_label", "__typename"})
_RELATION_PREFIX = "_relation__"


class RelatedNodeBase:
    """The peer of a relationship.

    Args:
        branch: The branch it is on.
        schema: The relationship's definition.
        data: None for no peer; an id; a human-friendly id as a list; a node; the server's edge; or a dictionary with
            `id`, `hfid`, `kind` and metadata as `_relation__is_protected`, `_relation__source`, `_relation__owner`.
        name: The relationship's name.
    """

    __slots__ = (
        "_branch",
        "_changes",
        "_client",
        "_edge",
        "_from_pool",
        "_hfid",
        "_id",
        "_kind",
        "_node",
        "_peer",
        "_peer_has_been_mutated",
        "_unread_of",
        "name",
        "schema",
    )

    _unread_of: Any  # the node whose relationship was not read, so that nothing is known about its peer

    def __init__(
        self,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
        name: str | None = None,
        client: BaseClient | None = None,
    ) -> None:
        self._branch = branch
        self._client: Any = client
        self.schema = schema
        self.name = name
        self._changes: dict[str, Any] | None = None
        self._edge: dict[str, Any] = {}
        self._node: dict[str, Any] = {}
        self._id: str | None = None
        self._hfid: list[Any] | None = None
        self._kind: str | None = None
        self._peer: Any = None
        self._from_pool: PoolRequest | None = None
        self._peer_has_been_mutated = False
        self._unread_of = None
        if data is not None:
            self._take(data)

    @property
    def _label(self) -> str:
        """What errors call the relationship."""
        return self.name or self.schema.name

    def _take(self, data: Any) -> None:
        if isinstance(data, dict):
            self._take_dict(data)
        elif isinstance(data, str):
            self._id = data
        elif isinstance(data, (list, tuple)):
            self._hfid = list(data)
        elif isinstance(data, RelatedNodeBase):
            self._take_related(data)
        elif hasattr(data, "get_human_friendly_id"):
            self._take_node(data)
        else:
            what = f"a value of type {type(data).__name__} is not a peer"
            raise ValidationError(self._label, f"{what}; give a node, an id, or a human-friendly id as a list.")

    def _take_dict(self, data: dict[str, Any]) -> None:
        if "node" in data:
            self._edge = data
            self._node = data["node"] or {}
            return
        pool = PoolRequest.of(data)
        if pool is not None:
            self._from_pool = pool
            return
        if not data.get("id") and not data.get("hfid"):
            raise ValidationError(
                self._label,
                f"{sorted(data)} name no peer; give a dictionary with 'id', 'hfid', or 'from_pool'.",
            )
        self._node = data
        self._id, self._hfid = data.get("id"), data.get("hfid")
        kind = data.get("kind")
        self._kind = kind if isinstance(kind, str) else None  # not the attribute `kind` that a whole node may have
        metadata = {k[len(_RELATION_PREFIX) :]: v for k, v in data.items() if k.startswith(_RELATION_PREFIX)}
        if metadata:
            self._changes = metadata

    def _take_related(self, data: RelatedNodeBase) -> None:
        if data._unread_of is not None:
            raise UninitializedError(
                f"The relationship {data.name!r} of {data._unread_of!r} was not read, so it is not known which peer to "
                "take over. Call fetch() on it first."
            )
        self._edge, self._node, self._peer = data._edge, data._node, data._peer
        self._id, self._hfid, self._kind, self._from_pool = data._id, data._hfid, data._kind, data._from_pool

    def _take_node(self, node: Any) -> None:
        """Hold a node; a pool stands for what it will allocate, except where pools themselves are the peers."""
        if node.is_resource_pool() and self.schema.peer not in node.get_all_kinds():
            self._from_pool = PoolRequest(id=node.id)
        self._peer = node

    @property
    def id(self) -> str | None:
        """The peer's id."""
        if self._peer is not None and self._from_pool is None:
            return self._peer.id or self._id
        return self._id or self._node.get("id")

    @property
    def hfid(self) -> list[Any] | None:
        """The peer's human-friendly id."""
        if self._peer is not None and self._from_pool is None:
            hfid: list[Any] | None = self._peer.hfid
            return hfid
        return self._hfid or self._node.get("hfid") or None

    @property
    def hfid_str(self) -> str | None:
        """`Kind__a__b`, when the peer is known as a node."""
        return self._peer.hfid_str if self._peer is not None and self._from_pool is None else None

    @property
    def display_label(self) -> str | None:
        """The label that the server shows for the peer."""
        return self._peer.display_label if self._peer is not None else self._node.get("display_label")

    @property
    def typename(self) -> str | None:
        """The peer's kind."""
        name: str | None = self._node.get("__typename") if self._peer is None else self._peer.typename
        return name[len("Related") :] if name and name.startswith("Related") else name

    @property
    def kind(self) -> str | None:
        """The peer's kind, as far as it is known."""
        return self._peer.get_kind() if self._peer is not None else self._kind or self.typename

    @property
    def initialized(self) -> bool:
        """Whether there is a peer."""
        return bool(self.id) or bool(self.hfid)

    @property
    def is_resource_pool(self) -> bool:
        """Whether a resource pool stands here, so that the server will choose the peer."""
        return self._from_pool is not None or bool(self._peer is not None and self._peer.is_resource_pool())

    @property
    def is_from_profile(self) -> bool:
        """Whether a profile set the peer."""
        source = (self._edge.get("properties") or {}).get("source")
        return bool(isinstance(source, dict) and _PROFILE_KIND.match(source.get("__typename") or ""))

    updated_at: MetadataField[str] = MetadataField()
    is_protected: MetadataField[bool] = MetadataField()
    source: MetadataField[str] = MetadataField(as_id)
    owner: MetadataField[str] = MetadataField(as_id)

    def _live(self) -> RelatedNodeBase:
        return self

    def _keep(self) -> None:
        """A related node is one of its node's fields since it was touched."""

    def _loaded_metadata(self) -> dict[str, Any]:
        return self._edge.get("properties") or {}

    def get_relationship_metadata(self) -> RelationshipMetadata | None:
        """When the relationship was changed last and by whom, where `include_metadata` asked for it."""
        data = self._edge.get("relationship_metadata")
        return RelationshipMetadata(data) if data else None

    @property
    def peer(self) -> Any:
        """The peer as a node, see `get()`."""
        return self.get()

    def get(self) -> Any:
        """The peer as a node.

        It is the node that was assigned, fetched or selected here, or one that the client's store holds.

        Raises:
            ValueError: No node with its data is at hand.
        """
        if self._peer is None:
            self._peer = self._find_peer()
        return self._peer

    def _find_peer(self) -> Any:
        node = self._node if not REFERENCE_KEYS.issuperset(self._node) and "__typename" in self._node else None
        stored = self._from_store()
        if node is None or (stored is not None and stored._data is node):
            if stored is not None:
                return stored
            what = self.id or self.hfid
            if not what:
                raise ValueError(f"The relationship {self._label!r} has no peer.")
            raise ValueError(
                f"The peer {what!r} of the relationship {self._label!r} is known by its id only. "
                f"Call fetch() first, or read the node with include=[{self._label!r}]."
            )
        from infrahub_sdk.node.base import load_node

        cls = self._client.schema._node_class(self._node["__typename"], self._branch)
        return load_node(cls, self._client, self._branch, {**self._edge, "node": self._node})

    def _from_store(self) -> Any:
        if self._client is None:
            return None
        store = self._client.store
        identifier, hfid, kind = self.id, self.hfid, self.typename or self._kind
        found = None
        if identifier:
            found = store.get(key=identifier, kind=kind, branch=self._branch, raise_when_missing=False)
        if found is None and hfid:
            found = store.get(
                key=[str(part) for part in hfid],
                kind=kind or self.schema.peer,
                branch=self._branch,
                raise_when_missing=False,
            )
        return found

    def _input(self) -> dict[str, Any] | None:
        """How a mutation names the peer; None for no peer."""
        said: dict[str, Any]
        if self._from_pool is not None:
            said = {"from_pool": self._from_pool}
        elif self.id:
            said = {"id": self.id}
        elif self.hfid:
            said = {"hfid": [str(part) for part in self.hfid]}
            kind = self._kind or (self._peer.get_kind() if self._peer is not None else None)
            if kind:
                said["kind"] = kind
        elif self._peer is not None:
            raise ValidationError(
                self._label,
                f"the peer {self._peer!r} has neither an id nor a human-friendly id yet; save it first.",
            )
        else:
            return None
        return {**said, **metadata_input(self._changes or {}, "_relation__")}

    def _mark(self) -> Any:
        """What tells a state from later ones."""
        return self._changes

    def _saved(self, mark: Any, said: Any = None) -> None:
        """The server has taken the peer; metadata set since the mark is still to be said."""
        if mark is not None:
            self._edge = {**self._edge, "properties": {**self._loaded_metadata(), **mark}}
        if self._changes is mark:
            self._changes = None
        self._peer_has_been_mutated = False

    def _moved_to(self, node: Any) -> Any:
        """The same for a copy of the node."""
        twin = type(self).__new__(type(self))
        twin.__setstate__(self.__getstate__(), node._client)
        return twin

    def _answered(self, answer: Any) -> None:
        """Take the server's word for which node the peer is."""
        node = (answer or {}).get("node")
        if node:
            self._edge, self._node = {**self._edge, "node": node}, node
            self._id = self._hfid = self._from_pool = None
            if self._peer is not None and self._peer.id != node["id"]:
                self._peer = None

    def _known(self) -> Any:
        """What the server is known to hold; None where that is what the node was read with."""
        return None if self._peer_has_been_mutated or self._unread_of is not None else self

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in RelatedNodeBase.__slots__ if name != "_client"}

    def __setstate__(self, state: dict[str, Any], client: Any = None) -> None:
        for name, value in {**state, "_client": client}.items():
            setattr(self, name, value)

    def _identities(self) -> set[Any]:
        """All that tells this peer from others in a list. A text may be an id, or what a default filter finds."""
        hfid = self.hfid
        found: set[Any] = {self.id, tuple(str(part) for part in hfid) if hfid else None}
        if hfid and len(hfid) == 1:
            found.add(str(hfid[0]))
        return (found - {None}) or {id(self._peer)}

    def __repr__(self) -> str:
        what = (
            self.display_label
            or self.id
            or (HFID_STR_SEPARATOR.join(str(part) for part in self.hfid) if self.hfid else None)
        )
        if self._from_pool is not None:
            what = "from a pool"
        if self._unread_of is not None and not what:
            what = "not loaded"
        state = " (set)" if self._peer_has_been_mutated else ""
        return f"<{type(self).__name__} {self._label}: {what or 'null'}{state}>"
