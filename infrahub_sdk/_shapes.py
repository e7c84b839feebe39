"""The shapes that the value of a field may have, and the checks of a value against them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import ValidationError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from infrahub_sdk.model import Model

__all__ = [
    "EVERY_TYPE",
    "MISSING",
    "NONE",
    "Choice",
    "DictOf",
    "Findings",
    "Instance",
    "ListOf",
    "Missing",
    "Nested",
    "Options",
    "Scalar",
    "Shape",
    "hinted",
    "is_derived",
    "join",
    "shown",
]

_SHOWN = 60  # characters of a wrong value


class Missing:
    """The type of what is not there."""

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Any = Missing()


class Findings:
    """What one validation found.

    Attributes:
        strict: True for what a user passes: constraints and the members of enums count, unknown fields are noted.
            False for what a server sent, which may be newer than this package: only types and required fields count.
        errors: Path and text of each wrong thing.
        unknown: Path, class and name of each field that the class does not have.
    """

    __slots__ = ("errors", "strict", "unknown")

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.errors: list[tuple[str, str]] = []
        self.unknown: list[tuple[str, type[Model], str]] = []

    def wrong(self, path: str, text: str) -> None:
        self.errors.append((path, text))

    def raise_errors(self, identifier: str) -> None:
        """Raise one ValidationError with everything that is wrong."""
        if self.errors:
            messages = [f"{path}: {text}" if path else text for path, text in self.errors]
            raise ValidationError(identifier, messages=messages)

    def warn_unknown(self) -> None:
        """Name the unknown fields in one warning, which points at the caller of the model."""
        texts = [_unknown_text(*entry) for entry in self.unknown if not is_derived(*entry[1:])]
        if texts:
            import warnings

            warnings.warn("; ".join(texts), UserWarning, stacklevel=4)


def is_derived(cls: type[Model], name: str) -> bool:
    """Whether the class works the value out itself, and so may well find it in the output of `model_dump()`."""
    return isinstance(getattr(cls, name, None), property)


def _unknown_text(path: str, cls: type[Model], name: str) -> str:
    return hinted(f"{path}: {cls.__name__} has no field {name!r}, so it is ignored", name, cls.model_fields)


def hinted(text: str, name: object, known: Iterable[str]) -> str:
    """The text, and the real name that comes nearest where one does."""
    suggestion = nearest(name, known)
    return f"{text}.{suggestion}" if suggestion else text


def join(path: str, name: str) -> str:
    """The path of a field."""
    return f"{path}.{name}" if path else name


def shown(value: Any) -> str:
    """The type of a wrong value, and the value where that is short and helps."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if not isinstance(value, (str, int, float)):
        return kind
    text = repr(value)
    return f"{text if len(text) <= _SHOWN else text[:_SHOWN] + '...'} ({kind})"


class Everything(frozenset[type]):
    """All types but that of MISSING."""

    def __contains__(self, item: object) -> bool:
        return item is not Missing


NONE = type(None)
EVERY_TYPE: frozenset[type] = Everything()


class Shape:
    """One side of an annotation, ready to check a value against.

    Attributes:
        accepts: Exact types of values that may be right; others are looked at by `load`.
        plain: Exact types of values that are the result as they are, unless the check is strict.
        text: How a message names the shape.
        tags: The values of a Literal, by which a union of models chooses.
    """

    accepts: frozenset[type] = EVERY_TYPE
    plain: frozenset[type] = EVERY_TYPE
    text = "anything"
    tags: Sequence[Any] = ()

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        """The value as the field holds it; what is wrong with it goes to the findings."""
        return value

    def refuse(self, value: Any, path: str, findings: Findings) -> Any:
        findings.wrong(path, f"must be {self.text}, not {shown(value)}")
        return value


