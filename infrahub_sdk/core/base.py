"""What both clients are: settings, credentials, a port, and what they remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from infrahub_sdk.config import Config
from infrahub_sdk.core.url import without_credentials
from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from infrahub_sdk.constants import InfrahubClientMode
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.core.port import Port
    from infrahub_sdk.transport.response import Response
    from infrahub_sdk.types import InfrahubLoggers

__all__ = ["BaseClient"]


class BaseClient:
    """The state that `InfrahubClient` and `InfrahubClientSync` share.

    Attributes:
        config: The settings. `default_timeout`, `pagination_size` and `insert_tracker` are copies that may be changed.
        headers: Sent with every request.
        request_context: Account and priority for the calls that do not name their own.
    """

    _is_sync: ClassVar[bool]
    store: Any
    schema: Any

    def __init__(self, address: str = "", config: Config | dict[str, Any] | None = None) -> None:
        if config is None:
            config = Config(address=address) if address else Config()
        elif isinstance(config, dict):
            config = Config(**{**config, **({"address": address} if address else {})})
        elif address:
            config.address = address
        self.config = config
        self.address = config.address
        self.headers: dict[str, str] = _base_headers(config)
        self.access_token = ""
        self.refresh_token = ""
        self._default_branch: str = config.default_infrahub_branch
        self.default_timeout = config.timeout
        self._page_size = config.pagination_size if config._is_given("pagination_size") else None
        self.insert_tracker = config.insert_tracker
        self.identifier = config.identifier
        self.mode: InfrahubClientMode = config.mode
        self.update_group_context = config.update_group_context
        self.retry_on_failure: bool = config.retry_on_failure
        self.retry_delay: float = config.retry_delay
        self.request_context: RequestContext | None = None
        self._kinds_without_id: set[str] = set()  # whose create does not take an id, as the server said
        self._server_version = ""  # once the server has said it, see core/server.py
        self._server_types: dict[str, frozenset[str]] = {}
        self._server_asked = 0.0  # when that was, on the monotonic clock
        if config.tls_ca_file:
            config.tls_context  # noqa: B018 - a file that is not there is said now, not at the first request
        self._port: Port = self._open_port()

    def _open_port(self) -> Port:
        from infrahub_sdk.transport.io import BlockingIO, ThreadedIO

        return BlockingIO(self.config) if self._is_sync else ThreadedIO(self.config)

    @property
    def default_branch(self) -> str:
        """The branch that is meant where none is named, also by `store`. May be set."""
        return self._default_branch

    @default_branch.setter
    def default_branch(self, name: str) -> None:
        self._default_branch = self.store._default_branch = name

    @property
    def pagination_size(self) -> int:
        """How many nodes a page has. Where nobody has set it, it is that of the first page, and pages grow."""
        return self._page_size or self.config.pagination_size

    @pagination_size.setter
    def pagination_size(self, number: int) -> None:
        if type(number) is not int or number < 1:
            raise ValidationError("pagination_size", f"{number!r} is not a number of nodes; give a positive int.")
        self._page_size = number

    @property
    def max_concurrent_execution(self) -> int:
        """How many jobs run at a time, over all batches and parallel reads of this client. May be set."""
        return self._port.limiter.size

    @max_concurrent_execution.setter
    def max_concurrent_execution(self, number: int) -> None:
        self._port.limiter.size = number

    @property
    def log(self) -> InfrahubLoggers:
        """Where warnings go: `Config(log=...)`, or the logger `infrahub_sdk`."""
        return self.config.logger

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {without_credentials(self.address)} branch={self.default_branch!r}>"

    def _record(self, response: Response) -> None:
        self.config.custom_recorder.record(response)


def _base_headers(config: Config) -> dict[str, str]:
    headers = {"content-type": "application/json"}
    if config.api_token:
        headers["X-INFRAHUB-KEY"] = config.api_token
    if config.priority:
        headers["X-Priority"] = config.priority.value
    return headers
