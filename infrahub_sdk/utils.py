"""Small functions that programs around Infrahub share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from infrahub_sdk.exceptions import FileNotValidError, JsonDecodeError, TimestampFormatError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infrahub_sdk.transport.response import Response

__all__ = [
    "base16decode",
    "base16encode",
    "base36decode",
    "base36encode",
    "calculate_dict_depth",
    "calculate_dict_height",
    "calculate_time_diff",
    "compare_lists",
    "decode_json",
    "deep_merge_dict",
    "dict_hash",
    "duplicates",
    "encode_json",
    "extract_fields",
    "extract_fields_first_node",
    "generate_request_filename",
    "generate_short_id",
    "generate_uuid",
    "get_branch",
    "get_fixtures_dir",
    "get_user_permissions",
    "intersection",
    "is_valid_url",
    "is_valid_uuid",
    "read_file",
    "str_to_bool",
    "write_to_file",
]

# Identifiers and numbers


def generate_uuid() -> str:
    """A new random UUID as text."""
    from uuid import uuid4

    return str(uuid4())


def generate_short_id() -> str:
    """A new random identifier of 22 lower-case letters, digits, `-` and `_`."""
    from base64 import urlsafe_b64encode
    from os import urandom

    return urlsafe_b64encode(urandom(16)).decode("ascii").rstrip("=").lower()


def is_valid_uuid(value: Any) -> bool:
    """Whether a value is a UUID or the text of one.

    >>> is_valid_uuid("1799f0a1-0000-4000-8000-000000000001"), is_valid_uuid("atl1")
    (True, False)
    """
    from uuid import UUID

    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def base36encode(number: int) -> str:
    """Write a number with the digits 0 to 9 and A to Z.

    >>> base36encode(123456)
    '2N9C'
    """
    return _digits(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def base36decode(data: str) -> int:
    """Read what `base36encode()` wrote, in either case. Raises `ValueError` if it is no such number."""
    return int(data, 36)


def base16encode(number: int) -> str:
    """Write a number with the digits 0 to 9 and a to f.

    >>> base16encode(255)
    'ff'
    """
    return _digits(number, "0123456789abcdef")


def base16decode(data: str) -> int:
    """Read what `base16encode()` wrote, in either case. Raises `ValueError` if it is no such number."""
    return int(data, 16)


def _digits(number: Any, alphabet: str) -> str:
    if not isinstance(number, int):
        raise TypeError(f"number has to be an int, not {type(number).__name__}.")
    found = ""
    rest = abs(number)
    while rest or not found:
        rest, digit = divmod(rest, len(alphabet))
        found = alphabet[digit] + found
    return f"-{found}" if number < 0 else found


def str_to_bool(value: str | bool | int) -> bool:
    """Read a word as true or false: y, yes, t, true, on, 1 or n, no, f, false, off, 0, in either case.

    Args:
        value: The word. True, False, 1 and 0 are taken as they are.

    Raises:
        ValueError: It is another word.
        TypeError: It is no text.

    >>> str_to_bool("Yes"), str_to_bool("off")
    (True, False)
    """
    given: Any = value
    if isinstance(given, int) and given in {0, 1}:
        return bool(given)
    if not isinstance(given, str):
        shown = given if isinstance(given, int) else type(given).__name__
        raise TypeError(f"value has to be a text, True, False, 1 or 0, not {shown}.")
    word = given.lower()
    if word in {"y", "yes", "t", "true", "on", "1"}:
        return True
    if word in {"n", "no", "f", "false", "off", "0"}:
        return False
    raise ValueError(f"{value!r} is neither true nor false; write true or false.")


# Lists and dicts


def duplicates(input_list: list[Any]) -> list[Any]:
    """The values that are in a list more than once, each one time and in order; None does not count.

    >>> duplicates(["b", "a", "b", "a", "c"])
    ['a', 'b']
    """
    from itertools import groupby

    values = sorted(value for value in input_list if value is not None)
    return [value for value, same in groupby(values) if len(list(same)) > 1]


def intersection(list1: list[Any], list2: list[Any]) -> list[Any]:
    """The values that are in both lists, each one time, in the order of the first."""
    others = set(list2)
    return [value for value in dict.fromkeys(list1) if value in others]


def compare_lists(list1: list[Any], list2: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """What is in both lists, only in the first, and only in the second, each sorted.

    >>> compare_lists(["a", "b"], ["c", "b"])
    (['b'], ['a'], ['c'])
    """
    first, second = set(list1), set(list2)
    return sorted(first & second), sorted(first - second), sorted(second - first)


def deep_merge_dict(dicta: dict[Any, Any], dictb: dict[Any, Any], path: list[Any] | None = None) -> dict[Any, Any]:
    """Merge a dict into another one, which is changed and returned.

    Dicts are merged, lists get the values that they do not have, and None gives way to any value.

    Args:
        dicta: The dict to change.
        dictb: What to merge into it.
        path: Keys that lead to both, for errors.

    Raises:
        ValueError: Both have a value of their own at the same place.

    >>> deep_merge_dict({"a": {"b": 1}}, {"a": {"c": 2}})
    {'a': {'b': 1, 'c': 2}}
    """
    for key, value in dictb.items():
        place = [*(path or []), key]
        present = dicta.get(key)
        if present is None:
            dicta[key] = value
        elif isinstance(present, dict) and isinstance(value, dict):
            deep_merge_dict(present, value, place)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(item for item in value if item not in present)
        elif value is not None and present != value:
            raise ValueError(f"The values at {'.'.join(map(str, place))} differ, so they cannot be merged.")
    return dicta


def calculate_dict_depth(data: Any, level: int = 1) -> int:
    """How many dicts lie in one another, and one more for the values in the innermost.

    >>> calculate_dict_depth({"a": {"b": 1}})
    3
    """
    below: list[Any] = list(data.values()) if isinstance(data, dict) else []
    return max((calculate_dict_depth(value, level + 1) for value in below), default=level)


def calculate_dict_height(data: dict[Any, Any], cnt: int = 0) -> int:
    """How many keys there are, with those of the dicts inside.

    >>> calculate_dict_height({"a": {"b": 1}})
    2
    """
    return cnt + sum(1 + (calculate_dict_height(value) if isinstance(value, dict) else 0) for value in data.values())


def dict_hash(dictionary: dict[str, Any]) -> str:
    """A fingerprint of a dict, the same in every process and in every version of this package; not a protection.

    Args:
        dictionary: Texts, numbers, booleans, None, lists, and dicts of them.

    >>> dict_hash({"b": 1, "a": "x/y"}) == dict_hash({"a": "x/y", "b": 1})
    True
    """
    from hashlib import md5

    digest = md5(usedforsecurity=False)
    digest.update(_hashed_text(dictionary).encode("ascii"))
    return digest.hexdigest()


def _hashed_text(value: Any) -> str:
    r"""JSON in the form that fingerprints have always been made of: sorted, `\/` for `/`, and `1e-5` for `1e-05`."""
    import re

    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("/", "\\/")
    if not text.isascii():
        text = re.sub("[^\x00-\x7f]", lambda match: json.dumps(match.group())[1:-1], text)
    if "e-0" in text:
        text = re.sub(r'"(?:[^"\\]|\\.)*"|e-0', lambda match: "e-" if match.group() == "e-0" else match.group(), text)
    return text


# JSON over HTTP

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def encode_json(payload: Any) -> bytes:
    """A value as the JSON that is sent: UTF-8 without spaces, RFC 8259.

    Args:
        payload: Texts, numbers, booleans, None, lists, tuples, and dicts of them.

    Raises:
        ValidationError: Something in it has no form in JSON. The message says where, and shows no value.

    >>> encode_json({"query": "{ BuiltinTag { count } }"})
    b'{"query":"{ BuiltinTag { count } }"}'
    """
    try:
        return _encode(payload).encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        pass  # what is raised instead has no cause, as an encoding error carries the whole text, secrets and all
    where, why = next(_unfit(payload), ("", "it holds itself, or is nested too deeply"))
    raise ValidationError(f"payload{where}", f"{why}, which cannot be written as JSON.")


_DEEPEST = 100  # what lies deeper is not looked at, so that the search ends where a value holds itself


def _unfit(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Where in a payload there is something that is not JSON, and what."""
    if not isinstance(value, (dict, list, tuple)):
        yield from ((path, why) for why in _why_unfit(value))
    elif depth < _DEEPEST:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            yield from ((path, f"{why} as a key") for why in _why_unfit(key))
            yield from _unfit(item, f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]", depth + 1)


