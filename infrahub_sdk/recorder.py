"""Recordings of requests and their answers, which `infrahub_sdk.playback` answers from."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from infrahub_sdk._readers import text
from infrahub_sdk._secrets import (
    MASK,
    hidden,
    is_plain_header,
    masked,
    masked_document,
    sent_credentials,
    without_credentials,
)
from infrahub_sdk._settings import Settings, setting
from infrahub_sdk.exceptions import Error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from infrahub_sdk.config import Config
    from infrahub_sdk.transport.response import Response

__all__ = ["JSONRecorder", "NoRecorder", "Recorder", "RecorderType", "recording_name"]

_LOGINS = "/api/auth/"
_SCHEMA = "/api/schema?"
_CREATES = b"Create(data: "
_CHOSEN_ID = (
    r"(?m)^\s+(?:\w+: )?\w+Create\(data: .*"
    r'\bid: "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})" \}(?:, context: .*)?\) \{$'
)
_SECRET_KINDS = frozenset({"Password", "HashedPassword"})


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
    """Writes each answer, with what it answers, to a JSON file of its own, for `JSONPlayback`.

    Not written are credentials, the variables of GraphQL documents, and what is secret in documents and answers: the
    values of attributes of the kinds Password and HashedPassword, if the schema was recorded before, and texts whose
    names say that they are secret, such as `password`, `token` or `secret`. All else is.

    Threads and processes may write into one directory. A file is there whole or not at all.

    Args:
        directory: Where the files go; it is made if need be. Or `INFRAHUB_JSON_RECORDER_DIRECTORY`; by default the
            current directory.
        host: Written in place of the server's name, with or without a port. Or `INFRAHUB_JSON_RECORDER_HOST`.
    """

    directory: str = setting(default=".", reads=text("a path"))
    host: str = setting(default="", reads=text("a host name"))

    def record(self, response: Response) -> None:
        """Write one answer. The body of a streamed one is read for it.

        Args:
            response: The answer, with its request.

        Raises:
            Error: It does not say what it answers, or the file cannot be written.
        """
        import json

        request = response.request
        if request is None:
            raise Error(f"{response!r} says not what it answers, so it cannot be recorded. Make it with a request.")
        url = _recorded_url(str(request.url), self.host)
        content = request.content if isinstance(request.content, bytes) else b""  # streamed bodies are gone by now
        names = vars(self).setdefault("_secret_names", set())
        if _SCHEMA in url:
            names.update(_secret_attributes(response.content))
        recording = {
            "headers": {
                name.lower(): value if is_plain_header(name) else MASK for name, value in request.headers.items()
            },
            "method": request.method,
            "request_content": _recorded_question(content),
            "status_code": response.status_code,
            "url": url,
            **_recorded_answer(response.content, names, list(sent_credentials(request))),
        }
        name = recording_name(request.method, url, content)
        _write(self.directory, name, json.dumps(recording, indent=4, sort_keys=True))


def is_recorded(config: Config) -> bool:
    """Whether answers are recorded or come from recordings, so that all has to be asked for in the same way again."""
    import sys

    if isinstance(config.custom_recorder, JSONRecorder):
        return True
    playback = sys.modules.get("infrahub_sdk.playback")  # whoever uses it has imported it
    senders = (getattr(requester, "__self__", None) for requester in (config.requester, config.sync_requester))
    return playback is not None and any(isinstance(sender, playback.JSONPlayback) for sender in senders)


def recording_name(method: str, url: str, content: bytes) -> str:
    """The name of the file with the recording of a request.

    Args:
        method: The HTTP method.
        url: The whole address.
        content: The body. Of a login neither user nor password count, as a digest helps to guess what is short; nor do
            the ids that the client chooses for new nodes, which are others each time.

    >>> recording_name("GET", "http://localhost:8000/api/config", b"")
    'get_http_localhost_8000__api__config.json'
    """
    return plain_recording_name(method, url, _without_login(content) if _LOGINS in url else _without_ids(content))


def plain_recording_name(method: str, url: str, content: bytes) -> str:
    """The name that version 1.23 gives the file, which knows no exceptions."""
    from types import SimpleNamespace

    from infrahub_sdk.utils import generate_request_filename

    named: Any = SimpleNamespace(method=method, url=url, content=content)
    return f"{generate_request_filename(named)}.json"


def _without_login(content: bytes) -> bytes:
    from infrahub_sdk.utils import encode_json

    body = _json(content)
    if not isinstance(body, dict):
        return content
    return encode_json({key: MASK if key in {"username", "password"} else held for key, held in body.items()})


def chosen_ids(content: bytes) -> list[str]:
    """The ids that the client has chosen for the nodes that a document creates."""
    import re

    if _CREATES not in content:
        return []
    body = _json(content)
    query = body.get("query") if isinstance(body, dict) else None
    return re.findall(_CHOSEN_ID, query) if isinstance(query, str) else []


def _without_ids(content: bytes) -> bytes:
    for number, identifier in enumerate(chosen_ids(content)):
        content = content.replace(identifier.encode(), b"%d" % number)
    return content


def _json(content: bytes) -> Any:
    """The value that something is the JSON of, or None."""
    import json

    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _secret_attributes(content: bytes) -> Iterator[str]:
    """The names of the attributes that hold passwords, by the server's schema."""
    schema = _json(content)
    for kinds in schema.values() if isinstance(schema, dict) else ():
        for kind in kinds if isinstance(kinds, list) else ():
            for attribute in kind.get("attributes") or ():
                if attribute.get("kind") in _SECRET_KINDS:
                    yield attribute["name"]


def _recorded_question(content: bytes) -> str:
    """The body of a request. Only of JSON can be told what in it is secret, so nothing else is recorded."""
    body = _json(content)
    if not isinstance(body, dict):
        return MASK if content else ""
    recorded = masked(body)
    if recorded.get("variables"):
        recorded["variables"] = MASK
    if isinstance(recorded.get("query"), str):
        recorded["query"] = masked_document(recorded["query"])
    return content.decode() if recorded == body else _compact(recorded)


def _recorded_answer(content: bytes, names: Collection[str], credentials: Collection[str]) -> dict[str, str]:
    body = _json(content)
    recorded = masked(body, names)
    if recorded != body:
        return {"response_content": hidden(_compact(recorded), credentials)}
    try:
        return {"response_content": hidden(content.decode("utf-8"), credentials)}
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"response_content": b64encode(content).decode("ascii"), "response_encoding": "base64"}


def _compact(value: Any) -> str:
    import json

    return json.dumps(value, separators=(",", ":"))


def _recorded_url(url: str, host: str) -> str:
    """A URL without credentials, and with another host if one is given."""
    from urllib.parse import urlsplit

    url = without_credentials(url)
    if not host:
        return url
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and ":" not in host else ""
    return parts._replace(netloc=f"{host}{port}").geturl()


def _write(directory: str, name: str, content: str) -> None:
    """Write a file so that nobody ever sees a part of it."""
    import os
    from pathlib import Path

    folder = Path(directory)
    draft = folder / f".{os.urandom(12).hex()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(draft, folder / name, content)
    except OSError as exc:
        raise Error(
            f"The answer to a request could not be recorded in {str(folder / name)!r}: {exc.strerror or exc}."
            " The request itself was carried out."
        ) from exc


def _replace(draft: Path, path: Path, content: str) -> None:
    try:
        draft.write_text(content, encoding="utf-8")
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
