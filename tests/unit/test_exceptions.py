"""What every error says and carries."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import pytest

from infrahub_sdk import exceptions
from infrahub_sdk.exceptions import (
    BranchNotFoundError,
    Error,
    GraphQLError,
    HTTPStatusError,
    NodeInvalidError,
    NodeNotFoundError,
    RateLimitError,
    ServerNotReachableError,
    ServerNotResponsiveError,
    ValidationError,
    nearest,
)
from infrahub_sdk.transport import Response

SAMPLES: dict[type[Error], tuple[Any, ...]] = {
    exceptions.BranchNotFoundError: ("b1",),
    exceptions.CircularFragmentError: (["a", "b", "a"],),
    exceptions.DuplicateFragmentError: ("f",),
    exceptions.FileNotValidError: ("a.yml",),
    exceptions.FragmentFileNotFoundError: ("a.gql",),
    exceptions.FragmentNotFoundError: ("f", "q.gql"),
    exceptions.GraphQLError: ([{"message": "no", "path": ["a", 0]}], "query { a }", {"x": 1}),
    exceptions.InfrahubCheckNotFoundError: ("c",),
    exceptions.InfrahubTransformNotFoundError: ("t",),
    exceptions.JsonDecodeError: (None, "<html>", "http://a.test"),
    exceptions.NodeInvalidError: ({"name": ["x"]},),
    exceptions.NodeNotFoundError: ({"name": ["x"]}, "Nowhere.", "main", "BuiltinTag"),
    exceptions.ObjectValidationError: (["a", 1, "b"], "wrong"),
    exceptions.OutcomeUnknownError: ("BuiltinTag", "18eaf47d-5fa5-bc1c-e3d0-1f0650656735"),
    exceptions.QuerySyntaxError: ("line 1",),
    exceptions.RateLimitError: ("http://a.test", 3, 7.0),
    exceptions.RepositoryFileNotFoundError: ("a.gql",),
    exceptions.ResponseProtocolError: ("http://a.test",),
    exceptions.SchemaNotFoundError: ("BuiltinTga",),
    exceptions.ServerNotReachableError: ("http://a.test",),
    exceptions.ServerNotResponsiveError: ("http://a.test", 5),
    exceptions.URLNotFoundError: ("http://a.test",),
    exceptions.ValidationError: ("name", None, ["too long", "too wide"]),
    exceptions.VersionNotSupportedError: ("Traversal", "1.10"),
}
CLASSES = [value for value in vars(exceptions).values() if inspect.isclass(value) and issubclass(value, Error)]


def made(cls: type[Error]) -> Error:
    if cls is HTTPStatusError:
        return HTTPStatusError("no", response=Response(418, url="http://a.test"))
    return cls(*SAMPLES.get(cls, ()))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_has_a_message_and_somebody_to_blame(cls: type[Error]) -> None:
    error = made(cls)
    assert isinstance(error, Error)
    assert str(error) or cls in {Error, *[c for c in CLASSES if c.__init__ is Error.__init__]}
    assert error.blame in {"caller", "server", "network", "protocol"}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_crosses_the_border_of_a_process_whole(cls: type[Error]) -> None:
    error = made(cls)
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is cls
    assert str(other) == str(error)
    assert other.blame == error.blame


def test_a_graphql_error_says_where() -> None:
    error = GraphQLError([{"message": "no", "path": ["a", 0, "b"]}, {"message": "neither"}, "text"])  # type: ignore[list-item]
    assert str(error) == "The server refused the GraphQL request: no (at a.0.b); neither; text"


def test_a_missing_node_says_what_was_looked_for_and_where() -> None:
    error = NodeNotFoundError({"name": ["x"]}, "Nowhere.", branch_name="main", node_type="BuiltinTag")
    assert str(error) == "Nowhere. (BuiltinTag on branch 'main': {'name': ['x']})"
    assert issubclass(NodeInvalidError, NodeNotFoundError)


def test_network_errors_tell_whether_the_request_may_have_arrived() -> None:
    error = ServerNotReachableError("http://a.test", phase="connect")
    assert (error.address, error.phase, error.sent, error.blame) == ("http://a.test", "connect", False, "network")
    slow = ServerNotResponsiveError("http://a.test", timeout=5, phase="receive", sent=True)
    assert (slow.sent, str(slow)) == (True, "No answer from http://a.test. (timeout: 5 s)")


def test_several_findings_are_one_error() -> None:
    assert str(ValidationError("name", messages=["too long", "too wide"])) == "name: too long, too wide"
    assert str(RateLimitError("u", 3, 7.0)).endswith("The server asks to wait 7 s.")


def test_a_missing_branch_is_an_address_that_leads_nowhere() -> None:
    assert issubclass(BranchNotFoundError, exceptions.URLNotFoundError)
    assert BranchNotFoundError("b1").identifier == "b1"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("nmae", " Did you mean 'name'?"),
        ("NAME", " Did you mean 'name'?"),
        ("zzz", ""),
        ("tag", " Did you mean 'tags'?"),
    ],
)
def test_the_nearest_name_is_suggested(name: str, suggestion: str) -> None:
    assert nearest(name, ["name", "tags", "description"]) == suggestion
