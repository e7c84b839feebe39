"""Declared values: typed fields, read through the raw JSON that they came in.

>>> class Color(Model):
...     name: str
...     code: str | None = Field(default=None, pattern="^#")
>>> Color(name="red").model_dump()
{'name': 'red', 'code': None}
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from infrahub_sdk._field import Field, FieldInfo
from infrahub_sdk._shapes import MISSING, Findings, hinted, is_derived, join, shown
from infrahub_sdk.exceptions import ValidationError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[type], type]:
        return lambda cls: cls


__all__ = ["Field", "FieldInfo", "Model"]


class _Compiled:
    """A fact about a class that is worked out on first use, and then is a plain attribute of that class."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type[Model]) -> Any:
        fields: dict[str, FieldInfo] = {}
        for base in reversed(owner.__mro__):
            for name in vars(base).get("__annotations__", ()):
                field = vars(base).get(name)
                if isinstance(field, FieldInfo):
                    field.compile(base)
                    fields[name] = field
        owner.model_fields = fields
        owner._required = [(field.key, field.accepts) for field in fields.values() if field.required]
        return vars(owner)[self.name]


_FIELDS: Any = _Compiled("model_fields")
_REQUIRED: Any = _Compiled("_required")


class _NoFieldError(AttributeError):
    """An attribute that the model does not have; its suggestion costs time, so it waits until the text is shown."""

    def __str__(self) -> str:
        model, name, known = self.args
        return f"{model} has no field {name!r}.{nearest(name, known)}"


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class Model:  # noqa: PLW1641 - values change, so they have no hash
    """Base of declared values.

    A subclass declares its fields by annotations; its module needs `from __future__ import annotations`. Class options:

    - `enum_values=True`: fields of an enum type hold the plain value, whatever was given; defaults stay members.
    - `forbid_extra=True`: a field that is not declared is an error instead of a warning.
    - `computed=("kind",)`: properties that `model_dump()` shows too.

    >>> Model.model_validate({})
    Model()
    """

    __slots__ = ("__dict__", "__weakref__", "_assigned", "_path", "_raw")

    # `__dict__` holds what was touched or assigned; everything else is still in `_raw`.
    _raw: dict[str, Any]
    _path: str
    _assigned: frozenset[str]

    model_fields: ClassVar[dict[str, FieldInfo]] = _FIELDS
    _required: ClassVar[list[tuple[str, frozenset[type]]]] = _REQUIRED
    _enum_values: ClassVar[bool] = False
    _forbid_extra: ClassVar[bool] = False
    _computed: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(
        cls,
        *,
        enum_values: bool | None = None,
        forbid_extra: bool | None = None,
        computed: tuple[str, ...] | None = None,
    ) -> None:
        super().__init_subclass__()
        for option, value in (("_enum_values", enum_values), ("_forbid_extra", forbid_extra), ("_computed", computed)):
            if value is not None:
                setattr(cls, option, value)
        for name, annotation in list(vars(cls).get("__annotations__", {}).items()):
            if not isinstance(annotation, str):
                raise TypeError(f"{cls.__module__} must begin with `from __future__ import annotations`.")
            if not name.startswith("_") and not annotation.startswith("ClassVar"):
                default = vars(cls).get(name, MISSING)
                field = default if isinstance(default, FieldInfo) else FieldInfo(default)
                field.declare(name, annotation)
                setattr(cls, name, field)
        cls.model_fields, cls._required = _FIELDS, _REQUIRED

    def __init__(self, /, **data: Any) -> None:
        self._accept(data)

    # -- From data

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """A model over data that a user gave, checked to the last leaf at once.

        Args:
            obj: The raw dictionary, which is kept and not copied; or a model of this class, which is returned as it is.

        Returns:
            The model.

        Raises:
            ValidationError: With the path and the fault of everything that is wrong.

        A field that the class does not have is ignored, and named in a warning.
        """
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, dict):
            raise ValidationError(cls.__name__, f"must be made of a dict, not {shown(obj)}.")
        model = object.__new__(cls)
        model._accept(obj)
        return model

    @classmethod
    def model_validate_json(cls, json_data: str | bytes) -> Self:
        """A model over JSON text, as `model_validate()` of what the text says."""
        import json

        return cls.model_validate(json.loads(json_data))

    @classmethod
    def _wrap(cls, raw: dict[str, Any], path: str = "") -> Self:
        """A model over data that a server sent, read when touched.

        Args:
            raw: The dictionary, which is kept and not copied.
            path: Where it lies in the answer, for messages.

        Raises:
            ValidationError: When a required field is missing or has the wrong type. Other fields are checked when they
                are read: that costs a third of the time when few of them are.
        """
        get = raw.get
        for key, accepts in cls._required:
            if type(get(key, MISSING)) not in accepts:
                cls._look_closer(raw, path)
                break
        model = object.__new__(cls)
        _set_raw(model, raw)
        _set_path(model, path)
        _set_assigned(model, _NOTHING)
        return model

    @classmethod
    def _look_closer(cls, raw: dict[str, Any], path: str) -> None:
        """Raise, unless the required fields are right although their exact types do not show it."""
        findings = Findings(strict=False)
        for field in cls.model_fields.values():
            if field.required:
                value = field.find(raw)
                if value is MISSING:
                    findings.wrong(join(path, field.key), "is missing")
                else:
                    field.load(value, join(path, field.key), findings)
        findings.raise_errors(cls.__name__)

    @classmethod
    def _build(cls, raw: dict[str, Any], path: str, findings: Findings) -> Self:
        """A model over a user's data, part of a whole that is checked."""
        model = object.__new__(cls)
        model._fill(raw, path, findings)
        return model

    def _accept(self, data: dict[str, Any]) -> None:
        findings = Findings(strict=True)
        self._fill(data, "", findings)
        findings.raise_errors(type(self).__name__)
        findings.warn_unknown()

    def _fill(self, raw: dict[str, Any], path: str, findings: Findings) -> None:
        _set_raw(self, raw)
        _set_path(self, path)
        _set_assigned(self, _NOTHING)
        found = len(findings.errors)
        for name, field in self.model_fields.items():
            value = field.find(raw)
            if value is not MISSING:
                loaded = field.load(value, join(path, field.key), findings)
                if loaded is not value:
                    self.__dict__[name] = loaded
            elif field.required:
                findings.wrong(join(path, field.key), "is missing")
        self._note_unknown(findings)
        if len(findings.errors) == found:
            for problem in self._problems():
                findings.wrong(path, problem)

    def _note_unknown(self, findings: Findings) -> None:
        cls = type(self)
        for key in self.model_extra:
            path = join(self._path, key)
            if not cls._forbid_extra:
                findings.unknown.append((path, cls, key))
            elif not is_derived(cls, key):
                findings.wrong(path, hinted(f"is not a field of {cls.__name__}", key, cls.model_fields))

    def _problems(self) -> Iterable[str]:
        """What is wrong with the fields taken together; for subclasses to say."""
        return ()

    # -- Reading and setting

    if not TYPE_CHECKING:  # a type checker would take any name for a field

        def __getattr__(self, name: str) -> Any:
            raise _NoFieldError(type(self).__name__, name, tuple(type(self).model_fields))

        def __setattr__(self, name: str, value: Any) -> None:
            if name in type(self).model_fields:
                self.__dict__[name] = value
                _set_assigned(self, self._assigned | {name})
            elif name.startswith("_") or hasattr(type(self), name):
                object.__setattr__(self, name, value)
            else:
                raise _NoFieldError(type(self).__name__, name, tuple(type(self).model_fields))

    def model_raw(self) -> dict[str, Any]:
        """The data that the model was made of: not a copy, and without what was assigned since."""
        return self._raw

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the fields that were given or assigned."""
        given = {name for name, field in self.model_fields.items() if field.find(self._raw) is not MISSING}
        return given | self._assigned

    @property
    def model_extra(self) -> dict[str, Any]:
        """The raw data that belongs to no field."""
        known = {key for field in self.model_fields.values() for key in (field.key, field.name)}
        return {key: value for key, value in self._raw.items() if key not in known}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields replaced.

        Args:
            update: New values by field; they are not checked.
            deep: Whether the values are copied too.
        """
        import copy

        model = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            setattr(model, name, value)
        return model

    # -- To data

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Any = None,
        exclude: Any = None,
        by_alias: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> dict[str, Any]:
        """The fields as a dictionary.

        Args:
            mode: `python` keeps enums, paths and times as they are; `json` writes them as JSON can.
            include: Names to keep: a set, or a dictionary of sets for what lies below (`"__all__"` for all list items).
            exclude: Names to leave out, in the same form.
            by_alias: Use the keys of the raw data.
            exclude_unset: Leave out what was neither given nor assigned.
            exclude_defaults: Leave out what equals its default.
            exclude_none: Leave out what is None.

        Returns:
            A dictionary whose lists and dictionaries are new.
        """
        dump = _Dump(mode == "json", by_alias, exclude_unset, exclude_defaults, exclude_none)
        return dump.model(self, include, exclude)

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """The fields as JSON text.

        Args:
            indent: Spaces for each level; None for everything on one line.
            options: As for `model_dump()`.
        """
        import json

        separators = (",", ":") if indent is None else None
        data = self.model_dump(mode="json", **options)
        return json.dumps(data, indent=indent, separators=separators, ensure_ascii=False)

    def _not_default(self) -> Iterator[tuple[str, Any]]:
        for name, field in self.model_fields.items():
            value = getattr(self, name)
            if field.required or value != field.get_default():
                yield name, value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._not_default())})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.model_fields)


