"""Groups of several deployments: who is asked, what happens after a failure."""

from __future__ import annotations

import re
import subprocess
import time
from json import dumps as json_text
from json import loads as parse_json
from pathlib import Path
from typing import Any

import pytest

from answers import completion, content_of, delta, role, stream
from fake_upstream import FakeUpstream, LiveStream, cut, events, json, reply, sse, stall
from gateway import (
    AUTH,
    BINARY,
    ROOT,
    StartGateway,
    chat_body,
    clean_environment,
    model,
    stream_request,
)
from stores import Store
from wire import EventStream, until

PAGE = (ROOT / "docs/routing.md").read_text()
ERROR = {"error": {"message": "the upstream says no", "type": "server_error", "code": None}}
NO_WAIT = {"INITIAL_RETRY_DELAY": "0.01", "JITTER": "0"}


def failing(status: int = 500, headers: tuple[tuple[str, str], ...] = ()) -> Any:
    return json(ERROR, status=status, headers=headers)


def saying(text: str) -> Any:
    return json(completion(text))


def settings(**router: Any) -> dict[str, Any]:
    return {"router_settings": router}


def pair(upstream: FakeUpstream, other: FakeUpstream, **params: Any) -> list[dict[str, Any]]:
    """A group `m` whose first deployment is always asked first."""
    first, second = model("m", upstream.base, **params), model("m", other.base, **params)
    first["litellm_params"]["order"] = 1
    second["litellm_params"]["order"] = 2
    first["model_info"] = {"id": "first"}
    second["model_info"] = {"id": "second"}
    return [first, second]


def text_of(answer: Any) -> str:
    content = answer["choices"][0]["message"]["content"]
    assert isinstance(content, str)
    return content


# Retries


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408, 409, 401, 403])
def test_a_failure_is_tried_at_another_deployment(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, status: int
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=2)})
    upstream.always(failing(status))
    other.always(saying("from the other"))
    answer = gateway.chat()
    assert answer.status == 200, answer.text
    assert text_of(answer.json) == "from the other"
    assert answer.header("x-litellm-attempted-retries") == "1"
    assert answer.header("x-litellm-max-retries") == "2"
    assert answer.header("x-litellm-attempted-fallbacks") == "0"
    assert answer.header("x-litellm-model-id") == "second"
    assert answer.json["model"] == "m"
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_the_client_did_wrong_is_not_tried_again(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, status: int
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=2)})
    upstream.always(failing(status))
    answer = gateway.chat()
    assert answer.status == status
    assert answer.json["error"]["message"] == ERROR["error"]["message"]
    assert answer.header("x-litellm-attempted-retries") == "0"
    assert len(upstream.requests) == 1 and not other.requests


@pytest.mark.parametrize(
    "broken", [cut(), cut(reset=True), reply(b"{not json", headers=()), cut(b"HTTP/1.1 200 OK\r\n")]
)
def test_a_connection_that_breaks_is_tried_elsewhere(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, broken: Any
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=1)})
    upstream.always(broken)
    other.always(saying("whole"))
    assert text_of(gateway.chat().json) == "whole"


def test_the_last_error_is_the_clients_and_says_what_was_tried(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {"model_list": [model("m", upstream.base)], **settings(num_retries=2)}, env=NO_WAIT
    )
    upstream.answer(failing(500), failing(502), failing(503))
    answer = gateway.chat()
    assert answer.status == 503
    assert answer.header("x-litellm-attempted-retries") == "2"
    assert len(upstream.requests) == 3


def test_a_lone_deployment_is_waited_for_as_it_asks(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {"model_list": [model("m", upstream.base)], **settings(num_retries=1)}, env=NO_WAIT
    )
    upstream.answer(failing(429, (("retry-after", "0.3"),)), saying("later"))
    began = time.monotonic()
    assert text_of(gateway.chat().json) == "later"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("headers", "fields", "tries"),
    [
        ((), {}, 2),
        ((("x-litellm-num-retries", "3"),), {"num_retries": 0}, 4),
        ((), {"num_retries": 0}, 1),
    ],
)
def test_a_request_says_how_often(
    upstream: FakeUpstream,
    start: StartGateway,
    headers: tuple[tuple[str, str], ...],
    fields: dict[str, Any],
    tries: int,
) -> None:
    gateway = start(
        {"model_list": [model("m", upstream.base)], **settings(num_retries=1)}, env=NO_WAIT
    )
    upstream.always(failing())
    assert gateway.chat(headers=[*AUTH, *headers], **fields).status == 500
    assert len(upstream.requests) == tries
    assert b"num_retries" not in upstream.last.body


