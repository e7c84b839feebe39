"""How two schemas differ, in the form in which the server says it."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.testing.server.schema.fields import GENERIC, NODE

__all__ = ["differences", "has_differences", "of_kinds"]

_NOT_COMPARED = frozenset({"attributes", "relationships", "hash", "kind", "used_by"})

Difference = dict[str, Any]


def differences(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    """How a schema differs from an earlier one.

    Args:
        old: What `/api/schema` showed.
        new: What it shows.

    Returns:
        What is `added`, `changed` and `removed`: the kinds; for each changed one the fields; for its attributes and
        relationships the same again.
    """
    before, after = of_kinds(old), of_kinds(new)
    ids = {entry["id"]: kind for kind, entry in before.items()}
    found = _difference()
    known = set()
    for kind, entry in after.items():
        earlier = ids.get(entry["id"], kind)
        if earlier not in before:
            found["added"][kind] = _difference()
            continue
        known.add(earlier)
        if before[earlier]["hash"] == entry["hash"]:
            continue
        change = _of_entry(_identified(before, before[earlier]), _identified(after, entry))
        if has_differences(change):
            found["changed"][kind] = change
    found["removed"] = dict.fromkeys(kind for kind in before if kind not in known)
    return found


def of_kinds(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The nodes and generics of a schema by their names, without templates."""
    entries = (*document["nodes"], *document["generics"])
    return {entry["kind"]: entry for entry in entries if entry["namespace"] != "Template"}


def has_differences(difference: Difference) -> bool:
    """There are any."""
    return any(difference.values())


def _difference() -> Difference:
    return {"added": {}, "changed": {}, "removed": {}}


def _identified(entries: dict[str, dict[str, Any]], entry: dict[str, Any]) -> dict[str, Any]:
    """A kind whose inherited fields have the ids that they have where they are declared."""
    generics = [entries[name] for name in entry.get("inherit_from", ()) if name in entries]
    if not generics:
        return entry
    identified = {**entry}
    for part in ("attributes", "relationships"):
        ids = {item["name"]: item["id"] for generic in generics for item in generic[part]}
        identified[part] = [{**item, "id": item["id"] or ids.get(item["name"])} for item in entry[part]]
    return identified


def _of_entry(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    names = [name for name in (NODE if "inherit_from" in new else GENERIC) if name not in _NOT_COMPARED]
    found = _of_fields(old, new, names)
    for part in ("attributes", "relationships"):
        change = _of_elements(old[part], new[part])
        if has_differences(change):
            found["changed"][part] = change
    return found


def _of_elements(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Difference:
    by_name = {item["name"]: item for item in old}
    by_id = {item["id"]: item for item in old if item["id"]}
    found = _difference()
    known = set()
    for item in new:
        earlier = by_id.get(item["id"]) or by_name.get(item["name"])
        if earlier is None:
            found["added"][item["name"]] = None
            continue
        known.add(earlier["name"])
        is_same = earlier["inherited"] == item["inherited"]  # else it has the id of another place
        change = _of_fields(earlier, item, [name for name in item if is_same or name != "id"])
        if has_differences(change):
            found["changed"][item["name"]] = change
    found["removed"] = dict.fromkeys(name for name in by_name if name not in known)
    return found


def _of_fields(old: dict[str, Any], new: dict[str, Any], names: list[str]) -> Difference:
    found = _difference()
    for name in names:
        before, after = old.get(name), new.get(name)
        if _ordered(before) == _ordered(after):
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            if name == "parameters" and before.keys() != after.keys():
                continue  # those of another kind, which is told
            found["changed"][name] = _of_fields(before, after, list({**before, **after}))
        else:
            found["changed"][name] = None
    return found


def _ordered(value: Any) -> Any:
    """A value for comparing: the order of a list does not count."""
    return sorted(map(repr, value)) if isinstance(value, list) else value
