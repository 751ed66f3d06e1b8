"""Credentials of the database: the routes of /credentials over both stores, rows of LiteLLM's own, and
models of file and database that name them (docs/stored-settings.md)."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

import answers
import fake_upstream as up
from admin_rows import Admin, bearer, expect_both
from fake_upstream import FakeUpstream
from gateway import KEY, Gateway, StartGateway
from keys_test import HEARD
from stores import Store
from stored_models_test import SALT, at, content, mock, seal, serves, stored, unseal
from wire import until

TABLE = '"LiteLLM_CredentialsTable"'
LONG = "sk-0123456789abcdefXY"


def rows(store: Store) -> list[dict[str, Any]]:
    return store.query(f"select * from {TABLE} order by credential_name")


def named(credential: str, name: str = "smart", **params: Any) -> dict[str, Any]:
    return {
        "model_name": name,
        "litellm_params": {
            "model": "openai/up-model",
            "litellm_credential_name": credential,
            **params,
        },
    }


def credential(name: str, **values: Any) -> dict[str, Any]:
    return {"credential_name": name, "credential_values": values}


def delete(admin: Admin, name: str) -> Any:
    with admin.gateway.wire() as wire:
        return wire.request("DELETE", f"/credentials/{name}", bearer(KEY))


def sent_key(gateway: Gateway, upstream: FakeUpstream, name: str) -> str | None:
    """What a call of the model brings to its upstream."""
    upstream.answer(up.json(answers.completion()))
    assert content(gateway.chat(name)) == "pong"
    return upstream.last.header("authorization")


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(stored(), env=store.env), store)


def test_life_of_a_credential(admin: Admin, upstream: FakeUpstream, store: Store) -> None:
    values = {"api_key": LONG, "api_base": upstream.base}
    made = admin.ok(
        "/credentials",
        {**credential("main", **values), "credential_info": {"description": "ours"}},
    )
    assert made == {"success": True, "message": "Credential created successfully"}
    # What the row holds, LiteLLM reads.
    (row,) = rows(store)
    assert {name: unseal(text, KEY) for name, text in row["credential_values"].items()} == values
    assert row["credential_info"] == {"description": "ours"}
    assert row["created_by"] == row["updated_by"] == "default_user_id"

    model_id = admin.ok("/model/new", named("main"))["model_id"]
    assert sent_key(admin.gateway, upstream, "smart") == f"Bearer {LONG}"

    shown = {
        "credential_name": "main",
        "credential_values": {"api_key": "sk****XY", "api_base": upstream.base},
        "credential_info": {"description": "ours"},
    }
    assert admin.get("/credentials") == {"success": True, "credentials": [shown]}
    assert admin.get("/credentials/by_name/main") == shown
    of_model = admin.get(f"/credentials/by_model/{model_id}")
    assert of_model["credential_name"] == f"smart-credential-{model_id}"
    assert of_model["credential_values"]["api_key"] == "sk****XY"

    patched = admin.call(
        "PATCH",
        "/credentials/main",
        {"credential_values": {"api_key": "sk-second"}, "credential_info": {"more": 1}},
    )
    assert patched.json == {"success": True, "message": "Credential updated successfully"}
    assert sent_key(admin.gateway, upstream, "smart") == "Bearer sk-second"
    after = admin.get("/credentials/by_name/main")
    assert after["credential_values"] == {"api_base": upstream.base, "api_key": "****"}
    assert after["credential_info"] == {"description": "ours", "more": 1}

    assert delete(admin, "main").json == {
        "success": True,
        "message": "Credential deleted successfully",
    }
    assert rows(store) == [] and admin.get("/credentials")["credentials"] == []
    assert not serves(admin.gateway, "smart"), "it is left out"
    admin.ok("/credentials", credential("main", **values))
    assert sent_key(admin.gateway, upstream, "smart") == f"Bearer {LONG}", "and is there again"


def test_models_of_the_file_use_them_on_every_process(
    store: Store, start: StartGateway, upstream: FakeUpstream
) -> None:
    config = stored()
    config["model_list"].append(named("later", "waiting", api_base=upstream.base))
    admin = Admin(start(config, env=store.env), store)
    other = start(config, env=store.env)
    assert "has no credential called `later`" in admin.gateway.output
    assert not serves(admin.gateway, "waiting")
    admin.ok("/credentials", credential("later", api_key="sk-first"))
    assert sent_key(admin.gateway, upstream, "waiting") == "Bearer sk-first", "at once"
    upstream.answer(up.json(answers.completion()))
    until(lambda: serves(other, "waiting"), "the other process hears of it", HEARD)
    admin.gateway.stop()
    again = start(config, env=store.env)
    assert sent_key(again, upstream, "waiting") == "Bearer sk-first", "from the first request on"
    again.signal(signal.SIGHUP)
    again.wait_output("configuration reloaded")
    assert sent_key(again, upstream, "waiting") == "Bearer sk-first"


def test_a_row_of_litellms_takes_the_place_of_the_files(
    store: Store, start: StartGateway, upstream: FakeUpstream
) -> None:
    config = stored(credential_list=[credential("main", api_key="sk-of-the-file")])
    config["model_list"].append(named("main", "both", api_base=upstream.base))
    admin = Admin(start(config, env={**store.env, "LITELLM_SALT_KEY": SALT}), store)
    assert sent_key(admin.gateway, upstream, "both") == "Bearer sk-of-the-file"
    store.execute(
        f"""insert into {TABLE}
            (credential_id, credential_name, credential_values, credential_info)
            values ('c-1', 'main', $1, $2), ('c-2', 'lost', $3, null)""",
        {"api_key": seal("sk-of-litellm", SALT)},
        {"custom_llm_provider": "OpenAI"},
        {"api_key": seal("sk-x", "sk-another-salt")},
    )
    until(
        lambda: sent_key(admin.gateway, upstream, "both") == "Bearer sk-of-litellm",
        "it is heard of",
        HEARD,
    )
    until(lambda: "LiteLLM_CredentialsTable.lost" in admin.gateway.output, "it is said", HEARD)
    assert "encrypted with another key" in admin.gateway.output
    assert [each["credential_name"] for each in admin.get("/credentials")["credentials"]] == ["main"]


def test_a_credential_may_be_taken_from_a_model(admin: Admin, upstream: FakeUpstream) -> None:
    model_id = admin.ok("/model/new", {"model_name": "first", "litellm_params": at(upstream.base)})
    taken = {"credential_name": "of/a model", "model_id": model_id["model_id"]}
    admin.ok("/credentials", taken)
    admin.ok("/model/new", named("of/a model", "second"))
    assert sent_key(admin.gateway, upstream, "second") == "Bearer sk-first"
    shown = admin.get("/credentials/by_name/of%2Fa%20model")["credential_values"]
    assert shown == {"api_base": upstream.base, "api_key": "****"}


def test_no_key_of_ours_goes_to_an_address_that_a_credential_names(
    store: Store, start: StartGateway, upstream: FakeUpstream
) -> None:
    config = stored()
    config["model_list"].append(named("address", "of-file"))
    env = {**store.env, "OPENAI_API_KEY": "sk-ours"}
    admin = Admin(start(config, env=env), store)
    admin.ok("/credentials", credential("address", api_base=upstream.base))
    admin.ok("/model/new", named("address", "of-store"))
    for name in ("of-file", "of-store"):
        assert sent_key(admin.gateway, upstream, name) is None


BAD = [
    ({}, 422, "credential_name"),
    ({"credential_name": "x"}, 422, "credential_values"),
    ({"credential_name": "x", "credential_values": "sk-1"}, 422, "credential_values"),
    (credential("x", api_key="os.environ/HOME"), 400, "configuration file only"),
    (credential("x", token="oidc/google/x"), 400, "configuration file only"),
    (credential("a\nb", api_key="k"), 400, "control character"),
    ({"credential_name": "x", "model_id": "none"}, 404, "Model not found"),
    (credential("main", api_key="k"), 400, "already exists"),
]


def test_what_is_wrong_is_refused_and_not_stored(store: Store, start: StartGateway) -> None:
    config = stored(credential_list=[credential("of-the-file", api_key="k")])
    admin = Admin(start(config, env=store.env), store)
    admin.ok("/credentials", credential("main", api_key="k"))
    before = rows(store)
    for body, status, message in BAD:
        reply = admin.post("/credentials", body)
        assert reply.status == status and message in reply.error["message"], (body, reply.text)
    for method in ("PATCH", "DELETE"):
        for name, status, message in (
            ("none", 404, "Credential not found"),
            ("of-the-file", 400, "configuration file"),
        ):
            expect_both(admin.call(method, f"/credentials/{name}", {}), status, message)
    for path in ("/credentials/by_name/none", "/credentials/by_model/none"):
        assert admin.gateway.get(path, bearer(KEY)).status == 404
    assert rows(store) == before


def test_an_address_that_models_cannot_use_is_refused(admin: Admin, store: Store) -> None:
    admin.gateway.write_config(
        {**stored(), "model_list": [*stored()["model_list"], named("main", "waiting")]}
    )
    admin.gateway.signal(signal.SIGHUP)
    admin.gateway.wait_output("has no credential called `main`")
    reply = admin.post("/credentials", credential("main", api_key="k", api_base="ftp://x"))
    expect_both(reply, 400, "api_base")
    assert rows(store) == [] and serves(admin.gateway, "file")


def test_the_routes_say_that_nothing_is_stored(store: Store, start: StartGateway) -> None:
    config = {"credential_list": [credential("of-the-file", api_key="k")]}
    admin = Admin(start(config, env=store.env), store)
    reply = admin.post("/credentials", credential("x", api_key="k"))
    expect_both(reply, 500, "Set `'STORE_MODEL_IN_DB='True'`")
    shown = admin.get("/credentials")["credentials"]
    assert [each["credential_name"] for each in shown] == ["of-the-file"]


def test_secrets_are_in_no_answer_log_or_audit_row(store: Store, start: StartGateway) -> None:
    config = stored(litellm_settings={"store_audit_logs": True})
    admin = Admin(start(config, env=store.env), store)
    secrets = ("canary-key-0123456789", "canary-nested")
    body = credential("main", api_key=secrets[0], extra={"password": secrets[1]})
    answered = [json.dumps(admin.ok("/credentials", body))]
    answered.append(admin.call("PATCH", "/credentials/main", {"credential_values": {"a": "b"}}).text)
    for path in ("/credentials", "/credentials/by_name/main"):
        answered.append(json.dumps(admin.get(path)))
    admin.ok("/model/new", {**mock(), **named("main", mock_response="pong")})
    answered.append(json.dumps(admin.get("/model/info")))
    delete(admin, "main")
    noted = store.query('select * from "LiteLLM_AuditLog" order by updated_at')
    actions = [row["action"] for row in noted if row["table_name"] == "LiteLLM_CredentialsTable"]
    assert actions == ["created", "updated", "deleted"]
    said = "".join(answered) + admin.gateway.output + "".join(str(row) for row in noted)
    for secret in secrets:
        assert secret not in said
