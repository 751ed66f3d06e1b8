"""A stream that breaks after its first word goes on elsewhere, in groups that were opted in."""

from __future__ import annotations

from typing import Any

import pytest

from answers import completion, content_of, delta, role, stream
from conftest import StartGateway
from fake_upstream import FakeUpstream, cut, events, head, json, sse, stall
from gateway import model
from wire import until

PREFILL = {"supports_assistant_prefill": True}
BROKEN = {"error": {"message": "the upstream says no", "type": "server_error", "code": None}}
PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}


def begun(*chunks: Any) -> Any:
    """A stream that is cut after these chunks."""
    start = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return cut(start + events([role(), *chunks], done=False))


def other_id(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**chunk, "id": "chatcmpl-2", "created": 1770000000} for chunk in chunks]


def chain(first: FakeUpstream, second: FakeUpstream, **info: Any) -> dict[str, Any]:
    """Group `a`, which falls back on `b`."""
    models = [
        model("a", first.base, **PRICED),
        model("b", second.base, "openai/other-model", **PRICED),
    ]
    models[1]["model_info"] = PREFILL if not info else info
    return {
        "model_list": models,
        "router_settings": {"fallbacks": [{"a": ["b"]}]},
        "tollweir_settings": {"continue_streams": ["a"]},
    }


def broke(got: list[Any]) -> bool:
    return "error" in got[-2] and got[-1] == "[DONE]"


@pytest.mark.parametrize(
    "broken",
    [
        begun(delta("It was a "), delta('"dark"\n')),
        sse([role(), delta("It was a "), delta('"dark"\n'), BROKEN], done=False),
        begun(delta("It was a "), delta('"dark"\n'), "{not json"),
    ],
    ids=["cut", "an error event", "no JSON"],
)
def test_a_fallback_takes_up_the_text(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, broken: Any
) -> None:
    gateway = start(chain(upstream, other))
    upstream.always(broken)
    other.always(sse(other_id(stream("and stormy ", "night", usage=True))))
    got = gateway.stream(
        "a",
        messages=[{"role": "user", "content": "Begin a novel."}],
        max_tokens=100,
        stream_options={"include_usage": True},
    )
    assert content_of(got) == 'It was a "dark"\nand stormy night'
    *chunks, usage, done = got
    assert done == "[DONE]"
    for field, value in {"id": "chatcmpl-1", "created": 1760000000, "model": "a"}.items():
        assert {chunk[field] for chunk in chunks} == {value}, "one stream to the client"
    roles = [choice["delta"].get("role") for chunk in chunks for choice in chunk["choices"]]
    assert roles.count("assistant") == 1
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"

    asked = other.last.json
    assert asked["messages"] == [
        {"role": "user", "content": "Begin a novel."},
        {"role": "assistant", "content": 'It was a "dark"\n', "prefix": True},
    ]
    assert asked["model"] == "other-model" and asked["stream"] is True
    assert 90 <= asked["max_tokens"] < 100, "what is left of them"

    # Both parts are billed: the first as counted here, the second as reported.
    until(lambda: gateway.get("/spend/logs").json, "the row")
    (row,) = gateway.get("/spend/logs").json
    assert row["status"] == "success"
    assert row["prompt_tokens"] > 9 and row["completion_tokens"] == 103 - asked["max_tokens"]
    cost = row["prompt_tokens"] * 0.001 + row["completion_tokens"] * 0.002
    assert row["spend"] == pytest.approx(cost)
    assert usage["usage"]["prompt_tokens"] == row["prompt_tokens"]
    assert usage["usage"]["completion_tokens"] == row["completion_tokens"]
    assert usage["usage"]["total_tokens"] == row["total_tokens"]
    assert "tollweir_continued_streams_total 1\n" in gateway.get("/metrics").text


