"""Passwords: only what proves them is kept."""

from __future__ import annotations

import hashlib
import hmac
import os

__all__ = ["hashed", "matches"]

_ROUNDS = 5_000  # a few milliseconds; this server guards nothing that is worth more


def hashed(password: str) -> str:
    """What is kept of a password."""
    salt = os.urandom(16)
    return f"pbkdf2${salt.hex()}${_digest(password, salt)}"


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one that this was kept of.

    >>> matches("right", hashed("right")), matches("wrong", hashed("right")), matches("any", None)
    (True, False, False)
    """
    name, _, rest = (kept or "").partition("$")
    salt, _, digest = rest.partition("$")
    return name == "pbkdf2" and hmac.compare_digest(_digest(password, bytes.fromhex(salt)), digest)


def _digest(password: str, salt: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS).hex()
