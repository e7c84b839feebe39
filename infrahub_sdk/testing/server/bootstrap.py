"""What a new server holds: its accounts, what they may do, and the default namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.accounts import permissions
from infrahub_sdk.testing.server.nodes import saving

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

__all__ = ["ADMIN", "ADMIN_PASSWORD", "ADMIN_TOKEN", "set_up"]

# What a real server has before anybody changes it.
ADMIN, ADMIN_PASSWORD = "admin", "infrahub"
ADMIN_TOKEN = "06438eb2-8019-4776-878c-0941b1f1d1ec"  # noqa: S105

_GLOBAL_PERMISSIONS = {
    "super_admin": "everything",
    "edit_default_branch": "writing to the default branch",
    "merge_branch": "merging branches",
    "rebase_branch": "rebasing branches",
    "manage_accounts": "changing accounts, and the groups and roles that they have",
    "manage_permissions": "changing who may do what",
    "manage_schema": "changing the schema",
    "manage_repositories": "adding, changing and deleting repositories",
    "manage_global_preferences": "changing the preferences of everybody",
    "merge_proposed_change": "merging proposed changes",
    "review_proposed_change": "voting on proposed changes",
}
_OBJECT_PERMISSIONS = {
    "view": ("*", "*", "view", permissions.ALL),
    "other branches": ("*", "*", "any", permissions.OTHER),
    "nothing": ("*", "*", "any", permissions.DENY),
    "review": ("Core", "ProposedChange", "update", permissions.ALL),
}
_ROLES = {
    "Super Administrator": ("super_admin",),
    "General Access": ("manage_repositories", "manage_schema", "merge_proposed_change", "view", "other branches"),
    "Proposed Change Reviewer": ("edit_default_branch", "review_proposed_change", "review"),
    permissions.ANONYMOUS: ("view", "nothing"),
}


def set_up(app: App) -> None:
    """Make the nodes that every server has."""
    session = app.session()

    def create(kind: str, **fields: Any) -> str:
        data = {name: value if isinstance(value, list) else {"value": value} for name, value in fields.items()}
        return saving.create(session, session.kinds[kind], data).id

    made = {
        action: create("CoreGlobalPermission", action=action, decision=permissions.ALL, description=f"Allows {what}")
        for action, what in _GLOBAL_PERMISSIONS.items()
    }
    for what, (namespace, name, action, decision) in _OBJECT_PERMISSIONS.items():
        made[what] = create("CoreObjectPermission", namespace=namespace, name=name, action=action, decision=decision)
    roles = {
        name: create("CoreAccountRole", name=name, permissions=_ids(*(made[item] for item in given)))
        for name, given in _ROLES.items()
    }
    admin = create("CoreAccount", name=ADMIN, password=ADMIN_PASSWORD)
    create(
        "CoreAccountGroup", name="Super Administrators", roles=_ids(roles["Super Administrator"]), members=_ids(admin)
    )
    general = _ids(roles["General Access"], roles["Proposed Change Reviewer"])
    create("CoreAccountGroup", name="Infrahub Users", roles=general)
    create(
        "IpamNamespace", name="default", default=True, description="Where addresses are that name no other namespace"
    )
    app.auth.add_token(admin, ADMIN_TOKEN, "Initial token")


def _ids(*ids: str) -> list[dict[str, str]]:
    return [{"id": id} for id in ids]
