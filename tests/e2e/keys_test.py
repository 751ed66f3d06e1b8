"""Virtual keys: the routes of /key over both stores, and who may use them."""

from __future__ import annotations

import concurrent.futures
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin_rows import Managed, bearer, digest, expect_both
from gateway import AUTH, KEY, StartGateway, chat_body, model
from stores import PostgresStore, Store
from wire import Reply, until

CHAT = "/v1/chat/completions"
# Changes of other processes count within this (spec: a second, and the polls of a busy machine).
HEARD = 2.0


def config(**sections: Any) -> dict[str, Any]:
    """Three models that answer by themselves."""
    models = [model(name, "http://127.0.0.1:1", mock_response="pong") for name in ("m", "n", "o")]
    return {"model_list": models, **sections}


@pytest.fixture
def keys(store: Store, start: StartGateway) -> Keys:
    return Keys(start(config(), env=store.env), store)


class Keys(Managed):
    """The calls that tests of keys make again and again."""

    def make(self, key: str = KEY, /, **fields: Any) -> dict[str, Any]:
        reply = self.post("/key/generate", fields, key)
        assert reply.status == 200, reply.text
        made: dict[str, Any] = reply.json
        return made

    def info(self, key: str, by: str = KEY) -> dict[str, Any]:
        reply = self.gateway.get(f"/key/info?key={key}", bearer(by))
        assert reply.status == 200, reply.text
        found: dict[str, Any] = reply.json["info"]
        return found

    def call(self, key: str, model_name: str = "m") -> Reply:
        return self.gateway.chat(model_name, bearer(key))

    def list(self, query: str = "", by: str = KEY) -> dict[str, Any]:
        reply = self.gateway.get(f"/key/list?size=100&{query}", bearer(by))
        assert reply.status == 200, reply.text
        found: dict[str, Any] = reply.json
        return found

    def hear_all(self) -> None:
        """Waits until the gateway has heard of every change made so far: one that it hears of later
        drops a copy that was loaded since, which no outage may come between."""
        marker = self.make()["key"]
        assert self.call(marker).status == 200
        self.store.execute(
            'update "LiteLLM_VerificationToken" set blocked = true where token = $1',
            digest(marker),
        )
        until(lambda: self.call(marker).status == 401, "the change is heard of", 20)

    def user(self, name: str, role: str = "internal_user", **columns: Any) -> None:
        values = {"user_id": name, "user_role": role, **columns}
        self._insert("LiteLLM_UserTable", values)

    def team(self, name: str, members: Mapping[str, str], **columns: Any) -> None:
        roles = [{"user_id": user, "role": role} for user, role in members.items()]
        self._insert("LiteLLM_TeamTable", {"team_id": name, **columns})
        # A list that is JSON in both stores.
        cast = "::jsonb" if self.store.kind == "postgres" else ""
        self.store.execute(
            f'update "LiteLLM_TeamTable" set members_with_roles = $1{cast} where team_id = $2',
            json.dumps(roles),
            name,
        )

    def _insert(self, table: str, values: Mapping[str, Any]) -> None:
        marks = ", ".join(f"${at}" for at in range(1, len(values) + 1))
        self.store.execute(
            f'insert into "{table}" ({", ".join(values)}) values ({marks})', *values.values()
        )


def rows(store: Store, table: str) -> int:
    found = store.query(f'select count(*) as n from "{table}"')[0]["n"]
    assert isinstance(found, int)
    return found


# Life of a key


def test_a_key_is_made_used_and_deleted(keys: Keys) -> None:
    made = keys.make(
        models=["m"], metadata={"user": "lena"}, key_alias="ci-runner", max_budget=25, rpm_limit=60
    )
    key = made["key"]
    assert key.startswith("sk-") and len(key) == 25
    assert made["token"] == made["token_id"] == digest(key)
    assert made["key_name"] == f"sk-...{key[-4:]}"
    assert made["models"] == ["m"] and made["metadata"] == {"user": "lena"}
    assert made["max_budget"] == 25.0 and made["rpm_limit"] == 60 and made["spend"] == 0.0
    assert made["expires"] is None and made["blocked"] is None and made["user_id"] is None
    assert made["created_by"] == made["updated_by"] == "default_user_id"
    assert made["aliases"] == {} and made["config"] == {} and made["permissions"] == {}
    assert made["guardrails"] is None and made["litellm_budget_table"] is None

    assert keys.call(key).status == 200
    denied = keys.call(key, "n")
    denied.expect_error(401, "key_model_access_denied", "can only access models=['m']")
    assert [entry["id"] for entry in keys.gateway.get("/v1/models", bearer(key)).json["data"]] == [
        "m"
    ]

    for asked, by in ((key, KEY), (digest(key), KEY), (key, key)):
        info = keys.info(asked, by)
        assert info["key_alias"] == "ci-runner" and info["max_budget"] == 25.0
        assert "token" not in info
        assert info["binding_limits"][0]["entity"] == "key"
    own = keys.gateway.get("/key/info", bearer(key))
    assert own.status == 200 and own.json["info"]["key_alias"] == "ci-runner"

    deleted = keys.post("/key/delete", {"keys": [key, "sk-unknown"]})
    assert deleted.json == {"deleted_keys": [key]}
    keys.call(key).expect_error(401, "token_not_found_in_db")
    expect_both(keys.post("/key/delete", {"keys": [key]}), 404, "No keys found")
    expect_both(
        keys.gateway.get(f"/key/info?key={key}"),
        404,
        "Key not found in database",
        "not_found_error",
    )
    archived = keys.store.query('select * from "LiteLLM_DeletedVerificationToken"')
    assert [row["token"] for row in archived] == [digest(key)]
    assert archived[0]["deleted_by"] == "default_user_id"
    assert keys.list("status=deleted")["keys"] == [digest(key)]


