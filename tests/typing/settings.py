"""Settings, requesters, recorders, loggers and errors, as programs use them."""

from __future__ import annotations

import json
import logging
import ssl
import sys
from pathlib import Path
from typing import Any, Optional

from typing_extensions import assert_type

import infrahub_sdk
from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.constants import InfrahubClientMode, Priority
from infrahub_sdk.exceptions import (
    AuthenticationError,
    Error,
    GraphQLError,
    SchemaNotFoundError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
)
from infrahub_sdk.graphql import Mutation, Query
from infrahub_sdk.recorder import Recorder
from infrahub_sdk.transport import Response
from infrahub_sdk.types import AsyncRequester, HTTPMethod, InfrahubLoggers, SyncRequester


class Kept:
    """Keeps the answers that a client gets."""

    def __init__(self) -> None:
        self.answers: list[Response] = []

    def record(self, response: Response) -> None:
        self.answers.append(response)


def answer(
    url: str, method: HTTPMethod, headers: dict[str, Any], timeout: int, payload: dict[str, Any] | None = None
) -> Response:
    body = {"data": {"method": method.value, "headers": sorted(headers), "timeout": timeout, "payload": payload}}
    return Response(200, headers={"content-type": "application/json"}, content=json.dumps(body).encode(), url=url)


async def answer_later(
    url: str, method: HTTPMethod, headers: dict[str, Any], timeout: int, payload: dict[str, Any] | None = None
) -> Response:
    return answer(url=url, method=method, headers=headers, timeout=timeout, payload=payload)


def settings() -> Config:
    recorder: Recorder = Kept()
    logger: InfrahubLoggers = logging.getLogger("program")
    requester: AsyncRequester = answer_later
    sync_requester: SyncRequester = answer
    config = Config(
        address="https://infrahub.example.com",
        api_token="x",
        default_branch="main",
        insert_tracker=True,
        max_concurrent_execution=10,
        mode=InfrahubClientMode.TRACKING,
        pagination_size=100,
        priority=Priority.HIGH,
        retry_on_failure=True,
        timeout=10,
        connect_timeout=2.5,
        tls_ca_file=str(Path("ca.pem")),
        proxy="http://proxy.example.com:3128",
        custom_recorder=recorder,
        log=logger,
        requester=requester,
        sync_requester=sync_requester,
    )
    config.set_ssl_context(ssl.create_default_context())
    config.pagination_size = 200
    assert_type(config.address, str)
    assert_type(config.api_token, Optional[str])
    assert_type(config.timeout, float)
    assert_type(config.connect_timeout, Optional[float])
    assert_type(config.retry_status_codes, "list[int]")
    assert_type(config.tls_context, ssl.SSLContext)
    assert_type(config.clone(branch="other"), Config)
    return config


def clients(config: Config) -> list[str]:
    made = [InfrahubClientSync(config=config), InfrahubClientSync("http://localhost:8000")]
    made.append(InfrahubClientSync(config={"address": "http://localhost:8000", "timeout": 10}))
    other: list[InfrahubClient] = [InfrahubClient(config=config), InfrahubClient(address="http://localhost:8000")]
    assert_type(made[0].default_branch, str)
    assert_type(other[0].pagination_size, int)
    return [client.address for client in [*made, *other]]


def documents() -> str:
    query = Query(
        name="Sites",
        query={"LocationSite": {"@filters": {"name__value": "$name"}, "count": None}},
        variables={"name": str},
    )
    mutation = Mutation(
        mutation="BuiltinTagCreate",
        input_data={"data": {"name": {"value": "red"}}},
        query={"ok": None, "object": {"id": None}},
    )
    assert_type(query.render(), str)
    return query.render() + mutation.render()


def main() -> int:
    with InfrahubClientSync(config=settings()) as client:
        try:
            data = client.execute_graphql(documents())
        except GraphQLError as error:
            for entry in error.errors:
                print(entry["message"])
            print(error.query, error.variables)
            return 1
        except AuthenticationError as error:
            print(error.message)
            return 1
        except (ServerNotReachableError, ServerNotResponsiveError) as error:
            print(error, error.__cause__)
            return 1
        except SchemaNotFoundError as error:
            assert_type(error.identifier, str)
            return 1
        except ValidationError as error:
            print(error.identifier, error.messages)
            return 1
        except Error as error:
            assert_type(error.message, str)
            return 1
    print(infrahub_sdk.__version__, data, clients(client.config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
