"""A real class for each kind, made from its schema by `type()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.node.fields import AttributeField, Field, ManyField, OneField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.schema import MainSchemaTypesAPI
    from infrahub_sdk.schema.main import AttributeSchemaAPI, RelationshipSchemaAPI

__all__ = ["class_of_schema", "node_class", "restore_node"]

# One class a kind and schema for all clients of the process; nodes and schema caches keep the ones in use alive. A
# plain dictionary, because its `setdefault` is atomic: of two threads that make the same class, both get one of them.
_CLASSES: dict[tuple[Any, ...], ref[type[Any]]] = {}


def node_class(
    base: type[InfrahubNodeBase],
    schema: MainSchemaTypesAPI,
    *,
    schema_hash: str = "",
    schema_of: Callable[[str], MainSchemaTypesAPI | None] | None = None,
) -> type[Any]:
    """The class of a kind.

    Args:
        base: `InfrahubNode` or `InfrahubNodeSync`.
        schema: The kind's schema.
        schema_hash: The hash of the schema that it is part of; classes of equal hashes are shared.
        schema_of: Finds the schemas of the generic kinds that it inherits from, which become base classes.
    """
    generics = [
        generic
        for name in dict.fromkeys(getattr(schema, "inherit_from", None) or [])
        if schema_of is not None and (generic := schema_of(name)) is not None
    ]
    # A schema that was read in part has the hash of the whole, so what was found counts as well.
    key = (schema_hash, schema.kind, base.__name__, *(generic.kind for generic in generics))
    remembered = _CLASSES.get(key) if schema_hash else None
    known = remembered() if remembered is not None else None
    if known is not None and known._schema._raw == schema._raw:
        return known
    built = _build(
        base, schema, [node_class(base, generic, schema_hash=schema_hash) for generic in generics], schema_hash
    )
    if not schema_hash or known is not None:
        return built
    held = _CLASSES.setdefault(key, ref(built, lambda _: _CLASSES.pop(key, None)))()
    return built if held is None else held


def _build(
    base: type[InfrahubNodeBase], schema: MainSchemaTypesAPI, bases: Iterable[type[Any]], schema_hash: str
) -> type[Any]:
    fields = {field.name: field for field in _fields(schema)}
    namespace: dict[str, Any] = {name: field for name, field in fields.items() if not hasattr(base, name)}
    namespace.update(
        __slots__=(),
        __module__="infrahub_sdk.node",
        __qualname__=schema.kind,
        __doc__=_document(schema, fields.values()),
        _schema=schema,
        _schema_hash=schema_hash,
        _kinds=[schema.kind, *(getattr(schema, "inherit_from", None) or [])],
        _field_map=fields,
        _ancestry={relationship.name for relationship in schema.hierarchical_relationship_schemas},
        _selection_texts={},
        _attributes=[name for name, field in fields.items() if isinstance(field, AttributeField)],
        _relationships=[name for name, field in fields.items() if not isinstance(field, AttributeField)],
    )
    return type(schema.kind, (*bases, base), namespace)


def _fields(schema: MainSchemaTypesAPI) -> Iterable[Field]:
    for attribute in schema.attributes:
        yield AttributeField(attribute, _document_attribute(attribute))
    relationships = {relationship.name: relationship for relationship in schema.relationships}
    for relationship in schema.hierarchical_relationship_schemas:
        relationships.setdefault(relationship.name, relationship)
    for relationship in relationships.values():
        field = OneField if relationship.cardinality == "one" else ManyField
        yield field(relationship, _document_relationship(relationship))


def _document(schema: MainSchemaTypesAPI, fields: Iterable[Field]) -> str:
    lines = [schema.description or f"Nodes of kind {schema.kind}.", "", "Fields:"]
    lines += [f"    {field.name}: {field.__doc__}" for field in fields]
    return "\n".join(lines)


def _document_attribute(schema: AttributeSchemaAPI) -> str:
    return _sentence(schema.kind, schema, schema.description)


def _document_relationship(schema: RelationshipSchemaAPI) -> str:
    peer = schema.peer if schema.cardinality == "one" else f"list of {schema.peer}"
    return _sentence(peer, schema, schema.description)


def _sentence(kind: str, schema: AttributeSchemaAPI | RelationshipSchemaAPI, description: str | None) -> str:
    notes = [kind]
    notes += ["optional"] if schema.optional else []
    notes += ["read-only"] if schema.read_only else []
    return f"{', '.join(notes)}.{f' {description}' if description else ''}"


def class_of_schema(
    base: type[Any],
    client: Any = None,
    schema: MainSchemaTypesAPI | None = None,
    branch: str | None = None,
    data: dict[str, Any] | None = None,
) -> type[Any]:
    """The class to make an instance of when `InfrahubNode(client=..., schema=..., data=...)` is called."""
    if schema is None:
        raise ValidationError(
            base.__name__, "a node needs the schema of its kind; use client.create(kind, ...) or pass schema=."
        )
    known = _read_model(schema)
    if client is None:
        return node_class(base, known)
    manager, name = client.schema, branch or client.default_branch
    cached = manager.cache.get(name)
    if cached is None:
        return node_class(base, known)
    if cached.nodes.get(known.kind) is known:
        found: type[Any] = manager._node_class(known.kind, name)
        return found
    return node_class(base, known, schema_of=cached.nodes.get)


def _read_model(schema: Any) -> MainSchemaTypesAPI:
    """The schema as the server would describe it, also where a program declared it itself."""
    found: MainSchemaTypesAPI = schema.convert_api() if hasattr(schema, "convert_api") else schema
    return found


def restore_node(
    is_sync: bool, schema: MainSchemaTypesAPI, schema_hash: str, generics: list[MainSchemaTypesAPI]
) -> Any:
    """An unpickled node of the same kind. It has no client, so it can be read but not saved."""
    from infrahub_sdk.node.node import InfrahubNode
    from infrahub_sdk.node.node_sync import InfrahubNodeSync

    generic_of = {generic.kind: generic for generic in generics}
    base: type[InfrahubNodeBase] = InfrahubNodeSync if is_sync else InfrahubNode
    return object.__new__(node_class(base, schema, schema_hash=schema_hash, schema_of=generic_of.get))