def test_a_key_just_made_works_although_it_was_refused_before(keys: Keys) -> None:
    key = "sk-chosen-by-hand-1"
    assert keys.call(key).status == 401
    assert keys.make(key=key)["key"] == key
    assert keys.call(key).status == 200


def test_the_key_itself_is_nowhere_but_in_the_answer(keys: Keys) -> None:
    made = keys.make(key_alias="a", metadata={"x": 1})
    key = made["key"]
    keys.call(key)
    keys.post("/key/update", {"key": key, "rpm_limit": 5})
    keys.gateway.post(f"/key/{key}/nonsense", {})
    fresh = keys.post(f"/key/{key}/regenerate", {}).json["key"]
    keys.post(f"/key/{fresh}/reset_spend", {"reset_to": 0})
    keys.post("/key/delete", {"keys": [fresh]})
    keys.call(fresh)
    for secret in (key, fresh):
        assert secret[3:] not in keys.gateway.output
        for table in (
            "LiteLLM_VerificationToken",
            "LiteLLM_DeletedVerificationToken",
            "LiteLLM_DeprecatedVerificationToken",
            "LiteLLM_AuditLog",
        ):
            assert secret[3:] not in repr(keys.store.query(f'select * from "{table}"'))


def test_a_key_ends_when_its_life_is_over(keys: Keys) -> None:
    key = keys.make(duration="2s")["key"]
    assert keys.call(key).status == 200
    time.sleep(2.1)
    keys.call(key).expect_error(401, "expired_key", "Expired Key")
    updated = keys.post("/key/update", {"key": key, "duration": "-1"})
    assert updated.json["expires"] is None
    assert keys.call(key).status == 200


def test_a_blocked_key_is_refused_at_once(keys: Keys) -> None:
    key = keys.make()["key"]
    assert keys.call(key).status == 200
    blocked = keys.post("/key/block", {"key": digest(key)})
    assert blocked.json["token"] == digest(key) and blocked.json["blocked"] is True
    keys.call(key).expect_error(401, "auth_error", "Key is blocked")
    assert keys.post("/key/unblock", {"key": key}).json["blocked"] is False
    assert keys.call(key).status == 200
    expect_both(keys.post("/key/block", {"key": "nonsense"}), 400, "Invalid key format.")
    expect_both(keys.post("/key/block", {"key": digest("sk-none")}), 404, "not found")


def test_a_regenerated_key_keeps_its_settings(keys: Keys) -> None:
    made = keys.make(models=["m"], spend=1.5, key_alias="ci", max_budget=5)
    old = made["key"]
    assert keys.call(old).status == 200
    renewed = keys.post("/key/regenerate", {"key": old, "rpm_limit": 7}).json
    fresh = renewed["key"]
    assert fresh != old and renewed["models"] == ["m"] and renewed["key_alias"] == "ci"
    assert renewed["spend"] == 1.5 and renewed["rpm_limit"] == 7
    assert renewed["rotation_count"] == 1 and renewed["last_rotation_at"]
    keys.call(old).expect_error(401, "token_not_found_in_db")
    assert keys.call(fresh).status == 200
    assert rows(keys.store, "LiteLLM_VerificationToken") == 1
    expect_both(keys.post(f"/key/{old}/regenerate", {}), 404, "not found.")
    expect_both(keys.post("/key/regenerate", {}), 400, "No key passed in.")


def test_a_replaced_key_works_for_its_grace(keys: Keys) -> None:
    old = keys.make()["key"]
    assert keys.call(old).status == 200
    fresh = keys.post(f"/key/{digest(old)}/regenerate", {"grace_period": "3s"}).json["key"]
    assert keys.call(old).status == 200
    assert keys.call(fresh).status == 200
    keys.post("/key/block", {"key": fresh})
    assert keys.call(old).status == 401, "it stands for its successor"
    keys.post("/key/unblock", {"key": fresh})
    assert keys.call(old).status == 200
    time.sleep(3.1)
    assert keys.call(old).status == 401
    assert keys.call(fresh).status == 200


def test_the_grace_has_a_default(store: Store, start: StartGateway) -> None:
    env = {**store.env, "LITELLM_KEY_ROTATION_GRACE_PERIOD": "1h", "DISABLE_KEY_NAME": "true"}
    keys = Keys(start(config(), env=env), store)
    made = keys.make()
    assert made["key_name"] is None
    fresh = keys.post("/key/regenerate", {"key": made["key"], "new_key": "sk-of-my-own"}).json
    assert fresh["key"] == "sk-of-my-own"
    assert keys.call(made["key"]).status == 200


# Rotation by itself


ROTATING = {"LITELLM_KEY_ROTATION_ENABLED": "true"}


