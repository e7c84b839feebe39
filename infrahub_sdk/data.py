"""What the client tells about the server and about its repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.model import Field, Model

if TYPE_CHECKING:
    from infrahub_sdk.node.node import InfrahubNode
else:
    InfrahubNode = Any  # the node classes are not needed to hold a node

__all__ = ["RepositoryBranchInfo", "RepositoryData", "ServerInfo"]


class ServerInfo(Model):
    """The server's version and the id of its installation.

    >>> ServerInfo(version="1.11.9").version
    '1.11.9'
    """

    version: str = ""
    deployment_id: str = ""


class RepositoryBranchInfo(Model):
    """The state of a repository on one branch: `active`, `inactive` or `staging`."""

    internal_status: str


class RepositoryData(Model):
    """A repository and what the branches hold of it.

    Attributes:
        repository: The repository's node, of a kind that is a CoreGenericRepository.
        branches: The commit of each branch, by the branch's name.
        branch_info: The state on each branch, by the branch's name.
    """

    repository: InfrahubNode
    branches: dict[str, str]
    branch_info: dict[str, RepositoryBranchInfo] = Field(default_factory=dict)

    def get_staging_branch(self) -> str | None:
        """The branch on which the repository is being added, if there is one.

        >>> staging = RepositoryBranchInfo(internal_status="staging")
        >>> RepositoryData(repository=None, branches={"add": "4c1f"}, branch_info={"add": staging}).get_staging_branch()
        'add'
        """
        for branch, info in self.branch_info.items():
            if info.internal_status == "staging":
                return branch
        return None
