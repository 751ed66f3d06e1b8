"""Limits and budgets of whomever a key belongs to (docs/budgets.md). Rows are made by SQL, as LiteLLM
writes them: what limits do on their own is tested in tests/unit/limits."""

from __future__ import annotations

from typing import Any

import pytest

import answers
import fake_upstream as up
from conftest import StartGateway
from fake_upstream import FakeUpstream
from gateway import Gateway, model
from limits_test import CALL, PRICED, answer, chat, error_of, generate
from stores import Store
from wire import until

NOW = "2026-11-26 12:00:00"


class People:
    """A gateway and its store, in which rows are made before keys are."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self.gateway = gateway
        self.store = store

    def add(self, table: str, **columns: Any) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
        self.store.execute(
            f'insert into "LiteLLM_{table}" ({names}) values ({marks})', *columns.values()
        )

    def budget(self, name: str, **columns: Any) -> str:
        audit = {"created_by": "a", "updated_by": "a", "updated_at": NOW, "created_at": NOW}
        self.add("BudgetTable", budget_id=name, **audit, **columns)
        return name


@pytest.fixture
def people(upstream: FakeUpstream, store: Store, start: StartGateway) -> People:
    gateway = start(
        {"model_list": [model("m", upstream.base, **PRICED), model("other", upstream.base, **PRICED)]},
        env=store.env,
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    return People(gateway, store)


def test_a_users_budget_binds_all_of_its_keys(people: People, upstream: FakeUpstream) -> None:
    people.add("UserTable", user_id="lena", max_budget=2 * CALL)
    keys = [generate(people.gateway, user_id="lena") for _ in range(2)]
    answer(upstream, 2)
    assert [chat(people.gateway, key).status for key in keys] == [200, 200]
    error = error_of(chat(people.gateway, keys[0]))
    assert error["type"] == "budget_exceeded"
    assert error["message"] == "ExceededBudget: User=lena over budget. Spend=0.1, Budget=0.1"


def test_a_teams_budget_and_rates_bind_all_of_its_keys(people: People, upstream: FakeUpstream) -> None:
    people.add("TeamTable", team_id="search", max_budget=2 * CALL, rpm_limit=10, updated_at=NOW)
    keys = [generate(people.gateway, team_id="search") for _ in range(2)]
    answer(upstream, 2)
    replies = [chat(people.gateway, key) for key in keys]
    assert [reply.status for reply in replies] == [200, 200]
    assert replies[1].header("x-ratelimit-team-remaining-requests") == "8"
    refused = chat(people.gateway, keys[0])
    assert refused.status == 429
    assert error_of(refused)["message"].startswith(
        "Budget has been exceeded! Team=search Current cost: 0.1, Max budget: 0.1"
    )


def test_a_teams_requests_a_minute(people: People, upstream: FakeUpstream) -> None:
    people.add("TeamTable", team_id="search", rpm_limit=1, updated_at=NOW)
    keys = [generate(people.gateway, team_id="search", key_alias=f"k{i}") for i in range(2)]
    answer(upstream)
    assert chat(people.gateway, keys[0]).status == 200
    refused = chat(people.gateway, keys[1])
    assert refused.status == 429
    assert error_of(refused)["message"].startswith("Rate limit exceeded for team: search.")


def test_a_members_budget_is_its_own_or_the_teams_for_members(
    people: People, upstream: FakeUpstream
) -> None:
    default = people.budget("members", max_budget=CALL)
    own = people.budget("lenas", max_budget=2 * CALL)
    people.add(
        "TeamTable",
        team_id="search",
        metadata={"team_member_budget_id": default},
        updated_at=NOW,
    )
    people.store.execute(
        'update "LiteLLM_TeamTable" set members_with_roles = '
        """'[{"role": "user", "user_id": "lena"}, {"role": "user", "user_id": "max"}]'"""
    )
    people.add("TeamMembership", user_id="lena", team_id="search", budget_id=own)
    lena, max_ = (generate(people.gateway, team_id="search", user_id=user) for user in ("lena", "max"))
    answer(upstream, 3)
    assert [chat(people.gateway, key).status for key in (lena, lena, max_)] == [200, 200, 200]
    for user, key, cap in (("lena", lena, "0.1"), ("max", max_, "0.05")):
        assert error_of(chat(people.gateway, key))["message"].startswith(
            f"Budget has been exceeded! User={user} in Team=search Current cost: {cap}, Max budget: {cap}"
        )


def organization(people: People, name: str, budget: str) -> None:
    people.add(
        "OrganizationTable",
        organization_id=name,
        organization_alias=name,
        budget_id=budget,
        created_by="a",
        updated_by="a",
        updated_at=NOW,
    )


def test_an_organizations_budget_binds_keys_of_its_teams(people: People, upstream: FakeUpstream) -> None:
    organization(people, "acme", people.budget("acmes", max_budget=CALL))
    people.add("TeamTable", team_id="search", organization_id="acme", updated_at=NOW)
    key = generate(people.gateway, team_id="search")
    answer(upstream)
    assert chat(people.gateway, key).status == 200
    assert error_of(chat(people.gateway, key))["message"].startswith(
        "Budget has been exceeded! Organization=acme Current cost: 0.05, Max budget: 0.05"
    )


def test_a_members_budget_in_an_organization_binds_its_keys_in_all_teams_of_it(
    people: People, upstream: FakeUpstream
) -> None:
    organization(people, "acme", people.budget("acmes", max_budget=100.0))
    organization(people, "other", people.budget("others", max_budget=100.0))
    people.budget("lenas", max_budget=2 * CALL, budget_duration="30d")
    times = {"created_at": NOW, "updated_at": NOW}
    people.add(
        "OrganizationMembership", user_id="lena", organization_id="acme", budget_id="lenas", **times
    )
    people.add("OrganizationMembership", user_id="max", organization_id="acme", **times)
    people.add("UserTable", user_id="lena")
    for team in ("search", "ads"):
        people.add("TeamTable", team_id=team, organization_id="acme", updated_at=NOW)
    search = generate(people.gateway, team_id="search", user_id="lena")
    own = generate(people.gateway, organization_id="acme", user_id="lena")
    others = [
        generate(people.gateway, team_id="ads", user_id="max"),
        generate(people.gateway, team_id="ads"),
        generate(people.gateway, organization_id="other", user_id="lena"),
    ]
    answer(upstream, 2)
    assert [chat(people.gateway, key).status for key in (search, own)] == [200, 200]
    for key in (search, own):
        error = error_of(chat(people.gateway, key))
        assert error["type"] == "budget_exceeded"
        assert error["message"].startswith(
            "Budget has been exceeded! User=lena in Organization=acme Current cost: 0.1, Max budget: 0.1"
        )
    answer(upstream, 3)
    assert [chat(people.gateway, key).status for key in others] == [200, 200, 200]

    def spent() -> dict[str, float]:
        rows = people.store.query('select user_id, spend from "LiteLLM_OrganizationMembership"')
        return {row["user_id"]: row["spend"] for row in rows}

    until(lambda: spent() == {"lena": 2 * CALL, "max": CALL}, "each member's spend in its row")
    info = people.gateway.get("/key/info", search).json["info"]
    bound = {limit["entity"]: limit for limit in info["binding_limits"]}["organization_member"]
    assert (bound["id"], bound["max_budget"], bound["budget_duration"]) == ("lena", 2 * CALL, "30d")
    # A higher cap counts from the next call on.
    people.store.execute("""update "LiteLLM_BudgetTable" set max_budget = 10 where budget_id = 'lenas'""")
    answer(upstream)
    until(lambda: chat(people.gateway, own).status == 200, "the change has reached the key")


def test_who_leaves_an_organization_and_comes_again_begins_anew(
    people: People, upstream: FakeUpstream
) -> None:
    organization(people, "acme", people.budget("acmes", max_budget=100.0))
    lena = {"organization_id": "acme", "user_id": "lena"}
    joins = {
        "organization_id": "acme",
        "member": {"role": "internal_user", "user_id": "lena"},
        "max_budget_in_organization": CALL,
    }
    added = people.gateway.post("/organization/member_add", joins)
    assert added.status == 200, added.text
    key = generate(people.gateway, organization_id="acme", user_id="lena")
    answer(upstream, 2)
    assert chat(people.gateway, key).status == 200
    assert chat(people.gateway, key).status == 429
    for path, body in (("member_delete", lena), ("member_add", joins)):
        reply = people.gateway.post(f"/organization/{path}", body)
        assert reply.status == 200, reply.text
    until(lambda: chat(people.gateway, key).status == 200, "the key hears of it")
    assert chat(people.gateway, key).status == 429


def test_a_members_budget_in_an_organization_begins_anew_with_its_period(
    people: People, upstream: FakeUpstream
) -> None:
    organization(people, "acme", people.budget("acmes", max_budget=100.0))
    people.budget("lenas", max_budget=CALL, budget_duration="1s")
    people.add(
        "OrganizationMembership",
        user_id="lena",
        organization_id="acme",
        budget_id="lenas",
        created_at=NOW,
        updated_at=NOW,
    )
    key = generate(people.gateway, organization_id="acme", user_id="lena")
    answer(upstream, 2)
    assert chat(people.gateway, key).status == 200
    until(lambda: chat(people.gateway, key).status == 200, "a second later there is a new budget")


def test_the_tightest_of_all_refuses_and_nothing_is_consumed(
    people: People, upstream: FakeUpstream
) -> None:
    people.add("UserTable", user_id="lena", max_budget=CALL)
    people.add("TeamTable", team_id="search", rpm_limit=10, updated_at=NOW)
    key = generate(people.gateway, team_id="search", user_id="lena", rpm_limit=10)
    answer(upstream)
    assert chat(people.gateway, key).header("x-ratelimit-team-remaining-requests") == "9"
    for _ in range(3):
        assert chat(people.gateway, key).status == 429
    people.store.execute('update "LiteLLM_UserTable" set max_budget = 10')
    answer(upstream)

    def remaining() -> str | None:
        return chat(people.gateway, key).header("x-ratelimit-team-remaining-requests")

    until(lambda: remaining() == "8", "the change reached the key, and refusals took no request")


def test_a_users_budget_may_be_left_out_in_teams(
    upstream: FakeUpstream, store: Store, start: StartGateway
) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "general_settings": {"skip_user_budget_on_team_key": True},
        },
        env=store.env,
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    people = People(gateway, store)
    people.add("UserTable", user_id="lena", max_budget=0)
    people.add("TeamTable", team_id="search", updated_at=NOW)
    answer(upstream)
    assert chat(gateway, generate(gateway, user_id="lena", team_id="search")).status == 200
    assert chat(gateway, generate(gateway, user_id="lena")).status == 429


def test_a_customers_budget_is_its_rows(people: People, upstream: FakeUpstream) -> None:
    people.budget("free", max_budget=CALL, rpm_limit=100)
    people.add("EndUserTable", user_id="cust-77", budget_id="free")
    key = generate(people.gateway)
    answer(upstream, 2)
    reply = chat(people.gateway, key, user="cust-77")
    assert reply.status == 200
    assert reply.header("x-ratelimit-end_user-remaining-requests") == "99"
    error = error_of(chat(people.gateway, key, user="cust-77"))
    assert error["type"] == "budget_exceeded"
    assert error["message"] == "ExceededBudget: End User=cust-77 over budget. Spend=0.05, Budget=0.05"
    assert chat(people.gateway, key, user="another").status == 200


def test_a_customer_that_is_blocked_is_refused_and_heard_of_at_once(
    people: People, upstream: FakeUpstream
) -> None:
    people.add("EndUserTable", user_id="cust-77", blocked=False)
    upstream.always(up.json(answers.completion()))
    assert chat(people.gateway, generate(people.gateway), user="cust-77").status == 200
    people.store.execute('update "LiteLLM_EndUserTable" set blocked = $1', True)
    refused: list[Any] = []

    def is_refused() -> bool:
        refused[:] = [people.gateway.chat("m", user="cust-77")]
        return bool(refused[0].status == 403)

    until(is_refused, "the master key's calls for it are refused too")
    assert error_of(refused[0])["message"] == "User blocked from making LLM API Calls. User=cust-77"


@pytest.mark.parametrize("by", ["max_end_user_budget", "max_end_user_budget_id"])
def test_customers_that_nobody_made_share_a_cap_but_no_budget(
    upstream: FakeUpstream, store: Store, start: StartGateway, by: str
) -> None:
    value: Any = CALL if by == "max_end_user_budget" else "default"
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "litellm_settings": {by: value},
        },
        env=store.env,
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    People(gateway, store).budget("default", max_budget=CALL)
    key = generate(gateway)
    answer(upstream, 2)
    for customer in ("one", "two"):
        assert chat(gateway, key, user=customer).status == 200
        assert error_of(chat(gateway, key, user=customer))["message"].startswith(
            f"ExceededBudget: End User={customer} over budget."
        )
    # What they spent is on rows of theirs, and counts after a restart.
    until(lambda: len(store.query('select user_id from "LiteLLM_EndUserTable"')) == 2, "rows")


def test_a_tags_budget_binds_whoever_names_it(people: People, upstream: FakeUpstream) -> None:
    people.budget("batches", max_budget=CALL)
    people.add("TagTable", tag_name="batch", budget_id="batches")
    keys = [generate(people.gateway), generate(people.gateway, metadata={"tags": ["batch"]})]
    answer(upstream, 2)
    assert chat(people.gateway, keys[0], metadata={"tags": ["batch", "other"]}).status == 200
    for refused in (
        chat(people.gateway, keys[0], tags=["batch"]),
        chat(people.gateway, keys[0] + (("x-litellm-tags", "other, batch"),)),
        chat(people.gateway, keys[1]),
    ):
        assert error_of(refused)["message"].startswith(
            "Budget has been exceeded! Tag=batch Current cost: 0.05, Max budget: 0.05"
        )
    assert chat(people.gateway, keys[0], tags=["other"]).status == 200


def test_a_tags_budget_of_the_file(upstream: FakeUpstream, store: Store, start: StartGateway) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "litellm_settings": {
                "tag_budget_config": {"batch": {"max_budget": CALL, "budget_duration": "1d"}}
            },
        },
        env=store.env,
    )
    key = generate(gateway)
    answer(upstream, 2)
    assert chat(gateway, key, tags=["batch"]).status == 200
    assert error_of(chat(gateway, key, tags=["batch"]))["type"] == "budget_exceeded"
    assert chat(gateway, key).status == 200