def make_due(store: Store, key: str, moment: datetime | None) -> None:
    """As if the key had been made an interval ago; without a moment, as LiteLLM leaves one that has
    never been rotated."""
    store.execute(
        'update "LiteLLM_VerificationToken" set key_rotation_at = $1 where token = $2',
        moment,
        digest(key),
    )


def rotated(keys: Keys, alias: str) -> dict[str, Any]:
    """The row once it has been rotated, and no oftener than once."""
    found: list[dict[str, Any]] = []

    def is_rotated() -> bool:
        found[:] = keys.store.query(
            'select * from "LiteLLM_VerificationToken" where key_alias = $1', alias
        )
        return bool(found[0]["rotation_count"])

    until(is_rotated, f"{alias} is rotated", 20)
    assert found[0]["rotation_count"] == 1
    return found[0]


def test_keys_that_are_due_are_rotated(store: Store, start: StartGateway) -> None:
    settings = config(litellm_settings={"store_audit_logs": True})
    keys = Keys(start(settings, env=store.env), store)
    rotating = {"auto_rotate": True, "rotation_interval": "30d"}
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    secrets = {
        alias: keys.make(key_alias=alias, models=["m"], spend=1.5, **rotating)["key"]
        for alias in ("due", "never-set", "not-yet", "no-interval")
    }
    secrets["plain"] = keys.make(key_alias="plain")["key"]
    make_due(store, secrets["due"], past)
    make_due(store, secrets["never-set"], None)
    make_due(store, secrets["no-interval"], past)
    make_due(store, secrets["plain"], past)
    store.execute(
        'update "LiteLLM_VerificationToken" set rotation_interval = null where key_alias = $1',
        "no-interval",
    )
    assert keys.call(secrets["due"]).status == 200
    keys.gateway.stop()
    untouched = keys_by_alias(store)
    assert not any(row["rotation_count"] for row in untouched.values()), "nobody asked for it"

    keys = Keys(start(settings, env={**store.env, **ROTATING}), store)
    for alias in ("due", "never-set"):
        row = rotated(keys, alias)
        assert row["token"] != digest(secrets[alias]) and row["models"] == ["m"]
        assert row["key_rotation_at"] > past + timedelta(days=29) and row["last_rotation_at"] > past
        assert row["updated_by"] == "litellm_internal_jobs"
        assert keys.info(row["token"])["spend"] == 1.5
        keys.call(secrets[alias]).expect_error(401, "token_not_found_in_db")
        until(lambda row=row: audited(store, row["token"]), "the change is noted", 5)
    for alias in ("not-yet", "no-interval", "plain"):
        assert keys_by_alias(store)[alias] == untouched[alias], alias
    assert keys.call(secrets["not-yet"]).status == 200
    assert "a new secret which nobody is shown" in keys.gateway.output


def keys_by_alias(store: Store) -> dict[str, dict[str, Any]]:
    columns = "token, key_alias, rotation_count, key_rotation_at, updated_at"
    found = store.query(f'select {columns} from "LiteLLM_VerificationToken"')
    return {row["key_alias"]: row for row in found}


def audited(store: Store, token: str) -> bool:
    entries = store.query(
        'select action, changed_by from "LiteLLM_AuditLog" where object_id = $1', token
    )
    return entries == [{"action": "rotated", "changed_by": "litellm_internal_jobs"}]


def test_a_rotated_key_works_for_its_grace_and_once_for_all_processes(
    store: Store, start: StartGateway
) -> None:
    env = {
        **store.env,
        **ROTATING,
        "LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS": "1",
        "LITELLM_KEY_ROTATION_GRACE_PERIOD": "1h",
    }
    keys = Keys(start(config(), env=env), store)
    others = Keys(start(config(), env=env), store) if store.kind == "postgres" else keys
    old = keys.make(key_alias="due", auto_rotate=True, rotation_interval="1h")["key"]
    assert keys.call(old).status == others.call(old).status == 200
    make_due(store, old, datetime(2026, 1, 1))
    row = rotated(keys, "due")
    assert row["token"] != digest(old)
    assert keys.call(old).status == others.call(old).status == 200, "it stands for its successor"
    graces = store.query('select token, active_token_id from "LiteLLM_DeprecatedVerificationToken"')
    assert graces == [{"token": digest(old), "active_token_id": row["token"]}]
    assert others.info(row["token"])["rotation_count"] == 1


# Changes


def test_an_update_changes_what_is_sent(keys: Keys) -> None:
    key = keys.make(models=["m"], max_budget=5, budget_duration="30d", metadata={"a": 1})["key"]
    changed = keys.post("/key/update", {"key": key, "models": ["m", "n"], "tags": ["x"]}).json
    assert changed["key"] == key
    assert changed["models"] == ["m", "n"] and changed["max_budget"] == 5.0
    assert changed["metadata"] == {"a": 1, "tags": ["x"]}
    assert changed["budget_reset_at"]
    assert keys.call(key, "n").status == 200, "at once"
    cleared = keys.post(
        "/key/update",
        {"key": key, "max_budget": None, "budget_duration": None, "metadata": {"b": 2}},
    ).json
    assert cleared["max_budget"] is None and cleared["budget_duration"] is None
    assert cleared["budget_reset_at"] is None and cleared["metadata"] == {"b": 2}
    assert cleared["models"] == ["m", "n"]
    expect_both(
        keys.post("/key/update", {"key": "sk-none", "models": []}),
        404,
        "Key not found",
        "auth_error",
    )


