"""POST /spend/calculate, and prices of one's own in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fake_upstream import FakeUpstream
from gateway import Gateway, StartGateway, model

HELLO = [{"role": "user", "content": "Hello!"}]  # 9 tokens of gpt-4o's


@pytest.fixture
def pricing(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    own = model(
        "house",
        upstream.base,
        "openai/house-model",
        input_cost_per_token=1e-6,
        output_cost_per_token=3e-6,
    )
    return start(
        {
            "model_list": [
                model("mini", upstream.base, "openai/gpt-4o-mini"),
                own,
                model("dark", upstream.base, "openai/nobody-knows-it"),
                model("groq/*", upstream.base, "groq/*"),
            ],
            "litellm_settings": {"cost_margin_config": {"groq": 0.5}},
        }
    )


def cost(gateway: Gateway, **body: Any) -> float:
    reply = gateway.post("/spend/calculate", body)
    assert reply.status == 200, reply.body
    assert list(reply.json) == ["cost"]
    value = reply.json["cost"]
    assert isinstance(value, float)
    return value


def answer(name: str, **fields: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return {"id": "1", "object": "chat.completion", "model": name, "usage": usage, **fields}


def test_a_prompt_costs_its_tokens(pricing: Gateway) -> None:
    assert cost(pricing, model="mini", messages=HELLO) == 1.35e-06
    assert cost(pricing, model="gpt-4o-mini", messages=HELLO) == 1.35e-06
    assert cost(pricing, model="mini") == 0.0


def test_the_text_is_a_python_float(pricing: Gateway) -> None:
    reply = pricing.post("/spend/calculate", {"model": "mini", "messages": HELLO})
    assert reply.body == b'{"cost":1.35e-06}'


def test_an_answer_costs_its_usage(pricing: Gateway) -> None:
    assert cost(pricing, completion_response=answer("gpt-4o-mini-2024-07-18")) == 0.00021
    assert cost(pricing, completion_response=answer("whatever"), model="house") == 0.0013
    assert cost(pricing, completion_response=answer("house")) == 0.0013


def test_an_answer_without_usage_is_counted(pricing: Gateway) -> None:
    said = [{"index": 0, "message": {"role": "assistant", "content": "hello world"}}]
    body = answer("house", choices=said, usage=None)
    assert cost(pricing, completion_response=body) == 6e-06


def test_zero_that_was_told_stays_zero(pricing: Gateway) -> None:
    said = [{"index": 0, "message": {"role": "assistant", "content": "hello world"}}]
    body = answer("house", choices=said, usage={"prompt_tokens": 0, "completion_tokens": 0})
    assert cost(pricing, completion_response=body) == 0.0


def test_margins_of_the_provider_are_added(pricing: Gateway) -> None:
    # 0.59 and 0.79 dollars a million tokens, and half of it.
    body = answer("x")
    assert cost(pricing, completion_response=body, model="groq/llama-3.3-70b-versatile") == 0.0010035


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "Bad Request - Either 'model' or 'completion_response' must be provided"),
        ({"model": "dark", "messages": HELLO}, "no price is known for model=dark"),
        ({"completion_response": "x"}, "'completion_response' is not an object"),
        ({"completion_response": {}}, "names no model"),
        ({"completion_response": {"model": "mini", "usage": "x"}}, "malformed"),
    ],
)
def test_what_cannot_be_priced_is_refused(
    pricing: Gateway, body: dict[str, Any], told: str
) -> None:
    reply = pricing.post("/spend/calculate", body)
    assert reply.status == 400, reply.body
    assert told in reply.body.decode()


def test_a_file_of_ones_own_is_laid_over_the_table(
    upstream: FakeUpstream, start: StartGateway, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(
        json.dumps(
            {
                "gpt-4o-mini": {"input_cost_per_token": 1e-3},
                "house-model": {"litellm_provider": "openai", "input_cost_per_token": 2e-3},
            }
        )
    )
    gateway = start(
        {
            "model_list": [
                model("mini", upstream.base, "openai/gpt-4o-mini"),
                model("house", upstream.base, "openai/house-model"),
            ],
            "tollweir_settings": {"model_prices": str(prices)},
        }
    )
    # The table's price of answers stays in force where the file says nothing.
    assert cost(gateway, completion_response=answer("x"), model="mini") == 1.00006
    assert cost(gateway, model="house", messages=HELLO) == 0.018
    rows = {row["model_name"]: row["model_info"] for row in gateway.get("/model/info").json["data"]}
    assert rows["mini"]["input_cost_per_token"] == 0.001
    assert rows["mini"]["max_output_tokens"] == 16384


def test_a_bad_file_of_prices_is_refused_with_its_line(
    upstream: FakeUpstream, start: StartGateway, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text('{\n "a": {"litellm_provider": "openai",\n  "input_cost_per_token": "x"}}')
    gateway = start(
        {
            "model_list": [model("mini", upstream.base, "openai/gpt-4o-mini")],
            "tollweir_settings": {"model_prices": str(prices)},
        },
        wait=False,
    )
    gateway.expected_codes = (1,)
    assert gateway.wait_exit() == 1
    assert "prices.json:3:27: model 'a': input_cost_per_token: expected a price" in gateway.output
