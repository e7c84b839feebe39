"""Fixtures of pytest: a local Infrahub, and clients of it.

They are there wherever this package and pytest are installed. A test that asks for one has an empty database, with the
schemas of the fixture `infrahub_schemas` loaded, which a project overrides:

    @pytest.fixture(scope="session")
    def infrahub_schemas():
        return ["schemas/"]

    def test_a_site_is_found_by_its_name(infrahub_client_sync):
        infrahub_client_sync.create("LocationSite", name="atl1").save()
        assert infrahub_client_sync.count("LocationSite", name__value="atl1") == 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infrahub_sdk import InfrahubClient, InfrahubClientSync
    from infrahub_sdk.testing import LocalInfrahub


@pytest.fixture(scope="session")
def infrahub_schemas() -> Sequence[Any]:
    """The schemas that the local Infrahub begins with, see `LocalInfrahub`; to be overridden."""
    return ()


@pytest.fixture(scope="session")
def infrahub_session(infrahub_schemas: Sequence[Any]) -> Iterator[LocalInfrahub]:
    """A local Infrahub for all tests, which share what is in it."""
    from infrahub_sdk.testing import LocalInfrahub

    with LocalInfrahub(infrahub_schemas) as infrahub:
        yield infrahub


@pytest.fixture
def infrahub(infrahub_session: LocalInfrahub) -> LocalInfrahub:
    """The local Infrahub, with nothing in it but the schemas."""
    infrahub_session.reset()
    return infrahub_session


@pytest.fixture
def infrahub_client(infrahub: LocalInfrahub) -> Iterator[InfrahubClient]:
    """An asynchronous client of a local Infrahub with nothing in it but the schemas."""
    client = infrahub.client()
    yield client
    infrahub.forget(client)


@pytest.fixture
def infrahub_client_sync(infrahub: LocalInfrahub) -> Iterator[InfrahubClientSync]:
    """A synchronous client of a local Infrahub with nothing in it but the schemas."""
    client = infrahub.client_sync()
    yield client
    infrahub.forget(client)
