"""POST /utils/token_counter. The counts are those of spec/providers-openai-family.md, section 6."""

from __future__ import annotations

from typing import Any

import pytest

from fake_upstream import FakeUpstream
from gateway import Gateway, StartGateway, model

HELLO = [{"role": "user", "content": "Hello!"}]
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Look up the current weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "City name"},
                "unit": {"type": "string", "enum": ["c", "f"]},
                "days": {"type": "integer"},
            },
            "required": ["city"],
        },
    },
}


@pytest.fixture
def counting(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    renamed: dict[str, Any] = model("ours", upstream.base, "azure/my-name")
    renamed["model_info"] = {"base_model": "azure/gpt-4o"}
    return start(
        {
            "model_list": [
                model("new", upstream.base, "openai/gpt-4o"),
                model("old", upstream.base, "openai/gpt-4"),
                model("openai/*", upstream.base, "openai/*"),
                renamed,
            ]
        }
    )


def count(gateway: Gateway, **body: Any) -> int:
    reply = gateway.post("/utils/token_counter", body)
    assert reply.status == 200, reply.body
    assert upstream_was_not_asked(reply.json)
    total = reply.json["total_tokens"]
    assert isinstance(total, int)
    return total


def upstream_was_not_asked(shown: dict[str, Any]) -> bool:
    return shown["original_response"] is None and shown["error"] is False


def test_the_answer_has_litellms_fields(counting: Gateway, upstream: FakeUpstream) -> None:
    reply = counting.post("/utils/token_counter", {"model": "new", "messages": HELLO})
    assert reply.status == 200
    assert reply.json == {
        "total_tokens": 9,
        "request_model": "new",
        "model_used": "gpt-4o",
        "tokenizer_type": "openai_tokenizer",
        "original_response": None,
        "error": False,
        "error_message": None,
        "status_code": None,
    }
    assert not upstream.requests


@pytest.mark.parametrize(("name", "expected"), [("new", 15), ("old", 16)])
def test_prompts_are_counted_by_the_models_tokenizer(
    counting: Gateway, name: str, expected: int
) -> None:
    text = "I'm sure you've seen it; they'LL say WE'RE fine."
    assert count(counting, model=name, prompt=text) == expected


def test_messages_tools_and_choices_add_their_frames(counting: Gateway) -> None:
    system = {"role": "system", "content": "You are a helpful assistant."}
    assert count(counting, model="new", messages=[system, *HELLO]) == 19
    assert count(counting, model="new", messages=[{**HELLO[0], "name": "alice"}]) == 11
    assert count(counting, model="new", messages=HELLO, tools=[TOOL]) == 62
    assert count(counting, model="old", messages=HELLO, tools=[TOOL]) == 64
    assert count(counting, model="new", messages=HELLO, tools=[TOOL], tool_choice="none") == 63
    named = {"type": "function", "function": {"name": "get_weather"}}
    assert count(counting, model="new", messages=HELLO, tools=[TOOL], tool_choice=named) == 71


def test_contents_are_counted(counting: Gateway) -> None:
    contents = [{"role": "user", "parts": [{"text": "hello world"}]}]
    assert count(counting, model="new", contents=contents) > 2


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("ours", "my-name"),
        ("openai/gpt-4", "gpt-4"),  # through the wildcard
        ("nobody/has-it", "nobody/has-it"),
    ],
)
def test_any_name_is_counted(counting: Gateway, name: str, used: str) -> None:
    reply = counting.post("/utils/token_counter", {"model": name, "prompt": "hello world"})
    assert reply.status == 200
    assert reply.json["model_used"] == used
    assert reply.json["total_tokens"] == 2


def test_base_model_chooses_the_tokenizer(counting: Gateway) -> None:
    text = "你好，世界！今天天气怎么样？"
    assert count(counting, model="ours", prompt=text) == 9
    assert count(counting, model="old", prompt=text) == 17


def test_long_texts_are_counted_whole(counting: Gateway) -> None:
    assert count(counting, model="new", prompt="hello world " * 100_000) == 200_001


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"model": "new"}, "prompt or messages or contents must be provided"),
        ({"model": "new", "prompt": None}, "prompt or messages or contents must be provided"),
        ({"prompt": "hi"}, "model"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    counting: Gateway, body: dict[str, Any], told: str
) -> None:
    reply = counting.post("/utils/token_counter", body)
    assert reply.status == 400
    assert told in reply.json["error"]["message"]


def test_a_key_is_needed(counting: Gateway) -> None:
    reply = counting.post("/utils/token_counter", {"model": "new", "prompt": "hi"}, headers=[])
    assert reply.status == 401
