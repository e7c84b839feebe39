"""What resolves the mutations of nodes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server import files
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import deleting, lookup, saving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.web.multipart import Part

__all__ = ["change", "create", "delete", "update", "upsert"]


def create(
    _: Any, info: Any, kind: Kind, data: dict[str, Any], context: Any = None, file: Any = None
) -> dict[str, Any]:
    """Make a node."""
    with change(info.context, context) as session:
        return {"ok": True, "object": saving.create(session, kind, _with(data, file))}


def update(
    _: Any, info: Any, kind: Kind, data: dict[str, Any], context: Any = None, file: Any = None
) -> dict[str, Any]:
    """Change a node."""
    with change(info.context, context) as session:
        return {"ok": True, "object": saving.update(session, kind, _with(data, file))}


def upsert(
    _: Any, info: Any, kind: Kind, data: dict[str, Any], context: Any = None, file: Any = None
) -> dict[str, Any]:
    """Change a node, or make it."""
    with change(info.context, context) as session:
        node, _is_new = saving.upsert(session, kind, _with(data, file))
        return {"ok": True, "object": node}


def delete(_: Any, info: Any, kind: Kind, data: dict[str, Any], context: Any = None) -> dict[str, Any]:
    """Take a node away."""
    with change(info.context, context) as session:
        deleting.delete(session, kind, data)
    return {"ok": True}


def _with(data: dict[str, Any], file: Part | None) -> dict[str, Any]:
    """An input with the file that came with it."""
    return data if file is None else {**data, files.UPLOAD: file}


@contextmanager
def change(session: Session, context: dict[str, Any] | None = None) -> Iterator[Session]:
    """A transaction, in the name of the account that the argument `context` of a mutation names.

    Raises:
        Refused: There is no such account, or the one that asks may not act for others.
    """
    account = ((context or {}).get("account") or {}).get("id")
    before = session.account
    with session.storage.transaction():
        if account and account != before:
            session.permissions.require("override_context")
            try:
                session.account = lookup.find(session, session.kinds["CoreGenericAccount"], {"id": account}).id
            except Refused:
                raise Refused(f"There is no account {account} in whose name this could be done") from None
        try:
            yield session
        finally:
            session.account = before
