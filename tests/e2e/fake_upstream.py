"""A scripted upstream that may lie. Sockets only: no HTTP library tidies up what it sends.

It runs on a thread with an event loop of its own. A test queues one script a request; a script is a
coroutine that gets the `Exchange` and writes whatever bytes it likes. Everything that arrives is
recorded as it came.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip as gzip_module
import itertools
import json as json_module
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

WAIT = 10.0  # seconds; how long a test waits for something that must happen

Headers = Sequence[tuple[str, str]]


@dataclass
class Received:
    """One request, exactly as it arrived."""

    connection: int
    number: int  # of the request on its connection, from 0
    head: bytes  # up to and with the blank line
    method: str
    target: str
    headers: list[tuple[str, str]]
    scheme_and_host: str  # what a proxied client asked for; "" when asked directly
    at: float
    body: bytes = b""
    sni: str | None = None
    peer_closed: threading.Event = field(default_factory=threading.Event)
    peer_closed_at: float | None = None

    def header(self, name: str) -> str | None:
        values = self.header_values(name)
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    def header_values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @property
    def url(self) -> str:
        """What was asked for, whole; only behind a `FakeProxy`."""
        if self.target.startswith("/"):
            return self.scheme_and_host + self.target
        return self.target

    def wait_closed(self, timeout: float = WAIT) -> float:
        """Waits until the peer closed its side; seconds from arrival until then."""
        assert self.peer_closed.wait(timeout), "the peer never closed the connection"
        assert self.peer_closed_at is not None
        return self.peer_closed_at - self.at


class PeerGone(Exception):
    """The other side closed or reset."""


class Connection:
    """One accepted socket. A pump reads all the time, so that a close is seen when it happens."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number
        self.buffer = bytearray()
        self.closed = asyncio.Event()  # by the peer
        self.current: Received | None = None
        self.scheme_and_host = ""
        self.sni: str | None = None
        self._more = asyncio.Event()
        self._pump = asyncio.ensure_future(self._read_all())

    async def _read_all(self) -> None:
        try:
            while data := await self.reader.read(65536):
                self.buffer += data
                self._more.set()
        except (OSError, ssl.SSLError):
            pass
        self.closed.set()
        self._note_close()
        self._more.set()

    def _note_close(self) -> None:
        if self.current and self.closed.is_set() and not self.current.peer_closed.is_set():
            self.current.peer_closed_at = time.monotonic()
            self.current.peer_closed.set()

    async def _need_more(self) -> None:
        if self.closed.is_set():
            raise PeerGone
        self._more.clear()
        await self._more.wait()

    async def read_until(self, mark: bytes) -> bytes:
        while (end := self.buffer.find(mark)) < 0:
            await self._need_more()
        return self._take(end + len(mark))

    async def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            await self._need_more()
        return self._take(count)

    def _take(self, count: int) -> bytes:
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    async def read_request(self) -> Received:
        head = await self.read_until(b"\r\n\r\n")
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = [(name, value.strip()) for name, _, value in (x.partition(":") for x in lines)]
        number = 0 if self.current is None else self.current.number + 1
        request = Received(
            connection=self.number,
            number=number,
            head=head,
            method=method,
            target=target,
            headers=headers,
            scheme_and_host=self.scheme_and_host,
            at=time.monotonic(),
            sni=self.sni,
        )
        if method != "CONNECT":
            request.body = await self._read_body(request)
        self.current = request
        self._note_close()
        return request

    async def _read_body(self, request: Received) -> bytes:
        if (request.header("transfer-encoding") or "").lower() == "chunked":
            body = b""
            while size := int(await self.read_until(b"\r\n"), 16):
                body += (await self.read_exactly(size + 2))[:-2]
            await self.read_until(b"\r\n")
            return body
        return await self.read_exactly(int(request.header("content-length") or 0))

    async def start_tls(self, go_ahead: bytes, context: ssl.SSLContext) -> None:
        """Sends `go_ahead`, then puts TLS on top as the server. The pump stops first and nothing
        yields in between: else it would swallow the client's first TLS record."""
        assert not self.buffer, "TLS began before the go-ahead"
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        self.writer.write(go_ahead)
        await self.writer.start_tls(context)
        self._pump = asyncio.ensure_future(self._read_all())

    async def close(self) -> None:
        self._pump.cancel()
        self.writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await self.writer.wait_closed()

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Exchange:
    """One request and the means to answer it. Keep-alive unless the script closes."""

    def __init__(self, upstream: FakeUpstream, connection: Connection, request: Received) -> None:
        self.upstream = upstream
        self.connection = connection
        self.request = request
        self.keep_alive = True

    async def write(self, data: bytes) -> None:
        """Returns once the socket took the bytes, so a slow reader holds the script up."""
        try:
            self.connection.writer.write(data)
            await self.connection.writer.drain()
        except (OSError, ssl.SSLError) as gone:
            self.keep_alive = False
            raise PeerGone from gone

    async def close(self) -> None:
        self.keep_alive = False
        await self.connection.close()

    def reset(self) -> None:
        self.keep_alive = False
        self.connection.reset()

    async def until_peer_closes(self) -> None:
        self.keep_alive = False
        await self.connection.closed.wait()


