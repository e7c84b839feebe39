"""Branches on a real server, of whichever release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.branch_base import BranchStatus
from infrahub_sdk.exceptions import BranchNotFoundError, GraphQLError, VersionNotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server

PATIENCE = 120  # looks, one a second, until something that nobody waits for has to be there


async def test_a_branch_from_its_beginning_to_its_end(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        name = unique("branch")
        await client.schema.wait_until_converged()  # or a worker that lags behind takes the branch's schema for changed
        made = await client.branch.create(name, description="why")
        assert (made.name, made.description, made.sync_with_git, made.is_default) == (name, "why", False, False)
        assert (made.status, made.has_schema_changes, made.origin_branch) == (BranchStatus.OPEN, False, "main")
        assert (made.graph_version is None) is not server.at_least("1.5")
        assert await client.branch.get(branch_name=name) == made
        branches = await client.branch.all()
        assert branches[name] == made
        assert branches["main"].is_default

        assert await client.branch.update(name, description="because") is True
        assert (await client.branch.get(name)).description == "because"

        tag = await client.create("BuiltinTag", name=unique("tag"), branch=name)
        await tag.save()
        assert await client.count("BuiltinTag", name__value=unique("tag")) == 0
        rebased = await client.branch.rebase(name)
        assert rebased.name == name
        assert rebased.branched_from > made.branched_from
        assert (await client.branch.validate(name)).name == name
        assert await client.branch.merge(name) is True
        assert (await client.get("BuiltinTag", name__value=unique("tag"))).id == tag.id
        merged = await client.branch.get(name)
        assert merged.status == (BranchStatus.MERGED if server.at_least("1.9") else BranchStatus.OPEN)

        assert await client.branch.delete(name) is True
        with pytest.raises(BranchNotFoundError, match=name):
            await client.branch.get(name)
        await client.delete("BuiltinTag", id=tag.id)


async def test_a_branch_that_nobody_waits_for_comes_and_goes(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        name = unique("behind")
        tasks = [await client.branch.create(name, background_execution=True)]
        await until(client, name, there=True)
        tasks.append(await client.branch.validate(name, wait_until_completion=False))
        tasks.append(await client.branch.delete(name, wait_until_completion=False))
        await until(client, name, there=False)
        assert all(isinstance(task, str) for task in tasks)
        assert len(set(tasks)) == 3


async def until(client: InfrahubClient, name: str, *, there: bool) -> None:
    for _ in range(PATIENCE):
        if (name in await client.branch.all()) is there:
            return
        await client._run(client._port.sleep(1))
    raise AssertionError(f"{name} is still {'not ' if there else ''}there")


async def test_a_branch_that_is_not_there_is_named(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        name = unique("nowhere")
        manager = client.branch
        for call in (manager.get, manager.delete, manager.merge, manager.rebase, manager.validate):
            with pytest.raises(BranchNotFoundError, match=name):
                await call(name)
        with pytest.raises(BranchNotFoundError, match=name):
            await manager.update(name, description="x")


async def test_names_that_cannot_be_are_refused_by_the_server(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        name = unique("twice")
        await client.branch.create(name)
        with pytest.raises(GraphQLError, match="exist"):
            await client.branch.create(name)
        await client.branch.delete(name)
        with pytest.raises(GraphQLError, match=r"(?i)branch name|name.*(characters|pattern)"):
            await client.branch.create("no spaces, please")
        with pytest.raises(GraphQLError, match="default branch"):
            await client.branch.delete("main")


async def test_a_branch_with_conflicts_is_not_merged(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tag = await client.create("BuiltinTag", name=unique("contested"), description="first")
        await tag.save()
        name = unique("conflict")
        await client.branch.create(name)
        there = await client.get("BuiltinTag", branch=name, id=tag.id)
        there.description = "there"
        await there.save()
        tag.description = "here"
        await tag.save()
        with pytest.raises(GraphQLError, match="conflict"):
            await client.branch.merge(name)
        with pytest.raises(GraphQLError, match="conflict"):
            await client.branch.validate(name)
        assert (await client.get("BuiltinTag", id=tag.id)).description.value == "here"
        await client.branch.delete(name)
        await tag.delete()


async def test_a_kind_that_a_merge_brings_is_known_afterwards(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config(timeout=300)) as client:
        branch, name = unique("kind"), f"Brought{unique('x')[2:]}"
        kind = {"name": name, "namespace": "Testing", "attributes": [{"name": "name", "kind": "Text"}]}
        await client.branch.create(branch)
        await client.schema.all()
        loaded = await client.schema.load(
            [{"version": "1.0", "nodes": [kind]}], branch=branch, wait_until_converged=True
        )
        assert not loaded.errors
        assert f"Testing{name}" not in client.schema.cache["main"].nodes
        await client.branch.merge(branch)
        await client.schema.wait_until_converged()  # older servers tell their workers after the merge
        node = await client.create(f"Testing{name}", name="x")
        await node.save()
        await node.delete()
        await client.branch.delete(branch)
        gone = {"version": "1.0", "nodes": [{**kind, "state": "absent"}]}
        assert not (await client.schema.load([gone], wait_until_converged=True)).errors


async def test_a_branch_is_deleted_in_git_where_the_server_can(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        name = unique("git")
        await client.branch.create(name)
        if server.at_least("1.9"):
            assert await client.branch.delete(name, delete_from_git=True) is True
        else:
            with pytest.raises(VersionNotSupportedError, match=rf"requires Infrahub 1\.9 .* is {server.version}"):
                await client.branch.delete(name, delete_from_git=True)
            assert await client.branch.delete(name) is True
