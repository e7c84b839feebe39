"""What servers keep of contents, stored queries and files."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Reply, Suite


def upload(suite: Suite, path: str, *fields: tuple[str, str], content: str = "hi there", **how: Any) -> Reply:
    """Send a form with a file."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields]
    name = "0" if fields else "file"
    head = f'Content-Disposition: form-data; name="{name}"; filename="a.txt"\r\nContent-Type: text/plain'
    body = "".join(f"--X\r\n{part}\r\n" for part in (*parts, f"{head}\r\n\r\n{content}")) + "--X--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    return suite.http("POST", path, body.replace("~", suite.prefix).encode(), headers, **how)


def test_a_content_is_kept_and_read_by_its_identifier(suite: Suite) -> None:
    kept = suite.http("POST", "/api/storage/upload/content", {"content": "hello"})
    assert (kept.status, kept.content["checksum"]) == (200, hashlib.md5(b"hello").hexdigest())
    for token in ("", None):
        read = suite.http("GET", f"/api/storage/object/{kept.content['identifier']}", token=token)
        assert (read.status, read.content) == (200, "hello")


def test_a_form_with_a_file_is_kept(suite: Suite) -> None:
    kept = upload(suite, "/api/storage/upload/file")
    assert kept.status == 200
    assert suite.http("GET", f"/api/storage/object/{kept.content['identifier']}").content == "hi there"


def test_who_does_not_say_who_they_are_keeps_nothing(suite: Suite) -> None:
    reply = suite.http("POST", "/api/storage/upload/content", {"content": "x"}, token=None)
    assert (reply.status, reply.content["errors"][0]["extensions"]) == (401, {"code": 401})


@pytest.mark.parametrize(
    ("body", "type", "problem", "place"),
    [
        (b"{}", "application/json", "missing", ["body", "content"]),
        (b'{"content": 5}', "application/json", "string_type", ["body", "content"]),
        (b"[]", "application/json", "model_attributes_type", ["body"]),
        (b"null", "application/json", "missing", ["body"]),
        (b"", "application/json", "missing", ["body"]),
        (b'{"content"', "application/json", "json_invalid", ["body", 10]),
        (b'{"content": "x"}', "text/plain", "model_attributes_type", ["body"]),
    ],
)
def test_an_upload_without_text_is_refused(
    suite: Suite, body: bytes, type: str, problem: str, place: list[Any]
) -> None:
    reply = suite.http("POST", "/api/storage/upload/content", body, {"Content-Type": type})
    [found] = reply.content["detail"]
    assert (reply.status, found["type"], found["loc"]) == (422, problem, place)


@pytest.mark.parametrize(
    ("form", "status", "content"),
    [
        (b'--X\r\n%s; filename="a"\r\n\r\na\r\n--Xb\r\nc\r\n--X--\r\n', 200, "a\r\n--Xb\r\nc"),
        (b'--X\r\n%s; filename=""\r\n\r\nx\r\n--X--after', 200, "x"),
        (b"--X\r\n%s\r\n\r\nno file\r\n--X--\r\n", 422, ["body", "file"]),
        (b"--X\r\n%s; filename*=UTF-8''a\r\n\r\nno file\r\n--X--\r\n", 422, ["body", "file"]),
        (b'--X\r\n%s; filename="a"\r\n\r\nno end', 422, ["body", "file"]),
        (b'before\r\n--X\r\n%s; filename="a"\r\n\r\nx\r\n--X--\r\n', 400, None),
    ],
)
def test_forms_are_read_to_their_letters(suite: Suite, form: bytes, status: int, content: Any) -> None:
    body = form % b'Content-Disposition: form-data; name="file"'
    reply = suite.http("POST", "/api/storage/upload/file", body, {"Content-Type": "multipart/form-data; boundary=X"})
    assert reply.status == status
    if status == 200:
        assert suite.http("GET", f"/api/storage/object/{reply.content['identifier']}").content == content
    elif status == 422:
        assert reply.content["detail"][0]["loc"] == content


def test_an_object_is_on_all_branches_and_at_all_times(suite: Suite) -> None:
    id = suite.http("POST", "/api/storage/upload/content", {"content": "hello"}).content["identifier"]
    assert suite.http("GET", f"/api/storage/object/{id}?branch=~nope&at=nope").content == "hello"


