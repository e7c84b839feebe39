"""The store of the local server, nodes with files attached, and the requests that bring them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.testing.server import files
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.web import uploads
from infrahub_sdk.testing.server.web.exchange import Answer, Request
from infrahub_sdk.testing.server.web.multipart import parts
from infrahub_sdk.testing.server.web.rest import answer

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from tests.unit.testing.depot import Depot

TOKEN = {"X-INFRAHUB-KEY": "06438eb2-8019-4776-878c-0941b1f1d1ec"}
VALUES = " ".join(f"{name} {{ value }}" for name in ("file_name", "checksum", "file_size", "file_type", "storage_id"))


@pytest.fixture
def app(depot: Depot) -> App:
    return depot.app


def ask(app: App, method: str, path: str, body: Any = b"", /, **headers: str) -> Answer:
    """The answer to a request."""
    path, _, query = path.partition("?")
    every: dict[str, list[str]] = {}
    for item in filter(None, query.split("&")):
        name, _, value = item.partition("=")
        every.setdefault(name, []).append(value)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    latest = {name: values[-1] for name, values in every.items()}
    return answer(app, Request(method, path, latest, {**TOKEN, **given}, content, every))


def form(*fields: tuple[str, str | None, bytes]) -> tuple[str, bytes]:
    """The content type and the content of a form: names, names of files, and contents."""
    body = b""
    for name, file_name, content in fields:
        file = f'; filename="{file_name}"' if file_name is not None else ""
        body += f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return "multipart/form-data; boundary=edge", body + b"--edge--\r\n"


def manual(app: App, data: str, name: str = "a.txt", content: bytes = b"hello", action: str = "Create") -> Any:
    """What the mutation of a node with a file says of it, or the errors, when it is sent as other clients send it."""
    mutation = f"DepManual{action}"
    needed = "" if action == "Update" else "!"
    change = f"{mutation}(data: {{{data}}}, file: $file) {{ object {{ id {VALUES} }} }}"
    document = f"mutation ($file: Upload{needed}) {{ {change} }}"
    operations = json.dumps({"query": document, "variables": {"file": None}}).encode()
    fields = ("operations", None, operations), ("map", None, b'{"0": ["variables.file"]}'), ("0", name, content)
    type, body = form(*fields)
    found = ask(app, "POST", "/graphql", body, Content_Type=type).content
    if found.get("errors"):
        return found["errors"]
    node = found["data"][mutation]["object"]
    return {key: value["value"] if isinstance(value, dict) else value for key, value in node.items()}


def download(app: App, id: str) -> Any:
    """The content of a node's file."""
    return ask(app, "GET", f"/api/storage/files/{id}").content


# Nodes with files


def test_a_node_keeps_the_file_that_comes_with_it(app: App) -> None:
    node = manual(app, 'title: {value: "a"}')
    assert (node["file_name"], node["file_size"], node["file_type"]) == ("a.txt", 5, "text/plain")
    assert node["checksum"] == hashlib.sha1(b"hello", usedforsecurity=False).hexdigest()
    assert download(app, node["id"]) == b"hello"


def test_a_file_is_replaced_by_another_one_and_stays_when_it_is_the_same(app: App) -> None:
    first = manual(app, 'title: {value: "a"}')
    assert manual(app, 'title: {value: "a"}', "b.txt", action="Upsert") == first
    assert app.storage.rows("select count(*) from file") == [(1,)]
    other = manual(app, f'id: "{first["id"]}"', "b.bin", b"\x00\x01", action="Update")
    assert (other["file_name"], other["file_type"]) == ("b.bin", "application/octet-stream")
    assert download(app, first["id"]) == b"\x00\x01"
    assert ask(app, "GET", f"/api/storage/object/{first['storage_id']}").content == b"hello"


def test_a_node_is_changed_without_touching_its_file(app: App, depot: Depot) -> None:
    id = manual(app, 'title: {value: "a"}')["id"]
    depot.edit("DepManual", id, title="b")
    assert (depot.value("DepManual", id, "title"), download(app, id)) == ("b", b"hello")


def test_a_node_that_is_refused_leaves_nothing_in_the_store(app: App) -> None:
    manual(app, 'title: {value: "a"}')
    (error,) = manual(app, 'title: {value: "a"}', content=b"other")
    assert "the same title" in error["message"]
    assert app.storage.rows("select count(*) from file") == [(1,)]


def test_a_file_is_found_by_its_node_by_its_own_id_and_by_the_nodes_hfid(app: App) -> None:
    node = manual(app, 'title: {value: "a"}')
    for path in (node["id"], f"by-storage-id/{node['storage_id']}", "by-hfid/DepManual?hfid=a"):
        assert download(app, path) == b"hello"


