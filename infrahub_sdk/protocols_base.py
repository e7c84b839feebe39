"""What nodes and attributes look like to a type checker, and what makes `isinstance(node, BuiltinTag)` true.

A protocol class describes a kind: its fields are annotations, and `client.get(BuiltinTag, ...)` is typed by it. The
real nodes are instances of `infrahub_sdk.node.InfrahubNode`; no instance of a protocol class is ever made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Optional, Protocol, TypeVar, Union, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import (
        IPv4Address,
        IPv4Interface,
        IPv4Network,
        IPv6Address,
        IPv6Interface,
        IPv6Network,
    )

    from typing_extensions import Self

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.node.metadata import NodeMetadata
    from infrahub_sdk.node.property import NodeProperty
    from infrahub_sdk.schema import MainSchemaTypesAPI

__all__ = [
    "URL",
    "AnyAttribute",
    "AnyAttributeOptional",
    "Attribute",
    "Boolean",
    "BooleanOptional",
    "CoreNode",
    "CoreNodeBase",
    "CoreNodeSync",
    "DateTime",
    "DateTimeOptional",
    "Dropdown",
    "DropdownOptional",
    "Enum",
    "EnumOptional",
    "HashedPassword",
    "HashedPasswordOptional",
    "IPAddress",
    "IPAddressOptional",
    "IPHost",
    "IPHostOptional",
    "IPNetwork",
    "IPNetworkOptional",
    "Integer",
    "IntegerOptional",
    "JSONAttribute",
    "JSONAttributeOptional",
    "ListAttribute",
    "ListAttributeOptional",
    "MacAddress",
    "MacAddressOptional",
    "RelatedNode",
    "RelatedNodeBase",
    "RelatedNodeSync",
    "String",
    "StringOptional",
    "URLOptional",
]


# ---- Relationships --------------------------------------------------------------------------------------------------


@runtime_checkable
class RelatedNodeBase(Protocol):
    """The peer of a relationship, loaded or not."""

    @property
    def id(self) -> str | None:
        """The peer's id."""
        ...

    @property
    def hfid(self) -> list[Any] | None:
        """The peer's human-friendly id."""
        ...

    @property
    def hfid_str(self) -> str | None:
        """The peer's kind and human-friendly id as one text."""
        ...

    @property
    def is_resource_pool(self) -> bool:
        """Whether the peer is a pool for the server to choose from."""
        ...

    @property
    def initialized(self) -> bool:
        """Whether a peer is known, by its id or human-friendly id."""
        ...

    @property
    def display_label(self) -> str | None:
        """The text that stands for the peer on screens."""
        ...

    @property
    def typename(self) -> str | None:
        """The peer's kind."""
        ...


@runtime_checkable
class RelatedNode(RelatedNodeBase, Protocol):
    """The peer of a relationship, for the asynchronous client."""


@runtime_checkable
class RelatedNodeSync(RelatedNodeBase, Protocol):
    """The peer of a relationship, for the synchronous client."""


# ---- Attributes -----------------------------------------------------------------------------------------------------

ValueT = TypeVar("ValueT")


@runtime_checkable
class Attribute(Protocol):
    """What every attribute of a node has beside its value."""

    name: str
    id: str | None
    is_default: bool | None
    is_from_profile: bool | None
    is_inherited: bool | None
    updated_at: str | None
    is_protected: bool | None


class _Field(Attribute, Generic[ValueT]):
    """An attribute with a value of one type.

    `node.name` reads as the attribute; `node.name = "atl1"` sets its value. A pool has the server choose the value.
    """

    value: ValueT
    source: NodeProperty | None
    owner: NodeProperty | None
    updated_by: NodeProperty | None

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type[Any] | None = None) -> Self: ...

        def __set__(self, instance: object, value: ValueT | CoreNodeBase | Mapping[str, Any]) -> None: ...


