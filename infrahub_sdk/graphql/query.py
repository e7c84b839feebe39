"""Queries and mutations: what they ask for as data, rendered to a document on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.graphql.literals import check_name, checked
from infrahub_sdk.graphql.renderers import render_input_block, render_query_block, render_variables_to_string

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BaseGraphQLQuery", "Mutation", "Query"]


class BaseGraphQLQuery:
    """What queries and mutations have in common.

    Args:
        query: The selection, as in `render_query_block`.
        variables: The Python type of each variable, as in `render_variables_to_string`.
        name: The name of the operation.
    """

    query_type: str = "not-defined"
    indentation: int = 4

    def __init__(
        self, query: dict[str, Any], variables: Mapping[str, Any] | None = None, name: str | None = None
    ) -> None:
        self.query = query
        self.variables = variables
        self.name = name or ""

    def __repr__(self) -> str:
        fields = ", ".join(str(key) for key in self.query if not str(key).startswith("@"))
        return f"<{type(self).__name__} {self.name or '(no name)'}: {fields}>"

    def render_first_line(self) -> str:
        """The line that begins the operation: its type, name and variables."""
        name = f" {checked('name', check_name, self.name, 'an operation')}" if self.name else ""
        variables = f" ({render_variables_to_string(self.variables)})" if self.variables else ""
        return f"{self.query_type}{name}{variables} {{"


class Query(BaseGraphQLQuery):
    """A query.

    >>> tags = {"BuiltinTag": {"@filters": {"name__value": "$name"}, "count": None}}
    >>> print(Query(tags, {"name": str}, "Tags").render())
    <BLANKLINE>
    query Tags ($name: String!) {
        BuiltinTag(name__value: $name) {
            count
        }
    }
    <BLANKLINE>
    """

    query_type = "query"

    def render(self, convert_enum: bool = False) -> str:
        """Render the document.

        Args:
            convert_enum: Render the value of enum members instead of their name.

        Raises:
            ValidationError: A name is not one, or a value has no GraphQL form; the error names the path to it.
        """
        first_line = self.render_first_line()
        step = self.indentation
        return "\n".join(
            ["", first_line, *render_query_block(self.query, step, step, convert_enum, self.variables or ()), "}", ""]
        )


class Mutation(BaseGraphQLQuery):
    """A mutation.

    Args:
        query: What to select from the answer.
        variables: The Python type of each variable.
        name: The name of the operation.
        mutation: The mutation to call.
        input_data: Its arguments, as in `render_input_block`.

    >>> print(Mutation({"ok": None}, mutation="BuiltinTagDelete", input_data={"data": {"hfid": ["red"]}}).render())
    <BLANKLINE>
    mutation {
        BuiltinTagDelete(
            data: {
                hfid: [
                    "red",
                ]
            }
        ){
            ok
        }
    }
    <BLANKLINE>
    """

    query_type = "mutation"

    def __init__(
        self,
        query: dict[str, Any],
        variables: Mapping[str, Any] | None = None,
        name: str | None = None,
        *,
        mutation: str,
        input_data: dict[str, Any],
    ) -> None:
        self.input_data = input_data
        self.mutation = mutation
        super().__init__(query, variables, name)

    def __repr__(self) -> str:
        return f"<Mutation {self.name or '(no name)'}: {self.mutation}>"

    def render(self, convert_enum: bool = False) -> str:
        """Render the document.

        Args:
            convert_enum: Render the value of enum members instead of their name.

        Raises:
            ValidationError: A name is not one, or a value has no GraphQL form; the error names the path to it.
        """
        first_line = self.render_first_line()
        mutation = checked("mutation", check_name, self.mutation, "a mutation")
        step = self.indentation
        margin = " " * step
        declared = self.variables or ()
        return "\n".join(
            [
                "",
                first_line,
                f"{margin}{mutation}(",
                *render_input_block(self.input_data, step * 2, step, convert_enum, declared),
                f"{margin}){{",
                *render_query_block(self.query, step * 2, step, convert_enum, declared),
                f"{margin}}}",
                "}",
                "",
            ]
        )
