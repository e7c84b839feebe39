"""An attribute of a node: its value, its metadata, and whether either was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.node.constants import UNSET
from infrahub_sdk.node.property import MetadataField, NodeProperty, as_property, metadata_input
from infrahub_sdk.node.values import MUTABLE_KINDS, PLAIN_TYPES, decoder, encode

if TYPE_CHECKING:
    from infrahub_sdk.schema.main import AttributeSchemaAPI

__all__ = ["Attribute"]


IP_KINDS = frozenset({"IPHost", "IPNetwork", "IPAddress"})


class AttributeDefinition:
    """What the attributes of all nodes of a kind share.

    Args:
        name: The attribute's name.
        schema: Its definition.
    """

    def __init__(self, name: str, schema: AttributeSchemaAPI) -> None:
        self.name = name
        self.schema = schema
        self.decode = decoder(schema.kind)
        self.is_ip = schema.kind in IP_KINDS


SECRET_KINDS = frozenset({"Password", "HashedPassword"})


class Attribute:
    """The value of an attribute and what the server knows about it.

    A value is in one of four states, which the repr shows: not loaded, unchanged, set, or set to null.

    Args:
        name: The attribute's name.
        schema: Its definition.
        data: A value; the server's `{"value": ...}`; `{"from_pool": {...}}` or a pool node to have the server choose
            the value. Another dictionary is itself the value.
    """

    # An attribute that is only read leaves nothing behind: it is made each time, and joins the fields of its node when
    # it is changed. Kept for each node, reading many nodes would spend three quarters of its time on the collector.
    __slots__ = ("_changes", "_data", "_field", "_mutated", "_node", "_value")

    _field: AttributeDefinition
    _node: Any  # whose attribute it is, if it is one of a node that was read
    _data: dict[str, Any] | None  # as the server sent it
    _value: Any  # as Python sees it, once somebody looked or set it
    _changes: dict[str, Any] | None  # metadata that was set
    _mutated: int  # how often the value was set since it was read or saved

    def __init__(self, name: str, schema: AttributeSchemaAPI, data: Any | dict[str, Any] = None) -> None:
        self._hold(AttributeDefinition(name, schema), data)

    def _hold(self, field: AttributeDefinition, data: Any, node: Any = None) -> None:
        self._field = field
        self._node = node
        self._changes = None
        self._mutated = 0
        is_loaded = type(data) is dict and "value" in data
        self._data = data if is_loaded else None
        self._value = UNSET if is_loaded or data is None else self._taken(data)

    def _hold_value(self, field: AttributeDefinition, value: Any, node: Any) -> None:
        """Hold a value that the server sent, where nothing else about the attribute was asked for."""
        self._field = field
        self._node = node
        self._changes = None
        self._mutated = 0
        if field.decode is None:
            self._data, self._value = None, value
        else:
            self._data, self._value = {"value": value}, UNSET

    def _live(self) -> Attribute:
        """The one that holds what was changed: this one, or another that the same node gave out."""
        node = self._node
        if node is None or node._fields is None:
            return self
        live: Attribute = node._fields.get(self._field.name, self)
        return live

    def _keep(self) -> None:
        """Join the fields of the node."""
        if self._node is not None:
            self._node._open_fields()[self._field.name] = self

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self._field.name

    @property
    def _schema(self) -> AttributeSchemaAPI:
        return self._field.schema

    @property
    def value(self) -> Any:
        """The value: an object of `ipaddress` for the IP kinds, a list for List, what JSON gives for all others."""
        node = self._node
        if node is not None and node._fields is not None:
            self = self._live()  # noqa: PLW0642
        value = self._value
        if value is UNSET:
            data = self._data or self._read()
            if data is None:
                return None
            value = self._value = self._decoded(data["value"])
        return None if type(value) is PoolRequest else value

    @value.setter
    def value(self, value: Any) -> None:
        if self._schema.read_only:
            raise ValidationError(self._path, "this attribute is computed by the server and cannot be set.")
        live = self._live()
        if live._data is None and live._value is not UNSET and not live._mutated:
            live._data = {"value": live._value}  # what the server holds, should somebody ask
        live._value = self._taken(value)
        live._mutated += 1
        live._keep()

    def _read(self) -> dict[str, Any] | None:
        """What the server holds, read now if that is to be done with what was not loaded, see `Config.not_loaded`."""
        node, name = self._node, self._field.name
        if node is not None and node._missing(name):
            self._data = node._wrapped(name)
        return self._data

    @property
    def _path(self) -> str:
        """Where the attribute is, for errors."""
        return f"{self._node.get_kind()}.{self.name}" if self._node is not None else self.name

    def _taken(self, data: Any) -> Any:
        """What the user gave as the value; text for an address or a network becomes one."""
        if type(data) is str and self._field.is_ip and data:
            return self._ip(data)
        if type(data) in PLAIN_TYPES:
            return data
        request = PoolRequest.of(data)
        return data if request is None else request

    def _ip(self, text: str) -> Any:
        try:
            return self._field.decode(text) if self._field.decode else text
        except ValueError as error:
            raise ValidationError(self._path, f"{error}.") from error

    def _decoded(self, value: Any) -> Any:
        decode = self._field.decode
        if decode is None or value is None or value == "":
            return value
        value = decode(value)
        if self._schema.kind in MUTABLE_KINDS:
            self._keep()  # what is changed inside of it has to be found again
        return value

    @property
    def value_has_been_mutated(self) -> bool:
        """Whether the value was set since the node was read or saved."""
        return bool(self._live()._mutated)

    id: MetadataField[str] = MetadataField()
    is_default: MetadataField[bool] = MetadataField()
    is_from_profile: MetadataField[bool] = MetadataField()
    is_inherited: MetadataField[bool] = MetadataField()
    is_protected: MetadataField[bool] = MetadataField()
    updated_at: MetadataField[str] = MetadataField()
    source: MetadataField[NodeProperty] = MetadataField(as_property)
    owner: MetadataField[NodeProperty] = MetadataField(as_property)
    updated_by: MetadataField[NodeProperty] = MetadataField(as_property)

    def _loaded_metadata(self) -> dict[str, Any]:
        return self._data or {}

    @property
    def _is_loaded(self) -> bool:
        return self._data is not None or self._value is not UNSET

    @property
    def _has_changed(self) -> bool:
        """Whether the value differs from what the server holds, also by a change inside a list or a dictionary."""
        if self._mutated:
            return True
        value = self._value
        return (
            self._schema.kind in MUTABLE_KINDS
            and isinstance(value, (list, dict))
            and self._data is not None
            and encode(value) != self._data["value"]
        )

    def _given(self) -> Any:
        """What another attribute takes over: the value, or the request to the pool that is to choose it."""
        return self._live()._value if self.is_from_pool_attribute() else self.value

    def is_from_pool_attribute(self) -> bool:
        """Whether a resource pool is to choose the value."""
        return type(self._live()._value) is PoolRequest

    def is_unresolved_pool_attribute(self) -> bool:
        """Whether a resource pool has not chosen the value yet."""
        return self.is_from_pool_attribute()

    def _input(self, *, changes_only: bool) -> dict[str, Any] | None:
        """What a mutation says about this attribute; None for nothing.

        Args:
            changes_only: Leave out what the server already has.
        """
        said = self._value_input() if not changes_only or self._has_changed else {}
        if said or changes_only or self._changes:
            known = None if changes_only else self._data
            if known or self._changes:
                said.update(metadata_input({**(known or {}), **(self._changes or {})}))
        return said or None

    def _value_input(self) -> dict[str, Any]:
        if type(self._value) is PoolRequest:
            return {"from_pool": dict(self._value)}
        value = self.value
        if value is None:
            return self._null_input()
        return {"value": value if type(value) in PLAIN_TYPES else encode(value, self._path)}

    def _null_input(self) -> dict[str, Any]:
        if not self._mutated:
            return {}
        if not self._schema.optional and self._schema.default_value is None:
            raise ValidationError(self._path, "this attribute is mandatory; set it to a value instead of None.")
        return {"value": None}

    def _mark(self) -> Any:
        """What tells a state from later ones."""
        return self._mutated, self._changes

    def _saved(self, mark: Any, said: dict[str, Any], answer: Any = None) -> None:
        """The server has taken what was said; changes made since the mark are still to be said.

        Args:
            mark: The state that was said.
            said: What was said.
            answer: What the server chose for a value that comes from a pool.
        """
        mutated, changes = mark
        if isinstance(answer, dict) and type(self._value) is PoolRequest:
            self._data, self._value = {**(self._data or {}), **answer}, UNSET
        elif "value" in said:
            self._data = {**(self._data or {}), "value": said["value"]}
        if changes is not None:
            self._data = {"value": None, **(self._data or {}), **changes}
        if self._mutated == mutated:
            self._mutated = 0
        if self._changes is changes:
            self._changes = None

    def _moved_to(self, node: Any) -> Attribute:
        """The same for a copy of the node."""
        twin = Attribute.__new__(Attribute)
        for name in Attribute.__slots__:
            setattr(twin, name, getattr(self, name))
        twin._node = node
        return twin

    def _known(self) -> dict[str, Any] | None:
        """What the server is known to hold; None where that is what the node was read with."""
        return self._data

    def __repr__(self) -> str:
        self = self._live()  # noqa: PLW0642
        if not self._is_loaded:
            return f"<Attribute {self.name}: not loaded>"
        if self.is_unresolved_pool_attribute():
            return f"<Attribute {self.name}: from a pool>"
        value = self.value
        shown = "null" if value is None else "'***'" if self._schema.kind in SECRET_KINDS else repr(value)
        return f"<Attribute {self.name}: {shown}{' (set)' if self._has_changed else ''}>"


class PoolRequest(dict[str, Any]):
    """What to ask of a resource pool, in the place of a value or a peer: `id`, and perhaps `identifier` and `data`."""

    @classmethod
    def of(cls, data: Any) -> PoolRequest | None:
        """The request that a pool node or `{"from_pool": ...}` stands for; None for anything else."""
        if isinstance(data, dict):
            pool = data.get("from_pool")
            return cls({"id": pool} if isinstance(pool, str) else pool) if pool and len(data) == 1 else None
        if hasattr(data, "is_resource_pool") and data.is_resource_pool():
            return cls(id=data.id)
        return None
