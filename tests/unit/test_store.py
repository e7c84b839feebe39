"""What the store finds, and what it keeps apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.exceptions import NodeInvalidError, NodeNotFoundError
from infrahub_sdk.node import InfrahubNodeSync
from infrahub_sdk.store import NodeStore, NodeStoreSync
from tests.unit.fake import Fake
from tests.unit.kinds import schema

ID = "18eaf47d-2997-22ad-e302-1f067aef0437"
OTHER_ID = "18eaf47d-5fa5-bc1c-e3d0-1f0650656735"


@pytest.fixture
def client() -> InfrahubClientSync:
    client = InfrahubClientSync(config=Fake().config())
    client.schema.set_cache(schema())
    client.schema.set_cache(schema(), branch="b1")
    return client


@pytest.fixture
def tag(client: InfrahubClientSync) -> Any:
    return client.create("BuiltinTag", id=ID, name="red")


@pytest.mark.parametrize("key", [ID, "my key", ["red"], "BuiltinTag__red"])
def test_a_node_is_found_by_id_key_and_human_friendly_id(client: InfrahubClientSync, tag: Any, key: Any) -> None:
    client.store.set(tag, key="my key")
    kind = "BuiltinTag" if isinstance(key, list) else None
    assert client.store.get(key, kind=kind) is tag


def test_a_node_is_found_by_its_internal_id(client: InfrahubClientSync, tag: Any) -> None:
    client.store.set(tag)
    assert client.store.get(tag._internal_id) is tag


def test_a_node_is_found_by_a_kind_that_it_inherits_from(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", id=ID, name="edge1")
    client.store.set(device)
    for kind in ("DcimDevice", "DcimGenericDevice"):
        assert client.store.get("edge1", kind=kind) is device
        assert client.store.get(ID, kind=kind) is device


def test_a_node_of_another_kind_is_an_error_that_says_so(client: InfrahubClientSync, tag: Any) -> None:
    client.store.set(tag)
    with pytest.raises(NodeInvalidError, match="of kind BuiltinTag, not DcimDevice"):
        client.store.get(ID, kind="DcimDevice")


def test_a_missing_node_is_an_error_unless_it_may_be_missing(client: InfrahubClientSync) -> None:
    assert client.store.get("nothing", raise_when_missing=False) is None
    with pytest.raises(NodeNotFoundError, match="no such node in the store"):
        client.store.get("nothing")


def test_a_node_that_is_saved_later_is_found_by_its_id(client: InfrahubClientSync) -> None:
    tag = client.create("BuiltinTag", name="new")
    client.store.set(tag)
    assert client.store.get("BuiltinTag__new") is tag
    tag.id = ID
    assert client.store.get("BuiltinTag__new") is tag
    assert client.store.count() == 1


def test_branches_are_kept_apart(client: InfrahubClientSync, tag: Any) -> None:
    there = client.create("BuiltinTag", id=ID, name="red", branch="b1")
    client.store.set(tag)
    client.store.set(there)
    assert client.store.get(ID) is tag
    assert client.store.get(ID, branch="b1") is there
    assert (client.store.count(), client.store.count("b1"), client.store.count("b2")) == (1, 1, 0)


def test_a_branch_may_be_named_when_a_node_is_put_there(client: InfrahubClientSync, tag: Any) -> None:
    client.store.set(tag, branch="b1")
    assert client.store.get(ID, branch="b1") is tag
    assert client.store.get(ID, raise_when_missing=False) is None


def test_text_with_two_underscores_is_a_human_friendly_id_of_the_kind(client: InfrahubClientSync) -> None:
    device = client.create("DcimDevice", id=OTHER_ID, name="edge1")
    interface = client.create("DcimInterface", id=ID, name="eth0", device=device)
    client.store.set(interface)
    assert client.store.get("edge1__eth0", kind="DcimInterface") is interface
    assert client.store.get("DcimInterface__edge1__eth0") is interface


def test_the_older_way_by_human_friendly_id_warns(client: InfrahubClientSync, tag: Any) -> None:
    client.store.set(tag)
    with pytest.warns(DeprecationWarning, match=r"use store\.get"):
        assert client.store.get_by_hfid("BuiltinTag__red") is tag


@pytest.mark.parametrize("cls", [NodeStore, NodeStoreSync])
def test_a_store_without_a_branch_warns(cls: Any) -> None:
    with pytest.warns(DeprecationWarning, match="default_branch"):
        cls()


def test_a_renamed_node_is_found_by_the_name_that_the_server_has(client: InfrahubClientSync) -> None:
    node = {"id": ID, "hfid": ["red"], "__typename": "BuiltinTag", "name": {"value": "red"}}
    tag: Any = InfrahubNodeSync(client=client, schema=client.schema.get("BuiltinTag"), data={"node": node})
    client.store._branch("main").load([tag])
    tag.name = "crimson"
    assert client.store.get("BuiltinTag__red") is tag
    assert client.store.get("BuiltinTag__crimson", raise_when_missing=False) is None
    client.store.set(tag)  # as saving does
    assert client.store.get("BuiltinTag__crimson") is tag
    assert client.store.get("BuiltinTag__red", raise_when_missing=False) is None


def test_programs_find_the_human_friendly_ids_by_kind(client: InfrahubClientSync) -> None:
    client.store.set(client.create("DcimDevice", id=ID, name="edge1"))
    assert set(client.store._branches["main"]._hfids) == {"DcimDevice", "DcimGenericDevice"}


def test_reading_the_same_node_again_and_again_takes_no_more_room(client: InfrahubClientSync, tag: Any) -> None:
    branch = client.store._branch("main")
    for _ in range(1000):
        branch.load([client.create("BuiltinTag", id=ID, name="red")])
    assert len(branch._waiting) == 1


def test_a_node_that_is_forgotten_is_not_found_by_its_names(client: InfrahubClientSync, tag: Any) -> None:
    other = client.create("BuiltinTag", name="blue")
    client.store.set(tag, key="mine")
    client.store.set(other, key="shared")
    client.store.set(tag, key="shared")
    client.store.set(other, key="new")
    other.id = f"{ID[:-1]}9"
    client.store.set(other)  # as a save does
    branch = client.store._branch("main")
    branch.discard(tag.id)
    keys = ("mine", "shared", "new", tag.id)
    assert [client.store.get(key, raise_when_missing=False) for key in keys] == [None, None, other, None]
    branch.discard(other.id)
    assert client.store.get("new", raise_when_missing=False) is None
    assert client.store.get("BuiltinTag__blue", raise_when_missing=False) is None
    assert branch.count() == 0


class Closed(dict[str, Any]):
    """A dictionary that nobody may look through."""

    def __iter__(self) -> Any:
        raise AssertionError("all entries were looked through")

    items = values = keys = __iter__


def test_forgetting_a_node_does_not_look_at_the_names_of_others(client: InfrahubClientSync, tag: Any) -> None:
    client.store.set(tag, key="mine")
    branch = client.store._branch("main")
    branch._keys = Closed(branch._keys)
    branch.discard(tag.id)
    assert client.store.get("mine", raise_when_missing=False) is None


@pytest.mark.parametrize("kind", ["BuiltinTag", "DcimPlatform"])
def test_looking_for_a_human_friendly_id_looks_at_new_nodes_once(client: InfrahubClientSync, kind: str) -> None:
    for number in range(10):
        client.store.set(client.create(kind, name=f"n{number}"))
    client.store.get("BuiltinTag__red", raise_when_missing=False)
    branch = client.store._branch("main")
    branch._objs = Closed(branch._objs)
    assert branch._waiting == {}
    assert client.store.get("BuiltinTag__red", raise_when_missing=False) is None


@pytest.mark.parametrize("device", [OTHER_ID, ["edge1"]])
def test_a_human_friendly_id_may_lead_through_a_peer_that_is_looked_for_here(
    client: InfrahubClientSync, device: Any
) -> None:
    eth0 = client.create("DcimInterface", name="eth0", device=device)
    client.store.set(eth0)
    assert eth0.hfid is None
    assert client.store.get("DcimInterface__edge1__eth0", raise_when_missing=False) is None
    client.store.set(client.create("DcimDevice", id=OTHER_ID, name="edge1"))
    assert client.store.get("DcimInterface__edge1__eth0") is eth0


def test_threads_may_load_and_discard_at_once(client: InfrahubClientSync) -> None:
    branch = client.store._branch("main")
    tags = [client.create("BuiltinTag", id=f"{ID}{number}", name=f"t{number}") for number in range(200)]

    def work(number: int) -> None:
        branch.load(tags)
        client.store.get("BuiltinTag__t1", raise_when_missing=False)
        branch.discard(tags[number].id)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(200)))
    branch.load(tags)
    assert branch.count() == 200
