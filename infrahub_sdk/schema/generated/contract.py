"""The fields that the server decides, under their older path."""

from __future__ import annotations

from infrahub_sdk.schema.document import READ_ONLY_FIELDS

__all__ = [
    "READ_ONLY_FIELDS",
]
