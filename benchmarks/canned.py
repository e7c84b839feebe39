"""What the canned server says: a schema of 200 kinds, and 10,000 nodes of a wide one. The same in every run."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

__all__ = ["ATTRIBUTES", "KIND", "NEW_NODE", "NODES", "PAGE_QUERY", "TINY_QUERY", "nodes", "schema"]

KIND = "BenchDevice"
NODES = 10_000
TINY_QUERY = "query { InfrahubInfo { version } }"
KINDS = 200

_random = random.Random(1)

# Name and kind of each attribute of the wide kind.
ATTRIBUTES = {
    "name": "Text",
    "description": "Text",
    "serial": "Text",
    "hostname": "Text",
    "os_version": "Text",
    "contact": "Email",
    "documentation": "URL",
    "status": "Dropdown",
    "role": "Dropdown",
    "height": "Number",
    "weight": "Number",
    "mtu": "Number",
    "enabled": "Boolean",
    "managed": "Boolean",
    "management": "IPHost",
    "prefix": "IPNetwork",
    "mac": "MacAddress",
    "commissioned": "DateTime",
    "settings": "JSON",
    "ports": "List",
}
# Name, peer, kind and cardinality of its relationships. A query asks for those of cardinality one and for the tags.
RELATIONSHIPS = [
    ("site", "LocationSite", "Attribute", "one"),
    ("rack", "BenchRack", "Generic", "one"),
    ("platform", "BenchPlatform", "Generic", "one"),
    ("tenant", "BenchTenant", "Attribute", "one"),
    ("tags", "BuiltinTag", "Attribute", "many"),
    ("interfaces", "BenchInterface", "Component", "many"),
]


def _id() -> str:
    return str(uuid.UUID(int=_random.getrandbits(128), version=4))


# Schema


def _attribute(name: str, kind: str, **changes: Any) -> dict[str, Any]:
    parameters = {"regex": None, "min_length": None, "max_length": None} if kind == "Text" else {}
    choices = [
        {"name": value, "label": value.title(), "description": f"Devices that are {value}", "color": "#4cd964"}
        for value in ("active", "planned", "maintenance", "retired")
    ]
    return {
        "id": _id(),
        "name": name,
        "kind": kind,
        "enum": None,
        "computed_attribute": None,
        "choices": choices if kind == "Dropdown" else None,
        "regex": None,
        "max_length": None,
        "min_length": None,
        "label": name.replace("_", " ").title(),
        "description": f"What is known of the {name.replace('_', ' ')}",
        "read_only": False,
        "unique": False,
        "optional": True,
        "branch": "aware",
        "order_weight": 1000,
        "ordered": True,
        "default_value": None,
        "inherited": False,
        "state": "present",
        "allow_override": "any",
        "deprecation": None,
        "display": "default",
        "parameters": parameters,
        **changes,
    }


def _relationship(name: str, peer: str, kind: str, cardinality: str) -> dict[str, Any]:
    return {
        "id": _id(),
        "name": name,
        "peer": peer,
        "kind": kind,
        "label": name.title(),
        "description": None,
        "identifier": f"{name}__{peer.lower()}",
        "cardinality": cardinality,
        "min_count": 0,
        "max_count": int(cardinality == "one"),
        "common_parent": None,
        "common_relatives": None,
        "order_weight": 2000,
        "optional": True,
        "branch": "aware",
        "inherited": False,
        "direction": "bidirectional",
        "hierarchical": None,
        "state": "present",
        "on_delete": "no-action",
        "allow_override": "any",
        "read_only": False,
        "deprecation": None,
        "display": "default",
    }


def _kind(namespace: str, name: str, attributes: Any, relationships: Any, **more: Any) -> dict[str, Any]:
    named = _attribute("name", "Text", unique=True, optional=False)
    groups = _relationship("member_of_groups", "CoreGroup", "Group", "many")
    return {
        "id": _id(),
        "name": name,
        "namespace": namespace,
        "description": f"One {name}",
        "label": name,
        "branch": "aware",
        "default_filter": "name__value",
        "human_friendly_id": ["name__value"],
        "display_label": "name__value",
        "display_labels": None,
        "include_in_menu": True,
        "menu_placement": None,
        "icon": "mdi:server",
        "order_by": ["name__value"],
        "uniqueness_constraints": [["name__value"]],
        "documentation": None,
        "state": "present",
        "attributes": [named, *(_attribute(field, kind) for field, kind in attributes if field != "name")],
        "relationships": [*(_relationship(*row) for row in relationships), groups],
        "hash": uuid.UUID(int=_random.getrandbits(128)).hex,
        "kind": f"{namespace}{name}",
        **more,
    }


def _node(namespace: str, name: str, attributes: Any, relationships: Any, inherit_from: list[str]) -> dict[str, Any]:
    more = {"hierarchy": None, "parent": None, "children": None, "generate_profile": True, "generate_template": False}
    return _kind(namespace, name, attributes, relationships, inherit_from=inherit_from, **more)


def schema() -> dict[str, Any]:
    """The answer of `/api/schema`: 140 nodes, 20 generics and 40 profiles."""
    few = list(ATTRIBUTES.items())[:12]
    names = [("Location", "Site"), ("Bench", "Rack"), ("Bench", "Platform"), ("Bench", "Tenant"), ("Builtin", "Tag")]
    names += [("Bench", "Interface"), *(("Filler", f"Kind{number:03}") for number in range(133))]
    generic_names = ["Group", *(f"Generic{number:02}" for number in range(19))]
    generics = [
        _kind("Core", name, few[:4], RELATIONSHIPS[:1], hierarchical=False, generate_profile=True, used_by=[KIND])
        for name in generic_names
    ]
    nodes = [_node("Bench", "Device", ATTRIBUTES.items(), RELATIONSHIPS, ["CoreGeneric00"])]
    nodes += [_node(namespace, name, few, RELATIONSHIPS[:4], ["CoreGeneric01"]) for namespace, name in names]
    profiles = [
        _kind("Profile", node["kind"], few[1:9], [], inherit_from=["LineageSource", "CoreProfile", "CoreNode"])
        for node in nodes[:40]
    ]
    answer = {
        "main": uuid.UUID(int=_random.getrandbits(128)).hex,
        "nodes": nodes,
        "generics": generics,
        "profiles": profiles,
        "templates": [],
        "namespaces": [{"name": "Bench", "user_editable": True}],
    }
    if len(nodes + generics + profiles) != KINDS:
        raise AssertionError("The schema has not the kinds that it should have.")
    return answer


# Nodes


def _peer(kind: str, name: str) -> dict[str, Any]:
    return {"node": {"id": _id(), "hfid": [name], "display_label": name, "__typename": kind}}


def _edge(number: int) -> dict[str, Any]:
    name = f"device-{number:05}"
    values: dict[str, Any] = {
        "name": name,
        "description": None if number % 3 else f"Device {number} of the benchmark, in its rack",
        "serial": f"SN{_random.getrandbits(40):011X}",
        "hostname": f"{name}.lab.example.com",
        "os_version": f"4.{number % 30}.{number % 7}F",
        "contact": "noc@example.com",
        "documentation": f"https://docs.example.com/devices/{name}",
        "status": ("active", "planned", "maintenance", "retired")[number % 4],
        "role": "active",
        "height": number % 4 + 1,
        "weight": number % 50 + 5,
        "mtu": 9214,
        "enabled": bool(number % 2),
        "managed": True,
        "management": f"10.{number >> 8 & 255}.{number & 255}.1/24",
        "prefix": f"10.{number >> 8 & 255}.{number & 255}.0/24",
        "mac": f"02:00:00:00:{number >> 8 & 255:02x}:{number & 255:02x}",
        "commissioned": "2025-03-04T05:06:07.000000Z",
        "settings": {"ntp": ["192.0.2.1", "192.0.2.2"], "banner": "none", "level": number % 16},
        "ports": [f"eth{port}" for port in range(4)],
    }
    node: dict[str, Any] = {"id": _id(), "hfid": [name], "display_label": name, "__typename": KIND}
    node.update({attribute: {"value": value} for attribute, value in values.items()})
    for relationship, peer, kind, cardinality in RELATIONSHIPS:
        if cardinality == "one":
            node[relationship] = _peer(peer, f"{relationship}-{number % 40}")
        elif kind == "Attribute":
            node[relationship] = {"edges": [_peer(peer, color) for color in ("red", "blue")]}
    if number % 10 == 0:
        node["platform"] = {"node": None}
    return {"node": node}


def nodes() -> list[bytes]:
    """The edges of the wide kind's nodes, each as JSON text."""
    return [json.dumps(_edge(number), separators=(",", ":")).encode() for number in range(NODES)]


