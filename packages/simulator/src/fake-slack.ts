/** Slack on the stage: keeps what people would see, and counts what they would hear. */

import type { Chat, ChatAddress, ChatMessage } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";

export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly key: string;
  text: string;
  readonly replies: { readonly ts: string; readonly key: string; readonly text: string }[];
};

export type SlackCounts = { posts: number; edits: number; replies: number; mentions: number };

export type FakeSlack = {
  readonly chat: Chat;
  readonly messages: readonly SlackMessage[];
  counts(channel: string): SlackCounts;
  channels(): readonly string[];
};

const MENTION = /<!(?:here|channel|everyone)[^>]*>|<@[A-Z0-9]+>/g;

export function fakeSlack(now: () => number, tell: (line: string) => void): FakeSlack {
  const messages: SlackMessage[] = [];
  const counted = new Map<string, SlackCounts>();
  const counts = (channel: string): SlackCounts => {
    const found = counted.get(channel) ?? { posts: 0, edits: 0, replies: 0, mentions: 0 };
    counted.set(channel, found);
    return found;
  };
  const locate = ({ channel, ts }: ChatAddress): SlackMessage => {
    const message = messages.find((candidate) => candidate.channel === channel && candidate.ts === ts);
    if (message === undefined) throw new Failure("permanent", `message_not_found: ${channel} ${ts}`);
    return message;
  };
  const mention = (channel: string, message: ChatMessage): void =>
    void (counts(channel).mentions += message.text.match(MENTION)?.length ?? 0);
  let sequence = 0;
  const chat: Chat = {
    async post(channel, message) {
      const ts = `${Math.floor(now() / 1000)}.${String(++sequence).padStart(6, "0")}`;
      messages.push({ channel, ts, key: message.key, text: message.text, replies: [] });
      counts(channel).posts++;
      mention(channel, message);
      tell(`slack ${channel} post ${message.text.split("\n")[0]}`);
      return { channel, ts };
    },
    async update(address, message) {
      locate(address).text = message.text;
      counts(address.channel).edits++;
      tell(`slack ${address.channel} edit ${message.text.split("\n")[0]}`);
    },
    async reply(address, message) {
      const ts = `${Math.floor(now() / 1000)}.${String(++sequence).padStart(6, "0")}`;
      locate(address).replies.push({ ts, key: message.key, text: message.text });
      counts(address.channel).replies++;
      mention(address.channel, message);
      tell(`slack ${address.channel} reply ${message.text.split("\n")[0]}`);
      return { channel: address.channel, ts };
    },
    async find(channel, key, sinceMs, within) {
      const candidates = within === undefined ? messages.filter((message) => message.channel === channel) : locate(within).replies;
      const found = candidates.find((message) => message.key === key && Number(message.ts) * 1000 >= Math.floor(sinceMs / 1000) * 1000);
      return found === undefined ? undefined : { channel, ts: found.ts };
    },
  };
  return { chat, messages, counts, channels: () => [...counted.keys()] };
}
