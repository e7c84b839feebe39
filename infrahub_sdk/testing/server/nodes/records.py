"""The rows that a mutation writes: nothing is ever changed, only closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.nodes import values

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.nodes.draft import Draft, NewPeer, NewValue
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind, Relationship
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Records"]


class Records:
    """Writes rows, all of which have the same time.

    Args:
        session: Whose branch and account.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._storage = session.storage
        self._stamp = {"since": session.storage.now(), "by": session.account}

    def add(self, draft: Draft) -> None:
        """A new node."""
        kind = draft.kind
        branch = self._branch(kind.is_agnostic)
        self._storage.insert("node", [{"id": draft.id, "kind": kind.name, "branch": branch, **self._stamp}])
        self._storage.insert(
            "value",
            [self._value(draft, attribute, draft.values.get(name)) for name, attribute in kind.attributes.items()],
        )
        for name, wanted in draft.peers.items():
            self._add_edges(draft.id, kind.relationships[name], wanted)

    def change(self, node: Node, draft: Draft) -> set[str]:
        """What a draft changes of a node, and nothing else.

        Returns:
            The names of the attributes that have other values.
        """
        new = {name: value for name, value in draft.values.items() if not _is_same(node, name, value)}
        rows = [self._value(draft, node.kind.attributes[name], value) for name, value in new.items()]
        for row in rows:
            self._close("value", row["branch"], {"node": node.id, "name": row["name"]})
        self._storage.insert("value", rows)
        for name, wanted in draft.peers.items():
            self._relate(node, node.kind.relationships[name], wanted)
        return {name for name, value in new.items() if node.values[name].value != value.value}

    def add_peers(self, node: Node, relationship: Relationship, new: dict[str, NewPeer]) -> None:
        """New edges of a relationship."""
        self._add_edges(node.id, relationship, new)

    def remove_peers(self, node: Node, relationship: Relationship, ids: list[str]) -> None:
        """The end of edges of a relationship."""
        branch = self._branch(relationship.is_agnostic)
        for id in ids:
            tail, head = relationship.ends(node.id, id)
            self._remove_edge(relationship.identifier, tail, head, branch)

    def delete(self, node: Node) -> None:
        """The end of a node, of its values and of its edges."""
        visible = self._session.scope.visible("edge", "e")
        edges = self._storage.rows(
            f"select e.identifier, e.tail, e.head, e.branch from edge e where e.tail = ? and {visible}"
            f" union select e.identifier, e.tail, e.head, e.branch from edge e where e.head = ? and {visible}",
            [node.id, node.id],
        )
        for identifier, tail, head, branch in edges:
            self._remove_edge(identifier, tail, head, GLOBAL if branch == GLOBAL else self._session.branch.number)
        branch = self._branch(node.kind.is_agnostic)
        self._close("node", branch, {"id": node.id})
        for of_values in {branch, self._session.branch.number, GLOBAL} if branch <= MAIN else {branch}:
            self._close("value", of_values, {"node": node.id})
        if branch > MAIN and self._is_there("node", {"id": node.id}):
            row = {"id": node.id, "kind": node.kind.name, "branch": branch, "is_present": 0, **self._stamp}
            self._storage.insert("node", [row])

    def _relate(self, node: Node, relationship: Relationship, wanted: dict[str, NewPeer]) -> None:
        """Let a relationship lead to some peers, and to no others."""
        held = {edge.node.id: edge for edge in node.edges(relationship)}
        self.remove_peers(node, relationship, [id for id in held if id not in wanted])
        new = {id: peer for id, peer in wanted.items() if id not in held or not _is_same_edge(held[id], peer)}
        self._add_edges(node.id, relationship, new, are_new=not held.keys() & new.keys())

    def _add_edges(self, id: str, relationship: Relationship, new: dict[str, NewPeer], *, are_new: bool = True) -> None:
        """New edges, in place of those that have other properties, or that took them away from a branch."""
        branch = self._branch(relationship.is_agnostic)
        for peer in () if are_new and branch <= MAIN else new:
            tail, head = relationship.ends(id, peer)
            self._close("edge", branch, {"identifier": relationship.identifier, "tail": tail, "head": head})
        self._storage.insert("edge", [self._edge(id, relationship, peer, item) for peer, item in new.items()])

    def _remove_edge(self, identifier: str, tail: str, head: str, branch: int) -> None:
        key = {"identifier": identifier, "tail": tail, "head": head}
        self._close("edge", branch, key)
        if branch > MAIN and self._is_there("edge", key):
            self._storage.insert("edge", [{**key, "branch": branch, "is_present": 0, **self._stamp}])

    def _branch(self, is_agnostic: bool) -> int:
        return GLOBAL if is_agnostic else self._session.branch.number

    def _close(self, table: str, branch: int, key: dict[str, Any]) -> None:
        """End what holds now on a branch itself."""
        where = " and ".join(f"{name} = ?" for name in key)
        sql = f"update {table} set until = ? where {where} and branch = ? and until is null"
        self._storage.rows(sql, [self._stamp["since"], *key.values(), branch])

    def _is_there(self, table: str, key: dict[str, Any]) -> bool:
        """Whether the branch still sees something, of the default branch."""
        where = " and ".join(f"t.{name} = ?" for name in key)
        sql = f"select 1 from {table} t where {where} and {self._session.scope.visible(table, 't')}"
        return bool(self._storage.rows(sql, list(key.values())))

    def _value(self, draft: Draft, attribute: Attribute, new: NewValue | None) -> dict[str, Any]:
        held = draft.node.values.get(attribute.name) if draft.node else None
        value = new.value if new else None
        is_kept = held is not None and held.value == value  # a password that is kept is not hashed again
        return {
            "node": draft.id,
            "kind": draft.kind.name,
            "name": attribute.name,
            "branch": self._branch(_is_everywhere(draft.kind, attribute)),
            "value": (values.sought if is_kept else values.stored)(attribute.kind, value),
            "is_default": new.is_default if new else True,
            "is_protected": new.is_protected if new else False,
            "source": new.source if new else None,
            "owner": new.owner if new else None,
            "profile": new.profile if new else None,
            **self._stamp,
        }

    def _edge(self, id: str, relationship: Relationship, peer: str, new: NewPeer) -> dict[str, Any]:
        tail, head = relationship.ends(id, peer)
        return {
            "identifier": relationship.identifier,
            "tail": tail,
            "head": head,
            "branch": self._branch(relationship.is_agnostic),
            "is_protected": new.is_protected,
            "source": new.source,
            "owner": new.owner,
            **self._stamp,
        }


def _is_everywhere(kind: Kind, attribute: Attribute) -> bool:
    return attribute.is_agnostic or (kind.is_agnostic and attribute.data["branch"] == "local")


def _is_same(node: Node, name: str, new: NewValue) -> bool:
    held = node.values.get(name)
    fields = ("value", "is_default", "is_protected", "source", "owner", "profile")
    return held is not None and all(getattr(held, field) == getattr(new, field) for field in fields)


def _is_same_edge(held: Any, new: NewPeer) -> bool:
    return (bool(held.is_protected), held.source, held.owner) == (new.is_protected, new.source, new.owner)
