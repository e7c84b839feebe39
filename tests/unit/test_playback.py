"""Answers from recordings."""

from __future__ import annotations

import asyncio
import json
import re
from hashlib import sha224
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.config import Config
from infrahub_sdk.constants import HTTPMethod
from infrahub_sdk.exceptions import FileNotValidError
from infrahub_sdk.playback import JSONPlayback
from infrahub_sdk.recorder import JSONRecorder
from infrahub_sdk.transport.request import Request
from infrahub_sdk.transport.response import Response
from infrahub_sdk.utils import encode_json
from tests.servers import Connection, ScriptedServer, answer
from tests.unit.kinds import schema
from tests.unit.leaks import CLIENTS, done

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


def test_a_login_that_an_older_version_recorded_is_found(tmp_path: Path) -> None:
    payload = {"username": "me", "password": "a"}
    digest = sha224(encode_json(payload)).hexdigest()
    path = tmp_path / f"post_http_infrahub.test_8000__api__auth__login_{digest}.json"
    path.write_text('{"status_code": 200, "response_content": "{\\"access_token\\": \\"t\\"}"}')
    assert play(tmp_path, payload, url="http://infrahub.test:8000/api/auth/login").json() == {"access_token": "t"}


def test_a_recording_of_an_older_version_with_credentials_in_its_name_is_found(tmp_path: Path) -> None:
    path = tmp_path / "get_http_me_secret@infrahub.test_8000__graphql__main.json"
    path.write_text('{"status_code": 200, "response_content": "{}"}')
    assert play(tmp_path, url="http://me:secret@infrahub.test:8000/graphql/main").status_code == 200


def test_credentials_in_an_address_do_not_matter(tmp_path: Path) -> None:
    record(tmp_path, None)
    assert play(tmp_path, url="http://me:secret@infrahub.test:8000/graphql/main").status_code == 200


def test_a_missing_recording_names_request_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(FileNotValidError) as caught:
        play(tmp_path)
    for part in (f"GET {URL}", "get_http_infrahub.test_8000__graphql__main.json", repr(str(tmp_path))):
        assert part in str(caught.value)


DOCUMENT = "query Sites($name: String) { LocationSite(name__value: $name) { count } }"


def missing(directory: Path, document: str, variables: Any = None, url: str = URL) -> str:
    """What is said of a recording that is missing."""
    with pytest.raises(FileNotValidError) as caught:
        play(directory, {"query": document, **({"variables": variables} if variables else {})}, url)
    return str(caught.value)


def test_a_missing_recording_names_the_query_and_not_its_variables(tmp_path: Path) -> None:
    message = missing(tmp_path, DOCUMENT, {"name": "s3cr3t"})
    assert f"There is no recording of POST {URL} ('query Sites' for LocationSite): no file 'post_http" in message
    assert "It holds no recordings at all." in message
    assert "s3cr3t" not in message


def test_a_recording_with_other_variables_is_named(tmp_path: Path) -> None:
    record(tmp_path, QUERY)
    record(tmp_path, {"query": DOCUMENT, "variables": {"name": "a"}})
    (near,) = [path.name for path in tmp_path.iterdir() if "Sites" in path.read_text(encoding="utf-8")]
    message = missing(tmp_path, DOCUMENT, {"name": "b"})
    assert f"The same document was recorded with other variables, in {near!r}." in message


def test_the_nearest_query_is_named(tmp_path: Path) -> None:
    record(tmp_path, QUERY)
    record(tmp_path, {"query": 'mutation { BranchCreate(data: {name: "b"}) { ok } }'})
    message = missing(tmp_path, "query { BuiltinTags { count } }")
    assert "The nearest that was recorded is 'query' for BuiltinTag, in 'post_http_infrahub.test" in message


def test_a_recording_of_another_server_is_named(tmp_path: Path) -> None:
    record(tmp_path, None, url="http://infrahub.test:8001/api/config")
    with pytest.raises(FileNotValidError, match=r"Did you mean 'get_http_infrahub\.test_8001__api__config\.json'"):
        play(tmp_path, url="http://infrahub.test:8000/api/config")


