"""Data for a new node, checked against its kind and written for the create mutation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.schema import NodeSchemaAPI
from infrahub_sdk.schema.payload import generate_payload_create, validate_data_against_schema

from .answers import raw_kind


@pytest.fixture
def device() -> NodeSchemaAPI:
    return NodeSchemaAPI._wrap(raw_kind("DcimDevice"))


def test_data_with_the_names_of_the_kind_passes(device: NodeSchemaAPI) -> None:
    validate_data_against_schema(device, {"name": "a", "tags": [], "platform": None})


def test_every_wrong_name_is_reported_with_the_nearest(device: NodeSchemaAPI) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_data_against_schema(device, {"nmae": "a", "tags": [], "plattform": 1})
    assert caught.value.identifier == "DcimDevice"
    assert caught.value.messages == [
        "'nmae' is neither an attribute nor a relationship of DcimDevice. Did you mean 'name'?",
        "'plattform' is neither an attribute nor a relationship of DcimDevice. Did you mean 'platform'?",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "atl1"}, {"name": {"value": "atl1"}}),
        ({"description": None}, {"description": {"value": None}}),
        ({"name": {"value": "atl1", "is_protected": True}}, {"name": {"value": "atl1", "is_protected": True}}),
        ({"platform": "p1"}, {"platform": {"id": "p1"}}),
        ({"platform": None}, {"platform": None}),
        ({"platform": {"hfid": ["ios"]}}, {"platform": {"hfid": ["ios"]}}),
        ({"platform": SimpleNamespace(id="p1")}, {"platform": {"id": "p1"}}),
        ({"tags": ["t1", {"id": "t2"}]}, {"tags": [{"id": "t1"}, {"id": "t2"}]}),
        ({"tags": "t1"}, {"tags": [{"id": "t1"}]}),
        ({"tags": []}, {"tags": []}),
        ({"id": "1234"}, {"id": "1234"}),
    ],
)
def test_values_are_written_as_the_mutation_takes_them(
    device: NodeSchemaAPI, value: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert generate_payload_create(device, value) == expected


def test_properties_go_to_every_value_that_does_not_have_its_own(device: NodeSchemaAPI) -> None:
    payload = generate_payload_create(
        device,
        {"name": "atl1", "tags": ["t1"], "platform": {"id": "p1", "source": "mine"}},
        source="s1",
        owner="o1",
        is_protected=False,
    )
    properties = {"source": "s1", "owner": "o1", "is_protected": False}
    assert payload == {
        "name": {"value": "atl1", **properties},
        "tags": [{"id": "t1", **properties}],
        "platform": {"id": "p1", **properties, "source": "mine"},
    }


def test_a_dictionary_is_the_value_of_a_json_attribute() -> None:
    schema = NodeSchemaAPI.model_validate(
        {"namespace": "Infra", "name": "Rack", "attributes": [{"name": "extra", "kind": "JSON"}]}
    )
    assert generate_payload_create(schema, {"extra": {"a": 1}}) == {"extra": {"value": {"a": 1}}}


def test_a_wrong_name_is_not_sent(device: NodeSchemaAPI) -> None:
    with pytest.raises(ValidationError, match="'nmae' is neither"):
        generate_payload_create(device, {"nmae": "atl1"})
