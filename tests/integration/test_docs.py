"""The examples of README.md and of docs/ do what they say, on a real server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClientSync
from tests.integration.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r'(?<=["_])(atl1|nyc1|den1|red|blue|green)(?=["-])')
NAMESPACES = {"Dcim": "Docs", "Location": "Docplace"}


def pages() -> list[Path]:
    return [page for page in sorted(ROOT.glob("docs/*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]


def run(page: Path, namespace: dict[str, Any], change: Callable[[str], str]) -> None:
    """Run the Python blocks of a page one after the other; a traceback leads to the line of the page."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        lines_before = text.count("\n", 0, block.start(1))
        exec(compile("\n" * lines_before + change(block[1]), str(page), "exec"), namespace)


@pytest.fixture
def change(server: Server, unique: Callable[[str], str]) -> Callable[[str], str]:
    """Puts the real address and token, and names that no earlier run has used, into an example."""

    def changed(code: str) -> str:
        code = code.replace('"http://localhost:8000"', repr(server.address)).replace('"..."', repr(server.token))
        return NAME.sub(lambda match: unique(match[0]), code)

    return changed


@pytest.fixture
def namespace(server: Server, unique: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """What the first steps leave behind, and the pages go on from."""
    with InfrahubClientSync(config=server.config()) as client:
        red, blue = (client.create("BuiltinTag", name=unique(name)) for name in ("red", "blue"))
        site, other = (client.create("LocationSite", name=name, shortname=unique(name)) for name in ("atl1", "nyc1"))
        name = f"{unique('atl1')}-edge1"
        device = client.create("DcimDevice", name=name, description="edge", location=site, tags=[red, blue])
        for node in (red, blue, site, other, device):
            node.save()
        yield {"client": client, "red": red, "blue": blue, "site": site, "device": device, "schema": SCHEMA}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page: Path, namespace: dict[str, Any], change: Callable[[str], str]) -> None:
    run(page, namespace, change)


def other_kinds(code: str) -> str:
    """The same example with kinds of other namespaces, which no other test has loaded."""
    return re.sub(r'\b(Dcim|Location)(?=[A-Z"])', lambda match: NAMESPACES[match[0]], code)


@pytest.mark.parametrize("kinds", [str, other_kinds], ids=["other schemas are there", "its own schema"])
def test_the_first_steps_run(
    kinds: Callable[[str], str],
    change: Callable[[str], str],
    unique: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(README, {}, lambda code: kinds(change(code)))
    kind = kinds("DcimDevice")
    first, second, third = capsys.readouterr().out.splitlines()
    assert (first, second) == (f"{unique('atl1')}-edge1 {unique('atl1')}", f"{{'{kind}': {{'count': 1}}}}")
    assert repr(unique("blue")) in third
