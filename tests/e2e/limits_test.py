"""Limits and budgets of virtual keys, as clients meet them (docs/budgets.md). What limits do on
their own is tested in tests/unit/limits; here it is that requests pass them on every way."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream, LiveStream
from gateway import AUTH, Gateway, StartGateway, model
from stores import Store
from wire import EventStream, Headers, Reply, until

# 10 and 20 tokens a call (answers.usage) cost 0.05 dollars.
PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}
CALL = 0.05


@pytest.fixture
def limited(upstream: FakeUpstream, store: Store, start: StartGateway) -> Gateway:
    return start(
        {
            "model_list": [
                model("m", upstream.base, **PRICED),
                model("other", upstream.base, **PRICED),
                model("free", upstream.base, input_cost_per_token=0, output_cost_per_token=0),
            ]
        },
        env=store.env,
    )


def generate(gateway: Gateway, **fields: Any) -> Headers:
    """The header that brings a new key."""
    reply = gateway.post("/key/generate", fields, AUTH)
    assert reply.status == 200, reply.body
    return (("authorization", f"Bearer {reply.json['key']}"),)


def answer(upstream: FakeUpstream, count: int = 1, prompt: int = 10, completion: int = 20) -> None:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    for _ in range(count):
        upstream.answer(up.json(answers.completion(usage=usage)))


def chat(gateway: Gateway, key: Headers, name: str = "m", **fields: Any) -> Reply:
    return gateway.chat(name, key, **{"max_tokens": 20, **fields})


def error_of(reply: Reply) -> dict[str, Any]:
    found: dict[str, Any] = reply.json["error"]
    assert isinstance(found["code"], str)
    return found


def test_requests_a_minute(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, rpm_limit=2)
    answer(upstream, 2)
    assert chat(limited, key).header("x-ratelimit-api_key-remaining-requests") == "1"
    reply = chat(limited, key)
    assert reply.header("x-ratelimit-api_key-remaining-requests") == "0"
    assert reply.header("x-litellm-key-rpm-limit") == "2"
    refused = chat(limited, key)
    assert refused.status == 429
    assert error_of(refused)["code"] == "rate_limit_exceeded"
    assert 0 < int(refused.header("retry-after") or 0) <= 61
    assert len(upstream.requests) == 2, "a refused call reaches nobody"


def test_tokens_a_minute(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, tpm_limit=70)
    answer(upstream, 2)
    assert chat(limited, key).status == 200
    assert chat(limited, key).status == 200
    assert chat(limited, key).status == 429


def test_slots_come_back_on_every_way_out(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, max_parallel_requests=1)

    def hold() -> LiveStream:
        live = LiveStream()
        upstream.answer(live)
        return live

    live = hold()
    wire = limited.open_stream(headers=key)
    live.send(answers.opening())
    stream = EventStream(wire)
    stream.next_event()
    refused = chat(limited, key)
    assert refused.status == 429
    assert int(refused.header("retry-after") or 0) > 0
    # The end of the stream,
    live.send(answers.delta(finish="stop"))
    live.finish()
    stream.rest()
    wire.close()
    # an upstream's error,
    upstream.answer(up.json({"error": {"message": "no"}}, status=500))
    assert chat(limited, key).status == 500
    # a client that leaves in the middle,
    live = hold()
    wire = limited.open_stream(headers=key)
    live.send(answers.opening())
    EventStream(wire).next_event()
    wire.close()
    upstream.requests[-1].wait_closed()
    # a body that nobody understands.
    with limited.wire() as bad:
        assert bad.post("/v1/chat/completions", "no object", key).status == 400
    answer(upstream)
    until(lambda: chat(limited, key).status == 200, "the slot came back")


def test_a_keys_budget(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, max_budget=3 * CALL)
    answer(upstream, 3)
    costs = [chat(limited, key).header("x-litellm-response-cost") for _ in range(3)]
    assert costs == ["0.05"] * 3
    refused = chat(limited, key)
    assert refused.status == 429
    error = error_of(refused)
    assert error["type"] == "budget_exceeded"
    assert error["param"] is None
    assert error["message"].startswith(
        "Budget has been exceeded! Current cost: 0.15, Max budget: 0.15"
    ), error
    assert refused.header("x-should-retry") == "false"
    assert refused.header("retry-after") is None
    assert chat(limited, AUTH).status != 429, "others are not bound"


def test_a_budget_of_nothing_admits_nothing(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, max_budget=0)
    assert error_of(chat(limited, key))["type"] == "budget_exceeded"
    assert upstream.requests == []


def test_a_free_model_asks_no_budget(limited: Gateway, upstream: FakeUpstream) -> None:
    key = generate(limited, max_budget=0)
    answer(upstream)
    assert chat(limited, key, "free").status == 200


def test_a_models_budget_binds_calls_of_that_model(
    limited: Gateway, upstream: FakeUpstream
) -> None:
    key = generate(
        limited, model_max_budget={"m": {"budget_limit": CALL, "time_period": "1d"}}
    )
    answer(upstream, 2)
    assert chat(limited, key).status == 200
    refused = error_of(chat(limited, key))
    assert refused["type"] == "budget_exceeded"
    assert "exceeded budget for model=m" in refused["message"]
    assert chat(limited, key, "other").status == 200


def test_a_refused_call_consumes_nothing(limited: Gateway, upstream: FakeUpstream) -> None:
    """All limits or none: the budget refuses, so the requests a minute stay as they were."""
    key = generate(limited, max_budget=CALL, rpm_limit=10)
    answer(upstream)
    first = chat(limited, key)
    assert first.header("x-ratelimit-api_key-remaining-requests") == "9"
    for _ in range(5):
        assert chat(limited, key).status == 429
    answer(upstream)
    free = chat(limited, key, "free")
    assert free.header("x-ratelimit-api_key-remaining-requests") == "8"


def test_the_budget_of_the_whole_gateway(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "litellm_settings": {"max_budget": 2 * CALL},
            "general_settings": {"budget_exceeded_status": 400},
        },
        env=store.env,
    )
    answer(upstream, 2)
    key = generate(gateway)
    assert [chat(gateway, each).status for each in (AUTH, key)] == [200, 200]
    refused = chat(gateway, AUTH)
    assert refused.status == 400
    assert error_of(refused)["type"] == "budget_exceeded"


def test_a_providers_budget(upstream: FakeUpstream, store: Store, start: StartGateway) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "router_settings": {
                "provider_budget_config": {"openai": {"budget_limit": CALL, "time_period": "1d"}}
            },
        },
        env=store.env,
    )
    answer(upstream)
    assert chat(gateway, AUTH).status == 200
    refused = chat(gateway, AUTH)
    assert refused.status == 429
    assert "crossed budget" in error_of(refused)["message"]


def test_what_was_spent_counts_after_a_restart(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    config = {"model_list": [model("m", upstream.base, **PRICED)]}
    first = start(config, env=store.env)
    key = generate(first, max_budget=2 * CALL)
    answer(upstream)
    assert chat(first, key).status == 200
    first.stop()
    second = start(config, env=store.env)
    answer(upstream)
    assert chat(second, key).status == 200
    assert error_of(chat(second, key))["type"] == "budget_exceeded"


def test_calls_that_fit_one_by_one_get_through_side_by_side(
    limited: Gateway, upstream: FakeUpstream
) -> None:
    """Their worst cases do not fit at once: they wait for each other instead of being refused."""
    key = generate(limited, max_budget=20 * CALL)
    answer(upstream, 20)
    found: list[int] = []

    def client() -> None:
        found.append(chat(limited, key, max_tokens=50).status)

    threads = [threading.Thread(target=client) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 20
    assert error_of(chat(limited, key))["type"] == "budget_exceeded"


def test_a_stream_is_billed_by_its_usage_and_costs_show_in_it(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "litellm_settings": {"include_cost_in_streaming_usage": True},
        },
        env=store.env,
    )
    key = generate(gateway, max_budget=CALL)
    usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream(
        headers=key, max_tokens=20, stream_options={"include_usage": True}
    ) as wire:
        live.send(answers.opening())
        live.send(answers.delta("hello", finish="stop"))
        live.send(answers.usage_chunk(usage))
        live.finish()
        events = EventStream(wire).rest()
    told = [event["usage"] for event in events if isinstance(event, dict) and event.get("usage")]
    assert [json.dumps(each["cost"]) for each in told] == ["0.05"]
    assert error_of(chat(gateway, key))["type"] == "budget_exceeded"
