"""Long conversations in every framing, cut at random places: what comes out does not depend on how
the bytes arrived. The seeds are fixed; a failure names its own."""

from __future__ import annotations

import json
import random
import threading

import pytest

import answers
import fake_upstream as up
from fake_upstream import Exchange, FakeUpstream
from gateway import AUTH, Gateway
from wire import request_bytes

CHAT = "/v1/chat/completions"
# Around the sizes at which buffers change hands.
SIZES = [0, 1, 50, 1000, 4000, 4096, 8192, 16_000, 16_384, 17_000, 40_000, 66_000, 140_000]


async def echo(exchange: Exchange) -> None:
    """Answers with the text it was sent, framed and cut as the request's number says."""
    body = exchange.request.json
    dice = random.Random(body["dice"])
    answer = up.compact(answers.completion(body["text"])).encode()
    if body.get("stream"):
        data = up.events(answers.stream(*cut_text(dice, body["text"])))
        await up.sse(data, piece=dice.choice([1000, 5000, 20_000, None]))(exchange)
        return
    framing = dice.choice(["length", "chunked", "close"])
    kind = [("content-type", "application/json")]
    if framing == "length":
        whole = up.head(200, [*kind, ("content-length", str(len(answer)))]) + answer
    elif framing == "chunked":
        chunks = b"".join(up.chunk(piece) for piece in cut(dice, answer))
        whole = up.head(200, [*kind, ("transfer-encoding", "chunked")]) + chunks + b"0\r\n\r\n"
    else:
        whole = up.head(200, [*kind, ("connection", "close")]) + answer
    await up.pieces(cut(dice, whole), close=framing == "close", pause=0)(exchange)


def cut(dice: random.Random, data: bytes) -> list[bytes]:
    """At most forty pieces of any length, none empty."""
    places = sorted({0, len(data), *(dice.randrange(len(data) + 1) for _ in range(40))})
    pairs = zip(places, places[1:], strict=False)
    return [data[begin:end] for begin, end in pairs]


def cut_text(dice: random.Random, text: str) -> list[str]:
    places = sorted({0, len(text), *(dice.randrange(len(text) + 1) for _ in range(5))})
    return [text[begin:end] for begin, end in zip(places, places[1:], strict=False)]


def text_of(dice: random.Random) -> str:
    return "".join(dice.choices('abc \u00e9\u65e5\U0001f44d"\\\n{}[]:,', k=dice.choice(SIZES)))


def one_request(dice: random.Random, number: int) -> tuple[bytes, str, bool]:
    """The bytes, the text that must come back ("" for a probe), whether it is a stream."""
    headers = list(AUTH)
    if dice.random() < 0.3:
        headers.append(("x-filler", "f" * dice.choice([10, 4000, 8200, 15_900, 16_400, 20_000])))
    if dice.random() < 0.2:
        return request_bytes("GET", "/health/liveliness", headers), "", False
    text = text_of(dice)
    stream = dice.random() < 0.3
    fields = {"model": "m", "messages": [], "text": text, "dice": number, "stream": stream}
    body = json.dumps(fields, ensure_ascii=dice.random() < 0.5).encode()
    if dice.random() < 0.4:
        head = request_bytes("POST", CHAT, [*headers, ("transfer-encoding", "chunked")])
        chunks = b"".join(up.chunk(piece) for piece in cut(dice, body))
        return head + chunks + b"0\r\n\r\n", text, stream
    return request_bytes("POST", CHAT, headers, body), text, stream


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("pipelined", [False, True])
def test_a_conversation_survives_every_cut(
    gateway: Gateway, upstream: FakeUpstream, seed: int, pipelined: bool
) -> None:
    upstream.always(echo)
    dice = random.Random(seed)
    asked = [one_request(dice, seed * 1000 + number) for number in range(25)]
    with gateway.wire(timeout=30) as wire:

        def send(data: bytes) -> None:
            for piece in cut(dice, data):
                wire.send(piece)

        if pipelined:
            everything = b"".join(data for data, _, _ in asked)
            sender = threading.Thread(target=send, args=(everything,))
            sender.start()
        for number, (data, text, stream) in enumerate(asked):
            if not pipelined:
                send(data)
            reply = wire.read_reply()
            assert reply.status == 200, (number, reply.body[:300])
            if not text and reply.body == b'"I\'m alive!"':
                continue
            if stream:
                said = answers.content_of(events_of(reply.body))
            else:
                said = reply.json["choices"][0]["message"]["content"]
            assert said == text, number
        if pipelined:
            sender.join()


def events_of(body: bytes) -> list[object]:
    lines = [line for line in body.decode().split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
