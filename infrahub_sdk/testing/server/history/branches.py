"""Branches: what they are, and how they come, change and go."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database.clock import shown
from infrahub_sdk.testing.server.database.scope import Scope
from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.uuidt import generate_uuid

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.database.storage import Storage

__all__ = [
    "MERGED",
    "OPEN",
    "Branch",
    "add",
    "add_default",
    "change",
    "check_free",
    "check_time",
    "find",
    "found",
    "listed",
    "read_only",
    "remove",
]

OPEN, MERGED = "OPEN", "MERGED"

_FIELDS = (
    "number, id, name, description, status, sync_with_git, forked_at, created_at, created_by, updated_at, updated_by"
)

# What the name of a reference of git may not have, and the words for it.
_FORBIDDEN = (
    (r".*/\.", "/."),
    (r"\.\.", ".."),
    (r"^/", "a / at its beginning"),
    (r"//", "//"),
    (r"@{", "@{"),
    (r"\\", "a backslash"),
    (r"[\000-\037\177 ~^:?*\[]", "a space, a control character or one of ~^:?*["),
    (r"\.lock$", ".lock at its end"),
    (r"/$", "a / at its end"),
    (r"\.$", "a . at its end"),
)
_SHORTEST, _LONGEST = 3, 250
_INTERNAL = "-global-"  # what a real server calls the branch of what is the same on all branches


@dataclass
class Branch:
    """A branch.

    Attributes:
        number: Its number in the database; never given again.
        id: Its id.
        name: Its name.
        description: What it is for.
        status: `OPEN` or `MERGED`.
        sync_with_git: It is made in the repositories too.
        forked_at: When it left the default branch, in microseconds since 1970.
        created_at: When it was made, likewise.
        created_by: The id of the account that made it.
        updated_at: When it was changed last, in microseconds since 1970.
        updated_by: The id of the account that changed it last.
    """

    number: int
    id: str
    name: str
    description: str
    status: str
    sync_with_git: bool
    forked_at: int
    created_at: int
    created_by: str | None
    updated_at: int
    updated_by: str | None

    @property
    def is_default(self) -> bool:
        """It is the default branch."""
        return self.number == MAIN

    def scope(self, at: int | None = None) -> Scope:
        """What is visible on it."""
        return Scope(self.number, self.forked_at, at)


def found(storage: Storage, name: str) -> Branch | None:
    """The branch of a name, or None."""
    rows = storage.rows(f"select {_FIELDS} from branch where name = ?", [name])
    return _branch(rows[0]) if rows else None


def _branch(row: tuple[Any, ...]) -> Branch:
    branch = Branch(*row)
    branch.sync_with_git = bool(branch.sync_with_git)
    return branch


def find(storage: Storage, name: str) -> Branch:
    """The branch of a name.

    Raises:
        Refused: There is none.
    """
    branch = found(storage, name)
    if branch is None:
        # Clients of releases without codes go by these words.
        raise Refused(f"Branch: {name} not found.", "BRANCH_NOT_FOUND", 400, {"branch_name": name})
    return branch


def listed(storage: Storage) -> list[Branch]:
    """All branches, the oldest first."""
    return [_branch(row) for row in storage.rows(f"select {_FIELDS} from branch order by number")]


def check_time(storage: Storage, at: int) -> None:
    """Refuse to look at a time before there was a default branch.

    Args:
        storage: Where.
        at: The time, in microseconds since 1970.

    Raises:
        Refused: It is.
    """
    name, made = storage.rows(f"select name, created_at from branch where number = {MAIN}")[0]
    if at < made:
        raise Refused(f"There was nothing yet at {shown(at)}: {name!r} begins at {shown(made)}")


def add_default(storage: Storage) -> Branch:
    """Make the default branch."""
    return _add(storage, MAIN, "main", "Default Branch", True, None)


def add(
    storage: Storage, name: str, description: str = "", sync_with_git: bool = True, by: str | None = None
) -> Branch:
    """Make a branch of the default branch as it is now.

    Args:
        storage: Where.
        name: Its name.
        description: What it is for.
        sync_with_git: It is made in the repositories too.
        by: The id of the account that makes it.

    Raises:
        Refused: Its name cannot be one, or is taken.
    """
    check_free(storage, name)
    _check_name(name)
    return _add(storage, None, name, description, sync_with_git, by)


def check_free(storage: Storage, name: str) -> None:
    """Refuse a name that a branch has.

    Raises:
        Refused: One has it.
    """
    if name == _INTERNAL or found(storage, name) is not None:
        raise Refused(f"A branch called {name!r} exists: choose another name")


def _check_name(name: str) -> None:
    bad = [words for pattern, words in _FORBIDDEN if re.search(pattern, name)]
    if bad:
        raise Refused(f"The branch name {name!r} cannot be one of git, since it has {', '.join(bad)}")
    if len(name) < _SHORTEST:
        raise Refused(f"The branch name {name!r} is too short: it needs {_SHORTEST} characters")
    if len(name) > _LONGEST:
        raise Refused(f"The branch name {name!r} is too long: {_LONGEST} characters are the most")


def _add(
    storage: Storage, number: int | None, name: str, description: str, sync_with_git: bool, by: str | None
) -> Branch:
    with storage.transaction():
        now = storage.now()
        row = asdict(Branch(MAIN, generate_uuid(), name, description, OPEN, sync_with_git, now, now, by, now, by))
        storage.insert("branch", [{**row, "number": number}])
    return find(storage, name)


def read_only(branch: Branch, mutation: str = "") -> Refused | None:
    """Why a branch cannot be changed; None when it can.

    Args:
        branch: The branch.
        mutation: Which mutation is to change it: a merged branch can be deleted.
    """
    if branch.status != MERGED or mutation == "BranchDelete":
        return None
    message = f"Branch {branch.name!r} is merged, so it can only be read: make a new branch for new changes"
    return Refused(message, "BRANCH_ALREADY_MERGED", 400, {"branch_name": branch.name})


def change(storage: Storage, branch: Branch, by: str | None = None) -> None:
    """Keep what was changed of a branch."""
    branch.updated_at, branch.updated_by = storage.now(), by
    row = asdict(branch)
    columns = ", ".join(f"{name} = ?" for name in row)
    storage.rows(f"update branch set {columns} where number = ?", [*row.values(), branch.number])


def remove(storage: Storage, branch: Branch) -> None:
    """Take away a branch, and all that is on it alone.

    Raises:
        Refused: It is the default branch.
    """
    if branch.is_default:
        raise Refused(f"{branch.name!r} stays: the default branch is there for all others")
    number = branch.number
    _remove_agnostic(storage, number)
    for table in ("node", "value", "edge"):
        storage.rows(f"delete from {table} where branch = {number} and branch > {MAIN}")
    for table in ("schema", "difference", "conflict"):
        storage.rows(f"delete from {table} where branch = {number}")
    storage.rows("delete from branch where number = ?", [number])


def _remove_agnostic(storage: Storage, number: int) -> None:
    """Take away the agnostic values and edges of nodes that are on no other branch."""
    own = (
        f"select id from node where branch = {number} and branch > {MAIN} and is_present and not exists"
        f" (select 1 from node other where other.id = node.id and other.branch != {number} and other.is_present)"
    )
    for table, end in (("value", "node"), ("edge", "tail"), ("edge", "head")):
        storage.rows(f"delete from {table} where {end} in ({own}) and branch = {GLOBAL}")
