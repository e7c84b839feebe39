"""The endpoints below `/api/storage` and `/api/files`: what is kept outside of nodes, and the files of nodes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from infrahub_sdk.testing.server import files
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.web import inputs
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes, session

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()
_LONGEST = 255  # of the name of a file


# Objects


@routes.add("GET", "/api/storage/object/{identifier}")
def object_content(app: App, request: Request, account: str | None, identifier: str) -> Answer:
    """What is kept under an id, on all branches; of the files of nodes those of the default branch are guarded."""
    view = app.session()
    if view.find(view.kinds[files.KIND], {"storage_id__value": identifier}, limit=1):
        raise inputs.Faulty(f"This belongs to a node: read it from /api/storage/files/by-storage-id/{identifier}", 403)
    content = files.load(app.storage, identifier)
    if content is None:
        raise lookup.not_found("StorageObject", identifier)
    return Answer(content, type="")


@routes.add("POST", "/api/storage/upload/content")
def upload_content(app: App, request: Request, account: str | None) -> Answer:
    """Keep a text."""
    (text,) = inputs.texts(request, "content")
    try:
        return _kept(app, text.encode())
    except UnicodeEncodeError:
        raise inputs.Faulty("The text has half of a pair of UTF-16 in it, which is no character") from None


@routes.add("POST", "/api/storage/upload/file")
def upload_file(app: App, request: Request, account: str | None) -> Answer:
    """Keep a file."""
    return _kept(app, inputs.file(request, "file"))


def _kept(app: App, content: bytes) -> Answer:
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Answer({"identifier": files.keep(app.storage, content), "checksum": checksum})


# Files of nodes


@routes.add("GET", "/api/storage/files/by-hfid/{kind}")
def file_by_hfid(app: App, request: Request, account: str | None, kind: str) -> Answer:
    """The file of the node that has a human-friendly id."""
    view = session(app, request, account)
    if "hfid" not in request.every:
        raise inputs.missing("query", "hfid")
    found = lookup.kind(view, kind)
    if not files.is_file(found):
        raise inputs.Faulty(f"Nodes of the kind {kind!r} have no file: it does not inherit from CoreFileObject", 400)
    view.permissions.require_all([("view", found)])
    return _file(app, request, lookup.find(view, found, {"hfid": request.every["hfid"]}))


@routes.add("GET", "/api/storage/files/by-storage-id/{storage_id}")
def file_by_storage_id(app: App, request: Request, account: str | None, storage_id: str) -> Answer:
    """The file that is kept under an id, if a node has it."""
    view = session(app, request, account)
    found = view.find(view.kinds[files.KIND], {"storage_id__value": storage_id}, limit=1)
    if not found:
        raise lookup.not_found(files.KIND, storage_id)
    return _file(app, request, found[0])


@routes.add("GET", "/api/storage/files/{id}")
def file(app: App, request: Request, account: str | None, id: str) -> Answer:
    """The file of a node."""
    view = session(app, request, account)
    return _file(app, request, lookup.by_id(view, view.kinds[files.KIND], id))


def _file(app: App, request: Request, node: Node) -> Answer:
    node.group.session.permissions.require_all([("view", node.kind)])
    content = files.load(app.storage, str(node.values["storage_id"].value))
    if content is None:
        raise lookup.not_found("StorageObject", str(node.values["storage_id"].value))
    type = str(node.values["file_type"].value)
    shown = _disposition(str(node.values["file_name"].value), is_shown=inputs.flag(request, "preview"))
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
