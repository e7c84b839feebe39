"""From the edges of an answer to nodes, and to the nodes that were read along with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.selecting import ALIAS, REFERENCE
from infrahub_sdk.exceptions import InvalidResponseError
from infrahub_sdk.node.base import Bare, load_node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.core.selecting import Selection

__all__ = ["Loader", "strip_aliases"]


def strip_aliases(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a node with its fields under their own names again."""
    aliases = _aliases(data)
    return {aliases.get(key, key): value for key, value in data.items()} if aliases else data


def _aliases(data: Iterable[str]) -> dict[str, str]:
    """The fields that stand under an alias in a node's data, and their own names."""
    return {key: key[len(ALIAS) :].partition("__")[2] for key in data if key.startswith(ALIAS)}


class _Shape(NamedTuple):
    """What the nodes of one kind have in common in one part of an answer, found out from the first of them."""

    cls: type[Any]
    aliases: dict[str, str]
    bare: Bare

    @classmethod
    def of(cls, node_class: type[Any], data: dict[str, Any]) -> _Shape:
        aliases = _aliases(data)
        return cls(node_class, aliases, Bare.of(node_class, {aliases.get(key, key) for key in data}))


class Loader(NamedTuple):
    """Makes nodes of what an answer holds.

    Attributes:
        client: The client that read it.
        branch: The branch that was read.
        at: The moment that was read, if it is not the present.
    """

    client: BaseClient
    branch: str
    at: str | None = None

    def load(self, edges: list[dict[str, Any]], selection: Selection, *, store: bool = False) -> list[Any]:
        """The nodes of edges, with those that were read along in the place of their data.

        Args:
            edges: The edges. They are changed.
            selection: Which fields were read.
            store: Whether the nodes are kept in the client's store; those that were asked for replace those that were
                read along.
        """
        try:
            nodes = self._nodes(edges, selection, store=store)
        except (KeyError, TypeError) as error:
            raise InvalidResponseError(
                f"An edge of the answer does not hold a node with a __typename: {error!r}"
            ) from error
        if store:
            self.client.store._branch(self.branch).load(nodes)
        return nodes

    def _nodes(self, edges: list[dict[str, Any]], selection: Selection, *, store: bool) -> list[Any]:
        shapes = self._shapes(edges)
        if selection.reads_peers():
            for kind, shape in shapes.items():
                of_kind = [edge["node"] for edge in edges if edge["node"]["__typename"] == kind]
                self._load_peers(of_kind, shape, selection, store=store)
        client, branch, at = self.client, self.branch, self.at
        is_bare, partial = selection.bare, selection.only is not None
        nodes = []
        for edge in edges:
            data = edge["node"]
            shape = shapes[data["__typename"]]
            if is_bare:
                shape.bare.strip(data)
            nodes.append(load_node(shape.cls, client, branch, edge, bare=is_bare, partial=partial))
        if at is not None:
            for node in nodes:
                node._set_extra("_at", at)
        return nodes

    def _shapes(self, edges: list[dict[str, Any]]) -> dict[str, _Shape]:
        """The shape of each kind among the nodes, whose aliases are replaced."""
        class_of = self.client.schema._node_class
        shapes: dict[str, _Shape] = {}
        for edge in edges:
            data = edge["node"]
            kind = data["__typename"]
            shape = shapes.get(kind)
            if shape is None:
                shape = shapes[kind] = _Shape.of(class_of(kind, self.branch), data)
            for alias, name in shape.aliases.items():
                data[name] = data.pop(alias)
        return shapes

    def _load_peers(self, nodes: list[dict[str, Any]], shape: _Shape, selection: Selection, *, store: bool) -> None:
        """Put nodes in the place of the data of the peers that were read along with nodes of one kind."""
        for name in shape.cls._relationships:
            of_peer = selection.of_peer(name)
            if of_peer is None:
                continue
            edges = self._edges_of(nodes, shape.cls, name, selection)
            for edge, peer in zip(edges, self.load(edges, of_peer, store=store)):
                edge["node"] = peer

    def _edges_of(
        self, nodes: list[dict[str, Any]], cls: type[Any], name: str, selection: Selection
    ) -> list[dict[str, Any]]:
        """The edges of a relationship of some nodes, whose peers are told what was not asked for because it follows."""
        found = []
        field, class_of = cls._field_map[name], self.client.schema._node_class
        back: dict[str, str | None] = {}
        for data in nodes:
            reference = {"node": {key: data[key] for key in REFERENCE if key in data}}
            for edge in _edges(data.get(name)):
                peer = edge["node"]
                kind = peer["__typename"]
                if kind not in back:
                    back[kind] = selection.is_implied(cls, field, class_of(kind, self.branch))
                relationship = back[kind]
                if relationship is not None:
                    peer.setdefault(relationship, reference)
                found.append(edge)
        return found


def _edges(relationship: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The edges of a relationship that lead to a node; an inline fragment of another kind leaves an empty one."""
    if not relationship:
        return []
    edges = relationship.get("edges", (relationship,))
    return [edge for edge in edges or () if (edge.get("node") or {}).get("__typename")]
