"""Who asks: API tokens, and users that log in."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.accounts import passwords
from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.web.exchange import Headers

__all__ = ["Auth"]

_REFRESH_SECONDS = 30 * 86_400


class Auth:
    """Tokens and logins of an app.

    Args:
        app: The app; its database keeps the tokens and the sessions.
        access_token_seconds: How long an access token is good for. A short time makes clients refresh theirs.
    """

    def __init__(self, app: App, access_token_seconds: float = 3600) -> None:
        self._app = app
        self._secret = os.urandom(32)
        self.access_token_seconds = access_token_seconds

    def account(self, headers: Headers) -> str | None:
        """The id of the account that a request's headers prove, or None when they name none.

        An API token counts more than the token of a session, as a header or as a cookie.

        Raises:
            Refused: What they name is not good.
        """
        key = headers.get("X-INFRAHUB-KEY")
        if key:
            return self._account_of_token(key)
        token = _token_of_session(headers, "access_token")
        return str(self._claims(token, "access")["sub"]) if token else None

    def add_token(self, account: str, token: str | None = None, name: str = "", expires: int | None = None) -> str:
        """Let a token stand for an account.

        Args:
            account: The id of the account.
            token: The token; made up by default.
            name: What the account calls it.
            expires: Until when, in microseconds since 1970; for ever by default.

        Returns:
            The token.
        """
        token = token or str(uuid.uuid4())
        row = {"id": str(uuid.uuid4()), "account": account, "name": name, "token": token, "expires_at": expires}
        self._app.storage.insert("token", [row])
        return token

    def log_in(self, name: Any, password: Any) -> dict[str, str]:
        """The tokens of a user.

        Raises:
            Refused: There is no such user, or the password is wrong.
        """
        session = self._app.session()
        found = session.find(session.kinds["CoreGenericAccount"], {"name__value": str(name)})
        if not found:
            raise Refused(f"There is no user {str(name)!r}", "NODE_NOT_FOUND", 404)
        self._check_active(found[0])
        if not passwords.matches(str(password), self._kept_password(found[0])):
            raise _unauthorized("The password is wrong")
        number = str(uuid.uuid4())
        self._app.storage.insert("login", [{"id": number, "account": found[0].id}])
        return {
            "access_token": self._token(found[0].id, number, "access", self.access_token_seconds),
            "refresh_token": self._token(found[0].id, number, "refresh", _REFRESH_SECONDS),
        }

    def refresh(self, headers: Headers) -> dict[str, str]:
        """A new access token for the refresh token in a request's headers.

        Raises:
            Refused: It is not good, or the user has logged out.
        """
        claims = self._claims(_token_of_session(headers, "refresh_token"), "refresh")
        self._check_active(self._app.session().get([claims["sub"]]).get(claims["sub"]))
        return {"access_token": self._token(claims["sub"], claims["session_id"], "access", self.access_token_seconds)}

    def log_out(self, headers: Headers) -> None:
        """End the session of the access token in a request's headers.

        Raises:
            Refused: It is not good.
        """
        claims = self._claims(_token_of_session(headers, "access_token"), "access")
        self._app.storage.rows("delete from login where id = ?", [claims["session_id"]])

    def _check_active(self, account: Node | None) -> None:
        if account is None or account.values["status"].value != "active":
            raise _unauthorized("This account may not log in")

    def _account_of_token(self, token: str) -> str:
        rows = self._app.storage.rows("select account, expires_at from token where token = ?", [token])
        if not rows:
            raise _unauthorized("The token is none that this server knows")
        account, expires_at = rows[0]
        if expires_at is not None and expires_at < time.time() * 1_000_000:
            raise _unauthorized("The time of the token is over", "TOKEN_EXPIRED")
        return str(account)

    def _kept_password(self, account: Node) -> str | None:
        value = account.values.get("password")
        return None if value is None else value.value

    # Tokens as RFC 7519 has them, signed with HS256; the secret is this process's own, so they end with it.

    def _token(self, account: str, session: str, purpose: str, seconds: float) -> str:
        now = time.time()
        claims = {"sub": account, "iat": now, "exp": now + seconds, "type": purpose, "session_id": session}
        head = _encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = f"{head}.{_encoded(json.dumps(claims).encode())}"
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        return _encoded(hmac.new(self._secret, body.encode(), hashlib.sha256).digest())

    def _claims(self, token: str, purpose: str) -> dict[str, Any]:
        body, _, signature = token.rpartition(".")
        if not token or not hmac.compare_digest(self._signature(body).encode(), signature.encode()):
            raise _unauthorized(
                "The token is none that this server knows" if token else f"Send a JWT as the {purpose} token"
            )
        claims: dict[str, Any] = json.loads(urlsafe_b64decode(body.partition(".")[2] + "=="))
        if claims["exp"] < time.time():
            # By these words clients know that they may refresh it.
            raise _unauthorized("Expired Signature", "TOKEN_EXPIRED")
        is_ended = not self._app.storage.rows("select 1 from login where id = ?", [claims["session_id"]])
        if claims["type"] != purpose or (is_ended and purpose == "refresh"):
            raise _unauthorized(f"The token is no {purpose} token, or its user has logged out")
        return claims


def _token_of_session(headers: Headers, cookie: str) -> str:
    """The token that a request sends, as a header or as a cookie of a name; empty when there is none."""
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    text = headers.get("Cookie")
    return _cookie(text, cookie) if text else ""


def _cookie(text: str, name: str) -> str:
    from http.cookies import CookieError, SimpleCookie

    cookies = SimpleCookie()
    with suppress(CookieError):
        cookies.load(text)
    return cookies[name].value if name in cookies else ""


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _unauthorized(message: str, code: str = "AUTHENTICATION_REQUIRED") -> Refused:
    return Refused(message, code, 401)
