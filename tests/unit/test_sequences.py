"""Random sequences of reads, changes and saves, for both clients, against the model of the server.

After each save the server holds what it was told, the documents said what was changed and no more, and what was never
loaded was never sent.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import logging
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.exceptions import GraphQLError, ServerNotReachableError, UninitializedError
from tests.both import BOTH, play, settled
from tests.model import ADDRESS, Model, Refusal
from tests.unit import kinds

TAGS = {f"tag-{number}": f"0000000{number}-1111-4111-8111-111111111111" for number in range(3)}
SPOTS = {f"spot-{number}": f"0000000{number}-2222-4222-8222-222222222222" for number in range(3)}
# Values for each kind of attribute, in the server's form.
VALUES: dict[str, list[Any]] = {
    "Text": ["", "red", 'a "b"\n\\'],
    "Number": [0, 7, -(2**31)],
    "Boolean": [True, False],
    "Dropdown": ["one", "two"],
    "List": [[], [1, "a"], [["b"]]],
    "JSON": [{}, {"a b": {"c": 2**40}}, {"d": [None]}],
    "IPHost": ["10.0.0.1/24", "2001:db8::1/64"],
    "DateTime": ["2026-01-01T00:00:00Z"],
    "Password": ["hunter2", ""],
}
ATTRIBUTES = {f"a_{kind.lower()}": kind for kind in VALUES}
ONES, MANYS = {"tag": TAGS, "spot": SPOTS}, {"tags": TAGS, "spots": SPOTS}
FIELDS = {**ATTRIBUTES, **ONES, **MANYS}.keys()
READ_UNASKED = FIELDS - {"spots"}  # relationships of kind Generic have to be asked for


def schema() -> dict[str, Any]:
    """A thing with fields of all sorts, among them relationships to tags and to a generic kind."""
    named: dict[str, Any] = {"human_friendly_id": ["name__value"], "attributes": [kinds.NAME]}
    attributes = [kinds.attribute(field, kind) for field, kind in ATTRIBUTES.items()]
    relationships = [
        kinds.relationship("tag", "BuiltinTag"),
        kinds.relationship("spot", "TestingSpot"),
        kinds.relationship("tags", "BuiltinTag", "many"),
        kinds.relationship("spots", "TestingSpot", "many", kind="Generic"),
    ]
    return {
        "main": "sequences",
        "nodes": [
            kinds.kind(
                "Testing", "Thing",
                human_friendly_id=["name__value"], attributes=[kinds.NAME, *attributes], relationships=relationships,
            ),
            kinds.kind("Builtin", "Tag", **named),
            kinds.kind("Testing", "Place", inherit_from=["TestingSpot"], **named),
            kinds.kind("Testing", "Room", inherit_from=["TestingSpot"], **named),
        ],
        "generics": [kinds.kind("Testing", "Spot", used_by=["TestingPlace", "TestingRoom"], **named)],
        "profiles": [],
        "templates": [],
    }  # fmt: skip


def server_with_peers() -> Model:
    model = Model(schema())
    for name, identifier in TAGS.items():
        model.add("BuiltinTag", id=identifier, name={"value": name})
    for number, (name, identifier) in enumerate(SPOTS.items()):
        model.add(("TestingPlace", "TestingRoom")[number % 2], id=identifier, name={"value": name})
    return model


class Failing:
    """The way to the model, on which the answers to mutations are lost."""

    def __init__(self, model: Model) -> None:
        self._ask = model.config().sync_requester
        self.lost: list[bool] = []  # the next failures: whether the server has done the work before

    def config(self) -> Config:
        log = logging.getLogger("tests.sequences")
        log.disabled = True
        return Config(
            address=ADDRESS, requester=self.ask_async, sync_requester=self.ask, log=log,
            retry_on_failure=True, retry_delay=1e-9, retry_max_delay=1e-9,
        )  # fmt: skip

    def ask(self, **arguments: Any) -> Any:
        assert self._ask is not None
        payload = arguments["payload"] or {}
        if not self.lost or not payload.get("query", "").startswith("mutation"):
            return self._ask(**arguments)
        if self.lost.pop(0):
            self._ask(**arguments)
        raise ServerNotReachableError(ADDRESS, sent=True, phase="receive")

    async def ask_async(self, **arguments: Any) -> Any:
        return self.ask(**arguments)


class Handle:
    """One object of the program that stands for the thing, and what is to be expected of it.

    Attributes:
        node: The object.
        view: The fields that it knows, because they were read or set, and what it shows for them.
        values: The attributes that were set since it was read or saved.
        metadata: Metadata of fields that was set.
        ones: The relationships of one peer that were assigned.
        lists: The relationships of many peers that were replaced.
        steps: Of the others, the peers that were added (True) and removed (False).
        shares: Whether a copy has the same lists and dictionaries as values.
    """

    def __init__(self, node: Any, view: dict[str, Any]) -> None:
        self.node = node
        self.view = copy.deepcopy(view)
        self.values: set[str] = set()
        self.metadata: dict[str, dict[str, Any]] = {}
        self.ones: set[str] = set()
        self.lists: set[str] = set()
        self.steps: dict[str, dict[str, bool]] = {}
        self.shares = False

    def twin(self, node: Any) -> Handle:
        """What is to be expected of a copy."""
        twin = Handle(node, self.view)
        for name in ("values", "metadata", "ones", "lists", "steps"):
            setattr(twin, name, copy.deepcopy(getattr(self, name)))
        return twin

    @property
    def stepped(self) -> set[str]:
        return {name for name, steps in self.steps.items() if steps}

    @property
    def changed(self) -> set[str]:
        """The fields about which an update has something to say."""
        return {*self.values, *self.metadata, *self.ones, *self.lists}

    def forget(self, *, steps: bool = True) -> None:
        """What was changed is saved."""
        for changes in (self.values, self.metadata, self.ones, self.lists):
            changes.clear()
        if steps:
            self.steps.clear()

    def step(self, name: str, peer: str, *, added: bool) -> None:
        """A peer was added or removed."""
        if (peer in self.view[name]) is added:
            return
        self.view[name] = sorted({*self.view[name], peer} if added else {*self.view[name]} - {peer})
        if name not in self.lists:
            steps = self.steps.setdefault(name, {})
            if steps.pop(peer, added) is added:  # otherwise it takes the other step back
                steps[peer] = added

    def input(self, name: str) -> Any:
        """What an update says of a field that was changed."""
        metadata = self.metadata.get(name, {})
        if name in ATTRIBUTES:
            return {"value": self.view[name], **metadata} if name in self.values else metadata
        if name in ONES:
            return None if self.view[name] is None else {"id": self.view[name], **metadata}
        return [{"id": peer} for peer in self.view[name]]

    def check_view(self) -> None:
        """The object shows what is expected."""
        for name, value in self.view.items():
            field = self.node[name]
            if name in ATTRIBUTES:
                shown = str(field.value) if ATTRIBUTES[name] == "IPHost" and field.value is not None else field.value
                assert (name, shown) == (name, value)
            elif name in ONES:
                assert (name, field.id) == (name, value)
            else:
                assert (name, sorted(field.peer_ids)) == (name, value)


attributes, ones, manys = (st.sampled_from(sorted(names)) for names in (ATTRIBUTES, ONES, MANYS))
which, flags = st.integers(0, 5), st.booleans()
some_fields = st.sets(st.sampled_from(sorted(FIELDS)))
TROUBLES = st.sampled_from([None, None, "refused", "lost before", "lost after"])


class Sequences(RuleBasedStateMachine):
    """What two programs do with one node, through several objects each."""

    client_class: ClassVar[type[Any]]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop() if self.client_class is InfrahubClient else None
        self.model = server_with_peers()
        self.way = Failing(self.model)
        self.clients = [self.client_class(config=self.way.config()) for _ in range(2)]
        self.handles: list[Handle] = []
        self.server: dict[str, Any] = {}
        self.id = ""

    def do(self, value: Any) -> Any:
        """What a call of either client gives."""
        if not inspect.isawaitable(value):
            return value
        assert self.loop is not None
        return self.loop.run_until_complete(settled(value))

    def teardown(self) -> None:
        for client in self.clients:
            self.do(client.close())
        if self.loop is not None:
            self.loop.close()

    def handle(self, number: int) -> Handle:
        return self.handles[number % len(self.handles)]

    @invariant()
    def the_server_holds_what_it_was_told(self) -> None:
        if self.id:
            (state,) = self.model.state("TestingThing")
            assert [(name, state[name]) for name in FIELDS] == [(name, self.server[name]) for name in FIELDS]

    # Where objects come from

    @initialize(names=some_fields, number=which, lost=st.lists(flags, max_size=2))
    def create(self, names: set[str], number: int, lost: list[bool]) -> None:
        given = {name: _value(name, number) for name in sorted(names)}
        node = self.do(self.clients[0].create("TestingThing", name="thing", **copy.deepcopy(given)))
        self.way.lost = lost
        self.do(node.save())
        self.way.lost = []  # one look is enough to find it
        (run,) = [run for run in self.model.runs if run.refusal is None]
        inputs = {name: {"value": value} if name in ATTRIBUTES else _named(value) for name, value in given.items()}
        assert run.data == {"id": node.id, "name": {"value": "thing"}, **inputs}
        self.id = node.id
        empty = {**dict.fromkeys([*ATTRIBUTES, *ONES]), **{name: [] for name in MANYS}}
        self.server = {**empty, **given}
        self.handles.append(Handle(node, given))
        assert self.clients[0].store.get(self.id) is node

    @rule(number=which, include=flags, exclude=some_fields, only=st.none() | some_fields, property=flags)
    def read(self, number: int, include: bool, exclude: set[str], only: set[str] | None, property: bool) -> None:
        client = self.clients[number % 2]
        asked: dict[str, Any] = {"exclude": sorted(exclude), "include": ["spots"] if include else []}
        known = {*READ_UNASKED, "spots"} if include else READ_UNASKED
        if include and "spots" in exclude:
            del asked["include"]
        known = known - exclude
        if only is not None:
            asked, known = {"only": ["name", *sorted(only)]}, only
        node = self.do(client.get("TestingThing", id=self.id, property=property, **asked))
        self.handles.append(Handle(node, {name: self.server[name] for name in known}))
        assert client.store.get(self.id) is node
        del self.handles[:-5]

    @rule(number=which, deep=flags)
    def copy_it(self, number: int, deep: bool) -> None:
        handle = self.handle(number)
        twin = handle.twin((copy.deepcopy if deep else copy.copy)(handle.node))
        if not deep:
            twin.shares = handle.shares = True
        self.handles.append(twin)

    @rule(number=which)
    def look(self, number: int) -> None:
        handle = self.handle(number)
        handle.check_view()
        shown = {**dict.fromkeys(ATTRIBUTES, "value"), **dict.fromkeys(ONES, "display_label")}
        for name in FIELDS - handle.view.keys():  # what is only looked at is not said either
            with suppress(UninitializedError):
                getattr(handle.node[name], shown.get(name, "peers"))

    # Changes

    @rule(number=which, name=attributes, choice=which, null=flags)
    def set_value(self, number: int, name: str, choice: int, null: bool) -> None:
        handle = self.handle(number)
        value = None if null and choice % 2 else _value(name, choice)
        setattr(handle.node[name], "value", copy.deepcopy(value))  # noqa: B010 - the name is the attribute's
        handle.view[name] = value
        handle.values.add(name)

    @rule(number=which, name=attributes)
    def set_the_same_value(self, number: int, name: str) -> None:
        handle = self.handle(number)
        if name in handle.view:
            handle.node[name] = handle.node[name].value
            handle.values.add(name)

    @rule(number=which, name=st.sampled_from(["a_list", "a_json"]))
    def change_inside(self, number: int, name: str) -> None:
        handle = self.handle(number)
        if handle.view.get(name) is None or handle.shares:
            return
        for value in (handle.node[name].value, handle.view[name]):
            if name == "a_list":
                value.append(len(value))
            else:
                value[f"key{len(value)}"] = [len(value)]
        handle.values.add(name)

    @rule(number=which, name=attributes, protected=flags, owner=st.sampled_from([None, *TAGS.values()]))
    def set_metadata(self, number: int, name: str, protected: bool, owner: str | None) -> None:
        handle = self.handle(number)
        metadata = handle.metadata.setdefault(name, {})
        if owner is None:
            handle.node[name].is_protected = metadata["is_protected"] = protected
        else:
            handle.node[name].owner = metadata["owner"] = owner

    @rule(number=which, name=ones, peer=which, form=which)
    def assign(self, number: int, name: str, peer: int, form: int) -> None:
        handle = self.handle(number)
        identifier = [*ONES[name].values(), None][peer % 4]
        node = self.clients[0].store.get(identifier, raise_when_missing=False) if identifier else None
        forms = [identifier, {"id": identifier} if identifier else None, node or identifier]
        handle.node[name] = forms[form % 3]
        handle.view[name] = identifier
        handle.ones.add(name)
        handle.metadata.pop(name, None)

    @rule(number=which, name=ones, protected=flags)
    def protect_relationship(self, number: int, name: str, protected: bool) -> None:
        handle = self.handle(number)
        if handle.view.get(name) is not None:
            handle.node[name].is_protected = protected
            handle.metadata.setdefault(name, {})["_relation__is_protected"] = protected

    @rule(number=which, name=manys, peer=which, added=flags)
    def step(self, number: int, name: str, peer: int, added: bool) -> None:
        handle = self.handle(number)
        identifier = list(MANYS[name].values())[peer % 3]
        manager = handle.node[name]
        change = manager.add if added else manager.remove
        if name not in handle.view and manager.initialized:  # an earlier read of the same client knows
            handle.view[name] = sorted(manager.peer_ids)
        if name not in handle.view:
            with pytest.raises(UninitializedError):
                change(identifier)
            return
        change(identifier)
        handle.step(name, identifier, added=added)

    @rule(number=which, name=manys, peers=st.sets(which), clear=flags)
    def replace(self, number: int, name: str, peers: set[int], clear: bool) -> None:
        handle = self.handle(number)
        chosen = [] if clear else sorted({list(MANYS[name].values())[peer % 3] for peer in peers})
        if clear:
            handle.node[name].clear()
        else:
            handle.node[name] = chosen
        handle.view[name] = chosen
        handle.lists.add(name)
        handle.steps.pop(name, None)

    @rule(number=which, name=manys, peer=which, added=flags)
    def relate(self, number: int, name: str, peer: int, added: bool) -> None:
        handle = self.handle(number)
        if name in handle.lists or handle.steps.get(name):
            return
        identifier = list(MANYS[name].values())[peer % 3]
        call = handle.node.add_relationships if added else handle.node.remove_relationships
        self.do(call(name, [identifier]))
        self._server_steps(name, {identifier: added})
        if name in handle.view:
            handle.step(name, identifier, added=added)
            handle.steps.pop(name, None)

    # Saves

    @rule(number=which, trouble=TROUBLES)
    def save(self, number: int, trouble: str | None) -> None:
        handle = self.handle(number)
        changed, stepped = handle.changed, handle.stepped
        said = self._sent(handle.node.save, trouble if changed or trouble != "refused" else None)
        refused = trouble == "refused" and bool(changed)
        updates = [data for name, data in said if name == "TestingThingUpdate"]
        assert len(updates) == bool(changed and not refused)
        for data in updates:
            assert data == {"id": self.id, **{name: handle.input(name) for name in changed}}
            self._server_takes(handle, {name for name in changed if name not in ATTRIBUTES or name in handle.values})
        relates = [(name, data) for name, data in said if name != "TestingThingUpdate"]
        assert sorted(relates, key=str) == sorted(self._relates(handle, stepped), key=str)
        for name in stepped:
            self._server_steps(name, handle.steps[name])
        handle.steps.clear()
        if not refused:
            handle.forget()

    @rule(number=which, trouble=TROUBLES, upsert=flags)
    def save_all_of_it(self, number: int, trouble: str | None, upsert: bool) -> None:
        handle = self.handle(number)
        changed = handle.changed | handle.stepped
        if upsert:
            said = self._sent(lambda: handle.node.save(allow_upsert=True), trouble)
        else:
            said = self._sent(lambda: handle.node.update(do_full_update=True), trouble)
        if not said:
            assert trouble == "refused" or not changed
            return
        ((name, data),) = said
        assert name == f"TestingThing{'Upsert' if upsert else 'Update'}"
        fields = data.keys() - {"id", "name"}
        assert data["id"] == self.id
        assert changed <= fields <= handle.view.keys() | changed
        for field in changed:
            if field in ATTRIBUTES:
                assert data[field].items() >= handle.input(field).items()
            else:
                assert data[field] == handle.input(field)
        self._server_takes(handle, {field for field in fields if field not in ATTRIBUTES or "value" in data[field]})
        handle.forget()

    def _sent(self, save: Any, trouble: str | None) -> list[tuple[str, dict[str, Any]]]:
        """Save, and give the mutations that the server carried out, each once."""
        before = len(self.model.runs)
        if trouble == "refused":
            for action in ("Update", "Upsert"):
                self.model.refusals[f"TestingThing{action}"] = [Refusal("No.")]
        elif trouble is not None:
            self.way.lost = [trouble == "lost after"]
        try:
            self.do(save())
        except GraphQLError:
            assert trouble == "refused"
        self.model.refusals.clear()
        self.way.lost.clear()
        said: list[tuple[str, dict[str, Any]]] = []
        for run in self.model.runs[before:]:
            data = {name: _in_order(content) for name, content in run.data.items()}
            if run.refusal is None and (run.name, data) not in said:
                said.append((run.name, data))
        return said

    def _relates(self, handle: Handle, stepped: set[str]) -> list[tuple[str, dict[str, Any]]]:
        """The mutations that say which peers were added and removed."""
        found = []
        for name in stepped:
            for action, added in (("RelationshipAdd", True), ("RelationshipRemove", False)):
                peers = [peer for peer, step in handle.steps[name].items() if step is added]
                if peers:
                    nodes = [{"id": peer} for peer in sorted(peers)]
                    found.append((action, {"id": self.id, "name": name, "nodes": nodes}))
        return found

    def _server_takes(self, handle: Handle, names: set[str]) -> None:
        for name in names & handle.view.keys():
            self.server[name] = copy.deepcopy(handle.view[name])

    def _server_steps(self, name: str, steps: dict[str, bool]) -> None:
        added, removed = ({peer for peer, step in steps.items() if step is kept} for kept in (True, False))
        self.server[name] = sorted(({*self.server[name]} | added) - removed)


def _value(name: str, choice: int) -> Any:
    """A value for a field."""
    if name in ATTRIBUTES:
        values = VALUES[ATTRIBUTES[name]]
        return copy.deepcopy(values[choice % len(values)])
    peers = list({**ONES, **MANYS}[name].values())
    return peers[choice % 3] if name in ONES else sorted(peers[: choice % 4])


def _in_order(content: Any) -> Any:
    return sorted(content, key=str) if isinstance(content, list) else content


def _named(value: Any) -> Any:
    return [{"id": peer} for peer in value] if isinstance(value, list) else {"id": value}


class AsyncSequences(Sequences):
    client_class = InfrahubClient


class SyncSequences(Sequences):
    client_class = InfrahubClientSync


@pytest.mark.parametrize("machine", [AsyncSequences, SyncSequences], ids=["async", "sync"])
def test_any_sequence_of_reads_changes_and_saves_tells_the_server_what_was_changed(machine: type[Sequences]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@BOTH
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_unset_unchanged_set_or_null_and_a_save_says_which(client_class: type[Any], name: str) -> None:
    async def test() -> None:
        model = server_with_peers()
        value = _value(name, 1)
        given = {"value": value} if name in ATTRIBUTES else _named(value)
        identifier = model.add("TestingThing", name={"value": "thing"}, **{name: given})
        client = client_class(config=model.config())

        async def saved(thing: Any) -> list[Any]:
            before = len(model.runs)
            await settled(thing.save())
            return [run.data.get(name, run.data) for run in model.runs[before:]]

        unset = await settled(client.get("TestingThing", id=identifier, only=["name"], populate_store=False))
        assert "not loaded" in repr(unset[name])
        assert await saved(unset) == []
        asked = {"id": identifier, "include": [name]}
        unchanged = await settled(client.get("TestingThing", **asked))
        shown = repr(unchanged[name])
        assert "not loaded" not in shown
        assert "(set)" not in shown
        assert await saved(unchanged) == []
        for thing in (unset, await settled(client.get("TestingThing", **asked))):
            nothing = [] if name in MANYS else None
            thing[name] = nothing
            assert await saved(thing) == [{"value": None} if name in ATTRIBUTES else nothing]
            assert await saved(thing) == []
        thing[name] = value
        assert await saved(thing) == [given]
        assert model.state("TestingThing")[0][name] == value
        await settled(client.close())

    play(client_class, test())


@BOTH
def test_peers_that_two_programs_add_at_once_are_all_there(client_class: type[Any]) -> None:
    async def test() -> None:
        model = server_with_peers()
        model.add("TestingThing", name={"value": "thing"})
        clients = [client_class(config=model.config()) for _ in TAGS]
        things = [await settled(client.get("TestingThing", name__value="thing")) for client in clients]
        for thing, tag in zip(things, TAGS.values()):
            thing.tags.add(tag)
        for thing in things:
            await settled(thing.save())
        assert model.state("TestingThing")[0]["tags"] == sorted(TAGS.values())
        assert [run.name for run in model.runs[-3:]] == ["RelationshipAdd"] * 3
        for client in clients:
            await settled(client.close())

    play(client_class, test())


@BOTH
def test_metadata_is_said_also_of_an_attribute_that_holds_nothing(client_class: type[Any]) -> None:
    async def test() -> None:
        model = server_with_peers()
        model.add("TestingThing", name={"value": "thing"})
        client = client_class(config=model.config())
        for full in (False, True):
            thing = await settled(client.get("TestingThing", name__value="thing"))
            thing.a_text.is_protected = True
            await settled(thing.update(do_full_update=full))
            assert model.runs[-1].data["a_text"] == {"is_protected": True}
        await settled(client.close())

    play(client_class, test())


@BOTH
def test_a_save_that_the_server_refuses_is_still_to_be_said(client_class: type[Any]) -> None:
    async def test() -> None:
        model = server_with_peers()
        model.add("TestingThing", name={"value": "thing"})
        client = client_class(config=model.config())
        thing = await settled(client.get("TestingThing", name__value="thing"))
        thing.a_text.value = "new"
        model.refusals["TestingThingUpdate"] = [Refusal("Not today.")]
        with pytest.raises(GraphQLError, match="Not today"):
            await settled(thing.save())
        assert model.state("TestingThing")[0]["a_text"] is None
        await settled(thing.save())
        assert model.state("TestingThing")[0]["a_text"] == "new"
        await settled(client.close())

    play(client_class, test())
