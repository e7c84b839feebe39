"""What the server refuses."""

from __future__ import annotations

from typing import Any

__all__ = ["FieldsRefused", "Refused"]


class Refused(Exception):
    """Something that a client asked for and does not get.

    Args:
        message: Why.
        code: What the answer says in `extensions.code`.
        status: The status of HTTP that goes with it.
        data: What the answer says in `extensions.data`.
    """

    def __init__(
        self, message: str, code: str = "UNDEFINED_ERROR", status: int = 422, data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.data = data or {}


class FieldsRefused(Refused):
    """Several fields of one input are refused; the answer has an error for each.

    Args:
        fields: Why, by the names of the fields.
    """

    def __init__(self, fields: dict[str, Refused]) -> None:
        super().__init__(", ".join(refused.message for refused in fields.values()))
        self.fields = fields
