"""A node of Infrahub, for the asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._lazy import forwards  # Only here: see the end.
from infrahub_sdk.core.port import AsyncFacade
from infrahub_sdk.node.base import InfrahubNodeBase
from infrahub_sdk.node.related_node import RelatedNode
from infrahub_sdk.node.relationship import RelationshipManager

if TYPE_CHECKING:
    from typing_extensions import Self

    from infrahub_sdk.client import InfrahubClient
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.schema import MainSchemaTypesAPI
    from infrahub_sdk.types import Order

__all__ = ["InfrahubNode"]


class InfrahubNode(AsyncFacade, InfrahubNodeBase):
    """A node whose calls to the server are awaited.

    Calling this class makes an instance of the class of the schema's kind, with an attribute for each field:
    `Attribute` for an attribute, `RelatedNode` for a relationship of cardinality one, and `RelationshipManager`
    for one of cardinality many.

    Args:
        client: The client that reads and writes.
        schema: The kind's schema.
        branch: The branch; the client's default when None.
        data: Field values by name, or an edge of the server's answer. With an `id` the node counts as one that exists.
    """

    __slots__ = ()

    _related_class = RelatedNode
    _manager_class = RelationshipManager

    def __init__(
        self,
        client: InfrahubClient,
        schema: MainSchemaTypesAPI | None = None,
        branch: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(client, schema, branch, data)

    @classmethod
    async def from_graphql(
        cls,
        client: InfrahubClient,
        branch: str,
        data: dict[str, Any],
        schema: MainSchemaTypesAPI | None = None,
        timeout: int | None = None,
    ) -> Self:
        """A node around data that a query of one's own brought.

        Args:
            client: The client that reads and writes.
            branch: The branch that was read.
            data: An edge (`{"node": {...}}`) or a node. Its `__typename` tells the kind, unless a schema is given.
            schema: The kind's schema.
            timeout: Seconds, for reading the schema if it is not known yet.

        Raises:
            ValueError: Neither the data nor an argument tells the kind.
        """
        from infrahub_sdk.core import reading

        coroutine = reading.node_from_graphql(cls, client, branch, data, schema=schema, timeout=timeout)
        node: Self = await cls._run(coroutine)
        return node

    async def save(
        self,
        allow_upsert: bool = False,
        update_group_context: bool | None = None,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Write the node: create it when it is new, otherwise send what was changed.

        Args:
            allow_upsert: Let the server decide by the human-friendly id whether the node exists.
            update_group_context: Whether the node joins the group of the tracking context; the client's setting when
                None.
            timeout: Seconds; the client's when None.
            request_context: The account to write for, and a priority.
            priority: How urgent it is.

        Raises:
            GraphQLError: The server refused it.
            ValidationError: The node holds something that cannot be sent.
            OutcomeUnknownError: No answer came back, and it cannot be found out whether the node was created. A new
                node is sent with an id that is chosen here, so that it can be looked up, and saving it again does not
                double it.
        """
        from infrahub_sdk.core import saving

        await self._run(
            saving.save(
                self,
                allow_upsert=allow_upsert,
                update_group_context=update_group_context,
                timeout=timeout,
                request_context=request_context,
                priority=priority,
            )
        )

    async def create(
        self,
        allow_upsert: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Create the node on the server, see `save`.

        Args:
            allow_upsert: Let the server update the node that has the same human-friendly id, if there is one.
            timeout: Seconds; the client's when None.
            request_context: The account to write for, and a priority.
            priority: How urgent it is.
        """
        from infrahub_sdk.core import saving

        await self._run(
            saving.create(
                self, allow_upsert=allow_upsert, timeout=timeout, request_context=request_context, priority=priority
            )
        )

    async def update(
        self,
        do_full_update: bool = False,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Send what was changed, see `save`.

        Args:
            do_full_update: Send every field that is known here, changed or not.
            timeout: Seconds; the client's when None.
            request_context: The account to write for, and a priority.
            priority: How urgent it is.
        """
        from infrahub_sdk.core import saving

        await self._run(
            saving.update(
                self, do_full_update=do_full_update, timeout=timeout, request_context=request_context, priority=priority
            )
        )

    async def delete(
        self,
        timeout: int | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
    ) -> None:
        """Delete the node on the server.

        Args:
            timeout: Seconds; the client's when None.
            request_context: The account to write for, and a priority.
            priority: How urgent it is.

        Raises:
            NodeNotSavedError: The node has no id.
        """
        from infrahub_sdk.core import saving

        await self._run(saving.delete(self, timeout=timeout, request_context=request_context, priority=priority))

    async def add_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Add peers to a relationship, whatever its other peers are.

        Args:
            relation_to_update: The relationship's name.
            related_nodes: The ids of the peers.
        """
        from infrahub_sdk.core import saving

        await self._run(saving.change_relationship(self, "Add", relation_to_update, related_nodes))

    async def remove_relationships(self, relation_to_update: str, related_nodes: list[str]) -> None:
        """Remove peers from a relationship, whatever its other peers are.

        Args:
            relation_to_update: The relationship's name.
            related_nodes: The ids of the peers.
        """
        from infrahub_sdk.core import saving

        await self._run(saving.change_relationship(self, "Remove", relation_to_update, related_nodes))

    async def generate_query_data(
        self,
        filters: dict[str, Any] | None = None,
        offset: int | str | None = None,
        limit: int | str | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        partial_match: bool = False,
        property: bool = False,
        order: Order | None = None,
        include_metadata: bool = False,
        only: list[str] | None = None,
    ) -> dict[str, Any]:
        """The query for nodes of this kind, as data for `infrahub_sdk.graphql.Query`.

        Args:
            filters: Filter names and values.
            offset: How many nodes to pass over.
            limit: How many nodes to read.
            include: Relationships whose peers are read with their fields; also paths, see `client.get`.
            exclude: Attributes and relationships that are left out; also paths.
            fragment: For a generic kind, read the fields of the kinds that inherit from it.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            partial_match: Let text filters match parts of a value.
            property: Read the metadata of attributes and relationships.
            order: The order of the nodes.
            include_metadata: Read when and by whom nodes and relationships were made and changed.
            only: All the fields that are read, in the place of `include` and `exclude`.
        """
        from infrahub_sdk.core import selecting

        options = selecting.Selection.of(
            include=include,
            exclude=exclude,
            fragment=fragment,
            prefetch_relationships=prefetch_relationships,
            property=property,
            include_metadata=include_metadata,
            only=only,
        )
        arguments = selecting.arguments(filters, offset=offset, limit=limit, partial_match=partial_match, order=order)
        return await self._run(selecting.query_data(self, options, arguments))

    async def generate_query_data_node(
        self,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        inherited: bool = True,
        insert_alias: bool = False,
        prefetch_relationships: bool = False,
        property: bool = False,
        include_metadata: bool = False,
        only: list[str] | None = None,
    ) -> dict[str, Any]:
        """The fields of one node in a query, as data for `infrahub_sdk.graphql.Query`.

        Args:
            include: Relationships whose peers are read with their fields; also paths, see `client.get`.
            exclude: Attributes and relationships that are left out; also paths.
            inherited: Whether fields that come from a generic kind are selected.
            insert_alias: Whether each field gets an alias that names the kind.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            property: Read the metadata of attributes and relationships.
            include_metadata: Read when and by whom attributes and relationships were changed.
            only: All the fields that are read, in the place of `include` and `exclude`.
        """
        from infrahub_sdk.core import selecting

        options = selecting.Selection.of(
            include=include,
            exclude=exclude,
            prefetch_relationships=prefetch_relationships,
            property=property,
            include_metadata=include_metadata,
            only=only,
        )
        return await self._run(selecting.node_data(self, options, inherited=inherited, insert_alias=insert_alias))

    async def get_flat_value(self, key: str, separator: str = "__") -> Any:
        """A value of this node or of a node that it refers to, which is read from the server if needed.

        Args:
            key: Steps such as `name__value` or `location__shortname__value`; only relationships of cardinality one
                can be passed.
            separator: What stands between the steps.

        Raises:
            ValueError: A step is not a field, or a relationship of cardinality many.
        """
        from infrahub_sdk.core import relating

        return await self._run(relating.flat_value(self, key, separator))

    async def extract(self, params: dict[str, str]) -> dict[str, Any]:
        """Several values at once, see `get_flat_value`.

        Args:
            params: What to call each value, and the steps to it.
        """
        from infrahub_sdk.core import relating

        return await self._run(relating.extract(self, params))


# Only here: names that programs import from this module.
if TYPE_CHECKING:
    from infrahub_sdk.node.node_sync import InfrahubNodeSync as InfrahubNodeSync

__getattr__ = forwards(__name__, {"InfrahubNodeSync": "infrahub_sdk.node.node_sync"})
# Until here.
