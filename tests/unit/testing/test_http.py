"""The network side of a local Infrahub, byte by byte."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from infrahub_sdk.testing import LocalInfrahub


def ask(infrahub: LocalInfrahub, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any, Any]:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-INFRAHUB-KEY": infrahub.api_token, "Content-Type": "application/json"}
    request = urllib.request.Request(infrahub.address + path, data, headers)
    request.method = method or request.get_method()
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read(), answer.headers


def raw(infrahub: LocalInfrahub, text: bytes) -> bytes:
    """What comes back for bytes, until the server closes."""
    url = urlsplit(infrahub.address)
    assert url.hostname
    with socket.create_connection((url.hostname, url.port or 0), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_one_connection_serves_many_requests(infrahub: LocalInfrahub) -> None:
    client = infrahub.client_sync()
    for _ in range(5):
        assert client.count("BuiltinTag") == 0
    assert len(infrahub._server._connections) == 1


VERSION = b'{"query": "{ InfrahubInfo { version } }"}'
POST = b"POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(("path", "method"), [("/nowhere", "GET"), ("/api/info", "DELETE"), ("/api/info", "OPTIONS")])
def test_where_there_is_nothing_is_said(infrahub: LocalInfrahub, path: str, method: str) -> None:
    status, content, _ = ask(infrahub, path, method=method)
    error = {"message": f"Nothing answers {method} at {path}", "extensions": {"code": 404}}
    assert (status, json.loads(content)) == (404, {"data": None, "errors": [error]})


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'"text"', b'{"query": 1}', b"\xff"])
def test_a_body_that_is_no_query_gets_an_answer_of_the_client_s_fault(infrahub: LocalInfrahub, body: bytes) -> None:
    status, content, _ = ask(infrahub, "/graphql", body)
    assert 400 <= status < 500
    [error] = json.loads(content)["errors"]
    assert "JSON" in str(error) or "query" in str(error) or "document" in str(error)


def test_an_unknown_branch_is_named_in_the_answer(infrahub: LocalInfrahub) -> None:
    status, content, _ = ask(infrahub, "/graphql/nowhere", {"query": "{ BuiltinTag { count } }"})
    assert (status, json.loads(content)) == (404, {"errors": ["Branch: nowhere not found."]})
    status, content, _ = ask(infrahub, "/api/schema?branch=nowhere")
    assert status == 400
    assert "nowhere" in json.loads(content)["errors"][0]["message"]


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/api/info", "PATCH", "GET"),
        ("/api/info", "HEAD", "GET"),
        ("/api/nope", "TRACE", "DELETE, GET, OPTIONS, POST, PUT"),
        ("/graphql/main", "PUT", "OPTIONS, POST"),
        ("/nowhere", "POST", "GET"),
    ],
)
def test_a_method_that_there_is_not_is_refused_with_those_that_there_are(
    infrahub: LocalInfrahub, path: str, method: str, allowed: str
) -> None:
    status, content, headers = ask(infrahub, path, method=method)
    assert (status, headers["Allow"]) == (405, allowed)
    assert content == (b"" if method == "HEAD" else b'{"detail": "Method Not Allowed"}')


@pytest.mark.parametrize(
    ("path", "status"), [("/api/%69nfo", 200), ("/api/schema/Builtin%54ag", 200), ("/api%2Finfo", 200)]
)
def test_a_path_is_the_same_however_it_is_written(infrahub: LocalInfrahub, path: str, status: int) -> None:
    assert ask(infrahub, path)[0] == status


def test_a_slash_in_a_name_is_one_of_the_path(infrahub: LocalInfrahub) -> None:
    status, content, _ = ask(infrahub, "/api/query/a%20b%2Fc")
    assert (status, json.loads(content)["errors"][0]["message"]) == (
        404,
        "Nothing answers GET at /api/query/a b/c",
    )


def test_no_other_origin_may_send_requests(infrahub: LocalInfrahub) -> None:
    origin = b"Host: x\r\nOrigin: http://x\r\n"
    asked = b"OPTIONS /graphql HTTP/1.1\r\n" + origin + b"Access-Control-Request-Method: POST\r\n\r\n"
    assert raw(infrahub, asked).startswith(b"HTTP/1.1 400 ")
    plain = raw(infrahub, b"GET /api/info HTTP/1.1\r\n" + origin + b"\r\n")
    assert plain.startswith(b"HTTP/1.1 200 ")
    assert b"Access-Control-Allow-Origin" not in plain


@pytest.mark.parametrize(
    "text",
    [
        POST + b"Content-Length: x\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        POST + b"Content-Length: 99999999999999\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 2000 + b"\r\na\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    ],
)
def test_a_length_that_cannot_be_told_ends_the_connection(infrahub: LocalInfrahub, text: bytes) -> None:
    answer = raw(infrahub, text)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    "text",
    [b"\x16\x03\x01\r\n\r\n", b"get / HTTP/1.1\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n"],
)
def test_what_is_no_request_is_refused_in_json(infrahub: LocalInfrahub, text: bytes) -> None:
    head, _, content = raw(infrahub, text).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert list(json.loads(content)) == ["detail"]


def test_a_body_comes_in_chunks_too(infrahub: LocalInfrahub) -> None:
    size = f"{len(VERSION) - 5:X}".encode()
    chunks = b"5\r\n" + VERSION[:5] + b"\r\n" + size + b";a=b\r\n" + VERSION[5:] + b"\r\n0\r\nX-Trailer: a\r\n\r\n"
    answers = raw(infrahub, (POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks) * 2)
    assert answers.count(b'{"data": {"InfrahubInfo"') == 2


def test_a_client_that_waits_for_leave_to_send_the_body_gets_it(infrahub: LocalInfrahub) -> None:
    url = urlsplit(infrahub.address)
    with socket.create_connection((str(url.hostname), url.port or 0), timeout=10) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(VERSION))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(VERSION)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("ending", [b"Content-Length: 500\r\n\r\n%s", b"Transfer-Encoding: chunked\r\n\r\n1f4\r\n%s"])
def test_what_a_client_does_not_send_to_its_end_is_not_carried_out(infrahub: LocalInfrahub, ending: bytes) -> None:
    token = f"X-INFRAHUB-KEY: {infrahub.api_token}\r\n".encode()
    create = b'{"query": "mutation { BuiltinTagCreate(data: {name: {value: \\"red\\"}}) { ok } }"}'
    assert raw(infrahub, POST + token + ending % create) == b""
    assert infrahub.client_sync().count("BuiltinTag") == 0


def test_half_a_character_is_answered_as_it_came(infrahub: LocalInfrahub) -> None:
    status, content, _ = ask(infrahub, "/api/storage/upload/content", b'{"content": ["\\ud800"]}')
    assert (status, json.loads(content)["detail"][0]["input"]) == (422, ["\ud800"])
    status, content, _ = ask(infrahub, "/api/storage/upload/content", b'{"content": "\\ud800"}')
    assert (status, list(json.loads(content))) == (422, ["detail"])


def test_half_a_character_is_no_document(infrahub: LocalInfrahub) -> None:
    status, content, _ = ask(
        infrahub, "/graphql", b'{"query": "{ BuiltinTag { count } }", "variables": {"a": "\\ud800"}}'
    )
    assert (status, json.loads(content)) == (400, {"errors": ["The body is not JSON"]})
    status, _, _ = ask(
        infrahub, "/graphql", b'{"query": "{ BuiltinTag { count } }", "variables": {"a": "\\ud83d\\ude00"}}'
    )
    assert status == 200


def test_a_body_that_is_nested_without_end_is_no_json(infrahub: LocalInfrahub) -> None:
    for path in ("/graphql", "/api/storage/upload/content"):
        assert ask(infrahub, path, b"[" * 100_000)[0] == 400


def test_it_is_told_which_server_this_is(infrahub: LocalInfrahub) -> None:
    status, content, _ = ask(infrahub, "/api/info")
    assert status == 200
    assert json.loads(content)["version"] == infrahub.client_sync().get_version()
    assert json.loads(ask(infrahub, "/api/config")[1])["main"]["allow_anonymous_access"] is True


def test_the_graphql_schema_is_there_as_text(infrahub: LocalInfrahub) -> None:
    status, content, headers = ask(infrahub, "/schema.graphql")
    assert status == 200
    assert headers.get_content_type() == "text/plain"
    assert b"type BuiltinTag implements CoreNode" in content


def test_the_graphql_schema_is_there_in_the_order_of_the_names(infrahub: LocalInfrahub) -> None:
    from graphql import parse

    texts = [ask(infrahub, f"/schema.graphql?sorted={flag}")[1].decode() for flag in ("true", "false")]
    ordered, plain = ([Named(item) for item in parse(text, no_location=True).definitions] for text in texts)
    assert [item.name for item in ordered] == sorted(item.name for item in plain)
    [tag] = [item for item in ordered if item.name == "BuiltinTag"]
    fields = tag.parts("fields")
    for parts in (fields, tag.parts("interfaces"), *(field.parts("arguments") for field in fields)):
        assert [part.name for part in parts] == sorted(part.name for part in parts)


class Named:
    """A node of a GraphQL document that has a name."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.name: str = node.name.value

    def parts(self, name: str) -> list[Named]:
        return [Named(part) for part in getattr(self.node, name) or ()]


def test_many_threads_write_at_once_and_nothing_is_lost(infrahub: LocalInfrahub) -> None:
    client = infrahub.client_sync(max_concurrent_execution=8)

    def write(number: int) -> None:
        for position in range(5):
            client.create("BuiltinTag", name=f"{number}-{position}").save()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.count("BuiltinTag") == 40
