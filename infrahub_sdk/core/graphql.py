"""Running a GraphQL document and understanding the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import masked, masked_document, without_sent_credentials
from infrahub_sdk.core.collector import collector_paused
from infrahub_sdk.core.retry import Budget, graphql_errors_are_transient
from infrahub_sdk.core.sending import (
    NOT_FOUND,
    delta_headers,
    raise_for_authentication,
    send,
    server_words,
    wait_for_retry,
)
from infrahub_sdk.core.url import url_of, without_credentials
from infrahub_sdk.exceptions import (
    BranchNotFoundError,
    GraphQLError,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    URLNotFoundError,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.timestamp import Timestamp
    from infrahub_sdk.transport.response import Response

__all__ = ["at_text", "body_of", "data_of", "execute", "is_read_only", "request_of"]

# Text and comments are taken out first, so that a `mutation` inside them does not count.
_NOT_CODE = re.compile(r'"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*', re.DOTALL)
_WRITES = re.compile(r"(?:^|[\s}])(?:mutation|subscription)\b")


def is_read_only(document: str) -> bool:
    """Whether a document holds nothing but queries, so that running it twice does no harm.

    >>> is_read_only("query { BuiltinTag { count } }")
    True
    >>> is_read_only("mutation { BuiltinTagDelete(data: {id: 1}) { ok } }")
    False
    """
    if "mutation" not in document and "subscription" not in document:
        return True
    return not _WRITES.search(_NOT_CODE.sub(" ", document))


def at_text(at: Timestamp | str | None) -> str | None:
    """A point in time as the server reads it; relative texts such as `1h` count back from now."""
    if not at:
        return None
    from infrahub_sdk.timestamp import Timestamp

    return Timestamp(at).to_string()


def _as_it_is(data: dict[str, Any]) -> Any:
    return data


async def execute(
    client: BaseClient,
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    branch_name: str | None = None,
    at: Timestamp | str | None = None,
    timeout: float | None = None,
    tracker: str | None = None,
    operation_name: str | None = None,
    priority: Priority | None = None,
    repeatable: bool | None = None,
    budget: Budget | None = None,
    take: Callable[[dict[str, Any]], Any] = _as_it_is,
) -> Any:
    """Run a document and return the answer's `data`, or what is made of it.

    Args:
        client: Whose server to ask.
        query: The document.
        variables: Values of its variables.
        branch_name: The branch; the client's default when empty.
        at: A point in time.
        timeout: Seconds.
        tracker: Names the request in the server's logs, where the client is set to send it.
        operation_name: Which operation of the document to run.
        priority: How urgent it is.
        repeatable: Whether running it twice does no harm; found out from the document when None.
        budget: The time for transient failures, which also counts the attempts.
        take: Makes something of the data; the collector is still held back then, see `collector_paused`.
    """
    branch = branch_name or client.default_branch
    request = request_of(
        client,
        query,
        variables,
        branch=branch,
        at=at,
        operation_name=operation_name,
        tracker=tracker,
        priority=priority,
    )
    payload = request["payload"]
    if repeatable is None:
        repeatable = is_read_only(payload["query"])
    budget = (budget or Budget(client.config.max_retry_duration)) if client.retry_on_failure else None
    while True:
        response = await send(client, "POST", **request, timeout=timeout, repeatable=repeatable, budget=budget)
        with collector_paused():
            body = body_of(response, branch)
            errors = body.get("errors")
            if not errors:
                return take(data_of(body, response))
        if (
            budget is None
            or not (repeatable or _nothing_done(body.get("data")))
            or not graphql_errors_are_transient(errors, client.config.retry_status_codes, repeatable=repeatable)
            or not await wait_for_retry(client, budget, request["url"], "every GraphQL error is a transient one")
        ):
            raise GraphQLError(errors, payload["query"], variables)


def _nothing_done(data: Any) -> bool:
    """Whether none of a document's fields was carried out."""
    return not (isinstance(data, dict) and any(data.values()))


def request_of(
    client: BaseClient,
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    branch: str,
    at: Timestamp | str | None = None,
    operation_name: str | None = None,
    tracker: str | None = None,
    priority: Priority | None = None,
) -> dict[str, Any]:
    """The address, the body and the headers with which a document is sent, see `execute`."""
    payload = _payload(query, variables, operation_name)
    moment = at_text(at)
    url = url_of(client, "graphql", branch, query={"at": moment} if moment else None)
    if client.config.echo_graphql_queries:
        _echo(url, payload)
    return {"url": url, "payload": payload, "headers": delta_headers(client, tracker=tracker, priority=priority)}


def data_of(body: dict[str, Any], response: Response) -> dict[str, Any]:
    """The data of an answer that holds no errors."""
    data = body.get("data")
    if not isinstance(data, dict):
        raise _no_data(response)
    return data


def _payload(query: Any, variables: dict[str, Any] | None, operation_name: str | None) -> dict[str, Any]:
    payload: dict[str, Any] = {"query": check_document(query)}
    if variables:
        payload["variables"] = variables
    if operation_name:
        payload["operationName"] = operation_name
    return payload


def body_of(response: Response, branch: str) -> dict[str, Any]:
    """The JSON object that a GraphQL answer is, or the error that its status stands for."""
    status = response.status_code
    if status != 200:
        raise_for_authentication(response)
        if status == NOT_FOUND:
            words = server_words(response)
            if words.startswith("Branch"):
                raise BranchNotFoundError(
                    branch, f"The server has no branch {branch!r}: {words}", url=_plain_url(response)
                )
            raise URLNotFoundError(_plain_url(response))
    try:
        body = response.json()
    except JsonDecodeError as error:
        raise JsonDecodeError(
            _not_json(response), content=response.text, url=_plain_url(response), status_code=status
        ) from error
    if not isinstance(body, dict):
        raise _no_data(response)
    if body.get("errors"):
        body["errors"] = without_sent_credentials(body["errors"], response.request)
    return body


def _not_json(response: Response) -> str:
    shown = response.shown()
    message = f"{_plain_url(response)} answered HTTP {response.status_code} with something that is not JSON: {shown!r}."
    if response.status_code == 500:
        message += " Infrahub 1.11 answers so to a document that does not parse and to a variable of a wrong type."
    return message


def _no_data(response: Response) -> HTTPStatusError | InvalidResponseError:
    status = response.status_code
    words = server_words(response) or response.shown()
    message = f"{_plain_url(response)} answered HTTP {status} with neither data nor errors: {words!r}"
    return HTTPStatusError(message, response=response) if status >= 400 else InvalidResponseError(message)


def _plain_url(response: Response) -> str:
    return without_credentials(str(response.url))


def _echo(url: str, payload: dict[str, Any]) -> None:
    """Print what is sent, because the user asked for it (`Config.echo_graphql_queries`).

    The variables are printed too, but for those that say by their names that they are secret.
    """
    import json
    import sys

    lines = [f"URL: {without_credentials(url)}", f"QUERY:\n{masked_document(payload['query'])}"]
    if "variables" in payload:
        lines.append(f"VARIABLES:\n{json.dumps(masked(payload['variables']), indent=4, default=str)}\n")
    text = "\n".join(lines)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"  # a letter that it lacks must not stop the request
    print(text.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201


def check_document(query: Any) -> str:
    """The text of a document given as text or as something that renders to it."""
    if hasattr(query, "render"):
        query = query.render()
    if not isinstance(query, str) or not query.strip():
        raise ValidationError("query", "a GraphQL document is text such as 'query { BuiltinTag { count } }'.")
    return query
