"""What `client.schema` does without asking the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from infrahub_sdk.exceptions import SchemaNotFoundError

if TYPE_CHECKING:
    from infrahub_sdk.schema import MainSchemaTypesAPI, SchemaRootAPI, SchemaValidationResult
    from infrahub_sdk.schema.cache import BranchSchema

__all__ = ["InfrahubSchemaBase"]


class InfrahubSchemaBase:
    """The schemas that are known, by branch, and what follows from them.

    Attributes:
        client: The client to read and write with.
        cache: The schema of each branch that was read.
    """

    _is_sync: ClassVar[bool]

    def __init__(self, client: Any) -> None:
        self.client = client
        self.cache: dict[str, BranchSchema] = {}
        self._classes: dict[str, tuple[BranchSchema, dict[str, type[Any]]]] = {}

    def set_cache(self, schema: dict[str, Any] | SchemaRootAPI | BranchSchema, branch: str | None = None) -> None:
        """Let this be the schema of a branch, so that the server is not asked for it.

        Args:
            schema: What `/api/schema` answers, or a schema of another client.
            branch: The branch; the client's default when None.

        Raises:
            ValidationError: It is no schema; the error names the path to what is wrong.
        """
        from infrahub_sdk.schema.cache import BranchSchema

        if isinstance(schema, dict):
            schema = BranchSchema.from_api_response(schema)
        elif not isinstance(schema, BranchSchema):
            schema = BranchSchema.from_schema_root_api(schema)
        self.cache[branch or self.client.default_branch] = schema

    def validate(self, data: dict[str, Any]) -> SchemaValidationResult:
        """Check a schema before it is loaded, see `infrahub_sdk.schema.validate_schema`.

        Args:
            data: As in a schema file.

        Raises:
            ValueError: It is not valid.
        """
        from infrahub_sdk.schema.validate import validate_schema

        return validate_schema(data, raise_on_error=True)

    def validate_data_against_schema(self, schema: MainSchemaTypesAPI, data: dict[str, Any]) -> None:
        """Check that all keys are fields of a kind.

        Args:
            schema: The kind's schema.
            data: Field values by name.

        Raises:
            ValidationError: One is not; the error names the nearest.
        """
        from infrahub_sdk.schema.payload import validate_data_against_schema

        validate_data_against_schema(schema, data)

    def generate_payload_create(
        self,
        schema: MainSchemaTypesAPI,
        data: dict[str, Any],
        source: str | None = None,
        owner: str | None = None,
        is_protected: bool | None = None,
    ) -> dict[str, Any]:
        """Field values with metadata, as `client.create(data=...)` takes them.

        Args:
            schema: The kind's schema.
            data: Field values by name.
            source: The id of the node that the values come from.
            owner: The id of the node that they belong to.
            is_protected: Whether only the owner may change them.
        """
        from infrahub_sdk.schema.payload import generate_payload_create

        return generate_payload_create(schema, data, source=source, owner=owner, is_protected=is_protected)

    def get_class(self, kind: Any, branch: str | None = None) -> type[Any]:
        """The class of a kind whose schema was read, for `isinstance` and `help`.

        Args:
            kind: Its name, or a class that stands for it. A generic kind is the base class of the kinds that inherit
                from it.
            branch: The branch; the client's default when None.

        Raises:
            SchemaNotFoundError: The schema that is known here has no such kind.
        """
        from infrahub_sdk.core.schema import kind_name

        return self._node_class(kind_name(kind, is_sync=self._is_sync), branch or self.client.default_branch)

    def _node_class(self, kind: str, branch: str) -> type[Any]:
        """The class of a kind; made when it is first asked for, and anew when the schema has changed."""
        schema = self.cache.get(branch)
        known = self._classes.get(branch)
        if known is None or known[0] is not schema:
            if schema is None:
                raise SchemaNotFoundError(
                    kind, f"The schema of branch {branch!r} has not been read; call schema.all() or schema.get() first."
                )
            known = self._classes[branch] = (schema, {})
        found = known[1].get(kind)
        if found is None:
            found = known[1].setdefault(kind, self._build_class(kind, branch, known[0]))
        return found

    def _build_class(self, kind: str, branch: str, schema: BranchSchema) -> type[Any]:
        from infrahub_sdk.schema.builder import node_class
        from infrahub_sdk.schema.cache import kind_not_found

        if kind not in schema.nodes:
            raise kind_not_found(kind, branch, schema.nodes)
        return node_class(self._base_class(), schema.nodes[kind], schema_hash=schema.hash, schema_of=schema.nodes.get)

    def _base_class(self) -> type[Any]:
        if self._is_sync:
            from infrahub_sdk.node.node_sync import InfrahubNodeSync

            return InfrahubNodeSync
        from infrahub_sdk.node.node import InfrahubNode

        return InfrahubNode