def _why_unfit(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield "there is half a surrogate pair in a text"
    elif isinstance(value, float):
        if value - value != 0:  # NaN and the infinities
            yield f"there is {value}"
    elif value is not None and not isinstance(value, int):
        yield f"there is a value of the type {type(value).__name__}"


def decode_json(response: Response) -> dict[str, Any]:
    """The JSON of an answer.

    Args:
        response: An answer with `json()`, `text` and `url`.

    Raises:
        JsonDecodeError: It is not JSON.
    """
    try:
        content: dict[str, Any] = response.json()
    except ValueError as exc:
        raise JsonDecodeError(content=response.text, url=str(response.url)) from exc
    return content


class Recordable(Protocol):
    """What has the parts of a request that its recording is named after."""

    @property
    def method(self) -> str: ...

    @property
    def url(self) -> Any: ...

    @property
    def content(self) -> Any: ...


def generate_request_filename(request: Recordable) -> str:
    """The name, without extension, of the file that a request is recorded in.

    Args:
        request: A request, whatever its class.

    >>> from types import SimpleNamespace
    >>> generate_request_filename(SimpleNamespace(method="GET", url="http://localhost/api/config?x=1", content=None))
    'get_http_localhost__api__config_q_x=1'
    """
    name = f"{request.method}_{request.url}"
    for mark, word in ((":", "_"), ("//", ""), ("/", "__"), ("?", "_q_"), ("&", "_a_")):
        name = name.replace(mark, word)
    content = request.content
    digest = f"_{_sha224(content)}" if isinstance(content, (bytes, bytearray)) and content else ""
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 57]}_{_sha224(name.encode())}"
    return f"{name}{digest}".lower()


