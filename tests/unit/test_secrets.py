"""No error, log line, warning, repr or recording shows a credential, a password or the variables of a query.

Every error of the package is brought about for real by a program all of whose secrets are marked, against servers and
proxies that say back whatever they hear; then all that came out is searched.
"""

from __future__ import annotations

import inspect
import json
import pickle
import re
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import pytest

import infrahub_sdk
from infrahub_sdk import Config, exceptions
from infrahub_sdk._settings import ConfigError
from infrahub_sdk.exceptions import (
    AuthenticationError,
    BranchNotFoundError,
    Error,
    FileNotValidError,
    GraphQLError,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    NodeInvalidError,
    NodeNotFoundError,
    NodeNotSavedError,
    NodesNotSavedError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseProtocolError,
    SchemaNotFoundError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    TimestampFormatError,
    UninitializedError,
    URLNotFoundError,
    ValidationError,
    VersionNotSupportedError,
)
from infrahub_sdk.transport.cancellation import AbortedError
from tests.servers import Connection, ScriptedServer, Step, answer, close, closing, hold, reset, unasked
from tests.unit.leaks import CLIENTS, Program, app, done, everything_of, leaks_in, mark, says

if TYPE_CHECKING:
    from collections.abc import Coroutine

SECRET_QUERY = "query Q($x: String, $y: Any) { BuiltinTag(name__value: $x) { count } }"
VARIABLES: dict[str, Any] = {"x": f'{mark("x")} "é\\', "y": [{"deep": mark("y")}]}
SAMPLE_ID = "17f2b6f5-3b5c-4a5b-8a39-6d1f0f3f2a11"


def data(**fields: Any) -> Step:
    return answer(json.dumps({"data": fields}).encode())


def sample(**fields: Any) -> dict[str, Any]:
    node = {"__typename": "TestingSample", "id": SAMPLE_ID, "display_label": "s", "hfid": None, **fields}
    return {"node": node}


def errors(text: str) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": f"I heard {text}", "path": ["x"]}]}


# What programs do


async def ask(program: Program, **fields: Any) -> None:
    await done(program.client(**fields).execute_graphql(SECRET_QUERY, VARIABLES))


async def ask_logged_in(program: Program) -> None:
    await done(program.login_client().execute_graphql(SECRET_QUERY, VARIABLES))


async def ask_patiently(program: Program) -> None:
    await ask(program, retry_on_failure=True, max_retry_duration=0.01, rate_limit_backoff_base=0.001)


async def ask_until_refused(program: Program) -> None:
    await ask(program, rate_limit_max_retries=1, rate_limit_backoff_base=0.001)


async def ask_without_patience(program: Program) -> None:
    await ask(program, timeout=0.05)


async def ask_in_a_hurry(program: Program) -> None:
    await ask(program, total_timeout=0.05)


async def ask_with_tls(program: Program) -> None:
    await ask(program, address=program.address.replace("http://", "https://"))


async def ask_through_the_server(program: Program) -> None:
    proxy = program.server.url.replace("://", f"://proxyuser:{mark('proxy')}@")
    await ask(program, address=f"http://me:{mark('address')}@infrahub.test", proxy=proxy)


async def tunnel_through_the_server(program: Program) -> None:
    proxy = program.server.url.replace("://", f"://proxyuser:{mark('proxy')}@")
    await ask(program, address=f"https://me:{mark('address')}@infrahub.test", proxy=proxy)


async def ask_where_nobody_listens(program: Program) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    await ask(program, address=f"http://me:{mark('address')}@127.0.0.1:{port}")


async def ask_and_be_closed(program: Program) -> None:
    client = program.client()

    def close_meanwhile() -> None:
        program.server.held.wait(5)
        client._port.close()

    threading.Thread(target=close_meanwhile).start()
    await done(client.execute_graphql(SECRET_QUERY, VARIABLES))


async def ask_for_what_is_no_json(program: Program) -> None:
    await done(program.client().execute_graphql(SECRET_QUERY, {"x": mark("x"), "y": {"a": [object(), mark("y")]}}))


