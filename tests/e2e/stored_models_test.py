"""Models of the database: /model/new and its like over both stores, and rows of LiteLLM's own
(docs/stored-models.md)."""

from __future__ import annotations

import base64
import hashlib
import json
import signal
from typing import Any

import pytest
from nacl.secret import SecretBox

import answers
import fake_upstream as up
from admin_rows import Admin
from fake_upstream import FakeUpstream
from gateway import KEY, Gateway, StartGateway, model
from keys_test import HEARD, bearer, expect_both
from stores import PostgresStore, Store
from wire import Reply, until

SALT = "sk-salt-of-the-tests"
TABLE = '"LiteLLM_ProxyModelTable"'


def stored(**sections: Any) -> dict[str, Any]:
    """A model of the file, and room for those of the database."""
    general = {"store_model_in_db": True, **sections.pop("general_settings", {})}
    return {
        "model_list": [model("file", "http://127.0.0.1:1", mock_response="pong")],
        "general_settings": general,
        **sections,
    }


def box(key: str) -> SecretBox:
    """As LiteLLM makes it (encrypt_decrypt_utils.py), by PyNaCl."""
    return SecretBox(hashlib.sha256(key.encode()).digest())


def seal(text: str, key: str) -> str:
    return base64.urlsafe_b64encode(bytes(box(key).encrypt(text.encode()))).decode()


def unseal(text: str, key: str) -> str:
    return box(key).decrypt(base64.urlsafe_b64decode(text)).decode()


def insert_row(store: Store, name: str, key: str, model_id: str = "m-1", **params: Any) -> None:
    """A row as LiteLLM writes it."""
    sealed = {
        field: seal(value, key) if isinstance(value, str) else value
        for field, value in {"use_in_pass_through": False, **params}.items()
    }
    info = {"id": model_id, "db_model": False, "team_id": None, "base_model": None}
    store.execute(
        f"""insert into {TABLE}
            (model_id, model_name, litellm_params, model_info, created_by, updated_by)
            values ($1, $2, $3, $4, 'default_user_id', 'default_user_id')""",
        model_id,
        name,
        sealed,
        info,
    )


def rows(store: Store) -> list[dict[str, Any]]:
    return store.query(f"select * from {TABLE} order by created_at, model_id")


def entry(base: str, name: str = "smart", **params: Any) -> dict[str, Any]:
    return model(name, base, **params)


def at(base: str) -> dict[str, Any]:
    return {"model": "openai/up-model", "api_base": base, "api_key": "sk-first"}


def serves(gateway: Gateway, name: str, key: str = KEY) -> bool:
    return gateway.chat(name, bearer(key)).status == 200


def mock(name: str = "smart", answer: str = "pong", **fields: Any) -> dict[str, Any]:
    params = {"model": "openai/up-model", "api_key": "sk-k", "mock_response": answer}
    return {"model_name": name, "litellm_params": params, **fields}


def content(reply: Reply) -> str:
    assert reply.status == 200, reply.text
    text: str = reply.json["choices"][0]["message"]["content"]
    return text


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(stored(), env=store.env), store)


def start_with(store: Store, start: StartGateway, **options: Any) -> Admin:
    env = {**store.env, **options.pop("env", {})}
    return Admin(start(stored(**options), env=env), store)


