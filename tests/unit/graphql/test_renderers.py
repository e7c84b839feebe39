from __future__ import annotations

import enum
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Optional, Union, get_args

import pytest

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql import VARIABLE_TYPE_MAPPING, renderers
from infrahub_sdk.graphql.renderers import (
    Rendered,
    render_arguments,
    render_input_block,
    render_query_block,
    render_variables_to_string,
)


class Color(enum.Enum):
    RED = "red"


# ---- Selections


def test_a_selection_is_one_field_a_line() -> None:
    assert render_query_block({"edges": {"node": {"id": None}, "count": None}}) == [
        "    edges {",
        "        node {",
        "            id",
        "        }",
        "        count",
        "    }",
    ]


def test_a_selection_is_indented_as_asked() -> None:
    assert render_query_block({"a": {"b": None}}, offset=1, indentation=2) == [" a {", "   b", " }"]


def test_filters_become_arguments() -> None:
    data = {"tags": {"@filters": {"name__value": "red", "limit": 1, "any": None}, "id": None}}
    assert render_query_block(data, 0) == ['tags(name__value: "red", limit: 1, any: null) {', "    id", "}"]


@pytest.mark.parametrize("filters", [None, {}])
def test_no_filters_make_no_brackets(filters: Any) -> None:
    assert render_query_block({"tags": {"@filters": filters, "id": None}}, 0) == ["tags {", "    id", "}"]


def test_an_alias_stands_before_the_field() -> None:
    assert render_query_block({"tags": {"@alias": "t", "@filters": {"limit": 1}, "id": None}}, 0) == [
        "t: tags(limit: 1) {",
        "    id",
        "}",
    ]


def test_a_field_with_nothing_but_an_alias_has_no_fields() -> None:
    assert render_query_block({"name": {"@alias": "n"}}, 0) == ["n: name"]


def test_special_keys_outside_of_a_field_are_skipped() -> None:
    assert render_query_block({"@filters": {"limit": 1}, "@alias": None, "id": None}, 0) == ["id"]


def test_a_value_that_selects_nothing_is_skipped() -> None:
    assert render_query_block({"a": 1, "b": "x", "c": ["d"], "id": None}, 0) == ["id"]


def test_a_dict_without_fields_keeps_its_braces() -> None:
    assert render_query_block({"a": {}}, 0) == ["a {", "}"]


@pytest.mark.parametrize("key", ["__typename", "...on BuiltinTag", "... on BuiltinTag", "alias: name", "alias:name"])
def test_a_field_may_be_keyed_by(key: str) -> None:
    assert render_query_block({key: {"id": None}}, 0) == [f"{key} {{", "    id", "}"]


@pytest.mark.parametrize(
    "key",
    [
        "a b",
        "",
        "a: b: c",
        "a(x: 1)",
        "id } evil {",
        "...Fragment",
        "...onTag",
        "...on Tag\n}",
        "@include",
        "a\n",
        1,
        None,
        "é",
    ],
)
@pytest.mark.parametrize("value", [None, {"id": None}])
def test_a_field_may_not_be_keyed_by(key: Any, value: Any) -> None:
    with pytest.raises(ValidationError, match="cannot stand in a selection"):
        render_query_block({key: value})


def test_an_alias_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="'a: b' cannot be the name of an alias"):
        render_query_block({"name": {"@alias": "a: b"}})


@pytest.mark.parametrize("key", ["...on Tag", "a: name"])
def test_what_cannot_have_an_alias_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="a field that has an alias"):
        render_query_block({key: {"@alias": "b"}})


def test_an_argument_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot be the name of an argument"):
        render_query_block({"tags": {"@filters": {"limit: 1) { secret } #": 1}}})


def test_an_error_in_a_selection_names_the_path() -> None:
    with pytest.raises(ValidationError) as caught:
        render_query_block({"edges": {"...on Tag": {"tags": {"@filters": {"ids": ["a", b""]}}}}})
    assert caught.value.identifier == "edges['...on Tag'].tags.@filters.ids[1]"


def test_a_filter_refers_to_a_variable_that_is_declared() -> None:
    data = {"tags": {"@filters": {"name__value": "$name", "label__value": "$label"}, "id": None}}
    assert render_query_block(data, 0, variables=["name"])[0] == 'tags(name__value: $name, label__value: "$label") {'


# ---- Arguments


def test_arguments_stand_on_one_line() -> None:
    arguments = {"ids": ["a"], "color": Color.RED, "offset": Rendered("$offset"), "name": "$offset"}
    assert render_arguments(arguments) == 'ids: ["a"], color: RED, offset: $offset, name: "$offset"'


def test_an_error_in_an_argument_names_the_path() -> None:
    with pytest.raises(ValidationError) as caught:
        render_arguments({"name": object()}, "BuiltinTag")
    assert caught.value.identifier == "BuiltinTag.name"


