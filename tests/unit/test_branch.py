"""What `client.branch` asks the server for, and what it makes of the answers, lost ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.branch_base import BranchData, BranchStatus
from infrahub_sdk.exceptions import (
    BranchNotFoundError,
    Error,
    GraphQLError,
    InvalidResponseError,
    OutcomeUnknownError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    VersionNotSupportedError,
)
from infrahub_sdk.timestamp import Timestamp
from tests.unit.fake import ADDRESS, Fake, noting
from tests.unit.kinds import schema

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = (
    "id name description origin_branch branched_from is_default sync_with_git has_schema_changes graph_version status"
)


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


@pytest.fixture
def client(fake: Fake) -> InfrahubClient:
    client = InfrahubClient(config=fake.config())
    client._port.sleep = noting(WAITS)  # type: ignore[method-assign]
    WAITS.clear()
    return client


WAITS: list[float] = []


def branch_data(name: str = "b1", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-of-{name}",
        "name": name,
        "description": "",
        "origin_branch": "main",
        "branched_from": "2024-01-01T00:00:00.000000Z",
        "is_default": name == "main",
        "sync_with_git": False,
        "has_schema_changes": False,
        "graph_version": 79,
        "status": "OPEN",
        **fields,
    }


def answers_branches(fake: Fake, *branches: dict[str, Any]) -> None:
    fake.answers_data({"Branch": list(branches)})


def lost(sent: bool = True) -> ServerNotReachableError:
    return ServerNotReachableError(ADDRESS, "The connection was lost.", phase="receive", sent=sent)


# Reading


async def test_all_branches_are_read_in_one_request(fake: Fake, client: InfrahubClient) -> None:
    answers_branches(fake, branch_data("main"), branch_data("b1", status="NEED_REBASE"))
    branches = await client.branch.all()
    assert {name: branch.status for name, branch in branches.items()} == {
        "main": BranchStatus.OPEN,
        "b1": BranchStatus.NEED_REBASE,
    }
    assert fake.documents == [f"query GetAllBranch {{ Branch {{ {FIELDS} }} }}"]
    assert (fake.sent[0].path, fake.sent[0].payload["operationName"]) == ("/graphql/main", "GetAllBranch")


async def test_a_branch_is_asked_for_by_a_variable(fake: Fake, client: InfrahubClient) -> None:
    answers_branches(fake, branch_data('say "hi"'))
    branch = await client.branch.get('say "hi"')
    assert (branch.name, branch.origin_branch, branch.graph_version) == ('say "hi"', "main", 79)
    assert fake.documents == [
        f"query GetBranch ($branch_name: String!) {{ Branch(name: $branch_name) {{ {FIELDS} }} }}"
    ]
    assert fake.sent[0].payload["variables"] == {"branch_name": 'say "hi"'}


async def test_a_branch_that_is_not_there_is_named_with_the_nearest(fake: Fake, client: InfrahubClient) -> None:
    answers_branches(fake)
    answers_branches(fake, branch_data("main"), branch_data("change-1"))
    with pytest.raises(BranchNotFoundError, match=r"no branch named 'chnage-1' .* mean 'change-1'") as caught:
        await client.branch.get(branch_name="chnage-1")
    assert caught.value.identifier == "chnage-1"


async def test_a_branch_that_is_not_there_is_named_when_the_others_cannot_be_read(
    fake: Fake, client: InfrahubClient
) -> None:
    answers_branches(fake)
    fake.fails(lost())
    with pytest.raises(BranchNotFoundError, match="no branch named 'nope'"):
        await client.branch.get("nope")


async def test_no_branch_has_an_empty_name(fake: Fake, client: InfrahubClient) -> None:
    answers_branches(fake, branch_data("main"))
    with pytest.raises(BranchNotFoundError, match="no branch named ''"):
        await client.branch.get("")


async def test_an_answer_without_a_branch_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchRebase": {"ok": True, "object": None}})
    with pytest.raises(InvalidResponseError, match="no branch"):
        await client.branch.rebase("b1")


async def test_an_answer_without_branches_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({})
    with pytest.raises(InvalidResponseError, match="no branches"):
        await client.branch.all()
    fake.answers_data({"Branch": None})
    with pytest.raises(InvalidResponseError, match="no branches"):
        await client.branch.get("b1")


async def test_a_status_of_a_later_server_is_kept_as_it_is(fake: Fake, client: InfrahubClient) -> None:
    answers_branches(fake, branch_data(status="ARCHIVED"))
    assert (await client.branch.get("b1")).status == "ARCHIVED"


async def test_a_server_that_renamed_a_field_is_understood(fake: Fake, client: InfrahubClient) -> None:
    fake.types["Branch"] = [*FIELDS.replace("has_schema_changes ", "").split(), "schema_differs_from_default_branch"]
    fake.answers_errors("Cannot query field 'has_schema_changes' on type 'Branch'.")
    answers_branches(fake, branch_data(has_schema_changes=True))
    assert (await client.branch.get("b1")).has_schema_changes is True
    assert "has_schema_changes: schema_differs_from_default_branch" in fake.documents[1]


async def test_a_refusal_for_another_reason_is_not_taken_for_one_of_an_old_server(
    fake: Fake, client: InfrahubClient
) -> None:
    fake.answers_errors("Cannot query field 'Branch' on type 'Query'.")
    with pytest.raises(GraphQLError, match="on type 'Query'"):
        await client.branch.all()
    assert not fake.type_requests


async def test_a_refusal_that_asking_does_not_explain_is_passed_on(fake: Fake, client: InfrahubClient) -> None:
    fake.types["Branch"] = FIELDS.split()
    fake.answers_errors("Cannot query field 'status' on type 'Branch'.")
    with pytest.raises(GraphQLError, match="'status'"):
        await client.branch.all()
    assert len(fake.sent) == 1


# Changing


async def test_a_branch_is_made_and_the_client_waits_for_it(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchCreate": {"ok": True, "object": branch_data(description="why")}})
    branch = await client.branch.create("b1", description="why")
    assert isinstance(branch, BranchData)
    assert (branch.name, branch.description) == ("b1", "why")
    assert fake.documents == [
        'mutation { BranchCreate(wait_until_completion: true, data: { name: "b1", description: "why",'
        f" sync_with_git: false }}) {{ ok object {{ {FIELDS} }} }} }}"
    ]


@pytest.mark.parametrize("options", [{"wait_until_completion": False}, {"background_execution": True}])
async def test_a_branch_that_nobody_waits_for_gives_the_id_of_a_task(
    fake: Fake, client: InfrahubClient, options: dict[str, bool]
) -> None:
    fake.answers_data({"BranchCreate": {"ok": True, "task": {"id": "task-1"}}})
    assert await client.branch.create("b1", sync_with_git=True, **options) == "task-1"  # type: ignore[call-overload]
    assert "wait_until_completion: false" in fake.documents[0]
    assert fake.documents[0].endswith("{ ok task { id } } }")


@pytest.mark.parametrize(
    ("action", "answer", "result"),
    [
        ("delete", {}, True),
        ("merge", {"object": branch_data(status="MERGED")}, True),
        ("rebase", {"object": branch_data()}, BranchData._wrap(branch_data())),
        ("validate", {"object": branch_data()}, BranchData._wrap(branch_data())),
    ],
)
async def test_work_is_waited_for_and_gives_its_result(
    fake: Fake, client: InfrahubClient, action: str, answer: dict[str, Any], result: Any
) -> None:
    name = f"Branch{action.title()}"
    fake.answers_data({name: {"ok": True, **answer}})
    assert await getattr(client.branch, action)("b1") == result
    assert fake.documents[0].startswith(f'mutation {{ {name}(wait_until_completion: true, data: {{ name: "b1" }})')


@pytest.mark.parametrize("action", ["delete", "merge", "rebase", "validate"])
async def test_work_that_nobody_waits_for_gives_the_id_of_a_task(
    fake: Fake, client: InfrahubClient, action: str
) -> None:
    fake.answers_data({f"Branch{action.title()}": {"ok": True, "task": {"id": "task-1"}}})
    assert await getattr(client.branch, action)("b1", wait_until_completion=False) == "task-1"
    assert fake.sent[0].timeout == client.default_timeout


async def test_a_task_without_an_id_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchMerge": {"ok": True, "task": None}})
    with pytest.raises(InvalidResponseError, match="names no task"):
        await client.branch.merge("b1", wait_until_completion=False)


async def test_work_may_take_five_minutes_or_what_the_user_allows(fake: Fake, client: InfrahubClient) -> None:
    for _ in range(3):
        fake.answers_data({"BranchRebase": {"ok": True, "object": branch_data()}})
    await client.branch.rebase("b1")
    await client.branch.rebase("b1", timeout=20)
    client.default_timeout = 900
    await client.branch.rebase("b1")
    assert [sent.timeout for sent in fake.sent] == [300, 20, 900]


async def test_a_description_is_changed(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchUpdate": {"ok": True}})
    assert await client.branch.update("b1", description="because") is True
    assert fake.documents == ['mutation { BranchUpdate(data: { name: "b1", description: "because" }) { ok } }']


async def test_a_branch_is_deleted_in_git_where_the_server_can(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchDelete": {"ok": True}})
    await client.branch.delete("b1", delete_from_git=True)
    assert "delete_from_git: true" in fake.documents[0]
    fake.types["BranchDeleteInput"] = []
    older = InfrahubClient(config=fake.config())
    with pytest.raises(VersionNotSupportedError, match=r"delete_from_git=True\) requires Infrahub 1\.9"):
        await older.branch.delete("b1", delete_from_git=True)
    assert len(fake.sent) == 1


async def test_what_a_server_lacks_is_asked_again_after_a_while(
    fake: Fake, client: InfrahubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.types["BranchDeleteInput"] = ["name"]
    with pytest.raises(VersionNotSupportedError):
        await client.branch.delete("b1", delete_from_git=True)
    fake.types["BranchDeleteInput"] = ["name", "delete_from_git"]  # it was replaced by a later release
    with pytest.raises(VersionNotSupportedError):
        await client.branch.delete("b1", delete_from_git=True)
    assert len(fake.type_requests) == 1
    monkeypatch.setattr("infrahub_sdk.core.server.TRUSTED_FOR", -1.0)
    fake.answers_data({"BranchDelete": {"ok": True}})
    assert await client.branch.delete("b1", delete_from_git=True) is True


@pytest.mark.parametrize("action", ["delete", "merge", "rebase", "validate"])
@pytest.mark.parametrize(
    ("message", "extensions"), [("no", {"code": "BRANCH_NOT_FOUND"}), ("Branch: b1 not found.", {"code": 400})]
)
async def test_work_on_a_branch_that_is_not_there_says_so(
    fake: Fake, client: InfrahubClient, action: str, message: str, extensions: dict[str, Any]
) -> None:
    fake.answers_errors(message, **extensions)
    answers_branches(fake, branch_data("main"), branch_data("b12"))
    with pytest.raises(BranchNotFoundError, match=r"no branch named 'b1' .* mean 'b12'") as caught:
        await getattr(client.branch, action)("b1")
    assert isinstance(caught.value.__cause__, GraphQLError)


async def test_what_the_server_refuses_is_said_in_its_words(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_errors("The branch b1 already exists")
    with pytest.raises(GraphQLError, match="already exists"):
        await client.branch.create("b1")
    fake.answers_data({"BranchDelete": {"ok": False}})
    with pytest.raises(Error, match="did not carry out BranchDelete for 'b1'"):
        await client.branch.delete("b1")


async def test_a_branch_that_was_passed_over_does_not_count_as_merged(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchMerge": {"ok": True, "object": branch_data(status="NEED_REBASE")}})
    with pytest.raises(Error, match="did not merge branch 'b1', whose status is NEED_REBASE"):
        await client.branch.merge("b1")


async def test_a_branch_that_is_gone_when_it_is_merged_was_merged(fake: Fake, client: InfrahubClient) -> None:
    fake.answers_data({"BranchMerge": {"ok": True, "object": None}})
    assert await client.branch.merge("b1") is True


async def test_a_server_that_does_not_mark_merged_branches_is_believed(fake: Fake, client: InfrahubClient) -> None:
    fake.types["InfrahubBranch"] = []
    fake.answers_data({"BranchMerge": {"ok": True, "object": branch_data(status="NEED_REBASE")}})
    assert await client.branch.merge("b1") is True


# What is remembered


async def remember(client: InfrahubClient, *branches: str) -> None:
    for branch in branches:
        await client.schema.all(branch=branch)
        node = await client.create("BuiltinTag", name="red", branch=branch)
        client.store.set(node, key="red", branch=branch)


async def test_a_deleted_branch_is_forgotten(fake: Fake, client: InfrahubClient) -> None:
    await remember(client, "main", "b1")
    fake.answers_data({"BranchDelete": {"ok": True}})
    await client.branch.delete("b1")
    assert (list(client.schema.cache), client.store.count("b1"), client.store.count("main")) == (["main"], 0, 1)


async def test_a_new_branch_has_nothing_of_one_that_had_its_name(fake: Fake, client: InfrahubClient) -> None:
    await remember(client, "main", "b1")
    fake.answers_data({"BranchCreate": {"ok": True, "object": branch_data()}})
    await client.branch.create("b1")
    assert (list(client.schema.cache), client.store.count("b1")) == (["main"], 0)


async def test_a_merge_may_change_the_schema_of_the_branch_that_takes_it(fake: Fake, client: InfrahubClient) -> None:
    await remember(client, "main", "b1")
    fake.answers_data({"BranchMerge": {"ok": True, "object": branch_data(status="MERGED")}})
    await client.branch.merge("b1")
    assert (list(client.schema.cache), client.store.count("main")) == (["b1"], 1)


async def test_a_rebase_may_change_the_schema_of_the_branch(fake: Fake, client: InfrahubClient) -> None:
    await remember(client, "main", "b1")
    fake.answers_data({"BranchRebase": {"ok": True, "object": branch_data()}})
    await client.branch.rebase("b1")
    assert (list(client.schema.cache), client.store.count("b1")) == (["main"], 1)


# Lost answers


def now() -> str:
    return Timestamp().to_string()


async def test_a_request_that_never_left_is_not_looked_for(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost(sent=False))
    with pytest.raises(ServerNotReachableError, match="lost") as caught:
        await client.branch.create("b1")
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert len(fake.sent) == 1


@pytest.mark.parametrize(
    "loses",
    [
        lambda fake: fake.fails(lost()),
        lambda fake: fake.fails(ServerNotResponsiveError(ADDRESS, 60, sent=True)),
        lambda fake: fake.answers_bytes(504, b"<html>Gateway Timeout</html>"),
    ],
    ids=["connection", "time", "proxy"],
)
async def test_a_branch_that_was_made_although_the_answer_was_lost_is_found(
    fake: Fake, client: InfrahubClient, loses: Callable[[Fake], None]
) -> None:
    loses(fake)
    answers_branches(fake)
    answers_branches(fake, branch_data(description="why", branched_from=now()))
    branch = await client.branch.create("b1", description="why")
    assert isinstance(branch, BranchData)
    assert branch.name == "b1"
    assert [document.split()[0] for document in fake.documents] == ["mutation", "query", "query"]
    assert WAITS == [1.0]


@pytest.mark.parametrize(
    "other",
    [{"description": "another's"}, {"sync_with_git": True}, {"branched_from": "2024-01-01T00:00:00Z"}],
    ids=["description", "git", "age"],
)
async def test_a_branch_of_the_same_name_is_not_taken_for_the_one_that_was_to_be_made(
    fake: Fake, client: InfrahubClient, other: dict[str, Any]
) -> None:
    fake.fails(lost())
    for _ in range(5):
        answers_branches(fake, branch_data(**{"branched_from": now(), **other}))
    with pytest.raises(OutcomeUnknownError, match=r"BranchCreate of 'b1' .* not known .*: The connection was lost\."):
        await client.branch.create("b1")


async def test_a_branch_that_does_not_appear_is_not_made_a_second_time(fake: Fake, client: InfrahubClient) -> None:
    client.retry_on_failure = True
    fake.fails(lost())
    for _ in range(5):
        answers_branches(fake)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.branch.create("b1")
    assert (caught.value.kind, caught.value.identifier, caught.value.sent) == ("Branch", "b1", True)
    assert isinstance(caught.value.__cause__, ServerNotReachableError)
    assert [document.split()[0] for document in fake.documents] == ["mutation", *["query"] * 5]


async def test_looking_while_the_server_is_away_finds_nothing(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    for _ in range(5):
        fake.fails(lost(sent=False))
    with pytest.raises(OutcomeUnknownError, match="not known"):
        await client.branch.merge("b1")


async def test_a_merge_that_goes_on_is_waited_for(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    for status in ("OPEN", *["MERGING"] * 10, "MERGED"):
        answers_branches(fake, branch_data(status=status))
    assert await client.branch.merge("b1") is True
    assert len(WAITS) == 11


async def test_a_merge_that_goes_on_when_the_time_is_over_is_said_to(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(ServerNotResponsiveError(ADDRESS, 1e-9, sent=True))
    answers_branches(fake, branch_data(status="MERGING"))
    with pytest.raises(OutcomeUnknownError, match="the server is still at it"):
        await client.branch.merge("b1", timeout=1e-9)  # type: ignore[call-overload]
    assert len(fake.sent) == 2


async def test_a_merge_that_failed_meanwhile_is_an_error(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    answers_branches(fake, branch_data(status="MERGE_FAILED"))
    with pytest.raises(Error, match="did not merge branch 'b1', whose status is MERGE_FAILED"):
        await client.branch.merge("b1")


async def test_a_branch_that_is_gone_was_deleted(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    answers_branches(fake, branch_data(status="DELETING"))
    answers_branches(fake)
    assert await client.branch.delete("b1") is True


async def test_a_branch_that_was_deleted_by_an_attempt_before_is_no_error(fake: Fake, client: InfrahubClient) -> None:
    client.retry_on_failure = True
    fake.fails(lost())
    fake.answers_errors("no", code="BRANCH_NOT_FOUND")
    assert await client.branch.delete("b1") is True
    assert len(fake.sent) == 2


@pytest.mark.parametrize("action", ["rebase", "validate", "delete"])
async def test_work_that_may_be_done_twice_is_tried_again_where_the_user_wants_that(
    fake: Fake, client: InfrahubClient, action: str
) -> None:
    client.retry_on_failure = True
    fake.fails(lost())
    fake.answers_data({f"Branch{action.title()}": {"ok": True, "object": branch_data()}})
    assert await getattr(client.branch, action)("b1")
    assert len(fake.sent) == 2


async def test_work_that_leaves_no_sign_fails_with_the_failure_itself(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    with pytest.raises(ServerNotReachableError, match="lost") as caught:
        await client.branch.rebase("b1")
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert len(fake.sent) == 1


async def test_a_task_whose_id_was_lost_cannot_be_told(fake: Fake, client: InfrahubClient) -> None:
    fake.fails(lost())
    with pytest.raises(OutcomeUnknownError, match="not known"):
        await client.branch.create("b1", wait_until_completion=False)
    assert len(fake.sent) == 1


def test_the_names_of_the_module_are_those_that_programs_import() -> None:
    from infrahub_sdk import branch, branch_sync

    assert branch.QUERY_ALL_BRANCHES_DATA == {"Branch": branch.BRANCH_DATA}
    assert branch.QUERY_ONE_BRANCH_DATA["Branch"]["@filters"] == {"name": "$branch_name"}
    assert branch.MUTATION_QUERY_DATA == {"ok": None, "object": branch.BRANCH_DATA}
    assert branch.MUTATION_QUERY_TASK == {"ok": None, "task": {"id": None}}
    assert branch.BRANCH_DATA_FILTER == {"@filters": {"name": "$branch_name"}}
    assert branch.InfrahubBranchManagerSync is branch_sync.InfrahubBranchManagerSync