def test_life_of_a_model(admin: Admin, upstream: FakeUpstream, store: Store) -> None:
    body = {"model_name": "smart", "litellm_params": {**at(upstream.base), "rpm": 60},
            "model_info": {"mode": "chat", "note": "mine"}}
    made = admin.ok("/model/new", body)
    model_id = made["model_id"]
    assert made["model_name"] == "smart" and made["blocked"] is False
    assert made["model_info"] == {"mode": "chat", "note": "mine", "id": model_id, "db_model": True}
    assert made["created_by"] == made["updated_by"] == "default_user_id" and made["created_at"]
    # What the row holds, LiteLLM reads.
    row = rows(store)[0]
    params = row["litellm_params"]
    assert made["litellm_params"] == params and params["rpm"] == 60
    assert {name: unseal(params[name], KEY) for name in at("")} == at(upstream.base)
    assert row["model_info"]["id"] == row["model_id"] == model_id

    upstream.answer(up.json(answers.completion()))
    assert content(admin.gateway.chat("smart")) == "pong", "at once"
    assert upstream.last.header("authorization") == "Bearer sk-first"
    shown = admin.get(f"/model/info?litellm_model_id={model_id}")["data"][0]
    assert shown["model_name"] == "smart" and shown["model_info"]["db_model"] is True
    assert shown["litellm_params"] == {"model": "openai/up-model", "api_base": upstream.base, "rpm": 60}
    assert [each["id"] for each in admin.get("/models")["data"]] == ["file", "smart"]

    changed = admin.ok("/model/update", {
        "model_name": "wise", "litellm_params": {"api_key": "sk-second", "rpm": None},
        "model_info": {"id": model_id, "note": None}})
    assert changed["model_name"] == "wise" and "rpm" not in changed["litellm_params"]
    assert changed["model_info"] == {"mode": "chat", "id": model_id, "db_model": True}
    upstream.answer(up.json(answers.completion()))
    assert content(admin.gateway.chat("wise")) == "pong"
    assert upstream.last.header("authorization") == "Bearer sk-second"
    assert not serves(admin.gateway, "smart")

    patched = admin.call("PATCH", f"/model/{model_id}/update", {"model_info": {"note": "again"}})
    assert patched.status == 200 and patched.json["model_info"]["note"] == "again"
    assert unseal(patched.json["litellm_params"]["api_key"], KEY) == "sk-second"

    gone = admin.ok("/model/delete", {"id": model_id})
    assert gone == {"message": f"Model: {model_id} deleted successfully"}
    assert rows(store) == []
    assert admin.gateway.chat("wise").status == 400, "also the last one goes"


def test_a_paused_model_is_kept_and_not_called(admin: Admin) -> None:
    model_id = admin.ok("/model/new", mock())["model_id"]
    body = {"model_info": {"id": model_id}, "blocked": True}
    assert admin.ok("/model/update", body)["blocked"] is True
    assert not serves(admin.gateway, "smart")
    shown = admin.get(f"/model/info?litellm_model_id={model_id}")["data"][0]["model_info"]
    assert shown["blocked"] is True and shown["tollweir_left_out"] == "it is blocked"
    admin.ok("/model/update", {**body, "blocked": False})
    assert serves(admin.gateway, "smart")


def test_every_process_hears_of_it(admin: Admin, store: Store, start: StartGateway) -> None:
    other = start(stored(), env=store.env)
    assert not serves(other, "smart")
    model_id = admin.ok("/model/new", mock(answer="one"))["model_id"]
    until(lambda: serves(other, "smart"), "the other process serves it", HEARD)
    admin.ok("/model/update", {"litellm_params": {"mock_response": "two"}, "model_info": {"id": model_id}})
    until(lambda: content(other.chat("smart")) == "two", "the change is heard of", HEARD)
    admin.ok("/model/delete", {"id": model_id})
    until(lambda: not serves(other, "smart"), "it is gone there too", HEARD)


def test_a_restart_keeps_them(admin: Admin, store: Store, start: StartGateway) -> None:
    admin.ok("/model/new", mock())
    admin.gateway.stop()
    again = start(stored(), env=store.env)
    assert serves(again, "smart"), "from the first request on"


def test_a_reload_keeps_them(admin: Admin) -> None:
    admin.ok("/model/new", mock())
    changed = stored()
    changed["model_list"].append(model("more", "http://127.0.0.1:1", mock_response="pong"))
    admin.gateway.write_config(changed)
    admin.gateway.signal(signal.SIGHUP)
    until(lambda: serves(admin.gateway, "more"), "the file was read again")
    assert serves(admin.gateway, "smart")
    changed["general_settings"]["store_model_in_db"] = False
    admin.gateway.write_config(changed)
    admin.gateway.signal(signal.SIGHUP)
    until(lambda: not serves(admin.gateway, "smart"), "they are not asked for any more")
    changed["general_settings"]["store_model_in_db"] = True
    admin.gateway.write_config(changed)
    admin.gateway.signal(signal.SIGHUP)
    until(lambda: serves(admin.gateway, "smart"), "they are again")