def test_an_empty_key_is_none(keys: Keys) -> None:
    expect_both(keys.post("/key/update", {"key": "", "max_budget": 1}), 422)
    expect_both(keys.post("/key/block", {"key": ""}), 400, "Invalid key format.")
    made = keys.make(spend=2)
    expect_both(keys.post(f"/key/{made['token']}/reset_spend", {"reset_to": ""}), 422)
    raised = {"key": made["key"], "temp_budget_increase": 1, "temp_budget_expiry": ""}
    expect_both(keys.post("/key/update", raised), 422)
    assert keys.info(made["key"])["spend"] == 2.0


def test_nobody_takes_a_budget_row_of_another_key(keys: Keys) -> None:
    mine = keys.make(soft_budget=5)["budget_id"]
    expect_both(keys.post("/key/generate", {"budget_id": mine}), 400, "Budget not found")


def test_a_regenerated_keys_spend_is_what_was_sent(keys: Keys) -> None:
    made = keys.make(max_budget=1, spend=0.5)
    done = keys.post(f"/key/{made['token']}/regenerate", {"spend": 1})
    assert done.status == 200, done.text
    keys.call(done.json["key"]).expect_error(429, "budget_exceeded")


def test_keys_are_updated_in_bulk(keys: Keys) -> None:
    first, second = keys.make(max_budget=1, tags=["a"])["key"], keys.make()["key"]
    done = keys.post(
        "/key/bulk_update",
        {
            "keys": [
                {"key": first, "tags": ["b"]},
                {"key": second, "max_budget": 9},
                {"key": "sk-none", "max_budget": 1},
                {"key": second, "max_budget": -1},
            ]
        },
    ).json
    assert done["total_requested"] == 4
    assert [item["key"] for item in done["successful_updates"]] == [first, second]
    assert [item["failed_reason"] for item in done["failed_updates"]] == [
        "Key not found: sk-none",
        "max_budget cannot be negative. Received: -1.0",
    ]
    assert keys.info(first)["max_budget"] == 1.0, "left out is left alone"
    assert keys.info(first)["metadata"]["tags"] == ["b"]
    assert keys.info(second)["max_budget"] == 9.0
    expect_both(keys.post("/key/bulk_update", {"keys": [{"key": first}] * 501}), 400, "500")
    full = {"key": digest(first), "team_id": None, "max_budget": 5, "tags": ["x" * 60, "y" * 60]}
    many = keys.post("/key/bulk_update", {"keys": [full] * 500}).json
    assert len(many["successful_updates"]) == 500
    empty = keys.post("/key/bulk_update", {"keys": [{"key": "", "max_budget": 1}]}).json
    assert empty["failed_updates"][0]["failed_reason"] == "key: Field required"


def test_a_soft_budget_has_a_row_of_its_own(keys: Keys) -> None:
    made = keys.make(soft_budget=3)
    assert made["soft_budget"] == 3.0
    assert made["litellm_budget_table"]["soft_budget"] == 3.0
    keys.post("/key/update", {"key": made["key"], "soft_budget": 4})
    assert keys.info(made["key"])["litellm_budget_table"]["soft_budget"] == 4.0
    assert rows(keys.store, "LiteLLM_BudgetTable") == 1
    keys.post("/key/delete", {"keys": [made["key"]]})
    assert rows(keys.store, "LiteLLM_BudgetTable") == 0


def test_spend_is_reset(keys: Keys) -> None:
    key = keys.make(spend=2.25, max_budget=2)["key"]
    reset = keys.post(f"/key/{key}/reset_spend", {"reset_to": 0.5})
    assert reset.json == {
        "key_hash": digest(key),
        "spend": 0.5,
        "previous_spend": 2.25,
        "max_budget": 2.0,
        "budget_reset_at": None,
    }
    assert keys.info(key)["spend"] == 0.5
    expect_both(keys.post(f"/key/{key}/reset_spend", {}), 422, "Field required")
    expect_both(keys.post(f"/key/{key}/reset_spend", {"reset_to": -1}), 400, "negative")


def test_a_service_account_needs_its_team(keys: Keys) -> None:
    keys.team("t-1", {})
    expect_both(keys.post("/key/service-account/generate", {}), 400, "Team not found")
    expect_both(
        keys.post("/key/service-account/generate", {"team_id": "t-2"}), 400, "passed team_id=t-2"
    )
    made = keys.post("/key/service-account/generate", {"team_id": "t-1", "user_id": "u"}).json
    assert made["user_id"] is None and made["team_id"] == "t-1"
    assert keys.call(made["key"]).status == 200


def test_the_rows_of_a_team_bind_its_keys_at_once(keys: Keys) -> None:
    keys.team("t-1", {}, models=["m"])
    key = keys.make(team_id="t-1")["key"]
    assert keys.call(key, "m").status == 200
    keys.call(key, "n").expect_error(401, "team_model_access_denied")
    keys.store.execute("""update "LiteLLM_TeamTable" set blocked = true where team_id = 't-1'""")
    until(lambda: keys.call(key).status == 401, "the team's block is heard of", HEARD)


