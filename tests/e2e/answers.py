"""What an OpenAI-shaped upstream says."""

from __future__ import annotations

from typing import Any

USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}


def completion(content: str = "pong", **fields: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1760000000,
        "model": "up-model-2026",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": USAGE,
        **fields,
    }


def delta(content: str | None = None, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """One chunk of a stream; without content the finish chunk."""
    changes: dict[str, Any] = {} if content is None else {"content": content}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": "up-model-2026",
        "choices": [{"index": 0, "delta": changes, "logprobs": None, "finish_reason": finish}],
        **fields,
    }


def role() -> dict[str, Any]:
    chunk = delta("")
    chunk["choices"][0]["delta"] = {"role": "assistant", "content": "", "refusal": None}
    return chunk


def opening() -> dict[str, Any]:
    """The first chunk that says something: it is sent on, where a role alone waits for it."""
    chunk = role()
    chunk["choices"][0]["delta"]["content"] = "Well"
    return chunk


def usage_chunk(usage: dict[str, Any] | None = None) -> dict[str, Any]:
    return {**delta(), "choices": [], "usage": usage or USAGE}


def stream(*texts: str, finish: str = "stop", usage: bool = False) -> list[dict[str, Any]]:
    chunks = [role(), *(delta(text) for text in texts), delta(finish=finish)]
    if usage:
        return [*({**chunk, "usage": None} for chunk in chunks), usage_chunk()]
    return chunks


def content_of(events: list[Any]) -> str:
    return "".join(
        choice["delta"].get("content") or ""
        for event in events
        if event != "[DONE]"
        for choice in event["choices"]
    )


def error_body(
    message: str = "nope",
    kind: str | None = "invalid_request_error",
    param: str | None = None,
    code: Any = None,
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def embeddings(*vectors: Any) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": vector}
            for index, vector in enumerate(vectors)
        ],
        "model": "up-embed-2026",
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }


def moderation() -> dict[str, Any]:
    return {
        "id": "modr-1",
        "model": "up-moderation-2026",
        "results": [
            {
                "flagged": True,
                "categories": {"violence": True},
                "category_scores": {"violence": 0.91},
            }
        ],
    }
