"""The same requests by `http.client` and `json.loads` on one connection: what Python can do when nobody adds anything.

python benchmarks/limit.py ROW ADDRESS [CA FILE]    prints the figure
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from canned import KIND, NODES, PAGE_QUERY, TINY_QUERY
from rates import per_second

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = {"content-type": "application/json", "X-INFRAHUB-KEY": "0123456789"}


class Connection:
    """One connection that is kept."""

    def __init__(self, address: str, ca: str | None = None) -> None:
        host = urlsplit(address).netloc
        if ca:
            context = ssl.create_default_context(cafile=ca)
            self.http: http.client.HTTPConnection = http.client.HTTPSConnection(host, timeout=60, context=context)
        else:
            self.http = http.client.HTTPConnection(host, timeout=60)

    def post(self, payload: dict[str, Any]) -> Any:
        self.http.request("POST", "/graphql/main", json.dumps(payload).encode(), HEADERS)
        return json.loads(self.http.getresponse().read())["data"]


def graphql(address: str, ca: str | None = None) -> float:
    connection = Connection(address, ca)
    return per_second(lambda: connection.post({"query": TINY_QUERY}))


def all_nodes(address: str, size: int) -> float:
    connection = Connection(address)

    def page(offset: int, limit: int) -> list[dict[str, Any]]:
        payload = {"query": PAGE_QUERY, "variables": {"offset": offset, "limit": limit}, "operationName": f"All_{KIND}"}
        edges: list[dict[str, Any]] = connection.post(payload)[KIND]["edges"]
        return edges

    page(0, 2)
    start = time.perf_counter()
    nodes = [edge["node"] for offset in range(0, NODES, size) for edge in page(offset, size)]
    nodes[0]["name"]["value"], nodes[0]["site"]["node"]["id"]
    return len(nodes) / (time.perf_counter() - start)


ROWS: dict[str, Callable[..., float]] = {
    "graphql-sync": graphql,
    "graphql-sync-tls": graphql,
    "all-1000": lambda address: all_nodes(address, 1000),
    "all-50": lambda address: all_nodes(address, 50),
}

if __name__ == "__main__":
    print(ROWS[sys.argv[1]](*sys.argv[2:]))
