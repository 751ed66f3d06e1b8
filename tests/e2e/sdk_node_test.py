"""Runs the Node tests (tests/e2e/node) with OpenAI's SDK against the gateway."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

import answers
import fake_upstream as up
from fake_upstream import Exchange, FakeUpstream
from gateway import KEY, ROOT, StartGateway, clean_environment, model

SOURCES = Path(__file__).parent / "node"
NODE_MODULES = Path(os.environ.get("TOLLWEIR_NODE_DIR", ROOT / "build/node")) / "node_modules"


def node_program(code: str) -> list[str]:
    return ["node", "--input-type=module", "--eval", code]


TOOL_ARGUMENTS = ['{"city":', '"Oslo"}']


def tool_stream() -> list[dict[str, Any]]:
    def call(index: int, **fields: Any) -> dict[str, Any]:
        chunk = answers.delta()
        chunk["choices"][0]["delta"] = {"tool_calls": [{"index": index, **fields}]}
        return chunk

    chunks = [answers.role()]
    for index, name in enumerate(("get_weather", "get_time")):
        function = {"name": name, "arguments": ""}
        chunks.append(call(index, id=f"call_{index}", type="function", function=function))
        chunks += [call(index, function={"arguments": text}) for text in TOOL_ARGUMENTS]
    return [*chunks, answers.delta(finish="tool_calls")]


async def play(exchange: Exchange) -> None:
    """An upstream that does what the request's text says, so that each test stands alone."""
    body = exchange.request.json
    target = exchange.request.target
    if target.endswith("/embeddings"):
        vector = [0.5, -1.25, 0.0078125, 3]
        # Floats, whatever was asked for: the gateway has to turn them into base64.
        return await up.json(answers.embeddings(vector))(exchange)
    if target.endswith("/moderations"):
        return await up.json(answers.moderation())(exchange)
    if target.endswith("/completions") and "prompt" in body:
        choices = [{"index": 0, "text": "once", "finish_reason": "stop", "logprobs": None}]
        answer = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "x"}
        return await up.json({**answer, "choices": choices, "usage": answers.USAGE})(exchange)
    word = body["messages"][-1]["content"]
    if word.startswith("status "):
        status = int(word.removeprefix("status "))
        error = answers.error_body(f"no {status}", "some_type", "messages", "some_code")
        headers = [("x-should-retry", "false")]
        return await up.json(error, status=status, headers=headers)(exchange)
    if word == "cut":
        begin = up.head(200, [*up.SSE_HEADERS, ("transfer-encoding", "chunked")])
        events = up.events([answers.role(), answers.delta("par")], done=False)
        return await up.cut(begin + up.chunk(events))(exchange)
    if not body.get("stream"):
        return await up.json(answers.completion(f"echo {word}"))(exchange)
    if word == "tools":
        return await up.sse(tool_stream(), piece=11)(exchange)
    wants_usage = bool(body.get("stream_options", {}).get("include_usage"))
    chunks = answers.stream("echo ", word, " \u65e5\u672c \U0001f44d\U0001f3fd", usage=wants_usage)
    return await up.sse(chunks, piece=5)(exchange)


@pytest.mark.parametrize("file", sorted(SOURCES.glob("*.test.mjs")), ids=lambda path: path.name)
def test_node_sdk(start: StartGateway, upstream: FakeUpstream, file: Path) -> None:
    if not NODE_MODULES.exists():
        pytest.skip(f"{NODE_MODULES} is missing: scripts/test installs it")
    upstream.always(play)
    gateway = start(
        {
            "model_list": [
                model("fast", upstream.base),
                model("team/a", upstream.base),
                model("demo", upstream.base, mock_response="A mock of four words."),
            ]
        }
    )
    # Node looks for modules beside the file, so the test runs from a copy beside node_modules.
    with tempfile.TemporaryDirectory(dir=NODE_MODULES.parent) as copy:
        shutil.copy(file, copy)
        shutil.copy(SOURCES / "client.mjs", copy)
        env = {
            "BASE_URL": gateway.base_url,
            "API_KEY": KEY,
            "TOOL_ARGUMENTS": json.dumps("".join(TOOL_ARGUMENTS)),
        }
        result = subprocess.run(
            ["node", "--test", "--test-reporter=tap", file.name],
            cwd=copy,
            env=clean_environment(Path(copy), env),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
    assert "\n# pass 0" not in result.stdout, "no test ran"
