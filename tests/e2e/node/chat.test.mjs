import assert from "node:assert/strict";
import test from "node:test";

import { client, said } from "./client.mjs";

test("a plain answer has the client's model name and the upstream's usage", async () => {
  const answer = await client.chat.completions.create({ model: "fast", messages: said("ping") });
  assert.equal(answer.model, "fast");
  assert.equal(answer.choices[0].message.content, "echo ping");
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.deepEqual(answer.usage, { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 });
});

test("withResponse shows the gateway's headers", async () => {
  const { data, response } = await client.chat.completions
    .create({ model: "fast", messages: said("ping") })
    .withResponse();
  assert.equal(data.object, "chat.completion");
  assert.ok(response.headers.get("x-litellm-call-id"));
  assert.equal(response.headers.get("x-litellm-model-group"), "fast");
});

test("a stream yields every chunk and no usage unless asked", async () => {
  const stream = await client.chat.completions.create({
    model: "fast",
    messages: said("ping"),
    stream: true,
  });
  let text = "";
  let finish = null;
  for await (const chunk of stream) {
    assert.equal(chunk.model, "fast");
    assert.equal("usage" in chunk, false);
    text += chunk.choices[0].delta.content ?? "";
    finish = chunk.choices[0].finish_reason ?? finish;
  }
  assert.equal(text, "echo ping \u65e5\u672c \u{1f44d}\u{1f3fd}");
  assert.equal(finish, "stop");
});

test("usage comes in a chunk with empty choices when asked for", async () => {
  const stream = await client.chat.completions.create({
    model: "fast",
    messages: said("ping"),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const last = chunks.at(-1);
  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.total_tokens, 12);
  assert.equal(chunks[0].usage, null);
});

test("the strict stream helper accepts what we send", async () => {
  const runner = client.chat.completions.stream({ model: "fast", messages: said("ping") });
  let text = "";
  runner.on("content", (delta) => (text += delta));
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0].message.content, text);
  assert.equal(final.choices[0].message.role, "assistant");
  assert.equal(text, "echo ping \u65e5\u672c \u{1f44d}\u{1f3fd}");
});

test("the strict stream helper accepts the demo model", async () => {
  const runner = client.chat.completions.stream({
    model: "demo",
    messages: said("ping"),
    stream_options: { include_usage: true },
  });
  assert.equal(await runner.finalContent(), "A mock of four words.");
  assert.deepEqual(await runner.totalUsage(), {
    completion_tokens: 20,
    prompt_tokens: 10,
    total_tokens: 30,
  });
});

test("parallel tool calls are put together", async () => {
  const runner = client.chat.completions.stream({
    model: "fast",
    messages: said("tools"),
    tools: [{ type: "function", function: { name: "get_weather", parameters: {} } }],
  });
  const { message, finish_reason } = (await runner.finalChatCompletion()).choices[0];
  assert.equal(finish_reason, "tool_calls");
  const calls = message.tool_calls.map(({ id, function: f }) => [id, f.name, f.arguments]);
  const wanted = JSON.parse(process.env.TOOL_ARGUMENTS);
  assert.deepEqual(calls, [
    ["call_0", "get_weather", wanted],
    ["call_1", "get_time", wanted],
  ]);
});

test("a stream that dies is an error and no silent end", async () => {
  const stream = await client.chat.completions.create({
    model: "fast",
    messages: said("cut"),
    stream: true,
  });
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
  });
  assert.equal(text, "par");
});

test("a stream can be aborted", async () => {
  const stream = await client.chat.completions.create({
    model: "fast",
    messages: said("ping"),
    stream: true,
  });
  for await (const _ of stream) break;
  const answer = await client.chat.completions.create({ model: "fast", messages: said("next") });
  assert.equal(answer.choices[0].message.content, "echo next");
});
