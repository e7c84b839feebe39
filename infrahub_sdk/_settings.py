"""Typed settings: from arguments, else from environment variables, else defaults; one error names all that is wrong.

>>> from infrahub_sdk._readers import seconds
>>> class Limits(Settings, prefix="EXAMPLE_"):
...     patience: float = setting(default=60, reads=seconds())
>>> Limits(patience="5")
Limits(patience=5)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from infrahub_sdk._readers import ANYTHING, Reader, Unfit
from infrahub_sdk.exceptions import ValidationError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from dataclasses import Field

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[type], type]:
        return lambda cls: cls


__all__ = ["ARGUMENT", "ASSIGNMENT", "ConfigError", "Setting", "Settings", "setting"]

ARGUMENT = "from the argument"
ASSIGNMENT = "from the assignment"

_MISSING: Any = object()
_BAD: Any = object()  # stands for a value that is wrong, so that the others can still be judged


class ConfigError(ValidationError, ValueError):
    """Settings that cannot be right.

    Attributes:
        identifier: The class of the settings.
        messages: What is wrong with each: its value unless that is secret, where it came from, and what is allowed.
    """

    def __init__(self, identifier: str, messages: list[str]) -> None:
        super().__init__(identifier, messages=messages)

    def __str__(self) -> str:
        messages = self.messages or []
        if len(messages) == 1:
            return f"{self.identifier}: {messages[0]}"
        return "\n  - ".join([f"{self.identifier}: {len(messages)} settings are wrong.", *messages])


class Setting:
    """A field of settings: its default, how it is read, and where from."""

    __slots__ = ("default", "default_factory", "name", "reader", "variables")

    def __init__(self, default: Any, default_factory: Any, reader: Reader, variables: tuple[str, ...] | None) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.reader = reader
        self.variables = variables

    def __set_name__(self, owner: type[Settings], name: str) -> None:
        self.name = name

    def make_default(self) -> Any:
        """The value if nothing is given."""
        return self.default_factory() if self.default is _MISSING else self.default

    def find(self, prefix: str, environment: Mapping[str, str]) -> tuple[str, str] | None:
        """The text of the environment variable, and where it comes from."""
        for variable in (prefix + self.name.upper(),) if self.variables is None else self.variables:
            if variable in environment:
                name = environment[variable]
                return os.environ[name], f"from the environment variable {name}"
        return None

    def read(self, found: tuple[Any, str] | None, problems: list[str]) -> Any:
        """The value, and its default where nothing was found; what is wrong with it is added to the problems."""
        try:
            return self._read(*found) if found else self.make_default()
        except ConfigError as exc:
            problems.extend(f"{self.name}.{message}" for message in exc.messages or ())
        except (TypeError, ValueError, OverflowError) as exc:
            problems.append(self._wrong(found or (None, "by default"), exc))
        return _BAD

    def _read(self, raw: Any, source: str) -> Any:
        value = self.reader.convert(raw)
        if self.reader.settings is None or not isinstance(value, dict):
            return value
        group = self.reader.settings.__new__(self.reader.settings)
        group._load(value, source)
        return group

    def _wrong(self, found: tuple[Any, str], exc: Exception) -> str:
        reason, hint = (exc.reason, exc.hint) if isinstance(exc, Unfit) else ("", "")
        value = f"{self.reader.show(found[0])} {found[1]}"
        because = f" ({reason})" if reason else ""
        return f"{self.name}: {value} is wrong{because}; allowed is {self.reader.allowed}.{hint}"


def setting(
    *,
    default: Any = _MISSING,
    default_factory: Callable[[], Any] | None = None,
    reads: Reader = ANYTHING,
    variables: tuple[str, ...] | None = None,
) -> Any:
    """Declare a field of settings.

    Args:
        default: Its value if nothing else is given.
        default_factory: Makes that value.
        reads: How values are read.
        variables: The environment variables that it comes from; the first that is set counts. By default its name.
    """
    return Setting(default, default_factory, reads, variables)


class _Fields:
    """Makes a class a dataclass when somebody asks whether it is one, since importing `dataclasses` takes 6 ms."""

    def __get__(self, instance: object, owner: type[Settings]) -> dict[str, Field[Any]]:
        from dataclasses import MISSING, dataclass, field

        for name, item in owner._own.items():
            default: Any = MISSING if item.default is _MISSING else item.default
            setattr(owner, name, field(default=default, default_factory=item.default_factory or MISSING))
        made: Any = dataclass(init=False, repr=False, eq=False)(owner)
        fields: dict[str, Field[Any]] = made.__dataclass_fields__
        return fields


_FIELDS: Any = _Fields()


class _Signature:
    """The signature of a class, worked out when somebody looks."""

    def __get__(self, instance: object, owner: type[Settings]) -> Any:
        from dataclasses import fields
        from inspect import Parameter, Signature

        return Signature(
            [
                Parameter(
                    field.name,
                    Parameter.KEYWORD_ONLY,
                    default=owner._settings[field.name].make_default(),
                    annotation=field.type,
                )
                for field in fields(owner)
            ]
        )


@dataclass_transform(kw_only_default=True, field_specifiers=(setting,))
class Settings:
    """Base of settings; a subclass declares them with `setting()`, and is a dataclass.

    Values are read when the object is made and when a field is assigned. The prefix stands before the names of the
    environment variables, which may be in either case; an empty variable counts as not set.
    """

    _prefix: ClassVar[str] = ""
    _aliases: ClassVar[dict[str, str]] = {}  # other names of fields
    _settings: ClassVar[dict[str, Setting]] = {}  # all fields
    _own: ClassVar[dict[str, Setting]] = {}  # those that the class itself declares

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:  # type checkers take these from the fields
        __signature__ = _Signature()
        __hash__ = None

        def __init__(self, **given: Any) -> None:
            self._load(given, ARGUMENT)

        def __setattr__(self, name: str, value: Any) -> None:
            self._assign(name, value)

    def __init_subclass__(cls, prefix: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls._prefix = prefix
        cls.__dataclass_fields__ = _FIELDS
        cls._own = {name: item for name, item in vars(cls).items() if isinstance(item, Setting)}
        cls._settings = {**cls._settings, **cls._own}
        for name, item in cls._own.items():
            if item.default is _MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, item.default)

    def _load(self, given: Mapping[str, Any], source: str) -> None:
        """Read all fields. Raises `ConfigError` for all that is wrong with them."""
        given = {self._aliases.get(name, name): value for name, value in given.items()}
        problems = [self._unknown(name) for name in given if name not in self._settings]
        environment = _environment(self._prefix)
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for name, item in self._settings.items():
            found = (given[name], source) if name in given else item.find(self._prefix, environment)
            if found is not None:
                sources[name] = found[1]
            values[name] = item.read(found, problems)
        problems.extend(self._settle(values, sources))
        self._keep(values, sources, problems)

    def _assign(self, name: str, value: Any) -> None:
        if name not in self._settings:
            raise ConfigError(type(self).__name__, [self._unknown(name)])
        problems: list[str] = []
        values = {**self._values(), name: self._settings[name].read((value, ASSIGNMENT), problems)}
        sources = {**vars(self)["_sources"], name: ASSIGNMENT}
        self._keep(values, sources, problems or list(self._settle(values, sources, name)))

    def _keep(self, values: dict[str, Any], sources: dict[str, str], problems: list[str]) -> None:
        if problems:
            raise ConfigError(type(self).__name__, problems)
        vars(self).update(values, _sources=sources)

    def _settle(self, values: dict[str, Any], sources: dict[str, str], assigned: str | None = None) -> Iterable[str]:
        """Judge the values together.

        Args:
            values: All values; may be changed.
            sources: Where those came from that are no defaults.
            assigned: The field that is being assigned, if that is what happens.

        Returns:
            What is wrong.
        """
        return ()

    def _unknown(self, name: str) -> str:
        return f"{name}: there is no such setting.{nearest(name, self._settings)}"

    def _values(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in self._settings}

    def _is_given(self, name: str) -> bool:
        """Whether a value was given or assigned, or comes from the environment; a default is not."""
        return name in vars(self)["_sources"]

    def _changed(self) -> Iterator[tuple[str, str]]:
        """What differs from the defaults, as it may be shown."""
        for name, value in self._values().items():
            item = self._settings[name]
            if any(value._changed()) if isinstance(value, Settings) else value != item.make_default():
                yield name, item.reader.show(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={shown}' for name, shown in self._changed())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings) or type(self) is not type(other):
            return NotImplemented
        return self._values() == other._values()

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        groups = {name for name, item in self._settings.items() if item.reader.settings is not None}
        for name, value in vars(self).items():
            vars(twin)[name] = value.__copy__() if name in groups else _copied(value)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()  # loggers, recorders and functions stay what they are

    def __replace__(self, **changes: Any) -> Self:
        return type(self)(**{**self._values(), **changes})


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, dict)) else value


def _environment(prefix: str) -> dict[str, str]:
    """The environment variables with a prefix that are set, by their name in upper case, which counts before others."""
    found: dict[str, str] = {}
    for name in os.environ:
        if name[: len(prefix)].upper() == prefix and os.environ.get(name):
            found[name.upper()] = name.upper() if os.environ.get(name.upper()) else name
    return found
