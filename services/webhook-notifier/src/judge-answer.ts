/** What a receiver's answer to a webhook means. Pure. */

import { Failure } from "@kintsugi/ports/failure";
import type { WebhookAnswer } from "@kintsugi/ports/webhook";

/** When the receiver does not say how long. */
const DEFAULT_RETRY_S = 30;
/** It was too slow, too early, or too much for the receiver just now. */
const PASSING = [408, 425];

/** @returns undefined where it was accepted */
export function judgeAnswer(
  name: string,
  { status, retryAfterSeconds = DEFAULT_RETRY_S }: WebhookAnswer,
  nowMs: number,
): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const details = { about: name };
  if (status === 429) return new Failure("wait-until", `${name}: rate limited`, { ...details, untilMs: nowMs + retryAfterSeconds * 1_000 });
  const reason = `${name}: answered ${status}`;
  if (status >= 500 || PASSING.includes(status)) return new Failure("transient", reason, details);
  return new Failure("needs-human", `${reason}: check the address and the secret under receivers.${name}`, details);
}
