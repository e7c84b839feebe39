"""What resolves the queries for ways through the graph of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.nodes import labels, traversal
from infrahub_sdk.testing.server.nodes.traversal import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.nodes.traversal import Path
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_MOST_PATHS, _MOST_RESULTS, _MOST_REACHING = 100, 200, 5000
_DEPTH, _PATHS, _RESULTS, _REACHING = 5, 10, 50, 500  # what counts where an input says null


@resolves("Query.InfrahubPathTraversal")
def path_traversal(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The ways from a node to another."""
    session: Session = info.context
    most = data.get("max_paths") or _PATHS
    traversal.check_limit("max_paths", most, _MOST_PATHS)
    if data["source_id"] == data["destination_id"]:
        raise Refused(f"source_id and destination_id are both {data['source_id']!r}: name two nodes", status=500)
    source, target = _node(session, data, "source_id"), _node(session, data, "destination_id")
    limits = Limits(
        data.get("max_depth") or _DEPTH,
        data.get("kind_filter") or (),
        data.get("relationship_filter") or (),
        data.get("excluded_namespaces") or (),
        data.get("excluded_kinds") or (),
        data.get("included_kinds") or (),
    )
    found, truncated = traversal.paths(
        session, source.id, target.id, limits, most, only_shortest=data.get("shortest_paths_only") is not False
    )
    shown = _Shown(session, found, [source.id, target.id])
    return {
        "paths": [shown.path(source.id, path) for path in found],
        "source": shown.node(source.id),
        "destination": shown.node(target.id),
        "count": len(found),
        "excluded_kinds": sorted(limits.excluded(session)),
        "truncated_at_depth": truncated,
    }


@resolves("Query.InfrahubReachableNodes")
def reachable_nodes(_: Any, info: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The ways from a node to those of some kinds."""
    session: Session = info.context
    kinds = data["target_kinds"]
    results = data.get("max_results") or _RESULTS
    most = _REACHING if data.get("max_paths") is None else data["max_paths"]
    if not kinds:
        raise Refused("Name a kind in target_kinds, which is empty", status=500)
    traversal.check_limit("max_results", results, _MOST_RESULTS)
    traversal.check_limit("max_paths", most, _MOST_REACHING)
    source = _node(session, data, "source_id")
    for name in kinds:
        if name not in session.kinds:
            raise Refused(f"target_kinds names {name!r}, which is no kind of the schema", status=500)
    found = traversal.reachable(
        session,
        source.id,
        kinds,
        Limits(data.get("max_depth") or _DEPTH),
        results,
        most,
        only_shortest=data.get("shortest_paths_only") is not False,
    )
    shown = _Shown(session, found, [source.id])
    dependencies = [
        {"node": shown.node(path[-1][1]), "depth": len(path), "path": shown.path(source.id, path)} for path in found
    ]
    return {"source": shown.node(source.id), "dependencies": dependencies, "count": len(dependencies)}


def _node(session: Session, data: Mapping[str, Any], name: str) -> Node:
    id = data[name]
    node = session.get([id]).get(id)
    if node is None:
        raise Refused(f"There is no node {id!r}, which {name} names", status=500)
    return node


class _Shown:
    """How ways and the nodes on them are shown."""

    def __init__(self, session: Session, paths: list[Path], ids: list[str]) -> None:
        self._session = session
        self._nodes = session.get({*ids, *(id for path in paths for _, id, _ in path)})

    def node(self, id: str) -> dict[str, Any]:
        node = self._nodes[id]
        return {
            "id": id,
            "kind": node.kind.name,
            "label": node.kind.data.get("label") or node.kind.name,
            "display_label": labels.display_label(node),
            "hfid": labels.hfid(node) or [],
        }

    def path(self, source: str, path: Path) -> dict[str, Any]:
        hops: list[dict[str, Any]] = [{"node": self.node(source), "relationship": None}]
        start = self._nodes[source].kind.name
        for identifier, id, kind in path:
            hops.append({"node": self.node(id), "relationship": self._relationship(identifier, start, kind)})
            start = kind
        return {"hops": hops, "depth": len(path)}

    def _relationship(self, identifier: str, start: str, end: str) -> dict[str, Any]:
        forth, back = traversal.ends_of(self._session, identifier, start, end)
        known = forth or back
        return {
            "from_rel": forth.name if forth else identifier,
            "from_label": (forth.data.get("label") or forth.name) if forth else identifier,
            "to_rel": back.name if back else identifier,
            "to_label": (back.data.get("label") or back.name) if back else identifier,
            "kind": known.data["kind"] if known else "",
        }
