"""What the model of the server holds: kinds, and nodes with the relationships between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Branch", "Edge", "Invalid", "Kind", "Refusal", "Stored", "identifier_of"]


class Refusal(Exception):
    """What the server says of a field of the document instead of doing it."""

    def __init__(self, message: str, code: str = "UNDEFINED_ERROR", status: int = 422, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.data = data


class Invalid(Exception):
    """The document does not fit the schema, so that none of it is run."""


class Kind:
    """A kind of the schema, with what the rules need of it."""

    def __init__(self, schema: dict[str, Any], generics: dict[str, dict[str, Any]]) -> None:
        self.name: str = schema["kind"]
        self.above: list[str] = schema.get("inherit_from") or []
        self.names = {self.name, *self.above, "CoreNode"}
        self.attributes = {item["name"]: item for item in schema["attributes"]}
        self.relationships = {item["name"]: item for item in schema["relationships"]}
        self.hfid: list[str] = schema.get("human_friendly_id") or []
        self.default_filter: str | None = schema.get("default_filter")
        paths = [[f"{name}__value"] for name, item in self.attributes.items() if item.get("unique")]
        for source in (schema, *(generics[name] for name in self.above if name in generics)):
            paths += source.get("uniqueness_constraints") or []
        self.constraints: list[list[str]] = [path for number, path in enumerate(paths) if path not in paths[:number]]
        self.inputs = {"id", *self.attributes, *self.relationships}


class Stored:
    """A node as the server holds it."""

    def __init__(self, identifier: str, kind: Kind) -> None:
        self.id = identifier
        self.kind = kind
        self.attributes: dict[str, dict[str, Any]] = {
            name: {"value": item.get("default_value"), "is_default": True, "is_protected": False}
            for name, item in kind.attributes.items()
        }


class Edge:
    """A relationship between two nodes."""

    def __init__(self, identifier: str, source: str, target: str, properties: dict[str, Any]) -> None:
        self.identifier = identifier
        self.source = source
        self.target = target
        self.properties = properties


class Branch:
    """The nodes of a branch. A list, because nothing but the rules keeps two from having one id."""

    def __init__(self) -> None:
        self.nodes: list[Stored] = []
        self.edges: list[Edge] = []

    def find(self, identifier: Any) -> Stored | None:
        return next((node for node in self.nodes if node.id == identifier), None)

    def links(self, node: Stored, name: str) -> Iterator[tuple[Edge, str]]:
        """The edges of a relationship of a node, each with the id at its other end."""
        schema = node.kind.relationships[name]
        identifier, direction = identifier_of(node.kind, schema), schema.get("direction", "bidirectional")
        for edge in self.edges:
            if edge.identifier == identifier:
                if edge.source == node.id and direction != "inbound":
                    yield edge, edge.target
                elif edge.target == node.id and direction != "outbound":
                    yield edge, edge.source

    def peers(self, node: Stored, name: str) -> list[str]:
        return [identifier for _, identifier in self.links(node, name)]


def identifier_of(kind: Kind, schema: dict[str, Any]) -> str:
    return schema.get("identifier") or f"{kind.name}__{schema['name']}"
