"""What the clients write to a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.core.saving import planned, planned_deletion, promise_id, send_writes
from infrahub_sdk.exceptions import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server


async def tags_of(client: InfrahubClient, *names: str) -> list[Any]:
    tags = [await client.create("BuiltinTag", name=name) for name in names]
    for tag in tags:
        await tag.save()
    return tags


async def read_again(client: InfrahubClient, node: Any) -> Any:
    return await client.get(node.get_kind(), id=node.id, include=["tags"], populate_store=False)


async def test_writes_in_one_request_have_their_own_outcomes(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        names = [unique("a"), unique("a"), unique("b")]
        tags = [await client.create("BuiltinTag", name=name) for name in names]
        outcomes = await client._run(send_writes(client, [planned(tag) for tag in tags]))
        assert outcomes[0] is outcomes[2] is None
        assert isinstance(outcomes[1], GraphQLError)
        assert [error["path"] for error in outcomes[1].errors] == [["BuiltinTagCreate"]]
        assert [tag._existing for tag in tags] == [True, False, True]
        kept = [tags[0], tags[2]]
        assert await client.count("BuiltinTag", ids=[tag.id for tag in kept]) == 2
        assert await client._run(send_writes(client, [planned_deletion(tag) for tag in kept])) == [None, None]
        assert await client.count("BuiltinTag", ids=[tag.id for tag in kept]) == 0


async def test_values_in_variables_find_their_writes(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        values = [{"a": 1}, ["x", {"y": None}], {"a-b": 2**40}]
        samples = [
            await client.create("TestingSample", name=unique(f"s{index}"), a_json=value, a_password=f"secret{index}")
            for index, value in enumerate(values)
        ]
        assert await client._run(send_writes(client, [planned(sample) for sample in samples])) == [None] * 3
        for index, (sample, value) in enumerate(zip(samples, values)):
            read = await client.get("TestingSample", id=sample.id, populate_store=False)
            assert (read.a_json.value, read.a_password.value) == (value, f"secret{index}")
            await sample.delete()


async def test_a_document_that_is_refused_costs_only_the_guilty_its_write(
    server: Server, unique: Callable[[str], str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        good, bad = [await client.create("BuiltinTag", name=unique(name)) for name in ("good", "bad")]
        writes = [planned(good), planned(bad)]
        assert writes[1] is not None
        writes[1].mutations[0].said["no_such_field"] = {"value": 1}
        outcomes = await client._run(send_writes(client, writes))
        assert outcomes[0] is None
        with pytest.raises(GraphQLError, match="no_such_field"):
            raise outcomes[1]
        assert (good._existing, bad._existing) == (True, False)
        await good.delete()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("BuiltinTag", {"name": "x"}),
        ("LocationSite", {"name": "x", "shortname": "x"}),
        ("CoreStandardGroup", {"name": "x"}),
        ("ProfileBuiltinTag", {"profile_name": "x"}),
        ("TemplateDcimDevice", {"template_name": "x"}),
        ("IpamNamespace", {"name": "x"}),
        ("CoreGraphQLQuery", {"name": "x", "query": "query { BuiltinTag { count } }"}),
    ],
)
async def test_a_node_is_created_under_the_id_that_the_client_chose(
    server: Server, unique: Callable[[str], str], kind: str, fields: dict[str, str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        node = await client.create(kind, data={k: unique("own") if v == "x" else v for k, v in fields.items()})
        promised = promise_id(node)
        assert node.id is None
        await node.save()
        assert node.id == promised
        assert (await client.get(kind, id=promised, populate_store=False)).id == promised
        await node.delete()


async def test_a_node_that_an_earlier_save_created_is_taken_and_brought_up_to_date(
    server: Server, unique: Callable[[str], str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tag = await client.create("BuiltinTag", name=unique("early"), description="first")
        document = (
            f'mutation {{ BuiltinTagCreate(data: {{id: "{promise_id(tag)}", name: {{value: "{tag.name.value}"}}, '
            'description: {value: "first"}}) { ok } }'
        )
        await client.execute_graphql(document)  # of which this client has never heard the answer
        tag.description = "second"
        await tag.save()
        read = await client.get("BuiltinTag", id=tag.id, populate_store=False)
        assert read.description.value == "second"
        await tag.delete()


async def test_peers_that_others_add_meanwhile_stay(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client, InfrahubClient(config=server.config()) as other:
        red, green, blue = await tags_of(client, unique("red"), unique("green"), unique("blue"))
        device = await client.create("DcimDevice", name=unique("shared"), tags=[red])
        await device.save()
        mine = await client.get("DcimDevice", id=device.id, populate_store=False)
        theirs = await other.get("DcimDevice", id=device.id, populate_store=False)
        mine.tags.add(green)
        mine.description = "mine"
        theirs.tags.add(blue)
        theirs.tags.remove(red)
        await mine.save()
        await theirs.save()
        read = await read_again(client, device)
        assert sorted(read.tags.peer_ids) == sorted([green.id, blue.id])
        assert read.description.value == "mine"
        for node in (device, red, green, blue):
            await node.delete()


async def test_members_of_a_group_are_added_and_removed_one_by_one(
    server: Server, unique: Callable[[str], str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        red, green = await tags_of(client, unique("red"), unique("green"))
        group = await client.create("CoreStandardGroup", name=unique("group"), members=[red])
        await group.save()
        group = await client.get("CoreStandardGroup", id=group.id, include=["members"])
        group.members.add(green)
        group.members.remove(red)
        write = planned(group)
        assert [mutation.name for mutation in write.mutations] == ["RelationshipAdd", "RelationshipRemove"]
        await group.save()
        read = await client.get("CoreStandardGroup", id=group.id, include=["members"], populate_store=False)
        assert read.members.peer_ids == [green.id]
        for node in (group, red, green):
            await node.delete()


async def test_what_the_server_counts_is_replaced_as_a_list(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        parent, child = [await client.create("CoreStandardGroup", name=unique(name)) for name in ("parent", "child")]
        await parent.save()
        await child.save()
        parent = await client.get("CoreStandardGroup", id=parent.id, populate_store=False)
        await parent.children.fetch()
        parent.children.add(child)
        assert [mutation.name for mutation in planned(parent).mutations] == ["CoreStandardGroupUpdate"]
        await parent.save()
        device = await client.create("DcimDevice", name=unique("device"))
        await device.save()
        interface = await client.create("DcimInterface", name="eth0", device=device)
        await interface.save()
        device = await client.get("DcimDevice", id=device.id, include=["interfaces"])
        device.interfaces.remove(interface)
        with pytest.raises(GraphQLError, match="device__interface"):
            await device.save()
        for node in (interface, device, child, parent):
            await node.delete()


async def test_metadata_of_a_peer_is_saved(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        (red,) = await tags_of(client, unique("red"))
        device = await client.create("DcimDevice", name=unique("device"), tags=[red])
        await device.save()
        device = await client.get("DcimDevice", id=device.id, property=True)
        device.tags[0].is_protected = True
        await device.save()
        read = await client.get("DcimDevice", id=device.id, property=True, populate_store=False)
        assert read.tags[0].is_protected is True
        for node in (device, red):
            await node.delete()
