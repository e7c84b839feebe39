"""Branches as plain Python: each is a copy of a graph of nodes, and what changed is looked up by comparing copies."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Graph", "Model"]


ONE = "site"  # the relationship that leads to one node; `tags` leads to many, and nothing leads back from a tag


@dataclass
class Graph:
    """Nodes with their kinds, values by node and attribute, and edges."""

    nodes: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    edges: set[tuple[str, str, str]] = field(default_factory=set)

    def copy(self) -> Graph:
        return Graph(dict(self.nodes), dict(self.values), set(self.edges))

    def remove(self, node: str) -> None:
        del self.nodes[node]
        self.values = {key: value for key, value in self.values.items() if key[0] != node}
        self.edges = {edge for edge in self.edges if node not in edge[1:]}

    def point(self, relationship: str, node: str, peers: set[str]) -> None:
        self.edges = {edge for edge in self.edges if edge[:2] != (relationship, node)}
        self.edges |= {(relationship, node, peer) for peer in peers}


class Change:
    """What one side changed: what happened to each node, its new values, and its edges that came and went."""

    def __init__(self, old: Graph, new: Graph) -> None:
        self.kinds = new.nodes
        self.actions = {
            node: "removed" if node not in new.nodes else "added"
            for node in old.nodes.keys() | new.nodes.keys()
            if (node in old.nodes) != (node in new.nodes)
        }
        keys = old.values.keys() | new.values.keys()
        self.values = {key: new.values.get(key) for key in keys if old.values.get(key) != new.values.get(key)}
        self.added, self.removed = new.edges - old.edges, old.edges - new.edges
        self.sites: dict[str, str | None] = {edge[1]: None for edge in self.removed if edge[0] == ONE}
        self.sites.update({edge[1]: edge[2] for edge in self.added if edge[0] == ONE})
        touched = {node for node, _ in self.values}
        for relationship, node, peer in self.added | self.removed:
            touched |= {node, peer} if relationship == ONE else {node}
        for node in touched:
            self.actions.setdefault(node, "updated")

    def conflicts_with(self, other: Change) -> bool:
        sides: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
            (self.actions, other.actions),
            (self.values, other.values),
            (self.sites, other.sites),
        ]
        return any(mine[key] != theirs[key] for mine, theirs in sides for key in mine.keys() & theirs.keys())

    def can_settle(self, other: Change) -> bool:
        """Whether a side of each conflict may be chosen: not where one deleted what the other changed."""
        return all(self.actions[node] == other.actions[node] for node in self.actions.keys() & other.actions.keys())

    def settled(self, base: Change, side: str) -> Change:
        """This change after a side of each conflict was chosen: that of the default branch, or this one."""
        values = {key for key in self.values.keys() & base.values.keys() if self.values[key] != base.values[key]}
        nodes = {node for node in self.sites.keys() & base.sites.keys() if self.sites[node] != base.sites[node]}
        change = copy(self)
        if side == "base":
            change.values = {key: value for key, value in self.values.items() if key not in values}
            change.added = {edge for edge in self.added if edge[0] != ONE or edge[1] not in nodes}
        else:  # a node that lost its site here keeps the other one, as on a real server
            lost = {edge for edge in base.added if edge[0] == ONE and edge[1] in nodes and self.sites[edge[1]]}
            change.removed = self.removed | lost
        return change

    def apply(self, graph: Graph) -> Graph:
        """A graph with the change; what lacks a node is not there."""
        made = graph.copy()
        made.nodes.update({node: kind for node, kind in self.kinds.items() if self.actions.get(node) == "added"})
        made.values.update(self.values)
        made.edges = (made.edges - self.removed) | self.added
        for node, action in self.actions.items():
            if action == "removed":
                made.nodes.pop(node, None)
        made.values = {key: value for key, value in made.values.items() if key[0] in made.nodes}
        made.edges = {edge for edge in made.edges if edge[1] in made.nodes and edge[2] in made.nodes}
        return made


class Model:
    """The default branch and others that left it."""

    def __init__(self) -> None:
        self.graphs: dict[str, Graph] = {"main": Graph()}
        self.forks: dict[str, Graph] = {}

    def fork(self, name: str) -> None:
        self.forks[name] = self.graphs["main"].copy()
        self.graphs[name] = self.graphs["main"].copy()

    def drop(self, name: str) -> None:
        del self.forks[name], self.graphs[name]

    def has_conflicts(self, name: str) -> bool:
        fork = self.forks[name]
        return Change(fork, self.graphs[name]).conflicts_with(Change(fork, self.graphs["main"]))

    def can_settle(self, name: str) -> bool:
        fork = self.forks[name]
        return Change(fork, self.graphs[name]).can_settle(Change(fork, self.graphs["main"]))

    def merge(self, name: str, side: str = "diff") -> None:
        fork, main = self.forks[name], self.graphs["main"]
        change = Change(fork, self.graphs[name]).settled(Change(fork, main), side)
        self.graphs["main"] = change.apply(main)

    def rebase(self, name: str) -> None:
        change = Change(self.forks[name], self.graphs[name])
        self.forks[name] = self.graphs["main"].copy()
        self.graphs[name] = change.apply(self.forks[name])
