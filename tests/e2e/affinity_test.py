"""Callers, conversations and prompts that stay with the deployment that served them;
`router_settings.optional_pre_call_checks`."""

from __future__ import annotations

from typing import Any

import pytest

from answers import completion
from conftest import StartGateway
from fake_upstream import FakeUpstream, json
from gateway import AUTH, Gateway, chat_body, model
from wire import Headers

MARK = {"type": "ephemeral"}
LONG = "word " * 1200


def at_random(first: FakeUpstream, second: FakeUpstream, *checks: str) -> dict[str, Any]:
    for upstream in (first, second):
        upstream.always(json(completion()))
    models = [model("m", first.base), model("m", second.base)]
    for entry, name in zip(models, ("first", "second"), strict=True):
        entry["model_info"] = {"id": name}
    return {
        "model_list": models,
        "router_settings": {"optional_pre_call_checks": list(checks), "num_retries": 1},
    }


def served_by(gateway: Gateway, headers: Headers = AUTH, **fields: Any) -> str:
    reply = gateway.chat("m", headers, **fields)
    assert reply.status == 200, reply.text
    return str(reply.header("x-litellm-model-id"))


def key_of(gateway: Gateway) -> Headers:
    made = gateway.post("/key/generate", {}).json
    return [("authorization", f"Bearer {made['key']}")]


def many(gateway: Gateway, headers: Headers = AUTH, **fields: Any) -> set[str]:
    return {served_by(gateway, headers, **fields) for _ in range(12)}


def test_a_key_stays_with_its_deployment(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(at_random(upstream, other, "deployment_affinity"))
    homes = []
    for _ in range(16):
        (home,) = many(gateway, key_of(gateway))
        homes.append(home)
    assert set(homes) == {"first", "second"}, "each key has its own"


def test_a_conversation_stays_whoever_calls_and_wins_over_the_key(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(at_random(upstream, other, "session_affinity", "deployment_affinity"))
    keys = [key_of(gateway) for _ in range(16)]
    homes = [served_by(gateway, [*key, ("x-litellm-session-id", f"s-{i}")])
             for i, key in enumerate(keys)]
    assert set(homes) == {"first", "second"}
    for turn in range(1, len(keys)):
        callers = keys[turn:] + keys[:turn]
        assert homes == [served_by(gateway, [*key, ("x-litellm-session-id", f"s-{i}")])
                         for i, key in enumerate(callers)]


def messages(beginning: str, end: str) -> list[dict[str, Any]]:
    part = {"type": "text", "text": beginning, "cache_control": MARK}
    return [{"role": "system", "content": [part]}, {"role": "user", "content": end}]


def test_a_prompt_goes_where_its_beginning_is_cached(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(at_random(upstream, other, "prompt_caching"))
    told = {"prompt_tokens": 1600, "completion_tokens": 3, "total_tokens": 1603}
    for each in (upstream, other):
        each.always(json(completion(usage=told)))
    homes = set()
    for name in range(16):
        found = {
            served_by(gateway, messages=messages(f"{name} {LONG}", f"question {turn}"))
            for turn in range(4)
        }
        assert len(found) == 1
        homes |= found
    assert homes == {"first", "second"}


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": messages("short", "question")},
        {"messages": [{"role": "user", "content": LONG}]},
        {},
    ],
    ids=["too short", "no mark", "nothing"],
)
def test_other_prompts_go_anywhere(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway, fields: dict[str, Any]
) -> None:
    gateway = start(at_random(upstream, other, "prompt_caching", "session_affinity"))
    found: set[str] = set()
    for _ in range(4):
        found |= many(gateway, **fields)
    assert found == {"first", "second"}


def test_who_cannot_be_served_at_home_moves(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(at_random(upstream, other, "deployment_affinity"))
    home = served_by(gateway)
    house, away = (upstream, other) if home == "first" else (other, upstream)
    house.always(json({"error": {"message": "no"}}, status=500))
    assert served_by(gateway) != home
    house.always(json(completion()))
    assert many(gateway) == {"first" if home == "second" else "second"}, "and stays there"
    assert away.requests


def test_it_ends_after_its_time(
    upstream: FakeUpstream, other: FakeUpstream, start: StartGateway
) -> None:
    config = at_random(upstream, other, "deployment_affinity")
    config["router_settings"]["deployment_affinity_ttl_seconds"] = 0
    gateway = start(config)
    found: set[str] = set()
    for _ in range(4):
        found |= many(gateway)
    assert found == {"first", "second"}


def test_checks_of_later_parts_are_told(upstream: FakeUpstream, start: StartGateway) -> None:
    gateway = start(at_random(upstream, upstream, "encrypted_content_affinity"))
    gateway.wait_output("`encrypted_content_affinity` is not active yet")
    assert gateway.post("/v1/chat/completions", chat_body()).status == 200
