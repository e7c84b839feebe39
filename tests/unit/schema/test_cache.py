"""The schema of a branch as the client keeps it."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.model import Model
from infrahub_sdk.schema import BranchSchema, GenericSchemaAPI, NodeSchemaAPI, ProfileSchemaAPI, SchemaRootAPI
from infrahub_sdk.schema.cache import Kinds, kind_not_found

from .answers import answer, raw_kind

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The class of each model that is built over raw data."""
    built: list[str] = []
    original = Model.__dict__["_wrap"].__func__

    def counting(cls: type[Model], raw: dict[str, Any], path: str = "") -> Model:
        built.append(cls.__name__)
        model: Model = original(cls, raw, path)
        return model

    monkeypatch.setattr(Model, "_wrap", classmethod(counting))
    yield built


def test_a_thousand_kinds_cost_no_model_until_one_is_used(wrapped: list[str]) -> None:
    tag = raw_kind("BuiltinTag")
    schema = BranchSchema.from_api_response({"main": "h", "nodes": [{**tag, "name": f"Tag{i}"} for i in range(1000)]})
    assert len(schema.nodes) == 1000
    assert "BuiltinTag7" in schema.nodes
    assert wrapped == []
    assert schema.nodes["BuiltinTag7"].name == "Tag7"
    assert wrapped == ["NodeSchemaAPI"]
    assert schema.nodes["BuiltinTag7"].attribute_names == ["name", "description"]
    assert wrapped == ["NodeSchemaAPI", "AttributeSchemaAPI", "AttributeSchemaAPI"]


def test_each_section_of_the_answer_has_its_own_model() -> None:
    nodes = BranchSchema.from_api_response(answer()).nodes
    assert isinstance(nodes["BuiltinTag"], NodeSchemaAPI)
    assert isinstance(nodes["CoreNode"], GenericSchemaAPI)
    assert isinstance(nodes["ProfileBuiltinTag"], ProfileSchemaAPI)


def test_a_kind_is_built_once() -> None:
    nodes = BranchSchema.from_api_response(answer()).nodes
    assert nodes["BuiltinTag"] is nodes["BuiltinTag"]


def test_the_kinds_are_a_mapping() -> None:
    nodes = BranchSchema.from_api_response(answer()).nodes
    assert nodes.get("InfraNothing") is None
    with pytest.raises(KeyError):
        _ = nodes["InfraNothing"]
    tag = nodes.pop("BuiltinTag")
    assert "BuiltinTag" not in nodes
    nodes["BuiltinTag"] = tag
    assert list(nodes)[-1] == "BuiltinTag"
    assert {schema.kind for schema in nodes.values()} == set(nodes)


def test_kinds_are_equal_when_their_schemas_are() -> None:
    kinds = Kinds.from_answer(answer())
    assert kinds == Kinds.from_answer(answer())
    assert kinds == dict(kinds)
    del kinds["BuiltinTag"]
    assert kinds != Kinds.from_answer(answer())
    assert kinds != ["BuiltinTag"]


def test_the_hash_of_the_schema_is_kept() -> None:
    assert BranchSchema.from_api_response({"main": "abc"}).hash == "abc"
    assert BranchSchema.from_api_response({}).hash == ""


def test_the_repr_counts_the_kinds() -> None:
    schema = BranchSchema.from_api_response(answer())
    _ = schema.nodes["BuiltinTag"]
    assert repr(schema.nodes) == "<Kinds 13 known, 1 built>"


def test_a_schema_is_made_of_a_model_of_the_answer() -> None:
    schema = BranchSchema.from_schema_root_api(SchemaRootAPI.model_validate(answer()))
    assert schema.hash == answer()["main"]
    assert schema == BranchSchema.from_api_response(answer())


def test_a_schema_is_made_of_kinds() -> None:
    tag = NodeSchemaAPI._wrap(raw_kind("BuiltinTag"))
    assert BranchSchema(hash="h", nodes={"BuiltinTag": tag}).nodes["BuiltinTag"] is tag


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda schema: pickle.loads(pickle.dumps(schema))])
def test_a_duplicate_has_the_same_kinds(duplicate: Any) -> None:
    schema = BranchSchema.from_api_response(answer())
    other = duplicate(schema)
    assert other == schema


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"nodes": {}}, "schema: nodes: must be a list, not dict"),
        (
            {"nodes": [], "generics": [{"namespace": "Core"}]},
            r"schema: generics\[0\]: must have a namespace and a name",
        ),
        ({"profiles": ["ProfileBuiltinTag"]}, r"schema: profiles\[0\]: must have a namespace and a name"),
        ({"nodes": [{"namespace": 1, "name": "Tag"}]}, r"schema: nodes\[0\]: must have a namespace and a name"),
    ],
)
def test_an_answer_that_cannot_be_indexed_is_refused_with_the_path(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BranchSchema.from_api_response(data)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"attributes": {}}, r"nodes\[0\]\.attributes: must be list"),
        ({"attributes": [{"name": "name"}]}, r"nodes\[0\]\.attributes\[0\]\.kind: is missing"),
        ({"attributes": [{"name": 1, "kind": "Text"}]}, r"nodes\[0\]\.attributes\[0\]\.name: must be str, not 1"),
        ({"attributes": ["name"]}, r"nodes\[0\]\.attributes\[0\]: must be AttributeSchemaAPI, not 'name'"),
    ],
)
def test_a_broken_kind_is_an_error_with_the_path_when_it_is_used(fields: dict[str, Any], message: str) -> None:
    nodes = BranchSchema.from_api_response({"nodes": [{"namespace": "Infra", "name": "Rack", **fields}]}).nodes
    with pytest.raises(ValidationError, match=message):
        _ = nodes["InfraRack"].attribute_names


def test_a_kind_without_a_name_is_an_error_when_it_is_used() -> None:
    nodes = BranchSchema.from_api_response({"nodes": [{"kind": "InfraRack", "namespace": "Infra"}]}).nodes
    with pytest.raises(ValidationError, match=r"NodeSchemaAPI: nodes\[0\]\.name: is missing"):
        _ = nodes["InfraRack"]


def test_a_kind_that_is_not_there_is_answered_with_the_nearest() -> None:
    error = kind_not_found("BuiltinTga", "main", Kinds.from_answer(answer()))
    assert error.identifier == "BuiltinTga"
    assert str(error) == (
        "The schema of branch 'main' has no kind named 'BuiltinTga'. Did you mean 'BuiltinTag' or 'ProfileBuiltinTag'?"
    )
    assert str(kind_not_found("Zzz", None, [])) == "The schema has no kind named 'Zzz'."
