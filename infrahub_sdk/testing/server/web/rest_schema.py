"""What the endpoints below `/api/schema` answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history.branches import read_only
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.schema import checking, loading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrahub_sdk.testing.server.schema.documents import Document
    from infrahub_sdk.testing.server.session import Session

__all__ = ["check", "json_schema", "load", "show", "show_kind", "summary", "words"]

Answer = tuple[int, dict[str, Any]]
_PARTS = ("nodes", "generics", "profiles", "templates")


def show(session: Session, namespaces: Sequence[str] = ()) -> Answer:
    """The schema of a branch.

    Args:
        session: A view of the branch.
        namespaces: Those whose kinds to show; all by default.
    """
    document = session.kinds.document
    if not namespaces:
        return 200, document
    parts = {part: [entry for entry in document[part] if entry["namespace"] in namespaces] for part in _PARTS}
    return 200, {**document, **parts}


def summary(session: Session) -> Answer:
    """The hashes of a branch's schema and of its kinds."""
    document = session.kinds.document
    hashes = {part: {entry["kind"]: entry["hash"] for entry in document[part]} for part in ("nodes", "generics")}
    return 200, {"main": document["main"], **hashes}


def show_kind(session: Session, kind: str) -> Answer:
    """One kind of a branch's schema.

    Raises:
        Refused: There is none.
    """
    return 200, lookup.kind(session, kind).data


def json_schema(session: Session, kind: str) -> Answer:
    """The attributes of a kind as JSON schema.

    Raises:
        Refused: There is no such kind.
    """
    found = lookup.kind(session, kind)
    properties = {item["name"]: _property(item) for item in found.data["attributes"]}
    return 200, {
        "title": found.data["name"],
        "description": found.data["description"],
        "type": "object",
        "properties": properties,
        "items": None,
        "required": [item["name"] for item in found.data["attributes"] if not item["optional"]] or None,
        "$schema": "http://json-schema.org/draft-07/schema#",
        "additionalProperties": None,
    }


def words(answer: Mapping[str, Any], documents: Sequence[Document]) -> str:
    """What a refusal of documents says, in one line that names where they come from."""
    found = [str(item["message"]) for item in answer.get("errors", ())]
    for item in answer.get("detail", ()):
        number, *place = item["loc"][2:]
        found.append(f"{documents[number].place}: {'.'.join(map(str, place))}: {item['msg']}")
    return "; ".join(found)


def load(session: Session, body: Any) -> Answer:
    """Load schemas into a branch.

    Args:
        session: A view of the branch.
        body: The request, which must be `{"schemas": [...]}`.

    Raises:
        Refused: The schemas break a rule, or what is in the database does not fit.
    """
    mistakes = checking.mistakes(body)
    if mistakes:
        return 422, {"detail": mistakes}
    refused = read_only(session.branch)
    if refused is not None:
        raise refused
    found = loading.load(session, _allowed(body["schemas"]))
    previous, current = found.old.document["main"], found.new.document["main"]
    return 200, {
        "hash": previous if found.is_empty else current,
        "previous_hash": previous,
        "diff": found.difference,
        "warnings": checking.warnings(body["schemas"]),
        "schema_updated": not found.is_empty,
    }


def check(session: Session, body: Any) -> Answer:
    """Say what loading schemas into a branch would do.

    Args:
        session: A view of the branch.
        body: The request, as for `load`.

    Raises:
        Refused: The schemas break a rule, or what is in the database does not fit.
    """
    mistakes = checking.mistakes(body)
    if mistakes:
        return 422, {"detail": mistakes}
    found = loading.change(session, _allowed(body["schemas"]))
    return 202, {"diff": found.difference, "warnings": checking.warnings(body["schemas"])}


def _allowed(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What counts of documents."""
    problems = checking.reserved(documents) if documents else ["There are no schemas to load"]
    if problems:
        raise Refused(", ".join(problems), "SCHEMA_NOT_VALID", 422)
    return [checking.written(document) for document in documents]


_TYPES: dict[str, dict[str, Any]] = {
    "Any": {},
    "Bandwidth": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "Checkbox": {"type": "boolean"},
    "DateTime": {"type": "string", "format": "date-time"},
    "Email": {"type": "string", "format": "email"},
    "ID": {"type": "integer"},
    "IPAddress": {"type": "string", "format": "ipvanyaddress"},
    "IPHost": {"type": "string", "format": "ipvanyaddress"},
    "JSON": {"type": "string", "contentMediaType": "application/json", "contentSchema": {}},
    "List": {"type": "array", "items": {}},
    "Number": {"type": "number"},
    "NumberPool": {"type": "number"},
    "URL": {"type": "string", "format": "uri", "minLength": 1, "maxLength": 2083},
}


def _property(item: dict[str, Any]) -> dict[str, Any]:
    kind, title = item["kind"], item["name"].replace("_", " ").title()
    shown: dict[str, Any] = {"title": title, **_TYPES.get(kind, {"type": "string"})}
    if item["optional"]:
        shown["default"] = item["default_value"]
    if item["description"] is not None:
        shown["description"] = item["description"]
    if kind == "Dropdown" or item["enum"]:
        shown["enum"] = [choice["name"] for choice in item["choices"] or ()] if kind == "Dropdown" else item["enum"]
    return shown
