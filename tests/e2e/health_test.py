"""Probes, the health report and the metrics."""

from __future__ import annotations

import re

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream
from gateway import AUTH, Gateway, StartGateway, model
from wire import until


@pytest.mark.parametrize("path", ["/health/liveliness", "/health/liveness"])
def test_liveness_is_a_sentence(gateway: Gateway, path: str) -> None:
    reply = gateway.get(path, ())
    assert reply.status == 200
    assert reply.header("content-type") == "application/json"
    assert reply.text == '"I\'m alive!"'


def test_readiness_tells_what_it_stands_on(gateway: Gateway) -> None:
    reply = gateway.get("/health/readiness", ())
    assert reply.status == 200
    assert reply.json["status"] == "healthy"
    assert reply.json["db"] == "connected"
    assert reply.json["cache"] is None


def test_the_test_route_is_public(gateway: Gateway) -> None:
    reply = gateway.get("/test", ())
    assert reply.status == 200
    assert isinstance(reply.json, dict)


def test_health_without_a_key_is_short_and_calls_nobody(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    reply = gateway.get("/health", ())
    assert reply.status == 200
    assert reply.header("content-type") == "application/json"
    assert "healthy_endpoints" not in reply.json
    assert upstream.base not in reply.text
    assert not upstream.requests


def test_health_with_a_wrong_key_is_no_report(gateway: Gateway, upstream: FakeUpstream) -> None:
    reply = gateway.get("/health", [("authorization", "Bearer sk-wrong-wrong")])
    reply.expect_error(401, "token_not_found_in_db")
    assert not upstream.requests


def test_health_with_the_key_asks_each_deployment(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    with FakeUpstream() as broken:
        broken.always(up.json(answers.error_body("Incorrect API key"), status=401))
        upstream.always(up.json(answers.completion()))
        good = {**model("good", upstream.base), "model_info": {"id": "dep-good"}}
        bad = {**model("bad", broken.base), "model_info": {"id": "dep-bad"}}
        gateway = start({"model_list": [good, bad]})
        reply = gateway.get("/health")
        assert reply.status == 200, reply.body
        report = reply.json
        assert report["healthy_count"] == 1
        assert report["unhealthy_count"] == 1
        (healthy,) = report["healthy_endpoints"]
        (unhealthy,) = report["unhealthy_endpoints"]
        assert healthy["model"] == "openai/up-model"
        assert healthy["api_base"] == upstream.base
        assert "error" not in healthy
        assert "Incorrect API key" in unhealthy["error"]
        assert "sk-upstream" not in reply.text
        probe = upstream.request.json
        assert probe["model"] == "up-model"
        assert probe["messages"][0]["role"] == "user"
        assert probe["max_tokens"] <= 16

        one = gateway.get("/health?model=good").json
        assert (one["healthy_count"], one["unhealthy_count"]) == (1, 0)
        other = gateway.get("/health?model_id=dep-bad").json
        assert (other["healthy_count"], other["unhealthy_count"]) == (0, 1)


def test_a_hanging_deployment_is_one_unhealthy_deployment(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    with FakeUpstream() as hanging:
        hanging.always(up.stall())
        upstream.always(up.json(answers.completion()))
        slow = {**model("slow", hanging.base), "model_info": {"health_check_timeout": 0.5}}
        gateway = start({"model_list": [slow, model("good", upstream.base)]})
        report = gateway.get("/health").json
        assert report["healthy_count"] == 1
        assert report["unhealthy_count"] == 1


def test_an_embedding_model_is_probed_with_an_embedding(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.json(answers.embeddings([0.5])))
    entry = {**model("e", upstream.base), "model_info": {"mode": "embedding"}}
    assert start({"model_list": [entry]}).get("/health").json["healthy_count"] == 1
    assert upstream.request.target == "/v1/embeddings"


# Metrics


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The exposition, read strictly: every sample has a TYPE before it, none comes twice."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    types: dict[str, str] = {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} is typed twice"
            types[name] = kind
            continue
        if line.startswith("#") or not line:
            continue
        match = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)", line)
        assert match, f"bad line {line!r}"
        name, label_text, value = match.groups()
        labels = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"', label_text or "")
        assert ",".join(f'{k}="{v}"' for k, v in labels) == (label_text or "").rstrip(",")
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in types or types.get(family) in ("histogram", "summary"), f"untyped {name}"
        key = (name, tuple(sorted(labels)))
        assert key not in found, f"{key} comes twice"
        found[key] = float(value)
    return found


def total(text: str, name: str, **labels: str) -> float:
    return sum(
        value
        for (sample, pairs), value in samples(text).items()
        if sample == name and set(labels.items()) <= set(pairs)
    )


REQUESTS = "litellm_proxy_total_requests_metric_total"
FAILURES = "litellm_proxy_failed_requests_metric_total"
LATENCY = "litellm_request_total_latency_metric"


ROUTE = "/v1/chat/completions"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_metrics_count_requests_by_status(
    gateway: Gateway, upstream: FakeUpstream, path: str
) -> None:
    upstream.answer(
        up.json(answers.completion()),
        up.json(answers.completion()),
        up.sse(answers.stream("a")),
        up.json(answers.error_body(), status=429),
    )
    gateway.chat()
    gateway.chat()
    gateway.stream()
    gateway.chat()

    def counted() -> str | None:
        text = gateway.get(path).text
        return text if total(text, REQUESTS, route=ROUTE) == 4 else None

    text = until(counted, "four requests are counted")
    assert total(text, REQUESTS, route=ROUTE, status_code="200") == 3
    assert total(text, REQUESTS, route=ROUTE, status_code="429") == 1
    assert total(text, FAILURES, route=ROUTE) == 1
    assert total(text, FAILURES, route=ROUTE, exception_status="429") == 1
    assert total(text, LATENCY + "_count", route=ROUTE) == 4
    buckets = {
        dict(pairs)["le"]: value
        for (name, pairs), value in samples(text).items()
        if name == LATENCY + "_bucket" and ("route", ROUTE) in pairs
    }
    assert buckets["+Inf"] == 4
    assert list(buckets.values()) == sorted(buckets.values()), "they add up"
    assert {"0.005", "0.00625", "0.5", "10", "300"} <= set(buckets)
    assert any("loop_lag" in name for name, _ in samples(text))
    reply = gateway.get(path)
    assert (reply.header("content-type") or "").startswith("text/plain; version=0.0.4")


def test_a_broken_stream_counts_as_a_failure(gateway: Gateway, upstream: FakeUpstream) -> None:
    begin = up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")])
    upstream.answer(up.cut(begin + up.chunk(up.events([answers.opening()], done=False))))
    assert "error" in gateway.stream()[-2]
    until(
        lambda: total(gateway.get("/metrics").text, FAILURES, route=ROUTE) == 1,
        "the broken stream is counted",
    )


def test_what_clients_choose_does_not_grow_the_metrics(gateway: Gateway) -> None:
    """A label that clients choose would grow without end."""
    for number in range(50):
        gateway.chat(f"nonsense-{number}")
        gateway.get(f"/nonsense-{number}")
        gateway.post(f"/engines/nonsense-{number}/completions", {})
    text = gateway.get("/metrics").text
    assert "nonsense" not in text
    assert len(text.splitlines()) < 400
    assert AUTH[0][1] not in text


def test_metrics_can_be_opened(start: StartGateway) -> None:
    config = {"litellm_settings": {"require_auth_for_metrics_endpoint": False}}
    assert start(config).get("/metrics", ()).status == 200


def test_services_are_known_and_configured_or_it_is_said(start: StartGateway) -> None:
    gateway = start(
        {
            "general_settings": {"alerting": ["slack"]},
            "litellm_settings": {"success_callback": ["langfuse"]},
        }
    )
    for query in ("", "?service=", "?service=smoke-signals"):
        error = gateway.get(f"/health/services{query}").expect_error(400)
        assert error["param"] == "service" and "langfuse_otel" in error["message"]
    for name, key in (("datadog", "litellm_settings.callbacks"), ("email", "general_settings")):
        error = gateway.get(f"/health/services?service={name}").expect_error(422)
        assert key in error["message"]
    for name in ("slack", "slack_budget_alerts", "langfuse"):
        error = gateway.get(f"/health/services?service={name}").expect_error(501)
        assert name in error["message"]
    gateway.get("/health/services?service=slack", ()).expect_error(401)
