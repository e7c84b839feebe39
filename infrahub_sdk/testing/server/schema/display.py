"""How kinds are shown: labels, the order of their fields, display labels, the choices of dropdowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema.draft import elements
from infrahub_sdk.testing.server.schema.inheritance import heritage

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["complete_choices", "complete_display_labels", "set_labels", "set_weights"]

# What the server colours the choices of a dropdown with, one after the other.
_COLORS = (
    *("#ed6a5a", "#f4f1bb", "#9bc1bc", "#5ca4a9", "#e6ebe0", "#52489c", "#4062bb", "#59c3c3", "#56638a", "#5d737e"),
    *("#55505c", "#592941", "#498467", "#e5d0e3", "#748cab", "#018e42", "#50808e", "#7b2d26", "#9799ca", "#51bbfe"),
)


def set_labels(draft: Draft) -> None:
    """Make a label of the name where there is none."""
    for entry in draft.all():
        for item in (entry, *entry["attributes"], *entry["relationships"]):
            item["label"] = item["label"] or label_of(item["name"])


def label_of(name: str) -> str:
    """A label made of a name.

    >>> label_of("os_version")
    'Os Version'
    """
    return " ".join(word.title() for word in name.split("_"))


def set_weights(draft: Draft) -> None:
    """Say where each field comes among the others, where nobody said."""
    for entry in draft.own():
        if entry["kind"] in draft.generics:
            _number(entry, {})
    for part in (draft.nodes, draft.profiles):
        for entry in part.values():
            _number(entry, heritage(draft, entry))
    for kind, template in draft.templates.items():
        _follow(template, draft.get(kind[len("Template") :]), 10_000)
    for kind, generic in list(draft.generics.items()):
        if generic["namespace"] == "Template":
            _follow(generic, draft.get(kind[len("Template") :]), 0)


def _number(entry: dict[str, Any], theirs: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for number, item in enumerate(elements(entry), 1):
        if not item["order_weight"]:
            inherited = (
                theirs[item["name"]][1]["order_weight"] if item["inherited"] and item["name"] in theirs else None
            )
            item["order_weight"] = inherited or 1000 * number


def _follow(template: dict[str, Any], entry: dict[str, Any] | None, behind: int) -> None:
    """Order the fields of a template like those of its kind."""
    weights = {item["name"]: item["order_weight"] for item in elements(entry)} if entry else {}
    for item in elements(template):
        if not item["order_weight"] and weights.get(item["name"]) is not None:
            item["order_weight"] = weights[item["name"]] + behind


def complete_display_labels(draft: Draft) -> None:
    """Make a display label of the older list of attributes; else a node takes that of its one generic that has one."""
    for entry in draft.nodes.values():
        if not entry["display_labels"]:
            _take_only(draft, entry, "display_labels")
    for entry in draft.all():
        entry["display_label"] = entry["display_label"] or None
        if entry["display_label"] is None and entry["display_labels"]:
            entry["display_label"] = _template(entry["display_labels"])
    for entry in draft.nodes.values():
        if entry["display_label"] is None and not entry["display_labels"]:
            _take_only(draft, entry, "display_label")


def _take_only(draft: Draft, entry: dict[str, Any], name: str) -> None:
    found = [draft.generics[generic][name] for generic in entry["inherit_from"] if draft.generics[generic][name]]
    if len(found) == 1:
        entry[name] = found[0]


def _template(paths: list[str]) -> str:
    whole = [path if "__" in path else f"{path}__value" for path in paths]
    return whole[0] if len(whole) == 1 else " ".join(f"{{{{ {path} }}}}" for path in whole)


def complete_choices(draft: Draft) -> None:
    """Sort the choices of dropdowns, and give each a colour, a label and a description."""
    for entry in draft.all():
        for item in entry["attributes"]:
            if item["kind"] == "Dropdown" and item["choices"]:
                choices = sorted(item["choices"], key=lambda choice: str(choice["name"]), reverse=True)
                item["choices"] = _colored(choices)


def _colored(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    used = {choice["color"] for choice in choices if choice["color"]}
    free = [color for color in _COLORS if color not in used]
    colored = []
    for choice in choices:
        color = choice["color"] or (free.pop(0) if free else "#ff0000")
        label = choice["label"] or label_of(choice["name"])
        colored.append({**choice, "color": color, "label": label, "description": choice["description"] or ""})
    return colored
