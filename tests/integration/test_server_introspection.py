"""What servers say of their GraphQL schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite

TYPE = """query($name: String!) { __type(name: $name) { kind name
    fields { name args { name } type { kind name ofType { kind name } } }
    inputFields { name type { kind name ofType { name } } } interfaces { name } possibleTypes { name } } }"""


def type_of(suite: Suite, name: str) -> dict[str, Any]:
    return dict(suite.data(TYPE, name=name)["__type"])


def names(things: list[dict[str, Any]] | None) -> set[str]:
    return {thing["name"] for thing in things or ()}


def test_a_kind_is_an_object_with_the_interfaces_of_its_generics(suite: Suite) -> None:
    kind = type_of(suite, "SuiteServer")
    assert kind["kind"] == "OBJECT"
    assert {"CoreNode", "SuiteAsset"} <= names(kind["interfaces"])
    assert {"id", "hfid", "display_label", "name", "height", "owner", "tags", "disks", "profiles"} <= names(
        kind["fields"]
    )


def test_a_generic_is_an_interface_of_its_kinds(suite: Suite) -> None:
    generic = type_of(suite, "SuiteAsset")
    assert generic["kind"] == "INTERFACE"
    assert {"SuiteServer", "SuiteSwitch"} <= names(generic["possibleTypes"])


def test_a_place_has_fields_for_those_above_and_below(suite: Suite) -> None:
    assert {"parent", "children", "ancestors", "descendants"} <= names(type_of(suite, "SuiteRoom")["fields"])


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("SuiteServerCreateInput", {"id", "name", "height", "owner", "object_template"}, {"fixed", "title"}),
        ("SuiteServerUpdateInput", {"id", "hfid", "name", "height", "tags"}, {"fixed", "title", "display_label"}),
        ("SuiteServerUpsertInput", {"id", "hfid", "name"}, {"fixed", "title"}),
        ("NumberAttributeUpdate", {"value", "is_default", "is_protected", "source", "owner", "from_pool"}, set()),
        ("RelatedNodeInput", {"id", "hfid", "kind", "_relation__source", "_relation__is_protected"}, set()),
    ],
)
def test_an_input_has_what_can_be_given_and_nothing_else(
    suite: Suite, name: str, there: set[str], absent: set[str]
) -> None:
    found = names(type_of(suite, name)["inputFields"])
    assert there <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("PaginatedSuiteServer", {"count", "edges", "permissions"}),
        ("EdgedSuiteServer", {"node", "node_metadata"}),
        ("NestedPaginatedSuiteServer", {"count", "edges", "permissions"}),
        ("NestedEdgedSuiteServer", {"node", "properties", "node_metadata", "relationship_metadata"}),
        ("TextAttribute", {"id", "value", "is_default", "is_protected", "is_from_profile", "source", "owner"}),
        ("Dropdown", {"value", "label", "color", "description"}),
        ("IPHost", {"value", "ip", "prefixlen", "netmask", "version"}),
    ],
)
def test_pages_edges_and_attributes_have_their_fields(suite: Suite, name: str, fields: set[str]) -> None:
    assert fields <= names(type_of(suite, name)["fields"])


def test_each_kind_has_a_query_with_its_filters_and_four_mutations(suite: Suite) -> None:
    schema = suite.data(
        "{ __schema { queryType { fields { name args { name } } } mutationType { fields { name } } } }"
    )["__schema"]
    [query] = [field for field in schema["queryType"]["fields"] if field["name"] == "SuiteServer"]
    assert {
        *("ids", "hfid", "offset", "limit", "order", "partial_match", "any__value"),
        *("name__value", "name__values", "name__isnull", "name__source__id", "name__is_protected"),
        *("owner__ids", "owner__isnull", "owner__name__value", "tags__name__values"),
    } <= names(query["args"])
    mutations = names(schema["mutationType"]["fields"])
    assert {f"SuiteServer{way}" for way in ("Create", "Update", "Upsert", "Delete")} <= mutations
    assert "SuiteAssetUpdate" in mutations
    assert "SuiteAssetCreate" not in mutations


def test_a_type_that_there_is_not_is_null(suite: Suite) -> None:
    assert suite.data(TYPE, name="SuiteNothing") == {"__type": None}


def test_the_schema_is_told_as_text(suite: Suite) -> None:
    reply = suite.http("GET", "/schema.graphql")
    assert reply.status == 200
    assert "type SuiteServer implements" in reply.content
    assert "input SuiteServerCreateInput {" in reply.content
