"""GraphQL requests that carry a file: the parts of their body, by the GraphQL multipart request specification."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["MultipartBuilder"]


class MultipartBuilder:
    """Builds the parts of a request that uploads a file."""

    @staticmethod
    def build_operations(query: str, variables: dict[str, Any], operation_name: str | None = None) -> str:
        """The part `operations`: what an ordinary GraphQL request has as its JSON body.

        Args:
            query: The document.
            variables: The values of its variables; None in the place of a file.
            operation_name: Which operation of the document to run.

        Raises:
            ValidationError: A variable has no JSON form.

        >>> MultipartBuilder.build_operations("query { x }", {"file": None})
        '{"query":"query { x }","variables":{"file":null}}'
        """
        operations: dict[str, Any] = {"query": query, "variables": variables}
        if operation_name:
            operations["operationName"] = operation_name
        try:
            return _json(operations)
        except (TypeError, ValueError) as error:
            raise ValidationError(_culprit(variables), f"the variable has no JSON form: {error}.") from error

    @staticmethod
    def build_file_map(file_key: str = "0", variable_path: str = "variables.file") -> str:
        """The part `map`: which part is the file of which variable.

        Args:
            file_key: The name of the part that holds the file.
            variable_path: The variable's place in `operations`.

        >>> MultipartBuilder.build_file_map()
        '{"0":["variables.file"]}'
        """
        return _json({file_key: [variable_path]})

    @staticmethod
    def build_payload(
        query: str,
        variables: dict[str, Any],
        file_content: BinaryIO | None = None,
        file_name: str = "upload",
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """All parts by name, each as its file name (None for a plain field) and its content.

        Args:
            query: The document, with a variable `$file: Upload!`.
            variables: The values of its other variables.
            file_content: The opened file.
            file_name: The name that the server stores it under.
            operation_name: Which operation of the document to run.

        Raises:
            ValidationError: A variable has no JSON form.
        """
        operations = MultipartBuilder.build_operations(query, {**variables, "file": None}, operation_name)
        parts: dict[str, Any] = {"operations": (None, operations), "map": (None, MultipartBuilder.build_file_map())}
        if file_content is not None:
            parts["0"] = (file_name, file_content)
        return parts


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _culprit(variables: dict[str, Any]) -> str:
    """The name of the variable that cannot be written."""
    for name, value in variables.items():
        try:
            _json({name: value})
        except (TypeError, ValueError):
            return f"${name}"
    return "variables"
