"""Answers from recordings instead of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._readers import text
from infrahub_sdk._settings import Settings, setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infrahub_sdk.constants import HTTPMethod
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.response import Response

__all__ = ["JSONPlayback"]


class JSONPlayback(Settings, prefix="INFRAHUB_PLAYBACK_"):
    """Answers requests from the files that `JSONRecorder` wrote.

    Args:
        directory: Where the files are. Or `INFRAHUB_PLAYBACK_DIRECTORY`; by default the current directory.
    """

    directory: str = setting(default=".", reads=text("a path"))

    async def async_request(
        self,
        url: str,
        method: HTTPMethod,
        headers: dict[str, Any],
        timeout: float,
        payload: dict[str, Any] | None = None,
    ) -> Response:
        """Answer a request; the arguments are those of `sync_request()`."""
        return self.sync_request(url=url, method=method, headers=headers, timeout=timeout, payload=payload)

    def sync_request(
        self,
        url: str,
        method: HTTPMethod,
        headers: dict[str, Any],
        timeout: float,
        payload: dict[str, Any] | None = None,
    ) -> Response:
        """Answer a request.

        Args:
            url: The whole address.
            method: GET or POST.
            headers: Of no matter; recordings are found by address, method and body.
            timeout: Of no matter.
            payload: The JSON body.

        Raises:
            FileNotValidError: The request was not recorded, or the file is no recording.
        """
        from infrahub_sdk.transport.request import Request
        from infrahub_sdk.transport.response import Response

        method_name = getattr(method, "value", method)
        bodies = list(_bodies(payload))
        requests = [Request(url, method=method_name, headers=headers, content=body or None) for body in bodies]
        status_code, content = self._read(requests)
        return Response(status_code, content=content, request=requests[0])

    def _read(self, requests: list[Request]) -> tuple[int, bytes]:
        """Status and body of the first recording that there is of requests that are alike."""
        from pathlib import Path

        from infrahub_sdk.exceptions import FileNotValidError

        names = [_name(request) for request in requests]
        for path in (Path(self.directory, name) for name in names):
            if path.is_file():
                return _recording(path)
        request = requests[0]
        raise FileNotValidError(
            names[0],
            f"There is no recording of {request.method} {request.url}: no file {names[0]!r} in the directory"
            f" {self.directory!r}. Config(recorder='json') records what a server answers.",
        )


def _bodies(payload: dict[str, Any] | None) -> Iterator[bytes]:
    """The body that is sent, and the one that recordings of older versions are named after."""
    import json

    from infrahub_sdk.utils import encode_json

    if payload:
        yield encode_json(payload)
        yield json.dumps(payload).encode("ascii")
    else:
        yield b""


def _name(request: Request) -> str:
    from infrahub_sdk.recorder import recording_name

    return recording_name(request.method, request.url, request.content if isinstance(request.content, bytes) else b"")


def _recording(path: Path) -> tuple[int, bytes]:
    import json
    from base64 import b64decode

    from infrahub_sdk.exceptions import FileNotValidError

    try:
        recording = json.loads(path.read_text(encoding="utf-8"))
        content = recording["response_content"]
        is_text = recording.get("response_encoding") != "base64"
        return int(recording["status_code"]), content.encode("utf-8") if is_text else b64decode(content)
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise FileNotValidError(str(path), f"{str(path)!r} is no recording of an answer.") from exc
