"""Money: many clients against small caps on key, model of a key and gateway at once, two processes
on one store, one of them killed in the middle. The rows must say what the upstream's own books say
(docs/budgets.md, docs/spend.md)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from gateway import AUTH, Gateway, StartGateway, model
from ledger import LedgerUpstream, Outcome, call
from stores import Store
from wire import until

CLIENTS = 200
MOST = 400  # max_tokens of every call
PRICES = {  # dollars a token, in and out
    "m0": (Decimal("0.0000015"), Decimal("0.000006")),
    "m1": (Decimal("0.00000025"), Decimal("0.00000125")),
    "m2": (Decimal("0.000003"), Decimal("0.000015")),
}
KEY_CAP = Decimal("0.60")
MODEL_CAP = Decimal("0.25")  # of m2 for the last key
GLOBAL_CAP = Decimal("4")
SEED = 20261126


@pytest.fixture
def ledger() -> Iterator[LedgerUpstream]:
    server = LedgerUpstream()
    yield server
    server.close()


def config(base: str) -> dict[str, Any]:
    prices = {
        name: {"input_cost_per_token": float(given), "output_cost_per_token": float(taken)}
        for name, (given, taken) in PRICES.items()
    }
    return {
        "model_list": [model(name, base, f"openai/{name}", **prices[name]) for name in PRICES],
        "litellm_settings": {"max_budget": float(GLOBAL_CAP)},
    }


class Crowd:
    """Clients that call until every cap is used up."""

    def __init__(self, ports: list[int], keys: dict[str, list[str]], seed: int) -> None:
        self.ports = ports
        self.keys = keys  # key -> models to call with it
        self.random = random.Random(seed)
        self.outcomes: list[Outcome] = []
        self.refused: Counter[tuple[str, str]] = Counter()
        self.under_way: Counter[int] = Counter()  # by port
        self.done = False
        self.number = 0

    def plan(self) -> tuple[dict[str, Any], bool]:
        dice = self.random
        self.number += 1
        kind = dice.choices(["good", "error", "hang up"], [90, 7, 3])[0]
        stream = kind == "good" and dice.random() < 0.5
        plan: dict[str, Any] = {
            "id": f"{self.number:06d}-{dice.randrange(1 << 40):x}",
            "kind": kind,
            "status": dice.choice([400, 429, 500, 503]),
            "prompt": dice.randint(10, 300),
            "completion": dice.randint(1, MOST),
            "delay": dice.random() * 0.05,
            "chunks": dice.randint(1, 20),
            "pace": dice.random() * 0.02,
            "most": MOST,
        }
        if stream and dice.random() < 0.15:
            plan["leave_after"] = dice.random() * 0.1
        return plan, stream

    async def client(self) -> None:
        while not self.done:
            open_ = [
                (key, name)
                for key, names in self.keys.items()
                for name in names
                if self.refused[key, name] < 40
            ]
            if not open_:
                return
            key, name = self.random.choice(open_)
            port = self.random.choice(self.ports)
            plan, stream = self.plan()
            self.under_way[port] += 1
            outcome = await call(port, key, name, plan, stream)
            self.under_way[port] -= 1
            self.outcomes.append(outcome)
            if outcome.status == 429 and "budget_exceeded" in outcome.text:
                self.refused[key, name] += 1
            elif outcome.status == 0:
                await asyncio.sleep(0.05)
            elif outcome.status == 503:
                await asyncio.sleep(0.1)
            else:
                self.refused[key, name] = 0

    def run(self) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*(self.client() for _ in range(CLIENTS)))

        asyncio.run(all_of_them())


def generate(gateway: Gateway, **fields: Any) -> str:
    reply = gateway.post("/key/generate", fields, AUTH)
    assert reply.status == 200, reply.text
    key: str = reply.json["key"]
    return key


def backlog(gateway: Gateway) -> int:
    """Bytes of the journal that the store does not have."""
    page = gateway.get("/metrics").text
    line = next(x for x in page.splitlines() if x.startswith("tollweir_spend_journal_backlog_bytes"))
    return int(line.split(" ")[1])


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def key_spend(store: Store, key: str) -> Decimal:
    found = store.query(
        'select tollweir_spend from "LiteLLM_VerificationToken" where token = $1', hash_of(key)
    )
    return Decimal(int(found[0]["tollweir_spend"])) / Decimal(10**12)


def cost_of(name: str, prompt: int, completion: int) -> Decimal:
    given, taken = PRICES[name]
    return given * prompt + taken * completion


def spent_of(row: dict[str, Any]) -> Decimal:
    return Decimal(int(row["tollweir_spend"])) / Decimal(10**12)


def is_interrupted(row: dict[str, Any]) -> bool:
    metadata = row["metadata"]
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    return bool(metadata.get("tollweir_interrupted"))


def test_rows_equal_the_upstreams_books_and_no_cap_is_overrun(
    store: Store, ledger: LedgerUpstream, start: StartGateway
) -> None:
    settings = config(ledger.base)
    first = start(settings, env=store.env)
    second = start(settings, env=store.env)
    capped = [generate(first, max_budget=float(KEY_CAP)) for _ in range(3)]
    by_model = generate(
        first, model_max_budget={"m2": {"max_budget": float(MODEL_CAP), "budget_duration": "30d"}}
    )
    free = generate(second)
    keys = {key: ["m0", "m1", "m2"] for key in capped}
    keys[by_model] = ["m2"]

    crowd = Crowd([first.port, second.port], keys, SEED)
    thread = threading.Thread(target=crowd.run)
    thread.start()
    while len(crowd.outcomes) < 400:
        time.sleep(0.01)
    # A crash in the middle; the same process comes back and takes its journal over.
    in_flight = crowd.under_way[first.port]
    first.process.kill()
    first.process.wait()
    first.expected_codes = (-9,)
    restarted = start(settings, env=store.env, port=first.port, directory=first.directory)
    thread.join()

    # Then one key without a cap uses up what the gateway has left.
    rest = Crowd([first.port, second.port], {free: ["m0", "m2"]}, SEED + 1)
    rest.number = 500_000
    rest.run()

    outcomes = {outcome.name: outcome for outcome in crowd.outcomes + rest.outcomes}
    assert not ledger.ledger.twice, "the gateway called twice for one request"
    until(lambda: backlog(restarted) == backlog(second) == 0, "all spend is in the store", 30)
    rows = store.query('select * from "LiteLLM_SpendLogs"')
    check_rows(rows, outcomes, ledger, in_flight)
    check_caps(rows, store, capped, by_model)


def check_rows(
    rows: list[dict[str, Any]],
    outcomes: dict[str, Outcome],
    ledger: LedgerUpstream,
    in_flight: int,
) -> None:
    by_call: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        name = row["request_id"].removeprefix("chatcmpl-")
        by_call[name].append(row)
    twice = {name: found for name, found in by_call.items() if len(found) > 1}
    assert not twice, f"more than one row for {list(twice)[:3]}"
    interrupted = [row for row in rows if is_interrupted(row)]
    assert len(interrupted) <= in_flight, "more calls were interrupted than were under way"

    entries = ledger.ledger.entries
    missing = [name for name in entries if name not in by_call]
    # What the upstream saw and has no row: none. (A call whose open record was written has one.)
    assert not missing, f"{len(missing)} calls of the upstream have no row, such as {missing[:3]}"
    wrong = []
    for name, entry in entries.items():
        row = by_call[name][0]
        if is_interrupted(row) or outcomes[name].left:
            continue  # booked at the estimate; what was produced until the client left
        if outcomes[name].status == 0:
            continue  # cut by the crash at the client's side; may have been whole on ours
        want = cost_of(entry.model, entry.prompt, entry.completion)
        if spent_of(row) != want:
            wrong.append((name, spent_of(row), want, outcomes[name].status, row["status"]))
    assert not wrong, f"{len(wrong)} of {len(entries)} rows are wrong: {wrong[:5]}"
    left = [by_call[name][0] for name in entries if outcomes[name].left]
    assert left
    assert all(spent_of(row) > 0 for row in left), "a stream that a client left was not billed"


def check_caps(
    rows: list[dict[str, Any]], store: Store, capped: list[str], by_model: str
) -> None:
    # What goes over is at most what the calls under way use beyond what was reserved for them; here
    # no more than that all of them used all they may.
    dearest = max(cost_of(name, 400, MOST) for name in PRICES)
    bound = CLIENTS * dearest
    total = sum((spent_of(row) for row in rows), Decimal(0))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["api_key"]] += spent_of(row)
    for key in capped:
        spent = sums[hash_of(key)]
        assert spent >= KEY_CAP * Decimal("0.95"), f"only {spent} of {KEY_CAP} could be used"
        assert spent <= KEY_CAP + bound
        assert key_spend(store, key) == spent, "the key's total is not the sum of its rows"
    spent = sums[hash_of(by_model)]
    assert MODEL_CAP * Decimal("0.95") <= spent <= MODEL_CAP + bound
    assert GLOBAL_CAP * Decimal("0.95") <= total <= GLOBAL_CAP + bound
