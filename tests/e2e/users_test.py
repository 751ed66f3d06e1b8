"""Users: every route of /user over both stores (spec/management-api.md, section 3.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

import answers
import fake_upstream as up
from admin_rows import bearer, good, make_user, wait_for_store
from conftest import StartGateway
from fake_upstream import FakeUpstream
from gateway import AUTH, Gateway, model
from stores import Store
from wire import Headers, until


@pytest.fixture
def admin(store: Store, upstream: FakeUpstream, start: StartGateway) -> Gateway:
    upstream.always(up.json(answers.completion()))
    priced = model("m", upstream.base, input_cost_per_token=0.001, output_cost_per_token=0.002)
    gateway = start({"model_list": [priced]}, env=store.env)
    wait_for_store(gateway)
    return gateway


def info(gateway: Gateway, user_id: str, headers: Headers = AUTH) -> Any:
    return good(gateway.get(f"/user/info?user_id={quote(user_id)}", headers))


def test_a_new_user_has_a_key_that_works_and_bounds_of_its_own(admin: Gateway) -> None:
    made = make_user(
        admin, "lena", user_email="Lena@example.org", user_alias="Lena", max_budget=20, budget_duration="30d",
        models=["m"], tpm_limit=1000, metadata={"a": 1}, key_alias="lenas",
    )
    assert made["user_id"] == "lena" and made["user_role"] is None and made["teams"] == []
    assert (made["max_budget"], made["budget_duration"], made["tpm_limit"]) == (20.0, "30d", 1000)
    assert made["budget_reset_at"].endswith("-01T00:00:00.000000+00:00")
    assert made["key_alias"] == "lenas"
    assert admin.chat("m", bearer(made["key"])).status == 200
    shown = info(admin, "lena")
    assert shown["user_info"]["metadata"] == {"a": 1}
    (key,) = shown["keys"]
    assert (key["user_id"], key["max_budget"], key["models"]) == ("lena", None, ["m"])
    assert "password" not in shown["user_info"]


def test_a_user_without_a_key(admin: Gateway) -> None:
    made = make_user(admin, "lena", auto_create_key=False)
    assert made["key"] == "" and made["token"] is None
    assert info(admin, "lena")["keys"] == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"user_id": "lena"}, 409),
        ({"user_email": "LENA@example.org"}, 409),
        ({"user_email": "no address"}, 400),
        ({"max_budget": -1}, 400),
        ({"max_budget": "x"}, 422),
        ({"user_role": "king"}, 422),
        ({"budget_duration": "soon"}, 400),
        ({"password": "long enough 1"}, 400),
        ({"send_invite_email": True}, 400),
        ({"teams": ["nowhere"]}, 404),
        ({"organizations": ["nowhere"]}, 400),
        ({"user_id": "x" * 600}, 400),
    ],
)
def test_what_is_wrong_makes_nobody(admin: Gateway, fields: dict[str, Any], status: int) -> None:
    make_user(admin, "lena", user_email="lena@example.org")
    reply = admin.post("/user/new", {"user_id": "max", **fields}, AUTH)
    assert reply.status == status, reply.text
    assert isinstance(reply.json["error"]["code"], str)
    assert admin.get("/user/info?user_id=max", AUTH).status == 404
    assert good(admin.get("/user/list", AUTH))["total"] == 1
    assert good(admin.get("/key/list", AUTH))["total_count"] == 1, "no key was left behind"


def test_defaults_of_the_configuration(store: Store, start: StartGateway) -> None:
    gateway = start(
        {
            "litellm_settings": {
                "default_internal_user_params": {"user_role": "internal_user", "models": ["m"]},
                "max_internal_user_budget": 10,
                "internal_user_budget_duration": "1mo",
            }
        },
        env=store.env,
    )
    wait_for_store(gateway)
    made = make_user(gateway, "lena")
    assert (made["user_role"], made["models"], made["max_budget"], made["budget_duration"]) == (
        "internal_user", ["m"], 10.0, "1mo",
    )
    assert make_user(gateway, "root", user_role="proxy_admin")["max_budget"] is None
    assert make_user(gateway, "free", max_budget=None)["max_budget"] is None


def test_an_update_changes_what_was_sent_null_and_zero_too(admin: Gateway, upstream: FakeUpstream) -> None:
    made = make_user(admin, "lena", max_budget=20, tpm_limit=5, models=["m"], user_email="l@e.org")
    changed = good(
        admin.post(
            "/user/update",
            {"user_email": "l@e.org", "max_budget": 0, "tpm_limit": None, "models": []}, AUTH,
        )
    )
    assert changed["user_id"] == "lena"
    data = changed["data"]
    assert (data["max_budget"], data["tpm_limit"], data["models"]) == (0.0, None, [])
    assert data["user_email"] == "l@e.org"
    until(lambda: admin.chat("m", bearer(made["key"])).status == 429, "the budget of nothing binds")
    assert admin.post("/user/update", {"user_id": "nobody"}, AUTH).status == 404
    assert admin.post("/user/update", {"max_budget": 1}, AUTH).status == 422


def test_spend_that_is_set_counts(admin: Gateway) -> None:
    made = make_user(admin, "lena", max_budget=1)
    assert admin.chat("m", bearer(made["key"])).status == 200
    good(admin.post("/user/update", {"user_id": "lena", "spend": 1}, AUTH))
    until(lambda: admin.chat("m", bearer(made["key"])).status == 429, "spent")
    good(admin.post("/user/update", {"user_id": "lena", "spend": 0}, AUTH))
    until(lambda: admin.chat("m", bearer(made["key"])).status == 200, "free again")


def test_many_at_once(admin: Gateway) -> None:
    for user in ("a", "b"):
        make_user(admin, user, auto_create_key=False)
    done = good(
        admin.post(
            "/user/bulk_update",
            {"users": [{"user_id": "a", "max_budget": 3}, {"user_id": "none"}, {"user_id": "b", "max_budget": "x"}]},
            AUTH,
        )
    )
    assert (done["total_requested"], done["successful_updates"], done["failed_updates"]) == (3, 1, 2)
    assert [each["success"] for each in done["results"]] == [True, False, False]
    done = good(admin.post("/user/bulk_update", {"all_users": True, "user_updates": {"tpm_limit": 9}}, AUTH))
    assert done["successful_updates"] == 2
    assert {row["tpm_limit"] for row in good(admin.get("/user/list", AUTH))["users"]} == {9}
    too_many = {"users": [{"user_id": str(i)} for i in range(501)]}
    assert admin.post("/user/bulk_update", too_many, AUTH).status == 400


def test_a_user_goes_with_its_keys_and_memberships(admin: Gateway) -> None:
    good(admin.post("/team/new", {"team_id": "search"}, AUTH))
    made = make_user(admin, "lena", teams=[{"team_id": "search", "max_budget_in_team": 2}])
    assert made["teams"] == ["search"]
    assert admin.chat("m", bearer(made["key"])).status == 200
    assert good(admin.post("/user/delete", {"user_ids": ["lena"]}, AUTH)) == 1
    assert admin.chat("m", bearer(made["key"])).status == 401
    team = good(admin.get("/team/info?team_id=search", AUTH))
    assert [each["user_id"] for each in team["team_info"]["members_with_roles"]] == ["default_user_id"]
    assert team["team_memberships"] == []
    assert admin.post("/user/delete", {"user_ids": ["lena"]}, AUTH).status == 404


def test_lists_are_filtered_sorted_and_paged(admin: Gateway) -> None:
    for at, user in enumerate(("a", "b", "c")):
        make_user(
            admin, user, user_email=f"{user}%@example.org", auto_create_key=at == 0,
            user_role="internal_user_viewer" if at else "internal_user",
        )
    page = good(admin.get("/user/list?page=2&page_size=2&sort_by=user_id&sort_order=asc", AUTH))
    assert [row["user_id"] for row in page["users"]] == ["c"]
    assert (page["total"], page["page"], page["page_size"], page["total_pages"]) == (3, 2, 2, 2)
    assert [row["key_count"] for row in good(admin.get("/user/list?user_ids=a,b&sort_by=user_id&sort_order=asc", AUTH))["users"]] == [1, 0]
    assert good(admin.get("/user/list?role=internal_user_viewer", AUTH))["total"] == 2
    assert good(admin.get(f"/user/list?user_email={quote('B%@')}", AUTH))["total"] == 1
    assert admin.get("/user/list?sort_by=password", AUTH).status == 400
    assert admin.get("/user/list?page_size=1000", AUTH).status == 422
    assert set(good(admin.get("/user/available_roles", AUTH))) >= {"proxy_admin", "internal_user"}


def test_an_id_with_signs_is_itself(admin: Gateway) -> None:
    make_user(admin, "le+na@example.org", auto_create_key=False)
    assert good(admin.get("/user/info?user_id=le+na@example.org", AUTH))["user_id"] == "le+na@example.org"


def test_users_see_and_change_themselves_only(admin: Gateway) -> None:
    lena = bearer(make_user(admin, "lena", user_role="internal_user")["key"])
    make_user(admin, "max")
    assert info(admin, "lena", lena)["user_id"] == "lena"
    assert good(admin.get("/user/info", lena))["user_id"] == "lena"
    assert good(admin.get("/v2/user/info", lena))["teams"] == []
    refused = admin.get("/user/info?user_id=max", lena)
    assert refused.status == 403
    assert "not allowed to access this user's info. user_id=max, key's user_id=lena" in refused.json["error"]["message"]
    assert good(admin.post("/user/update", {"user_id": "lena", "user_email": "l@e.org"}, lena))["data"]["user_email"] == "l@e.org"
    for change in ({"max_budget": 1000}, {"user_role": "proxy_admin"}, {"models": []}, {"spend": 0}):
        assert admin.post("/user/update", {"user_id": "lena", **change}, lena).status == 403, change
    assert admin.post("/user/update", {"user_id": "max", "user_email": "m@e.org"}, lena).status == 403
    for path, body in (
        ("/user/new", {}), ("/user/delete", {"user_ids": ["max"]}), ("/user/bulk_update", {"users": []}),
    ):
        assert admin.post(path, body, lena).status in (401, 403), path
    assert admin.get("/user/list", lena).status == 403


def test_the_admin_sees_all_without_a_name(admin: Gateway) -> None:
    make_user(admin, "lena")
    good(admin.post("/team/new", {"team_id": "search"}, AUTH))
    shown = good(admin.get("/user/info", AUTH))
    assert shown["user_id"] is None and shown["user_info"] is None
    assert len(shown["keys"]) == 1 and [team["team_id"] for team in shown["teams"]] == ["search"]
