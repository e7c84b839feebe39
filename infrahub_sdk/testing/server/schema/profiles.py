"""Profiles: for each kind that wants one, a kind whose nodes give values to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema import fields
from infrahub_sdk.testing.server.schema.draft import element

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["PROFILES", "derive_profiles", "supports_profiles"]

PROFILES: dict[str, Any] = {
    "name": "profiles",
    "identifier": "node__profile",
    "peer": "CoreProfile",
    "kind": "Profile",
    "cardinality": "many",
    "branch": "aware",
    "order_weight": 99_000,
}
_FROM_KIND = (
    "name",
    "peer",
    "kind",
    "cardinality",
    "direction",
    "branch",
    "min_count",
    "max_count",
    "label",
    "order_weight",
)


def derive_profiles(draft: Draft) -> None:
    """Make the profiles of all kinds, and relationships between kinds and profiles."""
    base = draft.generics["CoreProfile"]
    for entry in draft.own():
        if _is_open(entry) and entry["generate_profile"]:
            profile = _profile(draft, entry, base)
            draft.profiles[profile["kind"]] = profile
    base["used_by"] = sorted(draft.profiles)
    node = draft.generics["CoreNode"]
    node["used_by"] = sorted({*draft.profiles, *node["used_by"]})
    for entry in [*draft.nodes.values(), *draft.generics.values()]:
        if not (_is_open(entry) or entry["kind"] in ("InternalIPPrefixAvailable", "InternalIPRangeAvailable")):
            continue
        relationship = element(entry, "relationships", "profiles")
        if relationship is None:
            entry["relationships"].append(fields.relationship(PROFILES))
        else:
            relationship.update(PROFILES)


def supports_profiles(entry: dict[str, Any], attribute: dict[str, Any]) -> bool:
    """A profile may give a kind's attribute its value."""
    name = attribute["name"]
    constraints = [path for paths in entry["uniqueness_constraints"] or () for path in paths]
    is_constrained = any(path == name or path.startswith(f"{name}__") for path in constraints)
    return not (attribute["read_only"] or attribute["unique"] or is_constrained)


def _is_open(entry: dict[str, Any]) -> bool:
    return entry["namespace"] == "Builtin" or entry["namespace"] not in fields.RESTRICTED_NAMESPACES


def _profile(draft: Draft, entry: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    kind = entry["kind"]
    attributes = [{**item, "id": None, "inherited": False, "branch": entry["branch"]} for item in base["attributes"]]
    for item in entry["attributes"]:
        if supports_profiles(entry, item):
            reset = {"id": None, "unique": False, "optional": True, "default_value": None, "inherited": False}
            attributes.append({**item, **reset})
    relationships = [_related("related_nodes", "node__profile", kind)]
    if f"Template{kind}" in draft.templates or f"Template{kind}" in draft.generics:
        relationships.append(_related("related_templates", "template__profile", f"Template{kind}"))
    constrained = {path for paths in entry["uniqueness_constraints"] or () for path in paths}
    for item in entry["relationships"]:
        if not item["read_only"] and item["kind"] in ("Generic", "Attribute") and item["name"] not in constrained:
            given = {name: item[name] for name in _FROM_KIND}
            relationships.append(fields.relationship({**given, "identifier": f"profile_{item['identifier']}"}))
    return fields.derived_kind(
        name=kind,
        namespace="Profile",
        label=f"Profile {entry['label']}",
        description=f"Values that nodes of {kind} share",
        branch=entry["branch"],
        include_in_menu=False,
        display_label="profile_name__value",
        inherit_from=["LineageSource", "CoreProfile", "CoreNode"],
        human_friendly_id=["profile_name__value"],
        default_filter="profile_name__value",
        attributes=attributes,
        relationships=relationships,
    )


def _related(name: str, identifier: str, peer: str) -> dict[str, Any]:
    """The way back from a profile to the nodes that use it."""
    return fields.relationship(
        {
            "name": name,
            "identifier": identifier,
            "peer": peer,
            "kind": "Profile",
            "cardinality": "many",
            "branch": "aware",
        }
    )
