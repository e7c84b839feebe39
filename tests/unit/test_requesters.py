"""Functions of a program's own that send the requests: what they are called with, and whatever they return or raise."""

from __future__ import annotations

import functools
import inspect
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.constants import HTTPMethod
from infrahub_sdk.exceptions import (
    AuthenticationError,
    GraphQLError,
    HTTPStatusError,
    JsonDecodeError,
    RateLimitError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
)
from infrahub_sdk.recorder import JSONRecorder, recording_name
from infrahub_sdk.transport.response import Response
from infrahub_sdk.types import AsyncRequester, SyncRequester
from tests.unit.kinds import schema
from tests.unit.leaks import CLIENTS, done

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "http://me:hunter2@infrahub.test:8000"
QUERY = "query { BuiltinTag { count } }"
MUTATION = "mutation { BuiltinTagDelete(data: {id: 1}) { ok } }"
DATA: dict[str, Any] = {"BuiltinTag": {"count": 1}}

both = pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)


class Duck:
    """An answer with no more than what clients read."""

    def __init__(self, body: Any = None, status_code: int = 200, headers: Any = None) -> None:
        self.status_code = status_code
        self.headers = headers or {}
        self._body = {"data": DATA} if body is None else body

    @property
    def text(self) -> str:
        return self._body if isinstance(self._body, str) else json.dumps(self._body)

    def json(self) -> Any:
        return json.loads(self.text)

    def raise_for_status(self) -> None:
        raise AssertionError("the client has an error of its own for this")


class Frozen(NamedTuple):
    """An answer that nothing can be added to, and that knows no text."""

    status_code: int
    body: Any

    def json(self) -> Any:
        return self.body


class Slow:
    """An answer whose body has to be awaited, as that of aiohttp."""

    status_code = 200

    async def json(self) -> Any:
        raise AssertionError("nobody awaits this")


class Foreign(Exception):
    """An error of a library that is not known here."""