async def ask_with_a_header_of_two_lines(program: Program) -> None:
    client = program.client()
    client.headers["X-Gateway-Session"] = f"{mark('header')}\r\n{mark('header')}"
    await done(client.execute_graphql(SECRET_QUERY))


async def ask_for_nothing(program: Program) -> None:
    await done(program.client().execute_graphql("", VARIABLES))


async def ask_at_no_time(program: Program) -> None:
    await done(program.client().execute_graphql(SECRET_QUERY, VARIABLES, at="soon"))


async def ask_recordings(program: Program) -> None:
    await ask(program, transport="json", default_branch="nowhere")


async def read_the_schema(program: Program) -> None:
    await done(program.client().schema.get("BuiltinTag"))


async def read_the_schema_as_graphql(program: Program) -> None:
    await done(program.client().schema.get_graphql_schema())


async def read_an_unknown_kind(program: Program) -> None:
    await done(program.client().get("TestingSampel", a_password__value=mark("filter")))


async def get(program: Program) -> None:
    await done(program.client().get("TestingSample", a_password__value=mark("filter")))


async def get_by_a_wrong_filter(program: Program) -> None:
    await done(program.client().get("TestingSample", a_pasword__value=mark("filter")))


async def count(program: Program) -> None:
    await done(program.client().count("TestingSample", a_hashedpassword__values=[mark("filter")]))


async def new_sample(program: Program, **fields: Any) -> Any:
    values = {"name": "s", "a_password": mark("attribute"), "a_hashedpassword": mark("hashed"), **fields}
    node = await done(program.client().create("TestingSample", values))
    program.keep(node, node.a_password, node.a_hashedpassword, node._generate_input_data.__self__)
    return node


async def create(program: Program) -> None:
    await done((await new_sample(program)).save())


async def upsert(program: Program) -> None:
    await done((await new_sample(program)).save(allow_upsert=True))


async def create_in_a_batch(program: Program) -> None:
    node = await new_sample(program)
    batch = await done(node._client.create_batch())
    batch.add(task=node.save, node=node)
    batch.add(task=node._client.create, kind="TestingSample", name="t", a_password=mark("argument"))
    program.keep(batch, *batch._tasks)
    results = batch.execute()
    if inspect.isasyncgen(results):
        async for _ in results:
            pass
    else:
        list(results)


async def create_together(program: Program) -> None:
    node = await new_sample(program)
    await done(node._client.save_all([node]))


class NoValue:
    def __repr__(self) -> str:
        return mark("attribute")


async def create_with_what_is_no_value(program: Program) -> None:
    await done((await new_sample(program, a_password=NoValue())).save())


async def delete_unsaved(program: Program) -> None:
    await done((await new_sample(program)).delete())


async def save_unpickled(program: Program) -> None:
    node = await new_sample(program)
    await done(pickle.loads(pickle.dumps(node)).save())


async def look_for_another_kind(program: Program) -> None:
    node = await new_sample(program)
    node._client.store.set(node, key="s")
    node._client.store.get("s", kind="BuiltinTag")


async def change_peers_unread(program: Program) -> None:
    client = program.client()
    device = client.schema._node_class
    await done(client.schema.get("DcimDevice"))
    node = device("DcimDevice", "main")(client, data={"id": SAMPLE_ID, "__typename": "DcimDevice"})
    node.interfaces.add(SAMPLE_ID)


async def make_a_branch(program: Program) -> None:
    await done(program.client().branch.create("b", description="d"))


async def get_a_branch(program: Program) -> None:
    await done(program.client().branch.get("b"))


async def delete_a_branch_from_git(program: Program) -> None:
    await done(program.client().branch.delete("b", delete_from_git=True))


async def refresh(program: Program) -> None:
    client = program.login_client()
    await done(client.login())
    await done(client.refresh_login())


async def log_in(program: Program) -> None:
    await done(program.login_client().login())


def configured(**fields: Any) -> Callable[[Program], Coroutine[Any, Any, None]]:
    async def configure(program: Program) -> None:
        Config(**fields)

    return configure


