"""Choices that are values of GraphQL."""

from __future__ import annotations

from enum import Enum

__all__ = ["OrderDirection"]


class OrderDirection(str, Enum):
    """Whether small values come first or great ones."""

    ASC = "ASC"
    DESC = "DESC"
