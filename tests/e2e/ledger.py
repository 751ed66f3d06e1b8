"""An upstream that keeps books of its own, and clients that use it up: for the money test.

A request's only message says, as JSON, what the upstream shall do: so the test decides everything
and the gateway is told nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from typing import Any

CHUNK = "lorem ipsum dolor sit amet "


@dataclass
class Entry:
    """What the upstream knows of one call."""

    model: str
    prompt: int
    completion: int
    whole: bool = False  # the answer went out to its last byte, usage included
    chunks: int = 0  # of a stream, written


@dataclass
class Ledger:
    entries: dict[str, Entry] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)


class LedgerUpstream:
    """OpenAI's chat completions on a thread of its own."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await read_head(reader):
                length = int(head.headers.get("content-length", "0"))
                body = json.loads(await reader.readexactly(length))
                if not await self._answer(body, writer):
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        """False: the connection is closed."""
        plan = json.loads(body["messages"][-1]["content"])
        name = plan["id"]
        # A kept connection that dies unanswered is tried once more on a fresh one.
        if name in self.ledger.entries and plan["kind"] != "hang up":
            self.ledger.twice.append(name)
        entry = Entry(body["model"], plan["prompt"], plan["completion"])
        self.ledger.entries[name] = entry
        await asyncio.sleep(plan["delay"])
        if plan["kind"] == "error":
            entry.prompt = entry.completion = 0
            write_json(writer, plan["status"], {"error": {"message": "no", "type": "t"}})
        elif plan["kind"] == "hang up":
            entry.prompt = entry.completion = 0
            return False
        elif body.get("stream"):
            await self._stream(name, plan, entry, writer)
        else:
            write_json(
                writer,
                200,
                {
                    "id": f"chatcmpl-{name}",
                    "object": "chat.completion",
                    "created": 1,
                    "model": body["model"],
                    "choices": [
                        {
                            "index": 0,
                            "message": {"role": "assistant", "content": CHUNK},
                            "finish_reason": "stop",
                        }
                    ],
                    "usage": usage(entry),
                },
            )
        await writer.drain()
        entry.whole = True
        return True

    async def _stream(
        self, name: str, plan: dict[str, Any], entry: Entry, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )

        async def event(value: Any) -> None:
            text = value if isinstance(value, str) else json.dumps(value)
            data = f"data: {text}\n\n".encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()

        base = {"id": f"chatcmpl-{name}", "object": "chat.completion.chunk", "created": 1}
        for _ in range(plan["chunks"]):
            delta = {"index": 0, "delta": {"content": CHUNK}, "finish_reason": None}
            await event({**base, "model": "up", "choices": [delta]})
            entry.chunks += 1
            await asyncio.sleep(plan["pace"])
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        await event({**base, "model": "up", "choices": [end]})
        await event({**base, "model": "up", "choices": [], "usage": usage(entry)})
        await event("[DONE]")
        writer.write(b"0\r\n\r\n")


def usage(entry: Entry) -> dict[str, int]:
    return {
        "prompt_tokens": entry.prompt,
        "completion_tokens": entry.completion,
        "total_tokens": entry.prompt + entry.completion,
    }


def write_json(writer: asyncio.StreamWriter, status: int, value: Any) -> None:
    body = json.dumps(value).encode()
    writer.write(
        f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n".encode()
        + body
    )


@dataclass
class Head:
    first: str
    headers: dict[str, str]


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    try:
        data = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = data[:-4].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Head(first, {name.lower(): value.strip() for name, _, value in pairs})


@dataclass
class Outcome:
    """What a client saw of a call."""

    name: str
    key: str
    model: str
    port: int
    status: int = 0  # 0: the connection broke before an answer
    text: str = ""
    left: bool = False  # the client went away in the middle, on purpose


async def call(
    port: int, key: str, model: str, plan: dict[str, Any], stream: bool, fields: dict[str, Any]
) -> Outcome:
    """`fields` go into the body as they are."""
    outcome = Outcome(plan["id"], key, model, port)
    body = json.dumps(
        {
            "model": model,
            "messages": [{"role": "user", "content": json.dumps(plan)}],
            "max_tokens": plan["most"],
            "stream": stream,
            **fields,
        }
    ).encode()
    writer = None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
            f"x-litellm-call-id: {plan['id']}\r\ncontent-type: application/json\r\n"
            f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await asyncio.wait_for(read_head(reader), 60)
        if head is None:
            return outcome
        if plan.get("leave_after") is not None and head.first.split(" ")[1] == "200":
            await asyncio.wait_for(reader.read(200), 60)
            await asyncio.sleep(plan["leave_after"])
            outcome.left = True
            outcome.status = 200
            return outcome
        outcome.text = (await asyncio.wait_for(reader.read(), 60)).decode("utf-8", "replace")
        outcome.status = int(head.first.split(" ")[1])
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        if writer is not None:
            writer.close()
    return outcome
