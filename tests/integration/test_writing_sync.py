# Made from test_writing.py by tools/twins.py; change that one.
"""What the clients write to a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.core.saving import planned, planned_deletion, promise_id, send_writes
from infrahub_sdk.exceptions import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server


def tags_of(client: InfrahubClientSync, *names: str) -> list[Any]:
    tags = [client.create("BuiltinTag", name=name) for name in names]
    for tag in tags:
        tag.save()
    return tags


def read_again(client: InfrahubClientSync, node: Any) -> Any:
    return client.get(node.get_kind(), id=node.id, include=["tags"], populate_store=False)


def test_writes_in_one_request_have_their_own_outcomes(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        names = [unique("a"), unique("a"), unique("b")]
        tags = [client.create("BuiltinTag", name=name) for name in names]
        outcomes = client._run(send_writes(client, [planned(tag) for tag in tags]))
        assert outcomes[0] is outcomes[2] is None
        assert isinstance(outcomes[1], GraphQLError)
        assert [error["path"] for error in outcomes[1].errors] == [["BuiltinTagCreate"]]
        assert [tag._existing for tag in tags] == [True, False, True]
        kept = [tags[0], tags[2]]
        assert client.count("BuiltinTag", ids=[tag.id for tag in kept]) == 2
        assert client._run(send_writes(client, [planned_deletion(tag) for tag in kept])) == [None, None]
        assert client.count("BuiltinTag", ids=[tag.id for tag in kept]) == 0


def test_values_in_variables_find_their_writes(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        values = [{"a": 1}, ["x", {"y": None}], {"a-b": 2**40}]
        samples = [
            client.create("TestingSample", name=unique(f"s{index}"), a_json=value, a_password=f"secret{index}")
            for index, value in enumerate(values)
        ]
        assert client._run(send_writes(client, [planned(sample) for sample in samples])) == [None] * 3
        for index, (sample, value) in enumerate(zip(samples, values)):
            read = client.get("TestingSample", id=sample.id, populate_store=False)
            assert (read.a_json.value, read.a_password.value) == (value, f"secret{index}")
            sample.delete()


def test_a_document_that_is_refused_costs_only_the_guilty_its_write(
    server: Server, unique: Callable[[str], str]
) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        good, bad = [client.create("BuiltinTag", name=unique(name)) for name in ("good", "bad")]
        writes = [planned(good), planned(bad)]
        assert writes[1] is not None
        writes[1].mutations[0].said["no_such_field"] = {"value": 1}
        outcomes = client._run(send_writes(client, writes))
        assert outcomes[0] is None
        with pytest.raises(GraphQLError, match="no_such_field"):
            raise outcomes[1]
        assert (good._existing, bad._existing) == (True, False)
        good.delete()


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
def test_a_node_is_created_under_the_id_that_the_client_chose(
    server: Server, unique: Callable[[str], str], kind: str, fields: dict[str, str]
) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        node = client.create(kind, data={k: unique("own") if v == "x" else v for k, v in fields.items()})
        promised = promise_id(node)
        assert node.id is None
        node.save()
        assert node.id == promised
        assert (client.get(kind, id=promised, populate_store=False)).id == promised
        node.delete()


def test_a_node_that_an_earlier_save_created_is_taken_and_brought_up_to_date(
    server: Server, unique: Callable[[str], str]
) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        tag = client.create("BuiltinTag", name=unique("early"), description="first")
        document = (
            f'mutation {{ BuiltinTagCreate(data: {{id: "{promise_id(tag)}", name: {{value: "{tag.name.value}"}}, '
            'description: {value: "first"}}) { ok } }'
        )
        client.execute_graphql(document)  # of which this client has never heard the answer
        tag.description = "second"
        tag.save()
        read = client.get("BuiltinTag", id=tag.id, populate_store=False)
        assert read.description.value == "second"
        tag.delete()


def test_peers_that_others_add_meanwhile_stay(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client, InfrahubClientSync(config=server.config()) as other:
        red, green, blue = tags_of(client, unique("red"), unique("green"), unique("blue"))
        device = client.create("DcimDevice", name=unique("shared"), tags=[red])
        device.save()
        mine = client.get("DcimDevice", id=device.id, populate_store=False)
        theirs = other.get("DcimDevice", id=device.id, populate_store=False)
        mine.tags.add(green)
        mine.description = "mine"
        theirs.tags.add(blue)
        theirs.tags.remove(red)
        mine.save()
        theirs.save()
        read = read_again(client, device)
        assert sorted(read.tags.peer_ids) == sorted([green.id, blue.id])
        assert read.description.value == "mine"
        for node in (device, red, green, blue):
            node.delete()


def test_members_of_a_group_are_added_and_removed_one_by_one(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        red, green = tags_of(client, unique("red"), unique("green"))
        group = client.create("CoreStandardGroup", name=unique("group"), members=[red])
        group.save()
        group = client.get("CoreStandardGroup", id=group.id, include=["members"])
        group.members.add(green)
        group.members.remove(red)
        write = planned(group)
        assert [mutation.name for mutation in write.mutations] == ["RelationshipAdd", "RelationshipRemove"]
        group.save()
        read = client.get("CoreStandardGroup", id=group.id, include=["members"], populate_store=False)
        assert read.members.peer_ids == [green.id]
        for node in (group, red, green):
            node.delete()


def test_what_the_server_counts_is_replaced_as_a_list(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        parent, child = [client.create("CoreStandardGroup", name=unique(name)) for name in ("parent", "child")]
        parent.save()
        child.save()
        parent = client.get("CoreStandardGroup", id=parent.id, populate_store=False)
        parent.children.fetch()
        parent.children.add(child)
        assert [mutation.name for mutation in planned(parent).mutations] == ["CoreStandardGroupUpdate"]
        parent.save()
        device = client.create("DcimDevice", name=unique("device"))
        device.save()
        interface = client.create("DcimInterface", name="eth0", device=device)
        interface.save()
        device = client.get("DcimDevice", id=device.id, include=["interfaces"])
        device.interfaces.remove(interface)
        with pytest.raises(GraphQLError, match="device__interface"):
            device.save()
        for node in (interface, device, child, parent):
            node.delete()


def test_metadata_of_a_peer_is_saved(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        (red,) = tags_of(client, unique("red"))
        device = client.create("DcimDevice", name=unique("device"), tags=[red])
        device.save()
        device = client.get("DcimDevice", id=device.id, property=True)
        device.tags[0].is_protected = True
        device.save()
        read = client.get("DcimDevice", id=device.id, property=True, populate_store=False)
        assert read.tags[0].is_protected is True
        for node in (device, red):
            node.delete()
