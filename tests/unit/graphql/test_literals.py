from __future__ import annotations

import datetime
import enum
import ipaddress
import math
import sys
import uuid
from collections import OrderedDict, namedtuple
from decimal import Decimal
from pathlib import PurePosixPath, PureWindowsPath
from types import MappingProxyType
from typing import Any

import pytest
from graphql import parse_value
from graphql.utilities import value_from_ast_untyped

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql.literals import Rendered, convert_to_graphql_as_string, render_value


class Color(enum.Enum):
    RED = "red"
    HEX = 0xFF0000
    null = "nothing"


class Level(str, enum.Enum):
    LOW = "low"


class Rank(enum.IntEnum):
    FIRST = 1


class Text(str):
    def __str__(self) -> str:
        return "something else"


class Dumps:
    """Stands for a model, ours or one of pydantic."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def model_dump(self, *, exclude_none: bool) -> dict[str, Any]:
        return {key: value for key, value in self.fields.items() if value is not None or not exclude_none}


Point = namedtuple("Point", ["x", "y"])


def back(value: Any) -> Any:
    """What a server reads in the literal of a value."""
    return value_from_ast_untyped(parse_value(render_value(value)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-12, "-12"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        ("", '""'),
        ("caf\u00e9", '"caf\\u00e9"'),
        ([1, "a", {"b": [None]}], '[1, "a", { b: [null] }]'),
        ([], "[]"),
        ({}, "{  }"),
    ],
)
def test_literals_are_laid_out_as_programs_know_them(value: Any, text: str) -> None:
    assert render_value(value) == text


@pytest.mark.parametrize(
    "text", ['say "hi"', "C:\\temp\\", '"""', "a\nb\r\tc\f\b", "\x00\x1f\x7f", "\U0001f600", "}) { x }", "#"]
)
def test_a_text_reads_back_whatever_its_characters(text: str) -> None:
    assert back(text) == text


def test_a_number_reads_back_whatever_its_size() -> None:
    for number in (2**31, -(2**63), 10**300, 5e-324, sys.float_info.max, -0.0):
        assert back(number) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), "2024-01-02T03:04:05+00:00"),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ipaddress.ip_interface("10.0.0.1/24"), "10.0.0.1/24"),
        (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
        (ipaddress.ip_address("2001:db8::1"), "2001:db8::1"),
        (ipaddress.ip_interface("2001:db8::1/64"), "2001:db8::1/64"),
        (ipaddress.ip_network("2001:db8::/32"), "2001:db8::/32"),
        (PurePosixPath("/etc/hosts"), "/etc/hosts"),
        (PureWindowsPath("C:\\hosts"), "C:\\hosts"),
        (Text("itself"), "itself"),
    ],
)
def test_what_is_written_as_text_reads_back_as_that_text(value: Any, text: str) -> None:
    assert back(value) == text


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, 2), [1, 2]),
        (Point(1, 2), [1, 2]),
        ({"b", "a"}, ["a", "b"]),
        (frozenset([1]), [1]),
        (OrderedDict(a=1), {"a": 1}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (Decimal("1.50"), 1.5),
        (Decimal("1E+3"), 1000.0),
        (Dumps(a=1, b=None, c=Dumps(d="x")), {"a": 1, "c": {"d": "x"}}),
    ],
)
def test_what_is_like_a_list_a_dict_or_a_number_reads_back_as_one(value: Any, plain: Any) -> None:
    assert back(value) == plain


def test_an_enum_member_is_rendered_by_its_name() -> None:
    assert [render_value(member) for member in (Color.RED, Level.LOW, Rank.FIRST)] == ["RED", "LOW", "FIRST"]


def test_an_enum_member_is_rendered_by_its_value_where_that_is_asked_for() -> None:
    assert render_value([Color.RED, Color.HEX, Level.LOW], convert_enum=True) == '["red", 16711680, "low"]'


def test_an_enum_member_whose_name_means_something_else_is_refused() -> None:
    with pytest.raises(ValidationError, match="'null' of Color"):
        render_value(Color.null)


def test_a_combination_of_flags_has_no_name_and_is_refused() -> None:
    flags = enum.Flag("flags", "A B")
    with pytest.raises(ValidationError, match="enum value"):
        render_value(flags(3))


def test_a_dollar_text_is_text() -> None:
    assert render_value("$name") == '"$name"'
    assert convert_to_graphql_as_string("$name") == '"$name"'


def test_a_dollar_text_refers_to_a_variable_that_is_declared() -> None:
    assert (
        convert_to_graphql_as_string(["$name", "$other", "name"], variables={"name": str})
        == '[$name, "$other", "name"]'
    )


def test_a_dollar_text_that_is_no_name_is_text_even_when_it_is_declared() -> None:
    assert convert_to_graphql_as_string("$a) { x", variables=["a) { x"]) == '"$a) { x"'


def test_rendered_text_goes_in_as_it_is() -> None:
    assert render_value({"offset": Rendered("$offset")}) == "{ offset: $offset }"


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, Decimal("NaN"), Decimal("Infinity")])
def test_a_number_that_is_not_finite_is_refused(number: Any) -> None:
    with pytest.raises(ValidationError, match=r"filters\.height.*GraphQL has no"):
        render_value({"height": number}, "filters")


def test_a_number_may_have_more_digits_than_python_likes_to_write() -> None:
    assert render_value(-(10**5000)) == "-1" + "0" * 5000


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"names\[1\]: .*surrogate pair.*position 2"):
        render_value(["ok", "no\ud83d"], "names")


@pytest.mark.parametrize("value", [object(), object, 1j, iter([]), {}.keys(), lambda: None])
def test_a_value_of_another_type_is_refused_with_its_path_and_type(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        render_value({"tags": [{"name": value}]}, "data")
    assert caught.value.identifier == "data.tags[0].name"
    assert f"type {type(value).__name__} cannot" in str(caught.value)


def test_bytes_are_refused_with_the_remedy() -> None:
    with pytest.raises(ValidationError, match=r"value: .*type bytes.*decode it"):
        render_value(b"secret")


def test_an_error_does_not_show_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        render_value({"password": b"hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["a b", "", "1a", "a:", "é", "a\n", "a: 1 }) { x }", 1, None, ("a",)])
def test_a_key_that_is_no_name_is_refused(key: Any) -> None:
    with pytest.raises(ValidationError, match="cannot be the name of a field"):
        render_value({key: 1})


def test_a_key_may_be_a_member_of_a_text_enum() -> None:
    assert render_value({Level.LOW: 1}) == "{ low: 1 }"


def test_a_list_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValidationError, match=r"data: .*contains itself"):
        render_value(endless, "data")
