"""What servers do with values of each kind of attribute, and with what is derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite

SAMPLES: dict[str, tuple[str, Any]] = {
    "text": ('"hi"', "hi"),
    "textarea": ('"a\\nb"', "a\nb"),
    "number": ("7", 7),
    "boolean": ("true", True),
    "checkbox": ("false", False),
    "list": ('["a", 1, null]', ["a", 1, None]),
    "json": ("{a: 1, b: [2]}", {"a": 1, "b": [2]}),
    "iphost": ('"10.0.0.1/24"', "10.0.0.1/24"),
    "ipnetwork": ('"10.0.0.0/24"', "10.0.0.0/24"),
    "macaddress": ('"aabb.ccdd.eeff"', "AA:BB:CC:DD:EE:FF"),
    "datetime": ('"2024-01-02T03:04:05Z"', "2024-01-02T03:04:05Z"),
    "password": ('"secret"', "secret"),
    "url": ('"http://a.example/b"', "http://a.example/b"),
    "email": ('"a@example.com"', "a@example.com"),
    "file": ('"a.txt"', "a.txt"),
    "color": ('"#ff0000"', "#ff0000"),
    "bandwidth": ("1000", 1000),
    "any": ('"free"', "free"),
}


@pytest.fixture(scope="module")
def full(shared: Suite) -> dict[str, Any]:
    """A sample with a value of every kind, as it is read."""
    given = " ".join(f"a_{name}: {{value: {value}}}" for name, (value, _) in SAMPLES.items())
    id = shared.create("SuiteSample", f'name: {{value: "~full"}} {given} a_hashedpassword: {{value: "hidden"}}')
    select = " ".join(f"a_{name} {{ __typename value is_default }}" for name in (*SAMPLES, "hashedpassword"))
    derived = (
        "a_iphost { ip hostmask netmask prefixlen version with_hostmask with_netmask }"
        " a_ipnetwork { broadcast_address hostmask netmask prefixlen num_addresses version with_netmask }"
        " a_macaddress { oui ei version bare dot_notation semicolon_notation split_notation }"
    )
    [node] = shared.nodes("SuiteSample", f'ids: ["{id}"]', f"{select} {derived}")
    return dict(node)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_value_is_read_as_its_kind_has_it(full: dict[str, Any], name: str) -> None:
    attribute = full[f"a_{name}"]
    assert (attribute["value"], attribute["is_default"]) == (SAMPLES[name][1], False)


def test_a_hashed_password_is_not_read(full: dict[str, Any]) -> None:
    assert full["a_hashedpassword"]["value"] != "hidden"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "iphost",
            {
                "ip": "10.0.0.1",
                "hostmask": "0.0.0.255",
                "netmask": "255.255.255.0",
                "prefixlen": 24,
                "version": 4,
                "with_hostmask": "10.0.0.1/0.0.0.255",
                "with_netmask": "10.0.0.1/255.255.255.0",
            },
        ),
        (
            "ipnetwork",
            {"broadcast_address": "10.0.0.255", "prefixlen": 24, "num_addresses": 256, "netmask": "255.255.255.0"},
        ),
        ("macaddress", {"oui": "AA-BB-CC", "ei": "DD-EE-FF", "bare": "AABBCCDDEEFF"}),
    ],
)
def test_addresses_show_their_parts(full: dict[str, Any], name: str, fields: dict[str, Any]) -> None:
    assert fields.items() <= full[f"a_{name}"].items()


@pytest.fixture(scope="module")
def empty(shared: Suite) -> dict[str, Any]:
    """A sample without any value but its name, as it is read."""
    id = shared.create("SuiteSample", 'name: {value: "~empty"}')
    select = " ".join(f"a_{name} {{ value is_default }}" for name in SAMPLES)
    [node] = shared.nodes("SuiteSample", f'ids: ["{id}"]', f"{select} a_iphost {{ ip }} a_macaddress {{ oui }}")
    return dict(node)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_not_given_is_null(empty: dict[str, Any], name: str) -> None:
    attribute = empty[f"a_{name}"]
    assert (attribute["value"], attribute["is_default"]) == (None, True)
    assert not attribute.get("ip")


@pytest.fixture(scope="module")
def sample(shared: Suite) -> str:
    """The id of a sample that values are tried on."""
    return str(shared.create("SuiteSample", 'name: {value: "~tried"}'))


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("iphost", '"10.0.0.1"', "10.0.0.1/32"),
        ("iphost", '"2001:DB8::1"', "2001:db8::1/128"),
        ("ipnetwork", '"10.0.0.0"', "10.0.0.0/32"),
        ("ipnetwork", '"2001:db8::/32"', "2001:db8::/32"),
        ("macaddress", '"aa-bb-cc-dd-ee-ff"', "AA:BB:CC:DD:EE:FF"),
        ("datetime", '"2024-01-02T03:04:05+02:00"', "2024-01-02T03:04:05+02:00"),
        ("number", "99999999999", 99999999999),
        ("number", "-5", -5),
        ("list", "[[1]]", [[1]]),
        ("json", "[]", []),
        ("text", '"é☃"', "é☃"),
        ("text", '""', ""),
        ("any", "[1, 2]", [1, 2]),
    ],
)
def test_a_value_is_kept_in_its_normal_form(shared: Suite, sample: str, name: str, given: str, kept: Any) -> None:
    shared.update("SuiteSample", f'id: "{sample}" a_{name}: {{value: {given}}}')
    [node] = shared.nodes("SuiteSample", f'ids: ["{sample}"]', f"a_{name} {{ value }}")
    assert node[f"a_{name}"]["value"] == kept


@pytest.mark.parametrize(
    ("name", "given", "words", "code", "status"),
    [
        ("iphost", '"10.0.0.300"', "IPHost", "ATTRIBUTE_INVALID_TYPE", 422),
        ("iphost", '"10.0.0.1/33"', "IPHost", "ATTRIBUTE_INVALID_TYPE", 422),
        ("ipnetwork", '"10.0.0.1/24"', "IPNetwork", "ATTRIBUTE_INVALID_TYPE", 422),
        ("macaddress", '"zz"', "MacAddress", "ATTRIBUTE_INVALID_TYPE", 422),
        ("datetime", '"nope"', "DateTime", "ATTRIBUTE_INVALID_TYPE", 422),
        ("url", '"nope"', "URL", "ATTRIBUTE_INVALID_TYPE", 422),
        ("list", '"x"', "JSON", "ATTRIBUTE_CONSTRAINT_VIOLATION", 422),
        ("list", "{a: 1}", "List", "ATTRIBUTE_INVALID_TYPE", 422),
        ("json", '"x"', "JSON", "ATTRIBUTE_CONSTRAINT_VIOLATION", 422),
        ("any", "{a: 1}", "", "UNDEFINED_ERROR", 500),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_refused(
    shared: Suite, sample: str, name: str, given: str, words: str, code: str, status: int
) -> None:
    document = f'mutation {{ SuiteSampleUpdate(data: {{ id: "{sample}" a_{name}: {{value: {given}}} }}) {{ ok }} }}'
    refused = shared.refused(document)
    assert words in refused.message
    assert (refused.code, refused.http_status) == (code, status)


@pytest.mark.parametrize("given", ['"x"', "1.5", '"7"', "true"])
def test_a_number_is_a_whole_number_of_json(shared: Suite, sample: str, given: str) -> None:
    document = f'mutation {{ SuiteSampleUpdate(data: {{ id: "{sample}" a_number: {{value: {given}}} }}) {{ ok }} }}'
    assert "BigInt" in shared.refused(document).message


def test_a_choice_shows_its_label_color_and_description(shared: Suite) -> None:
    select = "status { value label color description }"
    made = shared.create("SuiteServer", 'name: {value: "~choice"} status: {value: "on"}', select)
    assert made["status"] == {"value": "on", "label": "On", "color": "#00ff00", "description": "It runs."}


def test_a_text_too_long_to_be_searched_for_is_refused_but_for_areas_of_text(shared: Suite, sample: str) -> None:
    long = "x" * 5000
    shared.update("SuiteSample", f'id: "{sample}" a_textarea: {{value: "{long}"}}')
    document = f'mutation {{ SuiteSampleUpdate(data: {{ id: "{sample}" a_text: {{value: "{long}"}} }}) {{ ok }} }}'
    assert shared.refused(document).path == ["SuiteSampleUpdate"]
