"""Branches: reading, making, merging and deleting them, on servers of every release."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.branch_base import BRANCH_DATA, BranchData, BranchStatus
from infrahub_sdk.core.recovering import may_have_run, status_of
from infrahub_sdk.core.retry import Budget
from infrahub_sdk.core.server import DELETE_FROM_GIT, Selective, fields_of, require
from infrahub_sdk.exceptions import (
    BranchNotFoundError,
    Error,
    GraphQLError,
    InvalidResponseError,
    OutcomeUnknownError,
    nearest,
)
from infrahub_sdk.graphql.renderers import render_value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from infrahub_sdk.core.base import BaseClient

__all__ = ["all_branches", "create", "delete", "get", "merge", "rebase", "update", "validate"]

# Seconds at the least, where the server answers when the work is done: on two cores the rebase of a branch on which
# nothing had changed took 160 (1.11.9).
WORK_TIMEOUT = 300
# How often to look for a sign that work goes on whose answer was lost, and the seconds between two looks.
LOOKS = 5
LOOK_INTERVAL = 1.0
CLOCK_TOLERANCE = 60  # seconds by which the clocks of client and server may differ

FIELDS = tuple(BRANCH_DATA)
PASSED_OVER = frozenset({BranchStatus.NEED_REBASE, BranchStatus.NEED_UPGRADE_REBASE, BranchStatus.MERGE_FAILED})


# Reading


def _selection(fields: Iterable[str]) -> str:
    chosen = list(fields)
    if "has_schema_changes" not in chosen:  # 1.11 says that 1.14 will know it only by its new name
        chosen.append("has_schema_changes: schema_differs_from_default_branch")
    return " ".join(chosen)


def _branch(data: Any) -> BranchData:
    if not isinstance(data, dict):
        raise InvalidResponseError("The server's answer holds no branch where one is due.")
    return BranchData._wrap(data, "Branch")


async def all_branches(client: BaseClient) -> dict[str, BranchData]:
    """All branches by name."""
    query = Selective("Branch", FIELDS, lambda fields: f"query GetAllBranch {{ Branch {{ {_selection(fields)} }} }}")
    data = await query.execute(client, tracker="query-branch-all", operation_name="GetAllBranch", repeatable=True)
    return {branch.name: branch for branch in map(_branch, _listed(data))}


def _listed(data: dict[str, Any]) -> list[Any]:
    found = data.get("Branch")
    if not isinstance(found, list):
        raise InvalidResponseError("The server's answer holds no branches where they are due.")
    return found


async def get(client: BaseClient, name: str) -> BranchData:
    """One branch."""
    found = await _find(client, name)
    if found is None:
        raise await _not_found(client, name)
    return found


async def _not_found(client: BaseClient, name: str) -> BranchNotFoundError:
    """The error for a branch that is not there, with the nearest that is."""
    try:
        close = nearest(name, await all_branches(client))
    except Error:  # the name alone will do
        close = ""
    return BranchNotFoundError(name, f"There is no branch named {name!r} on the server.{close}")


async def _find(client: BaseClient, name: str) -> BranchData | None:
    if not name:
        return None  # a server that is asked for an empty name answers all branches
    query = Selective(
        "Branch",
        FIELDS,
        lambda fields: (
            f"query GetBranch ($branch_name: String!) {{ Branch(name: $branch_name) {{ {_selection(fields)} }} }}"
        ),
    )
    data = await query.execute(
        client, {"branch_name": name}, tracker="query-branch", operation_name="GetBranch", repeatable=True
    )
    listed = _listed(data)
    return _branch(listed[0]) if listed else None


# Changing


class _Work(NamedTuple):
    """One thing that the server is to do with a branch.

    Attributes:
        client: Whose server.
        action: `Create`, `Delete`, `Merge`, `Rebase`, `Update` or `Validate`.
        data: The mutation's input.
        wait: Whether the server answers when the work is done, or at once with the id of its task.
        timeout: Seconds, if the user said how many.
        answers_branch: Whether it answers the branch.
        repeatable: Whether doing it twice comes to the same.
    """

    client: BaseClient
    action: str
    data: dict[str, Any]
    wait: bool | None
    timeout: float | None = None
    answers_branch: bool = True
    repeatable: bool = True

    @property
    def branch(self) -> str:
        name: str = self.data["name"]
        return name

    async def send(self) -> dict[str, Any]:
        """Send the mutation.

        Returns:
            The mutation's answer, with `ok`, and `object` or `task`.
        """
        client = self.client
        name = f"Branch{self.action}"
        document = Selective("Branch", FIELDS, self._document)
        budget = Budget(client.config.max_retry_duration)
        try:
            data = await document.execute(
                client,
                timeout=self._seconds(),
                tracker=f"mutation-branch-{self.action.lower()}",
                repeatable=self.repeatable,
                budget=budget,
            )
        except GraphQLError as error:
            if not _says_no_such_branch(error, self.branch):
                raise
            if self.action == "Delete" and self.wait and budget.lost:
                return {"ok": True}  # an attempt before this one, whose answer was lost, had deleted it
            raise await _not_found(client, self.branch) from error
        found = data.get(name)
        if not isinstance(found, dict) or not found.get("ok"):
            raise Error(f"The server did not carry out {name} for {self.branch!r}, and gave no reason.")
        return found

    def _document(self, fields: Iterable[str]) -> str:
        wait = "" if self.wait is None else f"wait_until_completion: {render_value(self.wait)}, "
        asked = "task { id }" if self.wait is False else f"object {{ {_selection(fields)} }}"
        if self.wait is not False and not self.answers_branch:
            asked = ""
        return f"mutation {{ Branch{self.action}({wait}data: {render_value(self.data)}) {{ ok {asked} }} }}"

    def _seconds(self) -> float | None:
        return self.timeout or (max(WORK_TIMEOUT, self.client.default_timeout) if self.wait else None)

    def task(self, found: dict[str, Any]) -> str:
        """The id of the task that does the work."""
        identifier = (found.get("task") or {}).get("id")
        if not isinstance(identifier, str):
            raise InvalidResponseError(f"The answer to Branch{self.action} names no task.")
        return identifier

    async def send_and_look(self, look: Callable[[], Awaitable[Any]] | None = None) -> Any:
        """Send the mutation; when its answer is lost, look whether the server does the work all the same.

        Args:
            look: Returns the outcome, GOES_ON while the work is being done, or NO_SIGN. None where nothing shows it.

        Returns:
            The mutation's answer, or the outcome that was found.
        """
        began = time.monotonic()
        try:
            return await self.send()
        except Error as error:
            if not may_have_run(error, status_of(error)):
                raise
            outcome: Any = NO_SIGN
            if look is not None and self.wait:
                outcome = await self._outcome(look, began + (self._seconds() or 0), error)
            if not isinstance(outcome, _Sign):
                return outcome
            if self.repeatable:
                raise
            raise self._unknown(outcome, error) from error

    async def _outcome(self, look: Callable[[], Awaitable[Any]], ends: float, error: Error) -> Any:
        """What the server has made of a mutation whose answer was lost."""
        looks = 0
        while True:
            try:
                outcome = await look()
            except Error:
                outcome = NO_SIGN  # the server is not well, which is what the first error is about
            looks += 1
            again = outcome is GOES_ON or (outcome is NO_SIGN and looks < LOOKS)
            if not again or time.monotonic() >= ends:
                return outcome
            if looks == 1:
                self.client.log.warning(f"Looking what became of Branch{self.action} of {self.branch!r}: {error}")
            await self.client._port.sleep(LOOK_INTERVAL)

    def _unknown(self, sign: _Sign, cause: Error) -> OutcomeUnknownError:
        message = f"Branch{self.action} of {self.branch!r} was sent, and {sign.words}: {str(cause).rstrip('.')}."
        remedy = f"Look for it with branch.get({self.branch!r}) before you do it again."
        return OutcomeUnknownError("Branch", self.branch, cause, message=f"{message} {remedy}")


class _Sign:
    """What a look for the outcome of lost work may find, beside the outcome."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return f"<{self.words}>"


