"""Start, reload, drain, logs."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream, LiveStream
from gateway import (
    AUTH,
    BINARY,
    KEY,
    ROOT,
    Gateway,
    StartGateway,
    chat_body,
    clean_environment,
    free_port,
    model,
)
from wire import EventStream, request_bytes, until

ALIVE = "/health/liveliness"


def run(tmp_path: Path, *args: str, env: dict[str, str] | None = None, timeout: float = 20) -> Any:
    return subprocess.run(
        [str(BINARY), *args],
        cwd=tmp_path,
        env=clean_environment(tmp_path, env or {}),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


# Stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_gateway_with_0(gateway: Gateway, number: int) -> None:
    with gateway.wire() as idle:
        idle.request("GET", ALIVE)
        gateway.signal(number)
        assert gateway.wait_exit() == 0
        idle.expect_closed()


def test_a_running_stream_finishes_before_the_end(gateway: Gateway, upstream: FakeUpstream) -> None:
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.send(answers.opening())
        stream = EventStream(wire)
        stream.next_event()
        gateway.signal(signal.SIGTERM)
        until(lambda: not accepts(gateway), "no new connections")
        live.send(answers.delta("late"))
        assert stream.next_event() == {**answers.delta("late"), "model": "m"}
        assert gateway.process.poll() is None
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest()[-1] == "[DONE]"
        wire.expect_closed()
    assert gateway.wait_exit() == 0


def test_a_running_call_finishes_before_the_end(gateway: Gateway, upstream: FakeUpstream) -> None:
    live = LiveStream(sse_head=False)
    upstream.answer(live)
    with gateway.wire() as wire:
        body = json.dumps(chat_body()).encode()
        wire.send(request_bytes("POST", "/v1/chat/completions", AUTH, body))
        live.wait_started()
        gateway.signal(signal.SIGTERM)
        until(lambda: not accepts(gateway), "no new connections")
        answer = up.compact(answers.completion()).encode()
        live.send_raw(up.head(200, [("content-length", str(len(answer)))]) + answer)
        reply = wire.read_reply()
        assert reply.status == 200
        assert reply.header("connection") == "close"
        wire.expect_closed()
    assert gateway.wait_exit() == 0


def accepts(gateway: Gateway) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", gateway.port), 1):
            return True
    except OSError:
        return False


def test_readiness_is_503_while_the_drain_waits_and_requests_are_served(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"drain": {"delay": "1500ms"}},
        }
    )
    upstream.always(up.json(answers.completion()))
    gateway.signal(signal.SIGTERM)
    until(lambda: gateway.get("/health/readiness", ()).status == 503, "readiness says 503")
    assert gateway.chat().status == 200, "balancers need a moment to see it"
    assert gateway.get(ALIVE, ()).status == 200
    assert gateway.wait_exit() == 0


def test_streams_are_cut_with_an_error_when_time_is_up(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"drain": {"timeout": "300ms"}},
        }
    )
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.send(answers.opening())
        stream = EventStream(wire)
        stream.next_event()
        gateway.signal(signal.SIGTERM)
        error, done = stream.rest()
        assert error["error"]["code"] == "503"
        assert done == "[DONE]"
    live.request.wait_closed()
    assert gateway.wait_exit() == 0


def test_a_second_signal_ends_at_once(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"drain": {"delay": "60s", "timeout": "60s"}},
        }
    )
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.send(answers.opening())
        EventStream(wire).next_event()
        gateway.signal(signal.SIGTERM)
        until(lambda: gateway.get("/health/readiness", ()).status == 503, "draining")
        begin = time.monotonic()
        while gateway.process.poll() is None and time.monotonic() - begin < 5:
            gateway.signal(signal.SIGTERM)  # one within 100 ms of the first counts as the same
            time.sleep(0.02)
        gateway.process.wait(1)
    gateway.expected_codes = (gateway.process.returncode,)
    assert gateway.process.returncode != 0 or "second" in gateway.output.lower()


def test_a_signal_delivered_twice_is_one(start: StartGateway) -> None:
    """Wrappers hand on what the terminal has sent to the whole group."""
    gateway = start({"model_list": []})
    gateway.signal(signal.SIGINT)
    gateway.signal(signal.SIGINT)
    assert gateway.wait_exit() == 0
    assert "at once" not in gateway.output


# Reloading


def test_sighup_takes_the_new_file(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start({"model_list": [model("old", upstream.base)]})
    upstream.always(up.json(answers.completion()))
    gateway.write_config(
        {
            "model_list": [model("new", upstream.base, "openai/new-model")],
            "general_settings": {"master_key": "sk-another-key"},
        }
    )
    assert gateway.chat("old").status == 200, "nothing changes by itself"
    gateway.signal(signal.SIGHUP)
    fresh = [("authorization", "Bearer sk-another-key")]
    until(lambda: gateway.chat("new", headers=fresh).status == 200, "the new file is in force")
    assert upstream.last.json["model"] == "new-model"
    gateway.chat("old", headers=fresh).expect_error(400)
    assert gateway.chat("new").status == 401
    line = gateway.wait_output("(?i)reload")
    assert "sk-another-key" not in gateway.output
    assert line


def test_a_broken_file_changes_nothing_and_is_named(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base)]})
    upstream.always(up.json(answers.completion()))
    broken = "model_list:\n  - model_name: other\n    litellm_params: {model: openai/x\n"
    gateway.write_config(broken)
    gateway.signal(signal.SIGHUP)
    gateway.wait_output(r"config\.yaml:\d+")
    assert gateway.chat("m").status == 200
    assert gateway.chat("other").status == 400
    # A value of the wrong kind late in the file takes nothing of the rest with it.
    gateway.write_config(
        {
            "model_list": [model("other", upstream.base)],
            "tollweir_settings": {"stream_hold": "soon"},
        }
    )
    gateway.signal(signal.SIGHUP)
    gateway.wait_output("stream_hold")
    assert gateway.chat("m").status == 200
    assert gateway.chat("other").status == 400
    gateway.write_config({"model_list": [model("other", upstream.base)]})
    gateway.signal(signal.SIGHUP)
    until(lambda: gateway.chat("other").status == 200, "a good file is taken again")


def test_a_running_stream_outlives_a_reload(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start({"model_list": [model("m", upstream.base)]})
    live = LiveStream()
    upstream.answer(live)
    with gateway.open_stream() as wire:
        live.send(answers.opening())
        stream = EventStream(wire)
        stream.next_event()
        gateway.write_config({"model_list": [model("n", upstream.base)]})
        gateway.signal(signal.SIGHUP)
        until(lambda: gateway.chat("m").status == 400, "the reload is done")
        live.send(answers.delta("still"))
        assert stream.next_event() == {**answers.delta("still"), "model": "m"}
        live.send(answers.delta(finish="stop"))
        live.finish()
        assert stream.rest()[-1] == "[DONE]"


@pytest.mark.parametrize("how", ["setting", "flag"])
def test_a_watched_file_is_reloaded_by_itself(
    start: StartGateway, upstream: FakeUpstream, how: str
) -> None:
    settings = {"watch_config": True} if how == "setting" else {}
    config: dict[str, Any] = {
        "model_list": [model("m", upstream.base)],
        "tollweir_settings": settings,
    }
    gateway = start(config, args=["--reload"] if how == "flag" else [])
    upstream.always(up.json(answers.completion()))
    for name in ("first", "second"):
        config["model_list"] = [model(name, upstream.base)]
        gateway.write_config(config)
        until(lambda: gateway.chat(name).status == 200, f"{name} is there")  # noqa: B023
    gateway.config_file.write_text("model_list: [")
    gateway.wait_output(r"config\.yaml:\d+")
    assert gateway.chat("second").status == 200


# Starting


def test_a_busy_port_is_an_error(gateway: Gateway, start: StartGateway) -> None:
    second = start({"model_list": []}, port=gateway.port, wait=False)
    second.expected_codes = (1,)
    assert second.wait_exit() == 1
    assert str(gateway.port) in second.output
    assert gateway.get(ALIVE).status == 200


BAD_CONFIGS = {
    "broken yaml": ("model_list: [\n", r"config\.yaml:[12]"),
    "an empty file": ("", r"config\.yaml"),
    "a list at the top": ("- a\n", r"config\.yaml:1"),
    "a wrong type": (
        "model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/x\n"
        "tollweir_settings:\n  stream_hold: soon\n",
        r"config\.yaml:6:\d+: tollweir_settings\.stream_hold",
    ),
    "a section of the wrong kind": ("general_settings: [1]\n", r"config\.yaml:1"),
    "a key given twice": (
        "general_settings:\n  master_key: sk-a\n  master_key: sk-b\n",
        r"config\.yaml:3",
    ),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_file_stops_the_start_and_says_where(start: StartGateway, name: str) -> None:
    text, where = BAD_CONFIGS[name]
    gateway = start(text, wait=False)
    gateway.expected_codes = (1,)
    assert gateway.wait_exit() == 1
    assert re.search(where, gateway.output), gateway.output


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    result = run(tmp_path, "--config", "nowhere.yaml")
    assert result.returncode == 1
    assert "nowhere.yaml" in result.stdout + result.stderr


def test_an_unknown_key_is_a_warning_with_the_nearest_name(start: StartGateway) -> None:
    gateway = start("general_settings:\n  master_kye: sk-1\n  master_key: sk-2\n")
    line = gateway.wait_output("master_kye")
    assert re.search(r"config\.yaml:2", line), line
    assert re.search(r"master_key\b", line), line
    assert "sk-1" not in gateway.output


def test_a_broken_entry_stops_the_start_with_its_place(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    """LiteLLM skips it, and its group is silently missing (docs/differences.md)."""
    nonsense = {"model_name": "bad", "litellm_params": {"model": "no-such-provider/x"}}
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"model_list": [nonsense, model("m", upstream.base)]}, indent=1))
    ended = run(tmp_path, "--config", str(config), "--port", "0")
    assert ended.returncode == 1
    assert re.search(r"config\.yaml:\d+:\d+: model_list\[0\]\.litellm_params\.model", ended.stderr)


def test_help_and_version_and_an_unknown_flag(tmp_path: Path) -> None:
    usage = run(tmp_path, "--help")
    assert usage.returncode == 0
    for flag in ("--config", "--port", "--host", "--num_workers", "--model", "--api_base"):
        assert flag in usage.stdout
    for flag in ("--version", "-v"):
        version = run(tmp_path, flag)
        assert version.returncode == 0
        assert re.search(r"\d+\.\d+\.\d+", version.stdout)
    unknown = run(tmp_path, "--no-such-flag")
    assert unknown.returncode != 0
    assert "--no-such-flag" in unknown.stderr + unknown.stdout
    for value in ("70000", "-1", "http", ""):
        assert run(tmp_path, "--port", value).returncode != 0


@pytest.mark.parametrize("how", [["check", "--config"], ["--validate_config", "--config"]])
def test_check_explains_a_file(tmp_path: Path, how: list[str]) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(
        "model_list:\n  - model_name: m\n    litellm_params: {model: openai/x, api_key: sk-hide}\n"
        "litellm_settings: {drop_parms: true}\n"
    )
    bad.write_text("model_list: 5\n")
    result = run(tmp_path, *how, str(good))
    text = result.stdout + result.stderr
    assert result.returncode == 0, text
    assert "drop_parms" in text and "drop_params" in text
    assert "sk-hide" not in text
    result = run(tmp_path, *how, str(bad))
    assert result.returncode == 1
    assert "bad.yaml:1" in result.stdout + result.stderr


WILD = sorted((ROOT / "tests/golden/wild-configs").glob("*.yaml"))


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.stem)
def test_files_as_users_have_them_start(start: StartGateway, path: Path) -> None:
    env = {
        "OPENAI_API_KEY": "sk-o",
        "ANTHROPIC_API_KEY": "sk-a",
        "GEMINI_API_KEY": "sk-g",
        "LITELLM_MASTER_KEY": KEY,
    }
    checked = run(path.parent, "check", "--config", str(path), env=env)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    gateway = start(path.read_text(), env=env)
    named = set(re.findall(r"model_name: \"?([\w.-]+)", path.read_text()))
    listed = {entry["id"] for entry in gateway.get("/v1/models").json["data"]}
    assert {name for name in named if not name.startswith("balanced")} <= listed


def test_dashes_do_as_well_as_underscores(start: StartGateway) -> None:
    port = free_port()
    gateway = start(
        {"model_list": []},
        args=["--port", str(port), "--num-workers", "1"],
        port_flag=False,
        port=port,
    )
    assert gateway.get(ALIVE).status == 200


def test_a_model_without_any_file(start: StartGateway, upstream: FakeUpstream) -> None:
    args = ["--model", "openai/solo", "--api_base", upstream.base]
    gateway = start(None, args=args, env={"OPENAI_API_KEY": "sk-env"})
    upstream.always(up.json(answers.completion()))
    for name in ("anything", "gpt-4"):
        reply = gateway.chat(name)
        assert reply.status == 200, reply.body
        assert reply.json["model"] == name
    assert gateway.post("/v1/chat/completions", {"messages": []}).status == 200
    assert {request.json["model"] for request in upstream.requests} == {"solo"}
    assert upstream.last.header("authorization") == "Bearer sk-env"


def test_an_alias_for_that_model_and_values_that_replace_the_clients(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    args = ["--model", "openai/solo", "--api_base", upstream.base, "--alias", "nice"]
    args += ["--temperature", "0.5", "--max_tokens", "9", "--headers", '{"x-team": "red"}']
    gateway = start(None, args=args, env={"OPENAI_API_KEY": "sk-env"})
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat("nice", temperature=1, max_tokens=100).status == 200
    assert upstream.request.json == {**chat_body("solo"), "temperature": 0.5, "max_tokens": 9}
    assert upstream.request.header("x-team") == "red"
    assert [m["id"] for m in gateway.get("/v1/models").json["data"]] == ["nice"]


def test_config_file_path_beats_the_flag(
    start: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        json.dumps(
            {
                "model_list": [model("from-env", upstream.base)],
                "general_settings": {"master_key": KEY},
                "tollweir_settings": {"drain": {"delay": "0s"}},
            }
        )
    )
    config = {"model_list": [model("from-flag", upstream.base)]}
    gateway = start(config, env={"CONFIG_FILE_PATH": str(other)})
    assert [m["id"] for m in gateway.get("/v1/models").json["data"]] == ["from-env"]
    ignored = start(config, env={"CONFIG_FILE_PATH": str(tmp_path / "none.yaml")})
    assert [m["id"] for m in ignored.get("/v1/models").json["data"]] == ["from-flag"]


def test_the_port_comes_from_the_flag_then_the_environment(start: StartGateway) -> None:
    port = free_port()
    gateway = start({}, env={"PORT": str(port)}, port=port, port_flag=False)
    assert gateway.get(ALIVE).status == 200
    both = start({}, env={"PORT": str(free_port())})
    assert both.get(ALIVE).status == 200


def test_the_host_is_where_it_listens(start: StartGateway) -> None:
    gateway = start({}, args=["--host", "127.0.0.1"])
    with pytest.raises(OSError):
        gateway.wire(host="127.0.0.2")
    everywhere = start({})
    assert everywhere.wire(host="127.0.0.2").request("GET", ALIVE).status == 200
    try:
        dual = start({}, args=["--host", "::"])
    except AssertionError:
        pytest.skip("no IPv6 here")
    with dual.wire(host="::1") as wire:
        assert wire.request("GET", ALIVE).status == 200


def test_a_dot_env_file_fills_in_what_the_process_lacks(
    start: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "# a comment\nexport UP_KEY='sk-from-file'\nLITELLM_MASTER_KEY=\"sk-file-master\"\n"
        "TAKEN=file\n\nODD LINE\n"
    )
    entries = [model("a", upstream.base, api_key="os.environ/UP_KEY")]
    entries += [model("b", upstream.base, api_key="os.environ/TAKEN")]
    text = json.dumps({"model_list": entries})
    gateway = start(text, env={"TAKEN": "sk-process"}, directory=tmp_path)
    upstream.always(up.json(answers.completion()))
    auth = [("authorization", "Bearer sk-file-master")]
    assert gateway.chat("a").status == 401
    assert gateway.chat("a", headers=auth).status == 200
    assert gateway.chat("b", headers=auth).status == 200
    keys = [request.header("authorization") for request in upstream.requests]
    assert keys == ["Bearer sk-from-file", "Bearer sk-process"]
    production = start(text, env={"TAKEN": "x", "LITELLM_MODE": "PRODUCTION"}, directory=tmp_path)
    assert production.get("/v1/models", ()).status == 200, "no .env, no master key"


def test_included_files_are_merged(
    start: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    (tmp_path / "more.yaml").write_text(
        json.dumps(
            {
                "model_list": [model("second", upstream.base)],
                "general_settings": {"completion_model": "second"},
            }
        )
    )
    gateway = start(
        {"include": ["more.yaml"], "model_list": [model("first", upstream.base)]},
        directory=tmp_path,
    )
    listed = {entry["id"] for entry in gateway.get("/v1/models").json["data"]}
    assert listed == {"first", "second"}
    upstream.answer(up.json(answers.completion()))
    assert gateway.post("/v1/chat/completions", {"messages": []}).json["model"] == "second"


def test_it_starts_quickly_and_asks_nobody(start: StartGateway, upstream: FakeUpstream) -> None:
    begin = time.monotonic()
    gateway = start({"model_list": [model("m", upstream.base)] * 50})
    assert time.monotonic() - begin < 5, "the benchmark holds it to 50 ms; this is for sanitizers"
    assert gateway.get("/health/readiness", ()).status == 200
    assert upstream.connections == 0


def test_many_workers_and_one_serve_alike(start: StartGateway, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.completion()))
    for count in (1, 7):
        gateway = start({"model_list": [model("m", upstream.base)]}, workers=count)
        wires = [gateway.wire() for _ in range(20)]
        for wire in wires:
            assert wire.post("/v1/chat/completions", chat_body(), AUTH).status == 200
            wire.close()


# Logs


def lines_with(gateway: Gateway, text: str) -> list[str]:
    return [line for line in gateway.output.splitlines() if text in line]


def test_one_line_a_request_with_what_matters(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(
        up.json(answers.completion()),
        up.sse(answers.stream("a", usage=True)),
        up.json(answers.error_body(), status=429),
    )
    calls: dict[str, dict[str, Any]] = {"call-ok": {}, "call-sse": {"stream": True}, "call-429": {}}
    for call, fields in calls.items():
        with gateway.wire() as wire:
            headers = [*AUTH, ("x-litellm-call-id", call)]
            wire.post("/v1/chat/completions", chat_body(**fields), headers)
    gateway.chat("unknown-model", headers=[*AUTH, ("x-litellm-call-id", "call-400")])
    gateway.chat(headers=[("x-litellm-call-id", "call-401")])
    for call in (*calls, "call-400", "call-401"):
        line = gateway.wait_output(call)
        assert len(lines_with(gateway, call)) == 1, "one line a request"
        assert "POST" in line and "/v1/chat/completions" in line
    assert " 200 " in lines_with(gateway, "call-ok")[0]
    assert " 200 " in lines_with(gateway, "call-sse")[0]
    assert "429" in lines_with(gateway, "call-429")[0]
    assert "400" in lines_with(gateway, "call-400")[0]
    assert "401" in lines_with(gateway, "call-401")[0]
    for call in ("call-ok", "call-sse"):
        assert "tokens=9+3" in lines_with(gateway, call)[0]


@pytest.mark.parametrize("how", ["setting", "environment"])
def test_json_logs_are_json_from_the_first_line(
    start: StartGateway, upstream: FakeUpstream, how: str
) -> None:
    config: dict[str, Any] = {"model_list": [model("m", upstream.base)]}
    if how == "setting":
        config["litellm_settings"] = {"json_logs": True}
    env = {"JSON_LOGS": "true"} if how == "environment" else {}
    gateway = start(config, env=env)
    upstream.answer(up.json(answers.completion()))
    gateway.chat(headers=[*AUTH, ("x-litellm-call-id", 'call-"j')])
    gateway.wait_output("call-")
    for line in gateway.output.splitlines():
        entry = json.loads(line)
        assert {"message", "level", "timestamp"} <= set(entry)
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", entry["timestamp"])


def test_a_client_cannot_forge_a_log_line(gateway: Gateway) -> None:
    gateway.chat("evil\nFORGED line \x1b[31m\r\u2028", headers=AUTH)
    gateway.get("/health/x%0aFORGED%0d")
    gateway.chat(headers=[*AUTH, ("x-litellm-call-id", "a\tFORGED")])
    gateway.wait_output("POST")
    assert not [line for line in gateway.output.splitlines() if line.startswith("FORGED")]
    assert "\x1b[31m" not in gateway.output


MASTER = "sk-canary-master-7741"
UPSTREAM_KEY = "sk-canary-upstream-7742"
PROMPT = "canary-prompt-7743"
ANSWER = "canary-answer-7744"
HEADER = "canary-header-7745"
CANARY = re.compile("canary-[a-z]+-774")


@pytest.mark.parametrize("args", [[], ["--debug"], ["--detailed_debug"]])
def test_no_secret_and_no_prompt_in_any_output(
    start: StartGateway, upstream: FakeUpstream, args: list[str]
) -> None:
    extra: dict[str, Any] = {"extra_headers": {"x-token": HEADER}}
    gateway = start(
        {
            "model_list": [
                model("m", upstream.base, api_key=UPSTREAM_KEY, **extra),
                model("down", f"http://127.0.0.1:{free_port()}/v1", api_key=UPSTREAM_KEY),
                {
                    "model_name": "claude",
                    "litellm_params": {"model": "anthropic/c", "api_key": UPSTREAM_KEY},
                },
            ],
            "general_settings": {"master_key": MASTER},
        },
        args=args,
    )
    auth = [("authorization", f"Bearer {MASTER}")]
    upstream.answer(
        up.json(answers.completion(ANSWER)),
        up.sse(answers.stream(ANSWER)),
        up.json(answers.error_body("no"), status=500),
        up.raw(b"garbage " + ANSWER.encode() + b"\r\n\r\n", close=True),
        up.cut(up.head(200, up.SSE_HEADERS) + up.events(answers.stream(ANSWER)[:2], done=False)),
    )
    messages = [{"role": "user", "content": PROMPT}]
    said = [gateway.chat(headers=auth, messages=messages)]
    said += [gateway.chat(headers=auth, messages=messages, stream=True)]
    for name in ("m", "m"):
        said += [gateway.chat(name, headers=auth, messages=messages)]
    said += [gateway.chat(headers=auth, messages=messages, stream=True)]
    for name in ("down", "claude", "none"):
        said += [gateway.chat(name, headers=auth, messages=messages)]
    body = b'{"model": "m", "messages": "' + PROMPT.encode() + b'", broken'
    said += [gateway.post("/v1/chat/completions", body, auth)]
    said += [gateway.chat(headers=[("authorization", MASTER)], messages=messages)]
    said += [gateway.chat(headers=[("authorization", f"Bearer {MASTER}x")], messages=messages)]
    said += [gateway.get(path, auth) for path in ("/health/readiness", "/metrics", "/v1/models")]
    for reply in said[2:]:
        shown = reply.text.replace(ANSWER, "") if reply.status == 200 else reply.text
        assert not CANARY.search(shown), shown
        assert not CANARY.search(str(reply.headers))
    gateway.signal(signal.SIGHUP)
    gateway.wait_output("(?i)reload")
    gateway.stop()
    found = CANARY.search(gateway.output)
    assert not found, gateway.output[max(0, found.start() - 300) : found.end()]
    for path in gateway.directory.rglob("*"):
        if path.is_file() and path != gateway.config_file:
            assert not CANARY.search(path.read_text("utf-8", "replace")), path


def test_a_listening_gateway_that_is_killed_leaves_the_port_usable(
    start: StartGateway,
) -> None:
    first = start({})
    first.get(ALIVE)
    first.process.kill()
    first.process.wait()
    first.expected_codes = (-signal.SIGKILL,)
    again = start({}, port=first.port)
    assert again.get(ALIVE).status == 200


def test_the_binary_answers_to_litellms_name(tmp_path: Path) -> None:
    link = tmp_path / "litellm"
    link.symlink_to(BINARY)
    result = subprocess.run([link, "-v"], capture_output=True, text=True, timeout=20, check=True)
    assert result.stdout.startswith("tollweir ")


def test_docs_are_printed_by_name() -> None:
    page = subprocess.run(
        [BINARY, "docs", "configuration"], capture_output=True, text=True, timeout=20, check=True
    )
    assert page.stdout.startswith("# Configuration\n")
    lost = subprocess.run(
        [BINARY, "docs", "lost"], capture_output=True, text=True, timeout=20, check=False
    )
    assert lost.returncode == 2
    assert "configuration" in lost.stderr
