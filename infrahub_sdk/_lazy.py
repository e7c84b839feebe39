"""Public names that are imported when they are first used (PEP 562), so that importing a module costs little."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["exports", "forwards"]


def forwards(module: str, home_of: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a module some of whose names live elsewhere.

    Args:
        module: The module's `__name__`.
        home_of: For each such name the module that defines it.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        value = getattr(import_module(home), name)
        setattr(sys.modules[module], name, value)
        return value

    return __getattr__


def exports(
    package: str, module_of: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package whose names live in its modules.

    Args:
        package: The package's `__name__`.
        module_of: For each public name the module of the package that defines it.
    """

    def __dir__() -> list[str]:  # noqa: N807
        return sorted({*vars(sys.modules[package]), *module_of})

    return (
        forwards(package, {name: f"{package}.{module}" for name, module in module_of.items()}),
        __dir__,
        sorted(module_of),
    )
