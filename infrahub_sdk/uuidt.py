"""Identifiers that sort by the time when they were made."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["BASE", "CHARACTERS", "DEFAULT_NAMESPACE", "DIVISOR", "HOSTNAME", "UUIDT", "encode_number", "generate_uuid"]

BASE = 16
DIVISOR = BASE - 1
CHARACTERS = list("0123456789abcdef")
# The name that socket.gethostname() gives, at a hundredth of the time that importing socket takes.
HOSTNAME = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "localhost")
DEFAULT_NAMESPACE = __file__.rpartition(os.sep)[0]


def generate_uuid() -> str:
    """A new identifier as text; `infrahub_sdk.utils.generate_uuid()` gives a random one."""
    return str(UUIDT())


def encode_number(number: int, min_length: int) -> str:
    """Hexadecimal digits of a number, with random digits behind them up to a length.

    >>> encode_number(255, 2)
    'ff'
    """
    digits = f"{number:x}"
    return digits + _random_digits(min_length - len(digits))


def _random_digits(count: int) -> str:
    return os.urandom((count + 1) // 2).hex()[:count] if count > 0 else ""


@lru_cache(maxsize=32)
def _digits_of(name: str) -> str:
    return f"{sum(map(ord, name)):x}"


def _now() -> int:
    """Nanoseconds since 1970, a little later each time: some clocks stand still for 15 ms."""
    global _latest  # noqa: PLW0603
    _latest = max(time.time_ns(), _latest + 1)
    return _latest


_latest = 0


class UUIDT:
    """An identifier: 16 digits for the time, 4 for the host, 4 for a namespace and 8 at random.

    Args:
        namespace: A name to tell programs apart.
        timestamp: Nanoseconds since 1970; now by default.
        hostname: The host's name; this host by default.
        random_chars: The random digits; made up by default.

    >>> str(UUIDT(timestamp=1700000000000000000, hostname="switch.example", namespace="inventory"))[:18]
    '17979cfe-362a-0000'
    """

    def __init__(
        self,
        namespace: str | None = None,
        timestamp: int | None = None,
        hostname: str | None = None,
        random_chars: str | None = None,
    ) -> None:
        self.namespace = namespace or DEFAULT_NAMESPACE
        self.timestamp = timestamp or _now()
        self.hostname = hostname or HOSTNAME
        digits = _random_digits(16)  # from the system in one go: each time takes half a microsecond
        self.random_chars = random_chars or digits[:8]
        moment = encode_number(self.timestamp, 16)
        host = (_digits_of(self.hostname) + digits[8:])[:4]
        space = (_digits_of(self.namespace) + digits[12:])[:4]
        self._text = f"{moment[:8]}-{moment[8:12]}-{moment[12:16]}-{host}-{space}{self.random_chars[:8]}"

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"UUIDT({self._text!r})"

    def short(self) -> str:
        """The last 8 digits, which are random."""
        return self._text[-8:]

    @classmethod
    def new(cls, namespace: str | None = None) -> UUID:
        """A new identifier as a `uuid.UUID`.

        Args:
            namespace: A name to tell programs apart.
        """
        from uuid import UUID

        return UUID(str(cls(namespace)))
