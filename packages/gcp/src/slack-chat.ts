/** Chat on Slack's Web API. The outbox tries again, so the client itself never waits or retries. */

import type { Chat, ChatMessage } from "@kintsugi/ports/chat";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { WebClient } from "@slack/web-api";
import { z } from "zod";

const EVENT_TYPE = "kintsugi_message";
const TIMEOUT_MS = 10_000;
/** When Slack does not say how long. */
const DEFAULT_RETRY_MS = 30_000;
const HISTORY_LIMIT = 200;

/** A person must do something; trying again cannot help. */
const NEEDS_HUMAN = new Set([
  "channel_not_found",
  "is_archived",
  "not_in_channel",
  "invalid_auth",
  "token_revoked",
  "token_expired",
  "account_inactive",
  "missing_scope",
  "not_authed",
  "no_permission",
]);
const PERMANENT = new Set([
  "msg_too_long",
  "invalid_blocks",
  "no_text",
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
  "invalid_arguments",
]);

const Posted = z.object({ channel: z.string(), ts: z.string() });
const History = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z.object({ event_type: z.string().optional(), event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
      }),
    )
    .default([]),
});
const Channels = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export function slackChat({ token, url }: { readonly token: string; readonly url?: string }): Chat {
  let client: Promise<WebClient> | undefined;
  const connect = async (): Promise<WebClient> => {
    const { LogLevel, WebClient: Client } = await import("./slack-client.ts");
    return new Client(token, {
      // It would write what it sends; our log says what failed.
      logLevel: LogLevel.ERROR,
      ...(url === undefined ? {} : { slackApiUrl: url }),
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
      timeout: TIMEOUT_MS,
    });
  };
  const ids = new Map<string, string>();

  async function call(method: string, body: Record<string, unknown>): Promise<unknown> {
    client ??= connect();
    try {
      return await (await client).apiCall(method, body);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** History wants a channel's id; posting takes its name. */
  async function channelId(channel: string): Promise<string | undefined> {
    if (!channel.startsWith("#")) return channel;
    for (let cursor: string | undefined; !ids.has(channel);) {
      const page = Channels.parse(
        await call("conversations.list", { limit: 1_000, exclude_archived: true, ...(cursor === undefined ? {} : { cursor }) }),
      );
      for (const { id, name } of page.channels) ids.set(`#${name}`, id);
      cursor = page.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === "") break;
    }
    return ids.get(channel);
  }

  return {
    async post(channel, message) {
      const posted = Posted.parse(await call("chat.postMessage", { channel, ...bodyOf(message) }));
      ids.set(channel, posted.channel);
      return posted;
    },
    async update({ channel, ts }, message) {
      await call("chat.update", { channel, ts, ...bodyOf(message) });
    },
    async reply({ channel, ts }, message) {
      return Posted.parse(await call("chat.postMessage", { channel, thread_ts: ts, ...bodyOf(message) }));
    },
    async find(channel, key, sinceMs, within) {
      const id = within?.channel ?? (await channelId(channel));
      if (id === undefined) return undefined;
      const { messages } = History.parse(
        await call(within === undefined ? "conversations.history" : "conversations.replies", {
          channel: id,
          ...(within === undefined ? {} : { ts: within.ts }),
          oldest: String(sinceMs / 1_000),
          include_all_metadata: true,
          limit: HISTORY_LIMIT,
        }),
      );
      const found = messages.find(({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload?.["key"] === key);
      return found === undefined ? undefined : { channel: id, ts: found.ts };
    },
  };
}

function bodyOf({ text, blocks, key }: ChatMessage): Record<string, unknown> {
  return {
    text,
    ...(blocks === undefined ? {} : { blocks }),
    metadata: { event_type: EVENT_TYPE, event_payload: { key } },
    unfurl_links: false,
  };
}

function failureOf(error: unknown): Failure {
  const { code, retryAfter, data } = error as { code?: string; retryAfter?: unknown; data?: { error?: string } };
  const reason = data?.error ?? messageOf(error);
  if (code === "slack_webapi_rate_limited_error" || reason === "ratelimited") {
    const waitMs = Number.isFinite(Number(retryAfter)) && Number(retryAfter) > 0 ? Number(retryAfter) * 1_000 : DEFAULT_RETRY_MS;
    return new Failure("wait-until", "slack: rate limited", { cause: error, untilMs: performance.timeOrigin + performance.now() + waitMs });
  }
  if (NEEDS_HUMAN.has(reason)) return new Failure("needs-human", `slack: ${reason}`, { cause: error });
  if (PERMANENT.has(reason)) return new Failure("permanent", `slack: ${reason}`, { cause: error });
  return new Failure("transient", `slack: ${reason}`, { cause: error });
}
