"""Reading, loading and changing the schema of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import without_sent_credentials
from infrahub_sdk.core.collector import collector_paused
from infrahub_sdk.core.graphql import execute
from infrahub_sdk.core.sending import raise_for_authentication, send, server_words
from infrahub_sdk.core.url import url_of, without_credentials
from infrahub_sdk.exceptions import (
    BranchNotFoundError,
    HTTPStatusError,
    InvalidResponseError,
    JsonDecodeError,
    ValidationError,
)
from infrahub_sdk.graphql.renderers import render_value

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.schema import MainSchemaTypesAPI, SchemaLoadResponse
    from infrahub_sdk.schema.cache import BranchSchema
    from infrahub_sdk.transport.response import Response

__all__ = [
    "all_kinds",
    "branch_schema",
    "change_choice",
    "check",
    "export",
    "fetch",
    "get_kind",
    "graphql_schema",
    "in_sync",
    "kind_name",
    "load",
    "poll_until_converged",
]

LOAD_TIMEOUT = 120  # seconds at the least: the server migrates data while it loads a schema
CHANGE_TIMEOUT = 60
POLL_INTERVAL = 1.0
_OK, _ACCEPTED, _BAD_REQUEST, _UNPROCESSABLE = 200, 202, 400, 422
_SYNC_QUERY = "\nquery {\n  InfrahubStatus {\n    summary {\n      schema_hash_synced\n    }\n  }\n}\n"


def kind_name(kind: Any, *, is_sync: bool = False) -> str:
    """The name of a kind given as text, as a class made from the schema, or as a generated protocol class.

    Args:
        kind: The kind.
        is_sync: Whether the client is the synchronous one, whose protocol classes carry `Sync` behind the kind's name.

    Raises:
        ValidationError: It is none of these.
    """
    if isinstance(kind, str):
        return kind
    schema = getattr(kind, "_schema", None)
    if schema is not None and hasattr(schema, "kind"):
        name: str = schema.kind
        return name
    if not isinstance(kind, type):
        raise ValidationError("kind", f"{kind!r} is neither the name of a kind nor a class that stands for one.")
    return kind.__name__[: -len("Sync")] if is_sync and kind.__name__.endswith("Sync") else kind.__name__


async def branch_schema(
    client: BaseClient,
    branch: str | None = None,
    *,
    refresh: bool = False,
    timeout: float | None = None,
    needs: str | None = None,
) -> BranchSchema:
    """The schema of a branch: the one in the cache, or the server's.

    Where another schema is held already, the server is first asked for the hash alone, which costs a tenth (1.11):
    branches mostly share their schema.

    Args:
        client: Whose cache and server.
        branch: The branch; the client's default when None.
        refresh: Ask the server again.
        timeout: Seconds; the client's when None.
        needs: A kind without which a schema of the right hash is not enough: somebody may have given one in part.
    """
    name = branch or client.default_branch
    cache: dict[str, BranchSchema] = client.schema.cache
    if name in cache and not refresh:
        return cache[name]
    async with client._port.exclusive(f"schema {name}"):
        if name in cache and not refresh:
            return cache[name]  # another caller was waiting for the same
        known = await _known_by_hash(client, name, timeout) if cache else None
        if known is None or (needs and needs not in known.nodes):
            known = await _fetch(client, name, None, timeout)
        cache[name] = known
        return known


async def _known_by_hash(client: BaseClient, branch: str, timeout: float | None) -> BranchSchema | None:
    by_hash = {schema.hash: schema for schema in client.schema.cache.values() if schema.hash}
    if not by_hash:
        return None
    url = url_of(client, "api", "schema", "summary", query={"branch": branch})
    response = await send(client, "GET", url, timeout=timeout, repeatable=True)
    _raise_for_branch(response, branch)
    if response.status_code != _OK:
        return None
    return by_hash.get(response.json().get("main"))


async def _fetch(
    client: BaseClient, branch: str, namespaces: Iterable[str] | None, timeout: float | None
) -> BranchSchema:
    from infrahub_sdk.schema.cache import BranchSchema

    query: dict[str, Any] = {"branch": branch}
    if namespaces:
        query["namespaces"] = list(namespaces)
    url = url_of(client, "api", "schema", query=query)
    response = await send(client, "GET", url, timeout=timeout, repeatable=True)
    _raise_for_branch(response, branch)
    response.raise_for_status()
    with collector_paused():
        return BranchSchema.from_api_response(response.json())


def _raise_for_branch(response: Response, branch: str) -> None:
    raise_for_authentication(response)
    if response.status_code == _BAD_REQUEST:
        words = server_words(response)
        raise BranchNotFoundError(
            branch, f"The schema of branch {branch!r} cannot be read: {words}", url=without_credentials(response.url)
        )


async def fetch(
    client: BaseClient,
    branch: str,
    namespaces: list[str] | None = None,
    timeout: float | None = None,
    *,
    populate_cache: bool = True,
) -> MutableMapping[str, MainSchemaTypesAPI]:
    """Read the kinds of a branch from the server, all or those of some namespaces."""
    schema = await _fetch(client, branch, namespaces, timeout)
    if namespaces:
        schema.hash = ""  # the server gives the hash of the whole, which this is not
    if populate_cache:
        client.schema.cache[branch] = schema
    return schema.nodes


async def all_kinds(
    client: BaseClient,
    branch: str | None = None,
    *,
    refresh: bool = False,
    namespaces: list[str] | None = None,
    schema_hash: str | None = None,
) -> MutableMapping[str, MainSchemaTypesAPI]:
    """All kinds of a branch, from the cache if they are there."""
    name = branch or client.default_branch
    cached = client.schema.cache.get(name)
    if cached is not None and (not refresh or (schema_hash and cached.hash == schema_hash)):
        return cached.nodes  # type: ignore[no-any-return]
    if namespaces:
        return await fetch(client, name, namespaces)
    return (await branch_schema(client, name, refresh=refresh)).nodes


async def get_kind(
    client: BaseClient, kind: Any, branch: str | None = None, *, refresh: bool = False, timeout: float | None = None
) -> MainSchemaTypesAPI:
    """The schema of one kind; asked for once more when the cache does not have the kind.

    Raises:
        SchemaNotFoundError: The branch has no such kind; the error names the nearest.
    """
    name = kind_name(kind, is_sync=client._is_sync)
    where = branch or client.default_branch
    was_cached = where in client.schema.cache and not refresh
    schema = await branch_schema(client, where, refresh=refresh, timeout=timeout, needs=name)
    if name not in schema.nodes and was_cached:
        schema = await branch_schema(client, where, refresh=True, timeout=timeout, needs=name)
    if name not in schema.nodes:
        from infrahub_sdk.schema.cache import kind_not_found

        raise kind_not_found(name, where, schema.nodes)
    return schema.nodes[name]


# Changing it


async def load(
    client: BaseClient, schemas: list[dict[str, Any]], branch: str | None = None, *, wait_until_converged: bool = False
) -> SchemaLoadResponse:
    """Hand schemas to the server.

    Returns:
        The hashes before and after; or what is wrong with the schemas, in the server's words.

    Raises:
        AuthenticationError: The credentials do not allow it.
        HTTPStatusError: The server failed.
    """
    from infrahub_sdk.schema import SchemaLoadResponse

    name = branch or client.default_branch
    response = await _post_schemas(client, "load", schemas, name)
    status = response.status_code
    if status in {_BAD_REQUEST, _UNPROCESSABLE}:
        return SchemaLoadResponse(errors=without_sent_credentials(_json(response), response.request))
    response.raise_for_status()
    if status != _OK:
        raise InvalidResponseError(f"The server answered a schema load with HTTP {status}, which means nothing here.")
    body = _json(response)
    if body.get("hash") != body.get("previous_hash"):
        client.schema.cache.pop(name, None)
    if wait_until_converged:
        await poll_until_converged(client, name)
    known = {key: body[key] for key in ("hash", "previous_hash", "warnings") if key in body}
    return SchemaLoadResponse._wrap(known)


async def check(
    client: BaseClient, schemas: list[dict[str, Any]], branch: str | None = None
) -> tuple[bool, dict[str, Any] | None]:
    """Ask the server what loading schemas would do."""
    response = await _post_schemas(client, "check", schemas, branch or client.default_branch, repeatable=True)
    if response.status_code == _ACCEPTED:
        return True, _json(response)
    if response.status_code == _UNPROCESSABLE:
        return False, without_sent_credentials(_json(response), response.request)
    response.raise_for_status()
    return False, None


async def _post_schemas(
    client: BaseClient, action: str, schemas: list[dict[str, Any]], branch: str, *, repeatable: bool = False
) -> Response:
    url = url_of(client, "api", "schema", action, query={"branch": branch})
    timeout = max(LOAD_TIMEOUT, client.default_timeout)
    if isinstance(schemas, (dict, str)) or not hasattr(schemas, "__iter__"):
        raise ValidationError("schemas", f"a {type(schemas).__name__} is not a list of schemas; put it into one.")
    payload = {"schemas": [getattr(schema, "to_schema_dict", lambda schema=schema: schema)() for schema in schemas]}
    response = await send(client, "POST", url, payload=payload, timeout=timeout, repeatable=repeatable)
    raise_for_authentication(response)
    return response


def _json(response: Response) -> dict[str, Any]:
    body = response.json()
    if not isinstance(body, dict):
        where = without_credentials(response.url)
        raise JsonDecodeError(f"The answer of {where} is no JSON object.", content=response.text, url=where)
    return body


async def in_sync(client: BaseClient, branch: str | None = None) -> bool:
    """Whether all workers of the server have the same schema of a branch."""
    data = await execute(client, _SYNC_QUERY, branch_name=branch)
    return bool(data["InfrahubStatus"]["summary"]["schema_hash_synced"])


async def poll_until_converged(client: BaseClient, branch: str | None = None) -> None:
    """Wait until all workers of the server have the same schema of a branch, or the configured time is over."""
    import time

    limit = client.config.schema_converge_timeout
    ends = time.monotonic() + limit
    while not await in_sync(client, branch):
        if time.monotonic() >= ends:
            client.log.warning(
                f"The schema of branch {branch or client.default_branch!r} has not converged within {limit} s."
            )
            return
        await client._port.sleep(POLL_INTERVAL)
    client.log.info(f"The schema of branch {branch or client.default_branch!r} has converged.")


async def change_choice(
    client: BaseClient,
    mutation: str,
    kind: Any,
    attribute: str,
    choice: dict[str, Any],
    branch: str | None = None,
) -> None:
    """Add an enum or dropdown option to an attribute, or remove one.

    Args:
        client: Whose server.
        mutation: `SchemaEnumAdd`, `SchemaEnumRemove`, `SchemaDropdownAdd` or `SchemaDropdownRemove`.
        kind: The kind, or a node of it.
        attribute: The attribute's name.
        choice: The option as the mutation's input has it.
        branch: The branch.

    Raises:
        ValueError: The kind has no such attribute, or one of another sort.
    """
    schema = await get_kind(
        client, type(kind) if hasattr(kind, "_schema") and not isinstance(kind, type) else kind, branch
    )
    definition = schema.get_attribute(name=attribute)
    is_dropdown = "Dropdown" in mutation
    if is_dropdown and definition.kind != "Dropdown":
        raise ValueError(f"{schema.kind}.{attribute} is of kind {definition.kind}, not Dropdown.")
    if not is_dropdown and definition.enum is None:
        raise ValueError(f"{schema.kind}.{attribute} has no enum.")
    data = {
        "kind": schema.kind,
        "attribute": attribute,
        **{name: value for name, value in choice.items() if value is not None},
    }
    tracker = f"mutation-{mutation.lower()}"
    await execute(
        client,
        f"mutation {{ {mutation}(data: {render_value(data)}) {{ ok }} }}",
        branch_name=branch,
        tracker=tracker,
        timeout=max(CHANGE_TIMEOUT, client.default_timeout),
    )


# Other forms of it


async def graphql_schema(client: BaseClient, branch: str | None = None) -> str:
    """The GraphQL schema of a branch, as text."""
    url = url_of(client, "schema.graphql", query={"branch": branch or client.default_branch})
    response = await send(client, "GET", url, repeatable=True)
    raise_for_authentication(response)
    if response.status_code != _OK:
        raise ValueError(
            f"The GraphQL schema cannot be read (HTTP {response.status_code}): {server_words(response)}"
        ) from HTTPStatusError(f"HTTP {response.status_code}", response=response)
    return response.text


async def export(client: BaseClient, branch: str | None = None, namespaces: list[str] | None = None) -> Any:
    """The kinds of a branch as they would be loaded, by namespace."""
    from infrahub_sdk.schema.export import export_schemas

    kinds = await fetch(client, branch or client.default_branch, namespaces, populate_cache=False)
    return export_schemas(kinds, namespaces)
