"""Proxies, TLS and addresses, each with each, and what is said when one of them stands in the way."""

from __future__ import annotations

import ssl
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Callable

import pytest

from infrahub_sdk import Config
from infrahub_sdk.exceptions import ServerNotReachableError
from tests.servers import ScriptedServer, answer, close, close_unasked, tunnel, unasked
from tests.unit.networks import (
    CA,
    CLIENTS,
    HAS_IPV6,
    OTHER_CA,
    PASSWORD,
    ask,
    authenticated,
    black_hole,
    certificate_file,
    forward,
    free_port,
    legacy_authority,
    names,
    server_side,
    server_side_of,
    trusting,
    with_password,
)

if TYPE_CHECKING:
    from pathlib import Path

GOOD = answer(b'{"data": {"n": 1}}')
BAD = answer(b"", "400 Bad Request")
DATA = {"n": 1}
EVERYWHERE = ("127.0.0.1", "::1", "localhost", "infrahub.example")


def configured(address: str, context: ssl.SSLContext | None = None, **fields: Any) -> Config:
    config = Config(address=address, timeout=5, **fields)
    if context is not None:
        config.set_ssl_context(context)
    return config


# -- what works --------------------------------------------------------------------------------------------------------

PROXIES = ["none", "plain", "with-password", "over-tls"]
TLS = ["clear", "ca-file", "own-context", "client-certificate", "unverified"]
HOSTS = ["127.0.0.1", "localhost", pytest.param("[::1]", marks=pytest.mark.skipif(not HAS_IPV6, reason="no ::1 here"))]


def trust(tls: str, folder: Path) -> tuple[ssl.SSLContext | None, dict[str, Any]]:
    """A client's context of its own, if there is one, and its settings."""
    if tls == "ca-file":
        return None, {"tls_ca_file": certificate_file(folder, CA)}
    if tls == "unverified":
        return None, {"tls_insecure": True}
    context = trusting(CA)
    if tls == "client-certificate":
        CA.issue_cert("client.example").configure_cert(context)
    return context, {}


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("tls", TLS)
@pytest.mark.parametrize("proxy", PROXIES)
def test_a_request_finds_its_way(kind: type, host: str, tls: str, proxy: str, tmp_path: Path) -> None:
    served = None if tls == "clear" else server_side(*EVERYWHERE, clients=tls == "client-certificate")
    bound = "::1" if host == "[::1]" else "127.0.0.1"
    step = forward if tls == "clear" else tunnel
    context, fields = trust(tls, tmp_path)
    with (
        ScriptedServer([GOOD], tls=served, host=bound) as server,
        ScriptedServer(
            [authenticated(step) if proxy == "with-password" else step],
            tls=server_side(*EVERYWHERE) if proxy == "over-tls" else None,
        ) as middle,
        names({"localhost": ["127.0.0.1"]}),
    ):
        if proxy != "none":
            fields["proxy"] = with_password(middle.url) if proxy == "with-password" else middle.url
        address = f"{server.url.partition('://')[0]}://{host}:{server.port}"
        assert ask(kind, configured(address, context, **fields)) == DATA
        assert (len(server.requests), len(middle.requests)) == (1, int(proxy != "none"))
        assert "proxy-authorization" not in server.requests[0].headers


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("entry", "host", "is_direct"),
    [
        (".corp.example", "infrahub.corp.example", True),
        (".corp.example", "infrahub.other.example", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.1", False),
        ("127.0.0.0/8", "127.0.0.1", True),
        ("10.0.0.0/8", "127.0.0.1", False),
        ("127.0.0.1:{port}", "127.0.0.1", True),
        ("127.0.0.1:1", "127.0.0.1", False),
        pytest.param("::/64", "[::1]", True, marks=pytest.mark.skipif(not HAS_IPV6, reason="no ::1 here")),
    ],
)
@pytest.mark.parametrize("setting", ["proxy", "HTTP_PROXY"])
def test_no_proxy_decides_who_is_reached_directly(
    kind: type, entry: str, host: str, is_direct: bool, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"infrahub.corp.example": ["127.0.0.1"], "infrahub.other.example": ["127.0.0.1"]}
    with (
        ScriptedServer([GOOD], host="::1" if host == "[::1]" else "127.0.0.1") as server,
        ScriptedServer([GOOD]) as proxy,
        names(known),
    ):
        monkeypatch.setenv("NO_PROXY", entry.format(port=server.port))
        fields = {}
        if setting == "proxy":
            fields["proxy"] = proxy.url
        else:
            monkeypatch.setenv(setting, proxy.url)
        assert ask(kind, configured(f"http://{host}:{server.port}", **fields)) == DATA
        assert (len(server.requests), len(proxy.requests)) == (int(is_direct), int(not is_direct))


