# Made from branch.py by tools/twins.py; change that one.
"""Branches as the synchronous client offers them: `client.branch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from infrahub_sdk.core.port import SyncFacade

if TYPE_CHECKING:
    from infrahub_sdk.branch_base import BranchData
    from infrahub_sdk.client_sync import InfrahubClientSync

__all__ = ["InfrahubBranchManagerSync"]


class InfrahubBranchManagerSync(SyncFacade):
    """Reads, makes, merges and deletes branches.

    A call that changes something waits until the server has done it, five minutes at the least; with
    `wait_until_completion=False` it returns the id of the task that does it. When the answer gets lost on its way, the
    client looks what has become of the branch; where that does not show, the error says that the outcome is not known.

    Args:
        client: The client to read and write with.
    """

    def __init__(self, client: InfrahubClientSync) -> None:
        self.client = client

    def all(self) -> dict[str, BranchData]:
        """All branches by name."""
        from infrahub_sdk.core import branching

        return self._run(branching.all_branches(self.client))

    def get(self, branch_name: str) -> BranchData:
        """One branch.

        Args:
            branch_name: Its name.

        Raises:
            BranchNotFoundError: There is no branch of that name.
        """
        from infrahub_sdk.core import branching

        return self._run(branching.get(self.client, branch_name))

    @overload
    def create(
        self,
        branch_name: str,
        sync_with_git: bool = ...,
        description: str = ...,
        wait_until_completion: Literal[True] = ...,
        background_execution: Literal[False] | None = ...,
        timeout: int | None = ...,
    ) -> BranchData: ...
    @overload
    def create(
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
    def create(
        self,
        branch_name: str,
        sync_with_git: bool = ...,
        description: str = ...,
        *,
        wait_until_completion: bool = ...,
        background_execution: bool | None = ...,
        timeout: int | None = ...,
    ) -> BranchData | str: ...
    def create(
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
        return self._run(
            branching.create(
                self.client,
                branch_name,
                sync_with_git=sync_with_git,
                description=description,
                wait=wait,
                timeout=timeout,
            )
        )

    def update(self, branch_name: str, description: str) -> bool:
        """Change the description of a branch.

        Args:
            branch_name: Its name.
            description: What it is for.

        Raises:
            BranchNotFoundError: There is no branch of that name.
        """
        from infrahub_sdk.core import branching

        return self._run(branching.update(self.client, branch_name, description))

    @overload
    def delete(
        self,
        branch_name: str,
        wait_until_completion: Literal[True] = ...,
        delete_from_git: bool = ...,
        timeout: int | None = ...,
    ) -> bool: ...
    @overload
    def delete(
        self,
        branch_name: str,
        wait_until_completion: bool,
        delete_from_git: bool = ...,
        timeout: int | None = ...,
    ) -> bool | str: ...
    def delete(
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

        return self._run(
            branching.delete(
                self.client, branch_name, wait=wait_until_completion, delete_from_git=delete_from_git, timeout=timeout
            )
        )

    @overload
    def merge(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> bool: ...
    @overload
    def merge(self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...) -> bool | str: ...
    def merge(self, branch_name: str, wait_until_completion: bool = True, timeout: int | None = None) -> bool | str:
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

        return self._run(branching.merge(self.client, branch_name, wait=wait_until_completion, timeout=timeout))

    @overload
    def rebase(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> BranchData: ...
    @overload
    def rebase(self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...) -> BranchData | str: ...
    def rebase(
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

        return self._run(branching.rebase(self.client, branch_name, wait=wait_until_completion, timeout=timeout))

    @overload
    def validate(
        self, branch_name: str, wait_until_completion: Literal[True] = ..., timeout: int | None = ...
    ) -> BranchData: ...
    @overload
    def validate(
        self, branch_name: str, wait_until_completion: bool, timeout: int | None = ...
    ) -> BranchData | str: ...
    def validate(
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

        return self._run(branching.validate(self.client, branch_name, wait=wait_until_completion, timeout=timeout))