async def configure_from_the_environment(program: Program) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("API_TOKEN", f"{mark('token')} {mark('token')}"),
            ("ADDRESS", f"http://{mark('address')}"),
            ("PROXY", f"proxyuser:{mark('proxy')}"),
            ("PROXY_MOUNTS", f'{{"http": "{mark("proxy")}"'),
            ("PASSWORD", mark("password")),
        ):
            patch.setenv(f"INFRAHUB_{name}", value)
        Config()


async def ask_through_a_wrong_proxy(program: Program) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", f"http://proxyuser:{mark('proxy')}")
        await ask(program)


async def assign_a_wrong_token(program: Program) -> None:
    program.client().config.api_token = f"{mark('token')}\n"


# The table: each error, and how it comes about


class Way(NamedTuple):
    """A way to an error.

    Attributes:
        error: The error.
        program: What is done.
        server: The server's answers.
    """

    error: type[Exception]
    program: Callable[[Program], Coroutine[Any, Any, None]]
    server: list[Step]


def garbage(connection: Connection) -> None:
    """A status line that begins with what was heard."""
    request = connection.request
    assert request is not None
    key = request.headers.get("proxy-authorization") or request.headers.get("x-infrahub-key", "")
    closing(f"HTTP/1.1 2x0 {key[-22:]}\r\n\r\n".encode())(connection)  # type: ignore[operator]


def expired(connection: Connection) -> None:
    connection.send(answer(b'{"errors": [{"message": "Expired Signature"}]}', "401 Unauthorized"))


NO_JSON = says("500 no", lambda text: text.encode())
NO_UTF8 = says("200 OK", lambda text: b"\xff" + text.encode())
REFUSED = says("200 OK", errors)
FORBIDDEN = says("403 no", errors)

