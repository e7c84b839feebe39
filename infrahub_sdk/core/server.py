"""What the server says of itself: its version, and what its GraphQL schema has that others lack."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.graphql import execute
from infrahub_sdk.exceptions import GraphQLError, VersionNotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.types import Order

__all__ = ["DELETE_FROM_GIT", "Feature", "Selective", "fields_of", "of_reading", "require", "version"]


# Seconds for which nobody asks again what the server lacks: it may be replaced by a later release.
TRUSTED_FOR = 60.0


async def version(client: BaseClient) -> str:
    """The server's version."""
    data = await execute(client, "query { InfrahubInfo { version }}")
    client._server_version = str((data.get("InfrahubInfo") or {}).get("version", ""))
    return client._server_version


# What its GraphQL schema has


async def fields_of(client: BaseClient, type_name: str) -> frozenset[str]:
    """The fields of a GraphQL type, or the input fields; empty when the server has no such type.

    Asked for once for each client: of the types that are built into the server, all its branches have the same. Of a
    field that takes arguments there is also each argument, as `children(limit)`.
    """
    await _know(client, [type_name])
    return client._server_types[type_name]


async def _know(client: BaseClient, type_names: Iterable[str]) -> None:
    """See to it that the fields of types are known; those that are not are asked for together."""
    async with client._port.exclusive("server types"):
        unknown = [name for name in dict.fromkeys(type_names) if name not in client._server_types]
        if unknown:
            await _introspect(client, unknown)


# `includeDeprecated`: what is deprecated is still served. The version rides along for the messages of errors.
_TYPE = (
    "__type(name: $n{0}) {{ fields(includeDeprecated: true) {{ name args {{ name }} }} "
    "inputFields(includeDeprecated: true) {{ name }} }}"
)


async def _introspect(client: BaseClient, type_names: Sequence[str]) -> None:
    declared = ", ".join(f"$n{number}: String!" for number in range(len(type_names)))
    asked = " ".join(f"t{number}: {_TYPE.format(number)}" for number in range(len(type_names)))
    data = await execute(
        client,
        f"query Types({declared}) {{ InfrahubInfo {{ version }} {asked} }}",
        {f"n{number}": name for number, name in enumerate(type_names)},
        tracker="query-types",
        operation_name="Types",
        repeatable=True,
    )
    client._server_version = str((data.get("InfrahubInfo") or {}).get("version", ""))
    client._server_asked = monotonic()
    for number, name in enumerate(type_names):
        client._server_types[name] = frozenset(_names(data.get(f"t{number}") or {}))


def _names(found: dict[str, Any]) -> Iterable[str]:
    for field in found.get("inputFields") or ():
        yield field["name"]
    for field in found.get("fields") or ():
        yield field["name"]
        for argument in field.get("args") or ():
            yield f"{field['name']}({argument['name']})"


class Feature(NamedTuple):
    """Something that a caller may ask for and that not every server has.

    Attributes:
        name: What the caller asked for, as the error names it.
        type_name: The GraphQL type that tells.
        field: The field that this type has on servers which can do it.
        since: The first release that surely has it.
    """

    name: str
    type_name: str
    field: str
    since: str


DELETE_FROM_GIT = Feature("branch.delete(delete_from_git=True)", "BranchDeleteInput", "delete_from_git", "1.9")
METADATA = Feature("include_metadata", "InfrahubNodeMetadata", "updated_by", "1.9")
METADATA_FILTERS = Feature("A filter by node_metadata", "InfrahubNodeMetadata", "updated_by", "1.9")
METADATA_ORDER = Feature("Order(node_metadata=...)", "OrderInput", "node_metadata", "1.9")
ORDER_BY = Feature("Order(by=...)", "OrderInput", "by", "1.10")
# Nested queries take the filters that those of the kind itself take, and tell of them in far fewer words.
LABEL_FILTERS = Feature("A filter by display_label", "CoreGroup", "children(display_label__value)", "1.9")
FEATURES = (DELETE_FROM_GIT, METADATA, METADATA_FILTERS, METADATA_ORDER, ORDER_BY, LABEL_FILTERS)


def of_reading(*, metadata: bool = False, order: Order | None = None, filters: Iterable[str] = ()) -> list[Feature]:
    """What a read needs that not every server has.

    Args:
        metadata: Whether the metadata of nodes is read.
        order: The order of the nodes.
        filters: The names of the filters.
    """
    needed = [METADATA] if metadata else []
    needed += [ORDER_BY] if getattr(order, "by", None) else []
    needed += [METADATA_ORDER] if getattr(order, "node_metadata", None) is not None else []
    steps = {step for name in filters for step in name.split("__")}
    needed += [METADATA_FILTERS] if "node_metadata" in steps else []
    return [*needed, LABEL_FILTERS] if "display_label" in steps else needed


async def require(client: BaseClient, *features: Feature) -> None:
    """Refuse what the server cannot do, before it is asked to.

    Raises:
        VersionNotSupportedError: Naming what was asked for, since when it is there, and the server's version.
    """
    if not features:
        return
    type_names = [feature.type_name for feature in (*features, *FEATURES)]  # one request for all to come
    await _know(client, type_names)
    if _lacking(client, features) and monotonic() - client._server_asked > TRUSTED_FOR:
        for name in type_names:
            client._server_types.pop(name, None)
        await _know(client, type_names)
    for feature in _lacking(client, features):
        raise VersionNotSupportedError(feature.name, feature.since, client._server_version or None)


def _lacking(client: BaseClient, features: Iterable[Feature]) -> list[Feature]:
    types = client._server_types
    return [feature for feature in features if feature.field not in types.get(feature.type_name, ())]


_UNKNOWN_FIELD = re.compile(r"Cannot query field '\w+' on type '(\w+)'")


class Selective(NamedTuple):
    """A document that asks for those of some fields which the server has.

    It is sent with all of them first, since current servers have them all. An older server refuses the document as a
    whole before it does anything; only then it is asked what it has, and the document is sent again.

    Attributes:
        type_name: The GraphQL type that the fields belong to.
        fields: All of them.
        render: Makes the document.
    """

    type_name: str
    fields: tuple[str, ...]
    render: Callable[[Iterable[str]], str]

    async def execute(self, client: BaseClient, variables: dict[str, Any] | None = None, **options: Any) -> Any:
        """Run it; the options are those of `core.graphql.execute`."""
        chosen = self._chosen(client)
        try:
            return await execute(client, self.render(chosen), variables, **options)
        except GraphQLError as error:
            if not self._lacks_a_field(error):
                raise
            client._server_types.pop(self.type_name, None)  # a server may be replaced by another release
            await fields_of(client, self.type_name)
            fewer = self._chosen(client)
            if not fewer or fewer == chosen:
                raise
        return await execute(client, self.render(fewer), variables, **options)

    def _chosen(self, client: BaseClient) -> tuple[str, ...]:
        known = client._server_types.get(self.type_name)
        return self.fields if known is None else tuple(name for name in self.fields if name in known)

    def _lacks_a_field(self, error: GraphQLError) -> bool:
        """Whether the server refused the document because of a field of this type, and so did nothing."""
        found = [_UNKNOWN_FIELD.match(str(item.get("message"))) for item in error.errors if isinstance(item, dict)]
        return any(match is not None and match[1] == self.type_name for match in found)
