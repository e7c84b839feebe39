"""Choices that are values of GraphQL."""

from __future__ import annotations

from infrahub_sdk.enums import OrderDirection


def test_directions_are_what_graphql_calls_them() -> None:
    assert list(OrderDirection) == ["ASC", "DESC"]
