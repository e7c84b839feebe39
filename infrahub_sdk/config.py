"""The settings of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from infrahub_sdk._readers import (
    FLAG,
    Reader,
    Unfit,
    choice,
    displayed,
    function,
    hidden,
    nested,
    optional,
    seconds,
    status_codes,
    text,
    whole_number,
)
from infrahub_sdk._settings import ARGUMENT, ConfigError, Settings, setting
from infrahub_sdk.constants import InfrahubClientMode, NotLoaded, Priority, RequesterTransport
from infrahub_sdk.recorder import JSONRecorder, NoRecorder, Recorder, RecorderType

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

    from infrahub_sdk.types import AsyncRequester, InfrahubLoggers, SyncRequester

__all__ = ["Config", "ConfigBase", "ConfigError", "ProxyMountsConfig"]

_OWN = "set_ssl_context"  # what a TLS context is for that was set, and not made for other settings
_LONGEST_WAIT = 2_000_000  # seconds; operating systems count the milliseconds of a socket's limit in 31 bits


def _masked_url(value: Any) -> str:
    """A URL as messages and reprs show it: without user and password, nor what may be one in a URL that is wrong."""
    if not isinstance(value, str):
        return displayed(value)
    scheme, mark, rest = value.partition("://")
    if not mark or not scheme.isalnum():
        scheme, mark, rest = "", "", value
    _, at, place = rest.rpartition("@")
    return displayed(f"{scheme}{mark}{'***@' if at else ''}{_masked_place(place)}")


def _masked_place(place: str) -> str:
    """Host, port and path. What stands for a port and is none may be a password, and a query may hold a token."""
    import re

    host: Any = re.match(r"\[[^\]/?#]*\]|[^:/?#]*", place)
    rest: Any = re.compile(r"(?::\d*(?=[/?#]|$))?(?:/[^?#]*)?[?#]?").match(place, host.end())
    return place if rest.end() == len(place) else f"{place[: rest.end()]}***"


def _url(value: Any) -> str:
    from infrahub_sdk.exceptions import ValidationError
    from infrahub_sdk.transport.url import split

    if not isinstance(value, str):
        raise TypeError
    if "?" in value or "#" in value:
        raise Unfit("it has a query or a fragment")
    try:
        split(value)
    except ValidationError as exc:
        raise Unfit(exc.message) from exc
    return value.rstrip("/")


def _proxy(value: Any) -> str:
    from infrahub_sdk.exceptions import ValidationError
    from infrahub_sdk.transport.proxies import Proxy

    if not isinstance(value, str):
        raise TypeError
    if (value.partition("://")[2] or value).partition("/")[2]:
        raise Unfit("it has a path, or a password with a slash that is not percent-encoded")
    try:
        Proxy(value)
    except ValidationError as exc:
        raise Unfit(exc.message) from exc
    return value


def _token(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise Unfit("it has a character that cannot be in a token, such as a space or the end of a line")
    return value


def _path(value: Any) -> str:
    from os import fspath

    path: Any = fspath(value)
    if not isinstance(path, str):
        raise TypeError
    return path


_URL = Reader("http:// or https:// with a host, such as http://localhost:8000", _url, _masked_url)
_PROXY = optional(Reader("the URL of a proxy such as http://proxy.example:3128", _proxy, _masked_url), empty=True)
_OPTIONAL_TEXT = optional(text())
_WAIT = seconds(most=_LONGEST_WAIT)


class ProxyMountsConfig(Settings, prefix="INFRAHUB_PROXY_MOUNTS_"):
    """A proxy for each scheme of addresses.

    Args:
        http: The proxy for http addresses; None for none. Also named `http://`.
        https: The proxy for https addresses; None for none. Also named `https://`.
    """

    _aliases: ClassVar[dict[str, str]] = {"http://": "http", "https://": "https"}

    http: str | None = setting(default=None, reads=_PROXY)
    https: str | None = setting(default=None, reads=_PROXY)

    @property
    def is_set(self) -> bool:
        """Whether there is a proxy for one of them."""
        return bool(self.http or self.https)


_MOUNTS = nested(ProxyMountsConfig, "a ProxyMountsConfig, or a dict or JSON object with 'http' and 'https'")

# Ways to do the same that exclude each other.
_CHOICES = ((("api_token",), ("username", "password")), (("proxy",), ("proxy_mounts",)))


class ConfigBase(Settings, prefix="INFRAHUB_"):
    """The settings that do not depend on what runs requests; see `Config`."""

    address: str = setting(default="http://localhost:8000", reads=_URL)
    api_token: str | None = setting(
        default=None,
        reads=optional(Reader("a text of printable ASCII characters without spaces", _token, hidden), empty=True),
        variables=("INFRAHUB_API_TOKEN", "INFRAHUB_SDK_API_TOKEN"),
    )
    echo_graphql_queries: bool = setting(default=False, reads=FLAG)
    username: str | None = setting(default=None, reads=optional(text("a text that is not empty", empty=False)))
    password: str | None = setting(
        default=None, reads=optional(text("a text that is not empty", empty=False, show=hidden))
    )
    default_branch: str = setting(default="main", reads=text())
    default_branch_from_git: bool = setting(default=False, reads=FLAG)
    identifier: str | None = setting(default=None, reads=_OPTIONAL_TEXT)
    insert_tracker: bool = setting(default=False, reads=FLAG)
    max_concurrent_execution: int = setting(default=5, reads=whole_number(least=1))
    mode: InfrahubClientMode = setting(default=InfrahubClientMode.DEFAULT, reads=choice(InfrahubClientMode))
    not_loaded: NotLoaded | None = setting(default=None, reads=optional(choice(NotLoaded), empty=True))
    pagination_size: int = setting(default=50, reads=whole_number(least=1))
    priority: Priority | None = setting(default=None, reads=optional(choice(Priority)))
    retry_delay: float = setting(default=5, reads=seconds())
    retry_max_delay: float = setting(default=60, reads=seconds())
    retry_on_failure: bool = setting(default=False, reads=FLAG)
    retry_status_codes: list[int] = setting(default_factory=lambda: [500, 502, 503, 504], reads=status_codes())
    rate_limit_retry_enabled: bool = setting(default=True, reads=FLAG)
    rate_limit_max_retries: int = setting(default=10, reads=whole_number(least=0))
    rate_limit_backoff_base: float = setting(default=0.5, reads=seconds())
    rate_limit_backoff_max: float = setting(default=60.0, reads=seconds())
    max_retry_duration: float = setting(default=300, reads=seconds(zero=True))
    schema_converge_timeout: float = setting(default=60, reads=seconds(zero=True))
    timeout: float = setting(default=60, reads=_WAIT)
    connect_timeout: float | None = setting(default=None, reads=optional(_WAIT))
    total_timeout: float | None = setting(default=None, reads=optional(_WAIT))
    transport: RequesterTransport = setting(default=RequesterTransport.HTTPX, reads=choice(RequesterTransport))
    proxy: str | None = setting(default=None, reads=_PROXY)
    proxy_mounts: ProxyMountsConfig = setting(default_factory=ProxyMountsConfig, reads=_MOUNTS)
    marketplace_url: str = setting(default="https://marketplace.infrahub.app", reads=_URL)
    update_group_context: bool = setting(default=False, reads=FLAG)
    tls_insecure: bool = setting(default=False, reads=FLAG)
    tls_ca_file: str | None = setting(default=None, reads=optional(Reader("the path of a file", _path), empty=True))

    @property
    def default_infrahub_branch(self) -> str:
        """The branch that is used where none is named.

        It is `default_branch`; with `default_branch_from_git`, or if that is empty, the branch of the Git checkout
        around the current directory. Outside of a checkout it is `default_branch` all the same, with a warning.

        Raises:
            ValidationError: The checkout is on no branch.
        """
        if self.default_branch and not self.default_branch_from_git:
            return self.default_branch
        from infrahub_sdk.git import active_branch

        found = active_branch()
        if found is None:
            import warnings

            found = self.default_branch or "main"
            warnings.warn(
                f"The current directory is in no Git checkout, so the branch is taken to be {found!r}.",
                UserWarning,
                stacklevel=2,
            )
        return found

    @property
    def password_authentication(self) -> bool:
        """Whether the client logs in with username and password."""
        return bool(self.username)

    @property
    def tls_context(self) -> ssl.SSLContext:
        """How TLS connections are verified; made when first used.

        Raises:
            ConfigError: `tls_ca_file` cannot be used.
        """
        made_for, context = vars(self).get("_context", (None, None))
        wanted = (self.tls_insecure, self.tls_ca_file)
        if made_for not in {_OWN, wanted}:
            context = self._make_context()
            vars(self)["_context"] = (wanted, context)
        return cast("ssl.SSLContext", context)

    @property
    def tls_source(self) -> str:
        """What decides how TLS connections are verified.

        Returns:
            `set_ssl_context`, `tls_insecure`, `tls_ca_file`, or `system` for the authorities that this system trusts.
        """
        if vars(self).get("_context", (None, None))[0] == _OWN:
            return _OWN
        return "tls_insecure" if self.tls_insecure else "tls_ca_file" if self.tls_ca_file else "system"

    def set_ssl_context(self, context: ssl.SSLContext) -> None:
        """Verify TLS connections in your own way; `tls_insecure` and `tls_ca_file` then do not matter.

        Args:
            context: Kept by `clone()` and copies, but not in pickles, nor by `dataclasses.replace()`.
        """
        vars(self)["_context"] = (_OWN, context)

    def _make_context(self) -> ssl.SSLContext:
        import ssl

        if self.tls_insecure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        try:
            return ssl.create_default_context(cafile=self.tls_ca_file)
        except OSError as exc:
            reason = "it holds no certificates in PEM form" if isinstance(exc, ssl.SSLError) else exc.strerror
            source = vars(self)["_sources"].get("tls_ca_file", "by default")
            raise ConfigError(
                type(self).__name__, [f"tls_ca_file: {self.tls_ca_file!r} {source} cannot be used ({reason})."]
            ) from exc

    def _settle(self, values: dict[str, Any], sources: dict[str, str], assigned: str | None = None) -> Iterable[str]:
        for first, second in _CHOICES:
            yield from _choose(values, sources, first, second, assigned)
        # One after the other is how they are assigned, so that assigning one may leave it alone for a moment.
        if assigned is None and bool(values["username"]) != bool(values["password"]):
            there, missing = ("username", "password") if values["username"] else ("password", "username")
            yield f"{missing}: it is needed beside {there}, which is given {sources[there]}."

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_context"}


def _choose(
    values: dict[str, Any],
    sources: dict[str, str],
    first: tuple[str, ...],
    second: tuple[str, ...],
    assigned: str | None,
) -> Iterator[str]:
    """Of two ways that exclude each other, drop that of the environment if the other one was chosen by argument."""
    used = [[name for name in names if getattr(values[name], "is_set", values[name])] for names in (first, second)]
    if not all(used):
        return
    chosen = [any(sources.get(name) == ARGUMENT for name in names) for names in used]
    if assigned is not None or chosen[0] == chosen[1]:
        one, other = (f"{names[0]} {sources.get(names[0], 'from the environment')}" for names in used)
        yield f"{one} and {other} exclude each other; set one of them only."
        return
    for name in used[chosen.index(False)]:
        values[name] = ProxyMountsConfig(http=None, https=None) if name == "proxy_mounts" else None


class Config(ConfigBase):
    """The settings of a client.

    Each comes from its argument, or else from the environment variable of its name with `INFRAHUB_` before it, or else
    is the default. A field that is assigned is checked like an argument.

    A token excludes username and password, and `proxy` excludes `proxy_mounts`. Where arguments give one of them, what
    the environment says about the other one does not count; where both come from the same place it is an error.

    Args:
        address: The server's URL.
        api_token: The token to authenticate with; or `INFRAHUB_SDK_API_TOKEN`.
        echo_graphql_queries: Print GraphQL documents before they are sent.
        username: The account to log in with, together with `password`.
        password: Its password.
        default_branch: The branch that is used where none is named.
        default_branch_from_git: Use the branch of the Git checkout that the current directory is in.
        identifier: The name of what is tracked, for `mode="tracking"`.
        insert_tracker: Name each request in a header, for the server's logs.
        max_concurrent_execution: How many requests run at a time.
        mode: `default`, or `tracking` to remember which nodes were made.
        not_loaded: What touching a field does that a node was not read with: `raise` an error, or `load` it, which only
            the synchronous client can. By default it is an error for nodes read with `only=`; for others an attribute
            is None, and a relationship has no peers.
        pagination_size: How many nodes a page has. By default the first has 50, and pages grow to as many as the server
            gives in about a second, 1,000 at the most.
        priority: How urgent requests are: `high`, `medium` or `low`.
        retry_delay: Seconds before a failed request is sent again; doubled each time.
        retry_max_delay: The most seconds between two tries.
        retry_on_failure: Send a request again that failed in a way that may pass.
        retry_status_codes: The HTTP statuses that may pass.
        rate_limit_retry_enabled: Send a request again that the server refused because there were too many.
        rate_limit_max_retries: How often.
        rate_limit_backoff_base: Seconds before it is sent again, if the server does not say; doubled each time.
        rate_limit_backoff_max: The most seconds between two tries.
        max_retry_duration: Seconds after which no request is sent again; 0 for no end.
        schema_converge_timeout: Seconds to wait until all of the server knows a new schema.
        timeout: Seconds without an answer after which a request fails.
        connect_timeout: Seconds to connect in; None for `timeout`. A call with a shorter `timeout` of its own has less.
        total_timeout: Seconds for a request with all that belongs to it; None for no limit.
        transport: `httpx` to ask the server, `json` to answer from recordings.
        proxy: The URL of a proxy for all requests.
        proxy_mounts: A proxy for each scheme; or `INFRAHUB_PROXY_MOUNTS_HTTP` and `INFRAHUB_PROXY_MOUNTS_HTTPS`.
        marketplace_url: Where shared schemas are.
        update_group_context: Add the nodes that are used to the tracked group.
        tls_insecure: Do not verify the server's certificate.
        tls_ca_file: A file in PEM form with the certificate authorities to trust.
        recorder: `json` to record all requests and answers in files.
        custom_recorder: An object to record them instead.
        requester: An async function that sends the requests of `InfrahubClient`.
        sync_requester: A function that sends the requests of `InfrahubClientSync`.
        log: Where warnings go instead of the logger `infrahub_sdk`.

    Raises:
        ConfigError: Names each field that is wrong, its value unless that is secret, where it came from, and what is
            allowed.

    >>> config = Config(address="https://infrahub.example/", api_token="secret", priority="high")
    >>> config
    Config(address='https://infrahub.example', api_token='***', priority='high')
    """

    recorder: RecorderType = setting(default=RecorderType.NONE, reads=choice(RecorderType))
    custom_recorder: Recorder = setting(
        default_factory=NoRecorder.default, reads=function(method="record"), variables=()
    )
    requester: AsyncRequester | None = setting(default=None, reads=optional(function()), variables=())
    sync_requester: SyncRequester | None = setting(default=None, reads=optional(function()), variables=())
    log: Any | None = setting(default=None, variables=())

    @property
    def logger(self) -> InfrahubLoggers:
        """Where warnings go: `log`, or the logger `infrahub_sdk`."""
        logger: InfrahubLoggers | None = self.log
        if logger is None:
            from logging import getLogger

            return getLogger("infrahub_sdk")
        return logger

    def clone(self, branch: str | None = None) -> Self:
        """The same settings, to be changed on their own; recorder, requesters, log and TLS context are shared.

        Args:
            branch: The default branch of the clone.
        """
        twin = self.__copy__()
        if branch is not None:
            twin.default_branch = branch
            twin.default_branch_from_git = False
        return twin

    def _settle(self, values: dict[str, Any], sources: dict[str, str], assigned: str | None = None) -> Iterable[str]:
        yield from super()._settle(values, sources, assigned)
        for name in ("requester", "sync_requester"):
            if values[name] is None or (assigned == "transport" and name not in sources):
                values[name] = _playback(name) if values["transport"] is RequesterTransport.JSON else None
        unset = assigned == "recorder" and "custom_recorder" not in sources
        if unset or isinstance(values["custom_recorder"], NoRecorder):
            values["custom_recorder"] = _recorder(values["recorder"])


def _playback(name: str) -> Any:
    from infrahub_sdk.playback import JSONPlayback

    playback = JSONPlayback()
    return playback.async_request if name == "requester" else playback.sync_request


def _recorder(kind: RecorderType) -> Recorder:
    return JSONRecorder() if kind is RecorderType.JSON else NoRecorder.default()
