"""The network side: bytes to requests, and answers to bytes."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from infrahub_sdk.testing.server.web import bodies, rest
from infrahub_sdk.testing.server.web.exchange import Answer, Request
from infrahub_sdk.testing.server.web.faults import Faults

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.app import App
    from infrahub_sdk.testing.server.web.faults import Fault

__all__ = ["Server"]


class Server(ThreadingHTTPServer):
    """A server of one app.

    Args:
        app: What it serves.
        host: Where it listens.
        port: The port; 0 for a free one.

    Attributes:
        faults: What goes wrong with requests.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: App, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self.faults = Faults()
        self._connections: set[socket.socket] = set()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), partial(_Handler, app, self.faults))

    def server_bind(self) -> None:
        """Bind, without the look at the name service that the base class takes."""
        self.socket.bind(self.server_address)
        host, port = self.socket.getsockname()[:2]
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = host, port

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away; what the app does wrong is answered with a status of 500."""

    def close(self) -> None:
        """Close all connections; whoever waits for a request on one wakes up and ends."""
        self.server_close()
        for connection in list(self._connections):
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # of requests that name none; answers of 0.9 would have no head
    wbufsize = -1  # head and body leave in one piece

    def __init__(self, app: App, faults: Faults, *connection: Any) -> None:
        self._app = app
        self._faults = faults
        super().__init__(*connection)  # which serves the connection

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def handle_expect_100(self) -> bool:
        """Let the client send the content, which it holds back until it is told so."""
        answered = super().handle_expect_100()
        self.wfile.flush()
        return answered

    def _serve(self) -> None:
        try:
            request = self._request()
        except ValueError as error:
            self.send_error(400, str(error))
            return
        fault = self._faults.take(f"{self.command} {self.path}", request.body)
        if fault is None:
            self._send(self._answer(request))
        else:
            self._go_wrong(fault, request)

    def _request(self) -> Request:
        """The request, with its content.

        Raises:
            ValueError: It is none.
            ConnectionError: The client went away in the middle.
        """
        url = urlsplit(self.path)
        every = parse_qs(url.query, keep_blank_values=True)
        query = {name: values[-1] for name, values in every.items()}
        body = bodies.read(self.headers, self.rfile)
        return Request(self.command, unquote(url.path), query, self.headers, body, every)

    def _answer(self, request: Request) -> Answer:
        try:
            return rest.answer(self._app, request)
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            return Answer({"data": None, "errors": [{"message": message, "extensions": {"code": 500}}]}, 500)

    def _go_wrong(self, fault: Fault, request: Request) -> None:
        self._faults.sleep(fault.delay)
        if fault.close == "after":
            self._answer(request)
        if fault.close:
            self.close_connection = True
        elif fault.status is not None:
            words = {"data": None, "errors": [{"message": "A fault on request", "extensions": {"code": fault.status}}]}
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            self._send(Answer(words, fault.status, headers=headers))
        else:
            self._send(self._answer(request))

    def _send(self, answer: Answer) -> None:
        content = answer.encoded()
        self.send_response(answer.status)
        if answer.type:
            self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request that this server reads, as a real one does: with 400, whatever is wrong."""
        self.close_connection = True
        self._send(Answer({"detail": message or "Bad Request"}, 400))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests."""


for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)  # where the base class looks for them