@pytest.mark.parametrize("path", ["/api/storage/object/nope", "/api/artifact/nope", "/api/query/nope"])
def test_what_is_not_kept_is_not_found(suite: Suite, path: str) -> None:
    reply = suite.http("GET", path)
    [error] = reply.content["errors"]
    assert (reply.status, error["extensions"]) == (404, {"code": 404})
    assert "Unable to find the node" in error["message"]
    assert "nope" in error["message"]


@pytest.mark.parametrize(
    ("body", "token", "status"), [({"nodes": ["x"]}, "", 404), ({"nodes": "x"}, "", 422), ({}, None, 401)]
)
def test_artifacts_are_made_of_a_definition(suite: Suite, body: Any, token: str | None, status: int) -> None:
    assert suite.http("POST", "/api/artifact/generate/nope", body, token=token).status == status


# Stored queries

QUERY = "query Q($n: String) { BuiltinTag(name__value: $n) { count edges { node { name { value } } } } }"


def test_a_stored_query_tells_what_it_is_about(suite: Suite) -> None:
    id = suite.create("CoreGraphQLQuery", f'name: {{value: "~q"}} query: {{value: "{QUERY}"}}')
    select = "variables { value } models { value } operations { value } depth { value } height { value }"
    [found] = suite.nodes("CoreGraphQLQuery", f'ids: ["{id}"]', select)
    assert {name: found[name]["value"] for name in found} == {
        "variables": [{"name": "n", "type": "String", "required": False, "default_value": None}],
        "models": ["BuiltinTag"],
        "operations": ["query"],
        "depth": 6,
        "height": 6,
    }


def test_a_stored_query_is_run_by_its_name_and_its_id(suite: Suite) -> None:
    suite.create("BuiltinTag", 'name: {value: "~t"}')
    id = suite.create("CoreGraphQLQuery", f'name: {{value: "~q"}} query: {{value: "{QUERY}"}}')
    expected = {"data": {"BuiltinTag": {"count": 1, "edges": [{"node": {"name": {"value": "~t"}}}]}}}
    for path in ("/api/query/~q?n=~t", f"/api/query/{id}?n=~t"):
        assert suite.http("GET", path).content == expected
    assert suite.http("POST", "/api/query/~q", {"variables": {"n": "~t"}}).content == expected
    assert suite.http("GET", "/api/query/~q?n=~t&branch=nope").status == 400


@pytest.mark.parametrize("body", [{"variables": None}, {"variables": []}, []])
def test_the_variables_of_a_stored_query_are_an_object(suite: Suite, body: Any) -> None:
    suite.create("CoreGraphQLQuery", f'name: {{value: "~q"}} query: {{value: "{QUERY}"}}')
    reply = suite.http("POST", "/api/query/~q", body)
    assert (reply.status, reply.content["detail"][0]["loc"][0]) == (422, "body")


def test_a_group_of_a_stored_query_is_wanted_or_not(suite: Suite) -> None:
    suite.create("CoreGraphQLQuery", f'name: {{value: "~q"}} query: {{value: "{QUERY}"}}')
    assert suite.http("GET", "/api/query/~q?n=~t&update_group=N").status == 200
    reply = suite.http("GET", "/api/query/~q?n=~t&update_group=maybe")
    assert (reply.status, reply.content["detail"][0]["loc"]) == (422, ["query", "update_group"])


def test_a_stored_mutation_is_run_by_who_may_write_and_its_errors_are_told(suite: Suite) -> None:
    query = "mutation M($n: String!) { BuiltinTagDelete(data: {id: $n}) { ok } }"
    suite.create("CoreGraphQLQuery", f'name: {{value: "~q"}} query: {{value: "{query}"}}')
    id = suite.create("BuiltinTag", 'name: {value: "~t"}')
    assert suite.http("GET", f"/api/query/~q?n={id}", token=None).status == 401
    assert suite.http("GET", f"/api/query/~q?n={id}").content == {"data": {"BuiltinTagDelete": {"ok": True}}}
    reply = suite.http("POST", "/api/query/~q", {"variables": {"n": id}})
    [error] = reply.content["errors"]
    assert (reply.status, reply.content["data"], error["extensions"]) == (502, None, {"code": 502})
    assert error["message"]["message"].startswith("GraphQLQuery ~q: ")
    assert (error["message"]["path"], error["message"]["locations"]) == (
        ["BuiltinTagDelete"],
        [{"line": 1, "column": 27}],
    )


def test_a_query_that_is_no_graphql_is_not_stored(suite: Suite) -> None:
    refused = suite.refused(
        'mutation { CoreGraphQLQueryCreate(data: { name: {value: "~q"} query: {value: "{ nope"} }) { ok } }'
    )
    assert refused.path == ["CoreGraphQLQueryCreate"]


