"""Saving nodes that refer to one another, in few requests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core import saving
from infrahub_sdk.core.batching import TOGETHER, check_client, describe, room, send_together
from infrahub_sdk.core.ordering import CycleError, packed, postponed, waves
from infrahub_sdk.core.recovering import is_missing
from infrahub_sdk.core.relating import client_of
from infrahub_sdk.exceptions import AuthenticationError, Error, GraphQLError, NodesNotSavedError, ValidationError
from infrahub_sdk.node.base import InfrahubNodeBase
from infrahub_sdk.node.fields import OneField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.core.writing import Write

__all__ = ["save_all"]

SHOWN = 10  # failures that a message tells of


async def save_all(
    client: BaseClient,
    nodes: Iterable[Any],
    *,
    progress: Callable[[int, int], object] | None = None,
    allow_upsert: bool = False,
    **options: Any,
) -> None:
    """Save nodes, those that others refer to first.

    Raises:
        ValidationError: They cannot be saved as they are. Nothing was sent.
        NodesNotSavedError: Some were not saved.
    """
    if isinstance(nodes, InfrahubNodeBase):
        raise ValidationError("nodes", "give a list of nodes; one alone is saved by its own save().")
    listed = list({id(node): node for node in nodes}.values())
    for node in listed:
        if not isinstance(node, InfrahubNodeBase):
            raise ValidationError("nodes", f"a value of type {type(node).__name__} is not a node.")
        check_client(node, is_sync=client._is_sync)
    graph = _Graph(listed, allow_upsert=allow_upsert)
    apart = {number for number in graph.new if allow_upsert or not saving.takes_id(listed[number])}
    for number in graph.new - apart:
        saving.promise_id(listed[number])
    documents = _Documents(client, listed, graph, {"allow_upsert": allow_upsert, **options}, progress)
    for units in waves(graph.needs, TOGETHER, apart):
        await documents.send(units, documents.first)
    await documents.send([[number] for number in sorted(graph.late)], documents.rest)
    documents.check()


class _Reference(NamedTuple):
    """A relationship of a node that is to be sent, and its peer."""

    name: str
    peer: int
    can_wait: bool


class _Graph:
    """Which of some nodes must be written before which others.

    Attributes:
        new: The nodes that the server does not have, or may not have.
        needs: For each node those that are written before it.
        late: For some nodes the relationships that are set when all nodes are written, and their peers.

    Raises:
        ValidationError: There is no order, or a peer is neither saved nor among the nodes.
    """

    def __init__(self, nodes: Sequence[InfrahubNodeBase], *, allow_upsert: bool) -> None:
        self.nodes = nodes
        self.new = {number for number, node in enumerate(nodes) if not node._existing}
        self._numbers = {id(node): number for number, node in enumerate(nodes)}
        self._names: dict[Any, list[int]] | None = None
        self._strangers: list[str] = []
        references = [self._references(number, everything=allow_upsert) for number in range(len(nodes))]
        if self._strangers:
            raise ValidationError("nodes", messages=self._strangers)
        self.late = self._late(references)
        late = {(number, reference) for number, found in self.late.items() for reference in found}
        self.needs = [
            {reference.peer for reference in found if (number, reference) not in late}
            for number, found in enumerate(references)
        ]
        self._keep_copies_apart()

    def _references(self, number: int, *, everything: bool) -> list[_Reference]:
        """The relationships of a node that are to be sent and whose peers are to be created."""
        node = self.nodes[number]
        everything = everything or node._given or not node._existing
        found = []
        for name, related in _sent_peers(node, everything=everything):
            peer = self._peer(node, name, related)
            if peer in self.new:
                found.append(_Reference(name, peer, bool(node._field_map[name].schema.optional)))
        return found

    def _peer(self, node: InfrahubNodeBase, name: str, related: Any) -> int | None:
        peer = related._peer
        if peer is None:
            return self._named(related)
        number = self._numbers.get(id(peer))
        if number is None and not peer._existing:
            self._strangers.append(
                f"{name} of {describe(node)} is {describe(peer)}, which is neither saved nor among the nodes"
            )
        return number

    def _named(self, related: Any) -> int | None:
        """A new node that is named by its human-friendly id, or by the id that the user chose for it."""
        if self._names is None:
            self._names = {}
            for number in self.new:
                hfid = self.nodes[number].get_human_friendly_id() or []
                for key in {self.nodes[number].id, tuple(hfid), *(hfid if len(hfid) == 1 else ())}:
                    self._names.setdefault(key, []).append(number)
        for key in related._names():
            for number in self._names.get(key, ()):
                if related.schema.peer in self.nodes[number].get_all_kinds():
                    return number
        return None

    def _late(self, references: Sequence[list[_Reference]]) -> dict[int, list[_Reference]]:
        needs: list[dict[int, bool]] = []
        for found in references:
            peers: dict[int, bool] = {}
            for reference in found:
                peers[reference.peer] = reference.can_wait and peers.get(reference.peer, True)
            needs.append(peers)
        try:
            pairs = postponed(needs)
        except CycleError as error:
            way = " needs ".join(describe(self.nodes[number]) for number in [*error.cycle, error.cycle[0]])
            raise ValidationError(
                "nodes", f"{way}: each must be there before the other. Make one of these relationships optional."
            ) from None
        late: dict[int, list[_Reference]] = {}
        for number, peer in sorted(pairs):
            late.setdefault(number, []).extend(item for item in references[number] if item.peer == peer)
        return late

    def _keep_copies_apart(self) -> None:
        """Two objects that stand for one node are written one after the other."""
        seen: dict[str, int] = {}
        for number, node in enumerate(self.nodes):
            if node.id is not None:
                if node.id in seen:
                    self.needs[number].add(seen[node.id])
                seen[node.id] = number


def _sent_peers(node: InfrahubNodeBase, *, everything: bool) -> Iterator[tuple[str, Any]]:
    """The relationships of a node that are to be sent, and the peers that are not left to a pool."""
    touched = node._fields or {}
    for name in node._relationships:
        field = node._field_map[name]
        if field.schema.read_only or not (name in touched or (everything and name in node._data)):
            continue
        value = node[name]
        if isinstance(field, OneField):
            peers = [value] if everything or value._peer_has_been_mutated else []
        else:
            peers = value.peers if (value.initialized if everything else value.has_update) else []
        for related in peers:
            if related._from_pool is None:
                yield name, related


def _postpone(node: InfrahubNodeBase, name: str, *, may_exist: bool) -> None:
    """Let the next save say a relationship that this one leaves out."""
    value = node[name]
    if isinstance(node._field_map[name], OneField):
        value._peer_has_been_mutated = True
        return
    value._has_update += 1
    if not may_exist:
        value._before = []  # the peers are added: some may come from their own side meanwhile


class _Documents:
    """What is sent, and what became of it."""

    def __init__(
        self,
        client: BaseClient,
        nodes: Sequence[InfrahubNodeBase],
        graph: _Graph,
        options: dict[str, Any],
        progress: Callable[[int, int], object] | None,
    ) -> None:
        self.client = client
        self.nodes = nodes
        self.needs, self.late = graph.needs, graph.late
        self.options = options
        self.progress = progress
        self.over: set[int] = set()
        self.errors: dict[int, BaseException] = {}
        self.fatal: BaseException | None = None  # why nothing more is sent

    async def send(self, units: Sequence[list[int]], plan: Callable[[int], Write | None]) -> None:
        """Send nodes in documents that do not depend on one another.

        Args:
            units: Nodes that belong into one document.
            plan: What is sent of a node.
        """
        width = self.client.max_concurrent_execution
        units = sorted(units, key=self._way)  # what goes to different branches cannot share a request
        documents = packed(units, room(sum(map(len, units)), width))
        if not documents:
            return
        crew = self.client._port.crew([partial(self._write, document, plan) for document in documents], width)
        try:
            for _ in documents:
                self._report(await crew.next(), is_last=plan == self.rest)
        finally:
            await crew.close()

    def _way(self, unit: list[int]) -> tuple[int, str]:
        node = self.nodes[unit[0]]
        return id(client_of(node)), node._branch

    def _report(self, document: list[int], *, is_last: bool) -> None:
        for number in document:
            if number in self.over or not (is_last or number not in self.late or number in self.errors):
                continue
            self.over.add(number)
            if self.progress is not None:
                self.progress(len(self.over), len(self.nodes))

    async def _write(self, document: list[int], plan: Callable[[int], Write | None]) -> list[int]:
        """Write some nodes, but for those that need one that was not written."""
        numbers = [number for number in document if number not in self.errors]
        while numbers:
            numbers = await self._write_once(numbers, plan)
        return document

    async def _write_once(self, numbers: list[int], plan: Callable[[int], Write | None]) -> list[int]:
        """Write some nodes in one document.

        Returns:
            Those to be written once more: what they need was not there yet when their turn came. It was written behind
            them, after a refusal that passes, or got another id than it was to have.
        """
        writes = self._planned(numbers, plan)
        outcomes = dict(zip(writes, await send_together(list(writes.values()))))
        failed = {number: outcome for number, outcome in outcomes.items() if outcome is not None}
        again: list[int] = []
        for number, outcome in failed.items():
            missed = isinstance(outcome, GraphQLError) and is_missing(outcome.errors)
            needs = self.needs[number] & writes.keys()
            if missed and needs and not (needs & self.errors.keys()) and len(failed) < len(writes):
                again.append(number)
            else:
                self._note(number, outcome)
        return again

    def _planned(self, numbers: list[int], plan: Callable[[int], Write | None]) -> dict[int, Write]:
        """What is to be sent of some nodes."""
        writes: dict[int, Write] = {}
        for number in numbers:
            reason = self._reason(number)
            try:
                if reason is not None:
                    raise reason
                write = plan(number)
            except Exception as error:
                self.errors[number] = error
                continue
            if write is not None:
                writes[number] = write
        return writes

    def _reason(self, number: int, cause: BaseException | None = None) -> Error | None:
        """Why a node cannot be written: one that it needs was not, or nothing can be sent any more."""
        failed = sorted(self.needs[number] & self.errors.keys())
        if failed:
            reason = Error(f"it was not written, because {describe(self.nodes[failed[0]])} was not")
            reason.__cause__ = cause or self.errors[failed[0]]
        elif self.fatal is not None:
            reason = Error("it was not sent, because an earlier request failed")
            reason.__cause__ = self.fatal
        else:
            return None
        return reason

    def _note(self, number: int, error: BaseException) -> None:
        if isinstance(error, AuthenticationError) or getattr(error, "blame", "") == "network":
            self.fatal = self.errors[number] = error
        else:
            self.errors[number] = self._reason(number, error) or error

    def first(self, number: int) -> Write | None:
        """What is sent of a node in its turn: all but the relationships that must wait."""
        node = self.nodes[number]
        names = {reference.name for reference in self.late.get(number, ())}
        for name in names:
            _postpone(node, name, may_exist=self.options["allow_upsert"])
        write = saving.planned(node, **self.options)
        if write is not None and names:
            write.leave_out(names)
        return write

    def rest(self, number: int) -> Write | None:
        """What is sent of a node when all others are written: the relationships that had to wait."""
        for reference in self.late[number]:
            if reference.peer in self.errors:
                peer = describe(self.nodes[reference.peer])
                raise Error(f"it was written without {reference.name}, because {peer} was not") from self.errors[
                    reference.peer
                ]
        return saving.planned(self.nodes[number], **{**self.options, "allow_upsert": False})

    def check(self) -> None:
        """Raise what went wrong."""
        failures = [(self.nodes[number], self.errors[number]) for number in sorted(self.errors)]
        if not failures:
            return
        told = [f"{describe(node)}: {str(error).rstrip('.')}" for node, error in failures[:SHOWN]]
        if len(failures) > SHOWN:
            told.append(f"and {len(failures) - SHOWN} more")
        root = next((error for error in self.errors.values() if error.__cause__ is None), failures[0][1])
        raise NodesNotSavedError(
            f"{len(failures)} of {len(self.nodes)} nodes were not saved. {'; '.join(told)}.",
            failures,
            blame=getattr(root, "blame", "caller"),
        ) from root
