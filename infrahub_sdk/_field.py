"""The fields of a model: what is declared, and how an annotation becomes a shape."""

from __future__ import annotations

import re
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from infrahub_sdk._shapes import (
    EVERY_TYPE,
    MISSING,
    NONE,
    Choice,
    DictOf,
    Findings,
    Instance,
    ListOf,
    Nested,
    Options,
    Scalar,
    Shape,
    join,
    shown,
)
from infrahub_sdk.exceptions import Error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from infrahub_sdk.model import Model

__all__ = ["Field", "FieldInfo"]

_BUILTINS: dict[str, Any] = {
    **{cls.__name__: cls for cls in (str, int, float, bool, bytes, list, dict, tuple, set, frozenset, object)},
    "None": NONE,
    "Any": Any,
    "Literal": Literal,
    "Union": Union,
}


# The same few annotations make up most fields: by module, how enums are kept, and text.
_SHAPES: dict[tuple[str, bool, Any], Shape] = {}


class _Annotations:
    """Reads the annotations of one class.

    They stay text until here (PEP 563), so that `str | None` may be written on Python 3.9, where evaluating it fails.
    """

    def __init__(self, owner: type[Model]) -> None:
        self.names = vars(sys.modules[owner.__module__])
        self.as_value = owner._enum_values

    def shape(self, annotation: Any) -> Shape:
        if not isinstance(annotation, str):
            return self._of_object(annotation)
        options = _split(annotation, "|")
        if len(options) > 1:
            return Options([self.shape(option) for option in options])
        head, _, arguments = options[0].partition("[")
        target = self._resolve(head)
        if target is Literal:
            return self._of_literal([self._resolve(argument) for argument in _split(arguments[:-1], ",")])
        if arguments:
            return self._of_generic(target, _split(arguments[:-1], ","))
        return self._of_object(target)

    def _resolve(self, text: str) -> Any:
        if text[0] in "\"'":
            return text[1:-1]
        if text.lstrip("-").isdigit():
            return int(text)
        first, *rest = text.split(".")
        if first not in self.names and first not in _BUILTINS:
            raise NameError(f"The annotation {text!r} names nothing that exists when the program runs.")
        found = self.names.get(first, _BUILTINS.get(first))
        for name in rest:
            found = getattr(found, name)
        return found

    def _of_object(self, target: Any) -> Shape:
        if get_origin(target) is Literal:
            return self._of_literal(list(get_args(target)))
        if get_args(target):
            return self._of_generic(get_origin(target), list(get_args(target)))
        if target in (list, dict):
            return self._of_generic(target, [Any, Any])
        return Shape() if target in (Any, object) else self._of_class(target)

    def _of_class(self, target: Any) -> Shape:
        if target in (str, int, float, bool, NONE):
            return Scalar(target)
        if hasattr(target, "model_fields"):
            return Nested(target)
        if issubclass(target, Enum):
            return Choice({member.value: member for member in target}, self.as_value)
        return Instance(target)

    def _of_generic(self, origin: Any, arguments: list[Any]) -> Shape:
        if origin is list:
            return ListOf(self.shape(arguments[0]))
        if origin is dict:
            return DictOf(self.shape(arguments[1]))
        if origin is Union or getattr(origin, "__name__", "") == "UnionType":
            return Options([self.shape(argument) for argument in arguments])
        return self._of_object(origin)

    def _of_literal(self, members: list[Any]) -> Shape:
        choice = Choice({getattr(member, "value", member): member for member in members}, self.as_value)
        choice.tags = list(choice.members)
        return choice


