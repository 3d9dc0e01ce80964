import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServer, startHttpServer } from "./http-server.ts";

const token = "a-token-for-tests";
let server: HttpServer;

/** Answers with what came in. */
beforeAll(async () => {
  server = await startHttpServer({
    hidden: [],
    port: 0,
    token,
    answer: async ({ method, path, query, headers, body }) => ({
      status: 200,
      body: { method, path, query: query.toString(), signature: headers["x-slack-signature"] ?? null, body: Buffer.from(body).toString() },
    }),
    log: () => {},
  });
});
afterAll(() => server.close());

test("a request comes through whole: method, path, query, headers in lower case, and the bytes", async () => {
  const response = await fetch(`${server.url}/why/a%2Fb?since=now`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "X-Slack-Signature": "v0=abc" },
    body: "payload=%7B%7D",
  });
  expect(await response.json()).toEqual({
    method: "POST",
    path: "/why/a%2Fb",
    query: "since=now",
    signature: "v0=abc",
    body: "payload=%7B%7D",
  });
});

test.for<[path: string, status: number]>([
  ["/slack/actions", 200],
  ["/slack/actions?team=1", 200],
  ["/slack/actions/", 401],
  ["/slack", 401],
  ["//slack/actions", 401],
  ["/status", 401],
])("without the token %s is answered with %i: Slack signs its requests instead", async ([path, status]) => {
  expect((await fetch(`${server.url}${path}`, { method: "POST", body: "x" })).status).toBe(status);
});