class _TextField(_Field[ValueT]):
    """An attribute whose value may also be set by the text that stands for it."""

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type[Any] | None = None) -> Self: ...

        def __set__(self, instance: object, value: ValueT | str | CoreNodeBase | Mapping[str, Any]) -> None: ...


class String(_Field[str]):
    """Text."""


class StringOptional(_Field[Optional[str]]):
    """Text, or None."""


class DateTime(_Field[str]):
    """A point in time as ISO 8601 text."""


class DateTimeOptional(_Field[Optional[str]]):
    """A point in time as ISO 8601 text, or None."""


class HashedPassword(_Field[str]):
    """A password that the server keeps as a hash."""


class HashedPasswordOptional(_Field[Any]):
    """A password that the server keeps as a hash, or None."""


class URL(_Field[str]):
    """A URL."""


class URLOptional(_Field[Optional[str]]):
    """A URL, or None."""


class MacAddress(_Field[str]):
    """A MAC address."""


class MacAddressOptional(_Field[Optional[str]]):
    """A MAC address, or None."""


class Dropdown(_Field[str]):
    """One of the schema's choices, by name."""


class DropdownOptional(_Field[Optional[str]]):
    """One of the schema's choices, by name, or None."""


class Enum(_Field[str]):
    """One of the schema's values."""


class EnumOptional(_Field[Optional[str]]):
    """One of the schema's values, or None."""


class Integer(_Field[int]):
    """A whole number."""


class IntegerOptional(_Field[Optional[int]]):
    """A whole number, or None."""


class IPHost(_TextField[Union["IPv4Interface", "IPv6Interface"]]):
    """An IP address with its prefix length."""


class IPHostOptional(_TextField[Union["IPv4Interface", "IPv6Interface", None]]):
    """An IP address with its prefix length, or None."""


class IPNetwork(_TextField[Union["IPv4Network", "IPv6Network"]]):
    """An IP network."""


class IPNetworkOptional(_TextField[Union["IPv4Network", "IPv6Network", None]]):
    """An IP network, or None."""


class IPAddress(_TextField[Union["IPv4Address", "IPv6Address"]]):
    """An IP address without a prefix length."""


class IPAddressOptional(_TextField[Union["IPv4Address", "IPv6Address", None]]):
    """An IP address without a prefix length, or None."""


class Boolean(_Field[bool]):
    """True or False."""


class BooleanOptional(_Field[Optional[bool]]):
    """True, False or None."""


class ListAttribute(_Field["list[Any]"]):
    """A list."""


class ListAttributeOptional(_Field[Optional["list[Any]"]]):
    """A list, or None."""


class JSONAttribute(_Field[Any]):
    """Anything that JSON can hold."""


class JSONAttributeOptional(_Field[Any]):
    """Anything that JSON can hold, or None."""


class AnyAttribute(_Field[float]):
    """A number of any kind."""


class AnyAttributeOptional(_Field[Optional[float]]):
    """A number of any kind, or None."""


# ---- Nodes ----------------------------------------------------------------------------------------------------------


class _KindOf(type):
    """Makes `isinstance(node, BuiltinTag)` ask the node for its kinds: its own and those that it inherits from."""

    _sync: bool | None  # the client whose nodes match; None where both do

    def __instancecheck__(cls, instance: Any) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return cls._is_node_class(type(instance)) and (cls._is_root or cls._kind in instance.get_all_kinds())

    def __subclasscheck__(cls, subclass: type) -> bool:
        if type.__subclasscheck__(cls, subclass):
            return True
        # A class that the client built for a kind has the kinds that it inherits from as its bases.
        return cls._is_node_class(subclass) and (
            cls._is_root or any(base.__name__ == cls._kind for base in subclass.__mro__)
        )

    def _is_node_class(cls, candidate: type) -> bool:
        """Whether a class is one of real nodes, of the client that this protocol is for."""
        is_sync = getattr(candidate, "_is_sync", None)
        return is_sync is not None and hasattr(candidate, "get_all_kinds") and cls._sync in {None, is_sync}

    @property
    def _is_root(cls) -> bool:
        """Whether nodes of every kind match: true of CoreNodeBase, CoreNode and CoreNodeSync."""
        return cls.__module__ == __name__

    @property
    def _kind(cls) -> str:
        name = cls.__name__
        return name[:-4] if cls._sync and name.endswith("Sync") else name


