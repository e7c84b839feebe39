"""Programs of the 1.23 package work with the local Infrahub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from infrahub_sdk.testing import LocalInfrahub

PEER = "infrahub-sdk==1.23.2"
PROGRAM = Path(__file__).parent / "peer_program.py"


@pytest.fixture(scope="session")
def peer_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the 1.23 package."""
    folder = tmp_path_factory.mktemp("peer")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


@pytest.mark.skipif(sys.version_info < (3, 10), reason="the 1.23 package needs Python 3.10")
def test_a_program_of_the_1_23_package_works_as_it_is(peer_python: Path) -> None:
    with LocalInfrahub() as infrahub:
        command = [str(peer_python), "-I", str(PROGRAM), infrahub.address, infrahub.api_token]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["sync"] == {
        "errors": {},
        "heights": [1, 42],
        "found": ["d1", "d2"],
        "sites": ["atl1"],
        "branch": "peer",
        "statuses": [None, "active"],
        "tags": 1,
        "count": 2,
        "version": seen["sync"]["version"],
    }
    assert seen["async"] == {"saved": 10, "tags": 11, "branches": ["main", "peer"], "user": "Admin"}
