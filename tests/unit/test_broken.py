"""Every operation of both clients, broken at every byte of its request and of its answer.

What is asked for comes about, once, whatever breaks: the call returns, the server holds what was wanted, and neither a
connection nor a thread is left. Where a create must not be sent twice, the error says that the outcome is unknown.
"""

from __future__ import annotations

import copy
import itertools
import logging
import random
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from infrahub_sdk import Config
from infrahub_sdk.core.saving import planned, send_writes
from infrahub_sdk.exceptions import OutcomeUnknownError
from tests.both import BOTH, play, settled
from tests.faulty import Injector, ModelFar, cut_answer, cut_request, drip, gateway, stall
from tests.model import Model
from tests.servers import answer
from tests.unit import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.faulty import Fault, Passage

TAG, OTHER, DEVICE, PLATFORM = (f"0000000{number}-0000-4000-8000-000000000000" for number in range(4))


class Operation(NamedTuple):
    """Something that a program does with one call, after which it is certain what the server holds.

    Attributes:
        act: Does it, and checks what it gives.
        kind: The kind of the nodes that it is about.
        wanted: What the server holds then, without ids and without fields that hold nothing.
        before: The nodes that are there before, see `Model.add`.
        subject: The id of a node that is read before.
        step: How many bytes lie between two places where its request is broken.
    """

    act: Callable[[Any, Any], Coroutine[Any, Any, None]]
    kind: str
    wanted: list[dict[str, Any]]
    before: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - nobody writes to it
    subject: str | None = None
    step: int = 1


async def read(client: Any, subject: Any) -> None:
    tag = await settled(client.get("BuiltinTag", id=TAG, only=["name"], populate_store=False))
    assert (tag.id, tag.name.value) == (TAG, "red")


async def create(client: Any, subject: Any) -> None:
    tag = await settled(client.create("BuiltinTag", name="red", description="warm"))
    await settled(tag.save())
    assert tag._existing
    assert client.store.get(tag.id) is tag


async def update(client: Any, subject: Any) -> None:
    tag = copy.copy(subject)
    tag.description.value = "cold"
    await settled(tag.save())
    assert not tag.description.value_has_been_mutated


async def upsert(client: Any, subject: Any) -> None:
    tag = await settled(client.create("BuiltinTag", name="red", description="warm"))
    await settled(tag.save(allow_upsert=True))
    assert tag._existing


async def delete(client: Any, subject: Any) -> None:
    await settled(copy.copy(subject).delete())


async def create_several(client: Any, subject: Any) -> None:
    tags = [await settled(client.create("BuiltinTag", name=name)) for name in ("red", "blue")]
    outcomes = await settled(client._run(send_writes(client, [planned(tag) for tag in tags])))
    assert outcomes == [None, None]
    assert all(tag._existing and tag.id for tag in tags)


async def add_peer(client: Any, subject: Any) -> None:
    await settled(subject.add_relationships("tags", [OTHER]))


