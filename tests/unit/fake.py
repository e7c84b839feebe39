"""A server that is a list of answers, for tests of what the clients say and understand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from infrahub_sdk import Config
from infrahub_sdk.transport.response import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

ADDRESS = "http://infrahub.test:8000"


class Sent(NamedTuple):
    """One request as it was sent."""

    method: str
    url: str
    headers: dict[str, str]
    payload: Any
    timeout: float

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query)

    @property
    def document(self) -> str:
        """The GraphQL document, on one line."""
        return " ".join(self.payload["query"].split())


VERSION = "1.11.9"
TYPES = {
    "BranchDeleteInput": ["name", "delete_from_git"],
    "CoreGroup": ["id", "children(display_label__value)"],
    "InfrahubBranch": ["id"],
    "InfrahubNodeMetadata": ["updated_by"],
    "OrderInput": ["disable", "by", "node_metadata"],
}


def _field(text: str) -> dict[str, Any]:
    name, _, argument = text.rstrip(")").partition("(")
    return {"name": name, "args": [{"name": argument}] if argument else []}


class Fake:
    """Answers requests from a list, and remembers them.

    Args:
        schema: What `/api/schema` answers. Requests for it are answered from here and remembered in `schema_requests`.

    Attributes:
        types: The fields of the GraphQL types that the client asks about. Requests for them are answered from here and
            remembered in `type_requests`.
    """

    def __init__(self, schema: dict[str, Any] | None = None) -> None:
        self.schema = schema
        self.sent: list[Sent] = []
        self.schema_requests: list[Sent] = []
        self.types: dict[str, list[str]] = dict(TYPES)
        self.type_requests: list[Sent] = []
        self.answers: list[Response | Exception | Callable[[Sent], Response]] = []

    def config(self, **fields: Any) -> Config:
        """Settings with which either client talks to this server."""
        return Config(**{"address": ADDRESS, "requester": self._async, "sync_requester": self._sync, **fields})

    def answers_data(self, data: dict[str, Any]) -> None:
        """The next answer is a GraphQL answer with this data."""
        self.answers_json(200, {"data": data})

    def answers_errors(self, *messages: str, status: int = 200, **extensions: Any) -> None:
        """The next answer is a GraphQL answer with these errors."""
        errors = [{"message": message, "path": ["x"], "extensions": extensions} for message in messages]
        self.answers_json(status, {"data": None, "errors": errors})

    def answers_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """The next answer has this status and body."""
        self.answers_bytes(status, json.dumps(body).encode(), headers)

    def answers_bytes(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        """The next answer has this status and body."""
        self.answers.append(Response(status, headers=headers or {}, content=content, url=ADDRESS))

    def fails(self, error: Exception) -> None:
        """The next request meets this error."""
        self.answers.append(error)

    @property
    def documents(self) -> list[str]:
        return [sent.document for sent in self.sent]

    def _sync(self, url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
        sent = Sent(method.value.upper(), url, headers, payload, timeout)
        if sent.path == "/api/schema" and self.schema is not None:
            self.schema_requests.append(sent)
            return Response(200, content=json.dumps(self.schema).encode(), url=url)
        if sent.path == "/api/schema/summary" and self.schema is not None:
            self.schema_requests.append(sent)
            return Response(200, content=json.dumps({"main": self.schema.get("main")}).encode(), url=url)
        if isinstance(payload, dict) and payload.get("operationName") == "Types":
            self.type_requests.append(sent)
            return self._tell_types(sent)
        self.sent.append(sent)
        if not self.answers:
            raise AssertionError(f"nobody expected {sent.method} {sent.url}: {sent.payload}")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(sent) if callable(answer) else answer

    def _tell_types(self, sent: Sent) -> Response:
        data: dict[str, Any] = {"InfrahubInfo": {"version": VERSION}}
        for number, name in enumerate(sent.payload["variables"].values()):
            fields = self.types.get(name)
            data[f"t{number}"] = fields and {"fields": [_field(field) for field in fields], "inputFields": None}
        return Response(200, content=json.dumps({"data": data}).encode(), url=sent.url)

    async def _async(self, **arguments: Any) -> Response:
        return self._sync(**arguments)


def noting(waits: list[float]) -> Callable[[float], Coroutine[Any, Any, None]]:
    """A `sleep` that returns at once and notes how long it would have taken."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return sleep