# ---- Input


def test_an_input_has_fields_and_items_on_lines_of_their_own() -> None:
    data = {"data": {"name": {"value": "red"}, "tags": [{"id": "a"}, "b", [1, 2]], "labels": [], "none": {}}}
    assert (
        "\n".join(render_input_block(data, 0))
        == """\
data: {
    name: {
        value: "red"
    }
    tags: [
        {
            id: "a"
        },
        "b",
        [1, 2],
    ]
    labels: [
    ]
    none: {
    }
}"""
    )


def test_an_input_is_indented_as_asked() -> None:
    assert render_input_block({"a": [{"b": 1}]}, offset=1, indentation=2) == [
        " a: [",
        "   {",
        "     b: 1",
        "   },",
        " ]",
    ]


def test_a_tuple_is_laid_out_like_a_list() -> None:
    assert render_input_block({"hfid": ("a", "b")}) == render_input_block({"hfid": ["a", "b"]})


def test_an_input_has_enum_members_by_name_or_by_value() -> None:
    assert render_input_block({"a": Color.RED, "b": [Color.RED]}, 0) == ["a: RED", "b: [", "    RED,", "]"]
    assert render_input_block({"a": Color.RED}, 0, convert_enum=True) == ['a: "red"']


def test_an_input_refers_to_a_variable_that_is_declared() -> None:
    data = {"a": "$name", "b": ["$name", "$other"]}
    assert render_input_block(data, 0, variables={"name": str}) == [
        "a: $name",
        "b: [",
        "    $name,",
        '    "$other",',
        "]",
    ]


@pytest.mark.parametrize("key", ["a b", "x: 1 }) { ok } evil(data: {", "...on Tag", "a: b", "@alias", 1])
def test_an_input_field_that_is_no_name_is_refused(key: Any) -> None:
    with pytest.raises(ValidationError, match="cannot be the name of a field"):
        render_input_block({"data": {key: 1}})


def test_an_error_in_an_input_names_the_path() -> None:
    with pytest.raises(ValidationError) as caught:
        render_input_block({"data": {"tags": [{"id": "a"}, {"id": float("nan")}]}})
    assert caught.value.identifier == "data.tags[1].id"


def test_an_input_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(ValidationError, match="contains itself"):
        render_input_block(endless)


# ---- Variables


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (str, "String!"),
        (Optional[str], "String"),
        (Union[None, str], "String"),
        (int, "Int!"),
        (Optional[int], "Int"),
        (float, "Float!"),
        (Optional[float], "Float"),
        (bool, "Boolean!"),
        (Optional[bool], "Boolean"),
        (datetime, "DateTime!"),
        (Optional[datetime], "DateTime"),
        (bytes, "Upload!"),
        (Path, "Upload!"),
        (BinaryIO, "Upload!"),
    ],
)
def test_a_variable_has_the_graphql_type_of_its_python_type(kind: Any, text: str) -> None:
    assert render_variables_to_string({"v": kind}) == f"$v: {text}"


def test_the_table_of_types_says_what_is_rendered() -> None:
    for kind, text in VARIABLE_TYPE_MAPPING:
        assert render_variables_to_string({"v": kind}) == f"$v: {text}"


@pytest.mark.skipif(sys.version_info < (3, 10), reason="`str | None` is no object on Python 3.9")
def test_a_variable_may_be_declared_with_a_bar() -> None:
    assert render_variables_to_string({"v": eval("str | None"), "w": eval("None | int")}) == "$v: String, $w: Int"


def test_the_table_of_types_is_found_where_programs_look_for_it() -> None:
    assert renderers.VARIABLE_TYPE_MAPPING is VARIABLE_TYPE_MAPPING
    assert str in get_args(get_args(renderers.GRAPHQL_VARIABLE_TYPES)[0])


def test_the_module_has_no_other_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'render_subscription'"):
        renderers.render_subscription  # noqa: B018


def test_variables_are_declared_in_their_order() -> None:
    assert render_variables_to_string({"b": int, "a": str}) == "$b: Int!, $a: String!"


def test_no_variables_declare_nothing() -> None:
    assert render_variables_to_string({}) == ""


@pytest.mark.parametrize("kind", [list, "list[str]", None, "red", ["red"], Optional[list]])
def test_a_variable_of_another_type_is_refused_with_the_types_that_there_are(kind: Any) -> None:
    with pytest.raises(
        ValidationError, match=r"variables\.ids: .*str, int, float, bool, datetime, bytes, Path, BinaryIO"
    ):
        render_variables_to_string({"ids": kind})


def test_a_value_in_the_place_of_a_type_is_not_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        render_variables_to_string({"password": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_variable_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot be the name of a variable"):
        render_variables_to_string({"a: Int) { x } #": int})
