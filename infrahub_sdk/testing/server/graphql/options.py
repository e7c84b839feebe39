"""What resolves the mutations of dropdowns and enums in schemas."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.writing import change
from infrahub_sdk.testing.server.schema import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []


@resolves("Mutation.SchemaDropdownAdd")
def add_choice(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Give a dropdown another choice."""
    given = {name: data.get(name) for name in ("color", "label", "description")}
    with _change(info.context, context) as session:
        choice = {"name": data["dropdown"], **given}
        found = options.add_choice(session, data["kind"], data["attribute"], choice)
    return {"ok": True, "object": {"value": found["name"], **{name: found[name] for name in given}}}


@resolves("Mutation.SchemaDropdownRemove")
def remove_choice(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Take a choice from a dropdown."""
    with _change(info.context, context) as session:
        options.remove_choice(session, data["kind"], data["attribute"], data["dropdown"])
    return {"ok": True}


@resolves("Mutation.SchemaEnumAdd")
def add_value(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Let an enum have another value."""
    with _change(info.context, context) as session:
        options.add_value(session, data["kind"], data["attribute"], data["enum"])
    return {"ok": True}


@resolves("Mutation.SchemaEnumRemove")
def remove_value(_: Any, info: Any, data: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """Take a value from an enum."""
    with _change(info.context, context) as session:
        options.remove_value(session, data["kind"], data["attribute"], data["enum"])
    return {"ok": True}


@contextmanager
def _change(session: Session, context: Any) -> Iterator[Session]:
    """Change the schema, see `change`."""
    session.permissions.require("manage_schema")
    with change(session, context) as changed:
        yield changed
