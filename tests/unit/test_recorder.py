"""What is written about a request and its answer, and what is not."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha224
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.exceptions import Error
from infrahub_sdk.recorder import JSONRecorder, NoRecorder, Recorder, RecorderType, recording_name
from infrahub_sdk.transport import Transport
from infrahub_sdk.transport.request import Request
from infrahub_sdk.transport.response import Response
from infrahub_sdk.utils import encode_json
from tests.servers import ScriptedServer, chunked

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://infrahub.test:8000/graphql/main"
QUERY = {"query": "query { BuiltinTag { count } }"}


def recorded(
    directory: Path, *, url: str = URL, headers: Any = None, payload: Any = None, content: bytes = b"{}", host: str = ""
) -> dict[str, Any]:
    """Record one exchange, and read what was written; `name` is that of the file."""
    body = encode_json(payload) if payload is not None else None
    request = Request(url, method="POST" if body else "GET", headers=headers, content=body)
    JSONRecorder(directory=str(directory), host=host).record(Response(200, content=content, request=request))
    (path,) = directory.iterdir()
    return {"name": path.name, **json.loads(path.read_text(encoding="utf-8"))}


def test_an_exchange_is_recorded_whole(tmp_path: Path) -> None:
    body = json.dumps(QUERY, separators=(",", ":"))
    digest = sha224(body.encode()).hexdigest()
    assert recorded(tmp_path, payload=QUERY, headers={"X-Priority": "high"}, content='{"data": "é"}'.encode()) == {
        "name": f"post_http_infrahub.test_8000__graphql__main_{digest}.json",
        "headers": {"x-priority": "high"},
        "method": "POST",
        "request_content": body,
        "response_content": '{"data": "é"}',
        "status_code": 200,
        "url": URL,
    }


def test_a_request_without_a_body_is_named_by_its_address(tmp_path: Path) -> None:
    recording = recorded(tmp_path, url="https://infrahub.test/api/schema?branch=b&namespaces=Dcim")
    assert recording["name"] == "get_https_infrahub.test__api__schema_q_branch=b_a_namespaces=dcim.json"
    assert recording["request_content"] == ""


def test_an_answer_that_is_no_text_is_recorded_in_base64(tmp_path: Path) -> None:
    recording = recorded(tmp_path, content=b"\xff\x00")
    assert (recording["response_content"], recording["response_encoding"]) == ("/wA=", "base64")


def test_the_directory_is_made(tmp_path: Path) -> None:
    recorded_in = tmp_path / "a" / "b"
    JSONRecorder(directory=str(recorded_in)).record(Response(200, request=Request(URL)))
    assert len(list(recorded_in.iterdir())) == 1


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("rec.test", "http://rec.test:8000/graphql/main"),
        ("rec.test:99", "http://rec.test:99/graphql/main"),
    ],
)
def test_another_host_may_be_recorded(tmp_path: Path, host: str, url: str) -> None:
    recording = recorded(tmp_path, host=host)
    assert recording["url"] == url
    assert recording["name"] == recording_name("GET", url, b"")


@pytest.mark.parametrize(
    "header", ["Authorization", "Cookie", "Proxy-Authorization", "X-INFRAHUB-KEY", "x-auth-token", "X-Gateway-Session"]
)
def test_headers_that_may_be_credentials_are_masked(tmp_path: Path, header: str) -> None:
    recording = recorded(tmp_path, headers={header: "s3cr3t", "Accept": "text/plain"})
    assert recording["headers"] == {header.lower(): "***", "accept": "text/plain"}


def test_a_login_is_recorded_without_password_and_tokens(tmp_path: Path) -> None:
    recording = recorded(
        tmp_path,
        url="http://infrahub.test:8000/api/auth/login",
        payload={"username": "me", "password": "s3cr3t"},
        content=b'{"access_token": "s3cr3t", "refresh_token": "s3cr3t", "kind": "bearer"}',
    )
    assert "s3cr3t" not in str(recording)
    assert json.loads(recording["request_content"]) == {"username": "me", "password": "***"}
    assert json.loads(recording["response_content"])["kind"] == "bearer"


def test_the_name_of_a_login_does_not_depend_on_the_password() -> None:
    url = "http://infrahub.test:8000/api/auth/login"
    names = {recording_name("POST", url, encode_json({"username": "me", "password": word})) for word in ("a", "b")}
    assert len(names) == 1


def test_variables_are_not_recorded_but_tell_recordings_apart(tmp_path: Path) -> None:
    recording = recorded(tmp_path, payload={**QUERY, "variables": {"secret": "s3cr3t"}})
    assert json.loads(recording["request_content"]) == {**QUERY, "variables": "***"}
    other = encode_json({**QUERY, "variables": {"secret": "other"}})
    assert recording_name("POST", URL, other) != recording["name"]


def test_credentials_in_an_address_are_not_recorded(tmp_path: Path) -> None:
    url = "http://me:s3cr3t@infrahub.test/x"  # as requests of other classes have it
    request: Any = SimpleNamespace(method="GET", url=url, content=b"", headers={})
    JSONRecorder(directory=str(tmp_path)).record(Response(200, request=request))
    (path,) = tmp_path.iterdir()
    assert "s3cr3t" not in path.name + path.read_text(encoding="utf-8")


def test_what_documents_and_answers_call_secret_is_masked(tmp_path: Path) -> None:
    document = 'mutation { A(data: {name: {value: "a"}, password: {value: "s3cr3t"}}) { object { token { value } } } }'
    answer = {"data": {"A": {"object": {"name": {"value": "a"}, "token": {"value": "s3cr3t", "id": "1"}}}}}
    recording = recorded(tmp_path, payload={"query": document}, content=json.dumps(answer).encode())
    assert json.loads(recording["request_content"])["query"] == document.replace("s3cr3t", "***")
    assert recording["response_content"] == json.dumps(answer, separators=(",", ":")).replace("s3cr3t", "***")


def test_passwords_are_known_from_the_schema(tmp_path: Path) -> None:
    attributes = [{"name": "community", "kind": "Password"}, {"name": "name", "kind": "Text"}]
    schema = {"main": "1", "nodes": [{"kind": "SnmpUser", "attributes": attributes}, {"kind": "X"}]}
    answer = {"data": {"SnmpUser": {"community": {"value": "s3cr3t"}, "name": {"value": "a"}}}}
    recorder = JSONRecorder(directory=str(tmp_path))
    for url, body in (("http://infrahub.test/api/schema?branch=main", schema), (URL, answer)):
        recorder.record(Response(200, json=body, request=Request(url)))
    (path,) = tmp_path.glob("*graphql*")
    data = json.loads(json.loads(path.read_text(encoding="utf-8"))["response_content"])["data"]
    assert data == {"SnmpUser": {"community": {"value": "***"}, "name": {"value": "a"}}}


def test_credentials_that_the_server_says_back_are_masked(tmp_path: Path) -> None:
    recording = recorded(tmp_path, headers={"X-INFRAHUB-KEY": "s3cr3t-key"}, content=b"no: s3cr3t-key")
    assert recording["response_content"] == "no: ***"


def test_a_body_of_another_kind_is_not_recorded(tmp_path: Path) -> None:
    request = Request(URL, method="POST", content=b"--x\r\nvariables: s3cr3t")
    JSONRecorder(directory=str(tmp_path)).record(Response(200, request=request))
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["request_content"] == "***"


def test_a_streamed_answer_is_read_and_recorded(tmp_path: Path) -> None:
    with ScriptedServer([chunked(b"a", b"b")]) as server, Transport() as transport:
        response = transport.send(Request(f"{server.url}/x"), stream=True)
        JSONRecorder(directory=str(tmp_path)).record(response)
        assert b"".join(response.iter_bytes()) == b"ab"
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["response_content"] == "ab"


def test_a_full_disk_leaves_no_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(path: Path, content: str, **_: Any) -> None:
        path.write_bytes(content[:10].encode())
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_text", fill)
    with pytest.raises(Error, match=r"could not be recorded in '.*graphql__main.json': No space left.*carried out"):
        JSONRecorder(directory=str(tmp_path)).record(Response(200, request=Request(URL)))
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_is_written_again_stays_whole_for_who_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = JSONRecorder(directory=str(tmp_path))
    recorder.record(Response(200, content="old", request=Request(URL)))
    (path,) = tmp_path.iterdir()
    seen = []
    write = type(path).write_text

    def write_and_look(draft: Path, content: str, **options: Any) -> int:
        size = write(draft, content, **options)
        seen.append(json.loads(path.read_text(encoding="utf-8"))["response_content"])
        return size

    monkeypatch.setattr("pathlib.Path.write_text", write_and_look)
    recorder.record(Response(200, content="new", request=Request(URL)))
    assert (seen, json.loads(path.read_text(encoding="utf-8"))["response_content"]) == (["old"], "new")


def test_a_process_that_is_killed_while_it_writes_leaves_no_half_recording(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from infrahub_sdk.recorder import JSONRecorder\n"
        "from infrahub_sdk.transport import Request, Response\n"
        "pathlib.Path.replace = lambda draft, path: os._exit(3)\n"
        "JSONRecorder(directory=sys.argv[1]).record(Response(200, request=Request(sys.argv[2])))\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path), URL], check=False).returncode == 3
    assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]


def test_threads_write_into_one_directory(tmp_path: Path) -> None:
    recorder = JSONRecorder(directory=str(tmp_path / "made"))
    requests = [Request(f"{URL}?x={number % 10}") for number in range(100)]
    with ThreadPoolExecutor(8) as executor:
        list(
            executor.map(lambda request: recorder.record(Response(200, content="x" * 9999, request=request)), requests)
        )
    paths = sorted((tmp_path / "made").iterdir())
    assert [json.loads(path.read_text(encoding="utf-8"))["response_content"][:1] for path in paths] == ["x"] * 10


def test_an_answer_without_a_request_cannot_be_recorded(tmp_path: Path) -> None:
    with pytest.raises(Error, match="request"):
        JSONRecorder(directory=str(tmp_path)).record(Response(200))


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (JSONRecorder().directory, JSONRecorder().host) == (".", "")
    monkeypatch.setenv("INFRAHUB_JSON_RECORDER_DIRECTORY", "there")
    monkeypatch.setenv("INFRAHUB_JSON_RECORDER_HOST", "rec.test")
    assert JSONRecorder() == JSONRecorder(directory="there", host="rec.test")


def test_without_a_recorder_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    NoRecorder.default().record(Response(200, request=Request(URL)))
    assert list(tmp_path.iterdir()) == []


def test_recorders_that_record_nothing_are_equal() -> None:
    assert NoRecorder() == NoRecorder.default()
    assert len({NoRecorder(), NoRecorder()}) == 1
    assert NoRecorder() != JSONRecorder()


def test_whatever_records_is_a_recorder() -> None:
    assert isinstance(NoRecorder(), Recorder)
    assert isinstance(JSONRecorder(), Recorder)
    assert not isinstance(object(), Recorder)
    assert list(RecorderType) == ["none", "json"]
