"""Graphs of all shapes that are saved at once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import InfrahubClientSync
from tests.model import Model
from tests.unit.test_save_all_sync import schema_with_circles

COUNT = 12
numbers = st.integers(0, COUNT - 1)


@settings(max_examples=30, deadline=None)
@given(
    members=st.sets(st.tuples(numbers, numbers)),
    teams=st.dictionaries(numbers, numbers),
    order=st.permutations(range(2 * COUNT)),
)
def test_all_is_saved_as_it_was_said(members: set[tuple[int, int]], teams: dict[int, int], order: list[int]) -> None:
    model = Model(schema_with_circles())
    client = InfrahubClientSync(config=model.config())
    people = [client.create("TestPerson", name=f"person{number}") for number in range(COUNT)]
    groups = [client.create("TestTeam", name=f"team{number}", lead=people[number]) for number in range(COUNT)]
    for team, member in members:
        groups[team].members.add(people[member])
    for member, team in teams.items():
        people[member].team = groups[team]
    nodes = [*people, *groups]
    client.save_all([nodes[number] for number in order])

    assert not [run for run in model.runs if run.refusal]
    stored = {node["id"]: node for node in model.state()}
    assert stored.keys() == {node.id for node in nodes}
    for number in range(COUNT):
        team, person = stored[groups[number].id], stored[people[number].id]
        assert team["lead"] == person["id"]
        assert team["members"] == sorted(people[member].id for group, member in members if group == number)
        assert person["team"] == (groups[teams[number]].id if number in teams else None)
    runs = len(model.runs)
    client.save_all(nodes)
    assert len(model.runs) == runs
