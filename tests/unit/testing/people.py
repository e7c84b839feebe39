"""Who asks in the tests of a server without its network side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App

__all__ = ["admin"]


def admin(app: App) -> str:
    """The id of the account that every server has, which may do everything."""
    session = app.session()
    return session.find(session.kinds["CoreAccount"], {"name__value": "admin"})[0].id
