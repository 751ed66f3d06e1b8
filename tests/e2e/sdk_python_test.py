"""OpenAI's own SDK for Python, as users have it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, AzureOpenAI, OpenAI

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream, LiveStream
from gateway import KEY, Gateway, model
from sdk_node_test import TOOL_ARGUMENTS, play, tool_stream

MESSAGES: Any = [{"role": "user", "content": "ping"}]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Gateway, FakeUpstream]]:
    upstream = FakeUpstream()
    entries = [model("fast", upstream.base), model("team/a", upstream.base)]
    gateway = Gateway({"model_list": entries})
    yield gateway, upstream
    gateway.stop()
    upstream.close()


@pytest.fixture
def fake(server: tuple[Gateway, FakeUpstream]) -> FakeUpstream:
    server[1].reset()
    return server[1]


@pytest.fixture
def client(server: tuple[Gateway, FakeUpstream]) -> Iterator[OpenAI]:
    with OpenAI(base_url=server[0].base_url, api_key=KEY, max_retries=0) as made:
        yield made


def test_chat(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.json(answers.completion("pong")))
    answer = client.chat.completions.create(model="fast", messages=MESSAGES, temperature=0)
    assert answer.model == "fast"
    assert answer.choices[0].message.content == "pong"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage and answer.usage.total_tokens == 12
    sent = {"model": "up-model", "messages": MESSAGES, "temperature": 0}
    assert fake.request.json == sent
    assert not [name for name, _ in fake.request.headers if name.lower().startswith("x-stainless")]


def test_a_stream(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.sse(answers.stream("po", "ng", usage=True), piece=3))
    stream = client.chat.completions.create(model="fast", messages=MESSAGES, stream=True)
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "pong"
    assert {chunk.model for chunk in chunks} == {"fast"}
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_stream_with_usage(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.sse(answers.stream("pong", usage=True)))
    stream = client.chat.completions.create(
        model="fast", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    *chunks, last = stream
    assert last.choices == []
    assert last.usage and last.usage.total_tokens == 12
    assert len(chunks) == 3


def test_a_stream_event_by_event(client: OpenAI, fake: FakeUpstream) -> None:
    live = LiveStream()
    fake.answer(live)
    begin = threading.Thread(target=lambda: live.send(answers.opening()))
    begin.start()
    with client.chat.completions.create(model="fast", messages=MESSAGES, stream=True) as stream:
        begin.join()
        assert next(stream).choices[0].delta.role == "assistant"
        for text in "abc":
            live.send(answers.delta(text))
            assert next(stream).choices[0].delta.content == text
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert [chunk.choices[0].finish_reason for chunk in stream] == ["stop"]


def test_the_stream_helper(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.sse(tool_stream(), piece=13))
    with client.chat.completions.stream(model="fast", messages=MESSAGES) as stream:
        final = stream.get_final_completion()
    calls = final.choices[0].message.tool_calls or []
    assert [call.id for call in calls] == ["call_0", "call_1"]
    assert [call.function.name for call in calls] == ["get_weather", "get_time"]
    assert {call.function.arguments for call in calls} == {"".join(TOOL_ARGUMENTS)}
    assert final.choices[0].finish_reason == "tool_calls"


def test_the_async_client(server: tuple[Gateway, FakeUpstream], fake: FakeUpstream) -> None:
    fake.always(play)

    async def ask() -> list[str]:
        async with AsyncOpenAI(base_url=server[0].base_url, api_key=KEY, max_retries=0) as client:

            async def one(number: int) -> str:
                messages: Any = [{"role": "user", "content": f"n{number}"}]
                answer = await client.chat.completions.create(model="fast", messages=messages)
                text = answer.choices[0].message.content or ""
                stream = await client.chat.completions.create(
                    model="fast", messages=messages, stream=True
                )
                async for chunk in stream:
                    text += chunk.choices[0].delta.content or ""
                return text

            return await asyncio.gather(*(one(number) for number in range(40)))

    tail = " \u65e5\u672c \U0001f44d\U0001f3fd"
    assert asyncio.run(ask()) == [f"echo n{n}echo n{n}{tail}" for n in range(40)]


def test_raw_responses_show_the_headers(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.json(answers.completion()))
    raw = client.chat.completions.with_raw_response.create(model="fast", messages=MESSAGES)
    assert raw.headers["x-litellm-model-group"] == "fast"
    assert raw.headers["x-litellm-call-id"]
    assert raw.parse().choices[0].message.content == "pong"


def test_completions(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(play)
    answer = client.completions.create(model="fast", prompt="tell")
    assert answer.choices[0].text == "once"
    assert answer.model == "fast"
    assert fake.request.target == "/v1/completions"


VECTOR = [0.5, -1.25, 0.0078125, 3.0]


@pytest.mark.parametrize("upstream_gives", [VECTOR, "AAAAPwAAoL8AAAA8AABAQA=="])
def test_embeddings_by_default(client: OpenAI, fake: FakeUpstream, upstream_gives: Any) -> None:
    """The SDK asks for base64 and turns it into floats."""
    fake.answer(up.json(answers.embeddings(upstream_gives)))
    answer = client.embeddings.create(model="fast", input="x")
    assert fake.request.json["encoding_format"] == "base64"
    assert answer.data[0].embedding == VECTOR
    assert answer.model == "fast"


def test_embeddings_as_floats(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.json(answers.embeddings(VECTOR, VECTOR)))
    answer = client.embeddings.create(model="fast", input=["x", "y"], encoding_format="float")
    assert [item.embedding for item in answer.data] == [VECTOR, VECTOR]
    assert [item.index for item in answer.data] == [0, 1]


def test_moderations(client: OpenAI, fake: FakeUpstream) -> None:
    fake.answer(up.json(answers.moderation()))
    answer = client.moderations.create(model="fast", input="x")
    assert answer.results[0].flagged
    assert answer.model == "fast"


def test_models(client: OpenAI) -> None:
    assert sorted(entry.id for entry in client.models.list()) == ["fast", "team/a"]
    found = client.models.retrieve("team/a")
    assert (found.id, found.object, found.owned_by) == ("team/a", "model", "openai")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nope")


CLASSES = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
    502: openai.InternalServerError,
    529: openai.InternalServerError,
}


@pytest.mark.parametrize("status", CLASSES)
@pytest.mark.parametrize("stream", [False, True])
def test_upstream_errors_map_to_their_classes(
    client: OpenAI, fake: FakeUpstream, status: int, stream: bool
) -> None:
    body = answers.error_body(f"no {status}", "some_type", "messages", "some_code")
    fake.answer(up.json(body, status=status))
    with pytest.raises(CLASSES[status]) as caught:
        client.chat.completions.create(model="fast", messages=MESSAGES, stream=stream)
    error = caught.value
    assert error.status_code == status
    assert (error.type, error.param, error.code) == ("some_type", "messages", "some_code")
    assert f"no {status}" in error.message


def test_our_own_errors_map_to_their_classes(
    server: tuple[Gateway, FakeUpstream], client: OpenAI
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="nope", messages=MESSAGES)
    assert caught.value.param == "model"
    stranger = OpenAI(base_url=server[0].base_url, api_key="sk-wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_an_error_in_a_stream_is_raised(client: OpenAI, fake: FakeUpstream) -> None:
    error = {"message": "Engine died", "type": "server_error", "param": None, "code": 500}
    fake.answer(up.sse([answers.role(), answers.delta("par"), {"error": error}]))
    text = ""
    with pytest.raises(openai.APIError) as caught:
        for chunk in client.chat.completions.create(model="fast", messages=MESSAGES, stream=True):
            text += chunk.choices[0].delta.content or ""
    assert text == "par"
    assert "Engine died" in caught.value.message


def test_a_cut_stream_is_raised(client: OpenAI, fake: FakeUpstream) -> None:
    begin = up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")])
    fake.answer(up.cut(begin + up.chunk(up.events([answers.opening()], done=False))))
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="fast", messages=MESSAGES, stream=True))


def test_the_sdk_waits_as_the_upstream_says_and_tries_again(
    server: tuple[Gateway, FakeUpstream], fake: FakeUpstream
) -> None:
    limited = up.json(answers.error_body("slow"), status=429, headers=[("retry-after", "1")])
    fake.answer(limited, up.json(answers.completion("at last")))
    with OpenAI(base_url=server[0].base_url, api_key=KEY, max_retries=1) as client:
        answer = client.chat.completions.create(model="fast", messages=MESSAGES)
    assert answer.choices[0].message.content == "at last"
    first, second = fake.requests
    assert second.at - first.at >= 0.7, "the SDK waits 0.75 to 1 times what it was told"


@pytest.mark.parametrize("name", ["fast", "team/a"])
def test_azures_client_finds_its_deployment(
    server: tuple[Gateway, FakeUpstream], fake: FakeUpstream, name: str
) -> None:
    fake.always(play)
    with AzureOpenAI(
        azure_endpoint=server[0].base_url.removesuffix("/v1"),
        api_key=KEY,
        api_version="2024-10-21",
        max_retries=0,
    ) as azure:
        answer = azure.chat.completions.create(model=name, messages=MESSAGES)
        assert answer.choices[0].message.content == "echo ping"
        assert answer.model == name
        assert azure.embeddings.create(model=name, input="x").data[0].embedding == VECTOR
    assert fake.requests[0].target == "/v1/chat/completions"
    assert json.loads(fake.requests[0].body)["model"] == "up-model"
