"""Reading nodes: one, many, page by page, or only how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.graphql import at_text, execute
from infrahub_sdk.core.schema import branch_schema, get_kind, kind_name
from infrahub_sdk.core.selecting import (
    PAGE,
    Selection,
    arguments,
    check_filters,
    class_finder,
    document,
    selection_text,
    strip_aliases,
)
from infrahub_sdk.exceptions import InvalidResponseError, NodeNotFoundError, ValidationError
from infrahub_sdk.node.attribute import SECRET_KINDS
from infrahub_sdk.node.base import Bare, load_node

if TYPE_CHECKING:
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.schema import MainSchemaTypesAPI
    from infrahub_sdk.timestamp import Timestamp
    from infrahub_sdk.types import Order

__all__ = ["Reading", "count", "filters", "get", "node_class", "node_from_graphql"]


class Reading(NamedTuple):
    """How a call reads, whatever it reads.

    Attributes:
        branch: The branch; the client's default when None.
        at: A point in time.
        timeout: Seconds a request; the client's when None.
        priority: How urgent it is.
        query_name: The operation's name, instead of one made from the kind.
        populate_store: Whether the nodes are kept in the client's store.
    """

    branch: str | None = None
    at: Timestamp | str | None = None
    timeout: float | None = None
    priority: Priority | None = None
    query_name: str | None = None
    populate_store: bool = True


async def node_class(
    client: BaseClient, kind: Any, branch: str | None = None, timeout: float | None = None
) -> type[InfrahubNodeBase]:
    """The class of a kind, whose schema is read if it is not known yet."""
    name = branch or client.default_branch
    text = kind_name(kind, is_sync=client._is_sync)
    cached = client.schema.cache.get(name)
    if cached is None or text not in cached.nodes:
        await get_kind(client, text, name, timeout=timeout)
    found: type[InfrahubNodeBase] = client.schema._node_class(text, name)
    return found


async def filters(
    client: BaseClient,
    kind: Any,
    reading: Reading,
    selection: Selection,
    conditions: dict[str, Any] | None = None,
    *,
    operation: str = "Filters",
    offset: int | None = None,
    limit: int | None = None,
    partial_match: bool = False,
    parallel: bool = False,
    order: Order | None = None,
) -> list[Any]:
    """The nodes that meet conditions, in pages.

    Args:
        client: Whose server.
        kind: Which kind of nodes.
        reading: How to read.
        selection: Which fields to read.
        conditions: Filters and their values.
        operation: What the operation's name begins with.
        offset: How many nodes to pass over.
        limit: How many nodes to read at most, in one page.
        partial_match: Let text filters match parts of a value.
        parallel: Read the pages side by side.
        order: The order of the nodes.
    """
    for name, number in (("offset", offset), ("limit", limit)):
        if number is not None and (type(number) is not int or number < 0):
            raise ValidationError(name, f"{number!r} is not a number of nodes; give an int that is not negative.")
    reading = reading._replace(at=at_text(reading.at))  # once, so that `1h` is the same moment for all pages
    pages = await _pages(
        client, kind, reading, selection, conditions, operation=operation, partial_match=partial_match, order=order
    )
    size = limit if limit is not None else client.pagination_size
    if offset is not None or limit is not None:
        return (await pages.read(offset or 0, size)).nodes
    if parallel:
        return await pages.read_side_by_side(size, conditions, partial_match=partial_match)
    return await pages.read_all(size)


async def _pages(
    client: BaseClient,
    kind: Any,
    reading: Reading,
    selection: Selection,
    conditions: dict[str, Any] | None,
    *,
    operation: str,
    partial_match: bool = False,
    order: Order | None = None,
) -> _Pages:
    """The query for nodes that meet conditions."""
    branch = reading.branch or client.default_branch
    cls = await node_class(client, kind, branch, reading.timeout)
    check_filters(cls, conditions or ())
    body = selection_text(cls, selection, class_finder(client, branch))
    asked = {**arguments(conditions, order=order), **PAGE, **({"partial_match": True} if partial_match else {})}
    name = cls._schema.kind
    query = document(name, reading.query_name or f"{operation}_{name}", asked, body)
    return _Pages(client, name, query, reading, selection)


class _Page(NamedTuple):
    nodes: list[Any]
    total: int


class _Pages(NamedTuple):
    """The pages of one query."""

    client: BaseClient
    kind: str
    query: str
    reading: Reading
    selection: Selection

    async def read(self, offset: int, limit: int, number: int = 1) -> _Page:
        """One page."""
        reading = self.reading
        page: _Page = await execute(
            self.client,
            self.query,
            {"offset": offset, "limit": limit},
            branch_name=reading.branch,
            at=reading.at,
            timeout=reading.timeout,
            tracker=f"query-{self.kind.lower()}-page{number}",
            operation_name=self.query.split(None, 2)[1],
            priority=reading.priority,
            repeatable=True,
            take=self.page,
        )
        return page

    def page(self, data: dict[str, Any]) -> _Page:
        """The page that an answer holds."""
        found = data.get(self.kind)
        if not isinstance(found, dict) or not isinstance(found.get("edges"), list):
            raise InvalidResponseError(f"The answer to a query for {self.kind} has no list of edges.")
        return _Page(self.hydrate(found["edges"]), found.get("count") or 0)

    async def read_all(self, size: int) -> list[Any]:
        """All pages, one after the other."""
        nodes: list[Any] = []
        number = 0
        while True:
            page = await self.read(number * size, size, number + 1)
            nodes += page.nodes
            number += 1
            if number * size >= page.total or not page.nodes:
                return nodes

    async def read_side_by_side(
        self, size: int, conditions: dict[str, Any] | None, *, partial_match: bool
    ) -> list[Any]:
        """All pages, several at a time, in their order."""
        total = await count(self.client, self.kind, self.reading, conditions, partial_match=partial_match)
        starts = range(0, total, size)
        reads = [self.read(start, size, number + 1) for number, start in enumerate(starts)]
        pages = await self.client._port.gather(reads, self.client.max_concurrent_execution)
        return [node for page in pages for node in page.nodes]

    def hydrate(self, edges: list[dict[str, Any]]) -> list[Any]:
        """The nodes that edges of the answer hold; in the store as well, if the call says so."""
        client, branch = self.client, self.reading.branch or self.client.default_branch
        if self.selection.fragment:
            for edge in edges:
                edge["node"] = strip_aliases(edge["node"])
        bare = not (self.selection.properties or self.selection.metadata)
        nodes = load_nodes(client, branch, edges, bare=bare)
        if self.reading.populate_store:
            past = bool(self.reading.at)
            store = client.store._branch(branch)
            store.load(nodes, past=past)
            if self.selection.reads_peers():
                store.load(load_nodes(client, branch, _peer_edges(nodes, self.selection)), past=past)
        return nodes


def load_nodes(client: BaseClient, branch: str, edges: list[dict[str, Any]], *, bare: bool = False) -> list[Any]:
    """The nodes that edges of an answer hold.

    Args:
        client: The client that read them.
        branch: The branch that was read.
        edges: The edges.
        bare: Whether they were read without metadata, so that their attributes can be held as mere values.
    """
    class_of = client.schema._node_class
    classes: dict[str, tuple[type[Any], Bare]] = {}
    nodes = []
    try:
        for edge in edges:
            data = edge["node"]
            kind = data["__typename"]
            known = classes.get(kind)
            if known is None:
                cls = class_of(kind, branch)
                known = classes[kind] = cls, Bare.of(cls, data)
            if bare:
                known[1].strip(data)
            nodes.append(load_node(known[0], client, branch, edge, bare=bare))
    except (KeyError, TypeError) as error:
        raise InvalidResponseError(
            f"An edge of the answer does not hold a node with a __typename: {error!r}"
        ) from error
    return nodes


def _peer_edges(nodes: list[Any], selection: Selection) -> list[dict[str, Any]]:
    """The edges to nodes that were read along with others."""
    edges: list[dict[str, Any]] = []
    for node in nodes:
        for name in node._relationships if selection.prefetch_relationships else selection.include:
            if name in node._data and name in node._relationships:
                data = node._wrapped(name) or {}
                edges += [edge for edge in data.get("edges", [data]) if (edge.get("node") or {}).get("__typename")]
    return edges


async def get(
    client: BaseClient,
    kind: Any,
    reading: Reading,
    selection: Selection,
    *,
    id: str | None = None,
    hfid: list[str] | None = None,
    conditions: dict[str, Any] | None = None,
    raise_when_missing: bool = True,
) -> Any:
    """One node, by its id, its human-friendly id, or conditions that only it meets.

    Raises:
        NodeNotFoundError: There is no such node.
        IndexError: There is more than one.
        ValueError: Nothing says which node.
    """
    cls = await node_class(client, kind, reading.branch, reading.timeout)
    asked = {**_identity(cls._schema, getattr(id, "id", id), hfid), **(conditions or {})}
    if not asked:
        raise ValueError(f"Which {cls._schema.kind}? Give an id, an hfid or a filter such as name__value.")
    pages = await _pages(client, cls, reading, selection, asked, operation="Get")
    page = await pages.read(0, client.pagination_size)
    shown = _without_secrets(cls, asked)
    if page.total > 1 or len(page.nodes) > 1:
        raise IndexError(f"More than 1 node returned for {cls._schema.kind} with {shown}: {page.total}.")
    if page.nodes:
        return page.nodes[0]
    if raise_when_missing:
        branch = reading.branch or client.default_branch
        raise NodeNotFoundError(branch_name=branch, node_type=cls._schema.kind, identifier=shown)
    return None


def _without_secrets(cls: type[InfrahubNodeBase], conditions: dict[str, Any]) -> dict[str, Any]:
    """Conditions as an error may show them."""
    secret = {name for name in cls._attributes if cls._field_map[name].schema.kind in SECRET_KINDS}
    return {name: "***" if name.partition("__")[0] in secret else value for name, value in conditions.items()}


def _identity(schema: MainSchemaTypesAPI, identifier: str | None, hfid: list[str] | None) -> dict[str, Any]:
    """The filter that an id or a human-friendly id comes to."""
    if identifier:
        from infrahub_sdk.utils import is_valid_uuid

        default_filter = getattr(schema, "default_filter", None)
        if default_filter and not is_valid_uuid(identifier):
            return {default_filter: identifier}
        return {"ids": [identifier]}
    if hfid:
        if not getattr(schema, "human_friendly_id", None):
            raise ValueError(f"{schema.kind} has no human-friendly id; use an id or a filter.")
        return {"hfid": [hfid] if isinstance(hfid, str) else [str(part) for part in hfid]}
    return {}


async def count(
    client: BaseClient,
    kind: Any,
    reading: Reading,
    conditions: dict[str, Any] | None = None,
    *,
    partial_match: bool = False,
) -> int:
    """How many nodes meet conditions."""
    cls = await node_class(client, kind, reading.branch, reading.timeout)
    check_filters(cls, conditions or ())
    text = cls._schema.kind
    operation = reading.query_name or f"Count_{text}"
    asked = arguments(conditions, partial_match=partial_match)
    data = await execute(
        client,
        document(text, operation, asked, "        count", paged=False),
        branch_name=reading.branch,
        at=reading.at,
        timeout=reading.timeout,
        operation_name=operation,
        priority=reading.priority,
        repeatable=True,
    )
    return int((data.get(text) or {}).get("count") or 0)


async def node_from_graphql(
    base: type[Any],
    client: BaseClient,
    branch: str,
    data: dict[str, Any],
    *,
    schema: MainSchemaTypesAPI | None = None,
    timeout: float | None = None,
) -> Any:
    """A node around data that a query of the user's own brought."""
    node = data["node"] if isinstance(data.get("node"), dict) else data
    kind = node.get("__typename")
    if schema is None:
        if not kind:
            raise ValueError("The data has no __typename that tells its kind; select it in the query, or pass schema=.")
        await branch_schema(client, branch, timeout=timeout)
        schema = await get_kind(client, kind, branch, timeout=timeout)
    return base(
        client=client,
        schema=schema,
        branch=branch,
        data={**data, "node": strip_aliases(node)} if node is not data else strip_aliases(node),
    )
