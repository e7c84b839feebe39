"""What the machine's environment says must not change what a unit test sees."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith("INFRAHUB_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        # Nor what it trusts, which takes long to read: the tests have authorities of their own.
        patch.setenv("SSL_CERT_FILE", os.devnull)
        yield
