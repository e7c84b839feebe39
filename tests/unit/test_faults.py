"""The clients over real sockets, on bad days."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from infrahub_sdk import Config, InfrahubClient
from infrahub_sdk.exceptions import (
    AuthenticationError,
    JsonDecodeError,
    ResponseProtocolError,
    ServerNotReachableError,
    ServerNotResponsiveError,
)
from tests.servers import (
    ScriptedServer,
    answer,
    chunked,
    close,
    close_unasked,
    closing,
    hold,
    pieces,
    reset,
    reset_unasked,
    then,
)

QUERY = "query { BuiltinTag { count } }"
MUTATION = 'mutation { BuiltinTagDelete(data: {id: "1"}) { ok } }'
DATA: dict[str, Any] = {"BuiltinTag": {"count": 1}}
GOOD = answer(json.dumps({"data": DATA}).encode())
SHORT = 0.1  # seconds; the limit that has to run out in a test


def client_of(server: ScriptedServer, **fields: Any) -> InfrahubClient:
    return InfrahubClient(config=Config(address=server.url, **fields))


async def test_requests_go_over_one_connection() -> None:
    with ScriptedServer([GOOD]) as server:
        client = client_of(server)
        assert [await client.execute_graphql(QUERY) for _ in range(20)] == [DATA] * 20
        assert (server.connections, len(server.requests)) == (1, 20)
        assert "1 idle" in repr(client._port)
        await client.close()


async def test_a_context_manager_gives_the_connection_back() -> None:
    with ScriptedServer([GOOD]) as server:
        async with client_of(server) as client:
            await client.execute_graphql(QUERY)
        server.wait_for_closings(1)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (close, ServerNotReachableError),
        (reset, ServerNotReachableError),
        (closing(GOOD[:30]), ServerNotReachableError),
        (closing(GOOD[:-5]), ServerNotReachableError),
        (closing(answer(b"{}", length=50)), ServerNotReachableError),
        (closing(chunked(b'{"data"', end=b"")), ServerNotReachableError),
        (closing(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), ResponseProtocolError),
        (closing(b"HTTP/1.1 200 OK\r\nA: b\rC: d\r\nContent-Length: 2\r\n\r\n{}"), ResponseProtocolError),
        (answer(b'{"data": {"BuiltinTag"'), JsonDecodeError),
        (answer(b"<html>"), JsonDecodeError),
    ],
    ids=["closed", "reset", "head", "body", "length", "chunk", "lengths", "bare-cr", "truncated-json", "html"],
)
@pytest.mark.parametrize("document", [QUERY, MUTATION], ids=["query", "mutation"])
async def test_an_answer_that_is_no_answer_is_an_error_that_names_the_server(
    step: Any, error: type[Exception], document: str
) -> None:
    with ScriptedServer([step], [step]) as server:
        client = client_of(server)
        with pytest.raises(error, match=f"127.0.0.1:{server.port}") as caught:
            await client.execute_graphql(document)
        if isinstance(caught.value, ServerNotReachableError):
            assert (caught.value.sent, caught.value.phase) == (True, "receive")
        await client.close()
        assert len(server.requests) == 1


async def test_a_slow_answer_runs_into_the_limit_that_the_error_names() -> None:
    with ScriptedServer([hold()]) as server:
        client = client_of(server, timeout=SHORT)
        with pytest.raises(ServerNotResponsiveError, match=r"0\.1 s") as caught:
            await client.execute_graphql(QUERY)
        assert (caught.value.phase, caught.value.sent, caught.value.timeout) == ("receive", True, SHORT)
        await client.close()


async def test_an_answer_that_stops_half_way_runs_into_the_limit() -> None:
    with ScriptedServer([then(GOOD[:60], hold())]) as server:
        client = client_of(server, timeout=SHORT)
        with pytest.raises(ServerNotResponsiveError):
            await client.execute_graphql(QUERY)
        await client.close()


async def test_an_answer_in_drops_runs_into_the_total_limit() -> None:
    with ScriptedServer([then(pieces(GOOD[:40]), hold())]) as server:
        client = client_of(server, timeout=30, total_timeout=SHORT)
        with pytest.raises(ServerNotResponsiveError):
            await client.execute_graphql(QUERY)
        await client.close()


@pytest.mark.parametrize("ending", [close_unasked, reset_unasked], ids=["closed", "reset"])
@pytest.mark.parametrize("document", [QUERY, MUTATION], ids=["query", "mutation"])
async def test_a_connection_that_the_server_closed_while_idle_is_replaced(ending: Any, document: str) -> None:
    with ScriptedServer([GOOD, ending], [GOOD]) as server:
        client = client_of(server)
        await client.execute_graphql(QUERY)
        server.wait_for_closings(1)
        assert await client.execute_graphql(document) == DATA
        assert (server.connections, len(server.requests)) == (2, 2)
        await client.close()


async def test_a_mutation_is_not_repeated_when_the_idle_connection_dies_with_it() -> None:
    with ScriptedServer([GOOD, close], [GOOD]) as server:
        client = client_of(server)
        await client.execute_graphql(QUERY)
        with pytest.raises(ServerNotReachableError) as caught:
            await client.execute_graphql(MUTATION)
        assert caught.value.sent
        assert server.connections == 1
        await client.close()


async def test_a_query_is_repeated_when_the_idle_connection_dies_with_it() -> None:
    with ScriptedServer([GOOD, close], [GOOD]) as server:
        client = client_of(server)
        await client.execute_graphql(QUERY)
        assert await client.execute_graphql(QUERY) == DATA
        assert server.connections == 2
        await client.close()


async def test_nobody_there_is_said_with_the_address() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    client = InfrahubClient(address=f"http://127.0.0.1:{port}")
    with pytest.raises(ServerNotReachableError, match=f"127.0.0.1:{port}") as caught:
        await client.execute_graphql(MUTATION)
    assert (caught.value.sent, caught.value.phase, caught.value.blame) == (False, "connect", "network")
    assert isinstance(caught.value.__cause__, OSError)
    await client.close()


async def test_a_client_works_again_after_every_fault() -> None:
    with ScriptedServer([close], [closing(GOOD[:-5])], [reset], [GOOD]) as server:
        client = client_of(server)
        for _ in range(3):
            with pytest.raises(ServerNotReachableError):
                await client.execute_graphql(QUERY)
        assert await client.execute_graphql(QUERY) == DATA
        assert "0 active" in repr(client._port)
        await client.close()


async def test_faults_are_outlived_when_the_client_may_try_again() -> None:
    with ScriptedServer([close], [closing(GOOD[:-5])], [answer(b"", "503 Busy"), GOOD]) as server:
        client = client_of(server, retry_on_failure=True, retry_delay=0.001)
        assert await client.execute_graphql(QUERY) == DATA
        assert len(server.requests) == 4
        await client.close()


async def test_no_token_is_sent_in_the_clear_of_an_error() -> None:
    with ScriptedServer([answer(b'{"errors": [{"message": "Invalid token"}]}', "401 No")]) as server:
        client = client_of(server, api_token="hunter2")
        with pytest.raises(AuthenticationError) as caught:
            await client.execute_graphql(QUERY)
        assert server.requests[0].headers["x-infrahub-key"] == "hunter2"
        assert "hunter2" not in f"{caught.value!r} {client!r} {client._port!r}"
        await client.close()
