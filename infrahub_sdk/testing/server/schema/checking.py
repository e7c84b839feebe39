"""What is wrong with the documents of a request, before anybody asks what they would do to the schema."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

from infrahub_sdk._shapes import Findings
from infrahub_sdk.schema.document import InfrahubSchemaWrite
from infrahub_sdk.schema.enums import AttributeKind, ComputedAttributeKind
from infrahub_sdk.testing.server.schema.fields import RESTRICTED_NAMESPACES, kind_name
from infrahub_sdk.testing.server.schema.limits import contradictions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum

__all__ = ["mistakes", "reserved", "warnings", "written"]

_SUFFIX = "_from_resource_pool"  # of relationships that templates have
_UNIONS: dict[Any, type[Enum]] = {"attributes": AttributeKind, "computed_attribute": ComputedAttributeKind}


def mistakes(body: Any) -> list[dict[str, Any]]:
    """What keeps a request from being read, as the server says it: where (`loc`), what (`msg`), and what is there.

    Args:
        body: The request, which must be `{"schemas": [...]}`.
    """
    if body is None:
        return [_mistake("missing", [], "There is no body", body)]
    if not isinstance(body, dict):
        return [_mistake("model_attributes_type", [], "The body must be an object with 'schemas'", body)]
    if "schemas" not in body:
        return [_mistake("missing", ["schemas"], "The body has no 'schemas'", body)]
    schemas = body["schemas"]
    if not isinstance(schemas, list):
        return [_mistake("list_type", ["schemas"], "'schemas' must be a list of schema documents", schemas)]
    found = []
    for number, document in enumerate(schemas):
        if not isinstance(document, dict):
            text = "A schema document must be an object"
            found.append(_mistake("model_attributes_type", ["schemas", number], text, document))
            continue
        for loc, text, given in _of_document(document):
            found.append(_mistake("value_error", ["schemas", number, *loc], text, given))
    return found


def _mistake(type: str, loc: list[Any], text: str, given: Any) -> dict[str, Any]:
    return {"type": type, "loc": ["body", *loc], "msg": text, "input": given}


def _of_document(document: dict[str, Any]) -> Iterator[tuple[list[Any], str, Any]]:
    """The first mistake of each place: where, what, and what is there."""
    found = _of_form(document) or [(place, place, text) for place, text in _of_kinds(document)]
    told = set()
    for loc, place, text in found:
        if tuple(loc) not in told:
            told.add(tuple(loc))
            yield loc, text, _at(document, place)


def _of_form(document: dict[str, Any]) -> list[tuple[list[Any], list[Any], str]]:
    """What breaks the form of a document: where, as the server says it and as it is, and what."""
    from infrahub_sdk.schema import validate_schema

    _, broken = _read(document)
    if broken:  # unknown names are told when all else is well
        places = [(_location(field), text) for field, text in broken]
        return [(_with_kinds(document, place), place, text) for place, text in places]
    unknown = [
        (_location(error.field), error.message[len(error.field) + 2 :]) for error in validate_schema(document).errors
    ]
    return [(place, place, text) for place, text in unknown]


def _read(document: dict[str, Any]) -> tuple[InfrahubSchemaWrite, list[tuple[str, str]]]:
    """A document, and what is wrong with its form: the path and the reason."""
    findings = Findings(strict=True)
    return InfrahubSchemaWrite._build(document, "", findings), findings.errors


def _with_kinds(document: dict[str, Any], place: list[Any]) -> list[Any]:
    """A place as the server says it: a kind comes before the fields that depend on it; without it they are not told."""
    shown: list[Any] = []
    for number, step in enumerate(place):
        shown.append(step)
        union = _UNIONS.get(step if isinstance(step, str) else place[number - 1])
        inner = place[number + 1 : number + 2]
        if union is None or not inner or isinstance(inner[0], int):
            continue
        kind = _at(document, [*place[: number + 1], "kind"])
        if not isinstance(kind, str) or kind not in {item.value for item in union}:
            break
        shown.append(kind)
    return shown


def _location(field: str) -> list[Any]:
    """The steps of a path such as `nodes[0].attributes[1].kind`."""
    steps: list[Any] = []
    for name, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", field):
        steps.append(int(number) if number else name)
    return steps


def _at(document: Any, loc: list[Any]) -> Any:
    """What is at a place of a document; where nothing is, what is around it."""
    for step in loc:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return document
    return document


def _of_kinds(document: dict[str, Any]) -> Iterator[tuple[list[Any], str]]:
    for part, number, given in _entries(document):
        place = [part, number]
        if part != "extensions" and keyword.iskeyword(given["name"]):
            yield [*place, "name"], f"{given['name']!r} is a word of Python, which cannot be a name"
        place = ["extensions", "nodes", number] if part == "extensions" else place
        for index, attribute in enumerate(given.get("attributes") or ()):
            for names, text in _of_attribute(attribute):
                yield [*place, "attributes", index, *names], text


def _entries(document: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for part in ("nodes", "generics"):
        for number, given in enumerate(document.get(part) or ()):
            yield part, number, given
    for number, given in enumerate((document.get("extensions") or {}).get("nodes") or ()):
        yield "extensions", number, given


def _of_attribute(attribute: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    kind, choices = attribute["kind"], attribute.get("choices")
    parameters = attribute.get("parameters") or {}
    for text in contradictions(parameters):
        yield ["parameters"], text
    if kind == "Dropdown" and not choices:
        yield [], f"The Dropdown {attribute['name']!r} needs 'choices'"
    if kind != "Dropdown" and choices:
        yield [], f"Only a Dropdown has 'choices', and {attribute['name']!r} is of the kind {kind}"
    for name, regex in (("regex", attribute.get("regex")), ("parameters", parameters.get("regex"))):
        if regex is not None and not _compiles(regex):
            yield [name], f"{regex!r} is no regular expression"


def _compiles(regex: str) -> bool:
    try:
        re.compile(regex)
    except re.error:
        return False
    return True


def reserved(documents: list[dict[str, Any]]) -> list[str]:
    """Where documents use names that are not theirs to use."""
    found = []
    for document in documents:
        for part, _, given in _entries(document):
            if part != "extensions" and given["namespace"] in RESTRICTED_NAMESPACES:
                found.append(f"{kind_name(given)}: the namespace {given['namespace']!r} is the server's own")
        for _, _, given in _entries(document):
            for sort in ("attribute", "relationship"):
                for item in given.get(f"{sort}s") or ():
                    if item["name"].endswith(_SUFFIX):
                        found.append(f"{kind_name(given)}: the {sort} {item['name']!r} ends like those of templates")
    return found


def written(document: dict[str, Any]) -> dict[str, Any]:
    """What counts of a document without mistakes: values in the type of their field, nothing that only servers set."""
    return _read(document)[0].model_dump(exclude_unset=True)


def warnings(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What documents use that will go away, and what of them is ignored, as the server says it."""
    found = []
    for document in documents:
        found += [_warning(text, [place]) for place, text in _deprecated(document)]
        found += _ignored(document)
    return found


