"""Resource pools of the local server: numbers, prefixes and addresses that are handed out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infrahub_sdk.testing.server.app import App
from tests.unit.testing.depot import Depot
from tests.unit.testing.inventory import Refusals


def numbers(depot: Depot, **more: Any) -> str:
    """A pool of the heights 2, 4, 7 and 8: the attribute excludes the others."""
    given = {"name": "heights", "node": "DepDevice", "node_attribute": "height", "start_range": 2, "end_range": 8}
    return depot.make("CoreNumberPool", **{**given, **more})


def device(depot: Depot, name: str, branch: str = "main", /, **more: Any) -> str:
    return depot.make("DepDevice", branch, name=name, **more)


def prefixes(depot: Depot, *texts: str, **more: Any) -> str:
    resources = [{"id": depot.make("DepPrefix", prefix=text, member_type="prefix")} for text in texts]
    given = {"default_prefix_type": "DepPrefix", "default_prefix_length": 24, "ip_namespace": {"hfid": ["default"]}}
    return depot.make("CoreIPPrefixPool", name="nets", resources=resources, **{**given, **more})


def addresses(depot: Depot, *texts: str, **more: Any) -> str:
    resources = [{"id": depot.make("DepPrefix", prefix=text)} for text in texts]
    given = {"default_address_type": "DepAddress", "ip_namespace": {"hfid": ["default"]}}
    return depot.make("CoreIPAddressPool", name="hosts", resources=resources, **{**given, **more})


def take(depot: Depot, what: str, pool: str, branch: str = "main", /, **more: Any) -> str:
    """The label of what a pool hands out."""
    given = ", ".join(f"{name}: {_literal(value)}" for name, value in {"id": pool, **more}.items())
    mutation = f"Infrahub{what}PoolGetResource"
    answer = depot.run(f"mutation {{ {mutation}(data: {{{given}}}) {{ ok node {{ display_label }} }} }}", branch)
    label: str = answer[mutation]["node"]["display_label"]
    return label


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(item)}" for name, item in value.items()) + "}"
    return json.dumps(value)


# Numbers


def test_a_pool_gives_each_node_the_lowest_number_that_its_attribute_takes(depot: Depot) -> None:
    pool = numbers(depot)
    found = [device(depot, name, height={"from_pool": {"id": pool}}) for name in ("a", "b", "c")]
    assert [depot.value("DepDevice", id, "height") for id in found] == [2, 4, 7]
    node = depot.node("DepDevice", found[0], "height { is_default source { id } }")
    assert node["height"] == {"is_default": False, "source": {"id": pool}}


def test_a_node_that_asks_again_gets_the_same_number(depot: Depot) -> None:
    numbers(depot)
    id = device(depot, "a", height={"from_pool": {"id": "heights"}})
    depot.edit("DepDevice", id, height={"from_pool": {"id": "heights"}})
    assert depot.value("DepDevice", id, "height") == 2


def test_numbers_of_nodes_that_go_or_get_others_are_handed_out_again(depot: Depot) -> None:
    pool = {"from_pool": {"id": numbers(depot)}}
    first, second = device(depot, "a", height=pool), device(depot, "b", height=pool)
    depot.drop("DepDevice", first)
    depot.edit("DepDevice", second, height=99)
    assert [depot.value("DepDevice", device(depot, name, height=pool), "height") for name in "cd"] == [2, 4]


def test_a_pool_without_numbers_says_so_and_nothing_is_written(depot: Depot) -> None:
    pool = numbers(depot, end_range=2)
    device(depot, "a", height={"from_pool": {"id": pool}})
    with pytest.raises(Refusals, match=r"No number of the pool 'heights' is left at height.from_pool") as caught:
        device(depot, "b", height={"from_pool": {"id": pool}})
    assert caught.value.codes == ["ATTRIBUTE_CONSTRAINT_VIOLATION"]
    assert depot.labels("DepDevice") == ["a"]


def test_a_pool_is_for_one_attribute_of_one_kind(depot: Depot) -> None:
    pool = depot.make(
        "CoreNumberPool", name="mtus", node="DepPort", node_attribute="mtu", start_range=9000, end_range=9001
    )
    id = device(depot, "a")
    port = depot.make("DepCopper", name="eth", device={"id": id}, mtu={"from_pool": {"id": pool}})
    assert depot.value("DepCopper", port, "mtu") == 9000
    reason = depot.refused("DepDeviceUpdate", id=id, height={"from_pool": {"id": pool}})
    assert reason == "The numbers of the pool 'mtus' are not for DepDevice.height at height.from_pool"
    assert "There is no pool nope" in depot.refused("DepDeviceUpdate", id=id, height={"from_pool": {"id": "nope"}})


def test_numbers_are_handed_out_once_on_all_branches(depot: Depot) -> None:
    pool = {"from_pool": {"id": numbers(depot)}}
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    there = device(depot, "a", "other", height=pool)
    here = device(depot, "b", height=pool)
    assert depot.value("DepDevice", there, "height", branch="other") == 2
    assert depot.value("DepDevice", here, "height") == 4


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("node", "Nope", "There is no kind 'Nope'"),
        ("node_attribute", "nope", "DepDevice has no attribute 'nope'"),
        ("node_attribute", "name", "DepDevice.name is a Text"),
        ("start_range", 9, "start_range 9 is above end_range"),
    ],
)
def test_a_pool_that_could_not_work_is_refused(depot: Depot, field: str, value: Any, reason: str) -> None:
    with pytest.raises(Refusals, match=reason):
        numbers(depot, **{field: value})


def test_what_a_pool_is_for_stays_and_its_range_may_change(depot: Depot) -> None:
    pool = numbers(depot)
    assert "make another pool" in depot.refused("CoreNumberPoolUpdate", id=pool, node="DepPort")
    assert "start_range 100 is above" in depot.refused("CoreNumberPoolUpdate", id=pool, start_range=100)
    depot.edit("CoreNumberPool", pool, start_range=7)
    id = device(depot, "a", height={"from_pool": {"id": pool}})
    assert depot.value("DepDevice", id, "height") == 7


def test_an_attribute_of_the_kind_number_pool_numbers_itself_from_a_pool_of_its_own(depot: Depot) -> None:
    assert [depot.value("DepDevice", device(depot, name), "serial") for name in "abcde"] == [100, 101, 102, 103, 104]
    with pytest.raises(Refusals, match=r"is left at serial.from_pool"):
        device(depot, "f")
    (pool,) = depot.nodes("CoreNumberPool", "", "id pool_type { value } start_range { value }")
    assert (pool["pool_type"]["value"], pool["start_range"]["value"]) == ("Schema", 100)
    assert "The schema says the range" in depot.refused("CoreNumberPoolUpdate", id=pool["id"], end_range=200)
    with pytest.raises(
        Refusals, match=r"DepDevice.serial takes its numbers from this pool, as .* these branches say: main"
    ):
        depot.drop("CoreNumberPool", pool["id"])


def test_the_pool_of_an_attribute_follows_the_schema_and_numbers_the_nodes_that_are_there() -> None:
    kind = {"name": "Thing", "namespace": "Num", "attributes": [{"name": "name", "kind": "Text"}]}
    number = {"name": "number", "kind": "NumberPool", "read_only": True, "parameters": {"start_range": 5}}

    def load(app: App, *attributes: Any) -> None:
        given = {**kind, "attributes": [*kind["attributes"], *attributes]}  # type: ignore[misc]
        app.load_schemas([{"version": "1.0", "nodes": [given]}])

    app = App()
    load(app)
    depot = Depot.of(app)
    id = depot.make("NumThing", name="a")
    load(app, number)
    assert depot.value("NumThing", id, "number") == 5
    load(app, {**number, "parameters": {"start_range": 2}})
    assert depot.value("NumThing", depot.make("NumThing", name="b"), "number") == 2
    load(app, {"name": "number", "kind": "NumberPool", "state": "absent"})
    assert depot.nodes("CoreNumberPool") == []
    app.close()


# Prefixes


def test_a_pool_of_prefixes_gives_the_lowest_ones_that_are_free(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/16")
    assert take(depot, "IPPrefix", pool, data={"description": "hello"}) == "10.0.0.0/24"
    assert take(depot, "IPPrefix", pool, prefix_length=20, member_type="address") == "10.0.16.0/20"
    assert take(depot, "IPPrefix", pool) == "10.0.1.0/24"
    found = depot.nodes(
        "DepPrefix", "", "display_label description { value } member_type { value } parent { node { id } }"
    )
    assert [(node["member_type"]["value"], node["description"]["value"]) for node in found] == [
        ("prefix", None),
        ("prefix", "hello"),
        ("prefix", None),
        ("address", None),
    ]
    assert all(node["parent"]["node"] for node in found[1:])


def test_who_asks_in_the_name_of_an_identifier_gets_the_same_again(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/16")
    assert take(depot, "IPPrefix", pool, identifier="a") == "10.0.0.0/24"
    assert take(depot, "IPPrefix", pool, identifier="b") == "10.0.1.0/24"
    assert take(depot, "IPPrefix", pool, identifier="a") == "10.0.0.0/24"
    with pytest.raises(Refusals, match="keeps the length of its prefix"):
        take(depot, "IPPrefix", pool, identifier="a", prefix_length=25)


def test_a_pool_goes_on_to_its_next_prefix_when_one_is_full(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/24", "10.9.0.0/24", default_prefix_length=25)
    assert [take(depot, "IPPrefix", pool) for _ in range(3)] == ["10.0.0.0/25", "10.0.0.128/25", "10.9.0.0/25"]
    with pytest.raises(Refusals, match="no prefix of the length 8 is left"):
        take(depot, "IPPrefix", pool, prefix_length=8)


def test_a_pool_needs_to_know_the_kind_and_the_length_of_a_prefix(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/16", default_prefix_type=None, default_prefix_length=None)
    with pytest.raises(Refusals, match="no default_prefix_length"):
        take(depot, "IPPrefix", pool)
    with pytest.raises(Refusals, match="no default_prefix_type"):
        take(depot, "IPPrefix", pool, prefix_length=24)
    with pytest.raises(Refusals, match="There is no kind 'Nope'"):
        take(depot, "IPPrefix", pool, prefix_length=24, prefix_type="Nope")
    assert take(depot, "IPPrefix", pool, prefix_length=24, prefix_type="DepPrefix") == "10.0.0.0/24"


def test_the_prefixes_of_a_pool_have_the_ids_and_fields_that_are_asked_for(depot: Depot) -> None:
    pool, id = prefixes(depot, "10.0.0.0/16"), "11111111-2222-4333-8444-555555555555"
    assert take(depot, "IPPrefix", pool, data={"id": id, "description": "hello"}) == "10.0.0.0/24"
    assert depot.value("DepPrefix", id, "description") == "hello"
    for field in ("prefix", "ip_namespace"):
        with pytest.raises(Refusals, match=f"{field} is not for data: the pool chooses it"):
            take(depot, "IPPrefix", pool, data={field: "10.0.9.0/24"})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"data": {"description": 5}}, "IPPrefixPool: nets | 5 cannot be read as Text"),
        ({"data": "nope"}, "data has to be an object"),
        ({"data": {"prefixlen": "long"}}, "'long' is not the length of a prefix"),
        ({"prefix_type": "BuiltinIPPrefix"}, "BuiltinIPPrefix is a generic"),
    ],
)
def test_what_a_pool_cannot_make_a_node_of_is_a_problem_of_the_pool(
    depot: Depot, given: dict[str, Any], reason: str
) -> None:
    pool = prefixes(depot, "10.0.0.0/16")
    with pytest.raises(Refusals, match=re.escape(reason)) as caught:
        take(depot, "IPPrefix", pool, **given)
    assert caught.value.errors[0]["extensions"]["http_status"] == 500
    assert depot.labels("DepPrefix") == ["10.0.0.0/16"]


def test_a_pool_of_prefixes_makes_nothing_else(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/16")
    with pytest.raises(Refusals, match="neither a prefix nor an address"):
        take(depot, "IPPrefix", pool, prefix_type="DepDevice", data={"name": "a"})
    assert depot.labels("DepDevice") == []


# Addresses


def test_a_pool_of_addresses_leaves_out_the_ends_of_a_prefix_that_is_no_pool(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/30", "2001:db8::/64")
    assert [take(depot, "IPAddress", pool) for _ in range(3)] == ["10.0.0.1/30", "10.0.0.2/30", "2001:db8::1/64"]
    with pytest.raises(Refusals, match="length of 30 to 32, not 8"):
        take(depot, "IPAddress", pool, prefix_length=8)


def test_an_exhausted_pool_of_addresses_is_a_conflict(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/31")
    with pytest.raises(Refusals, match="no address is left") as caught:
        take(depot, "IPAddress", pool)
    assert caught.value.errors[0]["extensions"]["http_status"] == 409


def test_addresses_are_handed_out_once_on_all_branches(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/29")
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    assert take(depot, "IPAddress", pool, "other") == "10.0.0.1/29"
    assert take(depot, "IPAddress", pool) == "10.0.0.2/29"


def test_a_relationship_takes_its_peer_from_a_pool_and_keeps_it_when_it_is_saved_again(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/29")
    for _ in range(2):
        depot.change("DepDeviceUpsert", name={"value": "a"}, address={"from_pool": {"id": pool}})
    fields = "address { node { display_label } properties { source { id } } }"
    (node,) = depot.nodes("DepDevice", "", fields)
    assert node["address"] == {"node": {"display_label": "10.0.0.1/29"}, "properties": {"source": {"id": pool}}}
    assert depot.labels("DepAddress") == ["10.0.0.1/29"]


def test_a_relationship_to_a_prefix_says_how_long_it_shall_be(depot: Depot) -> None:
    pool = prefixes(depot, "10.0.0.0/16")
    wanted = {"id": pool, "identifier": "x", "size": 28, "data": {"description": "for a"}}
    id = device(depot, "a", network={"from_pool": wanted})
    assert depot.peer("DepDevice", id, "network") == "10.0.0.0/28"
    assert take(depot, "IPPrefix", pool, identifier="x") == "10.0.0.0/28"


def test_a_relationship_to_a_pool_that_is_not_there_is_refused(depot: Depot) -> None:
    with pytest.raises(Refusals, match="There is no pool nope") as caught:
        device(depot, "a", address={"from_pool": {"id": "nope"}})
    assert caught.value.codes == ["NODE_NOT_FOUND"]


def test_profiles_take_nothing_from_pools(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/29")
    given = {"profile_name": "taking", "address": {"from_pool": {"id": pool}}}
    assert "A profile takes no peer from a pool" in depot.refused("ProfileDepDeviceCreate", **given)


# What is handed out

ALLOCATED = """query ($pool: String!, $resource: String!) {
    InfrahubResourcePoolAllocated(pool_id: $pool, resource_id: $resource, limit: 2) {
        count edges { node { display_label kind branch identifier } }
    }
}"""
UTILIZATION = """query ($pool: String!) {
    InfrahubResourcePoolUtilization(pool_id: $pool) {
        count utilization utilization_branches utilization_default_branch
        edges { node { display_label weight utilization } }
    }
}"""


def test_a_pool_knows_what_it_has_handed_out(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/29")
    for identifier in "abc":
        take(depot, "IPAddress", pool, identifier=identifier)
    (resource,) = depot.nodes("DepPrefix", "", "id")
    found = depot.run(ALLOCATED, pool=pool, resource=resource["id"])["InfrahubResourcePoolAllocated"]
    assert found["count"] == 3
    assert [edge["node"] for edge in found["edges"]] == [
        {"display_label": f"10.0.0.{number}/29", "kind": "DepAddress", "branch": "main", "identifier": identifier}
        for number, identifier in ((1, "a"), (2, "b"))
    ]
    with pytest.raises(Refusals, match="name one of its resources"):
        depot.run(ALLOCATED, pool=pool, resource=pool)
    with pytest.raises(Refusals, match="ResourcePool"):
        depot.run(ALLOCATED, pool=resource["id"], resource=pool)


def test_a_pool_of_numbers_knows_what_it_has_handed_out(depot: Depot) -> None:
    pool = numbers(depot)
    id = device(depot, "a", height={"from_pool": {"id": pool}})
    found = depot.run(ALLOCATED, pool=pool, resource=pool)["InfrahubResourcePoolAllocated"]
    node = {"display_label": "2", "kind": "DepDevice", "branch": "main", "identifier": id}
    assert found == {"count": 1, "edges": [{"node": node}]}


def test_how_much_of_a_pool_is_taken_on_the_default_branch_and_on_others(depot: Depot) -> None:
    pool = addresses(depot, "10.0.0.0/30")
    take(depot, "IPAddress", pool)
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    take(depot, "IPAddress", pool, "other")
    found = depot.run(UTILIZATION, "other", pool=pool)["InfrahubResourcePoolUtilization"]
    assert found == {
        "count": 1,
        "utilization": 100.0,
        "utilization_branches": 50.0,
        "utilization_default_branch": 50.0,
        "edges": [{"node": {"display_label": "10.0.0.0/30", "weight": 2, "utilization": 100.0}}],
    }


def test_what_is_taken_on_the_default_branch_is_a_part_of_all_that_a_pool_has(depot: Depot) -> None:
    first = depot.make("DepPrefix", prefix="10.0.0.0/30")
    depot.make("DepAddress", address="10.0.0.1/30")
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    second = depot.make("DepPrefix", "other", prefix="10.9.0.0/30")
    given = {"default_address_type": "DepAddress", "ip_namespace": {"hfid": ["default"]}}
    pool = depot.make("CoreIPAddressPool", "other", name="hosts", resources=[{"id": first}, {"id": second}], **given)
    found = depot.run(UTILIZATION, "other", pool=pool)["InfrahubResourcePoolUtilization"]
    assert (found["utilization"], found["utilization_default_branch"]) == (25.0, 25.0)


def test_how_much_of_a_pool_of_numbers_is_taken(depot: Depot) -> None:
    pool = numbers(depot)
    device(depot, "a", height={"from_pool": {"id": pool}})
    found = depot.run(UTILIZATION, pool=pool)["InfrahubResourcePoolUtilization"]
    assert (found["count"], found["utilization"], found["utilization_branches"]) == (1, 25.0, 0.0)


def test_of_a_pool_whose_numbers_are_all_excluded_nothing_is_taken(depot: Depot) -> None:
    pool = numbers(depot, start_range=5, end_range=6)
    found = depot.run(UTILIZATION, pool=pool)["InfrahubResourcePoolUtilization"]
    assert (found["utilization"], found["utilization_default_branch"]) == (0.0, 0.0)
