"""The GraphQL schema that is made of the kinds, against the one that a server of release 1.11.9 shows."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLSchema, print_schema, validate_schema

from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.graphql.types import graphql_schema
from infrahub_sdk.testing.server.schema.kinds import kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrahub_sdk.testing.server.app import App

REAL = Path(__file__).parent / "data" / "graphql-1.11.9.gz"


@pytest.fixture(scope="module")
def schema(app: App) -> GraphQLSchema:
    return app.graphql(app.session().kinds)


def facts(text: str) -> dict[str, set[str]]:
    """The lines of each definition, in no order, without descriptions and the reasons of deprecations."""
    text = re.sub(r'(?ms)^ *""".*?"""\n', "", text)
    text = re.sub(r"\n\n(?= )", "\n", text)  # before a field that has a description
    text = re.sub(r' @deprecated\(reason: "[^"]*"\)', " @deprecated", text)
    text = re.sub(r"\((.*)\)", lambda found: f"({', '.join(sorted(found[1].split(', ')))})", text)
    definitions = {}
    for part in text.strip().split("\n\n"):
        head, *lines = part.splitlines()
        words, _, interfaces = head.rstrip(" {").partition(" implements ")
        definitions[words] = {*lines, *(f"implements {name}" for name in interfaces.split(" & ") if name)}
    return definitions


def made(*nodes: dict[str, Any], generics: Sequence[dict[str, Any]] = ()) -> Any:
    """The GraphQL schema when these kinds of the namespace `Test` were loaded."""
    document: dict[str, Any] = {"version": "1.0"}
    for part, kinds in (("nodes", nodes), ("generics", generics)):
        document[part] = [{"namespace": "Test", **kind} for kind in kinds]
    return graphql_schema(kinds_of(json.dumps([[document]])))


def test_it_is_the_schema_of_the_real_server(schema: GraphQLSchema) -> None:
    real, ours = facts(gzip.decompress(REAL.read_bytes()).decode()), facts(print_schema(schema))
    assert ours.keys() == real.keys()
    assert {name: sorted(ours[name] ^ real[name]) for name in real if ours[name] != real[name]} == {}


def test_it_keeps_the_rules_of_graphql(schema: GraphQLSchema) -> None:
    types = [item for name, item in schema.type_map.items() if not name.startswith("__")]
    assert validate_schema(GraphQLSchema(schema.query_type, schema.mutation_type, types=types)) == []


def test_it_is_made_once(app: App, schema: GraphQLSchema) -> None:
    assert app.graphql(app.session().kinds) is schema


def test_an_introspection_shows_all_types(app: App, schema: GraphQLSchema) -> None:
    answer = run(app.session(), "{ __schema { types { name } } }")
    assert {item["name"] for item in answer["data"]["__schema"]["types"]} == set(schema.type_map)


def test_what_implements_an_interface_is_known_without_its_fields(schema: GraphQLSchema) -> None:
    generic: Any = schema.type_map["CoreTransformation"]
    assert [item.name for item in schema.get_possible_types(generic)] == ["CoreTransformJinja2", "CoreTransformPython"]
    assert schema.is_sub_type(generic, schema.type_map["CoreTransformPython"])
    assert not schema.is_sub_type(generic, schema.type_map["BuiltinTag"])


@pytest.mark.parametrize(
    ("kind", "type_", "scalar", "input_"),
    [
        ("Text", "TextAttribute", "String", "TextAttribute"),
        ("DateTime", "TextAttribute", "DateTime", "TextAttribute"),
        ("Bandwidth", "NumberAttribute", "Int", "NumberAttribute"),
        ("IPAddress", "IPAddress", "String", "TextAttribute"),
        ("Checkbox", "CheckboxAttribute", "Boolean", "CheckboxAttribute"),
        ("Any", "AnyAttribute", "GenericScalar", "AnyAttribute"),
    ],
)
def test_an_attribute_has_the_types_of_its_kind(kind: str, type_: str, scalar: str, input_: str) -> None:
    schema = made({"name": "Thing", "attributes": [{"name": "value", "kind": kind, "optional": True}]})
    assert schema.type_map["TestThing"].fields["value"].type.name == type_
    assert schema.query_type.fields["TestThing"].args["value__value"].type.name == scalar
    assert schema.type_map["TestThingCreateInput"].fields["value"].type.name == f"{input_}Create"
    assert schema.type_map["TestThingUpsertInput"].fields["value"].type.name == f"{input_}Update"


def test_what_is_read_only_cannot_be_written() -> None:
    value = {"name": "value", "kind": "Text", "read_only": True, "optional": True}
    schema = made({"name": "Thing", "attributes": [value]})
    assert "value" in schema.type_map["TestThing"].fields
    assert "value" not in schema.type_map["TestThingUpdateInput"].fields


def test_a_file_is_needed_to_create_what_has_one_and_may_be_changed() -> None:
    schema = made({"name": "Paper", "inherit_from": ["CoreFileObject"]})
    mutations = schema.mutation_type.fields
    assert str(mutations["TestPaperCreate"].args["file"].type) == "Upload!"
    assert str(mutations["TestPaperUpsert"].args["file"].type) == "Upload!"
    assert str(mutations["TestPaperUpdate"].args["file"].type) == "Upload"
    assert "file" not in mutations["TestPaperDelete"].args


def test_peers_of_ip_kinds_may_come_from_pools() -> None:
    relationships = [
        {"name": name, "peer": peer, "cardinality": "one", "optional": True}
        for name, peer in (("network", "TestNetwork"), ("address", "BuiltinIPAddress"), ("tag", "BuiltinTag"))
    ]
    network = {"name": "Network", "inherit_from": ["BuiltinIPPrefix"]}
    schema = made(network, {"name": "Host", "relationships": relationships})
    fields = schema.type_map["TestHostCreateInput"].fields
    assert fields["network"].type.name == "RelatedIPPrefixNodeInput"
    assert fields["address"].type.name == "RelatedIPAddressNodeInput"
    assert fields["tag"].type.name == "RelatedNodeInput"


def test_a_kind_in_a_hierarchy_leads_up_and_down_to_its_generic() -> None:
    tags = {"name": "tags", "peer": "BuiltinTag", "cardinality": "many", "optional": True}
    name = {"name": "name", "kind": "Text"}
    site = {"name": "Site", "inherit_from": ["TestPlace"], "parent": "", "children": "TestRoom"}
    room = {"name": "Room", "inherit_from": ["TestPlace"], "parent": "TestSite", "relationships": [tags]}
    schema = made(site, room, generics=[{"name": "Place", "hierarchical": True, "attributes": [name]}])
    fields = schema.type_map["TestRoom"].fields
    assert str(fields["parent"].type) == "NestedEdgedTestPlace!"
    for name_ in ("children", "ancestors", "descendants"):
        assert str(fields[name_].type) == "NestedPaginatedTestPlace!"
    assert "include_descendants" in fields["tags"].args


def test_a_kind_with_a_profile_and_a_template_brings_their_types() -> None:
    name = {"name": "name", "kind": "Text", "unique": True}
    speed = {"name": "speed", "kind": "Number", "optional": True}
    schema = made({"name": "Port", "attributes": [name, speed], "generate_template": True})
    for kind, interface in (("ProfileTestPort", "CoreProfile"), ("TemplateTestPort", "CoreObjectTemplate")):
        assert interface in [item.name for item in schema.type_map[kind].interfaces]
        assert {f"{kind}{action}" for action in ("Create", "Update", "Upsert", "Delete")} <= set(
            schema.mutation_type.fields
        )
    assert schema.type_map["TestPortCreateInput"].fields["object_template"].type.name == "RelatedNodeInput"


def test_a_new_schema_keeps_the_rules_of_graphql() -> None:
    schema = made({"name": "Paper", "inherit_from": ["CoreFileObject", "CoreArtifactTarget"]})
    types = [item for name, item in schema.type_map.items() if not name.startswith("__")]
    assert validate_schema(GraphQLSchema(schema.query_type, schema.mutation_type, types=types)) == []


def test_a_group_does_not_implement_the_interface_of_all_other_nodes(app: App) -> None:
    schema = app.graphql(app.session().kinds)
    group: Any = schema.type_map["CoreStandardGroup"]
    tag: Any = schema.type_map["BuiltinTag"]
    assert [item.name for item in group.interfaces] == ["CoreGroup"]
    assert [item.name for item in tag.interfaces] == ["CoreNode"]