def test_requests_earn_the_retries_that_an_outage_may_cause(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    """A hundred at the beginning, one for five requests, ten a second (core/retry_budget.hpp)."""
    gateway = start(
        {"model_list": [model("m", upstream.base)], **settings(num_retries=1)},
        env={"INITIAL_RETRY_DELAY": "0", "JITTER": "0"},
    )
    upstream.always(failing())
    requests = 1000
    began = time.monotonic()
    retries = sum(
        int(gateway.chat().header("x-litellm-attempted-retries") or 0) for _ in range(requests)
    )
    earned = 100 + requests / 5
    assert earned - 2 <= retries <= earned + 10 * (time.monotonic() - began + 2)


def test_policies_count_by_kind(upstream: FakeUpstream, start: StartGateway) -> None:
    policy = {"RateLimitErrorRetries": 0, "BadRequestErrorRetries": 1}
    gateway = start(
        {
            "model_list": [model("m", upstream.base), model("own", upstream.base)],
            **settings(
                num_retries=5,
                retry_policy=policy,
                model_group_retry_policy={"own": {"RateLimitErrorRetries": 2}},
            ),
        },
        env=NO_WAIT,
    )
    upstream.always(failing(429))
    gateway.chat("m")
    assert len(upstream.requests) == 1
    gateway.chat("own")
    assert len(upstream.requests) == 4
    upstream.reset()
    upstream.always(failing(400))
    gateway.chat("m")
    assert len(upstream.requests) == 2


def test_nothing_is_tried_again_once_the_client_has_a_word(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=2)})
    upstream.always(cut(sse_begin("one")))
    *got, failure, done = gateway.stream()
    assert content_of(got) == "one"
    assert "error" in failure and done == "[DONE]"
    assert not other.requests


def sse_begin(*texts: str) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return head + events([role(), *(delta(text) for text in texts)], done=False)


@pytest.mark.parametrize(
    "broken",
    [
        cut(sse_begin()),  # a role, and not a word
        cut(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"),
        sse([role(), ERROR], done=False),
        sse([ERROR], done=False),
        failing(503),
    ],
)
def test_a_stream_that_fails_before_its_first_word_is_tried_elsewhere(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, broken: Any
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=1)})
    upstream.always(broken)
    other.always(sse(stream("all", " good")))
    *got, done = gateway.stream()
    assert content_of(got) == "all good" and done == "[DONE]"
    assert [event["choices"][0]["delta"].get("role") for event in got].count("assistant") == 1


def test_a_stream_is_cut_at_the_first_word_not_at_the_role(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    """A slow first word is another's chance: `first_token_timeout`."""
    gateway = start(
        {
            "model_list": pair(upstream, other),
            "tollweir_settings": {"first_token_timeout": "300ms"},
            **settings(num_retries=1),
        }
    )
    upstream.always(stall(sse_begin()))
    other.always(sse(stream("quick")))
    assert content_of(gateway.stream()) == "quick"


def test_the_time_of_all_tries_together_is_bounded(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": pair(upstream, other, timeout=0.4),
            "tollweir_settings": {"total_timeout": "0.6s"},
            **settings(num_retries=5),
        },
        env=NO_WAIT,
    )
    upstream.always(stall())
    other.always(stall())
    began = time.monotonic()
    assert gateway.chat().status == 408
    assert time.monotonic() - began < 5
    assert len(upstream.requests) + len(other.requests) <= 4


def test_the_time_of_all_tries_binds_a_stream_until_its_first_word(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"total_timeout": "500ms"},
        }
    )
    upstream.always(stall(sse_begin()))
    with gateway.open_stream() as wire:
        assert wire.read_head().status == 408


# Fallbacks


def chain(upstream: FakeUpstream, other: FakeUpstream) -> list[dict[str, Any]]:
    return [model("a", upstream.base), model("b", other.base, "openai/other-model")]


