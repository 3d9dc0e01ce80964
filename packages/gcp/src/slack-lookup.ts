/** Looks for a message by the key in its metadata, in the channel's history or in a thread, page by page. */

import type { ChatAddress } from "@kintsugi/ports/chat";
import { z } from "zod";
import type { CallSlack } from "./slack-calls.ts";

export const EVENT_TYPE = "kintsugi_message";

export type Lookup = {
  /** Its id. */
  readonly channel: string;
  readonly key: string;
  /** By Slack's own clock, epoch ms, as far as its answers have told by then: what is older by more than a margin is another message. */
  readonly sinceMs: () => number;
  /** The message in whose thread it would stand. */
  readonly thread: string | undefined;
};

/** Slack's most for a page. */
const PAGE_SIZE = 999;
/** What stands further back is not looked for: then the message is taken for not posted, as told twice is better than never. */
const MAX_PAGES = 10;
/** The first try is dated by a clock of ours, which may have been set meanwhile. */
const MARGIN_MS = 300_000;

const Page = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z.object({ event_type: z.string().optional(), event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
type Page = z.infer<typeof Page>;

export async function lookUp(call: CallSlack, { channel, key, sinceMs, thread }: Lookup): Promise<ChatAddress | undefined> {
  const method = thread === undefined ? "conversations.history" : "conversations.replies";
  const within = thread === undefined ? { channel } : { channel, ts: thread };
  for (let cursor = "", page = 0; page < MAX_PAGES; page++) {
    const asked = { ...within, include_all_metadata: true, limit: PAGE_SIZE, ...(cursor === "" ? {} : { cursor }) };
    const answered = Page.parse(await call(method, asked));
    const found = answered.messages.find(({ metadata }) => isMarked(metadata, key));
    if (found !== undefined) return { channel, id: found.ts };
    cursor = answered.response_metadata?.next_cursor ?? "";
    // A channel begins with what is newest, and a thread with what is oldest.
    if (cursor === "" || (thread === undefined && reachesBefore(answered, sinceMs() - MARGIN_MS))) return undefined;
  }
  return undefined;
}

function isMarked(metadata: Page["messages"][number]["metadata"], key: string): boolean {
  return metadata?.event_type === EVENT_TYPE && metadata.event_payload?.["key"] === key;
}

function reachesBefore({ messages }: Page, ms: number): boolean {
  return messages.some(({ ts }) => Number(ts) * 1_000 < ms);
}
