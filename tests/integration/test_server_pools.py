"""What servers hand out of pools of numbers, addresses and prefixes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


def test_a_number_is_taken_out_of_a_pool_until_there_is_none_left(suite: Suite) -> None:
    fields = 'node: {value: "SuitePerson"} node_attribute: {value: "age"} start_range: {value: 5} end_range: {value: 6}'
    pool = suite.create("CoreNumberPool", f'name: {{value: "~n"}} {fields}')
    select = "age { value source { display_label } }"
    for number in (5, 6):
        given = f'name: {{value: "~p{number}"}} age: {{from_pool: {{id: "{pool}"}}}}'
        made = suite.create("SuitePerson", given, select)
        assert made["age"] == {"value": number, "source": {"display_label": "~n"}}
    given = f'name: {{value: "~p7"}} age: {{from_pool: {{id: "{pool}"}}}}'
    refused = suite.refused(f"mutation {{ SuitePersonCreate(data: {{ {given} }}) {{ ok }} }}")
    assert refused.message.endswith(" at age.from_pool")
    assert (refused.code, refused.http_status) == ("ATTRIBUTE_CONSTRAINT_VIOLATION", 422)
    used = suite.data(f'{{ InfrahubResourcePoolUtilization(pool_id: "{pool}") {{ count utilization }} }}')
    assert used == {"InfrahubResourcePoolUtilization": {"count": 1, "utilization": 100.0}}


def test_an_attribute_of_the_kind_number_pool_numbers_itself(suite: Suite) -> None:
    numbers = [
        suite.create("SuiteTicket", f'name: {{value: "~t{index}"}}', "number { value }")["number"]["value"]
        for index in (1, 2)
    ]
    assert 100 <= numbers[0] < numbers[1] <= 199


@pytest.mark.parametrize(
    ("kind", "attribute", "first", "words"),
    [
        ("SuitePerson", "nope", 5, "attribute"),
        ("SuitePerson", "age", 7, "start_range"),
        ("ProfileSuitePerson", "age", 5, "Node"),
        ("TemplateSuiteServer", "height", 5, "Node"),
    ],
)
def test_a_pool_of_numbers_that_makes_no_sense_is_refused(
    suite: Suite, kind: str, attribute: str, first: int, words: str
) -> None:
    fields = f'node_attribute: {{value: "{attribute}"}} start_range: {{value: {first}}} end_range: {{value: 6}}'
    given = f'name: {{value: "~bad"}} node: {{value: "{kind}"}} {fields}'
    refused = suite.refused(f"mutation {{ CoreNumberPoolCreate(data: {{ {given} }}) {{ ok }} }}")
    assert words in refused.message
    assert (refused.code, refused.http_status) == ("UNDEFINED_ERROR", 422)


# Addresses. The real server fails when one document asks for two things that pools have free.


def prefix_in(suite: Suite, namespace: str, prefix: str, members: str) -> str:
    fields = f'prefix: {{value: "{prefix}"}} ip_namespace: {{id: "{namespace}"}} member_type: {{value: "{members}"}}'
    return str(suite.create("SuitePrefix", fields))


def test_an_address_is_handed_out_once_for_each_identifier(suite: Suite) -> None:
    namespace = suite.create("IpamNamespace", 'name: {value: "~ns"}')
    prefix = prefix_in(suite, namespace, "10.9.0.0/29", "address")
    pool = suite.create(
        "CoreIPAddressPool",
        f'name: {{value: "~ap"}} resources: [{{id: "{prefix}"}}] ip_namespace: {{id: "{namespace}"}}'
        ' default_address_type: {value: "SuiteAddress"} default_prefix_length: {value: 29}',
    )
    found = {}
    for identifier in ("a", "a", "b"):
        given = f'id: "{pool}" identifier: "~{identifier}" data: {{note: "n"}}'
        taken = f"InfrahubIPAddressPoolGetResource(data: {{ {given} }}) {{ node {{ id display_label }} }}"
        node = suite.data(f"mutation {{ {taken} }}")["InfrahubIPAddressPoolGetResource"]["node"]
        if identifier not in found:
            suite.ends_with(f'SuiteAddressDelete(data: {{ id: "{node["id"]}" }}) {{ ok }}')
        assert found.setdefault(identifier, node) == node
    assert [node["display_label"] for node in found.values()] == ["10.9.0.1/29", "10.9.0.2/29"]
    select = "note { value } address { ip prefixlen } ip_prefix { node { display_label } }"
    [address] = suite.nodes("SuiteAddress", f'ids: ["{found["a"]["id"]}"]', select)
    assert address == {
        "note": {"value": "n"},
        "address": {"ip": "10.9.0.1", "prefixlen": 29},
        "ip_prefix": {"node": {"display_label": "10.9.0.0/29"}},
    }


def test_a_prefix_is_handed_out_of_a_larger_one(suite: Suite) -> None:
    namespace = suite.create("IpamNamespace", 'name: {value: "~ns"}')
    prefix = prefix_in(suite, namespace, "10.8.0.0/24", "prefix")
    pool = suite.create(
        "CoreIPPrefixPool",
        f'name: {{value: "~pp"}} resources: [{{id: "{prefix}"}}] ip_namespace: {{id: "{namespace}"}}'
        ' default_prefix_type: {value: "SuitePrefix"} default_prefix_length: {value: 26}'
        ' default_member_type: {value: "address"}',
    )
    labels = []
    for length in ("prefix_length: 28", ""):
        given = f'id: "{pool}" identifier: "~x{length[-2:]}" {length}'
        document = (
            f"mutation {{ InfrahubIPPrefixPoolGetResource(data: {{ {given} }}) {{ node {{ id display_label }} }} }}"
        )
        node = suite.data(document)["InfrahubIPPrefixPoolGetResource"]["node"]
        suite.ends_with(f'SuitePrefixDelete(data: {{ id: "{node["id"]}" }}) {{ ok }}')
        labels.append(node["display_label"])
    assert labels == ["10.8.0.0/28", "10.8.0.64/26"]
    parent = suite.nodes("SuitePrefix", 'prefix__value: "10.8.0.0/28"', "parent { node { id } }")
    assert {"parent": {"node": {"id": prefix}}} in parent


def prefix_pool(suite: Suite, prefix: str) -> tuple[str, str]:
    """The ids of a pool of networks of 16 addresses, and of the prefix that it takes from."""
    namespace = suite.create("IpamNamespace", 'name: {value: "~ns"}')
    id = prefix_in(suite, namespace, prefix, "prefix")
    fields = f'name: {{value: "~pp"}} resources: [{{id: "{id}"}}] ip_namespace: {{id: "{namespace}"}}'
    defaults = 'default_prefix_type: {value: "SuitePrefix"} default_prefix_length: {value: 28}'
    return str(suite.create("CoreIPPrefixPool", f"{fields} {defaults}")), id


def take_prefix(suite: Suite, pool: str, more: str = "") -> dict[str, str]:
    document = f'InfrahubIPPrefixPoolGetResource(data: {{ id: "{pool}" {more} }}) {{ node {{ id display_label }} }}'
    node: dict[str, str] = suite.data(f"mutation {{ {document} }}")["InfrahubIPPrefixPoolGetResource"]["node"]
    suite.ends_with(f'SuitePrefixDelete(data: {{ id: "{node["id"]}" }}) {{ ok }}')
    return node


@pytest.mark.parametrize(
    "given",
    [
        "data: {note: 5}",
        'data: {id: "nope"}',
        'data: {prefix: "10.9.9.0/28"}',
        'data: "nope"',
        'data: {prefixlen: "long"}',
        'prefix_type: "BuiltinIPPrefix"',
        'prefix_type: "SuitePerson"',
        "prefix_length: 8",
    ],
)
def test_what_a_pool_cannot_make_a_node_of_is_an_error_of_the_pool(suite: Suite, given: str) -> None:
    pool, _ = prefix_pool(suite, "10.7.0.0/24")
    document = f'InfrahubIPPrefixPoolGetResource(data: {{ id: "{pool}" {given} }}) {{ ok }}'
    refused = suite.refused(f"mutation {{ {document} }}")
    assert (refused.code, refused.http_status) == ("UNDEFINED_ERROR", 500)


def test_what_a_pool_hands_out_may_be_given_an_id(suite: Suite) -> None:
    pool, _ = prefix_pool(suite, "10.7.0.0/24")
    id = str(uuid.uuid4())
    assert take_prefix(suite, pool, f'data: {{id: "{id}"}}') == {"id": id, "display_label": "10.7.0.0/28"}


@pytest.fixture(scope="module")
def shared_pool(shared: Suite) -> tuple[Suite, str, str]:
    """A pool that has handed out eleven prefixes, and the prefix that it takes from."""
    pool, prefix = prefix_pool(shared, "10.6.0.0/24")
    for _ in range(11):
        take_prefix(shared, pool)
    return shared, pool, prefix


@pytest.mark.parametrize(("page", "length"), [("", 10), ("limit: 0", 11), ("limit: null", 11), ("limit: 2", 2)])
def test_a_page_of_what_a_pool_handed_out_is_ten_long_unless_it_is_said(
    shared_pool: tuple[Suite, str, str], page: str, length: int
) -> None:
    suite, pool, prefix = shared_pool
    fields = "count edges { node { display_label } }"
    found = suite.data(
        f'{{ InfrahubResourcePoolAllocated(pool_id: "{pool}" resource_id: "{prefix}" {page}) {{ {fields} }} }}'
    )
    labels = [edge["node"]["display_label"] for edge in found["InfrahubResourcePoolAllocated"]["edges"]]
    assert found["InfrahubResourcePoolAllocated"]["count"] == 11
    assert labels == [f"10.6.0.{16 * number}/28" for number in range(length)]


@pytest.mark.parametrize("page", ["limit: -1", "offset: -1"])
def test_a_page_before_the_first_one_is_refused(suite: Suite, page: str) -> None:
    pool, prefix = prefix_pool(suite, "10.5.0.0/24")
    for document in (
        f'InfrahubResourcePoolAllocated(pool_id: "{pool}" resource_id: "{prefix}" {page}) {{ edges {{ __typename }} }}',
        f'BuiltinIPPrefix(parent__ids: ["{prefix}"] include_available: true {page}) {{ edges {{ __typename }} }}',
        f'BuiltinIPPrefix(kinds: ["SuitePrefix"] {page}) {{ edges {{ __typename }} }}',
    ):
        refused = suite.refused(f"{{ {document} }}")
        assert (refused.code, refused.http_status) == ("UNDEFINED_ERROR", 500)


def test_what_is_free_is_asked_of_a_prefix(suite: Suite) -> None:
    namespace = suite.create("IpamNamespace", 'name: {value: "~ns"}')
    address = suite.create("SuiteAddress", f'address: {{value: "10.4.0.1/24"}} ip_namespace: {{id: "{namespace}"}}')
    document = f'BuiltinIPPrefix(parent__ids: ["{address}"] include_available: true) {{ count }}'
    refused = suite.refused(f"{{ {document} }}")
    assert (refused.code, refused.http_status) == ("NODE_NOT_FOUND", 404)


def test_a_pool_that_is_not_there_is_refused(suite: Suite) -> None:
    refused = suite.refused('mutation { InfrahubIPAddressPoolGetResource(data: { id: "nope" }) { ok } }')
    assert (refused.code, refused.http_status) == ("NODE_NOT_FOUND", 404)


def test_a_prefix_and_an_address_find_their_places(suite: Suite) -> None:
    namespace = suite.create("IpamNamespace", 'name: {value: "~ns"}')
    outer = prefix_in(suite, namespace, "10.0.0.0/8", "prefix")
    address = suite.create("SuiteAddress", f'address: {{value: "10.1.2.3/24"}} ip_namespace: {{id: "{namespace}"}}')
    inner = prefix_in(suite, namespace, "10.1.2.0/24", "address")
    place = "ip_prefix { node { display_label } }"
    assert suite.nodes("SuiteAddress", f'ids: ["{address}"]', place) == [
        {"ip_prefix": {"node": {"display_label": "10.1.2.0/24"}}}
    ]
    # What is derived of the prefix is told to who asks for the prefix too.
    select = "prefix { value } network_address { value } broadcast_address { value } parent { node { id } }"
    [found] = suite.nodes("SuitePrefix", f'ids: ["{inner}"]', select)
    assert found == {
        "prefix": {"value": "10.1.2.0/24"},
        "network_address": {"value": "10.1.2.0"},
        "broadcast_address": {"value": "10.1.2.255"},
        "parent": {"node": {"id": outer}},
    }
