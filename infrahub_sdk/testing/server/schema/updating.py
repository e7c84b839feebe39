"""What users load, put into a draft: new kinds, changed ones, and what is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.nodes import lookup
from infrahub_sdk.testing.server.schema import fields
from infrahub_sdk.testing.server.schema.draft import element, elements, identifier_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["Documents", "update"]

Documents = list[dict[str, Any]]

_UNSET = frozenset({"id", "attributes", "relationships", "hash", "state", "used_by", "hierarchy"})  # set elsewhere
_LEGACY = ("regex", "min_length", "max_length")  # of an attribute itself, as well as of its parameters


def update(draft: Draft, documents: Documents) -> None:
    """Put documents into a draft: first the kinds of all of them, then what extends kinds.

    What a document leaves out keeps its value where none is a value, and gets its default elsewhere.

    Raises:
        Refused: They extend a kind that is not there, or make a generic of a node.
    """
    for part, entries in (("nodes", draft.nodes), ("generics", draft.generics)):
        for given in _all(documents, part):
            _declare(draft, part, entries, given)
    for given in _all([document.get("extensions") or {} for document in documents], "nodes"):
        _extend(draft, given)
    draft.drop_absent()


def _all(documents: Documents, part: str) -> Iterator[dict[str, Any]]:
    return (given for document in documents for given in document.get(part) or ())


def _extend(draft: Draft, given: dict[str, Any]) -> None:
    entry = draft.get(given["kind"])
    if given["kind"] in draft.derived:
        return  # it is derived again, without what was added
    if entry is None:
        raise lookup.no_kind(given["kind"], [*draft.nodes, *draft.generics])
    draft.changed.add(given["kind"])
    _add_elements(draft, entry, given)


def _declare(draft: Draft, part: str, entries: dict[str, dict[str, Any]], given: dict[str, Any]) -> None:
    kind = fields.kind_name(given)
    entry = _found(draft, given)
    known = entry or draft.get(kind)
    if given.get("state") == "absent":
        if known is not None:
            known["state"] = "absent"  # unless another document has it
        return
    if known is not None and known["kind"] not in entries:
        sort = "Node" if part == "generics" else "Generic"
        raise Refused(f"{kind} is a {sort} already: give it another name, or remove the {sort} first")
    defaults = fields.NODE if part == "nodes" else fields.GENERIC
    if entry is None:  # it is new, or takes the place of a kind with another id
        entry = fields.kind(defaults, id=given.get("id") or draft.new_id(kind))
    elif entry["kind"] != kind:
        if draft.get(kind) is not None:
            raise Refused(f"{entry['kind']} cannot be called {kind}: another kind has that name")
        del entries[entry["kind"]]
    entry["kind"], entry["state"] = kind, "present"
    entries[kind] = entry
    draft.changed.add(kind)
    _keep_paths(draft, entry, given)
    _set_fields(entry, defaults, given)
    _add_elements(draft, entry, given)


def _found(draft: Draft, given: dict[str, Any]) -> dict[str, Any] | None:
    """The kind that an entry is about: by its id, or by its name where it gives none."""
    if not given.get("id"):
        return draft.get(fields.kind_name(given))
    return next((entry for entry in draft.own() if entry["id"] == given["id"]), None)


def _set_fields(entry: dict[str, Any], defaults: dict[str, Any], given: dict[str, Any]) -> None:
    for name, default in defaults.items():
        value = given.get(name)
        value = default if value is None else value
        if value is None or name in _UNSET:
            continue
        is_cleared = value == "" and name in fields.CLEARABLE and entry[name]
        entry[name] = None if is_cleared else fields.fresh(value)


def _add_elements(draft: Draft, entry: dict[str, Any], given: dict[str, Any]) -> None:
    _merge(draft, entry, "attributes", given, fields.attribute)
    _merge(draft, entry, "relationships", given, fields.relationship)


def _merge(
    draft: Draft,
    entry: dict[str, Any],
    part: str,
    given: dict[str, Any],
    make: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Put attributes or relationships into a kind."""
    names = [item["name"] for item in given.get(part) or ()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        shown = ", ".join(map(repr, sorted(twice)))
        what = f"more than one field is called {shown}"
        raise Refused(f"{entry['kind']}: {what}", "SCHEMA_NOT_VALID", 422)
    entry[part] = list(entry[part])
    for item in given.get(part) or ():
        old = _old(entry, part, item)
        if item.get("inherited"):
            continue  # as it was read from the server: it comes from a generic
        if item.get("state") == "absent":
            if old is not None:
                entry[part].remove(old)
            continue
        new = make(_reconciled(item))
        if old is None:
            new["id"] = new["id"] or draft.new_id(entry["kind"], new["name"])
            if "peer" in new:  # it stays when a kind gets another name
                new["identifier"] = new["identifier"] or identifier_of(entry["kind"], new["peer"])
            entry[part].append(new)
        else:
            entry[part][entry[part].index(old)] = _changed(old, new, item)


def _old(entry: dict[str, Any], part: str, item: dict[str, Any]) -> dict[str, Any] | None:
    """The attribute or relationship that an item is about: by its id, else by its name."""
    items: list[dict[str, Any]] = entry[part]
    of_id = next((old for old in items if item.get("id") and old["id"] == item["id"]), None)
    return of_id or element(entry, part, item["name"])


def _reconciled(item: dict[str, Any]) -> dict[str, Any]:
    """An attribute whose limits are both where they were and where they are now."""
    if "peer" in item:
        return dict(item)
    item = dict(item)
    limits = dict(item.get("parameters") or {})
    for name in _LEGACY:
        value = limits.get(name) if limits.get(name) is not None else item.get(name)
        if value is not None and name in fields.parameters(item["kind"], None):
            item[name] = limits[name] = value
    item["parameters"] = limits
    return item


def _changed(old: dict[str, Any], new: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What becomes of an attribute or relationship that is declared again."""
    changed = {name: old[name] if value is None else value for name, value in new.items()}
    if "parameters" in new:
        limits = {name: value for name, value in new["parameters"].items() if value is not None}
        changed["parameters"] = fields.parameters(new["kind"], {**old["parameters"], **limits})
        changed["choices"] = _choices(old["choices"] or [], given.get("choices") or []) or None
        if changed["choices"] and new["kind"] != "Dropdown":
            what = f"{old['name']!r} has choices, which no {new['kind']} has: take it away, and add a new attribute"
            raise Refused(what, "SCHEMA_NOT_VALID", 422)
    return changed


def _choices(old: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of a dropdown: a new list adds to the old one and changes it; only `absent` takes away."""
    choices = {choice["name"]: choice for choice in old}
    for item in given:
        if item.get("state") == "absent":
            choices.pop(item["name"], None)
        else:
            known = {name: value for name, value in fields.choice(item).items() if value is not None}
            choices[item["name"]] = {**fields.choice({}), **choices.get(item["name"], {}), **known}
    return list(choices.values())


def _keep_paths(draft: Draft, entry: dict[str, Any], given: dict[str, Any]) -> None:
    """Let paths follow renamed fields, and take away those that lead to removed ones."""
    renamed: dict[str, str] = {}
    removed: set[str] = set()
    for part in ("attributes", "relationships"):
        for item in given.get(part) or ():
            old = _old(entry, part, item)
            if old is not None and item.get("state") == "absent":
                removed.add(old["name"])
            elif old is not None and old["name"] != item["name"]:
                renamed[old["name"]] = item["name"]
    if renamed or removed:
        _repath(entry, renamed, removed)
        for heir in (node for node in draft.nodes.values() if entry["kind"] in node["inherit_from"]):
            inherited = {item["name"]: item for item in elements(heir) if item["inherited"]}
            new_names = {old: new for old, new in renamed.items() if old in inherited}
            _repath(heir, new_names, removed.intersection(inherited))
            for name, new_name in new_names.items():
                inherited[name]["name"] = new_name


def _repath(entry: dict[str, Any], renamed: dict[str, str], removed: set[str]) -> None:
    for name in fields.PATH_FIELDS:
        value = entry[name]
        if not value:
            continue
        if name == "uniqueness_constraints":
            constraints = [_paths(paths, renamed, removed) for paths in value]
            entry[name] = [
                paths for number, paths in enumerate(constraints) if paths and paths not in constraints[:number]
            ]
        elif name == "default_filter":
            entry[name] = next(iter(_paths([value], renamed, removed)), None)
        else:
            entry[name] = _paths(value, renamed, removed)


def _paths(paths: Iterable[str], renamed: dict[str, str], removed: set[str]) -> list[str]:
    kept = []
    for path in paths:
        name, separator, rest = path.partition("__")
        if name not in removed:
            kept.append(renamed.get(name, name) + separator + rest)
    return kept
