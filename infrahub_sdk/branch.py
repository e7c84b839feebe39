"""Branches as the asynchronous client offers them: `client.branch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from infrahub_sdk._lazy import forwards  # Only here: see the end.
from infrahub_sdk.core.port import AsyncFacade

if TYPE_CHECKING:
    from infrahub_sdk.branch_base import BranchData
    from infrahub_sdk.client import InfrahubClient

__all__ = ["InfrahubBranchManager"]


class InfrahubBranchManager(AsyncFacade):
    """Reads, makes, merges and deletes branches.

    A call that changes something waits until the server has done it, five minutes at the least; with
    `wait_until_completion=False` it returns the id of the task that does it. When the answer gets lost on its way, the
    client looks what has become of the branch; where that does not show, the error says that the outcome is not known.

    Args:
        client: The client to read and write with.
    """

    def __init__(self, client: InfrahubClient) -> None:
        self.client = client

    async def all(self) -> dict[str, BranchData]:
        """All branches by name."""
        from infrahub_sdk.core import branching

        return await self._run(branching.all_branches(self.client))

    async def get(self, branch_name: str) -> BranchData:
        """One branch.

        Args:
            branch_name: Its name.

        Raises:
            BranchNotFoundError: There is no branch of that name.
        """
        from infrahub_sdk.core import branching

        return await self._run(branching.get(self.client, branch_name))

    @overload
    async def create(
        self,
        branch_name: str,
        sync_with_git: bool = ...,
        description: str = ...,
        wait_until_completion: Literal[True] = ...,
        background_execution: Literal[False] | None = ...,
        timeout: int | None = ...,
    ) -> BranchData: ...
    @overload
    async def create(
        self,
        branch_name: str,
        sync_with_git: bool = ...,
        description: str = ...,
        *,
        wait_until_completion: Literal[False],
        background_execution: None = ...,
        timeout: int | None = ...,
    ) -> str: ...
    @overload
    async def create(
        self,
        branch_name: str,
        sync_with_git: bool = ...,
        description: str = ...,
        *,
        wait_until_completion: bool = ...,
        background_execution: bool | None = ...,
        timeout: int | None = ...,
    ) -> BranchData | str: ...
    async def create(
        self,
        branch_name: str,
        sync_with_git: bool = False,
        description: str = "",
        wait_until_completion: bool = True,
        background_execution: bool | None = None,
        timeout: int | None = None,
    ) -> BranchData | str:
        """Make a branch from the default branch.

        Args:
            branch_name: Its name.
            sync_with_git: Whether the branch is made in the Git repositories too.
            description: What it is for.
            wait_until_completion: Whether to wait until it is there.
            background_execution: The older name for the opposite; it goes before `wait_until_completion` when given.
            timeout: Seconds; 300, or the client's if that is more, when None.

        Returns:
            The branch; or, when not waiting, the id of the task that makes it.

        Raises:
            GraphQLError: There is a branch of that name, or the server does not take the name.
        """
        from infrahub_sdk.core import branching

        wait = wait_until_completion if background_execution is None else not background_execution
        return await self._run(
            branching.create(
                self.client,
                branch_name,
                sync_with_git=sync_with_git,
                description=description,
                wait=wait,
                timeout=timeout,
            )
        )

    async def update(self, branch_name: str, description: str) -> bool:
        """Change the description of a branch.

        Args:
            branch_name: Its name.
            description: What it is for.

        Raises:
            BranchNotFoundError: There is no branch of that name.
        """
        from infrahub_sdk.core import branching

        return await self._run(branching.update(self.client, branch_name, description))

    @overload
    async def delete(
        self,
        branch_name: str,
        wait_until_completion: Literal[True] = ...,
        delete_from_git: bool = ...,
        timeout: int | None = ...,
    ) -> bool: ...
    @overload
    async def delete(
        self,
        branch_name: str,
        wait_until_completion: bool,
        delete_from_git: bool = ...,
        timeout: int | None = ...,
    ) -> bool | str: ...
    async def delete(
        self,
        branch_name: str,
        wait_until_completion: bool = True,
        delete_from_git: bool = False,
        timeout: int | None = None,
    ) -> bool | str:
        """Delete a branch, and forget what the client has read of it.

        Args:
            branch_name: Its name.
            wait_until_completion: Whether to wait until it is gone.
            delete_from_git: Delete the branch in the Git repositories too; servers from 1.9 on can do that.
            timeout: Seconds; 300, or the client's if that is more, when None.

        Returns:
            True; or, when not waiting, the id of the task that deletes it.

        Raises:
            BranchNotFoundError: There is no branch of that name.
            GraphQLError: It is the default branch, or the server has another reason.
            VersionNotSupportedError: The server cannot delete a branch from Git.
        """
        from infrahub_sdk.core import branching

        return await self._run(
            branching.delete(
                self.client, branch_name, wait=wait_until_completion, delete_from_git=delete_from_git, timeout=timeout
            )
        )

    @overload
    async def merge(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> bool: ...
    @overload
    async def merge(self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...) -> bool | str: ...
    async def merge(
        self, branch_name: str, wait_until_completion: bool = True, timeout: int | None = None
    ) -> bool | str:
        """Merge a branch into the default branch, whose schema is read anew when it is needed next.

        Args:
            branch_name: Its name.
            wait_until_completion: Whether to wait until it is merged. If not, read the schema again yourself
                (`client.schema.all(refresh=True)`) when the task has ended and the branch had changed it.
            timeout: Seconds; 300, or the client's if that is more, when None.

        Returns:
            True; or, when not waiting, the id of the task that merges it.

        Raises:
            BranchNotFoundError: There is no branch of that name.
            GraphQLError: The server refuses, because of conflicts for example.
            Error: The server passed the branch over, because it has to be rebased first for example.
        """
        from infrahub_sdk.core import branching

        return await self._run(branching.merge(self.client, branch_name, wait=wait_until_completion, timeout=timeout))

    @overload
    async def rebase(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> BranchData: ...
    @overload
    async def rebase(
        self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...
    ) -> BranchData | str: ...
    async def rebase(
        self, branch_name: str, wait_until_completion: bool = True, timeout: int | None = None
    ) -> BranchData | str:
        """Put the changes of a branch on top of what the default branch has now; its schema is read anew afterwards.

        Args:
            branch_name: Its name.
            wait_until_completion: Whether to wait until it is done. If not, read the schema again yourself, as after
                `merge`.
            timeout: Seconds; 300, or the client's if that is more, when None.

        Returns:
            The branch; or, when not waiting, the id of the task that rebases it.

        Raises:
            BranchNotFoundError: There is no branch of that name.
            GraphQLError: The server refuses, because of conflicts for example.
        """
        from infrahub_sdk.core import branching

        return await self._run(branching.rebase(self.client, branch_name, wait=wait_until_completion, timeout=timeout))

    @overload
    async def validate(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> BranchData: ...
    @overload
    async def validate(
        self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...
    ) -> BranchData | str: ...
    async def validate(
        self, branch_name: str, wait_until_completion: bool = True, timeout: int | None = None
    ) -> BranchData | str:
        """Find out whether a branch has conflicts with the default branch, as far as the server knows.

        The server looks at the comparison of both that it made last (1.11): it makes one for a proposed change, and
        when the branch is to be merged or rebased.

        Args:
            branch_name: Its name.
            wait_until_completion: Whether to wait for the result.
            timeout: Seconds; 300, or the client's if that is more, when None.

        Returns:
            The branch, which has none; or, when not waiting, the id of the task that looks.

        Raises:
            BranchNotFoundError: There is no branch of that name.
            GraphQLError: It has conflicts.
        """
        from infrahub_sdk.core import branching

        return await self._run(
            branching.validate(self.client, branch_name, wait=wait_until_completion, timeout=timeout)
        )


# Only here: names that programs import from this module.
if TYPE_CHECKING:
    from infrahub_sdk.branch_base import BRANCH_DATA as BRANCH_DATA
    from infrahub_sdk.branch_base import BRANCH_DATA_FILTER as BRANCH_DATA_FILTER
    from infrahub_sdk.branch_base import MUTATION_QUERY_DATA as MUTATION_QUERY_DATA
    from infrahub_sdk.branch_base import MUTATION_QUERY_TASK as MUTATION_QUERY_TASK
    from infrahub_sdk.branch_base import QUERY_ALL_BRANCHES_DATA as QUERY_ALL_BRANCHES_DATA
    from infrahub_sdk.branch_base import QUERY_ONE_BRANCH_DATA as QUERY_ONE_BRANCH_DATA
    from infrahub_sdk.branch_base import BranchStatus as BranchStatus
    from infrahub_sdk.branch_sync import InfrahubBranchManagerSync as InfrahubBranchManagerSync

__getattr__ = forwards(
    __name__,
    {
        "BRANCH_DATA": "infrahub_sdk.branch_base",
        "BRANCH_DATA_FILTER": "infrahub_sdk.branch_base",
        "BranchData": "infrahub_sdk.branch_base",
        "BranchNotFoundError": "infrahub_sdk.exceptions",
        "BranchStatus": "infrahub_sdk.branch_base",
        "InfrahubBranchManagerSync": "infrahub_sdk.branch_sync",
        "MUTATION_QUERY_DATA": "infrahub_sdk.branch_base",
        "MUTATION_QUERY_TASK": "infrahub_sdk.branch_base",
        "Mutation": "infrahub_sdk.graphql.query",
        "QUERY_ALL_BRANCHES_DATA": "infrahub_sdk.branch_base",
        "QUERY_ONE_BRANCH_DATA": "infrahub_sdk.branch_base",
        "Query": "infrahub_sdk.graphql.query",
    },
)
# Until here.
