"""The mutations by which the workers of a real server write what is made of other values, on the local server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Inventory, Refusals

if TYPE_CHECKING:
    from collections.abc import Iterator


def mutate(inventory: Inventory, mutation: str, **data: Any) -> None:
    given = ", ".join(f"{name}: {json.dumps(value)}" for name, value in data.items())
    assert inventory.run(f"mutation {{ {mutation}(data: {{{given}}}) {{ ok }} }}") == {mutation: {"ok": True}}


def test_a_computed_value_can_be_written_and_made_anew(inventory: Inventory) -> None:
    id = inventory.add("Box", name="a")
    mutate(inventory, "InfrahubUpdateComputedAttribute", id=id, kind="InvBox", attribute="title", value="mine")
    assert inventory.node("InvBox", id, "title { value }")["title"]["value"] == "mine"
    mutate(inventory, "InfrahubRecomputeComputedAttribute", kind="InvBox", attribute="title", node_ids=[id])
    assert inventory.node("InvBox", id, "title { value }")["title"]["value"] == "a in None"


def _computed(name: str, template: str) -> dict[str, Any]:
    how = {"kind": "Jinja2", "jinja2_template": template}
    return {"name": name, "kind": "Text", "optional": True, "read_only": True, "computed_attribute": how}


def _made_of_the_other(name: str, other: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "Circle",
        "attributes": [_computed("trace", f"{{{{ other__trace__value }}}}{name[0]}")],
        "relationships": [{"name": "other", "peer": f"Circle{other}", "identifier": "circle", "cardinality": "one"}],
    }


SIZE = {"name": "size", "kind": "Number"}
SHARE = {"name": "Share", "namespace": "Circle", "attributes": [SIZE, _computed("part", "{{ 12 // size__value }}")]}
CIRCLE = {"version": "1.0", "nodes": [_made_of_the_other("Left", "Right"), _made_of_the_other("Right", "Left"), SHARE]}


class Circle(Inventory):
    """Two kinds, of which each has a value that is made of the other's."""

    schema = CIRCLE


@pytest.fixture
def circle() -> Iterator[Circle]:
    circle = Circle()
    yield circle
    circle.app.close()


def test_values_that_are_made_of_one_another_in_a_circle_are_made_anew_once(circle: Circle) -> None:
    left = circle.change("CircleLeftCreate")
    right = circle.change("CircleRightCreate", other={"id": left})
    circle.change("CircleLeftUpdate", id=left, other={"id": right})
    assert circle.node("CircleLeft", left, "trace { value }")["trace"]["value"] == "NoneLRLRL"


def test_a_node_with_a_value_that_cannot_be_made_is_refused(circle: Circle) -> None:
    with pytest.raises(Refusals, match="part cannot be made") as refused:
        circle.change("CircleShareCreate", size={"value": 0})
    assert refused.value.errors[0]["extensions"]["http_status"] == 422
    assert circle.change("CircleShareCreate", size={"value": 5})


def test_labels_and_hfids_are_made_whenever_they_are_asked_for(inventory: Inventory) -> None:
    id = inventory.add("Box", name="a")
    mutate(inventory, "InfrahubUpdateDisplayLabel", id=id, kind="InvBox", value="other")
    mutate(inventory, "InfrahubUpdateHFID", id=id, kind="InvBox", value=["other"])
    assert inventory.node("InvBox", id, "display_label hfid") == {"display_label": "a", "hfid": ["a"]}


@pytest.mark.parametrize(
    ("mutation", "data", "reason"),
    [
        ("InfrahubUpdateComputedAttribute", {"attribute": "name", "value": "x"}, "Users set InvBox.name"),
        ("InfrahubUpdateComputedAttribute", {"attribute": "nope", "value": "x"}, "no attribute nope"),
        (
            "InfrahubUpdateComputedAttribute",
            {"attribute": "title", "value": "x", "id": "nope"},
            "No InvBox has the id 'nope'",
        ),
        ("InfrahubUpdateDisplayLabel", {"value": "x", "kind": "InvLease"}, "InvLease no display_label"),
        ("InfrahubUpdateDisplayLabel", {"value": "x", "kind": "InvPort"}, "InvPort is a generic"),
        ("InfrahubUpdateHFID", {"value": ["x"], "kind": "InvLease"}, "InvLease no human_friendly_id"),
        ("InfrahubUpdateHFID", {"value": ["x", "y"]}, "1 parts, not of 2"),
        ("InfrahubRecomputeComputedAttribute", {"attribute": "name"}, "Users set InvBox.name"),
    ],
)
def test_what_cannot_be_written_is_refused(
    inventory: Inventory, mutation: str, data: dict[str, Any], reason: str
) -> None:
    given = {"kind": "InvBox", **data}
    if mutation != "InfrahubRecomputeComputedAttribute":
        given.setdefault("id", inventory.add("Box", name="a"))
    with pytest.raises(Refusals, match=reason):
        mutate(inventory, mutation, **given)
