"""The schema of the integration tests: the README's kinds, and one with an attribute of every kind."""

from __future__ import annotations

from typing import Any

__all__ = ["SCHEMA"]

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


SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "generics": [
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
        }
    ],
    "nodes": [
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