NO_SIGN = _Sign("it is not known whether it was done")
GOES_ON = _Sign("the server is still at it")


def _says_no_such_branch(error: GraphQLError, name: str) -> bool:
    """Whether the server refused because there is no such branch; 1.11 says so in a code, older ones in words."""
    listed = [item for item in error.errors if isinstance(item, dict)]
    codes = [(item.get("extensions") or {}).get("code") for item in listed]
    return "BRANCH_NOT_FOUND" in codes or f"Branch: {name} not found." in [item.get("message") for item in listed]


async def create(
    client: BaseClient,
    name: str,
    *,
    sync_with_git: bool = False,
    description: str = "",
    wait: bool = True,
    timeout: float | None = None,
) -> BranchData | str:
    """Make a branch."""
    data = {"name": name, "description": description, "sync_with_git": sync_with_git}
    work = _Work(client, "Create", data, wait, timeout, repeatable=False)
    began = time.time()

    async def look() -> Any:
        found = await _find(client, name)
        if found is None or found.sync_with_git is not sync_with_git or (found.description or "") != description:
            return NO_SIGN
        return {"object": found.model_raw()} if _since(found.branched_from) >= began - CLOCK_TOLERANCE else NO_SIGN

    answer = await work.send_and_look(look)
    _forget(client, name)  # what was read of a branch that had this name before
    return _branch(answer.get("object")) if wait else work.task(answer)