def test_a_group_falls_back_on_another(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {"model_list": chain(upstream, other), **settings(num_retries=0, fallbacks=[{"a": ["b"]}])}
    )
    upstream.always(failing())
    other.always(saying("from b"))
    answer = gateway.chat("a")
    assert text_of(answer.json) == "from b"
    assert answer.json["model"] == "b", "the group that served"
    assert answer.header("x-litellm-attempted-fallbacks") == "1"
    assert answer.header("x-litellm-model-group") == "b"
    upstream.always(sse([ERROR], done=False))
    other.always(sse(stream("streamed")))
    *got, _ = gateway.stream("a")
    assert content_of(got) == "streamed"
    assert {event["model"] for event in got} == {"b"}


def test_fallbacks_of_fallbacks_up_to_their_number(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    lists = [{left: [right]} for left, right in zip(names, names[1:], strict=False)]
    gateway = start(
        {
            "model_list": [model(name, upstream.base) for name in names],
            **settings(num_retries=0, fallbacks=lists, max_fallbacks=3),
        }
    )
    upstream.always(failing(503))
    answer = gateway.chat("a")
    assert answer.status == 503
    assert len(upstream.requests) == 4
    assert "Fallback 'b' failed: 503" in answer.json["error"]["message"]
    assert answer.header("x-litellm-attempted-fallbacks") == "3"
    upstream.reset()
    upstream.always(failing(503))
    gateway.chat("a", max_fallbacks=1)
    assert len(upstream.requests) == 2


def test_all_calls_of_a_request_together_are_bounded(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    gateway = start(
        {
            "model_list": [model(name, upstream.base) for name in names],
            **settings(num_retries=3, fallbacks=[{"a": names[1:]}], max_fallbacks=5),
        },
        env=NO_WAIT,
    )
    upstream.always(failing(503))
    assert gateway.chat("a").status == 503
    assert len(upstream.requests) == 10


@pytest.mark.parametrize(
    ("message", "code", "expected"),
    [
        ("This model's maximum context length is 8 tokens", "context_length_exceeded", "long"),
        ("flagged by our safety system", "content_policy_violation", "soft"),
        ("anything else", None, "general"),
    ],
)
def test_some_errors_have_fallbacks_of_their_own(
    upstream: FakeUpstream,
    other: FakeUpstream,
    start: StartGateway,
    message: str,
    code: str | None,
    expected: str,
) -> None:
    groups = [model(name, other.base) for name in ("long", "soft", "general")]
    gateway = start(
        {
            "model_list": [model("a", upstream.base), *groups],
            **settings(
                fallbacks=[{"a": ["general"]}],
                context_window_fallbacks=[{"a": ["long"]}],
                content_policy_fallbacks=[{"a": ["soft"]}],
            ),
        }
    )
    error = {"error": {"message": message, "type": "invalid_request_error", "code": code}}
    upstream.always(json(error, status=400))
    other.always(saying("pong"))
    assert gateway.chat("a").json["model"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"fallbacks": ["b"]}, "b"),
        ({"fallbacks": [{"a": ["b"]}]}, "b"),
        ({"fallbacks": [{"model": "b", "temperature": 0.25}]}, "b"),
        ({"disable_fallbacks": True}, None),
        ({}, "c"),
    ],
)
def test_a_request_names_its_own(
    upstream: FakeUpstream,
    other: FakeUpstream,
    start: StartGateway,
    fields: dict[str, Any],
    expected: str | None,
) -> None:
    gateway = start(
        {
            "model_list": [*chain(upstream, other), model("c", other.base)],
            **settings(default_fallbacks=["c"]),
        }
    )
    upstream.always(failing())
    other.always(saying("pong"))
    answer = gateway.chat("a", **fields)
    if expected is None:
        assert answer.status == 500
        assert not other.requests
        return
    assert answer.json["model"] == expected
    sent = other.request.json
    assert not {"fallbacks", "disable_fallbacks"} & set(sent)
    if "temperature" in str(fields):
        assert sent["temperature"] == 0.25
        assert sent["messages"] == chat_body()["messages"]


@pytest.mark.parametrize(
    "fields", [{"fallbacks": "b"}, {"max_fallbacks": "x"}, {"num_retries": "many"}]
)
def test_what_is_no_such_list_is_refused(
    upstream: FakeUpstream, start: StartGateway, fields: dict[str, Any]
) -> None:
    gateway = start({"model_list": [model("a", upstream.base)]})
    error = gateway.chat("a", **fields).expect_error(400)
    assert error["param"] == next(iter(fields))
    assert not upstream.requests


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("mock_testing_fallbacks", 500),
        ("mock_testing_context_window_fallbacks", 400),
        ("mock_testing_content_policy_fallbacks", 400),
        ("mock_testing_rate_limit_error", 429),
    ],
)
def test_fallbacks_can_be_tried_out(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, field: str, status: int
) -> None:
    lists = {
        name: [{"a": ["b"]}]
        for name in ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
    }
    gateway = start({"model_list": chain(upstream, other), **settings(**lists)})
    other.always(saying("pong"))
    assert gateway.chat("a", **{field: True}).json["model"] == "b"
    assert not upstream.requests
    assert gateway.chat("a", disable_fallbacks=True, **{field: True}).status == status


