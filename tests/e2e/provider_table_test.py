"""One request on each endpoint through every row of the table of providers, to a fake that stands
for all their hosts: URL, headers and body must be exactly what the table says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

import answers
import fake_upstream as up
from certificates import Authority
from fake_upstream import FakeProxy, Received
from gateway import BINARY, Gateway
from provider_table import OWN_BASE, ROWS, Row

PATHS = {"C": "/chat/completions", "T": "/completions", "E": "/embeddings"}

# Two rows with one variable would share a key: each key says whose it is, by its variable.
KEYS = {row.variable: f"key-of-{row.name}" for row in reversed(ROWS)}


@pytest.fixture(scope="module")
def table(authority: Authority) -> Iterator[tuple[Gateway, FakeProxy]]:
    server = FakeProxy(authority.for_host)
    address = f"http://127.0.0.1:{server.port}"
    env = {
        **KEYS,
        "HTTPS_PROXY": address,
        "HTTP_PROXY": address,
        "SSL_CERT_FILE": str(authority.ca_file),
    }
    entries = [
        {
            "model_name": row.name,
            "litellm_params": {
                "model": f"{row.name}/the-model",
                **({} if row.base else {"api_base": own_base(row)}),
            },
        }
        for row in ROWS
    ]
    gateway = Gateway({"model_list": entries}, env=env, workers=1)
    yield gateway, server
    gateway.stop()
    server.close()


def own_base(row: Row) -> str:
    return OWN_BASE.removesuffix("/v1") if row.paths else OWN_BASE


def test_the_table_names_every_provider_that_is_served() -> None:
    page = subprocess.run([BINARY, "docs", "providers"], capture_output=True, check=True).stdout
    served = page.decode().split("## What is done for each")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", served, re.M)) == {row.name for row in ROWS}


def ask(table: tuple[Gateway, FakeProxy], path: str, body: Any, answer: Any) -> Received:
    gateway, server = table
    server.reset()
    server.answer(answer)
    reply = gateway.post("/v1" + path, body)
    assert reply.status == 200, reply.body
    return server.request


def check_head(row: Row, letter: str, got: Received) -> None:
    base = own_base(row) if not row.base else row.url
    assert got.method == "POST"
    assert got.url == base + row.paths.get(letter, PATHS[letter])
    key = KEYS[row.variable]
    if row.key_header == "authorization":
        assert got.header("authorization") == f"Bearer {key}"
        assert got.header("api-key") is None
    else:
        assert got.header(row.key_header) == key
        assert got.header("authorization") is None
    for name, value in row.headers.items():
        assert got.header(name) == value
    expected = {"host", "content-type", "accept", "accept-encoding", "user-agent", "content-length"}
    assert {name.lower() for name, _ in got.headers} == {*expected, row.key_header, *row.headers}


def rows(letter: str) -> list[Any]:
    return [pytest.param(row, id=row.name) for row in ROWS if letter in row.endpoints]


def expected_chat(row: Row) -> dict[str, Any]:
    text: Any = "Hi" if row.flat else [{"type": "text", "text": "Hi"}]
    limit = "max_tokens" if row.max_tokens else "max_completion_tokens"
    return {
        "model": row.model or "the-model",
        "messages": [
            {"role": "developer" if row.developer else "system", "content": "Be brief."},
            {"role": "user", "content": text},
        ],
        "temperature": 0.5,
        limit: 5,
        "x_unknown": [1],
        **({"user": "u"} if row.user else {}),
        **row.extra,
    }


def chat_request(row: Row, **more: Any) -> dict[str, Any]:
    return {
        "model": row.name,
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        ],
        "temperature": 0.5,
        "max_completion_tokens": 5,
        "user": "u",
        "n": 1,
        "metadata": {"a": "b"},
        "tags": ["t"],
        "x_unknown": [1],
        **more,
    }


# Harmless at its default value: sent where the provider knows it, else left out.
MAY_HAVE_N = {"n": 1}


@pytest.mark.parametrize("row", rows("C"))
def test_chat(table: tuple[Gateway, FakeProxy], row: Row) -> None:
    got = ask(table, "/chat/completions", chat_request(row), up.json(answers.completion()))
    check_head(row, "C", got)
    assert {**got.json, **MAY_HAVE_N} == {**expected_chat(row), **MAY_HAVE_N}


@pytest.mark.parametrize("row", rows("C"))
def test_a_stream_asks_for_usage_where_the_provider_takes_the_wish(
    table: tuple[Gateway, FakeProxy], row: Row
) -> None:
    chunks = answers.stream("a")
    got = ask(table, "/chat/completions", chat_request(row, stream=True), up.sse(chunks))
    options = {"stream_options": {"include_usage": True}} if row.stream_options else {}
    expected = {**expected_chat(row), "stream": True, **options}
    assert {**got.json, **MAY_HAVE_N} == {**expected, **MAY_HAVE_N}


@pytest.mark.parametrize("row", rows("T"))
def test_completions(table: tuple[Gateway, FakeProxy], row: Row) -> None:
    body = {"model": row.name, "prompt": "Hi", "max_tokens": 5, "suffix": "!"}
    answer = {"id": "x", "object": "text_completion", "model": "m", "choices": []}
    got = ask(table, "/completions", body, up.json(answer))
    check_head(row, "T", got)
    assert got.json == {**body, "model": row.model or "the-model"}


@pytest.mark.parametrize("row", rows("E"))
def test_embeddings(table: tuple[Gateway, FakeProxy], row: Row) -> None:
    wishes = {"dimensions": 2, "encoding_format": "base64", "user": "u"}
    if "dimensions" not in row.embedding:
        del wishes["dimensions"]
    body = {"model": row.name, "input": "Hi", **wishes}
    got = ask(table, "/embeddings", body, up.json(answers.embeddings([0.5, -1.0])))
    check_head(row, "E", got)
    sent = {name: value for name, value in wishes.items() if name in row.embedding}
    if row.name == "lm_studio":
        sent["encoding_format"] = "float"
    assert got.json == {"model": "the-model", "input": "Hi", **sent}


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if "E" in row.endpoints and "dimensions" not in row.embedding],
    ids=lambda row: row.name,
)
def test_dimensions_are_refused_where_the_provider_has_none(
    table: tuple[Gateway, FakeProxy], row: Row
) -> None:
    reply = table[0].post("/v1/embeddings", {"model": row.name, "input": "Hi", "dimensions": 2})
    reply.expect_error(400, "invalid_request_error", "does not support parameters: ['dimensions']")


@pytest.mark.parametrize("row", rows("E"))
def test_token_ids_go_only_to_those_that_take_them(
    table: tuple[Gateway, FakeProxy], row: Row
) -> None:
    takers = {"openai", "azure", "hosted_vllm", "nebius", "litellm_proxy"}
    for ids in ([1, 2], [[1], [2]]):
        body = {"model": row.name, "input": ids}
        if row.name in takers:
            answer = up.json(answers.embeddings([0.5]))
            assert ask(table, "/embeddings", body, answer).json["input"] == ids
        else:
            error = table[0].post("/v1/embeddings", body).expect_error(400, message="token ids")
            assert error["param"] == "input"
