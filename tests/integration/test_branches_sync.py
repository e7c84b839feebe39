# Made from test_branches.py by tools/twins.py; change that one.
"""Branches on a real server, of whichever release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.branch_base import BranchStatus
from infrahub_sdk.exceptions import BranchNotFoundError, GraphQLError, VersionNotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server

PATIENCE = 120  # looks, one a second, until something that nobody waits for has to be there


def test_a_branch_from_its_beginning_to_its_end(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        name = unique("branch")
        client.schema.wait_until_converged()  # or a worker that lags behind takes the branch's schema for changed
        made = client.branch.create(name, description="why")
        assert (made.name, made.description, made.sync_with_git, made.is_default) == (name, "why", False, False)
        assert (made.status, made.has_schema_changes, made.origin_branch) == (BranchStatus.OPEN, False, "main")
        assert (made.graph_version is None) is not server.at_least("1.5")
        assert client.branch.get(branch_name=name) == made
        branches = client.branch.all()
        assert branches[name] == made
        assert branches["main"].is_default

        assert client.branch.update(name, description="because") is True
        assert (client.branch.get(name)).description == "because"

        tag = client.create("BuiltinTag", name=unique("tag"), branch=name)
        tag.save()
        assert client.count("BuiltinTag", name__value=unique("tag")) == 0
        rebased = client.branch.rebase(name)
        assert rebased.name == name
        assert rebased.branched_from > made.branched_from
        assert (client.branch.validate(name)).name == name
        assert client.branch.merge(name) is True
        assert (client.get("BuiltinTag", name__value=unique("tag"))).id == tag.id
        merged = client.branch.get(name)
        assert merged.status == (BranchStatus.MERGED if server.at_least("1.9") else BranchStatus.OPEN)

        assert client.branch.delete(name) is True
        with pytest.raises(BranchNotFoundError, match=name):
            client.branch.get(name)
        client.delete("BuiltinTag", id=tag.id)


def test_a_branch_that_nobody_waits_for_comes_and_goes(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        name = unique("behind")
        tasks = [client.branch.create(name, background_execution=True)]
        until(client, name, there=True)
        tasks.append(client.branch.validate(name, wait_until_completion=False))
        tasks.append(client.branch.delete(name, wait_until_completion=False))
        until(client, name, there=False)
        assert all(isinstance(task, str) for task in tasks)
        assert len(set(tasks)) == 3


def until(client: InfrahubClientSync, name: str, *, there: bool) -> None:
    for _ in range(PATIENCE):
        if (name in client.branch.all()) is there:
            return
        client._run(client._port.sleep(1))
    raise AssertionError(f"{name} is still {'not ' if there else ''}there")


def test_a_branch_that_is_not_there_is_named(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        name = unique("nowhere")
        manager = client.branch
        for call in (manager.get, manager.delete, manager.merge, manager.rebase, manager.validate):
            with pytest.raises(BranchNotFoundError, match=name):
                call(name)
        with pytest.raises(BranchNotFoundError, match=name):
            manager.update(name, description="x")


def test_names_that_cannot_be_are_refused_by_the_server(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        name = unique("twice")
        client.branch.create(name)
        with pytest.raises(GraphQLError, match="exist"):
            client.branch.create(name)
        client.branch.delete(name)
        with pytest.raises(GraphQLError, match=r"(?i)branch name|name.*(characters|pattern)"):
            client.branch.create("no spaces, please")
        with pytest.raises(GraphQLError, match="default branch"):
            client.branch.delete("main")


def test_a_branch_with_conflicts_is_not_merged(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        tag = client.create("BuiltinTag", name=unique("contested"), description="first")
        tag.save()
        name = unique("conflict")
        client.branch.create(name)
        there = client.get("BuiltinTag", branch=name, id=tag.id)
        there.description = "there"
        there.save()
        tag.description = "here"
        tag.save()
        with pytest.raises(GraphQLError, match="conflict"):
            client.branch.merge(name)
        with pytest.raises(GraphQLError, match="conflict"):
            client.branch.validate(name)
        assert (client.get("BuiltinTag", id=tag.id)).description.value == "here"
        client.branch.delete(name)
        tag.delete()


def test_a_kind_that_a_merge_brings_is_known_afterwards(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config(timeout=300)) as client:
        branch, name = unique("kind"), f"Brought{unique('x')[2:]}"
        kind = {"name": name, "namespace": "Testing", "attributes": [{"name": "name", "kind": "Text"}]}
        client.branch.create(branch)
        client.schema.all()
        loaded = client.schema.load([{"version": "1.0", "nodes": [kind]}], branch=branch, wait_until_converged=True)
        assert not loaded.errors
        assert f"Testing{name}" not in client.schema.cache["main"].nodes
        client.branch.merge(branch)
        client.schema.wait_until_converged()  # older servers tell their workers after the merge
        node = client.create(f"Testing{name}", name="x")
        node.save()
        node.delete()
        client.branch.delete(branch)
        gone = {"version": "1.0", "nodes": [{**kind, "state": "absent"}]}
        assert not (client.schema.load([gone], wait_until_converged=True)).errors


def test_a_branch_is_deleted_in_git_where_the_server_can(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        name = unique("git")
        client.branch.create(name)
        if server.at_least("1.9"):
            assert client.branch.delete(name, delete_from_git=True) is True
        else:
            with pytest.raises(VersionNotSupportedError, match=rf"requires Infrahub 1\.9 .* is {server.version}"):
                client.branch.delete(name, delete_from_git=True)
            assert client.branch.delete(name) is True
