"""The descriptors through which a node's fields are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.node.attribute import Attribute, AttributeDefinition
from infrahub_sdk.node.constants import UNSET

if TYPE_CHECKING:
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.schema.main import AttributeSchemaAPI, RelationshipSchemaAPI

__all__ = ["AttributeField", "Field", "ManyField", "OneField"]


class Field:
    """A field of a kind. Read on a node it gives its object, made when it is first touched; on the class, itself.

    Attributes:
        name: The field's name.
        schema: Its definition.
    """

    def __init__(self, schema: Any, doc: str) -> None:
        self.name: str = schema.name
        self.schema = schema
        self.__doc__ = doc

    def __get__(self, node: InfrahubNodeBase | None, owner: type | None = None) -> Any:
        if node is None:
            return self
        fields = node._fields
        field = fields.get(self.name) if fields is not None else None
        if field is None:
            field = self.make(node, node._data.get(self.name, UNSET))
            if self.stays(node):
                node._open_fields()[self.name] = field
        return field

    def stays(self, node: InfrahubNodeBase) -> bool:
        """Whether the field's object is kept although nothing was changed yet."""
        return True

    def make(self, node: InfrahubNodeBase, data: Any) -> Any:
        """The field's object for one node."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.__doc__}>"


class AttributeField(AttributeDefinition, Field):
    """An attribute; assigning to it sets its value."""

    def __init__(self, schema: AttributeSchemaAPI, doc: str) -> None:
        super().__init__(schema.name, schema)
        self.__doc__ = doc

    def stays(self, node: InfrahubNodeBase) -> bool:
        """Whether the attribute is kept although nothing was changed: on a node of the user's own it holds the data."""
        return not node._existing

    def make(self, node: InfrahubNodeBase, data: Any) -> Attribute:
        """The attribute of one node."""
        attribute = Attribute.__new__(Attribute)
        if data is UNSET:
            attribute._hold(self, node._from_older(self.name), node)
        elif node._bare:
            attribute._hold_value(self, data, node)
        else:
            attribute._hold(self, data, node)
        return attribute

    def __set__(self, node: InfrahubNodeBase, value: Any) -> None:
        self.__get__(node).value = value._given() if isinstance(value, Attribute) else value


class OneField(Field):
    """A relationship of cardinality one; assigning to it chooses another peer, None for no peer."""

    schema: RelationshipSchemaAPI

    def make(self, node: InfrahubNodeBase, data: Any) -> Any:
        """The related node of one node."""
        known = data
        if data is UNSET:
            known = node._from_older(self.name)
        elif node._bare and data is not None and type(data) is not dict:
            known = {"node": data}  # a node that was read along
        related = self._related(node, known)
        if data is UNSET and known is None and node._existing:
            related._unread_of = node
        return related

    def _related(self, node: InfrahubNodeBase, peer: Any) -> Any:
        related = node._related_class(node._client, node._branch, self.schema, peer, self.name)
        related._belong_to(node)
        return related

    def __set__(self, node: InfrahubNodeBase, value: Any) -> None:
        related = self._related(node, value)
        related._peer_has_been_mutated = True
        node._open_fields()[self.name] = related


class ManyField(Field):
    """A relationship of cardinality many; assigning a list to it replaces the peers."""

    schema: RelationshipSchemaAPI

    def make(self, node: InfrahubNodeBase, data: Any) -> Any:
        """The relationship manager of one node."""
        known = data
        if data is UNSET:
            known = node._from_older(self.name)
        elif node._bare:
            known = [peer if type(peer) is dict else {"node": peer} for peer in data]  # nodes that were read along
        return node._manager_class(self.name, node._client, node, node._branch, self.schema, known)

    def __set__(self, node: InfrahubNodeBase, value: Any) -> None:
        self.__get__(node)._replace(value)
