"""Who may call which management route: every role on every route, over both stores.

A new route gets a row here, or `test_every_management_route_has_a_row` fails: what is asked, and for
each status who hears it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from admin_rows import bearer, good
from gateway import KEY, Gateway, StartGateway
from keys_test import Keys, config
from stores import Store
from wire import Reply

# Routes that manage nothing: calls of models and lists of them (auth_test), probes, this gateway's
# own pages. Every other one that /routes names must have a row.
OTHERS = re.compile(
    r"/|/routes|/test|/metrics|/health.*|(/v1)?/models(/.*)?|/engines/.*|/openai/deployments/.*"
    r"|(/v1)?/(chat/completions|completions|embeddings|moderations)"
)

# `owner` holds the personal key that rows aim at. The team's key is a mate's: `lead` administers the
# team, `member` is just in it, `org` administers its organization; `stranger` has to do with nothing.
ADMINS = "master admin"
READERS = "master admin viewer"
USERS = "org owner lead member stranger"  # who may use routes of keys
CALLERS = ("master", "admin", "viewer", *USERS.split(), "watcher", "none")
ROLES = {"admin": "proxy_admin", "viewer": "proxy_admin_viewer", "org": "org_admin",
         "watcher": "internal_user_viewer"}

MESSAGES = [{"role": "user", "content": "hi"}]
DATES = "start_date=2026-11-01&end_date=2026-11-02"
TIMES = "start_date=2026-11-01%2000:00:00&end_date=2026-11-02%2000:00:00"

ORGANIZATION = (
    """insert into "LiteLLM_BudgetTable" (budget_id, created_by, updated_by)
       values ('b-1', 'test', 'test')""",
    """insert into "LiteLLM_OrganizationTable"
           (organization_id, organization_alias, budget_id, created_by, updated_by)
       values ('o-1', 'o-1', 'b-1', 'test', 'test')""",
    """insert into "LiteLLM_OrganizationMembership" (user_id, organization_id, user_role)
       values ('u-org', 'o-1', 'org_admin')""",
)


@dataclass(frozen=True)
class Row:
    """`{personal}` and `{team}` stand for keys made for this one call, `{model}` and `{team model}`
    for models, `{new}` for a fresh name."""

    method: str
    target: str
    body: Any = None
    heard: Mapping[int, str] = field(default_factory=dict)  # status -> callers
    pattern: str = ""  # as /routes has it, if it is not the path

    @property
    def route(self) -> str:
        return self.pattern or self.target.partition("?")[0]

    @property
    def subject(self) -> str:
        """`team` of `/v2/team/list`."""
        return next(part for part in self.route.split("/") if part and not part.startswith("v"))

    def expected(self) -> dict[str, int]:
        return {who: status for status, callers in self.heard.items() for who in callers.split()}


def get(target: str, heard: Mapping[int, str], pattern: str = "") -> Row:
    return Row("GET", target, None, heard, pattern)


def post(target: str, body: Any, heard: Mapping[int, str], pattern: str = "") -> Row:
    return Row("POST", target, body, heard, pattern)


def only(callers: str, also: Mapping[int, str] | None = None) -> dict[int, str]:
    """A route of keys that changes something: who may, and who hears something of their own. Others
    hear 403, but for those whom the role keeps from the route."""
    named = {200: callers, 401: "watcher none", **(also or {})}
    said = set(" ".join(named.values()).split())
    return {**named, 403: " ".join(who for who in CALLERS if who not in said)}


def shown_to(callers: str) -> dict[int, str]:
    """A route that everybody with a key may ask, about something that only these may see."""
    said = {*callers.split(), "none"}
    return {200: callers, 401: "none", 403: " ".join(who for who in CALLERS if who not in said)}


def kept(callers: str, refused: str = "viewer") -> dict[int, str]:
    """A route that roles are kept from, with 401: who may, and who hears 403, since it only looks or
    may do so elsewhere."""
    said = {*callers.split(), *refused.split()}
    return {200: callers, 403: refused, 401: " ".join(who for who in CALLERS if who not in said)}


EVERYBODY = {200: f"{READERS} {USERS} watcher", 401: "none"}
CALCULATING = {200: f"{ADMINS} {USERS} watcher", 403: "viewer", 401: "none"}
ADMINS_READ = {200: READERS, 401: f"{USERS} watcher none"}
MASTER = {200: "master", 401: f"admin viewer {USERS} watcher none"}
NOT_THERE = {404: f"{READERS} {USERS} watcher", 401: "none"}
# Routes that leave it to the row who may.
MODEL_ADMINS = {200: ADMINS, 401: "none", 403: f"viewer {USERS} watcher"}
MODEL_TEAM = {200: f"{ADMINS} org lead", 401: "none", 403: "viewer owner member stranger watcher"}
NOT_OF_TEAM = {400: "org owner stranger"}  # as LiteLLM says it of keys that are to be made

TEAM_ADMINS = f"{ADMINS} org lead"
NEW_USER = {"user_id": "{new}", "auto_create_key": False}
TEAM = {"team_id": "{team-id}"}
MEMBER = {"role": "user", "user_id": "{user}"}
COLLEAGUE = {"role": "internal_user", "user_id": "{user}"}


def customer_rows(prefix: str) -> list[Row]:
    many = {"user_ids": ["{customer}"]}
    return [
        post(f"{prefix}/new", {"user_id": "{new}"}, kept(ADMINS)),
        get(f"{prefix}/info?end_user_id={{customer}}", ADMINS_READ),
        post(f"{prefix}/update", {"user_id": "{customer}", "alias": "x"}, kept(ADMINS)),
        post(f"{prefix}/delete", many, kept(ADMINS)),
        get(f"{prefix}/list", ADMINS_READ),
        post(f"{prefix}/block", many, kept(ADMINS)),
        post(f"{prefix}/unblock", many, kept(ADMINS)),
        get(f"{prefix}/daily/activity?{DATES}", ADMINS_READ),
        get(f"{prefix}/daily/activity/aggregated?{DATES}", ADMINS_READ),
    ]


PARAMS = {"model": "openai/x", "api_key": "sk-k", "mock_response": "pong"}
NEW_MODEL = {"model_name": "shared", "litellm_params": PARAMS}
NEW_TEAM_MODEL = {"model_name": "own", "litellm_params": PARAMS, "model_info": {"team_id": "t-1"}}
RPM = {"litellm_params": {"rpm": 9}}

SETTING = {"field_name": "max_parallel_requests", "config_type": "general_settings"}

PERSONAL = {"key": "{personal}"}
OF_TEAM = {"key": "{team}"}

ROWS = [
    post("/key/generate", {}, only(f"{ADMINS} {USERS}")),
    post("/key/generate", {"user_id": "u-mate"}, only(ADMINS)),
    post("/key/generate", {"user_id": "u-mate", "team_id": "t-1"},
         only(f"{ADMINS} lead", NOT_OF_TEAM)),
    post("/key/service-account/generate", {"team_id": "t-1", "key_alias": "{new}"},
         only(f"{ADMINS} lead", NOT_OF_TEAM)),
    post("/key/update", {**PERSONAL, "rpm_limit": 9}, only(f"{ADMINS} owner")),
    post("/key/update", {**OF_TEAM, "rpm_limit": 9}, only(f"{ADMINS} lead")),
    post("/key/bulk_update", {"keys": [{**PERSONAL, "max_budget": 1}]}, only(ADMINS)),
    post("/key/delete", {"keys": ["{personal}"]}, only(f"{ADMINS} owner")),
    post("/key/delete", {"keys": ["{team}"]}, only(f"{ADMINS} lead")),
    get("/key/info?key={personal}", shown_to(f"{READERS} owner")),
    get("/key/info?key={team}", shown_to(f"{READERS} lead")),
    post("/v2/key/info", {"keys": ["{personal}"]}, shown_to(f"{ADMINS} owner")),
    post("/v2/key/info", {"keys": ["{team}"]}, shown_to(f"{ADMINS} lead")),
    get("/key/list", EVERYBODY),
    get("/key/list?user_id=u-owner", shown_to(f"{READERS} owner")),
    get("/key/list?team_id=t-1", shown_to(f"{READERS} lead")),
    get("/key/aliases", EVERYBODY),
    post("/key/block", PERSONAL, only(ADMINS)),
    post("/key/block", OF_TEAM, only(ADMINS)),
    post("/key/unblock", PERSONAL, only(ADMINS)),
    post("/key/unblock", OF_TEAM, only(ADMINS)),
    post("/key/regenerate", PERSONAL, only(f"{ADMINS} owner")),
    post("/key/regenerate", OF_TEAM, only(f"{ADMINS} lead")),
    post("/key/{personal}/regenerate", {}, only(f"{ADMINS} owner"), "/key/{key}/regenerate"),
    post("/key/{team}/regenerate", {}, only(f"{ADMINS} lead"), "/key/{key}/regenerate"),
    post("/key/{personal}/reset_spend", {"reset_to": 0}, only(ADMINS), "/key/{key}/reset_spend"),
    post("/key/{team}/reset_spend", {"reset_to": 0}, only(f"{ADMINS} lead"),
         "/key/{key}/reset_spend"),
    post("/key/health", {}, CALCULATING),
    post("/spend/calculate", {"model": "gpt-4o-mini", "messages": MESSAGES}, CALCULATING),
    get("/spend/logs", EVERYBODY),
    get(f"/spend/logs/ui?{TIMES}", EVERYBODY),
    get(f"/spend/logs/v2?{TIMES}", EVERYBODY),
    get("/spend/logs/ui/none-such", NOT_THERE, "/spend/logs/ui/{request_id}"),
    get("/spend/keys", EVERYBODY),
    get("/spend/users", EVERYBODY),
    get("/spend/tags", EVERYBODY),
    get("/global/spend", EVERYBODY),
    get("/global/spend/logs", EVERYBODY),
    get("/global/spend/keys", EVERYBODY),
    get("/global/spend/models", EVERYBODY),
    get(f"/global/spend/provider?{DATES}", EVERYBODY),
    get("/global/spend/teams", EVERYBODY),
    post("/global/spend/end_users", {}, CALCULATING),
    get(f"/global/spend/tags?{DATES}", EVERYBODY),
    get("/global/spend/all_tag_names", EVERYBODY),
    get("/global/all_tag_names", EVERYBODY),
    get(f"/global/spend/report?{DATES}", EVERYBODY),
    get(f"/global/activity?{DATES}", EVERYBODY),
    get(f"/global/activity/model?{DATES}", EVERYBODY),
    get(f"/global/activity/cache_hits?{DATES}", EVERYBODY),
    get("/spend/logs/session/ui?session_id=none", EVERYBODY),
    post("/global/spend/reset", {}, MASTER),
    get("/provider/budgets", ADMINS_READ),
    get("/health/services?service=langfuse", {422: READERS, 401: f"{USERS} watcher none"}),
    post("/debug/explain", {"model": "m", "messages": MESSAGES}, kept(ADMINS)),
    get("/model/info", EVERYBODY),
    get("/v1/model/info", EVERYBODY),

    # Users.
    post("/user/new", NEW_USER, kept(ADMINS, "viewer org")),
    post("/user/new", {**NEW_USER, "organizations": ["o-1"]}, kept(f"{ADMINS} org")),
    post("/user/new", {**NEW_USER, "user_role": "proxy_admin"}, kept(ADMINS, "viewer org")),
    post("/user/update", {"user_id": "u-owner", "user_alias": "x"}, shown_to(f"{ADMINS} owner")),
    post("/user/update", {"user_id": "u-owner", "max_budget": 9}, shown_to(ADMINS)),
    post("/user/update", {"user_id": "{colleague}", "max_budget": 9}, shown_to(f"{ADMINS} org")),
    post("/user/update", {"user_id": "{user}", "user_role": "proxy_admin"}, shown_to(ADMINS)),
    post("/user/bulk_update", {"users": [{"user_id": "u-owner", "user_alias": "y"}]}, kept(ADMINS)),
    post("/user/delete", {"user_ids": ["{user}"]}, kept(ADMINS)),
    post("/user/delete", {"user_ids": ["{colleague}"]}, kept(ADMINS)),
    get("/user/info", EVERYBODY),
    get("/user/info?user_id=u-owner", shown_to(f"{READERS} owner")),
    get("/v2/user/info", {**EVERYBODY, 200: f"admin viewer {USERS} watcher", 404: "master"}),
    get("/v2/user/info?user_id=u-owner", shown_to(f"{READERS} owner")),
    get("/user/list", shown_to(f"{READERS} org")),
    get("/user/available_roles", EVERYBODY),
    get(f"/user/daily/activity?{DATES}", EVERYBODY),
    get(f"/user/daily/activity?{DATES}&user_id=u-owner", shown_to(f"{READERS} owner")),
    get(f"/user/daily/activity/aggregated?{DATES}", EVERYBODY),
    get(f"/user/daily/activity/aggregated?{DATES}&user_id=u-owner", shown_to(f"{READERS} owner")),

    # Teams: `{team-id}` is one as `t-1` is, in the organization.
    post("/team/new", {"team_id": "{new}"}, kept(ADMINS, "viewer org")),
    post("/team/new", {"team_id": "{new}", "organization_id": "o-1"}, kept(f"{ADMINS} org")),
    post("/team/update", {**TEAM, "team_alias": "x"}, shown_to(TEAM_ADMINS)),
    post("/team/update", {**TEAM, "max_budget": 9}, shown_to(f"{ADMINS} org")),
    post("/team/delete", {"team_ids": ["{team-id}"]}, kept(f"{ADMINS} org")),
    post("/team/block", TEAM, kept(f"{ADMINS} org")),
    post("/team/unblock", TEAM, kept(f"{ADMINS} org")),
    get("/team/info?team_id=t-1", shown_to(f"{READERS} org lead member")),
    get("/team/list", ADMINS_READ),
    get("/team/list?user_id=u-member", kept(f"{READERS} member", "")),
    get("/v2/team/list", ADMINS_READ),
    get("/v2/team/list?user_id=u-member", kept(f"{READERS} member", "")),
    get("/team/available", EVERYBODY),
    post("/team/member_add", {**TEAM, "member": MEMBER}, shown_to(TEAM_ADMINS)),
    post("/team/bulk_member_add", {**TEAM, "members": [MEMBER]}, shown_to(TEAM_ADMINS)),
    post("/team/member_update", {**TEAM, "user_id": "u-member", "role": "user"},
         shown_to(TEAM_ADMINS)),
    post("/team/member_delete", {**TEAM, "user_id": "u-mate"}, shown_to(TEAM_ADMINS)),
    post("/team/{team-id}/member/u-mate/reset_spend", {"reset_to": 0}, shown_to(TEAM_ADMINS),
         "/team/{part}/reset_spend"),
    post("/team/model/add", {**TEAM, "models": ["o"]}, shown_to(TEAM_ADMINS)),
    post("/team/model/delete", {**TEAM, "models": ["m"]}, shown_to(TEAM_ADMINS)),
    # Who may not change them is not told that these are all.
    post("/team/model/delete", {**TEAM, "models": ["m", "n"]},
         {**shown_to(TEAM_ADMINS), 200: "", 400: TEAM_ADMINS}),
    get("/team/permissions_list?team_id=t-1", shown_to(f"{READERS} org lead member")),
    post("/team/permissions_update", {**TEAM, "team_member_permissions": []},
         shown_to(TEAM_ADMINS)),
    get(f"/team/daily/activity?{DATES}", EVERYBODY),
    get(f"/team/daily/activity?{DATES}&team_ids=t-1", shown_to(f"{READERS} lead member")),
    get(f"/team/daily/activity/aggregated?{DATES}", EVERYBODY),

    # Budget rows, customers, tags.
    post("/budget/new", {"budget_id": "{new}", "max_budget": 1}, kept(ADMINS)),
    post("/budget/update", {"budget_id": "{budget}", "max_budget": 2}, kept(ADMINS)),
    post("/budget/info", {"budgets": ["b-1"]}, kept(ADMINS)),
    get("/budget/list", ADMINS_READ),
    get("/budget/settings?budget_id=b-1", ADMINS_READ),
    post("/budget/delete", {"id": "{budget}"}, kept(ADMINS)),
    *customer_rows("/customer"),
    *customer_rows("/end_user"),
    post("/tag/new", {"name": "{new}"}, kept(ADMINS)),
    post("/tag/update", {"name": "{tag}", "description": "d"}, kept(ADMINS)),
    post("/tag/info", {"names": ["{tag}"]}, kept(ADMINS)),
    post("/tag/delete", {"name": "{tag}"}, kept(ADMINS)),
    get("/tag/list", ADMINS_READ),
    get(f"/tag/daily/activity?{DATES}", ADMINS_READ),
    get(f"/tag/daily/activity/aggregated?{DATES}", ADMINS_READ),

    # Organizations.
    post("/organization/new", {"organization_id": "{new}", "organization_alias": "o"},
         kept(ADMINS, "viewer org")),
    *(Row(method, "/organization/update", {"organization_id": "o-1", "organization_alias": "o"},
          kept(ADMINS, "viewer org")) for method in ("PATCH", "POST")),
    *(Row(method, "/organization/delete", {"organization_ids": ["{organization}"]},
          kept(ADMINS, "viewer org")) for method in ("DELETE", "POST")),
    get("/organization/list", EVERYBODY),
    get("/organization/info?organization_id=o-1", kept(f"{READERS} org", "")),
    get("/organization/info?organization_id={organization}", kept(READERS, "org")),
    post("/organization/member_add", {"organization_id": "o-1", "member": COLLEAGUE},
         kept(f"{ADMINS} org")),
    *(Row(method, "/organization/member_update",
          {"organization_id": "o-1", "user_id": "{colleague}", "role": "internal_user"},
          kept(f"{ADMINS} org")) for method in ("PATCH", "POST")),
    *(Row(method, "/organization/member_delete",
          {"organization_id": "o-1", "user_id": "{colleague}"},
          kept(f"{ADMINS} org")) for method in ("DELETE", "POST")),
    get(f"/organization/daily/activity?{DATES}", kept(f"{READERS} org", "")),
    get(f"/organization/daily/activity?{DATES}&organization_ids=o-1", kept(f"{READERS} org", "")),
    get(f"/organization/daily/activity?{DATES}&organization_ids={{organization}}",
        kept(READERS, "org")),
    get(f"/organization/daily/activity/aggregated?{DATES}", kept(f"{READERS} org", "")),

    # Models, for whoever may call them.
    get("/v2/model/info", EVERYBODY),
    get("/model_group/info", EVERYBODY),
    get("/utils/supported_openai_params?model=gpt-4o", EVERYBODY),
    post("/utils/token_counter", {"model": "m", "messages": MESSAGES}, CALCULATING),
    post("/model/new", NEW_MODEL, MODEL_ADMINS),
    post("/model/new", NEW_TEAM_MODEL, MODEL_TEAM),
    post("/model/update", {**RPM, "model_info": {"id": "{model}"}}, MODEL_ADMINS),
    post("/model/update", {**RPM, "model_info": {"id": "{team model}"}}, MODEL_TEAM),
    Row("PATCH", "/model/{model}/update", RPM, MODEL_ADMINS, "/model/{model_id}/update"),
    Row("PATCH", "/model/{team model}/update", RPM, MODEL_TEAM, "/model/{model_id}/update"),
    post("/model/delete", {"id": "{model}"}, MODEL_ADMINS),
    post("/model/delete", {"id": "{team model}"}, MODEL_TEAM),

    # What the database says of the configuration.
    post("/credentials", {"credential_name": "{new}", "credential_values": {"api_key": "sk-k"}},
         kept(ADMINS)),
    get("/credentials", ADMINS_READ),
    get("/credentials/by_name/{credential}", ADMINS_READ, "/credentials/by_name/{name}"),
    get("/credentials/by_model/{model}", ADMINS_READ, "/credentials/by_model/{model_id}"),
    Row("PATCH", "/credentials/{credential}", {"credential_info": {"description": "d"}},
        kept(ADMINS), "/credentials/{name}"),
    Row("DELETE", "/credentials/{credential}", None, kept(ADMINS), "/credentials/{name}"),
    post("/config/update", {"router_settings": {"num_retries": 1}}, kept(ADMINS)),
    get("/config/list?config_type=general_settings", ADMINS_READ),
    get("/config/field/info?field_name={setting}", ADMINS_READ),
    post("/config/field/update", {**SETTING, "field_value": 1000}, kept(ADMINS)),
    post("/config/field/delete", {**SETTING, "field_name": "{setting}"}, kept(ADMINS)),
]


class Roles:
    """One of each role, with a key, around a team of an organization."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._names = itertools.count()
        people = [who for who in CALLERS if who not in ("master", "none")]
        for who in (*people, "mate"):
            teams = ["t-1"] if who in ("lead", "member", "mate") else []
            keys.user(f"u-{who}", ROLES.get(who, "internal_user"), teams=teams)
        for statement in ORGANIZATION:
            keys.store.execute(statement)
        members = {"u-lead": "admin", "u-member": "user", "u-mate": "user"}
        keys.team("t-1", members, organization_id="o-1")
        self.bearers = {who: keys.make(user_id=f"u-{who}")["key"] for who in people}
        self.bearers["master"] = KEY

    def make_model(self, body: Any) -> str:
        reply = self.keys.post("/model/new", body)
        assert reply.status == 200, reply.text
        made: str = reply.json["model_id"]
        return made

    def ask(self, row: Row, who: str) -> Reply:
        values = {
            "{personal}": lambda: self.keys.make(user_id="u-owner")["key"],
            "{team}": lambda: self.keys.make(user_id="u-mate", team_id="t-1")["key"],
            "{new}": self.name,
            "{user}": lambda: self.made("/user/new", "user_id", auto_create_key=False),
            "{colleague}": lambda: self.made("/user/new", "user_id", auto_create_key=False, organizations=["o-1"]),
            "{team-id}": self.team,
            "{customer}": lambda: self.made("/customer/new", "user_id"),
            "{organization}": lambda: self.made("/organization/new", "organization_id", organization_alias="o"),
            "{budget}": lambda: self.made("/budget/new", "budget_id", max_budget=1),
            "{tag}": lambda: self.made("/tag/new", "name"),
            "{model}": lambda: self.make_model(NEW_MODEL),
            "{team model}": lambda: self.make_model(NEW_TEAM_MODEL),
            "{credential}": lambda: self.made("/credentials", "credential_name", credential_values={"api_key": "k"}),
            "{setting}": self.setting,
        }

        def filled(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: filled(each) for name, each in value.items()}
            if isinstance(value, list):
                return [filled(each) for each in value]
            if isinstance(value, str):
                for mark, make in values.items():
                    if mark in value:
                        value = value.replace(mark, make())
            return value

        headers = bearer(self.bearers[who]) if who in self.bearers else ()
        target, body = filled(row.target), filled(row.body)
        with self.keys.gateway.wire() as wire:
            if body is None:
                return wire.request(row.method, target, headers)
            return wire.request(row.method, target, headers, json.dumps(body).encode())

    def name(self) -> str:
        return f"name-{next(self._names)}"

    def made(self, path: str, field: str, **fields: Any) -> str:
        """A row made for this one call by the master key."""
        name = self.name()
        good(self.keys.post(path, {field: name, **fields}))
        return name

    def setting(self) -> str:
        """The name of one that the database has."""
        good(self.keys.post("/config/field/update", {**SETTING, "field_value": 1000}))
        return SETTING["field_name"]

    def team(self) -> str:
        """As `t-1` is."""
        roles = {"u-lead": "admin", "u-member": "user", "u-mate": "user"}
        members = [{"user_id": user, "role": role} for user, role in roles.items()]
        return self.made("/team/new", "team_id", organization_id="o-1", members_with_roles=members,
                         models=["m", "n"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.target}")
def test_a_row_says_something_of_each_caller(row: Row) -> None:
    said = [who for callers in row.heard.values() for who in callers.split()]
    assert sorted(said) == sorted(CALLERS)


@pytest.mark.parametrize("subject", sorted({row.subject for row in ROWS}))
def test_every_role_may_do_what_the_table_says(
    subject: str, store: Store, start: StartGateway
) -> None:
    settings = config(general_settings={"store_model_in_db": True})
    roles = Roles(Keys(start(settings, env=store.env), store))
    wrong = []
    for row in ROWS:
        if row.subject != subject:
            continue
        for who, status in row.expected().items():
            reply = roles.ask(row, who)
            if reply.status != status:
                wrong.append(
                    f"{row.method} {row.target} {row.body} by {who}: {reply.status} in place of "
                    f"{status}: {reply.text[:150]}"
                )
    assert not wrong, "\n".join(["", *wrong])


def test_every_management_route_has_a_row(gateway: Gateway) -> None:
    listed = {route["path"] for route in gateway.get("/routes").json["routes"]}
    rows = {row.route for row in ROWS}
    assert {path for path in listed if not OTHERS.fullmatch(path)} - rows == set(), "without a row"
    assert rows - listed == set(), "rows without a route"
