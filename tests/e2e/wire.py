"""A client that speaks HTTP/1.1 over a plain socket and is strict about what comes back."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WAIT = 10.0  # seconds; how long to wait for something that must happen

Headers = Sequence[tuple[str, str]]


class Closed(Exception):
    """The gateway closed the connection before the answer was complete."""


@dataclass
class Head:
    status: int
    version: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


@dataclass
class Reply(Head):
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error object; checks the envelope that every error must have."""
        assert self.header("content-type") == "application/json"
        error = self.json["error"]
        assert isinstance(error, dict)
        assert set(error) <= {"message", "type", "param", "code", "provider_specific_fields"}
        assert {"message", "type", "param", "code"} <= set(error)
        assert isinstance(error["message"], str) and error["message"]
        assert error["param"] != "None" and error["type"] != "None"
        return error

    def expect_error(
        self, status: int, kind: str | None = None, message: str = "", code: str = ""
    ) -> dict[str, Any]:
        assert self.status == status, f"{self.status}: {self.body[:500]!r}"
        error = self.error
        if kind is not None:
            assert error["type"] == kind, error
        if message:
            assert message in error["message"], error
        if code:
            assert error["code"] == code, error
        return error


def request_bytes(
    method: str,
    target: str,
    headers: Headers = (),
    body: bytes | None = None,
    host: str = "gateway.test",
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")


class Wire:
    """One connection to the gateway."""

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        receive_buffer: int | None = None,
        timeout: float = WAIT,
    ) -> None:
        plain = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(timeout)
        plain.connect((host, port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket: socket.socket = (
            tls.wrap_socket(plain, server_hostname="localhost") if tls else plain
        )
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(
        self, method: str, target: str, headers: Headers = (), body: bytes | None = None
    ) -> Reply:
        self.send(request_bytes(method, target, headers, body))
        return self.read_reply(method)

    def post(self, target: str, value: Any, headers: Headers = ()) -> Reply:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.request("POST", target, [("content-type", "application/json"), *headers], body)

    # Reading: each call takes just what it names from the stream.

    def fill(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise Closed(f"closed after {self.buffer[-300:]!r}")
        self.buffer += data

    def take_until(self, mark: bytes) -> bytes:
        while (at := self.buffer.find(mark)) < 0:
            self.fill()
        taken, self.buffer = self.buffer[: at + len(mark)], self.buffer[at + len(mark) :]
        return taken

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def take_rest(self) -> bytes:
        """Everything until the gateway closes."""
        try:
            while True:
                self.fill()
        except (Closed, ConnectionResetError):
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def read_head(self) -> Head:
        text = self.take_until(b"\r\n\r\n").decode("latin-1")
        first, *lines = text[:-4].split("\r\n")
        version, status, _ = first.split(" ", 2)
        headers = []
        for line in lines:
            name, colon, value = line.partition(":")
            assert colon and name and name == name.strip() and "\n" not in line, (
                f"bad line {line!r}"
            )
            headers.append((name, value.strip(" \t")))
        return Head(int(status), version, headers)

    def read_chunk(self) -> bytes:
        """One chunk of the body; empty at its end."""
        size = int(self.take_until(b"\r\n")[:-2], 16)
        data = self.take(size + 2)
        assert data.endswith(b"\r\n")
        return data[:-2]

    def read_body(self, head: Head, method: str = "GET") -> bytes:
        length = head.header("content-length")
        coding = head.header("transfer-encoding")
        assert not (length and coding), "both lengths"
        if method == "HEAD" or head.status in (204, 304):
            return b""
        if coding:
            assert coding == "chunked"
            body = b""
            while data := self.read_chunk():
                body += data
            return body
        if length is not None:
            return self.take(int(length))
        assert head.header("connection") == "close" or head.version == "HTTP/1.0", "no length"
        return self.take_rest()

    def read_reply(self, method: str = "GET") -> Reply:
        head = self.read_head()
        return Reply(head.status, head.version, head.headers, self.read_body(head, method))

    def expect_closed(self) -> None:
        """The gateway closes, and says nothing more."""
        assert self.take_rest() == b""

    def expect_silence(self, seconds: float = 0.15) -> None:
        """Nothing comes: to show that something is withheld. Not a proof of timing."""
        before = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(65536)
            raise AssertionError(f"expected nothing, got {data!r}")
        except TimeoutError:
            pass
        finally:
            self.socket.settimeout(before)

    def is_open(self) -> bool:
        """Nothing to read, not closed."""
        try:
            self.expect_silence(0.05)
            return True
        except (AssertionError, ConnectionResetError):
            return False


def parse_events(body: bytes) -> list[Any]:
    """The events of a stream as our gateway writes them: one `data:` line and a blank line each;
    comment lines stand alone. JSON is parsed, `[DONE]` stays text."""
    return [decode_event(block) for block in split_events(body) if not block.startswith(b":")]


def split_events(body: bytes) -> list[bytes]:
    """Blocks as sent: events with their blank line, comment lines by themselves."""
    assert b"\r" not in body, "lines end with LF alone"
    blocks: list[bytes] = []
    rest = body
    while rest:
        mark = b"\n" if rest.startswith(b":") else b"\n\n"
        block, found, rest = rest.partition(mark)
        assert found, f"cut event {block!r}"
        if block.startswith(b":"):
            rest = rest.removeprefix(b"\n")  # a comment may have a blank line of its own
        blocks.append(block + mark)
    return blocks


def decode_event(block: bytes) -> Any:
    lines = block.decode("utf-8").removesuffix("\n\n").split("\n")
    assert len(lines) == 1 and lines[0].startswith("data: "), f"not one data line: {block!r}"
    text = lines[0].removeprefix("data: ")
    return text if text == "[DONE]" else json.loads(text)


class EventStream:
    """An answer that comes event by event. Reads no further than it is asked to."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.head = wire.read_head()
        assert self.head.status == 200, self.head
        assert self.head.header("content-type") == "text/event-stream; charset=utf-8" or (
            self.head.header("content-type") == "text/event-stream"
        )
        self.chunked = self.head.header("transfer-encoding") == "chunked"
        self.pending = b""
        self.ended = False

    def read_block(self) -> bytes | None:
        """The next event or comment line, as sent; None at the end."""
        while True:
            self.pending = self.pending.removeprefix(b"\n") if self.after_comment else self.pending
            mark = b"\n" if self.pending.startswith(b":") else b"\n\n"
            block, found, rest = self.pending.partition(mark)
            if found:
                self.pending = rest
                self.after_comment = mark == b"\n"
                return block + mark
            if self.ended:
                assert not self.pending, f"the stream ends inside {self.pending!r}"
                return None
            self._read_more()

    after_comment = False

    def _read_more(self) -> None:
        if self.chunked:
            data = self.wire.read_chunk()
        else:
            try:
                if not self.wire.buffer:
                    self.wire.fill()
                data, self.wire.buffer = self.wire.buffer, b""
            except Closed:
                data = b""
        self.ended = not data
        self.pending += data

    def next_event(self) -> Any:
        """The next event, decoded; comments are passed over. None at the end."""
        while (block := self.read_block()) is not None:
            if not block.startswith(b":"):
                return decode_event(block)
        return None

    def rest(self) -> list[Any]:
        found = []
        while (event := self.next_event()) is not None:
            found.append(event)
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rest())


def until(condition: Any, what: str, timeout: float = WAIT) -> Any:
    """Polls for a state that has no event of its own (a log line, a process's end)."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.01)
    return value
