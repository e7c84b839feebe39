"""Every error that the client raises, in one tree under `Error`.

Three facts stand beside the message: who is to blame (`blame`), what the server said, and the error underneath
(`__cause__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk._secrets import hidden, texts, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infrahub_sdk.transport.response import Response

__all__ = [
    "AuthenticationError",
    "BranchNotFoundError",
    "CircularFragmentError",
    "DuplicateFragmentError",
    "Error",
    "FeatureNotSupportedError",
    "FileNotValidError",
    "FragmentFileNotFoundError",
    "FragmentNotFoundError",
    "GraphQLError",
    "GraphQLQueryError",
    "HTTPStatusError",
    "InfrahubCheckNotFoundError",
    "InfrahubTransformNotFoundError",
    "InvalidResponseError",
    "JsonDecodeError",
    "ModuleImportError",
    "NodeInvalidError",
    "NodeNotFoundError",
    "NodeNotSavedError",
    "NodesNotSavedError",
    "ObjectValidationError",
    "OutcomeUnknownError",
    "QuerySyntaxError",
    "RateLimitError",
    "RepositoryFileNotFoundError",
    "ResourceNotDefinedError",
    "ResponseProtocolError",
    "SchemaNotFoundError",
    "ServerNotReachableError",
    "ServerNotResponsiveError",
    "TimestampFormatError",
    "URLNotFoundError",
    "UninitializedError",
    "ValidationError",
    "VersionNotSupportedError",
    "nearest",
]

# Who is to blame: the program that called, the server that refused, the network between, or a peer that does not
# speak HTTP or JSON.
CALLER = "caller"
SERVER = "server"
NETWORK = "network"
PROTOCOL = "protocol"

_BODY_SHOWN = 300  # characters of an answer that is not what it should be


def nearest(name: object, known: Iterable[str]) -> str:
    """A suggestion for a misspelt name, to be appended to a message.

    Args:
        name: What was asked for.
        known: The names that exist.

    Returns:
        ` Did you mean 'x'?`, with up to three names, or an empty text when nothing comes close.

    >>> nearest("nmae", ["name", "description"])
    " Did you mean 'name'?"
    """
    import difflib  # 4 ms that only a mistake has to pay

    by_lower = {item.lower(): item for item in known}
    matches = difflib.get_close_matches(str(name).lower(), by_lower, n=3, cutoff=0.6)
    if not matches:
        return ""
    return f" Did you mean {' or '.join(repr(by_lower[match]) for match in matches)}?"


class Error(Exception):
    """Base of every error of this package.

    Attributes:
        message: What happened, in one sentence.
        blame: `caller`, `server`, `network` or `protocol`.
    """

    blame: str = CALLER

    def __init__(self, message: str | None = None) -> None:
        self.message = message or ""
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take more than the message; an error must still cross process borders whole.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[Error], args: tuple[Any, ...], state: dict[str, Any]) -> Error:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class JsonDecodeError(Error):
    """The server's answer is not JSON where JSON was due."""

    blame = PROTOCOL

    def __init__(
        self,
        message: str | None = None,
        content: str | None = None,
        url: str | None = None,
        *,
        status_code: int | None = None,
    ) -> None:
        self.content = content
        self.url = url
        self.status_code = status_code
        if not message and url:
            message = f"The answer of {without_credentials(url)} is not JSON."
            if content:
                message += f" It begins: {content[:_BODY_SHOWN]!r}"
        super().__init__(message)


class HTTPStatusError(Error):
    """The server answered with a status that says no; raised by `Response.raise_for_status()`."""

    blame = SERVER

    def __init__(self, message: str, *, response: Response) -> None:
        self.response = response
        self.request = response.request
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {key: value for key, value in self.__dict__.items() if key not in {"response", "request"}}
        return _rebuild, (type(self), self.args, state)


