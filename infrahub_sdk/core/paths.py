"""Paths through kinds, such as `interfaces.ip_addresses`: what they lead through, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError, nearest
from infrahub_sdk.node.fields import AttributeField, ManyField, OneField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field

__all__ = [
    "FIELDS_OF_EVERY_NODE",
    "Classes",
    "below",
    "check_names",
    "check_paths",
    "concrete_classes",
    "heads",
    "in_hierarchy",
    "inverse",
    "peer_kind",
]

HIERARCHY = "Hierarchy"
FIELDS_OF_EVERY_NODE = frozenset({"id", "hfid", "display_label", "__typename"})
# Every node is one, although the schema names it among the generics of a few only; groups are not.
NODE_KIND, GROUP_KIND = "CoreNode", "CoreGroup"


class Classes:
    """The classes of the kinds of a branch whose schema has been read.

    Args:
        client: The client that has read it.
        branch: The branch.
    """

    def __init__(self, client: BaseClient, branch: str) -> None:
        self._client = client
        self._branch = branch

    def __call__(self, kind: str) -> type[InfrahubNodeBase]:
        """The class of a kind."""
        found: type[InfrahubNodeBase] = self._client.schema._node_class(kind, self._branch)
        return found

    def __contains__(self, kind: str) -> bool:
        schema = self._client.schema.cache.get(self._branch)
        return schema is not None and kind in schema.nodes


def heads(paths: Iterable[str]) -> dict[str, None]:
    """The first step of each path.

    >>> list(heads(["name", "interfaces.name", "interfaces.mtu"]))
    ['name', 'interfaces']
    """
    return dict.fromkeys(path.partition(".")[0] for path in paths)


def below(paths: Iterable[str], step: str) -> tuple[str, ...]:
    """How the paths go on that begin with a step.

    >>> below(["name", "interfaces", "interfaces.name"], "interfaces")
    ('name',)
    """
    start = f"{step}."
    return tuple(path[len(start) :] for path in paths if path.startswith(start))


def concrete_classes(cls: type[InfrahubNodeBase], class_of: Classes) -> list[type[InfrahubNodeBase]]:
    """The classes of the kinds whose nodes a generic kind stands for; none for a kind that is not generic.

    The schema lists more of them than GraphQL knows: internal kinds, generics, and groups as nodes.
    """
    kind, found = cls._schema.kind, []
    for name in getattr(cls._schema, "used_by", None) or []:
        if name not in class_of:
            continue
        child = class_of(name)
        inherits = kind in child._kinds or (kind == NODE_KIND and GROUP_KIND not in child._kinds)
        if inherits and not hasattr(child._schema, "used_by"):
            found.append(child)
    return found


def in_hierarchy(cls: type[InfrahubNodeBase], field: Field) -> bool:
    """Whether the relationship is one of a hierarchy, whose peers the server types by the whole."""
    return field.name in cls._ancestry or field.schema.kind == HIERARCHY


def peer_kind(cls: type[InfrahubNodeBase], field: Field) -> str:
    """The kind by which the peers of a relationship are read."""
    peer: str = field.schema.peer
    if isinstance(field, ManyField) and in_hierarchy(cls, field):
        return getattr(cls._schema, "hierarchy", None) or peer
    return peer


OPPOSITES = {"bidirectional": "bidirectional", "outbound": "inbound", "inbound": "outbound"}


def inverse(cls: type[InfrahubNodeBase], field: Field, peer: type[InfrahubNodeBase]) -> str | None:
    """The relationship by which the peers of a relationship know the one node that they were reached from.

    None where there is none, or where it does not follow from the schema which one it is.
    """
    schema = field.schema
    if not schema.identifier or in_hierarchy(cls, field):
        return None
    same = [
        other for other in peer._field_map.values() if getattr(other.schema, "identifier", None) == schema.identifier
    ]
    if len(same) != 1 or not isinstance(same[0], OneField) or in_hierarchy(peer, same[0]):
        return None
    other = same[0].schema
    fits = other.direction == OPPOSITES.get(schema.direction) and other.peer in cls._kinds and peer is not cls
    return same[0].name if fits else None


def check_names(argument: str, names: Iterable[str] | None) -> tuple[str, ...]:
    """Paths as a user gave them.

    Raises:
        ValidationError: They are not a list of texts.
    """
    is_list = not isinstance(names, str) and hasattr(names, "__iter__")
    found = tuple(names or ()) if is_list else ()
    if not (is_list or names is None) or not all(isinstance(name, str) for name in found):
        raise ValidationError(argument, f"{names!r} is not a list of the names of fields.")
    return tuple(dict.fromkeys(found))


def check_paths(cls: type[InfrahubNodeBase], paths: Iterable[str], class_of: Classes) -> None:
    """Refuse paths with a step that is no field of the kind that it is taken from.

    Raises:
        ValidationError: Naming each path, the step, and the nearest real field.
    """
    problems = [problem for path in paths if (problem := _problem(cls, path, class_of))]
    if problems:
        raise ValidationError(cls._schema.kind, messages=list(dict.fromkeys(problems)))


def _problem(cls: type[InfrahubNodeBase], path: str, class_of: Classes) -> str | None:
    classes = [cls]
    *before, last = path.split(".")
    for step in before:
        classes = _widened(classes, class_of)
        fields = _fields(classes, step)
        if not fields:
            return _no_step(classes, path, step, relationships_only=True)
        peers = {peer_kind(owner, field) for owner, field in fields if not isinstance(field, AttributeField)}
        if not peers:
            return f"the path {path!r} cannot go on behind {step!r}, which is an attribute of {_kind(classes)}."
        classes = [class_of(peer) for peer in sorted(peers)]
    if last in FIELDS_OF_EVERY_NODE:
        return None
    classes = _widened(classes, class_of)
    return None if _fields(classes, last) else _no_step(classes, path, last)


def _widened(classes: Sequence[type[InfrahubNodeBase]], class_of: Classes) -> list[type[InfrahubNodeBase]]:
    """The same with those of the kinds that generics stand for."""
    return [*classes, *(child for cls in classes for child in concrete_classes(cls, class_of))]


def _fields(classes: Iterable[type[InfrahubNodeBase]], name: str) -> list[tuple[Any, Any]]:
    return [(cls, cls._field_map[name]) for cls in classes if name in cls._field_map]


def _kind(classes: Sequence[type[InfrahubNodeBase]]) -> str:
    return classes[0]._schema.kind


def _no_step(
    classes: Sequence[type[InfrahubNodeBase]], path: str, step: str, *, relationships_only: bool = False
) -> str:
    what = "relationship" if relationships_only else "attribute or relationship"
    known = {
        name: None
        for cls in classes
        for name, field in cls._field_map.items()
        if not (relationships_only and isinstance(field, AttributeField))
    }
    if path == step:
        return f"there is no {what} {step!r}.{nearest(step, known)}"
    return f"the step {step!r} of the path {path!r} is no {what} of {_kind(classes)}.{nearest(step, known)}"
