"""Options of attributes: the choices of dropdowns and the values of enums, added and taken away one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.schema import checking, loading
from infrahub_sdk.testing.server.schema.fields import RESTRICTED_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.schema.kinds import Attribute, Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["add_choice", "add_value", "remove_choice", "remove_value"]


def add_choice(session: Session, kind_name: str, name: str, choice: Mapping[str, Any]) -> dict[str, Any]:
    """Give a dropdown another choice.

    Args:
        session: Whose view of the data; it has the changed kind afterwards.
        kind_name: The kind.
        name: The name of its attribute.
        choice: The choice, with its `name`.

    Returns:
        The choice as the schema has it.

    Raises:
        Refused: There is no such dropdown, it has the choice already, or the choice is none that a schema may have.
    """
    kind, attribute = _dropdown(session, kind_name, name)
    if choice["name"] in _choices(attribute):
        raise Refused(f"{kind.name}.{name} has the choice {choice['name']!r} already")
    _check_form(kind, name, choice)
    _load(session, kind, {**attribute.data, "choices": [dict(choice)]})
    return _choices(session.kinds[kind.name].attributes[name])[choice["name"]]


def remove_choice(session: Session, kind_name: str, name: str, choice: str) -> None:
    """Take a choice from a dropdown.

    Raises:
        Refused: There is no such choice, it is the last one, or nodes have it.
    """
    kind, attribute = _dropdown(session, kind_name, name)
    choices = _choices(attribute)
    _check_removal(session, kind, name, choice, list(choices), "dropdown")
    _load(session, kind, {**attribute.data, "choices": [{**choices[choice], "state": "absent"}]})


def add_value(session: Session, kind_name: str, name: str, value: str) -> None:
    """Let an enum have another value.

    Raises:
        Refused: There is no such enum, or it has the value already.
    """
    kind, attribute = _enum(session, kind_name, name)
    values, new = attribute.data["enum"], _typed(attribute, value)
    if new in values:
        raise Refused(f"{kind.name}.{name} has {value!r} in its enum already")
    _load(session, kind, {**attribute.data, "enum": [*values, new]})


def remove_value(session: Session, kind_name: str, name: str, value: str) -> None:
    """Take a value from an enum.

    Raises:
        Refused: There is no such value, it is the last one, or nodes have it.
    """
    kind, attribute = _enum(session, kind_name, name)
    values, old = attribute.data["enum"], _typed(attribute, value)
    _check_removal(session, kind, name, old, values, "enum")
    _load(session, kind, {**attribute.data, "enum": [item for item in values if item != old]})


def _dropdown(session: Session, kind_name: str, name: str) -> tuple[Kind, Attribute]:
    kind, attribute = _attribute(session, kind_name, name)
    if attribute.kind != "Dropdown":
        raise Refused(f"{kind.name}.{name} is of the kind {attribute.kind}, which has no choices")
    return kind, attribute


def _enum(session: Session, kind_name: str, name: str) -> tuple[Kind, Attribute]:
    kind, attribute = _attribute(session, kind_name, name)
    if not attribute.data["enum"]:
        raise Refused(f"{kind.name}.{name} has no enum: it takes any {attribute.kind}")
    return kind, attribute


def _attribute(session: Session, kind_name: str, name: str) -> tuple[Kind, Attribute]:
    kind = lookup.kind(session, kind_name)
    namespace = kind.data["namespace"]
    if namespace in RESTRICTED_NAMESPACES:
        raise Refused(f"{kind.name} stays as it is: the namespace {namespace!r} is the server's own")
    attribute = kind.attributes.get(name)
    if attribute is None:
        raise Refused(f"{kind.name} has no attribute {name!r}")
    if attribute.data["inherited"]:
        raise Refused(f"{kind.name}.{name} comes from a generic: change it there")
    return kind, attribute


def _choices(attribute: Attribute) -> dict[str, dict[str, Any]]:
    return {choice["name"]: choice for choice in attribute.data["choices"] or ()}


def _typed(attribute: Attribute, value: str) -> Any:
    is_number = attribute.kind in {"Number", "Bandwidth"} and value.lstrip("-").isdigit()
    return int(value) if is_number else value


def _check_removal(session: Session, kind: Kind, name: str, option: Any, options: list[Any], what: str) -> None:
    if session.find(kind, {f"{name}__value": option}, limit=1):
        raise Refused(f"{kind.name}.{name}: nodes have the {what} value {option!r}: give them another one first")
    if option not in options:
        raise Refused(f"{kind.name}.{name} has no {what} value {option!r} to take away")
    if len(options) == 1:
        raise Refused(f"{kind.name}.{name} would be left without a value: {option!r} is its only one")


def _check_form(kind: Kind, name: str, choice: Mapping[str, Any]) -> None:
    """Refuse a choice that a file with a schema may not have either."""
    attribute = {"name": name, "kind": "Dropdown", "choices": [dict(choice)]}
    for mistake in checking.mistakes({"schemas": [_extension(kind, attribute)]}):
        raise Refused(f"{kind.name}.{name}: the choice has a {mistake['loc'][-1]} that {mistake['msg']}", status=500)


def _load(session: Session, kind: Kind, attribute: dict[str, Any]) -> None:
    """Load the schema of an attribute as it shall be."""
    loading.load(session, [_extension(kind, attribute)])


def _extension(kind: Kind, attribute: dict[str, Any]) -> dict[str, Any]:
    return {"version": "1.0", "extensions": {"nodes": [{"kind": kind.name, "attributes": [attribute]}]}}
