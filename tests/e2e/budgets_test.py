"""Budget rows: the routes of /budget over both stores."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_rows import Admin, config, expect_both
from gateway import StartGateway
from stores import Store


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(config(), env=store.env), store)


def test_a_budget_is_made_with_every_field(admin: Admin) -> None:
    sent = {
        "budget_id": "free",
        "max_budget": 5,
        "soft_budget": 4.5,
        "max_parallel_requests": 3,
        "tpm_limit": 1000,
        "rpm_limit": 60,
        "budget_duration": "30d",
        "model_max_budget": {"m": {"budget_limit": 1, "time_period": "1d"}},
        "allowed_models": ["m"],
    }
    made = admin.ok("/budget/new", sent)
    assert {name: made[name] for name in sent} == sent
    assert made["created_by"] == made["updated_by"] == "default_user_id"
    reset = datetime.fromisoformat(made["budget_reset_at"])
    assert reset.astimezone(UTC).day == 1 and reset > datetime.now(UTC)  # the first of a month
    assert admin.ok("/budget/info", {"budgets": ["free", "no-such"]}) == [made]
    assert admin.get("/budget/list") == [made]


def test_a_budget_needs_no_field_and_gets_an_id(admin: Admin) -> None:
    made = admin.ok("/budget/new", {})
    assert len(made["budget_id"]) == 36 and made["max_budget"] is None
    other = admin.ok("/budget/new", {"budget_reset_at": "2031-01-01T00:00:00Z"})
    assert other["budget_reset_at"] == "2031-01-01T00:00:00.000000+00:00"


def test_only_what_is_sent_changes_and_null_and_zero_take_effect(admin: Admin) -> None:
    admin.ok(
        "/budget/new",
        {"budget_id": "free", "max_budget": 5, "rpm_limit": 60, "budget_duration": "1d"},
    )
    changed = admin.ok("/budget/update", {"budget_id": "free", "max_budget": 0})
    assert changed["max_budget"] == 0 and changed["rpm_limit"] == 60
    assert changed["budget_duration"] == "1d" and changed["budget_reset_at"]
    changed = admin.ok(
        "/budget/update",
        {"budget_id": "free", "max_budget": None, "rpm_limit": None, "budget_duration": None},
    )
    assert changed["max_budget"] is None and changed["rpm_limit"] is None
    assert changed["budget_duration"] is None and changed["budget_reset_at"] is None
    assert admin.ok("/budget/info", {"budgets": ["free"]}) == [changed]


def test_errors_name_the_field(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free"})
    expect_both(
        admin.post("/budget/new", {"budget_id": "free"}),
        400,
        "Budget with id 'free' already exists.",
    )
    expect_both(
        admin.post("/budget/new", {"max_budget": -1}),
        400,
        "max_budget must be a non-negative finite number. Received: -1.0",
    )
    assert admin.post("/budget/new", {"budget_duration": "soon"}).status == 400
    assert admin.post("/budget/new", {"budget_id": "tollweir-mine"}).status == 400
    assert admin.post("/budget/new", {"rpm_limit": "many"}).status == 422
    assert admin.post("/budget/update", {"max_budget": 1}).status == 422
    expect_both(admin.post("/budget/update", {"budget_id": "no"}), 404, "budget_id=no")
    expect_both(admin.post("/budget/delete", {"id": "no"}), 404, "budget_id=no")
    expect_both(admin.gateway.get("/budget/settings?budget_id=no"), 404, "budget_id=no")
    expect_both(admin.gateway.get("/budget/settings"), 400, "budget_id is required")
    expect_both(admin.post("/budget/info", {"budgets": []}), 400, "Specify list of budget id's")
    assert admin.count("BudgetTable") == 1


def test_settings_say_what_a_budget_has(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 5, "budget_duration": "30d"})
    settings = {one["field_name"]: one for one in admin.get("/budget/settings?budget_id=free")}
    assert settings["max_budget"]["field_value"] == 5.0
    assert settings["max_budget"]["field_type"] == "Float"
    assert settings["max_budget"]["stored_in_db"] is True
    assert settings["budget_duration"]["field_value"] == "30d"
    assert settings["rpm_limit"]["field_value"] is None
    assert settings["rpm_limit"]["stored_in_db"] is False


def test_a_deleted_budget_leaves_those_who_may_be_without(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 5})
    key = admin.key(budget_id="free")
    admin.ok("/customer/new", {"user_id": "lena", "budget_id": "free"})
    admin.ok("/tag/new", {"name": "batch", "budget_id": "free"})
    assert admin.ok("/budget/delete", {"id": "free"})["max_budget"] == 5.0
    assert admin.get(f"/key/info?key={key}")["info"]["budget_id"] is None
    assert admin.get("/customer/info?end_user_id=lena")["budget_id"] is None
    assert admin.ok("/tag/info", {"names": ["batch"]})["batch"]["budget_id"] is None


def test_a_budget_that_an_organization_must_have_stays(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "big", "max_budget": 500})
    admin.ok("/organization/new", {"organization_alias": "Shop", "budget_id": "big"})
    expect_both(admin.post("/budget/delete", {"id": "big"}), 400, "in use by 1 organizations")
    assert admin.count("BudgetTable", "budget_id = 'big'") == 1


def test_the_budget_of_all_customers_stays(store: Store, start: StartGateway) -> None:
    sections = {"litellm_settings": {"max_end_user_budget_id": "default"}}
    admin = Admin(start(config(**sections), env=store.env), store)
    admin.ok("/budget/new", {"budget_id": "default", "max_budget": 1})
    expect_both(admin.post("/budget/delete", {"id": "default"}), 400, "max_end_user_budget_id")


def test_only_administrators_manage_budgets(admin: Admin) -> None:
    key = admin.user("lena")
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 5})
    for path, body in (
        ("new", {}),
        ("update", {"budget_id": "free", "max_budget": 9}),
        ("delete", {"id": "free"}),
        ("info", {"budgets": ["free"]}),
    ):
        assert admin.post(f"/budget/{path}", body, key).status == 401
    assert admin.ok("/budget/info", {"budgets": ["free"]})[0]["max_budget"] == 5.0


def test_a_changed_budget_binds_the_keys_that_name_it(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 100})
    key = admin.key(budget_id="free", models=["m"])
    assert admin.gateway.chat("m", [("authorization", f"Bearer {key}")]).status == 200
    admin.ok("/budget/update", {"budget_id": "free", "max_budget": 0})
    limits = admin.get(f"/key/info?key={key}")["info"]["binding_limits"]
    assert limits[0]["max_budget"] == 0.0
