import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { client, said } from "./client.mjs";

const classes = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  409: OpenAI.ConflictError,
  422: OpenAI.UnprocessableEntityError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
};

for (const [status, kind] of Object.entries(classes)) {
  for (const stream of [false, true]) {
    test(`an upstream's ${status} is the right class, stream ${stream}`, async () => {
      const call = client.chat.completions.create({
        model: "fast",
        messages: said(`status ${status}`),
        stream,
      });
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof kind);
        assert.equal(error.status, Number(status));
        assert.equal(error.type, "some_type");
        assert.equal(error.param, "messages");
        assert.equal(error.code, "some_code");
        assert.match(error.message, new RegExp(`no ${status}`));
        return true;
      });
    });
  }
}

test("an unknown model is a bad request", async () => {
  const call = client.chat.completions.create({ model: "nope", messages: said("x") });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, "model");
    return true;
  });
});

test("a wrong key is an authentication error", async () => {
  const stranger = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "sk-no", maxRetries: 0 });
  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
});
