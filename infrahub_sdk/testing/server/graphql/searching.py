"""Looking for a text among all values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from infrahub_sdk.testing.server.graphql import reading
from infrahub_sdk.testing.server.graphql.resolvers import resolves
from infrahub_sdk.testing.server.graphql.selected import is_selected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network

    from infrahub_sdk.testing.server.nodes.node import Node
    from infrahub_sdk.testing.server.session import Session

__all__: list[str] = []

_KINDS = ("CoreNode", "CoreGroup")  # which together are all kinds
_BEGUN = re.compile(r"(?:[\da-fA-F]{4}:){1,6}[\da-fA-F]{0,4}", re.ASCII)  # an address of which more is to come


@resolves("Query.InfrahubSearchAnywhere")
def search(
    _: Any, info: Any, q: str, limit: int | None = 10, partial_match: bool = True, case_sensitive: bool = False
) -> dict[str, Any]:
    """The nodes that have a value, or whose id it is.

    On release 1.11 `case_sensitive` changes nothing: large and small letters are the same in parts of values, and
    not the same in whole ones.
    """
    reading.check_page(None, limit)
    session: Session = info.context
    if _is_id(q):
        found = list(session.get([q]).values())
        return {"count": len(found), "edges": _edges(found)}
    text = _as_kept(q)
    filters = {"any__value": text, "partial_match": partial_match}
    found = [node for name in _KINDS for node in session.find(session.kinds[name], filters, limit=limit or None)]
    answer = {"count": len(found), "edges": _edges(found)}
    network = _network(text)
    if network is not None and is_selected(info, "parent_prefixes"):
        answer["parent_prefixes"] = _edges(_around(session, network))
    return answer


def _edges(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    return [{"node": {"id": node.id, "kind": node.kind.name}} for node in nodes]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# Addresses


def _as_kept(text: str) -> str:
    """An address of version 6, or the beginning of one, in the short form in which it is kept."""
    from ipaddress import ip_interface

    if _BEGUN.fullmatch(text):
        groups, _, last = text.rpartition(":")
        return str(ip_interface(f"{groups}:{last:0<4}::").ip)[:-2]  # without the `::` or `:0` at its end
    try:
        found = ip_interface(text)
    except ValueError:
        return text
    if found.version == 4:
        return text
    return found.with_prefixlen if "/" in text else str(found.ip)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _around(session: Session, network: Any) -> list[Node]:
    """The prefixes that a network lies in, the longest first."""
    around = [str(network.supernet(new_prefix=length)) for length in range(network.prefixlen + 1)]
    found = session.find(session.kinds["BuiltinIPPrefix"], {"prefix__values": around})
    return sorted(found, key=lambda node: -around.index(node.values["prefix"].value))
