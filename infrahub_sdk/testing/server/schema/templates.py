"""Object templates: for each kind that wants one, and for the kinds of its components, a kind to make nodes of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema import fields
from infrahub_sdk.testing.server.schema.draft import element
from infrahub_sdk.testing.server.schema.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["add_origins", "derive_templates", "supports_templates"]

_POOLS = frozenset({"CoreNumberPool", "CoreIPAddressPool", "CoreIPPrefixPool", "CoreResourcePool"})  # never templates
_SHARED = frozenset({"CoreGroup", "CoreProfile"})
_POOL_SUFFIX = "_from_resource_pool"
_ORIGIN = {
    "name": "object_template",
    "kind": "Template",
    "identifier": "node__objecttemplate",
    "cardinality": "one",
    "min_count": 0,
    "max_count": 1,
    "order_weight": 1,
    "branch": "aware",
}
_FROM_KIND = ("name", "kind", "cardinality", "direction", "branch", "min_count", "max_count", "inherited")


def supports_templates(attribute: dict[str, Any]) -> bool:
    """A template may give an attribute its value."""
    return not (attribute["read_only"] or attribute["unique"])


def derive_templates(draft: Draft) -> None:
    """Make the templates of all kinds that want one."""
    wanted: dict[str, dict[str, Any]] = {}
    for node in draft.nodes.values():
        if _is_wanted(node):
            _need(draft, node, wanted)
    for entry in wanted.values():
        template = _generic(entry, wanted, draft) if entry["kind"] in draft.generics else _node(entry, wanted, draft)
        part = draft.generics if entry["kind"] in draft.generics else draft.templates
        part[template["kind"]] = template
    for entry in wanted.values():
        _relate(draft, entry)
    made = {f"Template{kind}" for kind in wanted}
    for base in ("CoreObjectTemplate", "CoreNode") if made else ():
        kept = draft.generics[base]["used_by"] if base == "CoreNode" else ()
        draft.generics[base]["used_by"] = sorted({*made, *kept})


def add_origins(draft: Draft) -> None:
    """Let nodes tell the template that they were made of, where there is one."""
    for node in draft.nodes.values():
        if not _is_wanted(node):
            node["relationships"] = [item for item in node["relationships"] if item["name"] != _ORIGIN["name"]]
        elif element(node, "relationships", "object_template") is None:
            origin = {**_ORIGIN, "peer": f"Template{node['kind']}"}
            node["relationships"].append(fields.relationship(origin))


def _is_wanted(node: dict[str, Any]) -> bool:
    return bool(node["generate_template"]) and node["namespace"] not in fields.RESTRICTED_NAMESPACES


def _need(draft: Draft, entry: dict[str, Any], wanted: dict[str, dict[str, Any]]) -> None:
    """Note that a kind needs a template, and so do its generics, its components and their parents."""
    if entry["kind"] in wanted or entry["kind"] in _POOLS:
        return
    wanted[entry["kind"]] = entry
    for name in entry.get("inherit_from", ()):
        if name not in _POOLS:
            wanted.setdefault(name, draft.generics[name])
    for item in entry["relationships"]:
        is_above = item["kind"] == "Parent" and entry.get("generate_template")
        if item["peer"] in _SHARED or item["kind"] not in ("Parent", "Component") or is_above:
            continue
        peer = draft.get(item["peer"])
        if peer is None or peer["kind"] in wanted:
            continue
        users = peer.get("used_by", ())
        if item["kind"] != "Parent" or not any(user in wanted for user in users):
            for user in users:
                _need(draft, draft.nodes[user], wanted)
        _need(draft, peer, wanted)


def _is_part(draft: Draft, entry: dict[str, Any]) -> bool:
    """The template is there for that of another kind alone."""
    return entry["kind"] in draft.generics or not entry["generate_template"]


def _generic(entry: dict[str, Any], wanted: Iterable[str], draft: Draft) -> dict[str, Any]:
    kind = entry["kind"]
    given = {
        **_common(entry),
        "label": f"Generic object template {entry['label']}",
        "description": f"What templates of {kind} have in common",
        "generate_profile": False,
        "attributes": _attributes(draft, entry),
        "used_by": [f"Template{user}" for user in entry["used_by"] if user in wanted],
    }
    return fields.kind(fields.GENERIC, **given, kind=f"Template{kind}")


def _node(entry: dict[str, Any], wanted: Iterable[str], draft: Draft) -> dict[str, Any]:
    kind = entry["kind"]
    base = "CoreObjectComponentTemplate" if _is_part(draft, entry) else "CoreObjectTemplate"
    made = {"name": "related_nodes", "identifier": "node__objecttemplate", "peer": kind, "kind": "Template"}
    return fields.derived_kind(
        **_common(entry),
        label=f"Object template {entry['label']}",
        description=f"Makes nodes of {kind}",
        uniqueness_constraints=[["template_name__value"]],
        inherit_from=[
            *("LineageSource", "CoreNode", base),
            *(f"Template{name}" for name in entry["inherit_from"] if name in wanted),
        ],
        attributes=_attributes(draft, entry),
        relationships=[fields.relationship({**made, "cardinality": "many", "branch": "aware"})],
    )


def _common(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": entry["kind"],
        "namespace": "Template",
        "branch": entry["branch"],
        "include_in_menu": False,
        "display_label": "template_name__value",
        "human_friendly_id": ["template_name__value"],
    }


def _attributes(draft: Draft, entry: dict[str, Any]) -> list[dict[str, Any]]:
    is_part = _is_part(draft, entry)
    base = draft.generics["CoreObjectComponentTemplate" if is_part else "CoreObjectTemplate"]
    name = base["attributes"][0]
    attributes = [{**name, "id": None, "inherited": False, "branch": entry["branch"]}]
    for item in entry["attributes"]:
        if supports_templates(item):
            optional = item["optional"] if is_part else True
            reset = {"id": None, "unique": False, "read_only": False, "order_weight": None, "optional": optional}
            attributes.append({**item, **reset})
    return attributes


def _relate(draft: Draft, entry: dict[str, Any]) -> None:
    """Give a template the relationships of its kind; those to components and parents lead to their templates."""
    kind = f"Template{entry['kind']}"
    template = draft.templates[kind] if kind in draft.templates else draft.generics[kind]
    for item in entry["relationships"]:
        if item["peer"] in _SHARED or item["kind"] not in ("Component", "Parent", "Attribute", "Generic"):
            continue
        template["relationships"].append(_relationship(draft, entry, item))
        pool = _pool_of_peer(draft, item)
        if pool:
            template["relationships"].append(_from_pool(item, pool, item["direction"], item["identifier"]))
        if item["kind"] == "Parent" and template["kind"] in draft.templates:
            _name_within(template, item["name"])
    for item in entry["attributes"]:
        if item["kind"] == "Number" and supports_templates(item):
            template["relationships"].append(_from_pool(item, "CoreNumberPool", "outbound", item["name"]))
    heritage = [draft.get(name) or {} for name in entry.get("inherit_from", ())]
    if any(generic.get("generate_profile") for generic in (entry, *heritage)):
        template["relationships"].append(fields.relationship({**PROFILES, "identifier": "template__profile"}))


def _relationship(draft: Draft, entry: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    is_plain = item["kind"] in ("Attribute", "Generic")
    name = item["name"]
    return fields.relationship(
        {
            **{field: item[field] for field in _FROM_KIND},
            "peer": item["peer"] if is_plain or item["peer"] in _POOLS else f"Template{item['peer']}",
            "optional": item["optional"] if _is_part(draft, entry) else item["kind"] != "Parent",
            "identifier": f"template_{item['identifier']}",
            "label": name.title() if is_plain else f"{name} template".title(),
        }
    )


def _name_within(template: dict[str, Any], parent: str) -> None:
    """Let the name of a template be unique within its parent."""
    path = f"{parent}__template_name__value"
    if path not in template["human_friendly_id"]:
        template["human_friendly_id"] = [path, *template["human_friendly_id"]]
        template["uniqueness_constraints"][0].append(parent)


def _pool_of_peer(draft: Draft, item: dict[str, Any]) -> str | None:
    peer = draft.get(item["peer"]) or {}
    kinds = {item["peer"], *peer.get("inherit_from", ())}
    if "BuiltinIPAddress" in kinds:
        return "CoreIPAddressPool"
    return "CoreIPPrefixPool" if "BuiltinIPPrefix" in kinds else None


def _from_pool(item: dict[str, Any], pool: str, direction: str, identifier: str) -> dict[str, Any]:
    """The way from a template to the pool that gives a field its value."""
    return fields.relationship(
        {
            "name": item["name"] + _POOL_SUFFIX,
            "peer": pool,
            "description": f"The pool that {item['name']!r} is taken from",
            "cardinality": "one",
            "direction": direction,
            "branch": item["branch"],
            "identifier": (identifier + _POOL_SUFFIX).lower(),
            "label": f"{item['name'].replace('_', ' ').title()} from Resource Pool",
            "inherited": item["inherited"],
        }
    )
