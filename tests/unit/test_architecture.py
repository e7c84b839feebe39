"""The rules that keep the package what it is."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from typing import Any

import pytest

import infrahub_sdk
from infrahub_sdk import batch, batch_sync, branch, branch_sync, client, client_sync
from infrahub_sdk.node import node, node_sync, related_node, related_node_sync, relationship, relationship_sync
from infrahub_sdk.schema import manager, manager_sync

PACKAGE = Path(infrahub_sdk.__file__).parent
WITHOUT_IO = [
    *sorted(path for folder in ("core", "graphql", "node", "schema") for path in (PACKAGE / folder).rglob("*.py")),
    PACKAGE / "model.py",
    PACKAGE / "store.py",
]
DOES_IO = {"asyncio", "concurrent", "http", "socket", "ssl", "threading", "urllib.request"}

TWINS: list[tuple[type, type]] = [
    (batch.BatchTask, batch_sync.BatchTaskSync),
    (client.InfrahubClient, client_sync.InfrahubClientSync),
    (node.InfrahubNode, node_sync.InfrahubNodeSync),
    (related_node.RelatedNode, related_node_sync.RelatedNodeSync),
    (relationship.RelationshipManager, relationship_sync.RelationshipManagerSync),
    (branch.InfrahubBranchManager, branch_sync.InfrahubBranchManagerSync),
    (manager.InfrahubSchema, manager_sync.InfrahubSchemaSync),
]


def imports(path: Path) -> set[str]:
    found = set()
    for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(item, ast.Import):
            found |= {alias.name for alias in item.names}
        elif isinstance(item, ast.ImportFrom) and item.level == 0:
            found |= {str(item.module), *(f"{item.module}.{alias.name}" for alias in item.names)}
    return found


@pytest.mark.parametrize("path", WITHOUT_IO, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_logic_does_no_io(path: Path) -> None:
    roots = {".".join(name.split(".")[:length]) for name in imports(path) for length in (1, 2)}
    assert not roots & DOES_IO


def public(cls: type) -> dict[str, Any]:
    return {name: value for name, value in inspect.getmembers_static(cls) if not name.startswith("_")}


def plain(text: str) -> str:
    for name in ("Sync", "asynchronous", "synchronous", "are awaited", "block"):
        text = text.replace(name, "")
    return text


@pytest.mark.skipif(sys.version_info < (3, 11), reason="inspect.getmembers_static came with Python 3.11")
@pytest.mark.parametrize(("ours", "twin"), TWINS, ids=lambda cls: cls.__name__)
def test_twins_have_the_same_names_parameters_defaults_and_docstrings(ours: type, twin: type) -> None:
    members, others = public(ours), public(twin)
    assert members.keys() == others.keys()
    for name, member in members.items():
        function, other = (getattr(item, "__func__", item) for item in (member, others[name]))
        assert plain(function.__doc__ or "") == plain(other.__doc__ or ""), name
        if inspect.isfunction(function):
            assert plain(str(inspect.signature(function))) == plain(str(inspect.signature(other))), name


@pytest.mark.skipif(sys.version_info < (3, 11), reason="inspect.getmembers_static came with Python 3.11")
@pytest.mark.parametrize(("ours", "twin"), TWINS, ids=lambda cls: cls.__name__)
def test_nothing_of_a_synchronous_twin_is_a_coroutine(ours: type, twin: type) -> None:
    assert any(inspect.iscoroutinefunction(getattr(value, "__func__", value)) for value in public(ours).values())
    assert not any(inspect.iscoroutinefunction(getattr(value, "__func__", value)) for value in public(twin).values())
