"""A schema of devices with addresses, profiles, templates and files, and short ways to work with nodes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.testing.inventory import Inventory, Refusals
from tests.unit.testing.people import admin

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

__all__ = ["SCHEMA", "Depot"]

_NAME = {"name": "name", "kind": "Text"}


def _text(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "Text", "optional": True, **more}


SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "generics": [
        {
            "name": "Port",
            "namespace": "Dep",
            "human_friendly_id": ["device__name__value", "name__value"],
            "display_label": "name__value",
            "uniqueness_constraints": [["device", "name__value"]],
            "attributes": [
                _NAME,
                _text("description"),
                {"name": "mtu", "kind": "Number", "default_value": 1500, "optional": True},
            ],
            "relationships": [
                {
                    "name": "device",
                    "peer": "DepDevice",
                    "kind": "Parent",
                    "cardinality": "one",
                    "optional": False,
                    "identifier": "device__port",
                },
                {"name": "tags", "peer": "BuiltinTag", "kind": "Attribute", "cardinality": "many", "optional": True},
            ],
        }
    ],
    "nodes": [
        {
            "name": "Prefix",
            "namespace": "Dep",
            "inherit_from": ["BuiltinIPPrefix"],
            "human_friendly_id": ["prefix__value", "ip_namespace__name__value"],
            "uniqueness_constraints": [["prefix__value", "ip_namespace"]],
        },
        {
            "name": "Address",
            "namespace": "Dep",
            "inherit_from": ["BuiltinIPAddress"],
            "human_friendly_id": ["address__value", "ip_namespace__name__value"],
            "uniqueness_constraints": [["address__value", "ip_namespace"]],
        },
        {
            "name": "Device",
            "namespace": "Dep",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "generate_template": True,
            "attributes": [
                {**_NAME, "unique": True},
                _text("description"),
                _text("role", default_value="leaf"),
                {"name": "height", "kind": "Number", "optional": True, "parameters": {"excluded_values": "3,5-6"}},
                {
                    "name": "serial",
                    "kind": "NumberPool",
                    "read_only": True,
                    "parameters": {"start_range": 100, "end_range": 104},
                },
                {"name": "size", "kind": "Text", "optional": True, "enum": ["small", "large"]},
                {
                    "name": "status",
                    "kind": "Dropdown",
                    "optional": True,
                    "choices": [{"name": "on", "label": "On", "color": "#00ff00"}, {"name": "off"}],
                },
            ],
            "relationships": [
                {
                    "name": "address",
                    "peer": "DepAddress",
                    "kind": "Attribute",
                    "cardinality": "one",
                    "optional": True,
                    "identifier": "device__address",
                },
                {
                    "name": "network",
                    "peer": "DepPrefix",
                    "kind": "Attribute",
                    "cardinality": "one",
                    "optional": True,
                    "identifier": "device__network",
                },
                {"name": "tags", "peer": "BuiltinTag", "kind": "Attribute", "cardinality": "many", "optional": True},
                {
                    "name": "ports",
                    "peer": "DepPort",
                    "kind": "Component",
                    "cardinality": "many",
                    "optional": True,
                    "identifier": "device__port",
                },
            ],
        },
        {"name": "Copper", "namespace": "Dep", "inherit_from": ["DepPort"], "generate_template": True},
        {
            "name": "Appliance",
            "namespace": "Dep",
            "inherit_from": ["CoreArtifactTarget"],
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "attributes": [{**_NAME, "unique": True}, _text("description"), {"name": "owner", "kind": "Text"}],
            "relationships": [
                {"name": "tags", "peer": "BuiltinTag", "kind": "Attribute", "cardinality": "many", "optional": True}
            ],
        },
        {
            "name": "Manual",
            "namespace": "Dep",
            "inherit_from": ["CoreFileObject"],
            "human_friendly_id": ["title__value"],
            "display_label": "title__value",
            "attributes": [{"name": "title", "kind": "Text", "unique": True}],
        },
    ],
}


class Depot(Inventory):
    """An app with the schema, asked by the account `admin`."""

    schema = SCHEMA

    @classmethod
    def of(cls, app: App) -> Depot:
        """Short ways to work with another app."""
        depot = cls.__new__(cls)
        depot.app, depot.account = app, admin(app)
        return depot

    def make(self, kind: str, branch: str = "main", /, **fields: Any) -> str:
        """The id of a new node."""
        return self.change(f"{kind}Create", branch, **_inputs(fields))

    def edit(self, kind: str, id: str, branch: str = "main", /, **fields: Any) -> str:
        """Change a node."""
        return self.change(f"{kind}Update", branch, id=id, **_inputs(fields))

    def drop(self, kind: str, id: str, branch: str = "main") -> None:
        """Take a node away."""
        self.run(f'mutation {{ {kind}Delete(data: {{id: "{id}"}}) {{ ok }} }}', branch)

    def value(self, kind: str, id: str, name: str, **more: Any) -> Any:
        """What a node has for an attribute."""
        return self.node(kind, id, f"{name} {{ value }}", **more)[name]["value"]

    def peer(self, kind: str, id: str, name: str, **more: Any) -> Any:
        """The label of the peer of a relationship to one node."""
        node = self.node(kind, id, f"{name} {{ node {{ display_label }} }}", **more)[name]["node"]
        return node and node["display_label"]

    def refused(self, mutation: str, branch: str = "main", /, **data: Any) -> str:
        """Why a mutation is refused."""
        with pytest.raises(Refusals) as caught:
            self.change(mutation, branch, **_inputs(data))
        return str(caught.value)


def _inputs(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (dict, list)) or name == "id" or value is None else {"value": value}
        for name, value in fields.items()
    }
