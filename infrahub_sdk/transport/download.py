"""The body of an answer that is read while it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.transport.body import TooLong, collected
from infrahub_sdk.transport.head import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Download"]


class Download:
    """Blocks of a body, and the connection that they come from.

    Args:
        blocks: The body.
        finish: Called once, with whether the body was read to its end.
        failure: Makes the error for what goes wrong meanwhile.
        limit: How many bytes may be held at once.

    Attributes:
        is_begun: Some of it was handed out, so it can no longer be had as a whole.
    """

    __slots__ = ("_blocks", "_failure", "_finish", "_limit", "is_begun")

    def __init__(
        self,
        blocks: Iterator[bytes],
        finish: Callable[[bool], None],
        failure: Callable[[Exception], Exception],
        limit: int,
    ) -> None:
        self._blocks = blocks
        self._finish: Callable[[bool], None] | None = finish
        self._failure = failure
        self._limit = limit
        self.is_begun = False

    def read(self) -> bytes:
        """The whole body. Raises `ResponseProtocolError` if it is longer than what may be held."""
        try:
            return collected(self, self._limit)
        except TooLong as exc:
            self.close()
            raise self._failure(exc) from exc

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._finish is None:
            raise StopIteration
        self.is_begun = True
        try:
            return next(self._blocks)
        except StopIteration:
            self._end(is_complete=True)
            raise
        except (OSError, Malformed, TooLong) as exc:
            self._end(is_complete=False)
            raise self._failure(exc) from exc
        except BaseException:
            self._end(is_complete=False)
            raise

    def close(self) -> None:
        """Drop what is left, and the connection with it."""
        self._end(is_complete=False)

    def _end(self, *, is_complete: bool) -> None:
        finish, self._finish = self._finish, None
        if finish is not None:
            finish(is_complete)

    def __del__(self) -> None:
        self.close()