def test_a_row_of_litellms_is_served_while_we_run(store: Store, start: StartGateway, upstream: FakeUpstream) -> None:
    admin = start_with(store, start, env={"LITELLM_SALT_KEY": SALT, "MY_KEY": "sk-of-the-environment"})
    insert_row(store, "theirs", SALT, **at(upstream.base))
    upstream.answer(*[up.json(answers.completion())] * 2)
    until(lambda: [each["id"] for each in admin.get("/models")["data"]] == ["file", "theirs"], "it is heard of", HEARD)
    assert serves(admin.gateway, "theirs")
    assert upstream.last.header("authorization") == "Bearer sk-first"
    # LiteLLM takes references to variables and resolves them when it reads the row.
    insert_row(store, "referring", SALT, "m-2", **{**at(upstream.base), "api_key": "os.environ/MY_KEY"})
    until(lambda: serves(admin.gateway, "referring"), "it is heard of", HEARD)
    assert upstream.last.header("authorization") == "Bearer sk-of-the-environment"


def test_a_row_of_another_key_is_left_out_and_said(store: Store, start: StartGateway) -> None:
    first = start_with(store, start, env={"LITELLM_SALT_KEY": SALT})
    first.ok("/model/new", mock("good"))
    insert_row(store, "lost", "sk-another-salt", model="openai/up-model", api_key="sk-k")
    until(lambda: "lost" in first.gateway.output, "it is said", HEARD)
    assert serves(first.gateway, "good")
    first.gateway.stop()

    again = start_with(store, start, env={"LITELLM_SALT_KEY": SALT})
    line = again.gateway.wait_output("not the key")
    assert "LITELLM_SALT_KEY is not the key that models of the database were encrypted with" in line
    assert "'lost' (id m-1)" in line and "good" not in line
    assert again.gateway.output.count("not the key") == 1
    assert serves(again.gateway, "good") and not serves(again.gateway, "lost")
    shown = {each["model_name"]: each["model_info"] for each in again.get("/model/info")["data"]}
    assert "encrypted with another key" in shown["lost"]["tollweir_left_out"]
    assert again.get("/v2/model/info?search=lost")["total_count"] == 1
    reply = again.post("/model/update", {"model_info": {"id": "m-1"}, "litellm_params": {"rpm": 1}})
    expect_both(reply, 400, "another key")
    again.ok("/model/delete", {"id": "m-1"})
    assert "lost" not in {each["model_name"] for each in again.get("/model/info")["data"]}


def test_a_wrong_salt_key_does_not_stop_the_start(store: Store, start: StartGateway) -> None:
    first = start_with(store, start)
    first.ok("/model/new", mock())
    first.gateway.stop()
    again = start_with(store, start, env={"LITELLM_SALT_KEY": "sk-not-this-one"})
    again.gateway.wait_output("LITELLM_SALT_KEY is not the key")
    assert serves(again.gateway, "file") and not serves(again.gateway, "smart")
    again.gateway.stop()
    right = start_with(store, start)
    assert serves(right.gateway, "smart") and "not the key" not in right.gateway.output


def test_the_master_key_seals_where_there_is_no_salt_key(store: Store, start: StartGateway) -> None:
    first = start_with(store, start)
    first.ok("/model/new", mock())
    assert unseal(rows(store)[0]["litellm_params"]["api_key"], KEY) == "sk-k"
    first.gateway.stop()
    changed = start_with(store, start, general_settings={"master_key": "sk-a-new-master-key"},
                         env={"LITELLM_SALT_KEY": KEY})
    assert serves(changed.gateway, "smart", "sk-a-new-master-key"), "the old one as the salt key"


BAD = [
    ({}, 422, "model_name"),
    ({"model_name": "smart"}, 422, "litellm_params"),
    ({"model_name": "smart", "litellm_params": "x"}, 422, "litellm_params"),
    ({"model_name": "smart", "litellm_params": {}}, 400, "litellm_params.model"),
    ({"model_name": "smart", "litellm_params": {"model": "nobody/x"}}, 400, "no provider is known"),
    (mock(litellm_params={"model": "openai/x", "api_base": "ftp://x"}), 400, "not a usable URL"),
    (mock(litellm_params={"model": "openai/x", "rpm": "many"}), 400, "litellm_params.rpm"),
    (mock(litellm_params={"model": "openai/x", "api_key": "os.environ/HOME"}), 400, "configuration file only"),
    (mock(litellm_params={"model": "azure/x", "azure_ad_token": "oidc/google/x"}), 400, "configuration file only"),
    (mock(litellm_params={"model": "openai/x", "extra_headers": {"a": "os.environ/HOME"}}), 400, "configuration file only"),
    (mock(litellm_params={"model": "openai/x", "litellm_credential_name": "none"}), 400, "no credential called"),
    (mock(model_info={"id": "of-the-file"}), 400, "already belongs to an existing deployment"),
    (mock(model_info={"team_id": "nobody"}), 400, "Team id=nobody does not exist in db"),
    (mock(model_info=[]), 422, "model_info"),
]


