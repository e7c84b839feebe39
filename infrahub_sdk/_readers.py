"""How the value of a setting is read, whatever it comes as: an argument, or the text of an environment variable."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ANYTHING",
    "FLAG",
    "Reader",
    "Unfit",
    "choice",
    "displayed",
    "function",
    "hidden",
    "nested",
    "optional",
    "seconds",
    "status_codes",
    "text",
    "whole_number",
]

_LONGEST = 60  # characters of a value that a message shows


class Unfit(ValueError):
    """A value that is not allowed.

    Args:
        reason: Why, if that may be shown.
        hint: A sentence about what may be meant.
    """

    def __init__(self, reason: str, hint: str = "") -> None:
        self.reason = reason.rstrip(".")
        self.hint = hint
        super().__init__(reason)


def displayed(value: Any) -> str:
    """A value as messages and reprs show it: what is not plain may hold secrets, so only its type is shown."""
    if isinstance(value, Enum):
        return displayed(value.value)
    numbers = isinstance(value, list) and all(isinstance(item, int) for item in value)
    if not (numbers or value is None or isinstance(value, (str, int, float))):
        return f"<{type(value).__name__}>"
    found = repr(value)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 3]}..."


def hidden(value: Any) -> str:
    """A secret as messages and reprs show it."""
    if isinstance(value, str):
        return "'***'" if value else "''"
    return "None" if value is None else f"<{type(value).__name__}>"


class Reader:
    """How one kind of value is read.

    Args:
        allowed: What is allowed, in words.
        convert: Gives the value as it is kept; raises `TypeError` or `ValueError` if it is not allowed.
        show: How messages and reprs show a value, be it right or wrong.
        settings: For a group of settings its class, and `convert` gives its arguments.
    """

    __slots__ = ("allowed", "convert", "settings", "show")

    def __init__(
        self, allowed: str, convert: Callable[[Any], Any], show: Callable[[Any], str] = displayed, settings: Any = None
    ) -> None:
        self.allowed = allowed
        self.convert = convert
        self.show = show
        self.settings = settings


ANYTHING = Reader("anything", lambda value: value)


def optional(reader: Reader, *, empty: bool = False) -> Reader:
    """The same, or None.

    Args:
        reader: How a value is read.
        empty: An empty text is None as well.
    """

    def convert(value: Any) -> Any:
        return None if value is None or (empty and value == "") else reader.convert(value)

    return Reader(f"{reader.allowed}, or None", convert, reader.show, reader.settings)


def text(allowed: str = "a text", *, empty: bool = True, show: Callable[[Any], str] = displayed) -> Reader:
    """A text.

    Args:
        allowed: The same in words.
        empty: It may be empty.
        show: How messages and reprs show it.
    """

    def convert(value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError
        if not (value or empty):
            raise Unfit("it is empty")
        return value

    return Reader(allowed, convert, show)


def _flag(value: Any) -> bool:
    from infrahub_sdk.utils import str_to_bool

    return value if isinstance(value, bool) else str_to_bool(value)


FLAG = Reader("true or false", _flag)


def _number(value: Any) -> float:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    number: float = value
    return number


def whole_number(*, least: int) -> Reader:
    """A whole number.

    Args:
        least: The smallest that is allowed.
    """

    def convert(value: Any) -> int:
        number = _number(value)
        if number < least or number != int(number):
            raise ValueError
        return int(number)

    return Reader(f"a whole number of at least {least}", convert)


def seconds(*, zero: bool = False, most: float = float("inf")) -> Reader:
    """A length of time in seconds.

    Args:
        zero: It may be 0.
        most: The longest that is allowed.
    """

    def convert(value: Any) -> float:
        number = _number(value)
        if not (0 < number <= most and number < float("inf")) and not (zero and number == 0):
            raise ValueError
        return number

    limit = "" if most == float("inf") else f" and up to {most:.0f}"
    return Reader(f"a number of seconds{', 0 or more' if zero else ' above 0'}{limit}", convert)


def choice(members: type[Enum]) -> Reader:
    """A member of an enum, or its value in either case."""
    names = [str(member.value) for member in members]

    def convert(value: Any) -> Enum:
        try:
            return members(value.lower() if type(value) is str else value)
        except ValueError:
            raise Unfit("", nearest(value, names) if isinstance(value, str) else "") from None

    listed = [repr(name) for name in names]
    return Reader(f"{', '.join(listed[:-1])} or {listed[-1]}", convert)


def status_codes() -> Reader:
    """HTTP status codes, as a list or as text: `502,503` or `[502, 503]`."""

    def convert(value: Any) -> list[int]:
        if isinstance(value, str):
            value = value.strip().lstrip("[").rstrip("]").split(",") if value.strip("[] ") else []
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise TypeError
        codes = [int(_number(code)) for code in value]
        wrong = next((code for code in codes if not 100 <= code <= 599), None)
        if wrong is not None:
            raise Unfit(f"{wrong} is no HTTP status")
        return codes

    return Reader("a list of HTTP status codes such as 502,503", convert)


def function(*, method: str = "__call__") -> Reader:
    """Something to call.

    Args:
        method: The name of the method that will be called.
    """

    def convert(value: Any) -> Any:
        if isinstance(value, type) or not callable(getattr(value, method, None)):
            raise TypeError
        return value

    return Reader("a function" if method == "__call__" else f"an object with a method {method}()", convert)


def nested(settings: Any, allowed: str) -> Reader:
    """A group of settings: an object of its class, a dict, or the JSON of one.

    Args:
        settings: The class.
        allowed: What is allowed, in words.
    """

    def convert(value: Any) -> Any:
        if isinstance(value, str):
            import json

            value = json.loads(value)
        if not isinstance(value, (dict, settings)):
            raise TypeError
        return value

    def show(value: Any) -> str:
        return repr(value) if isinstance(value, settings) else f"<{type(value).__name__}>"

    return Reader(allowed, convert, show, settings)
