"""What is read as a point in time, and what can be done with it."""

from __future__ import annotations

import copy
import pickle
import sys
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import timestamp
from infrahub_sdk.exceptions import TimestampFormatError, ValidationError
from infrahub_sdk.timestamp import UTC, Timestamp

NOW = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))


class Stopped(datetime):
    """A clock that always shows the same."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return NOW


@pytest.fixture
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamp, "datetime", Stopped)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02t03:04:05z", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.000000Z"),
        ("2024-01-02T03:04:05-0230", "2024-01-02T05:34:05.000000Z"),
        ("2024-01-02T03:04:05+02", "2024-01-02T01:04:05.000000Z"),
        ("2024-01-02T03:04:05-00:00", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02T03:04:05+02:00:30", "2024-01-02T01:03:35.000000Z"),
        ("2024-01-02T03:04:05+00:00[UTC]", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02T03:04:05[UTC]", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02T03:04:05+01:00[Europe/Paris]", "2024-01-02T02:04:05.000000Z"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02T03:04", "2024-01-02T03:04:00.000000Z"),
        ("2024-01-02T03", "2024-01-02T03:00:00.000000Z"),
        ("20240102T030405Z", "2024-01-02T03:04:05.000000Z"),
        ("2024-01-02", "2024-01-02T12:00:00.000000Z"),
        ("20240102", "2024-01-02T12:00:00.000000Z"),
        ("2024-01-02T03:04:05.5Z", "2024-01-02T03:04:05.500000Z"),
        ("2024-01-02T03:04:05,25Z", "2024-01-02T03:04:05.250000Z"),
        ("2024-01-02T03:04:05.123456Z", "2024-01-02T03:04:05.123456Z"),
        ("2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123456Z"),
        ("2024-01-02T03:04:05.999999999Z", "2024-01-02T03:04:05.999999Z"),
        ("0001-01-01", "0001-01-01T12:00:00.000000Z"),
    ],
)
def test_iso_8601_is_read(text: str, expected: str) -> None:
    assert Timestamp(text).to_string() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no time zone database")
def test_a_zone_without_an_offset_is_looked_up() -> None:
    assert Timestamp("2024-07-02T03:04:05[Europe/Paris]") == Timestamp("2024-07-02T01:04:05Z")


@pytest.mark.usefixtures("_now")
@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("10s", timedelta(seconds=10)),
        ("10sec", timedelta(seconds=10)),
        ("1second", timedelta(seconds=1)),
        ("10 seconds", timedelta(seconds=10)),
        ("5m", timedelta(minutes=5)),
        ("5min", timedelta(minutes=5)),
        ("1minute", timedelta(minutes=1)),
        ("5minutes", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("2hours", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("3 days", timedelta(days=3)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("2h 30m", timedelta(hours=2, minutes=30)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("1.5h", timedelta(hours=1, minutes=30)),
        ("0.25s", timedelta(milliseconds=250)),
        ("5m ago", timedelta(minutes=5)),
        ("0s", timedelta(0)),
    ],
)
def test_how_long_ago_is_read(text: str, ago: timedelta) -> None:
    assert Timestamp(text).to_datetime() == NOW - ago


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write ISO 8601"),
        ("now", "Write ISO 8601"),
        ("ago", "Write ISO 8601"),
        ("h", "Write ISO 8601"),
        ("-5m", "Write ISO 8601"),
        ("2H", "Write ISO 8601"),
        ("2h2h", "Write ISO 8601"),
        ("30m2h", "Write ISO 8601"),
        ("branch-5m", "Write ISO 8601"),
        ("5mx", "Write ISO 8601"),
        ("1.h", "Write ISO 8601"),
        ("5", "Write ISO 8601"),
        ("1704164645", "Write ISO 8601"),
        (" 2024-01-02", "Write ISO 8601"),
        ("2024-01-02T03:04:05 Z", "Write ISO 8601"),
        ("2024-01-02Z", "Write ISO 8601"),
        ("2024-0102", "Write ISO 8601"),
        ("2024-W01-1", "Write ISO 8601"),
        ("2024-001", "Write ISO 8601"),
        ("2024-01-02T03:04:05.1234567890Z", "Write ISO 8601"),
        ("2024-01-02T03:04:05+02:60", "Write ISO 8601"),
        ("٢٠٢٤-01-02", "Write ISO 8601"),
        ("2024-02-30", "is not a point in time: day "),
        ("2024-13-01", "is not a point in time: month "),
        ("2024-01-02T24:00:00Z", "is not a point in time: hour "),
        ("2024-01-02T03:04:60Z", "is not a point in time: second "),
        ("2024-01-02T03:04:05+24:00", "is not a point in time: offset "),
        ("2024-01-02T03:04:05[Mars/Olympus]", "knows no time zone 'Mars/Olympus'"),
        ("2024-01-02T03:04:05[../../etc/passwd]", "knows no time zone"),
        ("0001-01-01T00:00:00+01:00", "not in the years 1 to 9999"),
        ("99999999999999h", "not in the years 1 to 9999"),
    ],
)
def test_anything_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TimestampFormatError) as caught:
        Timestamp(text)
    assert repr(text) in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("value", [5, 5.0, b"2024-01-02"])
def test_a_value_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(TimestampFormatError):
        Timestamp(value)


def test_without_a_value_it_is_now() -> None:
    before = datetime.now(UTC)
    assert before <= Timestamp().to_datetime() <= datetime.now(UTC)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2024, 1, 2, 3, 4, 5),
        datetime(2024, 1, 2, 4, 4, 5, tzinfo=timezone(timedelta(hours=1))),
        Timestamp("2024-01-02T03:04:05Z"),
    ],
)
def test_datetimes_and_timestamps_are_taken(value: Any) -> None:
    assert Timestamp(value).to_string() == "2024-01-02T03:04:05.000000Z"


@given(moment=MOMENTS, offset=st.integers(-1439, 1439))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back(moment: datetime, offset: int) -> None:
    zoned = Timestamp(moment.replace(tzinfo=timezone(timedelta(minutes=offset))))
    assert Timestamp(zoned.to_string()) == zoned
    assert Timestamp(zoned.to_string(with_z=False)) == zoned
    assert Timestamp(zoned.to_datetime().isoformat()) == zoned


def test_it_is_written_with_z_or_with_an_offset() -> None:
    moment = Timestamp("2024-01-02T03:04:05Z")
    assert moment.to_string() == "2024-01-02T03:04:05.000000Z"
    assert moment.to_string(with_z=False) == "2024-01-02T03:04:05.000000+00:00"
    assert repr(moment) == str(moment) == "Timestamp: 2024-01-02T03:04:05.000000Z"


@pytest.mark.parametrize(
    ("text", "seconds"), [("1970-01-01T00:00:00.9Z", 0), ("1969-12-31T23:59:59.5Z", -1), ("2024-01-02", 1704196800)]
)
def test_seconds_are_counted_from_1970(text: str, seconds: int) -> None:
    assert Timestamp(text).to_timestamp() == seconds


def test_it_gives_a_datetime_in_utc() -> None:
    moment = Timestamp("2024-01-02T03:04:05+02:00")
    assert moment.to_datetime() == datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert moment.to_datetime().tzinfo is UTC
    assert moment.get_obj() == moment.to_datetime()


@pytest.mark.parametrize(
    ("start", "units", "expected"),
    [
        ("2024-01-31", {"months": 1}, "2024-02-29T12:00:00.000000Z"),
        ("2024-01-31", {"months": 13}, "2025-02-28T12:00:00.000000Z"),
        ("2024-01-31", {"months": -2}, "2023-11-30T12:00:00.000000Z"),
        ("2024-02-29", {"years": 1}, "2025-02-28T12:00:00.000000Z"),
        ("2024-01-31", {"years": 1, "months": 1, "days": 1, "hours": 1.5}, "2025-03-01T13:30:00.000000Z"),
        ("2024-12-31", {"weeks": 1}, "2025-01-07T12:00:00.000000Z"),
        ("2024-01-01", {"minutes": 90, "seconds": -0.5}, "2024-01-01T13:29:59.500000Z"),
        ("2024-01-01", {"milliseconds": 1, "microseconds": 1, "nanoseconds": 1999}, "2024-01-01T12:00:00.001002Z"),
        ("9999-11-30", {"months": 1}, "9999-12-30T12:00:00.000000Z"),
        ("2024-01-01", {}, "2024-01-01T12:00:00.000000Z"),
    ],
)
def test_it_is_moved_by_units(start: str, units: dict[str, Any], expected: str) -> None:
    assert Timestamp(start).add(**units).to_string() == expected
    backwards = {unit: -count for unit, count in units.items()}
    assert Timestamp(start).subtract(**backwards).to_string() == expected


@pytest.mark.parametrize(
    "units", [{"years": 9000}, {"years": -3000}, {"days": 10**9}, {"hours": 1e12}, {"months": 10**9}]
)
def test_it_cannot_be_moved_out_of_the_calendar(units: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="there are the years 1 to 9999"):
        Timestamp("2024-01-01").add(**units)


@given(moment=MOMENTS, seconds=st.integers(-(10**9), 10**9), days=st.integers(-1000, 1000))
@settings(max_examples=50, deadline=None)
def test_subtracting_undoes_adding(moment: datetime, seconds: int, days: int) -> None:
    start = Timestamp(moment)
    assert start.add(days=days, seconds=seconds).subtract(days=days, seconds=seconds) == start


def test_moving_makes_a_new_timestamp_of_the_same_class() -> None:
    class Mine(Timestamp):
        __slots__ = ()

    start = Mine("2024-01-01")
    assert isinstance(start.add(days=1), Mine)
    assert start == Timestamp("2024-01-01")


def test_timestamps_are_ordered() -> None:
    early, late = Timestamp("2024-01-01T12:00:00+02:00"), Timestamp("2024-01-01T11:00:00Z")
    assert early < late
    assert early <= late
    assert late > early
    assert late >= early
    assert not late < early
    assert early != late


def test_the_same_moment_is_equal_and_has_the_same_hash() -> None:
    one, other = Timestamp("2024-01-01T12:00:00+02:00"), Timestamp("2024-01-01T10:00:00Z")
    assert one == other
    assert len({one, other}) == 1


def test_only_timestamps_are_compared() -> None:
    moment: Any = Timestamp("2024-01-01")
    assert moment != "2024-01-01"
    for compare in (moment.__lt__, moment.__gt__, moment.__le__, moment.__ge__):
        assert compare("2024-01-01") is NotImplemented


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copy_is_equal(duplicate: Any) -> None:
    assert duplicate(Timestamp("2024-01-01")) == Timestamp("2024-01-01")


def test_old_names_work_with_a_warning() -> None:
    moment = Timestamp("2024-01-01")
    with pytest.warns(UserWarning, match=r"add_delta\(\) is deprecated. Use add\(\)"):
        assert moment.add_delta(hours=1, minutes=1).to_string() == "2024-01-01T13:01:00.000000Z"
    with pytest.warns(UserWarning, match=r"obj is deprecated. Use to_datetime\(\)"):
        assert moment.obj == moment.to_datetime()
