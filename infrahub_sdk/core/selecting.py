"""What a query asks for: the fields of a kind, the arguments that narrow it down, and the document made of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.paths import (
    FIELDS_OF_EVERY_NODE,
    Classes,
    below,
    check_names,
    check_paths,
    concrete_classes,
    heads,
    in_hierarchy,
    inverse,
    peer_kind,
)
from infrahub_sdk.exceptions import ValidationError, nearest
from infrahub_sdk.graphql.literals import Rendered, check_name, checked
from infrahub_sdk.graphql.renderers import render_arguments, render_query_block
from infrahub_sdk.node.fields import AttributeField, OneField
from infrahub_sdk.node.values import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field
    from infrahub_sdk.types import Order

__all__ = [
    "ALIAS",
    "FIELDS_OF_EVERY_NODE",
    "REFERENCE",
    "Selection",
    "arguments",
    "check_filters",
    "check_order",
    "checked_order",
    "document",
    "node_data",
    "node_selection",
    "query_data",
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
# What filters are about beside the fields of the kind.
GENERAL_FILTERS = ("hfid", "display_label", "any", "node_metadata")
# Relationships that no server (1.2 to 1.11) filters by.
UNFILTERED = frozenset({"ancestors", "descendants"})


class Selection(NamedTuple):
    """Which fields of a node a query reads, see the arguments of `client.filters`.

    `include`, `exclude` and `only` are paths; what they say of peers is the selection of the peers (`of_peer`). `whole`
    reads also what follows from the rest, for programs that look into the answer themselves.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fragment: bool = False
    prefetch_relationships: bool = False
    properties: bool = False
    metadata: bool = False
    only: tuple[str, ...] | None = None
    whole: bool = False

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
        only: Iterable[str] | None = None,
    ) -> Selection:
        """A selection from the arguments of a call.

        Raises:
            ValueError: A name is both to be included and to be excluded.
            ValidationError: `only` stands beside what chooses fields in another way.
        """
        wanted, unwanted = check_names("include", include), check_names("exclude", exclude)
        both = sorted(path for path in unwanted if path in wanted or below(wanted, path))
        if both:
            raise ValueError(f"`include` and `exclude` both name {', '.join(both)}: leave one of them out")
        if only is None:
            return cls(wanted, unwanted, fragment, prefetch_relationships, property, include_metadata)
        others = {"include": wanted, "exclude": unwanted, "prefetch_relationships": prefetch_relationships}
        beside = [name for name, given in others.items() if given]
        if beside:
            raise ValidationError(
                "only",
                f"it names all that is read, so {' and '.join(beside)} cannot stand beside it; put paths into it.",
            )
        return cls((), (), fragment, False, property, include_metadata, check_names("only", only))

    @property
    def bare(self) -> bool:
        """Whether nothing is read about values and peers but what they are."""
        return not (self.properties or self.metadata)

    def of_peer(self, name: str) -> Selection | None:
        """What is read of the peers of a relationship; None where they are read as references."""
        if self.only is not None:
            deeper = below(self.only, name)
            if deeper and name in self.only:
                deeper += ("hfid", "display_label")
            return self._replace(only=deeper, fragment=False) if deeper else None
        if name not in heads(self.include) and not self.prefetch_relationships:
            return None
        deeper = below(self.include, name)
        return self._replace(
            include=deeper,
            exclude=below(self.exclude, name),
            fragment=True,
            prefetch_relationships=self.prefetch_relationships and bool(deeper),
        )

    def reads_peers(self) -> bool:
        """Whether nodes at the other end of relationships are read with fields of theirs."""
        return self.prefetch_relationships or bool(self.include) or any("." in path for path in self.only or ())

    def named(self) -> dict[str, None]:
        """The fields that are read because a path begins with them."""
        return heads(self.include if self.only is None else self.only)

    def reads(self, cls: type[InfrahubNodeBase], field: Field) -> bool:
        """Whether a field of a kind is read."""
        if self.only is not None:
            return field.name in self.named()
        if field.name in self.exclude:
            return False
        if isinstance(field, (AttributeField, OneField)) or field.name in self.named():
            return True
        return self.prefetch_relationships if in_hierarchy(cls, field) else field.schema.kind in READ_BY_DEFAULT

    def reference(self, cls: type[InfrahubNodeBase]) -> dict[str, None]:
        """What tells a node from others; with `only`, as little as a node can do with.

        Names and labels take the server as long as all attributes of a small node (1.11).
        """
        if self.only is not None:
            return {name: None for name in REFERENCE if name in {"id", "__typename", *self.only}}
        return REFERENCE if self._needs_hfid(cls) else {name: None for name in REFERENCE if name != "hfid"}

    def _needs_hfid(self, cls: type[InfrahubNodeBase]) -> bool:
        """Whether the human-friendly id does not follow from the attributes that are read."""
        schema: Any = cls._schema
        paths = getattr(schema, "human_friendly_id", None) or ()
        if self.whole or hasattr(schema, "used_by") or (paths and self.reads_peers()):
            return True  # peers are told whose they are
        for path in paths:
            name, _, rest = path.partition("__")
            field = cls._field_map.get(name)
            if not isinstance(field, AttributeField) or rest != "value" or field.schema.optional:
                return True
            if not self.reads(cls, field):
                return True
        return False

    def is_implied(self, cls: type[InfrahubNodeBase], field: Field, peer: type[InfrahubNodeBase]) -> str | None:
        """The relationship of the peers that needs not be read, because it leads back to where they were reached from.

        It costs the server as much as the peers themselves (1.11.9: 70 devices with 700 interfaces and addresses take
        4.2 s with it and 2.6 s without).
        """
        of_peer = self.of_peer(field.name)
        if of_peer is None or of_peer.only is not None or of_peer.prefetch_relationships or self.whole or not self.bare:
            return None
        name = inverse(cls, field, peer)
        return None if name in of_peer.named() or name in of_peer.exclude else name


