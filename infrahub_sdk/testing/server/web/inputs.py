"""What the endpoints below `/api` are given, checked: a refusal says where it is wrong, as a real server's does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.web import multipart

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.web.exchange import Request

__all__ = ["Faulty", "content", "fields", "file", "flag", "missing", "texts", "typed"]

_FLAGS = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}
_TYPES: dict[type, tuple[str, str]] = {
    str: ("string_type", "string"),
    dict: ("dict_type", "dictionary"),
    list: ("list_type", "list"),
}


class Faulty(Exception):
    """Something that a request brings is wrong.

    Args:
        detail: What: words, or what is said of each place.
        status: The status of HTTP.
    """

    def __init__(self, detail: str | list[dict[str, Any]], status: int = 422) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


def content(request: Request) -> Any:
    """The JSON of the body, None when there is nothing; a body that is said to be something else is text.

    Raises:
        Faulty: It is no JSON.
    """
    if not request.body:
        return None
    if request.type.lower() not in {"", "application/json"} and not request.type.lower().endswith("+json"):
        return request.body.decode(errors="replace")
    try:
        return json.loads(request.body)
    except json.JSONDecodeError as error:
        raise Faulty([_problem("json_invalid", ["body", error.pos], f"No JSON: {error.msg}", {})]) from None
    except (UnicodeDecodeError, RecursionError):
        raise Faulty("The body is not JSON", 400) from None


def fields(request: Request, *, is_needed: bool = True) -> dict[str, Any]:
    """The fields of the object in the body; none when there is no body and none is needed.

    Raises:
        Faulty: There is no object.
    """
    given = content(request)
    if given is None and not is_needed:
        return {}
    if given is None:
        raise missing("body")
    if not isinstance(given, dict):
        raise Faulty([_problem("model_attributes_type", ["body"], "An object is needed here", given)])
    return given


def texts(request: Request, *names: str) -> list[str]:
    """Fields of the object in the body that have to be there and to be text.

    Raises:
        Faulty: They are not.
    """
    given = fields(request)
    problems = [
        _missing(["body", name], given) if name not in given else _wrong_type(given[name], str, ["body", name])
        for name in names
        if not isinstance(given.get(name), str)
    ]
    if problems:
        raise Faulty(problems)
    return [given[name] for name in names]


def typed(given: Any, type: type, *place: str | int) -> Any:
    """A value, if it is of a type.

    Args:
        given: The value.
        type: The type.
        place: Where in the request it is.

    Raises:
        Faulty: It is of another type.
    """
    if not isinstance(given, type):
        raise Faulty([_wrong_type(given, type, list(place))])
    return given


def flag(request: Request, name: str) -> bool:
    """Whether the query of the URL says yes to something.

    Raises:
        Faulty: It says neither yes nor no.
    """
    text = request.query.get(name)
    if text is None:
        return False
    if text.lower() not in _FLAGS:
        raise Faulty([_problem("bool_parsing", ["query", name], "This is neither true nor false", text)])
    return _FLAGS[text.lower()]


def file(request: Request, name: str) -> bytes:
    """The content of a file in a form.

    Raises:
        Faulty: The request is no form, or has no such file.
    """
    found = None
    if request.type == multipart.TYPE:
        try:
            found = multipart.parts(request.headers.get("Content-Type") or "", request.body).get(name)
        except Refused as refused:
            raise Faulty(refused.message, refused.status) from None
    if found is None:
        raise missing("body", name)
    if found.file_name is None:
        given = found.content.decode(errors="replace")
        raise Faulty([_problem("value_error", ["body", name], "This is a text, and no file", given)])
    return found.content


def missing(*place: str) -> Faulty:
    """The error for something that is not there."""
    return Faulty([_missing(list(place), None)])


def _missing(place: list[Any], around: Any) -> dict[str, Any]:
    return _problem("missing", place, "This is missing", around)


def _wrong_type(given: Any, type: type, place: list[Any]) -> dict[str, Any]:
    kind, word = _TYPES[type]
    return _problem(kind, place, f"This has to be a {word}", given)


def _problem(kind: str, place: list[Any], words: str, given: Any) -> dict[str, Any]:
    return {"type": kind, "loc": place, "msg": words, "input": given}
