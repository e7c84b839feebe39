"""What a node is called: its human-friendly id and its display label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.nodes import templating

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.schema.kinds import Kind

__all__ = ["display_label", "hfid", "sources", "value_at"]


def hfid(node: Node) -> list[str] | None:
    """The human-friendly id of a node; None for a kind that has none. A part that is missing is the word None."""
    paths = node.kind.data.get("human_friendly_id")
    return [str(value_at(node, path)) for path in paths] if paths else None


def display_label(node: Node) -> str:
    """The label of a node: what its kind's schema says, or its kind and id."""
    template = node.kind.data.get("display_label")
    if not template:
        return f"{node.kind.name}(ID: {node.id})"
    if not templating.is_template(template):
        value = value_at(node, template)
        return "" if value is None else str(value)
    return rendered(template, lambda path: value_at(node, path))


def sources(kind: Kind) -> list[Sequence[str]]:
    """The paths that the label of a kind's nodes is made of, and those of their human-friendly id."""
    label = kind.data.get("display_label") or ""
    of_label = templating.variables(label) if templating.is_template(label) else [label]
    return [of_label, kind.data.get("human_friendly_id") or ()]


def rendered(template: str, value: Callable[[str], Any]) -> str:
    """A template with the values of its paths."""
    return templating.render(template, {path: value(path) for path in templating.variables(template)})


def value_at(node: Node, path: str) -> Any:
    """What a path such as `name__value` or `location__name__value` leads to; None where there is nothing."""
    field, _, rest = path.partition("__")
    value = node.values.get(field)
    if value is not None:
        return value.value if rest in {"", "value"} else value.field(rest)
    relationship = node.kind.relationships.get(field)
    for edge in node.edges(relationship) if relationship else ():
        return value_at(edge.node, rest)
    return None
