"""The schema as the asynchronous client offers it: `client.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.port import AsyncFacade
from infrahub_sdk.schema.manager_base import InfrahubSchemaBase

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from infrahub_sdk.client import InfrahubClient, SchemaType
    from infrahub_sdk.node.node import InfrahubNode
    from infrahub_sdk.schema import MainSchemaTypesAPI, SchemaLoadResponse
    from infrahub_sdk.schema.export import SchemaExport

__all__ = ["InfrahubSchema"]


class InfrahubSchema(AsyncFacade, InfrahubSchemaBase):
    """Reads, loads and checks schemas. What was read is kept for each branch (`cache`).

    Args:
        client: The client to read and write with.
    """

    client: InfrahubClient

    async def get(
        self, kind: type[SchemaType] | str, branch: str | None = None, refresh: bool = False, timeout: int | None = None
    ) -> MainSchemaTypesAPI:
        """The schema of one kind.

        Args:
            kind: Its name, a class made from the schema, or a generated protocol class.
            branch: The branch; the client's default when None.
            refresh: Ask the server again.
            timeout: Seconds; the client's when None.

        Raises:
            SchemaNotFoundError: The branch has no such kind; the error names the nearest.
            BranchNotFoundError: The server has no such branch.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.get_kind(self.client, kind, branch, refresh=refresh, timeout=timeout))

    async def all(
        self,
        branch: str | None = None,
        refresh: bool = False,
        namespaces: list[str] | None = None,
        schema_hash: str | None = None,
    ) -> MutableMapping[str, MainSchemaTypesAPI]:
        """The schemas of all kinds, by kind.

        Args:
            branch: The branch; the client's default when None.
            refresh: Ask the server again.
            namespaces: Read only the kinds of these namespaces, when the server is asked.
            schema_hash: The hash that the schema should have; when the cache has it, the server is not asked.
        """
        from infrahub_sdk.core import schema

        return await self._run(
            schema.all_kinds(self.client, branch, refresh=refresh, namespaces=namespaces, schema_hash=schema_hash)
        )

    async def fetch(
        self,
        branch: str,
        namespaces: list[str] | None = None,
        timeout: int | None = None,
        populate_cache: bool = True,
    ) -> MutableMapping[str, MainSchemaTypesAPI]:
        """Read the schemas of all kinds from the server.

        Args:
            branch: The branch.
            namespaces: Read only the kinds of these namespaces.
            timeout: Seconds; the client's when None.
            populate_cache: Keep them for later calls.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.fetch(self.client, branch, namespaces, timeout, populate_cache=populate_cache))

    async def load(
        self, schemas: list[dict[str, Any]], branch: str | None = None, wait_until_converged: bool = False
    ) -> SchemaLoadResponse:
        """Load schemas into the server.

        Args:
            schemas: Each as in a schema file: `{"version": "1.0", "nodes": [...], "generics": [...]}`.
            branch: The branch; the client's default when None.
            wait_until_converged: Wait until all workers of the server have the new schema.

        Returns:
            Whether the schema changed and to which hash; or, in `errors`, what the server finds wrong.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.load(self.client, schemas, branch, wait_until_converged=wait_until_converged))

    async def check(
        self, schemas: list[dict[str, Any]], branch: str | None = None
    ) -> tuple[bool, dict[str, Any] | None]:
        """Ask the server what loading schemas would do, without doing it.

        Args:
            schemas: As for `load`.
            branch: The branch; the client's default when None.

        Returns:
            Whether they are valid, and what would change or what is wrong.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.check(self.client, schemas, branch))

    async def wait_until_converged(self, branch: str | None = None) -> None:
        """Wait until all workers of the server have the same schema, at most `Config.schema_converge_timeout` seconds.

        Args:
            branch: The branch; the client's default when None.
        """
        from infrahub_sdk.core import schema

        await self._run(schema.poll_until_converged(self.client, branch))

    async def in_sync(self, branch: str | None = None) -> bool:
        """Whether all workers of the server have the same schema.

        Args:
            branch: The branch; the client's default when None.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.in_sync(self.client, branch))

    async def add_enum_option(
        self, kind: str | InfrahubNode, attribute: str, option: str | int, branch: str | None = None
    ) -> None:
        """Add an option to an attribute with an enum.

        Args:
            kind: The kind, or a node of it.
            attribute: The attribute's name.
            option: The option.
            branch: The branch; the client's default when None.
        """
        from infrahub_sdk.core import schema

        await self._run(schema.change_choice(self.client, "SchemaEnumAdd", kind, attribute, {"enum": option}, branch))

    async def remove_enum_option(
        self, kind: str | InfrahubNode, attribute: str, option: str | int, branch: str | None = None
    ) -> None:
        """Remove an option from an attribute with an enum, see `add_enum_option`."""
        from infrahub_sdk.core import schema

        await self._run(
            schema.change_choice(self.client, "SchemaEnumRemove", kind, attribute, {"enum": option}, branch)
        )

    async def add_dropdown_option(
        self,
        kind: str | InfrahubNode,
        attribute: str,
        option: str,
        color: str | None = "",
        description: str | None = "",
        label: str | None = "",
        branch: str | None = None,
    ) -> None:
        """Add an option to a dropdown.

        Args:
            kind: The kind, or a node of it.
            attribute: The attribute's name.
            option: The option's name.
            color: As `#rrggbb`.
            description: What it means.
            label: What is shown for it.
            branch: The branch; the client's default when None.
        """
        from infrahub_sdk.core import schema

        choice = {"dropdown": option, "color": color, "description": description, "label": label}
        await self._run(schema.change_choice(self.client, "SchemaDropdownAdd", kind, attribute, choice, branch))

    async def remove_dropdown_option(
        self, kind: str | InfrahubNode, attribute: str, option: str, branch: str | None = None
    ) -> None:
        """Remove an option from a dropdown, see `add_dropdown_option`."""
        from infrahub_sdk.core import schema

        await self._run(
            schema.change_choice(self.client, "SchemaDropdownRemove", kind, attribute, {"dropdown": option}, branch)
        )

    async def export(self, branch: str | None = None, namespaces: list[str] | None = None) -> SchemaExport:
        """The user's own kinds as they would be loaded, by namespace.

        Args:
            branch: The branch; the client's default when None.
            namespaces: Only these namespaces.
        """
        from infrahub_sdk.core import schema

        exported: SchemaExport = await self._run(schema.export(self.client, branch, namespaces))
        return exported

    async def get_graphql_schema(self, branch: str | None = None) -> str:
        """The GraphQL schema, as text.

        Args:
            branch: The branch; the client's default when None.

        Raises:
            ValueError: The server does not give it.
        """
        from infrahub_sdk.core import schema

        return await self._run(schema.graphql_schema(self.client, branch))