# Requests


def _page_query() -> str:
    peer = "node { id hfid display_label __typename }"
    fields = [f"{name} {{ value }}" for name in ATTRIBUTES]
    fields += [f"{name} {{ {peer} }}" for name, _, _, cardinality in RELATIONSHIPS if cardinality == "one"]
    fields.append(f"tags {{ edges {{ {peer} }} }}")
    selection = "\n".join(
        f"                {field}" for field in ["id", "hfid", "display_label", "__typename", *fields]
    )
    return (
        f"query All_{KIND} ($offset: Int!, $limit: Int!) {{\n    {KIND}(offset: $offset, limit: $limit) {{\n"
        f"        count\n        edges {{\n            node {{\n{selection}\n            }}\n        }}\n    }}\n}}"
    )


PAGE_QUERY = _page_query()

# What a program says of a node that it creates.
NEW_NODE: dict[str, Any] = {
    "name": "device-new",
    "description": "a new device, with a comma",
    "serial": "SN0123456789A",
    "hostname": "device-new.lab.example.com",
    "status": "active",
    "role": "active",
    "height": 2,
    "mtu": 9214,
    "enabled": True,
    "management": "10.1.2.1/24",
    "site": "7f1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f",
    "rack": "8f1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f",
    "tags": ["9f1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f", "af1c1a52-8c7b-4f0e-9d6e-2b1a3c4d5e6f"],
}
