"""Checks of a schema before it is loaded, without a server."""

from __future__ import annotations

import re
from typing import Any

from infrahub_sdk._shapes import Findings, hinted, shown
from infrahub_sdk.model import Field, Model

from .document import READ_ONLY_FIELDS, InfrahubSchemaWrite

__all__ = [
    "READ_ONLY_FIELDS",
    "SchemaValidationErrorDetail",
    "SchemaValidationResult",
    "SchemaValidationWarningDetail",
    "validate_schema",
]


class SchemaValidationErrorDetail(Model):
    """Something that makes the server refuse the schema.

    Attributes:
        field: The path, such as `nodes[0].attributes[1].kind`; empty for the whole.
        message: The path and what is wrong there.
    """

    field: str
    message: str


class SchemaValidationWarningDetail(Model):
    """Something that the server ignores.

    Attributes:
        field: The path, such as `nodes[0].attributes[1].inherited`.
        name: The name of the field, within its kind, attribute or relationship.
        kind: The kind that it belongs to.
        element: The attribute or relationship that it belongs to.
        message: The path and why it is ignored.
    """

    field: str
    name: str
    kind: str | None = None
    element: str | None = None
    message: str


class SchemaValidationResult(Model):
    """What a check of a schema found."""

    valid: bool
    errors: list[SchemaValidationErrorDetail] = Field(default_factory=list)
    warnings: list[SchemaValidationWarningDetail] = Field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        """The texts of the errors."""
        return [error.message for error in self.errors]

    @property
    def warning_messages(self) -> list[str]:
        """The texts of the warnings."""
        return [warning.message for warning in self.warnings]

    def raise_for_status(self) -> None:
        """Raise when the schema is not valid.

        Raises:
            ValueError: With the texts of all errors.
        """
        if not self.valid:
            raise ValueError("; ".join(self.messages))


def validate_schema(schema: dict[str, Any], *, raise_on_error: bool = False) -> SchemaValidationResult:
    """Check a schema as it would be loaded, without a server.

    Args:
        schema: What a schema file holds: `version`, `nodes`, `generics`, `extensions`.
        raise_on_error: Whether errors are raised too.

    Returns:
        Every error with its path: wrong types and values, missing fields, unknown fields. Fields that only the server
        sets are warnings, since it ignores them.

    Raises:
        ValueError: When `raise_on_error` is set and the schema is not valid.

    >>> validate_schema({"version": "1.0", "nodes": [{"namespace": "Infra", "name": "Rack", "lable": "Rack"}]}).messages
    ["nodes[0].lable: is not part of a schema. Did you mean 'label'?"]
    """
    result = _check(schema)
    if raise_on_error:
        result.raise_for_status()
    return result


def _check(schema: Any) -> SchemaValidationResult:
    if not isinstance(schema, dict):
        error = _error("", f"a schema must be a dict, not {shown(schema)}")
        return SchemaValidationResult(valid=False, errors=[error])
    findings = Findings(strict=True)
    InfrahubSchemaWrite._build(schema, "", findings)
    errors = [_error(path, text) for path, text in findings.errors]
    warnings = []
    for path, cls, name in findings.unknown:
        if name in _read_only(cls):
            warnings.append(_warning(schema, path))
        else:
            errors.append(_error(path, hinted("is not part of a schema", name, cls.model_fields)))
    return SchemaValidationResult(valid=not errors, errors=errors, warnings=warnings)


def _read_only(cls: type[Model]) -> frozenset[str]:
    name = cls.__name__
    return READ_ONLY_FIELDS.get(name, READ_ONLY_FIELDS.get(f"{name}Write", frozenset()))


def _error(path: str, text: str) -> SchemaValidationErrorDetail:
    return SchemaValidationErrorDetail(field=path, message=f"{path}: {text}" if path else text)


def _warning(schema: dict[str, Any], path: str) -> SchemaValidationWarningDetail:
    kind, element, name = _place(schema, path)
    message = f"{path}: only the server sets this, so it is ignored"
    return SchemaValidationWarningDetail(field=path, name=name, kind=kind, element=element, message=message)


def _place(schema: dict[str, Any], path: str) -> tuple[str | None, str | None, str]:
    """The kind and the attribute or relationship that a path leads through, and the rest of the path."""
    kind = element = None
    rest: list[str] = []
    here: Any = schema
    for name, index in re.findall(r"([^.\[]+)(?:\[(\d+)\])?", path):
        here = here[name][int(index)] if index else here[name]
        rest.append(name)
        if name in {"nodes", "generics"} and index:
            kind, rest = _kind(here), []
        elif name in {"attributes", "relationships"} and index:
            element, rest = _text(here.get("name")), []
    return kind, element, ".".join(rest)


def _kind(part: dict[str, Any]) -> str | None:
    namespace, name = _text(part.get("namespace")), _text(part.get("name"))
    return namespace + name if namespace and name else _text(part.get("kind"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
