/** Whether a request comes from Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack. Pure. */

import { createHmac, timingSafeEqual } from "node:crypto";

export type SignedRequest = {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came: a body that was read and written again has another signature. */
  readonly bytes: Uint8Array;
};

export type Signature = "good" | "missing" | "too old" | "wrong";

/** Also the other way: a time that is so far ahead is no better. */
const MAX_AGE_MS = 5 * 60_000;

export function verifySignature({ headers, bytes }: SignedRequest, secret: string, nowMs: number): Signature {
  const timestamp = headers["x-slack-request-timestamp"] ?? "";
  const given = headers["x-slack-signature"] ?? "";
  if (given === "" || !/^\d{1,12}$/.test(timestamp)) return "missing";
  const wanted = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(bytes).digest();
  if (!isSame(given, wanted)) return "wrong";
  return Math.abs(nowMs - Number(timestamp) * 1_000) <= MAX_AGE_MS ? "good" : "too old";
}

function isSame(given: string, wanted: Buffer): boolean {
  const hex = /^v0=([0-9a-f]{64})$/.exec(given)?.[1];
  return hex !== undefined && timingSafeEqual(Buffer.from(hex, "hex"), wanted);
}
