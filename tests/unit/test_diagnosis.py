"""`client.diagnose()`: where it stops, what it says there, and how it prints."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.diagnosis import Diagnosis, Step
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport import Response
from tests.servers import Connection, ScriptedServer, answer, close, hold, tunnel, unasked
from tests.unit.networks import (
    CA,
    CLIENTS,
    OTHER_CA,
    authenticated,
    black_hole,
    call,
    certificate_file,
    free_port,
    names,
    server_side,
    server_side_of,
    with_password,
)

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "06438eb2-marked-token"
ALL = ["name", "route", "proxy", "tcp", "tls", "http", "version", "token"]


def of_json(value: Any, status: str = "200 OK") -> bytes:
    return answer(json.dumps(value).encode(), status)


CONFIG = of_json({"main": {}})
INFO = of_json({"version": "1.11.9"})
WHO = of_json({"data": {"AccountProfile": {"id": "1", "display_label": "Admin"}}})
ANONYMOUS = of_json({"data": {"AccountProfile": None}, "errors": [{"message": "anonymous"}]})
REFUSAL = {"errors": [{"message": f"Invalid token {TOKEN}"}]}


def infrahub(config: bytes = CONFIG, info: bytes = INFO, graphql: Any = WHO, login: Any = b"") -> Any:
    """A step that answers as Infrahub does."""

    def run(connection: Connection) -> None:
        assert connection.request is not None
        target = connection.request.target
        answers = {"/api/config": config, "/api/info": info, "/api/auth/login": login}
        step = answers.get(target, graphql)
        if callable(step):
            step(connection)
        else:
            connection.send(step)

    return run


def diagnosed(kind: type, address: str, timeout: float | None = None, **fields: Any) -> Diagnosis:
    found: Diagnosis = call(kind, Config(address=address, **fields), lambda client: client.diagnose(timeout=timeout))
    return found


def detail(diagnosis: Diagnosis, name: str) -> str:
    return next(step.detail for step in diagnosis.steps if step.name == name)


@pytest.fixture(params=CLIENTS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type:
    chosen: type = request.param
    return chosen


# -- all is well -------------------------------------------------------------------------------------------------------


def test_a_way_that_is_clear_is_told_to_its_end(kind: type) -> None:
    with ScriptedServer([infrahub()]) as server:
        diagnosis = diagnosed(kind, server.url, api_token=TOKEN)
    assert diagnosis.ok
    assert [step.name for step in diagnosis.steps] == ALL
    assert detail(diagnosis, "name") == "127.0.0.1 is an address"
    assert detail(diagnosis, "route") == f"direct, from 127.0.0.1 to 127.0.0.1 port {server.port}"
    assert detail(diagnosis, "proxy") == "not used: none is set for http"
    assert detail(diagnosis, "version") == "Infrahub 1.11.9"
    assert detail(diagnosis, "token") == "api_token: the account 'Admin'"
    assert [step.seconds is None for step in diagnosis.steps] == [step in {"route", "proxy", "tls"} for step in ALL]


def test_the_token_is_sent_only_where_it_is_tried(kind: type) -> None:
    with ScriptedServer([infrahub()]) as server:
        diagnosed(kind, server.url, api_token=TOKEN)
    assert [request.headers.get("x-infrahub-key") for request in server.requests] == [None, None, TOKEN]


def test_tls_is_told_with_its_version_and_certificate(kind: type, tmp_path: Path) -> None:
    with ScriptedServer([infrahub()], tls=server_side("127.0.0.1", "infrahub.example")) as server:
        diagnosis = diagnosed(kind, server.url, tls_ca_file=certificate_file(tmp_path, CA))
    said = detail(diagnosis, "tls")
    assert diagnosis.ok
    assert said.startswith(f"TLSv1.3 with 127.0.0.1:{server.port}; certificate for 127.0.0.1, infrahub.example; issued")
    assert "Trusted Authority" in said
    assert said.endswith("trusted by tls_ca_file")


def test_a_tunnel_is_a_step_of_its_own(kind: type, tmp_path: Path) -> None:
    with (
        ScriptedServer([infrahub()], tls=server_side("127.0.0.1")) as server,
        ScriptedServer([authenticated(tunnel)]) as proxy,
    ):
        diagnosis = diagnosed(
            kind, server.url, tls_ca_file=certificate_file(tmp_path, CA), proxy=with_password(proxy.url)
        )
    assert diagnosis.ok
    assert [step.name for step in diagnosis.steps] == [*ALL[:4], "tunnel", *ALL[4:]]
    assert detail(diagnosis, "name") == "127.0.0.1 is left to the proxy"
    assert detail(diagnosis, "proxy").startswith(f"{proxy.url}, set by proxy, with user and password")
    assert detail(diagnosis, "tcp") == f"connected to 127.0.0.1 port {proxy.port}"
    assert "s3cr" not in str(diagnosis)


def test_what_keeps_a_proxy_out_is_told(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8, 127.0.0.0/8")
    with ScriptedServer([infrahub()]) as server:
        diagnosis = diagnosed(kind, server.url)
    assert diagnosis.ok
    assert detail(diagnosis, "proxy") == "not used: http_proxy is set, but NO_PROXY has '127.0.0.0/8'"


def test_addresses_that_did_not_answer_are_told(kind: type) -> None:
    with ScriptedServer([infrahub()]) as server, names({"infrahub.example": ["127.0.0.3", "127.0.0.1"]}):
        diagnosis = diagnosed(kind, f"http://infrahub.example:{server.port}")
    assert diagnosis.ok
    assert detail(diagnosis, "name") == "infrahub.example is 127.0.0.3, 127.0.0.1"
    said = f"connected to 127.0.0.1 port {server.port}; before that 127.0.0.3 port {server.port}: Connection refused"
    assert detail(diagnosis, "tcp") == said


def test_a_server_that_lets_anybody_in_is_told(kind: type) -> None:
    with ScriptedServer([infrahub(graphql=ANONYMOUS)]) as server:
        diagnosis = diagnosed(kind, server.url)
    assert detail(diagnosis, "token") == "no token: the server answers anonymous callers"


def test_a_server_that_does_not_tell_its_version_is_no_obstacle(kind: type) -> None:
    with ScriptedServer([infrahub(info=answer(b"", "404 Not Found"))]) as server:
        diagnosis = diagnosed(kind, server.url)
    assert diagnosis.ok
    assert detail(diagnosis, "version") == "the server does not tell"


def test_a_server_that_breaks_off_is_not_taken_for_one_with_tls(kind: type) -> None:
    with ScriptedServer([infrahub(info=close)]) as server:
        diagnosis = diagnosed(kind, server.url)
    stops(diagnosis, "version", "closed before an answer", "logs")


# -- where it stops ----------------------------------------------------------------------------------------------------


def stops(diagnosis: Diagnosis, name: str, said: str, remedy: str) -> None:
    """Check that it stopped there, and all before went well."""
    assert [step.name for step in diagnosis.steps if not step.ok] == [name]
    assert diagnosis.steps[-1] is diagnosis.failed
    assert said in diagnosis.steps[-1].detail
    assert remedy in diagnosis.remedy
    assert f"stops at {name}" in str(diagnosis)


def test_it_stops_at_a_name_that_is_not_known(kind: type) -> None:
    with names({}):
        diagnosis = diagnosed(kind, "http://nowhere.example")
    stops(diagnosis, "name", "the host name 'nowhere.example' is not known here", "INFRAHUB_ADDRESS")


def test_it_stops_where_there_is_no_route(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    def unreachable(*_: Any) -> None:
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))

    monkeypatch.setattr("infrahub_sdk.transport.connector._connect", unreachable)
    diagnosis = diagnosed(kind, "http://127.0.0.1")
    stops(diagnosis, "route", "Network is unreachable (127.0.0.1 port 80)", "INFRAHUB_ADDRESS")


def test_it_stops_at_a_proxy_whose_name_is_not_known(kind: type) -> None:
    with names({}):
        diagnosis = diagnosed(kind, "http://127.0.0.1", proxy="http://me:s3cret@proxy.example")
    stops(diagnosis, "proxy", "'proxy.example' is not known here", "proxy (INFRAHUB_PROXY)")
    assert "s3cret" not in str(diagnosis)


def test_it_stops_at_a_variable_that_is_no_proxy(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://me:s3cret@proxy.example")
    diagnosis = diagnosed(kind, "http://127.0.0.1")
    stops(diagnosis, "proxy", "HTTP_PROXY: a proxy is reached by http:// or https://", "proxy")
    assert "s3cret" not in str(diagnosis)


def test_it_stops_where_nobody_listens(kind: type) -> None:
    port = free_port()
    diagnosis = diagnosed(kind, f"http://127.0.0.1:{port}")
    stops(diagnosis, "tcp", f"Connection refused (127.0.0.1 port {port})", "whether the server runs")


def test_it_stops_at_a_proxy_where_nobody_listens(kind: type) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    diagnosis = diagnosed(kind, "https://infrahub.example", proxy=proxy)
    stops(diagnosis, "tcp", f"the proxy {proxy} does not answer", "NO_PROXY")


def test_it_stops_at_a_proxy_that_makes_no_tunnel(kind: type) -> None:
    with ScriptedServer([answer(b"", "502 Bad Gateway")]) as proxy:
        diagnosis = diagnosed(kind, "https://infrahub.example", proxy=proxy.url)
    stops(diagnosis, "tunnel", "cannot reach the server: 502 Bad Gateway", "NO_PROXY=infrahub.example")


def test_it_stops_at_a_certificate_and_tells_what_it_is(kind: type) -> None:
    with ScriptedServer([infrahub()], tls=server_side_of(OTHER_CA, "127.0.0.1")) as server:
        diagnosis = diagnosed(kind, server.url, api_token=TOKEN)
    stops(
        diagnosis, "tls", "authority that is not trusted here. It is for 127.0.0.1; issued by", "INFRAHUB_TLS_CA_FILE"
    )
    assert "Other Authority" in str(diagnosis)
    assert server.requests == []  # looking at the certificate sends nothing


def test_it_stops_at_a_port_without_tls(kind: type) -> None:
    with ScriptedServer([unasked(answer(b"", "400 Bad Request"))]) as server:
        diagnosis = diagnosed(kind, server.url.replace("http", "https"))
    stops(diagnosis, "tls", "does not speak TLS on this port", "begin with http://")


def test_it_stops_at_a_context_that_cannot_be_made(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> ssl.SSLContext:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(ssl, "create_default_context", broken)
    with ScriptedServer([infrahub()]) as server:
        diagnosis = diagnosed(kind, server.url.replace("http", "https"))
    stops(diagnosis, "tls", "tls_ca_file", "")


@pytest.mark.parametrize(
    ("config", "said", "remedy"),
    [
        (close, "closed before an answer", "https://"),
        (b"SSH-2.0-x\r\n\r\n", "not HTTP", ""),
        (answer(b"", "404 Not Found"), "404 Not Found", "not Infrahub"),
        (answer(b"<html>"), "not JSON", "not Infrahub"),
        (answer(b"<h1>plain HTTP request was sent to HTTPS port", "400 Bad Request"), "400", "begin with https://"),
        (answer(b"", "503 Service Unavailable"), "503 Service Unavailable", "logs"),
        (answer(b"", "429 Too Many Requests"), "429 Too Many Requests", "Wait"),
    ],
)
def test_it_stops_at_what_is_not_infrahub(kind: type, config: Any, said: str, remedy: str) -> None:
    with ScriptedServer([infrahub(config=config)]) as server:
        diagnosis = diagnosed(kind, server.url)
    stops(diagnosis, "http", said, remedy)


def test_it_stops_at_a_redirect_and_tells_where_to_go(kind: type) -> None:
    with ScriptedServer([infrahub()]) as other:
        moved = answer(b"", "301 Moved", {"Location": f"{other.url}/api/config"})
        with ScriptedServer([infrahub(config=moved)]) as server:
            diagnosis = diagnosed(kind, server.url)
    stops(diagnosis, "http", f"redirected to {other.url}", f"to {other.url}")


@pytest.mark.parametrize("location", ["http://portal.example/login?token=s3cret", "/login?token=s3cret", "/api/config"])
def test_it_stops_at_a_redirect_that_leads_elsewhere(kind: type, location: str) -> None:
    with ScriptedServer([infrahub(config=answer(b"", "302 Found", {"Location": location}))]) as server, names({}):
        diagnosis = diagnosed(kind, server.url)
    where = location.partition("?")[0]
    said = where if "://" in where else f"{server.url}{where}"
    stops(diagnosis, "http", f"GET /api/config is redirected to {said}", "what answers there is not Infrahub")
    assert "s3cret" not in str(diagnosis)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("graphql", "said", "remedy"),
    [
        (answer(b"<html>"), "not JSON", "a gateway"),
        (answer(b"<html>", "403 Forbidden"), "api_token: POST /graphql: 403 Forbidden", "a gateway"),
        (answer(b"<html>", "502 Bad Gateway"), "502 Bad Gateway", "logs"),
        (of_json({"errors": [{"message": "no such branch"}]}, "404 Not Found"), "no such branch", "default_branch"),
    ],
)
def test_what_answers_for_the_server_is_not_taken_for_a_wrong_token(
    kind: type, graphql: bytes, said: str, remedy: str
) -> None:
    with ScriptedServer([infrahub(graphql=graphql)]) as server:
        diagnosis = diagnosed(kind, server.url, api_token=TOKEN)
    stops(diagnosis, "token", said, remedy)


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), "5", True])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(kind: type, timeout: Any) -> None:
    with pytest.raises(ValidationError, match="timeout"):
        diagnosed(kind, "http://127.0.0.1:1", timeout=timeout)


def test_who_waits_a_short_time_for_answers_does_not_wait_longer_to_connect(kind: type) -> None:
    with black_hole() as port:
        diagnosis = diagnosed(kind, f"http://127.0.0.1:{port}", timeout=0.05, connect_timeout=30)
    stops(diagnosis, "tcp", "no connection within 0.05 s", "address")


def test_it_stops_at_a_server_that_is_silent(kind: type) -> None:
    with ScriptedServer([hold()]) as server:
        diagnosis = diagnosed(kind, server.url, timeout=0.05)
    stops(diagnosis, "http", "was silent for too long", "INFRAHUB_TIMEOUT")


def test_it_stops_at_a_token_that_is_refused_and_does_not_show_it(kind: type) -> None:
    with ScriptedServer([infrahub(graphql=of_json(REFUSAL, "401 Unauthorized"))]) as server:
        diagnosis = diagnosed(kind, server.url, api_token=TOKEN)
    stops(diagnosis, "token", "api_token: Invalid token ***", "INFRAHUB_API_TOKEN")
    assert TOKEN not in repr(diagnosis)


def test_it_stops_at_a_server_that_lets_nobody_in_without_a_token(kind: type) -> None:
    with ScriptedServer([infrahub(graphql=of_json(REFUSAL, "401 Unauthorized"))]) as server:
        diagnosis = diagnosed(kind, server.url)
    stops(diagnosis, "token", "no token: Invalid token", "INFRAHUB_API_TOKEN")


def test_it_stops_at_a_password_that_is_refused(kind: type) -> None:
    login = of_json({"errors": [{"message": "Incorrect password"}]}, "401 Unauthorized")
    with ScriptedServer([infrahub(login=login)]) as server:
        diagnosis = diagnosed(kind, server.url, username="admin", password="s3cret-word")
    stops(diagnosis, "token", "username 'admin' and password: Incorrect password", "INFRAHUB_PASSWORD")
    assert "s3cret-word" not in str(diagnosis)


def test_a_login_that_fails_is_not_put_down_to_the_password(kind: type) -> None:
    fields: Any = {"username": "admin", "password": "s3cret-word", "retry_on_failure": True, "retry_delay": 60}
    with ScriptedServer([infrahub(login=answer(b"", "503 Service Unavailable"))]) as server:
        diagnosis = diagnosed(kind, server.url, **fields)
    stops(diagnosis, "token", "HTTP 503", "Wait")
    assert len(server.requests) == 3  # and it does not go on trying


def test_a_login_takes_no_longer_than_was_said(kind: type) -> None:
    with ScriptedServer([infrahub(login=hold())]) as server:
        diagnosis = diagnosed(kind, server.url, timeout=0.05, username="admin", password="s3cret-word")
    stops(diagnosis, "token", "/api/auth/login was silent for too long", "INFRAHUB_TIMEOUT")


def test_it_does_not_wait_until_the_server_takes_more(kind: type) -> None:
    with ScriptedServer([infrahub(graphql=answer(b"", "429 Too Many Requests", {"Retry-After": "60"}))]) as server:
        diagnosis = diagnosed(kind, server.url)
    stops(diagnosis, "token", "HTTP 429", "Wait")
    assert len(server.requests) == 3


def test_it_does_not_go_on_trying(kind: type) -> None:
    with ScriptedServer([infrahub(graphql=answer(b"", "503 Service Unavailable"))]) as server:
        diagnosis = diagnosed(kind, server.url, retry_on_failure=True, retry_delay=60)
    stops(diagnosis, "token", "503 Service Unavailable", "log")
    assert len(server.requests) == 3


# -- requesters, cancellation, the print -------------------------------------------------------------------------------


def test_a_requester_of_the_program_knows_the_way_itself(kind: type) -> None:
    paths: list[str] = []

    def request(url: str, **_: Any) -> Response:
        paths.append(url.partition("test")[2])
        body = {"/api/config": {"main": {}}, "/api/info": {"version": "1.2"}}.get(paths[-1], {"data": {}})
        return Response(200, json=body, url=url)

    async def request_async(url: str, **arguments: Any) -> Response:
        return request(url, **arguments)

    diagnosis = diagnosed(kind, "http://infrahub.test", requester=request_async, sync_requester=request)
    assert [step.name for step in diagnosis.steps] == ["requester", "http", "version", "token"]
    assert "the program's own" in diagnosis.steps[0].detail
    assert paths == ["/api/config", "/api/info", "/graphql/main"]


def test_what_a_requester_raises_is_told_without_secrets(kind: type) -> None:
    def request(**_: Any) -> Response:
        raise RuntimeError(f"no way with {TOKEN}")

    async def request_async(**_: Any) -> Response:
        return request()

    diagnosis = diagnosed(
        kind, "http://infrahub.test", api_token=TOKEN, requester=request_async, sync_requester=request
    )
    assert diagnosis.failed is not None
    assert (diagnosis.failed.name, diagnosis.failed.detail) == ("http", "RuntimeError: no way with ***")


async def test_it_can_be_cancelled() -> None:
    with ScriptedServer([hold()]) as server:
        client = InfrahubClient(config=Config(address=server.url))
        task = asyncio.ensure_future(client.diagnose())
        await asyncio.get_running_loop().run_in_executor(None, server.held.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.close()


def test_it_uses_a_connection_of_its_own() -> None:
    with ScriptedServer([infrahub()]) as server, ExitStack() as stack:
        client = InfrahubClientSync(config=Config(address=server.url))
        stack.callback(client.close)
        for expected in (1, 2):
            assert client.diagnose().ok
            assert server.connections == expected


def test_several_may_look_at_once() -> None:
    with ScriptedServer([infrahub()]) as server:
        client = InfrahubClientSync(config=Config(address=server.url))
        found: list[Diagnosis] = []
        threads = [threading.Thread(target=lambda: found.append(client.diagnose())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close()
    assert [diagnosis.ok for diagnosis in found] == [True] * 4


def test_it_prints_as_a_table_that_ends_with_what_to_change() -> None:
    steps = [Step("name", True, "h is 10.0.0.5", 0.0021), Step("tcp", False, "Connection refused", 1.5)]
    diagnosis = Diagnosis("http://h", steps, "Check address")
    assert str(diagnosis).splitlines() == [
        "http://h: stops at tcp",
        "  name  ok       0.002 s  h is 10.0.0.5",
        "  tcp   FAILED   1.500 s  Connection refused",
        "Check address.",
    ]
    assert repr(diagnosis) == str(diagnosis)
    assert not diagnosis


def test_it_says_that_all_is_well() -> None:
    diagnosis = Diagnosis("http://h", [Step("name", True, "h is 10.0.0.5")])
    assert str(diagnosis).startswith("http://h: all is well\n")
    assert diagnosis
    assert diagnosis.failed is None
