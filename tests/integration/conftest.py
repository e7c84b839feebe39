"""The servers of these tests: a local one, and the real one that INFRAHUB_TEST_ADDRESS and INFRAHUB_TEST_TOKEN name."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from infrahub_sdk import Config, InfrahubClientSync
from infrahub_sdk.exceptions import VersionNotSupportedError
from infrahub_sdk.testing import LocalInfrahub
from tests.integration.schema import release_number, schema_for
from tests.integration.suite import SUITE, Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REASON = "no Infrahub answers: set INFRAHUB_TEST_ADDRESS and INFRAHUB_TEST_TOKEN to those of one that may be written to"


class Server(NamedTuple):
    """Where the server is, how to get in, and which release it is."""

    address: str
    token: str
    version: str = ""
    is_local: bool = False

    def config(self, **fields: Any) -> Config:
        """Settings for this server."""
        return Config(**{"address": self.address, "api_token": self.token, **fields})

    def at_least(self, release: str) -> bool:
        """Whether the server is of a release or a later one."""
        return release_number(self.version) >= release_number(release)

    @contextmanager
    def since(self, release: str) -> Iterator[None]:
        """What the block asks for is there since a release; an older one is not asked, and the error names both."""
        if self.at_least(release):
            yield
            return
        words = rf"requires Infrahub {re.escape(release)} .* is {re.escape(self.version)}"
        with pytest.raises(VersionNotSupportedError, match=words):
            yield

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of these tests, as this release takes it."""
        return schema_for(self.version)


def _found() -> Server | None:
    address, token = os.environ.get("INFRAHUB_TEST_ADDRESS"), os.environ.get("INFRAHUB_TEST_TOKEN")
    if not address or not token:
        return None
    try:
        with urllib.request.urlopen(f"{address}/api/config", timeout=10):
            return Server(address, token)
    except (urllib.error.URLError, OSError):
        return None


@pytest.fixture(scope="session", params=["local", "real"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with the schema of these tests loaded: the local one, and the real one where there is one."""
    if request.param == "local":
        with LocalInfrahub() as infrahub:
            yield _prepared(Server(infrahub.address, infrahub.api_token, is_local=True))
        return
    found = _found()
    if found is None:
        pytest.skip(REASON)
    yield _prepared(found)


def _prepared(server: Server) -> Server:
    with InfrahubClientSync(config=server.config(timeout=300)) as client:
        server = server._replace(version=client.get_version())
        answer = client.schema.load([server.schema], wait_until_converged=True)
        assert not answer.errors, answer.errors
    return server


@pytest.fixture(scope="session")
def suite_server(server: Server) -> Server:
    """A server with the schema of the tests of servers loaded."""
    if not server.at_least("1.11"):
        pytest.skip("what servers do is described as release 1.11 does it")
    with InfrahubClientSync(config=server.config(timeout=600)) as client:
        answer = client.schema.load([SUITE], wait_until_converged=True)
        assert not answer.errors, answer.errors
    return server


def _suite(server: Server) -> Iterator[Suite]:
    suite = Suite(server.address, server.token, is_local=server.is_local)
    try:
        yield suite
    finally:
        suite.close()


@pytest.fixture
def suite(suite_server: Server) -> Iterator[Suite]:
    """Asks the server, and takes away what the test made."""
    yield from _suite(suite_server)


@pytest.fixture(scope="module")
def shared(suite_server: Server) -> Iterator[Suite]:
    """Asks the server, and takes away in the end what the tests of a module share."""
    yield from _suite(suite_server)


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Names that no earlier run has used."""
    tail = uuid.uuid4().hex[:8]
    return lambda name: f"{name}-{tail}"


@pytest.fixture(scope="session")
def two_thousand_tags(server: Server) -> str:
    """A part of the names of 2,000 tags."""
    prefix = f"page-{uuid.uuid4().hex[:8]}"
    with InfrahubClientSync(config=server.config(timeout=300)) as client:
        for start in range(0, 2000, 100):
            lines = [
                f'm{i}: BuiltinTagCreate(data: {{name: {{value: "{prefix}-{i}"}}}}) {{ ok }}'
                for i in range(start, start + 100)
            ]
            client.execute_graphql(f"mutation {{ {' '.join(lines)} }}")
    return prefix
