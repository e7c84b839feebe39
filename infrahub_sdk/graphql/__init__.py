"""GraphQL documents as data: what is put into them is escaped, what is named in them is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.graphql.literals import Rendered, convert_to_graphql_as_string, render_value
from infrahub_sdk.graphql.query import Mutation, Query
from infrahub_sdk.graphql.renderers import render_input_block, render_query_block, render_variables_to_string

if TYPE_CHECKING:
    from infrahub_sdk.graphql.constants import VARIABLE_TYPE_MAPPING
    from infrahub_sdk.graphql.multipart import MultipartBuilder

__all__ = [
    "VARIABLE_TYPE_MAPPING",
    "MultipartBuilder",
    "Mutation",
    "Query",
    "Rendered",
    "convert_to_graphql_as_string",
    "render_input_block",
    "render_query_block",
    "render_value",
    "render_variables_to_string",
]


def __getattr__(name: str) -> Any:
    # Uploads are rare, and the table of types costs the import of datetime and pathlib.
    if name == "MultipartBuilder":
        from infrahub_sdk.graphql.multipart import MultipartBuilder

        return MultipartBuilder
    if name == "VARIABLE_TYPE_MAPPING":
        from infrahub_sdk.graphql.constants import VARIABLE_TYPE_MAPPING

        return VARIABLE_TYPE_MAPPING
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
