"""Answers from recordings instead of a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from infrahub_sdk._readers import text
from infrahub_sdk._secrets import masked_document
from infrahub_sdk._settings import Settings, setting
from infrahub_sdk.exceptions import FileNotValidError, nearest
from infrahub_sdk.recorder import chosen_ids, plain_recording_name, recording_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.constants import HTTPMethod
    from infrahub_sdk.transport.request import Request
    from infrahub_sdk.transport.response import Response

__all__ = ["JSONPlayback"]

_ID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LOOKED_AT = 200  # recordings that are searched for the nearest


class JSONPlayback(Settings, prefix="INFRAHUB_PLAYBACK_"):
    """Answers requests from the files that `JSONRecorder` wrote.

    A program that creates nodes chooses other ids for them each time. It gets those that were recorded, as if the
    server had chosen them.

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
            FileNotValidError: The request was not recorded, or the file is no recording. Says which file it should be,
                and which recording comes closest.
        """
        from infrahub_sdk.transport.request import Request
        from infrahub_sdk.transport.response import Response
        from infrahub_sdk.utils import encode_json

        content = encode_json(payload) if payload else None
        request = Request(url, method=getattr(method, "value", method), headers=headers, content=content)
        named = self._with_recorded_ids(content or b"")
        names = list(dict.fromkeys(_names(request, url, named, payload)))
        for path in (Path(self.directory, name) for name in names):
            if path.is_file():
                recording = _read(path)
                self._learn_ids(content or b"", recording)
                return Response(recording["status_code"], content=recording["content"], request=request)
        raise FileNotValidError(names[0], self._missing(request, names[0], payload))

    def _learn_ids(self, content: bytes, recording: dict[str, Any]) -> None:
        """Remember which ids the nodes were given when they were recorded that a document creates."""
        ids = vars(self).setdefault("_ids", {})
        ids.update(zip(chosen_ids(content), chosen_ids(recording["asked"].encode())))

    def _with_recorded_ids(self, content: bytes) -> bytes:
        """A body with the ids that the program's nodes were given when they were recorded."""
        import re

        ids: dict[str, str] = vars(self).get("_ids", {})
        if not ids:
            return content
        return re.sub(_ID, lambda found: ids.get(found[0].decode(), found[0].decode()).encode(), content)

    def _missing(self, request: Request, name: str, payload: dict[str, Any] | None) -> str:
        """What to say of a recording that is not there."""
        title = _title((payload or {}).get("query"))
        asked = f" ({title})" if title else ""
        return (
            f"There is no recording of {request.method} {request.url}{asked}: no file {name!r} in the directory"
            f" {self.directory!r}.{self._nearest(name, payload)} Config(recorder='json') records what a server answers."
        )

    def _nearest(self, name: str, payload: dict[str, Any] | None) -> str:
        """A sentence about the recording that comes closest."""
        names = sorted(path.name for path in Path(self.directory).glob("*.json"))
        if not names:
            return " It holds no recordings at all."
        document = (payload or {}).get("query")
        found = _same_address(name, names)
        if not document or not found:
            return nearest(name, names)
        documents = {other: _document(Path(self.directory, other)) for other in found[:_LOOKED_AT]}
        same = [other for other, recorded in documents.items() if recorded == masked_document(document)]
        if same:
            return f" The same document was recorded with other variables, in {same[0]!r}."
        titles = {_title(recorded): other for other, recorded in documents.items() if recorded}
        close = _title(document) if _title(document) in titles else _closest(_title(document), titles)
        return f" The nearest that was recorded is {close}, in {titles[close]!r}." if close else ""


def _names(request: Request, url: str, content: bytes, payload: dict[str, Any] | None) -> Iterator[str]:
    """The names that the recording of a request may have, by this version and by 1.23 with either HTTPX."""
    import json

    yield recording_name(request.method, request.url, content)
    for address in (request.url, url):  # 1.23 leaves user and password in
        yield plain_recording_name(request.method, address, content)
        if payload:
            yield plain_recording_name(request.method, address, json.dumps(payload).encode("ascii"))


def _same_address(name: str, names: list[str]) -> list[str]:
    """The recordings of requests to the same address, whatever their bodies."""
    import re

    address = re.sub(r"_[0-9a-f]{56}\.json$", "", name)
    return [other for other in names if re.fullmatch(rf"{re.escape(address)}_[0-9a-f]{{56}}\.json", other)]


def _closest(title: str, titles: Iterable[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(title, list(titles), n=1, cutoff=0.0)), "")


def _title(document: Any) -> str:
    """The operation and the first field of a document, which is what may be shown of it.

    >>> _title('query Get ($x: ID!) { tag: BuiltinTag(name__value: "a") { count } }')
    "'query Get' for BuiltinTag"
    """
    import re

    if not isinstance(document, str):
        return ""
    operation = re.match(r"\s*(query|mutation|subscription)?\s*(\w*)", document)
    field = re.search(r"\{\s*(?:\w+\s*:\s*)?(\w+)", document)
    words = " ".join(word for word in operation.groups() if word) if operation else ""
    return f"{words or 'query'!r}" + (f" for {field.group(1)}" if field else "")


def _document(path: Path) -> str:
    """The document that a recording answers."""
    import json

    try:
        return str(json.loads(_read(path)["asked"])["query"])
    except (ValueError, LookupError, TypeError, FileNotValidError):
        return ""


def _read(path: Path) -> dict[str, Any]:
    """What a recording says: `status_code`, `content`, and the body that was `asked`."""
    import json
    from base64 import b64decode

    try:
        recording = json.loads(path.read_text(encoding="utf-8"))
        content = recording["response_content"]
        is_text = recording.get("response_encoding") != "base64"
        return {
            "status_code": int(recording["status_code"]),
            "content": content.encode("utf-8") if is_text else b64decode(content),
            "asked": str(recording.get("request_content", "")),
        }
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise FileNotValidError(str(path), f"{str(path)!r} is no recording of an answer.") from exc
