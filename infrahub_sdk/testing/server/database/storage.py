"""What the local Infrahub keeps: an SQLite database whose rows are never changed, only closed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import FileNotValidError
from infrahub_sdk.testing.server.database.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["GLOBAL", "LAYOUT", "MAIN", "Storage"]

GLOBAL, MAIN = 0, 1  # the branches of what is the same on all of them, and of what is on the default branch
_MOST_REMEMBERED = 16  # things
LAYOUT = 2  # which tables a file has; raised whenever they change

# A row of node, value and edge says what holds on a branch since a time and until a time, which is null for what holds
# now. So isolation, history, differences, merging and rebasing are queries; see scope.py for what a branch sees.
# is_present is 0 in a row that takes away on a branch what it would see of the default branch.
# What is on a branch is found by an index that has nothing else, so it costs writes to the default branch nothing.
# The indexes have all that tells whether a row is visible, so that nothing else is read to pass over it.
# An edge goes from its tail to its head; one without a direction has the smaller id as its tail.
_TABLES = """
create table branch (
    number integer primary key autoincrement, id text not null, name text not null unique, description text not null,
    status text not null, sync_with_git integer not null, forked_at integer not null,
    created_at integer not null, created_by text, updated_at integer not null, updated_by text
);
create table node (
    id text not null, kind text not null, branch integer not null, is_present integer not null default 1,
    since integer not null, until integer, by text
);
create index node_of_id on node (id, branch, until, is_present, since, kind);
create index node_of_kind on node (kind, id, branch, until, is_present, since);
create index node_of_branch on node (branch) where branch > 1;
create table value (
    node text not null, kind text not null, name text not null, branch integer not null, value,
    is_default integer not null, is_protected integer not null default 0, source text, owner text, profile text,
    since integer not null, until integer, by text
);
create index value_of_node on value (node, name);
create index value_of_kind on value (kind, name, value, node, branch, until, since);
create index value_of_branch on value (branch) where branch > 1;
create index value_protected on value (kind, name, node) where is_protected;
create index value_of_source on value (source) where source is not null;
create index value_of_owner on value (owner) where owner is not null;
create table edge (
    identifier text not null, tail text not null, head text not null, branch integer not null,
    is_present integer not null default 1, is_protected integer not null default 0, source text, owner text,
    since integer not null, until integer, by text
);
create index edge_of_tail on edge (tail, identifier, head, branch, until, is_present, since);
create index edge_of_head on edge (head, identifier, tail, branch, until, is_present, since);
create index edge_of_branch on edge (branch) where branch > 1;
create view link as
    select tail as node, head as peer, 'outbound' as direction, * from edge
    union all
    select head as node, tail as peer, 'inbound' as direction, * from edge;
