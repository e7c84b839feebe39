"""Relationships by their identifiers, apart from the nodes that they connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.graphql.resolvers import resolves

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_PAGE = 10


@resolves("Query.Relationship")
def relationships(
    _: Any,
    info: Any,
    ids: list[str],
    excluded_namespaces: list[str] | None = None,
    limit: int | None = None,
    offset: int | None = None,
) -> dict[str, Any]:
    """The relationships that have one of some identifiers."""
    if not ids:
        raise Refused("Give the identifiers of the relationships", status=500)
    reading.check_page(offset, limit)
    found = _rows(info.context, ids, set(excluded_namespaces or ()))
    start = offset or 0
    return {"count": len(found), "edges": [{"node": _node(*row)} for row in found[start : start + (limit or _PAGE)]]}


def _rows(session: Session, ids: list[str], excluded: set[str]) -> list[Any]:
    scope, marks = session.scope, ", ".join("?" * len(ids))
    rows = session.storage.rows(
        "select edge.identifier, a.id, a.kind, b.id, b.kind"
        " from edge join node a on a.id = edge.tail join node b on b.id = edge.head"
        f" where edge.identifier in ({marks}) and {scope.visible('edge', 'edge')}"
        f" and {scope.visible('node', 'a')} and {scope.visible('node', 'b')} order by edge.since, a.id, b.id",
        ids,
    )
    kinds = session.kinds
    return [
        row
        for row in rows
        if all(kind in kinds and kinds[kind].data["namespace"] not in excluded for kind in (row[2], row[4]))
    ]


def _node(identifier: str, tail: str, tail_kind: str, head: str, head_kind: str) -> dict[str, Any]:
    from uuid import NAMESPACE_OID, uuid5

    return {
        "id": str(uuid5(NAMESPACE_OID, f"{identifier} {tail} {head}")),  # the database keeps none
        "identifier": identifier,
        "peers": [{"id": tail, "kind": tail_kind}, {"id": head, "kind": head_kind}],
    }