RED = {"kind": "BuiltinTag", "id": TAG, "name": {"value": "red"}}
BLUE = {"kind": "BuiltinTag", "id": OTHER, "name": {"value": "blue"}}
# A server runs nothing of a request of which it has a part, so that all breaks within are alike: for what the basic
# operations show at each byte, variations of them show it often enough at each third.
OPERATIONS = {
    "read": Operation(read, "BuiltinTag", [{"name": "red"}], {"red": RED}),
    "create": Operation(create, "BuiltinTag", [{"name": "red", "description": "warm"}]),
    "create-several": Operation(create_several, "BuiltinTag", [{"name": "red"}, {"name": "blue"}], step=3),
    "update": Operation(update, "BuiltinTag", [{"name": "red", "description": "cold"}], {"red": RED}, TAG),
    "upsert-new": Operation(upsert, "BuiltinTag", [{"name": "red", "description": "warm"}]),
    "upsert-there": Operation(
        upsert, "BuiltinTag", [{"name": "red", "description": "warm"}], {"red": RED}, step=3
    ),
    "delete": Operation(delete, "BuiltinTag", [{"name": "blue"}], {"red": RED, "blue": BLUE}, TAG),
    "add-peer": Operation(
        add_peer,
        "DcimDevice",
        [{"name": "d", "status": "active", "platform": PLATFORM, "tags": [TAG, OTHER]}],
        {
            "red": RED,
            "blue": BLUE,
            "platform": {"kind": "DcimPlatform", "id": PLATFORM, "name": {"value": "p"}},
            "device": {
                "kind": "DcimDevice", "id": DEVICE, "name": {"value": "d"},
                "platform": {"id": PLATFORM}, "tags": [{"id": TAG}],
            },
        },
        DEVICE,
        step=3,
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


class World:
    """A client, the relay and the model behind it."""

    def __init__(self, client_class: type[Any], model: Model, injector: Injector) -> None:
        self.model = model
        self.injector = injector
        config = Config(address=injector.url, retry_on_failure=True, retry_delay=1e-9, retry_max_delay=1e-9)
        self.client = client_class(config=config)
        self.subject: Any = None

    async def begin(self, operation: Operation) -> None:
        """Read what the operation is about, and the schema."""
        self.set_back(operation)
        await settled(self.client.get(operation.kind, id="nobody", raise_when_missing=False))
        if operation.subject:
            self.subject = await settled(self.client.get(operation.kind, id=operation.subject, populate_store=False))

    def set_back(self, operation: Operation) -> None:
        """The server as it is before the operation."""
        self.model.reset()
        for fields in operation.before.values():
            self.model.add(**fields)

    async def measure(self, operation: Operation) -> tuple[int, int]:
        """The lengths of the operation's request and of the answer to it."""
        found: list[int] = []

        def fault(passage: Passage) -> None:
            answer = passage.ask()
            found[:] = len(passage.request), len(answer)
            passage.send(answer)

        await self.meet(operation, fault)
        return found[0], found[1]

    async def meet(self, operation: Operation, *faults: Fault | None, all_happen: bool = True) -> None:
        """Do the operation while faults happen, and check what has become of it."""
        self.set_back(operation)
        self.injector.fail(*faults)
        await operation.act(self.client, self.subject)
        self.injector.let_go()
        self.check(operation)
        assert not all_happen or not self.injector.faults_left

    def check(self, operation: Operation) -> None:
        held = [
            {name: value for name, value in node.items() if value and name not in {"id", "kind"}}
            for node in self.model.state(operation.kind)
        ]
        assert held == operation.wanted

    def check_nothing_is_left(self) -> None:
        """Of a client that is closed, neither a connection nor a thread."""
        self.injector.wait_until_closed()
        for thread in threading.enumerate():
            if thread.name.startswith("infrahub-sdk"):
                thread.join(10)
                assert not thread.is_alive()


@pytest.fixture(scope="module")
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)  # each retry is one
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _known_ids(monkeypatch: pytest.MonkeyPatch, _quiet: None) -> None:
    """Ids that the client chooses come from a short list, so that the model has seen each document before."""
    numbers = itertools.cycle(range(16))
    monkeypatch.setattr(
        "infrahub_sdk.core.inputs.generate_uuid", lambda: f"{next(numbers):08x}-1111-4111-8111-111111111111"
    )


def against(
    client_class: type[Any], act: Callable[[World], Coroutine[Any, Any, None]], schema: dict[str, Any] | None = None
) -> None:
    """Run a test with a client of either class and a world of its own."""

    async def test() -> None:
        model = Model(schema or kinds.schema())
        with Injector(ModelFar(model)) as injector:
            world = World(client_class, model, injector)
            try:
                await act(world)
                assert "0 active" in repr(world.client._port)
            finally:
                await settled(world.client.close())
            world.check_nothing_is_left()

    play(client_class, test())


@BOTH
@EVERY
def test_an_operation_broken_at_any_byte_of_its_request_comes_about_once(
    client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        await world.begin(operation)
        length, _ = await world.measure(operation)
        for after in (*range(0, length - 1, operation.step), length - 1, length):
            if after % 4 >= 2:
                world.injector.hang_up()  # so that the request has a connection of its own
            await world.meet(operation, cut_request(after, reset=bool(after % 2)))

    against(client_class, act)


@BOTH
@EVERY
def test_an_operation_broken_at_any_byte_of_its_answer_comes_about_once(
    client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        await world.begin(operation)
        _, length = await world.measure(operation)
        for after in range(length):
            if after % 4 >= 2:
                world.injector.hang_up()  # so that the request has a connection of its own
            await world.meet(operation, cut_answer(after, reset=bool(after % 2)))

    against(client_class, act)


@BOTH
@EVERY
def test_an_answer_in_single_bytes_is_an_answer(client_class: type[Any], operation: Operation) -> None:
    async def act(world: World) -> None:
        await world.begin(operation)
        await world.meet(operation, drip)

    against(client_class, act)


GATEWAYS = [
    gateway(status, late=late, keep_alive=keep_alive)
    for status in (502, 504)
    for late in (False, True)
    for keep_alive in (False, True)
]


@BOTH
@EVERY
def test_a_gateway_that_gives_up_while_the_server_goes_on_doubles_nothing(
    client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        await world.begin(operation)
        for fault in GATEWAYS:
            await world.meet(operation, fault)
            await world.meet(operation, fault, fault, fault)
            await world.meet(operation)

    against(client_class, act)


def _any_fault(chance: random.Random) -> Fault | None:
    after, reset = chance.randrange(700), chance.random() < 0.5
    late, kept = chance.random() < 0.5, chance.random() < 0.5
    return chance.choice(
        [
            cut_request(after, reset=reset),
            cut_answer(after % 300, reset=reset),
            gateway(chance.choice([502, 504]), late=late, keep_alive=kept),
            None,
        ]
    )


@BOTH
@EVERY
def test_faults_of_all_sorts_in_a_row_lose_nothing_and_double_nothing(
    client_class: type[Any], operation: Operation
) -> None:
    async def act(world: World) -> None:
        chance = random.Random(operation.kind)  # the same faults each time
        await world.begin(operation)
        for _ in range(25):
            # The last request may be spared, so that not all of the faults come to pass.
            await world.meet(operation, *[_any_fault(chance) for _ in range(chance.randrange(1, 7))], all_happen=False)

    against(client_class, act)


async def create_address(client: Any, subject: Any) -> None:
    address = await settled(client.create("IpamIPAddress", address="10.0.0.1/24"))
    await settled(address.save())


UNGUARDED = Operation(create_address, "IpamIPAddress", [{"address": "10.0.0.1/24"}])


@BOTH
def test_a_create_that_the_server_would_do_twice_is_found_or_said_to_be_unknown(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        await world.begin(UNGUARDED)
        asked, answered = await world.measure(UNGUARDED)
        for after in range(0, asked, 3):  # the server has run none of them, so that all are alike
            with pytest.raises(OutcomeUnknownError) as caught:
                await world.meet(UNGUARDED, cut_request(after, reset=bool(after % 2)))
            assert world.model.state() == []
            assert caught.value.identifier
        for after in range(answered):
            await world.meet(UNGUARDED, cut_answer(after, reset=bool(after % 2)))

    against(client_class, act)


@BOTH
def test_a_create_that_a_gateway_hides_is_looked_for_where_it_must_not_be_repeated(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        await world.begin(UNGUARDED)
        for fault in GATEWAYS:
            await world.meet(UNGUARDED, fault)
            assert [run.name for run in world.model.runs] == ["IpamIPAddressCreate"]

    against(client_class, act)


@BOTH
@pytest.mark.parametrize("is_done_later", [False, True])
def test_a_node_of_unknown_outcome_is_saved_again_under_the_same_id(
    client_class: type[Any], is_done_later: bool
) -> None:
    async def act(world: World) -> None:
        await world.begin(UNGUARDED)
        world.set_back(UNGUARDED)
        lost: list[bytes] = []

        def lose(passage: Passage) -> None:
            lost.append(passage.request)
            passage.end()

        world.injector.fail(lose)
        address = await settled(world.client.create("IpamIPAddress", address="10.0.0.1/24"))
        with pytest.raises(OutcomeUnknownError) as caught:
            await settled(address.save())
        assert address.id is None
        if is_done_later:
            ModelFar(world.model).ask(lost[0])
        await settled(address.save())
        assert address.id == caught.value.identifier
        world.check(UNGUARDED)

    against(client_class, act)


class UnderWay:
    """A create that the server is at work on when the gateway gives up."""

    def __init__(self, model: Model, kind: str) -> None:
        self.gate = model.gate(kind)
        self._thread = threading.Thread()

    def give_up(self, passage: Passage) -> None:
        self._thread = threading.Thread(target=passage.ask)
        self._thread.start()
        assert self.gate.entered.wait(10)  # its checks are done, and nothing is to be seen of it
        passage.send(answer(b"", "504 Gateway Timeout"))

    def come_to_its_end(self) -> None:
        self.gate.opened.set()
        self._thread.join(10)


@BOTH
def test_a_create_that_is_still_under_way_is_not_done_twice(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        operation = OPERATIONS["create"]
        await world.begin(operation)
        world.set_back(operation)
        first = UnderWay(world.model, "BuiltinTag")

        def sent_again(passage: Passage) -> None:
            first.gate.opened.set()  # the first is done before this one, for which the server has let it wait
            passage.send(passage.ask())

        world.injector.fail(first.give_up, None, sent_again)
        await operation.act(world.client, None)
        first.come_to_its_end()
        world.check(operation)
        assert sorted(run.refusal is None for run in world.model.runs) == [False, True]

    against(client_class, act)


@BOTH
def test_a_create_that_is_still_under_way_is_not_sent_again_where_that_would_double_it(
    client_class: type[Any],
) -> None:
    async def act(world: World) -> None:
        await world.begin(UNGUARDED)
        world.set_back(UNGUARDED)
        first = UnderWay(world.model, "IpamIPAddress")
        world.injector.fail(first.give_up)
        with pytest.raises(OutcomeUnknownError) as caught:
            await UNGUARDED.act(world.client, None)
        first.come_to_its_end()
        world.check(UNGUARDED)
        assert [run.id for run in world.model.runs] == [caught.value.identifier]

    against(client_class, act)


def test_two_creates_of_one_id_at_once_are_two_nodes_where_no_constraint_orders_them() -> None:
    # What the tests above are about: the model does as the real server does.
    model = Model(kinds.schema())
    gate = model.gate("IpamIPAddress")
    late = threading.Thread(target=model.add, args=("IpamIPAddress",), kwargs={"id": TAG})
    late.start()
    assert gate.entered.wait(10)
    model.add("IpamIPAddress", id=TAG)
    gate.opened.set()
    late.join(10)
    assert [node["id"] for node in model.state()] == [TAG, TAG]


@BOTH
def test_a_kind_whose_create_takes_no_id_is_written_without_it(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        operation = OPERATIONS["create"]
        world.model.without_id.add("BuiltinTag")
        await world.begin(operation)
        await world.meet(operation)
        await world.meet(operation)
        assert len(world.model.runs) == 1  # the second is not tried with an id

    against(client_class, act)


@BOTH
def test_a_create_without_an_id_is_not_repeated(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        operation = OPERATIONS["create"]
        world.model.without_id.add("BuiltinTag")
        await world.begin(operation)
        await world.meet(operation)
        for fault, count in ((cut_request(50), 0), (cut_answer(50), 1)):
            with pytest.raises(OutcomeUnknownError):
                await world.meet(operation, fault)
            assert len(world.model.state()) == count

    against(client_class, act)


@BOTH
def test_a_create_is_recovered_also_where_nothing_is_to_be_tried_again(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        operation = OPERATIONS["create"]
        world.client.retry_on_failure = False
        await world.begin(operation)
        asked, answered = await world.measure(operation)
        for after in range(0, answered, 5):
            await world.meet(operation, cut_answer(after, reset=bool(after % 2)))
        for after in range(0, asked, 5):
            await world.meet(operation, cut_request(after, reset=bool(after % 2)))

    against(client_class, act)


@BOTH
def test_a_create_whose_answer_takes_too_long_is_looked_for(client_class: type[Any]) -> None:
    async def act(world: World) -> None:
        operation = OPERATIONS["create"]
        await world.begin(operation)
        world.client.default_timeout = 0.05
        done = threading.Event()
        world.set_back(operation)

        def stay_away(passage: Passage) -> None:
            world.client.default_timeout = 20  # nothing else takes too long, however busy the machine is
            stall(done)(passage)

        world.injector.fail(stay_away)
        await operation.act(world.client, None)
        done.set()
        world.check(operation)

    against(client_class, act)


@BOTH
def test_a_create_whose_end_never_left_is_sent_again_without_a_look(client_class: type[Any]) -> None:
    # More than the buffers of both sides hold, and a relay that reads a part of it.
    async def act(world: World) -> None:
        await world.begin(UNGUARDED)
        secret = "x" * 9_000_000

        async def create_large(client: Any, subject: Any) -> None:
            address = await settled(client.create("IpamIPAddress", address="10.0.0.1/24", secret=secret))
            await settled(address.save())

        wanted = [{"address": "10.0.0.1/24", "secret": secret}]
        operation = Operation(create_large, "IpamIPAddress", wanted)
        world.set_back(operation)
        world.injector.hang_up()
        world.injector.cut_next_after(1000)
        await operation.act(world.client, None)
        world.check(operation)
        assert [run.name for run in world.model.runs] == ["IpamIPAddressCreate"]
        assert len(world.model.asked) == 1

    schema = kinds.schema()
    (address,) = [kind for kind in schema["nodes"] if kind["kind"] == "IpamIPAddress"]
    address["attributes"].append(kinds.attribute("secret", "Password"))
    against(client_class, act, schema)
