"""A second call for a stream whose first word is late, in groups that were opted in."""

from __future__ import annotations

import asyncio
import re
import signal
from typing import Any

import pytest

from answers import completion, content_of, delta, role, stream
from conftest import StartGateway
from fake_upstream import FakeUpstream, LiveStream, cut, json, sse, stall
from gateway import Gateway, model, stream_request
from wire import until

BROKEN = {"error": {"message": "the upstream says no", "type": "server_error", "code": None}}
PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}
WARMED = 22  # Hedging::kLeastSamples, and two: the last ones may not be settled yet


def pair(first: FakeUpstream, second: FakeUpstream, **ours: Any) -> dict[str, Any]:
    """Group `m` of two deployments, of which the first is always asked first: it was quicker."""
    models = [
        model("m", first.base, "openai/first", weight=1_000_000, **PRICED),
        model("m", second.base, "openai/second", weight=0.000_001, **PRICED),
    ]
    hedging = {"groups": ["m"], "max_share": 1, **ours}
    return {"model_list": models, "tollweir_settings": {"hedging": hedging}}


def warm(gateway: Gateway, upstream: FakeUpstream) -> None:
    """Streams that tell how long a first word takes."""
    upstream.always(sse(stream("quick")))
    for _ in range(WARMED):
        assert content_of(gateway.stream()) == "quick"
    upstream.reset()


def say(upstream: LiveStream, *texts: str) -> None:
    for text in texts:
        upstream.send(delta(text))


def end(upstream: LiveStream) -> None:
    upstream.send(delta(finish="stop"))
    upstream.finish()


def hedges(gateway: Gateway, winner: str) -> int:
    found = re.search(
        rf'tollweir_hedged_streams_total{{winner="{winner}"}} (\d+)', gateway.get("/metrics").text
    )
    assert found
    return int(found[1])


def hedge_cost(gateway: Gateway) -> float:
    found = re.search(r"(?m)^tollweir_hedge_cost_dollars_total (\S+)", gateway.get("/metrics").text)
    assert found
    return float(found[1])


def last_row(gateway: Gateway, count: int) -> dict[str, Any]:
    until(lambda: len(gateway.get("/spend/logs").json) == count, "the rows")
    return max(gateway.get("/spend/logs").json, key=lambda row: row["startTime"])


