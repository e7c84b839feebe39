"""Faults on request, as clients meet them."""

from __future__ import annotations

import time
from typing import Any, Callable

import pytest

from infrahub_sdk.exceptions import RateLimitError, ServerNotReachableError, ServerNotResponsiveError
from infrahub_sdk.testing import Fault, LocalInfrahub
from infrahub_sdk.testing.server.web.faults import Faults
from tests.both import BOTH, play, settled

ClientOf = Callable[..., Any]


@BOTH
def test_a_status_on_request_is_met_so_many_times(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        fault = infrahub.faults.add(Fault(status=503, times=2))
        client = client_of(client_class, retry_on_failure=True, retry_delay=0.001)
        assert await settled(client.count("BuiltinTag")) == 0
        assert fault.met == 2

    play(client_class, test())


@BOTH
def test_too_many_requests_say_when_to_come_back(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        infrahub.faults.add(Fault(status=429, retry_after=0))
        client = client_of(client_class)
        assert await settled(client.count("BuiltinTag")) == 0
        infrahub.faults.add(Fault(status=429, retry_after=0, times=None))
        with pytest.raises(RateLimitError):
            await settled(client_of(client_class, rate_limit_max_retries=1).count("BuiltinTag"))

    play(client_class, test())


@BOTH
def test_a_create_whose_answer_is_lost_has_been_carried_out_and_is_found(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        fault = infrahub.faults.add(Fault(close="after", pattern="BuiltinTagCreate"))
        client = client_of(client_class)
        tag = await settled(client.create("BuiltinTag", name="red"))
        await settled(tag.save())
        assert fault.met == 1
        assert [item.id for item in await settled(client.all("BuiltinTag"))] == [tag.id]

    play(client_class, test())


@BOTH
def test_a_connection_that_is_closed_before_carries_out_nothing(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        infrahub.faults.add(Fault(close="before", times=None, pattern="Mutation|mutation"))
        client = client_of(client_class)
        with pytest.raises(ServerNotReachableError):
            await settled(client.execute_graphql('mutation { BuiltinTagDelete(data: {id: "x"}) { ok } }'))
        assert await settled(client.count("BuiltinTag")) == 0

    play(client_class, test())


@BOTH
def test_an_answer_that_takes_too_long_runs_out_of_time(
    infrahub: LocalInfrahub, client_of: ClientOf, client_class: type[Any]
) -> None:
    async def test() -> None:
        infrahub.faults.add(Fault(delay=2, pattern="BuiltinTag"))
        client = client_of(client_class, total_timeout=0.2)
        started = time.monotonic()
        with pytest.raises(ServerNotResponsiveError):
            await settled(client.count("BuiltinTag"))
        assert time.monotonic() - started < 1.5

    play(client_class, test())


def test_the_first_fault_that_fits_is_met_and_a_pattern_looks_into_the_body() -> None:
    faults = Faults()
    first = faults.add(Fault(status=500, pattern="BuiltinTag", times=1))
    second = faults.add(Fault(status=502, pattern="^POST /graphql/main", times=None))
    assert faults.take("POST /graphql/main", b"{ BuiltinTag }") is first
    assert faults.take("POST /graphql/main", b"{ BuiltinTag }") is second
    assert faults.take("GET /api/schema") is None
    faults.clear()
    assert faults.take("POST /graphql/main", b"{ BuiltinTag }") is None


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"close": "maybe"}, "close"),
        ({"close": []}, "close"),
        ({"status": 200}, "status"),
        ({"status": "503"}, "status"),
        ({"status": 503, "close": "before"}, "not both"),
        ({"retry_after": 1}, "retry_after"),
        ({"delay": -1}, "delay"),
        ({"delay": float("nan")}, "delay"),
        ({"times": 0}, "times"),
        ({"pattern": "("}, "regular expression"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_at_once(fields: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Fault(**fields)
