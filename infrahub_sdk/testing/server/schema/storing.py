"""Where loaded schemas are kept: for each branch with a schema of its own all that was loaded, in its order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.database.storage import MAIN

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.history.branches import Branch
    from infrahub_sdk.testing.server.schema.updating import Documents

__all__ = ["base", "loads", "store", "text"]


def text(app: App, branch: Branch) -> str:
    """What was loaded into a branch as JSON: its own, or what the default branch had when the branch left it."""
    own = app.storage.remembered("select document from schema where branch = ? and until is null", [branch.number])
    return str(own[0][0]) if own else _of_default(app, branch.forked_at)


def _of_default(app: App, at: int) -> str:
    rows = app.storage.remembered(
        "select document from schema where branch = ? and since <= ? and (until is null or until > ?)", [MAIN, at, at]
    )
    return str(rows[0][0])


def loads(app: App, branch: Branch) -> list[Documents]:
    """All that was loaded into a branch, and into the default branch before it left that."""
    found: list[Documents] = json.loads(text(app, branch))
    return found


def base(app: App, branch: Branch) -> list[Documents]:
    """What was loaded into the default branch before a branch left it."""
    found: list[Documents] = json.loads(_of_default(app, branch.forked_at))
    return found


def store(app: App, branch: Branch, loads: list[Documents]) -> None:
    """Keep what is loaded into a branch from now on."""
    now = app.storage.now()
    app.storage.rows("update schema set until = ? where branch = ? and until is null", [now, branch.number])
    row = {"branch": branch.number, "document": json.dumps(loads), "since": now}
    app.storage.insert("schema", [row])
