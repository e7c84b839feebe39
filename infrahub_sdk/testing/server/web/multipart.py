"""Forms of several parts, as in RFC 7578."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TYPE", "Part", "parts"]

TYPE = "multipart/form-data"
_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
# A quotation mark ends a value where a parameter or nothing follows: some clients write names as they are.
_PARAMETER = re.compile(r';\s*([\w*]+)=(?:"(.*?)"(?=\s*(?:;\s*[\w*]+=|$))|([^;]*))')


@dataclass
class Part:
    """A part of a form.

    Attributes:
        name: The name of the field.
        content: What it holds.
        file_name: The name of the file that it comes from; None when it is no file.
    """

    name: str
    content: bytes
    file_name: str | None = None


def parts(content_type: str, body: bytes) -> dict[str, Part]:
    """The parts of a form by the names of their fields; one that does not end is none.

    Args:
        content_type: The header field of the request that names the boundary.
        body: The content of the request.

    Raises:
        Refused: It is no form.
    """
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise Refused("The form names no boundary of its parts", status=400)
    boundary = re.escape((match[1] or match[2]).encode())
    return {part.name: part for part in _parts(b"\r\n" + body, re.compile(rb"\r\n--" + boundary + rb"(--|(?=\r\n))"))}


def _parts(body: bytes, delimiter: re.Pattern[bytes]) -> Iterator[Part]:
    marks = list(delimiter.finditer(body))
    if body.strip() and (not marks or marks[0].start()):
        raise Refused("The form does not begin with the boundary of its parts", status=400)
    for mark, following in zip(marks, marks[1:]):
        if mark[1]:
            return  # the end of the form; what follows is for nobody
        head, separator, content = body[mark.end() : following.start()].partition(b"\r\n\r\n")
        if not separator:
            raise Refused("A part of the form has no head", status=400)
        yield _part(head.decode("utf-8", "replace"), content)


def _part(head: str, content: bytes) -> Part:
    fields = dict(line.split(":", 1) for line in head.split("\r\n") if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in fields.items()}
    named = {
        name.lower(): _unquoted(text) or plain.strip()
        for name, text, plain in _PARAMETER.findall(headers.get("content-disposition", ""))
    }
    if "name" not in named:
        raise Refused("A part of the form has no name", status=400)
    return Part(named["name"], content, named.get("filename"))  # RFC 7578 has no filename*, nor has a real server


def _unquoted(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text)
