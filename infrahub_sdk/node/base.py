"""What both node classes are: the server's data, the fields that were touched, and a place in a schema."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from infrahub_sdk.exceptions import UninitializedError, ValidationError, nearest
from infrahub_sdk.node.constants import HFID_STR_SEPARATOR, PROMISED
from infrahub_sdk.node.fields import AttributeField, Field, ManyField, OneField
from infrahub_sdk.node.metadata import NodeMetadata

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.schema import MainSchemaTypesAPI

__all__ = ["InfrahubNodeBase", "load_node"]

IP_PREFIX_KIND, IP_ADDRESS_KIND = "BuiltinIPPrefix", "BuiltinIPAddress"
RESOURCE_POOL_KIND, FILE_OBJECT_KIND = "CoreResourcePool", "CoreFileObject"


class InfrahubNodeBase:
    """A node of Infrahub. Each kind has a class of its own, made from the schema.

    Attributes:
        id: The server's id; None until the node is saved.
    """

    __slots__ = (
        "__weakref__",
        "_bare",
        "_branch",
        "_client",
        "_data",
        "_existing",
        "_extra",
        "_fields",
        "_given",
        "_metadata",
        "_older",
        "_partial",
        "id",
    )

    # Of the class made for a kind.
    _schema: ClassVar[MainSchemaTypesAPI]
    _attributes: ClassVar[list[str]] = []
    _relationships: ClassVar[list[str]] = []
    _field_map: ClassVar[dict[str, Field]] = {}
    _kinds: ClassVar[list[str]] = []
    _schema_hash: ClassVar[str] = ""
    _ancestry: ClassVar[set[str]] = set()  # the relationships that a hierarchy adds
    # Of the class for a client.
    _is_sync: ClassVar[bool]
    _related_class: ClassVar[Any]
    _manager_class: ClassVar[Any]
    _run: ClassVar[Any]

    _client: Any
    _branch: str
    _data: dict[str, Any]
    _bare: bool  # whether values and peers stand in the data without what the server wraps each in, see `Bare`
    _fields: dict[str, Any] | None
    _given: bool  # whether the data is what a user wants the node to hold, and the server was not told yet
    _older: dict[str, Any] | None  # fields that an earlier read of the same node brought and this one did not
    _partial: bool  # whether it was read with `only`, so that what is missing is not to be taken for empty
    _existing: bool
    _extra: dict[str, Any] | None
    _metadata: dict[str, Any] | None
    id: str | None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """An instance of the kind's own class, also where the general class is called."""
        if "_schema" not in cls.__dict__:
            from infrahub_sdk.schema.builder import class_of_schema

            cls = class_of_schema(cls, *args, **kwargs)  # noqa: PLW0642
        return object.__new__(cls)

    def __init__(
        self,
        client: Any,
        schema: MainSchemaTypesAPI | None = None,
        branch: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        edge = data or {}
        node = edge["node"] if isinstance(edge.get("node"), dict) else edge
        _fill(
            self,
            client,
            branch or client.default_branch,
            node,
            edge.get("node_metadata"),
            existing=bool(node.get("id")),
            given="__typename" not in node,
        )

    # What the node is

    @property
    def display_label(self) -> str | None:
        """The label that the server shows for the node."""
        if not self._has("display_label"):
            self._missing("display_label")
        label: str | None = self._data.get("display_label") or self._from_older("display_label")
        return label

    @property
    def typename(self) -> str:
        """The node's kind."""
        name: str = self._data.get("__typename") or self._schema.kind
        return name

    def get_branch(self) -> str:
        """The branch that the node is on."""
        return self._branch

    def get_kind(self) -> str:
        """The node's kind."""
        return self._schema.kind

    def get_all_kinds(self) -> list[str]:
        """The node's kind, then the kinds that it inherits from."""
        return list(self._kinds)

    def is_ip_prefix(self) -> bool:
        """Whether the node is an IP prefix."""
        return IP_PREFIX_KIND in self._kinds

    def is_ip_address(self) -> bool:
        """Whether the node is an IP address."""
        return IP_ADDRESS_KIND in self._kinds

    def is_resource_pool(self) -> bool:
        """Whether the node is a resource pool."""
        return RESOURCE_POOL_KIND in self._kinds

    def is_file_object(self) -> bool:
        """Whether the node stands for a file."""
        return FILE_OBJECT_KIND in self._kinds

    def get_raw_graphql_data(self) -> dict[str, Any] | None:
        """The data that the node was made from, as the server sent it."""
        return {name: _raw(self._wrapped(name)) for name in self._data} or None

    def _wrapped(self, name: str) -> Any:
        """What the server sent for a field, but that peers that were read along are nodes."""
        data, field = self._data[name], self._field_map.get(name)
        if not self._bare or field is None:
            return data
        if isinstance(field, AttributeField):
            return {"value": data}
        return {"node": data} if isinstance(field, OneField) else {"edges": [{"node": peer} for peer in data]}

    def get_node_metadata(self) -> NodeMetadata | None:
        """When the node was made and changed, and by whom, where `include_metadata` asked for it."""
        return NodeMetadata(self._metadata) if self._metadata else None

    @property
    def _internal_id(self) -> str:
        """A name for the node that it has before it is saved, too."""
        found = self._get_extra("_internal_id")
        if found is None:
            from infrahub_sdk.utils import generate_short_id

            found = generate_short_id()
            self._set_extra("_internal_id", found)
        name: str = found
        return name

    # Human-friendly ids

    def get_path_value(self, path: str) -> Any:
        """The value at the end of a path such as `location__shortname__value`; None where a step is missing.

        Args:
            path: Steps joined by two underscores: an attribute and its property, or a relationship followed by the
                same for the peer.
        """
        name, _, rest = path.partition("__")
        field = self[name]
        if isinstance(self._field_map[name], AttributeField):
            return getattr(field, rest or "value") if field._is_loaded else None
        peer = self._peer_or_none(field)
        if peer is None or not rest:
            return field._known_id() if rest in {"", "id"} else None
        return peer.get_path_value(rest)

    @staticmethod
    def _peer_or_none(related: Any) -> Any:
        return related._at_hand() if related.initialized else None

    def get_human_friendly_id(self) -> list[str] | None:
        """The components of the human-friendly id; None when the kind has none, or one is not known here."""
        paths = getattr(self._schema, "human_friendly_id", None)
        if not paths:
            return None
        values = [self.get_path_value(path) for path in paths]
        if any(value is None for value in values):
            known = self._data.get("hfid") or self._from_older("hfid")
            return [str(part) for part in known] if known else None
        return [str(value) for value in values]

    def get_human_friendly_id_as_string(self, include_kind: bool = False) -> str | None:
        """The human-friendly id as text.

        Args:
            include_kind: Whether the kind comes first.
        """
        hfid = self.get_human_friendly_id()
        if hfid is None:
            return None
        return HFID_STR_SEPARATOR.join([self.get_kind(), *hfid] if include_kind else hfid)

    @property
    def hfid(self) -> list[str] | None:
        """The components of the human-friendly id."""
        return self.get_human_friendly_id()

    @property
    def hfid_str(self) -> str | None:
        """The human-friendly id as `Kind__a__b`."""
        return self.get_human_friendly_id_as_string(include_kind=True)

    # Fields

    def __getitem__(self, name: str) -> Any:
        """A field by its name, also where the name is that of a method.

        Raises:
            KeyError: The kind has no such field.
        """
        field = self._field_map.get(name)
        if field is None:
            raise KeyError(self._no_field(name))
        return field.__get__(self)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a field by its name, see `__getitem__`."""
        field: Any = self._field_map.get(name)
        if field is None:
            raise KeyError(self._no_field(name))
        field.__set__(self, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            hidden = name.startswith("__") or name in InfrahubNodeBase.__slots__  # the latter while it is being made
            found = None if hidden else self._get_extra(name)
            if found is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return found
        raise AttributeError(self._no_field(name))

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            object.__setattr__(self, name, value)
        except AttributeError:
            if hasattr(type(self), name):
                raise
            if not name.startswith("_"):
                # In a plain object a misspelt name would be accepted, and what was meant for the server would be lost.
                raise AttributeError(self._no_field(name)) from None
            self._set_extra(name, value)

    def _no_field(self, name: str) -> str:
        return f"{self.get_kind()} has no attribute or relationship {name!r}.{nearest(name, self._field_map)}"

    def _open_fields(self) -> dict[str, Any]:
        """The objects of the fields that were touched."""
        fields = self._fields
        if fields is None:
            fields = {}
            _set_fields(self, fields)
        return fields

    def _get_extra(self, name: str) -> Any:
        return self._extra.get(name) if self._extra else None

    def _set_extra(self, name: str, value: Any) -> None:
        _set_extra(self, {**(self._extra or {}), name: value})

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self._field_map})

    # What was not read

    def _has(self, name: str) -> bool:
        """Whether it is known what the server holds for a field, from this read or an earlier one."""
        return name in self._data or (self._older is not None and name in self._older)

    def _missing(self, name: str, *, quietly: bool = False) -> bool:
        """What touching a field does that was not read: nothing, an error, or reading it; see `Config.not_loaded`.

        Args:
            name: The field.
            quietly: Read it if it is to be read, but do not complain.

        Returns:
            Whether it was read just now.

        Raises:
            UninitializedError: It is to be said.
        """
        if not self._existing or self._given:
            return False
        choice = self._client.config.not_loaded if self._client is not None else None
        if choice is None and not self._partial:
            return False
        if choice == "load" and self._is_sync and self.id:
            from infrahub_sdk.core.relating import read_missing

            self._run(read_missing(self, name))
            return True
        if quietly:
            return False
        raise UninitializedError(self._not_loaded(name, can_wait=choice == "load"))

    def _not_loaded(self, name: str, *, can_wait: bool) -> str:
        field = self._field_map.get(name)
        what = "attribute" if field is None or isinstance(field, AttributeField) else "relationship"
        message = (
            f"The {what} {name!r} of {self.get_kind()} {self._data.get('display_label') or self.id} was not loaded."
        )
        if not can_wait:
            return f"{message} Name it in what is read (only=[{name!r}, ...]), or set Config.not_loaded to 'load'."
        call = f"get_flat_value({name!r})" if what == "attribute" else f"{name}.fetch()"
        return f"{message} The asynchronous client cannot read it when it is touched: `await node.{call}` first."

    def _inherit(self, older: InfrahubNodeBase) -> None:
        """Remember the fields that an older copy of the same node knows and this one does not, for reading only."""
        if older._older is None and older._data.keys() <= self._data.keys():
            return  # the usual case: the same read once more
        if older._schema is not self._schema or older._given or older._get_extra("_at") != self._get_extra("_at"):
            return
        mine, known_by_name = self._data, {"display_label", "hfid", *self._field_map}
        known = {
            **{name: value for name, value in (older._older or {}).items() if name not in mine},
            **{name: older._known(name) for name in older._data if name not in mine and name in known_by_name},
        }
        if known:
            _set_older(self, known)

    def _known(self, name: str) -> Any:
        """What the server is known to hold for a field."""
        field = (self._fields or {}).get(name)
        known = field._known() if field is not None else None
        return self._wrapped(name) if known is None else known

    def _from_older(self, name: str) -> Any:
        return self._older.get(name) if self._older is not None else None

    # Identity

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InfrahubNodeBase):
            return NotImplemented
        return self is other or (self.id is not None and self.id == other.id)

    def __repr__(self) -> str:
        label: str | None = self._data.get("display_label")
        state = "[NEW]" if not self._existing else "[DELETED]" if self._get_extra("_deleted") else ""
        return f"{label if label and self._existing else f'{self.get_kind()} ({self.id})'}{state}"

    def __copy__(self) -> Any:
        twin = object.__new__(type(self))
        twin.__setstate__(self._state(), self._client)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__setstate__(deepcopy(self._state(), memo), self._client)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        from infrahub_sdk.schema.builder import restore_node

        cls = type(self)
        return restore_node, (self._is_sync, self._schema, cls._schema_hash, _kinds_above(cls)), self._state()

    def _state(self) -> dict[str, Any]:
        state = {
            name: getattr(self, name) for name in InfrahubNodeBase.__slots__ if name not in {"__weakref__", "_client"}
        }
        if self._get_extra(PROMISED):  # a copy becomes a node of its own
            state["_extra"] = {**state["_extra"], PROMISED: None}
        return state

    def __setstate__(self, state: dict[str, Any], client: Any = None) -> None:
        _set_client(self, client)
        for name, value in state.items():
            InfrahubNodeBase.__dict__[name].__set__(self, value)
        _set_fields(self, {name: field._moved_to(self) for name, field in (self._fields or {}).items()})

    # Saving

    def _generate_input_data(
        self, exclude_unmodified: bool = False, exclude_hfid: bool = False, request_context: Any = None
    ) -> dict[str, Any]:
        """What a mutation says of this node: `{"data": {"data": {...}}, "variables": {}, "mutation_variables": {}}`."""
        from infrahub_sdk.core.saving import input_data

        return input_data(
            self, changes_only=exclude_unmodified, with_hfid=not exclude_hfid, request_context=request_context
        )


def _kinds_above(cls: type) -> list[Any]:
    return [base.__dict__["_schema"] for base in cls.__bases__ if "_schema" in base.__dict__]


# The class sets its own slots past __setattr__, which is there for the user's spelling.
_set_client = InfrahubNodeBase.__dict__["_client"].__set__
_set_bare = InfrahubNodeBase.__dict__["_bare"].__set__
_set_branch = InfrahubNodeBase.__dict__["_branch"].__set__
_set_data = InfrahubNodeBase.__dict__["_data"].__set__
_set_existing = InfrahubNodeBase.__dict__["_existing"].__set__
_set_given = InfrahubNodeBase.__dict__["_given"].__set__
_set_partial = InfrahubNodeBase.__dict__["_partial"].__set__
_set_older = InfrahubNodeBase.__dict__["_older"].__set__
_set_extra = InfrahubNodeBase.__dict__["_extra"].__set__
_set_fields = InfrahubNodeBase.__dict__["_fields"].__set__
_set_metadata = InfrahubNodeBase.__dict__["_metadata"].__set__
_set_id = InfrahubNodeBase.__dict__["id"].__set__


def _fill(
    node: InfrahubNodeBase,
    client: Any,
    branch: str,
    data: dict[str, Any],
    metadata: Any,
    *,
    existing: bool,
    bare: bool = False,
    given: bool = False,
    partial: bool = False,
) -> None:
    _set_client(node, client)
    _set_branch(node, branch)
    _set_data(node, data)
    _set_bare(node, bare)
    _set_given(node, given)
    _set_partial(node, partial)
    _set_older(node, None)
    _set_metadata(node, metadata)
    _set_existing(node, existing)
    _set_fields(node, None)
    _set_extra(node, None)
    _set_id(node, data.get("id"))


def load_node(
    cls: type[Any],
    client: BaseClient | None,
    branch: str,
    edge: dict[str, Any],
    *,
    bare: bool = False,
    partial: bool = False,
) -> Any:
    """A node around an edge of the server's answer; nothing is made before it is touched.

    Args:
        cls: The class of its kind.
        client: The client that read it.
        branch: The branch that was read.
        edge: The edge. It is not copied.
        bare: Whether the data was stripped, see `Bare`.
        partial: Whether it was read with `only`.
    """
    node = object.__new__(cls)
    _fill(node, client, branch, edge["node"], edge.get("node_metadata"), existing=True, bare=bare, partial=partial)
    return node


def _raw(data: Any) -> Any:
    """The data of a field with the data of nodes in their place."""
    if isinstance(data, InfrahubNodeBase):
        return data.get_raw_graphql_data()
    if not isinstance(data, dict) or not ("node" in data or "edges" in data):
        return data
    raw = dict(data)
    if isinstance(raw.get("node"), InfrahubNodeBase):
        raw["node"] = _raw(raw["node"])
    if isinstance(raw.get("edges"), list):
        raw["edges"] = [_raw(edge) for edge in raw["edges"]]
    return raw


class Bare(NamedTuple):
    """The fields of nodes of one kind that were read without metadata, by what the server wraps each in.

    Most of what an answer takes in memory are these wrappers, a dictionary of 184 bytes each, and the garbage collector
    looks into them again and again. Held bare, a node with 20 attributes takes half.
    """

    attributes: list[str]
    ones: list[str]
    manys: list[str]

    @classmethod
    def of(cls, node_class: type[InfrahubNodeBase], names: Container[str]) -> Bare:
        """The fields of a kind that its first node in an answer has."""
        fields = [field for name, field in node_class._field_map.items() if name in names]
        return cls(
            [field.name for field in fields if isinstance(field, AttributeField)],
            [field.name for field in fields if isinstance(field, OneField)],
            [field.name for field in fields if isinstance(field, ManyField)],
        )

    def strip(self, data: dict[str, Any]) -> None:
        """Put values and peers in the place of `{"value": ...}`, `{"node": ...}` and `{"edges": [{"node": ...}]}`."""
        for name in self.attributes:
            item = data[name]
            data[name] = item["value"] if item else None
        for name in self.ones:
            item = data[name]
            data[name] = item["node"] if item else None
        for name in self.manys:
            item = data[name]
            data[name] = [edge["node"] for edge in item["edges"]] if item else []


def check_fields(
    kind: str, names: Iterable[str], known: Iterable[str], what: str = "attribute or relationship"
) -> None:
    """Refuse names that a kind does not have.

    Args:
        kind: The kind.
        names: The names.
        known: Those that it has.
        what: What they are to be.

    Raises:
        ValidationError: Naming each, with the nearest real one.
    """
    wrong = [name for name in names if name not in known]
    if wrong:
        raise ValidationError(kind, messages=[f"there is no {what} {name!r}.{nearest(name, known)}" for name in wrong])
