"""TLS: who is trusted, what a failure says, and what happens to the connection."""

from __future__ import annotations

import datetime
import gc
import os
import ssl
from typing import Any

import pytest
import trustme

from infrahub_sdk.exceptions import ServerNotReachableError, ServerNotResponsiveError, ValidationError
from infrahub_sdk.transport import Request, Timeouts
from tests.servers import ScriptedServer, answer, chunked, close_unasked, closing, hold, pieces, unasked
from tests.unit.networks import names
from tests.unit.transport.support import get, open_transport, post
from tests.unit.transport.test_pool import in_child

CA = trustme.CA()
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)


def server_side(*names: str, ca: trustme.CA = CA, **validity: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **validity).configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def insecure() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


GOOD = server_side("127.0.0.1", "localhost")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_connection_is_kept_alive_under_tls(version: ssl.TLSVersion) -> None:
    server_context = server_side("127.0.0.1")
    server_context.minimum_version = server_context.maximum_version = version
    with (
        ScriptedServer([answer(b"1")], tls=server_context) as server,
        open_transport(tls_context=trusting) as transport,
    ):
        assert [post(transport, server.url, b"abc").content for _ in range(4)] == [b"1"] * 4
        assert (server.connections, server.requests[3].body) == (1, b"abc")


def test_long_bodies_go_both_ways_under_tls() -> None:
    data = bytes(range(256)) * 8000
    script = [answer(data), chunked(data), pieces(answer(b"abc"))]
    with ScriptedServer(script, tls=GOOD) as server, open_transport(tls_context=trusting) as transport:
        assert [post(transport, server.url, data).content for _ in range(3)] == [data, data, b"abc"]
        assert [request.body for request in server.requests] == [data] * 3


def test_the_context_is_made_when_it_is_needed() -> None:
    made: list[ssl.SSLContext] = []

    def make() -> ssl.SSLContext:
        made.append(trusting())
        return made[-1]

    with ScriptedServer() as plain, ScriptedServer(tls=GOOD) as server, open_transport(tls_context=make) as transport:
        get(transport, plain.url)
        assert made == []
        get(transport, server.url)
        assert len(made) == 1


def test_the_name_of_the_server_is_what_the_certificate_must_have() -> None:
    with ScriptedServer(tls=server_side("localhost")) as server, open_transport(tls_context=trusting) as transport:
        assert get(transport, server.url.replace("127.0.0.1", "localhost")).status_code == 200


