"""Accounts, tokens and what the server is, in GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.database import clock
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.nodes import labels, lookup, saving

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session


@resolves("Query.InfrahubInfo")
def info(_: Any, info: Any) -> dict[str, Any]:
    """Which server this is."""
    app = info.context.app
    return {"deployment_id": app.deployment_id, "version": app.version}


@resolves("Query.InfrahubStatus")
def status(_: Any, info: Any) -> dict[str, Any]:
    """Whether all workers have the same schema; there is one."""
    session: Session = info.context
    document = session.kinds.document
    worker = {"id": session.app.deployment_id, "active": True, "schema_hash": document.get("main")}
    return {
        "summary": {"schema_hash_synced": True},
        "workers": {"edges": [{"node": worker}]},
    }


@resolves("Query.AccountProfile")
def profile(_: Any, info: Any) -> Node:
    """The account that asks."""
    return _account(info.context)


@resolves("Query.InfrahubAccountToken")
def tokens(_: Any, info: Any, limit: int | None = None, offset: int | None = None) -> dict[str, Any]:
    """The tokens of the account that asks, without what is secret of them."""
    account = _logged_in(info.context)
    rows = info.context.storage.rows("select id, name, expires_at from token where account = ?", [account.id])
    nodes = [
        {"id": id, "name": name, "expiration": None if expires is None else clock.shown(expires)}
        for id, name, expires in rows
    ]
    shown = nodes[offset or 0 :][:limit]
    return {"count": len(nodes), "edges": [{"node": node} for node in shown]}


@resolves("Mutation.InfrahubAccountTokenCreate")
def create_token(_: Any, info: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Make a token for the account that asks."""
    account = _logged_in(info.context)
    expires = data.get("expiration")
    token = info.context.app.auth.add_token(
        account.id, name=data.get("name") or "", expires=None if expires is None else clock.microseconds(expires)
    )
    [(id,)] = info.context.storage.rows("select id from token where token = ?", [token])
    return {"ok": True, "object": {"id": id, "token": {"value": token}}}


@resolves("Mutation.InfrahubAccountTokenDelete")
def delete_token(_: Any, info: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Take away a token of the account that asks."""
    storage = info.context.storage
    key = [data["id"], _logged_in(info.context).id]
    if not storage.rows("select 1 from token where id = ? and account = ?", key):
        raise lookup.not_found("AccountToken", data["id"])
    storage.rows("delete from token where id = ? and account = ?", key)
    return {"ok": True}


@resolves("Mutation.InfrahubAccountSelfUpdate")
def update_self(_: Any, info: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Change the description or the password of the account that asks."""
    account = _logged_in(info.context)
    changes = {name: {"value": data[name]} for name in ("description", "password") if data.get(name) is not None}
    saving.update(info.context, account.kind, {"id": account.id, **changes})
    return {"ok": True}


@resolves("Query.InfrahubPermissions")
def permissions(_: Any, info: Any) -> dict[str, Any]:
    """What the account that asks may do."""
    session: Session = info.context
    return {
        "global_permissions": _permissions(session, session.permissions.global_ids),
        "object_permissions": _permissions(session, session.permissions.object_ids),
    }


def _permissions(session: Session, ids: list[str]) -> dict[str, Any]:
    edges = []
    for node in session.get(ids).values():
        values = {name: value.value for name, value in node.values.items()}
        label = labels.display_label(node)
        edges.append({"node": {"name": label, **values, "id": node.id, "display_label": label, "identifier": label}})
    return {"count": len(edges), "edges": edges}


def _logged_in(session: Session) -> Node:
    """The account that asks, which has to have logged in."""
    if session.has_api_token:
        nobody = {"action": None, "resource_kind": None}
        raise Refused("Log in for this: an API token is not enough", "PERMISSION_DENIED", 403, nobody)
    return _account(session)


def _account(session: Session) -> Node:
    account = session.get([session.account]).get(session.account) if session.account else None
    if account is None:
        raise lookup.not_found("CoreGenericAccount", "anonymous")
    return account
