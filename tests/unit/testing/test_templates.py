"""Object templates of the local server: what new nodes and their components are filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.testing.depot import Depot


@pytest.fixture
def template(depot: Depot) -> str:
    """A template of a device with two ports."""
    tag = depot.tag("red")
    id = depot.make("TemplateDepDevice", template_name="small", description="from it", tags=[{"id": tag}])
    port(depot, id, "eth1", mtu=9000, tags=[{"id": depot.tag("port")}])
    port(depot, id, "eth2")
    return id


def port(depot: Depot, template: str, name: str, **more: Any) -> str:
    return depot.make("TemplateDepCopper", template_name=f"tmpl {name}", name=name, device={"id": template}, **more)


def device(depot: Depot, template: str, **more: Any) -> str:
    return depot.make("DepDevice", **{"name": "a", "object_template": {"id": template}, **more})


def test_a_node_has_what_its_template_has_and_says_where_it_comes_from(depot: Depot, template: str) -> None:
    id = device(depot, template)
    fields = "description { value is_default source { id } } tags { edges { node { display_label } } }"
    node = depot.node("DepDevice", id, f"{fields} object_template {{ node {{ id }} }}")
    assert node["description"] == {"value": "from it", "is_default": False, "source": {"id": template}}
    assert [edge["node"]["display_label"] for edge in node["tags"]["edges"]] == ["red"]
    assert node["object_template"]["node"] == {"id": template}


def test_what_the_input_says_comes_before_what_the_template_says(depot: Depot, template: str) -> None:
    id = device(depot, template, description="own", tags=[], ports=[])
    node = depot.node("DepDevice", id, "description { value } tags { count } ports { count }")
    assert node == {"description": {"value": "own"}, "tags": {"count": 0}, "ports": {"count": 0}}


def test_a_node_gets_the_components_of_its_template(depot: Depot, template: str) -> None:
    id = device(depot, template)
    fields = "display_label device { node { id } } object_template { node { id } } tags { count }"
    ports = depot.nodes("DepCopper", "", f"{fields} mtu {{ value is_default }}")
    assert [(item["display_label"], item["mtu"], item["tags"]["count"]) for item in ports] == [
        ("eth1", {"value": 9000, "is_default": False}, 1),
        ("eth2", {"value": 1500, "is_default": True}, 0),
    ]
    assert all(item["device"]["node"] == {"id": id} and not item["object_template"]["node"] for item in ports)


def test_templates_have_profiles_which_their_nodes_have_too(depot: Depot, template: str) -> None:
    profile = depot.make("ProfileDepDevice", profile_name="large", size="large")
    depot.edit("TemplateDepDevice", template, profiles=[{"id": profile}])
    assert depot.value("TemplateDepDevice", template, "size") == "large"
    id = device(depot, template)
    size = depot.node("DepDevice", id, "size { value is_from_profile source { id } } profiles { count }")
    assert size == {
        "size": {"value": "large", "is_from_profile": True, "source": {"id": profile}},
        "profiles": {"count": 1},
    }
    depot.edit("ProfileDepDevice", profile, size="small")
    assert depot.value("TemplateDepDevice", template, "size") == depot.value("DepDevice", id, "size") == "small"


def test_templates_name_pools_from_which_their_nodes_take(depot: Depot, template: str) -> None:
    heights = {"name": "heights", "node": "DepDevice", "node_attribute": "height", "start_range": 20, "end_range": 21}
    number = depot.make("CoreNumberPool", **heights)
    namespace = {"hfid": ["default"]}
    prefix = depot.make("DepPrefix", prefix="10.0.0.0/24")
    address = depot.make(
        "CoreIPAddressPool",
        name="hosts",
        default_address_type="DepAddress",
        resources=[{"id": prefix}],
        ip_namespace=namespace,
    )
    pools = {"height_from_resource_pool": {"id": number}, "address_from_resource_pool": {"id": address}}
    depot.edit("TemplateDepDevice", template, **pools)
    fields = "height { value source { id } } address { node { display_label } properties { source { id } } }"
    for name, height, label in (("a", 20, "10.0.0.1/24"), ("b", 21, "10.0.0.2/24")):
        node = depot.node("DepDevice", device(depot, template, name=name), fields)
        assert node["height"] == {"value": height, "source": {"id": number}}
        assert node["address"] == {"node": {"display_label": label}, "properties": {"source": {"id": address}}}
    refused = depot.refused("DepDeviceCreate", name="c", object_template={"id": template})
    assert refused == "The pool 'heights' has no number left for DepDevice.height"


def test_templates_name_the_groups_that_their_nodes_are_in(depot: Depot, template: str) -> None:
    group = depot.make("CoreStandardGroup", name="all")
    depot.edit("TemplateDepDevice", template, member_of_groups_for_instances=[{"id": group}])
    id = device(depot, template)
    assert depot.node("DepDevice", id, "member_of_groups { edges { node { id } } }") == {
        "member_of_groups": {"edges": [{"node": {"id": group}}]}
    }


def test_a_template_takes_from_a_pool_for_its_nodes_and_never_for_itself(depot: Depot, template: str) -> None:
    pool = {"from_pool": {"id": "x"}}
    refused = depot.refused("TemplateDepDeviceUpdate", id=template, height=pool)
    assert refused.endswith("set height_from_resource_pool instead at height.from_pool")
    refused = depot.refused("TemplateDepDeviceUpdate", id=template, address=pool)
    assert refused.endswith("set address_from_resource_pool instead at address")


def test_a_template_has_a_value_or_a_pool_for_it(depot: Depot, template: str) -> None:
    given = {"name": "heights", "node": "DepDevice", "node_attribute": "height", "start_range": 1, "end_range": 2}
    pool = depot.make("CoreNumberPool", **given)
    depot.edit("TemplateDepDevice", template, height=7)
    refused = depot.refused("TemplateDepDeviceUpdate", id=template, height_from_resource_pool={"id": pool})
    assert "either height or height_from_resource_pool, not both" in refused


def test_a_template_that_is_not_there_is_refused(depot: Depot) -> None:
    refused = depot.refused("DepDeviceCreate", name="a", object_template={"hfid": ["nope"]})
    assert refused == "There is no template ['nope'] for a DepDevice at object_template"


def test_a_template_gives_no_name(depot: Depot, template: str) -> None:
    refused = depot.refused("DepDeviceCreate", object_template={"id": template})
    assert refused == "DepDevice.name has to be given at name"