def test_health_tells_of_the_presented_key(keys: Keys) -> None:
    key = keys.make()["key"]
    assert keys.post("/key/health", {}, key).json == {"key": "healthy", "logging_callbacks": None}


# Lists


def test_lists_have_pages_filters_and_full_rows(keys: Keys) -> None:
    keys.user("u-1", user_email="u@example.org")
    made = []
    for i in range(12):
        user = "u-1" if i % 2 else "u-2"
        made.append(keys.make(key_alias=f"key-{i:02}", user_id=user, spend=i))
        time.sleep(0.002)  # the times of rows have milliseconds
    hashes = [entry["token"] for entry in made]
    first = keys.gateway.get("/key/list").json
    assert first["total_count"] == 12 and first["total_pages"] == 2 and first["current_page"] == 1
    second = keys.gateway.get("/key/list?page=2").json
    assert first["keys"] + second["keys"] == hashes[::-1], "newest first"
    assert keys.list("sort_by=spend&sort_order=asc")["keys"] == hashes
    assert keys.list("user_id=u-1")["total_count"] == 6
    assert keys.list("key_alias=key-03")["keys"] == [hashes[3]]
    assert keys.list(f"key_hash={hashes[4]}")["keys"] == [hashes[4]]
    assert keys.list("user_id=u-1%27%20or%201=1%20--")["keys"] == []
    full = keys.list("return_full_object=true&key_alias=key-05")["keys"][0]
    assert full["token"] == hashes[5] and full["key_alias"] == "key-05" and full["spend"] == 5.0
    assert "key" not in full
    wide = keys.list("expand=user&key_alias=key-05")["keys"][0]
    assert wide["user"]["user_email"] == "u@example.org" and wide["created_by_user"] is None
    aliases = keys.gateway.get("/key/aliases?search=KEY-0&size=3&page=2").json
    assert aliases == {
        "aliases": ["key-03", "key-04", "key-05"],
        "total_count": 10,
        "current_page": 2,
        "total_pages": 4,
        "size": 3,
    }
    for query in ("page=0", "size=101", "sort_by=token;drop", "sort_order=up", "page=x"):
        expect_both(keys.gateway.get(f"/key/list?{query}"), 422)
    expect_both(keys.gateway.get("/key/list?return_full_object=maybe"), 422)
    for path in ("/key/list?key_alias=%00", "/key/list?user_id=a%0Ab", "/key/aliases?search=%00"):
        expect_both(keys.gateway.get(path), 400, "control characters")
    assert keys.list("key_alias=two+words")["total_count"] == 0


def test_many_keys_are_shown_at_once(keys: Keys) -> None:
    first, second = keys.make(key_alias="a"), keys.make(key_alias="b")
    shown = keys.post("/v2/key/info", {"keys": [first["key"], second["token"], "sk-none"]}).json
    assert shown["key"] == [first["key"], second["token"], "sk-none"]
    assert {row["key_alias"] for row in shown["info"]} == {"a", "b"}
    expect_both(keys.post("/v2/key/info", {"keys": ["sk-none"]}), 404)
    expect_both(keys.post("/v2/key/info", {}), 422)


# Who may


@pytest.fixture
def people(keys: Keys) -> People:
    return People(keys)


