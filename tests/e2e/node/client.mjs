// The SDK as a user sets it up. No retries of its own: a test wants to see the first answer.
import OpenAI from "openai";

export const client = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: process.env.API_KEY,
  maxRetries: 0,
});

export const said = (content) => [{ role: "user", content }];
