"""The kinds of a schema: nodes, generics, profiles and templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Union, overload

from infrahub_sdk.exceptions import nearest
from infrahub_sdk.model import Field, Model

from .attribute import AttributeSchema, AttributeSchemaAPI
from .enums import BranchSupportType, RelationshipCardinality, RelationshipDirection, RelationshipKind, SchemaState
from .relationship import RelationshipSchema, RelationshipSchemaAPI

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "GenericFields",
    "GenericSchema",
    "GenericSchemaAPI",
    "KindFields",
    "MainSchemaTypes",
    "MainSchemaTypesAPI",
    "MainSchemaTypesAll",
    "NodeFields",
    "NodeSchema",
    "NodeSchemaAPI",
    "ProfileSchemaAPI",
    "TemplateSchemaAPI",
]


class KindFields(Model, enum_values=True):
    """What all kinds have, whoever writes them down."""

    id: str | None = None
    name: str = Field(min_length=2, max_length=32, pattern=r"^[A-Z][a-zA-Z0-9]+\Z")
    namespace: str = Field(min_length=3, max_length=64, pattern=r"^[A-Z][a-z0-9]+\Z")
    description: str | None = Field(default=None, max_length=128)
    label: str | None = Field(default=None, max_length=64)
    branch: BranchSupportType = BranchSupportType.AWARE
    default_filter: str | None = Field(default=None, pattern=r"^[a-z0-9_]*\Z")
    human_friendly_id: list[str] | None = None
    display_label: str | None = None
    display_labels: list[str] | None = None
    include_in_menu: bool | None = None
    menu_placement: str | None = None
    icon: str | None = None
    order_by: list[str] | None = None
    uniqueness_constraints: list[list[str]] | None = None
    documentation: str | None = None
    state: SchemaState = SchemaState.PRESENT

    @property
    def kind(self) -> str:
        """The namespace and the name, which is what everything else calls the kind."""
        return f"{self.namespace}{self.name}"


class NodeFields(Model, enum_values=True):
    """What nodes have beyond that."""

    inherit_from: list[str] = Field(default_factory=list)
    generate_profile: bool = True
    generate_template: bool = False
    parent: str | None = None
    children: str | None = None


class GenericFields(Model, enum_values=True):
    """What generics have beyond that."""

    hierarchical: bool = False
    generate_profile: bool = True
    restricted_namespaces: list[str] | None = None


class NodeSchema(NodeFields, KindFields):
    """A node that a program declares.

    >>> name = AttributeSchema(name="name", kind="Text", unique=True)
    >>> NodeSchema(namespace="Infra", name="Rack", attributes=[name]).kind
    'InfraRack'
    """

    attributes: list[AttributeSchema] = Field(default_factory=list)
    relationships: list[RelationshipSchema] = Field(default_factory=list)

    def convert_api(self) -> NodeSchemaAPI:
        """The same node as if the server had described it."""
        return NodeSchemaAPI._wrap(self.model_dump(exclude_unset=True))


class GenericSchema(GenericFields, KindFields):
    """A generic that a program declares."""

    attributes: list[AttributeSchema] = Field(default_factory=list)
    relationships: list[RelationshipSchema] = Field(default_factory=list)

    def convert_api(self) -> GenericSchemaAPI:
        """The same generic as if the server had described it."""
        return GenericSchemaAPI._wrap(self.model_dump(exclude_unset=True))


class _SchemaNodeBase(KindFields, computed=("kind",)):
    """What all kinds have that the server describes."""

    hash: str | None = None
    attributes: list[AttributeSchemaAPI] = Field(default_factory=list)
    relationships: list[RelationshipSchemaAPI] = Field(default_factory=list)

    @property
    def attribute_names(self) -> list[str]:
        """The names of the attributes."""
        return [attribute.name for attribute in self.attributes]

    @property
    def relationship_names(self) -> list[str]:
        """The names of the relationships."""
        return [relationship.name for relationship in self.relationships]

    @property
    def mandatory_input_names(self) -> list[str]:
        """The names of what a new node must be given."""
        return self.mandatory_attribute_names + self.mandatory_relationship_names

    @property
    def mandatory_attribute_names(self) -> list[str]:
        """The names of the attributes that a new node must be given."""
        return [a.name for a in self.attributes if not (a.optional or a.read_only) and a.default_value is None]

    @property
    def mandatory_relationship_names(self) -> list[str]:
        """The names of the relationships that a new node must be given."""
        return [relationship.name for relationship in self.relationships if not relationship.optional]

    @property
    def local_attributes(self) -> list[AttributeSchemaAPI]:
        """The attributes that do not come from a generic."""
        return [attribute for attribute in self.attributes if not attribute.inherited]

    @property
    def local_relationships(self) -> list[RelationshipSchemaAPI]:
        """The relationships that do not come from a generic."""
        return [relationship for relationship in self.relationships if not relationship.inherited]

    @property
    def unique_attributes(self) -> list[AttributeSchemaAPI]:
        """The attributes whose values no two nodes share."""
        return [attribute for attribute in self.attributes if attribute.unique]

    @property
    def supports_artifact_definition(self) -> bool:
        """Whether nodes of this kind define artifacts."""
        return self.kind == "CoreArtifactDefinition"

    @property
    def supports_artifacts(self) -> bool:
        """Whether artifacts can be generated for nodes of this kind."""
        return False

    @property
    def supports_file_object(self) -> bool:
        """Whether nodes of this kind hold a file."""
        return False

    @property
    def supports_hierarchy(self) -> bool:
        """Whether nodes of this kind have a parent and children."""
        return False

    @property
    def hierarchical_relationship_schemas(self) -> list[RelationshipSchemaAPI]:
        """The relationships that a hierarchy adds: parent, children, ancestors and descendants."""
        return []

    @overload
    def get_field(
        self, name: str, raise_on_error: Literal[True] = True
    ) -> AttributeSchemaAPI | RelationshipSchemaAPI: ...
    @overload
    def get_field(self, name: str, raise_on_error: bool) -> AttributeSchemaAPI | RelationshipSchemaAPI | None: ...
    def get_field(self, name: str, raise_on_error: bool = True) -> AttributeSchemaAPI | RelationshipSchemaAPI | None:
        """The attribute or relationship of that name.

        Args:
            name: The name.
            raise_on_error: Whether a name that does not exist is an error; otherwise the answer is None.

        Raises:
            ValueError: When there is none, with the name that comes nearest.
        """
        field = self.get_attribute_or_none(name) or self.get_relationship_or_none(name)
        if field is None and raise_on_error:
            raise self._no("attribute or relationship", name, self.attribute_names + self.relationship_names)
        return field

    def get_attribute(self, name: str) -> AttributeSchemaAPI:
        """The attribute of that name.

        Raises:
            ValueError: When there is none, with the name that comes nearest.
        """
        attribute = self.get_attribute_or_none(name)
        if attribute is None:
            raise self._no("attribute", name, self.attribute_names)
        return attribute

    def get_attribute_or_none(self, name: str) -> AttributeSchemaAPI | None:
        """The attribute of that name, or None."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    def get_relationship(self, name: str) -> RelationshipSchemaAPI:
        """The relationship of that name.

        Raises:
            ValueError: When there is none, with the name that comes nearest.
        """
        relationship = self.get_relationship_or_none(name)
        if relationship is None:
            raise self._no("relationship", name, self.relationship_names)
        return relationship

    def get_relationship_or_none(self, name: str) -> RelationshipSchemaAPI | None:
        """The relationship of that name, or None."""
        return next((relationship for relationship in self.relationships if relationship.name == name), None)

    @overload
    def get_relationship_by_identifier(
        self, id: str, raise_on_error: Literal[True] = True
    ) -> RelationshipSchemaAPI: ...
    @overload
    def get_relationship_by_identifier(self, id: str, raise_on_error: bool) -> RelationshipSchemaAPI | None: ...
    def get_relationship_by_identifier(self, id: str, raise_on_error: bool = True) -> RelationshipSchemaAPI | None:
        """The first relationship with that identifier, which both its ends share.

        Args:
            id: The identifier.
            raise_on_error: Whether one that does not exist is an error; otherwise the answer is None.

        Raises:
            ValueError: When there is none, with the identifier that comes nearest.
        """
        found = next((relationship for relationship in self.relationships if relationship.identifier == id), None)
        if found is None and raise_on_error:
            raise self._no("relationship with the identifier", id, self._identifiers())
        return found

    def get_matching_relationship(
        self, id: str, direction: RelationshipDirection = RelationshipDirection.BIDIR
    ) -> RelationshipSchemaAPI:
        """The other end of a relationship.

        Args:
            id: The identifier, which both ends share.
            direction: The direction as the first end has it; here it is looked for the other way round.

        Raises:
            ValueError: When there is none, with the identifier that comes nearest.
        """
        wanted = _OTHER_WAY[direction]
        for relationship in self.relationships:
            if relationship.identifier == id and relationship.direction == wanted:
                return relationship
        raise self._no(f"{wanted.value} relationship with the identifier", id, self._identifiers())

    def _identifiers(self) -> list[str]:
        return [relationship.identifier for relationship in self.relationships if relationship.identifier]

    def _no(self, what: str, name: str, known: Iterable[str]) -> ValueError:
        return ValueError(f"{self.kind} has no {what} {name!r}.{nearest(name, known)}")


