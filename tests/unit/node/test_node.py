"""A node as an object: its class, its fields, its identity."""

from __future__ import annotations

import copy
import ipaddress
import pickle
import pydoc
from typing import Any

import pytest

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.exceptions import Error, SchemaNotFoundError, ValidationError
from infrahub_sdk.node import InfrahubNode, InfrahubNodeSync
from infrahub_sdk.protocols import BuiltinTag, BuiltinTagSync
from tests.unit.fake import Fake
from tests.unit.kinds import schema

ID = "18eaf47d-2997-22ad-e302-1f067aef0437"


@pytest.fixture
def client() -> InfrahubClientSync:
    client = InfrahubClientSync(config=Fake().config())
    client.schema.set_cache(schema())
    return client


def loaded(client: InfrahubClientSync, kind: str, **data: Any) -> Any:
    node = {"id": ID, "display_label": "the label", "__typename": kind, **data}
    return InfrahubNodeSync(client=client, schema=client.schema.get(kind), data={"node": node})


# Its class


def test_a_kind_has_a_class_of_its_own(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    assert (type(device).__name__, type(device).__qualname__) == ("DcimDevice", "DcimDevice")
    assert isinstance(device, InfrahubNodeSync)
    assert not isinstance(device, InfrahubNode)
    assert repr(type(device)) == "<class 'infrahub_sdk.node.DcimDevice'>"


def test_generic_kinds_are_base_classes(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    tag = client.create("BuiltinTag", name="red")
    generic = client.schema.get_class("DcimGenericDevice")
    assert isinstance(device, generic)
    assert issubclass(type(device), generic)
    assert not isinstance(tag, generic)


def test_a_node_is_an_instance_of_the_protocol_of_its_kind(client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="red")
    assert isinstance(tag, BuiltinTagSync)
    assert not isinstance(tag, BuiltinTag)


def test_a_kind_may_be_named_by_its_protocol(client: InfrahubClientSync) -> None:
    tag = client.create(BuiltinTagSync, name="red")
    assert type(tag) is client.schema.get_class("BuiltinTag")


def test_a_class_is_made_once_for_all_clients_of_the_same_schema() -> None:
    known = {**schema(), "main": "a hash that no other test has"}
    classes = []
    for _ in range(2):
        client = InfrahubClientSync(config=Fake().config())
        client.schema.set_cache(known)
        classes.append(type(client.create("DcimDevice", name="edge1")))
    assert classes[0] is classes[1]


def test_a_changed_schema_makes_another_class() -> None:
    changed = schema()
    changed["nodes"][0]["description"] = "changed, under the same hash"
    classes = []
    for data in (schema(), changed):
        client = InfrahubClientSync(config=Fake().config())
        client.schema.set_cache(data)
        classes.append(type(client.create("BuiltinTag", name="red")))
    assert classes[0] is not classes[1]


def test_both_clients_have_classes_of_their_own(client: InfrahubClientSync) -> None:
    other = InfrahubClient(config=Fake().config())
    other.schema.set_cache(schema())
    assert other.schema.get_class("BuiltinTag") is not client.schema.get_class("BuiltinTag")


def test_only_kinds_that_are_used_get_a_class(client: InfrahubClientSync) -> None:
    client.create("BuiltinTag", name="red")
    assert [kind for _, classes in client.schema._classes.values() for kind in classes] == ["BuiltinTag"]


def test_the_general_class_makes_an_instance_of_the_kinds_class(client: InfrahubClientSync) -> None:
    node = InfrahubNodeSync(client=client, schema=client.schema.get("BuiltinTag"), data={"name": "red"})
    assert type(node) is client.schema.get_class("BuiltinTag")


def test_the_general_class_works_without_a_schema_that_was_read() -> None:
    source = InfrahubClientSync(config=Fake().config())
    source.schema.set_cache(schema())
    node = InfrahubNodeSync(
        client=InfrahubClientSync(config=Fake().config()), schema=source.schema.get("BuiltinTag"), data={"name": "red"}
    )
    assert (node.name.value, node.get_branch()) == ("red", "main")


def test_the_general_class_needs_a_schema(client: InfrahubClientSync) -> None:
    with pytest.raises(ValidationError, match="needs the schema of its kind"):
        InfrahubNodeSync(client=client, data={"name": "red"})


def test_a_class_of_a_schema_that_was_not_read_cannot_be_had() -> None:
    client = InfrahubClientSync(config=Fake().config())
    with pytest.raises(SchemaNotFoundError, match="has not been read"):
        client.schema.get_class("BuiltinTag")


def test_help_tells_what_the_schema_says(client: InfrahubClientSync) -> None:
    text = pydoc.render_doc(client.schema.get_class("DcimDevice"), renderer=pydoc.plaintext)
    assert "class DcimDevice(DcimGenericDevice" in text
    assert "Forwards packets." in text
    assert "location: LocationSite, optional. Where it stands." in text


def test_dir_lists_fields_and_methods(client: InfrahubClientSync) -> None:
    names = dir(client.create("TestingAwkward", name="x"))
    assert {"name", "save", "update", "hfid"} <= set(names)


def test_a_field_read_on_the_class_is_its_definition(client: InfrahubClientSync) -> None:
    field = client.schema.get_class("DcimDevice").location
    assert (field.name, field.schema.peer) == ("location", "LocationSite")
    assert repr(field) == "<OneField location: LocationSite, optional. Where it stands.>"


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))])
def test_a_node_can_be_copied_and_pickled(client: InfrahubClientSync, copier: Any) -> None:
    site = client.create("LocationSite", id=ID, name="Atlanta", shortname="atl1")
    device = client.create("DcimDevice", name="edge1", location=site, tags=["blue"], height=3)
    device.height.value = 4
    device.tags.add("red")
    other = copier(device)
    assert other is not device
    assert type(other).__name__ == "DcimDevice"
    assert type(other).__mro__[1].__name__ == "DcimGenericDevice"
    assert (other.name.value, other.height.value, other.height.value_has_been_mutated) == ("edge1", 4, True)
    assert [peer.id for peer in other.tags] == ["blue", "red"]
    assert other.location.peer.shortname.value == "atl1"


