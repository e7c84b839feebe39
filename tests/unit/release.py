"""Servers of several releases: each refuses what its GraphQL schema refuses, and answers the rest with made-up data."""

from __future__ import annotations

import gc
import gzip
import json
import uuid
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_introspection_type,
    parse,
    validate,
)

from infrahub_sdk import Config
from infrahub_sdk.transport.response import Response
from tests.unit.kinds import attribute, kind, relationship

__all__ = ["RELEASES", "Release", "at_least"]

DATA = Path(__file__).parent / "data" / "server-schemas"


def number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


RELEASES = sorted((path.name[: -len(".graphql.gz")] for path in DATA.glob("*.graphql.gz")), key=number)


def at_least(release: str, since: str) -> bool:
    return number(release) >= number(since)


@cache
def schema_of(release: str) -> GraphQLSchema:
    text = gzip.decompress((DATA / f"{release}.graphql.gz").read_bytes()).decode()
    gc.collect()
    gc.disable()
    schema = build_schema(text, assume_valid=True, no_location=True)
    gc.freeze()  # it stays: many objects, which the collector need not look at
    gc.enable()
    return schema


class Release:
    """A server of one release.

    Attributes:
        sent: Each document that was sent, and what the server finds wrong with it.
    """

    def __init__(self, release: str) -> None:
        self.release = release
        self.graphql = schema_of(release)
        self.sent: list[tuple[str, list[str]]] = []

    def config(self, **fields: Any) -> Config:
        """Settings with which the synchronous client talks to this server."""
        return Config(**{"address": "http://infrahub.test:8000", "sync_requester": self._answer, **fields})

    @property
    def refused(self) -> list[tuple[str, list[str]]]:
        return [(document, errors) for document, errors in self.sent if errors]

    def _answer(self, url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
        path = urlsplit(url).path
        if path == "/api/schema":
            return Response(200, content=_packed_kinds(self.release), url=url)
        if path == "/api/schema/summary":
            return Response(200, content=json.dumps({"main": self.release}).encode(), url=url)
        if path == "/schema.graphql":
            return Response(200, content=b"type Query", url=url)
        if not path.startswith("/graphql/"):
            return Response(200, content=b'{"hash": "1", "previous_hash": "1"}', url=url)
        return Response(200, content=json.dumps(self._run(payload)).encode(), url=url)

    def _run(self, payload: dict[str, Any]) -> dict[str, Any]:
        document, errors = _checked(self.release, payload["query"])
        data = None
        if not errors:
            result = execute_sync(
                self.graphql,
                document,
                variable_values=payload.get("variables"),
                operation_name=payload.get("operationName"),
                field_resolver=self._resolve,
                type_resolver=_concrete,
            )
            data, errors = result.data, result.errors or []
        self.sent.append((payload["query"], [error.message for error in errors]))
        return {"data": data, **({"errors": [{"message": error.message} for error in errors]} if errors else {})}

    def _resolve(self, source: Any, info: Any, **arguments: Any) -> Any:
        """A value for a field: what the source says, or something of its type."""
        if isinstance(source, dict) and info.field_name in source:
            return source[info.field_name]
        if not isinstance(source, dict) and is_introspection_type(info.parent_type):
            return getattr(source, info.field_name, None)
        if info.field_name == "version":
            return self.release
        if info.field_name == "edges":
            if _has_no_kind(info, get_named_type(info.return_type).fields["node"].type):
                return []
            return [{"ids": [identifier]} for identifier in (source or {}).get("ids") or [str(uuid.uuid4())]]
        if _has_no_kind(info, info.return_type):
            return None
        data = arguments.get("data") or {}
        ids = arguments.get("ids") or ([data["id"]] if data.get("id") else None) or (source or {}).get("ids")
        made = _made_up(info.return_type, info.field_name, ids)
        if isinstance(made, list) and "name" in arguments:  # one branch
            made[0]["name"] = arguments["name"]
        return made


_parsed = cache(partial(parse, no_location=True))


@cache
def _checked(release: str, text: str) -> tuple[Any, list[Any]]:
    document = _parsed(text)
    return document, validate(schema_of(release), document)


def _made_up(kind: Any, name: str, ids: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _made_up(kind.of_type, name, ids)
    if isinstance(kind, GraphQLList):
        return [_made_up(kind.of_type, name, ids)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLScalarType):
        if name == "id":
            return ids[0] if ids else str(uuid.uuid4())
        return _SCALARS.get(kind.name, "text")
    return {"ids": ids}


_SCALARS: dict[str, Any] = {
    "Int": 1, "Float": 1.0, "Boolean": True, "BigInt": 1, "DateTime": "2024-01-01T00:00:00Z", "GenericScalar": [],
}  # fmt: skip


def _concrete(_value: Any, info: Any, abstract: Any) -> str:
    """The type of which a node is that a field of a generic type gives."""
    possible: list[str] = sorted(item.name for item in info.schema.get_possible_types(abstract))
    return next((name for name in possible if name in info.schema.query_type.fields), possible[0])


def _has_no_kind(info: Any, kind: Any) -> bool:
    """Whether a type stands for a generic that no kind of the server's own inherits from."""
    named = get_named_type(kind)
    return is_abstract_type(named) and not info.schema.get_possible_types(named)


# The schema of the same server as `/api/schema` tells it, as far as it shows in the GraphQL schema


@cache
def _packed_kinds(release: str) -> bytes:
    graphql = schema_of(release)
    kinds = [_kind(graphql, name, definition) for name, definition in _kinds(graphql).items()]
    return json.dumps(
        {
            "main": release,
            "nodes": [item for item in kinds if "used_by" not in item],
            "generics": [item for item in kinds if "used_by" in item],
        }
    ).encode()


def _kinds(graphql: GraphQLSchema) -> dict[str, Any]:
    found = {}
    for name, definition in graphql.type_map.items():
        is_composite = isinstance(definition, (GraphQLObjectType, GraphQLInterfaceType))
        if is_composite and {"id", "display_label", "hfid"} <= definition.fields.keys():
            found[name] = definition
    return found


def _kind(graphql: GraphQLSchema, name: str, definition: Any) -> dict[str, Any]:
    split = next(index for index in range(1, len(name)) if name[index].isupper())
    accepted = getattr(graphql.type_map.get(f"{name}CreateInput"), "fields", definition.fields)
    top = definition.fields.get("ancestors")
    hierarchy = _peer(top.type) if top is not None else None
    fields = {field: item for field, item in definition.fields.items() if field not in NOT_IN_SCHEMA}
    attributes = [
        attribute(
            field,
            get_named_type(item.type).name[: -len("Attribute")],
            read_only=field not in accepted,
            unique=field == "name",
        )
        for field, item in fields.items()
        if get_named_type(item.type).name.endswith("Attribute")
    ]
    relationships = [
        _relationship(field, item, hierarchy, read_only=field not in accepted)
        for field, item in fields.items()
        if get_named_type(item.type).name.startswith("Nested")
    ]
    extra: dict[str, Any] = {"hierarchy": hierarchy} if hierarchy else {}
    if isinstance(definition, GraphQLInterfaceType):
        extra["used_by"] = [item.name for item in graphql.get_possible_types(definition)]
        extra["hierarchical"] = bool(hierarchy)
    else:
        extra["inherit_from"] = [item.name for item in definition.interfaces]
    if "name" in fields:
        extra.update(human_friendly_id=["name__value"], default_filter="name__value")
    return kind(name[:split], name[split:], attributes=attributes, relationships=relationships, **extra)


NOT_IN_SCHEMA = {"id", "hfid", "display_label", "_updated_at", "ancestors", "descendants"}
_KINDS_OF_RELATIONSHIPS = {
    "member_of_groups": "Group",
    "subscriber_of_groups": "Group",
    "members": "Group",
    "subscribers": "Group",
    "profiles": "Profile",
}


def _peer(nested: Any) -> str:
    name: str = get_named_type(nested).name
    return name.replace("NestedPaginated", "").replace("NestedEdged", "")


def _relationship(field: str, item: Any, hierarchy: str | None, *, read_only: bool) -> dict[str, Any]:
    cardinality = "many" if "Paginated" in get_named_type(item.type).name else "one"
    of_hierarchy = hierarchy and field in {"parent", "children"}
    sort = "Hierarchy" if of_hierarchy else _KINDS_OF_RELATIONSHIPS.get(field, "Attribute")
    extra = {"hierarchical": hierarchy} if of_hierarchy else {}
    return relationship(field, _peer(item.type), cardinality, kind=sort, read_only=read_only, **extra)
