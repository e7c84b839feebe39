"""How long to wait before a request is sent again, and when to stop."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from infrahub_sdk import Config
from infrahub_sdk.core.retry import Budget, retry_after_seconds
from infrahub_sdk.exceptions import HTTPStatusError, RateLimitError
from tests.both import BOTH, play, settled
from tests.servers import ScriptedServer, answer
from tests.unit.fake import Fake, noting
from tests.unit.kinds import schema


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 7\t", 7.0),
        ("-7", 0.0),
        ("--7", None),
        ("-", None),
        ("1.5", None),
        ("1e400", None),
        ("999999999999999999", None),
        ("²", None),
        ("soon", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 00 Jan 0000 25:00:00 GMT", None),
    ],
)
def test_a_wait_that_the_server_asks_for_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header) == seconds


def test_a_date_is_waited_for() -> None:
    date = datetime.now(timezone.utc) + timedelta(minutes=5)
    found = retry_after_seconds(format_datetime(date, usegmt=True))
    assert found is not None
    assert 290 < found <= 300


def test_the_last_wait_ends_with_the_time() -> None:
    assert Budget(0).within(1e9) == 1e9  # as long as it takes
    left = Budget(60).within(1e9)
    assert left is not None
    assert 50 < left <= 60
    spent = Budget(1)
    spent.started -= 2
    assert spent.within(0.5) is None


@BOTH
def test_a_server_that_refuses_for_too_long_is_not_asked_again(client_class: Any) -> None:
    fake = Fake(schema())
    client = client_class(config=fake.config(retry_on_failure=True, max_retry_duration=1))
    waits: list[float] = []
    client._port.sleep = noting(waits)
    budget = Budget(1)

    async def test() -> None:
        from infrahub_sdk.core.sending import send

        budget.started -= 2
        fake.answers_json(429, {}, {"Retry-After": "60"})
        with pytest.raises(RateLimitError):
            await send(client, "GET", "http://infrahub.test:8000/api/config", budget=budget)

    play(client_class, test())
    assert (waits, len(fake.sent)) == ([], 1)


@BOTH
def test_a_login_has_no_more_time_than_the_request_that_needs_it(client_class: Any) -> None:
    login = answer(b"", "503 Service Unavailable")
    with ScriptedServer([login]) as server:
        config = Config(
            address=server.url, username="me", password="s3cret-word", retry_on_failure=True, retry_delay=0.001
        )
        client = client_class(config=config)

        async def test() -> None:
            from infrahub_sdk.core.sending import send

            with pytest.raises(HTTPStatusError, match="refused to login with HTTP 503"):
                await send(client, "GET", f"{server.url}/api/config", budget=Budget(1e-6))
            await settled(client.close())

        play(client_class, test())
    assert len(server.requests) == 1
