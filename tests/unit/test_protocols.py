from __future__ import annotations

import json
from typing import Any

import pytest

import infrahub_sdk.protocols
from infrahub_sdk import protocols_base
from infrahub_sdk.node import InfrahubNode, InfrahubNodeSync
from infrahub_sdk.protocols import (
    BuiltinIPPrefix,
    BuiltinTag,
    BuiltinTagSync,
    CoreArtifactTarget,
    CoreGroup,
    CoreNode,
    CoreNodeSync,
    CoreStandardGroup,
    CoreStandardGroupSync,
)
from infrahub_sdk.protocols_base import CoreNodeBase
from tools.protocols import KEPT, TARGET, render, trim


class DcimDevice(CoreArtifactTarget):
    """A protocol as users generate it."""


class DcimDeviceSync(CoreNodeSync):
    """Its twin."""


class ChoreSync(CoreNode):
    """A protocol of a kind whose own name ends in Sync."""


class Node:
    """Stands for a node of the asynchronous client."""

    _is_sync = False

    def __init__(self, *kinds: str) -> None:
        self.kinds = list(kinds)

    def get_all_kinds(self) -> list[str]:
        return self.kinds


class NodeSync(Node):
    """Stands for a node of the synchronous client."""

    _is_sync = True


# ---- isinstance


def test_a_node_is_an_instance_of_its_kind_and_of_those_it_inherits_from() -> None:
    group = Node("CoreStandardGroup", "CoreGroup")
    assert isinstance(group, CoreStandardGroup)
    assert isinstance(group, CoreGroup)
    assert not isinstance(group, BuiltinTag)


def test_a_node_is_an_instance_of_a_protocol_that_a_user_generated() -> None:
    device = Node("DcimDevice", "CoreArtifactTarget")
    assert isinstance(device, DcimDevice)
    assert isinstance(device, CoreArtifactTarget)


def test_a_node_of_one_client_is_no_instance_of_a_protocol_for_the_other() -> None:
    assert not isinstance(Node("BuiltinTag"), BuiltinTagSync)
    assert not isinstance(NodeSync("BuiltinTag"), BuiltinTag)


def test_a_synchronous_protocol_is_of_the_kind_without_sync() -> None:
    assert isinstance(NodeSync("BuiltinTag"), BuiltinTagSync)
    assert isinstance(NodeSync("DcimDevice"), DcimDeviceSync)
    assert not isinstance(NodeSync("BuiltinTagSync"), BuiltinTagSync)


def test_an_asynchronous_protocol_keeps_the_sync_of_its_name() -> None:
    assert isinstance(Node("ChoreSync"), ChoreSync)
    assert not isinstance(Node("Chore"), ChoreSync)


@pytest.mark.parametrize(
    ("protocol", "matches"), [(CoreNodeBase, [True, True]), (CoreNode, [True, False]), (CoreNodeSync, [False, True])]
)
def test_a_root_protocol_matches_every_kind(protocol: type, matches: list[bool]) -> None:
    assert [isinstance(node, protocol) for node in (Node("DcimDevice"), NodeSync("DcimDevice"))] == matches
    assert [issubclass(cls, protocol) for cls in (InfrahubNode, InfrahubNodeSync)] == matches


@pytest.mark.parametrize("thing", [None, "BuiltinTag", object(), BuiltinTag, Node])
def test_what_is_no_node_is_an_instance_of_no_protocol(thing: Any) -> None:
    assert not isinstance(thing, BuiltinTag)
    assert not isinstance(thing, CoreNodeBase)


def test_a_protocol_class_has_its_own_instances() -> None:
    assert isinstance(BuiltinTag(), BuiltinTag)
    assert isinstance(BuiltinTag(), CoreNode)
    assert not isinstance(BuiltinTag(), CoreNodeSync)


# ---- issubclass


def test_protocol_classes_are_subclasses_of_their_bases_only() -> None:
    assert issubclass(CoreStandardGroup, CoreGroup)
    assert issubclass(CoreStandardGroupSync, CoreNodeSync)
    assert not issubclass(CoreStandardGroup, CoreStandardGroupSync)
    assert not issubclass(CoreNode, BuiltinTag)


