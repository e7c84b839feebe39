from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import constants
from infrahub_sdk.constants import Priority
from infrahub_sdk.context import ContextAccount, RequestContext
from infrahub_sdk.data import RepositoryBranchInfo, RepositoryData, ServerInfo
from infrahub_sdk.enums import OrderDirection
from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.graphql import convert_to_graphql_as_string, render_input_block
from infrahub_sdk.types import (
    AsyncRequester,
    HTTPMethod,
    InfrahubLogger,
    NodeMetaOrder,
    Order,
    OrderByEntry,
    RequesterTransport,
    SyncRequester,
)

if TYPE_CHECKING:
    from infrahub_sdk.types import InfrahubLoggers


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (Order(), "{  }"),
        (Order(disable=True), "{ disable: true }"),
        (Order(by=[OrderByEntry(field="name__value")]), '{ by: [{ field: "name__value", direction: ASC }] }'),
        (
            Order.model_validate({"by": [{"field": "a", "direction": "DESC"}]}),
            '{ by: [{ field: "a", direction: DESC }] }',
        ),
        (Order(node_metadata=NodeMetaOrder(created_at=OrderDirection.ASC)), "{ node_metadata: { created_at: ASC } }"),
        (NodeMetaOrder(updated_at=OrderDirection.DESC), "{ updated_at: DESC }"),
    ],
)
def test_an_order_is_rendered_without_what_is_not_said(order: Order | NodeMetaOrder, text: str) -> None:
    assert convert_to_graphql_as_string(order) == text


def test_an_order_stands_on_one_line_of_an_input() -> None:
    assert render_input_block({"order": Order(disable=True)}, 0) == ["order: { disable: true }"]


def test_an_order_is_by_fields_or_by_metadata() -> None:
    with pytest.raises(ValidationError, match="by and node_metadata exclude each other"):
        Order(by=[OrderByEntry(field="a")], node_metadata=NodeMetaOrder(created_at=OrderDirection.ASC))


def test_an_order_by_metadata_is_by_one_of_the_two() -> None:
    with pytest.raises(ValidationError, match="created_at and updated_at exclude each other"):
        NodeMetaOrder(created_at=OrderDirection.ASC, updated_at=OrderDirection.ASC)


def test_a_direction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"by\[0\]\.direction"):
        Order.model_validate({"by": [{"field": "a", "direction": "UP"}]})


def test_the_choices_of_requests_are_those_of_the_settings() -> None:
    assert (HTTPMethod, RequesterTransport) == (constants.HTTPMethod, constants.RequesterTransport)


def test_a_function_is_a_requester_and_a_text_is_none() -> None:
    assert isinstance(lambda: None, SyncRequester)
    assert not isinstance("http", SyncRequester)
    assert not isinstance("http", AsyncRequester)


def test_a_logger_of_the_standard_library_is_a_logger() -> None:
    logger: InfrahubLoggers = logging.getLogger("infrahub_sdk")
    assert isinstance(logger, InfrahubLogger)
    assert not isinstance(print, InfrahubLogger)


def test_a_context_has_an_account_and_a_priority() -> None:
    context = RequestContext(account=ContextAccount(id="a"), priority=Priority.LOW)
    assert context.model_dump(mode="json") == {"account": {"id": "a"}, "priority": "low"}
    assert RequestContext().model_dump(exclude_none=True) == {}


def test_an_account_needs_an_id() -> None:
    with pytest.raises(ValidationError, match=r"account\.id"):
        RequestContext.model_validate({"account": {}})


def test_a_server_that_does_not_say_who_it_is_is_nobody() -> None:
    assert (ServerInfo().version, ServerInfo().deployment_id) == ("", "")


@pytest.mark.parametrize(
    ("states", "branch"), [({}, None), ({"main": "active"}, None), ({"main": "active", "add": "staging"}, "add")]
)
def test_the_staging_branch_is_the_one_in_that_state(states: dict[str, str], branch: str | None) -> None:
    node: Any = object()
    info = {name: RepositoryBranchInfo(internal_status=state) for name, state in states.items()}
    data = RepositoryData(repository=node, branches={}, branch_info=info)
    assert data.repository is node
    assert data.get_staging_branch() == branch
