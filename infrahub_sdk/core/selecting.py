"""What a query asks for: the fields of a kind, the arguments that narrow it down, and the document made of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.exceptions import ValidationError, nearest
from infrahub_sdk.graphql.literals import Rendered, check_name
from infrahub_sdk.graphql.renderers import render_arguments, render_query_block
from infrahub_sdk.node.base import check_fields
from infrahub_sdk.node.fields import AttributeField, OneField
from infrahub_sdk.node.values import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field
    from infrahub_sdk.types import Order

__all__ = [
    "Selection",
    "arguments",
    "check_filters",
    "document",
    "node_data",
    "node_selection",
    "query_data",
    "strip_aliases",
]

ALIAS = "__alias__"
REFERENCE: dict[str, None] = {"id": None, "hfid": None, "display_label": None, "__typename": None}
PERSON: dict[str, None] = {"id": None, "display_label": None, "__typename": None}
ATTRIBUTE_PROPERTIES = {
    "is_default": None, "is_from_profile": None, "is_protected": None, "updated_at": None, "source": PERSON, "owner":
    PERSON,
}  # fmt: skip
RELATIONSHIP_PROPERTIES = {"is_protected": None, "updated_at": None, "source": PERSON, "owner": PERSON}
UPDATED: dict[str, Any] = {"updated_at": None, "updated_by": PERSON}
NODE_METADATA: dict[str, Any] = {"created_at": None, "created_by": PERSON, **UPDATED}

# Kinds of relationships whose many peers are read without being asked for, because they belong to the node itself.
READ_BY_DEFAULT = frozenset({"Attribute", "Parent"})
HIERARCHY = "Hierarchy"
# What filters are about beside the fields of the kind.
GENERAL_FILTERS = ("hfid", "display_label", "any", "node_metadata")
FIELDS_OF_EVERY_NODE = frozenset({"id", "hfid", "display_label", "__typename"})


class Selection(NamedTuple):
    """Which fields of a node a query reads, see the arguments of `client.filters`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fragment: bool = False
    prefetch_relationships: bool = False
    properties: bool = False
    metadata: bool = False

    @classmethod
    def of(
        cls,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        *,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        property: bool = False,
        include_metadata: bool = False,
    ) -> Selection:
        """A selection from the arguments of a call.

        Raises:
            ValueError: A name is both to be included and to be excluded.
        """
        wanted, unwanted = _names("include", include), _names("exclude", exclude)
        both = sorted(set(wanted) & set(unwanted))
        if both:
            raise ValueError(f"{both} are part of both include and exclude")
        return cls(wanted, unwanted, fragment, prefetch_relationships, property, include_metadata)

    def reads_peers(self) -> bool:
        """Whether nodes at the other end of relationships are read with their attributes."""
        return self.prefetch_relationships or bool(self.include)

    def of_peer(self) -> Selection:
        """What is read of a node at the other end of an included relationship."""
        return Selection(properties=self.properties, metadata=self.metadata)


def _names(argument: str, names: Iterable[str] | None) -> tuple[str, ...]:
    found = () if names is None else (names,) if isinstance(names, str) else tuple(names)
    if isinstance(names, str) or not all(isinstance(name, str) for name in found):
        raise ValidationError(argument, f"{names!r} is not a list of the names of fields.")
    return found


def node_selection(
    cls: type[InfrahubNodeBase],
    selection: Selection,
    class_of: Callable[[str], type[InfrahubNodeBase]],
    *,
    inherited: bool = True,
    insert_alias: bool = False,
) -> dict[str, Any]:
    """The fields of one node, as nested data.

    Args:
        cls: The kind's class.
        selection: Which fields.
        class_of: Finds the class of a peer's kind.
        inherited: Whether fields that come from a generic kind are read.
        insert_alias: Whether each field gets an alias that names the kind, as fields of several kinds beside one
            another need it.
    """
    data: dict[str, Any] = dict(REFERENCE)
    data.update(_fields(cls, selection, class_of, inherited=inherited, insert_alias=insert_alias))
    if selection.fragment:
        data.update(_fragments(cls, selection, class_of))
    return data


