"""Paths that programs import; the models themselves are in `schema.document` and `schema.attribute`."""

from __future__ import annotations
