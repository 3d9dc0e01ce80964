/** Chat on Slack's Web API. The outbox tries again, so the client itself never waits or retries. */

import type { Chat, ChatAddress } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { z } from "zod";
import { slackBody, slackRemark } from "./slack-blocks.ts";
import { type CallSlack, slackCalls } from "./slack-calls.ts";
import { channelNames } from "./slack-channels.ts";
import { isAboutBlocks } from "./slack-failure.ts";
import { slackProblems } from "./slack-problems.ts";

export type SlackOptions = {
  readonly token: string;
  /** Another address of the Web API, such as a proxy's. */
  readonly url?: string | undefined;
  readonly now?: () => number;
};

const EVENT_TYPE = "kintsugi_message";
const HISTORY_LIMIT = 200;

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
type Posted = z.infer<typeof Posted>;

export function slackChat({ token, url, now = Date.now }: SlackOptions): Chat {
  const names = channelNames();
  const call = slackCalls({ token, url, now, nameOf: names.nameOf });

  return {
    receiver: "slack",
    isEditable: true,
    async post(channel, message) {
      const posted = await send(call, "chat.postMessage", { channel, ...slackBody(message), ...markOf(message.key) });
      names.learn(channel, posted.channel);
      return { channel: posted.channel, id: posted.ts };
    },
    async update({ channel, id }, message) {
      await send(call, "chat.update", { channel, ts: id, ...slackBody(message), ...markOf(message.key) });
    },
    async reply({ channel, id }, remark) {
      const aloud = remark.isAloud ? { reply_broadcast: true } : {};
      const body = { channel, thread_ts: id, text: slackRemark(remark), ...markOf(remark.key), ...aloud };
      const posted = await send(call, "chat.postMessage", body);
      return { channel: posted.channel, id: posted.ts };
    },
    async find(channel, key, sinceMs, within) {
      const id = within?.channel ?? (await names.idOf(channel, call));
      return id === undefined ? undefined : await findByKey(call, { channel: id, key, sinceMs, thread: within?.id });
    },
    problems: (channels) => slackProblems(call, channels),
  };
}

/** A message that is refused for its blocks is sent once more without them, before it is given up. */
async function send(call: CallSlack, method: "chat.postMessage" | "chat.update", body: Record<string, unknown>): Promise<Posted> {
  try {
    return postedOf(await call(method, body));
  } catch (error) {
    if (!("blocks" in body) || !isAboutBlocks(error)) throw error;
    // An edit without blocks would keep those that the message has.
    const { blocks: _refused, ...plain } = body;
    return postedOf(await call(method, method === "chat.update" ? { ...plain, blocks: [] } : plain));
  }
}

function postedOf(answer: unknown): Posted {
  const parsed = Posted.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new Failure("transient", "slack: an answer without channel and time, so it may have worked", {
    cause: parsed.error,
    about: "slack",
  });
}

type Wanted = { readonly channel: string; readonly key: string; readonly sinceMs: number; readonly thread: string | undefined };

async function findByKey(call: CallSlack, { channel, key, sinceMs, thread }: Wanted): Promise<ChatAddress | undefined> {
  const { messages } = History.parse(
    await call(thread === undefined ? "conversations.history" : "conversations.replies", {
      channel,
      ...(thread === undefined ? {} : { ts: thread }),
      oldest: String(sinceMs / 1_000),
      include_all_metadata: true,
      limit: HISTORY_LIMIT,
    }),
  );
  const found = messages.find(({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload?.["key"] === key);
  return found === undefined ? undefined : { channel, id: found.ts };
}

function markOf(key: string): Record<string, unknown> {
  return { metadata: { event_type: EVENT_TYPE, event_payload: { key } }, unfurl_links: false, unfurl_media: false };
}
