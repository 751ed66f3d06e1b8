"""Who may call: the master key in every place, and a gateway without one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream
from gateway import AUTH, KEY, Gateway, StartGateway, chat_body, model
from wire import Headers

CHAT = "/v1/chat/completions"
WRONG = "sk-Qm4tY7xJ2vB9kLr0WcZ5Ng"

PLACES: dict[str, Headers] = {
    "bearer": [("authorization", f"Bearer {KEY}")],
    "bearer in lower case": [("authorization", f"bearer {KEY}")],
    "basic": [("authorization", f"Basic {KEY}")],
    "x-litellm-api-key raw": [("x-litellm-api-key", KEY)],
    "x-litellm-api-key bearer": [("X-LiteLLM-API-Key", f"Bearer {KEY}")],
    "x-litellm-api-key basic": [("x-litellm-api-key", f"Basic {KEY}")],
    "azure": [("api-key", KEY)],
    "anthropic": [("x-api-key", KEY)],
    "google": [("x-goog-api-key", KEY)],
    "azure api management": [("Ocp-Apim-Subscription-Key", KEY)],
    "aws": [("authorization", f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us/bedrock")],
    "aws with bearer": [("authorization", f"AWS4-HMAC-SHA256 Credential=Bearer {KEY}/20260101/x")],
    "first present wins": [("x-api-key", WRONG), ("authorization", f"Bearer {KEY}")],
    "ours beats authorization": [
        ("authorization", "Bearer sk-for-somebody-else"),
        ("x-litellm-api-key", KEY),
    ],
}


@pytest.mark.parametrize("place", PLACES)
def test_the_key_is_found(gateway: Gateway, upstream: FakeUpstream, place: str) -> None:
    upstream.answer(up.json(answers.completion()))
    reply = gateway.chat(headers=PLACES[place])
    assert reply.status == 200, reply.body
    assert KEY not in upstream.request.head.decode()


NO_KEY = "Authentication Error, No api key passed in."
MALFORMED = "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix."


def not_a_virtual_key(shown: str) -> str:
    return f"LiteLLM Virtual Key expected. Received={shown}, expected to start with 'sk-'."


REFUSED: dict[str, tuple[Headers, str]] = {
    "none": ([], NO_KEY),
    "no prefix": ([("authorization", KEY)], MALFORMED),
    "another scheme": ([("authorization", f"Digest {KEY}")], MALFORMED),
    "not sk-": ([("authorization", "Bearer abcdefghstuvwxyz")], not_a_virtual_key("abcd****wxyz")),
    "short": ([("authorization", "Bearer abcdefgh")], not_a_virtual_key("****")),
    "in the query": ([], NO_KEY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_without_a_proper_key_is_401(
    gateway: Gateway, upstream: FakeUpstream, name: str
) -> None:
    headers, message = REFUSED[name]
    path = f"{CHAT}?key={KEY}" if name == "in the query" else CHAT
    error = gateway.post(path, chat_body(), headers).expect_error(401, "auth_error")
    assert error == {"message": message, "type": "auth_error", "param": None, "code": "401"}
    assert not upstream.requests


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", f"Bearer {WRONG}")],
        [("x-litellm-api-key", WRONG), ("authorization", f"Bearer {KEY}")],
        [("authorization", f"Bearer {WRONG}"), ("x-api-key", KEY)],
        [("api-key", WRONG), ("x-api-key", KEY)],
    ],
)
def test_an_unknown_key_is_401_and_never_shown(gateway: Gateway, headers: Headers) -> None:
    reply = gateway.chat(headers=headers)
    error = reply.expect_error(401, "token_not_found_in_db", code="401")
    assert error["message"].startswith("Authentication Error, Invalid proxy server token passed.")
    assert "sk-...Z5Ng" in error["message"]
    assert hashlib.sha256(WRONG.encode()).hexdigest() in error["message"]
    assert WRONG not in reply.text


DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "x", KEY.upper(), KEY + " x", "sk-", DIGEST])
def test_nearly_the_key_is_not_the_key(gateway: Gateway, key: str) -> None:
    assert gateway.chat(headers=[("authorization", f"Bearer {key}")]).status == 401


def test_a_second_authorization_header_does_not_help(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    twice = [("authorization", f"Bearer {WRONG}"), ("authorization", f"Bearer {KEY}")]
    assert gateway.chat(headers=twice).status == 401
    assert not upstream.requests


def test_every_data_route_asks_for_the_key(gateway: Gateway, upstream: FakeUpstream) -> None:
    posts = [CHAT, "/completions", "/v1/embeddings", "/moderations"]
    posts += ["/engines/m/completions", "/openai/deployments/m/chat/completions"]
    for path in posts:
        gateway.post(path, chat_body(), ()).expect_error(401, "auth_error")
    for path in ("/models", "/v1/models", "/v1/models/m", "/metrics"):
        gateway.get(path, ()).expect_error(401, "auth_error")
    assert not upstream.requests


def test_the_key_is_checked_before_the_body(gateway: Gateway) -> None:
    gateway.post(CHAT, b"not json", ()).expect_error(401, "auth_error")
    gateway.post(CHAT, {"model": "nope"}, ()).expect_error(401, "auth_error")


def test_a_header_of_ones_own_replaces_all_others(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "general_settings": {"litellm_key_header_name": "X-My-Key"},
        }
    )
    upstream.always(up.json(answers.completion()))
    assert gateway.chat(headers=[("x-my-key", f"Bearer {KEY}")]).status == 200
    assert gateway.chat(headers=[("x-my-key", KEY)]).status == 401
    for place in ("bearer", "azure", "x-litellm-api-key raw"):
        assert gateway.chat(headers=PLACES[place]).status == 401


@pytest.mark.parametrize(
    ("config", "env"),
    [
        ({"general_settings": {"master_key": "os.environ/MY_MASTER"}}, {"MY_MASTER": "sk-ref-1"}),
        ({}, {"LITELLM_MASTER_KEY": "sk-ref-1"}),
        ({"litellm_settings": {"master_key": "sk-ref-1"}}, {}),
        ({"router_settings": {"master_key": "sk-ref-1"}}, {}),
    ],
    ids=["a reference", "the environment", "a neighbouring section", "another one"],
)
def test_where_the_master_key_is_set(
    start: StartGateway, config: dict[str, dict[str, str]], env: dict[str, str]
) -> None:
    gateway = start(json.dumps(config) if config else "model_list: []\n", env=env)
    assert gateway.get("/v1/models", ()).status == 401
    assert gateway.get("/v1/models", [("authorization", "Bearer sk-ref-1")]).status == 200
    assert "sk-ref-1" not in gateway.output
    if "litellm_settings" in config or "router_settings" in config:
        gateway.wait_output("(?i)master_key")


GENERATE = """
tollweir_settings: {generate_master_key: true, data_dir: state, drain: {delay: 0s}}
model_list:
  - model_name: demo
    litellm_params: {model: openai/demo, mock_response: "Hello from the demo."}