create table schema (
    branch integer not null, document text not null, since integer not null, until integer
);
create table file (id text primary key, content blob not null, type text not null);
create table reservation (
    pool text not null, identifier text not null, resource text not null, primary key (pool, identifier)
);
create index reservation_of_resource on reservation (pool, resource);
create table token (
    id text primary key, account text not null, name text, token text not null unique, expires_at integer
);
create table login (id text primary key, account text not null);
create table setting (name text primary key, value text not null);
create table difference (
    branch integer not null, name text not null, start integer not null, finish integer not null,
    is_merged integer not null default 0, primary key (branch, name)
);
create table conflict (
    id text primary key, branch integer not null, name text not null, path text not null, selected text,
    is_resolvable integer not null, unique (branch, name, path)
);
create table task (
    id text primary key, title text not null, workflow text not null, state text not null, branch text,
    parameters text not null, tags text not null, logs text not null, nodes text not null,
    created_at integer not null, updated_at integer not null
);
create table clock (last integer not null);
insert into clock values (0);
"""


class Storage:
    """The database, in memory or in a file. What was committed is kept when the process is killed.

    Args:
        path: The file; it is made when it is not there.

    Raises:
        FileNotValidError: Another process has the file, or it is no database of this release.
    """

    def __init__(self, path: str = ":memory:") -> None:
        try:
            self._connection, self._last = _connected(path)
        except sqlite3.DatabaseError as error:
            raise FileNotValidError(path, _unusable(path, error)) from error
        self._kept = self._last
        self._remembered: dict[tuple[Any, ...], Any] = {}
        self._changes = 0
        for name, function in FUNCTIONS.items():
            self.function(name, function)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def copy(self) -> sqlite3.Connection:
        """What is there now, in memory, for `restore`."""
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.backup(copy)
        return copy

    def restore(self, copy: sqlite3.Connection) -> None:
        """Hold what a copy holds, and nothing else; times go on growing."""
        copy.backup(self._connection)
        self._kept = 0
        self._remembered.clear()

    def now(self) -> int:
        """The time in microseconds since 1970; never the same twice, never earlier than before."""
        self._last = max(time.time_ns() // 1000, self._last + 1)
        return self._last

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows that a statement gives."""
        return self._connection.execute(sql, values).fetchall()

    def remembered(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows that a statement gives, without asking again before something was written."""
        rows: list[Any] = self.kept((sql, *values), lambda: self.rows(sql, values))
        return rows

    def kept(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """What a function makes of the data, without calling it again before something was written.

        Args:
            key: What tells it from other things that are kept.
            make: The function.
        """
        if self._connection.total_changes != self._changes or len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
            self._changes = self._connection.total_changes
        if key not in self._remembered:
            self._remembered[key] = make()
        return self._remembered[key]

    def run(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement with each of some rows of values."""
        self._connection.executemany(sql, rows)

    def insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows to a table; all of them name the same columns."""
        rows = list(rows)
        if rows:
            names = list(rows[0])
            sql = f"insert into {table} ({', '.join(names)}) values ({', '.join('?' for _ in names)})"
            self._connection.executemany(sql, [[row[name] for name in names] for row in rows])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written in a block; one inside another belongs to it."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("begin immediate")
        try:
            yield
            self._keep_time()
            self._connection.execute("commit")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            self._remembered.clear()
            raise

    def _keep_time(self) -> None:
        """Remember the time of what is written, since the next process may have a clock that is behind."""
        if self._last > self._kept:
            self._connection.execute("update clock set last = ?", [self._last])
            self._kept = self._last

    def function(self, name: str, function: Any) -> None:
        """Let statements call a function of one argument."""
        self._connection.create_function(name, 1, function)


def _connected(path: str) -> tuple[sqlite3.Connection, int]:
    """The connection to a database, which nobody else has until it is closed, and the last time that it has seen."""
    # One serves all threads, one request at a time; see App.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=1000)
    try:
        connection.execute("pragma locking_mode = exclusive")
        is_new = _is_new(connection, path)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")  # survives the end of the process, not of the machine
        if is_new:
            connection.executescript(f"begin immediate; {_TABLES} pragma user_version = {LAYOUT}; commit;")
        return connection, connection.execute("select last from clock").fetchone()[0]
    except BaseException:
        connection.close()
        raise


def _is_new(connection: sqlite3.Connection, path: str) -> bool:
    """Whether a database is empty; one that another program or release made is refused, and left as it is."""
    layout = connection.execute("pragma user_version").fetchone()[0]
    if layout == LAYOUT:
        return False
    if layout == 0 and not connection.execute("select 1 from sqlite_master").fetchone():
        return True
    what = f"has layout {layout} of another release, and this one needs {LAYOUT}" if layout else "is none of ours"
    raise FileNotValidError(path, f"The database {path} {what}: name a file that is not there yet.")


def _unusable(path: str, error: sqlite3.DatabaseError) -> str:
    if "locked" in str(error):
        return f"The database {path} is in use by another process: end that one, or name another file."
    return f"The database {path} cannot be opened: {error}."
