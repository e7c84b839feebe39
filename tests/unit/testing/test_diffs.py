"""Differences: what DiffUpdate keeps, what DiffTree and its summary show, and conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.testing.server.database import clock

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

COUNTS = "num_added num_updated num_removed num_conflicts"
CONFLICT = """
    uuid base_branch_action base_branch_value base_branch_label base_branch_changed_at
    diff_branch_action diff_branch_value diff_branch_label diff_branch_changed_at selected_branch resolvable
"""
PROPERTY = (
    "property_type previous_value new_value previous_label new_label status path_identifier last_changed_at"
    f" conflict {{ {CONFLICT} }}"
)
NODE = f"""
    uuid kind label status path_identifier contains_conflict last_changed_at {COUNTS}
    parent {{ uuid kind relationship_name }} conflict {{ {CONFLICT} }}
    attributes {{
        name status path_identifier contains_conflict {COUNTS} conflict {{ {CONFLICT} }} properties {{ {PROPERTY} }}
    }}
    relationships {{
        name label cardinality status path_identifier contains_conflict {COUNTS}
        elements {{
            status peer_id peer_label path_identifier contains_conflict {COUNTS} conflict {{ {CONFLICT} }}
            properties {{ {PROPERTY} }}
        }}
    }}
"""


def update(world: World, data: str = "") -> Any:
    return world.ask(
        f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{branch: "branch" {data}}}) {{ ok }} }}'
    )


def tree(world: World, arguments: str = "") -> Any:
    head = f"name base_branch diff_branch from_time to_time {COUNTS}"
    return world.ask(f'{{ DiffTree(branch: "branch" {arguments}) {{ {head} nodes {{ {NODE} }} }} }}')


def updated(world: World) -> dict[str, dict[str, Any]]:
    """The nodes of a new difference by their labels."""
    update(world)
    return {node["label"]: node for node in tree(world)["nodes"]}


def of(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = [item for item in items if name in (item.get("name"), item.get("property_type"), item.get("peer_label"))]
    return found


def counts(item: dict[str, Any]) -> list[int]:
    return [item[name] for name in COUNTS.split()]


def test_nobody_sees_a_difference_that_nobody_asked_for(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="a")
    assert tree(world) is None
    assert world.ask('{ DiffTreeSummary(branch: "branch") { num_added } }') is None


def test_a_difference_says_which_branches_and_when(world: World) -> None:
    world.fork()
    assert update(world) == {"ok": True}
    shown = tree(world)
    branched = world.ask('{ Branch(name: "branch") { branched_from } }')[0]["branched_from"]
    assert (shown["base_branch"], shown["diff_branch"], shown["name"]) == ("main", "branch", None)
    assert clock.microseconds(shown["from_time"]) == clock.microseconds(branched)
    assert shown["to_time"] > shown["from_time"]
    assert (shown["nodes"], counts(shown)) == ([], [0, 0, 0, 0])


def test_a_new_node_is_added_with_all_its_attributes(world: World) -> None:
    world.fork()
    id = world.create("TestingSite", "branch", name="a")
    node = updated(world)["a"]
    assert (node["uuid"], node["kind"], node["status"]) == (id, "TestingSite", "ADDED")
    assert [item["name"] for item in node["attributes"]] == ["display_label", "human_friendly_id", "name"]
    assert counts(node) == [3, 0, 0, 0]
    name = of(node["attributes"], "name")
    assert (name["status"], name["path_identifier"], counts(name)) == ("ADDED", f"data/{id}/name", [2, 0, 0, 0])
    value = of(name["properties"], "HAS_VALUE")
    assert (value["previous_value"], value["new_value"], value["status"]) == (None, "a", "ADDED")
    assert value["path_identifier"] == f"data/{id}/name/value"
    protected = of(name["properties"], "IS_PROTECTED")
    assert (protected["previous_value"], protected["new_value"]) == (None, "False")
    assert protected["path_identifier"] == f"data/{id}/name/property/IS_PROTECTED"


def test_what_never_leaves_its_branch_is_left_out(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    world.update(device, "branch", note="there", serial="everywhere")
    assert updated(world) == {}


@pytest.mark.parametrize(
    ("before", "after", "texts", "status"),
    [(1, 2, ("1", "2"), "UPDATED"), (None, 2, ("NULL", "2"), "ADDED"), (1, None, ("1", "NULL"), "REMOVED")],
)
def test_a_changed_value_shows_what_it_was(world: World, before: Any, after: Any, texts: Any, status: str) -> None:
    device = world.create("TestingDevice", name="d", height=before)
    world.fork()
    world.update(device, "branch", height=after)
    node = updated(world)["d"]
    assert (node["status"], counts(node)) == ("UPDATED", [0, 1, 0, 0])
    (height,) = node["attributes"]
    (value,) = height["properties"]
    assert height["status"] == "UPDATED"
    assert (value["previous_value"], value["new_value"], value["status"]) == (*texts, status)


def test_a_removed_node_is_called_what_it_was(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.delete(site, "branch")
    node = updated(world)["a"]
    assert (node["status"], counts(node)) == ("REMOVED", [0, 0, 3, 0])
    value = of(of(node["attributes"], "name")["properties"], "HAS_VALUE")
    assert (value["previous_value"], value["new_value"], value["status"]) == ("a", None, "REMOVED")


def test_what_came_and_went_is_no_difference(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, "branch", height=1)
    world.delete(world.create("TestingSite", "branch", name="a"), "branch")
    assert updated(world) == {}


def test_another_peer_is_one_change_and_both_ends_show_it(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    device = world.create("TestingDevice", name="d", site=(one,))
    world.fork()
    world.update(device, "branch", site=(two,))
    nodes = updated(world)
    assert nodes.keys() == {"d", "one", "two"}
    (site,) = nodes["d"]["relationships"]
    assert (site["name"], site["cardinality"], site["status"]) == ("site", "ONE", "UPDATED")
    assert site["path_identifier"] == f"data/{device}/site/peer"
    (element,) = site["elements"]
    assert (element["status"], element["peer_id"], element["peer_label"]) == ("UPDATED", two, "two")
    peer = of(element["properties"], "IS_RELATED")
    assert (peer["previous_value"], peer["new_value"]) == (one, two)
    assert (peer["previous_label"], peer["new_label"], peer["status"]) == ("one", "two", "UPDATED")
    assert peer["path_identifier"] == f"data/{device}/site/property/IS_RELATED"
    for label, status in (("one", "REMOVED"), ("two", "ADDED")):
        (devices,) = nodes[label]["relationships"]
        assert (devices["cardinality"], devices["status"]) == ("MANY", "UPDATED")
        assert [(item["status"], item["peer_label"]) for item in devices["elements"]] == [(status, "d")]


def test_peers_come_and_go(world: World) -> None:
    one, two = world.create("BuiltinTag", name="one"), world.create("BuiltinTag", name="two")
    device = world.create("TestingDevice", name="d", tags={one})
    world.fork()
    world.update(device, "branch", tags={two})
    nodes = updated(world)
    assert nodes.keys() == {"d"}, "a tag has no way back to the device"
    (tags,) = nodes["d"]["relationships"]
    assert counts(tags) == [1, 0, 1, 0]
    assert of(tags["elements"], "one")["status"] == "REMOVED"
    assert of(tags["elements"], "two")["status"] == "ADDED"
    assert of(tags["elements"], "two")["path_identifier"] == f"data/{device}/tags"


def test_a_node_shows_what_it_is_a_part_of(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    interface = world.create("TestingInterface", name="eth0", device=(device,))
    world.fork()
    world.update(interface, "branch", name="eth1")
    nodes = updated(world)
    parent = {"uuid": device, "kind": "TestingDevice", "relationship_name": "interfaces"}
    assert nodes["eth1"]["parent"] == parent
    assert (nodes["d"]["status"], counts(nodes["d"])) == ("UNCHANGED", [0, 0, 0, 0])
    assert counts(tree(world)) == [0, 1, 0, 0]
    (alone,) = tree(world, f'include_parents: false, filters: {{ids: ["{interface}"]}}')["nodes"]
    assert (alone["label"], alone["parent"]) == ("eth1", None)


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ("status: {includes: [ADDED]}", ["new"]),
        ("status: {excludes: [ADDED]}", ["changed", "gone"]),
        ('kind: {includes: ["TestingSite"]}', ["gone", "new"]),
        ('kind: {excludes: ["TestingSite"]}', ["changed"]),
        ('namespace: {includes: ["Builtin"]}', []),
        ('namespace: {includes: ["Testing"]}, status: {includes: [REMOVED]}', ["gone"]),
    ],
)
def test_nodes_of_a_difference_are_filtered_and_its_counts_are_not(
    world: World, filters: str, wanted: list[str]
) -> None:
    gone, changed = world.create("TestingSite", name="gone"), world.create("TestingDevice", name="changed")
    world.fork()
    world.delete(gone, "branch")
    world.update(changed, "branch", height=1)
    world.create("TestingSite", "branch", name="new")
    update(world)
    shown = tree(world, f"filters: {{{filters}}}")
    assert [node["label"] for node in shown["nodes"]] == wanted
    assert counts(shown) == [1, 1, 1, 0]


def test_nodes_of_a_difference_are_paged_by_their_ids(world: World) -> None:
    world.fork()
    ids = [world.create("TestingSite", "branch", name=f"site {number}") for number in range(5)]
    update(world)
    pages = [tree(world, f"limit: 2, offset: {offset}")["nodes"] for offset in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(node["uuid"] for page in pages for node in page) == sorted(ids)
    assert [node["uuid"] for node in tree(world, f'root_node_uuids: ["{ids[3]}"]')["nodes"]] == [ids[3]]


def test_the_summary_counts_the_fields_of_the_nodes(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    world.update(device, "branch", height=1, ports=["a"])
    world.create("TestingSite", "branch", name="new")
    update(world)
    world.update(device, "branch", height=2)
    fields = f"{COUNTS} num_unchanged base_branch diff_branch num_untracked_base_changes num_untracked_diff_changes"
    summary = world.ask(f'{{ DiffTreeSummary(branch: "branch") {{ {fields} }} }}')
    assert counts(summary) == [3, 2, 0, 0]
    assert summary["num_unchanged"] == summary["num_untracked_base_changes"] == 0
    assert summary["num_untracked_diff_changes"] > 0


def test_a_difference_shows_what_was_when_it_was_made(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="one")
    update(world)
    world.create("TestingSite", "branch", name="two")
    assert [node["label"] for node in tree(world)["nodes"]] == ["one"]
    assert updated(world).keys() == {"one", "two"}


def test_a_named_difference_has_its_own_times(world: World) -> None:
    world.fork()
    world.create("TestingSite", "branch", name="one")
    start = clock.shown(world.now())
    world.create("TestingSite", "branch", name="two")
    end = clock.shown(world.now())
    world.create("TestingSite", "branch", name="three")
    update(world, f'name: "middle", from_time: "{start}", to_time: "{end}"')
    shown = tree(world, 'name: "middle"')
    assert (shown["name"], shown["from_time"], shown["to_time"]) == ("middle", start, end)
    assert [node["label"] for node in shown["nodes"]] == ["two"]
    assert tree(world, 'name: "other"') is None
    update(world, 'name: "long", to_time: "2100-01-01T00:00:00Z"')
    assert tree(world, 'name: "long"') is None, "it ends later than now"
    assert tree(world, 'name: "long", to_time: "2100-01-01T00:00:00Z"')["name"] == "long"
    assert tree(world, f'from_time: "{end}"') is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('from_time: "2030-01-01T00:00:00Z"', "give a name"),
        ('name: "kept", from_time: "2100-01-01T00:00:00Z"', "from_time is too late: 'kept' begins"),
        ('name: "kept", from_time: "2000-01-01T00:00:00Z"', "from_time is too early: the branch begins"),
        ('name: "kept", to_time: "2000-01-01T00:00:00Z"', "to_time is too early: 'kept' ends"),
    ],
)
def test_times_that_leave_out_what_a_difference_has_are_refused(world: World, data: str, words: str) -> None:
    world.fork()
    update(world, 'name: "kept"')
    text = f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{branch: "branch", {data}}}) {{ ok }} }}'
    assert words in world.refusal(text)["message"]


def test_a_difference_that_ends_before_it_begins_is_refused(world: World) -> None:
    world.fork()
    data = '{branch: "branch", name: "mine", from_time: "2030-01-02T00:00:00Z", to_time: "2030-01-01T00:00:00Z"}'
    refused = world.refusal(f"mutation {{ DiffUpdate(wait_until_completion: true, data: {data}) {{ ok }} }}")
    assert refused["extensions"]["http_status"] == 500


def test_who_does_not_wait_for_a_difference_gets_a_task(world: World) -> None:
    world.fork()
    answer = world.ask('mutation { DiffUpdate(data: {branch: "branch"}) { ok task { id } } }')
    assert answer["ok"] is True
    assert answer["task"]["id"]
    assert tree(world) is not None


def test_a_branch_that_is_not_there_has_no_difference(world: World) -> None:
    error = world.answer('{ DiffTree(branch: "nowhere") { name } }')["errors"][0]
    assert error["extensions"]["code"] == "BRANCH_NOT_FOUND"


def test_the_default_branch_is_compared_where_none_is_named(world: World) -> None:
    assert world.ask("{ DiffTree { name } }") is None
    before = clock.shown(world.now())
    world.create("TestingSite", name="a")
    data = f'branch: "main", name: "mine", from_time: "{before}"'
    world.ask(f"mutation {{ DiffUpdate(wait_until_completion: true, data: {{{data}}}) {{ ok }} }}")
    found = world.ask("{ DiffTree { diff_branch num_added num_conflicts nodes { label } } }")
    assert found == {"diff_branch": "main", "num_added": 1, "num_conflicts": 0, "nodes": [{"label": "a"}]}


def test_the_default_branch_is_compared_with_nothing_from_its_beginning_on(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.ask('mutation { DiffUpdate(wait_until_completion: true, data: {branch: "main"}) { ok } }')
    nodes = world.ask("{ DiffTree { nodes { uuid label status } } }")["nodes"]
    assert {"uuid": site, "label": "a", "status": "ADDED"} in nodes


def test_a_page_of_a_difference_that_cannot_be_is_refused_or_nothing(world: World) -> None:
    world.fork()
    update(world)
    assert "offset is -1" in world.refusal('{ DiffTree(branch: "branch", offset: -1) { name } }')["message"]
    assert tree(world, "limit: -1") is None


def test_nodes_above_those_that_are_asked_for_show_no_changes_of_their_own(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    interface = world.create("TestingInterface", name="i", device=(device,))
    world.fork()
    for branch in ("main", "branch"):
        world.update(interface, branch, name=branch)
    world.update(device, "branch", height=2)
    update(world)
    shown = {node["uuid"]: node for node in tree(world)["nodes"]}
    assert (shown[device]["status"], shown[device]["num_conflicts"], len(shown[device]["attributes"])) == (
        "UPDATED",
        2,
        1,
    )
    shown = {node["uuid"]: node for node in tree(world, f'filters: {{ids: ["{interface}"]}}')["nodes"]}
    assert (shown[interface]["status"], shown[interface]["num_conflicts"]) == ("UPDATED", 2)
    assert (shown[device]["status"], shown[device]["num_conflicts"], shown[device]["attributes"]) == (
        "UNCHANGED",
        0,
        [],
    )
    assert tree(world)["num_conflicts"] == 2


def test_a_merge_puts_the_difference_away(world: World) -> None:
    world.fork()
    start = clock.shown(world.now())
    world.create("TestingSite", "branch", name="a")
    world.merge()
    assert tree(world) is None
    text = 'mutation { DiffUpdate(wait_until_completion: true, data: {branch: "branch"}) { ok } }'
    assert world.refusal(text)["extensions"]["http_status"] == 404
    update(world, f'name: "later", from_time: "{start}"')
    assert [node["label"] for node in tree(world, f'from_time: "{start}"')["nodes"]] == ["a"]


def test_a_rebase_makes_the_difference_anew(world: World) -> None:
    site = world.create("TestingSite", name="a")
    world.fork()
    world.update(site, "branch", name="b")
    update(world)
    world.create("TestingSite", name="of main")
    world.rebase()
    shown = tree(world)
    branched = world.ask('{ Branch(name: "branch") { branched_from } }')[0]["branched_from"]
    assert clock.microseconds(shown["from_time"]) == clock.microseconds(branched)
    assert [node["label"] for node in shown["nodes"]] == ["b"]


# Conflicts


def test_a_conflict_shows_both_sides_at_the_attribute(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, height=None)
    node = updated(world)["d"]
    assert (node["contains_conflict"], counts(node)) == (True, [0, 1, 0, 1])
    (height,) = node["attributes"]
    assert height["contains_conflict"] is True
    conflict = height["conflict"]
    assert (conflict["base_branch_action"], conflict["base_branch_value"]) == ("REMOVED", "NULL")
    assert (conflict["diff_branch_action"], conflict["diff_branch_value"]) == ("UPDATED", "2")
    assert (conflict["selected_branch"], conflict["resolvable"]) == (None, True)
    assert height["properties"][0]["conflict"] is None
    assert tree(world)["num_conflicts"] == 1


def test_a_conflict_about_a_peer_shows_the_labels(world: World) -> None:
    one, two = world.create("TestingSite", name="one"), world.create("TestingSite", name="two")
    device = world.create("TestingDevice", name="d")
    world.fork()
    world.update(device, "branch", site=(one,))
    world.update(device, site=(two,))
    (site,) = updated(world)["d"]["relationships"]
    (element,) = site["elements"]
    assert site["contains_conflict"] is element["contains_conflict"] is True
    conflict = element["conflict"]
    assert (conflict["base_branch_value"], conflict["base_branch_label"]) == (two, "two")
    assert (conflict["diff_branch_value"], conflict["diff_branch_label"]) == (one, "one")


def test_a_conflict_about_a_node_that_is_gone_cannot_be_resolved(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    world.update(device, "branch", height=2)
    world.delete(device)
    node = updated(world)["d"]
    assert (node["contains_conflict"], node["num_conflicts"]) == (True, 1)
    conflict = node["conflict"]
    assert (conflict["base_branch_action"], conflict["diff_branch_action"]) == ("REMOVED", "UPDATED")
    assert conflict["resolvable"] is False
    data = f'conflict_id: "{conflict["uuid"]}", selected_branch: DIFF_BRANCH'
    resolve = f"mutation {{ ResolveDiffConflict(data: {{{data}}}) {{ ok }} }}"
    assert "on the branches" in world.refusal(resolve)["message"]


def test_a_conflict_keeps_its_id_and_the_side_that_was_chosen(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, height=3)
    conflict = updated(world)["d"]["attributes"][0]["conflict"]
    for chosen in ("DIFF_BRANCH", "BASE_BRANCH"):
        data = f'conflict_id: "{conflict["uuid"]}", selected_branch: {chosen}'
        assert world.ask(f"mutation {{ ResolveDiffConflict(data: {{{data}}}) {{ ok }} }}") == {"ok": True}
        again = updated(world)["d"]["attributes"][0]["conflict"]
        assert again == {**conflict, "selected_branch": chosen}


def test_a_conflict_goes_when_the_data_agrees(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    world.update(device, "branch", height=2)
    world.update(device, height=3)
    assert updated(world)["d"]["contains_conflict"] is True
    world.update(device, height=2)
    assert updated(world)["d"]["contains_conflict"] is False
    assert world.ask('mutation { BranchValidate(data: {name: "branch"}) { ok } }') == {"ok": True}


def test_a_conflict_that_is_not_there_is_refused(world: World) -> None:
    text = 'mutation { ResolveDiffConflict(data: {conflict_id: "none", selected_branch: BASE_BRANCH}) { ok } }'
    assert "none" in world.refusal(text)["message"]


def test_lists_whose_order_does_not_matter_are_the_same_in_any_order(world: World) -> None:
    device = world.create("TestingDevice", name="d", ports=["a"])
    world.fork()
    world.update(device, "branch", ports=["b", "c"])
    world.update(device, ports=["c", "b"])
    assert updated(world)["d"]["contains_conflict"] is world.app.session().kinds["TestingDevice"].attributes[
        "ports"
    ].data.get("ordered", True)
