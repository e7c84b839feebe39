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


@pytest.mark.parametrize("body", [{}, {"content": 5}])
def test_an_upload_without_text_is_refused(suite: Suite, body: dict[str, Any]) -> None:
    reply = suite.http("POST", "/api/storage/upload/content", body)
    assert reply.status == 422
    assert reply.content["detail"][0]["loc"] == ["body", "content"]


@pytest.mark.parametrize("path", ["/api/storage/object/nope", "/api/artifact/nope", "/api/query/nope"])
def test_what_is_not_kept_is_not_found(suite: Suite, path: str) -> None:
    reply = suite.http("GET", path)
    [error] = reply.content["errors"]
    assert (reply.status, error["extensions"]) == (404, {"code": 404})
    assert "Unable to find the node nope" in error["message"]


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


def test_a_query_that_is_no_graphql_is_not_stored(suite: Suite) -> None:
    refused = suite.refused(
        'mutation { CoreGraphQLQueryCreate(data: { name: {value: "~q"} query: {value: "{ nope"} }) { ok } }'
    )
    assert refused.path == ["CoreGraphQLQueryCreate"]


# Files


def test_a_file_is_a_node_with_its_content(suite: Suite) -> None:
    select = "id file_name { value } file_size { value } file_type { value } checksum { value }"
    document = (
        'mutation($f: Upload!) { SuitePaperCreate(data: { name: {value: "~p"} } file: $f)'
        f" {{ object {{ {select} }} }} }}"
    )
    operations = json.dumps({"query": document, "variables": {"f": None}})
    form = (("operations", operations), ("map", json.dumps({"0": ["variables.f"]})))
    reply = upload(suite, "/graphql/main", *form)
    made = reply.content["data"]["SuitePaperCreate"]["object"]
    suite.ends_with(f'SuitePaperDelete(data: {{ id: "{made["id"]}" }}) {{ ok }}')
    assert {name: made[name]["value"] for name in made if name != "id"} == {
        "file_name": "a.txt",
        "file_size": len("hi there"),
        "file_type": "text/plain",
        "checksum": hashlib.sha1(b"hi there").hexdigest(),
    }


def test_a_file_needs_its_content(suite: Suite) -> None:
    refused = suite.refusals('mutation { SuitePaperCreate(data: { name: {value: "~p"} }) { ok } }')[0]
    assert "file" in refused.message
