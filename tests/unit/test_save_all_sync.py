# Made from test_save_all.py by tools/twins.py; change that one.
"""Saving nodes that refer to one another: in which order, in how many requests, and what an error says."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.exceptions import GraphQLError, NodesNotSavedError, ServerNotReachableError, ValidationError
from tests.model import Model, Refusal
from tests.model_data import Branch
from tests.unit.fake import noting
from tests.unit.kinds import NAME, kind, relationship, schema


def schema_with_circles() -> dict[str, Any]:
    """Kinds that refer to each other: a team needs its lead, and has members; a person may have a team."""
    found = schema()
    found["nodes"] += [
        kind(
            "Test", "Team",
            human_friendly_id=["name__value"],
            attributes=[NAME],
            relationships=[
                relationship("lead", "TestPerson", optional=False, identifier="team__lead"),
                relationship("members", "TestPerson", "many", identifier="team__members"),
                relationship("parent", "TestTeam", identifier="team__parent"),
            ],
        ),
        kind(
            "Test", "Person",
            human_friendly_id=["name__value"],
            attributes=[NAME],
            relationships=[
                relationship("team", "TestTeam", identifier="person__team"),
                relationship("partner", "TestPartner", identifier="person__partner"),
            ],
        ),
        kind(
            "Test", "Partner",
            human_friendly_id=["name__value"],
            attributes=[NAME],
            relationships=[relationship("other", "TestPartner", optional=False, identifier="partner__other")],
        ),
    ]  # fmt: skip
    return found


@pytest.fixture
def model() -> Model:
    return Model(schema_with_circles())


@pytest.fixture
def client(model: Model) -> InfrahubClientSync:
    return InfrahubClientSync(config=model.config())


def id_of(model: Model, kind: str, name: str) -> str:
    (found,) = [node["id"] for node in model.state(kind) if node["name"] == name]
    assert isinstance(found, str)
    return found


def rack(client: InfrahubClientSync, devices: int, interfaces: int) -> list[Any]:
    """Devices on one platform with their interfaces, each before what it needs."""
    platform = client.create("DcimPlatform", name="eos")
    nodes: list[Any] = [platform]
    for number in range(devices):
        device = client.create("DcimDevice", name=f"edge{number}", platform=platform)
        nodes.append(device)
        nodes += [client.create("DcimInterface", name=f"eth{i}", device=device) for i in range(interfaces)]
    return nodes[::-1]


def test_nodes_that_refer_to_one_another_are_saved_in_any_order(model: Model, client: InfrahubClientSync) -> None:
    nodes = rack(client, devices=2, interfaces=3)
    client.save_all(nodes)
    assert len(model.state()) == len(nodes) == 9
    assert {node["platform"] for node in model.state("DcimDevice")} == {id_of(model, "DcimPlatform", "eos")}
    assert all(node.id and client.store.get(node.id) is node for node in nodes)
    assert len(model.asked) == 1


def test_what_hangs_together_travels_together(model: Model, client: InfrahubClientSync) -> None:
    platform = client.create("DcimPlatform", name="eos")
    platform.save()
    model.asked.clear()
    nodes: list[Any] = []
    for number in range(5):
        device = client.create("DcimDevice", name=f"edge{number}", platform=platform)
        nodes.append(device)
        nodes += [client.create("DcimInterface", name=f"eth{i}", device=device) for i in range(20)]
    client.save_all(nodes)
    assert len(model.asked) == 5
    assert len(model.state("DcimInterface")) == 100


def test_many_nodes_around_one_take_few_requests(model: Model, client: InfrahubClientSync) -> None:
    nodes = rack(client, devices=30, interfaces=5)
    client.save_all(nodes)
    assert len(model.state()) == 181
    assert len(model.asked) <= 12
    assert not [run for run in model.runs if run.refusal]


def test_nodes_that_are_given_twice_are_written_once(model: Model, client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red")
    client.save_all([tag, tag])
    assert [run.name for run in model.runs] == ["BuiltinTagCreate"]


def test_changed_nodes_are_updated_and_others_are_not_sent(model: Model, client: InfrahubClientSync) -> None:
    model.add("BuiltinTag", name={"value": "red"})
    model.add("BuiltinTag", name={"value": "blue"})
    red, blue = sorted(client.all("BuiltinTag"), key=lambda tag: tag.name.value, reverse=True)
    red.description = "changed"
    site = client.create("LocationSite", name="atl1", shortname="atl1")
    client.save_all([red, blue, site])
    assert sorted(run.name for run in model.runs) == ["BuiltinTagUpdate", "LocationSiteCreate"]


def test_a_saved_node_can_come_to_refer_to_a_new_one(model: Model, client: InfrahubClientSync) -> None:
    client.save_all(rack(client, devices=1, interfaces=0))
    (device,) = client.all("DcimDevice", populate_store=False)
    site = client.create("LocationSite", name="atl1", shortname="atl1")
    red = client.create("BuiltinTag", name="red")
    device.location = site
    device.tags.add(red)
    client.save_all([device, red, site])
    (stored,) = model.state("DcimDevice")
    assert (stored["location"], stored["tags"]) == (site.id, [red.id])


def test_nothing_to_save_sends_nothing(model: Model, client: InfrahubClientSync) -> None:
    client.save_all([])
    assert model.asked == []


def test_a_node_may_name_another_by_its_human_friendly_id(model: Model, client: InfrahubClientSync) -> None:
    platform = client.create("DcimPlatform", name="eos")
    device = client.create("DcimDevice", name="edge1", platform=platform, location=["atl1"], tags=[["red"]])
    red = client.create("BuiltinTag", name="red")
    site = client.create("LocationSite", name="Atlanta", shortname="atl1")
    client.save_all([device, red, site, platform])
    (stored,) = model.state("DcimDevice")
    assert (stored["location"], stored["tags"]) == (site.id, [red.id])


def test_progress_is_told(client: InfrahubClientSync) -> None:
    told: list[tuple[int, int]] = []
    nodes = rack(client, devices=2, interfaces=30)
    client.save_all(nodes, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 63) for number in range(1, 64)]


# Upserts


def test_upserts_go_level_by_level(model: Model, client: InfrahubClientSync) -> None:
    platform = model.add("DcimPlatform", name={"value": "eos"})
    known = model.add("LocationSite", name={"value": "Atlanta"}, shortname={"value": "atl1"})
    site = client.create("LocationSite", name="Atlanta", shortname="atl1")
    nodes: list[Any] = [site]
    for number in range(3):
        device = client.create("DcimDevice", name=f"edge{number}", platform=platform, location=site)
        nodes += [device, client.create("DcimInterface", name="eth0", device=device)]
    client.save_all(nodes[::-1], allow_upsert=True)
    assert site.id == known
    assert {node["location"] for node in model.state("DcimDevice")} == {known}
    assert len(model.state("DcimInterface")) == 3
    order = [run.name for run in model.runs]
    assert order == sorted(order, key=["LocationSiteUpsert", "DcimDeviceUpsert", "DcimInterfaceUpsert"].index)


# Circles


def test_a_circle_is_broken_at_an_optional_relationship(model: Model, client: InfrahubClientSync) -> None:
    lead = client.create("TestPerson", name="Ada")
    team = client.create("TestTeam", name="engines", lead=lead, members=[lead])
    lead.team = team
    client.save_all([team, lead])
    (person,), (stored,) = model.state("TestPerson"), model.state("TestTeam")
    assert (person["team"], stored["lead"], stored["members"]) == (team.id, lead.id, [lead.id])
    assert [run.name for run in model.runs] == ["TestPersonCreate", "TestTeamCreate", "TestPersonUpdate"]
    client.save_all([team, lead])
    assert len(model.runs) == 3


def test_a_circle_of_one_kind_is_broken(model: Model, client: InfrahubClientSync) -> None:
    lead = client.create("TestPerson", name="Ada")
    lead.save()
    first, second = [client.create("TestTeam", name=name, lead=lead) for name in ("first", "second")]
    first.parent, second.parent = second, first
    client.save_all([first, second])
    assert {node["id"]: node["parent"] for node in model.state("TestTeam")} == {
        first.id: second.id,
        second.id: first.id,
    }


def test_a_node_that_refers_to_itself_is_saved(model: Model, client: InfrahubClientSync) -> None:
    lead = client.create("TestPerson", name="Ada")
    team = client.create("TestTeam", name="engines", lead=lead)
    team.parent = team
    client.save_all([lead, team])
    assert [node["parent"] for node in model.state("TestTeam")] == [team.id]


def test_a_circle_without_a_way_out_is_refused_before_anything_is_sent(
    model: Model, client: InfrahubClientSync
) -> None:
    ada = client.create("TestPartner", name="Ada")
    ben = client.create("TestPartner", name="Ben", other=ada)
    ada.other = ben
    tag = client.create("BuiltinTag", name="red")
    with pytest.raises(ValidationError, match="TestPartner 'Ada' needs TestPartner 'Ben' needs TestPartner 'Ada'"):
        client.save_all([tag, ada, ben])
    assert model.asked == []


# What cannot be saved


def test_peers_that_are_neither_saved_nor_given_are_named_before_anything_is_sent(
    model: Model, client: InfrahubClientSync
) -> None:
    platform = client.create("DcimPlatform", name="eos")
    device = client.create("DcimDevice", name="edge1", platform=platform)
    other = client.create("DcimDevice", name="edge2", platform=platform)
    with pytest.raises(ValidationError) as caught:
        client.save_all([device, other])
    for name in ("edge1", "edge2"):
        assert f"platform of DcimDevice '{name}' is DcimPlatform 'eos', which is neither saved nor" in str(caught.value)
    assert model.asked == []


def test_one_node_alone_is_no_list(client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match="give a list of nodes"):
        client.save_all(client.create("BuiltinTag", name="red"))


def test_what_is_no_node_is_refused(client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match="str is not a node"):
        client.save_all(["red"])  # type: ignore[list-item]


def test_a_failure_names_the_node_and_those_that_needed_it(model: Model, client: InfrahubClientSync) -> None:
    model.refusals["DcimDeviceCreate"] = [Refusal("not today")]
    nodes = rack(client, devices=1, interfaces=2)
    tag = client.create("BuiltinTag", name="red")
    with pytest.raises(NodesNotSavedError) as caught:
        client.save_all([*nodes, tag])
    failures = {(node.get_kind(), node.name.value): error for node, error in caught.value.failures}
    assert failures.keys() == {("DcimDevice", "edge0"), ("DcimInterface", "eth0"), ("DcimInterface", "eth1")}
    assert isinstance(failures["DcimDevice", "edge0"], GraphQLError)
    assert str(failures["DcimInterface", "eth0"]) == "it was not written, because DcimDevice 'edge0' was not"
    assert str(caught.value).startswith("3 of 5 nodes were not saved. ")
    assert "DcimDevice 'edge0': The server refused the GraphQL request: not today" in str(caught.value)
    assert tag.id
    assert {node["kind"] for node in model.state()} == {"DcimPlatform", "BuiltinTag"}


def test_nodes_that_need_one_that_failed_before_are_not_sent(model: Model, client: InfrahubClientSync) -> None:
    model.refusals["DcimPlatformCreate"] = [Refusal("not today")]
    nodes = rack(client, devices=30, interfaces=1)
    with pytest.raises(NodesNotSavedError, match="61 of 61 nodes") as caught:
        client.save_all(nodes)
    assert len(caught.value.failures) == 61
    assert len(model.asked) == 1


def test_saving_the_rest_again_completes_it(model: Model, client: InfrahubClientSync) -> None:
    model.refusals["DcimDeviceCreate"] = [Refusal("not today")]
    nodes = rack(client, devices=2, interfaces=2)
    with pytest.raises(NodesNotSavedError):
        client.save_all(nodes)
    client.save_all(nodes)
    assert len(model.state()) == 7
    assert all(node.id for node in nodes)


def test_a_relationship_that_had_to_wait_is_missed_when_its_peer_fails(
    model: Model, client: InfrahubClientSync
) -> None:
    lead = client.create("TestPerson", name="Ada")
    team = client.create("TestTeam", name="engines", lead=lead)
    lead.team = team
    model.refusals["TestTeamCreate"] = [Refusal("not today")]
    with pytest.raises(NodesNotSavedError) as caught:
        client.save_all([team, lead])
    errors = {node.get_kind(): str(error) for node, error in caught.value.failures}
    assert errors["TestPerson"] == "it was written without team, because TestTeam 'engines' was not"
    assert lead.id
    assert not team.id


def test_nothing_more_is_sent_when_the_server_cannot_be_reached(model: Model) -> None:
    asked: list[str] = []

    def lose(url: str, **arguments: Any) -> Any:
        if "/graphql/" not in url:
            return model.config().sync_requester(url=url, **arguments)  # type: ignore[misc]
        asked.append(arguments["payload"]["query"])
        raise ServerNotReachableError(url, "no route", sent=False)

    def lose_async(**arguments: Any) -> Any:
        return lose(**arguments)

    config = model.config(requester=lose_async, sync_requester=lose, retry_on_failure=False, max_concurrent_execution=1)
    client = InfrahubClientSync(config=config)
    tags = [client.create("BuiltinTag", name=f"tag{number}") for number in range(100)]
    with pytest.raises(NodesNotSavedError, match=r"100 of 100 nodes were not saved.*; and 90 more") as caught:
        client.save_all(tags)
    assert len({query for query in asked if query.startswith("mutation")}) == 1
    assert str(caught.value.failures[-1][1]) == "it was not sent, because an earlier request failed"
    assert isinstance(caught.value.__cause__, ServerNotReachableError)
    assert caught.value.blame == "network"


def test_a_node_that_was_made_around_its_id_may_refer_to_a_new_one(model: Model, client: InfrahubClientSync) -> None:
    platform = model.add("DcimPlatform", name={"value": "eos"})
    known = model.add("DcimDevice", name={"value": "edge1"}, platform={"id": platform})
    site = client.create("LocationSite", name="Atlanta", shortname="atl1")
    device = client.create("DcimDevice", data={"id": known, "location": site})
    client.save_all([device, site])
    (stored,) = model.state("DcimDevice")
    assert stored["location"] == site.id


def test_a_node_may_name_another_by_the_id_that_was_chosen_for_it(model: Model, client: InfrahubClientSync) -> None:
    chosen = "18eaf486-7f66-fbe4-e35c-1f06f796844d"
    platform = client.create("DcimPlatform", name="eos")
    platform.id = chosen
    device = client.create("DcimDevice", name="edge1", platform=chosen)
    client.save_all([device, platform])
    (stored,) = model.state("DcimDevice")
    assert stored["platform"] == chosen


def test_kinds_whose_create_takes_no_id_are_found_on_the_way(model: Model, client: InfrahubClientSync) -> None:
    model.without_id = {"DcimPlatform", "DcimDevice"}
    nodes = rack(client, devices=2, interfaces=2)
    client.save_all(nodes)
    assert {node["id"] for node in model.state()} == {node.id for node in nodes}
    devices = {node["id"]: node["name"] for node in model.state("DcimDevice")}
    held = sorted((devices[node["device"]], node["name"]) for node in model.state("DcimInterface"))
    assert held == [("edge0", "eth0"), ("edge0", "eth1"), ("edge1", "eth0"), ("edge1", "eth1")]


def test_nodes_go_again_with_one_that_they_need_and_that_was_refused_for_a_while(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = InfrahubClientSync(config=model.config(retry_on_failure=True))
    monkeypatch.setattr(client._port, "sleep", noting([]))
    model.refusals["DcimDeviceCreate"] = [Refusal("busy", status=503)]
    nodes = rack(client, devices=1, interfaces=2)
    client.save_all(nodes)
    assert [run.name for run in model.runs if run.refusal is None] == [
        "DcimPlatformCreate", "DcimDeviceCreate", "DcimInterfaceCreate", "DcimInterfaceCreate",
    ]  # fmt: skip


def test_nodes_of_two_branches_take_few_requests(model: Model, client: InfrahubClientSync) -> None:
    model.branches["change-1"] = Branch()
    tags = [
        client.create("BuiltinTag", name=f"tag{number}", branch=("main", "change-1")[number % 2])
        for number in range(40)
    ]
    client.save_all(tags)
    assert len(model.state("BuiltinTag")) == len(model.state("BuiltinTag", branch="change-1")) == 20
    assert len(model.asked) <= 2 + client.max_concurrent_execution


def test_an_error_names_a_node_of_which_but_a_few_fields_were_read(model: Model, client: InfrahubClientSync) -> None:
    known = model.add("BuiltinTag", name={"value": "red"})
    tag = client.get("BuiltinTag", id=known, only=["description"])
    tag.description = "warm"
    model.refusals["BuiltinTagUpdate"] = [Refusal("not today")]
    with pytest.raises(NodesNotSavedError, match=f"BuiltinTag '{known}': .*not today"):
        client.save_all([tag])


def test_a_peer_that_got_another_id_than_it_was_to_have_is_added_by_that(
    model: Model, client: InfrahubClientSync
) -> None:
    model.without_id = {"BuiltinTag"}
    platform = model.add("DcimPlatform", name={"value": "eos"})
    known = model.add("DcimDevice", name={"value": "edge1"}, platform={"id": platform})
    device = client.get("DcimDevice", id=known, include=["tags"])
    tag = client.create("BuiltinTag", name="red")
    device.tags.add(tag)
    device.description = "core"
    client.save_all([device, tag])
    (stored,) = model.state("DcimDevice")
    assert (stored["tags"], stored["description"]) == ([tag.id], "core")
