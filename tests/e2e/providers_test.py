"""Providers as data: what each row of the table makes of a request."""

from __future__ import annotations

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
