"""What servers find: filters, orders and pages, of nodes and of peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


@pytest.fixture(scope="module")
def world(shared: Suite) -> dict[str, str]:
    """Two people, two tags, three servers, a switch and two disks, by short names."""
    create, ids = shared.create, {}
    ids["ann"] = create("SuitePerson", 'name: {value: "~ann"} age: {value: 40}')
    ids["bob"] = create("SuitePerson", 'name: {value: "~bob"}')
    ids["red"] = create("BuiltinTag", 'name: {value: "~red"}')
    ids["blue"] = create("BuiltinTag", 'name: {value: "~blue"} description: {value: "~sky"}')
    ids["s1"] = create(
        "SuiteServer",
        'name: {value: "~s1"} serial: {value: "ABC1"} height: {value: 2} size: {value: "small"} status: {value: "on"}'
        f' owner: {{id: "{ids["ann"]}"}} tags: [{{id: "{ids["red"]}"}}, {{id: "{ids["blue"]}"}}]',
    )
    ids["s2"] = create(
        "SuiteServer",
        'name: {value: "~s2"} active: {value: false} description: {value: "~Second"}'
        f' owner: {{id: "{ids["bob"]}"}}',
    )
    ids["s3"] = create("SuiteServer", f'name: {{value: "~s3"}} height: {{value: 10}} friends: [{{id: "{ids["s1"]}"}}]')
    ids["sw"] = create("SuiteSwitch", f'name: {{value: "~sw"}} owner: {{id: "{ids["ann"]}"}}')
    for slot, more in (("1", "gigabytes: {value: 500}"), ("2", "")):
        ids[f"d{slot}"] = create("SuiteDisk", f'slot: {{value: {slot}}} {more} server: {{id: "{ids["s1"]}"}}')
    return ids


ALL = 'name__values: ["~s1", "~s2", "~s3"]'


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ('name__value: "~s1"', "s1"),
        ('name__value: "~S1"', ""),
        ('name__values: ["~s1", "~s3", "~none"]', "s1 s3"),
        ('name__value: "~", partial_match: true', "s1 s2 s3"),
        ('description__value: "SECOND", partial_match: true, ' + ALL, "s2"),
        ("name__values: []", ""),
        (f"description__isnull: true, {ALL}", "s1 s3"),
        (f"description__isnull: false, {ALL}", "s2"),
        # A part of what no value has is looked for.
        ('description__isnull: true, name__value: "~", partial_match: true', ""),
        (f"height__value: 2, {ALL}", "s1"),
        (f"height__values: [1, 10], {ALL}", "s2 s3"),
        (f"active__value: false, {ALL}", "s2"),
        (f'status__value: "on", {ALL}', "s1"),
        (f"status__isnull: true, {ALL}", "s2 s3"),
        (f'title__value: "none", {ALL}', ""),
        ('any__value: "~s2"', "s2"),
        (f'any__value: "ABC1", {ALL}', "s1"),
        (f'any__values: ["~s2", "ABC1"], {ALL}', "s1 s2"),
        (f"name__is_protected: false, {ALL}", "s1 s2 s3"),
        ('hfid: ["~s1"]', "s1"),
        ('hfid: ["~none"]', ""),
        ("ids: []", ""),
        ("ids: ID(s1), ids: ID(s1)", None),
        ("ids: [ID(s1), ID(s3), ID(ann)]", "s1 s3"),
        ("owner__ids: [ID(ann)]", "s1"),
        ('owner__name__value: "~bob"', "s2"),
        ('owner__name__values: ["~ann", "~bob"]', "s1 s2"),
        (f"owner__age__value: 40, {ALL}", "s1"),
        (f"owner__isnull: true, {ALL}", "s3"),
        (f"owner__isnull: false, {ALL}", "s1 s2"),
        ('tags__name__value: "~red"', "s1"),
        ("tags__ids: [ID(red), ID(blue)]", "s1"),
        (f"tags__isnull: true, {ALL}", "s2 s3"),
        ('tags__description__value: "~sky"', "s1"),
        ("friends__ids: [ID(s1)]", "s3"),
        (f"disks__slot__value: 2, {ALL}", "s1"),
        (f"limit: 0, {ALL}", "s1 s2 s3"),
        (f"limit: 2, {ALL}", "s1 s2"),
        (f"limit: 2, offset: 1, {ALL}", "s2 s3"),
        (f"offset: 5, {ALL}", ""),
    ],
)
def test_filters_find_the_nodes_that_pass_all_of_them(
    shared: Suite, world: dict[str, str], filters: str, expected: str | None
) -> None:
    asked = _with_ids(filters, world)
    if expected is None:
        assert "only one argument named 'ids'" in shared.refused(f"{{ SuiteServer({asked}) {{ count }} }}").message
    else:
        assert shared.labels("SuiteServer", asked) == expected.split()


def _with_ids(text: str, ids: dict[str, str]) -> str:
    for name, id in ids.items():
        text = text.replace(f"ID({name})", f'"{id}"')
    return text


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ('name__value: "~", partial_match: true', "s1 s2 s3 SW/24"),
        ('owner__name__value: "~ann"', "s1 SW/24"),
        ("ids: [ID(sw), ID(s2)]", "s2 SW/24"),
        ('hfid: ["~sw"]', "SW/24"),
        ('any__value: "~s3"', "s3"),
        ('tags__name__value: "~red"', "s1"),
        ('display_label__value: "~s1"', "s1"),
        ('display_label__value: "~", partial_match: true', "s1 s2 s3 SW/24"),
        ('display_label__value: "~sw"', ""),
    ],
)
def test_filters_of_a_generic_find_nodes_of_all_its_kinds(
    shared: Suite, world: dict[str, str], filters: str, expected: str
) -> None:
    found = shared.labels("SuiteAsset", _with_ids(filters, world))
    assert [label.replace(shared.prefix.upper(), "") for label in found] == expected.split()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ('server__name__value: "~s1"', "s1:1 s1:2"),
        ('hfid: ["~s1", "2"]', "s1:2"),
        ('hfid: ["~s1", "x"]', ""),
        ("server__ids: [ID(s1)], slot__value: 1", "s1:1"),
        ("server__ids: [ID(s1)], gigabytes__isnull: true", "s1:2"),
        ("server__ids: [ID(s1)], serves__isnull: true", "s1:1 s1:2"),
    ],
)
def test_filters_go_through_a_parent(shared: Suite, world: dict[str, str], filters: str, expected: str) -> None:
    assert shared.labels("SuiteDisk", _with_ids(filters, world)) == expected.split()


@pytest.mark.parametrize(
    ("filters", "message", "code", "status"),
    [
        ('nope__value: "x"', "nope__value", "UNDEFINED_ERROR", 500),
        ("name__value: 1", "String", "UNDEFINED_ERROR", 500),
        ('height__value: "x"', "BigInt", "UNDEFINED_ERROR", 500),
        ("limit: -1", "limit", "UNDEFINED_ERROR", 500),
        ("offset: -1", "offset", "UNDEFINED_ERROR", 500),
        ('hfid: ["a", "b"]', "HFID", "NODE_NOT_FOUND", 404),
        ('name__values: ["~s1", null]', "", "UNDEFINED_ERROR", 500),
        ("height__values: [null]", "", "UNDEFINED_ERROR", 500),
        ("owner__display_label__isnull: true", "isnull", "UNDEFINED_ERROR", 500),
    ],
)
def test_a_wrong_filter_is_refused(shared: Suite, filters: str, message: str, code: str, status: int) -> None:
    refused = shared.refused(f"{{ SuiteServer({filters}) {{ count edges {{ node {{ id }} }} }} }}")
    assert message in refused.message
    assert (refused.code, refused.http_status, refused.status) == (code, status, 200)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("{node_metadata: {created_at: ASC}}", "s1 s2 s3"),
        ("{node_metadata: {created_at: DESC}}", "s3 s2 s1"),
        ("{node_metadata: {updated_at: ASC}}", "s1 s2 s3"),
        ("{node_metadata: {}}", "s1 s2 s3"),
        ("{}", "s1 s2 s3"),
        ("null", "s1 s2 s3"),
    ],
)
def test_nodes_come_in_the_order_that_is_asked_for(
    shared: Suite, world: dict[str, str], order: str, expected: str
) -> None:
    assert shared.labels("SuiteServer", f"{ALL}, order: {order}") == expected.split()


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("{name: ASC}", "OrderInput"),
        ("{node_metadata: {created_at: ASC, updated_at: ASC}}", "both"),
        ('{by: [{field: "name__value", direction: null}]}', "direction"),
    ],
)
def test_an_order_that_there_is_not_is_refused(shared: Suite, order: str, message: str) -> None:
    assert message in shared.refused(f"{{ SuiteServer(order: {order}) {{ edges {{ node {{ id }} }} }} }}").message


def test_an_order_does_not_matter_for_a_count(shared: Suite, world: dict[str, str]) -> None:
    order = 'order: {by: [{field: "nope__value"}]}'
    assert shared.data(f"{{ SuiteServer({ALL}, {order}) {{ count }} }}") == {"SuiteServer": {"count": 3}}
    assert shared.refused(f"{{ SuiteServer({order}) {{ count edges {{ node {{ id }} }} }} }}").http_status == 422
    both = "order: {node_metadata: {created_at: ASC, updated_at: ASC}}"
    assert shared.refused(f"{{ SuiteServer({both}) {{ count }} }}").http_status == 422


@pytest.mark.parametrize("page", ["limit: 1", "limit: 1, offset: 1", "offset: 9", "limit: 0"])
def test_a_count_is_of_all_pages(shared: Suite, world: dict[str, str], page: str) -> None:
    assert shared.data(f"{{ SuiteServer({ALL}, {page}) {{ count }} }}") == {"SuiteServer": {"count": 3}}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('(name__value: "~red")', "red"),
        ('(name__values: ["~red", "~blue"])', "blue red"),
        ("(ids: [ID(blue)])", "blue"),
        ("(ids: null)", ""),
        ("(limit: 1)", None),
        ("(offset: 2)", ""),
        ('(description__value: "~sky")', "blue"),
        ("", "blue red"),
    ],
)
def test_peers_are_filtered_and_paged_like_nodes(
    shared: Suite, world: dict[str, str], arguments: str, expected: str | None
) -> None:
    tags = f"tags{_with_ids(arguments, world)} {{ edges {{ node {{ display_label }} }} }}"
    [node] = shared.nodes("SuiteServer", 'name__value: "~s1"', tags)
    found = sorted(edge["node"]["display_label"][1:] for edge in node["tags"]["edges"])
    if expected is None:
        assert len(found) == 1
    else:
        assert found == expected.split()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [("limit: -1", 500), ("offset: -1", 500), ('order: {by: [{field: "nope__value"}]}', 422)],
)
def test_a_wrong_page_of_peers_is_refused_to_whoever_lists_them(
    shared: Suite, world: dict[str, str], arguments: str, status: int
) -> None:
    def asked(select: str) -> str:
        return f'{{ SuiteServer(name__value: "~s1") {{ edges {{ node {{ tags({arguments}) {{ {select} }} }} }} }} }}'

    [edge] = shared.data(asked("count"))["SuiteServer"]["edges"]
    assert edge["node"]["tags"] == {"count": 2}
    refused = shared.refused(asked("count edges { node { id } }"))
    assert (refused.http_status, refused.path) == (status, ["SuiteServer", "edges", 0, "node", "tags"])


@pytest.mark.parametrize("more", ["ids: []", 'ids: ["suite_asset__person"], limit: -1', "ids: [], offset: -1"])
def test_relationships_are_not_listed_without_identifiers_or_from_before_the_first(shared: Suite, more: str) -> None:
    refused = shared.refused(f"{{ Relationship({more}) {{ edges {{ node {{ identifier }} }} }} }}")
    assert (refused.http_status, refused.path) == (500, ["Relationship"])


@pytest.mark.parametrize(
    ("select", "are_listed"),
    [
        ("node { id }", True),
        ("node { __typename }", True),
        ("properties { updated_at }", True),
        ("node_metadata { created_at }", False),
        ("relationship_metadata { updated_at }", False),
        ("__typename", False),
    ],
)
def test_edges_are_listed_only_for_who_asks_for_the_peer_or_the_properties(
    shared: Suite, world: dict[str, str], select: str, are_listed: bool
) -> None:
    [node] = shared.nodes("SuiteServer", 'name__value: "~s1"', f"tags {{ count edges {{ {select} }} }}")
    assert (node["tags"]["count"], len(node["tags"]["edges"])) == (2, 2 if are_listed else 0)


def test_a_node_of_a_generic_shows_its_own_fields_in_fragments(shared: Suite, world: dict[str, str]) -> None:
    select = "__typename ... on SuiteSwitch { ports { value } } ... on SuiteServer { height { value } }"
    found = shared.nodes("SuiteAsset", _with_ids("ids: [ID(s1), ID(sw)]", world), select)
    assert found == [
        {"__typename": "SuiteServer", "height": {"value": 2}},
        {"__typename": "SuiteSwitch", "ports": {"value": 24}},
    ]


def test_fields_have_aliases_and_are_left_out_by_directives(shared: Suite, world: dict[str, str]) -> None:
    document = (
        'query($no: Boolean!) { one: SuitePerson(name__value: "~ann") { count edges @skip(if: $no) { node { id } } }'
        ' two: SuitePerson(name__value: "~none") { number: count } }'
    )
    assert shared.data(document, no=True) == {"one": {"count": 1}, "two": {"number": 0}}


def test_expand_adds_the_attributes_of_the_type_that_was_asked_for(shared: Suite, world: dict[str, str]) -> None:
    document = _with_ids("{ SuiteAsset(ids: [ID(sw)]) { edges { node @expand { id } } } }", world)
    [edge] = shared.data(document)["SuiteAsset"]["edges"]
    assert set(edge["node"]) == {"id", "__typename", "name", "description"}
    assert edge["node"]["name"] == {"value": "~sw", "is_default": False, "is_from_profile": False}


@pytest.mark.parametrize(("ago", "is_there"), [("0s", True), ("0m0s", True), ("soon", False)])
def test_a_time_to_look_at_may_say_how_long_ago(shared: Suite, world: dict[str, str], ago: str, is_there: bool) -> None:
    reply = shared.ask('{ SuiteServer(name__value: "~s1") { count } }', at=quote(ago))
    if is_there:
        assert reply.content == {"data": {"SuiteServer": {"count": 1}}}
    else:
        assert (reply.status, reply.content["errors"][0]["extensions"]["http_status"]) == (400, 400)


def test_any_node_is_found_by_its_id_as_a_core_node(shared: Suite, world: dict[str, str]) -> None:
    found: list[Any] = shared.nodes("CoreNode", _with_ids("ids: [ID(s1), ID(ann)]", world), "__typename hfid")
    assert sorted(found, key=str) == [
        {"__typename": "SuitePerson", "hfid": ["~ann"]},
        {"__typename": "SuiteServer", "hfid": ["~s1"]},
    ]
