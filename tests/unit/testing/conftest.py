"""A local Infrahub that a module's tests share, emptied for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from infrahub_sdk import InfrahubClient
from infrahub_sdk.testing import LocalInfrahub
from infrahub_sdk.testing.server.app import App
from tests.unit.testing.branch_world import World
from tests.unit.testing.depot import Depot
from tests.unit.testing.inventory import Inventory
from tests.unit.testing.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shared() -> Iterator[LocalInfrahub]:
    with LocalInfrahub() as infrahub:
        yield infrahub


@pytest.fixture
def infrahub(shared: LocalInfrahub) -> LocalInfrahub:
    shared.reset()
    return shared


@pytest.fixture
def client_of(infrahub: LocalInfrahub) -> Callable[..., Any]:
    """Makes clients of either class."""

    def make(client_class: type[Any], **fields: Any) -> Any:
        return (infrahub.client if client_class is InfrahubClient else infrahub.client_sync)(**fields)

    return make


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """A server without a network side."""
    app = App()
    yield app
    app.close()


@pytest.fixture(scope="module")
def one_workshop() -> Iterator[Workshop]:
    """A server whose schemas are tried out; a module's tests share it."""
    workshop = Workshop()
    yield workshop
    workshop.app.close()


@pytest.fixture(scope="session")
def one_world() -> Iterator[World]:
    world = World()
    yield world
    world.app.close()


@pytest.fixture
def world(one_world: World) -> World:
    """A server without a network side, of the schema of the tests of branches; empty."""
    one_world.app.reset()
    return one_world


@pytest.fixture(scope="module")
def shared_inventory() -> Iterator[Inventory]:
    inventory = Inventory()
    yield inventory
    inventory.app.close()


@pytest.fixture
def inventory(shared_inventory: Inventory) -> Inventory:
    """A server without a socket whose schema has every kind of rule."""
    shared_inventory.app.reset()
    return shared_inventory


@pytest.fixture(scope="session")
def shared_depot() -> Iterator[Depot]:
    depot = Depot()
    yield depot
    depot.app.close()


@pytest.fixture
def depot(shared_depot: Depot) -> Depot:
    """A server without a socket whose schema has addresses, profiles, templates and files."""
    shared_depot.app.reset()
    return shared_depot
