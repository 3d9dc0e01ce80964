/** Messages to people, on the terminal; remembered, so that they can be found and edited after a restart. */

import { randomUUID } from "node:crypto";
import { printable } from "@kintsugi/events/printable";
import { plainText } from "@kintsugi/notify/plain-text";
import type { Chat, ChatAddress, ChatMessage } from "@kintsugi/ports/chat";
import type { Documents } from "@kintsugi/ports/documents";

const collection = "kintsugi_terminal_messages";
/** Longer than a message is looked for after it may have arrived. */
const KEPT_MS = 30 * 86_400_000;

export type TerminalLine = {
  readonly kind: "post" | "edit" | "reply";
  readonly channel: string;
  /** Of a reply: the message that is answered. */
  readonly id: string;
  readonly text: string;
};

type Said = { readonly key: string; readonly text: string };

export function terminalChat(documents: Documents, now: () => number, write: (line: TerminalLine) => void): Chat {
  const addressIn = (channel: string): ChatAddress => ({ channel, id: `${String(now()).padStart(14, "0")}-${randomUUID().slice(0, 8)}` });
  /** @param thread the message that is answered; a message of the channel has none */
  const keep = ({ channel, id }: ChatAddress, { key, text }: Said, thread: string | null = null): Promise<void> =>
    documents.commit({
      writes: [{ op: "merge", collection, id, data: { channel, key, text, thread }, expiresMs: now() + KEPT_MS }],
      publish: [],
      outbox: `terminal:${id}`,
    });
  return {
    receiver: "terminal",
    isEditable: true,
    async post(channel, message) {
      const [address, text] = [addressIn(channel), textOf(message)];
      await keep(address, { key: message.key, text });
      write({ kind: "post", ...address, text });
      return address;
    },
    async update(address, message) {
      const text = textOf(message);
      await keep(address, { key: message.key, text });
      write({ kind: "edit", ...address, text });
    },
    async reply(answered, remark) {
      const [address, text] = [addressIn(answered.channel), remark.text.split("\n").map(printable).join("\n")];
      await keep(address, { key: remark.key, text }, answered.id);
      write({ kind: "reply", ...answered, text });
      return address;
    },
    async find(channel, key, sinceMs, within) {
      const candidates = await documents.list(collection, { from: String(Math.floor(sinceMs)).padStart(14, "0") });
      const found = candidates.find(
        ({ data }) => data["channel"] === channel && data["key"] === key && (data["thread"] ?? null) === (within?.id ?? null),
      );
      return found === undefined ? undefined : { channel, id: found.id };
    },
    problems: async () => [],
  };
}

/** A line break in somebody's text could pass for a line of ours, so each part is one line before they are put together. */
function textOf(message: ChatMessage): string {
  const { headline, facts, steps, notes } = message;
  const lines = {
    headline: printable(headline),
    facts: facts.map(printable),
    steps: steps.map(printable),
    notes: notes.map(printable),
  };
  return plainText({ ...message, ...lines });
}
