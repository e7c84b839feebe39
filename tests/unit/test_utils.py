"""Small functions that programs around Infrahub share."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import utils
from infrahub_sdk.exceptions import FileNotValidError, JsonDecodeError, ValidationError
from infrahub_sdk.transport.response import Response

ID = "1799f0a1-0000-4000-8000-000000000001"

TEXT = st.text(st.characters(blacklist_categories=("Cs",)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)

# Identifiers and numbers


@pytest.mark.parametrize(
    "value", [ID, ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", uuid.UUID(ID)], ids=str
)
def test_a_uuid_is_recognised(value: Any) -> None:
    assert utils.is_valid_uuid(value) is True


@pytest.mark.parametrize("value", ["", "atl1", None, 5, b"x", f"{ID} ", ID[:-1]], ids=repr)
def test_what_is_no_uuid_is_recognised(value: Any) -> None:
    assert utils.is_valid_uuid(value) is False


def test_a_generated_uuid_is_a_random_one() -> None:
    assert uuid.UUID(utils.generate_uuid()).version == 4
    assert utils.generate_uuid() != utils.generate_uuid()


def test_a_short_id_is_22_characters_for_urls() -> None:
    identifiers = {utils.generate_short_id() for _ in range(100)}
    assert len(identifiers) == 100
    assert {len(identifier) for identifier in identifiers} == {22}
    assert set("".join(identifiers)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.integers())
def test_numbers_survive_base_36_and_base_16(number: int) -> None:
    assert utils.base36decode(utils.base36encode(number)) == number
    assert utils.base16decode(utils.base16encode(number)) == number
    assert utils.base16encode(number) == f"{number:x}"


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (35, "Z"), (36, "10"), (-37, "-11"), (10**20, "L3R41IFS0Q5TS")])
def test_base_36_uses_capital_letters(number: int, text: str) -> None:
    assert utils.base36encode(number) == text
    assert utils.base36decode(text.lower()) == number


@pytest.mark.parametrize("encode", [utils.base16encode, utils.base36encode])
@pytest.mark.parametrize("value", ["5", 1.5, None])
def test_only_whole_numbers_are_encoded(encode: Any, value: Any) -> None:
    with pytest.raises(TypeError, match="number has to be an int"):
        encode(value)


@pytest.mark.parametrize("value", ["y", "YES", "t", "True", "on", "1", True, 1])
def test_words_for_true(value: Any) -> None:
    assert utils.str_to_bool(value) is True


@pytest.mark.parametrize("value", ["n", "NO", "f", "False", "off", "0", False, 0])
def test_words_for_false(value: Any) -> None:
    assert utils.str_to_bool(value) is False


@pytest.mark.parametrize("value", ["", "maybe", " yes"])
def test_other_words_are_neither(value: str) -> None:
    with pytest.raises(ValueError, match="is neither true nor false"):
        utils.str_to_bool(value)


@pytest.mark.parametrize("value", [2, None, 1.0, b"yes"])
def test_what_is_no_word_is_neither(value: Any) -> None:
    with pytest.raises(TypeError, match="value has to be a text"):
        utils.str_to_bool(value)


# Lists and dicts


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), ([2, 1, 2, 1, 3], [1, 2]), (["a", None, "a", None], ["a"]), ([[1], [2], [1]], [[1]]), ([3, 3, 3], [3])],
)
def test_duplicates_are_found_once_and_sorted(values: list[Any], expected: list[Any]) -> None:
    assert utils.duplicates(values) == expected


def test_an_intersection_keeps_the_order_of_the_first_list() -> None:
    assert utils.intersection(["c", "a", "b", "a"], ["b", "a", "d"]) == ["a", "b"]


def test_lists_are_compared_to_both_and_either() -> None:
    assert utils.compare_lists(["c", "a", "b"], ["d", "b"]) == (["b"], ["a", "c"], ["d"])


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1]}, {"a": [2, 1, 3]}, {"a": [1, 2, 3]}),
        ({"a": [{"x": 1}]}, {"a": [{"y": 1}]}, {"a": [{"x": 1}, {"y": 1}]}),
        ({"a": None}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({"a": None}, {"a": None}, {"a": None}),
    ],
)
def test_dicts_are_merged_into_the_first(first: dict[str, Any], second: dict[str, Any], merged: dict[str, Any]) -> None:
    assert utils.deep_merge_dict(first, second) is first
    assert first == merged


def test_values_that_differ_are_not_merged() -> None:
    with pytest.raises(ValueError, match=r"at a\.b differ"):
        utils.deep_merge_dict({"a": {"b": 1}}, {"a": {"b": {"c": 1}}})


@pytest.mark.parametrize(
    ("data", "depth", "height"),
    [
        ({}, 1, 0),
        ({"a": 1}, 2, 1),
        ({"a": {}}, 2, 1),
        ({"a": [{"b": 1}]}, 2, 1),
        ({"a": {"b": {"c": 1}, "d": 2}}, 4, 4),
    ],
)
def test_depth_and_height_of_dicts(data: dict[str, Any], depth: int, height: int) -> None:
    assert utils.calculate_dict_depth(data) == depth
    assert utils.calculate_dict_depth(data, level=5) == depth + 4
    assert utils.calculate_dict_height(data) == height
    assert utils.calculate_dict_height(data, cnt=5) == height + 5


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "99914b932bd37a50b983c5e7c90ae93b"),
        ({"b": 1, "a": 2}, "620a7530f307c3f3f111d443a4109815"),
        ({"path": "a/b", "n": None, "t": True, "l": [1, 2.5]}, "23f61c2e84dfe4fa097db3fa2c680692"),
        ({"é": "😀", "del": "\x7f", "tiny": 1e-05, "e-05": "e-05"}, "58ba7eec27ce775e4c53499f569545dc"),
    ],
)
def test_the_fingerprint_of_a_dict_is_the_one_it_always_had(data: dict[str, Any], expected: str) -> None:
    assert utils.dict_hash(data) == expected


# JSON over HTTP


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_json_is_compact_and_reads_back(value: Any) -> None:
    encoded = utils.encode_json(value)
    assert json.loads(encoded) == value
    assert encoded == json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def circle() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    ("payload", "where", "why"),
    [
        ({"variables": {"data": [1, Path("s3cr3t")]}}, "payload.variables.data[1]", "a value of the type PosixPath"),
        ({"variables": {"x": float("nan")}}, "payload.variables.x", "there is nan"),
        ([float("-inf")], "payload[0]", "there is -inf"),
        ({"a": "\ud800 s3cr3t"}, "payload.a", "half a surrogate pair in a text"),
        ({"a": {"\udfff": 1}}, "payload.a", "half a surrogate pair in a text as a key"),
        ({"a": {("s3cr3t",): 1}}, "payload.a", "a value of the type tuple as a key"),
        ({"a": {1, 2}}, "payload.a", "a value of the type set"),
        (circle(), "payload", "it holds itself"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place_and_without_its_value(payload: Any, where: str, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        utils.encode_json(payload)
    assert str(caught.value).startswith(f"{where}: ")
    assert why.replace("PosixPath", type(Path()).__name__) in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_the_json_of_an_answer_is_decoded() -> None:
    assert utils.decode_json(Response(200, content=b'{"a": 1}')) == {"a": 1}


def test_an_answer_that_is_not_json_is_an_error_with_its_address() -> None:
    with pytest.raises(JsonDecodeError, match=r"http://infrahub\.test"):
        utils.decode_json(Response(200, content=b"<html>", url="http://infrahub.test"))


def test_answers_of_other_libraries_are_decoded_too() -> None:
    def fail() -> Any:
        return json.loads("<html>")

    answer: Any = SimpleNamespace(json=fail, text="<html>", url="http://infrahub.test")
    with pytest.raises(JsonDecodeError) as caught:
        utils.decode_json(answer)
    assert (caught.value.content, caught.value.url) == ("<html>", "http://infrahub.test")


@pytest.mark.parametrize(
    ("method", "url", "content", "expected"),
    [
        ("GET", "http://h:80/api/schema?branch=a&x=1", None, "get_http_h_80__api__schema_q_branch=a_a_x=1"),
        ("GET", "https://Host/A", b"", "get_https_host__a"),
        (
            "POST",
            "http://localhost:8000/graphql/main",
            b'{"query":"x"}',
            "post_http_localhost_8000__graphql__main_c4675cda790b5146c100ca4bc1853a0b42aa462496dc56ed8d60e083",
        ),
    ],
)
def test_a_request_names_its_recording(method: str, url: str, content: Any, expected: str) -> None:
    request = SimpleNamespace(method=method, url=url, content=content)
    assert utils.generate_request_filename(request) == expected


def test_long_addresses_have_names_that_file_systems_take_and_that_differ() -> None:
    names = {
        utils.generate_request_filename(SimpleNamespace(method="GET", url=f"http://h/{'x' * 500}{i}", content=b"{}"))
        for i in range(3)
    }
    assert len(names) == 3
    assert all(len(f"{name}.json") <= 255 for name in names)


@pytest.mark.parametrize(
    "url", ["http://h", "https://[::1]:8000/x", "ssh://git@h/x", "ftp://h", "/path", "http://é.fr"]
)
def test_a_url_is_recognised(url: str) -> None:
    assert utils.is_valid_url(url) is True


@pytest.mark.parametrize(
    "url", ["", "h", "localhost:8000", "http://", "http:///x", "file:///x", ":80", "http://[", None]
)
def test_what_is_no_url_is_recognised(url: Any) -> None:
    assert utils.is_valid_url(url) is False


# Git, files, GraphQL documents, answers


def test_a_branch_that_is_named_counts(tmp_path: Path) -> None:
    assert utils.get_branch("b", directory=tmp_path) == "b"


def test_without_a_name_the_branch_is_that_of_the_checkout(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/feature\n")
    assert utils.get_branch(directory=tmp_path) == "feature"


def test_outside_of_a_checkout_the_branch_is_main_with_a_warning(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="is in no Git checkout"):
        assert utils.get_branch(directory=tmp_path) == "main"


def test_fixtures_are_those_of_the_tests() -> None:
    assert utils.get_fixtures_dir() == Path(utils.__file__).parent.parent / "tests" / "fixtures"


@pytest.mark.parametrize(("value", "text"), [("é\n", "é\n"), (5, "5"), (None, "None")])
def test_a_file_is_written_and_read(tmp_path: Path, value: Any, text: str) -> None:
    assert utils.write_to_file(tmp_path / "f", value) is True
    assert utils.read_file(tmp_path / "f") == text


def test_writing_nothing_is_false(tmp_path: Path) -> None:
    assert utils.write_to_file(tmp_path / "f", "") is False


def test_a_directory_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="is a directory"):
        utils.write_to_file(tmp_path, "x")


@pytest.mark.parametrize(("name", "reason"), [("missing", "There is no file at"), ("binary", "is not text in UTF-8")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(FileNotValidError, match=reason) as caught:
        utils.read_file(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ("{a b{c d{e}}}", {"a": None, "b": {"c": None, "d": {"e": None}}}),
        ("{a ... on X{b c{d}} k: l}", {"a": None, "b": None, "c": {"d": None}, "l": None}),
        ("{a ...F}", {"a": None}),
        ("{a{b} a{c}}", {"a": {"b": None, "c": None}}),
        ("{a{b{c}} a{b{d}}}", {"a": {"b": {"c": None, "d": None}}}),
        ("{a{b} a}", {"a": {"b": None}}),
        ("{... on X{a} a{b} ... on Y{a{c}}}", {"a": {"b": None, "c": None}}),
    ],
)
def test_the_fields_of_a_document_are_a_dict(document: str, fields: dict[str, Any]) -> None:
    operation: Any = parse(document).definitions[0]
    assert asyncio.run(utils.extract_fields(operation.selection_set)) == fields


def test_without_a_selection_there_are_no_fields() -> None:
    assert asyncio.run(utils.extract_fields(None)) is None


@pytest.mark.parametrize(("document", "fields"), [("{a{b c{d}}}", {"b": None, "c": {"d": None}}), ("{a}", {})])
def test_the_fields_below_the_first_node(document: str, fields: dict[str, Any]) -> None:
    operation: Any = parse(document).definitions[0]
    info = SimpleNamespace(field_nodes=operation.selection_set.selections)
    assert asyncio.run(utils.extract_fields_first_node(info)) == fields


def edges(*nodes: Any) -> dict[str, Any]:
    return {"edges": [{"node": node} for node in nodes]}


def test_permissions_are_listed_by_group() -> None:
    permissions = edges(*({"identifier": {"value": name}} for name in ("global:edit", "object:view")))
    groups = edges(
        {"display_label": "Editors", "roles": edges({"permissions": permissions}, {"permissions": None})},
        {"display_label": "Nobody", "roles": None},
    )
    assert utils.get_user_permissions(groups["edges"]) == {"Editors": ["global:edit", "object:view"], "Nobody": []}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"),
        (7, "7s ago"),
        (60, "1m and 0s ago"),
        (3599, "59m and 59s ago"),
        (3600, "1h 0m and 0s ago"),
        (86399, "23h 59m and 59s ago"),
        (86400, "1d and 0h ago"),
        (200000, "2d and 7h ago"),
        (-3700, "now"),
    ],
)
def test_how_long_ago_a_moment_was(seconds: int, text: str) -> None:
    moment = datetime.now(timezone.utc) - timedelta(seconds=seconds)
    assert utils.calculate_time_diff(moment.isoformat()) == text


def test_what_is_no_moment_was_never() -> None:
    assert utils.calculate_time_diff("yesterday") is None
