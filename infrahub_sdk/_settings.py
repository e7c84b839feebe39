"""Typed settings: from arguments, else from environment variables, else defaults; one error names all that is wrong.

>>> from infrahub_sdk._readers import seconds
>>> class Limits(Settings, prefix="EXAMPLE_"):
...     patience: float = setting(default=60, reads=seconds())
>>> Limits(patience="5")
Limits(patience=5)
"""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any, ClassVar

from infrahub_sdk.exceptions import ValidationError, nearest
from infrahub_sdk._readers import ANYTHING, Reader, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[type], type]:
        return lambda cls: cls


__all__ = ["ARGUMENT", "ASSIGNMENT", "ConfigError", "Settings", "setting"]

ARGUMENT = "from the argument"
ASSIGNMENT = "from the assignment"

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


def setting(
    *,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    reads: Reader = ANYTHING,
    variables: tuple[str, ...] | None = None,
) -> Any:
    """A field of settings.

    Args:
        default: Its value if nothing else is given.
        default_factory: Makes that value.
        reads: How values are read.
        variables: The environment variables that it comes from, of which the first counts that is set; by default one with
            its name.
    """
    metadata = {"reader": reads, "variables": variables}
    return dataclasses.field(default=default, default_factory=default_factory, metadata=metadata)


class _Signature:
    """The signature of a class of settings for `help()` and editors, worked out when somebody looks."""

    def __get__(self, instance: object, owner: type[Settings]) -> Any:
        from inspect import Parameter, Signature

        fields = dataclasses.fields(owner) if dataclasses.is_dataclass(owner) else ()
        return Signature(
            [
                Parameter(
                    field.name,
                    Parameter.KEYWORD_ONLY,
                    default=... if field.default is dataclasses.MISSING else field.default,
                    annotation=field.type,
                )
                for field in fields
            ]
        )


@dataclass_transform(kw_only_default=True, field_specifiers=(setting,))
class Settings:
    """Base of settings; a subclass declares them as fields, and is a dataclass.

    Values are read when the object is made and when a field is assigned. The prefix stands before the names of the
    environment variables, which may be in either case; an empty variable counts as not set.
    """

    __signature__ = _Signature()

    _prefix: ClassVar[str] = ""
    _aliases: ClassVar[dict[str, str]] = {}  # other names of fields

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    else:  # type checkers take both from the fields

        def __init__(self, **given: Any) -> None:
            self._load(given, ARGUMENT)

        def __setattr__(self, name: str, value: Any) -> None:
            if name.startswith("_"):
                object.__setattr__(self, name, value)
            else:
                self._assign(name, value)

    def __init_subclass__(cls, prefix: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls._prefix = prefix
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)

    def _load(self, given: Mapping[str, Any], source: str) -> None:
        """Read all fields. Raises `ConfigError` for all that is wrong with them."""
        given = {self._aliases.get(name, name): value for name, value in given.items()}
        fields = _fields(type(self))
        problems = [_unknown(name, fields) for name in given if name not in fields]
        environment = _environment(self._prefix)
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for name, field in fields.items():
            found = (given[name], source) if name in given else _of_environment(field, self._prefix, environment)
            if found is not None:
                sources[name] = found[1]
            values[name] = _read(field, found, problems)
        problems.extend(self._settle(values, sources))
        if problems:
            raise ConfigError(type(self).__name__, problems)
        vars(self).update(values, _sources=sources)

    def _assign(self, name: str, value: Any) -> None:
        fields = _fields(type(self))
        if name not in fields:
            raise ConfigError(type(self).__name__, [_unknown(name, fields)])
        problems: list[str] = []
        values = {**self._values(), name: _read(fields[name], (value, ASSIGNMENT), problems)}
        sources = {**self._sources, name: ASSIGNMENT}
        problems = problems or list(self._settle(values, sources, name))
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

    @property
    def _sources(self) -> dict[str, str]:
        sources: dict[str, str] = vars(self)["_sources"]
        return sources

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _fields(type(self))}

    def _changed(self) -> Iterator[tuple[str, str]]:
        """What differs from the defaults, as it may be shown."""
        for name, field in _fields(type(self)).items():
            value = getattr(self, name)
            if any(value._changed()) if isinstance(value, Settings) else value != _default(field):
                yield name, _reader(field).show(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={shown}' for name, shown in self._changed())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings) or type(self) is not type(other):
            return NotImplemented
        return self._values() == other._values()

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        state = {name: value.copy() if isinstance(value, (list, dict)) else value for name, value in vars(self).items()}
        state.update({name: value.__copy__() for name, value in state.items() if isinstance(value, Settings)})
        vars(twin).update(state)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()  # loggers, recorders and functions stay what they are


def _fields(cls: type[Settings]) -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(cls)}


def _reader(field: dataclasses.Field[Any]) -> Reader:
    reader: Reader = field.metadata.get("reader", ANYTHING)
    return reader


def _environment(prefix: str) -> dict[str, str]:
    """The environment variables with a prefix that are set, by their name in upper case, which counts before others."""
    found: dict[str, str] = {}
    for name in os.environ:
        if name[: len(prefix)].upper() == prefix and os.environ.get(name):
            found[name.upper()] = name.upper() if os.environ.get(name.upper()) else name
    return found


def _of_environment(
    field: dataclasses.Field[Any], prefix: str, environment: Mapping[str, str]
) -> tuple[Any, str] | None:
    variables = field.metadata.get("variables")
    for variable in (prefix + field.name.upper(),) if variables is None else variables:
        name = environment.get(variable)
        if name is not None:
            return os.environ[name], f"from the environment variable {name}"
    return None


def _read(field: dataclasses.Field[Any], found: tuple[Any, str] | None, problems: list[str]) -> Any:
    """The value of a field; what is wrong with it is added to the problems."""
    reader = _reader(field)
    try:
        if found is None:
            value = _default(field)
            if value is dataclasses.MISSING:
                raise Unfit("it has to be set")
            return value
        value = reader.convert(found[0])
        if isinstance(value, dict) and reader.settings is not None:
            group = reader.settings.__new__(reader.settings)
            group._load(value, found[1])
            return group
    except ConfigError as exc:
        problems.extend(f"{field.name}.{message}" for message in exc.messages or ())
    except (TypeError, ValueError, OverflowError) as exc:
        problems.append(_wrong(field, found, exc))
    else:
        return value
    return _BAD


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _wrong(field: dataclasses.Field[Any], found: tuple[Any, str] | None, exc: Exception) -> str:
    reader = _reader(field)
    reason, hint = (exc.reason, exc.hint) if isinstance(exc, Unfit) else ("", "")
    value, source = found or (None, "without any source")
    because = f" ({reason})" if reason else ""
    return f"{field.name}: {reader.show(value)} {source} is wrong{because}; allowed is {reader.allowed}.{hint}"


def _unknown(name: str, fields: Iterable[str]) -> str:
    return f"{name}: there is no such setting.{nearest(name, fields)}"
