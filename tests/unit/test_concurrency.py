"""Clients that many threads or tasks use at once."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.transport import Response
from tests.unit.kinds import schema

ADDRESS = "http://infrahub.test"


class Crowd:
    """A server that many ask at once. Only its newest token counts; who brings an older one has to refresh it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.token = 0
        self._guard = threading.Lock()

    def answer(self, url: str, headers: dict[str, Any], **_: Any) -> Response:
        path = url[len(ADDRESS) :].partition("?")[0]
        with self._guard:
            self.paths.append(path)
            status, body = self._body(path, headers)
        return Response(status, content=json.dumps(body).encode(), url=url)

    def _body(self, path: str, headers: dict[str, Any]) -> tuple[int, Any]:
        if path in {"/api/auth/login", "/api/auth/refresh"}:
            self.token += 1
            return 200, {"access_token": str(self.token), "refresh_token": "r"}
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"errors": [{"message": "Expired Signature"}]}
        if path == "/api/schema":
            return 200, schema()
        return 200, {"data": {"BuiltinTag": {"count": 0, "edges": []}}}

    async def answer_async(self, **arguments: Any) -> Response:
        await asyncio.sleep(0)  # let the others come as far
        return self.answer(**arguments)

    def config(self) -> Config:
        return Config(
            address=ADDRESS,
            username="admin",
            password="infrahub",
            requester=self.answer_async,
            sync_requester=self.answer,
        )

    def count(self, path: str) -> int:
        return self.paths.count(path)


@pytest.mark.parametrize("use", ["threads", "tasks"])
def test_many_callers_log_in_read_the_schema_and_refresh_once(use: str) -> None:
    crowd = Crowd()
    work = _in_threads if use == "threads" else _in_tasks
    work(crowd)
    assert (crowd.count("/api/auth/login"), crowd.count("/api/schema"), crowd.count("/api/auth/refresh")) == (1, 1, 1)


def _in_threads(crowd: Crowd) -> None:
    client = InfrahubClientSync(config=crowd.config())
    with ThreadPoolExecutor(20) as executor:
        assert list(executor.map(client.all, ["BuiltinTag"] * 40)) == [[]] * 40
        crowd.token += 1  # the one that was given out has expired
        assert list(executor.map(client.all, ["BuiltinTag"] * 40)) == [[]] * 40


def _in_tasks(crowd: Crowd) -> None:
    async def main() -> None:
        client = InfrahubClient(config=crowd.config())
        assert await asyncio.gather(*(client.all("BuiltinTag") for _ in range(40))) == [[]] * 40
        crowd.token += 1
        assert await asyncio.gather(*(client.all("BuiltinTag") for _ in range(40))) == [[]] * 40

    asyncio.run(main())
