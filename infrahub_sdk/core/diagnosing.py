"""Going the way to the server step by step, to tell where it ends."""

from __future__ import annotations

import errno
from time import monotonic
from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import credentials, hidden, is_plain_header, without_credentials
from infrahub_sdk.core.port import Call
from infrahub_sdk.core.retry import Budget
from infrahub_sdk.core.sending import FORBIDDEN, TOO_MANY_REQUESTS, UNAUTHORIZED, check_timeout, send, server_words
from infrahub_sdk.core.url import url_of
from infrahub_sdk.diagnosis import Diagnosis, Step
from infrahub_sdk.exceptions import (
    AuthenticationError,
    HTTPStatusError,
    JsonDecodeError,
    RateLimitError,
    ServerNotResponsiveError,
    ValidationError,
)
from infrahub_sdk.transport.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.transport.response import Response

__all__ = ["diagnose"]

_AT_ONCE = 1e-6  # seconds for repetitions: none
_WHO = "query { AccountProfile { id display_label } }"
_ADDRESS = "Check address (INFRAHUB_ADDRESS): what answers there is not Infrahub"
_PATIENCE = "Wait, or look into the logs of the server and of what stands before it"
_GATEWAY = "Check what stands before the server, such as a gateway that asks for credentials of its own"
_CREDENTIALS = "Check api_token (INFRAHUB_API_TOKEN), or username and password (INFRAHUB_USERNAME, INFRAHUB_PASSWORD)"
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
_TRUST = {
    "system": "trusted by this system",
    "tls_ca_file": "trusted by tls_ca_file",
    "tls_insecure": "not verified, because of tls_insecure",
    "set_ssl_context": "judged by the context of set_ssl_context()",
}


class _Stop(Exception):
    """The way ends here."""


class _Way:
    """The steps so far."""

    def __init__(self, client: BaseClient, timeout: float | None) -> None:
        check_timeout(timeout)
        self.client = client
        self.timeout = timeout or client.default_timeout
        self.steps: list[Step] = []
        self.remedy = ""

    def passed(self, name: str, detail: str, seconds: float | None = None) -> None:
        self.steps.append(Step(name, True, _hushed(self.client, detail), seconds))

    def stops(self, name: str, detail: str, remedy: str = "", seconds: float | None = None) -> _Stop:
        self.steps.append(Step(name, False, _hushed(self.client, detail), seconds))
        self.remedy = remedy
        return _Stop()

    async def ask(self, name: str, trace: Trace | None = None) -> Response:
        """Ask for what needs no credentials: none are sent before it is known whereto."""
        call = Call("GET", url_of(self.client, "api", name), headers={}, timeout=self.timeout, repeatable=True)
        call.trace = trace
        return await self.client._port.send(call)


async def diagnose(client: BaseClient, timeout: float | None) -> Diagnosis:
    """See `InfrahubClient.diagnose`."""
    way = _Way(client, timeout)
    try:
        await _reach(way)
        await _learn_version(way)
        await _try_credentials(way)
    except _Stop:
        pass
    return Diagnosis(without_credentials(client.address), way.steps, way.remedy)


async def _reach(way: _Way) -> None:
    """From the host name to an answer."""
    trace = Trace()
    error: Exception | None = None
    response: Response | None = None
    try:
        response = await way.ask("config", trace)
    except Exception as exc:  # also of a requester that the program brings
        error = exc
    ended = monotonic()
    config = way.client.config
    setting = "sync_requester" if way.client._is_sync else "requester"
    if getattr(config, setting) is None:
        _Walk(way, trace, error, ended).go()
    else:
        way.passed("requester", f"the program's own {setting} sends the requests, so it knows the way")
    took = ended - (trace.marks[-1].moment if trace.marks else trace.started)
    if response is None:
        raise way.stops("http", _words(error), _remedy(error), took)
    _judge(way, response, took)