def _warning(text: str, kinds: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "deprecation", "kinds": kinds, "message": text}


def _deprecated(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for part, _, given in _entries(document):
        if part == "extensions":
            continue
        kind = kind_name(given)
        if given.get("display_labels") is not None:
            yield {"kind": kind, "field": None}, "'display_labels' will go away: 'display_label' replaces them"
        if given.get("default_filter") is not None:
            yield {"kind": kind, "field": None}, "'default_filter' will go away"
        for attribute in given.get("attributes") or ():
            for name in ("max_length", "min_length"):
                if attribute.get(name) is not None:
                    place = {"kind": kind, "field": attribute["name"]}
                    yield place, f"'{name}' of attributes will go away: their 'parameters' have it"


def _ignored(document: dict[str, Any]) -> list[dict[str, Any]]:
    """One warning for each field that only the server sets, with all places of it."""
    from infrahub_sdk.schema import validate_schema

    places: dict[str, list[dict[str, Any]]] = {}
    for warning in sorted(validate_schema(document).warnings, key=lambda warning: _order(warning.field)):
        known = places.setdefault(warning.name, [])
        place = {"kind": warning.kind, "field": warning.element}
        if warning.kind is not None and place not in known:
            known.append(place)
    return [_warning(f"'{name}' is set by the server only, so it is ignored", found) for name, found in places.items()]


def _order(field: str) -> list[tuple[int, str]]:
    """What sorts the fields of a part before those of the parts within it."""
    *outer, last = [f"{step:06}" if isinstance(step, int) else step for step in _location(field)]
    return [*((1, step) for step in outer), (0, last)]