class Requester:
    """Gives answers one after the other, the last one again and again, and remembers what it was called with."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    def __call__(self, **arguments: Any) -> Any:
        self.calls.append(arguments)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def client_of(client_class: Any, requester: Callable[..., Any], **fields: Any) -> Any:
    """A client with the requester, in the form that it needs."""

    async def waiting(**arguments: Any) -> Any:
        return requester(**arguments)

    fields = {"address": ADDRESS, "retry_delay": 0.001, "rate_limit_backoff_base": 0.001, **fields}
    return client_class(config=Config(requester=waiting, sync_requester=requester, **fields))


@both
async def test_a_requester_is_called_with_keywords(client_class: Any) -> None:
    requester = Requester(Duck())
    client = client_of(client_class, requester, api_token="secret", timeout=7)
    await done(client.execute_graphql(QUERY, {"a": 1}))
    assert requester.calls == [
        {
            "url": f"{ADDRESS}/graphql/main",
            "method": HTTPMethod.POST,
            "headers": {"content-type": "application/json", "X-INFRAHUB-KEY": "secret"},
            "timeout": 7,
            "payload": {"query": QUERY, "variables": {"a": 1}},
        }
    ]


@both
async def test_a_get_has_no_payload(client_class: Any) -> None:
    requester = Requester(Duck(schema()))
    await done(client_of(client_class, requester).schema.all())
    assert (requester.calls[0]["method"], requester.calls[0]["payload"]) == (HTTPMethod.GET, None)


@both
async def test_what_a_requester_does_with_its_headers_does_not_matter(client_class: Any) -> None:
    def spoil(headers: dict[str, str], **_: Any) -> Duck:
        headers.clear()
        return Duck()

    client = client_of(client_class, spoil)
    await done(client.execute_graphql(QUERY))
    assert client.headers == {"content-type": "application/json"}


@both
@pytest.mark.parametrize(
    "answer",
    [
        Duck(),
        Frozen(200, {"data": DATA}),
        Response(200, json={"data": DATA}),
        SimpleNamespace(status_code=200, content=bytearray(json.dumps({"data": DATA}).encode()), headers=None),
        SimpleNamespace(status_code=200, content=json.dumps({"data": DATA}), headers=[("a", "b"), (b"c", b"d")]),
    ],
    ids=["few attributes", "frozen", "ours", "a buffer", "text and pairs"],
)
async def test_an_answer_of_any_class_will_do(client_class: Any, answer: Any) -> None:
    assert await done(client_of(client_class, Requester(answer)).execute_graphql(QUERY)) == DATA


@both
@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Duck({"errors": [{"message": "no"}]}), GraphQLError, "no"),
        (Duck({"errors": [{"message": "no"}]}, 403), AuthenticationError, "no"),
        (Duck("<html>"), JsonDecodeError, "not JSON: '<html>'"),
        (Duck(""), JsonDecodeError, "not JSON: ''"),
        (Duck({}, 500), HTTPStatusError, "http://infrahub.test:8000/graphql/main answered HTTP 500"),
    ],
    ids=["GraphQL", "403", "no JSON", "empty", "500"],
)
async def test_answers_of_other_classes_come_to_the_same_errors(
    client_class: Any, answer: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        await done(client_of(client_class, Requester(answer)).execute_graphql(QUERY))
    assert "hunter2" not in str(caught.value)


@both
async def test_a_status_that_says_no_is_an_error_of_this_package(client_class: Any) -> None:
    with pytest.raises(HTTPStatusError, match="answered 500"):
        await done(client_of(client_class, Requester(Duck({}, 500))).schema.all())


@both
@pytest.mark.parametrize("answer", [None, {"data": DATA}, object()], ids=["None", "dict", "object"])
async def test_what_is_no_answer_is_refused(client_class: Any, answer: Any) -> None:
    with pytest.raises(ValidationError, match=f"it returned a {type(answer).__name__}, which has no status_code"):
        await done(client_of(client_class, Requester(answer)).execute_graphql(QUERY))


@both
async def test_a_body_that_has_to_be_awaited_is_refused(client_class: Any) -> None:
    with pytest.raises(ValidationError, match=r"json\(\) of the Slow that it returned has to be awaited"):
        await done(client_of(client_class, Requester(Slow())).execute_graphql(QUERY))


async def test_a_function_that_is_not_async_is_refused_by_the_asynchronous_client() -> None:
    requester: Any = Requester(Duck())
    client = InfrahubClient(config=Config(requester=requester))
    with pytest.raises(
        ValidationError, match=r"requester: it returned a Duck, which cannot be awaited.*sync_requester"
    ):
        await client.execute_graphql(QUERY)
    assert len(requester.calls) == 1


def test_an_async_function_is_refused_by_the_synchronous_client() -> None:
    async def waiting(**_: Any) -> Any:
        raise AssertionError("nobody awaits this")

    client = InfrahubClientSync(config=Config(sync_requester=waiting))
    with pytest.raises(ValidationError, match="sync_requester: it returned a coroutine"):
        client.execute_graphql(QUERY)


async def test_whatever_gives_something_to_await_is_a_requester() -> None:
    async def waiting(answer: Any, **_: Any) -> Any:
        return answer

    for requester in (functools.partial(waiting, Duck()), lambda **arguments: waiting(Duck(), **arguments)):
        assert isinstance(requester, AsyncRequester)
        assert await InfrahubClient(config=Config(requester=requester)).execute_graphql(QUERY) == DATA
    assert isinstance(Requester(), SyncRequester)


@both
async def test_an_error_of_another_library_comes_out_as_it_is_and_is_not_retried(client_class: Any) -> None:
    error = Foreign("no route")
    requester = Requester(error)
    with pytest.raises(Foreign) as caught:
        await done(client_of(client_class, requester, retry_on_failure=True).execute_graphql(QUERY))
    assert (caught.value, caught.value.__cause__, len(requester.calls)) == (error, None, 1)


@both
@pytest.mark.parametrize("error", [ServerNotReachableError(ADDRESS), ServerNotResponsiveError(ADDRESS, 1)], ids=type)
async def test_a_query_is_repeated_after_an_error_of_this_package(client_class: Any, error: Exception) -> None:
    requester = Requester(error, Duck())
    assert await done(client_of(client_class, requester, retry_on_failure=True).execute_graphql(QUERY)) == DATA
    assert len(requester.calls) == 2


@both
async def test_a_write_is_not_repeated_when_the_requester_does_not_say_how_far_it_came(client_class: Any) -> None:
    requester = Requester(ServerNotReachableError(ADDRESS))
    with pytest.raises(ServerNotReachableError) as caught:
        await done(client_of(client_class, requester, retry_on_failure=True).execute_graphql(MUTATION))
    assert (len(requester.calls), caught.value.sent) == (1, True)
    assert "hunter2" not in str(caught.value)


@both
async def test_a_write_is_repeated_when_the_requester_says_that_it_was_not_sent(client_class: Any) -> None:
    requester = Requester(ServerNotReachableError(ADDRESS, phase="connect"), Duck())
    assert await done(client_of(client_class, requester, retry_on_failure=True).execute_graphql(MUTATION)) == DATA


@both
async def test_a_create_that_was_lost_is_looked_for_and_made_under_the_same_id(client_class: Any) -> None:
    nothing = Duck({"data": {"BuiltinTag": {"count": 0, "edges": []}}})
    made = Duck({"data": {"BuiltinTagCreate": {"ok": True, "object": {"id": "t1"}}}})
    requester = Requester(Duck(schema()), ServerNotReachableError(ADDRESS), nothing, made)
    client = client_of(client_class, requester)
    tag = await done(client.create("BuiltinTag", name="red"))
    await done(tag.save())
    _, first, looked, second = (call["payload"] for call in requester.calls)
    assert first == second
    assert looked["query"].startswith("query")


@both
async def test_a_requester_is_asked_again_after_429(client_class: Any) -> None:
    requester = Requester(Duck({}, 429, {"Retry-After": "0"}), Duck())
    assert await done(client_of(client_class, requester).execute_graphql(QUERY)) == DATA
    assert len(requester.calls) == 2


@both
async def test_a_wait_that_the_server_asks_for_is_found_whatever_the_case_of_its_header(client_class: Any) -> None:
    requester = Requester(Duck({}, 429, {"RETRY-AFTER": "0"}))
    with pytest.raises(RateLimitError) as caught:
        await done(client_of(client_class, requester, rate_limit_max_retries=1).execute_graphql(QUERY))
    assert (caught.value.retry_after, caught.value.attempts) == (0, 2)


@both
async def test_a_status_that_may_pass_is_retried(client_class: Any) -> None:
    requester = Requester(Duck({}, 502), Duck())
    assert await done(client_of(client_class, requester, retry_on_failure=True).execute_graphql(QUERY)) == DATA


@both
async def test_an_expired_token_is_refreshed_through_the_requester(client_class: Any) -> None:
    tokens = Duck({"access_token": "a1", "refresh_token": "r1"})
    expired = Duck({"errors": [{"message": "Expired Signature"}]}, 401)
    requester = Requester(tokens, expired, Duck({"access_token": "a2"}), Duck())
    client = client_of(client_class, requester, username="me", password="hunter2")
    assert await done(client.execute_graphql(QUERY)) == DATA
    assert [call["url"].rpartition("8000")[2] for call in requester.calls] == [
        "/api/auth/login",
        "/graphql/main",
        "/api/auth/refresh",
        "/graphql/main",
    ]
    assert requester.calls[0]["payload"] == {"username": "me", "password": "hunter2"}
    assert [call["headers"].get("Authorization") for call in requester.calls] == [
        None,
        "Bearer a1",
        "Bearer r1",
        "Bearer a2",
    ]


@both
async def test_the_private_calls_of_programs_work_through_a_requester(client_class: Any) -> None:
    requester = Requester(Duck({"a": 1}))
    client = client_of(client_class, requester)
    url = f"{ADDRESS}/api/x"
    got = await done(client._get(url=url, headers={"H": "1"}, timeout=3))
    posted = await done(client._post(url=url, payload={"b": 2}))
    assert (got.json(), posted.status_code) == ({"a": 1}, 200)
    assert [(call["method"], call["timeout"], call["payload"]) for call in requester.calls] == [
        (HTTPMethod.GET, 3, None),
        (HTTPMethod.POST, 60, {"b": 2}),
    ]


@both
async def test_answers_of_a_requester_are_recorded(client_class: Any, tmp_path: Path) -> None:
    recorder = JSONRecorder(directory=str(tmp_path))
    same = Response(200, json={"data": DATA})  # the same object each time, and without a request
    client = client_of(client_class, Requester(same), custom_recorder=recorder)
    for document in (QUERY, MUTATION):
        await done(client.execute_graphql(document))
    url = "http://infrahub.test:8000/graphql/main"
    names = {
        recording_name("POST", url, json.dumps({"query": document}, separators=(",", ":")).encode())
        for document in (QUERY, MUTATION)
    }
    assert {path.name for path in _files(tmp_path)} == names


def _files(directory: Path) -> list[Path]:
    return list(directory.iterdir())


async def test_answers_that_are_awaited_do_not_block_each_other() -> None:
    import asyncio

    both_are_here = asyncio.Event()
    waiting: list[str] = []

    async def requester(url: str, **_: Any) -> Any:
        waiting.append(url)
        if len(waiting) == 2:
            both_are_here.set()
        await asyncio.wait_for(both_are_here.wait(), 5)
        return Duck()

    client = InfrahubClient(config=Config(address=ADDRESS, requester=requester))
    assert await asyncio.gather(*[client.execute_graphql(QUERY) for _ in range(2)]) == [DATA, DATA]


# Documents printed on demand


@both
async def test_documents_are_printed_on_demand(client_class: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client = client_of(client_class, Requester(Duck()), echo_graphql_queries=True)
    await done(client.execute_graphql(QUERY))
    await done(
        client.execute_graphql(QUERY, {"name": "red", "userPassword": "hunter2", "in": {"token": {"value": "x"}}})
    )
    url = "URL: http://infrahub.test:8000/graphql/main"
    variables = """{
    "name": "red",
    "userPassword": "***",
    "in": {
        "token": {
            "value": "***"
        }
    }
}"""
    assert capsys.readouterr().out == f"{url}\nQUERY:\n{QUERY}\n{url}\nQUERY:\n{QUERY}\nVARIABLES:\n{variables}\n\n"


@both
async def test_a_password_in_a_document_is_not_printed(client_class: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client = client_of(client_class, Requester(Duck()), echo_graphql_queries=True)
    await done(
        client.execute_graphql('mutation { A(data: {name: {value: "a"}, password: {value: "hunter2"}}) { ok } }')
    )
    assert 'name: {value: "a"}, password: {value: "***"}' in capsys.readouterr().out


@both
async def test_a_terminal_that_lacks_a_letter_does_not_stop_a_request(
    client_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="ascii", write_through=True))
    client = client_of(client_class, Requester(Duck()), echo_graphql_queries=True)
    assert await done(client.execute_graphql(f"{QUERY} # é")) == DATA
    assert b"# \\xe9" in printed.getvalue()


def test_requesters_and_recorders_are_shared_by_copies() -> None:
    requester = Requester(Duck())
    config = Config(sync_requester=requester, recorder="json")
    assert config.clone().sync_requester is requester
    assert config.clone().custom_recorder is config.custom_recorder
    assert InfrahubClientSync(config=config).clone(branch="b").config.sync_requester is requester
    assert not inspect.iscoroutinefunction(config.sync_requester)
