"""Recordings of requests and their answers, which `infrahub_sdk.playback` answers from."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from infrahub_sdk._readers import text
from infrahub_sdk._settings import Settings, setting
from infrahub_sdk.exceptions import Error

if TYPE_CHECKING:
    from infrahub_sdk.transport.response import Response

__all__ = ["JSONRecorder", "NoRecorder", "Recorder", "RecorderType", "recording_name"]

_MASK = "***"
_SECRET_HEADERS = (
    "auth",
    "cookie",
    "key",
    "password",
    "secret",
    "token",
)  # what is in the names of headers that hold one
_LOGINS = "/api/auth/"


class RecorderType(str, Enum):
    """What is recorded."""

    NONE = "none"
    JSON = "json"


@runtime_checkable
class Recorder(Protocol):
    """What `Config.custom_recorder` may be."""

    def record(self, response: Response) -> None:
        """Called with each answer.

        Args:
            response: The answer; `response.request` is what it answers.
        """
        ...


class NoRecorder:
    """Records nothing.

    >>> NoRecorder() == NoRecorder.default()
    True
    """

    @staticmethod
    def record(response: Response) -> None:
        """Do nothing."""

    @classmethod
    def default(cls) -> NoRecorder:
        """The one that is used where no other is given."""
        return cls()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoRecorder)

    def __hash__(self) -> int:
        return hash(NoRecorder)

    def __repr__(self) -> str:
        return "NoRecorder()"


class JSONRecorder(Settings, prefix="INFRAHUB_JSON_RECORDER_"):
    """Writes each answer, with what it answers, to a JSON file of its own.

    Tokens, cookies, the passwords of logins and the variables of GraphQL documents are not written. What a document
    itself says, and what the server answers, is.

    Args:
        directory: Where the files go; it is made if need be. Or `INFRAHUB_JSON_RECORDER_DIRECTORY`; by default the
            current directory.
        host: Written in place of the server's name, with or without a port. Or `INFRAHUB_JSON_RECORDER_HOST`.
    """

    directory: str = setting(default=".", reads=text("a path"))
    host: str = setting(default="", reads=text("a host name"))

    def record(self, response: Response) -> None:
        """Write one answer."""
        import json
        from pathlib import Path

        request = response.request
        if request is None:
            raise Error(f"{response!r} says not what it answers, so it cannot be recorded. Make it with a request.")
        url = _recorded_url(str(request.url), self.host)
        content = request.content if isinstance(request.content, bytes) else b""  # streamed bodies are gone by now
        recording = {
            "headers": {name.lower(): _recorded_header(name.lower(), value) for name, value in request.headers.items()},
            "method": request.method,
            "request_content": _masked(content, ("password", "variables")).decode("utf-8", "replace"),
            "status_code": response.status_code,
            "url": url,
            **_recorded_answer(url, response.content),
        }
        directory = Path(self.directory)
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / recording_name(request.method, url, content)
        path.write_text(json.dumps(recording, indent=4, sort_keys=True), encoding="utf-8")


def recording_name(method: str, url: str, content: bytes) -> str:
    """The name of the file with the recording of a request.

    Args:
        method: The HTTP method.
        url: The whole address.
        content: The body.

    >>> recording_name("GET", "http://localhost:8000/api/config", b"")
    'get_http_localhost_8000__api__config.json'
    """
    from types import SimpleNamespace

    from infrahub_sdk.utils import generate_request_filename

    if _LOGINS in url:
        content = _masked(content, ("password", "username"))  # a digest helps to guess what is short
    named: Any = SimpleNamespace(method=method, url=url, content=content)
    return f"{generate_request_filename(named)}.json"


def _recorded_header(name: str, value: str) -> str:
    return _MASK if any(word in name for word in _SECRET_HEADERS) else value


def _masked(content: bytes, keys: tuple[str, ...]) -> bytes:
    """A JSON object without the values of some keys; anything else as it is."""
    import json

    from infrahub_sdk.utils import encode_json

    try:
        value = json.loads(content)
    except ValueError:
        return content
    if not isinstance(value, dict) or not any(value.get(key) for key in keys):
        return content
    return encode_json({key: _MASK if key in keys and held else held for key, held in value.items()})


def _recorded_answer(url: str, content: bytes) -> dict[str, str]:
    if _LOGINS in url:
        content = _masked(content, ("access_token", "refresh_token"))
    try:
        return {"response_content": content.decode("utf-8")}
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"response_content": b64encode(content).decode("ascii"), "response_encoding": "base64"}


def _recorded_url(url: str, host: str) -> str:
    """A URL without credentials, and with another host if one is given."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and ":" not in host else ""
    return parts._replace(netloc=f"{host}{port}" if host else parts.netloc.rpartition("@")[2]).geturl()
