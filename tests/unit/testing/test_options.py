"""Choices of dropdowns and values of enums of the local server, added and taken away one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot


def option(
    depot: Depot, mutation: str, name: str, branch: str = "main", /, kind: str = "DepDevice", **more: str
) -> Any:
    """What a mutation of options gives."""
    option = "dropdown" if "Dropdown" in mutation else "enum"
    attribute = more.pop("attribute", "status" if option == "dropdown" else "size")
    given = {"kind": kind, "attribute": attribute, option: name, **more}
    data = ", ".join(f"{name}: {json.dumps(value)}" for name, value in given.items())
    shown = " object { value label color description }" if mutation == "SchemaDropdownAdd" else ""
    return depot.run(f"mutation {{ {mutation}(data: {{{data}}}) {{ ok{shown} }} }}", branch)[mutation]


def test_a_choice_is_added_with_all_that_it_has(depot: Depot) -> None:
    answer = option(depot, "SchemaDropdownAdd", "half", label="Half", color="#0000ff", description="Partly")
    assert answer == {
        "ok": True,
        "object": {"value": "half", "label": "Half", "color": "#0000ff", "description": "Partly"},
    }
    id = depot.make("DepDevice", name="a", status="half")
    assert depot.node("DepDevice", id, "status { value label }")["status"] == {"value": "half", "label": "Half"}


def test_a_choice_that_no_node_has_can_be_taken_away(depot: Depot) -> None:
    id = depot.make("DepDevice", name="a", status="off")
    with pytest.raises(Refusals, match=r"DepDevice\.\w+: nodes have the dropdown value"):
        option(depot, "SchemaDropdownRemove", "off")
    depot.edit("DepDevice", id, status="on")
    assert option(depot, "SchemaDropdownRemove", "off") == {"ok": True}
    assert "is none of the choices" in depot.refused("DepDeviceUpdate", id=id, status="off")
    depot.drop("DepDevice", id)
    with pytest.raises(Refusals, match="would be left without a value"):
        option(depot, "SchemaDropdownRemove", "on")


def test_an_enum_gets_values_and_loses_those_that_no_node_has(depot: Depot) -> None:
    assert option(depot, "SchemaEnumAdd", "huge") == {"ok": True}
    id = depot.make("DepDevice", name="a", size="huge")
    with pytest.raises(Refusals, match=r"DepDevice\.\w+: nodes have the enum value"):
        option(depot, "SchemaEnumRemove", "huge")
    depot.edit("DepDevice", id, size="small")
    for name in ("huge", "large"):
        assert option(depot, "SchemaEnumRemove", name) == {"ok": True}
    depot.drop("DepDevice", id)
    with pytest.raises(Refusals, match="would be left without a value"):
        option(depot, "SchemaEnumRemove", "small")


@pytest.mark.parametrize(
    ("mutation", "name", "more", "reason"),
    [
        ("SchemaDropdownAdd", "on", {}, "DepDevice.status has the choice 'on' already"),
        ("SchemaDropdownAdd", "x", {"color": "blue"}, "DepDevice.status: the choice has a color that must match"),
        ("SchemaDropdownAdd", "x", {"attribute": "size"}, "DepDevice.size is of the kind Text, which has no choices"),
        ("SchemaDropdownAdd", "x", {"attribute": "nope"}, "DepDevice has no attribute 'nope'"),
        ("SchemaDropdownAdd", "x", {"kind": "Nope"}, "There is no kind 'Nope'"),
        (
            "SchemaDropdownAdd",
            "x",
            {"kind": "DepPrefix", "attribute": "member_type"},
            "DepPrefix.member_type comes from a generic",
        ),
        (
            "SchemaDropdownAdd",
            "x",
            {"kind": "BuiltinIPPrefix", "attribute": "member_type"},
            "the namespace 'Builtin' is the server's own",
        ),
        ("SchemaDropdownRemove", "nope", {}, "DepDevice.status has no dropdown value 'nope'"),
        ("SchemaEnumAdd", "small", {}, "DepDevice.size has 'small' in its enum already"),
        ("SchemaEnumAdd", "x", {"attribute": "status"}, "DepDevice.status has no enum"),
        ("SchemaEnumRemove", "nope", {}, "DepDevice.size has no enum value 'nope'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    depot: Depot, mutation: str, name: str, more: dict[str, str], reason: str
) -> None:
    with pytest.raises(Refusals, match=reason):
        option(depot, mutation, name, **more)


def test_options_of_a_branch_are_its_own(depot: Depot) -> None:
    depot.run('mutation { BranchCreate(data: {name: "other"}) { ok } }')
    option(depot, "SchemaDropdownAdd", "half", "other")
    depot.make("DepDevice", "other", name="a", status="half")
    assert "is none of the choices" in depot.refused("DepDeviceCreate", name="b", status="half")