WAYS = {
    "refused": Way(ServerNotReachableError, ask_where_nobody_listens, []),
    "closed": Way(ServerNotReachableError, ask, [close]),
    "reset": Way(ServerNotReachableError, ask_patiently, [reset]),
    "cut": Way(ServerNotReachableError, ask, [closing(answer(b"{", length=9))]),
    "no TLS": Way(ServerNotReachableError, ask_with_tls, [unasked(closing(b"HTTP/1.1 400 no\r\n\r\n"))]),
    "proxy": Way(ServerNotReachableError, ask_through_the_server, [says("407 no", errors)]),
    "proxy fails": Way(JsonDecodeError, ask_through_the_server, [says("502 no", lambda text: text.encode())]),
    "proxy mumbles": Way(ResponseProtocolError, ask_through_the_server, [garbage]),
    "tunnel": Way(ServerNotReachableError, tunnel_through_the_server, [says("407 no", errors)]),
    "tunnel fails": Way(
        ServerNotReachableError,
        tunnel_through_the_server,
        [lambda it: it.send(answer(b"", f"502 {it.request.headers['proxy-authorization']}"))],  # type: ignore[union-attr]
    ),
    "tunnel mumbles": Way(ServerNotReachableError, tunnel_through_the_server, [garbage]),
    "silence": Way(ServerNotResponsiveError, ask_without_patience, [hold()]),
    "too long": Way(ServerNotResponsiveError, ask_in_a_hurry, [hold()]),
    "malformed": Way(ResponseProtocolError, ask, [garbage]),
    "aborted": Way(AbortedError, ask_and_be_closed, [hold()]),
    "401": Way(AuthenticationError, ask, [says("401 no", errors)]),
    "403": Way(AuthenticationError, ask_logged_in, app(FORBIDDEN)),
    "404": Way(URLNotFoundError, ask, [says("404 no", errors)]),
    "no branch": Way(
        BranchNotFoundError, ask, [says("404 no", lambda text: {"errors": [{"message": f"Branch {text}"}]})]
    ),
    "422": Way(HTTPStatusError, ask, [says("422 no", lambda text: {"detail": text})]),
    "429": Way(RateLimitError, ask_until_refused, [says("429 no", errors)]),
    "503": Way(HTTPStatusError, ask_patiently, [says("503 no", lambda text: {"detail": [{"message": text}]})]),
    "neither": Way(InvalidResponseError, ask, [says("200 OK", lambda text: {"text": text})]),
    "no JSON": Way(JsonDecodeError, ask, [NO_JSON]),
    "no UTF-8": Way(JsonDecodeError, ask, [NO_UTF8]),
    "GraphQL": Way(GraphQLError, ask, [REFUSED]),
    "GraphQL, logged in": Way(GraphQLError, ask_logged_in, app(REFUSED)),
    "login refused": Way(AuthenticationError, log_in, [says("401 no", errors)]),
    "login fails": Way(HTTPStatusError, log_in, [says("500 no", lambda text: {"detail": text})]),
    "login is no JSON": Way(JsonDecodeError, log_in, [answer(f'{{"access_token": "{mark("access")}", '.encode())]),
    "login without a token": Way(AuthenticationError, log_in, [answer(f'{{"token": "{mark("access")}"}}'.encode())]),
    "refresh refused": Way(AuthenticationError, refresh, app(says("403 no", errors))),
    "refresh is no JSON": Way(JsonDecodeError, refresh, app(answer(mark("access").encode()))),
    "expired": Way(HTTPStatusError, ask_logged_in, app(expired, says("500 no", errors))),
    "schema refused": Way(BranchNotFoundError, read_the_schema, [says("400 no", errors)]),
    "schema fails": Way(HTTPStatusError, read_the_schema, [says("500 no", errors)]),
    "schema is no JSON": Way(JsonDecodeError, read_the_schema, [NO_UTF8]),
    "GraphQL schema": Way(ValueError, read_the_schema_as_graphql, [says("500 no", errors)]),
    "unknown kind": Way(SchemaNotFoundError, read_an_unknown_kind, app(close)),
    "not found": Way(NodeNotFoundError, get, app(data(TestingSample={"count": 0, "edges": []}))),
    "too many": Way(IndexError, get, app(data(TestingSample={"count": 2, "edges": [sample()]}))),
    "filter refused": Way(GraphQLError, get, app(REFUSED)),
    "count refused": Way(GraphQLError, count, app(REFUSED)),
    "wrong filter": Way(ValidationError, get_by_a_wrong_filter, app(close)),
    "create refused": Way(GraphQLError, create, app(REFUSED)),
    "create is no JSON": Way(JsonDecodeError, create, app(NO_JSON)),
    "create forbidden": Way(AuthenticationError, create, app(FORBIDDEN)),
    "create lost": Way(OutcomeUnknownError, create, app(reset, data(TestingSample={"count": 0, "edges": []}), reset)),
    "upsert lost": Way(OutcomeUnknownError, upsert, app(close)),
    "create not done": Way(Error, create, app(says("200 OK", lambda text: {"data": {"TestingSampleCreate": None}}))),
    "batch refused": Way(GraphQLError, create_in_a_batch, app(REFUSED)),
    "save_all refused": Way(NodesNotSavedError, create_together, app(REFUSED)),
    "no value": Way(ValidationError, create_with_what_is_no_value, app(close)),
    "unsaved": Way(NodeNotSavedError, delete_unsaved, app(close)),
    "unpickled": Way(Error, save_unpickled, app(close)),
    "other kind": Way(NodeInvalidError, look_for_another_kind, app(close)),
    "unread": Way(UninitializedError, change_peers_unread, app(close)),
    "branch refused": Way(GraphQLError, make_a_branch, app(REFUSED)),
    "branch missing": Way(BranchNotFoundError, get_a_branch, app(data(Branch=[]))),
    "too old": Way(
        VersionNotSupportedError, delete_a_branch_from_git, app(data(__type={"inputFields": [{"name": "name"}]}))
    ),
    "not JSON to send": Way(ValidationError, ask_for_what_is_no_json, [close]),
    "header": Way(ValidationError, ask_with_a_header_of_two_lines, [close]),
    "no document": Way(ValidationError, ask_for_nothing, [close]),
    "no time": Way(TimestampFormatError, ask_at_no_time, [close]),
    "no recording": Way(FileNotValidError, ask_recordings, [close]),
    "token": Way(ConfigError, configured(api_token=f"{mark('token')}\n"), []),
    "tokens": Way(ConfigError, configured(api_token=[mark("token")]), []),
    "both": Way(ConfigError, configured(api_token=mark("token"), username="me", password=mark("password")), []),
    "password alone": Way(ConfigError, configured(password=mark("password")), []),
    "address": Way(ConfigError, configured(address=f"ftp://me:{mark('address')}@infrahub"), []),
    "address with a slash": Way(ConfigError, configured(address=f"http://me:{mark('address')}/x@infrahub"), []),
    "address without a host": Way(ConfigError, configured(address=f"http://me:{mark('address')}"), []),
    "address with numbers": Way(ConfigError, configured(address=f"http://[::1]:{mark('address')}"), []),
    "address with another mark": Way(ConfigError, configured(address=f"me:{mark('address')}://x"), []),
    "address with a query": Way(ConfigError, configured(address=f"http://infrahub?key={mark('address')}"), []),
    "proxy without a host": Way(ConfigError, configured(proxy=f"http://proxyuser:{mark('proxy')}"), []),
    "proxy with a path": Way(ConfigError, configured(proxy=f"http://proxyuser:/{mark('proxy')}@proxy:1"), []),
    "proxy of the environment": Way(ValidationError, ask_through_a_wrong_proxy, [close]),
    "redirect": Way(
        ResponseProtocolError,
        read_the_schema,
        [lambda it: it.send(answer(b"", "302 no", {"Location": f"http://[{it.request.headers['x-infrahub-key']}"}))],  # type: ignore[union-attr]
    ),
    "proxies": Way(ConfigError, configured(proxy_mounts={"http": f"ftp://proxyuser:{mark('proxy')}@proxy"}), []),
    "misspelt": Way(ConfigError, configured(api_tokn=mark("token"), pasword=mark("password")), []),
    "environment": Way(ConfigError, configure_from_the_environment, []),
    "assignment": Way(ConfigError, assign_a_wrong_token, []),
}

