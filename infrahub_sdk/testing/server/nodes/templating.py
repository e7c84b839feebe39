"""Templates of Jinja2 in schemas: of display labels and of computed attributes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.accounts.permissions import DECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["is_template", "render", "variables"]


def is_template(text: str) -> bool:
    """Whether a text is a template, and not a path."""
    return "{" in text or "}" in text


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined)
    environment.filters["value_to_permission_decision_name"] = lambda value: DECISIONS.get(int(value), str(value))
    environment.filters["value_to_permission_action_name"] = lambda value: str(value).upper()
    return environment


@lru_cache(maxsize=1000)
def variables(template: str) -> tuple[str, ...]:
    """The names that a template asks for; none where it is wrong."""
    from jinja2 import TemplateError, meta

    try:
        return tuple(sorted(meta.find_undeclared_variables(_environment().parse(template))))
    except TemplateError:
        return ()


def render(template: str, values: Mapping[str, Any]) -> str:
    """A template with its values."""
    return _renderer(template)(values)


@lru_cache(maxsize=1000)
def _renderer(template: str) -> Callable[[Mapping[str, Any]], str]:
    """What renders a template; texts and names alone, which most of them are, take Jinja2 ten times as long."""
    pieces = _pieces(template)
    if pieces is None:
        compiled = _environment().from_string(template)
        return lambda values: str(compiled.render(values))
    return lambda values: "".join(str(values[name]) if name else text for text, name in pieces)


def _pieces(template: str) -> list[tuple[str, str]] | None:
    """The texts and names that a template consists of, one of each pair being empty; None when there is more to it."""
    from jinja2 import nodes

    pieces = []
    for item in _environment().parse(template).body:
        for part in item.nodes if isinstance(item, nodes.Output) else [item]:
            if isinstance(part, nodes.TemplateData):
                pieces.append((part.data, ""))
            elif isinstance(part, nodes.Name):
                pieces.append(("", part.name))
            else:
                return None
    return pieces
