"""Schemas of branches: seen there alone, and brought along by merges and rebases, with the data made to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.schema import loading
from infrahub_sdk.testing.server.web import rest_schema

if TYPE_CHECKING:
    from tests.unit.testing.branch_world import World

RACK = {
    "name": "Rack",
    "namespace": "Testing",
    "attributes": [{"name": "name", "kind": "Text"}, {"name": "units", "kind": "Number", "default_value": 42}],
}


def load(world: World, document: dict[str, Any], branch: str = "branch") -> None:
    with world.app.storage.transaction():
        loading.load(world.app.session(branch), [{"version": "1.0", **document}])


def attribute(name: str, **more: Any) -> dict[str, Any]:
    """A document that gives devices a further attribute."""
    added = {"name": name, "kind": "Text", "optional": True, **more}
    return {"extensions": {"nodes": [{"kind": "TestingDevice", "attributes": [added]}]}}


def differs(world: World) -> bool:
    (found,) = world.ask('{ Branch(name: "branch") { has_schema_changes schema_differs_from_default_branch } }')
    assert found["has_schema_changes"] is found["schema_differs_from_default_branch"]
    return bool(found["has_schema_changes"])


def test_a_kind_of_a_branch_is_known_there_alone_and_said_to_differ(world: World) -> None:
    world.fork()
    assert differs(world) is False
    load(world, {"nodes": [RACK]})
    assert differs(world) is True
    world.create("TestingRack", "branch", name="r")
    assert "TestingRack" not in world.app.session().kinds
    assert "errors" in world.answer("{ TestingRack { count } }")
    assert world.ask("{ TestingRack { count } }", "branch") == {"count": 1}


def test_a_merge_brings_a_kind_and_its_nodes(world: World) -> None:
    world.fork()
    load(world, {"nodes": [RACK]})
    rack = world.create("TestingRack", "branch", name="r", units=10)
    world.merge()
    assert differs(world) is False
    found = world.read(rack)
    assert found is not None
    assert (found["name"], found["units"]) == ("r", 10)


def test_a_merge_gives_an_attribute_to_what_was_made_on_the_default_branch_since(world: World) -> None:
    old = world.create("TestingDevice", name="old")
    world.fork()
    load(world, attribute("color", default_value="grey"))
    world.update(old, "branch", color="red")
    there = world.create("TestingDevice", "branch", name="there", color="blue")
    here = world.create("TestingDevice", name="here")
    world.merge()
    colors = [node["color"] if node else None for node in map(world.read, (old, there, here))]
    assert colors == ["red", "blue", "grey"]


def test_a_merge_gives_what_it_brings_the_attributes_that_the_default_branch_got_since(world: World) -> None:
    world.fork()
    there = world.create("TestingDevice", "branch", name="there")
    load(world, attribute("color", default_value="grey"), "main")
    world.merge()
    found = world.read(there)
    assert found is not None
    assert found["color"] == "grey"


def test_both_schemas_may_change(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    load(world, attribute("color", default_value="grey"))
    load(world, {"nodes": [RACK]}, "main")
    rack = world.create("TestingRack", name="r")
    world.merge()
    found = world.read(device)
    assert found is not None
    assert found["color"] == "grey"
    assert world.read(rack) is not None


def test_a_rebased_branch_has_both_schemas(world: World) -> None:
    device = world.create("TestingDevice", name="d")
    world.fork()
    load(world, attribute("color", default_value="grey"))
    mine = world.create("TestingDevice", "branch", name="mine")
    load(world, {"nodes": [RACK]}, "main")
    load(world, attribute("weight", default_value="light"), "main")
    rack, late = world.create("TestingRack", name="r"), world.create("TestingDevice", name="late")
    world.rebase()
    assert world.read(rack, "branch") == world.read(rack)
    for id in (device, mine, late):
        found = world.read(id, "branch")
        assert found is not None
        assert (found["color"], found["weight"]) == ("grey", "light")
    assert "color" not in world.app.session().kinds["TestingDevice"].attributes
    world.merge()
    late_now = world.read(late)
    assert late_now is not None
    assert (late_now["color"], late_now["weight"]) == ("grey", "light")


def test_a_branch_without_a_schema_of_its_own_follows_the_default_branch_when_it_is_rebased(world: World) -> None:
    world.fork()
    mine = world.create("TestingDevice", "branch", name="mine")
    load(world, attribute("color", default_value="grey"), "main")
    assert differs(world) is True
    world.rebase()
    assert differs(world) is False
    found = world.read(mine, "branch")
    assert found is not None
    assert found["color"] == "grey"


def test_an_attribute_that_a_branch_removes_is_gone_after_the_merge(world: World) -> None:
    device = world.create("TestingDevice", name="d", height=1)
    world.fork()
    load(
        world,
        {
            "extensions": {
                "nodes": [
                    {"kind": "TestingDevice", "attributes": [{"name": "height", "kind": "Number", "state": "absent"}]}
                ]
            }
        },
    )
    world.merge()
    found = world.read(device)
    assert found is not None
    assert "height" not in found


def test_a_kind_that_a_branch_removes_is_gone_after_the_merge_with_its_nodes(world: World) -> None:
    load(world, {"nodes": [RACK]}, "main")
    rack = world.create("TestingRack", name="r")
    world.fork()
    load(world, {"nodes": [{"name": "Rack", "namespace": "Testing", "state": "absent"}]})
    assert world.read(rack) is not None
    world.merge()
    assert "TestingRack" not in world.app.session().kinds
    assert world.app.storage.rows("select 1 from node where id = ? and until is null and branch = 1", [rack]) == []


def test_what_a_merge_would_make_invalid_is_refused_and_nothing_is_changed(world: World) -> None:
    world.fork()
    load(world, {"nodes": [{**RACK, "attributes": [{"name": "name", "kind": "Text"}]}]})
    load(
        world,
        {
            "extensions": {
                "nodes": [
                    {"kind": "TestingDevice", "attributes": [{"name": "height", "kind": "Number", "optional": False}]}
                ]
            }
        },
    )
    world.create("TestingDevice", name="without a height")
    message = world.merge_refusal()
    assert "height" in message
    assert "TestingRack" not in world.app.session().kinds


def test_a_merged_branch_takes_no_schema(world: World) -> None:
    world.fork()
    world.merge()
    with pytest.raises(Refused, match="can only be read") as raised:
        rest_schema.load(world.app.session("branch"), {"schemas": [{"version": "1.0", "nodes": [RACK]}]})
    assert raised.value.code == "BRANCH_ALREADY_MERGED"
