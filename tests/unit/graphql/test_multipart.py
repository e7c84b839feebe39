from __future__ import annotations

import io
import json

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql import MultipartBuilder


def test_the_operations_are_an_ordinary_request() -> None:
    text = MultipartBuilder.build_operations("query { a }", {"name": "é/\U0001f600", "file": None}, "Name")
    assert json.loads(text) == {
        "query": "query { a }",
        "variables": {"name": "é/\U0001f600", "file": None},
        "operationName": "Name",
    }


def test_the_operations_have_no_operation_name_unless_there_is_one() -> None:
    assert MultipartBuilder.build_operations("q", {}) == '{"query":"q","variables":{}}'


def test_the_map_says_which_part_is_the_file_of_which_variable() -> None:
    assert MultipartBuilder.build_file_map("1", "variables.doc") == '{"1":["variables.doc"]}'


def test_the_parts_are_in_the_order_that_the_server_reads_them_in() -> None:
    content = io.BytesIO(b"hello")
    variables = {"title": "t", "file": "put here by mistake"}
    assert MultipartBuilder.build_payload("q", variables, content, "a.txt") == {
        "operations": (None, '{"query":"q","variables":{"title":"t","file":null}}'),
        "map": (None, '{"0":["variables.file"]}'),
        "0": ("a.txt", content),
    }
    assert variables["file"] == "put here by mistake"


def test_a_file_is_called_upload_unless_it_has_a_name() -> None:
    content = io.BytesIO(b"hello")
    assert MultipartBuilder.build_payload("q", {}, content)["0"] == ("upload", content)


def test_there_is_no_part_for_a_file_that_is_not_there() -> None:
    assert list(MultipartBuilder.build_payload("q", {})) == ["operations", "map"]


@pytest.mark.parametrize("value", [b"hunter2", float("nan"), object()])
def test_a_variable_without_a_json_form_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        MultipartBuilder.build_operations("q", {"fine": 1, "doc": value})
    assert caught.value.identifier == "$doc"
    assert "hunter2" not in str(caught.value)