_OTHER_WAY = {
    RelationshipDirection.BIDIR: RelationshipDirection.BIDIR,
    RelationshipDirection.INBOUND: RelationshipDirection.OUTBOUND,
    RelationshipDirection.OUTBOUND: RelationshipDirection.INBOUND,
}


class NodeSchemaAPI(NodeFields, _SchemaNodeBase):
    """A node as the server describes it."""

    hierarchy: str | None = None

    @property
    def supports_artifacts(self) -> bool:
        """Whether artifacts can be generated for nodes of this kind."""
        return "CoreArtifactTarget" in self.inherit_from

    @property
    def supports_file_object(self) -> bool:
        """Whether nodes of this kind hold a file."""
        return "CoreFileObject" in self.inherit_from

    @property
    def supports_hierarchy(self) -> bool:
        """Whether nodes of this kind have a parent and children."""
        return bool(self.hierarchy)

    @property
    def hierarchical_relationship_schemas(self) -> list[RelationshipSchemaAPI]:
        """The relationships that a hierarchy adds: parent, children, ancestors and descendants."""
        if not self.hierarchy:
            return []
        one, many = RelationshipCardinality.ONE.value, RelationshipCardinality.MANY.value
        near = {"peer": self.hierarchy, "kind": RelationshipKind.HIERARCHY.value, "optional": True}
        far = {"peer": self.hierarchy, "cardinality": many, "optional": True, "read_only": True}
        return [
            RelationshipSchemaAPI._wrap({"name": "parent", "cardinality": one, **near}),
            RelationshipSchemaAPI._wrap({"name": "children", "cardinality": many, **near}),
            RelationshipSchemaAPI._wrap({"name": "ancestors", **far}),
            RelationshipSchemaAPI._wrap({"name": "descendants", **far}),
        ]


class GenericSchemaAPI(GenericFields, _SchemaNodeBase):
    """A generic as the server describes it."""

    used_by: list[str] = Field(default_factory=list)


class ProfileSchemaAPI(_SchemaNodeBase):
    """The profile of a kind as the server describes it."""

    inherit_from: list[str] = Field(default_factory=list)


class TemplateSchemaAPI(_SchemaNodeBase):
    """The template of a kind as the server describes it."""

    inherit_from: list[str] = Field(default_factory=list)


MainSchemaTypes = Union[NodeSchema, GenericSchema]
MainSchemaTypesAPI = Union[NodeSchemaAPI, GenericSchemaAPI, ProfileSchemaAPI, TemplateSchemaAPI]
MainSchemaTypesAll = Union[MainSchemaTypes, MainSchemaTypesAPI]
