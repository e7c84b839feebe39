"""A server that answers with bytes it has at hand, over HTTP and over TLS, and counts connections and requests.

python benchmarks/server.py CERTIFICATE KEY    prints its addresses as JSON when it listens; ends when its input does

A blocking thread a connection: the least work for a request. All answers are made before the first question, but for
those to mutations, which differ in one id.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import ssl
import sys
import threading
import time
from typing import Any

from canned import KIND, NODES, nodes, schema

PAGE_SIZES = (50, 1000)

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_WRITES = re.compile(r"^ *(?:(\w+): )?(\w+(?:Create|Upsert))\(", re.MULTILINE)
MANY = 1_000_000  # nodes that the wide kind says to have, and begins anew to tell, for the filter `any__value: "many"`
SECONDS_A_PAGE = 0.02  # of the slow address


class Counts:
    """What happened since the last time that somebody asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open = 0
        self.take()

    def take(self) -> dict[str, int]:
        """The counts, which then start again."""
        counted = dict(getattr(self, "now", {}))
        self.now = {"connections": 0, "requests": 0, "most_at_once": self.open}
        return counted

    def connection(self) -> None:
        with self.lock:
            self.open += 1
            self.now["connections"] += 1
            self.now["most_at_once"] = max(self.now["most_at_once"], self.open)

    def closed(self) -> None:
        with self.lock:
            self.open -= 1

    def request(self) -> None:
        with self.lock:
            self.now["requests"] += 1


def http(body: bytes, status: str = "200 OK") -> bytes:
    """A whole answer, with the headers that Infrahub's server sends."""
    head = (
        f"HTTP/1.1 {status}\r\ndate: Mon, 24 Nov 2025 10:00:00 GMT\r\nserver: uvicorn\r\n"
        f"content-length: {len(body)}\r\ncontent-type: application/json\r\nx-process-time: 0.0123\r\n\r\n"
    )
    return head.encode() + body


def as_json(value: Any) -> bytes:
    return http(json.dumps(value, separators=(",", ":")).encode())


class Answers:
    """All that there is to say, by what is asked."""

    def __init__(self) -> None:
        whole = schema()
        self.paths = {
            b"/api/schema": as_json(whole),
            b"/api/schema/summary": as_json({"main": whole["main"]}),
        }
        self.version = as_json({"data": {"InfrahubInfo": {"version": "1.11.9"}}})
        self.edges = nodes()
        self.pages: dict[tuple[int, int, int], bytes] = {}
        for size in PAGE_SIZES:
            for offset in range(0, NODES + 1, size):
                self.page(offset, size)
        self.known: dict[bytes, bytes] = {}  # by the body of the request
        self.ids = itertools.count(1)

    def page(self, offset: int, limit: int, count: int = NODES) -> bytes:
        """One page of so many nodes; behind the last of those at hand they begin anew."""
        first, limit = offset % NODES, max(0, min(limit, count - offset))
        key = first, limit, count
        if key not in self.pages:
            edges = b",".join((self.edges + self.edges[:limit])[first : first + limit])
            body = b'{"data":{"%s":{"count":%d,"edges":[%s]}}}' % (KIND.encode(), count, edges)
            self.pages[key] = http(body)
        return self.pages[key]

    def graphql(self, body: bytes) -> bytes:
        answer = self.known.get(body)
        if answer is None:
            payload = json.loads(body)
            if payload["query"].lstrip().startswith("mutation"):
                return as_json(
                    {"data": {name or kind: self.written() for name, kind in _WRITES.findall(payload["query"])}}
                )
            answer = self.known[body] = self.query(payload["query"], payload.get("variables") or {})
        return answer

    def written(self) -> dict[str, Any]:
        return {"ok": True, "object": {"id": f"{next(self.ids):08x}-0000-4000-8000-000000000000"}}

    def query(self, text: str, variables: dict[str, Any]) -> bytes:
        if "InfrahubInfo" in text:
            return self.version
        if KIND in text and "offset" in variables:
            return self.page(variables["offset"], variables["limit"], MANY if '"many"' in text else NODES)
        if KIND in text and "edges" not in text:
            return as_json({"data": {KIND: {"count": NODES}}})
        return as_json({"data": None, "errors": [{"message": f"The canned server has no answer to: {text}"}]})


class Server:
    """Listens on three ports of the loopback interface."""

    def __init__(self, certificate: str, key: str) -> None:
        self.answers = Answers()
        self.counts = Counts()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        self.address = {
            "http": f"http://127.0.0.1:{self.listen(None)}",
            "slow": f"http://127.0.0.1:{self.listen(None, SECONDS_A_PAGE)}",
            "https": f"https://127.0.0.1:{self.listen(self.tls)}",
        }

    def listen(self, tls: ssl.SSLContext | None, delay: float = 0) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self.accept, args=(listener, tls, delay), daemon=True).start()
        port: int = listener.getsockname()[1]
        return port

    def accept(self, listener: socket.socket, tls: ssl.SSLContext | None, delay: float) -> None:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection, tls, delay), daemon=True).start()

    def serve(self, connection: socket.socket, tls: ssl.SSLContext | None, delay: float) -> None:
        try:
            with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
                self.talk(stream, delay)
        except OSError:
            pass  # the client went away

    def talk(self, stream: socket.socket, delay: float) -> None:
        counted = False
        received = b""
        try:
            while True:
                end = received.find(b"\r\n\r\n") + 4
                length = _LENGTH.search(received, 0, end) if end > 3 else None
                stop = end + int(length[1]) if length else end
                if end < 4 or len(received) < stop:
                    more = stream.recv(65536)
                    if not more:
                        return
                    received += more
                    continue
                path = received.split(b" ", 2)[1].partition(b"?")[0]
                body, received = received[end:stop], received[stop:]
                if path == b"/counts":
                    stream.sendall(as_json(self.counts.take()))
                    continue
                if not counted:
                    counted = True
                    self.counts.connection()
                self.counts.request()
                if delay and b"edges" in body:
                    time.sleep(delay)
                stream.sendall(self.answer(path, body))
        finally:
            if counted:
                self.counts.closed()

    def answer(self, path: bytes, body: bytes) -> bytes:
        if path.startswith(b"/graphql"):
            return self.answers.graphql(body)
        return self.answers.paths.get(path) or http(b'{"detail":"Not Found"}', "404 Not Found")


if __name__ == "__main__":
    print(json.dumps(Server(*sys.argv[1:]).address), flush=True)
    sys.stdin.read()
