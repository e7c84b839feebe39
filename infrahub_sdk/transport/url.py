"""Addresses: what a URL says about where to connect and what to ask for."""

from __future__ import annotations

import re

from infrahub_sdk.exceptions import ValidationError

__all__ = ["Origin", "ascii_host", "basic_authorization", "parse_host", "split"]

DEFAULT_PORTS = {"http": 80, "https": 443}

_NAME = re.compile(r"[A-Za-z0-9._~-]+")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+(?:%(?:25)?[A-Za-z0-9._~-]+)?")  # the zone as RFC 6874 writes it, and as people do
_CACHED = 64

_origins: dict[str, Origin] = {}


class Origin:
    """Scheme, host and port of a URL: where a connection leads.

    Attributes:
        key: `(scheme, host, port)`; equal keys are the same origin.
        address: `http://host:port` as the URL spells it, for messages. Never with credentials.
        host_header: What the `Host` header says.
    """

    __slots__ = ("address", "host", "host_header", "key", "port", "scheme")

    def __init__(self, scheme: str, host: str, port: int, host_header: str) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.host_header = host_header
        self.key = (scheme, host, port)
        self.address = f"{scheme}://{host_header}"

    def __repr__(self) -> str:
        return f"<Origin {self.address}>"


def split(url: str) -> tuple[Origin, str, str | None]:
    """Take a URL apart.

    Args:
        url: An absolute `http://` or `https://` URL, already percent-encoded.

    Returns:
        The origin, the path with the query, and the `user:password` part if there is one.

    Raises:
        ValidationError: It is not such a URL. The message never shows the `user:password` part.

    >>> split("http://localhost:8000/graphql/main#x")
    (<Origin http://localhost:8000>, '/graphql/main', None)
    """
    start = url.find("://") + 3
    end = url.find("/", start)
    origin = _origins.get(url[:end])
    if origin is not None and end > 0:
        return origin, _selector(url[end:], origin), None
    end = min((found for found in (url.find(mark, start) for mark in "/?#") if found != -1), default=len(url))
    origin, userinfo = _parse_origin(url[:end], start)
    return origin, _selector(url[end:], origin), userinfo


def _selector(rest: str, origin: Origin) -> str:
    if "#" in rest:
        rest = rest[: rest.index("#")]
    if rest[:1] != "/":
        rest = f"/{rest}"
    if " " in rest or not rest.isascii() or not rest.isprintable():
        position, character = next((i, c) for i, c in enumerate(rest) if not "!" <= c <= "~")
        raise ValidationError(
            "url",
            f"{character!r} at position {position} of the path {rest!r} at {origin.address} has to be percent-encoded,"
            " see urllib.parse.quote().",
        )
    return rest


def _parse_origin(text: str, start: int) -> tuple[Origin, str | None]:
    scheme = text[: start - 3].lower() if start > 2 else ""
    if scheme not in DEFAULT_PORTS:
        raise ValidationError("url", f"a URL begins with http:// or https://, this one begins with {_begin(text)!r}.")
    userinfo, at, netloc = text[start:].rpartition("@")
    host, port = parse_host(netloc, "url")
    name = f"[{host.partition('%')[0]}]" if ":" in host else host  # a zone is a matter of this host: RFC 6874, 4
    host_header = name if port in {None, DEFAULT_PORTS[scheme]} else f"{name}:{port}"
    origin = Origin(scheme, host, port or DEFAULT_PORTS[scheme], host_header)
    if at:
        return origin, userinfo  # not cached: a module has no business with passwords
    if len(_origins) >= _CACHED:
        _origins.clear()
    _origins[text] = origin
    return origin, None


def _begin(text: str) -> str:
    """What a text that is no URL begins with; not what follows a colon, which may be a password."""
    return text.rpartition("@")[2].partition(":")[0][:40]


def parse_host(netloc: str, identifier: str) -> tuple[str, int | None]:
    """Read `host`, `host:port`, `[ipv6]` or `[ipv6]:port`.

    Args:
        netloc: The text, without credentials.
        identifier: What to name in the error.

    Returns:
        The host in lower case, an international name in its ASCII form, an IPv6 address without brackets; and the port.

    Raises:
        ValidationError: It is none of these.
    """
    if netloc.startswith("["):
        host, closed, rest = netloc[1:].partition("]")
        valid = bool(closed) and ":" in host and _IPV6.fullmatch(host) is not None and rest[:1] in {"", ":"}
        number, percent, zone = host.replace("%25", "%").partition("%")
        host, port = number.lower() + percent + zone, rest[1:]
    else:
        host, _, port = netloc.partition(":")
        host = ascii_host(host)
        valid = _NAME.fullmatch(host) is not None
    if not valid or (port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536)):
        # What stands after the colon is not shown: it may be a password with a slash in it.
        raise ValidationError(
            identifier,
            f"{netloc.partition(':')[0]!r} is not a host name or address, or what follows it is not a port."
            " An IPv6 address needs brackets, and special characters of a password have to be percent-encoded.",
        )
    return host, int(port) if port else None


def ascii_host(host: str) -> str:
    """A host name in lower case, an international one in its ASCII form; an empty text if it has none."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def basic_authorization(userinfo: str) -> str:
    """The value of an authorization header for the `user:password` part of a URL."""
    from base64 import b64encode
    from urllib.parse import unquote_to_bytes

    user, _, password = userinfo.partition(":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return f"Basic {b64encode(pair).decode('ascii')}"
