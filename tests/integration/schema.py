"""The schema of the integration tests: the README's kinds, and one with an attribute of every kind."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["SCHEMA", "release_number", "schema_for"]

KINDS_OF_ATTRIBUTES = (
    "Text", "TextArea", "Number", "Boolean", "Checkbox", "Dropdown", "List", "JSON", "IPHost", "IPNetwork",
    "MacAddress", "DateTime", "Password", "HashedPassword", "URL", "Email", "File", "Color", "Bandwidth", "ID", "Any",
)  # fmt: skip

NAME = {"name": "name", "kind": "Text", "unique": True}
DESCRIPTION = {"name": "description", "kind": "Text", "optional": True}


def _choices(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "label": name.title()} for name in names]


def _sample_attribute(kind: str) -> dict[str, Any]:
    attribute: dict[str, Any] = {"name": f"a_{kind.lower()}", "kind": kind, "optional": True}
    if kind == "Dropdown":
        attribute["choices"] = _choices("one", "two")
    return attribute


def _tags(identifier: str) -> dict[str, Any]:
    return {
        "name": "tags",
        "peer": "BuiltinTag",
        "cardinality": "many",
        "kind": "Attribute",
        "optional": True,
        "identifier": identifier,
    }


def _related(name: str, peer: str, cardinality: str = "one", kind: str = "Attribute", **fields: Any) -> dict[str, Any]:
    return {"name": name, "peer": peer, "cardinality": cardinality, "kind": kind, "optional": True, **fields}


def _place(name: str, parent: str, children: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "Deep",
        "inherit_from": ["DeepPlace"],
        "parent": parent,
        "children": children,
        "attributes": list(attributes),
    }


# Trees: places in places, devices in places, interfaces of two kinds, and addresses of one of them.
GENERICS_IN_DEPTH: list[dict[str, Any]] = [
    {
        "name": "Place",
        "namespace": "Deep",
        "hierarchical": True,
        "human_friendly_id": ["name__value"],
        "display_label": "name__value",
        "attributes": [NAME, DESCRIPTION],
    },
    {
        "name": "Interface",
        "namespace": "Deep",
        "display_label": "name__value",
        "attributes": [{"name": "name", "kind": "Text"}, DESCRIPTION],
        "relationships": [
            _related("device", "DeepDevice", kind="Parent", optional=False, identifier="deep_device__interface")
        ],
    },
]
NODES_IN_DEPTH: list[dict[str, Any]] = [
    _place("Region", "", "DeepSite"),
    _place("Site", "DeepRegion", "DeepRack", {"name": "shortname", "kind": "Text", "optional": True}),
    _place("Rack", "DeepSite", "", {"name": "height", "kind": "Number", "optional": True}),
    {
        "name": "Device",
        "namespace": "Deep",
        "human_friendly_id": ["name__value"],
        "display_label": "name__value",
        "attributes": [NAME, DESCRIPTION],
        "relationships": [
            _related("location", "DeepPlace", identifier="deep_device__place"),
            _related("interfaces", "DeepInterface", "many", "Component", identifier="deep_device__interface"),
            _tags("deep_device__tags"),
        ],
    },
    {
        "name": "Physical",
        "namespace": "Deep",
        "inherit_from": ["DeepInterface"],
        "attributes": [{"name": "speed", "kind": "Number", "optional": True}],
        "relationships": [
            _related("ip_addresses", "DeepAddress", "many", "Component", identifier="deep_physical__address")
        ],
    },
    {
        "name": "Virtual",
        "namespace": "Deep",
        "inherit_from": ["DeepInterface"],
        # The same name as above with another type: two fragments cannot have both without an alias.
        "attributes": [{"name": "speed", "kind": "Text", "optional": True}],
        "relationships": [_related("below", "DeepPhysical", identifier="deep_virtual__physical")],
    },
    {
        "name": "Address",
        "namespace": "Deep",
        "display_label": "address__value",
        "attributes": [{"name": "address", "kind": "IPHost"}],
        "relationships": [
            _related("interface", "DeepPhysical", kind="Parent", optional=False, identifier="deep_physical__address"),
            _tags("deep_address__tags"),
        ],
    },
]

SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "generics": [
        *GENERICS_IN_DEPTH,
        {
            "name": "GenericDevice",
            "namespace": "Dcim",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "attributes": [NAME, DESCRIPTION],
            "relationships": [
                _tags("device__tags"),
                {
                    "name": "interfaces",
                    "peer": "DcimInterface",
                    "cardinality": "many",
                    "kind": "Component",
                    "optional": True,
                    "identifier": "device__interface",
                },
            ],
        },
    ],
    "nodes": [
        *NODES_IN_DEPTH,
        {
            "name": "Site",
            "namespace": "Location",
            "human_friendly_id": ["shortname__value"],
            "display_label": "name__value",
            "attributes": [
                {"name": "name", "kind": "Text"},
                {"name": "shortname", "kind": "Text", "unique": True},
                DESCRIPTION,
            ],
            "relationships": [_tags("site__tags")],
        },
        {
            "name": "Device",
            "namespace": "Dcim",
            "inherit_from": ["DcimGenericDevice"],
            "generate_template": True,
            "attributes": [
                {
                    "name": "status",
                    "kind": "Dropdown",
                    "choices": _choices("active", "drained"),
                    "default_value": "active",
                },
                {"name": "height", "kind": "Number", "optional": True},
            ],
            "relationships": [
                {
                    "name": "location",
                    "peer": "LocationSite",
                    "cardinality": "one",
                    "kind": "Attribute",
                    "optional": True,
                    "identifier": "site__devices",
                }
            ],
        },
        {
            "name": "Interface",
            "namespace": "Dcim",
            "human_friendly_id": ["device__name__value", "name__value"],
            "display_label": "name__value",
            "uniqueness_constraints": [["device", "name__value"]],
            "attributes": [{"name": "name", "kind": "Text"}, {"name": "mtu", "kind": "Number", "default_value": 1500}],
            "relationships": [
                {
                    "name": "device",
                    "peer": "DcimGenericDevice",
                    "cardinality": "one",
                    "kind": "Parent",
                    "optional": False,
                    "identifier": "device__interface",
                }
            ],
        },
        {
            "name": "Sample",
            "namespace": "Testing",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "attributes": [
                NAME,
                *[_sample_attribute(kind) for kind in KINDS_OF_ATTRIBUTES],
                # Fields that are named like methods of a node; `save` and its like are reserved since 1.11.
                {"name": "extract", "kind": "Text", "optional": True},
                {"name": "hfid_str", "kind": "Number", "optional": True},
            ],
        },
    ],
}


def release_number(text: str) -> tuple[int, ...]:
    """A release as numbers that can be compared; what follows them, as in `1.5.0b1`, does not count."""
    return tuple(int(re.match(r"\d*", part)[0] or 0) for part in text.split("."))  # type: ignore[index]


def schema_for(release: str) -> dict[str, Any]:
    """The schema as a release takes it. Before 1.5 a label is a list of attributes, under another name."""
    if release_number(release) >= (1, 5):
        return SCHEMA
    return {
        name: [_with_labels(kind) for kind in value] if name != "version" else value for name, value in SCHEMA.items()
    }


def _with_labels(kind: dict[str, Any]) -> dict[str, Any]:
    kind = dict(kind)
    label = kind.pop("display_label", None)
    return {**kind, "display_labels": [label]} if label else kind
