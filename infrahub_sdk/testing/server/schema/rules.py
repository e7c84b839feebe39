"""What a schema must keep to: peers, counts, identifiers, what computed and pooled attributes need."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import nearest
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.schema.draft import element, elements
from infrahub_sdk.testing.server.schema.limits import contradictions
from infrahub_sdk.testing.server.schema.name_rules import name_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["check", "check_peers"]

_ALIKE = (  # of a relationship that comes from two generics
    *("peer", "kind", "identifier", "cardinality", "min_count", "max_count", "common_parent", "common_relatives"),
    *("optional", "branch", "direction", "on_delete", "read_only", "hierarchical", "allow_override"),
)


def check(draft: Draft) -> None:
    """Check a schema whose kinds are complete.

    Raises:
        Refused: It breaks a rule; the first one that is found.
    """
    entries = draft.affected()
    for entry in entries:
        for problem in _problems(draft, entry):
            raise Refused(f"{entry['kind']}{problem}", "SCHEMA_NOT_VALID", 422)
    for problem in (*_identifiers(draft), *_requirements(draft)):
        raise Refused(problem, "SCHEMA_NOT_VALID", 422)


def check_peers(draft: Draft, *, are_derived: bool) -> None:
    """Check that all relationships lead to kinds.

    Args:
        draft: The schema.
        are_derived: Profiles and templates are there; before, those count that were there until now.

    Raises:
        Refused: One does not.
    """
    for entry in draft.own():
        for item in entry["relationships"]:
            if draft.get(item["peer"]) is None and (are_derived or item["peer"] not in draft.derived):
                known = nearest(item["peer"], [other["kind"] for other in draft.own()])
                what = f"{entry['kind']}.{item['name']}: there is no kind {item['peer']!r} for its peer"
                raise Refused(f"{what}.{known}", "SCHEMA_NOT_VALID", 422)


def _problems(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    yield from name_problems(draft, entry)
    yield from _namespaces(draft, entry)
    for item in entry["attributes"]:
        for text in (
            *contradictions(item["parameters"]),
            *_values(item),
            *_default(item),
            *_computed(item),
            *_pool(draft, entry, item),
        ):
            yield f".{item['name']}: {text}"
    for item in entry["relationships"]:
        for text in (*_counts(item), *_commons(draft, entry, item)):
            yield f".{item['name']}: {text}"
    yield from _twice_inherited(draft, entry)


def _namespaces(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    for name in entry.get("inherit_from", ()):
        allowed = draft.generics[name]["restricted_namespaces"]
        if allowed is not None and entry["namespace"] not in allowed:
            yield f": {name!r} can be inherited from in these namespaces only: {', '.join(allowed)}"


def _default(item: dict[str, Any]) -> Iterator[str]:
    if item["default_value"] is None or item["inherited"]:
        return
    from infrahub_sdk.testing.server.nodes.rules import BrokenRule, checked
    from infrahub_sdk.testing.server.schema.kinds import Attribute

    try:
        checked(Attribute(item), item["default_value"])
    except BrokenRule as broken:
        yield f"default value {broken}"


def _values(item: dict[str, Any]) -> Iterator[str]:
    """Defaults and enums that a server cannot make a hash of, for which the real one answers 500."""
    for name in ("enum", "default_value"):
        if not _is_flat(item[name]):
            yield f"{name} must hold plain values of one type, not {item[name]!r}"


def _is_flat(value: Any) -> bool:
    try:
        if isinstance(value, list):
            sorted(value)
        return not isinstance(value, dict) or bool(frozenset(value.items())) or not value
    except TypeError:
        return False


def _computed(item: dict[str, Any]) -> Iterator[str]:
    computed = item["computed_attribute"] or {"kind": "User"}
    if computed["kind"] == "User":
        return
    if not item["read_only"]:
        yield "a computed attribute must be read_only"
    if item["kind"] not in ("Text", "URL"):
        yield f"a computed attribute is of the kind Text or URL, not {item['kind']}"
    if computed["kind"] == "TransformPython" and not item["optional"]:
        yield "an attribute that a transformation computes must be optional"


def _pool(draft: Draft, entry: dict[str, Any], item: dict[str, Any]) -> Iterator[str]:
    if item["kind"] != "NumberPool" or entry["kind"] in draft.generics:
        return
    if item["optional"]:
        yield "an attribute of the kind NumberPool cannot be optional"
    if not item["read_only"]:
        yield "an attribute of the kind NumberPool must be read_only"
    sources = [name for name in entry["inherit_from"] if element(draft.generics[name], "attributes", item["name"])]
    if sources and not item["inherited"]:
        yield f"an attribute of the kind NumberPool that comes from {sources[0]!r} cannot be overridden"
    if len(sources) > 1:
        yield f"an attribute of the kind NumberPool cannot come from several generics: {', '.join(sources)}"


def _counts(item: dict[str, Any]) -> Iterator[str]:
    least, most = item["min_count"], item["max_count"]
    if item["cardinality"] == "one" and not item["optional"] and (least, most) != (1, 1):
        yield "a mandatory relationship of the cardinality one has 1 as its min_count and its max_count"
    if item["cardinality"] == "many" and most and least > most:
        yield f"min_count {least} is above max_count {most}"
    if item["cardinality"] == "many" and most == 1:
        yield "a max_count of 1 contradicts the cardinality many: leave it away, or use the cardinality one"


def _commons(draft: Draft, entry: dict[str, Any], item: dict[str, Any]) -> Iterator[str]:
    peer = draft.get(item["peer"])
    if peer is None:
        return
    if item["common_parent"]:
        parent = element(peer, "relationships", item["common_parent"])
        if not any(own["kind"] == "Parent" for own in entry["relationships"]):
            yield "'common_parent' needs a relationship of the kind Parent beside it"
        if parent is None or parent["kind"] != "Parent":
            yield f"'common_parent' must be a relationship of {item['peer']} of the kind Parent"
    for name in item["common_relatives"] or ():
        if element(peer, "relationships", name) is None:
            yield f"'common_relatives' has {name!r}, which is no relationship of {item['peer']}"


def _twice_inherited(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    """Relationships that come from two generics must be the same in both, computed attributes come from one."""
    first: dict[str, tuple[str, dict[str, Any]]] = {}
    for generic in entry.get("inherit_from", ()):
        for item in elements(draft.generics[generic]):
            other, theirs = first.setdefault(item["name"], (generic, item))
            place = f" inherits {item['name']!r} from both {other!r} and {generic!r}"
            if other == generic:
                continue
            if "peer" in item and "peer" in theirs:
                yield from (
                    f"{place}, where {field!r} differs"
                    for field in _ALIKE
                    if _field(item, field) != _field(theirs, field)
                )
            elif (item.get("computed_attribute") or {}).get("kind", "User") != "User":
                yield f"{place}, and it is a computed attribute"


def _field(item: dict[str, Any], name: str) -> Any:
    return item[name] or "no-action" if name == "on_delete" else item[name]


def _identifiers(draft: Draft) -> Iterator[str]:
    """The directions of the relationships that share an identifier."""
    of_changed = {item["identifier"] for entry in draft.affected() for item in entry["relationships"]}
    shared: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for entry in draft.own():
        for item in entry["relationships"]:
            if item["identifier"] in of_changed:
                shared[item["identifier"]][entry["kind"]].append(item)
    for identifier, by_kind in shared.items():
        for kind, items in by_kind.items():
            directions = sorted(item["direction"] for item in items)
            if len(items) > 1 and directions != ["inbound", "outbound"]:
                names = ", ".join(f"{item['name']} ({item['direction']})" for item in items)
                what = "which one inbound and one outbound relationship can share, and no others"
                yield f"{kind}: {names} have the identifier {identifier!r}, {what}"
            yield from (f"{kind}: {text}" for item in items for text in _opposite(item, items, by_kind))


_PAIRS = (["bidirectional", "bidirectional"], ["inbound", "outbound"])


def _opposite(
    item: dict[str, Any], items: list[dict[str, Any]], by_kind: dict[str, list[dict[str, Any]]]
) -> Iterator[str]:
    theirs = by_kind.get(item["peer"], []) if len(by_kind) > 1 else []
    if len(theirs) != 1:
        return
    direction = theirs[0]["direction"]
    is_bad = direction == "bidirectional" if len(items) > 1 else sorted([direction, item["direction"]]) not in _PAIRS
    if is_bad:
        place = f"relationship {item['name']!r} is {item['direction']}, and {item['peer']}.{theirs[0]['name']}"
        yield f"{place}, which leads back ({item['identifier']!r}), is {direction}"


def _requirements(draft: Draft) -> Iterator[str]:
    """Two kinds that need each other, and components that are their own parents."""
    needed: dict[str, set[str]] = defaultdict(set)
    above: dict[str, set[str]] = defaultdict(set)
    for entry in draft.own():
        kind = entry["kind"]
        for item in entry["relationships"]:
            if not item["optional"]:
                if item["peer"] in needed[kind]:
                    yield f"{kind}.{item['name']} needs a {item['peer']}, which needs a {kind}: let one be optional"
                needed[item["peer"]].add(kind)
            if item["kind"] == "Parent" and not item["inherited"]:
                above[item["peer"]].add(kind)
            elif item["kind"] == "Component":
                above[kind].add(item["peer"])
        yield from (f"{kind}{text}" for text in _parents(draft, entry, above))
    cycle = _cycle(above)
    if cycle:
        yield f"Parents and components form a circle: {' -> '.join(cycle)}"


def _parents(draft: Draft, entry: dict[str, Any], above: dict[str, set[str]]) -> Iterator[str]:
    parents = [item for item in entry["relationships"] if item["kind"] == "Parent" and not item["inherited"]]
    for generic in (draft.generics[name] for name in entry.get("inherit_from", ())):
        theirs = [item for item in generic["relationships"] if item["kind"] == "Parent"]
        for item in theirs:
            above[item["peer"]].add(entry["kind"])
        parents += theirs
    if len(parents) > 1:
        yield f": {', '.join(item['name'] for item in parents)} are all of the kind Parent, and a node has one parent"
    for item in parents:
        if item["cardinality"] != "one":
            yield f".{item['name']}: a node has one parent, so a Parent is of the cardinality one"
        if item["optional"]:
            yield f".{item['name']}: a node is never without its parent, so a Parent is not optional"


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    """A way through a graph that comes back to where it began; empty when there is none."""
    done: set[str] = set()
    for start in sorted(graph):
        way: list[str] = []
        stack = [(start, iter(sorted(graph[start])))] if start not in done else []
        way += [start] if stack else []
        while stack:
            node, rest = stack[-1]
            follower = next(rest, None)
            if follower is None:
                done.add(node)
                stack.pop()
                way.pop()
            elif follower in way:
                return [*way[way.index(follower) :], follower]
            elif follower not in done:
                stack.append((follower, iter(sorted(graph.get(follower, ())))))
                way.append(follower)
    return []
