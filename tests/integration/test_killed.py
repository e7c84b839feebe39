"""The local Infrahub, killed while it writes: what it answered is there, and nothing is half-written."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.exceptions import Error
from infrahub_sdk.testing import LocalInfrahub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 20
SECONDS = (0.01, 0.3)  # that a server writes before it is killed: about a thousand writes in all

SERVER = """
import sys
from infrahub_sdk.testing import LocalInfrahub
with LocalInfrahub(data=sys.argv[1]) as infrahub:
    print(infrahub.address, flush=True)
    sys.stdin.read()
"""
MUTATION = """
mutation {{ CoreStandardGroupCreate(data: {{
    name: {{value: "{number}"}}, description: {{value: "{number}"}}, members: [{{id: "{member}"}}]
}}) {{ ok }} }}
"""
GROUPS = "{ CoreStandardGroup { edges { node { name { value } description { value } members { count } } } } }"


def started(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVER, str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def write_until_killed(path: Path, numbers: Iterator[int], member: str, seconds: float) -> list[int]:
    """Have a server write groups, one by one, and kill it.

    Returns:
        The numbers of those that it answered.
    """
    answered: list[int] = []
    with started(path) as process:
        assert process.stdout is not None
        config = Config(address=process.stdout.readline().strip(), api_token=LocalInfrahub.api_token)
        with InfrahubClientSync(config=config) as client:
            client.execute_graphql("{ BuiltinTag { count } }")
            threading.Timer(seconds, process.kill).start()
            with pytest.raises(Error):
                for number in numbers:
                    client.execute_graphql(MUTATION.format(number=number, member=member))
                    answered.append(number)
        assert process.wait() == -signal.SIGKILL
    return answered


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "infrahub.db"
    with LocalInfrahub(data=path) as infrahub:
        member = infrahub.client_sync().create("BuiltinTag", name="member")
        member.save()
    chance = random.Random(0)
    numbers = iter(range(1_000_000))
    answered: set[str] = set()
    for _ in range(KILLS):
        answered |= {str(number) for number in write_until_killed(path, numbers, member.id, chance.uniform(*SECONDS))}
    assert answered

    with LocalInfrahub(data=path) as infrahub:
        edges = infrahub.client_sync().execute_graphql(GROUPS)["CoreStandardGroup"]["edges"]
        groups = {edge["node"]["name"]["value"]: edge["node"] for edge in edges}
        assert answered <= groups.keys()
        assert len(groups) - len(answered) <= KILLS, "at most the last write of each was not answered any more"
        for name, node in groups.items():
            assert (node["description"]["value"], node["members"]["count"]) == (name, 1)
        assert infrahub._app.storage.rows("pragma integrity_check") == [("ok",)]
