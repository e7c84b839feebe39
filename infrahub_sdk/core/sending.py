"""Sending one request: headers, credentials, refusals for too many requests, transient failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk._secrets import said_back
from infrahub_sdk.core.port import Call
from infrahub_sdk.core.retry import Budget, backoff, is_refusal, retry_after_seconds
from infrahub_sdk.core.url import url_of, without_credentials
from infrahub_sdk.exceptions import (
    AuthenticationError,
    HTTPStatusError,
    JsonDecodeError,
    RateLimitError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.transport.response import Response

__all__ = [
    "check_timeout",
    "delta_headers",
    "login",
    "login_again",
    "raise_for_authentication",
    "refresh",
    "send",
    "server_words",
    "wait_for_retry",
]

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS = 401, 403, 404, 429
ESCALATE_AFTER = 300.0  # seconds of failures after which they are logged as errors


def delta_headers(
    client: BaseClient, *, tracker: str | None = None, priority: Priority | None = None
) -> dict[str, str]:
    """The headers of one call beside those of every call."""
    headers: dict[str, str] = {}
    if tracker and client.insert_tracker:
        headers["X-Infrahub-Tracker"] = tracker
    context = client.request_context
    chosen = priority or (context.priority if context is not None else None)
    if chosen:
        headers["X-Priority"] = getattr(chosen, "value", chosen)
    return headers


def check_timeout(timeout: float | None) -> None:
    """Refuse what is no number of seconds. Raises `ValidationError`."""
    if timeout is not None and (type(timeout) not in {int, float} or not 0 <= timeout < float("inf")):
        raise ValidationError("timeout", f"{timeout!r} is not a number of seconds; give a positive number, or None.")


class _Limits(NamedTuple):
    """What a request may take, and a login that it needs.

    Attributes:
        timeout: Seconds for connecting, and for each wait for bytes.
        budget: The time for transient failures; None for one of its own.
    """

    timeout: float
    budget: Budget | None = None


async def send(
    client: BaseClient,
    method: str,
    url: str,
    *,
    payload: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    repeatable: bool = False,
    budget: Budget | None = None,
) -> Response:
    """Send a request with this client's credentials, and once more when the server says that they have expired.

    Args:
        client: Whose address, credentials and settings to use.
        method: `GET` or `POST`.
        url: From `url_of`.
        payload: The body, as JSON.
        headers: Headers of this call.
        timeout: Seconds; the client's when None or 0.
        repeatable: Whether sending it twice does no harm.
        budget: The time left for transient failures, when the operation consists of several requests.
    """
    check_timeout(timeout)
    limits = _Limits(timeout or client.default_timeout, budget)
    if client.config.password_authentication and not client.access_token:
        await login(client, limits)
    used = client.access_token  # read before the headers: another caller may refresh both at any moment
    call = Call(
        method,
        url,
        headers={**client.headers, **headers} if headers else client.headers,
        timeout=limits.timeout,
        payload=payload,
        repeatable=repeatable,
    )
    response = await _send_with_retries(client, call, budget)
    if response.status_code == UNAUTHORIZED and used and _has_expired(response):
        await login_again(client, used, limits)
        call.headers = {**client.headers, **(headers or {})}
        response = await _send_with_retries(client, call, budget)
    if call.resent and budget is not None:
        budget.lost = True
    client._record(response)
    return response


async def _send_with_retries(client: BaseClient, call: Call, budget: Budget | None) -> Response:
    """Send, and again while failures are transient and repeating does no harm."""
    config = client.config
    if not client.retry_on_failure:
        return await _send_through_rate_limit(client, call, budget)
    budget = budget or Budget(config.max_retry_duration)
    while True:
        try:
            response = await _send_through_rate_limit(client, call, budget)
        except (ServerNotReachableError, ServerNotResponsiveError) as error:
            budget.lost |= error.sent
            if error.sent and not call.repeatable:
                raise
            if not await wait_for_retry(client, budget, call.url, str(error)):
                raise
            continue
        status = response.status_code
        if status not in config.retry_status_codes or not (call.repeatable or is_refusal(status)):
            return response
        budget.lost |= not is_refusal(status)
        asked = retry_after_seconds(response.headers.get("retry-after"))
        if not await wait_for_retry(client, budget, call.url, f"HTTP {status}", asked):
            return response


async def wait_for_retry(client: BaseClient, budget: Budget, url: str, reason: str, asked: float | None = None) -> bool:
    """Wait before the next attempt, as long as the server asks for; False when the budget is used up."""
    delay = budget.next_delay(client.retry_delay, client.config.retry_max_delay, asked)
    if delay is None:
        return False
    url = without_credentials(url)
    log = client.log.error if budget.elapsed >= ESCALATE_AFTER else client.log.warning
    limit = f"{budget.seconds:g} s in all" if budget.seconds else "no time limit"
    log(f"{url} failed ({reason}); attempt {budget.attempts + 1} in {delay:.2f} s ({limit})")
    await client._port.sleep(delay)
    return True


async def _send_through_rate_limit(client: BaseClient, call: Call, budget: Budget | None) -> Response:
    """Send, and again as often as allowed while the server answers 429 and there is time."""
    config = client.config
    attempts = 0
    while True:
        response = await client._port.send(call)
        if response.status_code != TOO_MANY_REQUESTS or not config.rate_limit_retry_enabled:
            return response
        attempts += 1
        asked = retry_after_seconds(response.headers.get("retry-after"))
        base, ceiling = config.rate_limit_backoff_base, config.rate_limit_backoff_max
        wanted = backoff(attempts - 1, base, ceiling) if asked is None else min(asked, ceiling)
        delay = wanted if budget is None else budget.within(wanted)
        shown = without_credentials(call.url)
        if delay is None or attempts > config.rate_limit_max_retries:
            raise RateLimitError(shown, attempts, asked)
        client.log.warning(f"{shown} answered HTTP 429 (too many requests); attempt {attempts + 1} in {delay:.2f} s")
        await client._port.sleep(delay)


def server_words(response: Response) -> str:
    """What the server says in an error answer, whatever its shape; empty when it says nothing that can be read.

    What it says back of the request's credentials and variables is masked.
    """
    try:
        body = response.json()
    except JsonDecodeError:
        return ""
    errors = (body.get("errors") or body.get("detail")) if isinstance(body, dict) else None
    listed = errors if isinstance(errors, list) else [errors or ""]
    words = [str(error.get("message", error)) if isinstance(error, dict) else str(error) for error in listed]
    return said_back(" | ".join(words), response.request)


def raise_for_authentication(response: Response) -> None:
    """Raise the server's words for 401 and 403."""
    if response.status_code in {UNAUTHORIZED, FORBIDDEN}:
        raise AuthenticationError(server_words(response) or None)


