"""What nodes take from their generics, and hierarchies."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.schema import fields
from infrahub_sdk.testing.server.schema.draft import element, elements

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["add_hierarchies", "complete_hierarchies", "heritage", "inherit", "set_branches"]

_KEPT = frozenset({"id", "order_weight", "branch", "inherited"})  # of an inherited field, when it is taken again
_UNHERITABLE = frozenset({"profiles", "object_template"})


def inherit(draft: Draft) -> None:
    """Give all nodes what their generics have, and tell all generics which nodes use them.

    Raises:
        Refused: A node inherits from something else than generics, or overrides what it may not.
    """
    users: dict[str, list[str]] = defaultdict(list)
    for node in draft.nodes.values():
        if (
            node["inherit_from"]
            or node["namespace"] == "Builtin"
            or node["namespace"] not in fields.RESTRICTED_NAMESPACES
        ):
            users["CoreNode"].append(node["kind"])
        generics = _generics(draft, node)
        _drop_lost(node, generics)
        for generic in generics:
            if node["namespace"] != "Internal":
                users[generic["kind"]].append(node["kind"])
            _check_overrides(node, generic)
            _take(node, generic)
        hierarchies = [name for name in node["inherit_from"] if draft.generics[name]["hierarchical"]]
        if len(hierarchies) > 1:
            raise Refused(
                f"{node['kind']} would be in several trees: {', '.join(hierarchies)} are hierarchical, keep one of them"
            )
        if hierarchies and node["hierarchy"] is None:
            node["hierarchy"] = hierarchies[0]
    for generic in draft.generics.values():
        generic["used_by"] = sorted(users.get(generic["kind"], ()))


def _drop_lost(node: dict[str, Any], generics: list[dict[str, Any]]) -> None:
    """Take away what a node inherited and its generics have no more."""
    names = {item["name"] for generic in generics for item in elements(generic)}
    for part in ("attributes", "relationships"):
        node[part] = [item for item in node[part] if not item["inherited"] or item["name"] in names]


def _generics(draft: Draft, node: dict[str, Any]) -> list[dict[str, Any]]:
    names = node["inherit_from"]
    if "BuiltinIPPrefix" in names and "BuiltinIPAddress" in names:
        raise Refused(
            f"{node['kind']} is a prefix or an address: keep BuiltinIPPrefix or BuiltinIPAddress in inherit_from"
        )
    for name in names:
        if name in draft.nodes:
            raise Refused(f"{node['kind']}: inherit_from takes generics only, and {name!r} is a node")
        if name not in draft.generics:
            raise Refused(f"{node['kind']}: inherit_from names {name!r}, and there is no such generic")
    return [draft.generics[name] for name in names]


def _check_overrides(node: dict[str, Any], generic: dict[str, Any]) -> None:
    for part in ("attributes", "relationships"):
        sort = part[:-1]
        inherited = {item["name"]: item for item in generic[part]}
        for own in node[part]:
            theirs = inherited.get(own["name"])
            if theirs is None:
                continue
            place = f"{node['kind']}.{own['name']}: the {sort} of the generic {generic['kind']}"
            if part == "attributes" and own["kind"] != theirs["kind"]:  # also where it comes from another generic
                raise Refused(
                    f"{place} is of the kind {theirs['kind']}, so this one cannot be of the kind {own['kind']}"
                )
            if own["inherited"]:
                continue
            if theirs["allow_override"] == "none":
                raise Refused(f"{place} lets nobody override it")
            is_plain = part == "relationships" and own["kind"] not in ("Hierarchy", "Template")
            if is_plain and own["peer"] != theirs["peer"]:
                raise Refused(f"{place} leads to {theirs['peer']}, so this one cannot lead to {own['peer']}")


def _take(node: dict[str, Any], generic: dict[str, Any]) -> None:
    for name in fields.INHERITED_FIELDS:
        if generic[name] and not node[name]:
            node[name] = fields.fresh(generic[name])
    own = {item["name"] for item in elements(node) if not item["inherited"]}
    for part in ("attributes", "relationships"):
        places = {item["name"]: number for number, item in enumerate(node[part])}
        for item in generic[part]:
            name = item["name"]
            if name in own or (part == "relationships" and name in _UNHERITABLE):
                continue
            taken = {**item, "id": None, "inherited": True}
            if name in places:
                old = node[part][places[name]]
                node[part][places[name]] = {**taken, **{field: old[field] for field in _KEPT}}
            else:
                node[part].append(taken)


def heritage(draft: Draft, entry: dict[str, Any]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The fields of a node that a generic has too, by name: the generic and its field."""
    found = {}
    if entry["kind"] in draft.nodes:
        names = {item["name"] for item in elements(entry)}
        for generic in (draft.generics[name] for name in entry["inherit_from"]):
            found.update({item["name"]: (generic, item) for item in elements(generic) if item["name"] in names})
    return found


