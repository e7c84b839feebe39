"""A server that understands GraphQL: it holds nodes, and runs the documents that the clients send with graphql-core.

Types are made from kinds as the server makes them: an interface for each generic, which a node of a hierarchy has for
the type of its parent and children; `CoreNode` is implemented by all kinds but groups.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    InlineFragmentNode,
    Visitor,
    build_schema,
    execute_sync,
    parse,
    validate,
    visit,
)

from infrahub_sdk.transport.response import Response
from tests.unit.fake import Fake, Sent
from tests.unit.kinds import attribute, kind, relationship

__all__ = ["Graph", "graphql_schema", "problems", "schema"]

NAME, DESCRIPTION = attribute("name", optional=False), attribute("description")
HIERARCHY = "LocationGeneric"
OF_DEVICE = {"identifier": "device__interface"}


def _place(name: str, parent: str | None, children: str | None, **fields: Any) -> dict[str, Any]:
    relationships = [
        relationship(name, peer, cardinality, kind="Hierarchy", hierarchical=HIERARCHY)
        for name, peer, cardinality in (("parent", parent, "one"), ("children", children, "many"))
        if peer
    ]
    relationships += fields.pop("relationships", [])
    return kind(
        "Location", name,
        hierarchy=HIERARCHY, inherit_from=[HIERARCHY], human_friendly_id=["name__value"],
        attributes=[{**NAME, "inherited": True}, *fields.pop("attributes", [])], relationships=relationships, **fields,
    )  # fmt: skip


SCHEMA: dict[str, Any] = {
    "main": "hash-of-depth",
    "nodes": [
        kind("Builtin", "Tag", human_friendly_id=["name__value"], attributes=[NAME, DESCRIPTION]),
        _place("Region", None, "LocationSite"),
        _place("Site", "LocationRegion", "LocationRack", attributes=[attribute("shortname")]),
        _place("Rack", "LocationSite", None, attributes=[attribute("height", "Number")]),
        kind(
            "Dcim", "Device",
            inherit_from=["DcimGenericDevice"],
            human_friendly_id=["name__value"],
            attributes=[NAME, DESCRIPTION, attribute("height", "Number")],
            relationships=[
                relationship("location", "LocationSite"),
                relationship("tags", "BuiltinTag", "many"),
                relationship("interfaces", "DcimInterface", "many", kind="Component", **OF_DEVICE),
            ],
        ),
        kind(
            "Dcim", "Physical",
            inherit_from=["DcimInterface"],
            human_friendly_id=["device__name__value", "name__value"],
            attributes=[NAME, DESCRIPTION, attribute("mtu", "Number")],
            relationships=[
                relationship("device", "DcimGenericDevice", kind="Parent", optional=False, **OF_DEVICE),
                relationship("ip_addresses", "IpamAddress", "many", kind="Component"),
            ],
        ),
        kind(
            "Dcim", "Virtual",
            inherit_from=["DcimInterface"],
            attributes=[NAME, DESCRIPTION, attribute("mtu"), attribute("role")],
            relationships=[
                relationship("device", "DcimGenericDevice", kind="Parent", optional=False, **OF_DEVICE),
                relationship("below", "DcimPhysical"),
            ],
        ),
        kind(
            "Ipam", "Address",
            attributes=[attribute("address", "IPHost"), DESCRIPTION],
            relationships=[
                relationship("interface", "DcimPhysical", kind="Parent"),
                relationship("tags", "BuiltinTag", "many"),
            ],
        ),
        kind("Core", "NumberPool", inherit_from=["CoreResourcePool"], attributes=[NAME]),
        kind(
            "Core", "StandardGroup",
            inherit_from=["CoreGroup"],
            attributes=[NAME],
            relationships=[relationship("members", "CoreNode", "many", kind="Generic")],
        ),
    ],
    "generics": [
        kind(
            "Dcim", "GenericDevice",
            used_by=["DcimDevice"],
            attributes=[NAME, DESCRIPTION],
            relationships=[relationship("interfaces", "DcimInterface", "many", kind="Component", **OF_DEVICE)],
        ),
        kind(
            "Dcim", "Interface",
            used_by=["DcimPhysical", "DcimVirtual"],
            attributes=[NAME, DESCRIPTION],
            relationships=[relationship("device", "DcimGenericDevice", kind="Parent", optional=False, **OF_DEVICE)],
        ),
        kind(
            "Location", "Generic",
            hierarchical=True,
            used_by=["LocationRegion", "LocationSite", "LocationRack"],
            attributes=[NAME],
            relationships=[
                relationship("parent", HIERARCHY, kind="Hierarchy"),
                relationship("children", HIERARCHY, "many", kind="Hierarchy"),
            ],
        ),
        kind(
            "Core", "Node",
            used_by=[
                "BuiltinTag", "DcimDevice", "DcimPhysical", "DcimVirtual", "IpamAddress", "InternalHidden",
                "CoreStandardGroup", "CoreNumberPool",
            ],
        ),
        kind("Core", "ResourcePool", used_by=["CoreNumberPool"], attributes=[NAME]),
        kind("Core", "Group", used_by=["CoreStandardGroup"], attributes=[NAME]),
    ],
    "profiles": [],
    "templates": [],
}  # fmt: skip

KINDS = {item["kind"]: item for section in ("nodes", "generics") for item in SCHEMA[section]}


def schema() -> dict[str, Any]:
    """What `/api/schema` answers."""
    return SCHEMA


# Types

_COMMON = """
scalar BigInt
scalar DateTime
enum OrderDirection { ASC DESC }
input OrderByItem { field: String! direction: OrderDirection = ASC }
input OrderInput { disable: Boolean by: [OrderByItem!] }
type Person { id: String display_label: String }
type NodeMetadata { created_at: DateTime created_by: Person updated_at: DateTime updated_by: Person }
type RelationshipMetadata { updated_at: DateTime updated_by: Person }
type RelationshipProperty { is_protected: Boolean updated_at: DateTime source: Person owner: Person }
"""
_ATTRIBUTE = (
    "type {name} {{ value: {scalar} is_default: Boolean is_from_profile: Boolean is_protected: Boolean "
    "updated_at: DateTime updated_by: Person source: Person owner: Person }}"
)
_SCALARS = {"Number": ("NumberAttribute", "BigInt"), "IPHost": ("IPHost", "String")}
_TEXT = ("TextAttribute", "String")


def _field(owner: dict[str, Any], item: dict[str, Any]) -> str:
    peer = item["peer"]
    if item["kind"] == "Hierarchy":
        peer = owner.get("hierarchy") or owner["kind"]
    edge = "NestedEdged" if item["cardinality"] == "one" else "NestedPaginated"
    return f"{item['name']}: {edge}{peer}!"


def _fields(item: dict[str, Any]) -> list[str]:
    fields = ["hfid: [String!]", "display_label: String"]
    fields += [f"{a['name']}: {_SCALARS.get(a['kind'], _TEXT)[0]}" for a in item["attributes"]]
    fields += [_field(item, r) for r in item["relationships"]]
    if hierarchy := item.get("hierarchy") or (item.get("hierarchical") and item["kind"]):
        missing = {"parent", "children"} - {r["name"] for r in item["relationships"]}
        fields += [f"{name}: NestedPaginated{hierarchy}!" for name in ("ancestors", "descendants")]
        fields += [f"{name}: Nested{'Edged' if name == 'parent' else 'Paginated'}{hierarchy}!" for name in missing]
    return fields


def _types(item: dict[str, Any]) -> str:
    name, fields = item["kind"], " ".join(_fields(item))
    above = [*item.get("inherit_from", []), *([] if "CoreGroup" in item.get("inherit_from", []) else ["CoreNode"])]
    head = (
        f"interface {name} {{ id: String"
        if "used_by" in item
        else f"type {name} implements {' & '.join(above)} {{ id: String!"
    )
    return f"""
        {head} {fields} }}
        type Edged{name} {{ node: {name} node_metadata: NodeMetadata }}
        type Paginated{name} {{ count: Int! edges: [Edged{name}!]! }}
        type NestedEdged{name} {{
            node: {name} node_metadata: NodeMetadata properties: RelationshipProperty
            relationship_metadata: RelationshipMetadata
        }}
        type NestedPaginated{name} {{ count: Int! edges: [NestedEdged{name}!]! }}
    """


def graphql_schema() -> GraphQLSchema:
    """The GraphQL schema that the server makes of the kinds."""
    queries = "\n".join(
        f"{name}(offset: Int, limit: Int, ids: [ID], order: OrderInput, name__value: String, name__values: [String], "
        f"partial_match: Boolean): Paginated{name}!"
        for name in KINDS
    )
    attributes = [_ATTRIBUTE.format(name=name, scalar=scalar) for name, scalar in {_TEXT, *_SCALARS.values()}]
    return build_schema("\n".join([_COMMON, *attributes, *map(_types, KINDS.values()), f"type Query {{ {queries} }}"]))


GRAPHQL = graphql_schema()


def problems(document: str) -> list[str]:
    """What the server would find wrong with a document."""
    return _read(document)[1]


@lru_cache(maxsize=256)
def _read(document: str) -> tuple[DocumentNode, list[str]]:
    parsed = parse(document, no_location=True)
    finder = _Fragments()
    visit(parsed, finder)
    return parsed, [error.message for error in validate(GRAPHQL, parsed)] + finder.problems


class _Fragments(Visitor):
    """Looks for a fragment that stands directly in another one, which makes a real server (1.11) fail."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        if any(isinstance(inner, InlineFragmentNode) for inner in node.selection_set.selections):
            self.problems.append("There is a fragment in a fragment.")


