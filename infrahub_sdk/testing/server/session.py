"""One request's view of the data: a branch, a time, and who asks."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.accounts.permissions import Permissions
from infrahub_sdk.testing.server.database.finder import Finder
from infrahub_sdk.testing.server.database.ordering import terms_of
from infrahub_sdk.testing.server.database.search import Search
from infrahub_sdk.testing.server.nodes import labels
from infrahub_sdk.testing.server.nodes.node import Group, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.database.storage import Storage
    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds

__all__ = ["Session"]


class Session:
    """What a request sees and changes.

    Args:
        app: The server.
        branch: The branch that it is about.
        at: The time that it looks at, in microseconds since 1970; now by default.
        account: The id of the account that asks, or None.

    Attributes:
        kinds: The kinds of the branch.
        scope: What is visible.
        has_api_token: The account that asks has proved who it is by an API token.
        seen: The ids of the nodes that were read; None while nobody wants to know.
    """

    def __init__(self, app: App, branch: Branch, at: int | None = None, account: str | None = None) -> None:
        self.app = app
        self.branch = branch
        self.account = account
        self.has_api_token = False
        self.seen: set[str] | None = None
        self.kinds: Kinds = app.kinds(branch)
        self.scope = branch.scope(at)

    @property
    def storage(self) -> Storage:
        """The database."""
        return self.app.storage

    @cached_property
    def permissions(self) -> Permissions:
        """What the account that asks may do."""
        return Permissions(self)

    def find(
        self,
        kind: Kind,
        filters: Mapping[str, Any],
        order: Sequence[tuple[str, bool]] = (),
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Node]:
        """The nodes of a kind that pass filters.

        Args:
            kind: The kind.
            filters: What they have, by the names of the filters, such as `name__value`.
            order: Paths such as `name__value`, each with whether it goes down.
            offset: How many to pass over.
            limit: How many at most; all by default.
        """
        terms = terms_of(self.kinds, kind, order)
        return list(Group(self, self._finder(kind, filters).page(terms, offset, limit)).nodes.values())

    def count(self, kind: Kind, filters: Mapping[str, Any]) -> int:
        """How many nodes of a kind pass filters."""
        return self._finder(kind, filters).count()

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes that have these ids, by their ids."""
        wanted = json.dumps(list(ids))
        which = f"n.id in (select value from json_each(?)) and {self.scope.visible('node', 'n')}"
        return Group(self, self.storage.rows(f"select n.id, n.kind from node n where {which}", [wanted])).nodes

    def _finder(self, kind: Kind, filters: Mapping[str, Any]) -> Finder:
        conditions = Search(self.kinds, self.scope, self._labelled).conditions(kind, filters)
        return Finder(self.storage, self.kinds, self.scope, kind, conditions)

    def _labelled(self, kind: Kind, passes: Callable[[str], bool]) -> list[str]:
        """The ids of the nodes of a kind whose display label passes a test."""
        found = self.storage.kept(
            ("labels", kind.name, self.scope.visible("node", "n")),
            lambda: [(node.id, labels.display_label(node)) for node in self.find(kind, {})],
        )
        return [id for id, label in found if passes(label)]