def test_a_client_that_leaves_between_tries_ends_them(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)], **settings(num_retries=3)})
    upstream.always(failing(503, (("retry-after", "1"),)))
    with gateway.wire() as wire:
        wire.send(stream_request("m"))
        upstream.wait_requests()
    gateway.wait_output("499|client")
    time.sleep(1.5)  # nothing may come: there is no event to wait for
    assert len(upstream.requests) == 1


# Cooldowns


def drained(upstream: FakeUpstream) -> int:
    count = len(upstream.requests)
    upstream.reset()
    return count


def test_a_deployment_that_fails_is_left_out_and_comes_back_by_one_probe(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {"model_list": pair(upstream, other), **settings(num_retries=1, cooldown_time=4)}
    )
    upstream.always(failing(429))
    other.always(saying("other"))
    assert gateway.chat().status == 200
    gateway.wait_output("deployment first of model group 'm' is left out for 4000 ms")
    for _ in range(10):
        assert text_of(gateway.chat().json) == "other"
    assert len(upstream.requests) == 1
    upstream.always(saying("back"))
    until(lambda: text_of(gateway.chat().json) == "back", "it comes back", 30)
    assert len(upstream.requests) == 2
    assert "tollweir_cooldowns_total 1" in gateway.get("/metrics").text


def test_a_dead_deployment_costs_no_client_anything(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base), model("m", other.base)],
            **settings(num_retries=1),
        }
    )
    upstream.always(cut(reset=True))
    other.always(saying("other"))
    for _ in range(60):
        assert gateway.chat().status == 200
    # A probe every five seconds beside them, should the machine be so slow.
    assert len(upstream.requests) <= 8, "five in a row, and it is left out"


def test_the_last_one_is_tried_rather_than_fail(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)]})
    upstream.always(failing(429))
    for _ in range(3):
        assert gateway.chat().status == 429
    upstream.always(saying("at last"))
    assert gateway.chat().status == 200


def test_a_group_that_is_out_falls_back_at_once(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": chain(upstream, other),
            **settings(fallbacks=[{"a": ["b"]}], cooldown_time=60),
        }
    )
    upstream.always(failing(429))
    other.always(saying("b"))
    for _ in range(3):
        assert gateway.chat("a").json["model"] == "b"
    assert len(upstream.requests) == 1
    alone = gateway.chat("a", disable_fallbacks=True)
    assert alone.status == 429, "the request has nowhere else to go, and tries"
    assert len(upstream.requests) == 2


def test_groups_that_fall_back_on_each_other_are_tried_when_all_cool(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": chain(upstream, other),
            **settings(fallbacks=[{"a": ["b"]}, {"b": ["a"]}], cooldown_time=60),
        }
    )
    upstream.always(failing(429))
    other.always(failing(429))
    assert gateway.chat("a").status == 429
    assert gateway.chat("b").status == 429
    upstream.always(saying("a"))
    other.always(saying("b"))
    assert gateway.chat("a").status == 200


def test_a_clients_error_blames_nobody(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(cooldown_time=60)})
    upstream.always(failing(400))
    for _ in range(12):
        assert gateway.chat().status == 400
    assert len(upstream.requests) == 12 and not other.requests


