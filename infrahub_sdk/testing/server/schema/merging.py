"""Schemas of branches: how they differ, and bringing them together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.resources import schema_pools
from infrahub_sdk.testing.server.schema import comparing, filling, loading, migrating, storing
from infrahub_sdk.testing.server.schema.kinds import kinds_of

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.comparing import Difference
    from infrahub_sdk.testing.server.schema.updating import Documents
    from infrahub_sdk.testing.server.session import Session

__all__ = ["changes", "complete", "merge", "rebase"]

# Three schemas meet: the one that both branches had (base), and theirs. What was loaded into each is known, so what
# a branch loaded is loaded again on top of what the default branch has by now.


def changes(session: Session) -> Difference:
    """How the schema of a branch differs from the one that the default branch had when the branch left it.

    Args:
        session: A view of the branch.

    Returns:
        What is `added`, `changed` and `removed`, as for `differences`.
    """
    base = kinds_of(json.dumps(storing.base(session.app, session.branch)))
    return comparing.differences(base.document, session.kinds.document)


def merge(session: Session) -> None:
    """Give the default branch the schema of a branch, and make its data fit; before that of the branch comes.

    Args:
        session: A view of the branch.

    Raises:
        Refused: What the branch loaded does not go with the default branch's schema or data.
    """
    own = _own(session)
    if own:
        main = session.app.session(account=session.account)
        loading.apply(main, loading.change_to(main, [*storing.loads(main.app, main.branch), *own]))


def rebase(session: Session) -> None:
    """Put what a branch loaded on top of the default branch's schema; before the branch leaves that anew.

    `complete` belongs behind it, when the branch has left.

    Args:
        session: A view of the branch.

    Raises:
        Refused: What the branch loaded does not go with the default branch's schema.
    """
    own = _own(session)
    if own:
        main = session.app.branch()
        loaded = [*storing.loads(session.app, main), *own]
        kinds_of(json.dumps(loaded))
        storing.store(session.app, session.branch, loaded)


def complete(session: Session) -> None:
    """Give the nodes of a branch the attributes that its schema brings and they lack, after a merge or a rebase.

    Args:
        session: A view of the branch with the new schema.
    """
    migrating.complete(session)
    schema_pools.synchronize(session)
    filling.fill(session, session.kinds)


def _own(session: Session) -> list[Documents]:
    """What was loaded into a branch itself."""
    loaded = storing.loads(session.app, session.branch)
    return loaded[len(storing.base(session.app, session.branch)) :]
