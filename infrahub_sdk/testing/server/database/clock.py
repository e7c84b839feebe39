"""Times: microseconds since 1970 inside, text outside."""

from __future__ import annotations

from datetime import datetime, timezone

from infrahub_sdk.exceptions import TimestampFormatError
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.timestamp import Timestamp

__all__ = ["microseconds", "shown"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def shown(microseconds: int) -> str:
    """A time as the server shows it.

    >>> shown(1700000000123456)
    '2023-11-14T22:13:20.123456+00:00'
    """
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.{rest:06}+00:00"


def microseconds(text: str) -> int:
    """A time out of text: ISO 8601, where a day stands for its noon, or how long ago, such as `2h30m`.

    Raises:
        Refused: It is no time.

    >>> microseconds("2023-11-14T22:13:20.123456Z")
    1700000000123456
    """
    try:
        since = Timestamp(text).to_datetime() - _EPOCH
    except TimestampFormatError:
        raise Refused(f"{text!r} is no time: write ISO 8601, or how long ago, such as 2h30m", status=400) from None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
