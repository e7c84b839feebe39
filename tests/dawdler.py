"""A server that takes its time: it dawdles at random before it accepts, agrees on TLS, answers, and goes on answering.

It answers each request with the number that is in it, so that a client which mixes up answers is found out, and GraphQL
for pages of tags with the page that was asked for.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

__all__ = ["Dawdler"]

TAGS = 120


class Dawdler:
    """A server on a free port of the loopback interface, for the time of a `with` block, in a thread of its own.

    Args:
        schema: What `/api/schema` answers.
        seed: Of the delays.
        longest: The longest delay, in seconds. Half of the time there is none.
        tls: Speak TLS with this context.

    Attributes:
        url: Where it is.
        numbers: Of the requests that were received, the numbers in them.
    """

    def __init__(
        self, schema: dict[str, Any], *, seed: int, longest: float = 0.002, tls: ssl.SSLContext | None = None
    ) -> None:
        self._schema = json.dumps(schema).encode()
        self._random = random.Random(seed)
        self._longest = longest
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()  # nobody else holds one that waits for its client
        self._transports: WeakSet[asyncio.WriteTransport] = WeakSet()
        self.numbers: list[int] = []
        self.url = ""

    def __enter__(self) -> Dawdler:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        loop = self._loop
        loop.set_exception_handler(lambda *_: None)  # clients that go away are what this is about
        server = loop.run_until_complete(
            asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls, backlog=512)
        )
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        self._ready.set()
        loop.run_forever()
        for listener in server.sockets:
            loop.remove_reader(listener)
        loop.run_until_complete(asyncio.sleep(0))  # what was accepted last is taken over, which a closed server refuses
        server.close()
        while tasks := asyncio.all_tasks(loop):  # one that accepts a connection makes another that serves it
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.wait(tasks))
        for transport in self._transports:
            transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Here, since a task that is cancelled before its first step closes nothing.
        self._transports.add(writer.transport)
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _dawdle(self) -> None:
        if self._random.random() < 0.5:
            await asyncio.sleep(self._random.random() * self._longest)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._dawdle()
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length.group(1))) if length else b""
                content = self._content(head, body)
                await self._dawdle()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
                await self._dawdle()
                writer.write(content[:10])
                await self._dawdle()
                writer.write(content[10:])
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _content(self, head: str, body: bytes) -> bytes:
        if head.startswith("GET /api/schema"):
            return self._schema
        document = json.loads(body)["query"]
        number = re.search(r"\bn(\d+)\b", document)
        if number:
            self.numbers.append(int(number.group(1)))
            return json.dumps({"data": {"n": self.numbers[-1]}}).encode()
        return json.dumps({"data": _page(document)}).encode()


def _page(document: str) -> dict[str, Any]:
    offset, limit = (re.search(rf"\b{word}: (\d+)", document) for word in ("offset", "limit"))
    start = int(offset.group(1)) if offset else 0
    end = min(TAGS, start + int(limit.group(1))) if limit else TAGS
    edges = [
        {"node": {"id": f"id-{number}", "__typename": "BuiltinTag", "name": {"value": f"tag-{number}"}}}
        for number in range(start, end)
    ]
    return {"BuiltinTag": {"count": TAGS, "edges": edges}}
