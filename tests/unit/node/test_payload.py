"""Whatever a node holds, the mutation says exactly that."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, value_from_ast_untyped
from hypothesis import given
from hypothesis import strategies as st

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.core.saving import create_mutation
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.node.values import decoder, encode
from tests.unit.fake import Fake
from tests.unit.kinds import schema

CLIENT = InfrahubClientSync(config=Fake().config())
CLIENT.schema.set_cache(schema())

text = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda values: st.lists(values) | st.dictionaries(text, values),
    max_leaves=8,
)


def said(node: Any) -> dict[str, Any]:
    """What the server reads in the node's mutation."""
    document, variables = create_mutation(node)
    call = parse(document).definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]
    found: dict[str, Any] = value_from_ast_untyped(call.arguments[0].value, variables)
    return found


@given(name=text, description=text | st.none(), json_value=json_values.filter(lambda value: value is not None))
def test_values_of_every_shape_arrive_as_they_are(name: str, description: str | None, json_value: Any) -> None:
    sample = CLIENT.create("TestingSample", name=name, a_textarea=description, a_json={"value": json_value})
    expected: dict[str, Any] = {"name": {"value": name}, "a_json": {"value": json_value}}
    if description is not None:
        expected["a_textarea"] = {"value": description}
    found = said(sample)
    assert found == {key: expected[key] for key in found}
    assert found.keys() == expected.keys()


@given(peers=st.lists(text.filter(bool), max_size=4), hfid=st.lists(text, min_size=1, max_size=3))
def test_peers_of_every_name_arrive_as_they_are(peers: list[str], hfid: list[str]) -> None:
    device = CLIENT.create("DcimDevice", name="x", location=hfid, tags=peers)
    found = said(device)
    assert found["location"] == {"hfid": hfid}
    assert found["tags"] == [{"id": peer} for peer in peers]


@given(address=st.ip_addresses(), prefix=st.integers(0, 32), kind=st.sampled_from(["IPHost", "IPAddress"]))
def test_addresses_come_back_as_they_were(address: Any, prefix: int, kind: str) -> None:
    decode = decoder(kind)
    assert decode is not None
    value = decode(f"{address}/{prefix}" if kind == "IPHost" else str(address))
    assert decode(encode(value)) == value


@given(value=json_values)
def test_json_is_its_own_form(value: Any) -> None:
    assert encode(value) == value


@pytest.mark.parametrize(("value", "where"), [(object(), "a"), ({"b": [1, object()]}, r"a\.b\[1\]"), ({1: 2}, "a")])
def test_what_has_no_form_is_refused_with_its_place(value: Any, where: str) -> None:
    with pytest.raises(ValidationError, match=rf"^{where}: "):
        encode(value, "a")
