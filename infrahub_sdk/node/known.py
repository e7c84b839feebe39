"""Which peers of a list are the same, however each is named."""

from __future__ import annotations

from typing import Any

__all__ = ["KnownPeers", "is_server_id"]


def is_server_id(text: str) -> bool:
    """Whether a text is an id of the server's, which are all UUIDs, and not what a default filter finds."""
    return len(text) == 36 and text[8::5][:4] == "----"


def _id_of(peer: Any) -> str | None:
    identifier: str | None = peer._known_id()
    return identifier if identifier and is_server_id(identifier) else None


class KnownPeers:
    """Related nodes in which others are looked up, each in the time that one takes.

    Two peers that the server knows are the same where their ids are: nodes of two kinds may have one human-friendly
    id. A peer that is named otherwise is the one that has such a name, and the same kind as far as both are known.

    Args:
        peers: The related nodes. The list is not copied.

    Attributes:
        peers: The list.
    """

    def __init__(self, peers: list[Any]) -> None:
        self.peers = peers
        self._ids: set[str] = set()
        self._names = _Names()  # of those that have an id
        self._nameless: list[Any] = []  # of these, those whose names nobody needed yet: to put them together takes long
        self._vague: list[Any] = []  # those that have none
        self._vague_names = _Names()
        self._count = 0
        for peer in peers:
            self.add(peer)

    def __len__(self) -> int:
        return self._count

    def add(self, peer: Any) -> None:
        """Know one more."""
        self._count += 1
        identifier = _id_of(peer)
        if identifier is not None:
            self._ids.add(identifier)
            self._nameless.append(peer)
        else:
            self._vague.append(peer)
            self._vague_names.add(peer)

    def __contains__(self, peer: Any) -> bool:
        identifier = _id_of(peer)
        if identifier is not None:
            if identifier in self._ids:
                return True
            # A node that had no id when it came here may have been saved since.
            return bool(self._vague) and (
                any(_id_of(other) == identifier for other in self._vague) or peer in self._vague_names
            )
        while self._nameless:
            self._names.add(self._nameless.pop())
        return peer in self._names or peer in self._vague_names


class _Names:
    """The names of peers other than their ids, with the kinds that have them; None for a kind that is not known."""

    def __init__(self) -> None:
        self._kinds: dict[Any, set[str | None]] = {}

    def add(self, peer: Any) -> None:
        for name in peer._names():
            self._kinds.setdefault(name, set()).add(peer.kind)

    def __contains__(self, peer: Any) -> bool:
        if not self._kinds:
            return False
        kind = peer.kind
        found = [self._kinds[name] for name in peer._names() if name in self._kinds]
        return any(kind is None or None in kinds or kind in kinds for kinds in found)