class RateLimitError(Error):
    """The server kept answering 429 until the allowed attempts were used up."""

    blame = SERVER

    def __init__(self, url: str, attempts: int, retry_after: float | None = None, message: str | None = None) -> None:
        self.url = url
        self.attempts = attempts
        self.retry_after = retry_after
        wait = "" if retry_after is None else f" The server asks to wait {retry_after:g} s."
        shown = without_credentials(url)
        super().__init__(message or f"{shown} refused {attempts} attempt(s) with HTTP 429 (too many requests).{wait}")


class ServerNotReachableError(Error):
    """No answer, because the connection could not be made or was lost.

    Attributes:
        address: Where the server should be.
        phase: What was going on: `resolve`, `connect`, `proxy`, `tls`, `send` or `receive`.
        sent: Whether the server may have carried out the request. False only where it provably has not.
        remedy: What to change, which the message says too; empty if nobody knows.
    """

    blame = NETWORK

    def __init__(
        self,
        address: str,
        message: str | None = None,
        *,
        phase: str | None = None,
        sent: bool = False,
        remedy: str = "",
    ) -> None:
        self.address = address
        self.phase = phase
        self.sent = sent
        self.remedy = remedy
        text = message or f"Cannot reach the server at {without_credentials(address)}."
        super().__init__(f"{text} {remedy}." if remedy else text)


class ResponseProtocolError(ServerNotReachableError):
    """What came back is not an HTTP answer that can be read in one way only, so it is not read at all."""

    blame = PROTOCOL


class ServerNotResponsiveError(Error):
    """A time limit ran out.

    Attributes:
        url: What was asked.
        timeout: The limit in seconds.
        phase: What was going on when it ran out, as in `ServerNotReachableError`.
        sent: Whether the server may have carried out the request.
    """

    blame = NETWORK

    def __init__(
        self,
        url: str,
        timeout: float | None = None,
        message: str | None = None,
        *,
        phase: str | None = None,
        sent: bool = False,
    ) -> None:
        self.url = url
        self.timeout = timeout
        self.phase = phase
        self.sent = sent
        text = message or f"No answer from {without_credentials(url)}."
        super().__init__(f"{text} (timeout: {timeout:g} s)" if timeout else text)


class OutcomeUnknownError(ServerNotReachableError, ServerNotResponsiveError):
    """Something was sent to be created or done, no answer came, and whether the server did it cannot be found out.

    It is both a `ServerNotReachableError` and a `ServerNotResponsiveError`, because programs expect one of these when
    an answer does not come back. `__cause__` is the failure itself.

    Attributes:
        kind: The node's kind; `Branch` for a branch.
        identifier: The id that the node has if it was created, None where it could be sent with none; a branch's name.
    """

    blame = NETWORK

    def __init__(
        self, kind: str, identifier: str | None, cause: BaseException | None = None, *, message: str | None = None
    ) -> None:
        self.kind = kind
        self.identifier = identifier
        self.address = getattr(cause, "address", "")
        self.url = getattr(cause, "url", None) or self.address
        self.phase = getattr(cause, "phase", None)
        self.remedy = getattr(cause, "remedy", "")
        self.timeout = getattr(cause, "timeout", None)
        self.sent = True
        self.__cause__ = cause
        why = f": {str(cause).rstrip('.')}" if cause is not None else ""
        if identifier:
            remedy = f"Look for the id {identifier}, or save the node again, which sends the same id."
        else:
            remedy = "Look for it before you save it again."
        known = f"It is not known whether a node of kind {kind} was created{why}. {remedy}"
        Error.__init__(self, message or known)


class GraphQLError(Error):
    """The server ran the document and found fault with it.

    Attributes:
        errors: The server's list, each with `message`, and mostly `path` and `extensions`.
        query: The document that was sent.
        variables: Its variables. They may hold secrets, so no message or repr shows them: where the server says one
            back, the message masks it.
    """

    blame = SERVER

    def __init__(
        self, errors: list[dict[str, Any]], query: str | None = None, variables: dict[str, Any] | None = None
    ) -> None:
        self.errors = errors
        self.query = query
        self.variables = variables
        words = hidden(_describe_graphql_errors(errors), texts(variables))
        super().__init__(f"The server refused the GraphQL request: {words}")