def complete_hierarchies(draft: Draft) -> None:
    """Say for each node of a hierarchy what is above and below it.

    Raises:
        Refused: The hierarchy, or what is said to be above or below, is not there.
    """
    for node in draft.nodes.values():
        if not (node["hierarchy"] or node["parent"] or node["children"]):
            continue
        kind, hierarchy = node["kind"], node["hierarchy"]
        if not hierarchy:
            raise Refused(f"{kind}: 'parent' and 'children' need a hierarchical generic to inherit from")
        if hierarchy not in node["inherit_from"]:
            node["inherit_from"].append(hierarchy)
        for side in ("parent", "children"):
            if node[side] is None:
                node[side] = hierarchy
            elif node[side] and node[side] not in draft.nodes and node[side] not in draft.generics:
                raise Refused(f"{kind}: {side!r} names {node[side]!r}, and there is no such kind")


def add_hierarchies(draft: Draft) -> None:
    """Give hierarchical generics and their nodes the relationships `parent` and `children`."""
    for generic in draft.generics.values():
        if generic["hierarchical"]:
            kind = generic["kind"]
            _add_sides(generic, kind, kind, kind, is_optional=True, is_read_only=kind == "BuiltinIPPrefix")
    for node in draft.nodes.values():
        if node["parent"] is None and node["children"] is None:
            continue
        above = node["parent"] or node["hierarchy"]
        is_optional = above == node["kind"] or above in draft.generics
        is_read_only = "BuiltinIPPrefix" in node["inherit_from"]
        below = node["children"] or node["hierarchy"]
        _add_sides(node, above, below, node["hierarchy"], is_optional=is_optional, is_read_only=is_read_only)


def _add_sides(
    entry: dict[str, Any],
    above: str | None,
    below: str | None,
    hierarchy: str,
    *,
    is_optional: bool,
    is_read_only: bool,
) -> None:
    common = {
        "identifier": "parent__child",
        "kind": "Hierarchy",
        "branch": "aware",
        "hierarchical": hierarchy,
        "read_only": is_read_only,
    }
    parent = {"cardinality": "one", "direction": "outbound", "min_count": int(not is_optional), "max_count": 1}
    children = {"cardinality": "many", "direction": "inbound"}
    sides = (("parent", above, {**parent, "optional": is_optional}), ("children", below, children))
    for name, peer, side in sides:
        old = element(entry, "relationships", name)
        if peer is None:
            continue
        if old is None:
            entry["relationships"].append(fields.relationship({"name": name, "peer": peer, **common, **side}))
        else:
            old["peer"] = peer


def set_branches(draft: Draft) -> None:
    """Say for all fields whether they differ by branch, where nobody said."""
    for entry in draft.all():
        theirs = heritage(draft, entry)
        for item in entry["attributes"]:
            if item["branch"] is None or _follows(entry, item, theirs):
                item["branch"] = entry["branch"]
        for item in entry["relationships"]:
            if item["branch"] is None or _follows(entry, item, theirs):
                peer = draft.get(item["peer"]) or entry
                item["branch"] = _of_both(entry["branch"], peer["branch"])


def _follows(
    entry: dict[str, Any], item: dict[str, Any], theirs: dict[str, tuple[dict[str, Any], dict[str, Any]]]
) -> bool:
    """An inherited field is as its generic was, and its node is different."""
    if not item["inherited"] or item["name"] not in theirs:
        return False
    generic, field = theirs[item["name"]]
    return bool(item["branch"] == generic["branch"] == field["branch"] != entry["branch"])


def _of_both(own: str, theirs: str) -> str:
    if own == theirs:
        return own
    return "local" if "local" in (own, theirs) else "aware"
