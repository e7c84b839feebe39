"""Ways through the nodes of the local server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot

HOPS = "hops { node { display_label } relationship { from_rel to_rel kind } } depth"


@pytest.fixture
def ids(depot: Depot) -> dict[str, str]:
    """Two devices whose addresses are in one prefix; one of them has a port, and the prefix above for its own."""
    found = {"tag": depot.tag("red")}
    for text in ("10.0.0.0/16", "10.0.0.0/24"):
        found[text] = depot.make("DepPrefix", prefix=text)
    for number in (1, 2):
        address = found[f"10.0.0.{number}"] = depot.make("DepAddress", address=f"10.0.0.{number}/24")
        more = {"network": {"id": found["10.0.0.0/16"]}} if number == 1 else {}
        tags = [{"id": found["tag"]}]
        found[f"d{number}"] = depot.make("DepDevice", name=f"d{number}", address={"id": address}, tags=tags, **more)
    found["eth"] = depot.make("DepCopper", name="eth", device={"id": found["d1"]})
    return found


def paths(depot: Depot, start: str, end: str, arguments: str = "", fields: str = "") -> Any:
    """The ways from a node to another, as the labels of the nodes."""
    data = f'source_id: "{start}", destination_id: "{end}"{arguments}'
    shown = f"count {fields} paths {{ {HOPS} }}"
    return depot.run(f"{{ InfrahubPathTraversal(data: {{{data}}}) {{ {shown} }} }}")["InfrahubPathTraversal"]


def labels(found: Any) -> list[str]:
    return [" ".join(hop["node"]["display_label"] for hop in path["hops"]) for path in found["paths"]]


def test_the_ways_between_two_nodes_come_with_what_each_hop_is(depot: Depot, ids: dict[str, str]) -> None:
    found = paths(depot, ids["d1"], ids["10.0.0.0/24"], ", max_depth: 2", "excluded_kinds truncated_at_depth")
    assert (found["count"], found["excluded_kinds"], found["truncated_at_depth"]) == (2, ["IpamNamespace"], None)
    (by_address,) = [path for path in found["paths"] if path["hops"][1]["node"]["display_label"] == "10.0.0.1/24"]
    assert by_address["depth"] == 2
    assert [hop["relationship"] for hop in by_address["hops"]] == [
        None,
        {"from_rel": "address", "to_rel": "device__address", "kind": "Attribute"},
        {"from_rel": "ip_prefix", "to_rel": "ip_addresses", "kind": "Generic"},
    ]


def test_shortest_ways_and_all_ways(depot: Depot, ids: dict[str, str]) -> None:
    shortest = labels(paths(depot, ids["eth"], ids["d2"]))
    assert sorted(shortest) == [
        "eth d1 10.0.0.0/16 10.0.0.0/24 10.0.0.2/24 d2",
        "eth d1 10.0.0.1/24 10.0.0.0/24 10.0.0.2/24 d2",
    ]
    everything = paths(depot, ids["d1"], ids["10.0.0.1"], ", shortest_paths_only: false")
    assert labels(everything) == ["d1 10.0.0.1/24", "d1 10.0.0.0/16 10.0.0.0/24 10.0.0.1/24"]
    assert labels(paths(depot, ids["d1"], ids["10.0.0.1"], ", max_paths: 1")) == ["d1 10.0.0.1/24"]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (", max_depth: 3", 0),
        (', kind_filter: ["DepAddress", "DepPrefix"]', 2),
        (', kind_filter: ["DepAddress"]', 0),
        (', excluded_kinds: ["BuiltinIPPrefix"]', 0),
        (', excluded_kinds: ["BuiltinIPPrefix"], included_kinds: ["BuiltinIPNamespace"]', 1),
        (', excluded_namespaces: ["Dep"]', 0),
        (', relationship_filter: ["device__address", "ip_prefix__ip_address"]', 1),
    ],
)
def test_ways_can_be_limited(depot: Depot, ids: dict[str, str], arguments: str, count: int) -> None:
    assert paths(depot, ids["d1"], ids["d2"], arguments)["count"] == count


def test_no_way_leads_to_kinds_of_the_server_itself(depot: Depot, ids: dict[str, str]) -> None:
    assert paths(depot, ids["d1"], ids["tag"])["count"] == 0


@pytest.mark.parametrize(
    ("start", "end", "arguments", "reason"),
    [
        ("d1", "d1", "", "name two nodes"),
        ("nope", "d1", "", "no node 'nope', which source_id"),
        ("d1", "nope", "", "no node 'nope', which destination_id"),
        ("d1", "d2", ", max_depth: 31", "max_depth is 31, and may be from 1 to 30"),
        ("d1", "d2", ", max_paths: 101", "max_paths is 101, and may be from 1 to 100"),
        ("d1", "d2", ', kind_filter: ["Nope"]', "no kind 'Nope'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    depot: Depot, ids: dict[str, str], start: str, end: str, arguments: str, reason: str
) -> None:
    with pytest.raises(Refusals, match=reason):
        paths(depot, ids.get(start, start), ids.get(end, end), arguments)


def reachable(depot: Depot, start: str, kinds: str, arguments: str = "") -> list[tuple[str, int]]:
    """The nodes that are reached, each with how many hops it takes."""
    data = f'source_id: "{start}", target_kinds: {kinds}{arguments}'
    shown = "count dependencies { node { display_label } depth path { depth } }"
    found = depot.run(f"{{ InfrahubReachableNodes(data: {{{data}}}) {{ {shown} }} }}")["InfrahubReachableNodes"]
    assert found["count"] == len(found["dependencies"])
    return [(item["node"]["display_label"], item["depth"]) for item in found["dependencies"]]


def test_the_nodes_of_some_kinds_that_a_node_leads_to(depot: Depot, ids: dict[str, str]) -> None:
    assert reachable(depot, ids["d1"], '["BuiltinIPPrefix"]') == [
        ("10.0.0.0/16", 1),
        ("10.0.0.0/24", 2),
        ("10.0.0.0/24", 2),
    ]
    assert reachable(depot, ids["d1"], '["DepPort"]') == [("eth", 1)]
    assert reachable(depot, ids["d1"], '["DepAddress"]', ", max_depth: 1") == [("10.0.0.1/24", 1)]
    assert reachable(depot, ids["d1"], '["BuiltinTag"]') == []


def test_how_many_ways_lead_to_reached_nodes_can_be_limited(depot: Depot, ids: dict[str, str]) -> None:
    everything = reachable(depot, ids["d1"], '["DepAddress"]', ", shortest_paths_only: false")
    assert [depth for _, depth in everything] == [1, 3, 3, 3]
    assert reachable(depot, ids["d1"], '["DepAddress"]', ", max_paths: 1") == [("10.0.0.1/24", 1)]
    one = {label for label, _ in reachable(depot, ids["d1"], '["DepAddress"]', ", max_results: 1")}
    assert len(one) == 1


@pytest.mark.parametrize(
    ("kinds", "arguments", "reason"),
    [
        ("[]", "", "Name a kind in target_kinds"),
        ('["Nope"]', "", "target_kinds names 'Nope'"),
        ('["DepPort"]', ", max_paths: 0", "max_paths is 0, and may be from 1 to 5000"),
        ('["DepPort"]', ", max_paths: 5001", "max_paths is 5001, and may be from 1 to 5000"),
        ('["DepPort"]', ", max_results: -1", "max_results is -1, and may be from 1 to 200"),
        ('["DepPort"]', ", max_results: 201", "max_results is 201, and may be from 1 to 200"),
        ('["DepPort"]', ", max_depth: 31", "max_depth"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    depot: Depot, ids: dict[str, str], kinds: str, arguments: str, reason: str
) -> None:
    with pytest.raises(Refusals, match=reason):
        reachable(depot, ids["d1"], kinds, arguments)
