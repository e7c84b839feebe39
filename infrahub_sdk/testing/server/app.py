"""The local Infrahub without its network side."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.testing.server import bootstrap
from infrahub_sdk.testing.server.accounts.auth import Auth
from infrahub_sdk.testing.server.database.storage import MAIN, Storage
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history import branches
from infrahub_sdk.testing.server.schema import storing
from infrahub_sdk.testing.server.schema.documents import Document, read_documents
from infrahub_sdk.testing.server.schema.kinds import kinds_of
from infrahub_sdk.testing.server.session import Session
from infrahub_sdk.testing.server.web import rest_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from sqlite3 import Connection

    from infrahub_sdk.testing.server.graphql.schema import Schema
    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.schema.kinds import Kinds

__all__ = ["App"]


class App:
    """The data, the schemas and who may do what.

    Args:
        path: The file of the database; in memory by default.

    Attributes:
        storage: The database.
        lock: Held by the one request that is served.
        version: The release whose behaviour it has.
    """

    version = "1.11.9"

    def __init__(self, path: str = ":memory:") -> None:
        self.storage = Storage(path)
        self.lock = threading.RLock()
        self.auth = Auth(self)
        self._start: Connection | None = None
        self._loaded: list[Document] = []  # at the start
        try:
            if not self.storage.rows("select 1 from branch"):
                self._set_up()
                self._start = self.storage.copy()
        except BaseException:
            self.storage.close()
            raise

    def _set_up(self) -> None:
        with self.storage.transaction():
            now = branches.add_default(self.storage).created_at
            self.storage.insert("schema", [{"branch": MAIN, "document": "[]", "since": now}])
            bootstrap.set_up(self)

    @property
    def deployment_id(self) -> str:
        """What tells this server from others."""
        return self.branch().id

    def close(self) -> None:
        """Close the database."""
        self.storage.close()
        if self._start is not None:
            self._start.close()

    def reset(self) -> None:
        """Go back to the start: nothing but what every server has, and the schemas that were loaded at the start."""
        if self._start is None:
            new = App()
            new.load_schemas(self._loaded)
            self._start = new.storage.copy()
            new.close()
        self.storage.restore(self._start)

    def load_schemas(self, schemas: Iterable[Mapping[str, Any] | str | Path]) -> None:
        """Load schemas into the default branch.

        Args:
            schemas: Dictionaries, and paths of files and folders, see `read_documents`.

        Raises:
            ValidationError: They are refused.
        """
        documents = read_documents(schemas)
        if documents:
            try:
                status, answer = rest_schema.load(self.session(), {"schemas": documents})
            except Refused as refused:
                raise ValidationError("schemas", f"they are refused: {refused.message}") from None
            if status != 200:
                raise ValidationError("schemas", f"they are refused: {rest_schema.words(answer, documents)}")
            self._loaded += documents
            if self._start is not None:
                self._start.close()
                self._start = self.storage.copy()

    def branch(self, name: str = "main") -> Branch:
        """A branch by its name.

        Raises:
            Refused: There is none.
        """
        return branches.find(self.storage, name)

    def kinds(self, branch: Branch) -> Kinds:
        """The kinds of a branch."""
        return kinds_of(storing.text(self, branch))

    def graphql(self, kinds: Kinds) -> Schema:
        """The GraphQL schema of some kinds."""
        from infrahub_sdk.testing.server.graphql.types import graphql_schema  # which loads all of graphql-core

        return graphql_schema(kinds)

    def session(self, branch: str = "main", at: int | None = None, account: str | None = None) -> Session:
        """A view of the data, see `Session`.

        Raises:
            Refused: There is no such branch, or there was nothing yet at the time.
        """
        if at is not None:
            branches.check_time(self.storage, at)
        return Session(self, self.branch(branch), at, account)