@pytest.mark.skipif(not HAS_IPV6, reason="no ::1 here")
@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("addresses", "host"), [(["::1", "127.0.0.1"], "127.0.0.1"), (["127.0.0.1", "::1"], "::1")])
def test_a_name_with_both_families_is_reached_by_the_one_that_answers(
    kind: type, addresses: list[str], host: str
) -> None:
    with ScriptedServer([GOOD], host=host) as server, names({"infrahub.example": addresses}):
        assert ask(kind, configured(f"http://infrahub.example:{server.port}")) == DATA


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no 127.0.0.2")
@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
def test_an_address_that_swallows_packets_leaves_time_for_the_next(kind: type) -> None:
    with (
        ScriptedServer([GOOD]) as server,
        black_hole("127.0.0.2", server.port),
        names({"infrahub.example": ["127.0.0.2", "127.0.0.1"]}),
    ):
        config = configured(f"http://infrahub.example:{server.port}", connect_timeout=0.3)
        assert ask(kind, config) == DATA


# -- what does not -----------------------------------------------------------------------------------------------------

Setup = Callable[[ExitStack, Any], Config]


def _serving(
    tls: ssl.SSLContext | None = None, *, context: ssl.SSLContext | None = None, step: Any = GOOD, scheme: str = ""
) -> Setup:
    """A client of a server, which trusts the right authority unless it has a context of its own."""

    def setup(stack: ExitStack, folder: Path) -> Config:
        server = stack.enter_context(ScriptedServer([step], tls=tls))
        fields = {} if context else {"tls_ca_file": certificate_file(folder, CA)}
        address = f"{scheme}://127.0.0.1:{server.port}" if scheme else server.url
        return configured(address, context, **fields)

    return setup


def _through(step: Any, url: Callable[[str], str] = str, address: str = "https://infrahub.example") -> Setup:
    """A client behind a proxy that does this."""

    def setup(stack: ExitStack, folder: Path) -> Config:
        proxy = stack.enter_context(ScriptedServer([step]))
        return configured(address, proxy=url(proxy.url))

    return setup


def _from_environment(stack: ExitStack, folder: Path) -> Config:
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    patch.setenv("HTTPS_PROXY", with_password(f"http://127.0.0.1:{free_port()}"))
    return configured("https://infrahub.example")


def _legacy(stack: ExitStack, folder: Path) -> Config:
    file, context = legacy_authority(folder)
    server = stack.enter_context(ScriptedServer([GOOD], tls=context))
    own = ssl.create_default_context(cafile=file)
    own.verify_flags |= ssl.VERIFY_X509_STRICT
    return configured(server.url.replace("127.0.0.1", "localhost"), own)


def _in_no_time(stack: ExitStack, folder: Path) -> Config:
    port = stack.enter_context(black_hole())
    return configured(f"http://127.0.0.1:{port}", connect_timeout=0.1)


def _at(address: str) -> Setup:
    return lambda stack, folder: configured(address.format(port=free_port()))


def _at_proxy(url: str) -> Setup:
    return lambda stack, folder: configured("https://infrahub.example", proxy=url)


def _context(change: Callable[[ssl.SSLContext], None]) -> ssl.SSLContext:
    context = trusting(CA)
    change(context)
    return context