def test_what_is_wrong_is_refused_and_not_stored(store: Store, start: StartGateway) -> None:
    config = stored()
    config["model_list"][0]["model_info"] = {"id": "of-the-file"}
    admin = Admin(start(config, env=store.env), store)
    for body, status, message in BAD:
        reply = admin.post("/model/new", body)
        assert reply.status == status and message in reply.error["message"], (body, reply.text)
        assert reply.error["code"] == str(status)
    assert admin.post("/model/new", "no object").status == 400
    assert rows(store) == []

    model_id = admin.ok("/model/new", mock())["model_id"]
    before = rows(store)
    for path, body, message in (
        ("/model/new", mock(model_info={"id": model_id}), "already belongs"),
        ("/model/update", {"litellm_params": {"rpm": 1}}, "model_info.id not provided"),
        ("/model/update", {"model_info": {"id": "none"}}, "Model with id=none not found in db"),
        ("/model/update", {"model_info": {"id": "of-the-file"}}, "Can't edit model. Model in config."),
        ("/model/update", {"model_info": {"id": model_id}, "litellm_params": {"model": None}}, "litellm_params.model"),
        ("/model/delete", {"id": "none"}, "Model with id=none not found in db"),
        ("/model/delete", {"id": "of-the-file"}, "Model with id=of-the-file not found in db"),
    ):
        expect_both(admin.post(path, body), 400, message)
    assert admin.post("/model/delete", {}).status == 422
    assert rows(store) == before and serves(admin.gateway, "smart") and serves(admin.gateway, "file")


def test_a_stored_credential_stays_where_it_was_meant_to_go(admin: Admin, upstream: FakeUpstream) -> None:
    model_id = admin.ok("/model/new", {"model_name": "smart", "litellm_params": at(upstream.base)})["model_id"]
    moved = {"model_info": {"id": model_id}, "litellm_params": {"api_base": "http://127.0.0.1:9/v1"}}
    expect_both(admin.post("/model/update", moved), 400, "give the credential again")
    moved["litellm_params"]["api_key"] = "sk-new"
    admin.ok("/model/update", moved)


def test_no_credential_of_ours_goes_to_an_address_that_was_named(store: Store, start: StartGateway, upstream: FakeUpstream) -> None:
    admin = start_with(store, start, env={"OPENAI_API_KEY": "sk-ours"})
    params = {"model": "openai/up-model", "api_base": upstream.base}
    admin.ok("/model/new", {"model_name": "smart", "litellm_params": params})
    upstream.answer(up.json(answers.completion()))
    assert serves(admin.gateway, "smart")
    assert upstream.last.header("authorization") is None


def test_the_routes_say_that_models_are_not_stored(store: Store, start: StartGateway) -> None:
    for general in ({}, {"store_model_in_db": True, "supported_db_objects": ["mcp"]}):
        admin = Admin(start({"general_settings": general}, env=store.env), store)
        for path, body in (("/model/new", mock()), ("/model/update", {}), ("/model/delete", {"id": "x"})):
            reply = admin.post(path, body)
            expect_both(reply, 500, "Set `'STORE_MODEL_IN_DB='True'` in your env to enable this feature.")
            assert reply.error["type"] == "auth_error"
        admin.gateway.stop()
    assert rows(store) == []


def test_the_variable_turns_it_on(store: Store, start: StartGateway) -> None:
    admin = Admin(start({}, env={**store.env, "STORE_MODEL_IN_DB": "True"}), store)
    admin.ok("/model/new", mock())
    assert serves(admin.gateway, "smart")