# Files


def paper(suite: Suite, content: str = "hi there", action: str = "Create", data: str = 'name: {value: "~p"}') -> Any:
    """What the mutation of a node with a file says of it."""
    select = " ".join(
        f"{name} {{ value }}" for name in ("file_name", "file_size", "file_type", "checksum", "storage_id")
    )
    document = (
        f"mutation($f: Upload!) {{ SuitePaper{action}(data: {{ {data} }} file: $f) {{ object {{ id {select} }} }} }}"
    )
    operations = json.dumps({"query": document, "variables": {"f": None}})
    form = (("operations", operations), ("map", json.dumps({"0": ["variables.f"]})))
    node = upload(suite, "/graphql/main", *form, content=content).content["data"][f"SuitePaper{action}"]["object"]
    if action == "Create":
        suite.ends_with(f'SuitePaperDelete(data: {{ id: "{node["id"]}" }}) {{ ok }}')
    return {name: value if name == "id" else value["value"] for name, value in node.items()}


def test_a_file_is_a_node_with_its_content(suite: Suite) -> None:
    made = paper(suite)
    assert {name: made[name] for name in made if name not in {"id", "storage_id"}} == {
        "file_name": "a.txt",
        "file_size": len("hi there"),
        "file_type": "text/plain",
        "checksum": hashlib.sha1(b"hi there").hexdigest(),
    }


def test_a_file_is_read_by_its_node_by_its_own_id_and_by_the_hfid(suite: Suite) -> None:
    made = paper(suite)
    for path in (made["id"], f"by-storage-id/{made['storage_id']}", "by-hfid/SuitePaper?hfid=~p"):
        for token in ("", None):
            reply = suite.http("GET", f"/api/storage/files/{path}", token=token)
            assert (reply.status, reply.content) == (200, "hi there")
            assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert reply.headers["Content-Disposition"] == "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"


@pytest.mark.parametrize(("preview", "way"), [("true", "inline"), ("T", "inline"), ("0", "attachment")])
def test_a_browser_shows_a_file_or_keeps_it(suite: Suite, preview: str, way: str) -> None:
    reply = suite.http("GET", f"/api/storage/files/{paper(suite)['id']}?preview={preview}")
    assert reply.headers["Content-Disposition"].startswith(f"{way};")


def test_a_new_file_takes_the_place_of_the_old_one_which_stays_in_the_store(suite: Suite) -> None:
    old = paper(suite)
    new = paper(suite, "other", "Update", f'id: "{old["id"]}"')
    assert suite.http("GET", f"/api/storage/files/{old['id']}").content == "other"
    assert suite.http("GET", f"/api/storage/files/by-storage-id/{old['storage_id']}").status == 404
    assert suite.http("GET", f"/api/storage/object/{old['storage_id']}").content == "hi there"
    assert suite.http("GET", f"/api/storage/object/{new['storage_id']}").status == 403


def test_a_file_of_the_default_branch_is_not_given_out_as_an_object(suite: Suite) -> None:
    reply = suite.http("GET", f"/api/storage/object/{paper(suite)['storage_id']}")
    assert (reply.status, "/api/storage/files/by-storage-id/" in reply.content["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nope", 404),
        ("by-storage-id/nope", 404),
        ("by-hfid/SuitePaper?hfid=~nope", 404),
        ("by-hfid/SuitePaper?hfid=~p&hfid=x", 404),
        ("by-hfid/SuitePaper", 422),
        ("by-hfid/BuiltinTag", 422),
        ("by-hfid/BuiltinTag?hfid=x", 400),
        ("by-hfid/SuiteNothing?hfid=x", 422),
        ("nope?branch=~nope", 400),
        ("nope?at=nope", 400),
    ],
)
def test_a_file_that_there_is_not_is_refused(suite: Suite, path: str, status: int) -> None:
    assert suite.http("GET", f"/api/storage/files/{path}").status == status


def test_a_flag_of_a_download_is_true_or_false(suite: Suite) -> None:
    reply = suite.http("GET", f"/api/storage/files/{paper(suite)['id']}?preview=maybe")
    assert (reply.status, reply.content["detail"][0]["loc"]) == (422, ["query", "preview"])


def test_a_file_needs_its_content(suite: Suite) -> None:
    refused = suite.refusals('mutation { SuitePaperCreate(data: { name: {value: "~p"} }) { ok } }')[0]
    assert "file" in refused.message
