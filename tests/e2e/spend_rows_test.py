"""What a call leaves in the store: one row, whose it is, what it cost, and nothing that was said."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

import pytest

import answers
import fake_upstream as up
from conftest import StartGateway
from fake_upstream import FakeUpstream
from gateway import AUTH, Gateway, chat_body, model
from stores import Store
from wire import Headers, until

PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}
COST = 9 * 0.001 + 3 * 0.002  # of answers.USAGE


def bearer(key: str) -> Headers:
    return [("authorization", f"Bearer {key}")]


class House:
    """A gateway with a priced model, and keys of two users."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self.gateway = gateway
        self.store = store
        self.lena = self.make_key("lena")
        self.max = self.make_key("max")

    def make_key(self, user: str) -> str:
        reply = self.gateway.post("/key/generate", {"user_id": user, "key_alias": f"ci-{user}"})
        assert reply.status == 200, reply.text
        key: str = reply.json["key"]
        return key

    def rows(self, query: str = "", headers: Headers = AUTH) -> list[dict[str, Any]]:
        reply = self.gateway.get(f"/spend/logs?{query}", headers)
        assert reply.status == 200, reply.text
        found: list[dict[str, Any]] = reply.json
        return found

    def only_row(self) -> dict[str, Any]:
        until(self.rows, "a row")
        (row,) = self.rows()
        return row

    def everything(self) -> str:
        """Every cell of every table."""
        if self.store.kind == "postgres":
            tables = self.store.query(
                "select tablename as name from pg_tables where schemaname = 'public'"
            )
            return "\n".join(
                str(self.store.query(f'select * from "{table["name"]}"')) for table in tables
            )
        assert self.store.kind == "sqlite"
        with sqlite3.connect(self.store.file) as connection:
            return "\n".join(connection.iterdump())


@pytest.fixture
def house(store: Store, upstream: FakeUpstream, start: StartGateway) -> House:
    upstream.always(up.json(answers.completion()))
    models = [model("m", upstream.base, **PRICED)]
    gateway = start({"model_list": models}, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    return House(gateway, store)


def test_a_call_leaves_one_row_that_tells_whose_it_was_and_what_it_cost(house: House) -> None:
    reply = house.gateway.post(
        "/v1/chat/completions",
        chat_body("m", user="cust-1", metadata={"tags": ["batch"]}),
        bearer(house.lena),
    )
    assert reply.status == 200, reply.text

    row = house.only_row()
    assert row["spend"] == pytest.approx(COST, abs=1e-12)
    tokens = ("prompt_tokens", "completion_tokens", "total_tokens")
    assert [row[name] for name in tokens] == [9, 3, 12]
    assert row["api_key"] == hashlib.sha256(house.lena.encode()).hexdigest()
    assert (row["user"], row["end_user"], row["status"]) == ("lena", "cust-1", "success")
    assert (row["model_group"], row["custom_llm_provider"]) == ("m", "openai")
    assert "batch" in row["request_tags"]
    assert row["metadata"]["user_api_key_alias"] == "ci-lena"
    call_id = reply.header("x-litellm-call-id")
    for found_by in ("chatcmpl-1", call_id):
        assert house.rows(f"request_id={found_by}") == [row], found_by
    days = house.gateway.get("/global/spend/keys").json
    assert [day["total_spend"] for day in days] == [row["spend"]]


def test_a_stream_leaves_one_row(house: House, upstream: FakeUpstream) -> None:
    upstream.always(up.sse(answers.stream("po", "ng", usage=True)))
    house.gateway.stream("m")
    assert house.only_row()["spend"] == pytest.approx(COST, abs=1e-12)


def test_calls_of_one_upstream_id_leave_a_row_each(house: House) -> None:
    for _ in range(3):
        assert house.gateway.chat("m", bearer(house.lena)).status == 200
    until(lambda: len(house.rows()) == 3, "a row each")
    assert len({row["request_id"] for row in house.rows()}) == 3


def test_a_failure_leaves_a_row_that_says_so(house: House, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.error_body(), status=400))
    assert house.gateway.chat("m", bearer(house.lena)).status == 400
    row = house.only_row()
    assert (row["status"], row["spend"], row["user"]) == ("failure", 0, "lena")
    assert row["metadata"]["error_information"]["error_code"] == "400"


def test_a_user_sees_no_rows_of_others(house: House) -> None:
    for key in (house.lena, house.max):
        assert house.gateway.chat("m", bearer(key)).status == 200
    until(lambda: len(house.rows()) == 2, "both rows")
    (row,) = house.rows(headers=bearer(house.lena))
    assert row["user"] == "lena"
    assert house.rows("user_id=max", bearer(house.lena)) == []
    assert house.rows(f"api_key={house.max}", bearer(house.lena)) == []
    tokens = [key["user_id"] for key in house.gateway.get("/spend/keys", bearer(house.lena)).json]
    assert tokens == ["lena"]


