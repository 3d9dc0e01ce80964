/** Slack on the stage: keeps what people would see, and counts what they would hear. */

import { plainText } from "@kintsugi/notify/plain-text";
import type { Chat, ChatAddress } from "@kintsugi/ports/chat";
import { Failure } from "@kintsugi/ports/failure";

export type SlackMessage = {
  readonly channel: string;
  readonly id: string;
  readonly key: string;
  text: string;
  /** In small print, where the incident's key stands. */
  notes: readonly string[];
  readonly replies: { readonly id: string; readonly key: string; readonly text: string; readonly isAloud: boolean }[];
};

export type SlackCounts = { posts: number; edits: number; replies: number; mentions: number };

export type FakeSlack = {
  readonly chat: Chat;
  /** What stands in the channels now. */
  readonly messages: readonly SlackMessage[];
  counts(channel: string): SlackCounts;
  channels(): readonly string[];
  /** A person deletes the newest message about the incident. False when there is none. */
  remove(incidentKey: string): boolean;
};

const COUNTED = { post: "posts", edit: "edits", reply: "replies" } as const;

export function fakeSlack(now: () => number, tell: (line: string) => void): FakeSlack {
  const messages: SlackMessage[] = [];
  const counted = new Map<string, SlackCounts>();
  let sequence = 0;

  function counts(channel: string): SlackCounts {
    const found = counted.get(channel) ?? { posts: 0, edits: 0, replies: 0, mentions: 0 };
    counted.set(channel, found);
    return found;
  }

  function locate({ channel, id }: ChatAddress): SlackMessage {
    const message = messages.find((candidate) => candidate.channel === channel && candidate.id === id);
    if (message === undefined) throw new Failure("permanent", "slack: message_not_found");
    return message;
  }

  function heard(kind: keyof typeof COUNTED, { channel, text }: { channel: string; text: string }, mention: boolean): void {
    counts(channel)[COUNTED[kind]]++;
    if (mention) counts(channel).mentions++;
    tell(`slack ${channel} ${kind} ${text.split("\n")[0]}`);
  }

  const nextId = (): string => `${Math.floor(now() / 1_000)}.${String(++sequence).padStart(6, "0")}`;

  const chat: Chat = {
    receiver: "slack",
    isEditable: true,
    async post(channel, message) {
      const posted = { channel, id: nextId(), key: message.key, text: plainText(message), notes: message.notes, replies: [] };
      messages.push(posted);
      heard("post", posted, message.mention);
      return { channel, id: posted.id };
    },
    async update(address, message) {
      const found = locate(address);
      found.text = plainText(message);
      found.notes = message.notes;
      // An edit calls nobody, whatever it says.
      heard("edit", found, false);
    },
    async reply(address, { key, text, isAloud, mention }) {
      const reply = { id: nextId(), key, text, isAloud };
      locate(address).replies.push(reply);
      heard("reply", { channel: address.channel, text }, mention);
      return { channel: address.channel, id: reply.id };
    },
    async find(channel, key, sinceMs, within) {
      const candidates = within === undefined ? messages.filter((message) => message.channel === channel) : locate(within).replies;
      const found = candidates.find((message) => message.key === key && Number(message.id) * 1_000 >= Math.floor(sinceMs / 1_000) * 1_000);
      return found === undefined ? undefined : { channel, id: found.id };
    },
    problems: async () => [],
  };

  function remove(incidentKey: string): boolean {
    // The small print names the message's own incident; the text may name others as well.
    const own = messages.findLast(({ notes }) => notes.some((note) => names(note, incidentKey)));
    const found = own ?? messages.findLast(({ text }) => names(text, incidentKey));
    if (found === undefined) return false;
    messages.splice(messages.indexOf(found), 1);
    tell(`slack ${found.channel} deleted ${found.text.split("\n")[0]}`);
    return true;
  }

  return { chat, messages, counts, channels: () => [...counted.keys()], remove };
}

/** Whether a text holds the key, and not only as a part of a longer one. */
function names(text: string, key: string): boolean {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + key.length)];
    if (!/[\w:.=-]$/.test(before) && !/^(?:[\w:=-]|\.\w)/.test(after)) return true;
  }
  return false;
}
