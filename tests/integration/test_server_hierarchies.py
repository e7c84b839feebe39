"""What servers show of hierarchies, and of the ids and labels that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


@pytest.fixture(scope="module")
def world(shared: Suite) -> dict[str, str]:
    """An area with two rooms, a shelf in the first one, and an area without any."""
    area = shared.create("SuiteArea", 'name: {value: "~area"} level: {value: 1}')
    rooms = [
        shared.create("SuiteRoom", f'name: {{value: "~{name}"}} parent: {{id: "{area}"}}') for name in ("room", "hall")
    ]
    shelf = shared.create("SuiteShelf", f'name: {{value: "~shelf"}} parent: {{id: "{rooms[0]}"}}')
    empty = shared.create("SuiteArea", 'name: {value: "~empty"}')
    return {"area": area, "room": rooms[0], "hall": rooms[1], "shelf": shelf, "empty": empty}


def relatives(shared: Suite, kind: str, name: str, way: str, arguments: str = "") -> list[str]:
    select = f"{way}{arguments} {{ edges {{ node {{ display_label }} }} }}"
    [node] = shared.nodes(kind, f'name__value: "~{name}"', select)
    return sorted(edge["node"]["display_label"][1:] for edge in node[way]["edges"])


@pytest.mark.parametrize(
    ("kind", "name", "way", "expected"),
    [
        ("SuiteShelf", "shelf", "ancestors", "area room"),
        ("SuiteRoom", "room", "ancestors", "area"),
        ("SuiteArea", "area", "ancestors", ""),
        ("SuiteArea", "area", "descendants", "hall room shelf"),
        ("SuiteRoom", "room", "descendants", "shelf"),
        ("SuiteArea", "area", "children", "hall room"),
        ("SuiteRoom", "hall", "children", ""),
        ("SuitePlace", "area", "children", "hall room"),
    ],
)
def test_a_place_knows_those_above_and_below_it(
    shared: Suite, world: dict[str, str], kind: str, name: str, way: str, expected: str
) -> None:
    assert relatives(shared, kind, name, way) == expected.split()


@pytest.mark.parametrize(("select", "number"), [("node { id }", 3), ("node_metadata { created_at }", 0)])
def test_those_below_are_listed_only_for_who_asks_for_them(
    shared: Suite, world: dict[str, str], select: str, number: int
) -> None:
    [node] = shared.nodes("SuiteArea", 'name__value: "~area"', f"descendants {{ count edges {{ {select} }} }}")
    assert (node["descendants"]["count"], len(node["descendants"]["edges"])) == (3, number)


def test_whoever_only_counts_those_below_may_ask_for_any_page(shared: Suite, world: dict[str, str]) -> None:
    below = "descendants(offset: -1) { count }"
    assert shared.nodes("SuiteArea", 'name__value: "~area"', below) == [{"descendants": {"count": 3}}]
    document = (
        f'{{ SuiteArea(name__value: "~area") {{ edges {{ node {{ {below[:-1]} edges {{ node {{ id }} }} }} }} }} }} }}'
    )
    assert shared.refused(document).http_status == 500


def test_those_above_are_filtered(shared: Suite, world: dict[str, str]) -> None:
    assert relatives(shared, "SuiteShelf", "shelf", "ancestors", '(name__value: "~room")') == ["room"]
    assert relatives(shared, "SuiteShelf", "shelf", "ancestors", f'(ids: ["{world["area"]}"])') == ["area"]


@pytest.mark.parametrize(
    ("kind", "filters", "expected"),
    [
        ("SuitePlace", "parent__ids: [ID(area)]", "hall room"),
        ("SuiteRoom", "parent__ids: [ID(area)]", "hall room"),
        ("SuiteShelf", "parent__ids: [ID(area)]", ""),
        ("SuitePlace", "children__ids: [ID(shelf)]", "room"),
        # Fields of a parent and of children are looked for all the way up, and down.
        ("SuitePlace", 'parent__name__value: "~area"', "hall room shelf"),
        ("SuiteShelf", 'parent__name__value: "~area"', "shelf"),
        ("SuiteArea", 'children__name__value: "~shelf"', "area"),
        ("SuitePlace", 'children__name__value: "~shelf"', "area room"),
        ("SuiteArea", 'children__isnull: true, name__values: ["~area", "~empty"]', "empty"),
        ("SuitePlace", 'parent__isnull: true, name__values: ["~area", "~room"]', "area"),
    ],
)
def test_places_are_found_by_those_above_and_below(
    shared: Suite, world: dict[str, str], kind: str, filters: str, expected: str
) -> None:
    for name, id in world.items():
        filters = filters.replace(f"ID({name})", f'"{id}"')
    assert sorted(shared.labels(kind, filters)) == expected.split()


def test_a_parent_may_only_be_of_the_kind_above(shared: Suite, world: dict[str, str]) -> None:
    fields = f'name: {{value: "~x"}} parent: {{id: "{world["room"]}"}}'
    refused = shared.refused(f"mutation {{ SuiteRoomCreate(data: {{ {fields} }}) {{ ok }} }}")
    assert "['SuiteArea'] at parent" in refused.message


def test_a_place_with_others_in_it_cannot_go(shared: Suite, world: dict[str, str]) -> None:
    refused = shared.refused(f'mutation {{ SuiteAreaDelete(data: {{ id: "{world["area"]}" }}) {{ ok }} }}')
    assert "SuiteRoom" in refused.message
    assert (refused.code, refused.http_status) == ("ATTRIBUTE_CONSTRAINT_VIOLATION", 422)


# Ids and labels for people


def test_labels_and_ids_are_made_of_fields_and_of_those_of_a_parent(suite: Suite) -> None:
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    disk = suite.create("SuiteDisk", f'slot: {{value: 3}} server: {{id: "{server}"}}', "display_label hfid")
    assert (disk["display_label"], disk["hfid"]) == ("~s1:3", ["~s1", "3"])
    suite.update("SuiteServer", f'id: "{server}" name: {{value: "~s2"}}')
    [renamed] = suite.nodes("SuiteServer", f'ids: ["{server}"]', "display_label hfid")
    assert renamed == {"display_label": "~s2", "hfid": ["~s2"]}


def test_a_label_may_be_a_template(suite: Suite) -> None:
    switch = suite.create("SuiteSwitch", 'name: {value: "~sw"} ports: {value: 8}', "display_label")
    assert switch["display_label"] == f"{suite.prefix.upper()}SW/8"


def test_a_node_whose_kind_has_no_label_is_called_by_its_kind_and_id(suite: Suite) -> None:
    plain = suite.create("SuitePlain", "must: {value: 1}", "display_label hfid")
    assert plain["display_label"] == f"SuitePlain(ID: {plain['id']})"
    assert plain["hfid"] is None


# What has to be unique


def test_a_name_is_unique_among_all_kinds_of_a_generic(suite: Suite) -> None:
    suite.create("SuiteServer", 'name: {value: "~same"}')
    refused = suite.refused('mutation { SuiteSwitchCreate(data: { name: {value: "~same"} }) { ok } }')
    assert "name" in refused.message
    assert (refused.code, refused.http_status) == ("UNDEFINED_ERROR", 422)


def test_a_slot_is_unique_within_its_server(suite: Suite) -> None:
    one, two = (suite.create("SuiteServer", f'name: {{value: "~s{number}"}}') for number in (1, 2))
    disk = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{one}"}}')
    other = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{two}"}}')
    for document in (
        f'SuiteDiskCreate(data: {{ slot: {{value: 1}} server: {{id: "{one}"}} }})',
        f'SuiteDiskUpdate(data: {{ id: "{other}" server: {{id: "{one}"}} }})',
    ):
        refused = suite.refused(f"mutation {{ {document} {{ ok }} }}")
        assert "server" in refused.message
        assert "slot" in refused.message
        assert (refused.code, refused.http_status) == ("UNDEFINED_ERROR", 422)
    suite.update("SuiteDisk", f'id: "{disk}" slot: {{value: 1}}')
