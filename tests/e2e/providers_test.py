"""Providers as data: what each row of the table makes of a request."""

from __future__ import annotations

import base64
import json
import struct

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream
from gateway import Gateway, StartGateway, model


def test_supported_params_of_a_group_and_of_a_model_string(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "hosted_vllm/llama")]})
    for name in ("m", "hosted_vllm%2Fllama"):
        reply = gateway.get(f"/utils/supported_openai_params?model={name}")
        assert reply.status == 200
        assert "top_p" in reply.json["supported_openai_params"]
        assert "moderation" not in reply.json["supported_openai_params"]


def test_supported_params_of_a_model_that_nobody_knows(gateway: Gateway) -> None:
    reply = gateway.get("/utils/supported_openai_params?model=nobody")
    assert reply.status == 400
    assert reply.json["detail"] == {"error": "Could not map model=nobody"}
    assert reply.json["error"]["message"] == "Could not map model=nobody"
    assert reply.json["error"]["param"] == "model"
    assert gateway.get("/utils/supported_openai_params?model=m", headers=()).status == 401


SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "n", "schema": {"type": "object", "properties": {}}},
}
TOOL_ANSWER = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1760000000,
    "model": "up",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "t1",
                        "type": "function",
                        "function": {"name": "json_tool_call", "arguments": '{"a":1}'},
                    }
                ],
            },
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
}


@pytest.mark.parametrize("streams", [False, True])
def test_groq_gives_json_through_a_tool(
    upstream: FakeUpstream, start: StartGateway, streams: bool
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "groq/llama")]})
    upstream.answer(up.json(TOOL_ANSWER))
    if streams:
        events = gateway.stream(response_format=SCHEMA)
        assert events[-1] == "[DONE]"
        choices = [event["choices"][0] for event in events[:-1]]
        content = "".join(choice["delta"].get("content") or "" for choice in choices)
        finish = choices[-1]["finish_reason"]
        assert all("tool_calls" not in choice["delta"] for choice in choices)
    else:
        choice = gateway.chat(response_format=SCHEMA).json["choices"][0]
        content, finish = choice["message"]["content"], choice["finish_reason"]
        assert "tool_calls" not in choice["message"]
    assert json.loads(content) == {"a": 1}
    assert finish == "stop"
    sent = upstream.request.json
    assert "stream" not in sent and "stream_options" not in sent and "response_format" not in sent
    assert sent["tool_choice"]["function"]["name"] == "json_tool_call"


def test_chat_with_a_model_of_completions(upstream: FakeUpstream, start: StartGateway) -> None:
    entry = model("m", upstream.base, "text-completion-openai/davinci-002")
    gateway = start({"model_list": [entry]})
    chunk = {"id": "c", "object": "text_completion", "created": 1, "model": "up"}
    upstream.answer(
        up.sse(
            [
                {**chunk, "choices": [{"index": 0, "text": "a", "finish_reason": None}]},
                {**chunk, "choices": [{"index": 0, "text": "b", "finish_reason": "stop"}]},
                {**chunk, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
            ]
        )
    )
    events = gateway.stream()
    assert upstream.request.target == "/v1/completions"
    assert upstream.request.json["prompt"] == "hi" and "messages" not in upstream.request.json
    assert [event["object"] for event in events[:-1]] == ["chat.completion.chunk"] * 2
    assert [event["choices"][0]["delta"] for event in events[:-1]] == [
        {"role": "assistant", "content": "a"},
        {"content": "b"},
    ]


def test_fill_in_the_middle(upstream: FakeUpstream, start: StartGateway) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "codestral/codestral-latest")]})
    upstream.answer(up.json(answers.completion("middle")))
    body = {"model": "m", "prompt": "begin", "suffix": "end", "seed": 1}
    reply = gateway.post("/v1/completions", body)
    assert upstream.request.target == "/v1/fim/completions"
    assert upstream.request.json["random_seed"] == 1
    assert reply.json["object"] == "text_completion"
    assert reply.json["choices"][0]["text"] == "middle"


def test_embeddings_come_in_the_form_asked_for(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "mistral/mistral-embed")]})
    packed = base64.b64encode(struct.pack("<2f", 0.5, -1.0)).decode()
    for wish, sent_by_upstream, expected in (
        ("base64", [0.5, -1.0], packed),
        ("float", packed, [0.5, -1.0]),
        (None, packed, [0.5, -1.0]),
    ):
        upstream.reset()
        upstream.answer(up.json(answers.embeddings(sent_by_upstream)))
        fields = {"encoding_format": wish} if wish else {}
        reply = gateway.post("/v1/embeddings", {"model": "m", "input": "x", **fields})
        assert reply.json["data"][0]["embedding"] == expected
        assert "encoding_format" not in upstream.request.json


def test_usage_that_comes_unasked_is_kept_from_those_who_did_not_ask(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "mistral/m")]})
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    chunks = answers.stream("a")
    chunks[-1]["usage"] = usage
    for asks in (False, True):
        upstream.answer(up.sse(chunks))
        fields = {"stream_options": {"include_usage": True}} if asks else {}
        events = gateway.stream(**fields)[:-1]
        seen = [event["usage"] for event in events if event.get("usage")]
        assert seen == ([usage] if asks else [])
        if asks:
            assert events[-1]["choices"] == []


def test_a_refused_parameter_is_named_before_the_upstream_is_asked(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, "mistral/m")]})
    refused = gateway.chat(logprobs=True, n=2, seed=1)
    error = refused.expect_error(400, "invalid_request_error")
    assert error["message"].startswith(
        "litellm.UnsupportedParamsError: mistral does not support parameters: "
        "['logprobs', 'n'], for model=m."
    )
    assert not upstream.requests
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat(logprobs=True, n=2, drop_params=True).status == 200
    assert "logprobs" not in upstream.request.json and "n" not in upstream.request.json
