"""A client for Infrahub that needs nothing but the standard library and `typing-extensions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk._lazy import exports
from infrahub_sdk._version import __version__ as __version__

if TYPE_CHECKING:
    from infrahub_sdk.client import InfrahubClient as InfrahubClient
    from infrahub_sdk.client_sync import InfrahubClientSync as InfrahubClientSync
    from infrahub_sdk.config import Config as Config

__getattr__, __dir__, __all__ = exports(
    __name__, {"Config": "config", "InfrahubClient": "client", "InfrahubClientSync": "client_sync"}
)
