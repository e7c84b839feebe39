"""The kinds that every Infrahub has, as schema files by topic; REST does not show those of the namespace `Internal`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["core_documents"]


def core_documents() -> list[dict[str, Any]]:
    """The schema files of the kinds that every Infrahub has."""
    files = sorted(Path(__file__).parent.glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]
