import assert from "node:assert/strict";
import test from "node:test";

import { AzureOpenAI } from "openai";

import { client, said } from "./client.mjs";

test("embeddings are right by default: the SDK asks for base64 and decodes blindly", async () => {
  const answer = await client.embeddings.create({ model: "fast", input: "x" });
  assert.deepEqual(Array.from(answer.data[0].embedding), [0.5, -1.25, 0.0078125, 3]);
  assert.equal(answer.model, "fast");
});

test("embeddings as floats", async () => {
  const answer = await client.embeddings.create({
    model: "fast",
    input: ["x"],
    encoding_format: "float",
  });
  assert.deepEqual(answer.data[0].embedding, [0.5, -1.25, 0.0078125, 3]);
});

test("completions and moderations", async () => {
  const text = await client.completions.create({ model: "fast", prompt: "tell" });
  assert.equal(text.choices[0].text, "once");
  assert.equal(text.model, "fast");
  const verdict = await client.moderations.create({ model: "fast", input: "x" });
  assert.equal(verdict.results[0].flagged, true);
});

test("models are listed and found, slashes included", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.deepEqual(ids.sort(), ["demo", "fast", "team/a"]);
  assert.equal((await client.models.retrieve("team/a")).id, "team/a");
  await assert.rejects(client.models.retrieve("nope"), { status: 404 });
});

test("Azure's client speaks to us as to a deployment", async () => {
  const azure = new AzureOpenAI({
    endpoint: process.env.BASE_URL.replace(/\/v1$/, ""),
    apiKey: process.env.API_KEY,
    apiVersion: "2024-10-21",
    deployment: "fast",
    maxRetries: 0,
  });
  const answer = await azure.chat.completions.create({ model: "fast", messages: said("ping") });
  assert.equal(answer.choices[0].message.content, "echo ping");
  assert.equal(answer.model, "fast");
});
