"""A database that LiteLLM made is taken over as it stands: what was there stays, value by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import answers
import fake_upstream as up
from admin_rows import bearer
from conftest import StartGateway
from fake_upstream import FakeUpstream
from gateway import Gateway, model
from stores import PostgresStore
from wire import until

SCHEMA = Path(__file__).parent / "litellm_schema.sql"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def litellm(postgres: PostgresStore) -> PostgresStore:
    postgres.execute(SCHEMA.read_text())
    return postgres


def tables(store: PostgresStore) -> list[str]:
    found = store.query("select tablename from pg_tables where schemaname = 'public'")
    return sorted(row["tablename"] for row in found)


def columns(store: PostgresStore) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Type, whether null may be, and default of each."""
    found = store.query(
        "select table_name, column_name, data_type, udt_name, is_nullable, column_default,"
        " datetime_precision from information_schema.columns where table_schema = 'public'"
    )
    return {(row["table_name"], row["column_name"]): tuple(row.values())[2:] for row in found}


def rows(store: PostgresStore, shape: dict[tuple[str, str], Any]) -> Rows:
    """Every row, in the columns of `shape`, as texts: equal means equal to the last digit."""
    result: Rows = {}
    for table in {table for table, _ in shape}:
        names = sorted(column for of, column in shape if of == table)
        listed = ", ".join(f'"{name}"::text' for name in names)
        # In an order of their own: migrations move rows about.
        result[table] = sorted(store.query(f'select {listed} from "{table}"'), key=repr)
    return result


def test_everything_that_was_there_stays_as_it_was(
    litellm: PostgresStore, start: StartGateway
) -> None:
    shape = columns(litellm)
    before = rows(litellm, shape)
    assert all(before.values()), "each table of the old database has a row"

    gateway = start({}, env=litellm.env)
    until(lambda: gateway.get("/health/readiness", ()).status == 200, "taken over")

    after = columns(litellm)
    assert {at: after[at] for at in shape} == shape
    assert rows(litellm, shape) == before


def test_what_an_older_version_lacks_is_added(litellm: PostgresStore, start: StartGateway) -> None:
    old = set(tables(litellm))
    gateway = start({}, env=litellm.env)
    until(lambda: gateway.get("/health/readiness", ()).status == 200, "taken over")

    new = set(tables(litellm)) - old
    assert {"LiteLLM_OrganizationTable", "LiteLLM_DailyTagSpend", "LiteLLM_TagTable"} <= new
    assert all(name.startswith(("LiteLLM_", "tollweir_")) for name in new)
    (key,) = litellm.query(
        'select access_group_ids, auto_rotate, rotation_count from "LiteLLM_VerificationToken"'
        " where key_alias = 'ci-runner'"
    )
    assert key == {"access_group_ids": [], "auto_rotate": False, "rotation_count": 0}


def test_an_index_over_the_same_columns_is_not_made_twice(
    litellm: PostgresStore, start: StartGateway
) -> None:
    gateway = start({}, env=litellm.env)
    until(lambda: gateway.get("/health/readiness", ()).status == 200, "taken over")

    twice = litellm.query(
        "select indrelid::regclass::text as on_table, indkey::text,"
        " pg_get_expr(indpred, indrelid) as of_rows from pg_index"
        " where indrelid::regclass::text like '\"LiteLLM_%' group by 1, 2, 3 having count(*) > 1"
    )
    assert twice == []


def test_constraints_that_litellm_counts_on_still_hold(
    litellm: PostgresStore, start: StartGateway
) -> None:
    keys = "select conname, pg_get_constraintdef(oid) as text from pg_constraint where connamespace = 'public'::regnamespace"
    before = {row["conname"]: row["text"] for row in litellm.query(keys)}
    gateway = start({}, env=litellm.env)
    until(lambda: gateway.get("/health/readiness", ()).status == 200, "taken over")

    after = {row["conname"]: row["text"] for row in litellm.query(keys)}
    assert {name: after.get(name) for name in before} == before
    # As Prisma does it: nothing of ours is named.
    litellm.execute(
        'insert into "LiteLLM_VerificationToken" (token, models) values ($1, $2)', "hash", ["m"]
    )
    litellm.execute('update "LiteLLM_VerificationToken" set spend = spend + 0.5')
    litellm.execute('delete from "LiteLLM_BudgetTable"')
    assert {row["budget_id"] for row in litellm.query('select budget_id from "LiteLLM_VerificationToken"')} == {None}


PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}
COST = 9 * 0.001 + 3 * 0.002  # of answers.USAGE


