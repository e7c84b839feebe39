"""Data for a new node, checked against its kind and written as the create mutation takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._shapes import hinted
from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .attribute import AttributeSchemaAPI
    from .kinds import MainSchemaTypesAPI

__all__ = ["generate_payload_create", "validate_data_against_schema"]

_HOLDS_ANYTHING = {"JSON", "Any", "List"}  # kinds of attributes whose value may itself be a dictionary


def validate_data_against_schema(schema: MainSchemaTypesAPI, data: Iterable[str]) -> None:
    """Check that every key is an attribute or a relationship of the kind.

    Args:
        schema: The kind.
        data: The data of a node, or just its keys.

    Raises:
        ValidationError: With every wrong key, and the name that comes nearest to it.
    """
    known = [*schema.attribute_names, *schema.relationship_names]
    messages = [
        hinted(f"{key!r} is neither an attribute nor a relationship of {schema.kind}", key, known)
        for key in data
        if key not in known
    ]
    if messages:
        raise ValidationError(schema.kind, "; ".join(messages), messages)


def generate_payload_create(
    schema: MainSchemaTypesAPI,
    data: Mapping[str, Any],
    source: str | None = None,
    owner: str | None = None,
    is_protected: bool | None = None,
) -> dict[str, Any]:
    """The input of the create mutation.

    Args:
        schema: The kind.
        data: Values by name. A relationship takes an id, a node, a dictionary (`{"id": ...}`, `{"hfid": [...]}`), or
            several of these; an attribute takes its value, or a dictionary with `value` and properties. `id` is
            the id that the node shall have.
        source: Id of the node that is the source of all values that do not name one.
        owner: Id of the node that owns all values that do not name one.
        is_protected: Whether only the owner may change the values that do not say so themselves.

    Raises:
        ValidationError: With every key that the kind does not have.
    """
    validate_data_against_schema(schema, (key for key in data if key != "id"))
    properties = _properties(source, owner, is_protected)
    payload: dict[str, Any] = {}
    for key, value in data.items():
        attribute = schema.get_attribute_or_none(key)
        relationship = schema.get_relationship_or_none(key)
        if attribute is not None:
            payload[key] = _attribute(attribute, value, properties)
        elif relationship is None:
            payload[key] = value
        elif relationship.cardinality_is_one:
            payload[key] = _peer(value, properties)
        else:
            peers = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
            payload[key] = [_peer(peer, properties) for peer in peers]
    return payload


def _properties(source: str | None, owner: str | None, is_protected: bool | None) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if source:
        properties["source"] = source
    if owner:
        properties["owner"] = owner
    if is_protected is not None:
        properties["is_protected"] = is_protected
    return properties


def _attribute(attribute: AttributeSchemaAPI, value: Any, properties: dict[str, Any]) -> dict[str, Any]:
    if isinstance(value, dict) and attribute.kind not in _HOLDS_ANYTHING:
        return _long_form(value, properties)
    return {"value": value, **properties}


def _long_form(value: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {**value, **{name: given for name, given in properties.items() if name not in value}}


def _peer(value: Any, properties: dict[str, Any]) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return _long_form(value, properties)
    return {"id": str(getattr(value, "id", value)), **properties}