def test_secrets_are_in_no_answer_log_or_audit_row(store: Store, start: StartGateway) -> None:
    admin = start_with(store, start, litellm_settings={"store_audit_logs": True})
    secrets = ("canary-key", "canary-header", "canary-tokenizer")
    body = mock(model_info={"custom_tokenizer": {"identifier": "x", "auth_token": secrets[2]}})
    body["litellm_params"].update({"api_key": secrets[0], "extra_headers": {"Authorization": secrets[1]}})
    answered = [json.dumps(admin.ok("/model/new", body))]
    model_id = rows(store)[0]["model_id"]
    answered.append(json.dumps(admin.ok("/model/update", {"model_info": {"id": model_id}, "litellm_params": {"rpm": 7}})))
    for path in ("/model/info", "/v2/model/info", "/health", "/model_group/info"):
        answered.append(json.dumps(admin.get(path)))
    wrong = {**body["litellm_params"], "api_base": "ftp://canary-key@x"}
    answered.append(admin.post("/model/new", mock(litellm_params=wrong)).text)
    admin.ok("/model/delete", {"id": model_id})
    noted = store.query('select * from "LiteLLM_AuditLog" order by updated_at')
    assert [row["action"] for row in noted] == ["created", "updated", "deleted"]
    said = "".join(answered) + admin.gateway.output + "".join(str(row) for row in noted)
    for secret in secrets:
        assert secret not in said


def test_models_come_when_the_store_does(postgres: PostgresStore, start: StartGateway) -> None:
    first = start_with(postgres, start)
    first.ok("/model/new", mock())
    first.gateway.stop()
    postgres.stop()
    again = start(stored(), env=postgres.env)
    assert serves(again, "file") and not serves(again, "smart")
    assert again.post("/model/new", mock("other")).status == 503
    postgres.start()
    until(lambda: serves(again, "smart"), "the store is there again", 20)


# --- Models of teams.


class Team:
    """A team with a list of models, its administrator, and somebody else."""

    def __init__(self, admin: Admin) -> None:
        self.admin = admin
        admin.ok("/team/new", {"team_id": "blue", "models": ["file"],
                               "members_with_roles": [{"role": "admin", "user_id": "lead"}]})
        self.lead = admin.key(user_id="lead")
        self.key = admin.key(team_id="blue")
        self.stranger = admin.key()

    def models(self) -> list[str]:
        found: list[str] = self.admin.get("/team/info?team_id=blue")["team_info"]["models"]
        return found

    def names(self, key: str) -> list[str]:
        return [each["id"] for each in self.admin.get("/models", key)["data"]]

    def shown(self, key: str) -> list[str]:
        return [each["model_info"]["id"] for each in self.admin.get("/model/info", key)["data"]]


@pytest.fixture
def team(admin: Admin) -> Team:
    return Team(admin)


def test_a_model_of_a_team_is_that_teams_alone(team: Team) -> None:
    admin = team.admin
    made = admin.ok("/model/new", mock("theirs", model_info={"team_id": "blue"}), team.lead)
    model_id = made["model_id"]
    assert made["model_name"].startswith("model_name_blue_")
    assert made["model_info"]["team_public_model_name"] == "theirs" and made["created_by"] == "lead"
    assert team.models() == ["file", "theirs"]
    until(lambda: serves(admin.gateway, "theirs", team.key), "the team's list is heard of", HEARD)
    assert serves(admin.gateway, model_id, admin.key(team_id="blue", models=["theirs"]))
    for key in (team.stranger, KEY):
        for name in ("theirs", model_id, made["model_name"]):
            assert not serves(admin.gateway, name, key), name
    assert team.names(team.key) == ["file", "theirs"] and team.names(team.stranger) == ["file"]
    assert model_id in team.shown(team.key) and model_id in team.shown(KEY)
    assert model_id not in team.shown(team.stranger)

    renamed = {"model_name": "ours", "model_info": {"id": model_id}}
    assert admin.ok("/model/update", renamed, team.lead)["model_name"] == made["model_name"]
    assert team.models() == ["file", "ours"]
    until(lambda: serves(admin.gateway, "ours", team.key), "the new name is heard of", HEARD)
    assert not serves(admin.gateway, "theirs", team.key)
    admin.ok("/model/delete", {"id": model_id}, team.lead)
    assert team.models() == ["file"]