def serving(start: StartGateway, store: PostgresStore, upstream: FakeUpstream) -> Gateway:
    upstream.always(up.json(answers.completion()))
    gateway = start({"model_list": [model("m", upstream.base, **PRICED)]}, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    return gateway


def test_keys_of_litellm_go_on_working(
    litellm: PostgresStore, upstream: FakeUpstream, start: StartGateway
) -> None:
    shape = columns(litellm)
    before = rows(litellm, shape)
    gateway = serving(start, litellm, upstream)

    assert gateway.chat("m", bearer("sk-takeover-open"), user="cust-77").status == 200
    refused = gateway.chat("m", bearer("sk-takeover-blocked"))
    assert refused.status == 401
    assert "Key is blocked" in refused.json["error"]["message"]
    assert gateway.chat("m", bearer("sk-takeover-wrong")).status == 401

    def spends() -> dict[str, float]:
        return {
            table: litellm.query(f'select spend from "LiteLLM_{table}" where {where}')[0]["spend"]
            for table, where in {
                "VerificationToken": "key_alias = 'ci-runner'",
                "TeamTable": "team_id = 't-search'",
                "UserTable": "user_id = 'u-lena'",
                "EndUserTable": "user_id = 'cust-77'",
            }.items()
        }

    until(lambda: spends()["EndUserTable"] > 0.25, "the call is booked")
    assert spends() == pytest.approx(
        {
            "VerificationToken": 0.41 + COST,
            "TeamTable": 12.345678901234567 + COST,
            "UserTable": 3.5 + COST,
            "EndUserTable": 0.25 + COST,
        },
        abs=1e-12,
    )
    gateway.stop()
    # What a call changes; the rest is as LiteLLM left it, and the new row is beside the old.
    changing = {"spend", "updated_at", "last_active"}
    kept = {at: shape[at] for at in shape if at[1] not in changing}
    old = {at: shape[at] for at in kept if at[0] != "LiteLLM_SpendLogs"}
    untouched = {
        table: sorted(({name: row[name] for name in row if name not in changing} for row in of), key=repr)
        for table, of in before.items()
        if table != "LiteLLM_SpendLogs"
    }
    assert rows(litellm, old) == untouched
    of_logs = {at: shape[at] for at in shape if at[0] == "LiteLLM_SpendLogs"}
    assert before["LiteLLM_SpendLogs"][0] in rows(litellm, of_logs)["LiteLLM_SpendLogs"]


# What the unique index over sums by day had beside user, date, key, model and provider, in versions
# of LiteLLM that are still about.
OLD_INDEXES = {"before tools": "", "before endpoints": ", mcp_namespaced_tool_name"}


@pytest.mark.parametrize("age", OLD_INDEXES)
def test_sums_by_day_of_an_older_litellm_go_on(
    litellm: PostgresStore, upstream: FakeUpstream, start: StartGateway, age: str
) -> None:
    over = "(user_id, date, api_key, model, custom_llm_provider" + OLD_INDEXES[age] + ")"
    litellm.execute(
        """create table "LiteLLM_DailyUserSpend" (
            "id" text not null, "user_id" text not null, "date" text not null, "api_key" text not null,
            "model" text not null, "model_group" text, "custom_llm_provider" text,
            "mcp_namespaced_tool_name" text, "prompt_tokens" integer not null default 0,
            "completion_tokens" integer not null default 0, "spend" double precision not null default 0.0,
            "api_requests" integer not null default 0, "created_at" timestamp(3) not null default current_timestamp,
            "updated_at" timestamp(3) not null,
            constraint "LiteLLM_DailyUserSpend_pkey" primary key ("id"))"""
    )
    litellm.execute(
        'create unique index "LiteLLM_DailyUserSpend_user_id_date_api_key_model_custom_ll_key"'
        f' on "LiteLLM_DailyUserSpend" {over}'
    )
    gateway = serving(start, litellm, upstream)
    key = bearer("sk-takeover-open")
    for call in (gateway.chat("m", key), gateway.post("/completions", {"model": "m", "prompt": "hi"}, key)):
        assert call.status == 200, call.text

    def requests() -> list[int]:
        found = litellm.query('select api_requests from "LiteLLM_DailyUserSpend" where user_id = $1', "u-lena")
        return [row["api_requests"] for row in found]

    until(lambda: requests() == [2], "one row for both")
    # As that LiteLLM goes on with it.
    litellm.execute(
        'insert into "LiteLLM_DailyUserSpend" as own (id, user_id, date, api_key, model, custom_llm_provider,'
        " mcp_namespaced_tool_name, updated_at) select 'theirs', user_id, date, api_key, model,"
        ' custom_llm_provider, mcp_namespaced_tool_name, now() from "LiteLLM_DailyUserSpend"'
        f" where user_id = 'u-lena' on conflict {over} do update set api_requests = own.api_requests + 1"
    )
    assert requests() == [3]
