"""This package against infrahub-sdk 1.23.2 and against the limit, side by side in one run.

python benchmarks/run.py                         everything on the canned server, five rounds; fifteen minutes or so
python benchmarks/run.py --only all --rounds 3   the rows whose names begin so
python benchmarks/run.py --ours REQUIREMENT      something else in the place of this checkout
python benchmarks/run.py --real ADDRESS TOKEN    the rows on a real Infrahub, which gets a schema and nodes

Each figure is the median of the rounds. A round is a new process for each side, in turns, all against one server.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PEER = "infrahub-sdk==1.23.2"
IMPORT = (
    "from infrahub_sdk import Config, InfrahubClientSync\nimport os\n"
    "with open('/proc/self/statm', 'rb') as statm: print(int(statm.read().split()[1]) * os.sysconf('SC_PAGE_SIZE'))"
)
STARTS = 10  # processes a round, for the rows of importing


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        name: What `work.py` and `limit.py` call it.
        title: What is done.
        unit: Of the figure.
        scale: What a figure is divided by to be in that unit.
        more: Whether more is better.
        target: What ours divided by the peer's is to reach; with no peer, what ours is to reach.
        limit: What ours divided by the limit's is to reach; None where there is no limit.
        most: How many TCP connections ours may open, or requests make on a real server; None for any number.
        peer: Whether 1.23.2 can do it.
    """

    name: str
    title: str
    unit: str
    scale: float
    more: bool
    target: float
    limit: float | None = None
    most: int | None = None
    peer: bool = True

    def reached(self, ours: float, other: float, target: float) -> bool:
        """Whether a ratio, as it is printed, is as good as it should be."""
        ratio = round(ours / other, 2)
        return ratio >= target if self.more else ratio <= round(target, 2)


ROWS = [
    Row(
        "import-time", "`from infrahub_sdk import Config, InfrahubClientSync`, a new process", "ms", 1e-3, False, 1 / 5
    ),
    Row("import-memory", "the same, resident memory", "MB", 1e6, False, 2 / 5),
    Row("graphql-sync", "sequential `execute_graphql`, sync", "/s", 1, True, 3.3, 1.0, 1),
    Row("graphql-sync-tls", "the same over TLS", "/s", 1, True, 8, 1.0, 1),
    Row("graphql-async", "sequential `execute_graphql`, async", "/s", 1, True, 5),
    Row("graphql-gathered", "300 gathered `execute_graphql`, async, 10 at a time", "/s", 1, True, 6, None, 10),
    Row("all-1000", "`all()` of 10,000 nodes, pages of 1,000, one node read", "nodes/s", 1, True, 8, 0.5),
    Row("all-50", "`all()` of 10,000 nodes, pages of 50, one node read", "nodes/s", 1, True, 7, 0.5),
    Row("all-1000-every", "pages of 1,000, every attribute of every node read", "nodes/s", 1, True, 3),
    Row("all-50-every", "pages of 50, every attribute of every node read", "nodes/s", 1, True, 3),
    Row("memory-held", "memory per node held, as Python counts it", "KB", 1e3, False, 1 / 3),
    Row("memory-resident", "memory per node held, by which the process grows", "KB", 1e3, False, 1 / 3),
    Row("create-render", "create a node and render its mutation", "/s", 1, True, 3),
    Row("create-save", "`create` and `save`, sync", "/s", 1, True, 3),
    Row("schema", "schema of 200 kinds fetched and one kind used, a new process", "ms", 1e-3, False, 1 / 2),
    Row("schema-again", "the same in a process that has read one before", "ms", 1e-3, False, 1 / 2),
    Row("parallel", "`all(parallel=True)` of 10,000 nodes, 20 ms a page", "nodes/s", 1, True, 1.5),
    Row("batch", "a batch of 1,000 saves of new nodes, async", "nodes/s", 1, True, 5),
    Row("iterate", "peak memory of `iterate` over 1,000,000 nodes, above idle", "MB", 1e6, False, 30, peer=False),
]

