"""The schema of a branch as the client keeps it: the server's JSON, and models of the kinds that were used."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import SchemaNotFoundError, ValidationError, nearest
from infrahub_sdk.model import Field, Model

from .kinds import GenericSchemaAPI, MainSchemaTypesAPI, NodeSchemaAPI, ProfileSchemaAPI, TemplateSchemaAPI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from typing_extensions import Self

    from .root import SchemaRootAPI

__all__ = ["BranchSchema", "Kinds", "kind_not_found"]

_SECTIONS: dict[str, type[MainSchemaTypesAPI]] = {
    "nodes": NodeSchemaAPI,
    "generics": GenericSchemaAPI,
    "profiles": ProfileSchemaAPI,
    "templates": TemplateSchemaAPI,
}


class Kinds(MutableMapping[str, MainSchemaTypesAPI]):  # noqa: PLW1641 - entries change, so there is no hash
    """Kinds by name; the model of a kind is built when it is asked for.

    >>> kinds = Kinds.from_answer({"nodes": [{"namespace": "Builtin", "name": "Tag"}]})
    >>> kinds
    <Kinds 1 known, 0 built>
    >>> kinds["BuiltinTag"].namespace
    'Builtin'
    """

    def __init__(self, entries: dict[str, Any] | None = None) -> None:
        # Each value is a model, or the tuple (class, raw data, section, index) that it will be built from.
        self._entries = entries if entries is not None else {}

    @classmethod
    def from_answer(cls, data: Mapping[str, Any]) -> Self:
        """The kinds of the server's answer, which are not looked into any deeper than their names.

        Args:
            data: The answer to `GET /api/schema`.

        Raises:
            ValidationError: When a kind has no name, or a section is not a list.
        """
        entries: dict[str, Any] = {}
        for section, model in _SECTIONS.items():
            for index, raw in enumerate(_list_of(data, section)):
                entries[_kind_of(raw, section, index)] = (model, raw, section, index)
        return cls(entries)

    def __getitem__(self, kind: str) -> MainSchemaTypesAPI:
        entry = self._entries[kind]
        if isinstance(entry, tuple):
            model, raw, section, index = entry
            entry = self._entries[kind] = model._wrap(raw, f"{section}[{index}]")
        found: MainSchemaTypesAPI = entry
        return found

    def __setitem__(self, kind: str, schema: MainSchemaTypesAPI) -> None:
        self._entries[kind] = schema

    def __delitem__(self, kind: str) -> None:
        del self._entries[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Kinds, dict)):
            return NotImplemented
        return self.keys() == other.keys() and all(self[kind] == other[kind] for kind in self)

    def __repr__(self) -> str:
        built = sum(not isinstance(entry, tuple) for entry in self._entries.values())
        return f"<Kinds {len(self)} known, {built} built>"


def _list_of(data: Mapping[str, Any], section: str) -> list[Any]:
    entries = data.get(section)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise ValidationError("schema", f"{section}: must be a list, not {type(entries).__name__}.")
    return entries


def _kind_of(raw: Any, section: str, index: int) -> str:
    try:
        kind: str = raw["namespace"] + raw["name"]
    except (KeyError, TypeError):
        if isinstance(raw, dict) and isinstance(raw.get("kind"), str):
            return str(raw["kind"])  # what else is missing is said when the kind is used
        raise ValidationError("schema", f"{section}[{index}]: must have a namespace and a name, both text.") from None
    return kind


class BranchSchema(Model):
    """The schema of one branch.

    Attributes:
        hash: The server's hash of the schema, or an empty text.
        nodes: Every kind by name: nodes, generics, profiles and templates.
    """

    hash: str
    nodes: MutableMapping[str, MainSchemaTypesAPI] = Field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        return BranchSchema.model_validate, ({"hash": self.hash, "nodes": self.nodes},)

    @classmethod
    def from_api_response(cls, data: MutableMapping[str, Any]) -> Self:
        """The schema from the server's answer.

        Args:
            data: The answer to `GET /api/schema`. It is kept, and read when a kind is used.

        Raises:
            ValidationError: When a kind has no name, or a section is not a list.
        """
        return cls(hash=data.get("main") or "", nodes=Kinds.from_answer(data))

    @classmethod
    def from_schema_root_api(cls, data: SchemaRootAPI) -> Self:
        """The schema from a model of the server's answer."""
        kinds = [*data.nodes, *data.generics, *data.profiles, *data.templates]
        return cls(hash=data.main or "", nodes=Kinds({kind.kind: kind for kind in kinds}))


def kind_not_found(identifier: str, branch: str | None, known: Iterable[str]) -> SchemaNotFoundError:
    """The error for a kind that does not exist.

    Args:
        identifier: The kind that was asked for.
        branch: Where.
        known: The kinds that are there.

    >>> print(kind_not_found("BuiltinTga", "main", ["BuiltinTag"]))
    The schema of branch 'main' has no kind named 'BuiltinTga'. Did you mean 'BuiltinTag'?
    """
    where = f"The schema of branch {branch!r}" if branch else "The schema"
    return SchemaNotFoundError(identifier, f"{where} has no kind named {identifier!r}.{nearest(identifier, known)}")