def test_an_unpickled_node_says_that_it_cannot_be_saved(client: InfrahubClientSync) -> None:
    tag = pickle.loads(pickle.dumps(client.create("BuiltinTag", name="red")))
    with pytest.raises(Error, match="has no client, because it was unpickled"):
        tag.save()


# Its fields


def test_fields_named_like_methods_leave_the_methods_alone(client: InfrahubClientSync) -> None:
    node = client.create("TestingAwkward", data={"name": "x", "save": "yes"})
    assert callable(node.save)
    assert callable(node.update)
    assert node["save"].value == "yes"
    node["save"] = "no"
    node["update"] = ["red"]
    assert (node["save"].value, node["update"].hfid) == ("no", ["red"])


def test_every_field_is_reached_by_its_name(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    for name in (*device._attributes, *device._relationships):
        assert device[name] is getattr(device, name)
    with pytest.raises(KeyError, match="Did you mean 'name'"):
        device["nmae"]


def test_a_misspelt_field_names_the_nearest_also_when_it_is_set(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    with pytest.raises(AttributeError, match=r"DcimDevice has no .* 'descripton'\. Did you mean 'description'\?"):
        _ = device.descripton
    with pytest.raises(AttributeError, match="Did you mean 'description'"):
        device.descripton = "lost"


def test_names_with_an_underscore_are_the_users_own(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    device._mine = 1
    assert device._mine == 1
    with pytest.raises(AttributeError, match="_other"):
        _ = device._other


def test_what_was_changed_is_seen_through_every_object_of_the_field(client: InfrahubClientSync) -> None:
    device = loaded(client, "DcimDevice", height={"value": 1})
    before, other = device.height, device.height
    other.value = 2
    other.owner = ID
    assert (before.value, device.height.value, device["height"].owner.id) == (2, 2, ID)
    assert before.value_has_been_mutated
    before.value = 3
    assert (other.value, repr(device.height)) == (3, "<Attribute height: 3 (set)>")


def test_reading_attributes_leaves_nothing_behind(client: InfrahubClientSync) -> None:
    device = loaded(client, "DcimDevice", height={"value": 1}, name={"value": "edge1"})
    assert (device.height.value, device.name.value) == (1, "edge1")
    assert not device._fields


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda node: None, "<Attribute height: 1>"),
        (lambda node: setattr(node, "height", 2), "<Attribute height: 2 (set)>"),
        (lambda node: setattr(node, "height", None), "<Attribute height: null (set)>"),
    ],
)
def test_the_state_of_an_attribute_is_shown(client: InfrahubClientSync, change: Any, shown: str) -> None:
    device = loaded(client, "DcimDevice", height={"value": 1})
    change(device)
    assert repr(device.height) == shown
    assert repr(device.status) == "<Attribute status: not loaded>"


