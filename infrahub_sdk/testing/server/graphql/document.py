"""Running GraphQL documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, OperationType

from infrahub_sdk.testing.server.errors import FieldsRefused, Refused
from infrahub_sdk.testing.server.graphql import permitted
from infrahub_sdk.testing.server.graphql.checking import Faulty, checked
from infrahub_sdk.testing.server.graphql.execution import execute
from infrahub_sdk.testing.server.history.branches import read_only

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.graphql.execution import Info
    from infrahub_sdk.testing.server.session import Session

__all__ = ["run"]


def run(
    session: Session,
    text: str,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
) -> dict[str, Any]:
    """The answer to a document; its status is 200, whatever the answer says.

    Args:
        session: Whose view of the data. Mutations are about now, also when the session looks at another time.
        text: The document.
        variables: Its variables.
        operation: Which of its operations.

    Raises:
        Refused: It is not run at all; the status of the answer is that of the refusal.
    """
    if not isinstance(variables or {}, Mapping):
        raise Refused("The variables have to be an object", "UNDEFINED_ERROR", 400)
    schema = session.app.graphql(session.kinds)
    try:
        document = checked(schema, text)
        chosen = document.operation(operation)
    except Faulty as faulty:
        return _answer(None, faulty.errors)
    permitted.check(session, schema, document, chosen)
    if chosen.operation == OperationType.QUERY:
        return _answer(*execute(schema, chosen, document.fragments, variables or {}, session))
    if session.scope.at is not None:
        session = session.app.session(session.branch.name, account=session.account)
    return _answer(*execute(schema, chosen, document.fragments, variables or {}, session, _check_branch))


def _check_branch(info: Info) -> None:
    """Refuse a mutation on a branch that can only be read."""
    refused = read_only(info.context.branch, info.field_name)
    if refused is not None:
        raise refused


def _answer(data: dict[str, Any] | None, errors: list[GraphQLError]) -> dict[str, Any]:
    if not errors:
        return {"data": data}
    return {"data": data, "errors": [shown for error in errors for shown in _all_shown(error)]}


def _all_shown(error: GraphQLError) -> list[dict[str, Any]]:
    """What the answer says of an error: more than one thing, when several fields of an input are refused."""
    cause = error.original_error
    if isinstance(cause, FieldsRefused):
        path = [*(error.path or ()), "data"]
        return [
            _shown(GraphQLError(refused.message, path=[*path, name], original_error=refused))
            for name, refused in cause.fields.items()
        ]
    return [_shown(error)]


def _shown(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, Refused):
        shown["extensions"] = {"code": cause.code, "http_status": cause.status, "data": cause.data}
    else:
        shown["extensions"] = {"code": "UNDEFINED_ERROR", "http_status": 500, "data": {}}
    return shown
