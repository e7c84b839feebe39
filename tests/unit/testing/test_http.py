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
    request = urllib.request.Request(infrahub.address + path, data, {"X-INFRAHUB-KEY": infrahub.api_token})
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


@pytest.mark.parametrize(("path", "method"), [("/nowhere", "GET"), ("/api/info", "DELETE")])
def test_where_there_is_nothing_is_said(infrahub: LocalInfrahub, path: str, method: str) -> None:
    status, content, _ = ask(infrahub, path, method=method)
    error = {"message": f"The endpoint {path} does not exist", "extensions": {"code": 404}}
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
    "text",
    [
        b"POST /graphql HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_a_length_that_cannot_be_told_ends_the_connection(infrahub: LocalInfrahub, text: bytes) -> None:
    answer = raw(infrahub, text)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer


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