_LONGEST_NAME = 190  # file systems end names at 255 bytes; 57 are for the digest, and some for an extension


def _sha224(content: bytes | bytearray) -> str:
    from hashlib import sha224

    return sha224(content).hexdigest()


def is_valid_url(url: Any) -> bool:
    """Whether a text is a URL with a scheme and a host, or a path from the root.

    >>> is_valid_url("https://infrahub.example"), is_valid_url("localhost:8000")
    (True, False)
    """
    if not isinstance(url, str):
        return False
    if url.startswith("/"):
        return True
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        return "://" in url and bool(parts.scheme) and bool(parts.hostname)
    except ValueError:
        return False


# Git, files, GraphQL documents, answers


def get_branch(branch: str | None = None, directory: str | Path = ".") -> str:
    """A branch that was named, or else the one that a Git checkout is on.

    Args:
        branch: The name, if there is one.
        directory: The checkout, or a directory in it.

    Returns:
        The branch; outside of a checkout `main`, with a warning.

    Raises:
        ValidationError: The directory does not exist, or its checkout is on no branch.
    """
    if branch:
        return branch
    from infrahub_sdk.git import active_branch

    found = active_branch(directory)
    if found is None:
        import warnings

        place = Path(directory).resolve()
        warnings.warn(f"{place} is in no Git checkout, so the branch is taken to be 'main'.", UserWarning, stacklevel=2)
    return found or "main"


