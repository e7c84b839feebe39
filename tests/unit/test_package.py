"""What the package is as a whole: its metadata, what importing it costs, what it needs, and the examples in it."""

from __future__ import annotations

import ast
import configparser
import doctest
import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import infrahub_sdk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(infrahub_sdk.__file__).parent

# Each of these takes milliseconds that a script which only wants a client should not wait for.
HEAVY = {
    "asyncio", "concurrent.futures", "decimal", "difflib", "email", "http.client", "inspect", "ipaddress",
    "socket", "ssl", "threading", "typing_extensions", "urllib.request", "uuid",
}  # fmt: skip


def settings() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that a piece of code imports when it runs, those for the type checker left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = f"infrahub_sdk.{node.module}" if node.level else str(node.module)
            yield from (origin, *(f"{origin}.{alias.name}" for alias in node.names))
        yield from imports(node)


def source(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def with_examples() -> list[str]:
    paths = sorted(path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))
    return [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths]


def fresh(code: str) -> str:
    """What a new process prints that knows nothing but the package under test."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_the_package_under_test_is_the_one_that_was_asked_for() -> None:
    assert Path(os.environ.get("TESTED_PACKAGE", str(ROOT / "infrahub_sdk"))) == PACKAGE


def test_the_version_is_the_one_that_the_changelog_tells_of() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert changelog.split("\n## [")[1].startswith(f"{infrahub_sdk.__version__}]")


def test_typing_extensions_is_all_that_the_package_requires() -> None:
    required = settings()["options"]["install_requires"].split()
    assert [requirement.partition(">=")[0] for requirement in required] == ["typing-extensions"]


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


def test_every_public_name_is_there_and_is_listed() -> None:
    assert {"Config", "InfrahubClient", "InfrahubClientSync"} <= set(infrahub_sdk.__all__) <= set(dir(infrahub_sdk))
    assert all(getattr(infrahub_sdk, name) is not None for name in infrahub_sdk.__all__)


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'infrahub_sdk' has no attribute 'Client'"):
        infrahub_sdk.Client  # noqa: B018


def test_importing_a_client_leaves_heavy_modules_for_later() -> None:
    already = set(fresh("import sys; print(*sys.modules)").split())
    loaded = set(
        fresh(
            "from infrahub_sdk import Config, InfrahubClientSync; Config(timeout=5); import sys; print(*sys.modules)"
        ).split()
    )
    assert sorted((loaded - already) & HEAVY) == []


def test_importing_the_package_loads_two_of_its_modules() -> None:
    loaded = fresh("import infrahub_sdk, sys; print(*sys.modules)").split()
    assert sorted(name for name in loaded if name.startswith("infrahub_sdk.")) == [
        "infrahub_sdk._lazy",
        "infrahub_sdk._version",
    ]


# What an extra brings is imported where it is used; only in these places all of the code uses it.
OF_AN_EXTRA = {"testing/server": {"graphql", "jinja2", "yaml"}, "testing/plugin.py": {"pytest"}}


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 does not tell which modules its library has")
def test_no_module_needs_another_package_to_be_imported() -> None:
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        known = {*sys.stdlib_module_names, "__future__", "infrahub_sdk", "typing_extensions"}
        for place, allowed in OF_AN_EXTRA.items():
            if path.relative_to(PACKAGE).as_posix().startswith(place):
                known |= allowed
        statements = [node for node in source(path).body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        modules = imports(ast.Module(statements, []))
        found |= {
            f"{path.relative_to(PACKAGE)}: {module}" for module in modules if module.partition(".")[0] not in known
        }
    assert sorted(found) == []


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_in_the_docstrings_give_what_they_say(name: str) -> None:
    module = importlib.import_module(name.removesuffix(".__init__"))
    failed, attempted = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert attempted > 0
    assert failed == 0
