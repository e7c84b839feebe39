"""Networks of addresses: where they lie, and what is free in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from infrahub_sdk.testing.server.resources import ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Address = Union[IPv4Address, IPv6Address]
    Network = Union[IPv4Network, IPv6Network]

__all__ = ["Span", "around", "beginning", "free_address", "free_blocks", "free_subnet", "network", "span", "usable"]


@lru_cache(maxsize=65_536)
def network(text: str) -> Network:
    """A network, or that of an address; those that are asked for again and again are read once.

    >>> str(network("10.0.0.1/24"))
    '10.0.0.0/24'
    """
    from ipaddress import ip_network

    return ip_network(text, strict=False)


class Span(NamedTuple):
    """Where a network or an address lies."""

    version: int
    first: int
    last: int

    def holds(self, other: Span) -> bool:
        """Another one lies within this one."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last


@lru_cache(maxsize=65_536)
def span(text: str) -> Span:
    """Where a network lies; an address that has no prefix is a network of its own.

    >>> span("0.0.0.8/30")
    Span(version=4, first=8, last=11)
    """
    found = network(text)
    return Span(found.version, int(found.network_address), int(found.broadcast_address))


def around(within: Network, longest: int) -> list[str]:
    """The networks that hold one, as text, from the longest.

    Args:
        within: The network.
        longest: How long their prefixes are at most.

    >>> import ipaddress
    >>> around(ipaddress.ip_network("10.4.0.0/16"), 7)[:2]
    ['10.0.0.0/7', '8.0.0.0/6']
    """
    return [within.supernet(new_prefix=length).with_prefixlen for length in range(longest, -1, -1)]


def beginning(of: Network) -> str:
    """What the text of all networks and addresses in a network begins with.

    >>> import ipaddress
    >>> beginning(ipaddress.ip_network("10.1.0.0/17")), beginning(ipaddress.ip_network("2001:db8:0:1::/64"))
    ('10.1.', '2001:db8:')
    """
    if of.version == 4:
        octets = str(of.network_address).split(".")[: of.prefixlen // 8]
        return "".join(f"{octet}." for octet in octets[:3])
    groups = of.network_address.exploded.split(":")[: min(of.prefixlen // 16, 7)]
    text = ""
    for group in groups:
        if int(group, 16) == 0:  # it may be left out
            break
        text += f"{int(group, 16):x}:"
    return text


def usable(of: Network, *, is_pool: bool) -> tuple[int, int]:
    """The first and the last address that can be handed out: of a pool all, else those between the outermost ones."""
    _, first, last = span(str(of))
    return (first, last) if is_pool else (first + 1, last - 1)


def free_address(of: Network, taken: Iterable[int], *, is_pool: bool) -> Address | None:
    """The lowest address of a network that is not taken; None when all are."""
    for start, _ in ranges.free(*usable(of, is_pool=is_pool), ((address, address) for address in taken)):
        return _address(of, start)
    return None


def free_subnet(of: Network, taken: Iterable[Span], length: int) -> Network | None:
    """The lowest subnet of a network that shares nothing with those that are taken; None when there is none.

    Args:
        of: The network.
        taken: Where the subnets lie that are taken.
        length: How long its prefix is.
    """
    if not of.prefixlen <= length <= of.max_prefixlen:
        return None
    size = 1 << (of.max_prefixlen - length)
    for start, end in _free(of, taken):
        start = -(-start // size) * size
        if start + size - 1 <= end:
            return network(f"{_address(of, start)}/{length}")
    return None


def free_blocks(of: Network, taken: Iterable[Span]) -> Iterator[Network]:
    """The networks that are left of one without those that are taken, as large as they can be."""
    from ipaddress import summarize_address_range

    for start, end in _free(of, taken):
        first: Any = _address(of, start)
        last: Any = _address(of, end)
        yield from summarize_address_range(first, last)


def _free(of: Network, taken: Iterable[Span]) -> Iterator[tuple[int, int]]:
    _, first, last = span(str(of))
    return ranges.free(first, last, ((item.first, item.last) for item in taken))


def _address(of: Network, number: int) -> Address:
    """The address of a number, of the version of a network."""
    return of.network_address + (number - int(of.network_address))