def _has_expired(response: Response) -> bool:
    return "Expired Signature" in server_words(response).split(" | ")


async def login(client: BaseClient, limits: _Limits | None = None) -> None:
    """Log in with username and password, unless there is a token already.

    Args:
        client: Who logs in.
        limits: Those of the request that needs it; the client's own when None.
    """
    async with client._port.exclusive("login"):
        if not client.access_token:
            await _login_with_password(client, limits)


async def login_again(client: BaseClient, expired: str, limits: _Limits | None = None) -> None:
    """Get a new access token for one that has expired; one request, however many callers met the expiry.

    Args:
        client: Whose token it is.
        expired: The token that was refused. When the client holds another one by now, somebody else was faster.
        limits: See `login`.
    """
    async with client._port.exclusive("login"):
        if client.access_token == expired and not await refresh(client, limits):
            await _login_with_password(client, limits)


async def _login_with_password(client: BaseClient, limits: _Limits | None) -> None:
    config = client.config
    credentials = {"username": config.username, "password": config.password}
    body = await _authenticate(client, "login", limits, payload=credentials)
    client.refresh_token = body.get("refresh_token", "")
    _hold(client, body["access_token"])


async def refresh(client: BaseClient, limits: _Limits | None = None) -> bool:
    """Exchange the refresh token for an access token; False when there is none or the server no longer takes it."""
    if not client.refresh_token:
        return False
    headers = {"Authorization": f"Bearer {client.refresh_token}"}
    body = await _authenticate(client, "refresh", limits, headers=headers, refused={})
    if not body:
        client.refresh_token = ""
        return False
    _hold(client, body["access_token"])
    return True


def _hold(client: BaseClient, token: str) -> None:
    # A new dict: another thread may be sending the old one at this moment.
    client.headers = {**client.headers, "Authorization": f"Bearer {token}"}
    client.access_token = token


async def _authenticate(
    client: BaseClient,
    action: str,
    limits: _Limits | None,
    *,
    payload: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    refused: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The answer of the server's authentication, or `refused`, if it is given, when the server answers 401."""
    limits = limits or _Limits(client.default_timeout)
    call = Call(
        "POST",
        url_of(client, "api", "auth", action),
        headers={"content-type": "application/json", **(headers or {})},
        timeout=limits.timeout,
        payload=payload,
        repeatable=True,
    )
    response = await _send_with_retries(client, call, limits.budget)
    client._record(response)
    if response.status_code == UNAUTHORIZED and refused is not None:
        return refused
    raise_for_authentication(response)
    if response.status_code >= 400:
        words = server_words(response)
        message = f"The server refused to {action} with HTTP {response.status_code}: {words or 'no reason'}."
        if response.status_code >= 500:  # whoever is to blame for that, it is not the credentials
            raise HTTPStatusError(message, response=response)
        raise AuthenticationError(message)
    body = _tokens(response, action)
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise AuthenticationError(f"The server's answer to the {action} request holds no access_token.")
    return body


def _tokens(response: Response, action: str) -> Any:
    try:
        return response.json()
    except JsonDecodeError as error:
        url = error.url
    # Raised here, so that nothing of the answer comes along: it may hold tokens.
    raise JsonDecodeError(f"The server's answer to the {action} request at {url} is not JSON.", url=url)
