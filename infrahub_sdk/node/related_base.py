"""The other end of a relationship, as it is known here: by id, by human-friendly id, or as a whole node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import UninitializedError, ValidationError
from infrahub_sdk.node.attribute import PoolRequest
from infrahub_sdk.node.constants import HFID_STR_SEPARATOR, PROFILE_KIND_PREFIX, PROMISED
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

    The fields of a peer whose data is at hand can be reached without `peer`: `device.location.shortname` is
    `device.location.peer.shortname`. Where a field has the name of something that a related node has itself, such as
    `kind`, it takes the `peer`; and so does setting one.

    Args:
        branch: The branch it is on.
        schema: The relationship's definition.
        data: None for no peer; an id; a human-friendly id as a list; a node; the server's edge; or a dictionary with
            `id`, `hfid`, `kind` and metadata as `_relation__is_protected`, `_relation__source`, `_relation__owner`.
        name: The relationship's name.
    """

    __slots__ = (
        "_at",
        "_branch",
        "_changes",
        "_client",
        "_edge",
        "_from_pool",
        "_hfid",
        "_id",
        "_kind",
        "_name",
        "_node",
        "_peer",
        "_peer_has_been_mutated",
        "_unread_of",
        "schema",
    )

    _at: str | None  # the moment that its node was read from, if it is not the present
    _branch: str
    _client: Any
    schema: RelationshipSchemaAPI
    _name: str | None  # the relationship's
    _changes: dict[str, Any] | None  # metadata that was set
    _edge: dict[str, Any]  # as the server sent it
    _node: dict[str, Any]  # the peer's data, whole or a reference
    _id: str | None
    _hfid: list[Any] | None
    _kind: str | None
    _peer: Any  # the peer as a node
    _from_pool: PoolRequest | None
    _peer_has_been_mutated: bool
    _unread_of: Any  # the node whose relationship was not read, so that nothing is known about its peer

    def __init__(
        self,
        branch: str,
        schema: RelationshipSchemaAPI,
        data: Any = None,
        name: str | None = None,
        client: BaseClient | None = None,
    ) -> None:
        _set_at(self, None)
        _set_branch(self, branch)
        _set_client(self, client)
        _set_schema(self, schema)
        _set_name(self, name)
        _set_changes(self, None)
        _set_edge(self, {})
        _set_node(self, {})
        _set_id(self, None)
        _set_hfid(self, None)
        _set_kind(self, None)
        _set_peer(self, None)
        _set_from_pool(self, None)
        _set_mutated(self, False)
        _set_unread_of(self, None)
        if data is not None:
            self._take(data)

    def _belong_to(self, node: Any) -> None:
        """Look for the peer at the moment that the node was read from."""
        if node is not None and node._extra is not None:
            _set_at(self, node._get_extra("_at"))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if self._unread_of is not None:
            self._touch()
        peer = self._peer_or_load()
        if peer is not None:
            if name in peer._field_map:
                return peer[name]
            raise AttributeError(peer._no_field(name))
        if not self.initialized and self._peer is None:
            raise AttributeError(f"There is no {name!r} here. {self._why_no_peer()}")
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}, and the peer of {self._label!r} is not at hand "
            f"to be asked for it. Call fetch() first, or read the node with include=[{self._label!r}]."
        )

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            object.__setattr__(self, name, value)
        except AttributeError:
            if name != "name" and hasattr(type(self), name):
                raise
            raise AttributeError(
                f"A related node has no {name!r} to be set. To change the peer of {self._label!r}, use "
                f".peer.{name}, and save the peer."
            ) from None

    @property
    def name(self) -> Any:
        """The peer's field `name` where its data is at hand and it has one, otherwise the relationship's name."""
        peer = self._at_hand()
        return peer["name"] if peer is not None and "name" in peer._field_map else self._name

    @property
    def _label(self) -> str:
        """What errors call the relationship."""
        return self._name or self.schema.name

    def _take(self, data: Any) -> None:
        if isinstance(data, dict):
            self._take_dict(data)
        elif isinstance(data, str):
            _set_id(self, data)
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
            node: Any = data["node"] or {}
            self._edge = data
            if type(node) is dict:
                self._node = node
            else:  # it was read along
                self._node, self._peer = node._data, node
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
                f"The relationship {data._label!r} of {data._unread_of!r} was not read, so it is not known which peer "
                "to take over. Call fetch() on it first."
            )
        self._edge, self._node, self._peer = data._edge, data._node, data._peer
        self._id, self._hfid, self._kind, self._from_pool = data._id, data._hfid, data._kind, data._from_pool

    def _take_node(self, node: Any) -> None:
        """Hold a node; a pool stands for what it will allocate, except where pools themselves are the peers."""
        if node.is_resource_pool() and self.schema.peer not in node.get_all_kinds():
            self._from_pool = PoolRequest(id=node.id)
        self._peer = node

    def _touch(self) -> None:
        """The peer is asked for: where it was not read, say so or read it, see `Config.not_loaded`."""
        node, name = self._unread_of, self.schema.name
        if node is not None and node._missing(name):
            self._unread_of = None
            self._take_related(node._field_map[name].make(node, node._data[name]))

    @property
    def id(self) -> str | None:
        """The peer's id."""
        if self._unread_of is not None:
            self._touch()
        return self._known_id()

    def _known_id(self) -> str | None:
        if self._peer is not None and self._from_pool is None:
            return self._peer.id or self._id
        return self._id or self._node.get("id")

    @property
    def hfid(self) -> list[Any] | None:
        """The peer's human-friendly id."""
        if self._unread_of is not None:
            self._touch()
        return self._known_hfid()

    def _known_hfid(self) -> list[Any] | None:
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
        if self._unread_of is not None:
            self._touch()
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
        """Whether a peer is known here."""
        return bool(self._known_id()) or bool(self._known_hfid())

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
        """A related node is one of its node's fields since it was touched; there must be a peer to say metadata of."""
        if self._unread_of is not None:
            self._touch()
        if self._peer is None and self._from_pool is None and not self.initialized:
            self._changes = None
            if self._unread_of is not None:
                raise UninitializedError(
                    f"The relationship {self._label!r} of {self._unread_of!r} was not read, so it is not known whose "
                    "metadata to set. Call fetch() on it first, or name the peer again."
                )
            raise ValidationError(self._label, "there is no peer whose metadata could be set; set the peer first.")

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
        if self._unread_of is not None:
            self._touch()
        peer = self._peer_or_load()
        if peer is not None:
            return peer
        what = self._known_id() or self._known_hfid()
        if not what:
            raise ValueError(self._why_no_peer())
        raise ValueError(
            f"The peer {what!r} of the relationship {self._label!r} is known by its id only. "
            f"Call fetch() first, or read the node with include=[{self._label!r}]."
        )

    def _why_no_peer(self) -> str:
        node = self._unread_of
        if node is not None:
            said: str = node._not_loaded(self.schema.name, can_wait=False)
            return said
        return f"The relationship {self._label!r} has no peer."

    def _at_hand(self) -> Any:
        """The peer, if there is a node with its data."""
        if self._peer is None:
            self._peer = self._find_peer()
        return self._peer

    def _peer_or_load(self) -> Any:
        """The same; a peer that is known by its id only is read if that is what the user has set."""
        peer = self._at_hand()
        client: Any = self._client
        if peer is None and client is not None and client.config.not_loaded == "load" and client._is_sync:
            from infrahub_sdk.core.relating import fetch_peer

            if self.initialized:
                client._run(fetch_peer(self))
        return self._peer

    def _find_peer(self) -> Any:
        has_data = "__typename" in self._node and not REFERENCE_KEYS.issuperset(self._node)
        stored = self._from_store()
        if not has_data or (stored is not None and stored._data is self._node):
            return stored
        if self._client is None:
            return None
        from infrahub_sdk.core.loading import strip_aliases
        from infrahub_sdk.node.base import load_node

        cls = self._client.schema._node_class(self._node["__typename"], self._branch)
        return load_node(cls, self._client, self._branch, {**self._edge, "node": strip_aliases(self._node)})

    def _from_store(self) -> Any:
        if self._client is None:
            return None
        store = self._client.store
        identifier, hfid, kind = self._known_id(), self._known_hfid(), self.typename or self._kind
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
        return found if found is None or found._get_extra("_at") == self._at else None

    def _input(self) -> dict[str, Any] | None:
        """How a mutation names the peer; None for no peer."""
        said: dict[str, Any]
        if self._from_pool is not None:
            said = {"from_pool": self._from_pool}
        elif identifier := self._known_id():
            said = {"id": identifier}
        elif promised := self._peer is not None and self._peer._get_extra(PROMISED):
            said = {"id": promised}
        elif hfid := self._known_hfid():
            said = {"hfid": [str(part) for part in hfid]}
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
        return {**said, **metadata_input(self._changes, "_relation__")} if self._changes else said

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
        if twin._unread_of is not None:
            twin._unread_of = node
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

    def _names(self) -> set[Any]:
        """All that this peer may be called by; a text may be an id, or what a default filter finds."""
        if self._from_pool is not None:
            return {id(self._from_pool)}  # each request brings another peer
        hfid = self._known_hfid()
        found: set[Any] = {self._known_id(), tuple(str(part) for part in hfid) if hfid else None}
        if hfid and len(hfid) == 1:
            found.add(str(hfid[0]))
        return (found - {None}) or {id(self._peer)}

    def __repr__(self) -> str:
        node = self._node if self._peer is None else self._peer._data
        hfid = self._known_hfid() or ()
        what = node.get("display_label") or self._known_id() or HFID_STR_SEPARATOR.join(str(part) for part in hfid)
        if self._from_pool is not None:
            what = "from a pool"
        if self._unread_of is not None and not what:
            what = "not loaded"
        state = " (set)" if self._peer_has_been_mutated else ""
        return f"<{type(self).__name__} {self._label}: {what or 'null'}{state}>"


# The class sets its own slots past __setattr__, which is there for the user's spelling.
_set_at = RelatedNodeBase.__dict__["_at"].__set__
_set_branch = RelatedNodeBase.__dict__["_branch"].__set__
_set_client = RelatedNodeBase.__dict__["_client"].__set__
_set_schema = RelatedNodeBase.__dict__["schema"].__set__
_set_name = RelatedNodeBase.__dict__["_name"].__set__
_set_changes = RelatedNodeBase.__dict__["_changes"].__set__
_set_edge = RelatedNodeBase.__dict__["_edge"].__set__
_set_node = RelatedNodeBase.__dict__["_node"].__set__
_set_id = RelatedNodeBase.__dict__["_id"].__set__
_set_hfid = RelatedNodeBase.__dict__["_hfid"].__set__
_set_kind = RelatedNodeBase.__dict__["_kind"].__set__
_set_peer = RelatedNodeBase.__dict__["_peer"].__set__
_set_from_pool = RelatedNodeBase.__dict__["_from_pool"].__set__
_set_mutated = RelatedNodeBase.__dict__["_peer_has_been_mutated"].__set__
_set_unread_of = RelatedNodeBase.__dict__["_unread_of"].__set__
