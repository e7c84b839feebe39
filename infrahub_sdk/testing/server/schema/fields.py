"""The fields of a schema's parts in the order in which the server shows them, and what they are when nobody says."""

from __future__ import annotations

import sys
from typing import Any

__all__ = [
    "CLEARABLE",
    "GENERIC",
    "INHERITED_FIELDS",
    "NODE",
    "PATH_FIELDS",
    "RESTRICTED_NAMESPACES",
    "attribute",
    "choice",
    "computed",
    "derived_kind",
    "fresh",
    "kind",
    "kind_name",
    "parameters",
    "relationship",
]

# What a user may not add kinds to.
RESTRICTED_NAMESPACES = frozenset(
    {
        *("Account", "Branch", "Builtin", "Core", "Deprecated", "Diff"),
        *("Infrahub", "Internal", "Lineage", "Profile", "Schema", "Template"),
    }
)
# Fields of a kind whose paths name its attributes and relationships.
PATH_FIELDS = ("uniqueness_constraints", "human_friendly_id", "display_labels", "order_by", "default_filter")
# Fields of a kind that an empty text clears.
CLEARABLE = frozenset(
    {"default_filter", "description", "label", "menu_placement", "documentation", "parent", "children"}
)
# Fields that a node takes from its generics when it has none of its own.
INHERITED_FIELDS = (
    "human_friendly_id",
    "display_label",
    "display_labels",
    "default_filter",
    "menu_placement",
    "uniqueness_constraints",
    "icon",
    "order_by",
)

_KIND: dict[str, Any] = {
    "id": None,
    "name": None,
    "namespace": None,
    "description": None,
    "label": None,
    "branch": "aware",
    "default_filter": None,
    "human_friendly_id": None,
    "display_label": None,
    "display_labels": None,
    "include_in_menu": None,
    "menu_placement": None,
    "icon": None,
    "order_by": None,
    "uniqueness_constraints": None,
    "documentation": None,
    "state": "present",
    "attributes": [],
    "relationships": [],
    "hash": None,
}
NODE: dict[str, Any] = {
    **_KIND,
    "inherit_from": [],
    "generate_profile": True,
    "generate_template": False,
    "hierarchy": None,
    "parent": None,
    "children": None,
}
GENERIC: dict[str, Any] = {
    **_KIND,
    "hierarchical": False,
    "generate_profile": True,
    "used_by": [],
    "restricted_namespaces": None,
}
_DERIVED: dict[str, Any] = {**_KIND, "inherit_from": []}  # a profile or a template
_ATTRIBUTE: dict[str, Any] = {
    "id": None,
    "name": None,
    "kind": None,
    "enum": None,
    "computed_attribute": None,
    "choices": None,
    "regex": None,
    "max_length": None,
    "min_length": None,
    "label": None,
    "description": None,
    "read_only": False,
    "unique": False,
    "optional": False,
    "branch": None,
    "order_weight": None,
    "ordered": True,
    "default_value": None,
    "inherited": False,
    "state": "present",
    "allow_override": "any",
    "deprecation": None,
    "display": "default",
    "parameters": {},
}
_RELATIONSHIP: dict[str, Any] = {
    "id": None,
    "name": None,
    "peer": None,
    "kind": "Generic",
    "label": None,
    "description": None,
    "identifier": None,
    "cardinality": "many",
    "min_count": 0,
    "max_count": 0,
    "common_parent": None,
    "common_relatives": None,
    "order_weight": None,
    "optional": True,
    "branch": None,
    "inherited": False,
    "direction": "bidirectional",
    "hierarchical": None,
    "state": "present",
    "on_delete": None,
    "allow_override": "any",
    "read_only": False,
    "deprecation": None,
    "display": "default",
}
_CHOICE: dict[str, Any] = {"name": None, "description": None, "color": None, "label": None}
_COMPUTED = {"User": (), "Jinja2": ("jinja2_template",), "TransformPython": ("transform",)}  # by who computes
_TEXT: dict[str, Any] = {"regex": None, "min_length": None, "max_length": None}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "Text": _TEXT,
    "TextArea": _TEXT,
    "List": {"regex": None},
    "Number": {"min_value": None, "max_value": None, "excluded_values": None},
    "NumberPool": {"end_range": sys.maxsize, "start_range": 1, "number_pool_id": None},
}


def kind(defaults: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A kind with all its fields.

    Args:
        defaults: `NODE` or `GENERIC`.
        given: Fields that are not the default.
    """
    return {**{name: fresh(value) for name, value in defaults.items()}, **given}


def fresh(value: Any) -> Any:
    """A value whose list, if it is one, may grow; what is within is never changed in place."""
    return list(value) if isinstance(value, list) else value


def kind_name(entry: dict[str, Any]) -> str:
    """The kind that an entry of `nodes`, `generics` or an extension is about."""
    return str(entry["namespace"] + entry["name"]) if "namespace" in entry else str(entry["kind"])


def attribute(given: dict[str, Any]) -> dict[str, Any]:
    """An attribute with all its fields."""
    made = {**_ATTRIBUTE, **given}
    made["parameters"] = parameters(made["kind"], given.get("parameters"))
    if given.get("choices"):
        made["choices"] = [choice(item) for item in given["choices"]]
    if given.get("computed_attribute"):
        made["computed_attribute"] = computed(given["computed_attribute"])
    return made


def relationship(given: dict[str, Any]) -> dict[str, Any]:
    """A relationship with all its fields."""
    return {**_RELATIONSHIP, **given}


def choice(given: dict[str, Any]) -> dict[str, Any]:
    """A choice of a dropdown with all its fields."""
    made = {name: given.get(name, default) for name, default in _CHOICE.items()}
    made["color"] = made["color"].lower() if made["color"] else made["color"]
    return made


def computed(given: dict[str, Any]) -> dict[str, Any]:
    """How an attribute is computed, without what that does not need."""
    return {"kind": given["kind"], **{name: given.get(name) for name in _COMPUTED[given["kind"]]}}


def parameters(kind: str, given: dict[str, Any] | None) -> dict[str, Any]:
    """The parameters of an attribute of a kind; what the kind does not have is left out."""
    known = {name: value for name, value in (given or {}).items() if value is not None}
    return {name: known.get(name, default) for name, default in _PARAMETERS.get(kind, {}).items()}


def derived_kind(**given: Any) -> dict[str, Any]:
    """A profile or a template with all its fields."""
    return kind(_DERIVED, **given, kind=given["namespace"] + given["name"])