@pytest.mark.parametrize("fails", [False, True], ids=["answered", "failed"])
def test_what_is_said_and_secrets_are_in_no_table(
    house: House, upstream: FakeUpstream, fails: bool
) -> None:
    said = up.json(answers.completion("canary-answer"))
    upstream.always(up.json(answers.error_body(), status=500) if fails else said)
    body = chat_body("m", messages=[{"role": "user", "content": "canary-prompt"}])
    headers = [*bearer(house.lena), ("x-canary", "canary-header"), ("cookie", "canary-cookie")]
    house.gateway.post("/v1/chat/completions", body, headers)
    assert house.only_row()["user"] == "lena"

    written = house.everything()
    assert "lena" in written
    for secret in ("canary", house.lena, house.max, "sk-upstream", AUTH[0][1].split()[-1]):
        assert secret not in written, secret


def test_a_failed_call_costs_nothing_where_requests_have_a_price(
    store: Store, upstream: FakeUpstream, start: StartGateway
) -> None:
    gateway = start(
        {"model_list": [model("m", upstream.base, input_cost_per_request=100)]}, env=store.env
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    house = House(gateway, store)
    upstream.answer(up.json({"error": {"message": "no"}}, status=500))
    assert gateway.chat("m", bearer(house.lena)).status == 500
    assert house.only_row()["spend"] == 0


def test_a_name_as_long_as_a_body_does_no_harm(house: House) -> None:
    """A record of the journal holds 16 MiB: what is longer would end the reading of its file."""
    name = "é" * (9 << 20)
    reply = house.gateway.chat(name, bearer(house.lena))
    assert reply.status == 400
    assert house.gateway.chat("m", bearer(house.lena)).status == 200
    until(lambda: len(house.rows()) == 2, "a row for each")
    groups = {row["model_group"] for row in house.rows()}
    assert groups == {"m", "é" * 128}


@pytest.fixture
def keeper(store: Store, upstream: FakeUpstream, start: StartGateway) -> Gateway:
    """A gateway that keeps what is said, in strings of at most 40 characters."""
    upstream.always(up.json(answers.completion()))
    gateway = start(
        {
            "model_list": [model("m", upstream.base, **PRICED)],
            "general_settings": {"store_prompts_in_spend_logs": True},
        },
        env={**store.env, "MAX_STRING_LENGTH_PROMPT_IN_DB": "40"},
    )
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    return gateway


def kept_texts(gateway: Gateway) -> tuple[Any, Any]:
    until(lambda: gateway.get("/spend/logs", AUTH).json, "a row")
    (row,) = gateway.get("/spend/logs", AUTH).json
    texts = gateway.get(f"/spend/logs/ui/{row['request_id']}", AUTH).json
    return texts["proxy_server_request"], texts["response"]


def test_prompts_and_answers_are_kept_when_asked(keeper: Gateway) -> None:
    said = "x" * 30 + "y" * 30
    sent = chat_body("m", messages=[{"role": "user", "content": said}], seed=7)
    assert keeper.post("/chat/completions", sent).status == 200
    request, response = kept_texts(keeper)
    shortened = "x" * 14 + "... (litellm_truncated skipped 20 chars) ..." + "y" * 26
    assert request == {**sent, "messages": [{"role": "user", "content": shortened}]}
    assert response["choices"][0]["message"]["content"] == answers.completion()["choices"][0]["message"]["content"]


def test_the_answer_of_a_stream_is_kept_whole(keeper: Gateway, upstream: FakeUpstream) -> None:
    upstream.always(up.sse(answers.stream("Hel", "lo")))
    keeper.stream("m")
    request, response = kept_texts(keeper)
    assert request["stream"] is True
    assert response["object"] == "chat.completion"
    assert response["choices"][0]["message"]["content"] == "Hello"


@pytest.mark.parametrize(
    "wish",
    [{"no-log": True}, {"turn_off_message_logging": True}, {"x-litellm-enable-message-redaction": "true"}],
    ids=lambda wish: next(iter(wish)),
)
def test_a_client_may_ask_that_nothing_is_kept(keeper: Gateway, wish: dict[str, Any]) -> None:
    headers = [(name, value) for name, value in wish.items() if name.startswith("x-")]
    fields = {name: value for name, value in wish.items() if not name.startswith("x-")}
    body = {**chat_body("m"), **fields}
    assert keeper.post("/chat/completions", body, [*AUTH, *headers]).status == 200
    assert kept_texts(keeper) == ({}, {})
