/** Slack's channels: posting takes a name, all else wants an id. */

import { z } from "zod";
import type { CallSlack } from "./slack-calls.ts";

const Listed = z.object({
  id: z.string(),
  name: z.string(),
  is_archived: z.boolean().default(false),
  is_member: z.boolean().default(true),
  is_private: z.boolean().default(false),
});
export type ListedChannel = z.infer<typeof Listed>;

const Page = z.object({
  channels: z.array(Listed).default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** In the order in which they are asked for: each takes a scope of its own, so that one is asked for only where the others do not have the channel. */
const CHANNELS = ["public_channel", "private_channel"];
/** Conversations of several people have names of their own form. */
const GROUPS = ["mpim"];
const PAGE_SIZE = 1_000;
/** A workspace may have tens of thousands; Slack answers about 20 such calls a minute. */
const MAX_PAGES = 20;

type Listing = { readonly channels: readonly ListedChannel[]; readonly isWhole: boolean };
type IsEnough = (found: readonly ListedChannel[]) => boolean;

/** Private channels are listed where the app is a member. `isWhole` is false where there are more. @param isEnough ends the search */
export async function listChannels(call: CallSlack, isEnough: IsEnough, types: readonly string[] = CHANNELS): Promise<Listing> {
  let listed: Listing = { channels: [], isWhole: true };
  for (const type of types) {
    listed = await listMore(call, listed, { isEnough, type });
    if (isEnough(listed.channels)) return listed;
  }
  return listed;
}

async function listMore(call: CallSlack, before: Listing, { isEnough, type }: { isEnough: IsEnough; type: string }): Promise<Listing> {
  const channels = [...before.channels];
  for (let cursor = "", page = 0; page < MAX_PAGES; page++) {
    const given = { limit: PAGE_SIZE, types: type, ...(cursor === "" ? {} : { cursor }) };
    const answered = Page.parse(await call("conversations.list", given));
    channels.push(...answered.channels);
    cursor = answered.response_metadata?.next_cursor ?? "";
    if (cursor === "") return { channels, isWhole: before.isWhole };
    if (isEnough(channels)) break;
  }
  return { channels, isWhole: false };
}

export type ChannelNames = {
  learn(name: string, id: string): void;
  /** The name where it is known, else what was given. */
  nameOf(channel: string): string;
  idOf(channel: string, call: CallSlack): Promise<string | undefined>;
};

/** What was learned of names and ids, by posting and by asking. */
export function channelNames(): ChannelNames {
  const ids = new Map<string, string>();
  const names = new Map<string, string>();
  const learn = (name: string, id: string): void => {
    if (!name.startsWith("#")) return;
    ids.set(name, id);
    names.set(id, name);
  };
  return {
    learn,
    nameOf: (channel) => names.get(channel) ?? channel,
    async idOf(channel, call) {
      if (!channel.startsWith("#") || ids.has(channel)) return ids.get(channel) ?? channel;
      const { channels } = await listChannels(call, (found) => found.some(({ name }) => `#${name}` === channel), typesOf(channel));
      for (const { id, name } of channels) learn(`#${name}`, id);
      return ids.get(channel);
    },
  };
}

function typesOf(channel: string): readonly string[] {
  return channel.startsWith("#mpdm-") ? GROUPS : CHANNELS;
}