def _fields(
    cls: type[InfrahubNodeBase],
    selection: Selection,
    class_of: Callable[[str], type[InfrahubNodeBase]],
    *,
    inherited: bool,
    insert_alias: bool,
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, field in cls._field_map.items():
        if name in selection.exclude or not (inherited or not field.schema.inherited):
            continue
        if isinstance(field, AttributeField):
            content = _attribute(selection)
        elif _is_read(cls, field, selection):
            content = _relationship(cls, field, selection, class_of)
        else:
            continue
        key = f"{ALIAS}{cls._schema.kind}__{name}: {name}" if insert_alias else name
        data[key] = content
    return data


def _attribute(selection: Selection) -> dict[str, Any]:
    content: dict[str, Any] = {"value": None}
    if selection.properties:
        content.update(ATTRIBUTE_PROPERTIES)
    if selection.metadata:
        content.update(UPDATED)
    return content


def _is_read(cls: type[InfrahubNodeBase], field: Field, selection: Selection) -> bool:
    if field.name in selection.include:
        return True
    if isinstance(field, OneField):
        return True
    if _in_hierarchy(cls, field):
        return selection.prefetch_relationships
    return field.schema.kind in READ_BY_DEFAULT


def _in_hierarchy(cls: type[InfrahubNodeBase], field: Field) -> bool:
    """Whether the relationship is one of a hierarchy, whose peers the server types by the whole."""
    return field.name in cls._ancestry or field.schema.kind == HIERARCHY


def _relationship(
    cls: type[InfrahubNodeBase],
    field: Field,
    selection: Selection,
    class_of: Callable[[str], type[InfrahubNodeBase]],
) -> dict[str, Any]:
    schema = field.schema
    peer: str = schema.peer
    in_hierarchy = _in_hierarchy(cls, field)
    if in_hierarchy and not isinstance(field, OneField):
        peer = getattr(cls._schema, "hierarchy", None) or peer
    content: dict[str, Any] = dict(REFERENCE)
    if field.name in selection.include or selection.prefetch_relationships:
        content = node_selection(class_of(peer), selection.of_peer(), class_of)
    if in_hierarchy:
        content = {f"...on {peer}": content}
    edge: dict[str, Any] = {"node": content}
    if selection.properties:
        edge["properties"] = RELATIONSHIP_PROPERTIES
    if selection.metadata:
        edge["node_metadata"] = NODE_METADATA
        edge["relationship_metadata"] = UPDATED
    return edge if isinstance(field, OneField) else {"edges": edge}


def _fragments(
    cls: type[InfrahubNodeBase], selection: Selection, class_of: Callable[[str], type[InfrahubNodeBase]]
) -> dict[str, Any]:
    """For a generic kind, what the kinds that inherit from it have beside its own fields."""
    fragments = {}
    for kind in getattr(cls._schema, "used_by", None) or []:
        child = class_of(kind)
        known = [name for name in cls._field_map if name not in selection.include]
        own = selection._replace(exclude=(*selection.exclude, *known), fragment=False)
        content = _fields(child, own, class_of, inherited=True, insert_alias=True)
        if content:
            fragments[f"...on {kind}"] = content
    return fragments


def strip_aliases(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a node with its fields under their own names again."""
    if not any(key.startswith(ALIAS) for key in data):
        return data
    return {
        key[len(ALIAS) :].partition("__")[2] if key.startswith(ALIAS) else key: value for key, value in data.items()
    }


# What a call asks for


def arguments(
    filters: dict[str, Any] | None = None,
    *,
    offset: int | str | None = None,
    limit: int | str | None = None,
    partial_match: bool = False,
    order: Order | None = None,
) -> dict[str, Any]:
    """The arguments of a query, in the order in which they are written."""
    found: dict[str, Any] = {name: encode(value, name) for name, value in (filters or {}).items()}
    if order is not None:
        found["order"] = order
    if offset is not None:
        found["offset"] = offset
    if limit is not None:
        found["limit"] = limit
    if partial_match:
        found["partial_match"] = True
    return found


def check_filters(cls: type[InfrahubNodeBase], names: Iterable[str]) -> None:
    """Refuse filters that cannot exist for the kind, before anything is sent.

    A filter is a field followed by what is asked of it. Names of one word are arguments of the query, of which the
    server may have more than are known here; it refuses wrong ones itself.

    Raises:
        ValidationError: Naming each wrong filter, with the nearest real names.
    """
    fields = cls._field_map
    known = {*fields, *GENERAL_FILTERS}
    wrong = [name for name in names if (name in fields if "__" not in name else name.partition("__")[0] not in known)]
    if wrong:
        raise ValidationError(cls._schema.kind, messages=[_no_filter(name, known) for name in wrong])


def _no_filter(name: str, known: Iterable[str]) -> str:
    field, separator, rest = name.partition("__")
    suggestion = f" Did you mean '{name}__value' or '{name}__ids'?"
    if separator:
        suggestion = nearest(field, known).replace("'?", f"__{rest}'?").replace("' or", f"__{rest}' or")
    return (
        f"there is no filter {name!r}.{suggestion} Filters look like name__value, tags__ids or location__name__value."
    )


def check_selection(
    cls: type[InfrahubNodeBase], selection: Selection, class_of: Callable[[str], type[InfrahubNodeBase]]
) -> None:
    """Refuse names of fields that the kind does not have.

    Raises:
        ValidationError: Naming each, with the nearest real one.
    """
    if not selection.include and not selection.exclude:
        return
    known = {*cls._field_map, *FIELDS_OF_EVERY_NODE}
    if selection.fragment:
        for kind in getattr(cls._schema, "used_by", None) or []:
            known.update(class_of(kind)._field_map)
    check_fields(cls._schema.kind, (*selection.include, *selection.exclude), known)


PAGE = {"offset": Rendered("$offset"), "limit": Rendered("$limit")}


def document(
    kind: str,
    operation: str,
    arguments: dict[str, Any],
    body: str,
    *,
    paged: bool = True,
) -> str:
    """The text of a query.

    Args:
        kind: What is read.
        operation: The operation's name.
        arguments: Names and values; texts are never taken for variables.
        body: The selection, as text.
        paged: Whether offset and limit are variables.
    """
    signature = " ($offset: Int!, $limit: Int!)" if paged else ""
    of_kind = f"({render_arguments(arguments, kind)})" if arguments else ""
    name = check_name(operation, "an operation")
    return f"\nquery {name}{signature} {{\n    {kind}{of_kind} {{\n{body}\n    }}\n}}\n"


def selection_text(
    cls: type[InfrahubNodeBase], selection: Selection, class_of: Callable[[str], type[InfrahubNodeBase]]
) -> str:
    """The selection of a query for nodes of a kind, as text; rendered once for each class and selection."""
    texts: dict[Selection, str] = cls.__dict__["_selection_texts"]
    text = texts.get(selection)
    if text is None:
        check_selection(cls, selection, class_of)
        data = {"count": None, "edges": _edge(cls, selection, class_of)}
        text = texts[selection] = "\n".join(render_query_block(data, offset=8))
    return text


def _edge(
    cls: type[InfrahubNodeBase], selection: Selection, class_of: Callable[[str], type[InfrahubNodeBase]]
) -> dict[str, Any]:
    edge: dict[str, Any] = {"node": node_selection(cls, selection, class_of)}
    if selection.metadata:
        edge["node_metadata"] = NODE_METADATA
    return edge


# The same as data, for programs that make queries of their own


def class_finder(client: Any, branch: str) -> Callable[[str], type[InfrahubNodeBase]]:
    """Finds the classes of kinds of a branch whose schema has been read."""

    def class_of(kind: str) -> type[InfrahubNodeBase]:
        found: type[InfrahubNodeBase] = client.schema._node_class(kind, branch)
        return found

    return class_of


async def _class_finder(node: InfrahubNodeBase) -> Callable[[str], type[InfrahubNodeBase]]:
    from infrahub_sdk.core.schema import branch_schema

    await branch_schema(node._client, node._branch)
    return class_finder(node._client, node._branch)


async def query_data(node: InfrahubNodeBase, selection: Selection, arguments: dict[str, Any]) -> dict[str, Any]:
    """The query for nodes of a node's kind, as data."""
    class_of = await _class_finder(node)
    check_selection(type(node), selection, class_of)
    data: dict[str, Any] = {"count": None, "edges": _edge(type(node), selection, class_of)}
    if arguments:
        data["@filters"] = arguments
    return {node._schema.kind: data}


async def node_data(
    node: InfrahubNodeBase, selection: Selection, *, inherited: bool = True, insert_alias: bool = False
) -> dict[str, Any]:
    """The fields of a node, as data."""
    class_of = await _class_finder(node)
    check_selection(type(node), selection, class_of)
    return _fields(type(node), selection, class_of, inherited=inherited, insert_alias=insert_alias)
