"""Time limits of an exchange."""

from __future__ import annotations

from typing import NamedTuple

from infrahub_sdk.exceptions import ValidationError

__all__ = ["Timeouts"]


class Timeouts(NamedTuple):
    """How long the parts of an exchange may take, in seconds. None means no limit.

    Args:
        connect: Until a usable connection stands: name resolution, TCP, proxy and TLS together.
        read: Silence: before the first byte of the answer, between two bytes of it, or until the server takes more of
            the request.
        total: From the call to the last byte of the answer, redirects included.

    >>> Timeouts(connect=5, read=60)
    Timeouts(connect=5, read=60, total=None)
    """

    connect: float | None = None
    read: float | None = None
    total: float | None = None

    def narrowed(self, timeout: Timeouts | float | None) -> Timeouts:
        """These limits with what a single request asks for on top.

        Args:
            timeout: Limits that replace these, or the seconds of silence that the request bears, or None to change
                nothing. A number also caps the time to connect: who waits 2 s for an answer does not wait 60 s for a
                connection.

        Returns:
            The limits to apply.

        Raises:
            ValidationError: The number is not greater than 0.

        >>> Timeouts(connect=10, read=60).narrowed(2)
        Timeouts(connect=2, read=2, total=None)
        """
        if isinstance(timeout, Timeouts):
            return timeout
        if not isinstance(timeout, (int, float)):
            return self
        if timeout <= 0:
            raise ValidationError("timeout", f"{timeout!r} is not a number of seconds greater than 0.")
        connect = timeout if self.connect is None else min(self.connect, timeout)
        return Timeouts(connect, timeout, self.total)
