"""Times: microseconds since 1970 inside, text outside."""

from __future__ import annotations

from datetime import datetime, timezone

from infrahub_sdk.testing.server.errors import Refused

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
    """A time out of text.

    Raises:
        Refused: It is no time.

    >>> microseconds("2023-11-14T22:13:20.123456Z")
    1700000000123456
    """
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(f"{text!r} is no time of ISO 8601", status=400) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    seconds = (moment - _EPOCH).days * 86_400 + (moment - _EPOCH).seconds
    return seconds * 1_000_000 + moment.microsecond
