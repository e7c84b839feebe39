"""infrahubctl server: a local Infrahub."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

__all__ = ["add"]


def add(groups: Any) -> None:
    """Add the commands of the group."""
    group = groups.add_parser("server", help="A local Infrahub for first steps and tests.")
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    start = commands.add_parser("start", help="Start a local Infrahub, until Ctrl-C.")
    start.add_argument("--host", default="127.0.0.1", help="where it listens (default: %(default)s)")
    start.add_argument("--port", type=int, default=8000, help="the port, 0 for a free one (default: %(default)s)")
    start.add_argument(
        "--schema", action="append", default=[], metavar="PATH", help="a schema file or a folder with them; repeatable"
    )
    start.add_argument("--data", metavar="FILE", help="the file that keeps the data (default: nothing is kept)")
    start.set_defaults(run=_start)


def _start(options: argparse.Namespace) -> None:
    from infrahub_sdk.testing import LocalInfrahub

    infrahub = LocalInfrahub(options.schema, data=options.data, host=options.host, port=options.port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with infrahub:
        kept = f"kept in {options.data}" if options.data else "kept in memory only"
        _say(f"Infrahub at {infrahub.address}, data {kept}. Ctrl-C ends it.")
        _say(f"Token of the user {infrahub.username}: {infrahub.api_token} (password: {infrahub.password})")
        while not ended.wait(1):  # on Windows no signal comes through to a wait without an end
            pass


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
