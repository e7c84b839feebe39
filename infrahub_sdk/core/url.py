"""Addresses on the server: where text becomes part of one, and what of one may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def without_credentials(url: str) -> str:
    """A URL as it may be shown: a user and a password in it are left out.

    >>> without_credentials("https://me:secret@infrahub:8000/graphql")
    'https://infrahub:8000/graphql'
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
