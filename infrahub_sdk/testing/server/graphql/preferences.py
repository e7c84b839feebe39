"""How users want dates and times shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.graphql.resolvers import resolves

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_NAMES = ("date_format", "timezone")


@resolves("Query.InfrahubUserPreferences")
def of_user(_: Any, info: Any) -> dict[str, Any]:
    """What the account that asks has set."""
    return _kept(info.context, _account(info.context))


@resolves("Query.InfrahubGlobalPreferences")
def of_all(_: Any, info: Any) -> dict[str, Any]:
    """What holds for those who have set nothing."""
    info.context.permissions.require("manage_global_preferences")
    return _kept(info.context, "global")


@resolves("Query.InfrahubEffectivePreferences")
def effective(_: Any, info: Any) -> dict[str, Any]:
    """What holds for the account that asks."""
    session: Session = info.context
    own, shared = _kept(session, _account(session)), _kept(session, "global")
    found = {}
    for name in _NAMES:
        by_source = {"USER": own[name], "GLOBAL": shared[name], "DEFAULT": None}
        source = next(key for key, value in by_source.items() if value is not None or key == "DEFAULT")
        found[name] = {"value": by_source[source], "source": source, "inherited": shared[name]}
    return found


@resolves("Mutation.InfrahubSetPreferences")
def change(_: Any, info: Any, scope: str, **given: str | None) -> dict[str, Any]:
    """Set some; null takes one away, and what is not given stays."""
    session: Session = info.context
    if scope == "GLOBAL":
        session.permissions.require("manage_global_preferences")
    owner = "global" if scope == "GLOBAL" else _account(session)
    if given.get("timezone"):
        _check_timezone(str(given["timezone"]))
    kept = {**_kept(session, owner), **{name: value or None for name, value in given.items()}}
    with session.storage.transaction():
        session.storage.rows("delete from setting where name = ?", [_key(owner)])
        session.storage.insert("setting", [{"name": _key(owner), "value": json.dumps(kept)}])
    return {"ok": True, **kept}


def _account(session: Session) -> str:
    if session.account is None:
        raise Refused("Preferences are those of an account: log in, or send a token", "AUTHENTICATION_REQUIRED", 401)
    return session.account


def _key(owner: str) -> str:
    return f"preferences of {owner}"


def _kept(session: Session, owner: str) -> dict[str, Any]:
    rows = session.storage.rows("select value from setting where name = ?", [_key(owner)])
    return {**dict.fromkeys(_NAMES), **(json.loads(rows[0][0]) if rows else {})}


def _check_timezone(name: str) -> None:
    from zoneinfo import available_timezones

    known = available_timezones()  # none on a host without the database
    if known and name not in known:
        raise Refused(f"{name} is no time zone of the IANA database", "UNDEFINED_ERROR", 422)
