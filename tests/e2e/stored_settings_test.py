"""Settings of the database: LiteLLM_Config over the file, and the routes of /config, over both stores
(docs/stored-settings.md)."""

from __future__ import annotations

from typing import Any

import pytest

import answers
import fake_upstream as up
from admin_rows import Admin, bearer, expect_both
from fake_upstream import FakeUpstream
from gateway import KEY, Gateway, StartGateway, model
from keys_test import HEARD
from stores import PostgresStore, Store
from stored_models_test import content, seal, serves, stored, unseal
from wire import until

TABLE = '"LiteLLM_Config"'


def put(store: Store, section: str, value: Any) -> None:
    """A row as LiteLLM writes it."""
    store.execute(f"insert into {TABLE} (param_name, param_value) values ($1, $2)", section, value)


def rows(store: Store) -> dict[str, Any]:
    found = store.query(f"select param_name, param_value from {TABLE}")
    return {row["param_name"]: row["param_value"] for row in found}


def fallbacks_to_file() -> dict[str, Any]:
    return {"model_group_alias": {"short": "file"}}


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(stored(), env=store.env), store)


def test_rows_of_litellms_are_in_force_from_the_start(store: Store, start: StartGateway) -> None:
    first = Admin(start(stored(), env=store.env), store)
    first.gateway.stop()
    put(store, "router_settings", {**fallbacks_to_file(), "num_retrys": 1})
    put(store, "litellm_settings", {"request_timeout": "soon"})
    put(store, "general_settings", {"master_key": "sk-another-one", "max_parallel_requests": 9})
    put(store, "ui_settings", {"whatever": True})
    again = Admin(start(stored(), env=store.env), store)
    assert serves(again.gateway, "short"), "with the key of the file"
    for warning in (
        "LiteLLM_Config.router_settings: router_settings.num_retrys: unknown key",
        "LiteLLM_Config.litellm_settings: litellm_settings.request_timeout: ",
        "LiteLLM_Config.general_settings: general_settings.master_key: only the file",
    ):
        until(lambda: warning in again.gateway.output, warning)
    assert "sk-another-one" not in again.gateway.output
    assert again.gateway.chat("file", bearer("sk-another-one")).status == 401


def test_a_change_is_in_force_on_every_process(
    admin: Admin, store: Store, start: StartGateway
) -> None:
    other = start(stored(), env=store.env)
    assert not serves(admin.gateway, "short")
    answered = admin.ok("/config/update", {"router_settings": fallbacks_to_file()})
    assert answered == {"message": "Config updated successfully"}
    assert serves(admin.gateway, "short"), "at once"
    until(lambda: serves(other, "short"), "the other process hears of it", HEARD)
    # What is not named stays.
    admin.ok("/config/update", {"router_settings": {"num_retries": 1}, "litellm_settings": {}})
    assert rows(store)["router_settings"] == {**fallbacks_to_file(), "num_retries": 1}
    assert serves(admin.gateway, "short")
    admin.ok("/config/update", {"router_settings": {"model_group_alias": None}})
    assert rows(store)["router_settings"] == {"num_retries": 1}
    assert not serves(admin.gateway, "short")
    until(lambda: not serves(other, "short"), "it is gone there too", HEARD)


def test_variables_are_sealed_and_seen_by_the_file(
    store: Store, start: StartGateway, upstream: FakeUpstream
) -> None:
    config = stored()
    config["model_list"].append(model("mine", upstream.base, api_key="os.environ/MY_KEY"))
    admin = Admin(start(config, env=store.env), store)
    admin.ok("/config/update", {"environment_variables": {"my_key": "sk-canary", "NUMBER": 7}})
    stored_now = rows(store)["environment_variables"]
    assert {name: unseal(text, KEY) for name, text in stored_now.items()} == {
        "my_key": "sk-canary",
        "NUMBER": "7",
    }
    upstream.answer(up.json(answers.completion()))
    assert content(admin.gateway.chat("mine")) == "pong"
    assert upstream.last.header("authorization") == "Bearer sk-canary"
    assert "sk-canary" not in admin.gateway.output


def test_lists_of_callbacks_grow(admin: Admin, store: Store) -> None:
    for names in (["prometheus"], ["prometheus", "langfuse"]):
        admin.ok("/config/update", {"litellm_settings": {"success_callback": names}})
    assert rows(store)["litellm_settings"] == {"success_callback": ["prometheus", "langfuse"]}
    admin.ok("/config/update", {"litellm_settings": {"success_callback": None}})
    assert rows(store)["litellm_settings"] == {}


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"field_name": name, "config_type": "general_settings", **more}