"""


def test_a_generated_key_is_shown_once_with_a_curl_that_works(
    start: StartGateway, tmp_path: Path
) -> None:
    gateway = start(GENERATE, directory=tmp_path)
    gateway.wait_output("listens")
    file = tmp_path / "state/master_key"
    key = file.read_text().strip()
    assert key.startswith("sk-") and len(key) >= 20
    assert file.stat().st_mode & 0o077 == 0, "its owner's alone"
    assert gateway.output.count(key) == 2, "the key, and in the curl"
    assert gateway.get("/v1/models", ()).status == 401
    found = re.search(r"^curl .*?'$", gateway.output, re.MULTILINE | re.DOTALL)
    assert found, gateway.output
    pasted = subprocess.run(
        ["bash", "-c", found.group()], capture_output=True, text=True, timeout=20, check=True
    )
    answer = json.loads(pasted.stdout)
    assert answer["choices"][0]["message"]["content"] == "Hello from the demo."
    gateway.stop()

    again = start(GENERATE, directory=tmp_path)
    auth = [("authorization", f"Bearer {key}")]
    assert again.get("/v1/models", auth).status == 200, "the same key after a restart"
    again.signal(signal.SIGHUP)
    again.wait_output("(?i)reload")
    assert again.get("/v1/models", auth).status == 200, "and after a reload"
    assert again.get("/v1/models", ()).status == 401
    assert key not in again.output


def test_a_given_key_beats_a_generated_one(start: StartGateway, tmp_path: Path) -> None:
    gateway = start(GENERATE, directory=tmp_path, env={"LITELLM_MASTER_KEY": "sk-given"})
    assert gateway.get("/v1/models", [("authorization", "Bearer sk-given")]).status == 200
    assert not (tmp_path / "state/master_key").exists()


# No master key

OPEN = """
model_list:
  - model_name: m
    litellm_params: {{model: openai/up-model, api_base: "{base}", api_key: sk-upstream}}
