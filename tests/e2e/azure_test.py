"""Azure: who the gateway says it is, and where its calls go."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs

import pytest

import answers
import fake_upstream as up
from fake_upstream import FakeUpstream, LiveStream, Received
from gateway import Gateway, StartGateway, chat_body
from wire import Reply

SECRET = "the~client secret&=+"
LOGIN = {"tenant_id": "tenant-1", "client_id": "client-1", "client_secret": SECRET}


def entry(upstream: FakeUpstream, name: str = "az", **params: Any) -> dict[str, Any]:
    return {
        "model_name": name,
        "litellm_params": {"model": "azure/dep", "api_base": upstream.origin, **params},
    }


def token(text: str = "token-1", expires_in: Any = 3600) -> up.Script:
    return up.json({"token_type": "Bearer", "expires_in": expires_in, "access_token": text})


def form_of(request: Received) -> dict[str, str]:
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    fields = parse_qs(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    return {name: values[0] for name, values in fields.items()}


@pytest.fixture
def issuer() -> Any:
    server = FakeUpstream()
    yield server
    server.close()


def start_with(
    start: StartGateway, issuer: FakeUpstream, entries: list[Any], **env: str
) -> Gateway:
    env = {"AZURE_AUTHORITY_HOST": issuer.origin, **env}
    return start({"model_list": entries}, env=env, workers=1)


def expect_no_secret(gateway: Gateway, *replies: Reply) -> None:
    for text in (gateway.output, *(reply.text for reply in replies)):
        assert "secret&" not in text and "token-1" not in text and SECRET not in text


def test_a_token_is_fetched_once_and_used_again(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN), entry(upstream, "two", **LOGIN)])
    issuer.answer(token())
    upstream.always(up.json(answers.completion()))
    for name in ("az", "az", "two"):
        assert gateway.chat(name).status == 200
    assert gateway.stream("az")[-1] == "[DONE]"
    assert issuer.request.target == "/tenant-1/oauth2/v2.0/token"
    assert form_of(issuer.request) == {
        "grant_type": "client_credentials",
        "client_id": "client-1",
        "client_secret": SECRET,
        "scope": "https://cognitiveservices.azure.com/.default",
    }
    for request in upstream.requests:
        assert request.header("authorization") == "Bearer token-1"
        assert request.header("api-key") is None
    expect_no_secret(gateway)


def test_calls_that_come_together_share_one_fetch(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    upstream.always(up.json(answers.completion()))
    held = LiveStream(sse_head=False)
    issuer.answer(held)
    replies: list[Reply] = []
    threads = [threading.Thread(target=lambda: replies.append(gateway.chat("az"))) for _ in range(5)]
    for thread in threads:
        thread.start()
    held.wait_started()
    assert gateway.get("/health/liveliness").status == 200  # the loop is free meanwhile
    assert not upstream.requests
    body = up.compact({"access_token": "token-1", "expires_in": 3600}).encode()
    length = [("content-type", "application/json"), ("content-length", str(len(body)))]
    held.send_raw(up.head(200, length) + body)
    for thread in threads:
        thread.join(10)
    held._leave()
    assert [reply.status for reply in replies] == [200] * 5
    assert len(issuer.requests) == 1


def test_a_failed_fetch_is_everybodys_and_the_next_call_tries_again(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    refusal = {
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret for app 'client-1'. Trace: x",
        "error_codes": [7000215],
    }
    issuer.answer(up.json(refusal, status=401), token())
    upstream.always(up.json(answers.completion()))
    refused = gateway.chat("az")
    error = refused.expect_error(401, "authentication_error", "Microsoft Entra ID")
    assert "invalid_client, AADSTS7000215" in error["message"]
    assert "client-1" not in error["message"] and "Trace" not in error["message"]
    assert not upstream.requests
    assert gateway.chat("az").status == 200
    expect_no_secret(gateway, refused)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (up.json({"error": "x"}, status=429), 429, "status 429"),
        (up.reply("<html>", 500), 503, "status 500"),
        (up.json({"token_type": "Bearer"}), 502, "no access token"),
        (up.json({"access_token": "a\r\nX: 1", "expires_in": 1}), 502, "no access token"),
        (up.reply("not json"), 502, "no access token"),
        (up.cut(), 502, "Microsoft Entra ID"),
    ],
)
def test_an_issuer_in_trouble_has_a_class_of_its_own(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream, answer: up.Script,
    status: int, words: str,
) -> None:  # fmt: skip
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    issuer.always(answer)
    gateway.chat("az").expect_error(status, message=words)
    gateway.chat("az", stream=True).expect_error(status, message=words)
    assert not upstream.requests


def test_a_token_whose_life_is_over_is_replaced(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    upstream.always(up.json(answers.completion()))
    issuer.answer(token("first", "0"), token("second", 3600))
    for _ in range(3):
        assert gateway.chat("az").status == 200
    sent = [request.header("authorization") for request in upstream.requests]
    assert sent == ["Bearer first", "Bearer second", "Bearer second"]
    assert len(issuer.requests) == 2


def test_a_token_may_stand_in_the_configuration(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, azure_ad_token="from-config")])
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat("az").status == 200
    assert upstream.request.header("authorization") == "Bearer from-config"
    assert not issuer.requests


def test_a_key_wins_over_a_login(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, api_key="the-key", **LOGIN)])
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat("az").status == 200
    assert upstream.request.header("api-key") == "the-key"
    assert upstream.request.header("authorization") is None


def test_a_deployments_own_login_wins_over_the_environments_key(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    entries = [entry(upstream, **LOGIN), entry(upstream, "plain")]
    gateway = start_with(start, issuer, entries, AZURE_API_KEY="environment-key")
    issuer.answer(token())
    upstream.always(up.json(answers.completion()))
    assert gateway.chat("az").status == gateway.chat("plain").status == 200
    assert upstream.requests[0].header("authorization") == "Bearer token-1"
    assert upstream.requests[1].header("api-key") == "environment-key"


def test_a_federated_token_stands_for_the_secret(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream, work_dir: Any
) -> None:
    file = work_dir / "token"
    file.write_text(" jwt-1\n")
    gateway = start_with(
        start, issuer, [entry(upstream)], AZURE_FEDERATED_TOKEN_FILE=str(file),
        AZURE_TENANT_ID="t", AZURE_CLIENT_ID="c",
    )  # fmt: skip
    issuer.answer(token("first", 0), token("second"))
    upstream.always(up.json(answers.completion()))
    assert gateway.chat("az").status == 200
    file.write_text("jwt-2")  # the platform renews it
    assert gateway.chat("az").status == 200
    forms = [form_of(request) for request in issuer.requests]
    assert [form["client_assertion"] for form in forms] == ["jwt-1", "jwt-2"]
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert forms[0]["client_assertion_type"] == kind
    assert "client_secret" not in forms[0]


def test_an_unreadable_federated_token_is_said(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    params = {"tenant_id": "t", "client_id": "c", "azure_ad_token": "oidc/file//nowhere/token"}
    gateway = start_with(start, issuer, [entry(upstream, **params)])
    gateway.chat("az").expect_error(503, message="/nowhere/token")
    assert not issuer.requests


@pytest.mark.parametrize("kind", ["env", "circleci", "github", "google"])
def test_oidc_tokens_are_exchanged(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream, kind: str
) -> None:
    references = {
        "env": "oidc/env/MY_JWT",
        "circleci": "oidc/circleci/",
        "github": "oidc/github/my audience",
        "google": "oidc/google/my audience",
    }
    with FakeUpstream() as identity:
        env = {
            "MY_JWT": "the-jwt",
            "CIRCLE_OIDC_TOKEN": "the-jwt",
            "ACTIONS_ID_TOKEN_REQUEST_URL": identity.origin + "/token?v=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
            "GCE_METADATA_HOST": f"127.0.0.1:{identity.port}",
        }
        answer = up.json({"value": "the-jwt"}) if kind == "github" else up.reply("the-jwt")
        identity.answer(answer)
        params = {"tenant_id": "t", "client_id": "c", "azure_ad_token": references[kind]}
        gateway = start_with(start, issuer, [entry(upstream, **params)], **env)
        issuer.answer(token())
        upstream.answer(up.json(answers.completion()))
        assert gateway.chat("az").status == 200
        assert form_of(issuer.request)["client_assertion"] == "the-jwt"
        if kind == "github":
            assert identity.request.target == "/token?v=1&audience=my%20audience"
            assert identity.request.header("authorization") == "Bearer request-token"
        if kind == "google":
            assert identity.request.method == "GET"
            assert identity.request.target.endswith("/identity?audience=my%20audience")
            assert identity.request.header("metadata-flavor") == "Google"


@pytest.mark.parametrize("how", ["AZURE_CREDENTIAL", "setting"])
def test_the_machines_own_identity(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream, how: str
) -> None:
    env = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": issuer.origin}
    if how == "AZURE_CREDENTIAL":
        env[how] = "ManagedIdentityCredential"
    config = {
        "model_list": [entry(upstream, client_id="user-assigned")],
        "litellm_settings": {"enable_azure_ad_token_refresh": how == "setting"},
    }
    gateway = start(config, env=env, workers=1)
    issuer.answer(token(expires_in="86399"))
    upstream.always(up.json(answers.completion()))
    assert gateway.chat("az").status == gateway.chat("az").status == 200
    request = issuer.request
    assert request.method == "GET" and request.body == b""
    assert request.header("metadata") == "true"
    assert request.header("content-length") is None
    assert request.target == (
        "/metadata/identity/oauth2/token?api-version=2018-02-01"
        "&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F&client_id=user-assigned"
    )


def test_a_persons_account(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    params = {"client_id": "c", "azure_username": "ann@x.test", "azure_password": "p&w"}
    gateway = start_with(start, issuer, [entry(upstream, **params)])
    issuer.answer(token())
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat("az").status == 200
    assert issuer.request.target == "/organizations/oauth2/v2.0/token"
    form = form_of(issuer.request)
    assert (form["grant_type"], form["username"], form["password"]) == (
        "password", "ann@x.test", "p&w",
    )  # fmt: skip


def test_without_any_credential_the_gateway_says_so_itself(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [entry(upstream)]})
    gateway.chat("az").expect_error(401, "authentication_error", "AZURE_API_KEY")
    assert not upstream.requests
    assert "no key and no login" in gateway.output


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"tenant_id": "t", "client_id": "c"}, "client_secret is missing"),
        ({"tenant_id": "t", "client_secret": "sssh"}, "client_id is missing"),
        ({"client_id": "c", "client_secret": "sssh"}, "tenant_id is missing"),
        ({"client_id": "c", "azure_username": "u"}, "azure_password is missing"),
        ({"azure_username": "u", "azure_password": "sssh"}, "client_id is missing"),
        ({**LOGIN, "tenant_id": "a/../b"}, "neither an id nor a domain"),
        ({"azure_ad_token": "oidc/nobody/x"}, "no identity provider is called `nobody`"),
        ({"azure_ad_token": "oidc/env/NOT_THERE"}, "NOT_THERE is not set"),
    ],
)
def test_half_a_login_is_an_error_at_the_start(
    start: StartGateway, upstream: FakeUpstream, params: dict[str, str], words: str
) -> None:
    gateway = start({"model_list": [entry(upstream, **params)]}, wait=False)
    gateway.expected_codes = (1,)
    assert gateway.wait_exit() == 1
    assert words in gateway.output
    assert "sssh" not in gateway.output and SECRET not in gateway.output


def test_the_clients_api_version_counts(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start({"model_list": [entry(upstream, api_key="k", api_version="2024-10-21")]})
    upstream.always(up.json(answers.completion()))
    path = "/openai/deployments/az/chat/completions"
    for query, sent in (("", "2024-10-21"), ("?api-version=2024-06-01", "2024-06-01")):
        upstream.reset()
        upstream.always(up.json(answers.completion()))
        assert gateway.post(path + query, chat_body("az")).status == 200
        assert upstream.request.target == (
            f"/openai/deployments/dep/chat/completions?api-version={sent}"
        )
    upstream.reset()
    reply = gateway.post(path + "?api-version=1%26x%3D2", chat_body("az"))
    assert reply.expect_error(400)["param"] == "api-version"
    assert not upstream.requests


def test_a_token_is_not_sent_to_the_health_page(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    issuer.answer(token())
    upstream.always(up.json(answers.completion()))
    report = gateway.get("/health")
    assert report.json["healthy_count"] == 1
    assert upstream.request.header("authorization") == "Bearer token-1"
    expect_no_secret(gateway, report, gateway.get("/model/info"))


def test_a_client_that_leaves_does_not_spoil_the_fetch_for_others(
    start: StartGateway, upstream: FakeUpstream, issuer: FakeUpstream
) -> None:
    gateway = start_with(start, issuer, [entry(upstream, **LOGIN)])
    upstream.always(up.json(answers.completion()))
    held = LiveStream(sse_head=False)
    issuer.answer(held, token())
    leaver = gateway.open_stream("az")
    held.wait_started()
    replies: list[Reply] = []
    waiting = threading.Thread(target=lambda: replies.append(gateway.chat("az")))
    waiting.start()
    leaver.close()
    waiting.join(10)
    held._leave()
    assert [reply.status for reply in replies] == [200]
    assert len(issuer.requests) == 2