def test_a_single_setting(admin: Admin, store: Store) -> None:
    name = "max_parallel_requests"
    row = admin.ok("/config/field/update", field(name, field_value=5))
    assert row == {"param_name": "general_settings", "param_value": {name: 5}}
    assert admin.get(f"/config/field/info?field_name={name}") == {"field_name": name, "field_value": 5}

    def listed() -> dict[str, Any]:
        shown = admin.get("/config/list?config_type=general_settings")
        return {each["field_name"]: each for each in shown}

    shown = listed()[name]
    assert shown["field_value"] == 5 and shown["stored_in_db"] is True
    assert shown["field_type"] == "Integer" and shown["field_description"]
    assert listed()["health_check_interval"]["field_default_value"] == 300
    assert "master_key" not in listed()
    row = admin.ok("/config/field/delete", field(name))
    assert row == {"param_name": "general_settings", "param_value": {}}
    assert listed()[name]["stored_in_db"] is None and listed()[name]["field_value"] is None
    info = admin.gateway.get(f"/config/field/info?field_name={name}", bearer(KEY))
    expect_both(info, 400, f"Field name={name} not in DB")


BAD: list[tuple[str, Any, int, str]] = [
    ("/config/update", {"router_settings": []}, 422, "router_settings"),
    ("/config/update", {"router_settings": {"num_retries": "many"}}, 400, "router_settings.num_retries"),
    ("/config/update", {"general_settings": {"master_key": "sk-x"}}, 400, "configuration file only"),
    ("/config/update", {"general_settings": {"database_url": "sqlite:///x"}}, 400, "configuration file only"),
    ("/config/update", {"environment_variables": {"DATABASE_URL": "x"}}, 400, "configuration file only"),
    ("/config/update", {"environment_variables": {"LITELLM_SALT_KEY": "x"}}, 400, "configuration file only"),
    ("/config/update", {"environment_variables": {"openai_api_base": "http://x"}}, 400, "configuration file only"),
    ("/config/update", {"router_settings": {"default_litellm_params": {"api_base": "http://x"}}}, 400,
     "configuration file only"),
    ("/config/update", {"environment_variables": {"A=B": "x"}}, 400, "not a name"),
    ("/config/update", {"litellm_settings": {"cache_params": {"password": "os.environ/HOME"}}}, 400,
     "configuration file only"),
    # All or nothing.
    ("/config/update", {"litellm_settings": {"drop_params": True}, "router_settings": {"num_retries": -1}},
     400, "num_retries"),
    ("/config/field/update", {}, 422, "field_name"),
    ("/config/field/update", field("no_such", field_value=1), 400, "Invalid field=no_such passed in."),
    ("/config/field/update", field("max_parallel_requests", field_value="x"), 400, "max_parallel_requests"),
    ("/config/field/update", field("master_key", field_value="sk-x"), 400, "configuration file only"),
    ("/config/field/delete", field("max_parallel_requests"), 400, "not in config"),
]


def test_what_is_wrong_is_refused_and_not_stored(admin: Admin, store: Store) -> None:
    for path, body, status, message in BAD:
        reply = admin.post(path, body)
        assert reply.status == status and message in reply.error["message"], (path, body, reply.text)
    assert admin.post("/config/update", "no object").status == 400
    for query in ("/config/list", "/config/list?config_type=x", "/config/field/info"):
        assert admin.gateway.get(query, bearer(KEY)).status == 422
    assert rows(store) == {} and serves(admin.gateway, "file")


def test_the_routes_say_that_nothing_is_stored(store: Store, start: StartGateway) -> None:
    admin = Admin(start({}, env=store.env), store)
    for path, body in (("/config/update", {}), ("/config/field/update", field("x", field_value=1))):
        expect_both(admin.post(path, body), 500, "Set `'STORE_MODEL_IN_DB='True'`")
    put(store, "router_settings", fallbacks_to_file())
    assert not serves(admin.gateway, "short")


def test_settings_come_when_the_store_does(postgres: PostgresStore, start: StartGateway) -> None:
    first = Admin(start(stored(), env=postgres.env), postgres)
    first.ok("/config/update", {"router_settings": fallbacks_to_file()})
    first.gateway.stop()
    postgres.stop()
    again: Gateway = start(stored(), env=postgres.env)
    assert serves(again, "file") and not serves(again, "short")
    postgres.start()
    until(lambda: serves(again, "short"), "the store is there again", 20)


def test_a_variable_of_another_key_is_left_out_and_said(store: Store, start: StartGateway) -> None:
    Admin(start(stored(), env=store.env), store).gateway.stop()
    put(store, "environment_variables", {"X": seal("x", "sk-another"), "Y": seal("y", KEY)})
    again = start(stored(), env=store.env)
    line = again.wait_output("environment_variables.X")
    assert "LiteLLM_Config.environment_variables: environment_variables.X: was encrypted with another key" in line
    assert "environment_variables.Y" not in again.output
