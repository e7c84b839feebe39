"""What servers let an account do, by the roles of its groups."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.suite import Refusal, Suite, refusal

USERS = "Infrahub Users"
TAG = 'BuiltinTagCreate(data: { name: {value: "~t"} }) { ok }'
READ = "{ BuiltinTag(limit: 1) { edges { node { name { value } } } } }"
DENIED = (403, "PERMISSION_DENIED", 403)


def group(suite: Suite, name: str) -> str:
    return str(suite.nodes("CoreAccountGroup", f'name__value: "{name}"', "id")[0]["id"])


def role(suite: Suite, **permissions: str) -> str:
    """A new group whose role has new permissions, each given as the fields of its input by its kind."""
    ids = [suite.create(kind, fields) for kind, fields in permissions.items()]
    peers = " ".join(f'{{id: "{id}"}}' for id in ids)
    made = suite.create("CoreAccountRole", f'name: {{value: "~role"}} permissions: [{peers}]')
    return str(suite.create("CoreAccountGroup", f'name: {{value: "~group"}} roles: [{{id: "{made}"}}]'))


def member(suite: Suite, *groups: str, name: str = "~user") -> str:
    """The token of the session of a new account in groups."""
    peers = " ".join(f'{{id: "{id}"}}' for id in groups)
    suite.create("CoreAccount", f'name: {{value: "{name}"}} password: {{value: "secret"}} member_of_groups: [{peers}]')
    reply = suite.http("POST", "/api/auth/login", {"username": name, "password": "secret"}, token=None)
    return str(reply.content["access_token"])


def rule(namespace: str, name: str, action: str, decision: int) -> str:
    values = {"namespace": f'"{namespace}"', "name": f'"{name}"', "action": f'"{action}"', "decision": str(decision)}
    return " ".join(f"{field}: {{value: {value}}}" for field, value in values.items())


def denied(suite: Suite, document: str, **more: Any) -> Refusal:
    """The refusal of a document for want of a permission, with nothing of it run."""
    reply = suite.ask(document, **more)
    found = refusal(reply, reply.content["errors"][0])
    assert (found.status, found.code, found.http_status) == DENIED
    assert (reply.content["data"], found.path) == (None, None)
    return found


def refused(suite: Suite, document: str, path: str, **more: Any) -> None:
    """A field is refused for want of a permission when it is run."""
    found = suite.refused(document, **more)
    assert (found.status, found.code, found.http_status, found.path) == (200, "PERMISSION_DENIED", 403, [path])


def told(suite: Suite, kind: str, **more: Any) -> dict[str, str]:
    """What the server says that one may do with the nodes of a kind."""
    document = f"{{ {kind} {{ permissions {{ edges {{ node {{ kind view create update delete }} }} }} }} }}"
    edges = suite.data(document, **more)[kind]["permissions"]["edges"]
    return {edge["node"].pop("kind"): edge["node"] for edge in edges}[kind]


def test_an_account_without_groups_sees_no_values(suite: Suite) -> None:
    account = member(suite)
    denied(suite, READ, account=account)
    assert set(told(suite, "BuiltinTag", account=account).values()) == {"DENY"}


@pytest.mark.parametrize("fields", ["count", "edges { node { id } }", "edges { node { __typename } }"])
def test_an_account_without_groups_sees_what_is_no_value(suite: Suite, fields: str) -> None:
    assert suite.data(f"{{ BuiltinTag(limit: 1) {{ {fields} }} }}", account=member(suite))


@pytest.mark.parametrize(
    "fields", ["display_label", "hfid", "tags { edges { node { id } } }", "...on BuiltinTag { name { value } }"]
)
def test_labels_peers_and_fragments_are_values_too(suite: Suite, fields: str) -> None:
    kind = "SuiteServer" if "tags" in fields else "CoreNode" if "..." in fields else "BuiltinTag"
    denied(suite, f"{{ {kind}(limit: 1) {{ edges {{ node {{ {fields} }} }} }} }}", account=member(suite))


def test_an_account_without_groups_is_told_about_itself(suite: Suite) -> None:
    account = member(suite)
    profile = suite.data("{ AccountProfile { name { value } } }", account=account)["AccountProfile"]
    assert profile == {"name": {"value": "~user"}}
    document = "{ InfrahubPermissions { global_permissions { count } object_permissions { count } } }"
    found = suite.data(document, account=account)["InfrahubPermissions"]
    assert found == {"global_permissions": {"count": 0}, "object_permissions": {"count": 0}}
    assert suite.data('mutation { InfrahubAccountSelfUpdate(data: {description: "x"}) { ok } }', account=account)


def test_what_an_account_may_do_is_told(suite: Suite) -> None:
    fields = "global_permissions { edges { node { action } } } object_permissions { count }"
    found = suite.data(f"{{ InfrahubPermissions {{ {fields} }} }}", account=member(suite, group(suite, USERS)))
    actions = sorted(edge["node"]["action"] for edge in found["InfrahubPermissions"]["global_permissions"]["edges"])
    general = ["edit_default_branch", "manage_repositories", "manage_schema"]
    assert actions == [*general, "merge_proposed_change", "review_proposed_change"]
    assert found["InfrahubPermissions"]["object_permissions"]["count"] == 3


def test_users_write_on_branches_and_not_on_the_default_branch(suite: Suite) -> None:
    account, branch = member(suite, group(suite, USERS)), suite.branch("~work")
    assert suite.data(READ, account=account)
    denied(suite, f"mutation {{ {TAG} }}", account=account)
    assert suite.data(f"mutation {{ {TAG} }}", account=account, branch=branch) == {"BuiltinTagCreate": {"ok": True}}
    assert suite.labels("BuiltinTag", 'name__value: "~t"') == []
    assert told(suite, "BuiltinTag", account=account)["create"] == "ALLOW_OTHER"
    assert told(suite, "BuiltinTag", account=account, branch=branch)["create"] == "ALLOW"


def test_a_document_is_refused_as_a_whole(suite: Suite) -> None:
    account = member(suite, group(suite, USERS))
    denied(suite, f'mutation {{ BranchCreate(data: {{name: "~own"}}) {{ ok }} {TAG} }}', account=account)
    assert "~own" not in [branch["name"] for branch in suite.data("{ Branch { name } }")["Branch"]]


@pytest.mark.parametrize(
    "mutation",
    [
        'CoreAccountCreate(data: {name: {value: "~a"}, password: {value: "secret"}}) { ok }',
        'CoreAccountGroupCreate(data: {name: {value: "~g"}}) { ok }',
        'CoreAccountRoleCreate(data: {name: {value: "~r"}}) { ok }',
        'CoreGlobalPermissionCreate(data: {action: {value: "merge_branch"}, decision: {value: 1}}) { ok }',
        'BranchRebase(data: {name: "~work"}) { ok }',
        'BranchMerge(data: {name: "~work"}) { ok }',
        'BuiltinTagCreate(data: {name: {value: "~t"}}) { object { member_of_groups { count } } }',
    ],
)
def test_users_do_not_manage_accounts_permissions_and_branches(suite: Suite, mutation: str) -> None:
    account, branch = member(suite, group(suite, USERS)), suite.branch("~work")
    denied(suite, f"mutation {{ {mutation} }}", account=account, branch=branch)


def test_users_do_not_see_who_may_do_what(suite: Suite) -> None:
    document = "{ CoreAccountRole { edges { node { permissions { count } } } } }"
    denied(suite, document, account=member(suite, group(suite, USERS)))
    denied(suite, document, token=None)


def test_a_branch_is_deleted_by_who_made_it(suite: Suite) -> None:
    account, other = member(suite, group(suite, USERS)), suite.branch("~other")
    suite.data('mutation { BranchCreate(data: {name: "~own", sync_with_git: false}) { ok } }', account=account)
    refused(suite, f'mutation {{ BranchDelete(data: {{name: "{other}"}}) {{ ok }} }}', "BranchDelete", account=account)
    assert suite.data('mutation { BranchDelete(data: {name: "~own"}) { ok } }', account=account)


def test_nobody_puts_himself_into_another_group(suite: Suite) -> None:
    account, branch = member(suite, group(suite, USERS)), suite.branch("~work")
    [me] = suite.nodes("CoreAccount", 'name__value: "~user"', "id")
    fields = f'id: "{me["id"]}", name: "member_of_groups", nodes: [{{id: "{group(suite, "Super Administrators")}"}}]'
    for name in ("RelationshipAdd", "RelationshipRemove"):
        refused(suite, f"mutation {{ {name}(data: {{ {fields} }}) {{ ok }} }}", name, account=account, branch=branch)


def test_the_schema_is_changed_by_who_may(suite: Suite) -> None:
    account, branch = member(suite), suite.branch("~work")
    document = 'mutation { SchemaEnumAdd(data: {kind: "SuiteServer", attribute: "size", enum: "huge"}) { ok } }'
    refused(suite, document, "SchemaEnumAdd", account=account, branch=branch)
    for path in ("/api/schema/load", f"/api/schema/load?branch={branch}"):
        reply = suite.http("POST", path, {"schemas": [{"version": "1.0"}]}, account=account)
        assert (reply.status, reply.content["errors"][0]["extensions"]["code"]) == (403, 403)


def test_a_rule_for_a_kind_counts_more_than_one_for_all(suite: Suite) -> None:
    made = role(suite, CoreObjectPermission=rule("Builtin", "Tag", "any", 1))
    account, branch = member(suite, group(suite, USERS), made), suite.branch("~work")
    denied(suite, READ, account=account)
    denied(suite, f"mutation {{ {TAG} }}", account=account, branch=branch)
    assert suite.data("{ SuitePerson { edges { node { name { value } } } } }", account=account)


def test_a_role_lets_an_account_write_on_the_default_branch(suite: Suite) -> None:
    made = role(suite, CoreObjectPermission=rule("Suite", "Person", "create", 2))
    account = member(suite, group(suite, USERS), made)
    suite.ends_with('SuitePersonDelete(data: {hfid: ["~p"]}) { ok }')
    document = 'mutation { SuitePersonCreate(data: {name: {value: "~p"}}) { ok } }'
    assert suite.data(document, account=account) == {"SuitePersonCreate": {"ok": True}}
    denied(suite, document.replace("Create", "Upsert"), account=account)
    denied(suite, f"mutation {{ {TAG} }}", account=account)


def test_a_denial_counts_more_than_what_another_role_gives(suite: Suite) -> None:
    made = role(suite, CoreGlobalPermission='action: {value: "manage_schema"} decision: {value: 1}')
    account, branch = member(suite, group(suite, USERS), made), suite.branch("~work")
    document = 'mutation { SchemaEnumAdd(data: {kind: "SuiteServer", attribute: "size", enum: "huge"}) { ok } }'
    refused(suite, document, "SchemaEnumAdd", account=account, branch=branch)


def test_whoever_comes_later_works_on_older_branches_too(suite: Suite) -> None:
    branch = suite.branch("~work")
    account = member(suite, group(suite, USERS))
    assert suite.data(f"mutation {{ {TAG} }}", account=account, branch=branch)


def test_an_administrator_may_do_everything(suite: Suite) -> None:
    account = member(suite, group(suite, "Super Administrators"))
    suite.ends_with('BuiltinTagDelete(data: { hfid: ["~t"] }) { ok }')
    assert suite.data(f"mutation {{ {TAG} }}", account=account)
    assert set(told(suite, "CoreAccount", account=account).values()) == {"ALLOW"}


def test_tokens_and_preferences_are_for_those_who_say_who_they_are(suite: Suite) -> None:
    for document in ("{ InfrahubAccountToken { count } }", "{ InfrahubUserPreferences { timezone } }"):
        found = suite.refused(document, token=None)
        assert (found.status, found.code, found.path) == (401, "AUTHENTICATION_REQUIRED", None)


def test_an_api_token_does_not_show_other_tokens(suite: Suite) -> None:
    refused(suite, "{ InfrahubAccountToken { count } }", "InfrahubAccountToken")


def test_preferences_of_everybody_are_for_those_who_manage_them(suite: Suite) -> None:
    account = member(suite, group(suite, USERS))
    refused(suite, "{ InfrahubGlobalPreferences { timezone } }", "InfrahubGlobalPreferences", account=account)


def test_what_managers_may_do_is_no_matter_of_rules(suite: Suite) -> None:
    account = member(suite, group(suite, USERS))
    everything = dict.fromkeys(("view", "create", "update", "delete"), "ALLOW")
    assert told(suite, "CoreRepository", account=account) == everything
    assert told(suite, "CoreAccount", account=account) == {**dict.fromkeys(everything, "DENY"), "view": "ALLOW"}


def test_a_proposed_change_is_merged_by_who_may(suite: Suite) -> None:
    made = role(suite, CoreGlobalPermission='action: {value: "merge_proposed_change"} decision: {value: 1}')
    account, branch = member(suite, group(suite, USERS), made), suite.branch("~work")
    fields = f'name: {{value: "~c"}} source_branch: {{value: "{branch}"}} destination_branch: {{value: "main"}}'
    change = suite.create("CoreProposedChange", fields)
    fields = f'id: "{change}" state: {{value: "merged"}}'
    found = suite.refused(f"mutation {{ CoreProposedChangeUpdate(data: {{ {fields} }}) {{ ok }} }}", account=account)
    assert (found.path, found.http_status) == (["CoreProposedChangeUpdate"], 422)
    asked = f'CoreProposedChangeAvailableActions(proposed_change_id: "{change}")'
    document = f"{{ {asked} {{ edges {{ node {{ action available }} }} }} }}"
    edges = suite.data(document, account=account)["CoreProposedChangeAvailableActions"]["edges"]
    available = {edge["node"]["action"]: edge["node"]["available"] for edge in edges}
    assert (available["approve"], available["merge"]) == (True, False)
    suite.update("CoreProposedChange", f'id: "{change}" state: {{value: "closed"}}')
