"""Secrets that are marked, a server that says back whatever it hears, and all that came out of a program."""

from __future__ import annotations

import inspect
import json
import logging
import traceback
import warnings
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from tests.servers import Connection, ScriptedServer, Step, answer
from tests.unit.kinds import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers import Received

__all__ = ["CLIENTS", "MARK", "Program", "app", "done", "everything_of", "heard", "leaks_in", "mark", "says"]

MARK = "mArK"  # every secret begins with it, so that a part of one is found as well
CLIENTS = (InfrahubClient, InfrahubClientSync)


def mark(name: str) -> str:
    """A secret. It has no characters that a header or the user part of a URL would not carry as they are."""
    return f"{MARK}-{name}-7f3a"


_ENCODED = [
    b64encode(f"{user}:{mark(name)}".encode()).decode() for user, name in (("me", "address"), ("proxyuser", "proxy"))
]


def leaks_in(text: str) -> list[str]:
    """What of the secrets there is in a text, with some of what is around it."""
    found = []
    for secret in (MARK, *_ENCODED):
        position = text.find(secret)
        if position >= 0:
            found.append(text[max(0, position - 120) : position + 60])
    return found


async def done(value: Any) -> Any:
    """The result of a call of either client."""
    return await value if inspect.isawaitable(value) else value


# What comes out


def everything_of(error: BaseException | None) -> Iterator[str]:
    """All that a program may print of an error, and of those behind it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        exc = waiting.pop()
        if exc is None or id(exc) in seen:
            continue
        seen.add(id(exc))
        yield from (str(exc), repr(exc), repr(exc.args), repr(getattr(exc, "__notes__", "")))
        yield from traceback.format_exception(type(exc), exc, exc.__traceback__)
        yield from (repr(value) for name, value in vars(exc).items() if name in {"request", "response", "remedy"})
        waiting += [exc.__cause__, exc.__context__]


class Program:
    """A run of either client, of which everything is kept that came out.

    Args:
        client_class: Which client.
        server: The server that it talks to.
    """

    def __init__(self, client_class: Any, server: ScriptedServer) -> None:
        self.client_class = client_class
        self.server = server
        self.shown: list[str] = []
        self.clients: list[Any] = []

    @property
    def address(self) -> str:
        """The server's address, with a user and a password in it."""
        return self.server.url.replace("://", f"://me:{mark('address')}@")

    def client(self, **fields: Any) -> Any:
        """A client all of whose credentials are marked."""
        if "username" not in fields:
            fields.setdefault("api_token", mark("token"))
        fields = {"address": self.address, "timeout": 5, "retry_delay": 0.001, **fields}
        client = self.client_class(config=Config(**fields))
        client.headers["X-Gateway-Session"] = mark("header")
        self.clients.append(client)
        return client

    def login_client(self, **fields: Any) -> Any:
        """The same with user and password."""
        return self.client(username="me", password=mark("password"), **fields)

    def keep(self, *things: Any) -> None:
        """Keep how things are shown."""
        for thing in things:
            self.shown += [str(thing), repr(thing)]

    async def finish(self) -> None:
        """Keep how the clients are shown at the end, and close them."""
        for client in self.clients:
            transport = client._port._transport
            self.keep(client, client.config, client._port, client.store, client.schema, transport)
            if transport is not None:
                self.keep(transport._proxies, *transport._made.values())
            await done(client.close())

    @contextmanager
    def listening(self, caplog: Any, capfd: Any) -> Iterator[None]:
        """Keep what is logged, warned and printed meanwhile."""
        with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        self.shown += [caplog.text, *(repr(vars(record)) for record in caplog.records)]
        self.shown += [str(warning.message) for warning in caught]
        self.shown += capfd.readouterr()

    @property
    def leaks(self) -> list[str]:
        """What of the secrets came out."""
        return [leak for text in self.shown for leak in leaks_in(text)]


# A server that says back


def heard(request: Received) -> str:
    """All that a request brought."""
    return f"{request.raw.decode('latin-1')}\n{request.body.decode()}"


def says(status: str, shape: Callable[[str], Any]) -> Step:
    """An answer that says back all that it hears, in its status line too.

    Args:
        status: The status line.
        shape: Makes the body: bytes, or what is sent as JSON.
    """

    def send(connection: Connection) -> None:
        request = connection.request
        assert request is not None
        key = request.headers.get("x-infrahub-key", request.headers.get("authorization", ""))
        body = shape(heard(request))
        connection.send(answer(body if isinstance(body, bytes) else json.dumps(body).encode(), f"{status} {key}"))

    return send


def app(*answers: Step, knows_schema: bool = True, logs_in: bool = True) -> list[Step]:
    """The steps of a server that knows the schema of the unit tests and logs users in.

    Args:
        answers: The answers to all other requests; the last one again and again.
        knows_schema: It answers requests for the schema.
        logs_in: It answers logins.
    """
    turns: WeakKeyDictionary[ScriptedServer, int] = WeakKeyDictionary()  # the same steps may serve several tests

    def serve(connection: Connection) -> None:
        target = connection.request.target if connection.request is not None else ""
        if knows_schema and target.startswith("/api/schema?"):
            connection.send(answer(json.dumps(schema()).encode()))
        elif logs_in and target == "/api/auth/login":
            tokens = {"access_token": mark("access"), "refresh_token": mark("refresh")}
            connection.send(answer(json.dumps(tokens).encode()))
        else:
            turn = turns[connection.server] = turns.get(connection.server, 0) + 1
            step = answers[min(turn, len(answers)) - 1]
            if isinstance(step, bytes):
                connection.send(step)
            else:
                step(connection)

    return [serve]
