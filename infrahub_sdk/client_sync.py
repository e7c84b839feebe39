# Made from client.py by tools/twins.py; change that one.
"""The synchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from infrahub_sdk.core.base import BaseClient
from infrahub_sdk.core.port import SyncFacade

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from infrahub_sdk.batch_sync import InfrahubBatchSync
    from infrahub_sdk.branch_sync import InfrahubBranchManagerSync
    from infrahub_sdk.config import Config
    from infrahub_sdk.constants import Priority
    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.diagnosis import Diagnosis
    from infrahub_sdk.node.node_sync import InfrahubNodeSync
    from infrahub_sdk.protocols_base import CoreNodeSync
    from infrahub_sdk.schema.manager_sync import InfrahubSchemaSync
    from infrahub_sdk.store_sync import NodeStoreSync
    from infrahub_sdk.timestamp import Timestamp
    from infrahub_sdk.transport.response import Response
    from infrahub_sdk.types import Order

__all__ = ["InfrahubClientSync", "SchemaTypeSync"]

SchemaTypeSync = TypeVar("SchemaTypeSync", bound="CoreNodeSync")


class InfrahubClientSync(SyncFacade, BaseClient):
    """The synchronous client for an Infrahub server: reads and writes nodes and schemas.

    Connections are opened when they are needed and kept for the next request. Use the client as a context manager,
    or call `close`, to give them back; it can be used again afterwards.

    Args:
        address: Where the server is, such as `http://localhost:8000`. Goes before the address in `config`.
        config: The settings, as `Config` or as a dictionary of its fields. What is not given comes from the
            environment.

    Attributes:
        branch: Branches: reading, making, merging, deleting.
        schema: Schemas: reading, loading, checking.
        store: The nodes that were read or written.
    """

    branch: InfrahubBranchManagerSync
    schema: InfrahubSchemaSync
    store: NodeStoreSync

    def __init__(self, address: str = "", config: Config | dict[str, Any] | None = None) -> None:
        from infrahub_sdk.branch_sync import InfrahubBranchManagerSync
        from infrahub_sdk.schema.manager_sync import InfrahubSchemaSync
        from infrahub_sdk.store_sync import NodeStoreSync

        super().__init__(address, config)
        self.branch = InfrahubBranchManagerSync(self)
        self.schema = InfrahubSchemaSync(self)
        self.store = NodeStoreSync(default_branch=self.default_branch)

    @classmethod
    def init(cls, address: str = "", config: Config | dict[str, Any] | None = None) -> Self:
        """The same as calling the class.

        Args:
            address: Where the server is.
            config: The settings.
        """
        return cls(address=address, config=config)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._port.close()

    def close(self) -> None:
        """Give back connections and threads. A later call opens new ones."""
        self._port.close()

    def clone(self, branch: str | None = None) -> InfrahubClientSync:
        """Another client with the same settings.

        Args:
            branch: Its default branch.
        """
        return InfrahubClientSync(config=self.config.clone(branch=branch))

    def login(self, refresh: bool = False) -> None:
        """Log in with the configured username and password. The client does so itself when it has to.

        Args:
            refresh: Get a new access token even though there is one.

        Raises:
            AuthenticationError: The server does not accept them.
        """
        from infrahub_sdk.core import sending

        if not self.config.password_authentication:
            return
        if refresh and self.access_token:
            self._run(sending.login_again(self, self.access_token))
        else:
            self._run(sending.login(self))

    def refresh_login(self) -> None:
        """Get a new access token with the refresh token, if there is one."""
        from infrahub_sdk.core import sending

        self._run(sending.refresh(self))

    def execute_graphql(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        branch_name: str | None = None,
        at: str | Timestamp | None = None,
        timeout: int | None = None,
        tracker: str | None = None,
        operation_name: str | None = None,
        priority: Priority | None = None,
    ) -> dict[str, Any]:
        """Run a GraphQL document.

        Args:
            query: The document.
            variables: Values of its variables, sent as JSON beside it.
            branch_name: The branch; the client's default when None.
            at: A point in time, such as `2024-01-01T00:00:00Z` or `2h` for two hours ago.
            timeout: Seconds; the client's when None.
            tracker: Names the request in the server's logs, when `Config.insert_tracker` is set.
            operation_name: Which operation to run, when the document has several.
            priority: How urgent it is.

        Returns:
            The answer's `data`.

        Raises:
            GraphQLError: The server found fault with it.
            AuthenticationError: The credentials are missing, wrong, or do not allow it.
            BranchNotFoundError: The server has no such branch.
            ServerNotReachableError: There is no connection.
            ServerNotResponsiveError: There is no answer in time.
        """
        from infrahub_sdk.core import graphql

        return self._run(
            graphql.execute(
                self,
                query,
                variables,
                branch_name=branch_name,
                at=at,
                timeout=timeout,
                tracker=tracker,
                operation_name=operation_name,
                priority=priority,
            )
        )

    def _get(self, url: str, headers: dict[str, str] | None = None, timeout: int | None = None) -> Response:
        """Read an address of the server with this client's credentials; programs reach for it."""
        from infrahub_sdk.core import sending

        return self._run(sending.send(self, "GET", url, headers=headers, timeout=timeout, repeatable=True))

    def _post(
        self,
        url: str,
        payload: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        timeout: int | None = None,
    ) -> Response:
        """Send JSON to an address of the server with this client's credentials; programs reach for it."""
        from infrahub_sdk.core import sending

        return self._run(sending.send(self, "POST", url, payload=payload, headers=headers, timeout=timeout))

    def get_version(self) -> str:
        """The server's version."""
        from infrahub_sdk.core import server

        return self._run(server.version(self))

    def diagnose(self, timeout: float | None = None) -> Diagnosis:
        """Go the way to the server step by step: name, route, proxy, TCP, TLS, HTTP, version, token.

        It stops at the first step that fails, and raises nothing for what the network does. The steps are those of the
        client's own requests, over a new connection. Nothing that it returns or prints is secret.

        Args:
            timeout: Seconds to connect in, and for each answer; the client's when None.

        Returns:
            The steps, each with what was found and how long it took, and what to change where they end. Printed, it is
            a table:

            ```
            https://infrahub.example: stops at tls
              name   ok       0.003 s  infrahub.example is 10.0.0.5
              route  ok                direct, from 10.0.0.7 to 10.0.0.5 port 443
              proxy  ok                not used: HTTPS_PROXY is set, but NO_PROXY has '.example'
              tcp    ok       0.001 s  connected to 10.0.0.5 port 443
              tls    FAILED   0.012 s  the certificate of infrahub.example:443 is signed by an authority that is not
                                       trusted here. It is for infrahub.example; issued by 'Example CA'; good until
                                       2027-01-31
            Set tls_ca_file (INFRAHUB_TLS_CA_FILE) to the file with the authority's certificate, or set tls_insecure
            (INFRAHUB_TLS_INSECURE) to skip the verification.
            ```
        """
        from infrahub_sdk.core import diagnosing

        return self._run(diagnosing.diagnose(self, timeout))

    def create_batch(
        self, return_exceptions: bool = False, *, progress: Callable[[int, int], object] | None = None
    ) -> InfrahubBatchSync:
        """A batch: tasks that run side by side, and saves that travel together.

        Args:
            return_exceptions: Whether errors are results.
            progress: Called whenever a task is over, with how many are and how many there are.
        """
        from infrahub_sdk.batch_sync import InfrahubBatchSync

        return InfrahubBatchSync(
            max_concurrent_execution=self.max_concurrent_execution,
            return_exceptions=return_exceptions,
            progress=progress,
            client=self,
        )

    @overload
    def create(
        self,
        kind: type[SchemaTypeSync],
        data: dict[str, Any] | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        **kwargs: Any,
    ) -> SchemaTypeSync: ...
    @overload
    def create(
        self,
        kind: str,
        data: dict[str, Any] | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        **kwargs: Any,
    ) -> InfrahubNodeSync: ...
    def create(
        self,
        kind: str | type[SchemaTypeSync],
        data: dict[str, Any] | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """A new node. It is written when it is saved.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            data: Field values by name. A value with metadata is `{"value": ..., "source": id, "owner": id,
                "is_protected": True}`; a peer is a node, an id, or a human-friendly id as a list.
            branch: The branch; the client's default when None.
            timeout: Seconds, for reading the schema.
            **kwargs: Field values, instead of or beside `data`.

        Raises:
            ValueError: There is neither `data` nor a keyword.
            ValidationError: A name is not a field of the kind; the error names the nearest.
            SchemaNotFoundError: There is no such kind; the error names the nearest.
        """
        from infrahub_sdk.core import saving

        return self._run(saving.new_node(self, kind, data, kwargs, branch=branch, timeout=timeout))

    def save_all(
        self,
        nodes: Iterable[InfrahubNodeSync | CoreNodeSync],
        *,
        allow_upsert: bool = False,
        timeout: float | None = None,
        request_context: RequestContext | None = None,
        priority: Priority | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> None:
        """Save nodes that may refer to one another, in few requests; none of them needs to be saved before.

        Those that others refer to are written first. With ids that are chosen here, nodes that hang together travel in
        one request, and requests that do not depend on one another at the same time. Where nodes refer to each other in
        a circle, an optional relationship is set when all are written. Nodes without changes are not sent, and those
        that are given twice are written once.

        Args:
            nodes: The nodes, new ones and changed ones, in any order.
            allow_upsert: Let the server decide by the human-friendly ids which of them exist. Only the server knows
                their ids then, so it takes a request for each step of the way from a node to those that it needs.
            timeout: Seconds for each request; the client's when None.
            request_context: The account to write for, and a priority.
            priority: How urgent it is.
            progress: Called whenever nodes are written or have failed, with how many are and how many there are.

        Raises:
            ValidationError: A node refers to one that is neither saved nor given, or nodes need each other in a circle.
                Nothing was sent.
            NodesNotSavedError: Some nodes were not saved: `failures` has each, and why. Those that need one that failed
                were not written either; all others were.
        """
        from infrahub_sdk.core import bulk

        self._run(
            bulk.save_all(
                self,
                nodes,
                allow_upsert=allow_upsert,
                timeout=timeout,
                request_context=request_context,
                priority=priority,
                progress=progress,
            )
        )

    def delete(self, kind: str | type[SchemaTypeSync], id: str, branch: str | None = None) -> None:
        """Delete a node by its id.

        Args:
            kind: Its kind.
            id: Its id.
            branch: The branch; the client's default when None.
        """
        from infrahub_sdk.core import saving

        self._run(saving.delete_by_id(self, kind, id, branch))

    @overload
    def get(
        self,
        kind: type[SchemaTypeSync],
        raise_when_missing: Literal[False],
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        id: str | None = ...,
        hfid: list[str] | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        populate_store: bool = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> SchemaTypeSync | None: ...
    @overload
    def get(
        self,
        kind: type[SchemaTypeSync],
        raise_when_missing: Literal[True] = ...,
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        id: str | None = ...,
        hfid: list[str] | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        populate_store: bool = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> SchemaTypeSync: ...
    @overload
    def get(
        self,
        kind: str,
        raise_when_missing: Literal[False],
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        id: str | None = ...,
        hfid: list[str] | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        populate_store: bool = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> InfrahubNodeSync | None: ...
    @overload
    def get(
        self,
        kind: str,
        raise_when_missing: Literal[True] = ...,
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        id: str | None = ...,
        hfid: list[str] | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        populate_store: bool = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> InfrahubNodeSync: ...
    def get(
        self,
        kind: str | type[SchemaTypeSync],
        raise_when_missing: bool = True,
        at: Timestamp | str | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        id: str | None = None,
        hfid: list[str] | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        populate_store: bool = True,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        property: bool = False,
        include_metadata: bool = False,
        query_name: str | None = None,
        priority: Priority | None = None,
        only: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """One node.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            raise_when_missing: Whether it is an error that there is no such node; None is returned otherwise.
            at: A point in time.
            branch: The branch; the client's default when None.
            timeout: Seconds; the client's when None.
            id: The node's id, or the value of the kind's default filter.
            hfid: The components of its human-friendly id.
            include: Relationships whose peers are read with their fields; paths such as `interfaces.ip_addresses` go on
                from the peers to theirs. Where peers are of a generic kind, the fields of each one's own kind are read.
            exclude: Attributes and relationships that are not read, also those of peers: `interfaces.description`.
            populate_store: Whether the node is kept in `store`.
            fragment: For a generic kind, read the fields of the kinds that inherit from it, and not only those that a
                path names.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            property: Read the metadata of attributes and relationships.
            include_metadata: Read when and by whom nodes and relationships were made and changed.
            query_name: The operation's name.
            priority: How urgent it is.
            only: All the fields that are read, in the place of `include` and `exclude`, such as
                `["name", "interfaces.name"]`. A relationship without a further step is read as references. What is not
                named is not loaded, and says so when it is touched, see `Config.not_loaded`.
            **kwargs: Filters, such as `name__value="atl1"`.

        Raises:
            NodeNotFoundError: There is no such node.
            IndexError: There is more than one.
            ValueError: Nothing says which node.
            ValidationError: A filter or a field is not one of the kind's; the error names the nearest.
        """
        from infrahub_sdk.core import reading

        asked = reading.Reading.of(locals())
        return self._run(reading.get(self, kind, asked, id=id, hfid=hfid, raise_when_missing=raise_when_missing))

    @overload
    def all(
        self,
        kind: type[SchemaTypeSync],
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        parallel: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
    ) -> list[SchemaTypeSync]: ...
    @overload
    def all(
        self,
        kind: str,
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        property: bool = ...,
        parallel: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
    ) -> list[InfrahubNodeSync]: ...
    def all(
        self,
        kind: str | type[SchemaTypeSync],
        at: Timestamp | str | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        populate_store: bool = True,
        offset: int | None = None,
        limit: int | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        property: bool = False,
        parallel: bool = False,
        order: Order | None = None,
        include_metadata: bool = False,
        query_name: str | None = None,
        priority: Priority | None = None,
        only: list[str] | None = None,
    ) -> Any:
        """All nodes of a kind, page by page.

        Pages grow while the server answers quickly, unless `pagination_size` is set. While somebody else writes, nodes
        can move from one page to another: none is returned twice, and where there are fewer nodes than before, the
        pages are read again that may have lost some. Only reading a moment (`at`) gives the nodes of one moment.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            at: A point in time.
            branch: The branch; the client's default when None.
            timeout: Seconds a page; the client's when None.
            populate_store: Whether the nodes are kept in `store`.
            offset: How many nodes to pass over. One page is read then, unless pages are read in parallel.
            limit: How many nodes to read at most; in one page, unless pages are read in parallel.
            include: Relationships whose peers are read with their fields; paths such as `interfaces.ip_addresses` go on
                from the peers to theirs. Where peers are of a generic kind, the fields of each one's own kind are read.
            exclude: Attributes and relationships that are not read, also those of peers: `interfaces.description`.
            fragment: For a generic kind, read the fields of the kinds that inherit from it, and not only those that a
                path names.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            property: Read the metadata of attributes and relationships.
            parallel: Read several pages at a time, see `Config.max_concurrent_execution`.
            order: The order of the nodes.
            include_metadata: Read when and by whom nodes and relationships were made and changed.
            query_name: The operation's name.
            priority: How urgent it is.
            only: All the fields that are read, see `get`.

        Raises:
            ValidationError: A field is not one of the kind's; the error names the nearest.
            SchemaNotFoundError: There is no such kind; the error names the nearest.
        """
        from infrahub_sdk.core import reading

        asked = reading.Reading.of(locals())
        return self._run(reading.filters(self, kind, asked, operation="All", parallel=parallel))

    @overload
    def filters(
        self,
        kind: type[SchemaTypeSync],
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        partial_match: bool = ...,
        property: bool = ...,
        parallel: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> list[SchemaTypeSync]: ...
    @overload
    def filters(
        self,
        kind: str,
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        partial_match: bool = ...,
        property: bool = ...,
        parallel: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> list[InfrahubNodeSync]: ...
    def filters(
        self,
        kind: str | type[SchemaTypeSync],
        at: Timestamp | str | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        populate_store: bool = True,
        offset: int | None = None,
        limit: int | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        partial_match: bool = False,
        property: bool = False,
        parallel: bool = False,
        order: Order | None = None,
        include_metadata: bool = False,
        query_name: str | None = None,
        priority: Priority | None = None,
        only: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The nodes of a kind that meet conditions, page by page, see `all`.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            at: A point in time.
            branch: The branch; the client's default when None.
            timeout: Seconds a page; the client's when None.
            populate_store: Whether the nodes are kept in `store`.
            offset: How many nodes to pass over. One page is read then, unless pages are read in parallel.
            limit: How many nodes to read at most; in one page, unless pages are read in parallel.
            include: Relationships whose peers are read with their fields; paths such as `interfaces.ip_addresses` go on
                from the peers to theirs. Where peers are of a generic kind, the fields of each one's own kind are read.
            exclude: Attributes and relationships that are not read, also those of peers: `interfaces.description`.
            fragment: For a generic kind, read the fields of the kinds that inherit from it, and not only those that a
                path names.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            partial_match: Let text filters match parts of a value.
            property: Read the metadata of attributes and relationships.
            parallel: Read several pages at a time, see `Config.max_concurrent_execution`.
            order: The order of the nodes.
            include_metadata: Read when and by whom nodes and relationships were made and changed.
            query_name: The operation's name.
            priority: How urgent it is.
            only: All the fields that are read, in the place of `include` and `exclude`, such as
                `["name", "interfaces.name"]`. A relationship without a further step is read as references. What is not
                named is not loaded, and says so when it is touched, see `Config.not_loaded`.
            **kwargs: Filters: `name__value`, `name__values`, `ids`, `any__value`, `location__name__value`,
                `tags__ids`, ...

        Raises:
            ValidationError: A filter or a field is not one of the kind's; the error names the nearest.
            SchemaNotFoundError: There is no such kind; the error names the nearest.
        """
        from infrahub_sdk.core import reading

        asked = reading.Reading.of(locals())
        return self._run(reading.filters(self, kind, asked, parallel=parallel))

    @overload
    def iterate(
        self,
        kind: type[SchemaTypeSync],
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        partial_match: bool = ...,
        property: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> Generator[SchemaTypeSync, None, None]: ...
    @overload
    def iterate(
        self,
        kind: str,
        at: Timestamp | str | None = ...,
        branch: str | None = ...,
        timeout: int | None = ...,
        populate_store: bool = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        include: list[str] | None = ...,
        exclude: list[str] | None = ...,
        fragment: bool = ...,
        prefetch_relationships: bool = ...,
        partial_match: bool = ...,
        property: bool = ...,
        order: Order | None = ...,
        include_metadata: bool = ...,
        query_name: str | None = ...,
        priority: Priority | None = ...,
        only: list[str] | None = ...,
        **kwargs: Any,
    ) -> Generator[InfrahubNodeSync, None, None]: ...
    def iterate(
        self,
        kind: str | type[SchemaTypeSync],
        at: Timestamp | str | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        populate_store: bool = False,
        offset: int | None = None,
        limit: int | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        fragment: bool = False,
        prefetch_relationships: bool = False,
        partial_match: bool = False,
        property: bool = False,
        order: Order | None = None,
        include_metadata: bool = False,
        query_name: str | None = None,
        priority: Priority | None = None,
        only: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The nodes of a kind that meet conditions, one after the other, with the next page on its way.

        Two pages are in memory, however many nodes there are. When the loop is left half-way, the request that is on
        its way is ended.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            at: A point in time.
            branch: The branch; the client's default when None.
            timeout: Seconds a page; the client's when None.
            populate_store: Whether the nodes are kept in `store`, which then grows with each.
            offset: How many nodes to pass over.
            limit: How many nodes to read at most.
            include: Relationships whose peers are read with their fields, see `get`.
            exclude: Attributes and relationships that are not read, see `get`.
            fragment: For a generic kind, read the fields of the kinds that inherit from it.
            prefetch_relationships: Read the peers of all selected relationships with their attributes.
            partial_match: Let text filters match parts of a value.
            property: Read the metadata of attributes and relationships.
            order: The order of the nodes.
            include_metadata: Read when and by whom nodes and relationships were made and changed.
            query_name: The operation's name.
            priority: How urgent it is.
            only: All the fields that are read, see `get`.
            **kwargs: Filters, see `filters`.

        Raises:
            ValidationError: A filter or a field is not one of the kind's; the error names the nearest.
            SchemaNotFoundError: There is no such kind; the error names the nearest.
        """
        from infrahub_sdk.core import reading

        asked = reading.Reading.of(locals())
        return self._run_each(reading.iterate(self, kind, asked))

    def count(
        self,
        kind: str | type[SchemaTypeSync],
        at: Timestamp | str | None = None,
        branch: str | None = None,
        timeout: int | None = None,
        partial_match: bool = False,
        query_name: str | None = None,
        priority: Priority | None = None,
        **kwargs: Any,
    ) -> int:
        """How many nodes of a kind meet conditions.

        Args:
            kind: The kind's name, a generated protocol class, or a class made from the schema.
            at: A point in time.
            branch: The branch; the client's default when None.
            timeout: Seconds; the client's when None.
            partial_match: Let text filters match parts of a value.
            query_name: The operation's name.
            priority: How urgent it is.
            **kwargs: Filters, see `filters`.
        """
        from infrahub_sdk.core import reading

        return self._run(reading.count(self, kind, reading.Reading.of(locals())))
