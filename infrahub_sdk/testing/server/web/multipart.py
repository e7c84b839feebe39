"""Forms of several parts, as in RFC 7578."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Part", "parts"]

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
# A quotation mark ends a value where a parameter or nothing follows: some clients write names as they are.
_PARAMETER = re.compile(r';\s*([\w*]+)=(?:"(.*?)"(?=\s*(?:;\s*[\w*]+=|$))|([^;\s]*))')


@dataclass
class Part:
    """A part of a form.

    Attributes:
        name: The name of the field.
        content: What it holds.
        file_name: The name of the file that it comes from; None when it is no file.
        type: The content type that it names.
    """

    name: str
    content: bytes
    file_name: str | None = None
    type: str = "application/octet-stream"


def parts(content_type: str, body: bytes) -> dict[str, Part]:
    """The parts of a form by the names of their fields.

    Args:
        content_type: The header field of the request that names the boundary.
        body: The content of the request.

    Raises:
        Refused: It is no form, or not a whole one.
    """
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise Refused("The form names no boundary of its parts", status=400)
    boundary = (match[1] or match[2]).encode()
    return {part.name: part for part in _parts(b"\r\n" + body, b"\r\n--" + boundary)}


def _parts(body: bytes, delimiter: bytes) -> Iterator[Part]:
    _, *pieces = body.split(delimiter)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise Refused("The form has no end", status=400)
    for piece in pieces[:-1]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if not separator:
            raise Refused("A part of the form has no head", status=400)
        yield _part(head.decode("utf-8", "replace"), content)


def _part(head: str, content: bytes) -> Part:
    fields = dict(line.split(":", 1) for line in head.split("\r\n") if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in fields.items()}
    named = {
        name.lower(): _unquoted(text) or plain
        for name, text, plain in _PARAMETER.findall(headers.get("content-disposition", ""))
    }
    if "name" not in named:
        raise Refused("A part of the form has no name", status=400)
    return Part(named["name"], content, _file_name(named), headers.get("content-type") or Part.type)


def _unquoted(text: str) -> str:
    """A quoted string: of the two ways to write a quotation mark within, both are read."""
    return re.sub(r"\\(.)", r"\1", text).replace("%22", '"')


def _file_name(named: dict[str, str]) -> str | None:
    if "filename*" in named:
        from urllib.parse import unquote

        return unquote(named["filename*"].rpartition("''")[2])
    return named.get("filename")