def test_a_file_that_is_no_recording_does_not_hide_what_is_missing(tmp_path: Path) -> None:
    record(tmp_path, QUERY)
    (path,) = tmp_path.iterdir()
    path.write_text("{")
    assert "There is no recording of POST" in missing(tmp_path, DOCUMENT)


# Whole programs


class Answering:
    """What a small server answers to the program below; new nodes keep the ids that the client chose for them."""

    def __call__(self, connection: Connection) -> None:
        request = connection.request
        assert request is not None
        body = json.loads(request.body or b"{}")
        connection.send(answer(json.dumps(self.said(request.target, body)).encode()))

    def said(self, target: str, body: dict[str, Any]) -> Any:
        if target.startswith("/api/schema"):
            return schema()
        if target == "/api/auth/login":
            return {"access_token": "a", "refresh_token": "r"}
        created = re.findall(r'(?:(\w+): )?(\w+Create)\(.*\bid: "([^"]+)" \}\) \{', body["query"])
        if created:
            return {
                "data": {
                    alias or name: {"ok": True, "object": {"id": identifier}} for alias, name, identifier in created
                }
            }
        offset = body["variables"]["offset"]
        edges = [{"node": {"__typename": "BuiltinTag", "id": str(offset), "name": {"value": f"t{offset}"}}}]
        return {"data": {"BuiltinTag": {"count": 120, "edges": edges}}}


async def program(client: Any) -> list[Any]:
    """Reads, in pages one after the other and side by side, and writes nodes, some of which refer to each other."""
    tags = await done(client.all("BuiltinTag"))
    tags += await done(client.all("BuiltinTag", parallel=True))
    device = await done(client.create("DcimDevice", name="d", platform=tags[0].id))
    await done(device.save())
    interface = await done(client.create("DcimInterface", name="i", device=device))
    await done(interface.save())
    others = [await done(client.create("BuiltinTag", name=f"other-{number}")) for number in range(70)]
    await save_in_a_batch(client, others)
    together = [await done(client.create("DcimDevice", name="e", platform=tags[1].id, tags=others[:2]))]
    together += [await done(client.create("DcimInterface", name=f"{n}", device=together[0])) for n in range(70)]
    await done(client.save_all(together))
    await done(client.close())
    saved = [device, interface, *others, *together]
    return [*[tag.name.value for tag in tags], *[node.id for node in saved], interface.device.id]


async def save_in_a_batch(client: Any, nodes: list[Any]) -> None:
    batch = await done(client.create_batch())
    for node in nodes:
        batch.add(task=node.save, node=node)
    results = batch.execute()
    if isinstance(client, InfrahubClientSync):
        list(results)
        return
    async for _ in results:
        pass


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
async def test_a_program_that_was_recorded_runs_without_its_server(
    client_class: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JSON_RECORDER", "PLAYBACK"):
        monkeypatch.setenv(f"INFRAHUB_{name}_DIRECTORY", str(tmp_path))
    with ScriptedServer([Answering()]) as server:
        fields = {"address": server.url, "username": "me", "password": "s3cr3t"}
        recorded = await program(client_class(config=Config(**fields, recorder="json")))
        asked = len(server.requests)
    assert await program(client_class(config=Config(**fields, transport="json"))) == recorded
    assert recorded[:6] == ["t0", "t50", "t100"] * 2  # pages do not grow, as they may do so differently each time
    assert len(server.requests) == asked


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
async def test_playback_is_given_as_a_requester_too(client_class: Any, tmp_path: Path) -> None:
    record(tmp_path, QUERY, content=b'{"data": {"BuiltinTag": {"count": 7}}}')
    playback = JSONPlayback(directory=str(tmp_path))
    config = Config(
        address="http://infrahub.test:8000", requester=playback.async_request, sync_requester=playback.sync_request
    )
    assert await done(client_class(config=config).execute_graphql(**QUERY)) == {"BuiltinTag": {"count": 7}}


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