def test_a_clients_own_limit_of_time_blames_nobody(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": pair(upstream, other), **settings(num_retries=0)})
    upstream.always(stall())
    for _ in range(6):
        assert gateway.chat(timeout=0.05).status == 408
    assert not other.requests


# Limits of deployments, tags, strategies


def test_a_full_deployment_is_passed_over(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    models = pair(upstream, other)
    models[0]["litellm_params"]["rpm"] = 1
    models[0]["litellm_params"].pop("order")
    models[1]["litellm_params"].pop("order")
    gateway = start(
        {
            "model_list": models,
            **settings(optional_pre_call_checks=["enforce_model_rate_limits"]),
        }
    )
    upstream.always(saying("first"))
    other.always(saying("second"))
    said = [text_of(gateway.chat().json) for _ in range(8)]
    assert said.count("first") <= 2, "one a minute, and the minute may change"
    assert said.count("second") >= 6


def test_requests_go_where_their_tags_are(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    models = [model("m", upstream.base, tags=["free"]), model("m", other.base, tags=["paid"])]
    gateway = start({"model_list": models, **settings(enable_tag_filtering=True)})
    upstream.always(saying("free"))
    other.always(saying("paid"))
    for tag in ("free", "paid", "free", "paid"):
        assert text_of(gateway.chat(tags=[tag]).json) == tag
        headers = [*AUTH, ("x-litellm-tags", tag)]
        assert text_of(gateway.chat(headers=headers).json) == tag
    gateway.chat(tags=["none such"]).expect_error(401)


@pytest.mark.parametrize(
    "strategy",
    [
        "simple-shuffle",
        "least-busy",
        "latency-based-routing",
        "usage-based-routing",
        "usage-based-routing-v2",
        "cost-based-routing",
        "simple",
        "usage",
        "least_latency",
    ],
)
def test_every_strategy_serves(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, strategy: str
) -> None:
    models = [model("m", upstream.base), model("m", other.base)]
    gateway = start({"model_list": models, **settings(routing_strategy=strategy)})
    upstream.always(saying("pong"))
    other.always(saying("pong"))
    for _ in range(10):
        assert gateway.chat().status == 200
    assert len(upstream.requests) + len(other.requests) == 10


def test_a_group_may_have_a_strategy_of_its_own(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    dear = model("m", upstream.base, input_cost_per_token=9e-6, output_cost_per_token=9e-6)
    cheap = model("m", other.base, input_cost_per_token=1e-6, output_cost_per_token=1e-6)
    groups = [
        {"group_name": "cheap", "models": ["m"], "routing_strategy": "cost-based-routing"}
    ]
    gateway = start({"model_list": [dear, cheap], **settings(routing_groups=groups)})
    other.always(saying("cheap"))
    for _ in range(8):
        assert text_of(gateway.chat().json) == "cheap"


def test_the_context_window_is_checked_before_the_call(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    models = chain(upstream, other)
    models[0]["model_info"] = {"max_input_tokens": 20}
    gateway = start(
        {
            "model_list": models,
            **settings(
                enable_pre_call_checks=True, context_window_fallbacks=[{"a": ["b"]}]
            ),
        }
    )
    upstream.always(saying("a"))
    other.always(saying("b"))
    assert text_of(gateway.chat("a").json) == "a"
    long = [{"role": "user", "content": "word " * 100}]
    answer = gateway.post("/v1/chat/completions", {"model": "a", "messages": long})
    assert text_of(answer.json) == "b"
    alone = {"model": "a", "messages": long, "disable_fallbacks": True}
    gateway.post("/v1/chat/completions", alone).expect_error(400, code="context_length_exceeded")


# Calls that wait for a slot


def test_calls_beyond_the_slots_wait_for_their_turn(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, max_parallel_requests=2)]})
    live = [LiveStream() for _ in range(5)]
    upstream.answer(*live)
    wires = [gateway.open_stream() for _ in live]
    upstream.wait_requests(2)
    time.sleep(0.3)  # nothing more may come: there is no event to wait for
    assert len(upstream.requests) == 2
    for count, stream_of_it in enumerate(live, 3):
        stream_of_it.wait_started()
        for chunk in stream("done"):
            stream_of_it.send(chunk)
        stream_of_it.finish()
        if count <= len(live):
            upstream.wait_requests(count)
    for wire in wires:
        with wire:
            assert content_of(EventStream(wire).rest()[:-1]) == "done"
    assert gateway.chat("m", mock_response="free").status == 200


def test_a_wait_for_a_slot_ends_with_the_time(upstream: FakeUpstream, start: StartGateway) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, max_parallel_requests=1)],
            "tollweir_settings": {"total_timeout": "1s"},
        }
    )
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.send(delta("Well"))  # past its first word no limit of all tries cuts it
        EventStream(wire).next_event()
        answer = gateway.chat()
        assert answer.status == 429, answer.text
        assert len(upstream.requests) == 1


