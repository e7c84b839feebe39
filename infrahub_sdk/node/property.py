"""Metadata of attributes and relationships: who set a value, whom it belongs to, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from infrahub_sdk.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class _HasMetadata(Protocol):
        _changes: dict[str, Any] | None

        def _live(self) -> _HasMetadata: ...
        def _keep(self) -> None: ...
        def _loaded_metadata(self) -> dict[str, Any]: ...


__all__ = ["MetadataField", "NodeProperty", "metadata_input"]

T = TypeVar("T")

# What may be written, and how the server's input names it.
WRITABLE = ("is_protected", "source", "owner")


class NodeProperty:
    """The node that a value comes from or belongs to.

    Args:
        data: Its id, or `{"id": ..., "display_label": ..., "__typename": ...}`.
    """

    __slots__ = ("display_label", "id", "typename")

    def __init__(self, data: dict[str, Any] | str) -> None:
        known = data if isinstance(data, dict) else {"id": data}
        self.id: str | None = known.get("id")
        self.display_label: str | None = known.get("display_label")
        self.typename: str | None = known.get("__typename")

    def __repr__(self) -> str:
        return f"{{'id': {self.id!r}, 'display_label': {self.display_label!r}, '__typename': {self.typename!r}}}"

    def _generate_input_data(self) -> str | None:
        return self.id


class MetadataField(Generic[T]):
    """One piece of metadata: read from what the server sent, or from what was assigned since.

    Args:
        wrap: Turns the server's value, and an assigned one, into what the user sees.
    """

    def __init__(self, wrap: Callable[[Any], T | None] | None = None) -> None:
        self._wrap = wrap

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> MetadataField[T]: ...
    @overload
    def __get__(self, instance: _HasMetadata, owner: type) -> T | None: ...
    def __get__(self, instance: _HasMetadata | None, owner: type) -> Any:
        if instance is None:
            return self
        instance = instance._live()
        changes = instance._changes
        if changes is not None and self._name in changes:
            return changes[self._name]
        return self._seen(instance._loaded_metadata().get(self._name))

    def __set__(self, instance: _HasMetadata, value: Any) -> None:
        if self._name not in WRITABLE:
            raise ValidationError(
                self._name, f"the server keeps this itself; what can be set is {', '.join(WRITABLE)}."
            )
        if value is None:
            raise ValidationError(self._name, "the server has no way to take this away; set it to something else.")
        live = instance._live()
        live._changes = {**(live._changes or {}), self._name: self._seen(value)}
        live._keep()

    def _seen(self, value: Any) -> Any:
        return value if value is None or self._wrap is None else self._wrap(value)


def as_property(value: Any) -> NodeProperty:
    """The node that an id, the server's data, or a node stands for."""
    if isinstance(value, NodeProperty):
        return value
    if isinstance(value, (str, dict)):
        return NodeProperty(value)
    label = value._data.get("display_label") if hasattr(value, "_data") else value.display_label
    return NodeProperty({"id": value.id, "display_label": label})


def as_id(value: Any) -> str | None:
    """The id that a text, the server's data, or a node stands for."""
    if isinstance(value, dict):
        value = value.get("id")
    found: str | None = value if value is None or isinstance(value, str) else value.id
    return found


def metadata_input(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The metadata that may be written, as the server takes it; what the server keeps itself is left out."""
    return {
        f"{prefix}{name}": as_id(v) if name != "is_protected" else v
        for name in WRITABLE
        if (v := values.get(name)) is not None
    }
