"""Addresses on the server: where text becomes part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk._secrets import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrahub_sdk.core.base import BaseClient

__all__ = ["url_of", "without_credentials"]


def url_of(client: BaseClient, *segments: str, query: Mapping[str, str | Sequence[str]] | None = None) -> str:
    """The address of something on the server; the one place where text becomes part of a URL.

    >>> from types import SimpleNamespace
    >>> url_of(SimpleNamespace(address="http://infrahub"), "graphql", "a/b", query={"at": "2024-01-01T00:00:00Z"})
    'http://infrahub/graphql/a%2Fb?at=2024-01-01T00%3A00%3A00Z'
    """
    from urllib.parse import quote, urlencode  # 3 ms that the import of the client does not need

    path = "/".join(quote(segment, safe="") for segment in segments)
    text = f"{client.address}/{path}"
    return f"{text}?{urlencode(query, doseq=True)}" if query else text
