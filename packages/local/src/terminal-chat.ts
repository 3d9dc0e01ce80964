/** Messages to people, on the terminal; remembered, so that they can be found and edited after a restart. */

import { randomUUID } from "node:crypto";
import type { Chat, ChatAddress, ChatMessage } from "@kintsugi/ports/chat";
import type { Documents } from "@kintsugi/ports/documents";
import { plainText } from "./plain-text.ts";

const collection = "kintsugi_terminal_messages";

export type TerminalLine = {
  readonly kind: "post" | "edit" | "reply";
  readonly channel: string;
  readonly ts: string;
  /** Without Slack's markup. */
  readonly text: string;
};

export function terminalChat(documents: Documents, now: () => number, write: (line: TerminalLine) => void): Chat {
  const addressIn = (channel: string): ChatAddress => ({ channel, ts: `${String(now()).padStart(14, "0")}-${randomUUID().slice(0, 8)}` });
  /** @param thread the message that is answered; a message of the channel has none */
  const keep = (address: ChatAddress, message: ChatMessage, thread: string | null = null): Promise<void> =>
    documents.commit({
      writes: [{ op: "merge", collection, id: address.ts, data: { ...address, key: message.key, text: message.text, thread } }],
      publish: [],
      outbox: `terminal:${address.ts}`,
    });
  return {
    async post(channel, message) {
      const address = addressIn(channel);
      await keep(address, message);
      write({ kind: "post", ...address, text: plainText(message.text) });
      return address;
    },
    async update(address, message) {
      await keep(address, message);
      write({ kind: "edit", ...address, text: plainText(message.text) });
    },
    async reply(answered, message) {
      const address = addressIn(answered.channel);
      await keep(address, message, answered.ts);
      write({ kind: "reply", ...answered, text: plainText(message.text) });
      return address;
    },
    async find(channel, key, sinceMs, within) {
      const candidates = await documents.list(collection, { from: String(Math.floor(sinceMs)).padStart(14, "0") });
      const found = candidates.find(
        ({ data }) => data["channel"] === channel && data["key"] === key && (data["thread"] ?? null) === (within?.ts ?? null),
      );
      return found === undefined ? undefined : { channel, ts: found.id };
    },
  };
}
