"""Where the paths of a kind may lead: its constraints, ids, labels and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.schema.identity import unique_names
from infrahub_sdk.testing.server.schema.paths import PathError, parsed, properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.schema.draft import Draft
    from infrahub_sdk.testing.server.schema.paths import Path

__all__ = ["check_paths"]

_DIRECTIONS = ("asc", "desc")
_TIMES = ("created_at", "updated_at")
_FORBIDDEN_FILTERS = frozenset(
    {
        *("attr", "batch", "dictsort", "groupby", "items", "map", "pprint", "random", "reject", "rejectattr", "safe"),
        *("select", "selectattr", "sort", "tojson", "unique", "urlize", "xmlattr"),
    }
)


def check_paths(draft: Draft) -> None:
    """Check the paths of the kinds that documents changed.

    Raises:
        Refused: One leads nowhere, or where it may not; the first one that is found.
    """
    for entry in draft.affected():
        try:
            for problem in _problems(draft, entry):
                raise Refused(f"{entry['kind']}.{problem}", "SCHEMA_NOT_VALID", 422)
        except PathError as error:
            raise Refused(str(error), "SCHEMA_NOT_VALID", 422) from None


def _problems(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    for constraint in entry["uniqueness_constraints"] or ():
        for path in constraint:
            yield from _of(
                "uniqueness_constraints",
                path,
                _constraint_problems(entry, _parsed(draft, entry, "uniqueness_constraints", path)),
            )
    yield from _display_labels(draft, entry)
    yield from _orders(draft, entry)
    if entry["default_filter"]:
        path = _parsed(draft, entry, "default_filter", entry["default_filter"])
        yield from _of("default_filter", entry["default_filter"], _attribute_problems(path, needs_property=False))
    yield from _hfid(draft, entry)
    yield from _computed(draft, entry)


def _of(name: str, path: str, problems: Iterator[str]) -> Iterator[str]:
    return (f"{name}: {problem} ({path!r})" for problem in problems)


def _parsed(draft: Draft, entry: dict[str, Any], name: str, path: str) -> Path:
    try:
        return parsed(draft, entry, path)
    except PathError as error:
        raise PathError(f"{entry['kind']}.{name}: {error}") from None


def _attribute_problems(path: Path, *, needs_property: bool = True) -> Iterator[str]:
    """What is wrong with a path that must lead to an attribute of the kind itself."""
    if path.relationship is not None:
        yield "leads to a relationship, and has to lead to an attribute"
    elif needs_property and path.property is None and path.attribute is not None:
        known = ", ".join(properties(path.attribute))
        yield f"does not say what of {path.attribute['name']} is meant: {known}"


def _related_problems(entry: dict[str, Any], path: Path, *, needs_mandatory: bool) -> Iterator[str]:
    """What is wrong with a path that must lead to an attribute, of the kind itself or of one peer."""
    relationship = path.relationship
    if relationship is None:
        yield from _attribute_problems(path)
        return
    yield from _one_peer(entry, relationship, needs_mandatory=needs_mandatory)
    if path.property is None:
        name = relationship["name"]
        yield f"must lead to an attribute of the peer of {name!r}, such as '{name}__name__value'"


def _one_peer(entry: dict[str, Any], relationship: dict[str, Any], *, needs_mandatory: bool) -> Iterator[str]:
    if relationship["cardinality"] != "one":
        yield f"goes through {relationship['name']!r}, which leads to many nodes and not to one"
    is_namespace = relationship["name"] == "ip_namespace" and {"BuiltinIPAddress", "BuiltinIPPrefix"}.intersection(
        entry.get("inherit_from", ())
    )
    if needs_mandatory and relationship["optional"] and not is_namespace:
        yield f"goes through {relationship['name']!r}, which is optional: let it be mandatory"


def _constraint_problems(entry: dict[str, Any], path: Path) -> Iterator[str]:
    if path.relationship is None:
        yield from _attribute_problems(path)
        return
    yield from _one_peer(entry, path.relationship, needs_mandatory=True)
    if path.attribute is not None:
        yield f"must end at the relationship {path.relationship['name']!r}, without an attribute of its peer"


def _display_labels(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    for path in entry["display_labels"] or ():
        followed = _parsed(draft, entry, "display_labels", path)
        yield from _of("display_labels", path, _attribute_problems(followed, needs_property=False))
    label = entry["display_label"]
    if not label:
        return
    if "{" not in label and "}" not in label:
        yield from _of("display_label", label, _attribute_problems(_parsed(draft, entry, "display_label", label)))
        return
    yield from _template(draft, entry, "display_label", label)


def _template(draft: Draft, entry: dict[str, Any], name: str, template: str) -> Iterator[str]:
    from jinja2 import Environment, TemplateError

    from infrahub_sdk.testing.server.nodes.templating import variables

    try:
        Environment(autoescape=False).parse(template)  # noqa: S701 - it is read, not rendered
    except TemplateError as error:
        yield f"{name}: is no template of Jinja2: {error} ({template!r})"
        return
    yield from (f"{name}: must not use {what} ({template!r})" for what in _forbidden(template))
    for path in variables(template):
        yield from _of(name, path, _related_problems(entry, _parsed(draft, entry, name, path), needs_mandatory=False))


def _computed(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    for item in entry["attributes"]:
        computed = item["computed_attribute"] or {}
        if computed.get("kind") != "Jinja2" or entry["kind"] in draft.generics:
            continue
        template = computed["jinja2_template"]
        if not template:
            yield f"{item['name']}: a computed attribute needs a template"
        yield from _template(draft, entry, item["name"], template)
        from infrahub_sdk.testing.server.nodes.templating import variables

        if any(path.split("__")[0] == item["name"] for path in variables(template)):
            yield f"{item['name']}: its template must not use {item['name']!r} itself ({template!r})"


def _forbidden(template: str) -> Iterator[str]:
    """What templates of a schema may not use of Jinja2."""
    from jinja2 import Environment, nodes

    parsed_template = Environment(autoescape=False).parse(template)  # noqa: S701 - it is read, not rendered
    for found in parsed_template.find_all(nodes.Filter):
        if found.name in _FORBIDDEN_FILTERS:
            yield f"the filter {found.name!r}"
    if any(isinstance(node, (nodes.Import, nodes.Include)) for node in parsed_template.body):
        yield "other templates"


def _orders(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    seen = set()
    for given in entry["order_by"] or ():
        head, _, tail = given.rpartition("__")
        path = head if head and tail in _DIRECTIONS else given
        if path in seen:
            yield f"order_by: {path!r} is repeated"
        seen.add(path)
        first, _, rest = path.partition("__")
        if first == "node_metadata":
            if rest not in _TIMES:
                yield f"order_by: 'node_metadata' has {' and '.join(map(repr, _TIMES))} only ({given!r})"
            continue
        followed = _parsed(draft, entry, "order_by", path)
        yield from _of("order_by", given, _related_problems(entry, followed, needs_mandatory=False))


def _hfid(draft: Draft, entry: dict[str, Any]) -> Iterator[str]:
    used: dict[str, tuple[dict[str, Any], list[str]]] = {}
    seen = set()
    for path in entry["human_friendly_id"] or ():
        if path in seen:
            yield f"human_friendly_id: {path!r} is repeated"
        seen.add(path)
        followed = _parsed(draft, entry, "human_friendly_id", path)
        yield from _of("human_friendly_id", path, _related_problems(entry, followed, needs_mandatory=True))
        if followed.relationship is not None and followed.peer is not None:
            rest = path.partition("__")[2]
            used.setdefault(followed.relationship["identifier"], (followed.peer, []))[1].append(rest)
    for peer, paths in used.values():
        if not _is_unique(peer, paths):
            yield f"human_friendly_id: {', '.join(paths)} of {peer['kind']} may be the same for several nodes"


def _is_unique(entry: dict[str, Any], paths: list[str]) -> bool:
    """Some of a kind's paths together tell its nodes apart."""
    if any(path.startswith(name) for path in paths for name in unique_names(entry)):
        return True
    return any(set(constraint) <= set(paths) for constraint in entry["uniqueness_constraints"] or ())
