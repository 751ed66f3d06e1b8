"""A database that LiteLLM made is taken over as it stands: what was there stays, value by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import StartGateway
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
        "select indrelid::regclass::text as on_table, indkey::text from pg_index"
        " where indrelid::regclass::text like '\"LiteLLM_%' group by 1, 2 having count(*) > 1"
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
