"""A part of the answer of a real server (1.11) to `GET /api/schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["answer", "raw_kind"]

_TEXT = (Path(__file__).parent / "data" / "schema.json").read_text(encoding="utf-8")


def answer() -> dict[str, Any]:
    """The whole answer, anew for each caller."""
    data: dict[str, Any] = json.loads(_TEXT)
    return data


def raw_kind(kind: str) -> dict[str, Any]:
    """One kind of it."""
    data = answer()
    found: dict[str, Any] = next(
        raw for section in ("nodes", "generics", "profiles") for raw in data[section] if raw["kind"] == kind
    )
    return found
