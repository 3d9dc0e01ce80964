/** What must happen after Slack has refused something, and what a person can do about it. */

import { Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";

/** When Slack does not say how long. */
const DEFAULT_RETRY_MS = 30_000;
/** Nobody is to be silent for longer because of one answer. */
const MAX_RETRY_MS = 900_000;

type Refusal = { readonly failure: FailureClass; readonly about: "slack" | "channel" | undefined; readonly remedy?: string };

const BAD_TOKEN: Refusal = {
  failure: "needs-human",
  about: "slack",
  remedy: "give the bot token (xoxb-…) of an installed app as slack.token",
};
const GONE: Refusal = { failure: "permanent", about: undefined };
const TOO_MUCH: Refusal = { failure: "permanent", about: undefined };

/** Errors: https://docs.slack.dev/reference/methods/chat.postMessage. What is not listed may pass, and the call may also have worked. */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ["invalid_auth", BAD_TOKEN],
  ["not_authed", BAD_TOKEN],
  ["token_revoked", BAD_TOKEN],
  ["token_expired", BAD_TOKEN],
  ["account_inactive", BAD_TOKEN],
  ["not_allowed_token_type", BAD_TOKEN],
  ["missing_scope", { failure: "needs-human", about: "slack", remedy: "add the scope to the app and install it again" }],
  ["no_permission", { failure: "needs-human", about: "slack", remedy: "let the app post, in the settings of the workspace" }],
  ["channel_not_found", { failure: "needs-human", about: "channel", remedy: "create the channel, or invite the app with /invite" }],
  ["not_in_channel", { failure: "needs-human", about: "channel", remedy: "invite the app with /invite" }],
  ["is_archived", { failure: "needs-human", about: "channel", remedy: "restore the channel, or name another under slack.channels" }],
  ["restricted_action", { failure: "needs-human", about: "channel", remedy: "let the app post, in the settings of the channel" }],
  ["message_not_found", GONE],
  ["thread_not_found", GONE],
  ["cannot_reply_to_message", GONE],
  ["cant_update_message", GONE],
  ["edit_window_closed", GONE],
  ["msg_too_long", TOO_MUCH],
  ["msg_blocks_too_long", TOO_MUCH],
  ["invalid_blocks", TOO_MUCH],
  ["invalid_blocks_format", TOO_MUCH],
  ["no_text", TOO_MUCH],
  ["invalid_arguments", TOO_MUCH],
]);

/** A message that is refused for its blocks may be taken without them. */
const ABOUT_BLOCKS: ReadonlySet<string> = new Set(["invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"]);

export function isAboutBlocks(error: unknown): boolean {
  return error instanceof Failure && ABOUT_BLOCKS.has(reasonOf(error.cause));
}

export type SlackCall = {
  /** As people write it, such as `#alerts`. */
  readonly channel?: string | undefined;
  readonly nowMs: number;
};

export function slackFailure(error: unknown, { channel, nowMs }: SlackCall): Failure {
  const reason = reasonOf(error);
  const limitedMs = limitMs(error);
  if (limitedMs !== undefined) return rateLimited("rate limited", nowMs + limitedMs, error);
  const refusal = REFUSALS.get(reason);
  if (refusal === undefined) return new Failure("transient", `slack: ${reason}`, { cause: error, about: "slack" });
  const details = { cause: error, ...aboutOf(refusal, channel) };
  return new Failure(refusal.failure, `slack: ${refusalWords(error, refusal.about === "channel" ? channel : undefined)}`, details);
}

/** `#alerts: not_in_channel: invite the app with /invite` */
export function refusalWords(error: unknown, channel?: string): string {
  const reason = reasonOf(error);
  const { needed } = dataOf(error);
  const words = [reason + (needed === undefined ? "" : ` (${needed})`), REFUSALS.get(reason)?.remedy];
  return [channel, ...words].filter((part) => part !== undefined).join(": ");
}

export function reasonOf(error: unknown): string {
  return dataOf(error).error ?? messageOf(error);
}

/** An error as the client throws it for an answer that is not ok. */
export function refusedAs(reason: string): { readonly data: { readonly error: string } } {
  return { data: { error: reason } };
}

function aboutOf({ about }: Refusal, channel: string | undefined): { about?: string } {
  if (about === undefined) return {};
  return { about: about === "channel" && channel !== undefined ? `slack ${channel}` : "slack" };
}

function dataOf(error: unknown): { error?: string; needed?: string } {
  return (error as { data?: { error?: string; needed?: string } } | null)?.data ?? {};
}

/** For how long Slack refuses all calls of this method; undefined where it has refused this one alone. */
export function limitMs(error: unknown): number | undefined {
  const reason = reasonOf(error);
  const isLimit = (error as { code?: string } | null)?.code === "slack_webapi_rate_limited_error" || reason === "ratelimited";
  if (!isLimit && !UNREADABLE_LIMIT.test(reason)) return undefined;
  const seconds = Number((error as { retryAfter?: unknown }).retryAfter);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, MAX_RETRY_MS) : DEFAULT_RETRY_MS;
}

/** How the client words a 429 whose Retry-After is missing, or no number: https://github.com/slackapi/node-slack-sdk/issues/1421 */
const UNREADABLE_LIMIT = /^Retry header did not contain a valid timeout/;

export function rateLimited(why: string, untilMs: number, cause?: unknown): Failure {
  return new Failure("wait-until", `slack: ${why}`, { cause, untilMs, about: "slack" });
}