Script = Callable[[Exchange], Awaitable[None]]


def head(status: int, headers: Headers = (), reason: str = "Whatever") -> bytes:
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def compact(value: Any) -> str:
    return json_module.dumps(value, separators=(",", ":"), ensure_ascii=False)


def raw(data: bytes, *, close: bool = False) -> Script:
    """Sends these bytes and nothing else."""

    async def script(exchange: Exchange) -> None:
        await exchange.write(data)
        if close:
            await exchange.close()

    return script


def reply(
    body: bytes | str,
    status: int = 200,
    headers: Headers = (),
    content_type: str = "application/json",
    framing: str = "length",
) -> Script:
    """A whole answer. `framing`: length, chunked, close."""
    data = body.encode() if isinstance(body, str) else body
    all_headers = [("content-type", content_type), *headers]
    if framing == "length":
        return raw(head(status, [*all_headers, ("content-length", str(len(data)))]) + data)
    if framing == "chunked":
        pieces = [data[at : at + 7] for at in range(0, len(data), 7)]
        return raw(
            head(status, [*all_headers, ("transfer-encoding", "chunked")])
            + b"".join(chunk(piece) for piece in pieces)
            + b"0\r\n\r\n"
        )
    return raw(head(status, [*all_headers, ("connection", "close")]) + data, close=True)


def json(value: Any, status: int = 200, headers: Headers = (), framing: str = "length") -> Script:
    return reply(compact(value), status, headers, framing=framing)


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def gzipped(value: Any, headers: Headers = ()) -> Script:
    body = gzip_module.compress(compact(value).encode())
    return reply(body, headers=[("content-encoding", "gzip"), *headers])


def event(data: Any) -> bytes:
    """One event of OpenAI's kind."""
    return f"data: {data if isinstance(data, str) else compact(data)}\n\n".encode()


def events(items: Iterable[Any], *, done: bool = True) -> bytes:
    return b"".join(event(item) for item in items) + (event("[DONE]") if done else b"")


SSE_HEADERS: Headers = (("content-type", "text/event-stream"), ("cache-control", "no-cache"))


def sse(
    items: Iterable[Any] | bytes,
    *,
    done: bool = True,
    piece: int | None = None,
    framing: str = "chunked",
    headers: Headers = (),
    pause: float = 0.0,
) -> Script:
    """A stream. `piece`: bytes a write; None: everything in one. `framing`: chunked, close."""
    body = items if isinstance(items, bytes) else events(items, done=done)

    async def script(exchange: Exchange) -> None:
        how = ("transfer-encoding", "chunked") if framing == "chunked" else ("connection", "close")
        await exchange.write(head(200, [*SSE_HEADERS, *headers, how]))
        step = piece or max(len(body), 1)
        for at in range(0, len(body), step):
            data = body[at : at + step]
            await exchange.write(chunk(data) if framing == "chunked" else data)
            await asyncio.sleep(pause)
        if framing == "chunked":
            await exchange.write(b"0\r\n\r\n")
        else:
            await exchange.close()

    return script


