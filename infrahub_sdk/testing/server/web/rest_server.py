"""The endpoints that say what the server is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.accounts.permissions import ANONYMOUS
from infrahub_sdk.testing.server.web.exchange import Answer
from infrahub_sdk.testing.server.web.routing import Routes, session

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["routes"]

routes = Routes()


@routes.add("GET", "/api/config", is_open=True)
def config(app: App, request: Request, account: str | None) -> Answer:
    """The settings that a client may want to know."""
    return Answer(
        {
            "main": {
                "docs_index_path": "",
                "internal_address": None,
                "allow_anonymous_access": True,
                "anonymous_access_role": ANONYMOUS,
                "telemetry_optout": True,
                "telemetry_endpoint": "",
                "permission_backends": [],
                "public_url": None,
                "schema_strict_mode": True,
                "diff_update_after_merge": True,
                "delete_branch_after_merge": False,
                "selective_execution_after_merge": False,
                "merge_failure_grace_period_seconds": 180,
            },
            "logging": {
                "remote": {"enable": False, "frontend_dsn": None, "api_server_dsn": None, "git_agent_dsn": None}
            },
            "analytics": {"enable": False, "address": None, "api_key": None},
            "experimental_features": {"graphql_enums": False, "value_db_index": False},
            "sso": {"providers": [], "enabled": False},
            "ldap": {"enabled": False, "display_label": "", "icon": ""},
            "installation_type": "local",
            "policy": {"required_proposed_change_approvals": 0, "revoke_proposed_change_approvals": False},
        }
    )


@routes.add("GET", "/api/info")
def info(app: App, request: Request, account: str | None) -> Answer:
    """Which server this is."""
    return Answer({"deployment_id": app.deployment_id, "version": app.version})


@routes.add("GET", "/api/menu")
def menu(app: App, request: Request, account: str | None) -> Answer:
    """The menu of a web interface: there is none."""
    session(app, request, account)
    return Answer({"sections": {"internal": [], "object": []}})
