import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Failure } from "@kintsugi/ports/failure";
import { afterAll, beforeAll, expect, test } from "vitest";
import { slackChat } from "./slack-chat.ts";

/** What Slack answers to the next call. */
let next: { status: number; headers?: Record<string, string>; body: string };
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(next.status, { "content-type": "application/json", ...next.headers });
  response.end(next.body);
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
});
afterAll(() => void server.close());

async function failureOf(answer: typeof next): Promise<Failure> {
  next = answer;
  const failure: unknown = await slackChat({ token: "xoxb-for-tests-only", url })
    .post("#alerts", { text: "t", key: "k" })
    .catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error(`no failure: ${String(failure)}`);
  return failure;
}

test.for([
  ["channel_not_found", "needs-human"],
  ["is_archived", "needs-human"],
  ["invalid_auth", "needs-human"],
  ["token_revoked", "needs-human"],
  ["msg_too_long", "permanent"],
  ["fatal_error", "transient"],
  ["ratelimited", "wait-until"],
] as const)("%s is %s", async ([error, failure]) => {
  expect((await failureOf({ status: 200, body: JSON.stringify({ ok: false, error }) })).failure).toBe(failure);
});

test.for([
  ["a 500 with HTML", 500, "<html>sorry</html>"],
  ["a 503 without a body", 503, ""],
  ["truncated JSON", 200, '{"ok":tr'],
] as const)("%s is transient: it may have posted", async ([, status, body]) => {
  expect((await failureOf({ status, body })).failure).toBe("transient");
});

test.for([
  ["30", 30_000],
  ["3600", 3_600_000],
] as const)("a 429 says for how long: Retry-After %s", async ([seconds, waitMs]) => {
  const before = Date.now();
  const failure = await failureOf({ status: 429, headers: { "retry-after": seconds }, body: "" });
  expect(failure.failure).toBe("wait-until");
  expect(failure.untilMs! - before).toBeGreaterThanOrEqual(waitMs);
  expect(failure.untilMs! - before).toBeLessThan(waitMs + 60_000);
});

test("the token is in no failure", async () => {
  const failure = await failureOf({ status: 200, body: JSON.stringify({ ok: false, error: "invalid_auth" }) });
  expect(`${failure.message} ${String(failure.cause)}`).not.toContain("xoxb-for-tests-only");
});
