"""IP and MAC addresses: the forms that are taken, the one that is kept, and what is shown besides it."""

from __future__ import annotations

import re
from typing import Any, Callable

__all__ = ["FIELDS", "address", "host", "mac", "network"]

# Six pairs, three quadruples, two halves with a delimiter in between, or no delimiter at all; zeros may be left out.
_MACS = [
    *(re.compile(rf"{separator}".join([r"([0-9A-Fa-f]{1,2})"] * 6)) for separator in ":-"),
    *(re.compile(rf"{separator}".join([r"([0-9A-Fa-f]{1,4})"] * 3)) for separator in (":", "-", r"\.")),
    *(re.compile(rf"{separator}".join([r"([0-9A-Fa-f]{5,6})"] * 2)) for separator in ":-"),
    re.compile(r"([0-9A-Fa-f]{11,12})"),
]


def host(text: str) -> str:
    """An address with the length of its network's prefix.

    Raises:
        ValueError: It is none.

    >>> host("2001:DB8::1"), host("10.0.0.1/255.255.255.0")
    ('2001:db8::1/128', '10.0.0.1/24')
    """
    from ipaddress import ip_interface

    return ip_interface(text).with_prefixlen


def network(text: str) -> str:
    """A network with the length of its prefix.

    Raises:
        ValueError: It is none, or has bits behind the prefix.

    >>> network("10.0.0.0/255.0.0.0")
    '10.0.0.0/8'
    """
    from ipaddress import ip_network

    return ip_network(text).with_prefixlen


def address(text: str) -> str:
    """An address without a prefix.

    Raises:
        ValueError: It is none.
    """
    from ipaddress import ip_address

    return str(ip_address(text))


def mac(text: str) -> str:
    """A MAC address as six pairs of capital digits.

    Raises:
        ValueError: It is none.

    >>> mac("001b.7749.54fd"), mac("0:1b:77:49:54:fd"), mac("001b77-4954fd")
    ('00:1B:77:49:54:FD', '00:1B:77:49:54:FD', '00:1B:77:49:54:FD')
    """
    for form in _MACS:
        match = form.fullmatch(text)
        if match is not None:
            parts = match.groups()
            digits = "".join(part.zfill(12 // len(parts)) for part in parts).upper()
            return _split(digits, 2, ":")
    raise ValueError(text)


def _split(digits: str, length: int, separator: str) -> str:
    return separator.join(digits[start : start + length] for start in range(0, len(digits), length))


# The fields of an attribute beside its value, each a function of what the value is read into


def _interface(value: str) -> Any:
    from ipaddress import ip_interface

    return ip_interface(value)


def _network(value: str) -> Any:
    from ipaddress import ip_network

    return ip_network(value)


def _address(value: str) -> Any:
    from ipaddress import ip_address

    return ip_address(value)


def _digits(value: str) -> str:
    return value.replace(":", "")


FIELDS: dict[str, tuple[Callable[[str], Any], dict[str, Callable[[Any], Any]]]] = {
    "IPHost": (
        _interface,
        {
            "ip": lambda found: str(found.ip),
            "hostmask": lambda found: str(found.hostmask),
            "netmask": lambda found: str(found.netmask),
            "prefixlen": lambda found: found.network.prefixlen,
            "version": lambda found: found.version,
            "with_hostmask": lambda found: found.with_hostmask,
            "with_netmask": lambda found: found.with_netmask,
        },
    ),
    "IPNetwork": (
        _network,
        {
            "broadcast_address": lambda found: str(found.broadcast_address),
            "hostmask": lambda found: str(found.hostmask),
            "netmask": lambda found: str(found.netmask),
            "prefixlen": lambda found: found.prefixlen,
            "num_addresses": lambda found: found.num_addresses,
            "version": lambda found: found.version,
            "with_hostmask": lambda found: found.with_hostmask,
            "with_netmask": lambda found: found.with_netmask,
        },
    ),
    "IPAddress": (_address, {"version": lambda found: found.version}),
    "MacAddress": (
        _digits,
        {
            "oui": lambda found: _split(found[:6], 2, "-"),
            "ei": lambda found: _split(found[6:], 2, "-"),
            "version": lambda found: 48,
            "binary": lambda found: bin(int(found, 16)),
            "eui48": lambda found: _split(found, 2, "-"),
            "eui64": lambda found: _split(f"{found[:6]}FFFE{found[6:]}", 2, "-"),
            "bare": lambda found: found,
            "dot_notation": lambda found: _split(found.lower(), 4, "."),
            "semicolon_notation": lambda found: ":".join(f"{pair:x}" for pair in bytes.fromhex(found)),
            "split_notation": lambda found: _split(found.lower(), 6, ":"),
        },
    ),
}
