/** Chat on Slack's Web API. The notifier tries again, so a call waits for its turn by Slack's limits, and is never repeated here. */

import type { Chat } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";
import { z } from "zod";
import { slackBody, slackRemark } from "./slack-blocks.ts";
import { type CallSlack, slackCalls } from "./slack-calls.ts";
import { channelNames } from "./slack-channels.ts";
import { isAboutBlocks } from "./slack-failure.ts";
import { EVENT_TYPE, lookUp } from "./slack-lookup.ts";
import type { PaceTime } from "./slack-pace.ts";
import { slackProblems } from "./slack-problems.ts";

export type SlackOptions = Partial<PaceTime> & {
  readonly token: string;
  /** Another address of the Web API, such as a proxy's. */
  readonly url?: string | undefined;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
};

const Posted = z.object({ channel: z.string(), ts: z.string() });
type Posted = z.infer<typeof Posted>;

const theProcess = {
  fetch,
  now: Date.now,
  monotonicMs: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
};

export function slackChat({ token, url, ...given }: SlackOptions): Chat {
  const names = channelNames();
  const { call, slackTime } = slackCalls({ ...theProcess, ...given, token, url, nameOf: names.nameOf });

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
      return id === undefined ? undefined : await lookUp(call, { channel: id, key, sinceMs: () => slackTime(sinceMs), thread: within?.id });
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

function markOf(key: string): Record<string, unknown> {
  return { metadata: { event_type: EVENT_TYPE, event_payload: { key } }, unfurl_links: false, unfurl_media: false, parse: "none" };
}