def _since(moment: str) -> float:
    from infrahub_sdk.timestamp import Timestamp

    return Timestamp(moment).to_datetime().timestamp()


async def delete(
    client: BaseClient,
    name: str,
    *,
    wait: bool = True,
    delete_from_git: bool = False,
    timeout: float | None = None,
) -> bool | str:
    """Delete a branch."""
    data: dict[str, Any] = {"name": name}
    if delete_from_git:
        await require(client, DELETE_FROM_GIT)
        data["delete_from_git"] = True
    work = _Work(client, "Delete", data, wait, timeout, answers_branch=False)

    async def look() -> Any:
        found = await _find(client, name)
        if found is None:
            return {"ok": True}
        return GOES_ON if found.status == BranchStatus.DELETING else NO_SIGN

    answer = await work.send_and_look(look)
    _forget(client, name)
    return True if wait else work.task(answer)


async def merge(client: BaseClient, name: str, *, wait: bool = True, timeout: float | None = None) -> bool | str:
    """Merge a branch into the default branch."""
    work = _Work(client, "Merge", {"name": name}, wait, timeout, repeatable=False)

    async def look() -> Any:
        found = await _find(client, name)
        if found is not None and found.status in {BranchStatus.MERGED, BranchStatus.MERGE_FAILED}:
            return {"object": found.model_raw()}
        return GOES_ON if found is not None and found.status == BranchStatus.MERGING else NO_SIGN

    answer = await work.send_and_look(look)
    if not wait:
        return work.task(answer)
    merged = _branch(answer["object"]) if answer.get("object") else None  # it may be gone by now
    # A server that marks what it has merged answers `ok` for a branch, too, that it passed over (1.11.9).
    if merged is not None and merged.status in PASSED_OVER and await fields_of(client, "InfrahubBranch"):
        raise Error(f"The server did not merge branch {name!r}, whose status is {merged.status.value}.")
    target = merged.origin_branch if merged is not None else None
    client.schema.cache.pop(target or client.default_branch, None)
    return True


async def rebase(client: BaseClient, name: str, *, wait: bool = True, timeout: float | None = None) -> BranchData | str:
    """Let a branch begin now, with its changes on top of what the default branch has."""
    work = _Work(client, "Rebase", {"name": name}, wait, timeout)
    answer = await work.send_and_look()
    if not wait:
        return work.task(answer)
    client.schema.cache.pop(name, None)
    return _branch(answer.get("object"))


async def validate(
    client: BaseClient, name: str, *, wait: bool = True, timeout: float | None = None
) -> BranchData | str:
    """Find out whether the server knows of conflicts of a branch with the default branch."""
    work = _Work(client, "Validate", {"name": name}, wait, timeout)
    answer = await work.send_and_look()
    return _branch(answer.get("object")) if wait else work.task(answer)


async def update(client: BaseClient, name: str, description: str) -> bool:
    """Change the description of a branch."""
    work = _Work(client, "Update", {"name": name, "description": description}, None, answers_branch=False)
    await work.send()
    return True


def _forget(client: BaseClient, name: str) -> None:
    """Drop what was read of a branch: its name stands for another one from now on, or for none."""
    client.schema.cache.pop(name, None)
    client.store._branches.pop(name, None)
