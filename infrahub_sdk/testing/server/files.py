"""The store of files, and nodes with a file attached."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import TYPE_CHECKING, Any

from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.database.storage import Storage
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.web.multipart import Part

__all__ = ["KIND", "UPLOAD", "filled", "is_file", "keep", "load", "settle", "type_of"]

KIND = "CoreFileObject"
UPLOAD = "__file"  # what an input calls the file that came with it; no field of GraphQL can have that name

_UNKNOWN = "application/octet-stream"
_MAGIC = (  # what files of a type begin with
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x7fELF", "application/x-executable"),
)
_TEXTS = {  # by the ends of the names; what is not here is as the standard library says
    ".yml": "application/x-yaml",
    ".yaml": "application/x-yaml",
    ".xml": "application/xml",
    ".md": "text/plain",
    ".conf": "text/plain",
    ".cfg": "text/plain",
    ".ini": "text/plain",
    ".j2": "text/plain",
    ".toml": "text/plain",
    ".py": "text/x-python",
}
_CONTROL = bytes(set(range(0x20)) - {7, 8, 9, 10, 12, 13, 27}) + b"\x7f"


def keep(storage: Storage, content: bytes, id: str | None = None) -> str:
    """The id under which the store keeps a content from now on."""
    id = id or generate_uuid()
    with storage.transaction():
        storage.insert("file", [{"id": id, "content": content, "type": ""}])
    return id


def load(storage: Storage, id: str) -> bytes | None:
    """What the store keeps under an id; None when there is nothing."""
    rows = storage.rows("select content from file where id = ?", [id])
    return bytes(rows[0][0]) if rows else None


def is_file(kind: Kind) -> bool:
    """Nodes of the kind have a file attached."""
    return KIND in kind.data.get("inherit_from", ())


def filled(data: Mapping[str, Any], node: Node | None = None) -> Mapping[str, Any]:
    """An input with what there is to know of the file that came with it; without the file, if the node has it already.

    Args:
        data: The input.
        node: The node that it is about; None for a new one.
    """
    part: Part | None = data.get(UPLOAD)
    if part is None:
        return data
    checksum = hashlib.sha1(part.content, usedforsecurity=False).hexdigest()
    if node is not None and node.values["checksum"].value == checksum:
        return {name: given for name, given in data.items() if name != UPLOAD}
    id = generate_uuid()
    fields = {
        "storage_id": id,
        "checksum": checksum,
        "file_size": len(part.content),
        "file_type": type_of(part.file_name or "", part.content),
        "file_name": part.file_name or id,
    }
    return {**data, **{name: {"value": value} for name, value in fields.items()}}


def settle(storage: Storage, data: Mapping[str, Any]) -> None:
    """Keep the file of a node that was written.

    Args:
        storage: The database.
        data: The input, see `filled`.
    """
    if data.get(UPLOAD) is not None:
        keep(storage, data[UPLOAD].content, id=data["storage_id"]["value"])


def type_of(name: str, content: bytes) -> str:
    """The MIME type of a content: what it begins with says it, or for text the name of its file.

    >>> type_of("a.csv", b"a,b"), type_of("a.csv", bytes(3)), type_of("a", b"%PDF-1.7")
    ('text/csv', 'application/octet-stream', 'application/pdf')
    """
    for start, type in _MAGIC:
        if content.startswith(start):
            return type
    end = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if not end or len(content[:2048].translate(None, _CONTROL)) != len(content[:2048]):
        return _UNKNOWN
    return _TEXTS.get(end) or mimetypes.guess_type(f"x{end}")[0] or "text/plain"
