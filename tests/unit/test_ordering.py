"""The order in which nodes that refer to one another are written."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infrahub_sdk.core.ordering import CycleError, packed, postponed, waves


@st.composite
def references(draw: st.DrawFn, *, circles: bool) -> list[dict[int, bool]]:
    """For each of some nodes the nodes that it refers to, and whether that can wait."""
    count = draw(st.integers(1, 25))
    mixed = draw(st.permutations(range(count)))
    found: list[dict[int, bool]] = [{} for _ in range(count)]
    number = st.integers(0, count - 1)
    for first, second in draw(st.lists(st.tuples(number, number), max_size=50)):
        if circles:
            found[first][second] = draw(st.booleans())
        elif first != second:
            found[mixed[max(first, second)]][mixed[min(first, second)]] = False
    return found


def has_circle(needs: list[set[int]]) -> bool:
    left = set(range(len(needs)))
    while free := {node for node in left if not needs[node] & left}:
        left -= free
    return bool(left)


@given(references(circles=True))
def test_what_is_left_for_later_breaks_all_circles_and_can_wait(needs: list[dict[int, bool]]) -> None:
    firm = [{peer for peer, can_wait in peers.items() if not can_wait} for peers in needs]
    try:
        late = postponed(needs)
    except CycleError as error:
        cycle = error.cycle
        assert has_circle(firm)
        assert all(peer in firm[node] for node, peer in zip(cycle, [*cycle[1:], cycle[0]]))
        return
    assert not has_circle(firm)
    assert all(needs[node][peer] for node, peer in late)
    assert not has_circle([{peer for peer in peers if (node, peer) not in late} for node, peers in enumerate(needs)])


@given(references(circles=False))
def test_without_circles_nothing_is_left_for_later(needs: list[dict[int, bool]]) -> None:
    waiting = [dict.fromkeys(peers, True) for peers in needs]
    assert postponed(waiting) == set()


def test_what_only_refers_to_a_circle_is_not_left_for_later() -> None:
    assert postponed([{1: True}, {0: False}, {0: True}]) == {(0, 1)}


@given(references(circles=False), st.integers(1, 10), st.sets(st.integers(0, 24)))
def test_each_node_is_written_once_and_after_those_that_it_needs(
    references: list[dict[int, bool]], size: int, apart: set[int]
) -> None:
    needs = [set(peers) for peers in references]
    found = waves(needs, size, apart)
    assert sorted(node for units in found for unit in units for node in unit) == list(range(len(needs)))
    written: set[int] = set()
    for units in found:
        for unit in units:
            assert len(unit) <= size
            before = set(written)
            for node in unit:
                assert needs[node] <= before
                assert needs[node] & apart <= written
                before.add(node)
        written.update(*units)


def groups(needs: list[set[int]]) -> list[set[int]]:
    """What hangs together, found the slow way."""
    found: list[set[int]] = []
    for node, peers in enumerate(needs):
        touched = [group for group in found if group & (peers | {node})]
        found = [group for group in found if group not in touched]
        found.append(set().union(*touched, peers, {node}))
    return found


@given(references(circles=False))
def test_what_hangs_together_and_fits_stays_together(references: list[dict[int, bool]]) -> None:
    needs = [set(peers) for peers in references]
    (units,) = waves(needs, len(needs))
    assert sorted(sorted(unit) for unit in units) == sorted(sorted(group) for group in groups(needs))


@given(st.lists(st.lists(st.integers(), min_size=1, max_size=6)), st.integers(1, 12))
def test_documents_hold_units_whole_in_their_order_and_are_at_least_half_full(units: list[Any], size: int) -> None:
    documents = packed(units, size)
    assert [number for document in documents for number in document] == [number for unit in units for number in unit]
    ends = {sum(map(len, units[:count])) for count in range(len(units) + 1)}
    assert {sum(map(len, documents[:count])) for count in range(len(documents) + 1)} <= ends
    assert all(len(first) + len(second) > size for first, second in zip(documents, documents[1:]))


def test_a_hub_goes_first_and_what_is_around_it_side_by_side() -> None:
    needs: list[set[int]] = [set()]
    for _ in range(60):
        device = len(needs)
        needs += [{0}, {device}, {device}]
    first, second = waves(needs, 20)
    assert [len(unit) for unit in first] == [20]
    assert first[0][0] == 0
    assert max(len(unit) for unit in second) == 3


def test_many_nodes_that_refer_to_nothing_go_side_by_side() -> None:
    needs: list[set[int]] = [*(set() for _ in range(100)), *({number, number + 1} for number in range(99))]
    assert [len(units) for units in waves(needs, 20)] == [100, 99]


def test_a_long_chain_goes_in_full_documents() -> None:
    needs = [set(), *({number} for number in range(99))]
    assert [[len(unit) for unit in units] for units in waves(needs, 20)] == [[20]] * 5
