"""On whose behalf, and how urgently, requests are made."""

from __future__ import annotations

from infrahub_sdk.constants import Priority
from infrahub_sdk.model import Model

__all__ = ["ContextAccount", "Priority", "RequestContext"]


class ContextAccount(Model):
    """An account, by its id."""

    id: str


class RequestContext(Model):
    """What requests carry beside their content.

    Attributes:
        account: The account that a change is made for, when it is not the client's own.
        priority: How urgent a request is, for the server's queue.

    >>> RequestContext(account=ContextAccount(id="1799f0a1-0000-4000-8000-000000000001")).model_dump(exclude_none=True)
    {'account': {'id': '1799f0a1-0000-4000-8000-000000000001'}}
    """

    account: ContextAccount | None = None
    priority: Priority | None = None
