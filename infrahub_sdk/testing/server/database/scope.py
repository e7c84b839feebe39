"""What is visible on a branch at a time, as conditions of SQL."""

from __future__ import annotations

from infrahub_sdk.testing.server.database.storage import GLOBAL, MAIN

__all__ = ["Scope"]

_KEYS = {"node": ("id",), "value": ("node", "name"), "edge": ("identifier", "tail", "head")}


class Scope:
    """A branch at a time: its own rows, and those of the default branch as they were when it forked.

    Args:
        branch: The number of the branch.
        forked_at: When it left the default branch.
        at: The time to look at, in microseconds since 1970; now by default.
    """

    def __init__(self, branch: int = MAIN, forked_at: int = 0, at: int | None = None) -> None:
        self.branch = branch
        self.forked_at = forked_at
        self.at = at

    def visible(self, table: str, alias: str) -> str:
        """The condition under which a row of a table is what a branch sees.

        Args:
            table: `node`, `value` or `edge`.
            alias: What the statement calls it.
        """
        own = _holds(alias, self.at)
        shown = "" if table == "value" else f" and {alias}.is_present"
        if self.branch == MAIN:
            return f"({alias}.branch in ({GLOBAL}, {MAIN}) and {own}{shown})"
        fork = self.forked_at if self.at is None else min(self.at, self.forked_at)
        same = " and ".join(f"other.{key} = {alias}.{key}" for key in _KEYS[table])
        hidden = (
            f"select 1 from {table} other where {same} and other.branch = {self.branch} and {_holds('other', self.at)}"
        )
        inherited = f"{alias}.branch = {MAIN} and {_holds(alias, fork)} and not exists ({hidden})"
        return f"(({alias}.branch in ({GLOBAL}, {self.branch}) and {own} or {inherited}){shown})"


def _holds(alias: str, at: int | None) -> str:
    if at is None:
        return f"{alias}.until is null"
    return f"{alias}.since <= {at} and ({alias}.until is null or {alias}.until > {at})"