@pytest.mark.parametrize(
    ("context", "cause", "remedy"),
    [
        (server_side("127.0.0.2"), "for another address", "have a name that is in the certificate"),
        (server_side("127.0.0.1", ca=trustme.CA()), "not trusted here", "into the context .* set_ssl_context"),
        (server_side("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO), "has expired", "clocks of both hosts"),
    ],
)
def test_a_certificate_that_does_not_pass_says_why_and_what_to_do(
    context: ssl.SSLContext, cause: str, remedy: str
) -> None:
    with ScriptedServer(tls=context) as server, open_transport(tls_context=trusting) as transport:
        with pytest.raises(ServerNotReachableError, match=f"{server.url}: .*{cause}.*{remedy}") as caught:
            get(transport, server.url)
        assert (caught.value.phase, caught.value.sent) == ("tls", False)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


def test_a_name_that_is_not_on_the_certificate_says_so() -> None:
    with (
        ScriptedServer(tls=server_side("other.example")) as server,
        open_transport(tls_context=trusting) as transport,
        pytest.raises(ServerNotReachableError, match="for another name"),
    ):
        get(transport, server.url.replace("127.0.0.1", "localhost"))


def test_a_dot_that_ends_a_name_is_not_on_its_certificate() -> None:
    server = ScriptedServer([answer(b"ok")], tls=server_side("infrahub.example"))
    with server, names({"infrahub.example.": ["127.0.0.1"]}), open_transport(tls_context=trusting) as transport:
        assert get(transport, f"https://infrahub.example.:{server.port}/").content == b"ok"
    assert server.requests[0].headers["host"] == f"infrahub.example.:{server.port}"


def test_a_certificate_is_not_looked_at_if_that_is_wanted() -> None:
    with (
        ScriptedServer(tls=server_side("x", ca=trustme.CA())) as server,
        open_transport(tls_context=insecure) as transport,
    ):
        assert get(transport, server.url).status_code == 200


def test_settings_that_give_no_context_are_the_callers_error() -> None:
    def missing() -> ssl.SSLContext:
        return ssl.create_default_context(cafile="/no/such/file")

    with (
        ScriptedServer(tls=GOOD) as server,
        open_transport(tls_context=missing) as transport,
        pytest.raises(ValidationError, match=r"No such file.* Check tls_ca_file"),
    ):
        get(transport, server.url)


def test_a_server_without_tls_is_recognised() -> None:
    with ScriptedServer([unasked(b"HTTP/1.1 400 Bad Request\r\n\r\n")]) as server, open_transport() as transport:
        with pytest.raises(ServerNotReachableError, match="does not speak TLS on this port") as caught:
            get(transport, server.url.replace("http", "https"))
        assert caught.value.phase == "tls"


def test_a_server_that_closes_during_the_handshake_is_an_error() -> None:
    with ScriptedServer([close_unasked]) as server, open_transport() as transport:
        with pytest.raises(ServerNotReachableError) as caught:
            get(transport, server.url.replace("http", "https"))
        assert (caught.value.phase, caught.value.sent) == ("tls", False)


def test_the_handshake_counts_for_the_time_to_connect() -> None:
    with ScriptedServer([unasked(hold())]) as server, open_transport() as transport:
        url = server.url.replace("http", "https")
        with pytest.raises(
            ServerNotReachableError, match=r"0.1 s \(connect_timeout\), it was agreeing on TLS"
        ) as caught:
            get(transport, url, timeout=Timeouts(connect=0.1))
        assert caught.value.phase == "tls"


def test_silence_under_tls_ends_with_the_read_limit() -> None:
    with ScriptedServer([hold()], tls=GOOD) as server, open_transport(tls_context=trusting) as transport:
        with pytest.raises(ServerNotResponsiveError) as caught:
            get(transport, server.url, timeout=Timeouts(read=0.1))
        assert (caught.value.phase, caught.value.sent) == ("receive", True)


def test_an_end_that_tls_does_not_know_of_is_not_the_end_of_an_answer() -> None:
    with (
        ScriptedServer([closing(b"HTTP/1.0 200 OK\r\n\r\nabc")], tls=GOOD) as server,
        open_transport(tls_context=trusting) as transport,
        pytest.raises(ServerNotReachableError, match="closed without TLS saying so"),
    ):
        get(transport, server.url)


def test_an_end_that_tls_tells_of_is() -> None:
    def end(connection: Any) -> None:
        connection.send(b"HTTP/1.0 200 OK\r\n\r\nabc")
        connection.socket.unwrap()

    with ScriptedServer([end], tls=GOOD) as server, open_transport(tls_context=trusting) as transport:
        assert get(transport, server.url).content == b"abc"


def test_a_dead_connection_is_recognised_under_tls() -> None:
    with (
        ScriptedServer([answer(b"1"), close_unasked], [answer(b"2")], tls=GOOD) as server,
        open_transport(tls_context=trusting) as transport,
    ):
        assert post(transport, server.url).content == b"1"
        server.wait_for_closings(1)
        assert post(transport, server.url).content == b"2"
        assert server.connections == 2


def test_a_streamed_answer_under_tls_is_aborted() -> None:
    with ScriptedServer([hold()], tls=GOOD) as server, open_transport(tls_context=trusting) as transport:
        import threading

        request = Request(server.url)
        threading.Thread(target=lambda: (server.held.wait(5), request.abort())).start()
        with pytest.raises(Exception, match="the program aborted it"):
            transport.send(request)
        assert repr(transport) == "<Transport 0 active, 0 idle>"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system knows no fork")
def test_a_forked_process_does_not_end_the_sessions_of_its_parent() -> None:
    with (
        ScriptedServer([answer(b"parent")], [answer(b"child")], tls=GOOD) as server,
        open_transport(tls_context=trusting) as transport,
    ):

        def in_the_child() -> bytes:
            content = get(transport, server.url).content
            transport.close()
            gc.collect()
            return content

        get(transport, server.url)
        assert in_child(in_the_child) == b"child"
        assert get(transport, server.url).content == b"parent"
        assert server.connections == 2