tollweir_settings: {{drain: {{delay: 0s, timeout: 5s}}}}
"""


@pytest.fixture
def open_gateway(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    return start(OPEN.format(base=upstream.base))


@pytest.mark.parametrize(
    "headers", [[], [("authorization", "Bearer anything")], [("authorization", "odd")]]
)
def test_without_a_master_key_the_data_plane_is_open(
    open_gateway: Gateway, upstream: FakeUpstream, headers: Headers
) -> None:
    upstream.answer(up.json(answers.completion()))
    assert open_gateway.chat(headers=headers).status == 200
    assert open_gateway.get("/v1/models", headers).status == 200
    assert open_gateway.get("/metrics", headers).status == 200


ADMIN_ROUTES = [
    ("POST", "/key/generate"),
    ("GET", "/key/info"),
    ("POST", "/user/new"),
    ("POST", "/team/new"),
    ("POST", "/model/new"),
    ("GET", "/config/yaml"),
    ("POST", "/config/update"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
def test_without_a_master_key_admin_routes_are_403(
    open_gateway: Gateway, method: str, path: str
) -> None:
    for headers in ((), AUTH):
        with open_gateway.wire() as wire:
            body = b"{}" if method == "POST" else None
            reply = wire.request(method, path, headers, body)
            assert reply.status == 403, reply.body
            assert "master" in reply.error["message"].lower()


def test_an_open_gateway_says_so(open_gateway: Gateway) -> None:
    line = open_gateway.wait_output("(?i)master.?key")
    assert "warn" in line.lower(), line
    readiness = open_gateway.get("/health/readiness", ())
    assert readiness.status == 200
    assert "master" in readiness.text.lower() or "open" in readiness.text.lower()


def test_a_guarded_gateway_does_not_say_it_is_open(gateway: Gateway) -> None:
    readiness = gateway.get("/health/readiness", ())
    assert readiness.status == 200
    assert "open" not in readiness.text.lower()
    assert "no master" not in gateway.output.lower()


@pytest.mark.parametrize(
    ("args", "env", "setting"),
    [
        (["--require-auth"], {}, ""),
        (["--require_auth"], {}, ""),
        ([], {"TOLLWEIR_REQUIRE_AUTH": "true"}, ""),
        ([], {}, "tollweir_settings: {require_auth: true}\n"),
    ],
)
def test_require_auth_refuses_to_start_open(
    start: StartGateway, args: list[str], env: dict[str, str], setting: str
) -> None:
    gateway = start("model_list: []\n" + setting, args=args, env=env, wait=False)
    gateway.expected_codes = (1,)
    assert gateway.wait_exit() == 1
    assert "master" in gateway.output.lower()


def test_require_auth_is_content_with_a_key(start: StartGateway) -> None:
    gateway = start({"model_list": []}, args=["--require-auth"])
    assert gateway.get("/v1/models").status == 200


def test_basic_credentials_of_a_browser_are_not_decoded(gateway: Gateway) -> None:
    """LiteLLM takes what follows `Basic ` as the key itself."""
    encoded = base64.b64encode(f"user:{KEY}".encode()).decode()
    assert gateway.chat(headers=[("authorization", f"Basic {encoded}")]).status == 401
