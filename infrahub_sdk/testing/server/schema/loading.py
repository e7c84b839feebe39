"""Loading schemas into a branch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.resources import schema_pools
from infrahub_sdk.testing.server.schema import constraints, filling, migrating, storing
from infrahub_sdk.testing.server.schema.comparing import differences, has_differences
from infrahub_sdk.testing.server.schema.kinds import kinds_of

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.comparing import Difference
    from infrahub_sdk.testing.server.schema.kinds import Kinds
    from infrahub_sdk.testing.server.schema.updating import Documents
    from infrahub_sdk.testing.server.session import Session

__all__ = ["Change", "apply", "change", "change_to", "load"]


@dataclass
class Change:
    """What loading documents does to a branch.

    Attributes:
        old: The kinds before.
        new: The kinds after.
        loads: All that is loaded then, in its order.
        difference: How the schemas differ, as the server says it.
    """

    old: Kinds
    new: Kinds
    loads: list[Documents]
    difference: Difference

    @property
    def is_empty(self) -> bool:
        """Nothing changes."""
        return not has_differences(self.difference)


def change(session: Session, documents: Documents) -> Change:
    """What loading documents would do.

    Args:
        session: A view of the branch.
        documents: What schema files hold.

    Raises:
        Refused: They break a rule, or what is in the database does not fit.
    """
    return change_to(session, [*storing.loads(session.app, session.branch), documents])


def change_to(session: Session, loads: list[Documents]) -> Change:
    """What it would do if a branch had another schema.

    Args:
        session: A view of the branch.
        loads: All that would be loaded, in its order.

    Raises:
        Refused: It breaks a rule, or what is in the database does not fit.
    """
    new = kinds_of(json.dumps(loads))
    found = Change(session.kinds, new, loads, differences(session.kinds.document, new.document))
    if not found.is_empty:
        problems = constraints.problems(session, found.old, found.new)
        if problems:
            raise Refused(",\n".join(problems), "SCHEMA_NOT_VALID", 422)
    return found


def load(session: Session, documents: Documents) -> Change:
    """Load documents, and make the data fit.

    Args:
        session: A view of the branch; it has the new kinds afterwards.
        documents: What schema files hold.

    Raises:
        Refused: They break a rule, or what is in the database does not fit; then nothing is changed.
    """
    with session.storage.transaction():
        found = change(session, documents)
        if not found.is_empty:
            apply(session, found)
    return found


def apply(session: Session, change: Change) -> None:
    """Give a branch a schema, and make its data fit.

    Args:
        session: A view of the branch; it has the new kinds afterwards.
        change: What the schema was, and what it becomes.
    """
    storing.store(session.app, session.branch, change.loads)
    migrating.migrate(session, change.old, change.new)
    session.kinds = change.new
    schema_pools.synchronize(session)
    filling.fill(session, change.old)