def _at_most_1_2() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _clients_of(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    CA.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version
    return context


RIGHT = server_side(*EVERYWHERE)
FAILURES: list[tuple[str, Setup, str, str, str]] = [
    # name, what there is, phase, cause, what to change
    ("name", _at("http://nowhere.example:{port}"), "resolve", "'nowhere.example' is not known", "INFRAHUB_ADDRESS"),
    ("refused", _at("http://127.0.0.1:{port}"), "connect", "refused", "INFRAHUB_ADDRESS"),
    ("black-hole", _in_no_time, "connect", r"within 0.1 s .*connecting to 127", "INFRAHUB_ADDRESS.*INFRAHUB_PROXY"),
    ("unknown-ca", _serving(server_side_of(OTHER_CA, "127.0.0.1")), "tls", "authority", "INFRAHUB_TLS_CA_FILE"),
    (
        "unknown-ca-own-context",
        _serving(RIGHT, context=trusting(OTHER_CA)),
        "tls",
        "certificate of 127.0.0.1:.* authority that is not trusted",
        "set_ssl_context",
    ),
    ("wrong-name", _serving(server_side("x.example")), "tls", "is for another address", "INFRAHUB_ADDRESS"),
    ("expired", _serving(server_side("127.0.0.1", days=(-9, -2))), "tls", "has expired", "clocks"),
    ("not-yet", _serving(server_side("127.0.0.1", days=(2, 9))), "tls", "is not valid yet", "clocks"),
    ("strict", _legacy, "tls", "RFC 5280: CA cert does not include key usage", "VERIFY_X509_STRICT"),
    (
        "tls-to-plain-port",
        _serving(step=unasked(BAD), scheme="https"),
        "tls",
        "does not speak TLS",
        "INFRAHUB_ADDRESS.* http://",
    ),
    (
        "plain-to-tls-port",
        _serving(RIGHT, scheme="http"),
        "receive",
        "waiting for the answer",
        "INFRAHUB_ADDRESS.* https://",
    ),
    ("tls-alert", _serving(step=unasked(b"\x15\x03\x01\x00\x02\x02\x46")), "receive", "speaks TLS", "https://"),
    ("tls-closed", _serving(step=close_unasked, scheme="https"), "tls", "instead of agreeing", "INFRAHUB_ADDRESS"),
    (
        "no-client-certificate-1.2",
        _serving(_clients_of(ssl.TLSVersion.TLSv1_2), context=trusting(CA)),
        "tls",
        "asks for a client certificate",
        "load_cert_chain.*set_ssl_context",
    ),
    (
        "no-client-certificate-1.3",
        _serving(_clients_of(ssl.TLSVersion.TLSv1_3), context=trusting(CA)),
        "tls",
        "asks for a client certificate",
        "load_cert_chain.*set_ssl_context",
    ),
    (
        "unknown-client-certificate",
        _serving(
            _clients_of(ssl.TLSVersion.TLSv1_3),
            context=_context(OTHER_CA.issue_cert("client.example").configure_cert),
        ),
        "tls",
        "does not know the authority that signed the client certificate",
        "load_cert_chain",
    ),
    (
        "tls-version",
        _serving(
            _at_most_1_2(),
            context=_context(lambda context: setattr(context, "minimum_version", ssl.TLSVersion.TLSv1_3)),
        ),
        "tls",
        "versions of TLS",
        "minimum_version",
    ),
    ("proxy-down", _from_environment, "connect", "the proxy http://127.0.0.1:.* refused", "HTTPS_PROXY"),
    ("proxy-name", _at_proxy("http://nowhere.example"), "resolve", "'nowhere.example' is not known", "INFRAHUB_PROXY"),
    ("proxy-wants-password", _through(authenticated(tunnel)), "proxy", "asks for a user", "INFRAHUB_PROXY"),
    (
        "proxy-wrong-password",
        _through(authenticated(tunnel), lambda url: with_password(url, f"{PASSWORD}wrong")),
        "proxy",
        "does not accept the user",
        "INFRAHUB_PROXY",
    ),
    (
        "proxy-wrong-password-forwarding",
        _through(authenticated(forward), lambda url: with_password(url, f"{PASSWORD}x"), "http://infrahub.example"),
        "proxy",
        "does not accept the user",
        "INFRAHUB_PROXY",
    ),
    ("proxy-502", _through(answer(b"", "502 Bad Gateway")), "proxy", "cannot reach the server: 502", "NO_PROXY"),
    ("proxy-403", _through(answer(b"", "403 Forbidden")), "proxy", "refuses: 403", "NO_PROXY=infrahub.example"),
    ("proxy-garbage", _through(b"SSH-2.0-x\r\n\r\n"), "proxy", "no answer that can be read", "INFRAHUB_PROXY"),
    ("proxy-closes", _through(close), "proxy", "no answer that can be read", "INFRAHUB_PROXY"),
    (
        "proxy-no-tls",
        _through(unasked(BAD), lambda url: url.replace("http", "https")),
        "tls",
        "not speak TLS",
        "INFRAHUB_PROXY",
    ),
]


@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("setup", "phase", "cause", "remedy"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
def test_a_failure_names_its_phase_its_cause_and_what_to_change(
    kind: type, setup: Setup, phase: str, cause: str, remedy: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        stack.enter_context(names({"localhost": ["127.0.0.1"]}))
        config = setup(stack, tmp_path)
        with pytest.raises(ServerNotReachableError, match=f"(?s){cause}.*{remedy}") as caught:
            ask(kind, config)
    assert caught.value.phase == phase
    assert caught.value.remedy in str(caught.value)
    assert "s3cr" not in repr(caught.value)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python 3.13 made the strict flags the default")
@pytest.mark.parametrize("kind", CLIENTS, ids=lambda kind: kind.__name__)
def test_a_legacy_authority_in_tls_ca_file_is_told_of(kind: type, tmp_path: Path) -> None:
    file, context = legacy_authority(tmp_path)
    with ScriptedServer([GOOD], tls=context) as server:
        address = f"https://localhost:{server.port}"
        with pytest.raises(ServerNotReachableError, match=r"key usage.*VERIFY_X509_STRICT"):
            ask(kind, configured(address, tls_ca_file=file))
        own = ssl.create_default_context(cafile=file)
        own.verify_flags &= ~ssl.VERIFY_X509_STRICT
        assert ask(kind, configured(address, own)) == DATA
