"""The schema that the unit tests read, in the shape of the server's `/api/schema`."""

from __future__ import annotations

import copy
from typing import Any

__all__ = ["schema"]


def attribute(name: str, kind: str = "Text", **fields: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "optional": True, "read_only": False, "inherited": False, **fields}


def relationship(name: str, peer: str, cardinality: str = "one", **fields: Any) -> dict[str, Any]:
    return {"name": name, "peer": peer, "cardinality": cardinality, "kind": "Attribute", "optional": True, **fields}


def kind(namespace: str, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "name": name,
        "kind": f"{namespace}{name}",
        "attributes": [],
        "relationships": [],
        **fields,
    }


NAME = attribute("name", optional=False, unique=True)
DESCRIPTION = attribute("description")
OF_EVERY_KIND = (
    "TextArea", "Number", "Boolean", "Checkbox", "Dropdown", "List", "JSON", "IPHost", "IPNetwork", "IPAddress",
    "MacAddress", "DateTime", "Password", "HashedPassword", "URL", "Email", "File", "Color", "Bandwidth", "ID", "Any",
)  # fmt: skip

_SCHEMA: dict[str, Any] = {
    "main": "hash-1",
    "nodes": [
        kind(
            "Builtin", "Tag",
            default_filter="name__value",
            human_friendly_id=["name__value"],
            attributes=[NAME, DESCRIPTION],
        ),
        kind(
            "Location", "Site",
            human_friendly_id=["shortname__value"],
            attributes=[attribute("name", optional=False), attribute("shortname", optional=False, unique=True)],
            relationships=[relationship("devices", "DcimDevice", "many", kind="Generic")],
        ),
        kind(
            "Location", "Rack",
            hierarchy="LocationGeneric",
            inherit_from=["LocationGeneric"],
            attributes=[NAME],
            relationships=[
                relationship("parent", "LocationSite", kind="Hierarchy", hierarchical="LocationGeneric"),
                relationship("children", "LocationRack", "many", kind="Hierarchy", hierarchical="LocationGeneric"),
            ],
        ),
        kind(
            "Dcim", "Device",
            description="Forwards packets.",
            human_friendly_id=["name__value"],
            inherit_from=["DcimGenericDevice"],
            attributes=[
                {**NAME, "inherited": True},
                {**DESCRIPTION, "inherited": True},
                attribute("status", "Dropdown", optional=False, default_value="active"),
                attribute("height", "Number"),
                attribute("label", read_only=True),
                attribute("address", "IPHost"),
            ],
            relationships=[
                relationship("location", "LocationSite", description="Where it stands."),
                relationship("platform", "DcimPlatform", optional=False),
                relationship("primary_address", "IpamIPAddress"),
                relationship("tags", "BuiltinTag", "many", inherited=True),
                relationship("interfaces", "DcimInterface", "many", kind="Component"),
            ],
        ),
        kind("Dcim", "Platform", attributes=[NAME]),
        kind(
            "Dcim", "Interface",
            human_friendly_id=["device__name__value", "name__value"],
            attributes=[attribute("name", optional=False), attribute("mtu", "Number")],
            relationships=[relationship("device", "DcimDevice", kind="Parent", optional=False)],
        ),
        kind("Ipam", "IPAddress", inherit_from=["BuiltinIPAddress"], attributes=[attribute("address", "IPHost")]),
        kind("Core", "IPAddressPool", inherit_from=["CoreResourcePool"], attributes=[NAME]),
        kind("Core", "NumberPool", inherit_from=["CoreResourcePool"], attributes=[NAME]),
        kind(
            "Testing", "Sample",
            attributes=[NAME, *[attribute(f"a_{name.lower()}", name) for name in OF_EVERY_KIND]],
        ),
        kind(
            "Testing", "Awkward",
            attributes=[NAME, attribute("save"), attribute("delete"), attribute("id"), attribute("hfid")],
            relationships=[relationship("update", "BuiltinTag")],
        ),
    ],
    "generics": [
        kind(
            "Dcim", "GenericDevice",
            used_by=["DcimDevice"],
            attributes=[NAME, DESCRIPTION],
            relationships=[relationship("tags", "BuiltinTag", "many")],
        ),
        kind("Location", "Generic", hierarchical=True, used_by=["LocationRack"], attributes=[NAME]),
        kind("Core", "ResourcePool", used_by=["CoreIPAddressPool", "CoreNumberPool"], attributes=[NAME]),
        kind("Builtin", "IPAddress", used_by=["IpamIPAddress"], attributes=[attribute("address", "IPHost")]),
    ],
    "profiles": [
        kind(
            "Profile", "DcimDevice",
            inherit_from=["CoreProfile"],
            attributes=[attribute("profile_name", optional=False), DESCRIPTION],
        ),
    ],
    "templates": [kind("Template", "DcimDevice", attributes=[attribute("template_name", optional=False), DESCRIPTION])],
}  # fmt: skip


def schema() -> dict[str, Any]:
    """A copy that a test may change."""
    return copy.deepcopy(_SCHEMA)