REAL = [
    Row(
        "real-tree-interface",
        "70 devices, 700 interfaces and addresses as a tree; 1.23.2: a query an interface",
        *("s", 1, False, 1 / 10),
        most=4,
    ),
    Row("real-tree-prefetch", "the same; 1.23.2: two queries that prefetch", "s", 1, False, 1 / 3, most=4),
    Row("real-tree-only", "the same with `only=`; 1.23.2: two queries that prefetch", "s", 1, False, 1 / 3, most=4),
    Row("real-tags", "`all()` of 1,000 tags, defaults", "s", 1, False, 1 / 2),
    Row("real-batch", "200 new tags through a batch, async", "s", 1, False, 1 / 2, most=20),
    Row(
        "real-save-all",
        "5 new devices with 50 interfaces and 50 addresses by `save_all`; 1.23.2: three batches",
        *("s", 1, False, 1.0),
        most=12,
    ),
]


# Environments


def environment(name: str, *requirements: str, fresh: bool) -> Path:
    """The interpreter of a virtual environment of the benchmarks' own."""
    directory = HERE / f".env-{name}"
    python = directory / "bin" / "python"
    if fresh or not python.exists():
        venv.create(directory, clear=True, with_pip=True)
        run(python, "-m", "pip", "install", "--quiet", *requirements)
    return python


def run(*command: str | Path) -> str:
    """What a command prints, in an environment that sets no proxy, no server and no module path."""
    skipped = ("infrahub_", "python")
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().startswith(skipped) and not name.lower().endswith("_proxy")
    }
    return subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, env=variables, cwd=HERE
    ).stdout


