"""Reading nodes: one, many, page by page, or only how many there are."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.graphql import at_text, execute
from infrahub_sdk.core.hiding import HiddenFilters, shown_filters
from infrahub_sdk.core.loading import Loader, strip_aliases
from infrahub_sdk.core.paging import Page, Place, Sizes, Walk, borders
from infrahub_sdk.core.paths import Classes
from infrahub_sdk.core.schema import branch_schema, get_kind, kind_name
from infrahub_sdk.core.selecting import (
    PAGE,
    Selection,
    arguments,
    check_filters,
    check_order,
    checked_order,
    document,
    selection_text,
)
from infrahub_sdk.core.server import of_reading, require
from infrahub_sdk.exceptions import InvalidResponseError, NodeNotFoundError, ValidationError
from infrahub_sdk.node.values import encode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.schema import MainSchemaTypesAPI
    from infrahub_sdk.timestamp import Timestamp
    from infrahub_sdk.types import Order

__all__ = ["Reading", "by_ids", "count", "filters", "get", "iterate", "node_class", "node_from_graphql"]


SELECTING = ("include", "exclude", "fragment", "prefetch_relationships", "property", "include_metadata", "only")


class Reading(NamedTuple):
    """What a call reads of the nodes of a kind, and how.

    Attributes:
        branch: The branch; the client's default when None.
        at: A point in time.
        timeout: Seconds a request; the client's when None.
        priority: How urgent it is.
        query_name: The operation's name, instead of one made from the kind.
        populate_store: Whether the nodes are kept in the client's store.
        offset: How many nodes to pass over.
        limit: How many nodes to read at most.
        partial_match: Let text filters match parts of a value.
        order: The order of the nodes.
        selection: Which fields.
        conditions: Filters and their values.
    """

    branch: str | None = None
    at: Timestamp | str | None = None
    timeout: float | None = None
    priority: Priority | None = None
    query_name: str | None = None
    populate_store: bool = True
    offset: int | None = None
    limit: int | None = None
    partial_match: bool = False
    order: Order | None = None
    selection: Selection = Selection()
    conditions: dict[str, Any] | None = None

    @classmethod
    def of(cls, names: dict[str, Any]) -> Reading:
        """What a method of a client was called with.

        Args:
            names: Its `locals()`: the keywords that the methods share mean the same in each, and what else there is
                does not matter here. Filters are its `kwargs`.

        Raises:
            ValidationError: One of them is not what it should be.
        """
        for name in ("offset", "limit"):
            number = names.get(name)
            if number is not None and (type(number) is not int or number < 0):
                raise ValidationError(name, f"{number!r} is not a number of nodes; give an int that is not negative.")
        given = {name: names[name] for name in cls._fields if name in names}
        given["order"] = checked_order(names.get("order"))
        given["selection"] = Selection.of(**{name: names[name] for name in SELECTING if name in names})
        return cls(**given, conditions=names.get("kwargs"))

    @property
    def start(self) -> int:
        """The place of the first node."""
        return self.offset or 0

    @property
    def end(self) -> int | None:
        """The place behind the last node; None for all that there are."""
        return None if self.limit is None else self.start + self.limit


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
    client: BaseClient, kind: Any, reading: Reading, *, operation: str = "Filters", parallel: bool = False
) -> list[Any]:
    """The nodes that meet conditions, in pages: with an offset or a limit in one, unless they are read side by side.

    Args:
        client: Whose server.
        kind: Which kind of nodes.
        reading: What to read.
        operation: What the operation's name begins with.
        parallel: Read the pages side by side.
    """
    pages = await _pages(client, kind, reading, operation=operation)
    if reading.limit == 0:
        return []  # to the server it would be no limit
    if parallel:
        return await pages.read_side_by_side()
    if reading.offset is not None or reading.limit is not None:
        size = client.pagination_size if reading.limit is None else reading.limit
        return (await pages.read(Place(reading.start, size, 1))).nodes
    return await pages.read_all()


MOST_AHEAD = 500  # nodes of a page of `iterate`, of which two are in memory at a time
LOOK_BACK = 2_000  # nodes, among which `iterate` looks for those that came before


async def iterate(client: BaseClient, kind: Any, reading: Reading) -> AsyncGenerator[Any, None]:
    """The nodes that meet conditions, one after the other, with the next page on its way."""
    pages = await _pages(client, kind, reading, operation="Iterate")
    if reading.limit == 0:
        return
    walk = Walk(Sizes(client, MOST_AHEAD), reading.start, reading.end, LOOK_BACK)
    place = walk.first()
    nodes, following = walk.took(place, await pages.read(place))
    while following is not None:
        ahead = client._port.crew([partial(pages.read, following)], 1)
        try:
            for node in nodes:
                yield node
            nodes, following = walk.took(following, await ahead.next())
        finally:
            await ahead.close()
    for node in nodes:
        yield node


async def _pages(client: BaseClient, kind: Any, reading: Reading, *, operation: str) -> _Pages:
    """The query for nodes that meet conditions."""
    reading = reading._replace(at=at_text(reading.at))  # once, so that `1h` is the same moment for all pages
    branch = reading.branch or client.default_branch
    cls = await node_class(client, kind, branch, reading.timeout)
    class_of = Classes(client, branch)
    conditions, selection = reading.conditions or {}, reading.selection
    check_filters(cls, conditions)
    check_order(cls, reading.order, class_of)
    body = selection_text(cls, selection, class_of)
    await require(client, *of_reading(metadata=selection.metadata, order=reading.order, filters=conditions))
    asked = arguments(conditions, order=reading.order, **PAGE, partial_match=reading.partial_match)
    hidden = HiddenFilters(cls, asked, class_of)
    name = cls._schema.kind
    operation = reading.query_name or f"{operation}_{name}"
    query = document(name, operation, hidden.arguments, body, declared=hidden.declared)
    return _Pages(client, name, query, operation, reading, hidden.values)


class _Pages(NamedTuple):
    """The pages of one query."""

    client: BaseClient
    kind: str
    query: str
    operation: str
    reading: Reading
    hidden: dict[str, Any]

    async def read(self, place: Place) -> Page:
        """One page."""
        reading = self.reading
        begun = monotonic()
        page: Page = await execute(
            self.client,
            self.query,
            {"offset": place.offset, "limit": place.limit, **self.hidden},
            branch_name=reading.branch,
            at=reading.at,
            timeout=reading.timeout,
            tracker=f"query-{self.kind.lower()}-page{place.number}",
            operation_name=self.operation,
            priority=reading.priority,
            repeatable=True,
            take=self.page,
        )
        return page._replace(seconds=monotonic() - begun)

    def page(self, data: dict[str, Any]) -> Page:
        """The page that an answer holds."""
        found = data.get(self.kind)
        if not isinstance(found, dict) or not isinstance(found.get("edges"), list):
            raise InvalidResponseError(f"The answer to a query for {self.kind} has no list of edges.")
        reading = self.reading
        at = str(reading.at) if reading.at else None
        loader = Loader(self.client, reading.branch or self.client.default_branch, at)
        nodes = loader.load(found["edges"], reading.selection, store=reading.populate_store)
        return Page(nodes, found.get("count") or 0)

    async def read_all(self) -> list[Any]:
        """All pages, one after the other."""
        walk = Walk(Sizes(self.client))
        nodes: list[Any] = []
        place: Place | None = walk.first()
        while place is not None:
            fresh, place = walk.took(place, await self.read(place))
            nodes += fresh
        return nodes

    async def read_side_by_side(self) -> list[Any]:
        """All pages, the first one and then several at a time, in their order.

        When the number of nodes changes meanwhile, the borders of the pages are read once more.
        """
        sizes, lanes = Sizes(self.client), self.client.max_concurrent_execution
        start, end = self.reading.start, self.reading.end
        places = [Walk(sizes, start, end).first()]
        pages = [await self.read(places[0])]
        stop = pages[0].total if end is None else min(pages[0].total, end)
        begin = start + places[0].limit
        if begin < stop:
            size = sizes.shared(pages[0], stop - begin, lanes)
            offsets = range(begin, stop, size)
            places += [Place(offset, min(size, stop - offset), place) for place, offset in enumerate(offsets, start=2)]
            gather = self.client._port.gather
            pages += await gather([self.read(place) for place in places[1:]], lanes)
            places += borders(places, pages)
            pages += await gather([self.read(place) for place in places[len(pages) :]], lanes)
        in_order = sorted(zip(places, pages), key=lambda item: item[0].offset)
        nodes = {node.id: node for _, page in in_order for node in page.nodes}
        return list(nodes.values())[: self.reading.limit]


async def by_ids(client: BaseClient, identifiers: dict[str, list[str]], reading: Reading) -> dict[str, Any]:
    """Nodes by their ids, which are given by kind, several requests of many ids at a time."""
    size = client.pagination_size if client._page_size is not None else MOST_AHEAD
    parts = [
        (kind, of_kind[start : start + size])
        for kind, of_kind in identifiers.items()
        for start in range(0, len(of_kind), size)
    ]
    asked = [
        await _pages(client, kind, reading._replace(conditions={"ids": part}), operation="Filters")
        for kind, part in parts
    ]
    reads = [
        pages.read(Place(0, len(part), number)) for number, (pages, (_, part)) in enumerate(zip(asked, parts), start=1)
    ]
    found = await client._port.gather(reads, client.max_concurrent_execution)
    return {node.id: node for page in found for node in page.nodes}


async def get(
    client: BaseClient,
    kind: Any,
    reading: Reading,
    *,
    id: Any = None,
    hfid: Any = None,
    raise_when_missing: bool = True,
) -> Any:
    """One node, by its id, its human-friendly id, or conditions that only it meets.

    Raises:
        NodeNotFoundError: There is no such node.
        IndexError: There is more than one.
        ValueError: Nothing says which node.
    """
    cls = await node_class(client, kind, reading.branch, reading.timeout)
    asked = {**_identity(cls._schema, getattr(id, "id", id), hfid), **(reading.conditions or {})}
    if all(value is None for value in asked.values()):  # the server passes over a filter without a value
        raise ValueError(f"Which {cls._schema.kind}? Give an id, an hfid or a filter such as name__value.")
    pages = await _pages(client, cls, reading._replace(conditions=asked), operation="Get")
    page = await pages.read(Place(0, client.pagination_size, 1))
    branch = reading.branch or client.default_branch
    shown = shown_filters(cls, asked, Classes(client, branch))
    if page.total > 1 or len(page.nodes) > 1:
        raise IndexError(f"More than 1 node returned for {cls._schema.kind} with {shown}: {page.total}.")
    if page.nodes:
        return page.nodes[0]
    if raise_when_missing:
        raise NodeNotFoundError(branch_name=branch, node_type=cls._schema.kind, identifier=shown)
    return None


def _identity(schema: MainSchemaTypesAPI, identifier: Any, hfid: Any) -> dict[str, Any]:
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
        parts = [hfid] if isinstance(hfid, str) else hfid
        if not isinstance(parts, (list, tuple)) or None in parts:
            raise ValidationError("hfid", f"{hfid!r} is not a list of the components of a human-friendly id.")
        return {"hfid": [str(encode(part, "hfid")) for part in parts]}
    return {}


async def count(client: BaseClient, kind: Any, reading: Reading) -> int:
    """How many nodes meet conditions."""
    cls = await node_class(client, kind, reading.branch, reading.timeout)
    conditions = reading.conditions or {}
    check_filters(cls, conditions)
    await require(client, *of_reading(filters=conditions))
    text = cls._schema.kind
    operation = reading.query_name or f"Count_{text}"
    class_of = Classes(client, reading.branch or client.default_branch)
    hidden = HiddenFilters(cls, arguments(conditions, partial_match=reading.partial_match), class_of)
    data = await execute(
        client,
        document(text, operation, hidden.arguments, "        count", paged=False, declared=hidden.declared),
        hidden.values,
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