# Those that no code of the package raises. Whoever does has to show a way to it above.
NOT_RAISED = {
    exceptions.CircularFragmentError,
    exceptions.DuplicateFragmentError,
    exceptions.FeatureNotSupportedError,
    exceptions.FragmentFileNotFoundError,
    exceptions.FragmentNotFoundError,
    exceptions.GraphQLQueryError,
    exceptions.InfrahubCheckNotFoundError,
    exceptions.InfrahubTransformNotFoundError,
    exceptions.ModuleImportError,
    exceptions.ObjectValidationError,
    exceptions.QuerySyntaxError,
    exceptions.RepositoryFileNotFoundError,
    exceptions.ResourceNotDefinedError,
}


@pytest.mark.parametrize("client_class", CLIENTS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("name", WAYS)
async def test_no_secret_comes_out_with_an_error(
    name: str,
    client_class: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    way = WAYS[name]
    with ScriptedServer(list(way.server) or [close]) as server:
        program = Program(client_class, server)
        with program.listening(caplog, capfd):
            with pytest.raises(way.error) as caught:
                await way.program(program)
            program.shown += everything_of(caught.value)
            await program.finish()
    assert type(caught.value) is way.error
    assert program.leaks == []


def test_there_is_a_way_to_every_error() -> None:
    known = {way.error for way in WAYS.values()} | NOT_RAISED
    assert [cls.__name__ for cls in _all_errors(Error) if cls not in known] == []


def _all_errors(cls: type[Error]) -> list[type[Error]]:
    return [cls, *(error for child in cls.__subclasses__() for error in _all_errors(child))]


def test_what_has_no_way_is_not_raised() -> None:
    names = "|".join(cls.__name__ for cls in NOT_RAISED)
    made = re.compile(rf"(?<!class )\b(?:{names})\(|raise (?:{names})\b")
    package = Path(infrahub_sdk.__file__).parent
    assert [path for path in package.rglob("*.py") if made.search(path.read_text(encoding="utf-8"))] == []


async def test_a_leak_would_be_found() -> None:
    with ScriptedServer() as server:
        program = Program(CLIENTS[0], server)
        cause = ValueError("x", mark("cause"))
        try:
            raise Error("all is well") from cause
        except Error as error:
            program.shown += everything_of(error)
    assert program.leaks != []
    assert leaks_in(f"Basic {ENCODED}") != []


ENCODED = "cHJveHl1c2VyOm1BckstcHJveHktN2YzYQ=="  # what a Proxy-Authorization header says
