"""What servers do with relationships: their properties, adding and removing peers, and the ends of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


def related(way: str, id: str, name: str, *peers: str) -> str:
    nodes = ", ".join(f'{{id: "{peer}"}}' for peer in peers)
    return f'mutation {{ Relationship{way}(data: {{ id: "{id}" name: "{name}" nodes: [{nodes}] }}) {{ ok }} }}'


def tags_of(suite: Suite, id: str) -> list[str]:
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', "tags { edges { node { display_label } } }")
    return sorted(edge["node"]["display_label"].strip("~") for edge in node["tags"]["edges"])


def test_peers_are_added_to_a_relationship_and_removed_from_it(suite: Suite) -> None:
    red, blue = (suite.create("BuiltinTag", f'name: {{value: "~{name}"}}') for name in ("red", "blue"))
    id = suite.create("SuiteServer", f'name: {{value: "~s1"}} tags: [{{id: "{red}"}}]')
    suite.data(related("Add", id, "tags", blue))
    assert tags_of(suite, id) == ["blue", "red"]
    suite.data(related("Add", id, "tags", blue))
    assert tags_of(suite, id) == ["blue", "red"]
    suite.data(related("Remove", id, "tags", red))
    assert tags_of(suite, id) == ["blue"]
    suite.data(related("Remove", id, "tags", red))
    assert tags_of(suite, id) == ["blue"]


def test_an_update_replaces_the_peers_of_a_relationship(suite: Suite) -> None:
    red, blue = (suite.create("BuiltinTag", f'name: {{value: "~{name}"}}') for name in ("red", "blue"))
    id = suite.create("SuiteServer", f'name: {{value: "~s1"}} tags: [{{id: "{red}"}}]')
    suite.update("SuiteServer", f'id: "{id}" tags: [{{hfid: ["~blue"]}}]')
    assert tags_of(suite, id) == ["blue"]
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 2}}')
    assert tags_of(suite, id) == ["blue"]
    suite.update("SuiteServer", f'id: "{id}" tags: []')
    assert tags_of(suite, id) == []
    assert blue != red


def test_a_relationship_to_one_is_replaced_and_taken_away(suite: Suite) -> None:
    ann, bob = (suite.create("SuitePerson", f'name: {{value: "~{name}"}}') for name in ("ann", "bob"))
    id = suite.create("SuiteServer", f'name: {{value: "~s1"}} owner: {{id: "{ann}"}}')
    select = "owner { node { display_label } }"
    for given, expected in ((f'{{id: "{bob}"}}', {"display_label": "~bob"}), ("null", None)):
        suite.update("SuiteServer", f'id: "{id}" owner: {given}')
        assert suite.nodes("SuiteServer", f'ids: ["{id}"]', select) == [{"owner": {"node": expected}}]


def test_both_ends_of_a_relationship_know_of_it(suite: Suite) -> None:
    first = suite.create("SuiteServer", 'name: {value: "~s1"}')
    suite.create("SuiteServer", f'name: {{value: "~s2"}} friends: [{{id: "{first}"}}]')
    disk = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{first}"}}')
    select = "friends { edges { node { display_label } } } disks { edges { node { id } } }"
    [node] = suite.nodes("SuiteServer", f'ids: ["{first}"]', select)
    assert node["friends"]["edges"] == [{"node": {"display_label": "~s2"}}]
    assert node["disks"]["edges"] == [{"node": {"id": disk}}]


def test_an_edge_has_properties_that_a_later_update_keeps(suite: Suite) -> None:
    [admin] = suite.nodes("CoreAccount", 'name__value: "admin"', "id")
    ann = suite.create("SuitePerson", 'name: {value: "~ann"}')
    properties = f'_relation__is_protected: true _relation__source: "{admin["id"]}"'
    id = suite.create("SuiteServer", f'name: {{value: "~s1"}} owner: {{id: "{ann}" {properties}}}')
    select = "owner { properties { is_protected source { display_label } owner { id } } node { display_label } }"
    expected = {
        "owner": {
            "properties": {"is_protected": True, "source": {"display_label": "Admin"}, "owner": None},
            "node": {"display_label": "~ann"},
        }
    }
    assert suite.nodes("SuiteServer", f'ids: ["{id}"]', select) == [expected]
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 3}}')
    assert suite.nodes("SuiteServer", f'ids: ["{id}"]', select) == [expected]


@pytest.fixture(scope="module")
def world(shared: Suite) -> dict[str, str]:
    """A person, a tag, and two servers; the first belongs to the person and has a disk."""
    ids = {
        "ann": shared.create("SuitePerson", 'name: {value: "~ann"}'),
        "bob": shared.create("SuitePerson", 'name: {value: "~bob"}'),
        "red": shared.create("BuiltinTag", 'name: {value: "~red"}'),
        "s2": shared.create("SuiteServer", 'name: {value: "~s2"}'),
    }
    ids["s1"] = shared.create("SuiteServer", f'name: {{value: "~s1"}} owner: {{id: "{ids["ann"]}"}}')
    ids["disk"] = shared.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{ids["s1"]}"}}')
    return ids


@pytest.mark.parametrize(
    ("way", "id", "name", "peer", "words", "code"),
    [
        ("Add", "s1", "tags", "nope", ("Unable to find the node", "nope"), "UNDEFINED_ERROR"),
        ("Add", "s1", "nope", "red", ("'nope'", "SuiteServer"), "UNDEFINED_ERROR"),
        ("Add", "nope", "tags", "red", ("Unable to find the node", "nope"), "NODE_NOT_FOUND"),
        ("Add", "s1", "tags", "ann", ("SuitePerson", "BuiltinTag"), "UNDEFINED_ERROR"),
        ("Add", "s1", "owner", "bob", ("'owner'",), "UNDEFINED_ERROR"),
        ("Add", "s2", "disks", "disk", ("SuiteDisk", "server"), "UNDEFINED_ERROR"),
        ("Remove", "disk", "server", "s1", ("server", "at name"), "UNDEFINED_ERROR"),
    ],
)
def test_what_a_relationship_cannot_have_is_refused(
    shared: Suite, world: dict[str, str], way: str, id: str, name: str, peer: str, words: tuple[str, ...], code: str
) -> None:
    refused = shared.refused(related(way, world.get(id, id), name, world.get(peer, peer)))
    for word in words:
        assert word in refused.message
    assert (refused.code, refused.path) == (code, [f"Relationship{way}"])


@pytest.mark.parametrize("nodes", ["[null]", "null"])
@pytest.mark.parametrize("way", ["Add", "Remove"])
def test_peers_have_to_be_named_to_be_added_or_removed(
    shared: Suite, world: dict[str, str], way: str, nodes: str
) -> None:
    document = f'mutation {{ Relationship{way}(data: {{ id: "{world["s1"]}" name: "tags" nodes: {nodes} }}) {{ ok }} }}'
    refused = shared.refused(document)
    assert (refused.code, refused.http_status, refused.path) == ("UNDEFINED_ERROR", 500, [f"Relationship{way}"])


def test_a_null_among_the_peers_of_an_update_is_passed_over(shared: Suite, world: dict[str, str]) -> None:
    fields = f'id: "{world["s2"]}" tags: [null, {{id: "{world["red"]}"}}]'
    assert shared.update("SuiteServer", fields, "tags { count }") == {"tags": {"count": 1}}


@pytest.mark.parametrize(("kind", "field"), [("Area", "parent: null"), ("Shelf", "children: []")])
def test_a_change_may_not_even_say_that_nothing_is_where_a_hierarchy_ends(suite: Suite, kind: str, field: str) -> None:
    area = suite.create("SuiteArea", 'name: {value: "~a"} parent: null')
    room = suite.create("SuiteRoom", f'name: {{value: "~r"}} parent: {{id: "{area}"}}')
    shelf = suite.create("SuiteShelf", f'name: {{value: "~s"}} parent: {{id: "{room}"}} children: null')
    id = {"Area": area, "Shelf": shelf}[kind]
    refused = suite.refused(f'mutation {{ Suite{kind}Update(data: {{ id: "{id}" {field} }}) {{ ok }} }}')
    assert (refused.code, refused.http_status) == ("ATTRIBUTE_CONSTRAINT_VIOLATION", 422)


def test_a_peer_of_another_kind_is_refused(shared: Suite, world: dict[str, str]) -> None:
    fields = f'id: "{world["s1"]}" owner: {{id: "{world["red"]}"}}'
    refused = shared.refused(f"mutation {{ SuiteServerUpdate(data: {{ {fields} }}) {{ ok }} }}")
    assert "BuiltinTag" in refused.message
    assert world["red"] in refused.message
    assert "['SuitePerson'] at owner" in refused.message


def test_more_peers_than_a_relationship_may_have_are_refused(shared: Suite, world: dict[str, str]) -> None:
    friends = [shared.create("SuiteServer", f'name: {{value: "~f{number}"}}') for number in range(3)]
    given = ", ".join(f'{{id: "{id}"}}' for id in friends)
    refused = shared.refused(
        f'mutation {{ SuiteServerUpdate(data: {{ id: "{world["s2"]}" friends: [{given}] }}) {{ ok }} }}'
    )
    assert "2 at friends" in refused.message


def test_any_node_can_be_a_member_of_a_group(suite: Suite) -> None:
    group = suite.create("CoreStandardGroup", 'name: {value: "~g"}')
    ids = [suite.create("SuitePerson", 'name: {value: "~p"}'), suite.create("SuiteServer", 'name: {value: "~s1"}')]
    suite.data(related("Add", group, "members", *ids))
    [found] = suite.nodes("CoreStandardGroup", f'ids: ["{group}"]', "members { count edges { node { __typename } } }")
    assert found["members"]["count"] == 2
    assert sorted(edge["node"]["__typename"] for edge in found["members"]["edges"]) == ["SuitePerson", "SuiteServer"]
    assert suite.labels("SuiteServer", 'member_of_groups__name__value: "~g"') == ["s1"]


# The end of a node


def test_components_and_what_is_on_delete_cascade_go_with_their_node(suite: Suite) -> None:
    ann = suite.create("SuitePerson", 'name: {value: "~ann"}')
    server = suite.create("SuiteServer", 'name: {value: "~s1"}')
    disk = suite.create("SuiteDisk", f'slot: {{value: 1}} server: {{id: "{server}"}}')
    lease = suite.create("SuiteLease", f'name: {{value: "~l"}} server: {{id: "{server}"}} tenant: {{id: "{ann}"}}')
    suite.data(f'mutation {{ SuiteServerDelete(data: {{ id: "{server}" }}) {{ ok }} }}')
    assert suite.nodes("CoreNode", f'ids: ["{server}", "{disk}", "{lease}"]') == []
    assert suite.labels("SuitePerson", f'ids: ["{ann}"]') == ["ann"]


def test_a_node_that_another_one_needs_stays(suite: Suite) -> None:
    ann = suite.create("SuitePerson", 'name: {value: "~ann"}')
    lease = suite.create("SuiteLease", f'name: {{value: "~l"}} tenant: {{id: "{ann}"}}')
    refused = suite.refused(f'mutation {{ SuitePersonDelete(data: {{ id: "{ann}" }}) {{ ok }} }}')
    for word in ("tenant", "SuiteLease", lease):
        assert word in refused.message
    assert (refused.code, refused.http_status) == ("ATTRIBUTE_CONSTRAINT_VIOLATION", 422)
    assert suite.labels("SuitePerson", f'ids: ["{ann}"]') == ["ann"]


def test_who_had_a_node_that_is_gone_as_a_peer_has_none(suite: Suite) -> None:
    ann = suite.create("SuitePerson", 'name: {value: "~ann"}')
    switch = suite.create("SuiteSwitch", f'name: {{value: "~sw"}} owner: {{id: "{ann}"}}')
    suite.data(f'mutation {{ SuitePersonDelete(data: {{ id: "{ann}" }}) {{ ok }} }}')
    select = "owner { node { id } }"
    assert suite.nodes("SuiteSwitch", f'ids: ["{switch}"]', select) == [{"owner": {"node": None}}]
