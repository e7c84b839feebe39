"""The GraphQL types of variables, by the Python types that declare them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Optional, Union

__all__ = ["GRAPHQL_VARIABLE_TYPES", "VARIABLE_TYPE_MAPPING"]

# What a variable may be declared with.
GRAPHQL_VARIABLE_TYPES = type[Union[str, int, float, bool, datetime, bytes, Path, BinaryIO, None]]

# `Optional[...]`, because `str | None` is no object on Python 3.9; the two are equal where both exist.
VARIABLE_TYPE_MAPPING: tuple[tuple[Any, str], ...] = (
    (str, "String!"),
    (Optional[str], "String"),
    (int, "Int!"),
    (Optional[int], "Int"),
    (float, "Float!"),
    (Optional[float], "Float"),
    (bool, "Boolean!"),
    (Optional[bool], "Boolean"),
    (datetime, "DateTime!"),
    (Optional[datetime], "DateTime"),
    (bytes, "Upload!"),
    (Path, "Upload!"),
    (BinaryIO, "Upload!"),
)
