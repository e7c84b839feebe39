"""Ways to a server: through proxies, over IPv6, after redirects."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from infrahub_sdk.exceptions import ResponseProtocolError, ServerNotReachableError
from infrahub_sdk.transport import ProxySelector, Request, Timeouts, Transport
from tests.servers import ScriptedServer, answer, chunked, close, hold, tunnel
from tests.unit.transport.support import get, open_transport, post
from tests.unit.transport.test_tls import GOOD, trusting


def through(proxy: str, **arguments: Any) -> Transport:
    return open_transport(proxies=ProxySelector(proxy, environ={}), tls_context=trusting, **arguments)


def credentialed(server: ScriptedServer) -> str:
    return server.url.replace("://", "://me:s3%63ret@")


AUTHORIZATION = "Basic bWU6czNjcmV0"


def test_a_proxy_forwards_what_is_in_the_clear() -> None:
    with ScriptedServer([answer(b"1")]) as proxy, through(credentialed(proxy)) as transport:
        assert [post(transport, url, b"x").content for url in ("http://a.example/x?y", "http://a.example/z")] == [
            b"1",
            b"1",
        ]
        assert [request.target for request in proxy.requests] == ["http://a.example/x?y", "http://a.example/z"]
        assert (proxy.requests[0].headers["host"], proxy.requests[0].headers["proxy-authorization"]) == (
            "a.example",
            AUTHORIZATION,
        )
        assert proxy.connections == 1


@pytest.mark.parametrize("is_secure", [False, True])
def test_a_proxy_tunnels_what_is_not(is_secure: bool) -> None:
    with (
        ScriptedServer([answer(b"1")], tls=GOOD) as server,
        ScriptedServer([tunnel], tls=GOOD if is_secure else None) as proxy,
    ):
        with through(credentialed(proxy)) as transport:
            assert [post(transport, f"{server.url}/x", b"abc").content for _ in range(3)] == [b"1"] * 3
        assert [(request.method, request.target) for request in proxy.requests] == [
            ("CONNECT", f"127.0.0.1:{server.port}")
        ]
        assert proxy.requests[0].headers["proxy-authorization"] == AUTHORIZATION
        assert [(request.target, request.body) for request in server.requests] == [("/x", b"abc")] * 3
        assert not [name for name in server.requests[0].headers if "proxy" in name]


def test_long_bodies_go_through_two_layers_of_tls() -> None:
    data = bytes(range(256)) * 4000
    with (
        ScriptedServer([chunked(data)], tls=GOOD) as server,
        ScriptedServer([tunnel], tls=GOOD) as proxy,
        through(proxy.url) as transport,
    ):
        assert post(transport, server.url, data).content == data
        assert server.requests[0].body == data


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("is_credentialed", "says"),
    [(True, "does not accept the user and password"), (False, "asks for a user and password")],
)
def test_a_proxy_that_wants_other_credentials_is_told_apart_from_the_server(
    scheme: str, is_credentialed: bool, says: str
) -> None:
    with (
        ScriptedServer([answer(b"", "407 Proxy Authentication Required")]) as proxy,
        through(credentialed(proxy) if is_credentialed else proxy.url) as transport,
        pytest.raises(ServerNotReachableError, match=f"the proxy {proxy.url} {says} .*Set them in proxy") as caught,
    ):
        post(transport, f"{scheme}://a.example/")
    assert (caught.value.phase, caught.value.sent) == ("proxy", False)
    assert "s3" not in str(caught.value)


def test_a_proxy_that_does_not_connect_says_why() -> None:
    with (
        ScriptedServer([answer(b"", "403 Forbidden")]) as proxy,
        through(proxy.url) as transport,
        pytest.raises(
            ServerNotReachableError, match=f"https://a.example: the proxy {proxy.url} refuses: 403 Forbidden"
        ),
    ):
        get(transport, "https://a.example/")


@pytest.mark.parametrize("step", [close, b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nextra"])
def test_a_proxy_that_does_not_speak_http_is_an_error(step: Any) -> None:
    with ScriptedServer([step]) as proxy, through(proxy.url) as transport:
        with pytest.raises(ServerNotReachableError, match=f"the proxy {proxy.url}") as caught:
            get(transport, "https://a.example/")
        assert caught.value.phase == "proxy"


def test_a_tunnel_counts_for_the_time_to_connect() -> None:
    with (
        ScriptedServer([hold()]) as proxy,
        through(proxy.url) as transport,
        pytest.raises(ServerNotReachableError, match="it was asking the proxy for a tunnel"),
    ):
        get(transport, "https://a.example/", timeout=Timeouts(connect=0.1))


def test_a_proxy_that_is_not_there_is_named() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{sock.getsockname()[1]}"
        with (
            through(proxy) as transport,
            pytest.raises(ServerNotReachableError, match=f"the proxy {proxy} does not answer: Connection refused"),
        ):
            get(transport, "http://a.example/")


def test_an_address_that_no_proxy_covers_is_reached_directly() -> None:
    selector = ProxySelector("http://127.0.0.1:1", environ={"NO_PROXY": "127.0.0.0/8"})
    with ScriptedServer() as server, open_transport(proxies=selector) as transport:
        assert get(transport, server.url).status_code == 200


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this host has no ::1")
def test_a_server_is_reached_over_ipv6() -> None:
    with ScriptedServer([answer(b"1")], host="::1") as server, open_transport() as transport:
        assert get(transport, server.url).content == b"1"
        assert server.requests[0].headers["host"] == f"[::1]:{server.port}"


def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    from infrahub_sdk.transport.connector import Connector

    with ScriptedServer([answer(b"1")]) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", where)
            for where in (closed.getsockname(), ("127.0.0.1", server.port))
        ]
        monkeypatch.setattr(Connector.__init__, "__defaults__", (lambda *_: addresses,))
        with open_transport() as transport:
            assert get(transport, "http://two.example/").content == b"1"


# -- redirects ---------------------------------------------------------------------------------------------------------

SECRETS = {"Authorization": "Bearer t", "X-INFRAHUB-KEY": "k", "Cookie": "c"}


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(b"moved", status, {"Location": to})


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
@pytest.mark.parametrize("to", ["/b?c", "b?c", "//{host}/b?c", "http://{host}/b?c"])
def test_a_redirect_of_a_read_is_followed(status: str, to: str) -> None:
    with ScriptedServer() as server, open_transport() as transport:
        server._scripts = [[redirect(to.format(host=f"127.0.0.1:{server.port}"), status), answer(b"1")]]
        response = get(transport, f"{server.url}/a", headers=SECRETS)
        assert (response.content, response.url) == (b"1", f"{server.url}/b?c")
        assert [request.target for request in server.requests] == ["/a", "/b?c"]
        assert server.requests[1].headers["authorization"] == "Bearer t"
        assert server.connections == 1


def test_credentials_stay_with_the_server_that_they_were_meant_for() -> None:
    with (
        ScriptedServer([answer(b"1")]) as other,
        ScriptedServer([redirect(f"{other.url}/x")]) as server,
        open_transport() as transport,
    ):
        url = server.url.replace("://", "://me:s3cret@")
        assert get(transport, url, headers={**SECRETS, "X-Other": "1", "X-Priority": "high"}).content == b"1"
        assert get(transport, url).content == b"1"
    for request in other.requests:
        assert not {"authorization", "x-infrahub-key", "cookie"} & set(request.headers)
        assert request.headers["host"] == f"127.0.0.1:{other.port}"
    assert other.requests[0].headers["x-priority"] == "high"
    assert "x-other" not in other.requests[0].headers  # who knows what a header of one's own is for


@pytest.mark.parametrize(
    ("method", "content", "to"),
    [("POST", b"x", "/b"), ("POST", None, "/b"), ("PUT", b"x", "/b"), ("GET", b"x", "/b"), ("GET", None, "")],
)
def test_a_redirect_of_anything_else_is_handed_to_the_caller(method: str, content: bytes | None, to: str) -> None:
    with ScriptedServer([redirect(to, "307 x")]) as server, open_transport() as transport:
        response = get(transport, server.url, method=method, content=content)
        assert (response.status_code, response.content, len(server.requests)) == (307, b"moved", 1)


def test_a_redirect_out_of_tls_is_not_followed() -> None:
    with (
        ScriptedServer([redirect("http://127.0.0.1:1/")], tls=GOOD) as server,
        open_transport(tls_context=trusting) as transport,
    ):
        assert get(transport, server.url).status_code == 302


def test_redirects_in_a_circle_come_to_an_end() -> None:
    with ScriptedServer([redirect("/")]) as server, open_transport() as transport:
        with pytest.raises(ResponseProtocolError, match="the 10th redirect in a row"):
            get(transport, server.url)
        assert len(server.requests) == 11


@pytest.mark.parametrize("to", ["ftp://h/", "http://[h/", "http://me:s3cret@h:x/", "javascript:x"])
def test_a_redirect_to_nowhere_is_an_error(to: str) -> None:
    with ScriptedServer([redirect(to)]) as server, open_transport() as transport:
        with pytest.raises(ResponseProtocolError, match="which is not a URL to go to") as caught:
            get(transport, server.url)
        assert "s3cret" not in str(caught.value)


def test_a_redirect_with_unencoded_characters_is_followed() -> None:
    with ScriptedServer([redirect("/a b\xe4%20"), answer()]) as server, open_transport() as transport:
        get(transport, server.url)
        assert server.requests[1].target == "/a%20b%E4%20"


def test_the_total_limit_covers_redirects() -> None:
    with ScriptedServer([redirect("/"), hold()]) as server, open_transport() as transport:
        request = Request(server.url, timeout=Timeouts(total=0.15))
        with pytest.raises(Exception, match="total_timeout"):
            transport.send(request)


def test_a_streamed_answer_is_found_after_a_redirect() -> None:
    with ScriptedServer([redirect("/b")], [answer(b"1")]) as server, open_transport() as transport:
        response = transport.send(Request(server.url), stream=True)
        assert list(response.iter_bytes()) == [b"1"]
        assert repr(transport) == "<Transport 0 active, 1 idle>"
