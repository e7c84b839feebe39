"""The pages that users read: what they list is what there is, and their links lead somewhere.

Their examples run on a real server, in tests/integration/test_docs.py.
"""

from __future__ import annotations

import builtins
import json
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import infrahub_sdk.config
import infrahub_sdk.exceptions
import infrahub_sdk.transport
from infrahub_sdk.config import Config, ProxyMountsConfig

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted(ROOT.glob("docs/*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md", *DOCS]

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| `(.+?)` \|", re.MULTILINE)
ERROR = re.compile(r"`(\w+Error)`")
OF_A_MACHINE = re.compile(r"(?<![\w.])(?:/(?:home|root|tmp|var|work|Users)/|[A-Z]:\\)")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", read(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def in_words(value: Any) -> str:
    return repr(value.value if isinstance(value, Enum) else value)


def variables(settings: Any, name: str) -> list[str]:
    """The environment variables that a setting is read from."""
    setting = settings._settings[name]
    return [settings._prefix + name.upper()] if setting.variables is None else list(setting.variables)


def test_the_table_of_settings_lists_every_field_with_its_variables_and_its_default() -> None:
    listed = {
        name: (re.findall(r"`(\w+)`", given), default)
        for name, given, default in ROW.findall(read(ROOT / "docs" / "configuration.md"))
    }
    expected = {
        name: (variables(Config, name), in_words(setting.make_default())) for name, setting in Config._settings.items()
    }
    for field in ("http", "https"):
        expected["proxy_mounts"][0].extend(variables(ProxyMountsConfig, field))
    assert listed == expected


def test_every_error_that_a_page_names_exists() -> None:
    modules = (infrahub_sdk.exceptions, infrahub_sdk.config, infrahub_sdk.transport, builtins, json)
    named = {name for page in DOCS for name in ERROR.findall(read(page))}
    assert named >= {"ValidationError", "ConfigError", "AbortedError", "ValueError"}
    assert sorted(name for name in named if not any(hasattr(module, name) for module in modules)) == []


@pytest.mark.parametrize("page", [page for page in PAGES if PYTHON.search(read(page))], ids=lambda page: page.name)
def test_the_examples_are_python_of_every_version(page: Path) -> None:
    for code in PYTHON.findall(read(page)):
        compile(code, str(page), "exec")


@every_page
def test_links_to_other_pages_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", read(page))):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{page.name} links to {target}, which does not exist"
        assert not anchor or anchor in anchors(other), f"{page.name} links to {target}, which has no such heading"


def test_every_page_is_found_from_the_readme() -> None:
    linked = {(ROOT / target.partition("#")[0]).resolve() for target in LINK.findall(read(ROOT / "README.md"))}
    assert sorted(page.name for page in set(DOCS) - linked) == []


@every_page
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    assert OF_A_MACHINE.findall(read(page)) == []