def test_a_class_that_was_built_for_a_kind_is_a_subclass_of_the_kinds_protocol() -> None:
    generic = type("CoreGroup", (Node,), {})
    built = type("CoreStandardGroup", (generic,), {})
    assert issubclass(built, CoreStandardGroup)
    assert issubclass(built, CoreGroup)
    assert not issubclass(built, CoreStandardGroupSync)
    assert not issubclass(generic, CoreStandardGroup)


def test_issubclass_takes_classes_only() -> None:
    with pytest.raises(TypeError):
        issubclass(Node("BuiltinTag"), BuiltinTag)  # type: ignore[arg-type]  # what is tested


# ---- The fields


def test_the_fields_are_annotations() -> None:
    assert BuiltinTag.__annotations__ == {"name": "String", "description": "StringOptional"}


def test_relationships_have_the_type_of_their_client() -> None:
    assert CoreGroup.__annotations__["parent"] == "RelatedNode"
    assert CoreGroup.__annotations__["members"] == "RelationshipManager"
    assert infrahub_sdk.protocols.CoreGroupSync.__annotations__["parent"] == "RelatedNodeSync"
    assert infrahub_sdk.protocols.CoreGroupSync.__annotations__["members"] == "RelationshipManagerSync"


def test_a_protocol_does_not_repeat_what_it_inherits() -> None:
    assert "name" not in vars(CoreStandardGroup).get("__annotations__", {})


def test_an_attribute_with_a_default_is_not_optional() -> None:
    fields = BuiltinIPPrefix.__annotations__
    assert (fields["is_pool"], fields["is_top_level"]) == ("Boolean", "BooleanOptional")


def test_a_protocol_class_does_nothing_itself() -> None:
    with pytest.raises(NotImplementedError):
        BuiltinTag().get_kind()


def test_the_attribute_of_a_node_is_told_by_its_members() -> None:
    class Attribute:
        name = "description"
        id = is_default = is_from_profile = is_inherited = updated_at = is_protected = None

    assert isinstance(Attribute(), protocols_base.Attribute)
    assert not isinstance(object(), protocols_base.Attribute)


@pytest.mark.parametrize("module", [infrahub_sdk.protocols, protocols_base])
def test_a_module_has_every_name_that_it_promises(module: Any) -> None:
    assert [name for name in module.__all__ if not isinstance(getattr(module, name, None), type)] == []


def test_every_protocol_has_a_twin() -> None:
    names = set(infrahub_sdk.protocols.__all__)
    assert {name for name in names if not name.endswith("Sync")} == {
        name[:-4] for name in names if name.endswith("Sync")
    }
    assert len(names) == 182 + 2


# ---- The script that writes the module


def test_the_module_is_what_the_script_writes_for_the_kept_schema() -> None:
    assert TARGET.read_text("utf-8") == render(json.loads(KEPT.read_text("utf-8")))


def test_the_kept_schema_has_nothing_that_the_script_does_not_need() -> None:
    kept = json.loads(KEPT.read_text("utf-8"))
    assert trim(kept) == kept


def test_kinds_of_users_are_left_out() -> None:
    def kind(namespace: str, name: str) -> dict[str, Any]:
        return {"namespace": namespace, "kind": namespace + name, "attributes": [], "relationships": []}

    trimmed = trim(
        {
            "version": "1.0",
            "namespaces": [
                {"name": "Core", "user_editable": False},
                {"name": "Ipam", "user_editable": True},
                {"name": "Profile", "user_editable": False},
            ],
            "generics": [kind("Core", "Node"), kind("Core", "Group")],
            "nodes": [kind("Ipam", "Namespace"), kind("Ipam", "Prefix"), kind("Profile", "BuiltinTag")],
        }
    )
    assert [entry["kind"] for entry in trimmed["generics"] + trimmed["nodes"]] == ["CoreGroup", "IpamNamespace"]
