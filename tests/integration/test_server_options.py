"""What servers do with the options of dropdowns and enums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite


def test_an_option_of_a_dropdown_is_added_used_and_removed(suite: Suite) -> None:
    place = 'kind: "SuiteServer" attribute: "status" dropdown: "~"'
    remove = f"mutation {{ SchemaDropdownRemove(data: {{ {place} }}) {{ ok }} }}"
    shown = "value label color description"
    option = 'color: "#ff0000" label: "New" description: "d"'
    added = suite.data(f"mutation {{ SchemaDropdownAdd(data: {{ {place} {option} }}) {{ ok object {{ {shown} }} }} }}")
    expected = {"value": "~", "label": "New", "color": "#ff0000", "description": "d"}
    assert added == {"SchemaDropdownAdd": {"ok": True, "object": expected}}
    made = suite.create("SuiteServer", 'name: {value: "~s"} status: {value: "~"}', f"status {{ {shown} }}")
    assert made["status"] == expected
    assert "SuiteServer" in suite.refused(remove).message
    suite.data(f'mutation {{ SuiteServerDelete(data: {{ id: "{made["id"]}" }}) {{ ok }} }}')
    assert suite.data(remove) == {"SchemaDropdownRemove": {"ok": True}}
    refused = suite.refused('mutation { SuiteServerCreate(data: { name: {value: "~s"} status: {value: "~"} }) { ok } }')
    assert "~" in refused.message
    assert refused.message.endswith("at status")


def test_an_option_of_an_enum_is_added_and_removed(suite: Suite) -> None:
    data = '(data: { kind: "SuiteServer" attribute: "size" enum: "~" }) { ok }'
    add, remove = f"mutation {{ SchemaEnumAdd{data} }}", f"mutation {{ SchemaEnumRemove{data} }}"
    assert suite.data(add) == {"SchemaEnumAdd": {"ok": True}}
    assert "SuiteServer" in suite.refused(add).message  # it is there; a node may have it when all workers know
    assert suite.data(remove) == {"SchemaEnumRemove": {"ok": True}}
    assert "SuiteServer" in suite.refused(remove).message


@pytest.mark.parametrize(
    ("mutation", "words", "code"),
    [
        (
            'SchemaDropdownAdd(data: { kind: "SuiteServer" attribute: "status" dropdown: "on" })',
            "on",
            "UNDEFINED_ERROR",
        ),
        ('SchemaDropdownAdd(data: { kind: "SuiteServer" attribute: "size" dropdown: "x" })', "size", "UNDEFINED_ERROR"),
        ('SchemaDropdownAdd(data: { kind: "SuiteServer" attribute: "no" dropdown: "x" })', "no", "UNDEFINED_ERROR"),
        ('SchemaDropdownAdd(data: { kind: "SuiteNo" attribute: "no" dropdown: "x" })', "SuiteNo", "SCHEMA_NOT_FOUND"),
        (
            'SchemaDropdownRemove(data: { kind: "SuiteServer" attribute: "status" dropdown: "no" })',
            "no",
            "UNDEFINED_ERROR",
        ),
        ('SchemaEnumAdd(data: { kind: "SuiteServer" attribute: "size" enum: "small" })', "small", "UNDEFINED_ERROR"),
        ('SchemaEnumRemove(data: { kind: "SuiteServer" attribute: "size" enum: "no" })', "no", "UNDEFINED_ERROR"),
    ],
)
def test_an_option_that_cannot_be_changed_is_refused(suite: Suite, mutation: str, words: str, code: str) -> None:
    refused = suite.refused(f"mutation {{ {mutation} {{ ok }} }}")
    assert words in refused.message
    assert (refused.code, refused.http_status) == (code, 422)


def test_a_color_that_a_schema_cannot_have_is_refused(suite: Suite) -> None:
    data = 'kind: "SuiteServer" attribute: "status" dropdown: "x" color: "blue"'
    refused = suite.refused(f"mutation {{ SchemaDropdownAdd(data: {{ {data} }}) {{ ok }} }}")
    assert (refused.code, refused.http_status, refused.path) == ("UNDEFINED_ERROR", 500, ["SchemaDropdownAdd"])