class _Walk:
    """The steps until a connection stands, from the marks that the request left on its way."""

    def __init__(self, way: _Way, trace: Trace, error: Exception | None, ended: float) -> None:
        self.way = way
        self.error = error
        self.phase = getattr(error, "phase", None)
        self.found: dict[str, list[Any]] = {}
        self.took: dict[str, float] = {}
        moment = trace.started
        for mark in trace.marks:
            self.found.setdefault(mark.what, []).append(mark.value)
            self.took.setdefault(mark.what, mark.moment - moment)
            if mark.what != "failed":
                moment = mark.moment
        self.left = self.took.get("rejected", ended - moment)

    def go(self) -> None:
        """Take the steps. Raises `_Stop` where the way ends."""
        if "chosen" not in self.found:
            raise self.stops("proxy" if isinstance(self.error, ValidationError) else "http", "Set it to a proxy's URL")
        proxy, why = self.found["chosen"][0]
        self._name(proxy)
        self._route(proxy)
        self._proxy(proxy, why)
        self._tcp()
        self._tunnel()
        self._tls()

    def stops(self, name: str, remedy: str = "") -> _Stop:
        return self.way.stops(name, _words(self.error), _remedy(self.error) or remedy, self.left)

    def _name(self, proxy: Any) -> None:
        host = _host(self.way.client)
        if proxy is not None:
            self.way.passed("name", f"{host} is left to the proxy")
        elif self.phase == "resolve":
            raise self.stops("name")
        else:
            self.way.passed("name", _resolved(host, self.found), self.took.get("addresses"))

    def _route(self, proxy: Any) -> None:
        where = "direct" if proxy is None else f"through {proxy}"
        if self.phase == "connect" and getattr(getattr(self.error, "__cause__", None), "errno", None) in _NO_ROUTE:
            raise self.stops("route")
        here, there = self.found.get("connected", [("", "")])[0]
        self.way.passed("route", f"{where}, from {here} to {there}" if here else where)

    def _proxy(self, proxy: Any, why: str) -> None:
        if proxy is None:
            self.way.passed("proxy", f"not used: {why}")
            return
        if self.phase == "resolve":
            raise self.stops("proxy")
        credentials = "with" if proxy.authorization else "without"
        detail = f"{proxy.address}, {why}, {credentials} user and password; {_resolved(proxy.host, self.found)}"
        self.way.passed("proxy", detail, self.took.get("addresses"))

    def _tcp(self) -> None:
        if self.phase == "connect" or "connected" not in self.found:
            raise self.stops("tcp")
        there = self.found["connected"][0][1]
        failed = "".join([f"; before that {peer}: {reason}" for peer, reason in self.found.get("failed", [])])
        self.way.passed("tcp", f"connected to {there}{failed}", self.took["connected"])

    def _tunnel(self) -> None:
        if self.phase == "proxy":
            raise self.stops("tunnel" if self.way.client.address.startswith("https") else "http")
        for status in self.found.get("tunnelled", []):
            self.way.passed(
                "tunnel", f"the proxy connects to {_host(self.way.client)}: {status}", self.took["tunnelled"]
            )

    def _tls(self) -> None:
        secured = self.found.get("secured", [])
        is_due = self.way.client.address.startswith("https")
        for who, version, certificate, source in secured:
            detail = f"{version} with {who}; certificate {_described(certificate)}; {_TRUST[source]}"
            self.way.passed("tls", detail, self.took["secured"])
        if self.phase == "tls" or (is_due and not secured):
            shown = "".join(
                [f". It is {_described(certificate)}" for _, _, certificate, _ in self.found.get("shown", [])]
            )
            raise self.way.stops("tls", _words(self.error) + shown, _remedy(self.error), self.left)
        if not secured:
            self.way.passed("tls", "not used: the address begins with http://")


def _host(client: BaseClient) -> str:
    host = without_credentials(client.address).partition("://")[2].partition("/")[0]
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host


def _resolved(host: str, found: dict[str, list[Any]]) -> str:
    addresses = ", ".join(found["addresses"][0]) if "addresses" in found else "not looked up"
    return f"{host} is an address" if host.strip("[]") == addresses else f"{host} is {addresses}"


def _described(certificate: bytes) -> str:
    from infrahub_sdk.transport.certificate import describe

    return describe(certificate) or "not readable"


def _judge(way: _Way, response: Response, took: float) -> None:
    """Whether it is Infrahub that answers."""
    asked = url_of(way.client, "api", "config")
    detail = f"GET /api/config: {response.status_code} {response.shown(response.reason)}".rstrip()
    target = _redirected(response, asked)
    if target:
        is_moved = target.endswith("/api/config") and target != without_credentials(asked)
        remedy = f"Set address (INFRAHUB_ADDRESS) to {target.removesuffix('/api/config')}" if is_moved else _ADDRESS
        raise way.stops("http", f"GET /api/config is redirected to {target}", remedy, took)
    if response.status_code in {UNAUTHORIZED, FORBIDDEN}:
        way.passed("http", detail, took)
        return
    if response.status_code >= 500 or response.status_code == TOO_MANY_REQUESTS:
        raise way.stops("http", f"{detail} {server_words(response)[:200]}".rstrip(), _PATIENCE, took)
    if response.status_code != 200:
        plain = response.status_code == 400 and b"HTTPS" in response.content[:1000]
        raise way.stops(
            "http", detail, "Let address (INFRAHUB_ADDRESS) begin with https://" if plain else _ADDRESS, took
        )
    if not _object(response):
        raise way.stops("http", f"{detail}, but what comes is not JSON", _ADDRESS, took)
    way.passed("http", detail, took)


