"""What no two nodes may have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes.computed import fields_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from infrahub_sdk.testing.server.nodes.draft import Draft
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds

__all__ = ["HfidTaken", "check", "touched"]


class HfidTaken(Refused):
    """Other nodes have the human-friendly id, and nothing else stands in the way."""

    def __init__(self, message: str, ids: Sequence[str]) -> None:
        super().__init__(message)
        self.ids = ids


def check(draft: Draft, fields: Collection[str]) -> None:
    """Refuse a draft that has in common with another node what only one may have.

    Args:
        draft: The node.
        fields: The names of the fields that the mutation gives.

    Raises:
        Refused: It has; `HfidTaken` where it is an upsert's way to name an existing node.
    """
    hfid: HfidTaken | None = None
    others: list[tuple[bool, list[str], Refused]] = []
    for kind, paths in touched(draft.session.kinds, draft.kind, fields):
        ids = _same(draft, kind, paths)
        if not ids:
            continue
        by_hfid = _hfid_constraint(kind)
        message = _message(draft.kind, paths)
        if set(paths) == by_hfid:
            hfid = hfid or HfidTaken(message, ids)
        else:
            others.append((bool(by_hfid) and set(paths) <= by_hfid, ids, Refused(message)))
    for is_part, ids, refused in others:
        # What is part of a human-friendly id, or what the same node alone has, goes with it.
        if hfid is None or not (is_part or ids == list(hfid.ids)):
            raise refused
    if hfid is not None:
        raise hfid


def touched(kinds: Kinds, kind: Kind, fields: Collection[str]) -> Iterator[tuple[Kind, Sequence[str]]]:
    """The constraints that a change of some fields of a kind may break.

    Returns:
        The kind whose each of them is, which may be a generic, and its paths.
    """
    for bound in _bound_by(kinds, kind):
        given = {*fields, *_given_anyway(bound)}
        for paths in bound.data.get("uniqueness_constraints") or ():
            if given & {path.partition("__")[0] for path in paths}:
                yield bound, paths


def _bound_by(kinds: Kinds, kind: Kind) -> Iterator[Kind]:
    """The kind and the generics above it whose constraints hold; a generic's hold over all of its kinds."""
    own = {frozenset(paths) for paths in kind.data.get("uniqueness_constraints") or ()}
    is_covered = False
    for name in kind.data.get("inherit_from") or ():
        generic = kinds.get(name)
        if generic is not None and generic.data.get("uniqueness_constraints"):
            yield generic
            is_covered = is_covered or own <= {frozenset(paths) for paths in generic.data["uniqueness_constraints"]}
    if own and not is_covered:
        yield kind


def _given_anyway(kind: Kind) -> Iterator[str]:
    """Unique attributes that have values though the input does not give them."""
    for attribute in kind.attributes.values():
        if attribute.data.get("unique") and (attribute.data["optional"] or attribute.data.get("computed_attribute")):
            yield attribute.name


def _hfid_constraint(kind: Kind) -> set[str]:
    """The human-friendly id of a kind as a constraint would have it."""
    paths = kind.data.get("human_friendly_id") or ()
    return {path if path.partition("__")[0] in kind.attributes else path.partition("__")[0] for path in paths}


def _same(draft: Draft, kind: Kind, paths: Sequence[str]) -> list[str]:
    """The ids of the other nodes that have the same at the paths."""
    values: dict[str, Any] = {}
    peers: dict[str, Any] = {}
    for field in (path.partition("__")[0] for path in paths):
        if field in kind.attributes:
            value = draft.value(field)
            values.update({f"{field}__isnull": True} if value is None else {f"{field}__value": value})
            continue
        ids = draft.peer_ids(kind.relationships[field])
        if not ids:
            return []
        peers[f"{field}__ids"] = ids
    filters = {**values, **peers}  # the search begins with the first of them, and a peer may have many nodes
    return [node.id for node in draft.session.find(kind, filters) if node.id != draft.id]


def _message(kind: Kind, paths: Sequence[str]) -> str:
    fields = [path.partition("__")[0] for path in paths]
    inputs = {
        path.rpartition("__")[0].replace("__", ".") or path
        for field in fields
        if field in kind.attributes
        for path in fields_of(kind.attributes[field])
    }
    made = f" (made of {', '.join(sorted(inputs))})" if inputs else ""
    return f"Another node has the same {' and '.join(fields)}{made}, and no two may"