class People:
    """A team with an admin, a member and somebody outside, each with a key."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        for name in ("u-lead", "u-member", "u-other"):
            keys.user(name, teams=["t-1"] if name != "u-other" else [])
        keys.user("u-admin", "proxy_admin")
        keys.user("u-viewer", "proxy_admin_viewer")
        keys.user("u-watcher", "internal_user_viewer")
        keys.team("t-1", {"u-lead": "admin", "u-member": "user"})
        self.lead = keys.make(user_id="u-lead")["key"]
        self.member = keys.make(user_id="u-member")["key"]
        self.other = keys.make(user_id="u-other")["key"]
        self.admin = keys.make(user_id="u-admin")["key"]
        self.viewer = keys.make(user_id="u-viewer")["key"]
        self.watcher = keys.make(user_id="u-watcher")["key"]
        self.of_nobody = keys.make()["key"]


def test_people_see_and_manage_their_own_keys(people: People) -> None:
    keys = people.keys
    mine = keys.make(people.other, key_alias="mine")
    assert mine["user_id"] == mine["created_by"] == "u-other"
    assert keys.info(mine["key"], people.other)["key_alias"] == "mine"
    listed = keys.list(by=people.other)["keys"]
    assert set(listed) == {mine["token"], digest(people.other)}
    change = {"key": mine["key"], "rpm_limit": 3}
    assert keys.post("/key/update", change, people.other).status == 200
    assert keys.post(f"/key/{mine['token']}/regenerate", {}, people.other).status == 200

    theirs = keys.make(user_id="u-member")["key"]
    expect_both(
        keys.gateway.get(f"/key/info?key={theirs}", bearer(people.other)),
        403,
        "You are not allowed to access this key's info. Your role=internal_user",
    )
    for path, body in (
        ("/key/update", {"key": theirs, "rpm_limit": 3}),
        ("/key/delete", {"keys": [theirs]}),
        ("/key/block", {"key": theirs}),
        (f"/key/{theirs}/regenerate", {}),
        (f"/key/{theirs}/reset_spend", {"reset_to": 0}),
        ("/v2/key/info", {"keys": [theirs]}),
        ("/key/bulk_update", {"keys": [{"key": theirs, "max_budget": 1}]}),
        ("/key/generate", {"user_id": "u-member"}),
    ):
        expect_both(keys.post(path, body, people.other), 403)
    expect_both(keys.post("/key/generate", {}, people.of_nobody), 403)
    for query in ("user_id=u-member", "team_id=t-1", "organization_id=o"):
        expect_both(
            keys.gateway.get(f"/key/list?{query}", bearer(people.other)), 403, "not authorized"
        )
    assert keys.call(theirs).status == 200, "nothing has happened to it"


def test_team_admins_manage_the_keys_of_their_team(people: People) -> None:
    keys = people.keys
    made = keys.make(people.lead, team_id="t-1", user_id="u-member")
    assert keys.post("/key/update", {"key": made["key"], "rpm_limit": 3}, people.lead).status == 200
    assert keys.post(f"/key/{made['key']}/reset_spend", {"reset_to": 0}, people.lead).status == 200
    assert made["token"] in keys.list("team_id=t-1", people.lead)["keys"]
    assert made["token"] in keys.list("include_team_keys=true", people.lead)["keys"]
    assert made["token"] not in keys.list(by=people.lead)["keys"]
    expect_both(
        keys.post("/key/generate", {"team_id": "t-1"}, people.member),
        403,
        "Team member does not have permissions",
        "team_member_permission_error",
    )
    expect_both(
        keys.post("/key/generate", {"team_id": "t-1"}, people.other),
        400,
        "User=u-other not assigned to team=t-1",
    )
    assert keys.post("/key/delete", {"keys": [made["key"]]}, people.lead).status == 200


def test_a_team_admin_gets_no_key_of_a_proxy_admin(people: People) -> None:
    keys = people.keys
    keys.team("t-2", {"u-lead": "admin", "u-admin": "user"})
    key = keys.make(team_id="t-2", user_id="u-admin")["key"]
    expect_both(
        keys.post("/key/generate", {"team_id": "t-2", "user_id": "u-admin"}, people.lead), 403
    )
    expect_both(keys.post(f"/key/{key}/regenerate", {}, people.lead), 403)
    mine = keys.make(people.lead, team_id="t-2")["key"]
    expect_both(
        keys.post("/key/update", {"key": mine, "user_id": "u-admin"}, people.lead), 403
    )


def test_viewers_look_and_change_nothing(people: People) -> None:
    keys = people.keys
    assert keys.info(people.other, people.viewer)["user_id"] == "u-other"
    assert keys.list(by=people.viewer)["total_count"] >= 6
    keys.post("/key/generate", {}, people.viewer).expect_error(403)
    keys.post("/key/delete", {"keys": [people.other]}, people.viewer).expect_error(403)
    keys.post("/key/generate", {}, people.watcher).expect_error(401)
    assert keys.info(people.watcher, people.watcher)["user_id"] == "u-watcher"


def test_proxy_admins_do_what_the_master_key_does(people: People) -> None:
    made = people.keys.make(people.admin, user_id="u-other", max_budget=1)
    assert made["created_by"] == "u-admin"
    assert people.keys.post("/key/block", {"key": made["key"]}, people.admin).status == 200


@pytest.mark.parametrize(
    ("own", "beyond"),
    [
        ({"models": ["m"]}, {"models": ["n"]}),
        ({"models": ["m"]}, {"models": ["*"]}),
        ({"models": ["m"]}, {"aliases": {"m": "n"}}),
        ({"models": ["m"]}, {"config": {"a": 1}}),
        ({"max_budget": 5}, {"max_budget": 6}),
        ({"max_budget": 5, "budget_duration": "30d"}, {"budget_duration": "1d", "max_budget": 5}),
        ({"rpm_limit": 5}, {"rpm_limit": 6}),
        ({"tpm_limit": 5}, {"tpm_limit": 6}),
        ({"max_parallel_requests": 5}, {"max_parallel_requests": 6}),
        ({"duration": "1h"}, {"duration": "2h"}),
        ({"allowed_routes": ["/key", "/v1"]}, {"allowed_routes": ["/spend"]}),
        ({}, {"permissions": {"get_spend_routes": True}}),
        ({}, {"metadata": {"temp_budget_increase": 5, "temp_budget_expiry": "2099-01-01"}}),
    ],
    ids=lambda value: "-".join(value) or "any",
)
def test_nobody_grants_what_they_do_not_hold(
    keys: Keys, own: dict[str, Any], beyond: dict[str, Any]
) -> None:
    keys.user("u-1")
    key = keys.make(user_id="u-1", **own)["key"]
    rich = keys.make(user_id="u-1", max_budget=99, models=["m", "n"])["key"]
    before = rows(keys.store, "LiteLLM_VerificationToken")
    expect_both(keys.post("/key/generate", beyond, key), 403)
    expect_both(keys.post("/key/update", {"key": key, **beyond}, key), 403)
    assert rows(keys.store, "LiteLLM_VerificationToken") == before
    if own:
        expect_both(keys.post(f"/key/{rich}/regenerate", {}, key), 403)
        assert keys.call(rich).status == 200
    made = keys.make(key)
    for field in ("models", "max_budget", "budget_duration", "rpm_limit", "tpm_limit"):
        if field in own:
            assert made[field] == own[field], "what it does not say it has from its maker"
    assert keys.make(**beyond)


def test_keys_of_a_kind_reach_their_routes(keys: Keys) -> None:
    llm = keys.make(key_type="llm_api")["key"]
    assert keys.call(llm).status == 200
    keys.gateway.get("/key/info", bearer(llm)).expect_error(403)
    management = keys.make(key_type="management")["key"]
    keys.call(management).expect_error(403)
    reading = keys.make(key_type="read_only")["key"]
    assert keys.gateway.get("/key/info", bearer(reading)).status == 200
    keys.call(reading).expect_error(403)


# Rules of the configuration


def test_the_configuration_sets_defaults_and_bounds(store: Store, start: StartGateway) -> None:
    settings = {
        "default_key_generate_params": {"models": ["m"], "metadata": {"by": "default"}},
        "upperbound_key_generate_params": {"max_budget": 10, "duration": "30d"},
        "key_generation_settings": {
            "personal_key_generation": {
                "allowed_user_roles": ["proxy_admin"],
                "required_params": ["key_alias"],
            }
        },
        "enable_key_alias_format_validation": True,
    }
    keys = Keys(start(config(litellm_settings=settings), env=store.env), store)
    made = keys.make(key_alias="aa")
    assert made["models"] == ["m"] and made["metadata"] == {"by": "default"}
    assert made["max_budget"] == 10.0 and made["expires"]
    expect_both(
        keys.post("/key/generate", {"key_alias": "bb", "max_budget": 11}),
        400,
        "max_budget is over max limit set in config - user_value=11.0; max_value=10.0",
    )
    expect_both(keys.post("/key/generate", {}), 400, "Required param key_alias not in data")
    expect_both(keys.post("/key/generate", {"key_alias": "a b"}), 400, "key_alias")
    expect_both(keys.post("/key/generate", {"key_alias": "c", "team_id": "t"}), 400)
    keys.user("u-1")
    own = keys.make(key_alias="dd", user_id="u-1")["key"]
    expect_both(
        keys.post("/key/generate", {"key_alias": "ee"}, own),
        400,
        "Personal key creation has been restricted by admin.",
    )


def test_promised_throughput_is_not_promised_twice(keys: Keys) -> None:
    keys.team("t-1", {}, tpm_limit=100)
    promise = {"team_id": "t-1", "tpm_limit_type": "guaranteed_throughput"}
    keys.make(tpm_limit=70, **promise)
    expect_both(
        keys.post("/key/generate", {"tpm_limit": 40, **promise}),
        400,
        "Allocated TPM limit=70 + Key TPM limit=40 is greater than team TPM limit=100",
    )
    keys.make(tpm_limit=30, **promise)


def test_changes_are_audited_where_that_is_asked_for(store: Store, start: StartGateway) -> None:
    keys = Keys(start(config(litellm_settings={"store_audit_logs": True}), env=store.env), store)
    headers = [*AUTH, ("litellm-changed-by", "lena")]
    made = keys.gateway.post("/key/generate", {"metadata": {"logging": [{"secret": "x"}]}}, headers)
    key = made.json["key"]
    keys.gateway.post("/key/update", {"key": key, "rpm_limit": 5}, headers)
    keys.post("/key/block", {"key": key})
    keys.post("/key/unblock", {"key": key})
    fresh = keys.post(f"/key/{key}/regenerate", {}).json["key"]
    keys.post("/key/delete", {"keys": [fresh]})
    entries = keys.store.query('select * from "LiteLLM_AuditLog" order by updated_at')
    assert [entry["action"] for entry in entries] == [
        "created",
        "updated",
        "blocked",
        "unblocked",
        "rotated",
        "deleted",
    ]
    assert [entry["changed_by"] for entry in entries[:3]] == ["lena", "lena", "default_user_id"]
    assert {entry["table_name"] for entry in entries} == {"LiteLLM_VerificationToken"}
    assert entries[1]["before_value"]["rpm_limit"] is None
    assert entries[1]["updated_values"]["rpm_limit"] == 5
    assert "secret" not in repr(entries)


# Bad input

BAD: list[tuple[str, dict[str, Any]]] = [
    ("models", {"models": "m"}),
    ("models of numbers", {"models": [1]}),
    ("negative budget", {"max_budget": -1}),
    ("budget in words", {"max_budget": "ten"}),
    ("budget beyond money", {"max_budget": 1e300}),
    ("negative soft budget", {"soft_budget": -1}),
    ("negative spend", {"spend": -0.5}),
    ("negative tokens", {"tpm_limit": -5}),
    ("half a request", {"rpm_limit": 0.5}),
    ("parallel beyond the column", {"max_parallel_requests": 2**40}),
    ("duration", {"duration": "next week"}),
    ("budget duration", {"budget_duration": "30"}),
    ("budget window", {"budget_limits": [{"max_budget": 5}]}),
    ("model budget", {"model_max_budget": {"m": {"budget_limit": -5, "time_period": "1d"}}}),
    ("metadata", {"metadata": ["a"]}),
    ("huge metadata", {"metadata": {"a": "x" * 70_000}}),
    ("metadata with NUL", {"metadata": {"a": "\x00"}}),
    ("deep metadata", {"metadata": {"a": json.loads("[" * 500 + "]" * 500)}}),
    ("alias with NUL", {"key_alias": "a\x00b"}),
    ("long alias", {"key_alias": "x" * 600}),
    ("aliases", {"aliases": {"m": 5}}),
    ("tags", {"tags": "a"}),
    ("user", {"user_id": {"a": 1}}),
    ("key without sk-", {"key": "mine-1234567890"}),
    ("key that is the master key", {"key": KEY}),
    ("unknown budget", {"budget_id": "none"}),
    ("key type", {"key_type": "root"}),
    ("rotation without interval", {"auto_rotate": True}),
]


def test_bad_input_is_refused_and_nothing_is_written(keys: Keys) -> None:
    taken = keys.make(key_alias="taken", key="sk-taken-1234")
    for name, body in [
        *BAD,
        ("alias taken", {"key_alias": "taken"}),
        ("key taken", {"key": "sk-taken-1234"}),
    ]:
        reply = keys.post("/key/generate", body)
        assert 400 <= reply.status < 500, f"{name}: {reply.status} {reply.text}"
        expect_both(reply, reply.status)
    other = keys.make(key_alias="other")["key"]
    before = keys.info(other)
    for name, body in [*BAD[:23], *BAD[25:], ("alias taken", {"key_alias": "taken"})]:
        reply = keys.post("/key/update", {"key": other, "models": ["n"], **body})
        assert 400 <= reply.status < 500, f"{name}: {reply.status} {reply.text}"
        expect_both(reply, reply.status)
    assert keys.info(other) == before
    broken = (b"{", b"[]", b'{"models": []', b'{"a": 1, "a": 2}', b"\xff\xfe", b'{"a": "\xff"}')
    for text in broken:
        with keys.gateway.wire() as wire:
            reply = wire.post("/key/generate", text, AUTH)
        assert reply.status == 400, reply.text
    hashes = {taken["token"], digest(other)}
    stored = keys.store.query('select token from "LiteLLM_VerificationToken"')
    assert {row["token"] for row in stored} == hashes
    assert rows(keys.store, "LiteLLM_BudgetTable") == 0


NASTY = """x'); drop table "LiteLLM_VerificationToken"; -- \\ " $1 {a,b}"""