_NOTHING: frozenset[str] = frozenset()
# Straight to the slots: a third of the time of a `__setattr__` that is written in Python.
_set_raw, _set_path, _set_assigned = (vars(Model)[name].__set__ for name in ("_raw", "_path", "_assigned"))


class _Dump:
    """One call of `model_dump()`."""

    def __init__(self, json: bool, by_alias: bool, unset: bool, defaults: bool, none: bool) -> None:
        self.json = json
        self.by_alias = by_alias
        self.skip_unset = unset
        self.skip_defaults = defaults
        self.skip_none = none

    def model(self, model: Model, include: Any, exclude: Any) -> dict[str, Any]:
        given = model.model_fields_set if self.skip_unset else model.model_fields
        data: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            if name in given and _wanted(name, include, exclude):
                value = getattr(model, name)
                if not (self.skip_none and value is None) and not (self.skip_defaults and _is_default(field, value)):
                    key = field.key if self.by_alias else name
                    data[key] = self.value(value, _below(include, name), _below(exclude, name))
        for name in model._computed:
            if _wanted(name, include, exclude):
                data[name] = self.value(getattr(model, name), None, None)
        return data

    def value(self, value: Any, include: Any, exclude: Any) -> Any:
        if isinstance(value, Model):
            return self.model(value, include, exclude)
        if isinstance(value, dict):
            return {k: self._item(k, v, include, exclude) for k, v in value.items() if _wanted(k, include, exclude)}
        if isinstance(value, (list, tuple)):
            chosen = ((i, item) for i, item in enumerate(value) if _wanted(i, include, exclude))
            items = [self._item(i, item, include, exclude) for i, item in chosen]
            return items if self.json or isinstance(value, list) else tuple(items)
        return _json_value(value) if self.json else value

    def _item(self, key: Any, value: Any, include: Any, exclude: Any) -> Any:
        return self.value(value, _below(include, key), _below(exclude, key))


def _is_default(field: FieldInfo, value: Any) -> bool:
    return not field.required and bool(value == field.get_default())


def _wanted(key: Any, include: Any, exclude: Any) -> bool:
    if include is not None and key not in include and "__all__" not in include:
        return False
    if exclude is None or (key not in exclude and "__all__" not in exclude):
        return True
    return isinstance(exclude, dict) and _below(exclude, key) is not None


def _below(selection: Any, key: Any) -> Any:
    """What a selection says about the inside of one field or item; None when it takes it whole."""
    inner = selection.get(key, selection.get("__all__")) if isinstance(selection, dict) else None
    return inner if isinstance(inner, (dict, set, frozenset, list, tuple)) else None


def _json_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return _json_value(value.value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
