"""Every document that the client can send, on servers of every release from 1.2 on."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import infrahub_sdk
from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.core.port import SyncFacade
from infrahub_sdk.exceptions import ServerNotReachableError, VersionNotSupportedError
from infrahub_sdk.types import NodeMetaOrder, Order, OrderByEntry, OrderDirection
from tests.unit.release import RELEASES, Release, at_least

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(infrahub_sdk.__file__).parent
NEWEST = RELEASES[-1]
SOME_ID = "18eaf47d-2997-22ad-e302-1f067aef0437"
OTHER_ID = "18eaf47d-5fa5-bc1c-e3d0-1f0650656735"


class Sample(NamedTuple):
    """A call as a program makes it.

    Attributes:
        run: Makes it.
        covers: The public methods that it is a sample of.
        since: The first release that can serve it.
    """

    run: Callable[[InfrahubClientSync], object]
    covers: tuple[str, ...]
    since: str


SAMPLES: dict[str, Sample] = {}


def sample(*covers: str, since: str = "1.2") -> Callable[[Callable[[InfrahubClientSync], object]], object]:
    def keep(function: Callable[[InfrahubClientSync], object]) -> object:
        SAMPLES[function.__name__] = Sample(function, covers, since)
        return function

    return keep


# What sends no GraphQL document: the rest of the public methods needs a sample.
SENDS_NONE = {
    "Client.clone", "Client.close", "Client.create_batch", "Client.init", "Node.from_graphql", "Batch.add",
    # These use the REST interface.
    "Client.login", "Client.refresh_login",
    "Schema.check", "Schema.export", "Schema.fetch", "Schema.get_graphql_schema",
    # These ask for what others ask for.
    "Node.extract",
}  # fmt: skip

KINDS = (
    "BuiltinTag", "CoreStandardGroup", "CoreGraphQLQuery", "CoreAccount", "CoreCustomWebhook", "CoreMenuItem",
    "CoreRepository", "IpamNamespace", "CoreIPPrefixPool", "CoreIPAddressPool", "CoreNumberPool", "ProfileBuiltinTag",
)  # fmt: skip
GENERICS = ("CoreGroup", "CoreGenericAccount", "BuiltinIPNamespace", "BuiltinIPPrefix", "BuiltinIPAddress")


# Reading


@sample("Client.get")
def a_node_by_id(client: InfrahubClientSync) -> None:
    client.get("BuiltinTag", id=SOME_ID)


@sample("Client.get")
def a_node_by_its_human_friendly_id_and_by_its_default_filter(client: InfrahubClientSync) -> None:
    client.get("BuiltinTag", hfid=["red"])
    client.get("BuiltinTag", id="red")


@sample("Client.all")
def all_nodes_of_each_kind(client: InfrahubClientSync) -> None:
    for kind in (*KINDS, *GENERICS):
        client.all(kind, limit=1)


@sample("Client.all")
def all_nodes_with_properties(client: InfrahubClientSync) -> None:
    for kind in ("BuiltinTag", "CoreGroup", "CoreMenuItem", "CoreIPPrefixPool", "BuiltinIPPrefix"):
        client.all(kind, property=True, limit=1)


@sample("Client.all")
def all_nodes_with_their_peers(client: InfrahubClientSync) -> None:
    client.all("BuiltinTag", prefetch_relationships=True, property=True, limit=1)
    client.all("CoreIPPrefixPool", prefetch_relationships=True, limit=1)
    client.all("CoreGroup", prefetch_relationships=True, fragment=True, limit=1)


@sample("Client.all", since="1.9")
def all_nodes_with_metadata(client: InfrahubClientSync) -> None:
    client.all("CoreStandardGroup", include_metadata=True, property=True, include=["parent", "children"], limit=1)


@sample("Client.get", since="1.9")
def a_node_with_metadata(client: InfrahubClientSync) -> None:
    client.get("BuiltinTag", id=SOME_ID, include_metadata=True)


@sample("Client.filters")
def nodes_that_meet_conditions(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", name__value="red", partial_match=True)
    client.filters("BuiltinTag", ids=[SOME_ID, OTHER_ID], offset=0, limit=2)
    client.filters("BuiltinTag", name__values=["red", "blue"], description__isnull=True)
    client.filters("BuiltinTag", any__value="red", member_of_groups__ids=[SOME_ID])
    client.filters("CoreStandardGroup", members__ids=[SOME_ID], parent__name__value="top", hfid=["red"])
    client.filters("BuiltinTag", name__is_protected=True, name__owner__id=SOME_ID, parallel=True)


@sample("Client.filters")
def nodes_of_a_hierarchy(client: InfrahubClientSync) -> None:
    around = ["parent", "children", "ancestors", "descendants"]
    client.filters("CoreStandardGroup", include=around, exclude=["description"], name__value="top")
    client.filters("CoreGroup", include=around, fragment=True, name__value="top")


@sample("Client.filters")
def peers_that_are_read_along(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", include=["profiles", "member_of_groups"], property=True, limit=1)
    client.filters("CoreRepository", include=["tags", "credential"], limit=1)


@sample("Client.filters")
def peers_of_peers(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", include=["member_of_groups.parent"], property=True, limit=1)
    client.filters("CoreStandardGroup", include=["children.children"], limit=1)
    client.filters("CoreIPPrefixPool", include=["ip_namespace.member_of_groups"], limit=1)


@sample("Client.filters")
def nothing_but_some_fields(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", only=["name", "member_of_groups.name"], limit=1)
    client.filters("CoreGroup", only=["label", "children.description"], limit=1)


@sample("Client.filters", since="1.9")
def a_filter_by_label(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", display_label__value="red")


@sample("Client.count", since="1.9")
def a_count_by_the_label_of_a_peer(client: InfrahubClientSync) -> None:
    client.count("BuiltinTag", member_of_groups__display_label__value="red")


@sample("Client.filters", since="1.9")
def a_filter_by_metadata(client: InfrahubClientSync) -> None:
    client.filters("BuiltinTag", node_metadata__created_by__id=SOME_ID)


@sample("Client.all")
def nodes_in_no_order(client: InfrahubClientSync) -> None:
    client.all("BuiltinTag", order=Order(disable=True), limit=1)


@sample("Client.all", since="1.9")
def nodes_in_the_order_of_their_creation(client: InfrahubClientSync) -> None:
    client.all("BuiltinTag", order=Order(node_metadata=NodeMetaOrder(created_at=OrderDirection.DESC)), limit=1)


@sample("Client.all", since="1.10")
def nodes_in_the_order_of_an_attribute(client: InfrahubClientSync) -> None:
    client.all("BuiltinTag", order=Order(by=[OrderByEntry(field="name__value", direction=OrderDirection.DESC)]))


@sample("Client.count")
def how_many_there_are(client: InfrahubClientSync) -> None:
    client.count("BuiltinTag")
    client.count("CoreGroup", name__value="red", partial_match=True)


@sample("Client.iterate")
def nodes_one_after_the_other(client: InfrahubClientSync) -> None:
    assert list(client.iterate("BuiltinTag"))
    assert list(client.iterate("CoreGroup", fragment=True, name__value="red"))


@sample("RelationshipManager.fetch", "RelatedNode.fetch", "Node.get_flat_value")
def relationships_that_are_followed(client: InfrahubClientSync) -> None:
    group = client.get("CoreStandardGroup", id=SOME_ID, exclude=["parent"])
    group["parent"].fetch()
    group["members"].fetch()
    group["children"].fetch()
    tag = client.get("BuiltinTag", id=SOME_ID)
    tag.member_of_groups.fetch()
    pool = client.get("CoreIPPrefixPool", id=SOME_ID)
    assert pool.get_flat_value("ip_namespace__name__value")


@sample("Node.generate_query_data", "Node.generate_query_data_node", "Client.execute_graphql")
def a_query_of_the_programs_own(client: InfrahubClientSync) -> None:
    from infrahub_sdk.graphql import Query

    tag = client.get("BuiltinTag", id=SOME_ID)
    assert tag.generate_query_data_node()
    data = tag.generate_query_data(filters={"name__value": "red"}, property=True)
    client.execute_graphql(Query(data).render())


# Writing

VALUES: dict[str, Any] = {
    "Number": 3, "Boolean": True, "Checkbox": True, "List": ["a"], "JSON": {"a-b": [1]}, "DateTime":
    "2024-01-01T00:00:00Z", "IPHost": "10.0.0.1/24", "IPNetwork": "10.0.0.0/24", "NumberAttributeInt": 3,
}  # fmt: skip


def everything(client: InfrahubClientSync, kind: str) -> dict[str, Any]:
    """A value for each field of a kind that can be written."""
    schema = client.schema.get(kind)
    values: dict[str, Any] = {
        item.name: VALUES.get(item.kind, "text") for item in schema.attributes if not item.read_only
    }
    for item in schema.relationships:
        if not item.read_only:
            values[item.name] = SOME_ID if item.cardinality == "one" else [SOME_ID, OTHER_ID]
    return values


@sample("Client.create", "Node.save")
def nodes_of_each_kind_with_every_field(client: InfrahubClientSync) -> None:
    for kind in KINDS:
        client.create(kind, data=everything(client, kind)).save()


@sample("Client.create", "Node.create")
def a_node_with_metadata_of_its_values(client: InfrahubClientSync) -> None:
    name = {"value": "red", "is_protected": True, "source": SOME_ID, "owner": OTHER_ID}
    client.create("BuiltinTag", name=name, member_of_groups=[["hfid"], SOME_ID]).create()


@sample("Client.create", "Node.save")
def an_account_with_a_password(client: InfrahubClientSync) -> None:
    client.create("CoreAccount", name="me", password="open sesame", account_type="User").save()


@sample("Node.save", "Node.update")
def nodes_that_are_changed(client: InfrahubClientSync) -> None:
    tag = client.get("BuiltinTag", id=SOME_ID, include=["member_of_groups"])
    tag.description = None
    tag.member_of_groups.add(OTHER_ID)
    tag.save()
    tag.name = "blue"
    tag.profiles = [SOME_ID]
    tag.update(do_full_update=True)
    item = client.get("CoreMenuItem", id=SOME_ID)
    item.required_permissions = ["a", "b"]
    item.save()


@sample("Node.save")
def nodes_that_are_upserted(client: InfrahubClientSync) -> None:
    for kind in ("BuiltinTag", "CoreStandardGroup", "CoreMenuItem", "CoreIPPrefixPool"):
        client.create(kind, data=everything(client, kind)).save(allow_upsert=True)


@sample("Node.save")
def a_number_from_a_pool(client: InfrahubClientSync) -> None:
    client.create(
        "CoreMenuItem",
        data={
            **everything(client, "CoreMenuItem"),
            "order_weight": {"from_pool": {"id": SOME_ID, "identifier": "mine"}},
        },
    ).save()


@sample("Client.delete", "Node.delete")
def nodes_that_are_deleted(client: InfrahubClientSync) -> None:
    client.delete("BuiltinTag", id=SOME_ID)
    client.get("BuiltinTag", id=SOME_ID).delete()


@sample("Node.add_relationships", "Node.remove_relationships")
def peers_that_are_added_and_removed(client: InfrahubClientSync) -> None:
    tag = client.get("BuiltinTag", id=SOME_ID)
    tag.add_relationships("member_of_groups", [OTHER_ID])
    tag.remove_relationships("member_of_groups", [OTHER_ID])


@sample("Node.save", "Node.delete")
def writes_on_behalf_of_another_account(client: InfrahubClientSync) -> None:
    from infrahub_sdk.context import ContextAccount, RequestContext

    client.request_context = RequestContext(account=ContextAccount(id=OTHER_ID))
    tag = client.create("BuiltinTag", name="red")
    tag.save()
    tag.description = "warm"
    tag.member_of_groups = [OTHER_ID]
    tag.save()
    tag.delete()


@sample("Batch.execute")
def writes_that_travel_together(client: InfrahubClientSync) -> None:
    batch = client.create_batch()
    for number in range(3):
        tag = client.create("BuiltinTag", name=f"tag-{number}")
        batch.add(task=tag.save, node=tag)
    group = client.create("CoreStandardGroup", name="group", members=[SOME_ID])
    batch.add(task=group.save, node=group, allow_upsert=True)
    old = client.get("BuiltinTag", id=SOME_ID)
    old.description = "old"
    batch.add(task=old.save, node=old)
    batch.add(task=client.get("BuiltinTag", id=OTHER_ID).delete)
    assert len(list(batch.execute())) == 6


@sample("Client.save_all")
def nodes_that_refer_to_one_another(client: InfrahubClientSync) -> None:
    parent = client.create("CoreStandardGroup", name="parent")
    child = client.create("CoreStandardGroup", name="child", parent=parent)
    tags = [client.create("BuiltinTag", name=f"tag-{number}", member_of_groups=[child]) for number in range(2)]
    client.save_all([*tags, child, parent])


# Branches


@sample("BranchManager.all", "BranchManager.get")
def branches_that_are_read(client: InfrahubClientSync) -> None:
    assert client.branch.all()
    client.branch.get("main")


@sample(
    "BranchManager.create",
    "BranchManager.update",
    "BranchManager.rebase",
    "BranchManager.validate",
    "BranchManager.merge",
    "BranchManager.delete",
)
def a_branch_from_its_beginning_to_its_end(client: InfrahubClientSync) -> None:
    client.branch.create("b1", sync_with_git=True, description="why")
    client.branch.update("b1", description="because")
    client.branch.rebase("b1")
    client.branch.validate("b1")
    client.branch.merge("b1")
    client.branch.delete("b1")


@sample(
    "BranchManager.create",
    "BranchManager.rebase",
    "BranchManager.validate",
    "BranchManager.merge",
    "BranchManager.delete",
)
def a_branch_whose_tasks_nobody_waits_for(client: InfrahubClientSync) -> None:
    client.branch.create("b1", background_execution=True)
    for call in (client.branch.rebase, client.branch.validate, client.branch.merge, client.branch.delete):
        assert isinstance(call("b1", wait_until_completion=False), str)


@sample("BranchManager.delete", since="1.9")
def a_branch_that_is_deleted_in_git_too(client: InfrahubClientSync) -> None:
    client.branch.delete("b1", delete_from_git=True)


# The rest


@sample("Schema.get", "Schema.all", "Schema.load", "Schema.wait_until_converged", "Schema.in_sync")
def the_state_of_the_schema(client: InfrahubClientSync) -> None:
    assert client.schema.in_sync()
    client.schema.load([], wait_until_converged=True)


@sample(
    "Schema.add_enum_option",
    "Schema.remove_enum_option",
    "Schema.add_dropdown_option",
    "Schema.remove_dropdown_option",
)
def options_of_attributes(client: InfrahubClientSync) -> None:
    account = client.schema.get("CoreAccount")
    account.get_attribute("account_type").enum = ["User"]
    account.get_attribute("label").kind = "Dropdown"
    client.schema.add_enum_option("CoreAccount", "account_type", "Robot")
    client.schema.remove_enum_option("CoreAccount", "account_type", "Robot")
    client.schema.add_dropdown_option(
        "CoreAccount", "label", "gone", color="#ff0000", description="no more", label="Gone"
    )
    client.schema.remove_dropdown_option("CoreAccount", "label", "gone")


@sample("Client.get_version", "Client.diagnose")
def the_server_itself(client: InfrahubClientSync) -> None:
    assert client.get_version()
    client.diagnose()


@sample("Node.save")
def a_create_whose_answer_is_lost(client: InfrahubClientSync) -> None:
    requester: Any = client.config.sync_requester
    lost = []

    def losing(**arguments: Any) -> Any:
        answer = requester(**arguments)
        if "TagCreate" in str(arguments["payload"]) and not lost:
            lost.append(arguments)
            raise ServerNotReachableError("http://infrahub.test:8000", phase="receive", sent=True)
        return answer

    client.config.sync_requester = losing
    client.create("BuiltinTag", name="red", member_of_groups=[["hfid"]]).save()
    assert lost


# Proof


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_server_understands_what_it_is_sent(name: str, release: str) -> None:
    server, case = Release(release), SAMPLES[name]
    client = InfrahubClientSync(config=server.config())
    if at_least(release, case.since):
        case.run(client)
        assert server.sent
    else:
        with pytest.raises(VersionNotSupportedError, match=rf"{case.since} or later; the server is {release}"):
            case.run(client)
        assert [document for document, _ in server.sent if not document.startswith("query Types")] == []
    # Branches are asked for as the newest servers have them: one that lacks a field refuses that, once.
    assert [errors for _, errors in server.refused if "on type 'Branch'" not in errors[0]] == []
    assert len(server.refused) <= (0 if at_least(release, "1.5") else 1)


def facades() -> list[type]:
    """The classes whose methods talk to the server."""
    for path in PACKAGE.rglob("*_sync.py"):
        importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    return [cls for cls in SyncFacade.__subclasses__() if cls.__module__.startswith("infrahub_sdk.")]


def test_every_public_method_has_a_sample_or_sends_no_document() -> None:
    methods = {
        f"{cls.__name__.replace('Infrahub', '').replace('Sync', '')}.{name}"
        for cls in facades()
        for name, member in vars(cls).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)))
    }
    covered = {method for case in SAMPLES.values() for method in case.covers}
    assert sorted(methods - covered - SENDS_NONE) == []
    assert sorted((covered | SENDS_NONE) - methods) == []


def senders() -> set[tuple[str, str]]:
    """The functions of the package that hand a document over to be sent, by file and name."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "execute(" not in text and "request_of(" not in text and "url_of(" not in text:
            continue
        for function in ast.walk(ast.parse(text)):
            if getattr(function, "name", None) == "request_of":
                continue  # what goes through it is told by its callers
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
                map(hands_over, ast.walk(function))
            ):
                found.add((path.relative_to(PACKAGE).as_posix(), function.name))
    return found


def hands_over(item: ast.AST) -> bool:
    if not isinstance(item, ast.Call) or not item.args:
        return False
    function = getattr(item.func, "id", None) or getattr(item.func, "attr", None)
    first, *rest = (ast.unparse(argument) for argument in item.args)
    if function == "url_of":
        return rest[:1] == ["'graphql'"]
    return function in {"execute", "request_of"} and first.split(".")[-1] in {"client", "self"}


@cache
def in_package(filename: str) -> str | None:
    """The path of a file within the package; None for one that is not of it."""
    path = Path(filename)
    return path.relative_to(PACKAGE).as_posix() if PACKAGE in path.parents else None


class Watched(Release):
    """A server that sees through which functions of the package a document came."""

    def __init__(self, release: str, seen: set[tuple[str, str]]) -> None:
        super().__init__(release)
        self.seen = seen

    def _run(self, payload: dict[str, Any]) -> dict[str, Any]:
        frame: Any = sys._getframe()
        while frame is not None:
            path = in_package(frame.f_code.co_filename)
            if path is not None:
                self.seen.add((path, frame.f_code.co_name))
            frame = frame.f_back
        return super()._run(payload)


def test_no_document_of_the_package_is_without_a_sample() -> None:
    seen: set[tuple[str, str]] = set()
    for case in SAMPLES.values():
        case.run(InfrahubClientSync(config=Watched(NEWEST, seen).config()))
    there = {(path, name) for path, name in senders() if not twin_of_another(path)}
    assert len(there) > 10
    assert sorted(there - seen) == []


def twin_of_another(path: str) -> bool:
    """Whether the asynchronous client would send this, through the same functions."""
    return (PACKAGE / path.replace(".py", "_sync.py")).exists()


# What is remembered


def test_what_a_server_has_is_asked_for_once() -> None:
    server = Release("1.4.13")
    client = InfrahubClientSync(config=server.config())
    for _ in range(3):
        assert client.branch.all()
    assert [document[:12] for document, _ in server.sent].count("query Types(") == 1
    assert len(server.sent) == 5  # one that is refused, one that asks, and three that are answered


def test_a_current_server_is_not_asked_what_it_has_for_the_sake_of_branches() -> None:
    server = Release(NEWEST)
    client = InfrahubClientSync(config=server.config())
    client.branch.all()
    client.branch.get("main")
    assert len(server.sent) == 2


def test_one_request_asks_for_all_that_reads_may_need() -> None:
    server = Release(NEWEST)
    client = InfrahubClientSync(config=server.config())
    a_node_with_metadata(client)
    nodes_in_the_order_of_an_attribute(client)
    a_filter_by_label(client)
    assert [document.startswith("query Types(") for document, _ in server.sent] == [True, False, False, False]


def test_a_server_that_was_replaced_by_an_older_one_is_asked_again() -> None:
    server = Release(NEWEST)
    client = InfrahubClientSync(config=server.config())
    client.branch.delete("b1", delete_from_git=True)
    client._server_types["Branch"] = frozenset(server.graphql.type_map["Branch"].fields)
    older = Release("1.4.13")
    client.config.sync_requester = older.config().sync_requester
    assert client.branch.all()
    assert [bool(errors) for _, errors in older.sent] == [True, False, False]
