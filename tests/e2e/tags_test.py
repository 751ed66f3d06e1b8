"""Tags: the routes of /tag over both stores."""

from __future__ import annotations

import pytest

from admin_rows import Admin, config, expect_both
from gateway import StartGateway
from stores import Store
from wire import until


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(config(), env=store.env), store)


def test_life_of_a_tag(admin: Admin) -> None:
    made = admin.ok(
        "/tag/new",
        {"name": "batch", "description": "night jobs", "models": ["m"], "max_budget": 5},
    )
    assert made["message"] == "Tag batch created successfully"
    tag = made["tag"]
    assert tag["name"] == "batch" and tag["description"] == "night jobs"
    assert tag["models"] == ["m"] and tag["model_info"] == {"m": "m"}
    assert tag["created_by"] == "default_user_id" and tag["created_at"] and tag["updated_at"]
    assert tag["litellm_budget_table"]["max_budget"] == 5.0
    assert admin.ok("/tag/info", {"names": ["batch", "none"]}) == {"batch": tag}
    assert admin.get("/tag/list") == [tag]

    changed = admin.ok("/tag/update", {"name": "batch", "description": None, "max_budget": 0})
    assert changed["message"] == "Tag batch updated successfully"
    assert changed["tag"]["description"] is None and changed["tag"]["models"] == ["m"]
    assert changed["tag"]["litellm_budget_table"]["max_budget"] == 0.0
    assert changed["tag"]["budget_id"] == tag["budget_id"]

    assert admin.ok("/tag/delete", {"name": "batch"}) == {
        "message": "Tag batch deleted successfully"
    }
    assert admin.get("/tag/list") == [] and admin.count("BudgetTable") == 0


def test_a_tag_may_share_a_budget(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 5})
    admin.ok("/tag/new", {"name": "batch", "budget_id": "free"})
    own = admin.ok("/tag/update", {"name": "batch", "max_budget": 7})["tag"]
    assert own["budget_id"] != "free" and own["litellm_budget_table"]["max_budget"] == 7.0
    assert admin.ok("/budget/info", {"budgets": ["free"]})[0]["max_budget"] == 5.0
    back = admin.ok("/tag/update", {"name": "batch", "budget_id": "free"})["tag"]
    assert back["budget_id"] == "free" and admin.count("BudgetTable") == 1


def test_errors(admin: Admin) -> None:
    admin.ok("/tag/new", {"name": "batch"})
    expect_both(admin.post("/tag/new", {"name": "batch"}), 400, "Tag batch already exists")
    assert admin.post("/tag/new", {}).status == 422
    expect_both(admin.post("/tag/new", {"name": "x", "models": ["no"]}), 400, "Model no not found")
    both = {"name": "x", "budget_id": "free", "max_budget": 1}
    assert admin.post("/tag/new", both).status == 422
    expect_both(admin.post("/tag/update", {"name": "x"}), 404, "Tag x not found")
    expect_both(admin.post("/tag/delete", {"name": "x"}), 404, "Tag x not found")
    expect_both(admin.post("/tag/info", {"names": ["x"]}), 404, "No tags found")
    assert admin.count("TagTable") == 1


def test_only_administrators_manage_tags(admin: Admin) -> None:
    key = admin.user("lena")
    assert admin.post("/tag/new", {"name": "x"}, key).status == 401
    assert admin.gateway.get("/tag/list", [("authorization", f"Bearer {key}")]).status == 401


def test_spend_can_be_set(admin: Admin) -> None:
    admin.ok("/tag/new", {"name": "batch"})
    assert admin.ok("/tag/update", {"name": "batch", "spend": 1.25})["tag"]["spend"] == 1.25
    assert admin.ok("/tag/info", {"names": ["batch"]})["batch"]["spend"] == 1.25


def test_a_budget_that_is_set_binds_calls_with_the_tag(admin: Admin) -> None:
    def status(*tags: str) -> int:
        return admin.gateway.chat("m", max_tokens=1, metadata={"tags": list(tags)}).status

    admin.ok("/tag/new", {"name": "batch", "max_budget": 0})
    until(lambda: status("batch") == 429, "the tag has no budget", 5)
    assert status("other") == 200
    admin.ok("/tag/update", {"name": "batch", "max_budget": 100})
    until(lambda: status("batch") == 200, "now it has", 5)
