"""Branches as data: what the server tells of one, and what is asked for."""

from __future__ import annotations

from enum import Enum
from typing import Any

from infrahub_sdk.model import Model

__all__ = [
    "BRANCH_DATA",
    "BRANCH_DATA_FILTER",
    "MUTATION_QUERY_DATA",
    "MUTATION_QUERY_TASK",
    "QUERY_ALL_BRANCHES_DATA",
    "QUERY_ONE_BRANCH_DATA",
    "BranchData",
    "BranchStatus",
]

BRANCH_DATA: dict[str, Any] = {
    "id": None,
    "name": None,
    "description": None,
    "origin_branch": None,
    "branched_from": None,
    "is_default": None,
    "sync_with_git": None,
    "has_schema_changes": None,
    "graph_version": None,
    "status": None,
}
BRANCH_DATA_FILTER: dict[str, Any] = {"@filters": {"name": "$branch_name"}}
MUTATION_QUERY_DATA: dict[str, Any] = {"ok": None, "object": BRANCH_DATA}
MUTATION_QUERY_TASK: dict[str, Any] = {"ok": None, "task": {"id": None}}
QUERY_ALL_BRANCHES_DATA: dict[str, Any] = {"Branch": BRANCH_DATA}
QUERY_ONE_BRANCH_DATA: dict[str, Any] = {"Branch": {**BRANCH_DATA, **BRANCH_DATA_FILTER}}


class BranchStatus(str, Enum):
    """What a branch is fit for, or what is being done to it."""

    OPEN = "OPEN"
    NEED_REBASE = "NEED_REBASE"
    NEED_UPGRADE_REBASE = "NEED_UPGRADE_REBASE"
    DELETING = "DELETING"
    MERGING = "MERGING"
    MERGE_FAILED = "MERGE_FAILED"
    MERGED = "MERGED"


class BranchData(Model):
    """A branch.

    Attributes:
        id: Its id.
        name: Its name.
        description: What it is for.
        sync_with_git: Whether it is made in the Git repositories too.
        is_default: Whether it is the branch that others are merged into.
        has_schema_changes: Whether its schema differs from that of the default branch.
        graph_version: The version of the database's layout. Servers before 1.5 do not tell.
        status: What it is fit for. Servers before 1.5 do not tell; it is OPEN then.
        origin_branch: The branch that it was made from.
        branched_from: Since when it goes its own way, as ISO 8601; a rebase makes that now.
    """

    id: str
    name: str
    description: str | None = None
    sync_with_git: bool
    is_default: bool
    has_schema_changes: bool
    graph_version: int | None = None
    status: BranchStatus = BranchStatus.OPEN
    origin_branch: str | None = None
    branched_from: str