def test_sql_in_names_is_text(keys: Keys) -> None:
    made = keys.make(
        key_alias=NASTY, user_id=NASTY, team_id=NASTY, models=[NASTY], metadata={NASTY: NASTY}
    )
    info = keys.info(made["token"])
    assert info["key_alias"] == info["user_id"] == info["team_id"] == NASTY
    assert info["models"] == [NASTY] and info["metadata"] == {NASTY: NASTY}
    assert keys.post("/key/delete", {"key_aliases": [NASTY]}).json == {"deleted_keys": [NASTY]}
    assert keys.post("/key/delete", {"keys": [NASTY]}).status == 404
    assert keys.gateway.get("/key/info?key=%27%3B--").status == 404


def test_of_many_who_want_an_alias_one_gets_it(keys: Keys) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(lambda _: keys.post("/key/generate", {"key_alias": "one"}), range(8))
        )
    assert sorted(reply.status for reply in replies) == [200] + [400] * 7
    assert rows(keys.store, "LiteLLM_VerificationToken") == 1


# Several processes, and a store that goes away


def test_what_one_process_changes_another_hears_of(
    postgres: PostgresStore, start: StartGateway
) -> None:
    one, two = (
        Keys(start(config(), env=postgres.env), postgres),
        Keys(start(config(), env=postgres.env), postgres),
    )
    key = one.make()["key"]
    assert two.call(key).status == 200
    one.post("/key/block", {"key": key})
    until(lambda: two.call(key).status == 401, "the block is heard of", HEARD)
    one.post("/key/unblock", {"key": key})
    until(lambda: two.call(key).status == 200, "the end of the block is heard of", HEARD)
    fresh = one.post(f"/key/{key}/regenerate", {}).json["key"]
    until(lambda: two.call(key).status == 401, "the old key is forgotten", HEARD)
    assert two.call(fresh).status == 200
    two.post("/key/delete", {"keys": [fresh]})
    until(lambda: one.call(fresh).status == 401, "the deletion is heard of", HEARD)


def test_while_the_store_is_away_known_keys_work(
    postgres: PostgresStore, start: StartGateway
) -> None:
    keys = Keys(start(config(), env=postgres.env), postgres)
    key, unused = keys.make()["key"], keys.make()["key"]
    keys.hear_all()
    assert keys.call(key).status == 200
    postgres.stop()
    assert keys.call(key).status == 200
    for path, body, by in (
        (CHAT, chat_body(), unused),
        (CHAT, chat_body(), "sk-nobody-knows"),
        ("/key/generate", {}, KEY),
        ("/key/block", {"key": key}, KEY),
    ):
        reply = keys.gateway.post(path, body, bearer(by))
        reply.expect_error(503)
        assert reply.header("retry-after"), path
    keys.gateway.get("/key/list").expect_error(503)
    assert keys.call(key).status == 200
    postgres.start()
    until(lambda: keys.call(unused).status == 200, "it heals", 15)
    assert keys.make()["key"]
    assert keys.call("sk-nobody-knows").status == 401
