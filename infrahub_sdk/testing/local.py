"""A local Infrahub for a program's tests and first steps."""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import FileNotValidError, ValidationError
from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.bootstrap import ADMIN, ADMIN_PASSWORD, ADMIN_TOKEN
from infrahub_sdk.testing.server.schema.documents import Document, read_documents
from infrahub_sdk.testing.server.web.http import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from infrahub_sdk import InfrahubClient, InfrahubClientSync
    from infrahub_sdk.testing.server.web.faults import Faults

__all__ = ["LocalInfrahub"]


class LocalInfrahub:
    """An Infrahub in this process: it keeps data, enforces the schema and answers as the real server does.

    It runs between `start()` and `stop()`, or for the time of a `with` block.

    Args:
        schemas: Schemas to load at the start: dictionaries, or paths of JSON and YAML files or of folders with them.
        data: The file of the database, which is made when it is not there; by default nothing is kept.
        host: Where it listens; by default only programs of this machine reach it.
        port: The port; by default a free one.
        access_token_seconds: How long a user who has logged in need not refresh the access token.

    Raises:
        ValidationError: A schema is refused, or an argument cannot be.
        FileNotValidError: The file is no database of this release, cannot be written, or is in use.
        OSError: The port is taken, or there is no such host.

    Attributes:
        api_token: The token of the account `admin`.
        username: The name of that account.
        password: Its password.
        faults: What goes wrong with the next requests, on request.

    >>> with LocalInfrahub() as infrahub:
    ...     client = infrahub.client_sync()
    ...     tag = client.create("BuiltinTag", name="red")
    ...     tag.save()
    ...     client.count("BuiltinTag")
    1
    """

    api_token = ADMIN_TOKEN
    username = ADMIN
    password = ADMIN_PASSWORD

    def __init__(
        self,
        schemas: Iterable[Mapping[str, Any] | str | Path] = (),
        *,
        data: str | Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        access_token_seconds: float = 3600,
    ) -> None:
        _check(data, host, port, access_token_seconds)
        documents = read_documents(schemas)
        self._app = _opened(data, documents)
        self._app.auth.access_token_seconds = access_token_seconds
        try:
            self._server = _listening(self._app, host, port)
        except BaseException:
            self._app.close()
            raise
        self._thread: threading.Thread | None = None
        self._clients: list[Any] = []
        self._process = os.getpid()
        self._is_stopped = False

    def __repr__(self) -> str:
        state = ", stopped" if self._is_stopped else "" if self._thread else ", not started"
        return f"<{type(self).__name__} {self.address}{state}>"

    @property
    def address(self) -> str:
        """Where it is, as `Config(address=)` takes it."""
        host = self._server.server_name
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}"

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next requests, see `Fault`."""
        return self._server.faults

    def start(self) -> Self:
        """Begin to answer, in a thread of its own.

        Raises:
            RuntimeError: It has been stopped.
        """
        if self._is_stopped:
            raise RuntimeError("This LocalInfrahub has been stopped: make a new one.")
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.05,), name="local-infrahub", daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """End it, and close the clients that were made with it; requests that are carried out still are finished.

        In a child that was forked it does nothing: it belongs to the process that made it.
        """
        if self._is_stopped or self._process != os.getpid():
            return
        self._is_stopped = True
        for client in list(self._clients):
            self.forget(client)
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        with self._app.lock:
            self._app.close()
        self._server.close()

    def reset(self) -> None:
        """Empty the database: what was written and loaded after the start is gone."""
        self.faults.clear()
        with self._app.lock:
            self._app.reset()

    def client(self, **fields: Any) -> InfrahubClient:
        """An asynchronous client of it; it is closed with it.

        Args:
            fields: Further settings, see `Config`.
        """
        from infrahub_sdk import InfrahubClient

        client = InfrahubClient(config=self._config(fields))
        self._clients.append(client)
        return client

    def client_sync(self, **fields: Any) -> InfrahubClientSync:
        """A synchronous client of it; it is closed with it.

        Args:
            fields: Further settings, see `Config`.
        """
        from infrahub_sdk import InfrahubClientSync

        client = InfrahubClientSync(config=self._config(fields))
        self._clients.append(client)
        return client

    def forget(self, client: InfrahubClient | InfrahubClientSync) -> None:
        """Close a client that was made with it, before it ends itself."""
        client._port.close()
        if client in self._clients:
            self._clients.remove(client)

    def _config(self, fields: dict[str, Any]) -> Any:
        from infrahub_sdk import Config

        if "username" not in fields:
            fields.setdefault("api_token", self.api_token)
        return Config(address=self.address, **fields)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _check(data: Any, host: Any, port: Any, access_token_seconds: Any) -> None:
    if data is not None and (not isinstance(data, (str, os.PathLike)) or not str(data)):
        raise ValidationError("data", f"it must be the path of a file, not {data!r}.")
    if not isinstance(host, str) or not host:
        raise ValidationError("host", f"it must be a name or an address to listen on, not {host!r}.")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise ValidationError("port", f"it must be a number from 0 to 65535, not {port!r}.")
    if not isinstance(access_token_seconds, (int, float)):
        raise ValidationError("access_token_seconds", f"it must be a number, not {access_token_seconds!r}.")


def _opened(data: str | Path | None, documents: list[Document]) -> App:
    path = ":memory:" if data is None else str(data)
    try:
        app = App(path)
        try:
            app.load_schemas(documents)
        except BaseException:
            app.close()
            raise
    except sqlite3.DatabaseError as error:
        raise FileNotValidError(path, f"The database {path} cannot be used: {error}.") from error
    return app


def _listening(app: App, host: str, port: int) -> Server:
    try:
        return Server(app, host, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(error.errno, f"cannot listen on port {port} of {host}: {reason}") from error