def get_fixtures_dir() -> Path:
    """Where the fixtures of this package's tests are, in a checkout of it."""
    return Path(__file__).resolve().parent.parent / "tests" / "fixtures"


def write_to_file(path: Path, value: Any) -> bool:
    """Write a value as text in UTF-8.

    Args:
        path: The file.
        value: What to write; if it is no text, `str()` of it.

    Returns:
        True if something was written.

    Raises:
        FileExistsError: There is a directory at the path.
        FileNotFoundError: The directory that the file would be in does not exist.
    """
    if path.is_dir():
        raise FileExistsError(f"{path} is a directory.")
    return path.write_text(str(value), encoding="utf-8") > 0


def read_file(file_path: Path) -> str:
    """Read a file of text in UTF-8.

    Raises:
        FileNotValidError: There is no such file, or it is not text in UTF-8.
    """
    if not file_path.is_file():
        raise FileNotValidError(str(file_path), f"There is no file at {str(file_path)!r}.")
    try:
        return file_path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise FileNotValidError(str(file_path), f"{str(file_path)!r} is not text in UTF-8.") from exc


async def extract_fields(selection_set: Any) -> dict[str, Any] | None:
    """What a GraphQL document asks for, as a dict of dicts; None stands for a field without fields of its own.

    Args:
        selection_set: A selection set of graphql-core. Fragments are followed where they are inline.
    """
    return _fields_of(selection_set.selections) if selection_set else None


async def extract_fields_first_node(info: Any) -> dict[str, Any]:
    """What is asked for below the field that a GraphQL resolver is called for.

    Args:
        info: The `GraphQLResolveInfo` that graphql-core gives to the resolver.
    """
    return await extract_fields(info.field_nodes[0].selection_set) or {}


def _fields_of(selections: Iterable[Any]) -> dict[str, Any]:
    # By the names of the classes, so that graphql-core need not be there.
    fields: dict[str, Any] = {}
    for node in selections:
        below = _fields_of(node.selection_set.selections) if getattr(node, "selection_set", None) else None
        if node.kind == "inline_fragment":
            found = below or {}
        elif node.kind == "field":
            found = {node.name.value: below}
        else:
            continue
        for name, inner in found.items():
            fields[name] = deep_merge_dict(fields.get(name) or {}, inner) if inner else fields.get(name)
    return fields


def get_user_permissions(data: list[dict[str, Any]]) -> dict[str, Any]:
    """The permissions that an account has by its groups.

    Args:
        data: The edges of `member_of_groups`, with `roles`, `permissions` and their `identifier`.

    Returns:
        For each group's name the identifiers of its permissions.
    """
    return {
        group["node"]["display_label"]: [
            permission["node"]["identifier"]["value"]
            for role in _edges(group["node"], "roles")
            for permission in _edges(role["node"], "permissions")
        ]
        for group in data
    }


def _edges(node: dict[str, Any], relationship: str) -> list[dict[str, Any]]:
    return (node.get(relationship) or {}).get("edges") or []


def calculate_time_diff(value: str) -> str | None:
    """How long ago a point in time was, in words.

    Args:
        value: What `Timestamp` reads.

    Returns:
        Such as `2d and 3h ago`, `1h 0m and 5s ago`, `5m and 0s ago`, `7s ago` or `now`; None if it is no point in time.
    """
    from infrahub_sdk.timestamp import Timestamp

    try:
        passed = Timestamp().to_datetime() - Timestamp(value).to_datetime()
    except TimestampFormatError:
        return None
    total = round(passed.total_seconds())
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days > 0:
        return f"{days}d and {left}h ago"
    if hours > 0:
        return f"{hours}h {minutes}m and {seconds}s ago"
    if minutes > 0 and total > 0:
        return f"{minutes}m and {seconds}s ago"
    return f"{seconds}s ago" if total > 0 else "now"