def node_selection(
    cls: type[InfrahubNodeBase],
    selection: Selection,
    class_of: Classes,
    implied: Callable[[type[InfrahubNodeBase]], str | None] = lambda cls: None,
) -> dict[str, Any]:
    """The fields of one node, as nested data.

    Args:
        cls: The kind's class.
        selection: Which fields.
        class_of: Finds the class of a peer's kind.
        implied: Tells for a class the relationship that needs not be read.
    """
    data: dict[str, Any] = dict(selection.reference(cls))
    data.update(_fields(cls, selection, class_of, beside={implied(cls)}))
    data.update(_fragments(cls, selection, class_of, implied))
    return data


def _fields(
    cls: type[InfrahubNodeBase],
    selection: Selection,
    class_of: Classes,
    *,
    inherited: bool = True,
    insert_alias: bool = False,
    beside: Container[str | None] = (),
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, field in cls._field_map.items():
        if name in beside or not (inherited or not field.schema.inherited) or not selection.reads(cls, field):
            continue
        content = (
            _attribute(selection)
            if isinstance(field, AttributeField)
            else _relationship(cls, field, selection, class_of)
        )
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


def _relationship(cls: type[InfrahubNodeBase], field: Field, selection: Selection, class_of: Classes) -> dict[str, Any]:
    peer, of_peer = peer_kind(cls, field), selection.of_peer(field.name)
    content: dict[str, Any] = dict(REFERENCE)
    if of_peer is not None:
        content = node_selection(
            class_of(peer), of_peer, class_of, implied=lambda kind: selection.is_implied(cls, field, kind)
        )
    if in_hierarchy(cls, field):
        # Beside the fragments in it and not around them: within one another the server (1.11) fails on them.
        fragments = {key: value for key, value in content.items() if key.startswith("...")}
        own = {key: value for key, value in content.items() if key not in fragments}
        content = {f"...on {peer}": own, **fragments}
    edge: dict[str, Any] = {"node": content}
    if selection.properties:
        edge["properties"] = RELATIONSHIP_PROPERTIES
    if selection.metadata:
        edge["node_metadata"] = NODE_METADATA
        edge["relationship_metadata"] = UPDATED
    return edge if isinstance(field, OneField) else {"edges": edge}


def _fragments(
    cls: type[InfrahubNodeBase],
    selection: Selection,
    class_of: Classes,
    implied: Callable[[type[InfrahubNodeBase]], str | None],
) -> dict[str, Any]:
    """For a generic kind, what the kinds that inherit from it have beside its own fields.

    That is all that they have, or the fields that a path begins with.
    """
    known = cls._field_map
    if not selection.fragment and selection.named().keys() <= {*known, *FIELDS_OF_EVERY_NODE}:
        return {}
    named = None if selection.fragment and selection.only is None else selection.named()
    fragments = {}
    for child in concrete_classes(cls, class_of):
        beside: set[str | None] = {implied(child), *known}
        beside.update(() if named is None else child._field_map.keys() - named.keys())
        content = _fields(child, selection, class_of, insert_alias=True, beside=beside)
        if content:
            fragments[f"...on {child._schema.kind}"] = content
    return fragments


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
    known = {*fields, *GENERAL_FILTERS} - UNFILTERED
    wrong = [name for name in names if (name in fields if "__" not in name else name.partition("__")[0] not in known)]
    if wrong:
        raise ValidationError(cls._schema.kind, messages=[_no_filter(name, known, fields) for name in wrong])


def _no_filter(name: str, known: Iterable[str], fields: dict[str, Field]) -> str:
    field, separator, rest = name.partition("__")
    if field in UNFILTERED:
        other = "descendants" if field == "ancestors" else "ancestors"
        return (
            f"there is no filter {name!r}: nodes cannot be filtered by their {field}. Read the {other} of the node in "
            f"question, with include=[{other!r}], or filter by parent__ids."
        )
    suggestion = f" Did you mean '{name}__{'value' if isinstance(fields.get(name), AttributeField) else 'ids'}'?"
    if separator:
        suggestion = nearest(field, known).replace("'?", f"__{rest}'?").replace("' or", f"__{rest}' or")
    return (
        f"there is no filter {name!r}.{suggestion} Filters look like name__value, tags__ids or location__name__value."
    )


def checked_order(order: Any) -> Order | None:
    """An order as a user gave it, also as a dictionary.

    Raises:
        ValidationError: It is none.
    """
    if order is None:
        return None
    from infrahub_sdk.types import Order

    if not isinstance(order, (Order, dict)):
        example = "Order(by=[OrderByEntry(field='name__value')])"
        raise ValidationError("order", f"{order!r} is not an order of nodes; give one such as {example}.")
    return Order.model_validate(order)


def check_order(cls: type[InfrahubNodeBase], order: Order | None, class_of: Classes) -> None:
    """Refuse keys that nodes of the kind cannot be ordered by, before anything is sent.

    Raises:
        ValidationError: Naming each wrong key, with the nearest real field.
    """
    problems = [
        problem for entry in getattr(order, "by", None) or () if (problem := _no_key(cls, entry.field, class_of))
    ]
    if problems:
        raise ValidationError(cls._schema.kind, messages=problems)


def _no_key(cls: type[InfrahubNodeBase], key: str, class_of: Classes) -> str | None:
    """What is wrong with a key such as `name__value` or `location__name__value`."""
    name, _, rest = key.partition("__")
    field = cls._field_map.get(name)
    if name == "node_metadata":
        return None
    if field is None:
        return (
            f"nodes cannot be ordered by {key!r}: there is no attribute or relationship {name!r}."
            f"{nearest(name, cls._field_map)} Keys look like name__value or location__name__value."
        )
    if isinstance(field, AttributeField):
        return None if rest else f"nodes cannot be ordered by {key!r}. Did you mean '{key}__value'?"
    peer = class_of(field.schema.peer)
    attribute = rest.partition("__")[0]
    if attribute in peer._attributes:
        return None
    return (
        f"nodes cannot be ordered by {key!r}: {peer._schema.kind} has no attribute {attribute!r}."
        f"{nearest(attribute, peer._attributes)}"
    )


def check_selection(cls: type[InfrahubNodeBase], selection: Selection, class_of: Classes) -> None:
    """Refuse paths that do not lead to fields, see `check_paths`."""
    paths = (*selection.include, *selection.exclude, *(selection.only or ()))
    if paths:
        check_paths(cls, paths, class_of)


PAGE = {"offset": Rendered("$offset"), "limit": Rendered("$limit")}


def document(
    kind: str,
    operation: str,
    arguments: dict[str, Any],
    body: str,
    *,
    paged: bool = True,
    declared: Iterable[str] = (),
) -> str:
    """The text of a query.

    Args:
        kind: What is read.
        operation: The operation's name.
        arguments: Names and values; texts are never taken for variables.
        body: The selection, as text.
        paged: Whether offset and limit are variables.
        declared: Further variables and their types, as `$name: String`.
    """
    variables = [*(("$offset: Int!", "$limit: Int!") if paged else ()), *declared]
    signature = f" ({', '.join(variables)})" if variables else ""
    of_kind = f"({render_arguments(arguments, kind)})" if arguments else ""
    name = checked("query_name", check_name, operation, "an operation")
    return f"\nquery {name}{signature} {{\n    {kind}{of_kind} {{\n{body}\n    }}\n}}\n"


def selection_text(cls: type[InfrahubNodeBase], selection: Selection, class_of: Classes) -> str:
    """The selection of a query for nodes of a kind, as text; rendered once for each class and selection."""
    texts: dict[Selection, str] = cls.__dict__["_selection_texts"]
    text = texts.get(selection)
    if text is None:
        check_selection(cls, selection, class_of)
        data = {"count": None, "edges": _edge(cls, selection, class_of)}
        text = texts[selection] = "\n".join(render_query_block(data, offset=8))
    return text


def _edge(cls: type[InfrahubNodeBase], selection: Selection, class_of: Classes) -> dict[str, Any]:
    edge: dict[str, Any] = {"node": node_selection(cls, selection, class_of)}
    if selection.metadata:
        edge["node_metadata"] = NODE_METADATA
    return edge


# The same as data, for programs that make queries of their own


async def _classes(node: InfrahubNodeBase) -> Classes:
    from infrahub_sdk.core.schema import branch_schema

    await branch_schema(node._client, node._branch)
    return Classes(node._client, node._branch)


async def query_data(node: InfrahubNodeBase, selection: Selection, arguments: dict[str, Any]) -> dict[str, Any]:
    """The query for nodes of a node's kind, as data."""
    selection = selection._replace(whole=True)
    class_of = await _classes(node)
    check_selection(type(node), selection, class_of)
    data: dict[str, Any] = {"count": None, "edges": _edge(type(node), selection, class_of)}
    if arguments:
        data["@filters"] = arguments
    return {node._schema.kind: data}


async def node_data(
    node: InfrahubNodeBase, selection: Selection, *, inherited: bool = True, insert_alias: bool = False
) -> dict[str, Any]:
    """The fields of a node, as data."""
    selection = selection._replace(whole=True)
    class_of = await _classes(node)
    check_selection(type(node), selection, class_of)
    return _fields(type(node), selection, class_of, inherited=inherited, insert_alias=insert_alias)