def test_the_second_call_serves_where_the_first_one_is_late(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    late, second = LiveStream(), LiveStream()
    upstream.always(late)
    other.always(second)
    with gateway.open_stream() as wire:
        for event in stream("from", " the other", usage=True):
            second.send(event)
        head = wire.read_head()
        assert head.status == 200
        late.request.wait_closed()  # the loser is not left running
        second.finish()
        body = wire.read_body(head)
    assert b"the other" in body and body.endswith(b"data: [DONE]\n\n")
    assert late.request.json["model"] == "first" and other.last.json["model"] == "second"
    assert (hedges(gateway, "second"), hedges(gateway, "first")) == (1, 0)

    # One row, with what both have used: the first one's prompt is an estimate.
    row = last_row(gateway, WARMED + 1)
    assert row["status"] == "success" and row["completion_tokens"] == 3
    assert row["prompt_tokens"] > 9
    assert row["spend"] == pytest.approx(row["prompt_tokens"] * 0.001 + 3 * 0.002)
    assert hedge_cost(gateway) == pytest.approx((row["prompt_tokens"] - 9) * 0.001)


def test_the_first_call_serves_where_it_is_quicker_after_all(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    first = LiveStream()
    upstream.always(first)
    other.always(stall())
    with gateway.open_stream() as wire:
        other.wait_requests()
        first.send(role())
        say(first, "late but first")
        head = wire.read_head()
        end(first)
        assert b"late but first" in wire.read_body(head)
    other.last.wait_closed()
    assert (hedges(gateway, "second"), hedges(gateway, "first")) == (0, 1)
    assert last_row(gateway, WARMED + 1)["model_id"] == first_id(gateway)


def first_id(gateway: Gateway) -> str:
    found = [
        entry["model_info"]["id"]
        for entry in gateway.get("/model/info").json["data"]
        if entry["litellm_params"]["model"] == "openai/first"
    ]
    return str(found[0])


@pytest.mark.parametrize(
    "broken", [cut(), json(BROKEN, status=503), sse([role(), BROKEN], done=False)]
)
def test_one_that_fails_leaves_the_race_to_the_other(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, broken: Any
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    first = LiveStream()
    upstream.always(first)
    other.always(broken)
    with gateway.open_stream() as wire:
        other.wait_requests()
        say(first, "still here")
        end(first)
        head = wire.read_head()
        assert b"still here" in wire.read_body(head)


def test_both_fail(upstream: FakeUpstream, other: FakeUpstream, start: StartGateway) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    first = LiveStream()
    upstream.always(first)
    other.always(json(BROKEN, status=503))
    with gateway.open_stream() as wire:
        other.wait_requests()
        first.cut()
        assert wire.read_head().status in (500, 502, 503)
    row = last_row(gateway, WARMED + 1)
    assert row["status"] == "failure" and row["spend"] == 0
    assert len(upstream.requests) == 1 and len(other.requests) == 1


def test_a_client_that_leaves_ends_both(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    upstream.always(stall())
    other.always(stall())
    with gateway.open_stream():
        other.wait_requests()
    upstream.last.wait_closed()
    other.last.wait_closed()
    until(lambda: "litellm_in_flight_requests 1\n" in gateway.get("/metrics").text, "the end")


def test_pings_go_out_while_both_are_silent(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = pair(upstream, other)
    config["tollweir_settings"] |= {"stream_hold": "200ms", "ping_interval": "100ms"}
    gateway = start(config)
    warm(gateway, upstream)
    upstream.always(stall())
    second = LiveStream()
    other.always(second)
    with gateway.open_stream() as wire:
        head = wire.read_head()
        assert head.status == 200
        second.send(role())
        say(second, "at last")
        end(second)
        body = wire.read_body(head)
    assert body.startswith(b": ping\n") and b"at last" in body


def test_a_gateway_that_stops_ends_both_with_an_error(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = pair(upstream, other)
    config["tollweir_settings"] |= {
        "stream_hold": "100ms",
        "drain": {"delay": "0s", "timeout": "300ms"},
    }
    gateway = start(config)
    warm(gateway, upstream)
    upstream.always(stall())
    other.always(stall())
    with gateway.open_stream() as wire:
        head = wire.read_head()
        other.wait_requests()
        gateway.signal(signal.SIGTERM)
        body = wire.read_body(head)
    assert gateway.wait_exit() == 0
    assert b"shutting down" in body and body.endswith(b"data: [DONE]\n\n")


def test_a_stream_that_goes_on_after_a_race_is_whole(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    upstream.always(stall())
    second = LiveStream()
    other.always(second)
    with gateway.open_stream() as wire:
        say(second, "a", "b", "c")
        head = wire.read_head()
        say(second, "d")
        end(second)
        body = wire.read_body(head).decode()
    assert re.findall(r'"content":"(.)"', body) == ["a", "b", "c", "d"]


def test_the_share_of_second_calls_is_bounded(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other, max_share=0.1))
    warm(gateway, upstream)  # earns two, and what follows not quite another
    upstream.always(slow_word())
    other.always(sse(stream("quick")))
    for _ in range(6):
        gateway.stream()
    assert hedges(gateway, "second") + hedges(gateway, "first") == 2


def slow_word() -> Any:
    whole = sse(stream("late"))

    async def script(exchange: Any) -> None:
        await asyncio.sleep(1)
        await whole(exchange)

    return script


def test_a_budget_without_room_for_both_is_not_asked_twice(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(pair(upstream, other))
    warm(gateway, upstream)
    upstream.always(slow_word())
    other.always(sse(stream("quick")))
    for budget, said in ((0.35, b"late"), (5, b"quick")):  # a call is reserved at some 0.2
        made = gateway.post("/key/generate", {"max_budget": budget}).json
        headers = [("authorization", f"Bearer {made['key']}")]
        with gateway.wire() as wire:
            wire.send(stream_request("m", headers, max_tokens=100))
            assert said in wire.read_body(wire.read_head())


def test_a_slot_of_the_loser_comes_back(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = pair(upstream, other)
    for entry in config["model_list"]:
        entry["litellm_params"]["max_parallel_requests"] = 1
    gateway = start(config)
    warm(gateway, upstream)
    upstream.answer(stall())
    upstream.always(sse(stream("again")))
    other.always(sse(stream("from the other")))
    assert content_of(gateway.stream()) == "from the other"
    assert content_of(gateway.stream()) in ("again", "from the other")


@pytest.mark.parametrize("why", ["not opted in", "too few samples", "no stream"])
def test_otherwise_nobody_is_asked_twice(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, why: str
) -> None:
    config = pair(upstream, other)
    if why == "not opted in":
        config["tollweir_settings"] = {}
    gateway = start(config)
    if why != "too few samples":
        warm(gateway, upstream)
    if why == "no stream":
        upstream.always(json(completion("whole")))
        assert gateway.chat().status == 200
    else:
        upstream.always(slow_word())
        assert content_of(gateway.stream()) == "late"
    assert not other.requests