def _split(text: str, separator: str) -> list[str]:
    """The parts of an annotation between separators that stand outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == separator and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


class FieldInfo:
    """What a model knows about one of its fields, and the descriptor that reads it.

    The value read is kept in the model's `__dict__`, where Python looks first from then on.

    Attributes:
        name: The attribute of the model.
        annotation: The text of its type.
        default: What it holds when nothing is given.
        alias: The key in the raw data, where that differs from the name.
        tags: The values of a Literal or of `one_of`, by which a union of models chooses.
    """

    def __init__(
        self,
        default: Any = MISSING,
        default_factory: Callable[[], Any] | None = None,
        alias: str | None = None,
        convert: Callable[[Any], Any] | None = None,
        one_of: Sequence[Any] = (),
        **limits: Any,
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.alias = alias
        self.convert = convert
        self.one_of = one_of
        self.shape: Shape | None = None
        self.plain: frozenset[type] = frozenset()
        self.limits = [(_LIMITS[name], limit) for name, limit in limits.items() if limit is not None]

    def declare(self, name: str, annotation: str) -> None:
        """Give the field the place that it has in its class."""
        self.name = name
        self.key = self.alias or name
        self.annotation = annotation

    def compile(self, owner: type[Model]) -> None:
        """Work out the annotation, in the module of the class that declares the field."""
        if self.shape is None:
            place = (owner.__module__, owner._enum_values, self.annotation)
            shape = _SHAPES.get(place)
            if shape is None:
                shape = _SHAPES[place] = _Annotations(owner).shape(self.annotation)
            self.tags = self.one_of or shape.tags
            self.plain = frozenset() if self.convert else shape.plain
            self.accepts = EVERY_TYPE if self.convert else shape.accepts
            self.shape = shape  # last: another thread may be looking

    def __get__(self, model: Model | None, owner: type[Model]) -> Any:
        if model is None:
            return self
        value = model._raw.get(self.key, MISSING)
        if type(value) not in self.plain:
            value = self._read(model)
        model.__dict__[self.name] = value
        return value

    def _read(self, model: Model) -> Any:
        """The value where the raw one is not it: a default, or something to be made of the raw one."""
        value = self.find(model._raw)
        if value is MISSING:
            return self.get_default()
        type(model).model_fields  # noqa: B018 - compiles, when the model was unpickled before any was made
        findings = Findings(strict=False)
        value = self.load(value, join(model._path, self.key), findings)
        findings.raise_errors(type(model).__name__)
        return value

    def __repr__(self) -> str:
        default = "" if self.required else f" = {self.get_default()!r}"
        return f"<field {self.name}: {self.annotation}{default}>"

    @property
    def required(self) -> bool:
        """Whether something must be given."""
        return self.default is MISSING and self.default_factory is None

    def is_required(self) -> bool:
        return self.required

    def get_default(self) -> Any:
        return self.default_factory() if self.default_factory else self.default

    def find(self, raw: Mapping[str, Any]) -> Any:
        """The raw value, under the alias or the name, or MISSING."""
        value = raw.get(self.key, MISSING)
        return raw.get(self.name, MISSING) if value is MISSING and self.alias else value

    def load(self, value: Any, path: str, findings: Findings) -> Any:
        """The value as the model holds it; what is wrong with it goes to the findings."""
        found = len(findings.errors)
        if self.convert:
            try:
                value = self.convert(value)
            except (ValueError, TypeError, Error) as error:
                findings.wrong(path, str(error))
                return value
        value = self.shape.load(value, path, findings) if self.shape else value
        if findings.strict and self.one_of and value not in self.one_of:
            findings.wrong(path, f"must be one of {', '.join(map(repr, self.one_of))}, not {shown(value)}")
        if findings.strict and value is not None and len(findings.errors) == found:
            for check, limit in self.limits:
                text = check(value, limit)
                if text:
                    findings.wrong(path, f"{text}, not {shown(value)}")
        return value


_LIMITS: dict[str, Callable[[Any, Any], str]] = {
    "min_length": lambda value, limit: "" if len(value) >= limit else f"needs a length of {limit} or more",
    "max_length": lambda value, limit: "" if len(value) <= limit else f"needs a length of {limit} or less",
    "pattern": lambda value, limit: "" if re.search(limit, value) else f"must match {limit}",
    "gt": lambda value, limit: "" if value > limit else f"must be greater than {limit}",
    "ge": lambda value, limit: "" if value >= limit else f"must be {limit} or more",
    "lt": lambda value, limit: "" if value < limit else f"must be less than {limit}",
    "le": lambda value, limit: "" if value <= limit else f"must be {limit} or less",
}


def Field(  # noqa: N802 - it stands where a class would, as in dataclasses and pydantic
    *,
    default: Any = MISSING,
    default_factory: Callable[[], Any] | None = None,
    alias: str | None = None,
    convert: Callable[[Any], Any] | None = None,
    one_of: Sequence[Any] = (),
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    gt: float | None = None,
    ge: float | None = None,
    lt: float | None = None,
    le: float | None = None,
) -> Any:
    """A field with more than a default.

    Args:
        default: What the field holds when nothing is given; without it and `default_factory` it is required.
        default_factory: Makes the default, for each model anew.
        alias: The key in raw data, where that differs from the name; both are read.
        convert: Turns what is given into a value of the annotated type, and leaves alone what is one already; a
            ValueError that it raises becomes a message about the field.
        one_of: The plain values by which a union of models chooses this one; narrower than the annotation.
        min_length: Least number of characters or items.
        max_length: Greatest number of characters or items.
        pattern: Regular expression that must be found in the text.
        gt: The value must be greater.
        ge: The value must be this or greater.
        lt: The value must be less.
        le: The value must be this or less.

    Returns:
        The declaration, typed as whatever the annotation says.

    Limits count for what a user passes, not for what a server sent.
    """
    limits = {
        "min_length": min_length,
        "max_length": max_length,
        "pattern": pattern,
        "gt": gt,
        "ge": ge,
        "lt": lt,
        "le": le,
    }
    return FieldInfo(default, default_factory, alias, convert, one_of, **limits)
