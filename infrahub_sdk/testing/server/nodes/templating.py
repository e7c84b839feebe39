"""Templates of Jinja2 in schemas: of display labels and of computed attributes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.accounts.permissions import DECISIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

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


@lru_cache(maxsize=1000)
def _compiled(template: str) -> Any:
    return _environment().from_string(template)


def render(template: str, values: Mapping[str, Any]) -> str:
    """A template with its values."""
    text: str = _compiled(template).render(values)
    return text
