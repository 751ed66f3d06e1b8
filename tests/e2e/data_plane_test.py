"""What a request becomes on its way to the upstream, and the answer on its way back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream
from gateway import AUTH, Gateway, StartGateway, chat_body, model
from wire import EventStream, request_bytes, split_events

PROMPT_BODY = {"model": "m", "prompt": "hi"}
INPUT_BODY = {"model": "m", "input": "hi"}

CASES_BY_ENDPOINT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "chat/completions": (chat_body(), answers.completion()),
    "completions": (PROMPT_BODY, {"object": "text_completion", "model": "x", "choices": []}),
    "embeddings": (INPUT_BODY, answers.embeddings([0.5, -1.0])),
    "moderations": (INPUT_BODY, answers.moderation()),
}

ROUTES = [
    *((f"/{endpoint}", endpoint) for endpoint in CASES_BY_ENDPOINT),
    *((f"/v1/{endpoint}", endpoint) for endpoint in CASES_BY_ENDPOINT),
    *(
        (f"/{prefix}/m/{endpoint}", endpoint)
        for prefix in ("openai/deployments", "engines")
        for endpoint in ("chat/completions", "completions", "embeddings")
    ),
]


# Routes and the model's name


@pytest.mark.parametrize(("path", "endpoint"), ROUTES)
def test_every_route_reaches_its_upstream_endpoint(
    gateway: Gateway, upstream: FakeUpstream, path: str, endpoint: str
) -> None:
    body, answer = CASES_BY_ENDPOINT[endpoint]
    upstream.answer(up.json(answer))
    reply = gateway.post(path, body)
    assert reply.status == 200, reply.body
    assert reply.json == {**answer, "model": "m"}
    assert upstream.request.method == "POST"
    assert upstream.request.target == f"/v1/{endpoint}"
    assert upstream.request.json == {**body, "model": "up-model"}
    assert upstream.request.header("authorization") == "Bearer sk-upstream"
    assert upstream.request.header("content-type") == "application/json"
    assert upstream.request.header("host") == f"127.0.0.1:{upstream.port}"


@pytest.mark.parametrize("prefix", ["/openai/deployments", "/engines"])
@pytest.mark.parametrize("spelled", ["team/a", "team%2Fa"])
def test_a_model_in_the_path_may_hold_slashes_and_beats_the_body(
    start: StartGateway, upstream: FakeUpstream, prefix: str, spelled: str
) -> None:
    config = {"model_list": [model("team/a", upstream.base), model("m", upstream.base, "openai/b")]}
    upstream.answer(up.json(answers.completion()))
    reply = start(config).post(
        f"{prefix}/{spelled}/chat/completions?api-version=2024-10-21", chat_body("m")
    )
    assert reply.status == 200, reply.body
    assert reply.json["model"] == "team/a"
    assert upstream.request.json["model"] == "up-model"
    assert upstream.request.target == "/v1/chat/completions"


def test_a_model_in_the_path_stands_in_for_a_missing_one(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.completion()))
    body = {"messages": [{"role": "user", "content": "hi"}]}
    reply = gateway.post("/openai/deployments/m/chat/completions", body)
    assert reply.status == 200, reply.body
    assert upstream.request.json == {**body, "model": "up-model"}


def test_the_base_may_have_a_path_a_slash_at_its_end_and_the_endpoint_itself(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    entries = [
        model("slash", upstream.origin + "/deep/path/"),
        model("whole", upstream.origin + "/x/chat/completions"),
    ]
    gateway = start({"model_list": entries})
    upstream.always(up.json(answers.completion()))
    assert gateway.chat("slash").status == 200
    assert gateway.chat("whole").status == 200
    assert [r.target for r in upstream.requests] == [
        "/deep/path/chat/completions",
        "/x/chat/completions",
    ]


# The body passes through


ODD_BODY = (
    '{ "messages" : [ {"role":"user","content":"caf\\u00e9 \\ud83d\\ude00 \\/ \u00e9 \u65e5"} ],'
    '\n\t"model" :  "m" , "temperature":1.0e5,"x_unknown":{"a":[1,2.50,-0.0],"model":"m"},\r\n'
    '"seed": 12345678901234567890 ,"top_k":4E-2, "response_format" : null  } '
)


def test_only_the_model_changes_in_a_request_byte_for_byte(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.completion()))
    assert gateway.post("/v1/chat/completions", ODD_BODY.encode()).status == 200
    want = ODD_BODY.replace('"model" :  "m"', '"model" :  "up-model"').strip()
    assert upstream.request.body.decode().strip() == want


def test_an_escaped_key_and_model_are_understood(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    body = b'{"mess\\u0061ges":[],"\\u006dodel":"\\u006d"}'
    reply = gateway.post("/v1/chat/completions", body)
    assert reply.status == 200, reply.body
    assert reply.json["model"] == "m"
    assert upstream.request.body == b'{"mess\\u0061ges":[],"\\u006dodel":"up-model"}'


def test_a_lone_surrogate_is_harmless_in_a_text_and_refused_in_the_model(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.completion()))
    content = b'{"model":"m","messages":[{"role":"user","content":"a\\ud83d"}]}'
    assert gateway.post("/v1/chat/completions", content).status == 200
    name = b'{"model":"m\\ud83d","messages":[]}'
    gateway.post("/v1/chat/completions", name).expect_error(400, "invalid_request_error")
    assert len(upstream.requests) == 1


ODD_ANSWER = (
    '{"id" : "x",\n "model":"up-model-2026" , "choices":[ {"message":{"content":"caf\\u00e9 \\/ '
    '\u65e5"},"model":"stay"} ],"usage":{"prompt_tokens":1,"completion_tokens":2.0e0,'
    '"total_tokens":3},"x_new":[1.50,null] }'
)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_only_the_model_changes_in_an_answer_byte_for_byte(
    gateway: Gateway, upstream: FakeUpstream, framing: str
) -> None:
    upstream.answer(up.reply(ODD_ANSWER, framing=framing))
    reply = gateway.chat()
    assert reply.status == 200, reply.body
    assert reply.text == ODD_ANSWER.replace('"up-model-2026"', '"m"')
    assert reply.header("content-length") == str(len(reply.body))
    assert reply.header("content-type") == "application/json"


def test_only_the_model_changes_in_stream_events_byte_for_byte(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    texts = [
        '{"id" : "a", "model":"up-model-2026","choices":[{"index":0,"delta":{"role":"assistant",'
        '"content":"caf\\u00e9 \\/ \u65e5"},"finish_reason":null}],"x":1.50,"usage":null}',
        '{ "choices":[ {"index":0,"delta":{},"finish_reason":"stop"} ], "model" : "other" }',
    ]
    upstream.answer(up.sse(texts))
    with gateway.open_stream(stream_options={"include_usage": True}) as wire:
        head = wire.read_head()
        body = wire.read_body(head)
    want = [text.replace('"up-model-2026"', '"m"').replace('"other"', '"m"') for text in texts]
    assert split_events(body) == [up.event(text) for text in [*want, "[DONE]"]]


def test_a_body_may_be_megabytes(gateway: Gateway, upstream: FakeUpstream) -> None:
    text = "0123456789abcdef" * (8 * 65536)
    upstream.answer(up.json(answers.completion(text)))
    reply = gateway.post("/v1/chat/completions", chat_body(big=text))
    assert reply.status == 200
    assert upstream.request.json == chat_body("up-model", big=text)
    assert reply.json["choices"][0]["message"]["content"] == text


# Streams and their usage


def test_usage_is_asked_for_and_hidden_from_a_client_who_did_not_ask(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.sse(answers.stream("a", "b", usage=True)))
    events = gateway.stream(temperature=0)
    want = {**chat_body("up-model"), "stream": True, "temperature": 0}
    assert upstream.request.json == {**want, "stream_options": {"include_usage": True}}
    assert events == [*({**c, "model": "m"} for c in answers.stream("a", "b")), "[DONE]"]


def test_other_stream_options_are_kept_beside_the_injected_one(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.sse(answers.stream("a", usage=True)))
    events = gateway.stream(stream_options={"include_usage": False, "include_obfuscation": False})
    assert upstream.request.json["stream_options"] == {
        "include_usage": True,
        "include_obfuscation": False,
    }
    assert all("usage" not in event for event in events[:-1])


def test_usage_reaches_a_client_who_asked(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.sse(answers.stream("a", usage=True)))
    events = gateway.stream(stream_options={"include_usage": True})
    assert events[-2] == {**answers.usage_chunk(), "model": "m"}
    assert events[-2]["choices"] == []
    assert events[0]["usage"] is None


def test_usage_on_the_finish_chunk_is_taken_off_for_a_client_who_did_not_ask(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    finish = {**answers.delta(finish="stop"), "usage": answers.USAGE}
    upstream.answer(up.sse([answers.role(), answers.delta("a"), finish]))
    events = gateway.stream()
    assert events[2] == {**answers.delta(finish="stop"), "model": "m"}
    assert events[3:] == ["[DONE]"]


def test_usage_is_not_asked_for_where_the_setting_says_so(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"inject_stream_usage": False},
        }
    )
    upstream.answer(up.sse(answers.stream("a")))
    gateway.stream()
    assert "stream_options" not in upstream.request.json


def test_always_include_stream_usage_shows_it_to_everybody(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "general_settings": {"always_include_stream_usage": True},
        }
    )
    upstream.answer(up.sse(answers.stream("a", usage=True)))
    assert gateway.stream()[-2]["usage"] == answers.USAGE


def test_nothing_is_injected_into_a_plain_call(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    gateway.chat(stream=False)
    assert upstream.request.json == {**chat_body("up-model"), "stream": False}


def test_legacy_completions_stream_too(gateway: Gateway, upstream: FakeUpstream) -> None:
    chunk = {"id": "c", "object": "text_completion", "model": "x", "choices": [{"text": "a"}]}
    last = {**chunk, "choices": [{"text": "", "finish_reason": "stop"}]}
    upstream.answer(up.sse([chunk, last]))
    with gateway.wire() as wire:
        body = json.dumps({**PROMPT_BODY, "stream": True}).encode()
        wire.send(request_bytes("POST", "/v1/completions", AUTH, body))
        events = EventStream(wire).rest()
    assert events == [{**chunk, "model": "m"}, {**last, "model": "m"}, "[DONE]"]
    assert upstream.request.target == "/v1/completions"


def test_stream_headers_tell_caches_and_proxies_to_stand_back(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.sse(answers.stream("a")))
    with gateway.open_stream() as wire:
        head = EventStream(wire).head
    assert head.header("cache-control") == "no-cache"
    assert head.header("x-accel-buffering") == "no"
    assert head.header("content-length") is None


# What a deployment adds


def test_deployment_defaults_fill_in_and_the_request_wins(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {"model_list": [model("m", upstream.base, temperature=0.25, max_tokens=77, top_k=4)]}
    )
    upstream.always(up.json(answers.completion()))
    gateway.chat()
    gateway.chat(temperature=1, top_k=None)
    first, second = (request.json for request in upstream.requests)
    assert first == {**chat_body("up-model"), "temperature": 0.25, "max_tokens": 77, "top_k": 4}
    assert second["temperature"] == 1
    assert second["max_tokens"] == 77


def test_extra_body_and_headers_and_organization_go_upstream(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    extra: dict[str, Any] = {
        "extra_body": {"guided_json": {"type": "object"}},
        "extra_headers": {"x-team": "blue", "X-Empty": ""},
        "organization": "org-9",
    }
    gateway = start({"model_list": [model("m", upstream.base, **extra)]})
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat().status == 200
    request = upstream.request
    assert request.json == {**chat_body("up-model"), "guided_json": {"type": "object"}}
    assert request.header("x-team") == "blue"
    assert request.header("openai-organization") == "org-9"


def test_client_headers_stay_here(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    mine = [
        ("x-stainless-lang", "python"),
        ("cookie", "session=1"),
        ("x-custom", "1"),
        ("openai-organization", "org-client"),
        ("x-litellm-call-id", "call-77"),
        ("accept-encoding", "gzip, br"),
        ("te", "trailers"),
    ]
    reply = gateway.chat(headers=[*AUTH, *mine])
    assert reply.header("x-litellm-call-id") == "call-77"
    sent = {name.lower() for name, _ in upstream.request.headers}
    assert not sent & {name for name, _ in mine} - {"accept-encoding"}
    assert upstream.request.header("accept-encoding") in (None, "identity")
    assert "sk-e2e" not in upstream.request.head.decode()


CONTROL_FIELDS: dict[str, Any] = {
    "fallbacks": ["other"],
    "context_window_fallbacks": [{"m": ["other"]}],
    "content_policy_fallbacks": [{"m": ["other"]}],
    "disable_fallbacks": True,
    "max_fallbacks": 1,
    "num_retries": 0,
    "timeout": 30,
    "stream_timeout": 30,
    "cache": {"no-cache": True},
    "metadata": {"tags": ["x"]},
    "litellm_metadata": {"a": 1},
    "litellm_trace_id": "t",
    "litellm_session_id": "s",
    "tags": ["x"],
    "guardrails": [],
    "no-log": True,
    "turn_off_message_logging": True,
    "litellm_disable_message_redaction": False,
    "drop_params": True,
    "additional_drop_params": ["frequency_penalty"],
    "allowed_openai_params": ["tools"],
    "priority": 1,
    "caching": False,
    "success_callback": [],
    "failure_callback": [],
}


def test_control_fields_are_never_sent_upstream(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.completion()))
    reply = gateway.chat(**CONTROL_FIELDS, frequency_penalty=0.5, x_kept="yes")
    assert reply.status == 200, reply.body
    assert upstream.request.json == {**chat_body("up-model"), "x_kept": "yes"}


def test_metadata_goes_with_store_true_only(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.completion()))
    gateway.chat(metadata={"run": "7"}, store=True)
    gateway.chat(metadata={"run": "7"}, store=False)
    kept, dropped = (request.json for request in upstream.requests)
    assert kept == {**chat_body("up-model"), "metadata": {"run": "7"}, "store": True}
    assert dropped == {**chat_body("up-model"), "store": False}


@pytest.mark.parametrize("field", ["api_base", "base_url"])
def test_a_client_may_not_choose_where_our_key_goes(
    gateway: Gateway, upstream: FakeUpstream, field: str
) -> None:
    with FakeUpstream() as stranger:
        reply = gateway.post("/v1/chat/completions", chat_body(**{field: stranger.base}))
        reply.expect_error(400, message=f"{field} is not allowed in request body")
        assert not stranger.requests
    assert not upstream.requests


# Mocks


@pytest.mark.parametrize("where", ["request", "deployment"])
def test_a_mock_text_is_the_answer(start: StartGateway, upstream: FakeUpstream, where: str) -> None:
    text = "It is a mock, dear."
    params: dict[str, Any] = {"mock_response": text} if where == "deployment" else {}
    fields: dict[str, Any] = {"mock_response": text} if where == "request" else {}
    gateway = start({"model_list": [model("m", upstream.base, **params)]})
    reply = gateway.chat(**fields)
    assert reply.status == 200, reply.body
    answer = reply.json
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "m"
    assert answer["id"].startswith("chatcmpl-")
    (choice,) = answer["choices"]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == text
    assert choice["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["prompt_tokens"] == 10
    assert usage["completion_tokens"] == 20
    assert usage["total_tokens"] == 30

    events = gateway.stream(**fields, stream_options={"include_usage": True})
    assert answers.content_of(events) == text
    words = [e["choices"][0]["delta"].get("content") for e in events[:-1] if e["choices"]]
    assert len([word for word in words if word]) == 5, words
    assert {event["model"] for event in events[:-1]} == {"m"}
    assert len({event["id"] for event in events[:-1]}) == 1
    assert events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [e["choices"][0]["finish_reason"] for e in events[:-1] if e["choices"]][-1] == "stop"
    assert events[-2]["usage"]["total_tokens"] == 30
    assert events[-2]["choices"] == []
    assert events[-1] == "[DONE]"
    assert not upstream.requests


def test_a_mock_stream_shows_no_usage_unasked(gateway: Gateway) -> None:
    assert all("usage" not in event for event in gateway.stream(mock_response="a b"))


def test_a_mock_object_is_the_whole_answer(gateway: Gateway, upstream: FakeUpstream) -> None:
    mock = answers.completion("from the object", x_more=[1])
    reply = gateway.chat(mock_response=mock)
    assert reply.status == 200, reply.body
    assert reply.json == {**mock, "model": "m"}
    assert not upstream.requests


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("litellm.RateLimitError", 429, "throttling_error"),
        ("litellm.ContextWindowExceededError", 400, "invalid_request_error"),
        ("litellm.InternalServerError", 500, "internal_server_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_mock_may_be_an_error(
    gateway: Gateway, text: str, status: int, kind: str, stream: bool
) -> None:
    gateway.chat(mock_response=text, stream=stream).expect_error(status, kind)


def test_a_mock_may_fail_in_the_middle_of_a_stream(gateway: Gateway) -> None:
    events = gateway.stream(mock_response="Exception: mock_streaming_error")
    assert events[-1] == "[DONE]"
    assert set(events[-2]) == {"error"}
    assert events[-2]["error"]["code"] == "529"
    assert len(events) > 2, "something came before the failure"


def test_client_mocks_can_be_turned_off(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(
        {
            "model_list": [
                model("m", upstream.base),
                model("demo", upstream.base, mock_response="mine"),
            ],
            "tollweir_settings": {"allow_client_mocks": False},
        }
    )
    upstream.answer(up.json(answers.completion("real")))
    reply = gateway.chat(mock_response="fake")
    assert reply.json["choices"][0]["message"]["content"] == "real"
    assert "mock_response" not in upstream.request.json
    assert gateway.chat("demo").json["choices"][0]["message"]["content"] == "mine"


# Requests that cannot be served


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b'{"model":"m",', "request_body"),
        (b"not json", "request_body"),
        (b'{"model":"m"} trailing', "request_body"),
        (b'{"model":"m"}{"model":"m"}', "request_body"),
        (b'{"model":"m","messages":[1,2}}', "request_body"),
        (b"[]", "request_body"),
        (b'"m"', "request_body"),
        (b"null", "request_body"),
        (b'{"model":"m","model":"n","messages":[]}', None),
        (b'{"model":"m","\\u006dodel":"n","messages":[]}', None),
        (b'{"model":"m","stream":true,"stream":false,"messages":[]}', None),
        (b'{"model":5,"messages":[]}', "model"),
        (b'{"model":["m"],"messages":[]}', "model"),
        (b'{"model":"","messages":[]}', "model"),
        (b'{"messages":[]}', "model"),
        (b'{"model":null,"messages":[]}', "model"),
        (b"{}", None),
        (b"", None),
        (b'{"model":"m"}', "messages"),
        (b'{"model":"m","messages":"hi"}', "messages"),
        (b'{"model":"m","messages":[],"stream":"yes"}', "stream"),
        (b'{"model":"m","messages":[]}\x00', "request_body"),
        (b'\xef\xbb\xbf\xff{"model":"m"}', "request_body"),
    ],
)
def test_a_body_that_is_no_request_is_a_400(
    gateway: Gateway, upstream: FakeUpstream, body: bytes, param: str | None
) -> None:
    error = gateway.post("/v1/chat/completions", body).expect_error(400, "invalid_request_error")
    if param:
        assert error["param"] == param
    assert not upstream.requests


def test_an_unknown_model_is_named_in_the_error(gateway: Gateway, upstream: FakeUpstream) -> None:
    error = gateway.chat("nope").expect_error(
        400, "invalid_request_error", "Invalid model name passed in model=nope", "400"
    )
    assert error["param"] == "model"
    assert re.match("(/v1)?/chat/completions: ", error["message"])
    assert "/v1/models" in error["message"]
    assert not upstream.requests


def test_a_provider_that_comes_later_says_so(start: StartGateway) -> None:
    entry = {
        "model_name": "claude",
        "litellm_params": {"model": "anthropic/claude-sonnet", "api_key": "sk-ant"},
    }
    gateway = start({"model_list": [entry]})
    gateway.chat("claude").expect_error(501, message="anthropic")
    gateway.chat("claude", stream=True).expect_error(501, message="anthropic")


# Groups, patterns, aliases


@pytest.mark.parametrize(
    ("pattern", "target", "asked", "sent"),
    [
        ("openai/*", "openai/*", "openai/gpt-x", "gpt-x"),
        ("openai/*", "openai/*", "openai/org/gpt-x", "org/gpt-x"),
        ("chat-*", "openai/big-*", "chat-7b", "big-7b"),
        ("*-chat-*", "openai/*.*", "a-chat-b", "a.b"),
        ("*-chat-*", "openai/only-*", "a-chat-b", "a-chat-b"),
        ("any-*", "openai/fixed", "any-thing", "fixed"),
        ("*", "openai/*", "whatever", "whatever"),
    ],
)
def test_a_pattern_carries_what_it_captured(
    start: StartGateway,
    upstream: FakeUpstream,
    pattern: str,
    target: str,
    asked: str,
    sent: str,
) -> None:
    gateway = start({"model_list": [model(pattern, upstream.base, target)]})
    upstream.answer(up.json(answers.completion()))
    reply = gateway.chat(asked)
    assert reply.status == 200, reply.body
    assert reply.json["model"] == asked
    assert upstream.request.json["model"] == sent


def test_the_longest_pattern_wins_and_an_exact_name_beats_it(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [
                model("*", upstream.base, "openai/any"),
                model("gpt-*", upstream.base, "openai/short"),
                model("gpt-4*", upstream.base, "openai/long"),
                model("gpt-4o", upstream.base, "openai/exact"),
            ]
        }
    )
    upstream.always(up.json(answers.completion()))
    for name in ("gpt-4o", "gpt-4.1", "gpt-3", "x"):
        assert gateway.chat(name).json["model"] == name
    assert [r.json["model"] for r in upstream.requests] == ["exact", "long", "short", "any"]


def test_a_pattern_is_anchored_at_its_end(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start({"model_list": [model("*-mini", upstream.base)]})
    gateway.chat("gpt-mini-large").expect_error(400, "invalid_request_error")


def test_aliases_route_and_the_client_sees_its_own_word(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "router_settings": {
                "model_group_alias": {"gpt-4": "m", "dark": {"model": "m", "hidden": True}}
            },
            "litellm_settings": {"model_alias_map": {"early": "m"}},
        }
    )
    upstream.always(up.json(answers.completion()))
    for name in ("gpt-4", "dark", "early"):
        reply = gateway.chat(name)
        assert reply.status == 200, reply.body
        assert reply.json["model"] == name
    assert {request.json["model"] for request in upstream.requests} == {"up-model"}
    listed = [entry["id"] for entry in gateway.get("/v1/models").json["data"]]
    assert "gpt-4" in listed
    assert "dark" not in listed


def test_a_deployment_id_is_a_name_too(start: StartGateway, upstream: FakeUpstream) -> None:
    first = {**model("m", upstream.base, "openai/one"), "model_info": {"id": "dep-1"}}
    second = {**model("m", upstream.base, "openai/two"), "model_info": {"id": "dep-2"}}
    gateway = start({"model_list": [first, second]})
    upstream.always(up.json(answers.completion()))
    for wanted in ("dep-2", "dep-1"):
        reply = gateway.chat(wanted)
        assert reply.header("x-litellm-model-id") == wanted
    assert [r.json["model"] for r in upstream.requests] == ["two", "one"]


def test_every_deployment_of_a_group_is_used(start: StartGateway, upstream: FakeUpstream) -> None:
    entries = [model("m", upstream.base, f"openai/{name}") for name in ("one", "two", "three")]
    gateway = start({"model_list": entries})
    upstream.always(up.json(answers.completion()))
    with gateway.wire() as wire:
        for _ in range(60):
            assert wire.post("/v1/chat/completions", chat_body(), AUTH).status == 200
    assert {r.json["model"] for r in upstream.requests} == {"one", "two", "three"}


def test_completion_model_stands_in_and_does_not_override(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base), model("n", upstream.base, "openai/other")],
            "general_settings": {"completion_model": "m"},
        }
    )
    upstream.always(up.json(answers.completion()))
    assert gateway.post("/v1/chat/completions", {"messages": []}).json["model"] == "m"
    assert gateway.chat("n").json["model"] == "n"
    assert [r.json["model"] for r in upstream.requests] == ["up-model", "other"]


# Models


def test_models_are_listed_as_openai_does(start: StartGateway, upstream: FakeUpstream) -> None:
    entries = [model(name, upstream.base) for name in ("b", "team/a", "b", "any-*")]
    gateway = start({"model_list": entries})
    for path in ("/models", "/v1/models"):
        reply = gateway.get(path)
        assert reply.status == 200
        assert reply.json["object"] == "list"
        plain = {"object": "model", "created": 1677610602, "owned_by": "openai"}
        listed = {entry["id"]: entry for entry in reply.json["data"]}
        assert len(listed) == len(reply.json["data"]), "each once"
        assert {"b", "team/a"} <= set(listed)
        assert listed["b"] == {"id": "b", **plain}
        assert "any-*" not in listed
    with_patterns = gateway.get("/v1/models?return_wildcard_routes=true").json["data"]
    assert "any-*" in [entry["id"] for entry in with_patterns]


@pytest.mark.parametrize("prefix", ["/v1/models", "/models"])
def test_one_model_is_shown_by_its_id_slashes_included(
    start: StartGateway, upstream: FakeUpstream, prefix: str
) -> None:
    gateway = start({"model_list": [model("team/a", upstream.base), model("b", upstream.base)]})
    want = {"object": "model", "created": 1677610602, "owned_by": "openai"}
    assert gateway.get(f"{prefix}/b").json == {"id": "b", **want}
    assert gateway.get(f"{prefix}/team/a").json == {"id": "team/a", **want}
    assert gateway.get(f"{prefix}/team%2Fa").json == {"id": "team/a", **want}
    gateway.get(f"{prefix}/nope").expect_error(404, message="nope")


# Embeddings


def test_floats_become_base64_for_a_client_who_asked(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.embeddings([0.5, -1.25, 0.0078125, 3], [1e-3, 2])))
    reply = gateway.post("/v1/embeddings", {**INPUT_BODY, "encoding_format": "base64"})
    assert reply.status == 200, reply.body
    first, second = (item["embedding"] for item in reply.json["data"])
    assert first == "AAAAPwAAoL8AAAA8AABAQA=="
    assert second == "bxKDOgAAAEA="
    assert reply.json["model"] == "m"


@pytest.mark.parametrize("asked", [None, "float", "base64"])
def test_an_embedding_in_the_form_that_was_asked_for_is_untouched(
    gateway: Gateway, upstream: FakeUpstream, asked: str | None
) -> None:
    vector: Any = "AAAAPwAAoL8=" if asked == "base64" else [0.50, -1.25e0]
    upstream.answer(up.json(answers.embeddings(vector)))
    body = {**INPUT_BODY, **({"encoding_format": asked} if asked else {})}
    reply = gateway.post("/v1/embeddings", body)
    assert reply.json == {**answers.embeddings(vector), "model": "m"}
    assert upstream.request.json == {**body, "model": "up-model"}


# Headers of an answer


def test_an_answer_tells_what_served_it(start: StartGateway, upstream: FakeUpstream) -> None:
    entry = {
        **model("m", upstream.base + "?token=hide", region_name="eu"),
        "model_info": {"id": "dep-1"},
    }
    gateway = start({"model_list": [entry]})
    upstream.always(up.json(answers.completion()))
    reply = gateway.chat()
    assert reply.status == 200, reply.body
    assert reply.header("x-litellm-model-id") == "dep-1"
    assert reply.header("x-litellm-model-group") == "m"
    assert reply.header("x-litellm-model-api-base") == upstream.base
    assert reply.header("x-litellm-model-name") == "up-model-2026"
    assert reply.header("x-litellm-model-region") == "eu"
    assert float(reply.header("x-litellm-response-duration-ms") or "") > 0
    assert float(reply.header("x-litellm-overhead-duration-ms") or "") >= 0
    assert reply.header("x-litellm-version")
    assert reply.header("date")
    ids = {reply.header("x-litellm-call-id"), gateway.chat().header("x-litellm-call-id")}
    assert len(ids) == 2 and all(ids), "each call has an id of its own"


@pytest.mark.parametrize("kind", ["answer", "stream", "error"])
def test_upstream_headers_reach_the_client_under_a_prefix(
    gateway: Gateway, upstream: FakeUpstream, kind: str
) -> None:
    sent = [("X-Request-Id", "req_1"), ("x-ratelimit-remaining-requests", "4999")]
    upstream.answer(
        {
            "answer": up.json(answers.completion(), headers=sent),
            "stream": up.sse(answers.stream("a"), headers=sent),
            "error": up.json(answers.error_body(), status=400, headers=sent),
        }[kind]
    )
    reply = gateway.chat(stream=kind == "stream")
    assert reply.header("llm_provider-x-request-id") == "req_1"
    assert reply.header("llm_provider-x-ratelimit-remaining-requests") == "4999"
    assert reply.header("x-ratelimit-remaining-requests") == "4999"


def test_hop_by_hop_headers_of_the_upstream_stay_behind(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    hops = [("keep-alive", "timeout=5"), ("set-cookie", "a=1"), ("server", "up"), ("x-a", "b")]
    upstream.answer(up.json(answers.completion(), headers=hops))
    reply = gateway.chat()
    names = {name.lower() for name, _ in reply.headers}
    assert not names & {"keep-alive", "set-cookie", "llm_provider-set-cookie"}
    assert not names & {"llm_provider-content-length", "llm_provider-keep-alive"}
    assert reply.header("llm_provider-x-a") == "b"


def test_errors_carry_the_call_id_and_no_address(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.json(answers.error_body("slow"), status=429))
    reply = gateway.chat(headers=[*AUTH, ("x-litellm-call-id", "call-9")])
    reply.expect_error(429, message="slow")
    assert reply.header("x-litellm-call-id") == "call-9"
    assert reply.header("x-litellm-model-group") == "m"
    assert reply.header("x-litellm-model-api-base") is None


def test_a_call_id_that_could_split_a_header_is_replaced(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.completion()))
    reply = gateway.chat(headers=[*AUTH, ("x-litellm-call-id", "a" * 5000)])
    assert reply.status == 200
    assert len(reply.header("x-litellm-call-id") or "") < 300
