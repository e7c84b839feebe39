"""What an extra brings, asked for where it is used."""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["require"]


def require(extra: str, *modules: str) -> None:
    """Make sure that the packages of an extra are there.

    Args:
        extra: The name of the extra.
        modules: What it brings, by the names that are imported.

    Raises:
        ModuleNotFoundError: One of them is missing; the message says how to install the extra.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ModuleNotFoundError(
            f"This needs {', '.join(missing)}, which the extra {extra!r} brings: pip install 'infrahub-sdk[{extra}]'",
            name=missing[0],
        )
