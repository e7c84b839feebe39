"""The fixed choices of settings and requests."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk.constants import HTTPMethod, InfrahubClientMode, Priority, RequesterTransport


@pytest.mark.parametrize("text", ["high", "HIGH", "High"])
def test_a_priority_is_found_in_any_case(text: str) -> None:
    assert Priority(text) is Priority.HIGH


@pytest.mark.parametrize("value", ["urgent", "", None, 1])
def test_another_priority_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Priority"):
        Priority(value)


@pytest.mark.parametrize(
    ("cls", "values"),
    [
        (InfrahubClientMode, ["default", "tracking"]),
        (Priority, ["high", "medium", "low"]),
        (HTTPMethod, ["get", "post"]),
        (RequesterTransport, ["httpx", "json"]),
    ],
)
def test_members_are_equal_to_their_texts(cls: Any, values: list[str]) -> None:
    assert list(cls) == values
