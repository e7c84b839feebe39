"""A local Infrahub for a program's tests and first steps."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.bootstrap import ADMIN, ADMIN_PASSWORD, ADMIN_TOKEN
from infrahub_sdk.testing.server.schema.documents import read_documents
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
        ValidationError: A schema is refused.
        OSError: The port is taken.

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
        documents = read_documents(schemas)
        self._app = App(":memory:" if data is None else str(data))
        try:
            self._app.auth.access_token_seconds = access_token_seconds
            self._app.load_schemas(documents)
            self._server = Server(self._app, host, port)
        except BaseException:
            self._app.close()
            raise
        self._thread: threading.Thread | None = None
        self._clients: list[Any] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.address}{'' if self._thread else ', not started'}>"

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
        """Begin to answer, in a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.05,), name="local-infrahub", daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """End it, and close the clients that were made with it."""
        for client in self._clients:
            client._port.close()
        self._clients.clear()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.close()
        self._app.close()

    def reset(self) -> None:
        """Empty the database: what was written and loaded after the start is gone."""
        self.faults.clear()
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
