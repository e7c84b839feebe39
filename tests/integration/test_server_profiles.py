"""What servers do with profiles: nodes have their values, unless they have their own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.suite import Suite

SELECT = "description { value is_from_profile source { display_label } } height { value is_default is_from_profile }"


def profile(suite: Suite, name: str, priority: int, fields: str) -> str:
    start = f'profile_name: {{value: "~{name}"}} profile_priority: {{value: {priority}}}'
    return str(suite.create("ProfileSuiteServer", f"{start} {fields}"))


def described(suite: Suite, id: str) -> tuple[Any, Any, Any]:
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', SELECT)
    source = node["description"]["source"]
    return node["description"]["value"], source and source["display_label"], node["height"]["value"]


def test_a_node_has_the_values_of_its_profile_where_it_has_none_of_its_own(suite: Suite) -> None:
    first = profile(suite, "p", 10, 'description: {value: "from p"} height: {value: 7}')
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} profiles: [{{id: "{first}"}}]')
    assert described(suite, id) == ("from p", "~p", 7)
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 2}}')
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', SELECT)
    assert node["height"] == {"value": 2, "is_default": False, "is_from_profile": False}
    assert node["description"]["is_from_profile"] is True
    suite.update("SuiteServer", f'id: "{id}" height: {{is_default: true}}')
    assert described(suite, id) == ("from p", "~p", 7)


def test_of_two_profiles_the_one_of_the_lower_priority_counts(suite: Suite) -> None:
    first = profile(suite, "p", 10, 'description: {value: "from p"} height: {value: 7}')
    second = profile(suite, "q", 5, 'description: {value: "from q"}')
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} profiles: [{{id: "{first}"}}, {{id: "{second}"}}]')
    assert described(suite, id) == ("from q", "~q", 7)
    assert suite.labels("SuiteServer", 'description__value: "from q", name__value: "~s"') == ["s"]


def test_what_a_node_says_is_its_own_also_when_its_profile_says_the_same(suite: Suite) -> None:
    first = profile(suite, "p", 10, "height: {value: 7}")
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} profiles: [{{id: "{first}"}}]')
    suite.update("SuiteServer", f'id: "{id}" height: {{value: 7}}')
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', SELECT)
    assert node["height"] == {"value": 7, "is_default": False, "is_from_profile": False}


def test_a_node_without_its_profile_has_the_defaults(suite: Suite) -> None:
    first = profile(suite, "p", 10, 'description: {value: "from p"} height: {value: 7}')
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} profiles: [{{id: "{first}"}}]')
    suite.update("SuiteServer", f'id: "{id}" profiles: []')
    assert described(suite, id) == (None, None, 1)


def test_what_is_changed_in_a_profile_comes_to_its_nodes(suite: Suite) -> None:
    first = profile(suite, "p", 10, "height: {value: 7}")
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} profiles: [{{id: "{first}"}}]')
    suite.update("ProfileSuiteServer", f'id: "{first}" height: {{value: 8}}')
    end = time.monotonic() + 60
    while described(suite, id)[2] != 8:  # a real server has it done by a task
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_profile_is_a_node_with_a_name(suite: Suite) -> None:
    id = profile(suite, "p", 10, "")
    found = suite.nodes("CoreProfile", f'ids: ["{id}"]', "__typename display_label hfid profile_priority { value }")
    assert found == [
        {
            "__typename": "ProfileSuiteServer",
            "display_label": "~p",
            "hfid": ["~p"],
            "profile_priority": {"value": 10},
        }
    ]


@pytest.mark.parametrize("profiles", ["[null]", "[{}]", '[{id: "nope"}]', '[{hfid: ["nope"]}]', '[{hfid: ["a", "b"]}]'])
def test_a_profile_that_is_not_there_gives_nothing(suite: Suite, profiles: str) -> None:
    refused = suite.refused(f"mutation {{ SuitePlainCreate(data: {{ profiles: {profiles} }}) {{ ok }} }}")
    assert (refused.code, refused.http_status) == ("ATTRIBUTE_REQUIRED", 422)


def test_a_profile_gives_what_a_node_must_have(suite: Suite) -> None:
    first = suite.create("ProfileSuitePlain", 'profile_name: {value: "~must"} must: {value: 4}')
    for named in (f'id: "{first}"', 'hfid: ["~must"]'):
        made = suite.create("SuitePlain", f"profiles: [{{ {named} }}]", "id must { value is_from_profile }")
        assert made["must"] == {"value": 4, "is_from_profile": True}
