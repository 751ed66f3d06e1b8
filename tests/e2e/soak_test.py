"""Load with random faults for a while (`SOAK_SECONDS`, 15 where nothing is said): nothing is left
over afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from typing import Any

import pytest

from answers import completion, delta, role, stream
from fake_upstream import Exchange, FakeUpstream, cut, events, json, sse, stall
from gateway import BINARY, Gateway, StartGateway, chat_body, model, stream_request
from wire import until

SECONDS = float(os.environ.get("SOAK_SECONDS", "15"))
CLIENTS = 6
PRICED = {"input_cost_per_token": 0.000_001, "output_cost_per_token": 0.000_002}
BEGUN = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    + events([role(), delta("half")], done=False)
)


def moody(chance: random.Random) -> Any:
    """An upstream that mostly answers."""
    whole, streamed = json(completion("pong")), sse(stream("po", "ng", usage=True))

    async def late(exchange: Exchange) -> None:
        await asyncio.sleep(0.1)
        await (streamed if exchange.request.json.get("stream") else whole)(exchange)

    faults = [
        json({"error": {"message": "no"}}, status=500),
        json({"error": {"message": "slow down"}}, status=429, headers=(("retry-after", "0.1"),)),
        json({"error": {"message": "bad"}}, status=400),
        cut(),
        cut(reset=True),
        cut(BEGUN),
        stall(),
        late,
    ]

    async def script(exchange: Exchange) -> None:
        if chance.random() < 0.2:
            return await chance.choice(faults)(exchange)
        return await (streamed if exchange.request.json.get("stream") else whole)(exchange)

    return script


def client(
    gateway: Gateway, key: str, chance: random.Random, ends: float, seen: list[int]
) -> None:
    headers = [("authorization", f"Bearer {key}")]
    while time.monotonic() < ends:
        name = chance.choice(("m", "n"))
        kind = chance.random()
        if kind < 0.5:
            seen.append(gateway.chat(name, headers, timeout=0.4).status)
        elif kind < 0.9:
            with gateway.wire() as wire:
                wire.send(stream_request(name, headers, stream_timeout=0.4))
                seen.append(wire.read_head().status)
                got = wire.buffer
                while seen[-1] == 200 and b"[DONE]" not in got and chance.random() > 0.2:
                    more = wire.socket.recv(65536)  # else leaves in the middle
                    if not more:
                        break
                    got += more
        else:
            with gateway.wire() as wire:
                wire.send(stream_request(name, headers))  # leaves before anything came


@pytest.mark.timeout(SECONDS + 120)
def test_nothing_is_left_over(start: StartGateway) -> None:
    upstreams = [FakeUpstream() for _ in range(3)]
    for seed, upstream in enumerate(upstreams):
        upstream.always(moody(random.Random(seed)))
    a, b, c = (upstream.base for upstream in upstreams)
    gateway = start(
        {
            "model_list": [
                {**entry, "model_info": {"supports_assistant_prefill": True}}
                for entry in (
                    model("m", a, max_parallel_requests=4, **PRICED),
                    model("m", b, max_parallel_requests=4, **PRICED),
                    model("n", c, max_parallel_requests=4, **PRICED),
                    model("n", a, "openai/other", **PRICED),
                )
            ],
            "tollweir_settings": {
                "continue_streams": ["*"],
                "hedging": {"groups": ["*"], "max_share": 0.2},
            },
            "router_settings": {
                "num_retries": 2,
                "cooldown_time": 0.3,
                "fallbacks": [{"m": ["n"]}, {"n": ["m"]}],
                "routing_strategy": "least-busy",
            },
        },
        env={"INITIAL_RETRY_DELAY": "0.02", "JITTER": "0.02"},
    )
    made = gateway.post("/key/generate", {"max_budget": 1000, "max_parallel_requests": 100}).json
    seen: list[int] = []
    rss = []
    for part in range(3):
        ends = time.monotonic() + SECONDS / 3
        threads = [
            threading.Thread(
                target=client,
                args=(gateway, made["key"], random.Random(f"{part} {i}"), ends, seen),
            )
            for i in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rss.append(gateway.rss_kb())

    def busy() -> list[Any]:
        told = [
            gateway.post(f"/debug/explain?key={made['key']}", chat_body(name)).json
            for name in ("m", "n")
        ]
        return [each for one in told for each in one["deployments"] if each["in_flight"]] + [
            limit
            for one in told
            for limit in one["limits"]
            if (limit["kind"] == "max_parallel_requests" and limit["used"])
            or limit.get("reserved")
        ]

    until(lambda: not busy(), "every call, slot and reservation has ended", 20)
    until(lambda: sum(u.open_connections for u in upstreams) <= 24, "connections are let go", 20)
    metrics = gateway.get("/metrics").text
    assert "tollweir_continued_streams_total 0\n" not in metrics, "none was tried"
    assert len(seen) > 20
    assert seen.count(200) > 0.8 * len(seen), {status: seen.count(status) for status in set(seen)}
    # AddressSanitizer keeps what was freed, up to 256 MiB.
    kept = 0 if b"__asan_init" not in BINARY.read_bytes() else 512 * 1024
    assert rss[-1] - rss[0] < 32 * 1024 + kept, rss
    for upstream in upstreams:
        upstream.faults.clear()  # of connections that we cut ourselves
        upstream.close()
