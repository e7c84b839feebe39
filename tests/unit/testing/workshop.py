"""A server without a network side, whose schema tests change, and short ways to say what a schema has."""

from __future__ import annotations

import json
from typing import Any

from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.web import rest_schema
from tests.unit.testing.people import admin

__all__ = ["NAME", "Workshop", "attribute", "document", "kind", "relationship"]


def attribute(name: str, kind: str = "Text", **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **more}


def relationship(name: str, peer: str = "BuiltinTag", **more: Any) -> dict[str, Any]:
    return {"name": name, "peer": peer, **more}


NAME = attribute("name")


def kind(name: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A kind with some attributes and relationships."""
    attributes = [item for item in items if "peer" not in item]
    relationships = [item for item in items if "peer" in item]
    return {"namespace": "Shop", "name": name, "attributes": attributes, "relationships": relationships, **more}


def document(*nodes: dict[str, Any], generics: Any = (), extensions: Any = ()) -> dict[str, Any]:
    return {
        "version": "1.0",
        "nodes": list(nodes),
        "generics": list(generics),
        "extensions": {"nodes": list(extensions)},
    }


class Workshop:
    """A server whose schema changes."""

    def __init__(self) -> None:
        self.app = App()

    def load(self, *documents: dict[str, Any], branch: str = "main") -> dict[str, Any]:
        """What the server answers when it loads documents, which it must."""
        status, answer = rest_schema.load(self.app.session(branch), {"schemas": list(documents)})
        assert status == 200, answer
        return answer

    def refusal(self, *documents: dict[str, Any], branch: str = "main") -> str:
        """Why the server refuses documents, which it must."""
        try:
            status, answer = rest_schema.load(self.app.session(branch), {"schemas": list(documents)})
        except Refused as refused:
            assert refused.status == 422
            return refused.message
        assert status == 422, answer
        return "; ".join(f"{mistake['loc'][3:]}: {mistake['msg']}" for mistake in answer["detail"])

    def check(self, *documents: dict[str, Any], branch: str = "main") -> dict[str, Any]:
        """What the server says that loading documents would do; it must be possible."""
        status, answer = rest_schema.check(self.app.session(branch), {"schemas": list(documents)})
        assert status == 202, answer
        return answer

    def shown(self, name: str, branch: str = "main") -> dict[str, Any]:
        """A kind as the server shows it."""
        return rest_schema.show_kind(self.app.session(branch), name)[1]

    def field(self, name: str, field: str, branch: str = "main") -> dict[str, Any]:
        """An attribute or relationship as the server shows it."""
        shown = self.shown(name, branch)
        found: dict[str, Any] = next(
            item for item in (*shown["attributes"], *shown["relationships"]) if item["name"] == field
        )
        return found

    def ask(self, text: str, branch: str = "main") -> Any:
        """What the server answers to GraphQL, without errors."""
        answer = run(self.app.session(branch, account=admin(self.app)), text)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def make(self, name: str, branch: str = "main", /, **fields: Any) -> str:
        """Make a node of values and peers (given in a list, or as a dictionary), and give its id."""
        given = ", ".join(f"{field}: {_input(value)}" for field, value in fields.items())
        answer = self.ask(f"mutation {{ {name}Create(data: {{{given}}}) {{ object {{ id }} }} }}", branch)
        return str(answer[f"{name}Create"]["object"]["id"])

    def nodes(self, name: str, fields: str, branch: str = "main") -> list[Any]:
        """The nodes of a kind, ordered by their JSON."""
        found = self.ask(f"{{ {name} {{ edges {{ node {{ {fields} }} }} }} }}", branch)[name]["edges"]
        return sorted((edge["node"] for edge in found), key=json.dumps)


def _input(value: Any) -> str:
    if isinstance(value, dict):
        return f'{{id: "{value["id"]}"}}'
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[{', '.join(_input(item) for item in value)}]"
    return f"{{value: {json.dumps(value)}}}"