def _describe_graphql_errors(errors: Any) -> str:
    """The server's words, each with the path that it names."""
    texts = []
    for error in errors if isinstance(errors, list) else [errors]:
        if not isinstance(error, dict):
            texts.append(str(error))
            continue
        path = error.get("path")
        where = f" (at {'.'.join(str(step) for step in path)})" if path else ""
        texts.append(f"{error.get('message', error)}{where}")
    return "; ".join(texts) or "it gave no reason."


class VersionNotSupportedError(Error):
    """The server is too old for what was asked of it.

    Attributes:
        feature: What was asked for.
        required_version: The first release that can do it.
        version: The server's release, where it is known.
    """

    blame = SERVER

    def __init__(self, feature: str, required_version: str, version: str | None = None) -> None:
        self.feature = feature
        self.required_version = required_version
        self.version = version
        this = f"; the server is {version}" if version else ""
        super().__init__(f"{feature} requires Infrahub {required_version} or later{this}.")


class SchemaNotFoundError(Error):
    """There is no kind of that name on the branch."""

    def __init__(self, identifier: str, message: str | None = None) -> None:
        self.identifier = identifier
        super().__init__(message or f"The schema has no kind named {identifier!r}.")


class ModuleImportError(Error):
    """A Python file of a repository cannot be imported."""


class NodeNotFoundError(Error):
    """No node matches.

    Attributes:
        identifier: What was looked for.
        branch_name: The branch that was searched.
        node_type: The kind that was searched.
    """

    def __init__(
        self,
        identifier: Mapping[str, Sequence[Any]] | Any,
        message: str = "Unable to find the node in the database.",
        branch_name: str | None = None,
        node_type: str | None = None,
    ) -> None:
        self.identifier = identifier
        self.branch_name = branch_name
        self.node_type = node_type or "unknown"
        super().__init__(message)

    def __str__(self) -> str:
        where = f" on branch {self.branch_name!r}" if self.branch_name else ""
        return f"{self.message} ({self.node_type}{where}: {self.identifier})"


class NodeInvalidError(NodeNotFoundError):
    """The node that was found is of another kind than the one asked for."""


