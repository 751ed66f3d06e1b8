"""Users and teams that the configuration declares (docs/configuration.md, `users` and `teams`)."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from fake_upstream import FakeUpstream
from gateway import Gateway, StartGateway, model
from limits_test import CALL, PRICED, answer, chat, error_of, generate
from stores import PostgresStore, Store
from wire import until

PEOPLE: dict[str, Any] = {
    "users": [{"user_id": "lena", "spend_limit": 2 * CALL, "duration": "1mo"}, {"user_id": "max"}],
    "teams": [
        {
            "team_id": "search",
            "team_alias": "Search",
            "members": ["max"],
            "spend_limit": CALL,
            "duration": "1mo",
        }
    ],
}


def declared(upstream: FakeUpstream, **people: Any) -> dict[str, Any]:
    return {"model_list": [model("m", upstream.base, **PRICED)], **people}


def budget_of(store: Store, user: str) -> Any:
    rows = store.query('select max_budget from "LiteLLM_UserTable" where user_id = $1', user)
    return rows[0]["max_budget"] if rows else None


def start_declared(settings: dict[str, Any], store: Store, start: StartGateway) -> Gateway:
    gateway = start(settings, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")

    def is_there() -> bool:
        return bool(store.query('select 1 as one from "LiteLLM_TeamTable" where team_id = $1', "search"))

    until(is_there, "the team of the configuration")
    return gateway


def test_their_budgets_bind(upstream: FakeUpstream, store: Store, start: StartGateway) -> None:
    gateway = start_declared(declared(upstream, **PEOPLE), store, start)
    lena = generate(gateway, user_id="lena")
    search = generate(gateway, user_id="max", team_id="search")
    answer(upstream, 3)
    assert [chat(gateway, key).status for key in (lena, lena, search)] == [200, 200, 200]
    assert error_of(chat(gateway, lena))["message"].startswith("ExceededBudget: User=lena over budget.")
    assert error_of(chat(gateway, search))["message"].startswith("Budget has been exceeded! Team=search")


def test_a_restart_changes_nothing_and_what_people_spent_counts_on(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    settings = declared(upstream, **PEOPLE)
    gateway = start_declared(settings, store, start)
    key = generate(gateway, user_id="lena")
    answer(upstream, 2)
    assert [chat(gateway, key).status for _ in range(2)] == [200, 200]
    gateway.stop()
    before = store.query('select * from "LiteLLM_UserTable" order by user_id')
    again = start(settings, env=store.env, directory=gateway.directory)
    until(lambda: again.get("/health/readiness", ()).json["db"] == "connected", "the store")
    assert chat(again, key).status == 429
    assert store.query('select * from "LiteLLM_UserTable" order by user_id') == before


def test_a_file_of_its_own_and_a_reload(
    upstream: FakeUpstream, store: Store, start: StartGateway, tmp_path: Path
) -> None:
    settings = declared(upstream, general_settings={"user_config": "people.yaml"})
    people = tmp_path / "people.yaml"
    people.write_text("users:\n  - {user_id: lena, max_budget: 1}\n")
    gateway = start(settings, env=store.env, directory=tmp_path)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    until(lambda: budget_of(store, "lena") == 1, "the user of the file")
    people.write_text("users:\n  - {user_id: lena, max_budget: 2}\n")
    gateway.signal(signal.SIGHUP)
    until(lambda: budget_of(store, "lena") == 2, "the new budget")


def test_a_store_that_is_away_at_the_start_gets_them_later(
    upstream: FakeUpstream, postgres: PostgresStore, start: StartGateway
) -> None:
    postgres.stop()
    start(declared(upstream, **PEOPLE), env=postgres.env)
    postgres.start()

    def has_budget() -> bool:
        tables = postgres.query("select to_regclass('\"LiteLLM_UserTable\"') as found")
        return bool(tables[0]["found"]) and budget_of(postgres, "lena") == 2 * CALL

    until(has_budget, "the declared user")


def test_aliases_of_a_user_are_those_of_its_keys(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    people = {
        "users": [{"user_id": "lena", "aliases": {"fast": "m"}}, {"user_id": "max"}],
        "teams": PEOPLE["teams"],
    }
    settings = declared(upstream, **people)
    gateway = start_declared(settings, store, start)
    assert "users[0].aliases" not in gateway.output
    plain = generate(gateway, user_id="lena")
    own = generate(gateway, user_id="lena", aliases={"other": "m"})
    others = generate(gateway, user_id="max")
    answer(upstream, 2)
    assert chat(gateway, plain, "fast").status == 200
    assert chat(gateway, own, "other").status == 200
    assert chat(gateway, own, "fast").status == 400, "its own are all it has"
    assert chat(gateway, others, "fast").status == 400

    people["users"][0]["aliases"] = {"quick": "m"}
    gateway.write_config(declared(upstream, **people))
    gateway.signal(signal.SIGHUP)
    answer(upstream)
    until(lambda: chat(gateway, plain, "quick").status == 200, "a reload changes them")
    assert chat(gateway, plain, "fast").status == 400
