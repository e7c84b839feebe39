"""Reads and writes nodes with the synchronous client, as a program with generated protocol classes does."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv6Interface
from typing import Any, Optional, Union

from protocols_sync import DcimDevice, DcimGenericDevice, DcimInterface, IpamPrefix, LocationSite
from typing_extensions import assert_type

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.constants import Priority
from infrahub_sdk.context import ContextAccount, RequestContext
from infrahub_sdk.enums import OrderDirection
from infrahub_sdk.exceptions import NodeNotFoundError
from infrahub_sdk.node import InfrahubNodeSync, RelatedNodeSync, RelationshipManagerSync
from infrahub_sdk.protocols import BuiltinTagSync
from infrahub_sdk.types import Order, OrderByEntry


def read(client: InfrahubClientSync) -> None:
    site = client.get(kind=LocationSite, name__value="atl1", raise_when_missing=True)
    assert_type(site, LocationSite)
    assert_type(site.id, str)
    assert_type(site.name.value, str)
    assert_type(site.description.value, Optional[str])
    assert_type(site.description.is_default, Optional[bool])
    assert_type(site.hfid, Optional["list[str]"])
    assert_type(client.get(LocationSite, id=site.id), LocationSite)
    assert_type(client.get(kind=LocationSite, hfid=["atl1"], branch="main"), LocationSite)
    assert_type(client.get(LocationSite, raise_when_missing=False, name__value="x"), Optional[LocationSite])
    assert_type(client.get(kind="LocationSite", id=site.id), InfrahubNodeSync)
    assert_type(client.get(kind="LocationSite", id="x", raise_when_missing=False), Optional[InfrahubNodeSync])

    assert_type(client.all(LocationSite), "list[LocationSite]")
    assert_type(client.all(kind="LocationSite", parallel=True), "list[InfrahubNodeSync]")
    order = Order(by=[OrderByEntry(field="name__value", direction=OrderDirection.DESC)])
    devices = client.filters(
        kind=DcimDevice, site__ids=[site.id], include=["interfaces"], order=order, priority=Priority.LOW
    )
    assert_type(devices, "list[DcimDevice]")
    assert_type(client.filters(kind="DcimDevice", name__value="a", partial_match=True), "list[InfrahubNodeSync]")
    for device in client.iterate(DcimDevice, only=["name", "interfaces.name"], name__value="a"):
        assert_type(device, DcimDevice)
    for node in client.iterate("DcimDevice"):
        assert_type(node, InfrahubNodeSync)
    assert_type(client.count(DcimDevice, name__value="a") + client.count(kind="DcimDevice"), int)


def attributes(device: DcimDevice) -> str:
    assert_type(device.management.value, Union[IPv4Interface, IPv6Interface, None])
    assert_type(device.height.value + 1, int)
    assert_type(device.position.value, Optional[int])
    device.name.value = "leaf1"
    device.description.value = None
    device.height.value += 1
    device.name = "leaf2"
    device.status = "active"
    device.description = None
    if device.management.value is not None:
        device.management.value = device.management.value
    if device.serial.value and device.serial.is_protected:
        return device.serial.value.upper()
    return device.name.value


def relationships(client: InfrahubClientSync, device: DcimDevice, interface: DcimInterface) -> None:
    assert_type(device.site, "RelatedNodeSync[LocationSite]")
    assert_type(device.site.id, Optional[str])
    device.site.fetch()
    assert_type(device.site.peer, LocationSite)
    assert_type(device.site.get().shortname.value, str)
    assert_type(device.rack, "RelatedNodeSync[InfrahubNodeSync]")
    assert_type(device.rack.peer, InfrahubNodeSync)

    device.site = client.get(LocationSite, id="x")
    device.site = "7f1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f"
    device.site = ["atl1"]
    device.site = None

    assert_type(device.interfaces, "RelationshipManagerSync[DcimInterface]")
    device.interfaces.fetch()
    for related in device.interfaces:
        assert_type(related, "RelatedNodeSync[DcimInterface]")
        assert_type(related.peer.mtu.value, Optional[int])
    assert_type([related.peer.name.value for related in device.interfaces.peers], "list[str]")
    assert_type(device.interfaces[0].peer, DcimInterface)
    assert_type(device.interfaces.peer_ids, "list[str]")
    device.interfaces.add(interface)
    device.interfaces.add(interface.id)
    device.interfaces.extend([interface, "7f1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f", {"hfid": ["leaf1", "eth0"]}])
    device.interfaces.remove(device.interfaces[0])
    device.tags.add({"id": "x", "source": "y"})
    device.add_relationships(relation_to_update="tags", related_nodes=["x"])


def write(client: InfrahubClientSync, prefix: IpamPrefix) -> DcimDevice:
    site = client.create(kind=LocationSite, name="atl2", shortname="atl2")
    assert_type(site, LocationSite)
    site.save(allow_upsert=True)
    device = client.create(
        DcimDevice, branch="main", name={"value": "leaf1", "is_protected": True, "source": site.id}, site=site, height=2
    )
    assert_type(device, DcimDevice)
    device.save(request_context=RequestContext(account=ContextAccount(id="x")), timeout=10)
    tag = client.create(kind="BuiltinTag", data={"name": "red"})
    assert_type(tag, InfrahubNodeSync)
    tag.description.value = "The colour of a stop sign"
    tag.name = "crimson"
    tag.save()
    prefix.delete()
    client.delete(kind=BuiltinTagSync, id=str(tag.id))
    return device


def store(client: InfrahubClientSync) -> None:
    client.store.set(client.create(LocationSite, name="a"), key="site")
    assert_type(client.store.get(key="site", kind=LocationSite), LocationSite)
    assert_type(client.store.get("x", kind="LocationSite"), InfrahubNodeSync)
    assert_type(client.store.get(LocationSite.__name__, LocationSite, raise_when_missing=False), Optional[LocationSite])


def named(device: DcimGenericDevice) -> str:
    site: RelatedNodeSync[LocationSite] = device.site
    interfaces: RelationshipManagerSync[DcimInterface] = device.interfaces
    return f"{device.name.value} ({device.get_kind()}) at {site.display_label or 'no site'}: {interfaces.peer_ids}"


def plain(client: InfrahubClientSync) -> dict[str, Any]:
    """Nodes without protocol classes: their fields are known when the program runs."""
    node = client.get(kind="DcimDevice", id="x")
    for interface in node.interfaces.peers:
        interface.fetch()
        print(interface.peer.name.value, interface.peer.display_label)
    if node.site.initialized:
        node.site = None
    data = client.execute_graphql(
        query="query Sites($names: [String]) { LocationSite(name__values: $names) { count } }",
        variables={"names": ["atl1"]},
        branch_name="main",
        tracker="sites",
        timeout=10,
    )
    return assert_type(data, "dict[str, Any]")


def main() -> None:
    with InfrahubClientSync(config=Config(address="http://localhost:8000", api_token="x")) as client:
        try:
            read(client)
            store(client)
            device = write(client, client.get(IpamPrefix, id="x"))
            interface = client.get(DcimInterface, id="x")
        except NodeNotFoundError as error:
            print(error.node_type, error.branch_name, error.identifier)
            return
        attributes(device)
        relationships(client, device, interface)
        print(plain(client), named(device))
        other = client.clone(branch="other")
        assert_type(other, InfrahubClientSync)
        schemas = other.schema.all(refresh=True)
        assert_type(schemas["DcimDevice"].kind, str)
        assert_type((other.schema.get(kind="DcimDevice")).attribute_names, "list[str]")


if __name__ == "__main__":
    main()