def test_a_client_that_waits_and_leaves_frees_its_place(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, max_parallel_requests=1)]})
    live = LiveStream()
    upstream.answer(live, saying("second"))
    with gateway.open_stream():
        live.wait_started()
        with gateway.wire() as gone:
            gone.send(stream_request("m"))
            time.sleep(0.2)  # it waits, which nobody tells
    live.end()
    assert text_of(gateway.chat().json) == "second"


def test_a_call_that_is_refused_while_others_wait_holds_up_nobody(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, max_parallel_requests=1)]})
    live = LiveStream()
    upstream.answer(live, saying("next"))
    with gateway.open_stream():
        live.wait_started()
        gateway.chat(timeout="soon").expect_error(400)
    live.end()
    assert text_of(gateway.chat().json) == "next"


# Health checks in the background


def test_what_fails_its_checks_is_left_out_until_it_passes(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": pair(upstream, other),
            "general_settings": {
                "background_health_checks": True,
                "health_check_interval": 1,
                "enable_health_check_routing": True,
            },
        }
    )
    upstream.always(failing(503))
    other.always(saying("other"))
    gateway.wait_output("deployment first of model group 'm' fails its health check", 20)
    assert text_of(gateway.chat().json) == "other"
    until(lambda: gateway.get("/health").json.get("unhealthy_count") == 1, "the report", 10)
    report = gateway.get("/health?model=m").json
    assert report["healthy_count"] == 1
    assert "503" in report["unhealthy_endpoints"][0]["error"]
    assert gateway.get("/health?model=none").json["healthy_count"] == 0
    upstream.always(saying("first"))
    gateway.wait_output("deployment first answers its health check again", 20)
    until(lambda: text_of(gateway.chat().json) == "first", "it serves again", 10)


def test_checks_ask_for_a_patterns_own_model_and_leave_some_out(
    upstream: FakeUpstream, start: StartGateway
) -> None:
    pattern = model("openai/*", upstream.base, "openai/*")
    pattern["model_info"] = {"health_check_model": "openai/small"}
    silent = model("silent", upstream.base, "openai/silent")
    silent["model_info"] = {"disable_background_health_check": True}
    bare = model("anything/*", upstream.base, "openai/*")
    upstream.always(saying("pong"))
    gateway = start(
        {
            "model_list": [pattern, silent, bare],
            "general_settings": {
                "background_health_checks": True,
                "health_check_interval": 1,
                "health_check_details": False,
            },
        }
    )
    until(lambda: gateway.get("/health").json.get("healthy_count") == 1, "the report", 20)
    entry = gateway.get("/health").json["healthy_endpoints"][0]
    assert set(entry) == {"model", "model_id"}
    assert {request.json["model"] for request in upstream.requests} == {"small"}


# Money