def test_two_models_of_a_team_may_share_a_name(team: Team) -> None:
    body = mock("theirs", model_info={"team_id": "blue"})
    ids = [team.admin.ok("/model/new", body)["model_id"] for _ in range(2)]
    assert team.models() == ["file", "theirs"]
    team.admin.ok("/model/delete", {"id": ids[0]})
    assert team.models() == ["file", "theirs"]
    team.admin.ok("/model/delete", {"id": ids[1]})
    assert team.models() == ["file"]


def test_an_administrator_of_a_team_stays_within_it(team: Team) -> None:
    admin = team.admin
    own = {"team_id": "blue"}
    admin.ok("/team/new", {"team_id": "red"})
    elsewhere = admin.ok("/model/new", mock("theirs", model_info={"team_id": "red"}))["model_id"]
    free = admin.ok("/model/new", mock("free"))["model_id"]
    params = mock()["litellm_params"]
    before = (rows(admin.store), team.models())
    denied = [
        mock("x"),
        mock("x", model_info={"team_id": "red"}),
        mock("free", model_info=own),
        mock("*/x", model_info=own),
        mock("x", model_info={**own, "input_cost_per_token": 0}),
        mock("x", model_info=own, litellm_params={**params, "output_cost_per_token": 0}),
        mock("x", model_info=own, litellm_params={**params, "litellm_credential_name": "c"}),
        mock("x", model_info=own, litellm_params={**params, "api_base": "http://127.0.0.1:1"}),
    ]
    for body in denied:
        expect_both(admin.post("/model/new", body, team.lead), 403, "")
    bare = {"model": "openai/x", "mock_response": "x"}
    expect_both(admin.post("/model/new", mock("x", model_info=own, litellm_params=bare), team.lead), 400, "own credential")
    for model_id in (elsewhere, free):
        assert admin.post("/model/update", {"model_info": {"id": model_id}}, team.lead).status == 403
        assert admin.post("/model/delete", {"id": model_id}, team.lead).status == 403
    expect_both(admin.post("/model/new", mock("all-proxy-models", model_info=own)), 400, "stands for lists")
    assert (rows(admin.store), team.models()) == before

    mine = admin.ok("/model/new", mock("mine", model_info=own), team.lead)["model_id"]
    moved = {"model_info": {"id": mine, "team_id": "red"}}
    for key in (team.lead, KEY):
        expect_both(admin.post("/model/update", moved, key), 403, "Cannot reassign a model")
    paused = {"model_info": {"id": mine}, "blocked": True}
    assert admin.post("/model/update", paused, team.lead).status == 403
    assert admin.post("/model/update", {"model_info": {"id": mine}}, team.key).status == 403


def test_a_list_that_loses_its_last_model_admits_none(admin: Admin) -> None:
    admin.ok("/team/new", {"team_id": "blue", "models": ["theirs"]})
    body = mock("theirs", model_info={"team_id": "blue"})
    admin.ok("/model/delete", {"id": admin.ok("/model/new", body)["model_id"]})
    assert admin.get("/team/info?team_id=blue")["team_info"]["models"] == ["no-default-models"]


def test_a_model_may_be_given_to_a_team(team: Team) -> None:
    model_id = team.admin.ok("/model/new", mock("shared"))["model_id"]
    given = {"model_info": {"id": model_id, "team_id": "blue"}}
    assert team.admin.ok("/model/update", given)["model_name"].startswith("model_name_blue_")
    assert team.models() == ["file", "shared"]
    assert not serves(team.admin.gateway, "shared")
    until(lambda: serves(team.admin.gateway, "shared", team.key), "it is the team's", HEARD)


def test_a_model_of_a_team_is_in_the_health_report_of_its_keys(team: Team) -> None:
    admin = team.admin
    model_id = admin.ok("/model/new", mock("theirs", model_info={"team_id": "blue"}), team.lead)["model_id"]

    def reported(key: str) -> list[str]:
        report = admin.get("/health", key)
        return [each["model_id"] for each in report["healthy_endpoints"] + report["unhealthy_endpoints"]]

    assert model_id in reported(team.key)
    assert model_id not in reported(team.stranger)
    assert model_id in reported(KEY)