def trickle(data: bytes, piece: int = 1, *, close: bool = False) -> Script:
    """Any bytes, head included, a few at a time, each in a segment of its own."""

    async def script(exchange: Exchange) -> None:
        for at in range(0, len(data), piece):
            await exchange.write(data[at : at + piece])
            await asyncio.sleep(0)
        if close:
            await exchange.close()

    return script


def pieces(parts: Sequence[bytes], *, close: bool = False, pause: float = 0.002) -> Script:
    """Each part in a write of its own, with a pause that lets the other side read in between."""

    async def script(exchange: Exchange) -> None:
        for part in parts:
            await exchange.write(part)
            await asyncio.sleep(pause)
        if close:
            await exchange.close()

    return script


def stall(before: bytes = b"") -> Script:
    """Sends `before`, then nothing until the other side gives up."""

    async def script(exchange: Exchange) -> None:
        if before:
            await exchange.write(before)
        await exchange.until_peer_closes()

    return script


def cut(before: bytes = b"", *, reset: bool = False) -> Script:
    """Sends `before`, then closes, or resets."""

    async def script(exchange: Exchange) -> None:
        if before:
            await exchange.write(before)
            await asyncio.sleep(0.02)  # a reset would throw away what is still on its way
        if reset:
            exchange.reset()
        else:
            await exchange.close()

    return script


def close_after(script: Script) -> Script:
    """Answers properly with keep-alive, then closes at once: a stale connection for the pool."""

    async def closing(exchange: Exchange) -> None:
        await script(exchange)
        await exchange.close()

    return closing


class LiveStream:
    """A script that the test drives from outside, event by event."""

    def __init__(self, *, sse_head: bool = True, headers: Headers = ()) -> None:
        self._head = (
            head(200, [*SSE_HEADERS, *headers, ("transfer-encoding", "chunked")])
            if sse_head
            else b""
        )
        self._exchange: Exchange | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._over: asyncio.Event | None = None

    async def __call__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        if self._head:
            await exchange.write(self._head)
        self._started.set()
        await self._over.wait()

    @property
    def request(self) -> Received:
        self.wait_started()
        assert self._exchange
        return self._exchange.request

    def wait_started(self, timeout: float = WAIT) -> None:
        assert self._started.wait(timeout), "the upstream was never asked"

    def _run(self, work: Awaitable[Any], timeout: float = WAIT) -> None:
        assert self._loop

        async def run() -> None:
            await work

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout)

    def send_raw(self, data: bytes, timeout: float = WAIT) -> None:
        self.wait_started()
        assert self._exchange
        self._run(self._exchange.write(data), timeout)

    def send(self, data: Any, timeout: float = WAIT) -> None:
        """One event in one chunk."""
        self.send_bytes(event(data), timeout)

    def send_bytes(self, data: bytes, timeout: float = WAIT) -> None:
        """Any bytes of the body, in one chunk."""
        self.send_raw(chunk(data), timeout)

    def finish(self) -> None:
        """`[DONE]` and the last chunk; the connection stays."""
        self.send("[DONE]")
        self.end()

    def end(self) -> None:
        self.send_raw(b"0\r\n\r\n")
        self._leave()

    def cut(self, *, reset: bool = False) -> None:
        self.wait_started()
        assert self._exchange
        exchange = self._exchange

        async def leave() -> None:
            if reset:
                exchange.reset()
            else:
                await exchange.close()

        self._run(leave())
        self._leave()

    def _leave(self) -> None:
        assert self._loop and self._over
        self._loop.call_soon_threadsafe(self._over.set)