def test_another_deployment_of_the_group_comes_first(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = chain(upstream, other)
    first, second = config["model_list"]
    first["litellm_params"]["order"], second["litellm_params"]["order"] = 1, 2
    second["model_name"] = "a"
    first["model_info"] = PREFILL
    config["router_settings"] = {}
    gateway = start(config)
    upstream.always(begun(delta("one ")))
    other.always(sse(stream("two")))
    got = gateway.stream("a")
    assert content_of(got) == "one two" and got[-1] == "[DONE]"
    assert len(upstream.requests) == 1


def test_it_may_break_again(upstream: FakeUpstream, other: FakeUpstream, start: StartGateway) -> None:
    config = chain(upstream, other)
    with FakeUpstream() as third:
        config["model_list"].append(model("c", third.base))
        config["model_list"][2]["model_info"] = PREFILL
        config["router_settings"]["fallbacks"] = [{"a": ["b", "c"]}]
        gateway = start(config)
        upstream.always(begun(delta("one ")))
        other.always(begun(delta("two ")))
        third.always(sse(stream("three")))
        assert content_of(gateway.stream("a")) == "one two three"
        assert third.last.json["messages"][-1]["content"] == "one two "
        until(lambda: gateway.get("/spend/logs").json, "the row")
        assert len(gateway.get("/spend/logs").json) == 1


@pytest.mark.parametrize(
    "answer",
    [json(BROKEN, status=503), cut(), json(completion("whole")), begun()],
    ids=["refuses", "is away", "streams not", "says nothing"],
)
def test_where_nobody_goes_on_the_stream_ends_with_the_error(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, answer: Any
) -> None:
    gateway = start(chain(upstream, other))
    upstream.always(begun(delta("one ")))
    other.always(answer)
    got = gateway.stream("a")
    assert content_of(got[:-2]) == "one " and broke(got)
    assert len(other.requests) == 1
    until(lambda: gateway.get("/spend/logs").json, "the row")
    (row,) = gateway.get("/spend/logs").json
    assert row["status"] == "failure" and row["spend"] > 0
    assert "tollweir_continued_streams_total 0\n" in gateway.get("/metrics").text


CALL = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]}


def call_chunk() -> dict[str, Any]:
    chunk = delta("")
    chunk["choices"][0]["delta"] = CALL
    return chunk


def thinking() -> dict[str, Any]:
    chunk = delta("")
    chunk["choices"][0]["delta"] = {"reasoning_content": "hm"}
    return chunk


@pytest.mark.parametrize(
    ("chunks", "fields"),
    [
        ([delta("one "), call_chunk()], {}),
        ([thinking()], {}),
        ([delta("one ")], {"response_format": {"type": "json_object"}}),
        ([delta("one ")], {"n": 2}),
        ([delta("one ")], {"disable_fallbacks": True}),
    ],
    ids=["in a tool call", "in its thoughts", "in an object", "two answers", "fallbacks are off"],
)
def test_what_is_no_plain_text_is_not_taken_up(
    upstream: FakeUpstream,
    other: FakeUpstream,
    start: StartGateway,
    chunks: list[Any],
    fields: dict[str, Any],
) -> None:
    gateway = start(chain(upstream, other))
    upstream.always(begun(*chunks))
    other.always(sse(stream("two")))
    assert broke(gateway.stream("a", **fields))
    assert not other.requests


def test_thoughts_before_the_text_do_not_matter(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(chain(upstream, other))
    upstream.always(begun(thinking(), delta("one ")))
    other.always(sse(stream("two")))
    assert content_of(gateway.stream("a")) == "one two"
    assert other.last.json["messages"][-1]["content"] == "one "


def test_only_models_that_take_up_a_beginning_are_asked(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(chain(upstream, other, mode="chat"))
    upstream.always(begun(delta("one ")))
    assert broke(gateway.stream("a"))
    assert not other.requests


def test_a_group_that_was_not_opted_in_ends_with_the_error(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = chain(upstream, other)
    config["tollweir_settings"] = {"continue_streams": ["b"]}
    gateway = start(config)
    upstream.always(begun(delta("one ")))
    assert broke(gateway.stream("a"))
    assert not other.requests


def test_vllm_is_told_in_its_own_words(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = chain(upstream, other)
    config["model_list"][1]["litellm_params"]["model"] = "hosted_vllm/llama"
    gateway = start(config)
    upstream.always(begun(delta("one ")))
    other.always(sse(stream("two")))
    assert content_of(gateway.stream("a")) == "one two"
    asked = other.last.json
    assert asked["messages"][-1] == {"role": "assistant", "content": "one "}
    assert asked["continue_final_message"] is True and asked["add_generation_prompt"] is False


def test_a_client_that_leaves_meanwhile_is_not_served_on(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(chain(upstream, other))
    upstream.always(begun(delta("one ")))
    other.always(stall(head(200, [("content-type", "text/event-stream")])))
    with gateway.open_stream("a") as wire:
        wire.read_head()
        other.wait_requests()
    other.last.wait_closed()
    until(lambda: gateway.get("/spend/logs").json, "the row")
    (row,) = gateway.get("/spend/logs").json
    assert row["spend"] > 0


def test_answers_that_are_kept_are_whole(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = chain(upstream, other)
    config["general_settings"] = {"store_prompts_in_spend_logs": True}
    gateway = start(config)
    upstream.always(begun(delta("one ")))
    other.always(sse(stream("two")))
    gateway.stream("a")
    until(lambda: gateway.get("/spend/logs").json, "the row")
    (row,) = gateway.get("/spend/logs").json
    kept = gateway.get(f"/spend/logs/ui/{row['request_id']}").json
    assert "one two" in str(kept["response"])