class CoreNodeBase(metaclass=_KindOf):
    """A node of either client, of any kind.

    >>> isinstance("no node", CoreNodeBase)
    False
    """

    _sync: ClassVar[bool | None] = None
    _schema: MainSchemaTypesAPI
    _internal_id: str
    id: str
    display_label: str | None
    typename: str | None

    @property
    def hfid(self) -> list[str] | None:
        """The human-friendly id, when the schema has one and its parts are loaded."""
        raise NotImplementedError

    @property
    def hfid_str(self) -> str | None:
        """The kind and the human-friendly id as one text, such as `BuiltinTag__red`."""
        raise NotImplementedError

    def get_human_friendly_id(self) -> list[str] | None:
        """The human-friendly id, see `hfid`."""
        raise NotImplementedError

    def get_human_friendly_id_as_string(self, include_kind: bool = False) -> str | None:
        """The human-friendly id as one text, with the kind before it where that is asked for."""
        raise NotImplementedError

    def get_kind(self) -> str:
        """The kind of the node."""
        raise NotImplementedError

    def get_all_kinds(self) -> list[str]:
        """The kind of the node, and the kinds that it inherits from."""
        raise NotImplementedError

    def get_branch(self) -> str:
        """The branch that the node was read from or will be written to."""
        raise NotImplementedError

    def is_ip_prefix(self) -> bool:
        """Whether the node is an IP prefix."""
        raise NotImplementedError

    def is_ip_address(self) -> bool:
        """Whether the node is an IP address."""
        raise NotImplementedError

    def is_resource_pool(self) -> bool:
        """Whether the node is a pool that the server takes values or nodes from."""
        raise NotImplementedError

    def get_raw_graphql_data(self) -> dict[str, Any] | None:
        """What the node was made from."""
        raise NotImplementedError

    def get_node_metadata(self) -> NodeMetadata | None:
        """When and by whom the node was created and changed, where that was asked for."""
        raise NotImplementedError


class CoreNode(CoreNodeBase):
    """A node of the asynchronous client, of any kind."""

    _sync = False

    async def save(
        self,
        allow_upsert: bool = False,
        update_group_context: bool | None = None,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Create the node on the server, or update it there."""
        raise NotImplementedError

    async def delete(
        self,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Delete the node from the server."""
        raise NotImplementedError

    async def update(
        self,
        do_full_update: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Send what changed, or everything."""
        raise NotImplementedError

    async def create(
        self,
        allow_upsert: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Create the node on the server, or update it where it exists and that is allowed."""
        raise NotImplementedError

    async def add_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Add peers to a relationship of cardinality many, by their ids."""
        raise NotImplementedError

    async def remove_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Remove peers from a relationship of cardinality many, by their ids."""
        raise NotImplementedError


class CoreNodeSync(CoreNodeBase):
    """A node of the synchronous client, of any kind."""

    _sync = True

    def save(
        self,
        allow_upsert: bool = False,
        update_group_context: bool | None = None,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Create the node on the server, or update it there."""
        raise NotImplementedError

    def delete(
        self,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Delete the node from the server."""
        raise NotImplementedError

    def update(
        self,
        do_full_update: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Send what changed, or everything."""
        raise NotImplementedError

    def create(
        self,
        allow_upsert: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Create the node on the server, or update it where it exists and that is allowed."""
        raise NotImplementedError

    def add_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Add peers to a relationship of cardinality many, by their ids."""
        raise NotImplementedError

    def remove_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Remove peers from a relationship of cardinality many, by their ids."""
        raise NotImplementedError
