"""A local Infrahub is there before its user looks up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import infrahub_sdk

READY = """
import time
started = time.perf_counter()
from infrahub_sdk.testing import LocalInfrahub
with LocalInfrahub() as infrahub:
    infrahub.client_sync().execute_graphql("{ BuiltinTag { count } }")
    print(time.perf_counter() - started)
"""


def test_a_new_process_gives_its_first_answer_within_a_second() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(infrahub_sdk.__file__).parent.parent)}

    def seconds() -> float:
        done = subprocess.run(
            [sys.executable, "-c", READY], env=environment, capture_output=True, text=True, check=True
        )
        return float(done.stdout)

    assert min(seconds() for _ in range(5)) < 1  # the best of some: other processes share the machine


def test_ten_thousand_nodes_are_written_and_read_back_in_pages() -> None:
    from infrahub_sdk.testing import LocalInfrahub

    with LocalInfrahub() as infrahub:
        client = infrahub.client_sync()
        tags = [client.create("BuiltinTag", name=f"tag-{number:05}") for number in range(10_000)]
        client.save_all(tags)
        read = client.all("BuiltinTag", populate_store=False)
        assert [tag.name.value for tag in read] == [tag.name.value for tag in tags]
