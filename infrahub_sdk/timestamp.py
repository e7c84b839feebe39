"""A point in time, as the server writes and reads it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from infrahub_sdk.exceptions import TimestampFormatError, ValidationError

if TYPE_CHECKING:
    from typing_extensions import Literal, Self

__all__ = ["UTC", "Timestamp", "TimestampFormatError"]

UTC = timezone.utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

# ISO 8601 calendar dates, extended or basic. datetime.fromisoformat() reads neither `Z` nor nanoseconds until 3.10.
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?P<time>[Tt ](?P<hour>\d\d)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>[0-5]\d)(?::?(?P<seconds>[0-5]\d))?)?)?"
    r"(?:\[(?P<zone>[\w./+-]+)\])?)?",
    re.ASCII,
)

_UNITS = {"days": "d|days?", "hours": "h|hours?", "minutes": "m|min|minutes?", "seconds": "s|sec|seconds?"}
_AGO = re.compile(
    r"(?=\d)"
    + r"\s*".join(rf"(?:(?P<{unit}>\d+(?:\.\d+)?)\s*(?:{names}))?" for unit, names in _UNITS.items())
    + r"(?:\s+ago)?",
    re.ASCII,
)


class Timestamp:
    """A point in time in UTC, with the precision of a microsecond.

    Args:
        value: A text, a `datetime` (UTC if it has no zone), another timestamp, or None for now. A text is

            - ISO 8601, such as `2024-01-31T12:00:00Z`; without offset or zone it is UTC, without time of day noon;
            - or how long ago, such as `90s`, `2h30m`, `1.5h` or `1d`.

    Raises:
        TimestampFormatError: The text is neither, or there is no such day.

    >>> Timestamp("2024-01-31T12:00:00+02:00").add(months=1)
    Timestamp: 2024-02-29T10:00:00.000000Z
    """

    __slots__ = ("_moment",)

    _moment: datetime

    def __init__(self, value: str | datetime | Timestamp | None = None) -> None:
        if value is None:
            self._moment = datetime.now(UTC)
        elif isinstance(value, Timestamp):
            self._moment = value._moment
        elif isinstance(value, datetime):
            self._moment = (value.replace(tzinfo=UTC) if value.utcoffset() is None else value).astimezone(UTC)
        else:
            self._moment = _parse(value)

    @property
    def obj(self) -> datetime:
        """Deprecated: use `to_datetime()`."""
        _deprecated("obj", "to_datetime()")
        return self._moment

    def get_obj(self) -> datetime:
        """The same as `to_datetime()`."""
        return self._moment

    def to_datetime(self) -> datetime:
        """The point in time as a `datetime` in UTC."""
        return self._moment

    def to_timestamp(self) -> int:
        """Whole seconds since 1970."""
        return (self._moment - _EPOCH) // _SECOND

    def to_string(self, with_z: bool = True) -> str:
        """The point in time in ISO 8601, with microseconds.

        Args:
            with_z: Write UTC as `Z`, not as `+00:00`.
        """
        text = self._moment.isoformat(timespec="microseconds")
        return f"{text[:-6]}Z" if with_z and text.endswith("+00:00") else text

    def add(
        self,
        years: int = 0,
        months: int = 0,
        weeks: int = 0,
        days: int = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
        microseconds: float = 0,
        nanoseconds: int = 0,
        disambiguate: Literal["compatible"] = "compatible",
    ) -> Self:
        """A later point in time, or an earlier one for negative numbers.

        Args:
            years: Calendar years; like months, they end on the last day of the month if the day does not exist there.
            months: Calendar months.
            weeks: Weeks.
            days: Days.
            hours: Hours.
            minutes: Minutes.
            seconds: Seconds.
            milliseconds: Thousandths of a second.
            microseconds: Millionths of a second.
            nanoseconds: Billionths of a second; what is less than a microsecond is lost.
            disambiguate: Of no effect, as UTC has every time of day once.

        Raises:
            ValidationError: The result is not in the years 1 to 9999.
        """
        try:
            exact = timedelta(
                weeks=weeks,
                days=days,
                hours=hours,
                minutes=minutes,
                seconds=seconds,
                milliseconds=milliseconds,
                microseconds=microseconds + int(nanoseconds / 1000),
            )
            return type(self)(_add_months(self._moment, years * 12 + months) + exact)
        except (OverflowError, ValueError) as exc:
            raise ValidationError(
                "Timestamp", f"{self.to_string()} cannot be moved so far; there are the years 1 to 9999."
            ) from exc

    def subtract(
        self,
        years: int = 0,
        months: int = 0,
        weeks: int = 0,
        days: int = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
        microseconds: float = 0,
        nanoseconds: int = 0,
        disambiguate: Literal["compatible"] = "compatible",
    ) -> Self:
        """An earlier point in time; the arguments are those of `add()`."""
        return self.add(
            years=-years,
            months=-months,
            weeks=-weeks,
            days=-days,
            hours=-hours,
            minutes=-minutes,
            seconds=-seconds,
            milliseconds=-milliseconds,
            microseconds=-microseconds,
            nanoseconds=-nanoseconds,
            disambiguate=disambiguate,
        )

    def add_delta(self, hours: int = 0, minutes: int = 0, seconds: int = 0, microseconds: int = 0) -> Self:
        """Deprecated: use `add()`."""
        _deprecated("add_delta()", "add()")
        return self.add(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)

    def __repr__(self) -> str:
        return f"Timestamp: {self.to_string()}"

    def __hash__(self) -> int:
        return hash(self._moment)

    def __eq__(self, other: object) -> bool:
        return self._moment == other._moment if isinstance(other, Timestamp) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._moment < other._moment if isinstance(other, Timestamp) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._moment > other._moment if isinstance(other, Timestamp) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._moment <= other._moment if isinstance(other, Timestamp) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._moment >= other._moment if isinstance(other, Timestamp) else NotImplemented


def _parse(text: Any) -> datetime:
    for form, read in ((_ISO, _from_iso), (_AGO, _from_ago)):
        match = form.fullmatch(text) if isinstance(text, str) else None
        if match is not None:
            try:
                return read(match)
            except ValueError as exc:
                raise TimestampFormatError(f"{text!r} is not a point in time: {exc}.") from exc
            except OverflowError as exc:
                raise TimestampFormatError(f"{text!r} is not in the years 1 to 9999.") from exc
    raise TimestampFormatError(
        f"{text!r} is not a point in time."
        " Write ISO 8601 such as 2024-01-31T12:00:00Z, or how long ago such as 2h30m, 90s or 1d."
    )


def _from_iso(match: re.Match[str]) -> datetime:
    part = match.groupdict(default="0")
    fraction = int(f"{part['fraction']:0<6}"[:6])
    hour = int(part["hour"]) if match["time"] else 12
    date = (int(part["year"]), int(part["month"]), int(part["day"]))
    return datetime(*date, hour, int(part["minute"]), int(part["second"]), fraction, _zone(match)).astimezone(UTC)


def _zone(match: re.Match[str]) -> tzinfo:
    """The zone of an ISO text; an offset counts more than a name."""
    if match["sign"]:
        offset = timedelta(**{unit: int(match[unit] or 0) for unit in ("hours", "minutes", "seconds")})
        return timezone(-offset if match["sign"] == "-" else offset)
    if match["zone"] in {None, "UTC"}:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(match["zone"])
    except (LookupError, OSError, ValueError) as exc:
        raise ValueError(f"this host knows no time zone {match['zone']!r}") from exc


def _from_ago(match: re.Match[str]) -> datetime:
    return datetime.now(UTC) - timedelta(**{unit: float(match[unit] or 0) for unit in _UNITS})


def _add_months(moment: datetime, months: int) -> datetime:
    """A date months later; the last day of that month if it has no such day."""
    from calendar import monthrange

    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _deprecated(name: str, instead: str) -> None:
    import warnings

    warnings.warn(f"Timestamp.{name} is deprecated. Use {instead}.", UserWarning, stacklevel=3)
