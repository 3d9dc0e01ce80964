import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { type Signature, verifySignature } from "./verify-signature.ts";

const secret = "signing-secret-for-tests";
const nowMs = Date.parse("2026-02-05T20:00:00Z");
const body = "payload=%7B%22a%22%3A%22%C3%A9%22%7D";

function headersFor(sent: string, atMs: number, by = secret): Record<string, string> {
  const timestamp = String(atMs / 1_000);
  const signature = createHmac("sha256", by).update(`v0:${timestamp}:${sent}`).digest("hex");
  return { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${signature}` };
}

const good = headersFor(body, nowMs);
test.for<[name: string, headers: Record<string, string>, sent: string, expected: Signature]>([
  ["as Slack signs it", good, body, "good"],
  ["5 minutes ago", headersFor(body, nowMs - 300_000), body, "good"],
  ["5 minutes and a second ago", headersFor(body, nowMs - 301_000), body, "too old"],
  ["5 minutes ahead", headersFor(body, nowMs + 300_000), body, "good"],
  ["5 minutes and a second ahead", headersFor(body, nowMs + 301_000), body, "too old"],
  ["by another secret", headersFor(body, nowMs, "another"), body, "wrong"],
  ["of another body", good, `${body}&a=1`, "wrong"],
  ["of a body that was read and encoded again", good, new URLSearchParams(body).toString().replaceAll("%3A", ":"), "wrong"],
  ["of another time", { ...good, "x-slack-request-timestamp": String(nowMs / 1_000 - 1) }, body, "wrong"],
  ["of another version", { ...good, "x-slack-signature": good["x-slack-signature"]!.replace("v0", "v1") }, body, "wrong"],
  ["too short", { ...good, "x-slack-signature": "v0=00" }, body, "wrong"],
  ["no signature", { "x-slack-request-timestamp": String(nowMs / 1_000) }, body, "missing"],
  ["no time", { "x-slack-signature": good["x-slack-signature"]! }, body, "missing"],
  ["a time that is no number", { ...good, "x-slack-request-timestamp": "1e9" }, body, "missing"],
])("%s: %s", ([, headers, sent, expected]) => {
  expect(verifySignature({ headers, bytes: Buffer.from(sent) }, secret, nowMs)).toBe(expected);
});
