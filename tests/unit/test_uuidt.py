"""Identifiers that sort by the time when they were made."""

from __future__ import annotations

import re
import time
import uuid

import pytest

from infrahub_sdk import uuidt
from infrahub_sdk.uuidt import UUIDT, encode_number, generate_uuid

TIME = 1700000000000000000


def test_each_part_has_its_place() -> None:
    text = str(UUIDT(namespace="ns", timestamp=TIME, hostname="vm", random_chars="0123456789"))
    assert re.fullmatch("17979cfe-362a-0000-e3[0-9a-f]{2}-e1[0-9a-f]{2}01234567", text)


def test_long_names_do_not_make_it_longer() -> None:
    text = str(UUIDT(namespace="é" * 1000, timestamp=2**70, hostname="x" * 1000))
    assert str(uuid.UUID(text)) == text


def test_it_does_not_change() -> None:
    identifier = UUIDT(namespace="n", hostname="h")
    assert {str(identifier) for _ in range(20)} == {str(identifier)}
    assert repr(identifier) == f"UUIDT('{identifier}')"


def test_what_is_not_given_is_this_host_and_this_package_and_now() -> None:
    before = time.time_ns()
    identifier = UUIDT()
    assert before <= identifier.timestamp <= time.time_ns()
    assert (identifier.hostname, identifier.namespace) == (uuidt.HOSTNAME, uuidt.DEFAULT_NAMESPACE)


def test_later_ones_sort_behind_earlier_ones() -> None:
    texts = [str(UUIDT(timestamp=TIME + step * 1000)) for step in range(50)]
    assert sorted(texts) == texts


def test_no_two_are_alike() -> None:
    assert len({str(UUIDT(timestamp=TIME)) for _ in range(1000)}) == 1000


def test_short_is_the_random_part() -> None:
    identifier = UUIDT(random_chars="89abcdef")
    assert identifier.short() == "89abcdef"
    assert str(identifier).endswith(identifier.short())


def test_new_is_a_uuid() -> None:
    assert isinstance(UUIDT.new(namespace="ns"), uuid.UUID)


def test_generate_uuid_is_the_text_of_a_uuid() -> None:
    text = generate_uuid()
    assert str(uuid.UUID(text)) == text


@pytest.mark.parametrize(
    ("number", "length", "digits", "padding"), [(255, 4, "ff", 2), (16, 1, "10", 0), (0, 3, "0", 2), (5, 0, "5", 0)]
)
def test_numbers_are_filled_up_with_random_digits(number: int, length: int, digits: str, padding: int) -> None:
    assert re.fullmatch(f"{digits}[0-9a-f]{{{padding}}}", encode_number(number, length))


def test_they_are_in_order_where_the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns() + 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)
    texts = [generate_uuid() for _ in range(100)]
    assert sorted(set(texts)) == texts
