"""infrahubctl, the command line."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from infrahub_sdk.exceptions import Error

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_GROUPS = ("server",)  # modules of this package; each has `add(groups)`, which adds its commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The words of the command line; those of this process by default.

    Returns:
        The exit code: 0 when all went well, 1 when the command failed, 2 when it was not understood.
    """
    parser = argparse.ArgumentParser(prog="infrahubctl", description="Work with Infrahub from the command line.")
    groups = parser.add_subparsers(metavar="GROUP", required=True)
    for name in _GROUPS:
        import_module(f"{__name__}.{name}").add(groups)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (Error, OSError, ModuleNotFoundError) as error:
        print(f"infrahubctl: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