@contextmanager
def canned_server(peer: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The addresses of a running server, and the file that tells who signed its certificate."""
    with tempfile.TemporaryDirectory() as directory:
        run(peer, "-m", "trustme", "--quiet", "--dir", directory, "--identities", "127.0.0.1")
        command = [sys.executable, str(HERE / "server.py"), f"{directory}/server.pem", f"{directory}/server.key"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            if server.stdin is None or server.stdout is None:
                raise AssertionError("A pipe was asked for.")
            try:
                yield json.loads(server.stdout.readline()), f"{directory}/client.pem"
            finally:
                server.stdin.close()


# Measuring


class Bench:
    """One side's turn at a row.

    Args:
        pythons: The interpreters of `peer` and `ours`.
        addresses: The server's, by scheme.
        ca: Who signed its certificate.
        real: Address and token of a real server.
    """

    def __init__(
        self,
        pythons: dict[str, Path],
        addresses: dict[str, str] | None = None,
        ca: str = "",
        real: tuple[str, ...] = (),
    ) -> None:
        self.pythons = pythons
        self.addresses = addresses or {}
        self.ca = ca
        self.real = real

    def measure(self, row: Row, side: str) -> tuple[float, int]:
        """The figure, and how many connections it took; how many requests, on a real server."""
        if row in REAL:
            seconds, requests = run(self.pythons[side], HERE / "real.py", row.name, side, *self.real).split()
            return float(seconds), int(requests)
        if row.name.startswith("import"):
            return self.start(row, side), 0
        port = "https" if row.name.endswith("-tls") else "slow" if row.name == "parallel" else "http"
        target = [self.addresses[port], *([self.ca] if port == "https" else [])]
        script, python = ("limit.py", "ours") if side == "limit" else ("work.py", side)
        self.counts()
        figure = float(run(self.pythons[python], HERE / script, row.name, *target))
        return figure, self.counts()["connections"]

    def start(self, row: Row, side: str) -> float:
        """Seconds or bytes of a new process; the limit is one that imports nothing."""
        code = IMPORT.partition("\n")[2] if side == "limit" else IMPORT
        python = self.pythons["ours" if side == "limit" else side]
        figures = []
        for _ in range(STARTS):
            start = time.perf_counter()
            size = int(run(python, "-c", code))
            figures.append(time.perf_counter() - start if row.name == "import-time" else size)
        return statistics.median(figures)

    def counts(self) -> dict[str, int]:
        """What the server has counted since it was asked last."""
        with urllib.request.urlopen(f"{self.addresses['http']}/counts") as answer:
            counts: dict[str, int] = json.load(answer)
        return counts

    def rounds(self, row: Row, number: int) -> dict[str, tuple[float, int]]:
        """The median figure and the most connections of each side."""
        sides = ["ours", *(["limit"] if row.limit or row.name.startswith("import") else [])]
        if row.peer:
            sides.insert(0, "peer")
        taken: dict[str, list[tuple[float, int]]] = {side: [] for side in sides}
        for turn in range(number):
            for side in sides if turn % 2 == 0 else reversed(sides):
                taken[side].append(self.measure(row, side))
                print(f"{row.name:20} {side:6} {taken[side][-1][0] / row.scale:10.2f} {row.unit}", file=sys.stderr)
        return {
            side: (statistics.median(figure for figure, _ in turns), max(connections for _, connections in turns))
            for side, turns in taken.items()
        }


@contextmanager
def opened(pythons: dict[str, Path], real: list[str] | None) -> Iterator[Bench]:
    """What to measure with: the canned server, or a real one with the nodes that the rows read."""
    if not real:
        with canned_server(pythons["peer"]) as (addresses, ca):
            yield Bench(pythons, addresses, ca)
        return
    run(pythons["ours"], HERE / "real.py", "setup", *real)
    try:
        yield Bench(pythons, real=tuple(real))
    finally:
        run(pythons["ours"], HERE / "real.py", "clean", *real)


# The table

COLUMNS = [
    "work",
    "unit",
    "1.23.2",
    "ours",
    "limit",
    "ours : 1.23.2",
    "to reach",
    "ours : limit",
    "to reach",
    "connections or requests",
    "reached",
]


def line(row: Row, figures: dict[str, tuple[float, int]]) -> str:
    """A row of the table in Markdown."""
    ours, counted = figures["ours"]
    peer, peer_counted = figures.get("peer", (None, 0))
    limit, _ = figures.get("limit", (None, 0))
    met = [row.reached(ours, peer or row.scale, row.target)]
    if limit and row.limit:
        met.append(row.reached(ours, limit, row.limit))
    if row.most:
        met.append(counted <= row.most)
    cells = [
        row.title,
        row.unit,
        *("" if figure is None else number(figure / row.scale) for figure in (peer, ours, limit)),
        f"{ours / peer:.2f}" if peer else "",
        f"{'≥' if row.more else '≤'} {row.target:.2g}{'' if peer else ' ' + row.unit}",
        f"{ours / limit:.2f}" if limit else "",
        f"≥ {row.limit:g}" if row.limit else "",
        f"{counted} (≤ {row.most}; 1.23.2: {peer_counted})" if row.most else "",
        "yes" if all(met) else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side, the median of which is shown")
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME", help="rows whose names begin so")
    parser.add_argument("--ours", default=str(HERE.parent), metavar="REQUIREMENT", help="what pip installs as ours")
    parser.add_argument("--real", nargs=2, metavar=("ADDRESS", "TOKEN"), help="a real server, for the rows on one")
    arguments = parser.parse_args()
    possible = REAL if arguments.real else ROWS
    rows = [row for row in possible if row.name.startswith(tuple(arguments.only))]
    if not rows:
        parser.error(f"no row begins with {arguments.only!r}; there are: {', '.join(row.name for row in possible)}")
    pythons = {
        "peer": environment("peer", PEER, "trustme", fresh=False),
        "ours": environment("ours", arguments.ours, fresh=True),
    }
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {arguments.rounds} rounds\n")
    print(f"| {' | '.join(COLUMNS)} |\n|---|---|{'--:|' * 7}---|---|", flush=True)
    with opened(pythons, arguments.real) as bench:
        for row in rows:
            print(line(row, bench.rounds(row, arguments.rounds)), flush=True)


if __name__ == "__main__":
    main()
