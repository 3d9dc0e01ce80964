/** What must happen after one of Slack's incoming webhooks has refused a message. Pure. */

import { Failure } from "@kintsugi/ports/failure";

export type WebhookRefusal = { readonly status: number; readonly retryAfter: string | null; readonly said: string };

/** When Slack does not say how long. */
const DEFAULT_RETRY_MS = 30_000;
const REMEDY = "make a new webhook and give it under slack.webhooks";

/** Errors: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
export function webhookFailure({ status, retryAfter, said }: WebhookRefusal, where: { channel: string; nowMs: number }): Failure {
  const reason = `slack: the webhook of ${where.channel} answered ${status}${/^[a-z_]+$/.test(said) ? ` ${said}` : ""}`;
  const about = `slack ${where.channel}`;
  if (status === 429)
    return new Failure("wait-until", `slack: ${where.channel} is rate limited`, { about, untilMs: where.nowMs + waitMs(retryAfter) });
  if (status >= 500 || status === 408) return new Failure("transient", reason, { about: "slack" });
  if ([401, 403, 404, 410].includes(status)) return new Failure("needs-human", `${reason}: ${REMEDY}`, { about });
  return new Failure("permanent", reason);
}

function waitMs(retryAfter: string | null): number {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_RETRY_MS;
}
