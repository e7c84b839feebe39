"""A schema with every kind of rule, and short ways to work with nodes of it, without a socket."""

from __future__ import annotations

import json
from typing import Any

from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.graphql.document import run
from tests.unit.testing.people import admin

__all__ = ["SCHEMA", "Inventory", "Refusals"]

KINDS_OF_ATTRIBUTES = (
    *("Text", "TextArea", "DateTime", "Email", "Password", "HashedPassword", "URL", "File", "MacAddress", "Color"),
    *("Number", "Bandwidth", "IPHost", "IPNetwork", "Boolean", "Checkbox", "List", "JSON", "Any"),
)
NAME = {"name": "name", "kind": "Text"}


def text(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "Text", "optional": True, **more}


SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "generics": [
        {
            "name": "Place",
            "namespace": "Inv",
            "hierarchical": True,
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "order_by": ["name__value"],
            "uniqueness_constraints": [["name__value"]],
            "attributes": [NAME, text("code")],
        },
        {
            "name": "Port",
            "namespace": "Inv",
            "human_friendly_id": ["box__name__value", "name__value"],
            "display_label": "{{ box__name__value }}:{{ name__value | upper }}",
            "order_by": ["box__name__value", "name__value"],
            "uniqueness_constraints": [["box", "name__value"]],
            "attributes": [NAME, {"name": "speed", "kind": "Number", "optional": True}],
            "relationships": [
                {
                    "name": "box",
                    "peer": "InvBox",
                    "kind": "Parent",
                    "cardinality": "one",
                    "optional": False,
                    "identifier": "box__ports",
                },
                {
                    "name": "twins",
                    "peer": "InvPort",
                    "cardinality": "many",
                    "optional": True,
                    "identifier": "port__twins",
                    "common_parent": "box",
                },
            ],
        },
    ],
    "nodes": [
        {"name": "Region", "namespace": "Inv", "inherit_from": ["InvPlace"], "children": "InvSite", "parent": ""},
        {
            "name": "Site",
            "namespace": "Inv",
            "inherit_from": ["InvPlace"],
            "parent": "InvRegion",
            "children": "InvRack",
        },
        {"name": "Rack", "namespace": "Inv", "inherit_from": ["InvPlace"], "parent": "InvSite", "children": ""},
        {
            "name": "Box",
            "namespace": "Inv",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "default_filter": "name__value",
            "order_by": ["name__value"],
            "attributes": [
                {**NAME, "unique": True},
                text("serial", parameters={"regex": "^[A-Z]+$", "min_length": 2, "max_length": 4}),
                {
                    "name": "units",
                    "kind": "Number",
                    "default_value": 1,
                    "parameters": {"min_value": 1, "max_value": 48, "excluded_values": "13,20-29"},
                },
                {"name": "size", "kind": "Text", "optional": True, "enum": ["small", "large"]},
                {
                    "name": "status",
                    "kind": "Dropdown",
                    "optional": True,
                    "choices": [
                        {"name": "on", "label": "On", "color": "#00ff00", "description": "It runs."},
                        {"name": "off"},
                    ],
                },
                {
                    "name": "title",
                    "kind": "Text",
                    "optional": True,
                    "read_only": True,
                    "computed_attribute": {
                        "kind": "Jinja2",
                        "jinja2_template": "{{ name__value }} in {{ rack__name__value }}",
                    },
                },
            ],
            "relationships": [
                {
                    "name": "rack",
                    "peer": "InvRack",
                    "cardinality": "one",
                    "optional": True,
                    "identifier": "rack__boxes",
                },
                {
                    "name": "ports",
                    "peer": "InvPort",
                    "kind": "Component",
                    "cardinality": "many",
                    "optional": True,
                    "identifier": "box__ports",
                    "on_delete": "cascade",
                },
                {
                    "name": "tags",
                    "peer": "BuiltinTag",
                    "cardinality": "many",
                    "optional": True,
                    "max_count": 2,
                    "identifier": "box__tags",
                },
                {
                    "name": "friends",
                    "peer": "InvBox",
                    "cardinality": "many",
                    "optional": True,
                    "identifier": "box__friends",
                    "common_relatives": ["tags"],
                },
            ],
        },
        {"name": "Copper", "namespace": "Inv", "inherit_from": ["InvPort"]},
        {
            "name": "Fibre",
            "namespace": "Inv",
            "inherit_from": ["InvPort"],
            "attributes": [text("colour")],
        },
        {
            "name": "Lease",
            "namespace": "Inv",
            "attributes": [text("note")],
            "relationships": [
                {"name": "box", "peer": "InvBox", "cardinality": "one", "optional": False, "identifier": "lease__box"}
            ],
        },
        {"name": "Net", "namespace": "Inv", "inherit_from": ["BuiltinIPPrefix"]},
        {"name": "Address", "namespace": "Inv", "inherit_from": ["BuiltinIPAddress"]},
        {
            "name": "Lonely",
            "namespace": "Inv",
            "human_friendly_id": ["note__value", "label__value"],
            "display_label": "label__value",
            "attributes": [text("note"), text("label")],
        },
        {
            "name": "Sample",
            "namespace": "Inv",
            "attributes": [
                {"name": f"a_{kind.lower()}", "kind": kind, "optional": True} for kind in KINDS_OF_ATTRIBUTES
            ],
        },
    ],
}


