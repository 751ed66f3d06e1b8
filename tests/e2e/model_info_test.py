"""What the gateway tells of its models: limits, prices, abilities."""

from __future__ import annotations

from typing import Any

import pytest

from fake_upstream import FakeUpstream
from gateway import Gateway, StartGateway, model


@pytest.fixture
def informed(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    own: dict[str, Any] = model(
        "house", upstream.base, "openai/house-model", input_cost_per_token=2e-7
    )
    own["model_info"] = {"id": "house-1", "output_cost_per_token": 8e-7, "supports_vision": True}
    listed: dict[str, Any] = model("mini", upstream.base, "openai/gpt-4o-mini", rpm=10, tpm=500)
    listed["model_info"] = {"id": "mini-1", "max_input_tokens": 1000}
    second: dict[str, Any] = model("mini", upstream.base, "azure/my-name", rpm=5)
    second["model_info"] = {"id": "mini-2", "base_model": "azure/gpt-4o"}
    unknown: dict[str, Any] = model("nobody", upstream.base, "hosted_vllm/gpt-4o-mini")
    unknown["model_info"] = {"id": "nobody-1"}
    return start({"model_list": [own, listed, second, unknown]})


def rows(gateway: Gateway, path: str = "/model/info") -> dict[str, dict[str, Any]]:
    reply = gateway.get(path)
    assert reply.status == 200, reply.body
    return {row["model_info"]["id"]: row for row in reply.json["data"]}


@pytest.mark.parametrize("path", ["/model/info", "/v1/model/info"])
def test_model_info_has_the_tables_facts_and_the_files_win(informed: Gateway, path: str) -> None:
    row = rows(informed, path)["mini-1"]
    assert row["model_name"] == "mini"
    assert row["litellm_params"]["model"] == "openai/gpt-4o-mini"
    assert "api_key" not in row["litellm_params"]
    info = row["model_info"]
    assert info["key"] == "gpt-4o-mini"
    assert info["db_model"] is False
    assert info["mode"] == "chat"
    assert info["litellm_provider"] == "openai"
    assert info["max_input_tokens"] == 1000  # the file's
    assert info["max_output_tokens"] == info["max_tokens"] == 16384
    assert info["input_cost_per_token"] == 1.5e-07
    assert info["output_cost_per_token"] == 6e-07
    assert info["supports_function_calling"] is True
    assert info["supports_audio_output"] is None  # not stated
    assert info["output_cost_per_reasoning_token"] is None
    assert "top_p" in info["supported_openai_params"]


def test_a_deployments_own_prices_are_shown(informed: Gateway) -> None:
    info = rows(informed)["house-1"]["model_info"]
    assert info["input_cost_per_token"] == 2e-07
    assert info["output_cost_per_token"] == 8e-07
    assert info["supports_vision"] is True
    assert info["key"] is None


def test_base_model_describes_a_name_of_ones_own(informed: Gateway) -> None:
    assert rows(informed)["mini-2"]["model_info"]["key"] == "azure/gpt-4o"


def test_another_providers_row_is_not_taken(informed: Gateway) -> None:
    assert "input_cost_per_token" not in rows(informed)["nobody-1"]["model_info"]


def test_model_info_of_one_deployment(informed: Gateway) -> None:
    assert list(rows(informed, "/model/info?litellm_model_id=mini-2")) == ["mini-2"]
    reply = informed.get("/model/info?litellm_model_id=nope")
    assert reply.status == 400
    assert "nope" in reply.json["error"]["message"]


def test_model_info_by_pages(informed: Gateway) -> None:
    page = informed.get("/v2/model/info?page=2&size=3").json
    assert [row["model_info"]["id"] for row in page["data"]] == ["nobody-1"]
    assert (page["total_count"], page["current_page"], page["total_pages"]) == (4, 2, 2)
    found = informed.get("/v2/model/info?search=min").json
    assert {row["model_info"]["id"] for row in found["data"]} == {"mini-1", "mini-2"}
    assert informed.get("/v2/model/info?page=99").json["data"] == []
    for bad in ("page=0", "page=x", "size=0", "size=-1", "page=99999999999999999999"):
        assert informed.get(f"/v2/model/info?{bad}").status == 400, bad


def test_group_info_sums_limits_and_takes_the_most_of_the_rest(informed: Gateway) -> None:
    (group,) = informed.get("/model_group/info?model_group=mini").json["data"]
    assert group["model_group"] == "mini"
    assert group["providers"] == ["openai", "azure"]
    assert (group["rpm"], group["tpm"]) == (15, 500)
    assert group["max_input_tokens"] == 128000  # of azure/gpt-4o
    assert group["input_cost_per_token"] == 2.5e-06
    assert group["mode"] == "chat"
    assert group["supports_vision"] is True
    assert group["supports_audio_output"] is False
    assert group["is_public_model_group"] is False
    everything = informed.get("/model_group/info").json["data"]
    assert [one["model_group"] for one in everything] == ["house", "mini", "nobody"]
    assert informed.get("/model_group/info?model_group=none").json["data"] == []


def test_a_key_is_needed(informed: Gateway) -> None:
    for path in ("/model/info", "/v1/model/info", "/v2/model/info", "/model_group/info"):
        assert informed.get(path, headers=()).status == 401, path


def test_routes_tell_path_methods_name_and_endpoint(informed: Gateway) -> None:
    listed = {route["path"]: route for route in informed.get("/routes", headers=()).json["routes"]}
    assert listed["/model/info"] == {
        "path": "/model/info",
        "methods": ["GET"],
        "name": "model_info",
        "endpoint": "model_info",
    }
    assert listed["/v1/chat/completions"]["methods"] == ["POST"]
