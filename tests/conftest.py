"""Coroutine tests run on an event loop of their own; the synchronous twins of these tests are plain functions."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """What the machine's environment says must not change what a unit test sees."""
    if "unit" in request.path.parts:
        import os

        for name in [
            name for name in os.environ if name.upper().startswith("INFRAHUB_") or name.lower().endswith("_proxy")
        ]:
            monkeypatch.delenv(name)
    yield