class Refusals(AssertionError):
    """What a document was refused for.

    Attributes:
        errors: The errors of the answer.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = errors

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


class Inventory:
    """An app with the schema, asked by the account `admin`."""

    schema = SCHEMA

    def __init__(self) -> None:
        self.app = App()
        self.app.load_schemas([self.schema])
        self.account = admin(self.app)

    def run(self, document: str, branch: str = "main", at: int | None = None, **variables: Any) -> dict[str, Any]:
        """The data that a document gives.

        Raises:
            Refusals: It gives errors.
        """
        answer = run(self.app.session(branch, at, self.account), document, variables)
        if answer.get("errors"):
            raise Refusals(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    def change(self, mutation: str, branch: str = "main", /, **data: Any) -> str:
        """The id of the node that a mutation with a kind in its name makes or changes."""
        document = f"mutation {{ {mutation}(data: {_literal(data)}) {{ object {{ id }} }} }}"
        id: str = self.run(document, branch)[mutation]["object"]["id"]
        return id

    def add(self, kind: str, branch: str = "main", /, **fields: Any) -> str:
        """The id of a new node."""
        return self.change(f"Inv{kind}Create", branch, **_fields(fields))

    def tag(self, name: str, /, **fields: Any) -> str:
        """The id of a new tag."""
        return self.change("BuiltinTagCreate", **_fields({"name": name, **fields}))

    def update(self, kind: str, id: str, branch: str = "main", /, **fields: Any) -> str:
        """Change a node."""
        return self.change(f"Inv{kind}Update", branch, id=id, **_fields(fields))

    def delete(self, kind: str, id: str, branch: str = "main") -> None:
        """Take a node away."""
        self.run(f'mutation {{ Inv{kind}Delete(data: {{id: "{id}"}}) {{ ok }} }}', branch)

    def relate(self, mutation: str, id: str, name: str, *ids: str) -> None:
        """Add peers to a relationship, or take them from it."""
        data = _literal({"id": id, "name": name, "nodes": [{"id": peer} for peer in ids]})
        self.run(f"mutation {{ Relationship{mutation}(data: {data}) {{ ok }} }}")

    def nodes(self, kind: str, arguments: str = "", fields: str = "display_label", **more: Any) -> list[dict[str, Any]]:
        """What a query for a kind gives of its nodes."""
        arguments = f"({arguments})" if arguments else ""
        page = self.run(f"{{ {kind}{arguments} {{ edges {{ node {{ {fields} }} }} }} }}", **more)[kind]
        return [edge["node"] for edge in page["edges"]]

    def labels(self, kind: str, arguments: str = "", **more: Any) -> list[str]:
        """The labels of the nodes that a query for a kind gives."""
        return [node["display_label"] for node in self.nodes(kind, arguments, **more)]

    def node(self, kind: str, id: str, fields: str, **more: Any) -> dict[str, Any]:
        """What a query gives of one node."""
        (found,) = self.nodes(kind, f'ids: ["{id}"]', fields, **more)
        return found

    def total(self) -> int:
        """How many nodes there are."""
        return int(self.run("{ CoreNode { count } }")["CoreNode"]["count"])


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (dict, list)) or name == "id" or value is None else {"value": value}
        for name, value in fields.items()
    }


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value)
