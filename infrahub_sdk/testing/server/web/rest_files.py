"""The endpoints below `/api/storage` and `/api/files`: what is kept outside of nodes, and the files of nodes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from infrahub_sdk.testing.server import files
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.web import uploads
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.multipart import parts
from infrahub_sdk.testing.server.web.routing import route, session

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.web.exchange import Request

__all__: list[str] = []

_LONGEST = 255  # of the name of a file


# Objects


@route("GET", "/api/storage/object/{identifier}")
def object_content(app: App, request: Request, account: str | None, identifier: str) -> Answer:
    """What is kept under an id."""
    view = session(app, request, account)
    if view.find(view.kinds[files.KIND], {"storage_id__value": identifier}, limit=1):
        return Answer({"detail": f"Use /api/storage/files/by-storage-id/{identifier} instead."}, 403)
    content = files.load(app.storage, identifier)
    if content is None:
        raise lookup.not_found("StorageObject", identifier)
    return Answer(content, type="")


@route("POST", "/api/storage/upload/content")
def upload_content(app: App, request: Request, account: str | None) -> Answer:
    """Keep a text."""
    given = request.json()
    if not isinstance(given, dict) or "content" not in given:
        return _missing("body", "content", given)
    if not isinstance(given["content"], str):
        return _faulty("string_type", "body", "content", "Input should be a valid string", given["content"])
    return _kept(app, given["content"].encode())


@route("POST", "/api/storage/upload/file")
def upload_file(app: App, request: Request, account: str | None) -> Answer:
    """Keep a file."""
    is_form = uploads.is_form(request)
    part = parts(request.headers.get("Content-Type") or "", request.body).get("file") if is_form else None
    return _kept(app, part.content) if part else _missing("body", "file", None)


def _kept(app: App, content: bytes) -> Answer:
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Answer({"identifier": files.keep(app.storage, content), "checksum": checksum})


def _missing(where: str, name: str, given: Any) -> Answer:
    return _faulty("missing", where, name, "Field required", given)


def _faulty(type: str, where: str, name: str, message: str, given: Any) -> Answer:
    return Answer({"detail": [{"type": type, "loc": [where, name], "msg": message, "input": given}]}, 422)


# Files of nodes


@route("GET", "/api/storage/files/by-hfid/{kind}")
def file_by_hfid(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """The file of the node that has a human-friendly id."""
    view = session(app, request, account)
    found = lookup.kind(view, kind)
    if not files.is_file(found):
        return Answer({"detail": f"{kind!r} is not a file object"}, 400)
    if "hfid" not in request.every:
        return _missing("query", "hfid", None)
    return _file(app, request, lookup.find(view, found, {"hfid": request.every["hfid"]}))


@route("GET", "/api/storage/files/by-storage-id/{storage_id}")
def file_by_storage_id(app: App, request: Request, account: str | None, storage_id: str) -> Answer:
    """The file that is kept under an id, if a node has it."""
    view = session(app, request, account)
    found = view.find(view.kinds[files.KIND], {"storage_id__value": storage_id}, limit=1)
    if not found:
        raise lookup.not_found(files.KIND, storage_id)
    return _file(app, request, found[0])


@route("GET", "/api/storage/files/{id}")
def file(app: App, request: Request, account: str | None, id: str) -> Answer:
    """The file of a node."""
    view = session(app, request, account)
    return _file(app, request, lookup.by_id(view, view.kinds[files.KIND], id))


def _file(app: App, request: Request, node: Node) -> Answer:
    content = files.load(app.storage, str(node.values["storage_id"].value))
    if content is None:
        raise lookup.not_found("StorageObject", str(node.values["storage_id"].value))
    type = str(node.values["file_type"].value)
    is_shown = (request.query.get("preview") or "").lower() in {"true", "1", "yes", "on"}
    shown = _disposition(str(node.values["file_name"].value), is_shown=is_shown)
    charset = "; charset=utf-8" if type.startswith("text/") else ""
    return Answer(content, type=f"{type}{charset}", headers={"Content-Disposition": shown})


def _disposition(name: str, *, is_shown: bool) -> str:
    """What a browser shall do with a file, and what it is called: in ASCII, and in full."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", name).replace('"', "'").replace(";", "_")
    if len(name) > _LONGEST:
        end = f".{name.rpartition('.')[2][:10]}" if "." in name else ""
        name = name[: _LONGEST - len(end)] + end
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    way = "inline" if is_shown else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
