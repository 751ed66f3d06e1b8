"""Streams: each event at once, in order, whole; and every way a stream can end.

No test measures time to show that something is prompt: the upstream sends the next event only
after the client has the one before, so a gateway that gathers events never gets past the first.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from typing import Any

import pytest

import answers
import fake_upstream as up
from fake_upstream import Exchange, FakeUpstream, LiveStream, PeerGone
from gateway import AUTH, Gateway, StartGateway, chat_body, model, stream_request
from wire import EventStream, Wire, request_bytes

CUT_KINDS = ("api_connection_error", "service_unavailable_error")


def seen(chunk: dict[str, Any]) -> dict[str, Any]:
    return {**chunk, "model": "m"}


def open_live(gateway: Gateway, upstream: FakeUpstream) -> tuple[LiveStream, Wire, EventStream]:
    """A stream whose first event has arrived."""
    live = LiveStream()
    upstream.answer(live)
    wire = gateway.open_stream()
    live.send(answers.opening())
    stream = EventStream(wire)
    assert stream.next_event() == seen(answers.opening())
    return live, wire, stream


def expect_failed_end(stream: EventStream, code: str | None = None) -> dict[str, Any]:
    """An error event, [DONE], a proper end of the body; nothing else."""
    events = stream.rest()
    assert len(events) == 2, events
    assert set(events[0]) == {"error"}
    error: dict[str, Any] = events[0]["error"]
    assert {"message", "type", "param", "code"} <= set(error)
    assert isinstance(error["code"], str)
    if code:
        assert error["code"] == code
    assert events[1] == "[DONE]"
    return error


# Passing on


def test_each_event_arrives_before_the_next_is_sent(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        for number in range(50):
            live.send(answers.delta(f"{number} "))
            assert stream.next_event() == seen(answers.delta(f"{number} "))
        live.send(answers.delta(finish="stop"))
        assert stream.next_event() == seen(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest() == ["[DONE]"]
        assert wire.is_open(), "the connection serves the next request"


def test_the_head_goes_out_with_the_first_event(gateway: Gateway, upstream: FakeUpstream) -> None:
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.wait_started()
        wire.expect_silence()
        live.send(answers.opening())
        stream = EventStream(wire)
        assert stream.next_event() == seen(answers.opening())
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest()[-1] == "[DONE]"


def test_an_event_waits_for_its_last_byte(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        data = up.event(answers.delta("whole"))
        live.send_bytes(data[:-1])
        wire.expect_silence()
        live.send_bytes(data[-1:])
        assert stream.next_event() == seen(answers.delta("whole"))


def test_several_events_in_one_read_come_out_in_order(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        chunks = [answers.delta(str(n)) for n in range(200)]
        live.send_bytes(b"".join(map(up.event, chunks)) + up.event(answers.delta("cut"))[:30])
        assert [stream.next_event() for _ in chunks] == [seen(chunk) for chunk in chunks]
        live.send_bytes(up.event(answers.delta("cut"))[30:])
        assert stream.next_event() == seen(answers.delta("cut"))


@pytest.mark.parametrize("piece", [1, 2, 7, 4095, 4096, 4097])
@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_the_cut_of_the_bytes_does_not_matter(
    gateway: Gateway, upstream: FakeUpstream, piece: int, framing: str
) -> None:
    long = "b" * (5000 if piece > 7 else 50)
    texts = ["caf\u00e9 \u65e5\u672c \U0001f44d", long, '\\u0000 " \\']
    upstream.answer(up.sse(answers.stream(*texts), piece=piece, framing=framing))
    events = gateway.stream()
    assert events == [*map(seen, answers.stream(*texts)), "[DONE]"]


def test_a_large_event_is_one_event(gateway: Gateway, upstream: FakeUpstream) -> None:
    text = "x" * (3 * 1024 * 1024)
    upstream.answer(up.sse(answers.stream("a", text)))
    assert gateway.stream() == [*map(seen, answers.stream("a", text)), "[DONE]"]


def test_an_event_past_the_limit_ends_the_stream_with_an_error(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"upstream": {"max_event_mb": 0.1}},
        }
    )
    upstream.answer(up.sse(answers.stream("a", "x" * 200_000)))
    with gateway.open_stream() as wire:
        stream = EventStream(wire)
        assert stream.next_event() == seen(answers.role())
        assert stream.next_event() == seen(answers.delta("a"))
        expect_failed_end(stream)


def test_comments_of_the_upstream_survive(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send_bytes(b": OPENROUTER PROCESSING\n\n")
        assert (stream.read_block() or b"").startswith(b": OPENROUTER PROCESSING\n")
        live.send_bytes(b":ping\n")
        assert (stream.read_block() or b"").startswith(b":")
        live.send(answers.delta("x"))
        assert stream.next_event() == seen(answers.delta("x"))


def test_many_streams_at_once_do_not_mix(gateway: Gateway, upstream: FakeUpstream) -> None:
    async def echo(exchange: Exchange) -> None:
        word = exchange.request.json["messages"][0]["content"]
        await up.sse(answers.stream(*[f"{word} "] * 20), piece=97)(exchange)

    upstream.always(echo)
    wires = [gateway.wire() for _ in range(150)]
    for number, wire in enumerate(wires):
        messages = [{"role": "user", "content": f"w{number}"}]
        wire.send(stream_request(messages=messages))
    for number, wire in enumerate(wires):
        with wire:
            assert answers.content_of(EventStream(wire).rest()) == f"w{number} " * 20


def test_a_slow_client_slows_the_upstream_and_costs_no_memory(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)]}, workers=1)
    text = "y" * 32_768
    total = 1500  # 48 MiB
    sent = 0

    async def flood(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.write(up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")]))
        await exchange.write(up.chunk(up.event(answers.opening())))
        for _ in range(total):
            await exchange.write(up.chunk(up.event(answers.delta(text))))
            sent += 1
        await exchange.write(
            up.chunk(up.event(answers.delta(finish="stop")) + up.event("[DONE]")) + b"0\r\n\r\n"
        )

    upstream.always(up.json(answers.completion()))
    gateway.chat()
    idle = gateway.rss_kb()
    upstream.always(flood)
    with gateway.wire(receive_buffer=65536) as wire:
        wire.send(stream_request())
        before = -1
        while sent > before or not sent:  # until the sender is held up for a while
            before = sent
            time.sleep(0.5)
        assert sent < total, "the gateway swallowed what nobody read"
        assert gateway.rss_kb() - idle < 24 * 1024
        events = EventStream(wire).rest()
    assert len(events) == total + 3
    assert all(event == seen(answers.delta(text)) for event in events[1 : total + 1])


# Clients that leave


def test_a_client_that_leaves_cancels_the_upstream(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live, wire, _ = open_live(gateway, upstream)
    left = time.monotonic()
    wire.close()
    live.request.wait_closed()
    assert live.request.peer_closed_at is not None
    assert live.request.peer_closed_at - left < 2.0, "100 ms on an idle machine"


def test_a_client_that_leaves_before_the_first_event_cancels_too(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live = LiveStream()
    upstream.answer(live)
    wire = gateway.open_stream()
    live.wait_started()
    wire.close()
    live.request.wait_closed()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_before_the_upstream_answers_cancels_too(
    gateway: Gateway, upstream: FakeUpstream, stream: bool
) -> None:
    upstream.answer(up.stall())
    wire = gateway.wire()
    body = up.compact(chat_body(stream=stream)).encode()
    wire.send(request_bytes("POST", "/v1/chat/completions", AUTH, body))
    (request,) = upstream.wait_requests()
    wire.close()
    request.wait_closed()


def test_a_client_that_leaves_after_longer_than_the_idle_time_cancels_too(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    """The idle timeout is for connections without a request."""
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"server": {"idle_timeout": "100ms"}},
        }
    )
    live, wire, _ = open_live(gateway, upstream)
    time.sleep(0.5)  # five idle times and many ticks pass within the request
    wire.close()
    live.request.wait_closed()


def test_events_before_a_broken_one_still_arrive(gateway: Gateway, upstream: FakeUpstream) -> None:
    """Also where all of them come in one read."""
    data = up.event(answers.role()) + up.event(answers.delta("kept")) + b"data: {broken\n\n"
    upstream.answer(up.raw(up.head(200, up.SSE_HEADERS) + data, close=True))
    events = gateway.stream()
    assert events[1]["choices"][0]["delta"]["content"] == "kept"
    assert "error" in events[2]
    assert events[3:] == ["[DONE]"]


def test_a_client_that_half_closes_has_left(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, _ = open_live(gateway, upstream)
    with wire:
        wire.socket.shutdown(socket.SHUT_WR)
        live.request.wait_closed()


def test_a_client_that_resets_cancels_the_upstream(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live, wire, _ = open_live(gateway, upstream)
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()
    live.request.wait_closed()


def test_a_client_that_leaves_while_the_upstream_floods(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    stopped = threading.Event()

    async def flood(exchange: Exchange) -> None:
        await exchange.write(up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")]))
        try:
            while True:
                await exchange.write(up.chunk(up.event(answers.delta("z" * 1000))))
                await asyncio.sleep(0)
        except PeerGone:
            stopped.set()

    upstream.answer(flood)
    wire = gateway.open_stream()
    EventStream(wire).next_event()
    wire.close()
    assert stopped.wait(10)
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat().status == 200


def test_a_pipelined_request_is_no_sign_of_leaving(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        upstream.answer(up.json(answers.completion("second")))
        body = up.compact(chat_body()).encode()
        wire.send(request_bytes("POST", "/v1/chat/completions", AUTH, body))
        time.sleep(0.2)  # past the point at which the gateway begins to watch its client
        live.send(answers.delta("still here"))
        assert stream.next_event() == seen(answers.delta("still here"))
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest()[-1] == "[DONE]"
        assert wire.read_reply().json["choices"][0]["message"]["content"] == "second"


# Upstreams that fail


@pytest.mark.parametrize("reset", [False, True])
def test_an_upstream_that_dies_midway_ends_in_an_error_event(
    gateway: Gateway, upstream: FakeUpstream, reset: bool
) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send(answers.delta("par"))
        assert stream.next_event() == seen(answers.delta("par"))
        live.cut(reset=reset)
        error = expect_failed_end(stream)
        assert error["type"] in CUT_KINDS
        assert str(upstream.port) not in error["message"]
    # The next request is served as ever.
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat().status == 200


def test_a_cut_event_is_not_passed_on(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send_bytes(up.event(answers.delta("half"))[:40])
        live.cut()
        expect_failed_end(stream)


def test_a_stream_that_just_stops_is_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    """A proper end of the body, but neither a finish reason nor [DONE]."""
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send(answers.delta("par"))
        assert stream.next_event() == seen(answers.delta("par"))
        live.end()
        expect_failed_end(stream)


@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_a_missing_done_after_a_finish_reason_is_a_normal_end(
    gateway: Gateway, upstream: FakeUpstream, framing: str
) -> None:
    upstream.answer(up.sse(answers.stream("a"), done=False, framing=framing))
    assert gateway.stream() == [*map(seen, answers.stream("a")), "[DONE]"]


def test_a_last_event_without_its_blank_line_still_counts(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    body = up.events(answers.stream("a"), done=False).removesuffix(b"\n\n")
    upstream.answer(up.sse(body, framing="close"))
    assert gateway.stream() == [*map(seen, answers.stream("a")), "[DONE]"]


def test_what_follows_done_is_dropped(gateway: Gateway, upstream: FakeUpstream) -> None:
    body = up.events(answers.stream("a")) + up.event(answers.delta("late"))
    upstream.answer(up.sse(body))
    assert gateway.stream() == [*map(seen, answers.stream("a")), "[DONE]"]


def test_bad_chunking_midway_is_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send_raw(b"zz\r\ndata: x\n\n\r\n")
        expect_failed_end(stream)


def test_an_event_that_is_no_json_is_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send("{not json")
        expect_failed_end(stream)
    live.request.wait_closed()


@pytest.mark.parametrize(
    "error",
    [
        {"message": "Engine queue is full", "type": "server_error", "param": None, "code": 503},
        {"message": "x", "type": "t", "param": "p", "code": "rate_limit_exceeded"},
    ],
)
def test_an_error_event_midway_is_passed_on_and_ends_the_stream(
    gateway: Gateway, upstream: FakeUpstream, error: dict[str, Any]
) -> None:
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        live.send({"error": error})
        got = expect_failed_end(stream)
        assert got == {**error, "code": str(error["code"])}


@pytest.mark.parametrize(
    "before",
    [
        b"",
        up.head(200, up.SSE_HEADERS),
        up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")]),
        up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")])
        + up.chunk(b": comment\n\n"),
        up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")])
        + up.chunk(up.event(answers.opening())[:20]),
    ],
    ids=["no head", "no event", "no chunk", "comment only", "part of an event"],
)
@pytest.mark.parametrize("reset", [False, True])
def test_an_upstream_that_dies_before_the_first_event_is_an_http_error(
    gateway: Gateway, upstream: FakeUpstream, before: bytes, reset: bool
) -> None:
    upstream.answer(up.cut(before, reset=reset))
    reply = gateway.chat(stream=True)
    assert reply.status in (502, 503), reply.body
    assert reply.error["type"] in CUT_KINDS
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "busy", "type": "server_error", "param": None, "code": 503}, 503),
        ({"message": "slow", "type": "requests", "param": None, "code": "429"}, 429),
    ],
)
def test_an_error_as_the_first_event_is_an_http_error(
    gateway: Gateway, upstream: FakeUpstream, error: dict[str, Any], status: int
) -> None:
    upstream.answer(up.sse([{"error": error}]))
    reply = gateway.chat(stream=True)
    assert reply.status == status, reply.body
    assert reply.error == {**error, "code": str(error["code"])}


def test_an_error_without_a_status_as_the_first_event_is_an_http_error(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.sse([{"error": {"message": "odd", "type": None, "code": "weird"}}]))
    reply = gateway.chat(stream=True)
    assert reply.status >= 500
    assert reply.error["message"] == "odd"


def test_an_empty_stream_is_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.sse(b""))
    assert gateway.chat(stream=True).status in (502, 503)


@pytest.mark.parametrize("wants_usage", [False, True])
def test_a_plain_answer_to_a_streamed_request_becomes_a_stream(
    gateway: Gateway, upstream: FakeUpstream, wants_usage: bool
) -> None:
    """Some upstreams ignore `stream`; the client waits for events."""
    upstream.answer(up.json(answers.completion("plain")))
    fields = {"stream_options": {"include_usage": True}} if wants_usage else {}
    events = gateway.stream(**fields)
    assert events[-1] == "[DONE]"
    chunks = events[:-1]
    assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    assert all(chunk["model"] == "m" for chunk in chunks)
    assert chunks[0]["choices"][0]["delta"]["content"] == "plain"
    assert chunks[1]["choices"][0]["finish_reason"] == "stop"
    assert [bool(chunk.get("usage")) for chunk in chunks[2:]] == ([True] if wants_usage else [])


def test_a_plain_answer_without_choices_is_no_stream(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json({"hello": "world"}))
    gateway.chat(stream=True).expect_error(502, "service_unavailable_error", "choices")
    upstream.answer(up.reply("<html>", content_type="text/html"))
    gateway.chat(stream=True).expect_error(502, "service_unavailable_error", "stream")


def test_a_failed_stream_is_logged_as_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    live = LiveStream()
    upstream.answer(live)
    wire = gateway.open_stream(headers=[*AUTH, ("x-litellm-call-id", "call-cut")])
    live.send(answers.opening())
    stream = EventStream(wire)
    stream.next_event()
    live.cut()
    expect_failed_end(stream)
    wire.close()
    line = gateway.wait_output("call-cut")
    assert any(word in line.lower() for word in ("fail", "error", "warn")), line


# Holding a stream


HELD = {"stream_hold": "200ms", "ping_interval": "100ms"}


@pytest.mark.parametrize("head_first", [True, False])
def test_a_slow_first_event_is_bridged_with_pings(
    start: StartGateway, upstream: FakeUpstream, head_first: bool
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)], "tollweir_settings": HELD})
    live = LiveStream(sse_head=head_first)
    upstream.answer(live)
    with gateway.open_stream() as wire:
        stream = EventStream(wire)  # the head comes though the upstream said nothing
        assert stream.read_block() == b": ping\n"
        assert stream.read_block() == b": ping\n"
        if not head_first:
            live.send_raw(up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")]))
        live.send(answers.opening())
        assert stream.next_event() == seen(answers.opening())
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest() == [seen(answers.delta(finish="stop")), "[DONE]"]


def test_silence_between_events_is_bridged_too(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start({"model_list": [model("m", upstream.base)], "tollweir_settings": HELD})
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        assert stream.read_block() == b": ping\n"
        data = up.event(answers.delta("x"))
        live.send_bytes(data[:10])
        time.sleep(0.25)  # a ping may come now, but never inside the event
        live.send_bytes(data[10:])
        assert stream.next_event() == seen(answers.delta("x"))


def test_a_failure_after_the_hold_is_an_error_event(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)], "tollweir_settings": HELD})
    live = LiveStream(sse_head=False)
    upstream.answer(live)
    with gateway.open_stream() as wire:
        stream = EventStream(wire)
        assert stream.read_block() == b": ping\n"
        body = up.compact(answers.error_body("too many", "requests", None, "rate_limit")).encode()
        live.send_raw(up.head(429, [("content-length", str(len(body)))]) + body)
        error = expect_failed_end(stream, "rate_limit")
        assert error["message"] == "too many"


# Timeouts


@pytest.mark.parametrize("header", ["x-litellm-timeout", "x-litellm-stream-timeout"])
def test_a_stream_that_never_begins_is_408(
    gateway: Gateway, upstream: FakeUpstream, header: str
) -> None:
    upstream.answer(up.stall(up.head(200, up.SSE_HEADERS)))
    reply = gateway.chat(stream=True, headers=[*AUTH, (header, "0.3")])
    reply.expect_error(408, "timeout_error")
    upstream.request.wait_closed()


def test_a_stream_that_goes_silent_ends_in_a_timeout_event(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, stream_timeout=0.3)]})
    live, wire, stream = open_live(gateway, upstream)
    with wire:
        error = expect_failed_end(stream, "408")
        assert error["type"] == "timeout_error"
    live.request.wait_closed()


def test_a_stream_timeout_bounds_each_gap_and_not_the_whole(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, stream_timeout=0.5)]})
    upstream.answer(
        up.sse(answers.stream(*"abcdefgh"), piece=len(up.event(answers.delta("a"))), pause=0.1)
    )
    assert answers.content_of(gateway.stream()) == "abcdefgh"


@pytest.mark.parametrize(
    ("fields", "params"),
    [({"timeout": 0.3}, {}), ({}, {"timeout": 0.3}), ({}, {"request_timeout": 0.3})],
)
def test_a_plain_call_has_a_deadline_for_the_whole(
    start: StartGateway, upstream: FakeUpstream, fields: dict[str, Any], params: dict[str, Any]
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, **params)]})
    body = up.compact(answers.completion()).encode()
    whole = up.head(200, [("content-length", str(len(body)))]) + body
    upstream.answer(up.pieces([whole[at : at + 4] for at in range(0, len(whole), 4)], pause=0.05))
    gateway.chat(**fields).expect_error(408, "timeout_error")
    upstream.request.wait_closed()


def test_the_default_deadline_is_the_settings(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "litellm_settings": {"request_timeout": 0.3},
        }
    )
    upstream.answer(up.stall(), up.stall())
    gateway.chat().expect_error(408, "timeout_error")
    gateway.chat(stream=True).expect_error(408, "timeout_error")


def test_the_client_may_ask_for_less_time_in_a_header(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.stall())
    reply = gateway.post(
        "/v1/chat/completions", chat_body(timeout=60), [*AUTH, ("x-litellm-timeout", "0.3")]
    )
    reply.expect_error(408, "timeout_error")
    assert reply.header("x-litellm-timeout") is not None


def test_a_timeout_that_is_no_number_is_refused(gateway: Gateway, upstream: FakeUpstream) -> None:
    for value in ("soon", "-1", "nan", "inf", "0"):
        reply = gateway.chat(headers=[*AUTH, ("x-litellm-timeout", value)])
        reply.expect_error(400, "invalid_request_error", "timeout")
    assert not upstream.requests