def test_a_branch_has_its_own_file(app: App, depot: Depot) -> None:
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    id = manual(app, 'title: {value: "a"}')["id"]
    assert ask(app, "GET", f"/api/storage/files/{id}?branch=other").status == 404


def test_a_file_says_what_it_is_called_in_ascii_and_in_full(app: App) -> None:
    storage_id = manual(app, 'title: {value: "a"}', 'ä "x";.txt')["storage_id"]
    found = ask(app, "GET", f"/api/storage/files/by-storage-id/{storage_id}?preview=true")
    assert found.headers["Content-Disposition"] == (
        "inline; filename=\"_ 'x'_.txt\"; filename*=UTF-8''%C3%A4%20%27x%27_.txt"
    )
    assert found.type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("by-hfid/BuiltinTag?hfid=x", 400),
        ("by-hfid/BuiltinTag", 422),
        ("by-hfid/DepManual?hfid=nope", 404),
        ("by-hfid/DepManual", 422),
        ("by-hfid/Nope?hfid=x", 422),
        ("by-storage-id/nope", 404),
        ("nope", 404),
        ("nope?branch=nope", 400),
    ],
)
def test_a_file_that_is_not_there_is_not_found(app: App, path: str, status: int) -> None:
    assert ask(app, "GET", f"/api/storage/files/{path}").status == status


# The store


def test_contents_are_kept_under_ids(app: App) -> None:
    kept = ask(app, "POST", "/api/storage/upload/content", {"content": "héllo"}).content
    assert kept["checksum"] == hashlib.md5("héllo".encode(), usedforsecurity=False).hexdigest()
    assert ask(app, "GET", f"/api/storage/object/{kept['identifier']}").content == "héllo".encode()


def test_files_are_kept_too(app: App) -> None:
    type, body = form(("file", "a.bin", b"\x00\r\n--edg"))
    kept = ask(app, "POST", "/api/storage/upload/file", body, Content_Type=type).content
    found = ask(app, "GET", f"/api/storage/object/{kept['identifier']}")
    assert (found.content, found.type) == (b"\x00\r\n--edg", "")


