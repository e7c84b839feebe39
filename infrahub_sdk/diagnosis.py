"""How far the way to the server goes, and where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Diagnosis", "Step"]


class Step(NamedTuple):
    """One step on the way.

    Attributes:
        name: `name`, `route`, `proxy`, `tcp`, `tunnel`, `tls`, `http`, `version` or `token`; `requester` instead of
            the first ones where the program sends its requests itself.
        ok: Whether it went well.
        detail: What was found.
        seconds: How long it took; None for what takes no time.
    """

    name: str
    ok: bool
    detail: str
    seconds: float | None = None


class Diagnosis:
    """What `client.diagnose()` found. Printed, it is a table.

    Attributes:
        address: The server's address, without credentials.
        steps: The steps in their order. One that failed is the last.
        remedy: What to change; empty if all is well, or if nobody knows.

    >>> print(Diagnosis("http://infrahub:8000", [Step("name", True, "infrahub is 10.0.0.5", 0.0021),
    ...     Step("tcp", False, "Connection refused (10.0.0.5 port 8000)", 0.0004)], "Check address (INFRAHUB_ADDRESS)"))
    http://infrahub:8000: stops at tcp
      name  ok       0.002 s  infrahub is 10.0.0.5
      tcp   FAILED   0.000 s  Connection refused (10.0.0.5 port 8000)
    Check address (INFRAHUB_ADDRESS).
    """

    __slots__ = ("address", "remedy", "steps")

    def __init__(self, address: str, steps: Sequence[Step], remedy: str = "") -> None:
        self.address = address
        self.steps = tuple(steps)
        self.remedy = remedy

    @property
    def failed(self) -> Step | None:
        """The step that failed, or None."""
        return next((step for step in self.steps if not step.ok), None)

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return self.failed is None

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        failed = self.failed
        lines = [f"{self.address}: {'all is well' if failed is None else f'stops at {failed.name}'}"]
        width = max((len(step.name) for step in self.steps), default=0)
        for step in self.steps:
            took = "" if step.seconds is None else f"{step.seconds:.3f} s"
            lines.append(f"  {step.name:{width}}  {'ok' if step.ok else 'FAILED':6}  {took:>8}  {step.detail}")
        if self.remedy:
            lines.append(f"{self.remedy}.")
        return "\n".join(lines)

    __repr__ = __str__
