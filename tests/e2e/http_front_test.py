"""HTTP/1.1 as clients, load balancers and attackers speak it."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

import answers
import fake_upstream as up
from certificates import Authority
from fake_upstream import FakeUpstream
from gateway import AUTH, KEY, Gateway, StartGateway, chat_body, model
from wire import Closed, Wire, request_bytes, until

CHAT = "/v1/chat/completions"
ALIVE = "/health/liveliness"
MEBIBYTE = 1024 * 1024
AUTH_LINE = f"authorization: Bearer {KEY}".encode()


def server_settings(upstream: FakeUpstream, **server: Any) -> dict[str, Any]:
    return {
        "model_list": [model("m", upstream.base)],
        "tollweir_settings": {"server": server},
    }


def bytes_of(gateway: Gateway, data: bytes, *, half_close: bool = False) -> bytes:
    """Sends raw bytes; everything that comes back until the gateway closes."""
    with gateway.wire() as wire:
        wire.send(data)
        if half_close:
            wire.socket.shutdown(socket.SHUT_WR)
        return wire.take_rest()


def count_answers(got: bytes) -> int:
    return len(re.findall(rb"^HTTP/1\.1 \d{3} ", got, re.MULTILINE))


def answer_to(gateway: Gateway, data: bytes) -> Any:
    with gateway.wire() as wire:
        wire.send(data)
        return wire.read_reply()


# Connections


def test_a_connection_serves_many_requests(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.completion()))
    with gateway.wire() as wire:
        for _ in range(5):
            assert wire.post(CHAT, chat_body(), AUTH).status == 200
            assert wire.request("GET", "/nope", AUTH).status == 404
            assert wire.post(CHAT, {"model": "unknown"}, AUTH).status == 400
            assert wire.post(CHAT, chat_body()).status == 401
        assert wire.is_open()


def test_pipelined_requests_are_answered_in_order(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(*(up.json(answers.completion(f"answer {n}")) for n in range(20)))
    bodies = [f'{{"model":"m","messages":[],"n":{n}}}'.encode() for n in range(20)]
    requests = [request_bytes("POST", CHAT, AUTH, body) for body in bodies]
    with gateway.wire() as wire:
        wire.send(b"".join(requests))
        for n in range(20):
            content = wire.read_reply().json["choices"][0]["message"]["content"]
            assert content == f"answer {n}"
    assert [request.json["n"] for request in upstream.requests] == list(range(20))


def test_pipelined_requests_of_mixed_kinds_and_a_stream(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.sse(answers.stream("a", "b")))
    stream = request_bytes("POST", CHAT, AUTH, b'{"model":"m","messages":[],"stream":true}')
    alive = request_bytes("GET", ALIVE)
    head = request_bytes("HEAD", ALIVE)
    with gateway.wire() as wire:
        wire.send(alive + stream + head + b"\r\n" + alive)
        assert wire.read_reply().json == "I'm alive!"
        assert b'"content":"b"' in wire.read_reply().body
        assert wire.read_reply("HEAD").status == 200
        assert wire.read_reply().json == "I'm alive!"


def test_a_request_may_arrive_byte_by_byte(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    with gateway.wire() as wire:
        for byte in request_bytes("POST", CHAT, AUTH, b'{"model":"m","messages":[]}'):
            wire.send(bytes([byte]))
        assert wire.read_reply().status == 200
    assert upstream.request.json == {"model": "up-model", "messages": []}


def test_connection_close_is_honoured(gateway: Gateway) -> None:
    with gateway.wire() as wire:
        reply = wire.request("GET", ALIVE, [("connection", "close")])
        assert reply.status == 200
        assert reply.header("connection") == "close"
        wire.expect_closed()


def test_http_1_0_gets_a_plain_body_and_a_close(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.sse(answers.stream("a", "b")))
    body = b'{"model":"m","messages":[],"stream":true}'
    head = f"POST {CHAT} HTTP/1.0\r\ncontent-length: {len(body)}\r\n".encode() + AUTH_LINE
    with gateway.wire() as wire:
        wire.send(head + b"\r\n\r\n" + body)
        got = wire.read_head()
        assert got.status == 200
        assert got.header("transfer-encoding") is None
        text = wire.take_rest()
    assert text.endswith(b"data: [DONE]\n\n")
    assert b'"content":"b"' in text

    assert bytes_of(gateway, f"GET {ALIVE} HTTP/1.0\r\n\r\n".encode()).endswith(b'"I\'m alive!"')


def test_an_idle_connection_is_closed_without_a_word(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(server_settings(upstream, idle_timeout="200ms"))
    with gateway.wire() as fresh, gateway.wire() as used:
        assert used.request("GET", ALIVE).status == 200
        used.expect_closed()
        fresh.expect_closed()


def test_keepalive_timeout_is_a_flag_too(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream), args=["--keepalive_timeout", "1"])
    with gateway.wire() as wire:
        assert wire.request("GET", ALIVE).status == 200
        wire.expect_closed()


def test_a_connection_too_many_gets_503(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream, max_connections=3))
    # The probe that waited for readiness may still be closing.
    kept = until(lambda: three_connections(gateway), "three connections are served")
    with gateway.wire() as extra:
        reply = extra.read_reply()
        assert reply.status == 503
        assert reply.error["message"]
        assert reply.header("connection") == "close"
        extra.expect_closed()
    kept[0].close()
    until(lambda: is_served(gateway), "a place is free again")
    for wire in kept[1:]:
        assert wire.request("GET", ALIVE).status == 200
        wire.close()


def three_connections(gateway: Gateway) -> list[Wire] | None:
    wires = [gateway.wire() for _ in range(3)]
    try:
        if all(wire.request("GET", ALIVE).status == 200 for wire in wires):
            return wires
    except (Closed, OSError):
        pass
    for wire in wires:
        wire.close()
    return None


def is_served(gateway: Gateway) -> bool:
    try:
        return gateway.get(ALIVE).status == 200
    except (Closed, OSError):
        return False


# Bodies


def test_a_chunked_request_body_is_read_whole(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.completion()))
    body = b'{"model":"m","messages":[{"role":"user","content":"chunky"}]}'
    framings = [
        b"".join(up.chunk(body[at : at + 5]) for at in range(0, len(body), 5)) + b"0\r\n\r\n",
        f"{len(body):X};name=value;flag\r\n".encode() + body + b"\r\n0;last\r\n\r\n",
        b"000" + up.chunk(body) + b"000\r\nx-trailer: 1\r\n\r\n",
    ]
    with gateway.wire() as wire:
        for framed in framings:
            head = request_bytes("POST", CHAT, [*AUTH, ("transfer-encoding", "Chunked")])
            wire.send(head + framed)
            assert wire.read_reply().status == 200
    for request in upstream.requests:
        assert request.body == body.replace(b'"m"', b'"up-model"')
        assert request.header("content-length") == str(len(request.body))
        assert request.header("transfer-encoding") is None


def test_a_chunked_body_may_arrive_byte_by_byte(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    body = b'{"model":"m","messages":[]}'
    framed = up.chunk(body[:3]) + up.chunk(body[3:]) + b"0\r\n\r\n"
    data = request_bytes("POST", CHAT, [*AUTH, ("transfer-encoding", "chunked")]) + framed
    with gateway.wire() as wire:
        for byte in data:
            wire.send(bytes([byte]))
        assert wire.read_reply().status == 200
    assert upstream.request.json == {"model": "up-model", "messages": []}


def test_expect_100_continue(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    body = b'{"model":"m","messages":[]}'
    headers = [*AUTH, ("expect", "100-continue"), ("content-length", str(len(body)))]
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, headers))
        assert wire.take_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(body)
        assert wire.read_reply().status == 200
        # The body need not wait; then the interim answer may be left out.
        wire.send(request_bytes("POST", CHAT, headers[:2], b"not json"))
        head = wire.read_head()
        head = wire.read_head() if head.status == 100 else head
        assert head.status == 400


def test_a_stranger_is_refused_before_his_body_is_asked_for(gateway: Gateway) -> None:
    headers = [("expect", "100-continue"), ("content-length", "1000000")]
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, headers))
        assert wire.read_reply().status == 401


def test_another_expectation_is_417(gateway: Gateway) -> None:
    headers = [*AUTH, ("expect", "tea"), ("content-length", "2")]
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, headers))
        reply = wire.read_reply()
        reply.expect_error(417)
        assert reply.header("connection") == "close"
        wire.expect_closed()


def fitting_body() -> bytes:
    """A request of exactly 1000 bytes."""
    frame = b'{"model":"m","messages":[],"x":"%s"}'
    body = frame % (b"a" * (1000 - len(frame % b"")))
    assert len(body) == 1000
    return body


@pytest.mark.parametrize("length", [1001, 100_000_000])
def test_a_body_that_says_it_is_too_large_is_413(
    start: StartGateway, upstream: FakeUpstream, length: int
) -> None:
    gateway = start(server_settings(upstream, max_body_mb=1000 / MEBIBYTE))
    upstream.always(up.json(answers.completion()))
    assert gateway.post(CHAT, fitting_body()).status == 200
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, [*AUTH, ("content-length", str(length))]))
        reply = wire.read_reply()
        reply.expect_error(413, "invalid_request_error")
        if reply.header("connection") == "close":
            wire.expect_closed()
        else:
            assert length == 1001, "so much is not read to keep a connection"
            wire.send(b"x" * length)
            assert wire.request("GET", ALIVE).status == 200
    assert len(upstream.requests) == 1


def test_a_chunked_body_that_grows_too_large_is_413(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(server_settings(upstream, max_body_mb=1000 / MEBIBYTE))
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, [*AUTH, ("transfer-encoding", "chunked")]))
        wire.send(up.chunk(fitting_body()) + up.chunk(b" "))
        reply = wire.read_reply()
        reply.expect_error(413, "invalid_request_error")
        assert reply.header("connection") == "close"
        wire.expect_closed()
    assert not upstream.requests
    assert gateway.get(ALIVE).status == 200


LARGE = chat_body(x="y" * (2 * MEBIBYTE))


@pytest.mark.parametrize("close", [False, True])
def test_large_bodies_give_their_memory_back(
    start: StartGateway, upstream: FakeUpstream, close: bool
) -> None:
    gateway = start(server_settings(upstream, max_buffered_mb=5))
    upstream.always(up.json(answers.completion()))
    headers = [*AUTH, ("connection", "close")] if close else AUTH
    for _ in range(6):
        assert gateway.post(CHAT, LARGE, headers).status == 200
    for _ in range(6):  # a client that leaves midway gives back too
        with gateway.wire() as wire:
            wire.send(request_bytes("POST", CHAT, [*AUTH, ("content-length", "3000000")]))
            wire.send(b"x" * 100_000)
    until(lambda: gateway.post(CHAT, LARGE).status == 200, "there is room again")


def test_large_bodies_past_the_common_bound_are_503(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(server_settings(upstream, max_buffered_mb=5))
    upstream.answer(up.stall(), up.stall())
    upstream.always(up.json(answers.completion()))
    held = [gateway.wire(), gateway.wire()]
    for wire in held:
        wire.send(request_bytes("POST", CHAT, AUTH, json.dumps(LARGE).encode()))
    upstream.wait_requests(2)
    with gateway.wire() as third:
        third.send(request_bytes("POST", CHAT, [*AUTH, ("content-length", "3000000")]))
        reply = third.read_reply()
        reply.expect_error(503, "service_unavailable_error")
        assert reply.header("retry-after")
    assert gateway.chat().status == 200, "small ones are served"
    for wire in held:
        wire.close()
    until(lambda: gateway.post(CHAT, LARGE).status == 200, "there is room again")


def test_an_endless_chunk_line_is_refused(gateway: Gateway) -> None:
    data = request_bytes("POST", CHAT, [*AUTH, ("transfer-encoding", "chunked")])
    got = bytes_of(gateway, data + b"1;" + b"x" * 100_000)
    assert got.startswith(b"HTTP/1.1 4")
    assert count_answers(got) == 1


# Limits of the head


def test_a_head_too_large_is_431(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream, max_header_bytes=4096))
    with gateway.wire() as wire:
        assert wire.request("GET", ALIVE, [("x-a", "b" * 3500)]).status == 200
        reply = wire.request("GET", ALIVE, [("x-a", "b" * 4096)])
        reply.expect_error(431)
        assert reply.header("connection") == "close"
        wire.expect_closed()


def test_a_head_that_never_ends_is_431(gateway: Gateway) -> None:
    data = request_bytes("GET", ALIVE, [("x-a", "b" * 200_000)])[:-4]
    got = bytes_of(gateway, data)
    assert got.startswith(b"HTTP/1.1 431 ")


def test_too_many_headers_are_431(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream, max_header_count=20))
    with gateway.wire() as wire:
        assert wire.request("GET", ALIVE, [(f"x-{n}", "1") for n in range(19)]).status == 200
        reply = wire.request("GET", ALIVE, [(f"x-{n}", "1") for n in range(20)])
        reply.expect_error(431)
        wire.expect_closed()


def test_a_target_too_long_is_414(gateway: Gateway) -> None:
    with gateway.wire() as wire:
        reply = wire.request("GET", "/" + "a" * 60_000)
        reply.expect_error(414)
        wire.expect_closed()


def test_a_slow_head_is_408(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream, header_timeout="200ms"))
    with gateway.wire() as wire:
        wire.send(f"GET {ALIVE} HTTP/1.1\r\nhost: x\r\n".encode())
        reply = wire.read_reply()
        reply.expect_error(408, "timeout_error")
        assert reply.header("connection") == "close"
        wire.expect_closed()


def test_a_trickled_head_is_408_all_the_same(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(server_settings(upstream, header_timeout="300ms"))
    with gateway.wire() as wire:
        wire.send(f"GET {ALIVE} HTTP/1.1\r\n".encode())
        over = threading.Event()

        def trickle() -> None:
            while not over.wait(0.05):
                try:
                    wire.send(b"x: y\r\n")
                except OSError:
                    return

        slow = threading.Thread(target=trickle)
        slow.start()
        try:
            assert wire.read_head().status == 408
        finally:
            over.set()
            slow.join()


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_that_stops_coming_is_408(
    start: StartGateway, upstream: FakeUpstream, framing: str
) -> None:
    gateway = start(server_settings(upstream, body_timeout="200ms"))
    how = ("content-length", "100") if framing == "length" else ("transfer-encoding", "chunked")
    with gateway.wire() as wire:
        wire.send(request_bytes("POST", CHAT, [*AUTH, how]) + b"5\r\n{")
        reply = wire.read_reply()
        reply.expect_error(408, "timeout_error")
        assert reply.header("connection") == "close"
        wire.expect_closed()
    assert not upstream.requests


def test_a_client_that_goes_in_its_body_harms_nobody(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.json(answers.completion()))
    for _ in range(10):
        with gateway.wire() as wire:
            wire.send(request_bytes("POST", CHAT, [*AUTH, ("content-length", "100")]) + b"{")
    assert gateway.chat().status == 200
    assert len(upstream.requests) == 1


# Smuggling: what two parsers might read in two ways is refused, and nothing behind it is answered.

SMUGGLED = f"GET {ALIVE} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
CHAT_HEAD = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\n".encode() + AUTH_LINE + b"\r\n"
GET_HEAD = f"GET {ALIVE} HTTP/1.1\r\n".encode()

REFUSED: dict[str, bytes] = {
    "both lengths": CHAT_HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, the other order": CHAT_HEAD
    + b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "two different lengths": CHAT_HEAD + b"content-length: 2\r\ncontent-length: 0\r\n\r\n{}",
    "two lengths in one line": CHAT_HEAD + b"content-length: 2, 0\r\n\r\n{}",
    "xchunked": CHAT_HEAD + b"transfer-encoding: xchunked\r\n\r\n",
    "chunked, identity": CHAT_HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "identity": CHAT_HEAD + b"transfer-encoding: identity\r\ncontent-length: 2\r\n\r\n{}",
    "gzip, chunked": CHAT_HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": CHAT_HEAD
    + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and cow": CHAT_HEAD
    + b"transfer-encoding: chunked\r\ntransfer-encoding: cow\r\n\r\n0\r\n\r\n",
    "an empty transfer-encoding": CHAT_HEAD + b"transfer-encoding:\r\ncontent-length: 2\r\n\r\n{}",
    "chunked with a vertical tab": CHAT_HEAD + b"transfer-encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": CHAT_HEAD.replace(b"1.1", b"1.0")
    + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk size that is no number": CHAT_HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a chunk size with 0x": CHAT_HEAD + b"transfer-encoding: chunked\r\n\r\n0x2\r\n{}\r\n",
    "a negative chunk size": CHAT_HEAD + b"transfer-encoding: chunked\r\n\r\n-2\r\n{}\r\n",
    "a chunk size with a plus": CHAT_HEAD + b"transfer-encoding: chunked\r\n\r\n+2\r\n{}\r\n",
    "an empty chunk size": CHAT_HEAD + b"transfer-encoding: chunked\r\n\r\n\r\n{}\r\n",
    "a chunk size past 64 bits": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n",
    "a chunk longer than its size": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    "a chunk size line with LF alone": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
    "chunk data ended by LF alone": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n",
    "a bare CR in a chunk extension": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n2;a\rb\r\n{}\r\n0\r\n\r\n",
    "a NUL in a chunk extension": CHAT_HEAD
    + b"transfer-encoding: chunked\r\n\r\n2;a\x00b\r\n{}\r\n0\r\n\r\n",
    "no host": GET_HEAD + b"\r\n",
    "two hosts": GET_HEAD + b"host: a\r\nhost: b\r\n\r\n",
    "the same host twice": GET_HEAD + b"host: a\r\nhost: a\r\n\r\n",
    "a host with a space": GET_HEAD + b"host: a b\r\n\r\n",
    "a host with a path": GET_HEAD + b"host: a/b\r\n\r\n",
    "a folded line": GET_HEAD + b"host: x\r\nx-a: b\r\n c\r\n\r\n",
    "a folded first line": GET_HEAD + b" host: x\r\n\r\n",
    "a folded line with a tab": GET_HEAD + b"host: x\r\nx-a: b\r\n\tc\r\n\r\n",
    "a folded content-length": CHAT_HEAD + b"content-length:\r\n 2\r\n\r\n{}",
    "a NUL in a value": GET_HEAD + b"host: x\r\nx-a: b\x00c\r\n\r\n",
    "a NUL in a name": GET_HEAD + b"host: x\r\nx-\x00a: b\r\n\r\n",
    "a bare CR in a value": GET_HEAD + b"host: x\r\nx-a: b\rc: d\r\n\r\n",
    "a bare CR before CRLF": GET_HEAD + b"host: x\r\nx-a: b\r\r\n\r\n",
    "a space before the colon": GET_HEAD + b"host: x\r\ncontent-length : 5\r\n\r\n",
    "a line without a colon": GET_HEAD + b"host: x\r\nnonsense\r\n\r\n",
    "an empty name": GET_HEAD + b"host: x\r\n: value\r\n\r\n",
    "a name with a space": GET_HEAD + b"host: x\r\nx a: b\r\n\r\n",
    "a name beyond ASCII": GET_HEAD + b"host: x\r\nx-\xe9: b\r\n\r\n",
    "lone LF line ends": f"GET {ALIVE} HTTP/1.1\nhost: x\n\n".encode(),
    "one lone LF": GET_HEAD + b"host: x\nx-a: b\r\n\r\n",
    "a lone LF at the head's end": GET_HEAD + b"host: x\r\n\n",
    "a negative length": CHAT_HEAD + b"content-length: -2\r\n\r\n",
    "a length with a plus": CHAT_HEAD + b"content-length: +2\r\n\r\n{}",
    "a length past 64 bits": CHAT_HEAD + b"content-length: 18446744073709551618\r\n\r\n{}",
    "a hexadecimal length": CHAT_HEAD + b"content-length: 0x2\r\n\r\n{}",
    "a length with a space inside": CHAT_HEAD + b"content-length: 1 0\r\n\r\n{}",
    "an empty length": CHAT_HEAD + b"content-length:\r\n\r\n{}",
    "a fractional length": CHAT_HEAD + b"content-length: 2.0\r\n\r\n{}",
    "two spaces in the request line": f"GET  {ALIVE} HTTP/1.1\r\nhost: x\r\n\r\n".encode(),
    "a tab in the request line": f"GET\t{ALIVE}\tHTTP/1.1\r\nhost: x\r\n\r\n".encode(),
    "a space in the target": b"GET /health live HTTP/1.1\r\nhost: x\r\n\r\n",
    "no version": f"GET {ALIVE}\r\nhost: x\r\n\r\n".encode(),
    "a version in lower case": f"GET {ALIVE} http/1.1\r\nhost: x\r\n\r\n".encode(),
    "a control byte in the target": b"GET /a\x01b HTTP/1.1\r\nhost: x\r\n\r\n",
    "a target without a slash": b"GET health HTTP/1.1\r\nhost: x\r\n\r\n",
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x7f" * 40 + b"\r\n\r\n",
}


BREAKS_THE_VERSION = {"lone LF line ends", "a space in the target", "a version in lower case"}


@pytest.fixture(scope="module")
def shared() -> Any:
    """One gateway for all the hostile requests: each shows that the one before did no harm."""
    upstream = FakeUpstream()
    upstream.always(up.json(answers.completion()))
    gateway = Gateway({"model_list": [model("m", upstream.base)]})
    yield gateway, upstream
    gateway.stop()
    upstream.close()


@pytest.mark.parametrize("name", REFUSED)
def test_an_ambiguous_request_is_refused_and_the_connection_closed(shared: Any, name: str) -> None:
    gateway, upstream = shared
    upstream.reset()
    upstream.always(up.json(answers.completion()))
    got = bytes_of(gateway, REFUSED[name] + SMUGGLED)
    assert count_answers(got) == 1, got
    head, _, body = got.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1])
    # What stands where the version should: the parser may complain of either.
    assert status == 400 or (status == 505 and name in BREAKS_THE_VERSION), got
    assert b"\r\nconnection: close" in head.lower(), got
    assert json.loads(body)["error"]["code"] == str(status)
    assert not upstream.requests, "it must not reach the upstream"
    assert gateway.chat().status == 200


@pytest.mark.parametrize(
    "line",
    [
        b"GET /health/liveliness HTTP/2.0\r\n",
        b"GET /health/liveliness HTTP/1.2\r\n",
        b"GET /health/liveliness HTTP/3.0\r\n",
        b"GET /health/liveliness HTTP/0.9\r\n",
        b"PRI * HTTP/2.0\r\n",
    ],
)
def test_another_version_is_505(shared: Any, line: bytes) -> None:
    gateway, _ = shared
    got = bytes_of(gateway, line + b"host: x\r\n\r\nSM\r\n\r\n" + SMUGGLED)
    assert got.startswith(b"HTTP/1.1 505 "), got
    assert count_answers(got) == 1, got
    assert b'"error"' in got
    assert gateway.get(ALIVE).status == 200


def test_equal_lengths_given_twice_are_refused_or_one(shared: Any) -> None:
    """RFC 9112 allows either; two answers it never allows."""
    gateway, _ = shared
    data = CHAT_HEAD + b"content-length: 2\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
    got = bytes_of(gateway, data + SMUGGLED)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert count_answers(got) == 1


def test_connect_is_refused(shared: Any) -> None:
    gateway, _ = shared
    got = bytes_of(
        gateway, b"CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n" + SMUGGLED
    )
    assert got.startswith(b"HTTP/1.1 405 "), got
    assert count_answers(got) == 1


def test_an_absolute_target_means_its_path(shared: Any) -> None:
    gateway, _ = shared
    with gateway.wire() as wire:
        assert wire.request("GET", f"http://other.test:80{ALIVE}").json == "I'm alive!"
        assert wire.request("GET", f"HTTP://other.test{ALIVE}?x=http://y").json == "I'm alive!"
        assert wire.post(f"http://other.test{CHAT}", chat_body(), AUTH).status == 200
        assert wire.post(f"http://other.test{CHAT}", chat_body()).status == 401


def test_empty_lines_before_a_request_are_skipped(shared: Any) -> None:
    gateway, _ = shared
    assert answer_to(gateway, b"\r\n\r\n" + SMUGGLED).status == 200


def test_empty_lines_without_end_are_not(shared: Any) -> None:
    gateway, _ = shared
    got = bytes_of(gateway, b"\r\n" * 100_000)
    assert got == b"" or got.startswith(b"HTTP/1.1 4")


def test_header_names_and_values_are_read_as_http_means_them(shared: Any) -> None:
    gateway, upstream = shared
    upstream.reset()
    upstream.always(up.json(answers.completion()))
    body = b'{"model":"m","messages":[]}'
    head = (
        f"POST {CHAT} HTTP/1.1\r\nHOST:x\r\nAUTHORIZATION:\t Bearer {KEY} \t\r\n"
        f"Content-LENGTH:\t{len(body)} \r\nx-latin: caf\xe9\r\nx-empty:\r\n\r\n"
    ).encode("latin-1")
    assert answer_to(gateway, head + body).status == 200


def test_half_closing_after_a_whole_request_means_leaving(shared: Any) -> None:
    """An end of file is a client that left (architecture, Streaming and leaving); short answers may
    still come through."""
    gateway, _ = shared
    got = bytes_of(gateway, SMUGGLED, half_close=True)
    assert got == b"" or got.endswith(b'"I\'m alive!"')
    assert gateway.get(ALIVE).status == 200


# Methods and routes


def test_head_has_the_headers_of_get_and_no_body(gateway: Gateway) -> None:
    with gateway.wire() as wire:
        full = wire.request("GET", ALIVE)
        bare = wire.request("HEAD", ALIVE)
        assert bare.status == 200
        assert bare.header("content-length") == full.header("content-length") == str(len(full.body))
        assert bare.header("content-type") == full.header("content-type") == "application/json"
        missing = wire.request("HEAD", "/nope", AUTH)
        assert missing.status == 404
        assert wire.request("GET", ALIVE).json == "I'm alive!"


def test_options_tells_the_methods(gateway: Gateway) -> None:
    with gateway.wire() as wire:
        for path, method in ((CHAT, "POST"), (ALIVE, "GET")):
            reply = wire.request("OPTIONS", path)
            assert reply.status == 200
            assert method in (reply.header("allow") or "").split(", ")


def test_an_unknown_route_is_404_with_an_error_body(gateway: Gateway) -> None:
    for path in ("/nope", "/v1", "/v1/chat", "/v1/chat/completions/x", "/openai/deployments/m"):
        for reply in (gateway.get(path), gateway.post(path, {})):
            reply.expect_error(404, "invalid_request_error", "Invalid URL", "404")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", CHAT, "POST"),
        ("PUT", "/embeddings", "POST"),
        ("DELETE", "/engines/m/completions", "POST"),
        ("PATCH", "/v1/moderations", "POST"),
        ("POST", "/v1/models", "GET"),
        ("DELETE", ALIVE, "GET"),
        ("BREW", CHAT, "POST"),
    ],
)
def test_a_wrong_method_is_405_and_allow_names_the_right_one(
    gateway: Gateway, method: str, path: str, allowed: str
) -> None:
    with gateway.wire() as wire:
        reply = wire.request(method, path, AUTH, b"" if method != "GET" else None)
        reply.expect_error(405, "invalid_request_error")
        allow = (reply.header("allow") or "").split(", ")
        assert allowed in allow
        assert method not in allow
        assert wire.request("GET", ALIVE).status == 200


def test_a_query_does_not_change_the_route(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    assert gateway.post(f"{CHAT}?api-version=1&x=%2F", chat_body()).status == 200
    assert upstream.request.target == CHAT


def test_doubled_slashes_lead_to_the_same_handler(gateway: Gateway, upstream: FakeUpstream) -> None:
    """Clients join a base that ends with a slash; the key is asked for all the same."""
    upstream.always(up.json(answers.completion()))
    for path in ("//v1/chat/completions", "/v1//chat/completions", "/v1/chat//completions"):
        assert gateway.post(path, chat_body()).status == 200
        assert gateway.post(path, chat_body(), ()).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../v1/chat/completions",
        "/v1/./chat/completions",
        "/v1/%2e%2e/health",
        "/v1/chat%2Fcompletions",
        "/v1/chat/completions%00",
        "/v1/chat/completions/..;/x",
        "/v1/models/%zz",
        "/v1/models/%",
    ],
)
def test_a_path_that_could_be_read_in_two_ways_leads_nowhere(gateway: Gateway, path: str) -> None:
    reply = gateway.post(path, chat_body())
    assert reply.status in (400, 404, 405), reply.status
    assert reply.error


@pytest.mark.parametrize("root", ["/gw", "/a/b/"])
def test_server_root_path_mounts_everything_under_a_prefix(
    start: StartGateway, upstream: FakeUpstream, root: str
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)]}, env={"SERVER_ROOT_PATH": root})
    upstream.always(up.json(answers.completion()))
    prefix = root.rstrip("/")
    assert gateway.post(prefix + CHAT, chat_body()).status == 200
    assert gateway.post(prefix + CHAT, chat_body(), ()).status == 401
    assert gateway.get(prefix + ALIVE).status == 200
    assert gateway.get(ALIVE).status == 200
    assert gateway.get(prefix + prefix + ALIVE).status == 404
    assert gateway.get(prefix + "x" + ALIVE).status == 404


# CORS, as LiteLLM's middleware with every origin and credentials does it


def test_a_preflight_is_answered_without_a_key(gateway: Gateway, upstream: FakeUpstream) -> None:
    headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization, X-Custom"),
    ]
    with gateway.wire() as wire:
        reply = wire.request("OPTIONS", CHAT, headers)
        assert reply.status == 200
        assert reply.text == "OK"
        assert (reply.header("content-type") or "").startswith("text/plain")
        assert reply.header("access-control-allow-origin") == "https://app.example"
        assert reply.header("access-control-allow-credentials") == "true"
        assert (
            reply.header("access-control-allow-methods")
            == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        )
        assert reply.header("access-control-allow-headers") == "authorization, X-Custom"
        assert reply.header("access-control-max-age") == "600"
        assert reply.header("vary") == "Origin"
        assert wire.request("OPTIONS", "/any/where", headers).status == 200
    assert not upstream.requests


@pytest.mark.parametrize("stream", [False, True])
def test_a_simple_cross_origin_answer(
    gateway: Gateway, upstream: FakeUpstream, stream: bool
) -> None:
    upstream.answer(up.sse(answers.stream("a")) if stream else up.json(answers.completion()))
    reply = gateway.chat(headers=[*AUTH, ("origin", "https://app.example")], stream=stream)
    assert reply.status == 200
    assert reply.header("access-control-allow-origin") == "*"
    assert reply.header("access-control-allow-credentials") == "true"


def test_errors_are_readable_across_origins(gateway: Gateway) -> None:
    reply = gateway.post(CHAT, chat_body(), [("origin", "https://app.example")])
    assert reply.status == 401
    assert reply.header("access-control-allow-origin") == "*"
    assert gateway.get("/nope", [("origin", "x")]).header("access-control-allow-origin") == "*"


def test_a_cookie_makes_the_origin_explicit(gateway: Gateway) -> None:
    headers = [("origin", "https://app.example"), ("cookie", "a=b")]
    reply = gateway.get(ALIVE, headers)
    assert reply.header("access-control-allow-origin") == "https://app.example"
    assert reply.header("vary") == "Origin"


def test_no_origin_no_cors(gateway: Gateway) -> None:
    assert gateway.get(ALIVE).header("access-control-allow-origin") is None


# TLS


def test_a_tls_listener_serves_and_survives_plain_http(
    start: StartGateway, upstream: FakeUpstream, authority: Authority, tmp_path: Path
) -> None:
    chain, key = authority.files(tmp_path, "localhost")
    gateway = start(
        {"model_list": [model("m", upstream.base)]},
        args=["--ssl_certfile_path", str(chain), "--ssl_keyfile_path", str(key)],
        tls=True,
    )
    upstream.answer(up.json(answers.completion()), up.sse(answers.stream("a", "b")))
    context = authority.client()
    with gateway.wire() as plain:
        plain.send(SMUGGLED)
        assert b"alive" not in plain.take_rest()
    with gateway.wire() as nothing:
        nothing.send(b"\x16\x03")
    with gateway.wire(tls=context) as wire:
        assert isinstance(wire.socket, ssl.SSLSocket)
        assert wire.socket.version() in ("TLSv1.2", "TLSv1.3")
        assert wire.post(CHAT, chat_body(), AUTH).status == 200
        reply = wire.post(CHAT, chat_body(stream=True), AUTH)
        assert reply.body.endswith(b"data: [DONE]\n\n")
        assert wire.request("GET", ALIVE).json == "I'm alive!"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused(
    start: StartGateway, authority: Authority, tmp_path: Path, upstream: FakeUpstream
) -> None:
    chain, key = authority.files(tmp_path, "localhost")
    gateway = start(
        {"model_list": [model("m", upstream.base)]},
        args=["--ssl_certfile_path", str(chain), "--ssl_keyfile_path", str(key)],
        tls=True,
    )
    old = authority.client()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        gateway.wire(tls=old)
    with gateway.wire(tls=authority.client()) as wire:
        assert wire.request("GET", ALIVE).status == 200


def test_a_missing_certificate_stops_the_start(start: StartGateway, tmp_path: Path) -> None:
    gateway = start(
        {},
        args=["--ssl_certfile_path", str(tmp_path / "no.pem"), "--ssl_keyfile_path", "/no.pem"],
        wait=False,
    )
    gateway.expected_codes = (1,)
    assert gateway.wait_exit() == 1
    assert "no.pem" in gateway.output