class FakeUpstream:
    """Listens on loopback. `answers` are used up one a request; then `default` answers."""

    def __init__(
        self, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.requests: list[Received] = []
        self.faults: list[Exception] = []
        self.connections = 0
        self.open_connections = 0
        self.default: Script = json({"error": {"message": "no script left"}}, status=500)
        self._answers: deque[Script] = deque()
        self._by_url: list[tuple[re.Pattern[str], Script]] = []
        self._tls = tls
        self._address = (address, port)
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sni: dict[int, str | None] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(WAIT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def origin(self) -> str:
        host = "localhost" if self._tls else "127.0.0.1"
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    @property
    def base(self) -> str:
        return self.origin + "/v1"

    def answer(self, *scripts: Script) -> None:
        self._answers.extend(scripts)

    def always(self, script: Script) -> None:
        self.default = script

    def answer_where(self, url: re.Pattern[str], script: Script) -> None:
        """Requests whose URL begins so are answered by `script`, and are not in `requests`."""
        self._by_url.append((url, script))

    def reset(self) -> None:
        with self._changed:
            self.requests.clear()
        self._answers.clear()
        self.default = json({"error": {"message": "no script left"}}, status=500)

    def wait_requests(self, count: int = 1, timeout: float = WAIT) -> list[Received]:
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.requests) >= count, timeout)
            assert arrived, f"{len(self.requests)} of {count} requests reached the upstream"
            return list(self.requests)

    @property
    def request(self) -> Received:
        """The one and only request."""
        assert len(self.requests) == 1, f"{len(self.requests)} requests reached the upstream"
        return self.requests[0]

    @property
    def last(self) -> Received:
        return self.requests[-1]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT)
        assert not self.faults, self.faults

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        context = self._tls
        if context:
            context.sni_callback = self._note_sni
        server = await asyncio.start_server(
            self._accept, *self._address, ssl=context, backlog=1024, limit=2**20
        )
        self.port: int = server.sockets[0].getsockname()[1]
        return server

    def _note_sni(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        self._sni[id(tls)] = name

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw_socket = writer.get_extra_info("socket")
        raw_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(reader, writer, next(self._numbers))
        connection.sni = self._sni.get(id(writer.get_extra_info("ssl_object")))
        self.connections += 1
        self.open_connections += 1
        try:
            while await self._serve_one(connection):
                pass
        except (PeerGone, OSError, ssl.SSLError):
            pass
        except Exception as fault:  # a script's own mistake: the test must not pass over it
            self.faults.append(fault)
        finally:
            self.open_connections -= 1
            await connection.close()

    async def _serve_one(self, connection: Connection) -> bool:
        request = await connection.read_request()
        return await self.exchange(connection, request)

    async def exchange(self, connection: Connection, request: Received) -> bool:
        for url, by_url in self._by_url:
            if url.match(request.url):
                exchange = Exchange(self, connection, request)
                await by_url(exchange)
                return exchange.keep_alive
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        script = self._answers.popleft() if self._answers else self.default
        exchange = Exchange(self, connection, request)
        await script(exchange)
        return exchange.keep_alive


class FakeProxy(FakeUpstream):
    """The same, reached as an HTTP proxy: it is whatever host is asked for, with TLS if need be.

    `connects` holds each CONNECT as received; the tunnelled requests are in `requests`, with
    `url` as the client of the proxy meant it.
    """

    def __init__(self, certificate_for: Callable[[str], ssl.SSLContext], auth: str = "") -> None:
        self.connects: list[Received] = []
        self._certificate_for = certificate_for
        self._auth = "Basic " + base64.b64encode(auth.encode()).decode() if auth else ""
        super().__init__()

    async def _serve_one(self, connection: Connection) -> bool:
        request = await connection.read_request()
        tunnelled = bool(connection.scheme_and_host)
        if not tunnelled and self._auth and request.header("proxy-authorization") != self._auth:
            await Exchange(self, connection, request).write(
                head(407, [("proxy-authenticate", "Basic"), ("content-length", "0")])
            )
            return True
        if request.method != "CONNECT":
            return await self.exchange(connection, request)
        self.connects.append(request)
        host, _, port = request.target.rpartition(":")
        connection.current = None
        connection.scheme_and_host = f"https://{host}" + ("" if port == "443" else f":{port}")
        go_ahead = head(200, reason="Connection established")
        await connection.start_tls(go_ahead, self._certificate_for(host.strip("[]")))
        return True
