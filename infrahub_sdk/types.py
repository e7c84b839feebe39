"""What the arguments of many calls are made of: the order of results, loggers, and functions that send requests."""

from __future__ import annotations

from logging import Logger
from typing import TYPE_CHECKING, Any, Protocol, Union, runtime_checkable

from infrahub_sdk.constants import HTTPMethod, RequesterTransport
from infrahub_sdk.enums import OrderDirection
from infrahub_sdk.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.transport.response import Response

__all__ = [
    "AsyncRequester",
    "HTTPMethod",
    "InfrahubLogger",
    "InfrahubLoggers",
    "NodeMetaOrder",
    "Order",
    "OrderByEntry",
    "OrderDirection",
    "RequesterTransport",
    "SyncRequester",
]


@runtime_checkable
class SyncRequester(Protocol):
    """A function that sends a request in the client's place (`Config.sync_requester`)."""

    def __call__(
        self,
        url: str,
        method: HTTPMethod,
        headers: dict[str, Any],
        timeout: int,
        payload: dict[str, Any] | None = None,
    ) -> Response:
        """Send a request and return the answer.

        It may be of any class that has a `status_code`, `headers`, and a body as `content`, `text` or `json()`. Errors
        come out as they are. After a `ServerNotReachableError` or `ServerNotResponsiveError` a query is sent again, if
        the client is set to do so; a write only if the error has a `phase` and says that it was not `sent`.

        Args:
            url: The whole address.
            method: GET or POST.
            headers: The headers to send.
            timeout: Seconds.
            payload: The JSON body.
        """
        ...


@runtime_checkable
class AsyncRequester(Protocol):
    """A coroutine function that sends a request in the client's place (`Config.requester`)."""

    async def __call__(
        self,
        url: str,
        method: HTTPMethod,
        headers: dict[str, Any],
        timeout: int,
        payload: dict[str, Any] | None = None,
    ) -> Response:
        """Send a request and return the answer; the arguments are those of `SyncRequester`."""
        ...


@runtime_checkable
class InfrahubLogger(Protocol):
    """A logger in the manner of `structlog`; those of `logging` fit as well."""

    def debug(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what helps to find a fault."""

    def info(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what happens."""

    def warning(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what may be wrong."""

    def error(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what went wrong."""

    def critical(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what ends the program."""

    def exception(self, event: str | None = None, *args: Any, **kw: Any) -> Any:
        """Log what went wrong, with its traceback."""


InfrahubLoggers = Union[InfrahubLogger, Logger]


class NodeMetaOrder(Model):
    """Orders nodes by when they were created or changed; one of the two.

    Deprecated: `OrderByEntry` does the same and more.

    Attributes:
        created_at: The direction, by the time of creation.
        updated_at: The direction, by the time of the last change.
    """

    created_at: OrderDirection | None = None
    updated_at: OrderDirection | None = None

    def _problems(self) -> Iterable[str]:
        if self.created_at is not None and self.updated_at is not None:
            yield "created_at and updated_at exclude each other; give one of them."


class OrderByEntry(Model):
    """One key that nodes are ordered by.

    Attributes:
        field: The path to it, such as `name__value` or `site__name__value`.
        direction: Whether small values come first (ASC) or great ones (DESC).
    """

    field: str
    direction: OrderDirection = OrderDirection.ASC


class Order(Model):
    """The order of the nodes of an answer.

    Attributes:
        disable: True for no order at all, which is the fastest for the server.
        by: The keys, the most important one first.
        node_metadata: Deprecated; use `by`.

    >>> order = Order(by=[OrderByEntry(field="name__value", direction=OrderDirection.DESC)])
    >>> order.model_dump(mode="json", exclude_none=True)
    {'by': [{'field': 'name__value', 'direction': 'DESC'}]}
    """

    disable: bool | None = None
    by: list[OrderByEntry] | None = None
    node_metadata: NodeMetaOrder | None = None

    def _problems(self) -> Iterable[str]:
        if self.by and self.node_metadata is not None:
            yield "by and node_metadata exclude each other; use by."
