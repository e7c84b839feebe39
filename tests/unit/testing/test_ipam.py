"""Prefixes and addresses of the local server: their namespaces, and the tree that they form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.testing.inventory import Refusals

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot


def prefix(depot: Depot, text: str, branch: str = "main", /, **more: object) -> str:
    return depot.make("DepPrefix", branch, prefix=text, **more)


def address(depot: Depot, text: str, branch: str = "main", /, **more: object) -> str:
    return depot.make("DepAddress", branch, address=text, **more)


def tree(depot: Depot, **more: str) -> dict[str, str | None]:
    """What is above each prefix and each address, by their labels."""
    found = {}
    for kind, name in (("DepPrefix", "parent"), ("DepAddress", "ip_prefix")):
        for node in depot.nodes(kind, "", f"display_label {name} {{ node {{ display_label }} }}", **more):
            found[node["display_label"]] = node[name]["node"] and node[name]["node"]["display_label"]
    return found


def test_each_is_below_the_smallest_prefix_that_holds_it_in_whatever_order_they_come(depot: Depot) -> None:
    address(depot, "10.1.1.1/24")
    for text in ("10.0.0.0/8", "10.1.1.0/24", "10.1.0.0/16", "2001:db8::/32", "2001:db8:0:1::/64", "192.0.2.0/24"):
        prefix(depot, text)
    address(depot, "2001:db8::1/64")
    assert tree(depot) == {
        "10.0.0.0/8": None,
        "10.1.0.0/16": "10.0.0.0/8",
        "10.1.1.0/24": "10.1.0.0/16",
        "192.0.2.0/24": None,
        "2001:db8::/32": None,
        "2001:db8:0:1::/64": "2001:db8::/32",
        "10.1.1.1/24": "10.1.1.0/24",
        "2001:db8::1/64": "2001:db8::/32",
    }


def test_a_prefix_that_moves_leaves_what_it_held_and_takes_what_it_holds(depot: Depot) -> None:
    prefix(depot, "10.0.0.0/8")
    moving = prefix(depot, "10.1.0.0/16")
    address(depot, "10.1.0.1/16")
    address(depot, "10.2.0.1/16")
    depot.edit("DepPrefix", moving, prefix="10.2.0.0/16")
    assert tree(depot) == {
        "10.0.0.0/8": None,
        "10.2.0.0/16": "10.0.0.0/8",
        "10.1.0.1/16": "10.0.0.0/8",
        "10.2.0.1/16": "10.2.0.0/16",
    }


def test_a_prefix_that_goes_leaves_what_it_held_to_the_one_above(depot: Depot) -> None:
    top, middle = prefix(depot, "10.0.0.0/8"), prefix(depot, "10.1.0.0/16")
    prefix(depot, "10.1.1.0/24")
    address(depot, "10.1.2.1/24")
    depot.drop("DepPrefix", middle)
    assert tree(depot) == {"10.0.0.0/8": None, "10.1.1.0/24": "10.0.0.0/8", "10.1.2.1/24": "10.0.0.0/8"}
    depot.drop("DepPrefix", top)
    assert depot.nodes("DepPrefix", "", "is_top_level { value }") == [{"is_top_level": {"value": True}}]


def test_a_prefix_of_one_address_holds_the_addresses_of_its_own_length_alone(depot: Depot) -> None:
    prefix(depot, "10.0.0.0/24")
    prefix(depot, "10.0.0.1/32")
    address(depot, "10.0.0.1/24")
    address(depot, "10.0.0.1/32")
    assert tree(depot)["10.0.0.1/24"] == "10.0.0.0/24"
    assert tree(depot)["10.0.0.1/32"] == "10.0.0.1/32"


def test_namespaces_have_trees_of_their_own_and_go_with_what_is_in_them(depot: Depot) -> None:
    other = depot.make("IpamNamespace", name="other")
    prefix(depot, "10.0.0.0/8")
    inside = address(depot, "10.0.0.1/8", ip_namespace={"id": other})
    assert depot.peer("DepAddress", inside, "ip_prefix") is None
    depot.edit("DepAddress", inside, ip_namespace={"hfid": ["default"]})
    assert depot.peer("DepAddress", inside, "ip_prefix") == "10.0.0.0/8"
    prefix(depot, "10.0.0.0/8", ip_namespace={"id": other})
    depot.drop("IpamNamespace", other)
    assert list(tree(depot)) == ["10.0.0.0/8", "10.0.0.1/8"]


def test_the_default_namespace_is_there_for_what_names_none_and_stays(depot: Depot) -> None:
    id = prefix(depot, "10.0.0.0/8")
    assert depot.peer("DepPrefix", id, "ip_namespace") == "default"
    (namespace,) = depot.nodes("IpamNamespace", "", "id")
    with pytest.raises(Refusals, match="'default' stays"):
        depot.drop("IpamNamespace", namespace["id"])


def test_a_prefix_is_there_once_in_its_namespace(depot: Depot) -> None:
    prefix(depot, "10.0.0.0/8")
    assert "the same prefix and ip_namespace" in depot.refused("DepPrefixCreate", prefix="10.0.0.0/8")
    prefix(depot, "10.0.0.0/8", ip_namespace={"id": depot.make("IpamNamespace", name="other")})


def test_a_prefix_knows_its_masks_its_ends_and_how_much_of_it_is_taken(depot: Depot) -> None:
    fields = "netmask hostmask network_address broadcast_address utilization"
    names = fields.split()
    query = " ".join(f"{name} {{ value }}" for name in names)

    def values(id: str) -> list[object]:
        node = depot.node("DepPrefix", id, query)
        return [node[name]["value"] for name in names]

    small = prefix(depot, "10.0.0.0/30")
    address(depot, "10.0.0.1/30")
    assert values(small) == ["255.255.255.252", "0.0.0.3", "10.0.0.0", "10.0.0.3", 50]
    depot.edit("DepPrefix", small, is_pool=True)
    assert values(small)[-1] == 25
    large = prefix(depot, "10.0.0.0/28", member_type="prefix")
    assert values(large)[-1] == 25


def test_a_branch_has_a_tree_of_its_own_until_it_is_merged(depot: Depot) -> None:
    prefix(depot, "10.0.0.0/8")
    address(depot, "10.1.0.1/16")
    depot.run('mutation { BranchCreate(data: {name: "growing"}) { ok } }')
    prefix(depot, "10.1.0.0/16", "growing")
    address(depot, "10.1.0.2/16")
    assert tree(depot)["10.1.0.1/16"] == "10.0.0.0/8"
    assert tree(depot, branch="growing")["10.1.0.1/16"] == "10.1.0.0/16"
    depot.run('mutation { BranchMerge(data: {name: "growing"}) { ok } }')
    assert tree(depot)["10.1.0.1/16"] == tree(depot)["10.1.0.2/16"] == "10.1.0.0/16"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("", "10.0.0.2/29"),
        (", prefix_length: 32", "10.0.0.2/32"),
        (", prefix_length: 24", "length of 29 to 32, not 24"),
    ],
)
def test_the_next_free_address_of_a_prefix(depot: Depot, arguments: str, answer: str) -> None:
    id = prefix(depot, "10.0.0.0/29")
    address(depot, "10.0.0.1/29")
    query = f'{{ InfrahubIPAddressGetNextAvailable(prefix_id: "{id}"{arguments}) {{ address }} }}'
    if answer.startswith("length"):
        with pytest.raises(Refusals, match=answer):
            depot.run(query)
    else:
        assert depot.run(query)["InfrahubIPAddressGetNextAvailable"]["address"] == answer


@pytest.mark.parametrize(("length", "answer"), [(None, "10.0.1.0/24"), (26, "10.0.1.0/26"), (23, "10.0.2.0/23")])
def test_the_next_free_prefix_of_a_prefix(depot: Depot, length: int | None, answer: str) -> None:
    id = prefix(depot, "10.0.0.0/21")
    prefix(depot, "10.0.0.0/24")
    wanted = f", prefix_length: {length}" if length else ""
    query = f'{{ InfrahubIPPrefixGetNextAvailable(prefix_id: "{id}"{wanted}) {{ prefix }} }}'
    assert depot.run(query)["InfrahubIPPrefixGetNextAvailable"]["prefix"] == answer


def test_a_full_prefix_has_no_next_address_and_no_next_prefix(depot: Depot) -> None:
    id = prefix(depot, "10.0.0.0/30")
    for text in ("10.0.0.0/31", "10.0.0.2/31"):
        prefix(depot, text)
    for text in ("10.0.0.1/30", "10.0.0.2/30"):
        address(depot, text)
    for query, field in (("IPAddressGetNextAvailable", "address"), ("IPPrefixGetNextAvailable", "prefix")):
        with pytest.raises(Refusals, match="is available"):
            depot.run(f'{{ Infrahub{query}(prefix_id: "{id}") {{ {field} }} }}')


# What is free


def free(depot: Depot, kind: str, arguments: str) -> list[str]:
    """The labels of what a query for all prefixes or addresses finds, with what is free."""
    return depot.labels(f"BuiltinIP{kind}", f"{arguments}, include_available: true")


def test_what_is_free_in_a_prefix_is_shown_between_what_is_taken(depot: Depot) -> None:
    id = prefix(depot, "10.0.0.0/24")
    prefix(depot, "10.0.0.0/26")
    prefix(depot, "10.0.0.192/27")
    found = free(depot, "Prefix", f'parent__ids: ["{id}"]')
    assert found == ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.0.192/27", "10.0.0.224/27"]
    fields = "__typename prefix { value } parent { node { id } } ip_namespace { node { display_label } }"
    node = depot.nodes("BuiltinIPPrefix", f'parent__ids: ["{id}"], include_available: true', fields)[1]
    assert node["__typename"] == "InternalIPPrefixAvailable"
    assert (node["parent"]["node"]["id"], node["ip_namespace"]["node"]["display_label"]) == (id, "default")


def test_an_empty_prefix_shows_its_halves_as_free(depot: Depot) -> None:
    id = prefix(depot, "10.0.0.0/24")
    assert free(depot, "Prefix", f'parent__ids: ["{id}"]') == ["10.0.0.0/25", "10.0.0.128/25"]


def test_ranges_of_free_addresses_say_how_many_there_are(depot: Depot) -> None:
    id = prefix(depot, "10.0.0.0/24")
    for number in (1, 2, 4):
        address(depot, f"10.0.0.{number}/24")
    which = f'ip_prefix__ids: ["{id}"]'
    assert free(depot, "Address", which) == [
        "10.0.0.1/24",
        "10.0.0.2/24",
        "1 free address",
        "10.0.0.4/24",
        "250 free addresses",
    ]
    fields = "address { value } ... on InternalIPRangeAvailable { last_address { value } }"
    assert depot.nodes("BuiltinIPAddress", f"{which}, include_available: true", fields)[-1] == {
        "address": {"value": "10.0.0.5/24"},
        "last_address": {"value": "10.0.0.254/24"},
    }
    wide = prefix(depot, "10.0.0.0/8")
    assert free(depot, "Address", f'ip_prefix__ids: ["{wide}"]') == ["Over 65536 free addresses"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("limit: 2", ["10.0.0.1/24", "10.0.0.2/24", "1 free address"]),
        ("limit: 1, offset: 1", ["10.0.0.2/24", "1 free address"]),
        ("limit: 2, offset: 2", ["1 free address", "10.0.0.4/24", "250 free addresses"]),
        ('kinds: ["DepAddress"], limit: 1', ["10.0.0.1/24"]),
    ],
)
def test_a_page_shows_what_is_free_between_its_neighbours(depot: Depot, arguments: str, found: list[str]) -> None:
    id = prefix(depot, "10.0.0.0/24")
    for number in (1, 2, 4):
        address(depot, f"10.0.0.{number}/24")
    assert free(depot, "Address", f'ip_prefix__ids: ["{id}"], {arguments}') == found


def test_kinds_that_are_no_addresses_are_refused(depot: Depot) -> None:
    with pytest.raises(Refusals, match="'BuiltinTag' is no kind of node that a query for BuiltinIPAddress finds"):
        depot.labels("BuiltinIPAddress", 'kinds: ["BuiltinTag"]')
