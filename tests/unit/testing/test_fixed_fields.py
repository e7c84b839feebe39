"""Fields that every server has, whatever its kinds: search, relationships, preferences, reports, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable
from zoneinfo import available_timezones

import pytest

from infrahub_sdk.testing.server.graphql.document import run
from tests.unit.testing.people import admin

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

Data = Callable[[str], Any]


@pytest.fixture
def data(app: App) -> Data:
    """The data of a document on an empty server, for the account `admin`."""
    app.reset()
    account = admin(app)

    def found(text: str) -> Any:
        answer = run(app.session(account=account), text)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    return found


def tag(data: Data, name: str, description: str = "") -> str:
    text = f'name: {{value: "{name}"}} description: {{value: "{description}"}}'
    made: str = data(f"mutation {{ BuiltinTagCreate(data: {{{text}}}) {{ object {{ id }} }} }}")["BuiltinTagCreate"][
        "object"
    ]["id"]
    return made


def search(data: Data, arguments: str) -> list[str]:
    found = data(f"{{ InfrahubSearchAnywhere({arguments}) {{ count edges {{ node {{ id kind }} }} }} }}")[
        "InfrahubSearchAnywhere"
    ]
    assert found["count"] == len(found["edges"])
    return [edge["node"]["id"] for edge in found["edges"]]


def test_a_search_finds_parts_of_values(data: Data) -> None:
    red, blue = tag(data, "red", "warm colour"), tag(data, "blue", "cold colour")
    tag(data, "seven")
    assert sorted(search(data, 'q: "Colour"')) == sorted([red, blue])


def test_a_search_may_be_for_whole_values(data: Data) -> None:
    red = tag(data, "red")
    tag(data, "infrared")
    tag(data, "Red")
    assert search(data, 'q: "red", partial_match: false') == [red]


def test_a_search_finds_as_many_as_are_wanted(data: Data) -> None:
    for number in range(3):
        tag(data, f"zebra{number}")
    assert len(search(data, 'q: "zebra", limit: 2')) == 2
    assert len(search(data, 'q: "zebra", limit: 0')) == 3
    with pytest.raises(AssertionError, match="limit is -1"):
        search(data, 'q: "zebra", limit: -1')


@pytest.mark.parametrize("text", ["2001:0db8:0000:0001", "2001:0db8:0000:00", "2001:0db8:"])
def test_a_search_knows_the_beginning_of_a_long_address(data: Data, text: str) -> None:
    found = tag(data, "2001:db8:0:1::5")
    assert search(data, f'q: "{text}"') == [found]


def test_a_search_finds_a_node_by_its_id(data: Data) -> None:
    red = tag(data, "red")
    assert search(data, f'q: "{red}"') == [red]


def test_a_search_stops_at_its_limit(data: Data) -> None:
    for number in range(4):
        tag(data, f"zebra{number}")
    assert len(search(data, 'q: "zebra", limit: 3')) == 3


def test_relationships_are_found_by_their_identifiers(data: Data) -> None:
    red = tag(data, "red")
    made = f'name: {{value: "g"}} members: [{{id: "{red}"}}]'
    text = f"mutation {{ CoreStandardGroupCreate(data: {{{made}}}) {{ object {{ id }} }} }}"
    group = data(text)["CoreStandardGroupCreate"]["object"]["id"]
    query = '{ Relationship(ids: ["group_member"]%s) { count edges { node { identifier peers { id kind } } } } }'
    found = data(query % "")["Relationship"]
    mine = [edge["node"] for edge in found["edges"] if red in {peer["id"] for peer in edge["node"]["peers"]}]
    assert [item["identifier"] for item in mine] == ["group_member"]
    assert {(peer["id"], peer["kind"]) for peer in mine[0]["peers"]} == {
        (red, "BuiltinTag"),
        (group, "CoreStandardGroup"),
    }
    assert data(query % ', excluded_namespaces: ["Builtin"]')["Relationship"]["count"] == found["count"] - 1


def test_preferences_of_a_user_come_before_those_of_all(data: Data) -> None:
    shared = 'scope: GLOBAL, date_format: ISO_8601, timezone: "Europe/Paris"'
    data(f"mutation {{ InfrahubSetPreferences({shared}) {{ ok }} }}")
    data("mutation { InfrahubSetPreferences(scope: USER, date_format: US_12H) { ok } }")
    fields = "{ value source inherited }"
    found = data(f"{{ InfrahubEffectivePreferences {{ date_format {fields} timezone {fields} }} }}")
    assert found["InfrahubEffectivePreferences"] == {
        "date_format": {"value": "US_12H", "source": "USER", "inherited": "ISO_8601"},
        "timezone": {"value": "Europe/Paris", "source": "GLOBAL", "inherited": "Europe/Paris"},
    }


def test_null_takes_a_preference_away_and_what_is_not_given_stays(data: Data) -> None:
    data('mutation { InfrahubSetPreferences(scope: USER, date_format: US_12H, timezone: "UTC") { ok } }')
    data("mutation { InfrahubSetPreferences(scope: USER, date_format: null) { ok } }")
    found = data("{ InfrahubUserPreferences { date_format timezone } }")["InfrahubUserPreferences"]
    assert found == {"date_format": None, "timezone": "UTC"}


@pytest.mark.skipif(not available_timezones(), reason="the host has no database of time zones")
def test_a_time_zone_has_to_exist(app: App, data: Data) -> None:
    text = 'mutation { InfrahubSetPreferences(scope: USER, timezone: "Mars/Olympus") { ok } }'
    answer = run(app.session(account=admin(app)), text)
    assert answer["errors"][0]["message"] == "Mars/Olympus is no time zone of the IANA database"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("query ($ids: [ID]!) { BuiltinTag(ids: $ids) { count } }", True),
        ("query ($ids: [ID]) { BuiltinTag(ids: $ids) { count } }", False),
        ("query ($id: ID!) { BuiltinTag(ids: [$id]) { count } }", True),
        ("query ($name: String!) { BuiltinTag(name__value: $name) { count } }", True),
        ("query ($name: String) { BuiltinTag(name__value: $name) { count } }", False),
        ('query { BuiltinTag(ids: [\\"a\\", \\"b\\"]) { count } }', False),
        ("query { BuiltinTag { count } }", False),
        ("query { InfrahubInfo { version } }", True),
        ('mutation { BuiltinTagDelete(data: {id: \\"x\\"}) { ok } }', False),
    ],
)
def test_a_report_tells_whether_a_query_is_for_one_node(data: Data, query: str, expected: bool) -> None:
    text = f'{{ InfrahubGraphQLQueryReport(query: "{query}") {{ targets_unique_nodes }} }}'
    assert data(text)["InfrahubGraphQLQueryReport"]["targets_unique_nodes"] is expected


def test_no_events_are_recorded(data: Data) -> None:
    tag(data, "red")
    found = data("{ InfrahubEvent(limit: 5) { count edges { node { event } } } }")["InfrahubEvent"]
    assert found == {"count": 0, "edges": []}