def test_the_state_of_relationships_is_shown(client: InfrahubClientSync) -> None:
    site = {"id": ID, "display_label": "atl1", "__typename": "LocationSite"}
    device = loaded(client, "DcimDevice", location={"node": site}, tags={"edges": []})
    assert repr(device.location) == "<RelatedNodeSync location: atl1>"
    device.location = None
    assert repr(device.location) == "<RelatedNodeSync location: null (set)>"
    assert repr(device.tags) == "<RelationshipManagerSync tags: 0 peers>"
    device.tags.add("red")
    assert repr(device.tags) == "<RelationshipManagerSync tags: 1 peers (set)>"
    assert repr(device.interfaces) == "<RelationshipManagerSync interfaces: not loaded>"


def test_passwords_are_not_shown(client: InfrahubClientSync) -> None:
    sample = client.create("TestingSample", name="x", a_password="hunter2", a_hashedpassword="hunter3")
    assert "hunter" not in f"{sample.a_password!r} {sample.a_hashedpassword!r} {sample!r}"
    assert sample.a_password.value == "hunter2"


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("iphost", "10.0.0.1/24", ipaddress.ip_interface("10.0.0.1/24")),
        ("ipnetwork", "10.0.0.0/8", ipaddress.ip_network("10.0.0.0/8")),
        ("ipaddress", "2001:db8::1", ipaddress.ip_address("2001:db8::1")),
        ("iphost", "", ""),
        ("iphost", None, None),
        ("list", ["a"], ["a"]),
        ("json", {"value": 1}, {"value": 1}),
        ("number", 0, 0),
        ("boolean", False, False),
        ("datetime", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
    ],
)
def test_values_are_converted_as_their_kind_says(client: InfrahubClientSync, kind: str, sent: Any, value: Any) -> None:
    sample = loaded(client, "TestingSample", **{f"a_{kind}": {"value": sent}})
    assert sample[f"a_{kind}"].value == value
    assert not sample[f"a_{kind}"].value_has_been_mutated


def test_peers_can_be_listed_counted_and_looked_for(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1", tags=["blue", ["red"]])
    assert (len(device.tags), [peer.id for peer in device.tags], device.tags[1].hfid) == (2, ["blue", None], ["red"])
    assert "blue" in device.tags
    assert "green" not in device.tags
    assert device.tags.peer_ids == ["blue"]
    assert device.tags.peer_hfids == [["red"]]


def test_adding_a_peer_twice_adds_it_once(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1", tags=["blue"])
    device.tags.extend(["blue", "red", {"id": "red"}])
    assert device.tags.peer_ids == ["blue", "red"]


def test_what_was_not_loaded_is_not_empty(client: InfrahubClientSync) -> None:
    device = loaded(client, "DcimDevice", tags={"edges": []})
    assert bool(device.interfaces)
    assert not device.tags


@pytest.mark.parametrize("wrong", ["red", {"id": "red"}, 3])
def test_a_list_of_peers_has_to_be_a_list(client: InfrahubClientSync, wrong: Any) -> None:
    with pytest.raises(ValidationError, match=r"tags: .* takes a list of peers"):
        client.create("DcimDevice", name="edge1", tags=wrong)


def test_something_that_is_no_peer_is_refused(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    with pytest.raises(ValidationError, match="location: a value of type int is not a peer"):
        device.location = 3


# Its identity


def test_nodes_of_the_same_id_are_equal(client: InfrahubClientSync) -> None:
    one, same = (client.create("BuiltinTag", id=ID, name=name) for name in ("red", "renamed"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != client.create("BuiltinTag", name="red")
    assert client.create("BuiltinTag", name="red") != client.create("BuiltinTag", name="red")


def test_human_friendly_ids_follow_the_values(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", name="edge1")
    interface = client.create("DcimInterface", name="eth0", device=device)
    assert interface.hfid == ["edge1", "eth0"]
    assert interface.hfid_str == "DcimInterface__edge1__eth0"
    device.name = "edge2"
    assert interface.get_human_friendly_id_as_string() == "edge2__eth0"
    assert client.create("DcimInterface", name="eth0").hfid is None


def test_the_repr_is_the_label_or_the_kind(client: InfrahubClientSync) -> None:
    assert repr(loaded(client, "DcimDevice")) == "the label"
    assert repr(client.create("DcimDevice", name="x")) == "DcimDevice (None)[NEW]"


def test_a_node_knows_what_it_is(client: InfrahubClientSync) -> None:
    address = client.create("IpamIPAddress", address="10.0.0.1/24")
    assert address.get_all_kinds() == ["IpamIPAddress", "BuiltinIPAddress"]
    assert (address.is_ip_address(), address.is_ip_prefix(), address.is_resource_pool()) == (True, False, False)
    assert client.create("CoreNumberPool", name="x").is_resource_pool()
