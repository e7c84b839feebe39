"""What becomes of loaded schemas: the kinds as the server shows them."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import md5
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema import display, identity, inheritance, profiles, rules, templates
from infrahub_sdk.testing.server.schema.core import core_documents
from infrahub_sdk.testing.server.schema.draft import Draft, identifier_of
from infrahub_sdk.testing.server.schema.fields import RESTRICTED_NAMESPACES, parameters
from infrahub_sdk.testing.server.schema.groups import add_groups
from infrahub_sdk.testing.server.schema.numbering import add_pools
from infrahub_sdk.testing.server.schema.path_rules import check_paths
from infrahub_sdk.testing.server.schema.updating import update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infrahub_sdk.testing.server.schema.updating import Documents

__all__ = ["processed"]

_PARTS = ("nodes", "generics", "profiles", "templates")
_HASHED = ("nodes", "generics")  # what makes up the hash of the schema
_MOST = 32

_remembered: dict[str, str] = {}  # schemas, for all servers of the process


def processed(loads: Sequence[Documents]) -> dict[str, Any]:
    """The schema that comes of what was loaded, on top of the kinds that every Infrahub has.

    Args:
        loads: What was loaded, in its order: the documents of each time, as schema files have them. What one time left
            open and the server filled in stays so, whatever is loaded later.

    Returns:
        What the server shows on `/api/schema`, and the kinds of the namespace `Internal` among them.

    Raises:
        Refused: The documents break a rule.
    """
    keys = [""]  # of what the schema is after each time
    for documents in loads:
        keys.append(md5((keys[-1] + json.dumps(documents)).encode(), usedforsecurity=False).hexdigest())
    known = max((number for number, key in enumerate(keys) if key in _remembered), default=0)
    text = _remembered.get(keys[known]) or _core()
    for key, documents in zip(keys[known + 1 :], loads[known:]):
        text = _processed(json.loads(text), documents)
        _remember(key, text)
    schema: dict[str, Any] = json.loads(text)
    return schema


def _remember(key: str, text: str) -> None:
    _remembered[key] = text
    if len(_remembered) > _MOST:
        del _remembered[next(iter(_remembered))]


@lru_cache(maxsize=1)
def _core() -> str:
    return _processed({}, core_documents())


def _processed(base: dict[str, Any], documents: Documents) -> str:
    draft = Draft(base)
    draft.drop_derived()
    update(draft, documents)
    if not base:
        draft.changed.clear()  # the core keeps to the rules
    rules.check_peers(draft, are_derived=False)
    _complete(draft)
    rules.check_peers(draft, are_derived=True)
    rules.check(draft)
    display.complete_display_labels(draft)
    check_paths(draft)
    _finish(draft)
    return _shown(draft)


def _complete(draft: Draft) -> None:
    """Fill in what kinds leave out, and derive kinds of them."""
    for entry in draft.own():
        _complete_fields(entry)
    generics = list(draft.generics.values())
    identity.complete_hfids(draft, generics)  # before nodes inherit it; those of nodes may use what they inherit
    identity.complete_constraints(draft, generics)
    inheritance.inherit(draft)
    inheritance.complete_hierarchies(draft)
    inheritance.set_branches(draft)
    identity.complete_hfids(draft, draft.own())
    identity.complete_constraints(draft, draft.own())
    display.set_labels(draft)  # before profiles and templates take them
    display.set_weights(draft)
    templates.derive_templates(draft)
    templates.add_origins(draft)
    profiles.derive_profiles(draft)
    inheritance.add_hierarchies(draft)
    inheritance.set_branches(draft)


def _complete_fields(entry: dict[str, Any]) -> None:
    for item in entry["attributes"]:
        if item["default_value"] is not None or item["deprecation"]:
            item["optional"] = True
        for name in parameters(item["kind"], None):
            if name in item:  # where limits were before they were parameters
                item[name] = item["parameters"][name]
    for item in entry["relationships"]:
        item["identifier"] = item["identifier"] or identifier_of(entry["kind"], item["peer"])
        item["optional"] = item["optional"] or bool(item["deprecation"])
        if item["cardinality"] == "one" and item["optional"]:
            item["min_count"], item["max_count"] = 0, 1
        elif item["cardinality"] == "one":
            item["min_count"], item["max_count"] = item["min_count"] or 1, item["max_count"] or 1


def _finish(draft: Draft) -> None:
    """Add what does not change any rule."""
    add_groups(draft)
    add_pools(draft)
    display.set_weights(draft)
    display.set_labels(draft)
    display.complete_choices(draft)
    for entry in draft.all():
        for item in entry["relationships"]:
            item["on_delete"] = item["on_delete"] or ("cascade" if item["kind"] == "Component" else "no-action")
    for entry in draft.own():
        if entry["include_in_menu"] is None:
            entry["include_in_menu"] = True
        for item in (*entry["attributes"], *entry["relationships"]):
            if item["id"] is None and not item["inherited"] and item["name"] not in ("profiles", "object_template"):
                item["id"] = draft.new_id(entry["kind"], item["name"])
    identity.complete_hfids(draft, draft.own())


def _shown(draft: Draft) -> str:
    """JSON of what the server shows."""
    main = md5(usedforsecurity=False)
    parts: dict[str, list[str]] = {part: [] for part in _PARTS}
    for part, texts in parts.items():
        for kind, entry in sorted(getattr(draft, part).items()) if part in _HASHED else getattr(draft, part).items():
            entry.pop("hash", None)
            text = json.dumps(entry)
            digest = md5(text.encode(), usedforsecurity=False).hexdigest()
            texts.append(f'{text[:-1]}, "hash": "{digest}"}}')
            if part in _HASHED:
                main.update(f"{kind}{digest}".encode())
    names = dict.fromkeys(entry["namespace"] for entry in draft.all())
    namespaces = [{"name": name, "user_editable": name not in RESTRICTED_NAMESPACES} for name in names]
    shown = ", ".join(f'"{part}": [{", ".join(texts)}]' for part, texts in parts.items())
    return f'{{"main": "{main.hexdigest()}", {shown}, "namespaces": {json.dumps(namespaces)}}}'
