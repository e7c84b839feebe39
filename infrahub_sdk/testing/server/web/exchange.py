"""A request and its answer, without the bytes on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

    Headers = Union[Mapping[str, str], Message[str, str]]

__all__ = ["Answer", "Request"]


@dataclass
class Request:
    """What a client asks for.

    Attributes:
        method: `GET` and so on.
        path: The path without the query, decoded.
        query: What the query of the URL says; of a repeated name the last one.
        headers: The header fields; names in any case.
        body: The content.
        every: What the query of the URL says, with all values of a name.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    body: bytes
    every: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The content type without its parameters; empty when there is none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip()


@dataclass
class Answer:
    """What a client gets.

    Attributes:
        content: Bytes, or what is sent as JSON.
        status: The status of HTTP.
        type: The content type; empty for none.
        headers: Further header fields.
    """

    content: Any
    status: int = 200
    type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The content as bytes."""
        if isinstance(self.content, bytes):
            return self.content
        # Half of a pair of UTF-16 has no UTF-8, but an escape in JSON, which is the one of Python.
        return json.dumps(self.content, ensure_ascii=False).encode(errors="backslashreplace")