# Data


class Graph(Fake):
    """The server.

    Attributes:
        nodes: The nodes by id. The values of attributes and the ids of peers stand under the names of fields.
    """

    def __init__(self) -> None:
        super().__init__(schema())
        self.nodes: dict[str, dict[str, Any]] = {}

    def add(self, kind: str, identifier: str, **fields: Any) -> str:
        """Add a node; gives its id."""
        self.nodes[identifier] = {"id": identifier, "kind": kind, **fields}
        return identifier

    def _sync(self, url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
        if "/graphql/" in url and not self.answers:
            self.answers.append(self._answer)
        return super()._sync(url, method, headers, timeout, payload)

    def _answer(self, sent: Sent) -> Response:
        document, errors = _read(sent.payload["query"])
        data = None
        if not errors:
            variables = sent.payload.get("variables")
            result = execute_sync(
                GRAPHQL, document, self, variable_values=variables, field_resolver=_resolve, type_resolver=_type_of
            )
            data, errors = result.data, [error.message for error in result.errors or []]
        body = {"errors": [{"message": message} for message in errors]} if errors else {"data": data}
        return Response(200, content=json.dumps(body).encode(), url=sent.url)

    def page(self, kind: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """All nodes of a kind that meet conditions."""
        below = {kind, *KINDS[kind].get("used_by", [])}
        ids, names = arguments.get("ids"), arguments.get("name__values")
        name = arguments.get("name__value")
        return [
            node
            for node in self.nodes.values()
            if node["kind"] in below
            and (ids is None or node["id"] in ids)
            and (names is None or node.get("name") in names)
            and (name is None or node.get("name") == name)
        ]


def _type_of(value: dict[str, Any], *_: Any) -> str:
    found: str = value["kind"]
    return found


def _resolve(source: Any, info: Any, **arguments: Any) -> Any:
    graph: Graph = info.root_value
    name, owner = info.field_name, info.parent_type.name
    if owner == "Query":
        found = graph.page(name, arguments)
        start = arguments.get("offset") or 0
        stop = start + arguments["limit"] if "limit" in arguments else None
        return {"count": len(found), "edges": [{"node": node} for node in found[start:stop]]}
    if owner not in KINDS:
        return source.get(name)
    if name in {"id", "hfid", "display_label"}:
        label = source.get("name") or source.get("address")
        return source["id"] if name == "id" else [label] if name == "hfid" else label
    shape = str(info.return_type)
    if shape.startswith("NestedPaginated"):
        peers = [graph.nodes[peer] for peer in source.get(name) or []]
        return {"count": len(peers), "edges": [{"node": peer, **_metadata()} for peer in peers]}
    if shape.startswith("NestedEdged"):
        peer = graph.nodes.get(source.get(name))
        return {"node": peer, **_metadata()}
    return {"value": source.get(name), "is_protected": True, "updated_at": "2026-01-01T00:00:00Z"}


def _metadata() -> dict[str, Any]:
    moment = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z"}
    return {
        "properties": {"is_protected": True},
        "node_metadata": moment,
        "relationship_metadata": {"updated_at": "2026-01-03T00:00:00Z"},
    }
