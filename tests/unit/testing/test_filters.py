"""Filters and orders: which nodes are found, in which order, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrahub_sdk.testing.server.database import finder
from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.testing.inventory import Inventory


TABLES = {"n", "v", "e", "o", "m", "node", "value", "edge"}  # and what statements call them


@pytest.fixture
def found(inventory: Inventory) -> Callable[..., list[str]]:
    """The labels of the boxes that a filter finds, of three: b1 with a red tag and a port, b2, and B3."""
    red, green = inventory.tag("red", description="hot"), inventory.tag("green")
    region = inventory.add("Region", name="emea")
    site = inventory.add("Site", name="atl", parent={"id": region})
    rack = inventory.add("Rack", name="r1", parent={"id": site})
    box = inventory.change(
        "InvBoxCreate",
        name={"value": "b1", "is_protected": True, "source": inventory.account},
        serial={"value": "AB"},
        units={"value": 3},
        status={"value": "on"},
        tags=[{"id": red}],
        rack={"id": rack},
    )
    inventory.add("Fibre", name="eth0", box={"id": box}, speed=10)
    inventory.add("Box", name="b2", serial="CD", units=5, tags=[{"id": green}])
    inventory.add("Box", name="B3")
    return lambda arguments, **more: inventory.labels("InvBox", arguments, **more)


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [
        ('name__value: "b1"', ["b1"]),
        ('name__value: "b"', []),
        ('name__values: ["b1", "b2", "b9"]', ["b1", "b2"]),
        ("name__values: []", []),
        ("units__value: 1", ["B3"]),
        ("units__values: [3, 5]", ["b1", "b2"]),
        ("serial__isnull: true", ["B3"]),
        ("serial__isnull: false", ["b1", "b2"]),
        ("name__is_protected: true", ["b1"]),
        ('status__value: "on"', ["b1"]),
        ('any__value: "AB"', ["b1"]),
        ('any__values: ["AB", "CD"]', ["b1", "b2"]),
        ('name__value: "b", partial_match: true', ["B3", "b1", "b2"]),
        ('name__values: ["b1", "2"], partial_match: true', ["b1"]),
        ("ids: null", []),
        ('any__value: "cd", partial_match: true', ["b2"]),
        ('name__value: "%", partial_match: true', []),
        ('hfid: ["b2"]', ["b2"]),
        ('hfid: ["b9"]', []),
        ('display_label__value: "b2"', ["b2"]),
        ('display_label__value: "B", partial_match: true', ["B3", "b1", "b2"]),
        ('tags__name__value: "red"', ["b1"]),
        ('tags__name__values: ["red", "green"]', ["b1", "b2"]),
        ('tags__description__value: "hot"', ["b1"]),
        ('tags__display_label__value: "green"', ["b2"]),
        ("tags__isnull: true", ["B3"]),
        ("tags__isnull: false", ["b1", "b2"]),
        ("rack__isnull: true", ["B3", "b2"]),
        ('rack__name__value: "r1"', ["b1"]),
        ("ports__speed__value: 10", ["b1"]),
        ('ports__display_label__value: "b1:ETH0"', ["b1"]),
        ('name__value: "b1", units__value: 5', []),
        ('name__values: ["b1", "b2"], tags__isnull: false, units__value: 5', ["b2"]),
        ("name__value: null", ["B3", "b1", "b2"]),
        ('node_metadata__created_at__before: "2020-01-01T00:00:00Z"', []),
        ('node_metadata__updated_at__after: "2020-01-01T00:00:00Z"', ["B3", "b1", "b2"]),
    ],
)
@pytest.mark.parametrize("few", [1, 1000])
def test_a_filter_finds_what_it_says_whether_few_nodes_pass_or_many(
    found: Callable[..., list[str]], arguments: str, labels: list[str], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "_FEW", few)
    assert found(arguments) == labels
    assert found(f"{arguments}, limit: 2") == labels[:2]


def test_filters_by_ids_and_by_who_stands_behind(inventory: Inventory, found: Callable[..., list[str]]) -> None:
    (box,) = inventory.nodes("InvBox", 'name__value: "b1"', "id tags { edges { node { id } } }")
    tag = box["tags"]["edges"][0]["node"]["id"]
    assert found(f'ids: ["{box["id"]}"]') == ["b1"]
    assert found(f'tags__ids: ["{tag}"]') == ["b1"]
    assert found(f'name__source__id: "{inventory.account}"') == ["b1"]
    assert found(f'name__owner__id: "{inventory.account}"') == []
    assert len(found(f'node_metadata__created_by__id: "{inventory.account}"')) == 3
    assert found(f'node_metadata__updated_by__ids: ["{tag}"]') == []


def test_a_day_stands_for_all_of_its_times(found: Callable[..., list[str]], inventory: Inventory) -> None:
    (edge, *_) = inventory.run("{ InvBox { edges { node_metadata { created_at } } } }")["InvBox"]["edges"]
    when = edge["node_metadata"]["created_at"]
    assert len(found(f'node_metadata__created_at: "{when[:10]}T00:00:00+00:00"')) == 3
    assert found(f'node_metadata__created_at: "{when}"') == ["B3"]


def test_labels_of_templates_are_filtered_by(inventory: Inventory, found: Callable[..., list[str]]) -> None:
    assert inventory.labels("InvPort", 'display_label__value: "b1:ETH0"') == ["b1:ETH0"]
    assert inventory.labels("InvPort", 'display_label__value: "eth", partial_match: true') == ["b1:ETH0"]
    assert inventory.labels("InvFibre", 'display_label__values: ["x", "b1:ETH0"]') == ["b1:ETH0"]
    assert inventory.labels("InvFibre", 'display_label__value: "eth0"') == []


def test_a_label_that_has_changed_is_found_by_what_it_is_now(
    inventory: Inventory, found: Callable[..., list[str]]
) -> None:
    [port] = inventory.nodes("InvPort", 'display_label__value: "b1:ETH0"', "id")
    inventory.update("Port", port["id"], name="eth7")
    assert inventory.labels("InvPort", 'display_label__value: "b1:ETH0"') == []
    assert inventory.labels("InvPort", 'display_label__value: "b1:ETH7"') == ["b1:ETH7"]


def test_labels_of_all_kinds_of_a_generic_are_filtered_by(
    inventory: Inventory, found: Callable[..., list[str]]
) -> None:
    assert inventory.labels("InvPlace", 'display_label__value: "atl"') == ["atl"]
    assert inventory.labels("InvPlace", 'display_label__values: ["emea", "r1", "r9"]') == ["emea", "r1"]


def test_letters_beyond_ascii_are_matched_in_any_case(inventory: Inventory) -> None:
    inventory.add("Box", name="ÄPFEL")
    assert inventory.labels("InvBox", 'name__value: "äpf", partial_match: true') == ["ÄPFEL"]


def test_lists_are_found_by_what_is_in_them(inventory: Inventory) -> None:
    for items in (["red", "green"], ["redder"]):
        inventory.change("InvSampleCreate", a_list={"value": items})
    fields = "a_list { value }"
    assert inventory.nodes("InvSample", 'a_list__value: "red"', fields) == [{"a_list": {"value": ["red", "green"]}}]
    assert len(inventory.nodes("InvSample", 'a_list__values: ["green", "redder"]', fields)) == 2


def test_a_human_friendly_id_finds_numbers_and_peers(inventory: Inventory, found: Callable[..., list[str]]) -> None:
    assert inventory.labels("InvPort", 'hfid: ["b1", "eth0"]') == ["b1:ETH0"]
    with pytest.raises(Refusals, match="has 2 parts"):
        inventory.labels("InvPort", 'hfid: ["b1"]')
    inventory.change("CoreGlobalPermissionCreate", action={"value": "merge_branch"}, decision={"value": 1})
    assert len(inventory.labels("CoreGlobalPermission", 'hfid: ["merge_branch", "1"]')) == 1
    assert inventory.labels("CoreGlobalPermission", 'hfid: ["merge_branch", "x"]') == []


def test_text_of_sql_is_text(found: Callable[..., list[str]]) -> None:
    assert found("""name__value: "x' or '1'='1" """) == []
    assert found("""name__value: "') or ('", partial_match: true""") == []


# Orders


@pytest.mark.parametrize(
    ("order", "labels"),
    [
        ("", ["B3", "b1", "b2"]),
        ('by: [{field: "name__value", direction: DESC}]', ["b2", "b1", "B3"]),
        ('by: [{field: "serial__value"}]', ["b1", "b2", "B3"]),
        ('by: [{field: "serial__value", direction: DESC}]', ["B3", "b2", "b1"]),
        ('by: [{field: "rack__name__value"}, {field: "units__value"}]', ["b1", "B3", "b2"]),
        ('by: [{field: "node_metadata__created_at"}]', ["b1", "b2", "B3"]),
        ('by: [{field: "node_metadata__updated_at", direction: DESC}]', ["B3", "b2", "b1"]),
        ("node_metadata: {created_at: DESC}", ["B3", "b2", "b1"]),
    ],
)
def test_nodes_come_in_the_order_that_is_asked_for(
    found: Callable[..., list[str]], order: str, labels: list[str]
) -> None:
    assert found(f"order: {{{order}}}") == labels
    assert found(f"order: {{{order}}}, limit: 2") == labels[:2]
    assert found(f'order: {{{order}}}, offset: 1, name__values: ["b1", "b2", "B3"]') == labels[1:]


def test_one_node_alone_comes_without_its_order(inventory: Inventory, found: Callable[..., list[str]]) -> None:
    first = inventory.nodes("InvBox", "order: {disable: true}")[0]["display_label"]
    assert found('order: {by: [{field: "node_metadata__created_at", direction: DESC}]}, limit: 1') == [first]


def test_values_that_are_missing_have_their_place_in_an_order(inventory: Inventory) -> None:
    for name, serial, units in (("b1", "AB", 2), ("b2", None, None), ("b3", "ZZ", 1)):
        inventory.change("InvBoxCreate", name={"value": name}, serial={"value": serial}, units={"value": units})
    inventory.change("InvBoxUpdate", hfid=["b2"], units={"value": None})

    def by(field: str, direction: str) -> list[str]:
        return inventory.labels("InvBox", f'order: {{by: [{{field: "{field}", direction: {direction}}}]}}')

    assert (by("serial__value", "ASC"), by("serial__value", "DESC")) == (["b1", "b2", "b3"], ["b3", "b2", "b1"])
    assert (by("units__value", "ASC"), by("units__value", "DESC")) == (["b2", "b3", "b1"], ["b1", "b3", "b2"])
    assert by("name__is_default", "DESC") == by("name__value", "ASC")


@pytest.mark.parametrize("part", ["version", "binary_address", "prefixlen"])
def test_texts_that_are_no_addresses_are_all_the_same_in_an_order_of_addresses(
    inventory: Inventory, found: Callable[..., list[str]], part: str
) -> None:
    order = f'order: {{by: [{{field: "serial__{part}"}}, {{field: "name__value"}}]}}'
    assert found(order) == ["B3", "b1", "b2"]


def test_without_an_order_nodes_come_by_their_ids(inventory: Inventory, found: Callable[..., list[str]]) -> None:
    nodes = inventory.nodes("InvBox", "order: {disable: true}", "id")
    assert [node["id"] for node in nodes] == sorted(node["id"] for node in nodes)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ('by: [{field: "nope__value"}]', "InvBox has no field 'nope'"),
        ('by: [{field: "name"}]', "write name__PROPERTY"),
        ('by: [{field: "rack__name"}]', "write rack__ATTRIBUTE__PROPERTY"),
        ('by: [{field: "rack__nope__value"}]', "no attribute 'nope'"),
        ('by: [{field: "name__value__"}]', "is empty"),
        ('by: [{field: "node_metadata__colour"}]', "created_at or updated_at"),
        ("node_metadata: {created_at: ASC, updated_at: ASC}", "not by both"),
        ('by: [{field: "name__value"}], node_metadata: {created_at: ASC}', "either as 'by'"),
    ],
)
def test_an_order_by_what_is_not_there_is_refused(inventory: Inventory, order: str, words: str) -> None:
    with pytest.raises(Refusals, match=words) as refused:
        inventory.labels("InvBox", f"order: {{{order}}}")
    assert refused.value.errors[0]["extensions"]["http_status"] == 422


def test_kinds_of_a_generic_are_merged_in_order(inventory: Inventory) -> None:
    boxes = [inventory.add("Box", name=name) for name in ("b1", "b2")]
    for number, kind in enumerate(("Fibre", "Copper", "Fibre", "Copper")):
        inventory.add(kind, name=f"eth{number}", box={"id": boxes[1 - number // 2]})
    labels = ["b1:ETH2", "b1:ETH3", "b2:ETH0", "b2:ETH1"]
    assert inventory.labels("InvPort") == labels
    assert inventory.labels("InvPort", "limit: 2, offset: 1") == labels[1:3]
    by = 'order: {by: [{field: "name__value", direction: DESC}]}'
    assert inventory.labels("InvPort", by) == ["b1:ETH3", "b1:ETH2", "b2:ETH1", "b2:ETH0"]


def test_prefixes_come_in_the_order_of_their_addresses(inventory: Inventory) -> None:
    wanted = ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.200.0.0/16", "2001:db8::/32"]
    namespace = {"hfid": ["default"]}
    for prefix in reversed(wanted):
        inventory.change("InvNetCreate", prefix={"value": prefix}, ip_namespace=namespace)
    found = inventory.nodes("BuiltinIPPrefix", fields="prefix { value }")
    assert [node["prefix"]["value"] for node in found] == wanted


# How they are found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(
    serials=st.lists(st.sampled_from([None, "AA", "OO", "ZZ"]), min_size=1, max_size=12),
    is_down=st.booleans(),
    offset=st.integers(0, 5),
    limit=st.integers(2, 6),
)
def test_pages_are_parts_of_the_whole_whatever_way_they_are_read(
    inventory: Inventory, serials: list[Any], is_down: bool, offset: int, limit: int
) -> None:
    inventory.app.reset()
    for number, serial in enumerate(serials):
        inventory.add("Box", name=f"b{number:02}", serial=serial)
    direction = "DESC" if is_down else "ASC"
    by = f'order: {{by: [{{field: "serial__value", direction: {direction}}}, {{field: "name__value"}}]}}'

    pairs = sorted(enumerate(serials), key=lambda pair: pair[1] or "NULL", reverse=is_down)  # stable
    wanted = [f"b{number:02}" for number, _ in pairs]
    assert inventory.labels("InvBox", by) == wanted
    assert inventory.labels("InvBox", f"{by}, offset: {offset}, limit: {limit}") == wanted[offset : offset + limit]
    assert inventory.labels("InvBox", f'{by}, name__value: "b", partial_match: true') == wanted


@pytest.mark.parametrize(
    "arguments",
    [
        "limit: 10",
        'limit: 10, order: {by: [{field: "serial__value"}]}',
        'limit: 10, order: {by: [{field: "serial__value", direction: DESC}]}',
        'name__value: "b1"',
        'tags__name__value: "red"',
        'any__value: "red"',
    ],
)
@pytest.mark.parametrize("branch", ["main", "work"])
def test_a_page_reads_an_index_and_no_table(
    inventory: Inventory, found: Callable[..., list[str]], arguments: str, branch: str
) -> None:
    inventory.run('mutation { BranchCreate(data: {name: "work"}) { ok } }')
    ran: list[str] = []
    connection = inventory.app.storage._connection
    connection.set_trace_callback(ran.append)
    inventory.labels("InvBox", arguments, branch=branch)
    connection.set_trace_callback(None)
    for statement in ran:
        if statement.startswith("select"):
            plan = [row[3] for row in connection.execute(f"explain query plan {statement}")]
            assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in TABLES], statement
