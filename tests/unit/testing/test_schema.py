"""What a schema becomes, compared with what a real server makes of the same documents."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from infrahub_sdk.testing.server.schema.core import core_documents
from infrahub_sdk.testing.server.schema.kinds import kinds_of

PARTS = ("nodes", "generics", "profiles", "templates")
# What Infrahub 1.11.9 shows on /api/schema after it loaded documents: without ids, hashes and prose.
REAL = Path(__file__).parent / "data" / "schema-1.11.9.gz"


@lru_cache(maxsize=1)
def cases() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(REAL.read_bytes()))
    return found


def ours(case: str) -> dict[str, Any]:
    document = kinds_of(json.dumps([cases()[case]["documents"]])).document
    return {entry["kind"]: facts(entry) for part in PARTS for entry in document[part]}


def facts(entry: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in entry.items() if name not in ("id", "hash", "description")}
    for part in ("attributes", "relationships"):
        found[part] = {item["name"]: facts_of_field(item) for item in entry[part]}
    return found


def facts_of_field(item: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in item.items() if name not in ("id", "description", "name")}
    if "parameters" in found:
        found["parameters"] = {name: value for name, value in found["parameters"].items() if name != "number_pool_id"}
    if found.get("choices"):
        found["choices"] = [
            {name: value for name, value in choice.items() if name != "description"} for choice in found["choices"]
        ]
    return found


@pytest.mark.parametrize("case", ["of files", "of everything"])
def test_kinds_are_those_of_a_real_server(case: str) -> None:
    real, made = cases()[case]["shown"], ours(case)
    different = {kind: (real[kind], made.get(kind)) for kind in real if made.get(kind) != real[kind]}
    assert different == {}


def test_there_are_no_other_kinds_than_on_a_real_server() -> None:
    assert ours("of files").keys() == cases()["of files"]["shown"].keys()


def test_the_real_server_showed_templates_and_profiles_too() -> None:
    shown = cases()["of everything"]["shown"]
    assert {"TemplateInfraDevice", "TemplateInfraEndpoint", "ProfileInfraDevice"} <= shown.keys()


def test_every_core_kind_says_what_it_is() -> None:
    entries = [entry for part in ("nodes", "generics") for doc in core_documents() for entry in doc.get(part, ())]
    assert [entry["name"] for entry in entries if not 0 < len(entry.get("description", "")) <= 128] == []


def test_core_kinds_are_in_the_files_once() -> None:
    names = [
        entry["namespace"] + entry["name"]
        for document in core_documents()
        for part in ("nodes", "generics")
        for entry in document.get(part, ())
    ]
    assert len(names) == len(set(names))


def test_internal_kinds_are_kept_apart() -> None:
    kinds = kinds_of("[]")
    assert set(kinds.internal) == {
        "InternalAccountToken",
        "InternalExternalIdentity",
        "InternalIPPrefixAvailable",
        "InternalIPRangeAvailable",
        "InternalRefreshToken",
    }
    assert not any(name.startswith("Internal") for name in kinds)
    assert "tokens" not in kinds["CoreAccount"].relationships


def test_ids_are_the_same_wherever_a_schema_is_loaded() -> None:
    text = json.dumps([cases()["of files"]["documents"]])
    ids = [entry["id"] for entry in kinds_of(text).document["nodes"]]
    kinds_of.cache_clear()
    assert [entry["id"] for entry in kinds_of(text).document["nodes"]] == ids
    assert len(set(ids)) == len(ids)


def test_no_two_parts_share_an_id() -> None:
    document = kinds_of(json.dumps([cases()["of everything"]["documents"]])).document
    entries = [entry for part in ("nodes", "generics") for entry in document[part]]
    ids = [part["id"] for entry in entries for part in (entry, *entry["attributes"], *entry["relationships"])]
    known = [id for id in ids if id]
    assert len(set(known)) == len(known)


def test_the_same_schema_has_the_same_hash_and_another_one_has_another() -> None:
    one, other = ([[{"version": "1.0", "nodes": [{"namespace": "Shop", "name": name}]}]] for name in ("Box", "Bag"))
    first, again, second = (kinds_of(json.dumps(loads)).document for loads in (one, one, other))
    assert first["main"] == again["main"] != second["main"]
    hashes = {entry["kind"]: entry["hash"] for entry in first["nodes"]}
    assert hashes["BuiltinTag"] == next(entry["hash"] for entry in second["nodes"] if entry["kind"] == "BuiltinTag")
    assert hashes["ShopBox"] not in {entry["hash"] for entry in second["nodes"]}


def test_what_one_load_left_open_stays_as_the_server_filled_it_in() -> None:
    name, code = {"name": "name", "kind": "Text"}, {"name": "code", "kind": "Text"}
    loads = [
        [{"version": "1.0", "nodes": [{"namespace": "Shop", "name": "Box", "attributes": attributes}]}]
        for attributes in ([{**name, "unique": True}], [{**name, "unique": True}, {**code, "unique": True}])
    ]
    together, one_by_one = (kinds_of(json.dumps(text))["ShopBox"] for text in ([loads[1]], loads))
    assert together.data["human_friendly_id"] == one_by_one.data["human_friendly_id"] == ["name__value"]
    weights = [
        [item.data["order_weight"] for item in (kind.relationships["member_of_groups"], kind.attributes["code"])]
        for kind in (together, one_by_one)
    ]
    assert weights == [[4000, 2000], [3000, 2000]]


def test_members_of_a_generic_are_the_kinds_whose_nodes_it_finds() -> None:
    kinds = kinds_of("[]")
    assert kinds["CoreTransformation"].members == ("CoreTransformJinja2", "CoreTransformPython")
    assert "ProfileBuiltinTag" in kinds["LineageSource"].members
    assert "CoreGraphQLQuery" in kinds["CoreNode"].members
    assert "CoreStandardGroup" not in kinds["CoreNode"].members