def test_a_call_that_fell_back_has_one_row_of_the_group_that_served(
    upstream: FakeUpstream, other: FakeUpstream, store: Store, start: StartGateway
) -> None:
    dear = {"input_cost_per_token": 0.1, "output_cost_per_token": 0.1}
    cheap = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}
    gateway = start(
        {
            "model_list": [model("a", upstream.base, **dear), model("b", other.base, **cheap)],
            **settings(num_retries=1, fallbacks=[{"a": ["b"]}]),
        },
        env={**store.env, **NO_WAIT},
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    made = gateway.post(
        "/key/generate",
        {
            "max_budget": 100,
            "model_max_budget": {
                "a": {"budget_limit": 50, "time_period": "30d"},
                "b": {"budget_limit": 50, "time_period": "30d"},
            },
        },
    ).json
    headers = [("authorization", f"Bearer {made['key']}")]
    upstream.always(failing(503))
    other.always(saying("pong"))
    assert gateway.chat("a", headers=headers).json["model"] == "b"

    until(lambda: gateway.get("/spend/logs").json, "a row")
    (row,) = gateway.get("/spend/logs").json
    cost = 9 * 0.001 + 3 * 0.002
    assert row["spend"] == pytest.approx(cost)
    assert (row["model_group"], row["status"]) == ("b", "success")
    until(
        lambda: gateway.get(f"/key/info?key={made['key']}").json["info"]["spend"] > 0, "the sum"
    )
    info = gateway.get(f"/key/info?key={made['key']}").json["info"]
    assert info["spend"] == pytest.approx(cost)
    told = gateway.post(f"/debug/explain?key={made['key']}", chat_body("b")).json
    of_model = [limit for limit in told["limits"] if "b" in limit["scope"].split(":")]
    used = {limit["used"] for limit in told["limits"] if limit["kind"] == "budget"}
    assert of_model or used
    assert all(amount == pytest.approx(cost) for amount in used)
    told = gateway.post(f"/debug/explain?key={made['key']}", chat_body("a")).json
    budgets = [limit["used"] for limit in told["limits"] if limit["kind"] == "budget"]
    assert sorted(budgets) == [0, pytest.approx(cost)], "a's own budget was given back"

    other.always(failing(500))
    assert gateway.chat("a", headers=headers).status == 503
    until(lambda: len(gateway.get("/spend/logs").json) == 2, "one row for all tries")
    failed = next(x for x in gateway.get("/spend/logs").json if x["status"] == "failure")
    assert failed["spend"] == 0


# Explaining


def test_explain_tells_what_would_happen_and_calls_nobody(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    models = pair(upstream, other, input_cost_per_token=0.001, output_cost_per_token=0.001)
    models[0]["litellm_params"]["rpm"] = 10
    gateway = start(
        {
            "model_list": [*models, model("spare", other.base)],
            **settings(fallbacks=[{"m": ["spare"]}], cooldown_time=60),
        }
    )
    told = gateway.post("/debug/explain", chat_body("m", max_tokens=100)).json
    assert (told["group"], told["strategy"], told["fallbacks"]) == ("m", "simple-shuffle", ["spare"])
    first, second = told["deployments"]
    assert (first["model_id"], first["place"], first["excluded"]) == ("first", 1, None)
    assert (second["model_id"], second["excluded"]) == ("second", "later_order")
    assert first["likely_cost"] > 0.01
    assert not upstream.requests and not other.requests

    upstream.always(failing(429))
    other.always(saying("pong"))
    assert gateway.chat().status == 200
    after = gateway.post("/debug/explain", chat_body("m")).json["deployments"]
    by_id = {each["model_id"]: each for each in after}
    assert by_id["first"]["excluded"] == "cooling"
    assert 0 < by_id["first"]["cooldown_seconds"] <= 60
    assert by_id["second"]["place"] == 1
    served = gateway.chat()
    assert served.header("x-litellm-model-id") == "second"

    gateway.post("/debug/explain", chat_body("nobody")).expect_error(400)
    gateway.post("/debug/explain", [1]).expect_error(400)


def test_explain_works_on_a_file(upstream: FakeUpstream, tmp_path: Path) -> None:
    config, request = tmp_path / "config.yaml", tmp_path / "request.json"
    models = [model("m", upstream.base), model("spare", upstream.base)]
    config.write_text(
        json_text({"model_list": models, "router_settings": {"fallbacks": [{"m": ["spare"]}]}})
    )
    request.write_text(json_text(chat_body("m")))

    def explain(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BINARY, "explain", *args],
            env=clean_environment(tmp_path, {}),
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    done = explain("--config", str(config), "--request", str(request))
    assert done.returncode == 0, done.stderr
    told = parse_json(done.stdout)
    assert told["fallbacks"] == ["spare"]
    assert [each["place"] for each in told["deployments"]] == [1]
    assert not upstream.requests
    request.write_text(json_text(chat_body("nobody")))
    done = explain("--config", str(config), "--request", str(request))
    assert done.returncode == 1 and "nobody" in done.stderr
    assert explain("--config", str(config)).returncode == 2


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_the_page_s_configuration_loads_without_a_warning(block: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(block)
    names = ("AZURE_EU", "AZURE_EU_KEY", "OPENAI_API_KEY", "GROQ_API_KEY")
    done = subprocess.run(
        [BINARY, "check", file],
        cwd=tmp_path,
        env=clean_environment(tmp_path, {name: "https://x.example" for name in names}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "0 warnings" in done.stdout, done.stdout


# Kill and restart under load


def test_no_client_sees_a_deployment_die_and_come_back(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    third = FakeUpstream()
    port = third.port
    models = [model("m", base) for base in (upstream.base, other.base, third.base)]
    gateway = start(
        {"model_list": models, **settings(num_retries=2, cooldown_time=0.2)}, env=NO_WAIT
    )
    for each in (upstream, other, third):
        each.always(saying("pong"))
    seen: list[int] = []

    def load(times: int) -> None:
        seen.extend(gateway.chat().status for _ in range(times))

    load(20)
    third.close()
    load(60)
    with FakeUpstream(port=port) as again:
        again.always(saying("back"))
        until(lambda: load(5) or again.requests, "the restarted one serves again", 20)
    assert set(seen) == {200}
