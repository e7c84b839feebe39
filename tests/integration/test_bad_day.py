"""The operations of the clients, broken on their way to the real server: nothing is lost, and nothing is doubled.

A relay stands between the client and the server. It breaks at places that are spread evenly over request and answer,
and answers 502 and 504 while the server goes on working. The server is asked directly what it holds then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.core.saving import planned, send_writes
from tests.both import BOTH, play, settled
from tests.faulty import Injector, SocketFar, cut_answer, cut_request, gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faulty import Fault, Passage
    from tests.integration.conftest import Server

REQUEST_CUTS, ANSWER_CUTS = 24, 16
GATEWAYS = [gateway(status, late=late) for status in (502, 504) for late in (False, True)]


class Operation(NamedTuple):
    """What is done to a tag, and what there is of it after.

    Attributes:
        act: Does it, given a client, a name and the tag of that name, if there is one before.
        is_there: Whether there is.
        after: The endings of the names of the tags that there are to be then.
        text: Their description.
    """

    act: Callable[[Any, str, Any], Any]
    is_there: bool
    after: tuple[str, ...] = ("",)
    text: str = "new"


async def read(client: Any, name: str, tag: Any) -> None:
    found = await settled(client.get("BuiltinTag", name__value=name))
    assert found.id == tag.id


async def create(client: Any, name: str, tag: Any) -> None:
    tag = await settled(client.create("BuiltinTag", name=name, description="new"))
    await settled(tag.save())
    assert tag.id


async def create_several(client: Any, name: str, tag: Any) -> None:
    tags = [await settled(client.create("BuiltinTag", name=f"{name}{tail}", description="new")) for tail in ("", "-b")]
    assert await settled(client._run(send_writes(client, [planned(tag) for tag in tags]))) == [None, None]


async def update(client: Any, name: str, tag: Any) -> None:
    tag.description.value = "new"
    await settled(tag.save())


async def upsert(client: Any, name: str, tag: Any) -> None:
    tag = await settled(client.create("BuiltinTag", name=name, description="new"))
    await settled(tag.save(allow_upsert=True))


async def delete(client: Any, name: str, tag: Any) -> None:
    await settled(tag.delete())


OPERATIONS = {
    "read": Operation(read, True, text="old"),
    "create": Operation(create, False),
    "create-several": Operation(create_several, False, ("", "-b")),
    "update": Operation(update, True),
    "upsert-new": Operation(upsert, False),
    "upsert-there": Operation(upsert, True),
    "delete": Operation(delete, True, ()),
}
EVERY = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


class World:
    """The client under test behind the relay, and another one that looks at the server directly."""

    def __init__(self, client: Any, injector: Injector, direct: InfrahubClientSync, prefix: str) -> None:
        self.client = client
        self.injector = injector
        self.direct = direct
        self.prefix = prefix
        self.names: list[str] = []
        self.tags: dict[str, Any] = {}
        self.expected: dict[str, str] = {}

    async def begin(self, operation: Operation, count: int) -> None:
        """Make the names of so many cases, and the tags that are to be there before."""
        self.names = [f"{self.prefix}-{number:03}" for number in range(count)]
        if operation.is_there:
            in_one_request(
                self.direct,
                [
                    f'BuiltinTagCreate(data: {{name: {{value: "{name}"}}, description: {{value: "old"}}}})'
                    for name in self.names
                ],
            )
        asked = {"name__value": self.prefix, "partial_match": True}
        self.tags = {tag.name.value: tag for tag in await settled(self.client.filters("BuiltinTag", **asked))}

    async def meet(self, operation: Operation, *faults: Fault) -> None:
        """Do the operation for the next name while faults happen."""
        name = self.names.pop()
        self.injector.fail(*faults)
        await operation.act(self.client, name, self.tags.get(name))
        assert not self.injector.faults_left
        self.injector.let_go()
        self.expected.update({f"{name}{tail}": operation.text for tail in operation.after})

    async def measure(self, operation: Operation) -> tuple[int, int]:
        """The lengths of the request and of the answer."""
        found: list[int] = []

        def fault(passage: Passage) -> None:
            answer = passage.ask()
            found[:] = len(passage.request), len(answer)
            passage.send(answer)

        await self.meet(operation, fault)
        return found[0], found[1]

    def check(self) -> None:
        """The server holds each tag that there is to be, once."""
        tags = self.direct.filters("BuiltinTag", name__value=self.prefix, partial_match=True)
        held = sorted((tag.name.value, tag.description.value) for tag in tags)
        assert held == sorted(self.expected.items())
        assert len({tag.id for tag in tags}) == len(tags)


def in_one_request(client: InfrahubClientSync, mutations: list[str]) -> None:
    """Run several mutations."""
    if mutations:
        lines = [f"m{number}: {mutation} {{ ok }}" for number, mutation in enumerate(mutations)]
        client.execute_graphql(f"mutation {{ {' '.join(lines)} }}")


@pytest.fixture
def direct(server: Server) -> Iterator[InfrahubClientSync]:
    with InfrahubClientSync(config=server.config(timeout=60)) as client:
        yield client


@pytest.fixture
def prefix(direct: InfrahubClientSync, unique: Callable[[str], str]) -> Iterator[str]:
    """What the names of a test's tags begin with; they are taken away after it."""
    prefix = unique("bad-day")
    yield prefix
    tags = direct.filters("BuiltinTag", name__value=prefix, partial_match=True)
    in_one_request(direct, [f'BuiltinTagDelete(data: {{id: "{tag.id}"}})' for tag in tags])


def against(
    server: Server, direct: InfrahubClientSync, prefix: str, client_class: type[Any], act: Callable[[World], Any]
) -> None:
    """Run a test with a client of either class behind a relay."""
    address = urlsplit(server.address)

    async def test() -> None:
        with Injector(SocketFar(address.hostname or "", address.port or 80)) as injector:
            config = Config(
                address=injector.url, api_token=server.token, retry_on_failure=True, retry_delay=0.001,
                retry_max_delay=0.01, timeout=60,
            )  # fmt: skip
            world = World(client_class(config=config), injector, direct, prefix)
            try:
                await act(world)
                assert "0 active" in repr(world.client._port)
            finally:
                await settled(world.client.close())
            injector.wait_until_closed()
            world.check()

    play(client_class, test())


def spread(length: int, count: int) -> list[int]:
    """So many numbers from 0 to a length, the last included."""
    return [length * number // (count - 1) for number in range(count)]


@BOTH
@EVERY
def test_an_operation_broken_at_places_all_over_comes_about_once(
    server: Server, direct: InfrahubClientSync, prefix: str, client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        await world.begin(operation, 1 + REQUEST_CUTS + ANSWER_CUTS)
        asked, answered = await world.measure(operation)
        for after in spread(asked, REQUEST_CUTS):
            await world.meet(operation, cut_request(after, reset=bool(after % 2)))
        for after in spread(answered - 1, ANSWER_CUTS):
            await world.meet(operation, cut_answer(after, reset=bool(after % 2)))

    against(server, direct, prefix, client_class, act)


@BOTH
@EVERY
def test_a_gateway_that_gives_up_while_the_server_goes_on_doubles_nothing(
    server: Server, direct: InfrahubClientSync, prefix: str, client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        await world.begin(operation, 2 * len(GATEWAYS))
        for fault in GATEWAYS:
            await world.meet(operation, fault)
            await world.meet(operation, fault, fault, fault)

    against(server, direct, prefix, client_class, act)
