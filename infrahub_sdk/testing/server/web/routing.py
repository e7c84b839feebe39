"""Which function answers the requests to which path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from infrahub_sdk.testing.server.database.clock import microseconds
from infrahub_sdk.testing.server.web.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.session import Session
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["Endpoint", "Route", "Routes", "session"]

Endpoint = Callable[..., Answer]


@dataclass
class Route:
    """The requests that a function answers.

    Attributes:
        method: Of HTTP.
        pattern: What their paths look like; named groups are given to the function.
        endpoint: The function.
        is_open: Also for those who have not said who they are, if the method would otherwise need it.
    """

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    is_open: bool


class Routes:
    """Routes, the first that fits counts.

    Args:
        parts: Others, whose routes come first.
    """

    def __init__(self, *parts: Routes) -> None:
        self._routes: list[Route] = [route for part in parts for route in part._routes]

    def add(self, method: str, path: str, *, is_open: bool = False) -> Callable[[Endpoint], Endpoint]:
        """Let a function answer the requests to some paths.

        Args:
            method: See `Route`.
            path: With names in braces for parts that are given to the function; `{name:path}` may have slashes.
            is_open: See `Route`.
        """
        pattern = re.compile(re.sub(r"\\{(\w+)(:path)?\\}", _group, re.escape(path)), re.DOTALL)

        def remember(function: Endpoint) -> Endpoint:
            self._routes.append(Route(method, pattern, function, is_open))
            return function

        return remember

    def to(self, path: str) -> Iterator[tuple[Route, dict[str, str]]]:
        """The routes to a path, of all methods, each with the parts of the path that it names."""
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found:
                yield route, found.groupdict()


def _group(part: re.Match[str]) -> str:
    return f"(?P<{part[1]}>{'.*' if part[2] else '[^/]+'})"


def session(app: App, request: Request, account: str | None, branch: str | None = None) -> Session:
    """The view of the data that a request's URL asks for.

    Raises:
        Refused: There is no such branch, or there was nothing yet at the time.
    """
    at = request.query.get("at")
    name = branch or request.query.get("branch") or "main"
    view = app.session(name, None if at is None else microseconds(at), account)
    view.has_api_token = bool(request.headers.get("X-INFRAHUB-KEY"))
    return view
