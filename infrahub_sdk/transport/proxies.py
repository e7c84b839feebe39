"""Which proxy, if any, for which address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.transport.url import DEFAULT_PORTS, ascii_host, basic_authorization, parse_host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from infrahub_sdk.config import Config
    from infrahub_sdk.transport.url import Origin

__all__ = ["Proxy", "ProxySelector", "named"]


def named(setting: str) -> str:
    """A setting as messages name it: with its environment variable.

    >>> named("proxy_mounts.http")
    'proxy_mounts.http (INFRAHUB_PROXY_MOUNTS_HTTP)'
    """
    return f"{setting} (INFRAHUB_{setting.upper().replace('.', '_')})"


class Proxy:
    """A proxy's address and what it takes to be let in.

    Args:
        url: `http://[user:password@]host[:port]` or the same with `https://`; without a scheme it is http. User and
            password are percent-encoded.
        source: The setting or environment variable that it comes from, for messages.

    Raises:
        ValidationError: It is not such a URL. The message shows no password.

    >>> Proxy("http://me:secret@proxy.example:3128")
    <Proxy http://proxy.example:3128>
    """

    __slots__ = ("address", "authorization", "host", "port", "scheme", "source")

    def __init__(self, url: str, source: str = "proxy") -> None:
        scheme, mark, rest = url.partition("://")
        scheme, rest = (scheme.lower(), rest) if mark else ("http", url)
        if scheme not in DEFAULT_PORTS:
            begin = scheme.partition(":")[0][:20]  # not what follows a colon, which may be a password
            raise ValidationError(source, f"a proxy is reached by http:// or https://, not by {begin!r}.")
        userinfo, at, netloc = rest.partition("/")[0].partition("?")[0].rpartition("@")
        self.source = source
        self.scheme = scheme
        self.host, port = parse_host(netloc, source)
        self.port = port or DEFAULT_PORTS[scheme]
        self.authorization = basic_authorization(userinfo) if at else None
        name = f"[{self.host}]" if ":" in self.host else self.host
        self.address = f"{scheme}://{name}:{self.port}"

    @property
    def setting(self) -> str:
        """What to change, for messages: a setting with its variable, or a variable that is not ours."""
        return named(self.source) if self.source.partition(".")[0] in {"proxy", "proxy_mounts"} else self.source

    def __str__(self) -> str:
        return f"the proxy {self.address}"

    def __repr__(self) -> str:
        return f"<Proxy {self.address}>"


class ProxySelector:
    """Chooses the proxy for an address, by what was set or else by the environment.

    Args:
        proxy: The proxy for every address.
        http: The proxy for http addresses; with `https` it replaces `proxy`, and None means none.
        https: The proxy for https addresses.
        environ: The environment. `HTTP_PROXY`, `HTTPS_PROXY` and `ALL_PROXY` count where nothing was set, `NO_PROXY`
            always; each in lower case too, which wins.

    >>> ProxySelector("http://proxy:3128", environ={"NO_PROXY": ".example.com,10.0.0.0/8"})
    <ProxySelector http=http://proxy:3128 https=http://proxy:3128, not for .example.com 10.0.0.0/8>
    """

    def __init__(
        self,
        proxy: str | None = None,
        *,
        http: str | None = None,
        https: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        environ = dict(os.environ if environ is None else environ)  # Windows' own mapping knows no case
        self._no_proxy, exceptions = _variable(environ, "NO_PROXY")
        self._exceptions = (exceptions or "").replace(",", " ").split()
        self._urls: dict[str, tuple[str, str | None]]
        if proxy:
            self._urls = dict.fromkeys(DEFAULT_PORTS, ("proxy", proxy))
        elif http or https:
            self._urls = {"http": ("proxy_mounts.http", http), "https": ("proxy_mounts.https", https)}
        else:
            self._urls = {scheme: _of_environment(environ, scheme) for scheme in DEFAULT_PORTS}
        self._proxies: dict[str, Proxy] = {}

    @classmethod
    def from_config(cls, config: Config) -> ProxySelector:
        """The selector for `config.proxy` and `config.proxy_mounts`."""
        mounts: Any = config.proxy_mounts
        return cls(config.proxy, http=mounts.http, https=mounts.https)

    def select(self, origin: Origin) -> Proxy | None:
        """The proxy for an origin, or None to connect to it directly.

        Raises:
            ValidationError: The proxy that is set for it is not one.
        """
        return self.choose(origin)[0]

    def choose(self, origin: Origin) -> tuple[Proxy | None, str]:
        """The same as `select`, and why, in words."""
        source, url = self._urls[origin.scheme]
        if not url:
            return None, f"none is set for {origin.scheme}"
        for entry in self._exceptions:
            if _matches(entry, origin.host, origin.port):
                return None, f"{source} is set, but {self._no_proxy} has {entry!r}"
        if origin.scheme not in self._proxies:
            self._proxies[origin.scheme] = Proxy(url, source)
        return self._proxies[origin.scheme], f"set by {source}"

    def __repr__(self) -> str:
        shown = [f"{scheme}={self._shown(url, source)}" for scheme, (source, url) in self._urls.items()]
        exceptions = f", not for {' '.join(self._exceptions)}" if self._exceptions else ""
        return f"<ProxySelector {' '.join(shown)}{exceptions}>"

    @staticmethod
    def _shown(url: str | None, source: str) -> str:
        try:
            return Proxy(url, source).address if url else "none"
        except ValidationError:
            return "invalid"


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str | None]:
    """The name in the spelling that is set, and its value."""
    spelling = name.lower() if name.lower() in environ else name
    value = environ.get(spelling)
    return spelling, None if value is None else value.strip()  # files of variables leave line ends behind


def _of_environment(environ: Mapping[str, str], scheme: str) -> tuple[str, str | None]:
    name, url = _variable(environ, f"{scheme.upper()}_PROXY")
    if name == "HTTP_PROXY" and "REQUEST_METHOD" in environ:
        # In a CGI script this variable is the `Proxy` header of whoever calls (httpoxy, CVE-2016-5385).
        url = None
    return (name, url) if url is not None else _variable(environ, "ALL_PROXY")


def _matches(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY covers a host.

    An entry is `*`, a name (which covers its subdomains too, with or without a leading dot or `*.`), an address, or a
    range of addresses such as `10.0.0.0/8`. A name or address may have a port, an IPv6 address then stands in brackets.
    """
    if entry == "*":
        return True
    name, entry_port = _without_port(entry)
    if entry_port and entry_port != str(port):
        return False
    name = ascii_host(name[2 if name.startswith("*.") else 0 :].strip("."))
    if "/" in name or ":" in name or ":" in host:
        return _covers(name, host)
    host = host.rstrip(".")
    # A name has no subdomains if it is an address: 10.1 must not cover 10.10.1.
    return bool(name) and (host == name or (host.endswith(f".{name}") and not host.replace(".", "").isdigit()))


def _without_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.lstrip(":")
    if entry.count(":") != 1:
        return entry, ""  # an IPv6 address without brackets has no port
    name, _, port = entry.partition(":")
    return name, port


def _covers(network: str, host: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host.partition("%")[0]) in ip_network(network, strict=False)
    except ValueError:
        return False
