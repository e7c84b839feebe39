"""What resolves the fields that do not belong to a kind."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["resolvers", "resolves"]

_RESOLVERS: dict[str, Callable[..., Any]] = {}


def resolves(*fields: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function resolve fields, each named as `Type.field`; for a module of this package."""

    def remember(function: Callable[..., Any]) -> Callable[..., Any]:
        _RESOLVERS.update(dict.fromkeys(fields, function))
        return function

    return remember


def resolvers() -> Mapping[str, Callable[..., Any]]:
    """All of them, by `Type.field`: each module of this package brings its own."""
    package = __name__.rpartition(".")[0]
    for module in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
    return _RESOLVERS
