"""The golden cases that this part serves, through the real binary.

The fake upstream stands behind a proxy, so that the case's own host names and whole URLs hold.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import fake_upstream as up
from certificates import Authority
from fake_upstream import Exchange, FakeProxy, Received, Script, chunk, head
from gateway import AUTH, ROOT, Gateway, StartGateway
from golden import Comparison, Pointer, body_bytes, load
from wire import Reply, parse_events

FOLDER = ROOT / "tests/golden"

# Served once the adapter is there; the number is the part of the project that brings it.
LATER_FOLDERS = {
    "ai21", "anthropic", "bedrock", "cohere", "gemini", "huggingface", "ollama", "replicate",
    "rerank", "vertex",
}  # fmt: skip
CASES = sorted((FOLDER / "openai-family").glob("*.json"))

# A credential source asks here, when a case says what it gets (`access_token`).
TOKEN_URL = re.compile(
    r"https://login\.microsoftonline\.com/|https://oauth2\.googleapis\.com/token|"
    r"http://169\.254\.169\.254/|http://metadata\.google\.internal/"
)


def test_every_case_is_either_run_or_known_to_come_later() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/*.json")}
    assert folders == LATER_FOLDERS | {"openai-family"}
    assert len(CASES) >= 18


@pytest.fixture
def behind_proxy(start: StartGateway, proxy: FakeProxy, authority: Authority) -> Any:
    def start_case(case: dict[str, Any]) -> Gateway:
        env = {
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
            "HTTP_PROXY": f"http://127.0.0.1:{proxy.port}",
            "SSL_CERT_FILE": str(authority.ca_file),
        }
        config = {"model_list": [case["config"]], **case.get("settings", {})}
        return start(config, env=env)

    return start_case


def cut_answer(response: dict[str, Any], cut: int | None, framing: str) -> Script:
    """The case's answer. `cut`: bytes a write; None: as the case has them."""
    parts = body_bytes(response)
    if cut:
        whole = b"".join(parts)
        parts = [whole[at : at + cut] for at in range(0, len(whole), cut)]
    headers = list(response.get("headers", {}).items())
    length = sum(map(len, parts))
    how = {
        "close": ("connection", "close"),
        "chunked": ("transfer-encoding", "chunked"),
        "length": ("content-length", str(length)),
    }[framing]

    async def script(exchange: Exchange) -> None:
        await exchange.write(head(response["status"], [*headers, how]))
        for part in parts:
            await exchange.write(chunk(part) if framing == "chunked" else part)
            await pause(cut)
        if framing == "chunked":
            await exchange.write(b"0\r\n\r\n")
        if framing == "close":
            await exchange.close()

    return script


async def pause(cut: int | None) -> None:
    """Lets the gateway read in between; for single bytes a turn of the loop has to do."""
    await asyncio.sleep(0.002 if cut is None else 0)


CUTS = {
    "as recorded": (None, "close"),
    "with a length or chunked": (None, ""),
    "seven bytes at a time": (7, "close"),
    "every byte by itself": (1, "close"),
    "every byte a chunk of its own": (1, "chunked"),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(behind_proxy: Any, proxy: FakeProxy, path: Path, cut: str) -> None:
    case = load(path)
    gateway = behind_proxy(case)
    piece, framing = CUTS[cut]
    requests, responses = as_list(case["upstream_request"]), as_list(case["upstream_response"])
    assert len(requests) == len(responses)
    if "access_token" in case:
        proxy.answer_where(TOKEN_URL, token_answer(case["access_token"]))
    for response in responses:
        usual = "chunked" if "sse" in response else "length"
        proxy.answer(cut_answer(response, piece, framing or usual))

    asked = case["client_request"]
    with gateway.wire() as wire:
        body = json.dumps(asked["body"]).encode()
        json_type = ("content-type", "application/json")
        headers = [*AUTH, json_type, ("x-litellm-call-id", "golden-case")]
        reply = wire.request(asked["method"], asked["path"], headers, body)

    comparison = Comparison(case)
    received = proxy.requests
    assert len(received) == len(requests), [request.url for request in received]
    is_list = isinstance(case["upstream_request"], list)
    for index, (want, got) in enumerate(zip(requests, received, strict=True)):
        at = ("upstream_request", str(index)) if is_list else ("upstream_request",)
        compare_upstream_request(comparison, want, got, at)
    compare_client_response(comparison, case["client_response"], reply)
    assert not comparison.differences, "\n".join([case["about"], *comparison.differences])
    check_extras(case, gateway, reply)


def as_list(value: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]


def token_answer(token: str) -> Script:
    return up.json({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})


def compare_upstream_request(
    comparison: Comparison, want: dict[str, Any], got: Received, at: Pointer
) -> None:
    comparison.value(want["method"], got.method, (*at, "method"))
    comparison.value(want["url"], got.url, (*at, "url"))
    headers: dict[str, list[str]] = {}
    for name, value in got.headers:
        headers.setdefault(name.lower(), []).append(value)
    comparison.headers(want.get("headers", {}), headers, (*at, "headers"))
    for name in want.get("absent_headers", []):
        comparison.value([], headers.get(name, []), (*at, "absent_headers", name))
    if "form" in want:
        form = parse_qs(got.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in form.values()), form
        seen = {name: values[0] for name, values in form.items()}
        comparison.value(want["form"], seen, (*at, "form"))
        return
    comparison.value(want.get("body"), got.json if got.body else None, (*at, "body"))


def compare_client_response(comparison: Comparison, want: dict[str, Any], got: Reply) -> None:
    at = ("client_response",)
    comparison.value(want["status"], got.status, (*at, "status"))
    headers: dict[str, list[str]] = {}
    for name, value in got.headers:
        headers.setdefault(name.lower(), []).append(value)
    comparison.headers(want.get("headers", {}), headers, (*at, "headers"))
    if "sse" in want:
        seen = [{"data": event} for event in parse_events(got.body)]
        comparison.value(want["sse"], seen, (*at, "sse"))
    else:
        comparison.value(want["body"], got.json, (*at, "body"))


def check_extras(case: dict[str, Any], gateway: Gateway, reply: Reply) -> None:
    """`assembled`, `decoded`, `outcome`, `error_class`. `recorded_usage` needs the spend rows."""
    if "assembled" in case:
        assert assemble(parse_events(reply.body)) == case["assembled"]
    if "decoded" in case:
        packed = base64.b64decode(reply.json["data"][0]["embedding"])
        assert list(struct.unpack(f"<{len(packed) // 4}f", packed)) == case["decoded"]
    line = gateway.wait_output("call_id=golden-case")
    failed = case.get("outcome") == "failure" or case["mode"] == "error"
    assert ("error=" in line) == failed, line
    if "error_class" in case:
        assert f"error={case['error_class']}" in line


def assemble(events: list[Any]) -> dict[str, Any]:
    """What a client ends with after joining the deltas of the first choice."""
    calls: dict[int, dict[str, Any]] = {}
    finish = None
    for event in events[:-1]:
        for choice in event["choices"]:
            finish = choice.get("finish_reason") or finish
            for part in choice["delta"].get("tool_calls", []):
                call = calls.setdefault(part["index"], {"function": {"arguments": ""}})
                call.update({key: part[key] for key in ("id", "type") if key in part})
                call["function"]["arguments"] += part["function"].get("arguments", "")
                if "name" in part["function"]:
                    call["function"]["name"] = part["function"]["name"]
    return {"finish_reason": finish, "tool_calls": [calls[index] for index in sorted(calls)]}
