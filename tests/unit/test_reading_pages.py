"""Pages: how large they are, what happens when the number of nodes changes meanwhile, and one node after the other."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.core import reading
from infrahub_sdk.exceptions import ServerNotReachableError, ValidationError
from infrahub_sdk.transport.response import Response
from tests.unit.fake import Fake, Sent
from tests.unit.kinds import schema

if TYPE_CHECKING:
    from collections.abc import Callable

BASES = [InfrahubClient, InfrahubClientSync]
both_clients = pytest.mark.parametrize("base", BASES)


class Shelf(Fake):
    """A server with tags in a row.

    Attributes:
        row: Their ids; the server answers with those that stand there at that moment.
        before: Called before each answer with the number of the request.
        seconds: How long an answer takes, by the number of nodes in it.
    """

    def __init__(self, count: int) -> None:
        super().__init__(schema())
        self.row = [f"t{number}" for number in range(count)]
        self.before: Callable[[int], None] = lambda number: None
        self.seconds: Callable[[int], float] = lambda count: 0.04 + 0.0005 * count
        self.clock = 0.0
        self._guard = threading.Lock()

    def _sync(self, url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
        with self._guard:
            if payload is not None:
                self.before(len(self.sent) + 1)
                self.answers.append(self._page)
            return super()._sync(url, method, headers, timeout, payload)

    def _page(self, sent: Sent) -> Response:
        offset, limit = sent.payload["variables"]["offset"], sent.payload["variables"]["limit"]
        wanted = re.findall(r'"(\w+)"', sent.document.partition("ids: [")[2].partition("]")[0]) or self.row
        found = wanted[offset : offset + limit]
        self.clock += self.seconds(len(found))
        edges = [{"node": {"id": item, "__typename": "BuiltinTag", "display_label": item}} for item in found]
        body = {"data": {"BuiltinTag": {"count": len(self.row), "edges": edges}}}
        return Response(200, content=json.dumps(body).encode(), url=sent.url)

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(sent.payload["variables"]["offset"], sent.payload["variables"]["limit"]) for sent in self.sent]


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "monotonic", lambda: 0.0)


def client_of(base: Any, shelf: Shelf, **fields: Any) -> Any:
    return base(config=shelf.config(**fields))


def read(client: Any, call: str, **arguments: Any) -> list[str]:
    """The ids that a call of either client gives."""
    if isinstance(client, InfrahubClientSync):
        return [node.id for node in getattr(client, call)("BuiltinTag", **arguments)]

    async def gather() -> list[str]:
        if call == "iterate":
            return [node.id async for node in client.iterate("BuiltinTag", **arguments)]
        return [node.id for node in await getattr(client, call)("BuiltinTag", **arguments)]

    return asyncio.run(gather())


# Sizes


@both_clients
def test_pages_grow_while_the_server_answers_quickly(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(5000)
    monkeypatch.setattr(reading, "monotonic", lambda: shelf.clock)
    assert read(client_of(base, shelf), "all") == shelf.row
    sizes = [limit for _, limit in shelf.places]
    assert sizes[:3] == [50, 200, 800]
    assert set(sizes[3:]) == {1000}


@both_clients
def test_pages_of_slow_trees_stay_small(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(600)
    shelf.seconds = lambda count: 0.03 * count
    monkeypatch.setattr(reading, "monotonic", lambda: shelf.clock)
    assert read(client_of(base, shelf), "all") == shelf.row
    assert {limit for _, limit in shelf.places} == {50}


@both_clients
@pytest.mark.parametrize("call", ["all", "iterate"])
@pytest.mark.parametrize("size", [20, 50])
@pytest.mark.parametrize("way", ["Config", "the environment", "the client"])
def test_a_size_that_the_user_has_set_is_obeyed(
    base: Any, call: str, size: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(120)
    if way == "the environment":
        monkeypatch.setenv("INFRAHUB_PAGINATION_SIZE", str(size))
    client = client_of(base, shelf, **({"pagination_size": size} if way == "Config" else {}))
    if way == "the client":
        client.pagination_size = size
    assert read(client, call) == shelf.row
    assert {limit for _, limit in shelf.places} == {size}
    assert client.pagination_size == size


@both_clients
def test_a_limit_is_one_page(base: Any) -> None:
    shelf = Shelf(500)
    assert read(client_of(base, shelf), "all", offset=10, limit=300) == shelf.row[10:310]
    assert shelf.places == [(10, 300)]


@both_clients
@pytest.mark.parametrize("call", ["all", "iterate"])
@pytest.mark.parametrize(("offset", "limit"), [(None, None), (0, 95), (30, 100), (30, None), (480, 100), (None, 10)])
def test_pages_lie_between_offset_and_limit(base: Any, call: str, offset: int | None, limit: int | None) -> None:
    shelf = Shelf(500)
    client = client_of(base, shelf, pagination_size=20)
    arguments = {"parallel": True} if call == "all" else {}
    start = offset or 0
    stop = min(500, 500 if limit is None else start + limit)
    assert read(client, call, offset=offset, limit=limit, **arguments) == shelf.row[start:stop]
    assert sorted(shelf.places)[0] == (start, min(20, stop - start) if limit else 20)
    assert all(start <= place < stop for place, _ in shelf.places)
    assert len(shelf.places) == -(-(stop - start) // 20)


@both_clients
def test_a_number_that_is_not_one_of_nodes_is_refused(base: Any) -> None:
    with pytest.raises(ValidationError, match="limit: -1"):
        read(client_of(base, Shelf(1)), "iterate", limit=-1)


# Side by side


@both_clients
def test_pages_side_by_side_share_what_is_left(base: Any) -> None:
    shelf = Shelf(1050)
    client = client_of(base, shelf, max_concurrent_execution=5)
    assert read(client, "all", parallel=True) == shelf.row
    assert sorted(shelf.places) == [(0, 50), *((50 + 200 * number, 200) for number in range(5))]


@both_clients
def test_no_more_pages_are_under_way_than_may_be(base: Any) -> None:
    shelf = Shelf(400)
    client = client_of(base, shelf, pagination_size=10, max_concurrent_execution=3)
    running, most = 0, 0
    send = client._port.send

    async def counting(call: Any) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            if base is InfrahubClient:
                await asyncio.sleep(0)
            return await send(call)
        finally:
            running -= 1

    client._port.send = counting
    assert read(client, "all", parallel=True) == shelf.row
    assert most <= 3


@both_clients
def test_the_first_error_ends_the_other_pages(base: Any) -> None:
    shelf = Shelf(4000)

    def fail(number: int) -> None:
        if number == 4:
            raise ServerNotReachableError("http://infrahub.test:8000")

    shelf.before = fail
    with pytest.raises(ServerNotReachableError):
        read(client_of(base, shelf, pagination_size=10, max_concurrent_execution=2), "all", parallel=True)
    assert len(shelf.sent) < 10


# While somebody writes


@st.composite
def changes(draw: Any) -> tuple[int, int, bool, list[tuple[int, int]]]:
    """How many tags, the size of pages, whether tags go or come, and after how many requests where."""
    count, size = draw(st.integers(0, 40)), draw(st.integers(1, 12))
    steps = draw(st.lists(st.tuples(st.integers(2, 8), st.integers(0, 50)), max_size=12))
    return count, size, draw(st.booleans()), steps


def _changing(shelf: Shelf, goes: bool, steps: list[tuple[int, int]]) -> None:
    fresh = iter(range(1000))

    def change(number: int) -> None:
        for when, place in steps:
            if when != number:
                continue
            if not goes:
                shelf.row.insert(min(place, len(shelf.row)), f"n{next(fresh)}")
            elif place < len(shelf.row):
                del shelf.row[place]

    shelf.before = change


@settings(max_examples=60, deadline=None)
@given(changes(), st.sampled_from(["all", "iterate", "parallel"]))
def test_what_is_there_all_the_time_is_read_and_nothing_twice(
    chosen: tuple[int, int, bool, list[tuple[int, int]]], way: str
) -> None:
    count, size, goes, steps = chosen
    shelf = Shelf(count)
    before = list(shelf.row)
    pages = max(1, -(-count // size))
    # Pages are read again once; what changes while that is done is beyond the promise.
    _changing(shelf, goes, [(when, place) for when, place in steps if way != "parallel" or when <= pages])
    client = InfrahubClientSync(config=shelf.config(pagination_size=size, max_concurrent_execution=3))
    found = read(client, "iterate" if way == "iterate" else "all", **({"parallel": True} if way == "parallel" else {}))
    assert len(found) == len(set(found))
    assert {item for item in before if item in shelf.row} <= set(found)


@both_clients
def test_a_moment_is_the_same_on_all_pages(base: Any) -> None:
    shelf = Shelf(100)
    read(client_of(base, shelf, pagination_size=20), "all", parallel=True, at="1h")
    assert len({sent.query["at"][0] for sent in shelf.sent}) == 1


# One after the other


@both_clients
def test_the_next_page_is_on_its_way_while_one_is_looked_at(base: Any) -> None:
    shelf = Shelf(100)
    client = client_of(base, shelf, pagination_size=10)
    there = threading.Event()
    shelf.before = lambda number: there.set() if number == 2 else None
    if base is InfrahubClientSync:
        nodes = client.iterate("BuiltinTag")
        assert next(nodes).id == "t0"
        assert there.wait(10)
        nodes.close()
        return

    async def look() -> None:
        nodes = client.iterate("BuiltinTag")
        assert (await nodes.__anext__()).id == "t0"
        for _ in range(1000):
            await asyncio.sleep(0)
            if there.is_set():
                break
        await nodes.aclose()

    asyncio.run(look())
    assert there.is_set()
    assert len(shelf.sent) == 2


@both_clients
def test_an_error_comes_after_the_nodes_that_came_before_it(base: Any) -> None:
    shelf = Shelf(30)

    def fail(number: int) -> None:
        if number == 2:
            raise ServerNotReachableError("http://infrahub.test:8000")

    shelf.before = fail
    client, seen = client_of(base, shelf, pagination_size=10), []

    async def look() -> None:
        async for node in client.iterate("BuiltinTag"):
            seen.append(node.id)

    with pytest.raises(ServerNotReachableError):
        if base is InfrahubClient:
            asyncio.run(look())
        else:
            for node in client.iterate("BuiltinTag"):
                seen.append(node.id)
    assert seen == shelf.row[:10]


@both_clients
def test_nodes_that_were_passed_are_not_kept(base: Any) -> None:
    shelf = Shelf(1000)
    client = client_of(base, shelf, pagination_size=20)
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0

    def note(node: Any) -> None:
        nonlocal most
        alive.add(node)
        most = max(most, len(alive))

    async def look() -> None:
        async for node in client.iterate("BuiltinTag"):
            note(node)

    if base is InfrahubClient:
        asyncio.run(look())
    else:
        for node in client.iterate("BuiltinTag"):
            note(node)
    assert most <= 41
    assert client.store.count() == 0


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("infrahub-sdk")}


@pytest.mark.parametrize("way", ["break", "exception", "close", "forgotten", "never begun"])
def test_a_loop_that_is_left_leaves_no_thread(way: str) -> None:
    shelf = Shelf(1000)
    client = InfrahubClientSync(config=shelf.config(pagination_size=10))
    before = _threads()
    nodes = client.iterate("BuiltinTag")
    if way == "break":
        for node in nodes:
            if node.id == "t15":
                break
    elif way == "exception":
        with pytest.raises(KeyError):
            for _ in nodes:
                raise KeyError
    elif way != "never begun":
        next(nodes)
    if way == "close":
        nodes.close()
    del nodes
    gc.collect()
    assert _threads() <= before
    assert client._port.limiter._taken == 0
    assert len(read(client, "all", limit=5)) == 5


@pytest.mark.parametrize("way", ["break", "exception", "aclose", "forgotten", "cancelled", "never begun"])
def test_a_loop_that_is_left_leaves_no_task(way: str) -> None:
    shelf = Shelf(1000)
    client = InfrahubClient(config=shelf.config(pagination_size=10))

    async def look(nodes: Any) -> None:
        async for node in nodes:
            if way == "exception":
                raise KeyError
            if way == "cancelled":
                await asyncio.sleep(60)
            if node.id == "t15" or way == "forgotten":
                return

    async def leave() -> None:
        nodes = client.iterate("BuiltinTag")
        if way == "aclose":
            await nodes.__anext__()
            await nodes.aclose()
        elif way != "never begun":
            task = asyncio.ensure_future(look(nodes))
            await asyncio.sleep(0.01)
            if way == "cancelled":
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
        del nodes
        gc.collect()
        for _ in range(5):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert client._port.limiter._taken == 0

    asyncio.run(leave())


# Limits and order


MOVES: dict[str, Callable[[list[str]], None]] = {
    "some go": lambda row: row.__delitem__(slice(3)),
    "some come": lambda row: row.__setitem__(slice(0, 0), ["n1", "n2", "n3"]),
}


@both_clients
@pytest.mark.parametrize("call", ["all", "iterate"])
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_no_more_nodes_come_than_the_limit_when_pages_move(base: Any, call: str, move: Callable[..., None]) -> None:
    shelf = Shelf(500)
    shelf.before = lambda number: move(shelf.row) if number == 3 else None
    client = client_of(base, shelf, pagination_size=20)
    found = read(client, call, offset=30, limit=100, **({"parallel": True} if call == "all" else {}))
    assert 97 <= len(found) == len(set(found)) <= 100


@both_clients
@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_pages_side_by_side_keep_the_order_when_they_move(base: Any, move: Callable[..., None]) -> None:
    shelf = Shelf(500)
    before = list(shelf.row)
    shelf.before = lambda number: move(shelf.row) if number == 4 else None
    found = read(client_of(base, shelf, pagination_size=20), "all", parallel=True)
    assert [item for item in found if item in before] == before


# Peers


@both_clients
@pytest.mark.parametrize(("fields", "sizes"), [({}, [200, 500, 500]), ({"pagination_size": 400}, [400, 400, 400])])
def test_thousands_of_peers_are_read_in_pages(base: Any, fields: dict[str, Any], sizes: list[int]) -> None:
    shelf = Shelf(1200)
    client = client_of(base, shelf, **fields)

    async def answer() -> dict[str, Any]:
        return await reading.by_ids(client, {"BuiltinTag": shelf.row}, reading.Reading())

    found = asyncio.run(answer()) if base is InfrahubClient else client._run(answer())
    assert list(found) == shelf.row
    assert sorted(limit for _, limit in shelf.places) == sizes