def _to_int(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _to_bool(value: Any) -> bool:
    return _BOOLEANS[value.lower() if isinstance(value, str) else value]


_BOOLEANS: dict[Any, bool] = {
    **dict.fromkeys((1, "1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys((0, "0", "false", "f", "no", "n", "off"), False),
}
# Other ways to write a value, which the server reads too; without them a schema that it accepts would be refused here.
_READERS: dict[type, Callable[[Any], Any]] = {int: _to_int, float: float, bool: _to_bool}


class Scalar(Shape):
    """Text, a number, true or false, or None."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.accepts = self.plain = frozenset((float, int) if cls is float else (cls,))
        self.text = "None" if cls is NONE else cls.__name__

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) in self.plain or (isinstance(value, self.cls) and not isinstance(value, bool)):
            return value
        reader = _READERS.get(self.cls)
        if reader and isinstance(value, (str, int, float)):
            try:
                return reader(value)
            except (ValueError, KeyError, OverflowError):
                pass
        return self.refuse(value, path, findings)


class Instance(Shape):
    """A class that JSON does not know: an instance, or the text it is written as."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.plain = frozenset((cls,))
        self.text = cls.__name__
        self.parse: Any = getattr(cls, "fromisoformat", cls if hasattr(cls, "__fspath__") else None)

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, self.cls):
            return value
        if isinstance(value, str) and self.parse:
            try:
                return self.parse(value)
            except ValueError:
                pass
        return self.refuse(value, path, findings)


class Choice(Shape):
    """One of the values of an enum or a Literal.

    Args:
        members: The value of each member, and what the field holds for it.
        as_value: The field holds the plain value, even where a member was given.
    """

    def __init__(self, members: dict[Any, Any], as_value: bool) -> None:
        self.members = members
        self.as_value = as_value
        values = frozenset(type(value) for value in members)
        self.accepts = values | {type(member) for member in members.values()}
        self.plain = values if as_value else self.accepts - values
        self.text = "one of " + ", ".join(repr(value) for value in members)

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        given = value.value if isinstance(value, Enum) and value in self.members.values() else value
        if type(given) in self.accepts and given in self.members:
            return given if self.as_value else self.members[given]
        if findings.strict or type(given) not in self.accepts:
            findings.wrong(path, hinted(f"must be {self.text}, not {shown(value)}", given, map(str, self.members)))
        return given  # a newer server may have members that this package does not know


class ListOf(Shape):
    """A list of one shape."""

    accepts = frozenset((list,))
    plain: frozenset[type] = frozenset()

    def __init__(self, item: Shape) -> None:
        self.item = item
        self.text = "list" if type(item) is Shape else f"list[{item.text}]"

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.refuse(value, path, findings)
        item = self.item
        if isinstance(value, list) and not findings.strict and all(type(entry) in item.plain for entry in value):
            return value
        loaded = [item.load(entry, f"{path}[{index}]", findings) for index, entry in enumerate(value)]
        same = isinstance(value, list) and all(new is old for new, old in zip(loaded, value))
        return value if same else loaded


class DictOf(Shape):
    """A dictionary of one shape, with whatever keys."""

    accepts = frozenset((dict,))
    plain: frozenset[type] = frozenset()
    text = "dict"

    def __init__(self, item: Shape) -> None:
        self.item = item

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, dict):
            return self.refuse(value, path, findings)
        item = self.item
        if not findings.strict and all(type(entry) in item.plain for entry in value.values()):
            return value
        loaded = {key: item.load(entry, f"{path}[{key!r}]", findings) for key, entry in value.items()}
        return value if all(new is old for new, old in zip(loaded.values(), value.values())) else loaded


class Nested(Shape):
    """A model, or the data of one."""

    def __init__(self, cls: type[Model]) -> None:
        self.cls = cls
        self.accepts = frozenset((dict, cls))
        self.plain = frozenset((cls,))
        self.text = cls.__name__

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, self.cls):
            return value
        if not isinstance(value, dict):
            return self.refuse(value, path, findings)
        return self.cls._build(value, path, findings) if findings.strict else self.cls._wrap(value, path)


class Options(Shape):
    """One of several shapes."""

    def __init__(self, options: list[Shape]) -> None:
        self.options = options
        self.models = [option.cls for option in options if isinstance(option, Nested)]
        self.accepts = (
            EVERY_TYPE if any(o.accepts is EVERY_TYPE for o in options) else _union(o.accepts for o in options)
        )
        self.plain = EVERY_TYPE if any(o.plain is EVERY_TYPE for o in options) else _union(o.plain for o in options)
        self.text = " or ".join(option.text for option in options)

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        if len(self.models) > 1 and isinstance(value, dict):
            return self._load_tagged(value, path, findings)
        fitting = [option for option in self.options if type(value) in option.accepts] or self.options
        if len(fitting) == 1:
            return fitting[0].load(value, path, findings)
        for option in fitting:
            trial = Findings(findings.strict)
            loaded = option.load(value, path, trial)
            if not trial.errors:
                findings.unknown += trial.unknown
                return loaded
        return self.refuse(value, path, findings)

    def _load_tagged(self, value: dict[str, Any], path: str, findings: Findings) -> Any:
        """The model whose Literal field, which all of them have, names the value's kind."""
        tag = next(name for name, field in self.models[0].model_fields.items() if field.tags)
        kinds: dict[Any, type[Model]] = {kind: cls for cls in self.models for kind in cls.model_fields[tag].tags}
        given = value.get(tag, MISSING)
        given = given.value if isinstance(given, Enum) else given
        if isinstance(given, str) and (given in kinds or not findings.strict):
            # A kind that only a newer server knows is read by what it shares with the first one.
            return Nested(kinds.get(given, self.models[0])).load(value, path, findings)
        found = "is missing" if given is MISSING else f"is {shown(given)}"
        text = f"{found}, but must be one of {', '.join(map(repr, kinds))}"
        findings.wrong(join(path, tag), hinted(text, given, map(str, kinds)))
        return value


def _union(sets: Iterable[frozenset[type]]) -> frozenset[type]:
    return frozenset().union(*sets)
