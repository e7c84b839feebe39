"""Networks of addresses: where they lie, and what is free in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Address = Union[IPv4Address, IPv6Address]
    Network = Union[IPv4Network, IPv6Network]

__all__ = ["around", "beginning", "free_address", "free_blocks", "free_ranges", "free_subnet", "network", "usable"]


@lru_cache(maxsize=65_536)
def network(text: str) -> Network:
    """A network, or that of an address; those that are asked for again and again are read once.

    >>> str(network("10.0.0.1/24"))
    '10.0.0.0/24'
    """
    from ipaddress import ip_network

    return ip_network(text, strict=False)


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
    first, last = int(of.network_address), int(of.broadcast_address)
    return (first, last) if is_pool else (first + 1, last - 1)


def free_address(of: Network, taken: Iterable[Address], *, is_pool: bool) -> Address | None:
    """The lowest address of a network that is not taken; None when all are."""
    first, last = usable(of, is_pool=is_pool)
    for address in sorted({int(item) for item in taken}):
        if address > first:
            break
        first = max(first, address + 1)
    return of.network_address + (first - int(of.network_address)) if first <= last else None


def free_subnet(of: Network, taken: Iterable[Network], length: int) -> Network | None:
    """The lowest subnet of a network that shares nothing with those that are taken; None when there is none.

    Args:
        of: The network.
        taken: The subnets that are taken.
        length: How long its prefix is.
    """
    if not of.prefixlen <= length <= of.max_prefixlen:
        return None
    size = 1 << (of.max_prefixlen - length)
    first, last = int(of.network_address), int(of.broadcast_address)
    for start, end in sorted((int(item.network_address), int(item.broadcast_address)) for item in taken):
        if end < first:
            continue
        if first + size <= start:
            break
        first = -(-(end + 1) // size) * size
    return _subnet(of, first, length) if first + size - 1 <= last else None


def _subnet(of: Network, start: int, length: int) -> Network:
    address: Any = of.network_address + (start - int(of.network_address))
    return network(f"{address}/{length}")


def free_blocks(of: Network, taken: Iterable[Network]) -> list[Network]:
    """The networks that are left of one without those that are taken, as large as they can be."""
    left = [of]
    for item in taken:
        left = [block for found in left for block in _without(found, item)]
    return sorted(left, key=lambda block: int(block.network_address))


def _without(found: Network, taken: Network) -> Iterator[Network]:
    part, whole = _span(taken), _span(found)
    if part[1] < whole[0] or part[0] > whole[1]:
        yield found
    elif part[0] > whole[0] or part[1] < whole[1]:
        for half in found.subnets():
            yield from _without(half, taken)


def _span(of: Network) -> tuple[int, int]:
    return int(of.network_address), int(of.broadcast_address)


def free_ranges(first: int, last: int, taken: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last address of each range between two addresses that is not taken.

    >>> list(free_ranges(1, 9, [3, 4, 9]))
    [(1, 2), (5, 8)]
    """
    for address in sorted(taken):
        if address > first:
            yield first, min(address - 1, last)
        first = max(first, address + 1)
    if first <= last:
        yield first, last
