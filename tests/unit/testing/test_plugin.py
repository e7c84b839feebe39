"""The fixtures, in a project of their user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import infrahub_sdk

PROJECT = """
import pytest

@pytest.fixture(scope="session")
def infrahub_schemas():
    return [{"version": "1.0", "nodes": [
        {"name": "Site", "namespace": "Location", "attributes": [{"name": "name", "kind": "Text", "unique": True}]}
    ]}]

@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(infrahub_client_sync, turn):
    assert infrahub_client_sync.count("LocationSite") == 0
    infrahub_client_sync.create("LocationSite", name="atl1").save()

def test_the_asynchronous_client_is_there_too(infrahub_client, infrahub):
    import asyncio

    async def main():
        await (await infrahub_client.create("LocationSite", name="atl1")).save()
        return await infrahub_client.count("LocationSite")

    assert asyncio.run(main()) == infrahub.client_sync().count("LocationSite") == 1

@pytest.mark.parametrize("turn", [1, 2])
def test_the_session_shares_what_is_in_it(infrahub_session, turn):
    client = infrahub_session.client_sync()
    client.create("LocationSite", name=f"shared-{turn}").save()
    assert client.count("LocationSite", name__values=["shared-1", "shared-2"]) == turn

def test_clients_of_earlier_tests_are_closed(infrahub_client_sync, infrahub):
    infrahub_client_sync.count("LocationSite")
    assert infrahub._clients[-1] is infrahub_client_sync
    assert len(infrahub._clients) == 4  # three were made by tests themselves
"""


def test_a_project_has_an_empty_infrahub_for_each_of_its_tests(tmp_path: Path) -> None:
    (tmp_path / "test_project.py").write_text(PROJECT)
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(Path(infrahub_sdk.__file__).parent.parent),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "infrahub_sdk.testing.plugin", "test_project.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
