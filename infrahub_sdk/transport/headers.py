"""Header fields of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["Headers"]


class Headers(Mapping[str, str]):
    """Header fields by name, in their order, whatever the case of the name.

    Args:
        fields: A mapping, or pairs of name and value; a name may come more than once.

    >>> headers = Headers([("Content-Type", "text/plain"), ("Via", "a"), ("via", "b")])
    >>> headers["content-type"], headers["VIA"], headers.get_list("via")
    ('text/plain', 'a, b', ['a', 'b'])
    """

    __slots__ = ("_fields", "_names")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        pairs: Any = fields.items() if isinstance(fields, Mapping) else fields
        for name, value in pairs:
            key = name.lower()
            self._names.setdefault(key, name)
            self._fields.setdefault(key, []).append(value)

    @classmethod
    def from_wire(cls, fields: Iterable[tuple[bytes, bytes]]) -> Headers:
        """The fields as they were received."""
        return cls([(name.decode("ascii"), value.strip(b" \t").decode("latin-1")) for name, value in fields])

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._fields[name.lower()])

    def get_list(self, name: str) -> list[str]:
        """All the values of a name, in their order; empty if there is none."""
        return list(self._fields.get(name.lower(), ()))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._fields == other._fields
        if isinstance(other, Mapping):
            return {name.lower(): value for name, value in self.items()} == {
                str(name).lower(): value for name, value in other.items()
            }
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._fields))

    def __repr__(self) -> str:
        # A cookie in an answer is a credential; the names say enough for debugging.
        return f"<Headers {', '.join(self._names.values())}>"