class NodeNotSavedError(Error):
    """The node has no id yet, and one is needed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or "The node has not been saved yet, so it has no id. Call save() first.")


class NodesNotSavedError(Error):
    """Some of the nodes that were to be saved together were not. Those that it does not name were.

    Attributes:
        failures: Each such node, and why it was not saved.
    """

    def __init__(
        self, message: str | None = None, failures: Sequence[tuple[Any, BaseException]] = (), *, blame: str = SERVER
    ) -> None:
        self.failures = list(failures)
        self.blame = blame
        super().__init__(message or f"{len(self.failures)} nodes were not saved.")


class ResourceNotDefinedError(Error):
    """The name is not defined where it was looked up."""


class InfrahubCheckNotFoundError(Error):
    """There is no check of that name."""

    def __init__(self, name: str, message: str | None = None) -> None:
        self.name = name
        super().__init__(message or f"There is no check named {name!r}.")


class InfrahubTransformNotFoundError(Error):
    """There is no transform of that name."""

    def __init__(self, name: str, message: str | None = None) -> None:
        self.name = name
        super().__init__(message or f"There is no transform named {name!r}.")


class ValidationError(Error):
    """A value, a name or a combination that cannot be right.

    Attributes:
        identifier: The thing that is wrong.
        message: What is wrong with it.
        messages: The same for several findings.
    """

    def __init__(self, identifier: str, message: str | None = None, messages: list[str] | None = None) -> None:
        self.identifier = identifier
        self.messages = messages
        if not message and not messages:
            message = f"{identifier} is not valid."
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.identifier}: {', '.join(self.messages) if self.messages else self.message}"


class ObjectValidationError(Error):
    """A value in an object file is wrong.

    Attributes:
        position: The steps from the top of the file to the value.
    """

    def __init__(self, position: list[int | str], message: str) -> None:
        self.position = position
        super().__init__(message)

    def __str__(self) -> str:
        return f"{'.'.join(str(step) for step in self.position)}: {self.message}"


class AuthenticationError(Error):
    """The server does not accept the credentials, or they do not allow this."""

    blame = SERVER

    def __init__(self, message: str | None = None) -> None:
        super().__init__(
            message or "The server did not accept the credentials. Check api_token, or username and password."
        )


class URLNotFoundError(Error):
    """The server has nothing at this address."""

    blame = SERVER

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"{without_credentials(url)} was not found (HTTP 404). Check the address and the branch.")


class BranchNotFoundError(URLNotFoundError):
    """There is no branch of that name. Its address on the server leads nowhere, so it is a `URLNotFoundError` too."""

    blame = CALLER

    def __init__(self, identifier: str, message: str | None = None, *, url: str = "") -> None:
        super().__init__(url)
        self.identifier = identifier
        self.message = message or f"There is no branch named {identifier!r} on the server."
        self.args = (self.message,)


class FeatureNotSupportedError(Error):
    """The kind of this node does not have the feature."""


class UninitializedError(Error):
    """Something is used before it was loaded or set up."""


class InvalidResponseError(Error):
    """The server's answer is well-formed, but not one that this request can have."""

    blame = PROTOCOL


class RepositoryFileNotFoundError(Error):
    """A file that the repository's configuration names does not exist."""

    def __init__(self, file_path: str, message: str | None = None) -> None:
        self.file_path = file_path
        super().__init__(message or f"There is no file at {file_path!r}.")


class FileNotValidError(Error):
    """A file is missing or cannot be read as what it should be."""

    def __init__(self, name: str, message: str = "") -> None:
        self.name = name
        super().__init__(message or f"{name!r} is not a valid file.")


class TimestampFormatError(Error):
    """A text that is not a point in time."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or "Invalid timestamp format")


class GraphQLQueryError(Error):
    """A GraphQL document of a repository cannot be put together."""


class QuerySyntaxError(GraphQLQueryError):
    """The document does not parse."""

    def __init__(self, syntax_error: str) -> None:
        self.syntax_error = syntax_error
        super().__init__(f"The GraphQL document does not parse: {syntax_error}")


class FragmentNotFoundError(GraphQLQueryError):
    """The document uses a fragment that no file defines."""

    def __init__(self, fragment_name: str, query_file: str | None = None, message: str | None = None) -> None:
        self.fragment_name = fragment_name
        self.query_file = query_file
        where = f", which {query_file!r} uses" if query_file else ""
        super().__init__(message or f"No file defines the fragment {fragment_name!r}{where}.")


class DuplicateFragmentError(GraphQLQueryError):
    """Two files define a fragment of the same name."""

    def __init__(self, fragment_name: str, message: str | None = None) -> None:
        self.fragment_name = fragment_name
        super().__init__(message or f"The fragment {fragment_name!r} is defined more than once.")


class CircularFragmentError(GraphQLQueryError):
    """Fragments that use one another in a circle."""

    def __init__(self, cycle: list[str], message: str | None = None) -> None:
        self.cycle = cycle
        super().__init__(message or f"These fragments use one another in a circle: {' -> '.join(cycle)}.")


class FragmentFileNotFoundError(GraphQLQueryError):
    """A file of fragments does not exist."""

    def __init__(self, file_path: str, message: str | None = None) -> None:
        self.file_path = file_path
        super().__init__(message or f"There is no fragment file at {file_path!r}.")
