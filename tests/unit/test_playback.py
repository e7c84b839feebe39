"""Answers from recordings."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha224
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk.config import Config
from infrahub_sdk.constants import HTTPMethod
from infrahub_sdk.exceptions import FileNotValidError
from infrahub_sdk.playback import JSONPlayback
from infrahub_sdk.recorder import JSONRecorder
from infrahub_sdk.transport.request import Request
from infrahub_sdk.transport.response import Response
from infrahub_sdk.utils import encode_json

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://infrahub.test:8000/graphql/main"
QUERY = {"query": "query { BuiltinTag { count } }"}


def record(directory: Path, payload: Any, *, status: int = 200, content: bytes = b"{}", url: str = URL) -> None:
    body = encode_json(payload) if payload else None
    request = Request(url, method="POST" if payload else "GET", content=body, headers={"X-INFRAHUB-KEY": "t"})
    JSONRecorder(directory=str(directory)).record(Response(status, content=content, request=request))


def play(directory: Path, payload: Any = None, url: str = URL) -> Response:
    method = HTTPMethod.POST if payload else HTTPMethod.GET
    return JSONPlayback(directory=str(directory)).sync_request(
        url=url, method=method, headers={}, timeout=5, payload=payload
    )


@pytest.mark.parametrize(
    "payload",
    [
        QUERY,
        {**QUERY, "variables": {"name": "é/😀", "list": [1, None, True, 0.5]}},
        {},
        None,
    ],
)
def test_what_was_recorded_is_found(tmp_path: Path, payload: Any) -> None:
    record(tmp_path, payload, content='{"data": "é"}'.encode())
    answer = play(tmp_path, payload)
    assert (answer.status_code, answer.json()) == (200, {"data": "é"})


@given(
    st.dictionaries(st.text(st.characters(blacklist_categories=("Cs",))), st.integers() | st.text("é/a\n"), min_size=1)
)
@settings(max_examples=30, deadline=None)
def test_whatever_was_recorded_is_found(tmp_path_factory: pytest.TempPathFactory, variables: dict[str, Any]) -> None:
    directory = tmp_path_factory.mktemp("recordings")
    record(directory, {**QUERY, "variables": variables})
    assert play(directory, {**QUERY, "variables": variables}).status_code == 200


def test_a_coroutine_answers_the_same(tmp_path: Path) -> None:
    record(tmp_path, QUERY, status=503)
    answer = asyncio.run(
        JSONPlayback(directory=str(tmp_path)).async_request(
            url=URL, method=HTTPMethod.POST, headers={}, timeout=5, payload=QUERY
        )
    )
    assert (answer.status_code, answer.url) == (503, URL)


def test_an_answer_knows_its_request(tmp_path: Path) -> None:
    record(tmp_path, QUERY)
    request: Any = play(tmp_path, QUERY).request
    assert (request.method, request.url, request.content) == ("POST", URL, encode_json(QUERY))


def test_bytes_come_back_as_they_were(tmp_path: Path) -> None:
    record(tmp_path, None, content=b"\xff\x00")
    assert play(tmp_path).content == b"\xff\x00"


def test_a_login_is_found_whatever_the_password(tmp_path: Path) -> None:
    url = "http://infrahub.test:8000/api/auth/login"
    record(tmp_path, {"username": "me", "password": "a"}, url=url, content=b'{"access_token": "t"}')
    assert play(tmp_path, {"username": "you", "password": "b"}, url=url).json() == {"access_token": "***"}


def test_recordings_of_older_versions_are_found(tmp_path: Path) -> None:
    digest = sha224(json.dumps(QUERY).encode()).hexdigest()
    path = tmp_path / f"post_http_infrahub.test_8000__graphql__main_{digest}.json"
    path.write_text(json.dumps({"status_code": 201, "response_content": "{}", "headers": {}}))
    assert play(tmp_path, QUERY).status_code == 201


def test_credentials_in_an_address_do_not_matter(tmp_path: Path) -> None:
    record(tmp_path, None)
    assert play(tmp_path, url="http://me:secret@infrahub.test:8000/graphql/main").status_code == 200


def test_a_missing_recording_names_request_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(FileNotValidError) as caught:
        play(tmp_path)
    for part in (f"GET {URL}", "get_http_infrahub.test_8000__graphql__main.json", repr(str(tmp_path))):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"status_code": 200}', '{"status_code": null, "response_content": ""}']
)
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "get_http_infrahub.test_8000__graphql__main.json"
    path.write_text(text)
    with pytest.raises(FileNotValidError, match="is no recording of an answer"):
        play(tmp_path)


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, QUERY)
    monkeypatch.setenv("INFRAHUB_PLAYBACK_DIRECTORY", str(tmp_path))
    config: Any = Config(transport="json")
    answer = config.sync_requester(url=URL, method=HTTPMethod.POST, headers={}, timeout=5, payload=QUERY)
    assert answer.is_success