def test_the_content_of_a_nodes_file_is_not_given_out_as_an_object(app: App) -> None:
    storage_id = manual(app, 'title: {value: "a"}')["storage_id"]
    found = ask(app, "GET", f"/api/storage/object/{storage_id}")
    assert (found.status, storage_id in found.content["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("path", "body", "type", "place"),
    [
        ("content", {"x": 1}, "missing", ["body", "content"]),
        ("content", {"content": 1}, "string_type", ["body", "content"]),
        ("content", [], "model_attributes_type", ["body"]),
        ("content", b"", "missing", ["body"]),
        ("content", b"null", "missing", ["body"]),
        ("content", b"{", "json_invalid", ["body", 1]),
        ("file", {"x": 1}, "missing", ["body", "file"]),
    ],
)
def test_an_upload_of_nothing_is_refused(app: App, path: str, body: Any, type: str, place: list[Any]) -> None:
    found = ask(app, "POST", f"/api/storage/upload/{path}", body)
    [problem] = found.content["detail"]
    assert (found.status, problem["type"], problem["loc"]) == (422, type, place)


def test_an_upload_of_a_text_as_a_file_or_as_another_type_is_refused(app: App) -> None:
    type, body = form(("file", None, b"text"))
    found = ask(app, "POST", "/api/storage/upload/file", body, Content_Type=type)
    assert (found.status, found.content["detail"][0]["type"]) == (422, "value_error")
    found = ask(app, "POST", "/api/storage/upload/content", {"content": "x"}, Content_Type="text/plain")
    assert (found.status, found.content["detail"][0]["type"]) == (422, "model_attributes_type")


def test_an_object_is_on_all_branches_and_at_all_times(app: App) -> None:
    id = ask(app, "POST", "/api/storage/upload/content", {"content": "x"}).content["identifier"]
    assert ask(app, "GET", f"/api/storage/object/{id}?branch=nope&at=nope").content == b"x"


@pytest.mark.parametrize(("preview", "way"), [("T", "inline"), ("on", "inline"), ("off", "attachment")])
def test_a_browser_shows_a_file_or_keeps_it(app: App, preview: str, way: str) -> None:
    id = manual(app, 'title: {value: "a"}')["id"]
    found = ask(app, "GET", f"/api/storage/files/{id}?preview={preview}")
    assert found.headers["Content-Disposition"].startswith(f"{way};")
    assert ask(app, "GET", f"/api/storage/files/{id}?preview=maybe").content["detail"][0]["loc"] == ["query", "preview"]


def test_an_upload_needs_an_account(app: App) -> None:
    request = Request("POST", "/api/storage/upload/content", {}, {}, b'{"content": "x"}')
    assert answer(app, request).status == 401


def test_an_object_that_is_not_there_is_not_found(app: App) -> None:
    assert ask(app, "GET", "/api/storage/object/nope").status == 404


# Requests that bring files


def test_a_file_is_put_where_the_map_says() -> None:
    operations = b'{"query": "x", "variables": {"file": null, "files": [null, null]}}'
    places = b'{"a": ["variables.file", "variables.files.1"]}'
    type, body = form(("operations", None, operations), ("map", None, places), ("a", "x.txt", b"content"))
    found = uploads.document(Request("POST", "/graphql", {}, {"Content-Type": type}, body))
    part = found["variables"]["file"]
    assert (part.file_name, part.content) == ("x.txt", b"content")
    assert found["variables"]["files"] == [None, part]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([("map", None, b"{}")], "a part 'operations' with"),
        ([("operations", None, b"{}")], "a part 'map' with"),
        ([("operations", None, b"[]"), ("map", None, b"{}")], "a part 'operations' with"),
        ([("operations", None, b"{}"), ("map", None, b'{"0": ["variables.x"]}')], "no file in the part '0'"),
        ([("operations", None, b"{}"), ("map", None, b'{"0": ["a"]}'), ("0", None, b"")], "no file in the part '0'"),
        ([("operations", None, b"{}"), ("map", None, b'{"0": ["a.b"]}'), ("0", "x", b"")], "not in the 'operations'"),
        ([("operations", None, b"{}"), ("map", None, b'{"0": [1]}'), ("0", "x", b"")], "not in the 'operations'"),
        ([("operations", None, b"{}"), ("map", None, b'{"0": null}'), ("0", "x", b"")], "no list of paths"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(app: App, fields: Any, reason: str) -> None:
    type, body = form(*fields)
    found = ask(app, "POST", "/graphql", body, Content_Type=type)
    assert (found.status, reason in found.content["errors"][0]) == (400, True)


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"before\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nno head\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/plain\r\n\r\nno name\r\n--x--\r\n"),
    ],
)
def test_what_is_no_form_is_refused(type: str, body: bytes) -> None:
    with pytest.raises(Refused, match="form"):
        parts(type, body)


def test_a_form_ends_where_it_says_and_its_parts_where_a_whole_line_is_the_boundary() -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    body = head % b"a" + b"1\r\n--xy\r\n2\r\n" + head % b"b" + b"\r\n--x--\r\n" + head % b"c" + b"after\r\n--x--"
    found = parts("multipart/form-data; boundary=x", body)
    assert {name: part.content for name, part in found.items()} == {"a": b"1\r\n--xy\r\n2", "b": b""}
    assert parts("multipart/form-data; boundary=x", head % b"a" + b"cut") == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('filename="a.txt"', "a.txt"),
        ("filename=a b.txt", "a b.txt"),
        (r'filename="a\"b\\c"', 'a"b\\c'),
        ('filename="ä "x";.txt"', 'ä "x";.txt'),
        ('filename="a%22b"', "a%22b"),
        ('filename=""', ""),
        ("filename*=UTF-8''a.txt", None),
    ],
)
def test_a_file_has_the_name_that_a_real_server_reads(given: str, name: str | None) -> None:
    body = f"--x\r\nContent-Disposition: form-data; name=f; {given}\r\n\r\n\r\n--x--".encode()
    assert parts("multipart/form-data; boundary=x", body)["f"].file_name == name


def test_a_file_comes_with_a_form_and_nothing_else(app: App) -> None:
    create = 'mutation ($file: Upload!) { DepManualCreate(data: {title: {value: "t"}}, file: $file) { ok } }'
    body = {"query": create, "variables": {"file": "x"}}
    found = ask(app, "POST", "/graphql", body, Content_Type="application/json").content
    assert "multipart" in found["errors"][0]["message"]


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("a.yml", b"a: 1", "application/x-yaml"),
        ("a.json", b"{}", "application/json"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.unheard-of", b"text", "text/plain"),
        ("none", b"text", "application/octet-stream"),
        ("a.txt", b"\x00", "application/octet-stream"),
    ],
)
def test_a_content_says_what_it_is_or_the_name_of_its_file_does(name: str, content: bytes, type: str) -> None:
    assert files.type_of(name, content) == type
