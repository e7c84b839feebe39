"""Finding the node that an input names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import nearest
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.utils import is_valid_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["by_hfid", "by_id", "find", "kind", "no_kind", "not_found"]


def not_found(kind: str, identifier: str, message: str | None = None) -> Refused:
    """The error for a node that is not there.

    By the words it begins with, clients know it that do not go by codes.
    """
    message = message or f"Unable to find the node {identifier!r}: no {kind} has this id or name"
    return Refused(message, "NODE_NOT_FOUND", 404, {"node_kind": kind, "identifier": identifier})


def no_kind(name: str, kinds: Iterable[str]) -> Refused:
    """The error for a kind that is not there.

    Args:
        name: Its name.
        kinds: The names of those that are.
    """
    return Refused(
        f"There is no kind {name!r} in the schema.{nearest(name, kinds)}", "SCHEMA_NOT_FOUND", 422, {"kind": name}
    )


def kind(session: Session, name: str) -> Kind:
    """The kind of a name.

    Raises:
        Refused: There is none.
    """
    if name not in session.kinds:
        raise no_kind(name, session.kinds)
    return session.kinds[name]


def find(session: Session, kind: Kind, data: Mapping[str, Any]) -> Node:
    """The node that an input names by its id, its human-friendly id, or the value that its kind is looked up by.

    Args:
        session: Whose view of the data.
        kind: The kind that it has to be of.
        data: The input, with `id` or `hfid`.

    Raises:
        Refused: There is no such node.
    """
    id, hfid = data.get("id"), data.get("hfid")
    if id and is_valid_uuid(id):
        return by_id(session, kind, id)
    if hfid:
        node = by_hfid(session, kind, hfid)
        if node is None:
            raise not_found(kind.name, " :: ".join(map(str, hfid)))
        return node
    if id:
        return _by_default_filter(session, kind, id)
    raise Refused("Name the node: give its id or its hfid", status=400)


def by_id(session: Session, kind: Kind, id: str) -> Node:
    """The node of a kind that has an id.

    Raises:
        Refused: There is none, or it is of another kind.
    """
    node = session.get([id]).get(id)
    if node is None:
        raise not_found(kind.name, id)
    if node.kind.name not in kind.members:
        raise not_found(kind.name, id, f"{id!r} is the id of a {node.kind.name}, and a {kind.name} is asked for")
    return node


def by_hfid(session: Session, kind: Kind, hfid: Sequence[str]) -> Node | None:
    """The node of a kind that has a human-friendly id; None when there is none.

    Raises:
        Refused: The kind has no such ids, or several nodes have this one.
    """
    paths, named = kind.data.get("human_friendly_id"), " :: ".join(map(str, hfid))
    if not paths:
        raise not_found(kind.name, named, f"{kind.name} has no HFID to find a node by")
    if len(paths) != len(hfid):
        raise not_found(kind.name, named, f"The HFID of a {kind.name} has {len(paths)} parts, not {len(hfid)}: {hfid}")
    return _only_one(session.find(kind, {"hfid": hfid}, limit=2), kind, named)


def _by_default_filter(session: Session, kind: Kind, value: str) -> Node:
    path = kind.data.get("default_filter")
    node = _only_one(session.find(kind, {path: value}, limit=2), kind, value) if path else None
    if node is None:
        raise not_found(kind.name, value)
    return node


def _only_one(found: Sequence[Node], kind: Kind, named: str) -> Node | None:
    if len(found) > 1:
        raise not_found(kind.name, named, f"More than one {kind.name} is called {named!r}")
    return found[0] if found else None
