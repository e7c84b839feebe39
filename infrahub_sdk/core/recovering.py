"""After a write whose answer was lost: what may have happened, and looking whether it did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.graphql import execute
from infrahub_sdk.core.retry import is_refusal
from infrahub_sdk.exceptions import (
    Error,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    OutcomeUnknownError,
    ServerNotReachableError,
    ServerNotResponsiveError,
)
from infrahub_sdk.graphql.renderers import render_query_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.core.mutations import Mutation, SaveMutation
    from infrahub_sdk.core.retry import Budget

__all__ = [
    "find",
    "is_forbidden",
    "is_guarded",
    "is_in_use",
    "is_missing",
    "kinds_without_id",
    "may_have_run",
    "outcome_unknown",
    "status_of",
]

_NO_ID = re.compile(r"Field .?id.? is not defined by type .?(\w+)CreateInput\b")


def status_of(error: Exception) -> int | None:
    """The HTTP status of an answer that could not be used; None where there was no answer."""
    if isinstance(error, HTTPStatusError):
        return error.response.status_code
    return error.status_code if isinstance(error, JsonDecodeError) else None


def may_have_run(error: Exception, status: int | None) -> bool:
    """Whether the server may have carried out what was sent, although this came back."""
    if isinstance(error, (ServerNotReachableError, ServerNotResponsiveError)):
        return error.sent
    if status is not None and status >= 300:
        return status >= 500 and not is_refusal(status)
    return isinstance(error, (JsonDecodeError, InvalidResponseError))


def is_in_use(mutation: SaveMutation, errors: Sequence[Any]) -> bool:
    """Whether the server refused a create because a node of its id exists."""
    if mutation.identifier is None:
        return False
    words = f"{mutation.identifier} is already in use"
    return any(
        words in str(error.get("message"))
        or (_code(error) == "ATTRIBUTE_CONSTRAINT_VIOLATION" and _field(error) == "id")
        for error in errors
        if isinstance(error, dict)
    )


def _field(error: dict[str, Any]) -> Any:
    data = error["extensions"].get("data")
    return data.get("field_name") if isinstance(data, dict) else None


def is_missing(errors: Sequence[Any]) -> bool:
    """Whether all that the server has to say is that there is no such node.

    By the code of 1.11, or that of older servers (1.4); RelationshipAdd has but words for it.
    """
    return all(
        _code(error) in {"NODE_NOT_FOUND", 404} or "Unable to find the node" in str(error.get("message"))
        for error in errors
        if isinstance(error, dict)
    )


def is_forbidden(errors: Sequence[Any]) -> bool:
    """Whether the account may not do this."""
    return any(_code(error) in {"PERMISSION_DENIED", 403} for error in errors)


def _code(error: Any) -> Any:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return extensions.get("code") if isinstance(extensions, dict) else None


def kinds_without_id(errors: Sequence[Any]) -> set[str]:
    """The kinds whose create does not take an id, by the errors of a document that was refused for it."""
    messages = [str(error.get("message")) for error in errors if isinstance(error, dict)]
    return {kind for message in messages for kind in _NO_ID.findall(message)}


def is_guarded(mutation: SaveMutation, client: BaseClient) -> bool:
    """Whether the server takes creates of a kind one at a time, so that it sees the id of the one before.

    It does where a uniqueness constraint of the kind, or of one that it inherits from, has an attribute in it: two
    creates that arrive together then wait for the same lock. Without one both may go through (measured on 1.11.9).
    """
    node = mutation.node
    schemas = [node._schema]
    cache = client.schema.cache.get(node._branch)
    if cache is not None:
        schemas += [cache.nodes[kind] for kind in node._kinds[1:] if kind in cache.nodes]
    return any(map(_is_unique_by_attribute, schemas))


def _is_unique_by_attribute(schema: Any) -> bool:
    names = {attribute.name for attribute in schema.attributes}
    if any(attribute.unique for attribute in schema.attributes):
        return True
    constraints = getattr(schema, "uniqueness_constraints", None) or []
    return any(path.partition("__")[0] in names for constraint in constraints for path in constraint)


def outcome_unknown(mutation: Mutation) -> Exception:
    """The error for a mutation of which nobody can say whether it was carried out."""
    lost = mutation.lost
    if lost is None or mutation.repeatable:
        return lost or Error(f"The server did not say what became of {mutation.name}.")
    identifier = mutation.said.get("id")
    if mutation.name.endswith("Create"):
        return OutcomeUnknownError(mutation.kind, identifier, lost)
    message = f"It is not known whether the server has carried out {mutation.name}: {str(lost).rstrip('.')}. "
    remedy = f"Read the node {identifier} again" if identifier else "Look for the node"
    return OutcomeUnknownError(mutation.kind, identifier, lost, message=f"{message}{remedy} before you save it again.")


async def find(
    client: BaseClient,
    creates: Iterable[SaveMutation],
    *,
    branch: str,
    timeout: float | None,
    priority: Priority | None,
    budget: Budget,
) -> dict[str, dict[str, Any]]:
    """The nodes that some creates made, as far as the server has them, by id.

    One query for each kind. What cannot be asked counts as not found.
    """
    by_kind: dict[str, list[SaveMutation]] = {}
    for mutation in creates:
        by_kind.setdefault(mutation.kind, []).append(mutation)
    found: dict[str, dict[str, Any]] = {}
    for kind, mutations in by_kind.items():
        try:
            data = await execute(
                client,
                _query(kind, mutations),
                branch_name=branch,
                timeout=timeout,
                tracker=f"query-{kind.lower()}-recover",
                priority=priority,
                repeatable=True,
                budget=budget,
            )
        except Error as error:
            client.log.warning(f"Nodes of kind {kind} that may have been created could not be looked up: {error}")
            continue
        nodes = [edge["node"] for edge in (data.get(kind) or {}).get("edges") or []]
        found.update({node["id"]: node for node in nodes})
    return found


def _query(kind: str, mutations: list[SaveMutation]) -> str:
    ids = [mutation.identifier for mutation in mutations]
    fields: dict[str, Any] = {"id": None}
    for mutation in mutations:
        fields.update(mutation.asked)
    selection = {kind: {"@filters": {"ids": ids, "limit": len(ids)}, "edges": {"node": fields}}}
    return "\n".join(["query {", *render_query_block(selection), "}", ""])
