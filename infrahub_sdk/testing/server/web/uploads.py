"""GraphQL requests that bring files, as in the GraphQL multipart request specification."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.web.multipart import parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrahub_sdk.testing.server.web.exchange import Request
    from infrahub_sdk.testing.server.web.multipart import Part

__all__ = ["document"]


def document(request: Request) -> Any:
    """The document and the variables of a request, with the files where the form says they belong.

    Raises:
        Refused: The form is no such request.
    """
    found = parts(request.headers.get("Content-Type") or "", request.body)
    operations, places = _json(found, "operations"), _json(found, "map")
    for name, paths in places.items():
        part = found.get(name)
        if part is None or part.file_name is None:
            raise Refused(f"There is no file in the part {name!r} of the form, which the 'map' names", status=400)
        if not isinstance(paths, list):
            raise Refused(f"The 'map' gives no list of paths for {name!r}", status=400)
        for path in paths:
            _put(operations, str(path), part)
    return operations


def _json(found: Mapping[str, Part], name: str) -> Any:
    try:
        given = json.loads(found[name].content)
    except (KeyError, ValueError):
        given = None
    if not isinstance(given, dict):
        raise Refused(f"The form needs a part {name!r} with an object of JSON", status=400)
    return given


def _put(operations: Any, path: str, part: Part) -> None:
    """Put a file where a path such as `variables.file` leads, if null is there."""
    *steps, last = path.split(".")
    place = operations
    try:
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        key: Any = int(last) if isinstance(place, list) else last
        if place[key] is None:
            place[key] = part
    except (KeyError, IndexError, TypeError, ValueError):
        raise Refused(f"The 'map' names {path!r}, which is not in the 'operations'", status=400) from None
