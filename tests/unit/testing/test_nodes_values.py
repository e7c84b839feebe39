"""Values of attributes: what is taken, what is kept, what is shown."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk.testing.server.accounts import passwords
from infrahub_sdk.testing.server.nodes import addresses, values
from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.inventory import Inventory

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
INTERFACES = st.ip_addresses().flatmap(
    lambda ip: st.integers(0, ip.max_prefixlen).map(lambda length: ipaddress.ip_interface(f"{ip}/{length}"))
)
FEW = settings(max_examples=40, deadline=None)
OF_KIND = {
    "Text": st.text(),
    "Number": st.integers(-(2**63), 2**63 - 1),
    "Boolean": st.booleans(),
    "List": st.lists(JSON, max_size=4),
    "JSON": st.dictionaries(st.text(max_size=5), JSON, max_size=4),
    "Any": JSON,
}


@FEW
@given(st.sampled_from(sorted(OF_KIND)).flatmap(lambda kind: st.tuples(st.just(kind), OF_KIND[kind])))
def test_a_value_comes_out_of_the_database_as_it_went_in(case: tuple[str, Any]) -> None:
    kind, value = case
    assert values.loaded(kind, values.stored(kind, values.normal(kind, value))) == value


@FEW
@given(INTERFACES)
def test_an_address_has_one_form_however_it_is_written(interface: Any) -> None:
    forms = {interface.with_prefixlen, interface.with_netmask, interface.with_prefixlen.upper()}
    if interface.version == 6:
        forms = {interface.with_prefixlen, f"{interface.ip.exploded}/{interface.network.prefixlen}"}
    assert {addresses.host(form) for form in forms} == {interface.with_prefixlen}
    assert addresses.network(str(interface.network)) == interface.network.with_prefixlen


@FEW
@given(INTERFACES)
def test_the_fields_of_an_address_are_those_of_the_standard_library(interface: Any) -> None:
    read, fields = addresses.FIELDS["IPHost"]
    found = {name: field(read(interface.with_prefixlen)) for name, field in fields.items()}
    assert found["ip"] == str(interface.ip)
    assert found["prefixlen"] == interface.network.prefixlen
    assert found["netmask"] == str(interface.netmask)
    assert found["with_hostmask"] == interface.with_hostmask


@FEW
@given(st.binary(min_size=6, max_size=6))
def test_a_mac_address_has_one_form_however_it_is_written(packed: bytes) -> None:
    digits, pairs = packed.hex(), [f"{byte:02x}" for byte in packed]
    quads, halves = [digits[:4], digits[4:8], digits[8:]], [digits[:6], digits[6:]]
    forms = [digits, ":".join(pairs), "-".join(pairs), ".".join(quads), ":".join(quads), "-".join(halves)]
    forms += [":".join(f"{byte:x}" for byte in packed), ":".join(halves).upper()]
    assert {addresses.mac(form) for form in forms} == {":".join(pairs).upper()}


@FEW
@given(st.binary(min_size=6, max_size=6))
def test_every_form_that_a_mac_address_is_shown_in_is_taken(packed: bytes) -> None:
    normal = addresses.mac(packed.hex())
    read, fields = addresses.FIELDS["MacAddress"]
    for name in ("eui48", "bare", "dot_notation", "semicolon_notation", "split_notation"):
        assert addresses.mac(fields[name](read(normal))) == normal
    assert int(fields["binary"](read(normal)), 2) == int.from_bytes(packed, "big")


@FEW
@given(st.text(alphabet="0123456789abcdefABCDEF:.-g ", max_size=20))
def test_text_is_either_a_mac_address_or_refused(text: str) -> None:
    try:
        normal = addresses.mac(text)
    except ValueError:
        return
    assert re.fullmatch(r"([0-9A-F]{2}:){5}[0-9A-F]{2}", normal)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("datetime", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("url", "https://infrahub.example/x", "https://infrahub.example/x"),
        ("macaddress", "aabb.ccdd.eeff", "AA:BB:CC:DD:EE:FF"),
        ("iphost", "10.0.0.1/255.255.255.0", "10.0.0.1/24"),
        ("iphost", "2001:DB8:0::1", "2001:db8::1/128"),
        ("ipnetwork", "10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("list", [1, "a", None], [1, "a", None]),
        ("json", {"b": 1, "a": [{}]}, {"b": 1, "a": [{}]}),
        ("json", "", ""),
        ("any", [1, 1.5], [1, 1.5]),
        ("any", 5, 5),
        ("number", 2**40, 2**40),
        ("checkbox", False, False),
        ("password", "secret", "secret"),
    ],
)
def test_a_value_is_kept_in_its_normal_form(inventory: Inventory, kind: str, value: Any, kept: Any) -> None:
    id = inventory.change("InvSampleCreate", **{f"a_{kind}": {"value": value}})
    assert inventory.node("InvSample", id, f"found: a_{kind} {{ value }}")["found"]["value"] == kept


@pytest.mark.parametrize("kind", ["list", "json"])
@pytest.mark.parametrize("text", ["[1", "[" * 100_000], ids=["unfinished", "too deep"])
def test_text_that_is_no_document_is_refused(inventory: Inventory, kind: str, text: str) -> None:
    with pytest.raises(Refusals, match=f"is text that is not JSON at a_{kind}") as refused:
        inventory.change("InvSampleCreate", **{f"a_{kind}": {"value": text}})
    assert refused.value.codes == ["ATTRIBUTE_CONSTRAINT_VIOLATION"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("datetime", "soon"),
        ("url", "localhost"),
        ("macaddress", "aa:bb"),
        ("iphost", "10.0.0.256"),
        ("ipnetwork", "10.0.0.1/8"),
        ("list", {"a": 1}),
        ("json", 5),
    ],
)
def test_what_is_no_value_of_the_kind_is_refused(inventory: Inventory, kind: str, value: Any) -> None:
    before = inventory.total()
    with pytest.raises(Refusals, match=f"cannot be read as .* at a_{kind}") as refused:
        inventory.change("InvSampleCreate", **{f"a_{kind}": {"value": value}})
    assert refused.value.codes == ["ATTRIBUTE_INVALID_TYPE"]
    assert refused.value.errors[0]["extensions"]["data"]["field_name"] == f"a_{kind}"
    assert inventory.total() == before


def test_a_hashed_password_proves_itself_and_is_not_kept(inventory: Inventory) -> None:
    id = inventory.change("InvSampleCreate", a_hashedpassword={"value": "secret"})
    fields = "a_hashedpassword { value is_protected }"
    kept = inventory.node("InvSample", id, fields)["a_hashedpassword"]["value"]
    assert "secret" not in kept
    assert passwords.matches("secret", kept)
    inventory.change("InvSampleUpdate", id=id, a_hashedpassword={"is_protected": True})
    assert inventory.node("InvSample", id, fields)["a_hashedpassword"] == {"value": kept, "is_protected": True}


def test_the_choice_of_a_dropdown_is_described(inventory: Inventory) -> None:
    inventory.add("Box", name="b1", status="on")
    inventory.add("Box", name="b2", status="off")
    inventory.add("Box", name="b3")
    found = [node["status"] for node in inventory.nodes("InvBox", fields="status { value label color description }")]
    assert found[0] == {"value": "on", "label": "On", "color": "#00ff00", "description": "It runs."}
    assert (found[1]["value"], found[1]["description"]) == ("off", "")
    assert found[2] == {"value": None, "label": "", "color": "", "description": ""}


def test_what_an_address_is_made_of_is_shown(inventory: Inventory) -> None:
    inventory.change("InvSampleCreate", a_iphost={"value": "10.0.0.1/24"}, a_macaddress={"value": "001b.7749.54fd"})
    fields = (
        "a_iphost { ip netmask version prefixlen } a_macaddress { oui ei eui64 version dot_notation }"
        " a_ipnetwork { netmask }"
    )
    (found,) = inventory.nodes("InvSample", fields=fields)
    assert found["a_iphost"] == {"ip": "10.0.0.1", "netmask": "255.255.255.0", "version": 4, "prefixlen": 24}
    assert found["a_macaddress"] == {
        "oui": "00-1B-77",
        "ei": "49-54-FD",
        "eui64": "00-1B-77-FF-FE-49-54-FD",
        "version": 48,
        "dot_notation": "001b.7749.54fd",
    }
    assert found["a_ipnetwork"] == {"netmask": None}