def _redirected(response: Response, asked: str) -> str:
    """Where a redirect leads, without the query, which may be secret; empty if there is none.

    The transport does not follow it for who traces a request, a program's own requester may.
    """
    from urllib.parse import urljoin

    location = response.headers.get("location") if 300 <= response.status_code < 400 else None
    target = urljoin(asked, location) if location else response.url
    is_there = bool(location) or without_credentials(target) not in {"", without_credentials(asked)}
    return without_credentials(target).partition("?")[0].partition("#")[0] if is_there else ""


def _object(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, JsonDecodeError):
        return {}
    return body if isinstance(body, dict) else {}


async def _learn_version(way: _Way) -> None:
    started = monotonic()
    try:
        response = await way.ask("info")
    except Exception as exc:
        remedy = _remedy(exc) if isinstance(exc, ServerNotResponsiveError) else _PATIENCE  # the way is right so far
        raise way.stops("version", _words(exc), remedy, monotonic() - started) from exc
    version = _object(response).get("version") if response.status_code == 200 else None
    way.passed("version", f"Infrahub {version}" if version else "the server does not tell", monotonic() - started)


async def _try_credentials(way: _Way) -> None:
    """Whether the server knows the caller."""
    client = way.client
    kind = _credentials(client)
    started = monotonic()
    try:
        response = await send(
            client,
            "POST",
            url_of(client, "graphql", client.default_branch),
            payload={"query": _WHO},
            timeout=way.timeout,
            repeatable=True,
            budget=Budget(_AT_ONCE),
        )
    except AuthenticationError as exc:
        raise way.stops("token", f"{kind}: {_words(exc)}", _CREDENTIALS, monotonic() - started) from exc
    except Exception as exc:
        raise way.stops("token", _words(exc), _remedy(exc), monotonic() - started) from exc
    took = monotonic() - started
    status, said = response.status_code, server_words(response)[:200]
    if status < 400 and _object(response):
        way.passed("token", f"{kind}: {_account(response)}", took)
        return
    detail = f"POST /graphql: {status} {response.shown(response.reason)}".rstrip()
    if status in {UNAUTHORIZED, FORBIDDEN}:
        raise way.stops("token", f"{kind}: {said or detail}", _CREDENTIALS if said else _GATEWAY, took)
    if status >= 500:
        raise way.stops("token", f"{detail} {said}".rstrip(), _PATIENCE, took)
    if status >= 400:
        remedy = "Check default_branch (INFRAHUB_DEFAULT_BRANCH), and the server's log"
        raise way.stops("token", f"{detail} {said}".rstrip(), remedy, took)
    raise way.stops("token", f"{detail}, but what comes is not JSON", _GATEWAY, took)


def _credentials(client: BaseClient) -> str:
    if client.config.password_authentication:
        return f"username {client.config.username!r} and password"
    if any(name.lower() == "x-infrahub-key" for name in client.headers):
        return "api_token"
    return "Authorization header" if any(name.lower() == "authorization" for name in client.headers) else "no token"


def _account(response: Response) -> str:
    data = _object(response).get("data")
    profile = data.get("AccountProfile") if isinstance(data, dict) else None
    if isinstance(profile, dict):
        return f"the account {profile.get('display_label') or profile.get('id')!r}"
    return "the server answers anonymous callers"


def _words(error: Exception | None) -> str:
    """What an error says beside where it happened and what to do, which stand elsewhere."""
    text = str(error) if type(error).__module__.startswith("infrahub_sdk.") else f"{type(error).__name__}: {error}"
    text = text.removesuffix(f" {_remedy(error)}.").removesuffix(".")
    return text.removeprefix(f"Cannot reach the server at {getattr(error, 'address', '')}: ")


def _remedy(error: Exception | None) -> str:
    if isinstance(error, ServerNotResponsiveError):
        return "Look into the server's log, or give it more with timeout (INFRAHUB_TIMEOUT)"
    if isinstance(error, (HTTPStatusError, RateLimitError)):
        return _PATIENCE
    return str(getattr(error, "remedy", ""))


def _hushed(client: BaseClient, text: str) -> str:
    """A text without the secrets of the client, whoever wrote them into it."""
    return hidden(text, set(_secrets(client)))


def _secrets(client: BaseClient) -> Iterator[str]:
    config = client.config
    yield from filter(None, (config.api_token, config.password, client.access_token, client.refresh_token))
    for name, value in client.headers.items():
        if not is_plain_header(name):
            yield from credentials(value)
    for url in (client.address, config.proxy, config.proxy_mounts.http, config.proxy_mounts.https):
        yield (url or "").partition("://")[2].rpartition("@")[0].partition(":")[2]
