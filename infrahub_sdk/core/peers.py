"""Peers that are added to a relationship, or removed from it, whatever its other peers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.inputs import names_by_id
from infrahub_sdk.core.mutations import Mutation, SaveMutation
from infrahub_sdk.node.fields import ManyField, OneField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase

__all__ = ["PeersMutation", "peer_mutations"]


class PeersMutation(Mutation):
    """Adds peers or removes them, so that those which others add meanwhile stay.

    Args:
        node: The node.
        action: `Add` or `Remove`.
        relationship: The relationship's name.
        said: How the peers are named.
        context: For which account.
        peers: The related nodes, where they were changed on the node.
    """

    __slots__ = ("context", "marks", "node", "relationship")

    def __init__(
        self,
        node: InfrahubNodeBase,
        action: str,
        relationship: str,
        said: list[dict[str, Any]],
        context: RequestContext | None = None,
        peers: list[Any] | None = None,
    ) -> None:
        whole = {"id": node.id, "name": relationship, "nodes": said}
        super().__init__(node._schema.kind, f"Relationship{action}", whole, context)
        self.node = node
        self.relationship = relationship
        self.context = context
        self.marks = None if peers is None else [(peer, peer._mark()) for peer in peers]

    @property
    def tracker(self) -> str:
        """What names the request in the server's logs."""
        return f"mutation-{self.kind.lower()}-{self.name.lower()}-{self.relationship}"

    def take(self, answer: Any, client: BaseClient) -> None:
        """The server has added or removed the peers."""
        super().take(answer, client)
        added = self.name == "RelationshipAdd"
        if self.marks is not None:
            self.node[self.relationship]._took(self.marks, added=added)
            client.store.set(self.node)
        elif self.relationship in self.node._data or self.relationship in (self.node._fields or {}):
            self._follow([peer["id"] for peer in self.said["nodes"]], added=added)

    def _follow(self, peers: list[str], *, added: bool) -> None:
        """Let the node know of peers that were not changed on it first."""
        field, value = self.node._field_map[self.relationship], self.node[self.relationship]
        if isinstance(field, ManyField):
            value._follow(peers, added=added)
        elif isinstance(field, OneField) and not value._peer_has_been_mutated and (added or value._known_id() in peers):
            self.node._open_fields()[self.relationship] = field._related(self.node, peers[0] if added else None)

    def as_list(self) -> SaveMutation | None:
        """The update that says all peers, for an account that may change the node but not the peers.

        None where the user asked for exactly this mutation.
        """
        if self.marks is None:
            return None
        said = {self.relationship: self.node[self.relationship]._input(), "id": self.node.id}
        return SaveMutation(self.node, "Update", said, self.context)


def peer_mutations(
    node: InfrahubNodeBase, said: dict[str, Any], context: RequestContext | None
) -> Iterator[PeersMutation]:
    """What is said of relationships of which peers were but added and removed, taken out of an update's input.

    The others stay there, and replace the list.
    """
    for name, field in node._field_map.items():
        if name not in said or not isinstance(field, ManyField):
            continue
        manager = node[name]
        steps = manager._steps
        if steps is None:
            continue
        added, removed = ([(peer, peer._input()) for peer in peers] for peers in steps)
        if not all(names_by_id(content) for _, content in [*added, *removed]):
            continue  # the server looks for such peers in a list alone
        if not _takes_steps(node, field, removes=bool(removed)):
            continue
        del said[name]
        for action, step in (("Add", added), ("Remove", removed)):
            if step:
                contents = [content if action == "Add" else {"id": content["id"]} for _, content in step]
                yield PeersMutation(node, action, name, contents, context, [peer for peer, _ in step])


def _takes_steps(node: InfrahubNodeBase, field: ManyField, *, removes: bool) -> bool:
    """Whether the server keeps its rules when peers are added or removed one by one.

    It does not look at the number of peers then, on either side (1.11.9): only an update with the list does. It does
    look whether a peer that can have but one already has another, except in a hierarchy, where a second parent makes
    the kind unreadable.
    """
    schema = field.schema
    if schema.min_count or schema.max_count or schema.kind == "Hierarchy":
        return False
    return all(_takes_steps_of_others(others, removes=removes) for others in _opposites(node, field))


def _takes_steps_of_others(others: list[Any], *, removes: bool) -> bool:
    for other in others:
        if other.cardinality == "one":
            # Where the peer's kind has several relationships of the name, the server does not look at this one.
            if len(others) > 1 or (removes and not other.optional):
                return False
        elif other.max_count or (removes and other.min_count):
            return False
    return True


def _opposites(node: InfrahubNodeBase, field: ManyField) -> list[list[Any]]:
    """The relationship as the peers see it: of the peer's kind or, where that is generic, of each that is it."""
    identifier, cached = field.schema.identifier, node._client.schema.cache.get(node._branch)
    if not identifier or cached is None:
        return []
    kinds = cached.nodes
    schema = kinds.get(field.schema.peer)
    found = _of_identifier(schema, identifier)
    if found:
        return [found]
    return [_of_identifier(kinds.get(kind), identifier) for kind in getattr(schema, "used_by", None) or ()]


def _of_identifier(schema: Any, identifier: str) -> list[Any]:
    relationships = schema.relationships if schema is not None else ()
    return [relationship for relationship in relationships if relationship.identifier == identifier]
