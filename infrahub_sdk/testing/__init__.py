"""A local Infrahub for tests and first steps; needs the extra `testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._extras import require
from infrahub_sdk._lazy import forwards

if TYPE_CHECKING:
    from infrahub_sdk.testing.local import LocalInfrahub as LocalInfrahub
    from infrahub_sdk.testing.server.web.faults import Fault as Fault

_HOME_OF = {
    "Fault": "infrahub_sdk.testing.server.web.faults",
    "LocalInfrahub": "infrahub_sdk.testing.local",
}
_forwarded = forwards(__name__, _HOME_OF)


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        require("testing", "graphql", "jinja2", "yaml")
    return _forwarded(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})


__all__ = ["Fault", "LocalInfrahub"]
